//! One log in the store: made at first need, only ever appended to. Leaves, tiles and checkpoint of
//! a batch are written in one transaction.

use law::Moment;
use publication::log::{Checkpoint, Edge, Hash, SigningKey, entry, hashes, leaf_hash};

use super::Which;
use crate::clock::Random;
use crate::house::House;
use crate::store::{Fault, Query, Tx};
use crate::{params, statements};

statements! {
    STATE = "select origin, key_id, size, at, slot from log where name = $1";
    MAKE = "insert into log (name, origin, key_id, vkey, size, at, slot) values ($1, $2, $3, $4, 0, $5, $6)";
    GROW = "update log set size = $1, at = $2, slot = $3 where name = $4 and size = $5";
    TILE = "select data from log_tile where log = $1 and level = $2 and idx = $3";
    KEEP_TILE = "insert into log_tile (log, level, idx, data) values ($1, $2, $3, $4) on conflict (log, level, idx) do update set data = excluded.data";
    LEAF = "insert into log_leaf (log, idx, entry, kind, ref, number, at, salt, record) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    CHECKPOINT = "insert into log_checkpoint (log, size, at, note) values ($1, $2, $3, $4)";
}

/// What is appended.
pub(crate) struct Leaf {
    pub entry: Hash,
    pub kind: String,
    /// Id of what it is about.
    pub of: i64,
    pub number: i64,
    pub salt: Option<Vec<u8>>,
    pub record: Option<String>,
}

impl Leaf {
    /// A leaf over a record, salted.
    pub(crate) fn record(random: &dyn Random, kind: &str, of: i64, number: i64, record: String) -> Leaf {
        let salt: [u8; 32] = random.bytes();
        let entry = entry(&salt, &record);
        Leaf { entry, kind: kind.to_owned(), of, number, salt: Some(salt.to_vec()), record: Some(record) }
    }
}

/// A log while the sequencer holds its lease.
pub(crate) struct Book {
    pub which: Which,
    key: SigningKey,
    size: u64,
    at: Moment,
    /// Start of the last fixed time.
    pub slot: i64,
    /// The newest checkpoint, when this batch made one.
    pub note: Option<String>,
}

fn count(size: u64) -> Result<i64, Fault> {
    i64::try_from(size).map_err(|_| Fault::Shape("size of a log".into()))
}

impl Book {
    /// Opens a log; one that is not there yet gets a name, a key and an empty first checkpoint.
    pub(crate) fn open(tx: &mut Tx<'_>, house: &House, which: Which, now: Moment, slot: i64) -> Result<Book, Fault> {
        let state = tx.row(&STATE, params![which.name()], |row| {
            Ok((
                row.get::<String>(0)?,
                row.get::<i64>(1)?,
                row.get::<u64>(2)?,
                Moment::from_millis(row.get(3)?),
                row.get::<i64>(4)?,
            ))
        })?;
        if let Some((origin, key, size, at, slot)) = state {
            return Ok(Book { which, key: house.keys.log(tx, key, &origin)?, size, at, slot, note: None });
        }
        let origin = format!("mingtang/{}/{}", house.random.public_id(), which.name());
        let (id, key) = house.keys.make_log(tx, &*house.random, &origin)?;
        tx.execute(&MAKE, params![which.name(), &origin, id, key.public().to_string(), now.millis(), slot])?;
        let mut book = Book { which, key, size: 0, at: now, slot, note: None };
        book.check_in(tx, Edge::default().root())?;
        Ok(book)
    }

    /// Appends a batch and signs the checkpoint over it. The time of a log never goes back.
    pub(crate) fn append(&mut self, tx: &mut Tx<'_>, leaves: &[Leaf], now: Moment) -> Result<(), Fault> {
        if leaves.is_empty() {
            return Ok(());
        }
        self.at = self.at.max(now);
        let (name, before) = (self.which.name(), self.size);
        let mut edge = edge(tx, self.which, before)?;
        for (leaf, index) in leaves.iter().zip(before..) {
            let Leaf { entry, kind, of, number, salt, record } = leaf;
            let at = self.at.millis();
            tx.execute(&LEAF, params![name, count(index)?, entry, kind, *of, *number, at, salt, record])?;
        }
        for (tile, hashes) in edge.append(leaves.iter().map(|leaf| leaf_hash(&leaf.entry))) {
            tx.execute(&KEEP_TILE, params![name, tile.level, count(tile.index)?, hashes.concat()])?;
        }
        self.size = edge.size();
        // Whoever else had grown the log in between would make this miss its row.
        if tx.execute(&GROW, params![count(self.size)?, self.at.millis(), self.slot, name, count(before)?])? != 1 {
            return Err(Fault::Shape(format!("log {name} has grown behind its lease")));
        }
        self.check_in(tx, edge.root())
    }

    fn check_in(&mut self, tx: &mut Tx<'_>, root: Hash) -> Result<(), Fault> {
        let origin = self.key.public().name().to_owned();
        let note = Checkpoint { origin, size: self.size, root, at: Some(self.at) }.sign(&self.key);
        tx.execute(&CHECKPOINT, params![self.which.name(), count(self.size)?, self.at.millis(), &note])?;
        self.note = Some(note);
        Ok(())
    }
}

/// The stored hashes of a tile, as many as there are.
pub(crate) fn tile(q: &mut Query<'_>, which: Which, level: u8, index: u64) -> Result<Option<Vec<Hash>>, Fault> {
    let data = q.row(&TILE, params![which.name(), level, count(index)?], |row| row.get::<Vec<u8>>(0))?;
    let shape = || Fault::Shape(format!("tile {level}/{index} of log {}", which.name()));
    data.map(|data| hashes(&data).ok_or_else(shape)).transpose()
}

fn edge(q: &mut Query<'_>, which: Which, size: u64) -> Result<Edge, Fault> {
    Edge::restore(size, |at, width| {
        let found = tile(q, which, at.level, at.index)?.filter(|hashes| hashes.len() == width);
        found.ok_or_else(|| Fault::Shape(format!("tile {}/{} of log {}", at.level, at.index, which.name())))
    })
}
