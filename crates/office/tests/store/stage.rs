//! A fresh store on each engine for every test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use office::store::{Options, Store, StoreUrl};

/// Names a PostgreSQL server where databases may be made: `postgres://user@host:port`.
pub const SERVER: &str = "MINGTANG_TEST_POSTGRES";

/// An empty, migrated store; its directory or database goes with it.
pub struct Stage {
    store: Option<Store>,
    pub url: StoreUrl,
    pub data: tempfile::TempDir,
    database: Option<(String, String)>,
}

impl Stage {
    pub fn store(&self) -> Store {
        self.store.clone().expect("the stage is set")
    }

    pub fn directory(&self) -> &Path {
        self.data.path()
    }

    /// A second store on the same data, as another process would open it.
    pub fn again(&self, options: &Options) -> Store {
        Store::open(&self.url, options).expect("the store opens again")
    }

    /// Runs SQL behind the store's back.
    pub fn tamper(&self, sql: &str) {
        match &self.url {
            StoreUrl::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            StoreUrl::Postgres(url) => execute(url, sql),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.store = None;
        if let Some((server, name)) = &self.database {
            execute(server, &format!("drop database if exists {name} with (force)"));
        }
    }
}

/// On a thread of its own: the driver may not block inside a test's runtime.
fn execute(url: &str, sql: &str) {
    let run = || postgres::Client::connect(url, postgres::NoTls).and_then(|mut c| c.batch_execute(sql));
    std::thread::scope(|scope| scope.spawn(run).join().unwrap().unwrap());
}

/// Few threads, so that tests with many stages stay light.
pub fn few() -> Options {
    Options { readers: 2, writers: 4, ..Options::default() }
}

/// SQLite alone.
pub fn embedded(options: &Options) -> Stage {
    let data = tempfile::tempdir().unwrap();
    let path: PathBuf = data.path().join("store.sqlite");
    stage(StoreUrl::Sqlite(path), data, None, options)
}

/// SQLite always, PostgreSQL where a server is named.
pub fn stages(options: &Options) -> Vec<Stage> {
    let mut stages = vec![embedded(options)];
    match std::env::var(SERVER) {
        Ok(server) => {
            static MADE: AtomicU32 = AtomicU32::new(0);
            let turn = MADE.fetch_add(1, Ordering::SeqCst);
            let name = format!("store_{}_{turn}", std::process::id());
            execute(&server, &format!("create database {name}"));
            let url = StoreUrl::Postgres(beside(&server, &name));
            stages.push(stage(url, tempfile::tempdir().unwrap(), Some((server, name)), options));
        }
        Err(_) => eprintln!("SKIPPED: PostgreSQL, because {SERVER} names no server"),
    }
    stages
}

/// The address of another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, String::new()), |(a, o)| (a, format!("?{o}")));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    format!("{}/{name}{options}", &address[..end])
}

fn stage(url: StoreUrl, data: tempfile::TempDir, database: Option<(String, String)>, options: &Options) -> Stage {
    let store = Store::open(&url, options).expect("a new store opens");
    Stage { store: Some(store), url, data, database }
}
