//! The two indexes, kept up with the store by its change feed: `public` over editions, `desk` over
//! matters, of which it is given masked text only. Disposable: an empty one is filled anew.
//!
//! They stand together in a *generation*, a directory that `index/now` names. [`rebuild`] fills a new
//! one beside it while the old one serves; when it is whole, the name changes, and every process turns
//! to it with its next look. Each generation keeps its own place in the feed, so that it takes in by
//! itself what changed while it was filled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};

use search::{Doc, Index, Kind, Op, Writer};

use crate::feed::{self, Position};
use crate::house::House;
use crate::indexed::{self, Raw};
use crate::store::{Fault, Lane, Query, Store, Tx};
use crate::{params, statements};

statements! {
    MATTERS_AFTER = "select id from matter where id > $1 order by id limit $2";
}

/// The name under which the feed knows this consumer.
pub(crate) const CONSUMER: &str = "search";
/// The name under which a filling holds the feed's changes until its index has seen them.
const FILLING: &str = "search filling";
/// Changes indexed with one commit.
const BATCH: u32 = 5000;
/// Rows read at once by a filling, and documents after which it commits.
const ROWS: u32 = 1000;
const COMMIT: u64 = 200_000;
/// The file that names the generation in use, and the directory of one that is being filled.
const NOW: &str = "now";
const NEXT: &str = "next";

fn fault(error: search::Fault) -> Fault {
    match error {
        search::Fault::Written => Fault::IndexInUse,
        other => Fault::Files(other.to_string()),
    }
}

/// One generation.
pub(crate) struct Pair {
    name: String,
    /// Editions.
    pub public: Index,
    /// Matters.
    pub desk: Index,
    writers: Mutex<Option<(Writer, Writer)>>,
}

/// The generation in use, opened when it is first needed: a command that searches nothing never meets
/// the process that writes there.
pub(crate) struct Indexes {
    dir: PathBuf,
    pair: RwLock<Option<Arc<Pair>>>,
}

/// How far a filling has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Matters indexed.
    pub matters: u64,
    /// Editions indexed: those that are public.
    pub editions: u64,
}

impl Pair {
    fn open(dir: &Path, name: &str) -> Result<Pair, Fault> {
        let place = dir.join(name);
        let public = Index::open(&place.join("public"), Kind::Public).map_err(fault)?;
        let desk = Index::open(&place.join("desk"), Kind::Desk).map_err(fault)?;
        Ok(Pair { name: name.to_owned(), public, desk, writers: Mutex::new(None) })
    }

    /// Up to where it has seen the feed; none while it is empty.
    pub(crate) fn place(&self) -> Result<Option<Position>, Fault> {
        Ok(self.desk.place().map_err(fault)?.parse().ok())
    }

    /// Makes changes durable and visible; false when another process is the one that writes.
    fn put(&self, public: &[Op], desk: &[Op], place: Position) -> Result<bool, Fault> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.is_none() {
            let both = self.public.writer().and_then(|public| Ok((public, self.desk.writer()?)));
            match both {
                Err(search::Fault::Written) => return Ok(false),
                both => *writers = Some(both.map_err(fault)?),
            }
        }
        let Some((to_public, to_desk)) = writers.as_mut() else { return Ok(false) };
        let place = place.to_string();
        if !public.is_empty() {
            to_public.apply(public, &place).map_err(fault)?;
        }
        // The desk's place counts for both, so it is the last to be written.
        to_desk.apply(desk, &place).map_err(fault)?;
        Ok(true)
    }

    /// Fills both from the store's tables, whatever was in them.
    fn fill(
        &self,
        store: &Store,
        house: &House,
        from: Position,
        told: &mut dyn FnMut(Filled),
    ) -> Result<Filled, Fault> {
        let mut filled = Filled::default();
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
        let mut desk = self.desk.bulk_writer(1).map_err(fault)?;
        let mut public = self.public.bulk_writer(threads).map_err(fault)?;
        desk.clear().and_then(|()| public.clear()).map_err(fault)?;
        each_batch(store, read_matters, |docs: Vec<Doc>| {
            desk.add(&docs).map_err(fault)?;
            filled.matters += docs.len() as u64;
            told(filled);
            Ok(())
        })?;
        let mut committed = 0;
        each_batch(store, read_editions, |raws: Vec<Raw>| {
            let docs = raws.into_iter().filter_map(|raw| indexed::doc(&house.rules, raw).transpose());
            let docs = docs.collect::<Result<Vec<_>, _>>()?;
            public.add(&docs).map_err(fault)?;
            filled.editions += docs.len() as u64;
            if filled.editions - committed >= COMMIT {
                public.commit("").map_err(fault)?;
                committed = filled.editions;
            }
            told(filled);
            Ok(())
        })?;
        let place = from.to_string();
        public.commit(&place).and_then(|()| desk.commit(&place)).map_err(fault)?;
        Ok(filled)
    }
}

