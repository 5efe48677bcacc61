//! The store's threads: started together, stopped when the last handle is dropped.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::ids::Ids;
use super::postgres::Session;
use super::queue::Queue;
use super::{Act, Fault, Lane, Look, Options, StoreUrl, migrate, postgres, sqlite};

/// Reads waiting at most; a page that cannot be served within this line is refused.
const READS: usize = 4096;

pub(super) struct Threads {
    acts: Arc<Queue<Act>>,
    looks: Arc<Queue<Look>>,
    ids: Arc<Ids>,
    commits: watch::Sender<u64>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    pub(super) fn start(url: &StoreUrl, options: &Options) -> Result<Self, Fault> {
        let mut threads = Self {
            acts: Arc::new(Queue::new(options.queue)),
            looks: Arc::new(Queue::new(READS)),
            ids: Arc::default(),
            commits: watch::Sender::new(0),
            handles: Vec::new(),
        };
        match url {
            StoreUrl::Sqlite(path) => {
                let writer = sqlite::open_writer(path, options.create)?;
                migrate::sqlite(&writer, options.create)?;
                threads.writer(move |acts, ids, committed| {
                    sqlite::write_loop(&writer, acts, ids, committed);
                })?;
                for _ in 0..options.readers.max(1) {
                    let reader = sqlite::open_reader(path)?;
                    threads.reader(move |looks| sqlite::read_loop(&reader, looks))?;
                }
            }
            StoreUrl::Postgres(url) => {
                let (writers, readers) = (options.writers.max(1), options.readers.max(1));
                let mut sessions = connect(url, options.create, writers + readers)?;
                for mut session in sessions.split_off(readers) {
                    threads.writer(move |acts, ids, committed| {
                        postgres::write_loop(&mut session, acts, ids, committed);
                    })?;
                }
                for mut session in sessions {
                    threads.reader(move |looks| postgres::read_loop(&mut session, looks))?;
                }
            }
        }
        Ok(threads)
    }

    fn writer(&mut self, run: impl FnOnce(&Queue<Act>, &Arc<Ids>, &dyn Fn()) + Send + 'static) -> Result<(), Fault> {
        let (acts, ids, commits) = (Arc::clone(&self.acts), Arc::clone(&self.ids), self.commits.clone());
        self.spawn("store-write", move || {
            run(&acts, &ids, &|| commits.send_modify(|count| *count += 1));
        })
    }

    fn reader(&mut self, run: impl FnOnce(&Queue<Look>) + Send + 'static) -> Result<(), Fault> {
        let looks = Arc::clone(&self.looks);
        self.spawn("store-read", move || run(&looks))
    }

    fn spawn(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), Fault> {
        let handle = std::thread::Builder::new()
            .name(name.into())
            .spawn(run)
            .map_err(|e| Fault::Unavailable(format!("thread {name}: {e}")))?;
        self.handles.push(handle);
        Ok(())
    }

    pub(super) fn act(&self, lane: Lane, act: Act) -> Result<(), Fault> {
        self.acts.push(lane, act)
    }

    pub(super) fn look(&self, look: Look) -> Result<(), Fault> {
        self.looks.push(Lane::People, look)
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }

    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }
}

/// Makes the store if needed and brings it to the current schema, nothing more.
pub(super) fn migrated(url: &StoreUrl) -> Result<Vec<i64>, Fault> {
    match url {
        StoreUrl::Sqlite(path) => migrate::sqlite(&sqlite::open_writer(path, true)?, true),
        StoreUrl::Postgres(url) => {
            let run = || migrate::postgres(&mut Session::open(url)?, true);
            std::thread::scope(|scope| scope.spawn(run).join()).unwrap_or(Err(Fault::Abandoned))
        }
    }
}

/// Migrates and connects. On a thread of its own, because the driver blocks on a runtime of its
/// own, which may not happen on a thread of the caller's runtime.
fn connect(url: &str, create: bool, count: usize) -> Result<Vec<Session>, Fault> {
    let open = || {
        migrate::postgres(&mut Session::open(url)?, create)?;
        (0..count).map(|_| Session::open(url)).collect()
    };
    std::thread::scope(|scope| scope.spawn(open).join()).unwrap_or(Err(Fault::Abandoned))
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.acts.close();
        self.looks.close();
        let here = std::thread::current().id();
        for handle in self.handles.drain(..) {
            // The last handle may be dropped by a closure on one of the threads themselves.
            if handle.thread().id() != here {
                let _ = handle.join();
            }
        }
    }
}
