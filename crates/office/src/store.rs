//! The store: closures over one database, SQLite or PostgreSQL, run by a few threads that each
//! own a connection.
//!
//! `store.read(|q| …).await` sees one snapshot; `store.write(Lane::People, |tx| …).await` answers
//! after a durable commit, or leaves nothing. Rendering, hashing of files, encryption and mail
//! never run inside a write.

mod engine;
mod fault;
mod ids;
mod migrate;
mod postgres;
mod queue;
mod row;
pub mod sql;
mod sqlite;
mod threads;
mod value;

pub use engine::{Engine, Query, Tx};
pub use fault::Fault;
pub use row::{Column, Row};
pub use sql::Statement;
pub use value::Value;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use threads::Threads;

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A file; its directory exists.
    Sqlite(PathBuf),
    /// `postgres://…`
    Postgres(String),
}

impl StoreUrl {
    /// The database of `--database URL`, else the file of a data directory.
    pub fn of(data: &Path, database: Option<&str>) -> Self {
        match database {
            Some(url) if url.starts_with("postgres") => Self::Postgres(url.into()),
            Some(path) => Self::Sqlite(path.trim_start_matches("sqlite://").into()),
            None => Self::Sqlite(data.join("mingtang.sqlite")),
        }
    }

    /// The engine it names.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Make and migrate the store if needed; without it a missing or old store is a fault.
    pub create: bool,
    /// How many acts may wait in each lane before [`Fault::Busy`].
    pub queue: usize,
    /// Reader threads.
    pub readers: usize,
    /// Writer threads on PostgreSQL (SQLite has one).
    pub writers: usize,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { create: true, queue: 1024, readers: cores + 1, writers: 8 }
    }
}

/// Who is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// A person is waiting.
    People,
    /// Imports, ticks, findings.
    Bulk,
}

/// Durability settings, read from the writer's own connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    /// The engine.
    pub engine: Engine,
    /// Names and values as the engine reports them.
    pub settings: Vec<(&'static str, String)>,
}

/// An act: run with the transaction, or told why it cannot run.
type Act = Box<dyn FnOnce(Result<&mut Tx<'_>, Fault>) -> Verdict + Send>;
/// A read: run with the snapshot, or told why it cannot run.
type Look = Box<dyn FnOnce(Result<&mut Query<'_>, Fault>) + Send>;

/// What an act wants, and how to answer its caller once the commit is known.
struct Verdict {
    keep: bool,
    answer: Box<dyn FnOnce(Result<(), Fault>) + Send>,
}

impl Verdict {
    /// The same verdict, answered with a fault whatever the commit says.
    fn refused(self, fault: Fault) -> Self {
        let answer = self.answer;
        Self { keep: false, answer: Box::new(move |_| answer(Err(fault))) }
    }
}

/// Makes the store if needed and brings it to the current schema; answers the migrations that ran.
///
/// # Errors
/// The engine's fault; [`Fault::Version`] for a store of a newer program.
pub fn migrate(url: &StoreUrl) -> Result<Vec<i64>, Fault> {
    threads::migrated(url)
}

/// A handle to the store; clones share the threads, the last one stops them.
#[derive(Clone)]
pub struct Store {
    threads: Arc<Threads>,
    engine: Engine,
}

impl Store {
    /// Opens the store, migrating it first when `options.create` is set.
    ///
    /// # Errors
    /// [`Fault::Missing`], [`Fault::Version`], or the engine's fault.
    pub fn open(url: &StoreUrl, options: &Options) -> Result<Self, Fault> {
        let threads = Threads::start(url, options)?;
        let store = Self { threads: Arc::new(threads), engine: url.engine() };
        // The writer reserves ids before its first act; this one is nothing but that.
        let (ready, reserved) = std::sync::mpsc::channel();
        store.threads.act(
            Lane::People,
            Box::new(move |tx| {
                let begun = tx.map(drop);
                Verdict { keep: false, answer: Box::new(move |_| drop(ready.send(begun))) }
            }),
        )?;
        reserved.recv().unwrap_or(Err(Fault::Abandoned))?;
        Ok(store)
    }

    /// The engine behind the store.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Reads one snapshot.
    ///
    /// # Errors
    /// [`Fault::Busy`], the engine's fault, or that of `f`.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Query<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.look(f)?.await.unwrap_or(Err(Fault::Abandoned))
    }

    /// [`read`](Self::read) for threads outside an async runtime.
    ///
    /// # Errors
    /// As for `read`.
    pub fn read_blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Query<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.look(f)?.blocking_recv().unwrap_or(Err(Fault::Abandoned))
    }

    /// Writes: when this answers `Ok`, everything `f` did is durable; when `f` answers `Err` or
    /// the commit fails, nothing of it happened.
    ///
    /// # Errors
    /// [`Fault::Busy`] before anything was accepted, the engine's fault, or the error of `f`.
    pub async fn write<T, E>(
        &self,
        lane: Lane,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        self.act(lane, f)?.await.unwrap_or_else(|_| Err(Fault::Abandoned.into()))
    }

    /// [`write`](Self::write) for threads outside an async runtime.
    ///
    /// # Errors
    /// As for `write`.
    pub fn write_blocking<T, E>(
        &self,
        lane: Lane,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        self.act(lane, f)?.blocking_recv().unwrap_or_else(|_| Err(Fault::Abandoned.into()))
    }

    fn look<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Query<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, Fault>>, Fault> {
        let (send, receive) = oneshot::channel();
        let look: Look = Box::new(move |query| {
            let _ = send.send(query.and_then(f));
        });
        self.threads.look(look)?;
        Ok(receive)
    }

    fn act<T, E>(
        &self,
        lane: Lane,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>, Fault>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (send, receive) = oneshot::channel();
        let act: Act = Box::new(move |tx| {
            let outcome = match tx {
                Ok(tx) => f(tx),
                Err(fault) => Err(fault.into()),
            };
            Verdict {
                keep: outcome.is_ok(),
                answer: Box::new(move |committed| {
                    // A refusal of the act itself stands whatever became of the batch.
                    let _ = send.send(match (outcome, committed) {
                        (Ok(_), Err(fault)) => Err(fault.into()),
                        (outcome, _) => outcome,
                    });
                }),
            }
        });
        self.threads.act(lane, act)?;
        Ok(receive)
    }

    /// A new id, known before the write that uses it.
    ///
    /// # Errors
    /// [`Fault::Busy`] when ids are taken faster than the writer reserves them.
    pub fn new_id(&self) -> Result<i64, Fault> {
        self.threads.ids().next()
    }

    /// Wakes after commits of this process; other processes are seen by polling.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.threads.commits()
    }

    /// Durability settings from the writer's own connection.
    ///
    /// # Errors
    /// The engine's fault.
    pub async fn durability(&self) -> Result<Durability, Fault> {
        let names: &[&'static str] = match self.engine {
            Engine::Sqlite => &["journal_mode", "synchronous", "foreign_keys"],
            Engine::Postgres => &["synchronous_commit", "fsync", "full_page_writes"],
        };
        let engine = self.engine;
        self.write(Lane::People, move |tx| {
            let settings = names.iter().map(|name| Ok((*name, tx.setting(name)?))).collect::<Result<_, Fault>>()?;
            Ok(Durability { engine, settings })
        })
        .await
    }
}