type Batch<T> = (Option<i64>, Vec<T>);

fn read_matters(q: &mut Query<'_>, after: i64) -> Result<Batch<Doc>, Fault> {
    let ids: Vec<i64> = q.rows(&MATTERS_AFTER, params![after, ROWS], |row| row.get(0))?;
    let last = ids.last().copied();
    let docs = ids.into_iter().filter_map(|id| indexed::matter(q, id).transpose());
    Ok((last, docs.collect::<Result<Vec<_>, _>>()?))
}

fn read_editions(q: &mut Query<'_>, after: i64) -> Result<Batch<Raw>, Fault> {
    let raws = indexed::editions(q, after, i64::MAX, ROWS)?;
    Ok((raws.last().map(|raw| raw.id), raws))
}

/// Reads rows in batches by their ids, one batch ahead of what is done with them.
fn each_batch<T: Send + 'static>(
    store: &Store,
    read: fn(&mut Query<'_>, i64) -> Result<Batch<T>, Fault>,
    mut with: impl FnMut(Vec<T>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel(2);
        scope.spawn(move || {
            let mut after = 0;
            loop {
                let batch = store.read_blocking(move |q| read(q, after));
                let last = batch.as_ref().ok().and_then(|(last, _)| *last);
                // Whoever listens has gone, or this was the end.
                if send.send(batch.map(|(_, rows)| rows)).is_err() || last.is_none() {
                    return;
                }
                after = last.unwrap_or(i64::MAX);
            }
        });
        receive.iter().try_for_each(|batch| with(batch?))
    })
}

impl Indexes {
    pub(crate) fn of(data: &Path) -> Indexes {
        Indexes { dir: data.join("index"), pair: RwLock::new(None) }
    }

