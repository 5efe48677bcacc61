//! The sequencer's turn: what acts left pending becomes leaves, in order. It holds a lease for the
//! time of one transaction, so that several processes make one log, and a stop in the middle leaves
//! neither half a batch nor a leaf twice.

use law::Moment;
use publication::log::{ChainHead, FilingsHead, unhex};

use super::book::{Book, Leaf};
use super::{Which, intact, kind};
use crate::clock::Random;
use crate::fail::Fail;
use crate::house::House;
use crate::office::Office;
use crate::row::hex;
use crate::store::{Fault, Lane, Query, Tx};
use crate::{feed, params, statements};

statements! {
    LOCK = "update lease set holder = 'sequencer' where name = 'log'";
    ANY_PENDING = "select 1 from pending_commitment limit 1";
    TAKE = "delete from pending_commitment where id in (select id from pending_commitment order by id limit $1) returning id, kind, ref, commitment, salt, record";
    ENTER = "insert into pending_commitment (id, body_id, kind, ref, commitment, at, salt, record) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    SLOT = "select slot from log where name = 'public'";
    NEWEST = "select max(at) from log";
    EVERY = "select value from setting where body_id = 0 and key = 'log.filings_minutes'";
    SET_EVERY = "insert into setting (body_id, key, value) values (0, 'log.filings_minutes', $1) on conflict (body_id, key) do update set value = excluded.value";
    FILINGS_NOTE = "select note from log_checkpoint where log = 'filings' order by size desc limit 1";
    LAST_EVENT = "select seq, hash from event where matter_id = $1 order by seq desc limit 1";
    FIRST_EVENT = "select e.seq, e.hash from event e join matter m on m.id = e.matter_id where e.matter_id = $1 and m.parent_id is null order by e.seq limit 1";
    SEALED = "select max(number) from log_leaf where log = $1 and kind = $2 and ref = $3";
    AUDIT_HEADS = "select h.body_id, h.seq, h.hash from audit_head h where h.seq > coalesce((select max(l.number) from log_leaf l where l.log = 'internal' and l.kind = 'audit' and l.ref = h.body_id), 0) order by h.body_id";
}

/// The name under which the feed knows this consumer.
const CONSUMER: &str = "log";
/// Pending commitments, and changes of the feed, in one batch.
const BATCH: u32 = 2000;
/// Beside other work, what comes within this time is sealed together.
const TOGETHER_MS: i64 = 1000;
/// Minutes between the leaves of the filings unless the operator says otherwise.
const FILINGS_MINUTES: i64 = 60;

/// Puts a record of its own, such as a withdrawal, in line for the public log. `of` is the id of
/// what it is about.
///
/// # Errors
/// The store's fault.
pub fn enter(
    tx: &mut Tx<'_>,
    random: &dyn Random,
    body: i64,
    kind: &str,
    of: i64,
    record: String,
    at: Moment,
) -> Result<(), Fault> {
    let (id, leaf) = (tx.new_id()?, Leaf::record(random, kind, of, 0, record));
    tx.execute(&ENTER, params![id, body, kind, of, hex(&leaf.entry), at.millis(), &leaf.salt, &leaf.record]).map(drop)
}

impl Office {
    /// Seals one batch of what is pending; answers how many leaves entered the logs.
    ///
    /// # Errors
    /// The store's fault.
    pub fn seal(&self) -> Result<usize, Fail> {
        self.seal_beside(false)
    }

    /// [`Office::seal`] for a worker: beside other work a batch is closed once a second.
    pub(crate) fn seal_beside(&self, busy: bool) -> Result<usize, Fail> {
        let house = self.house().clone();
        let now = house.now();
        if !self.store.read_blocking(move |q| waiting(q, now, busy))? {
            return Ok(0);
        }
        Ok(self.store.write_blocking(Lane::Bulk, move |tx| seal(tx, &house, now))?)
    }

    /// Sets the minutes between the leaves by which filings enter the public log.
    ///
    /// # Errors
    /// The store's fault.
    pub fn set_filings_minutes(&self, minutes: u32) -> Result<(), Fault> {
        let minutes = minutes.max(1).to_string();
        self.store.write_blocking(Lane::Bulk, move |tx| tx.execute(&SET_EVERY, params![minutes]).map(drop))
    }
}

/// The start of the fixed time that `now` belongs to.
fn slot(q: &mut Query<'_>, now: Moment) -> Result<i64, Fault> {
    let set = q.row(&EVERY, params![], |row| row.get::<String>(0))?;
    let minutes = set.and_then(|minutes| minutes.parse().ok()).unwrap_or(FILINGS_MINUTES).max(1);
    let span = minutes * 60_000;
    Ok(now.millis().div_euclid(span) * span)
}

/// Whether there is anything to seal: read before the lease is asked for.
fn waiting(q: &mut Query<'_>, now: Moment, busy: bool) -> Result<bool, Fault> {
    if busy {
        let newest = q.row(&NEWEST, params![], |row| row.get::<Option<i64>>(0))?.flatten();
        if newest.is_some_and(|at| now.millis() - at < TOGETHER_MS) {
            return Ok(false);
        }
    }
    let due = slot(q, now)?;
    let last = q.row(&SLOT, params![], |row| row.get::<i64>(0))?;
    Ok(last.is_none_or(|last| last < due)
        || q.row(&ANY_PENDING, params![], |_| Ok(()))?.is_some()
        || !feed::unseen(q, CONSUMER, 1)?.is_empty()
        || q.row(&AUDIT_HEADS, params![], |_| Ok(()))?.is_some())
}

