//! The change feed: one line per change, written in the change's own transaction. Search, page
//! caches, counters and webhooks are consumers, each with a cursor of its own.
//!
//! On PostgreSQL a transaction may commit after one that took a later number. So the order is
//! (transaction, number), and only what lies below the oldest running transaction is given out:
//! nothing can appear behind a cursor any more. (Running anywhere on that server: a long writing
//! transaction of another database there delays the feed.) The embedded store has one writer and
//! needs no such care.

use std::fmt;
use std::str::FromStr;

use crate::store::{Fault, Query, Tx};
use crate::{params, statements};

statements! {
    NOTE = "insert into change (topic, id, body_id) values ($1, $2, $3)";
    READ =
        sqlite "select xid, seq, topic, id, body_id from change where $1 >= 0 and seq > $2 order by seq limit $3",
        postgres "select xid, seq, topic, id, body_id from change where (xid, seq) > ($1, $2) and xid < txid_snapshot_xmin(txid_current_snapshot()) order by xid, seq limit $3";
    BEHIND =
        sqlite "select count(*) from (select 1 from change where $1 >= 0 and seq > $2 limit $3)",
        postgres "select count(*) from (select 1 from change where (xid, seq) > ($1, $2) limit $3) as c";
    CURSOR = "select xid, seq from cursor where consumer = $1";
    LEAVE = "delete from cursor where consumer = $1";
    ADVANCE = "insert into cursor (consumer, xid, seq) values ($1, $2, $3) on conflict (consumer) do update set xid = excluded.xid, seq = excluded.seq";
    CURSORS = "select min(seq) from cursor";
    PRUNE = "delete from change where seq < $1 and xid < (select min(xid) from cursor) + 1";
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it stands.
    pub position: Position,
    /// What kind of thing changed: `matter`, `edition`, `body` …
    pub topic: String,
    /// Its id.
    pub id: i64,
    /// The body it belongs to.
    pub body: i64,
}

/// A place in the feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    xid: i64,
    seq: i64,
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.xid, self.seq)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Position, ()> {
        let (xid, seq) = text.split_once('.').ok_or(())?;
        Ok(Position { xid: xid.parse().map_err(drop)?, seq: seq.parse().map_err(drop)? })
    }
}

/// Notes a change in the running transaction.
///
/// # Errors
/// The store's fault.
pub fn note(tx: &mut Tx<'_>, topic: &str, id: i64, body: i64) -> Result<(), Fault> {
    tx.execute(&NOTE, params![topic, id, body]).map(drop)
}

/// The next changes that `consumer` has not seen, oldest first.
///
/// # Errors
/// The store's fault.
pub fn unseen(query: &mut Query<'_>, consumer: &str, limit: u32) -> Result<Vec<Change>, Fault> {
    let from = seen(query, consumer)?;
    after(query, from, limit)
}

/// Up to where `consumer` has seen the feed.
///
/// # Errors
/// The store's fault.
pub fn seen(query: &mut Query<'_>, consumer: &str) -> Result<Position, Fault> {
    let cursor = query.row(&CURSOR, params![consumer], |row| Ok(Position { xid: row.get(0)?, seq: row.get(1)? }))?;
    Ok(cursor.unwrap_or_default())
}

/// Forgets a consumer: what only it had not seen may be removed.
///
/// # Errors
/// The store's fault.
pub fn leave(tx: &mut Tx<'_>, consumer: &str) -> Result<(), Fault> {
    tx.execute(&LEAVE, params![consumer]).map(drop)
}

/// The changes after a place in the feed, for consumers that keep their place elsewhere.
///
/// # Errors
/// The store's fault.
pub fn after(query: &mut Query<'_>, from: Position, limit: u32) -> Result<Vec<Change>, Fault> {
    query.rows(&READ, params![from.xid, from.seq, limit], |row| {
        Ok(Change {
            position: Position { xid: row.get(0)?, seq: row.get(1)? },
            topic: row.get(2)?,
            id: row.get(3)?,
            body: row.get(4)?,
        })
    })
}

/// How many changes stand behind a place in the feed, counted up to `most`; also those that PostgreSQL
/// still holds back.
///
/// # Errors
/// The store's fault.
pub fn behind(query: &mut Query<'_>, from: Position, most: u32) -> Result<usize, Fault> {
    let counted = query.row(&BEHIND, params![from.xid, from.seq, most], |row| row.get::<i64>(0))?;
    Ok(counted.and_then(|count| usize::try_from(count).ok()).unwrap_or(0))
}

/// Moves a consumer's cursor; what it did with the changes is durable before.
///
/// # Errors
/// The store's fault.
pub fn advance(tx: &mut Tx<'_>, consumer: &str, to: Position) -> Result<(), Fault> {
    tx.execute(&ADVANCE, params![consumer, to.xid, to.seq]).map(drop)
}

/// Removes changes that every known consumer has seen; answers how many. The newest always stays.
///
/// # Errors
/// The store's fault.
pub fn prune(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    match tx.row(&CURSORS, params![], |row| row.get::<Option<i64>>(0))?.flatten() {
        Some(seq) => tx.execute(&PRUNE, params![seq]),
        None => Ok(0),
    }
}