    /// The generation in use.
    pub(crate) fn pair(&self) -> Result<Arc<Pair>, Fault> {
        if let Some(pair) = &*self.pair.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(pair.clone());
        }
        let mut place = self.pair.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = &*place {
            return Ok(pair.clone());
        }
        let pair = Arc::new(Pair::open(&self.dir, &named(&self.dir))?);
        *place = Some(pair.clone());
        Ok(pair)
    }

    /// Turns to the generation that is named now; answers whether it is another one.
    fn turn(&self) -> Result<bool, Fault> {
        let name = named(&self.dir);
        if self.pair()?.name == name {
            return Ok(false);
        }
        let pair = Arc::new(Pair::open(&self.dir, &name)?);
        *self.pair.write().unwrap_or_else(PoisonError::into_inner) = Some(pair);
        Ok(true)
    }

    /// Shows what another process has committed or made anew.
    pub(crate) fn refresh(&self) -> Result<(), Fault> {
        self.turn()?;
        let pair = self.pair()?;
        pair.public.refresh().and_then(|()| pair.desk.refresh()).map_err(fault)
    }

    /// Takes in what changed since the last time; answers whether there was anything.
    pub(crate) fn follow(&self, store: &Store, house: &House) -> Result<bool, Fault> {
        self.turn()?;
        let pair = self.pair()?;
        let Some(from) = pair.place()? else {
            let from = store.read_blocking(cursor)?;
            return match pair.fill(store, house, from, &mut |_| ()) {
                Ok(_) => Ok(true),
                // Another process fills it: what it commits is shown with a later look.
                Err(Fault::IndexInUse) => Ok(false),
                Err(other) => Err(other),
            };
        };
        let changes = store.read_blocking(move |q| feed::after(q, from, BATCH))?;
        let Some(last) = changes.last().map(|change| change.position) else { return Ok(false) };
        let of = |topic: &str| -> Vec<i64> {
            let mut ids: Vec<i64> = changes.iter().filter(|one| one.topic == topic).map(|one| one.id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let (public, desk) = read(store, house, of("matter"), of("edition"))?;
        if !pair.put(&public, &desk, last)? {
            pair.public.refresh().and_then(|()| pair.desk.refresh()).map_err(fault)?;
            return Ok(false);
        }
        store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| feed::advance(tx, CONSUMER, last))?;
        Ok(true)
    }

    /// Fills a new generation beside the one in use and puts it in its place, while other processes
    /// serve and write.
    pub(crate) fn rebuild(&self, store: &Store, house: &House, told: &mut dyn FnMut(Filled)) -> Result<Filled, Fault> {
        let from = store.read_blocking(cursor)?;
        store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| feed::advance(tx, FILLING, from))?;
        let filled = Pair::open(&self.dir, NEXT)?.fill(store, house, from, told)?;
        let number = named(&self.dir).trim_start_matches('g').parse::<u64>().unwrap_or(0) + 1;
        let name = format!("g{number}");
        let put = || {
            let _ = fs::remove_dir_all(self.dir.join(&name));
            fs::rename(self.dir.join(NEXT), self.dir.join(&name))?;
            fs::write(self.dir.join("now.part"), &name)?;
            fs::rename(self.dir.join("now.part"), self.dir.join(NOW))
        };
        put().map_err(|error| Fault::files(&self.dir, &error))?;
        store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| {
            feed::advance(tx, CONSUMER, from)?;
            feed::leave(tx, FILLING)
        })?;
        self.turn()?;
        Ok(filled)
    }

    /// Removes the generations that were in use before. Readers of other processes keep the files open
    /// that they still need.
    pub(crate) fn sweep(&self) {
        let Ok(pair) = self.pair() else { return };
        let used = [pair.name.clone(), named(&self.dir)];
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // The very first generation has no name: its two indexes stand in the directory itself.
            let own = if matches!(name.as_str(), "public" | "desk") { "" } else { name.as_str() };
            let made = own.is_empty() || own.starts_with('g');
            if made && used.iter().all(|used| used != own) && entry.path().is_dir() {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// The generation that the directory names; the first one stands in the directory itself.
fn named(dir: &Path) -> String {
    fs::read_to_string(dir.join(NOW)).map(|name| name.trim().to_owned()).unwrap_or_default()
}

/// Up to where the feed was taken in when somebody last did so.
fn cursor(q: &mut Query<'_>) -> Result<Position, Fault> {
    feed::seen(q, CONSUMER)
}

fn read(store: &Store, house: &House, matters: Vec<i64>, changed: Vec<i64>) -> Result<(Vec<Op>, Vec<Op>), Fault> {
    let (desk, raws, gone) = store.read_blocking(move |q| {
        let mut desk = Vec::new();
        for id in matters {
            desk.extend(indexed::matter(q, id)?.map(Op::Put));
        }
        let mut ids = changed.clone();
        for id in changed {
            ids.extend(indexed::told_of(q, id)?);
        }
        ids.sort_unstable();
        ids.dedup();
        let (mut raws, mut gone) = (Vec::new(), Vec::new());
        for id in ids {
            match indexed::editions(q, id - 1, id, 1)?.pop() {
                Some(raw) => raws.push(raw),
                None => gone.push(Op::Delete(id)),
            }
        }
        Ok((desk, raws, gone))
    })?;
    let public = raws.into_iter().map(|raw| indexed::op(&house.rules, raw));
    Ok((public.chain(gone.into_iter().map(Ok)).collect::<Result<Vec<_>, _>>()?, desk))
}