/// One batch of every log, in one transaction.
fn seal(tx: &mut Tx<'_>, house: &House, now: Moment) -> Result<usize, Fault> {
    tx.execute(&LOCK, params![])?;
    let due = slot(tx, now)?;
    let mut filings = Book::open(tx, house, Which::Filings, now, due)?;
    let mut internal = Book::open(tx, house, Which::Internal, now, due)?;
    let mut public = Book::open(tx, house, Which::Public, now, due)?;

    let changes = feed::unseen(tx, CONSUMER, BATCH)?;
    let ids = |topic: &str| {
        let mut ids: Vec<i64> = changes.iter().filter(|one| one.topic == topic).map(|one| one.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let (mut filed, mut heads) = (Vec::new(), Vec::new());
    for matter in ids("matter") {
        filed.extend(filing(tx, house, matter)?);
        heads.extend(events(tx, house, matter)?);
    }
    for edition in ids("edition") {
        intact::copy(tx, edition)?;
    }
    if let Some(last) = changes.last() {
        feed::advance(tx, CONSUMER, last.position)?;
    }
    heads.extend(audits(tx, house)?);
    filings.append(tx, &filed, now)?;
    internal.append(tx, &heads, now)?;

    let mut leaves = taken(tx)?;
    // One leaf each time, whether anything was filed or not: their number tells nothing.
    if public.slot < due {
        leaves.push(filings_leaf(tx, house, filings.note, due)?);
        public.slot = due;
    }
    public.append(tx, &leaves, now)?;
    Ok(leaves.len() + heads.len() + filed.len())
}

/// What acts left pending, in the order of their ids.
fn taken(tx: &mut Tx<'_>) -> Result<Vec<Leaf>, Fault> {
    let mut rows = tx.rows(&TAKE, params![BATCH], |row| {
        let commitment: String = row.get(3)?;
        let entry = unhex(&commitment).ok_or_else(|| Fault::Shape("a pending commitment".into()))?;
        let leaf =
            Leaf { entry, kind: row.get(1)?, of: row.get(2)?, number: 0, salt: row.get(4)?, record: row.get(5)? };
        Ok((row.get::<i64>(0)?, leaf))
    })?;
    rows.sort_by_key(|(id, _)| *id);
    Ok(rows.into_iter().map(|(_, leaf)| leaf).collect())
}

/// The leaf by which the filings' newest checkpoint enters the public log.
fn filings_leaf(tx: &mut Tx<'_>, house: &House, note: Option<String>, due: i64) -> Result<Leaf, Fault> {
    let checkpoint = match note {
        Some(note) => note,
        None => tx.row(&FILINGS_NOTE, params![], |row| row.get(0))?.ok_or(Fault::Absent("checkpoint"))?,
    };
    let record = FilingsHead { filings_at: Moment::from_millis(due), checkpoint }.canonical();
    Ok(Leaf::record(&*house.random, kind::FILINGS, 0, due, record))
}

fn sealed(q: &mut Query<'_>, which: Which, kind: &str, of: i64) -> Result<i64, Fault> {
    let known = q.row(&SEALED, params![which.name(), kind, of], |row| row.get::<Option<i64>>(0))?;
    Ok(known.flatten().unwrap_or(0))
}

fn head(house: &House, kind: &str, of: i64, (seq, hash): (i64, Vec<u8>)) -> Leaf {
    let head = ChainHead { chain: kind.to_owned(), of, seq, hash: hex(&hash) };
    Leaf::record(&*house.random, kind, of, seq, head.canonical())
}

/// The first event of a matter that is no child of another, unless it is sealed already.
fn filing(tx: &mut Tx<'_>, house: &House, matter: i64) -> Result<Option<Leaf>, Fault> {
    if sealed(tx, Which::Filings, kind::FILING, matter)? > 0 {
        return Ok(None);
    }
    let first = tx.row(&FIRST_EVENT, params![matter], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(first.map(|first| head(house, kind::FILING, matter, first)))
}

/// The newest event of a matter, unless it is sealed already; it stands for all before it.
fn events(tx: &mut Tx<'_>, house: &House, matter: i64) -> Result<Option<Leaf>, Fault> {
    let last = tx.row(&LAST_EVENT, params![matter], |row| Ok((row.get::<i64>(0)?, row.get(1)?)))?;
    let before = sealed(tx, Which::Internal, kind::EVENTS, matter)?;
    Ok(last.filter(|(seq, _)| *seq > before).map(|last| head(house, kind::EVENTS, matter, last)))
}

/// The heads of the audit chains that have moved.
fn audits(tx: &mut Tx<'_>, house: &House) -> Result<Vec<Leaf>, Fault> {
    let moved = tx.rows(&AUDIT_HEADS, params![], |row| Ok((row.get::<i64>(0)?, (row.get::<i64>(1)?, row.get(2)?))))?;
    Ok(moved.into_iter().map(|(body, last)| head(house, kind::AUDIT, body, last)).collect())
}
