//! The audit trail: who saw or changed what, and why. A record is written in the transaction of
//! the act, or before a sealed text is opened; about a second later the sequencer gives it its
//! number and hash in its body's chain, so that no act waits for another one's record.

use std::collections::BTreeMap;

use law::Moment;
use sha2::{Digest, Sha256};

use crate::store::{Fault, Query, Row, Tx};
use crate::{params, statements};

statements! {
    NOTE = "insert into audit (body_id, at, actor, act, target, reason) values ($1, $2, $3, $4, $5, $6)";
    LOCK =
        sqlite "select name from lease where name = 'chains'",
        postgres "select name from lease where name = 'chains' for update";
    PENDING = "select id, body_id, at, actor, act, target, reason from audit where seq is null order by id limit $1";
    HEAD = "select seq, hash from audit_head where body_id = $1";
    LINK = "update audit set seq = $1, hash = $2 where id = $3";
    MOVE_HEAD = "insert into audit_head (body_id, seq, hash) values ($1, $2, $3) on conflict (body_id) do update set seq = excluded.seq, hash = excluded.hash";
    HEADS = "select body_id, seq, hash from audit_head order by body_id";
    CHAIN = "select id, body_id, at, actor, act, target, reason, seq, hash from audit where body_id = $1 and seq > $2 order by seq limit $3";
    LIST = "select id, body_id, at, actor, act, target, reason, seq from audit where body_id = $1 and id < $2 order by id desc limit $3";
    OF_TARGET = "select id, body_id, at, actor, act, target, reason, seq from audit where body_id = $1 and target = $2 and id < $3 order by id desc limit $4";
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id; grows with time.
    pub id: i64,
    /// The body whose record it is.
    pub body: i64,
    /// When.
    pub at: Moment,
    /// Who: an officer's id, 0 the public, negative the system and the importer.
    pub actor: i64,
    /// What: a word of the program such as `open`, `sign_in`.
    pub act: String,
    /// On what: `matter/12`, or empty.
    pub target: String,
    /// Why.
    pub reason: String,
    /// Its number in the body's chain, once the sequencer has given it one.
    pub seq: Option<i64>,
}

/// Writes a record in the running transaction.
///
/// # Errors
/// The store's fault.
pub fn note(
    tx: &mut Tx<'_>,
    body: i64,
    at: Moment,
    actor: i64,
    act: &str,
    target: &str,
    reason: &str,
) -> Result<(), Fault> {
    tx.execute(&NOTE, params![body, at.millis(), actor, act, target, reason]).map(drop)
}

fn record(row: &Row<'_>) -> Result<Record, Fault> {
    Ok(Record {
        id: row.get(0)?,
        body: row.get(1)?,
        at: Moment::from_millis(row.get(2)?),
        actor: row.get(3)?,
        act: row.get(4)?,
        target: row.get(5)?,
        reason: row.get(6)?,
        seq: None,
    })
}

fn numbered(row: &Row<'_>) -> Result<Record, Fault> {
    Ok(Record { seq: row.get(7)?, ..record(row)? })
}

/// Records of a body, newest first, before an id (`i64::MAX` for the first page).
///
/// # Errors
/// The store's fault.
pub fn list(query: &mut Query<'_>, body: i64, before: i64, limit: u32) -> Result<Vec<Record>, Fault> {
    query.rows(&LIST, params![body, before, limit], numbered)
}

/// Records of a body about one thing, newest first, before an id.
///
/// # Errors
/// The store's fault.
pub fn of_target(
    query: &mut Query<'_>,
    body: i64,
    target: &str,
    before: i64,
    limit: u32,
) -> Result<Vec<Record>, Fault> {
    query.rows(&OF_TARGET, params![body, target, before, limit], numbered)
}

/// The hash of a record that follows `previous` in its chain; the first follows 32 zero bytes.
fn link(previous: &[u8; 32], seq: i64, record: &Record) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(previous);
    for number in [seq, record.body, record.at.millis(), record.actor] {
        sha.update(number.to_be_bytes());
    }
    for text in [&record.act, &record.target, &record.reason] {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text);
    }
    sha.finalize().into()
}

/// The sequencer's turn: chains at most `limit` pending records; answers how many. Only one
/// process does so at a time; a record that commits late joins the next turn.
///
/// # Errors
/// The store's fault.
pub fn chain(tx: &mut Tx<'_>, limit: u32) -> Result<usize, Fault> {
    tx.row(&LOCK, params![], |_| Ok(()))?;
    let pending = tx.rows(&PENDING, params![limit], record)?;
    let mut heads: BTreeMap<i64, (i64, [u8; 32])> = BTreeMap::new();
    for record in &pending {
        let head = match heads.get(&record.body) {
            Some(head) => *head,
            None => tx.row(&HEAD, params![record.body], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or((0, [0; 32])),
        };
        let seq = head.0 + 1;
        let hash = link(&head.1, seq, record);
        tx.execute(&LINK, params![seq, hash, record.id])?;
        heads.insert(record.body, (seq, hash));
    }
    for (body, (seq, hash)) in heads {
        tx.execute(&MOVE_HEAD, params![body, seq, hash])?;
    }
    Ok(pending.len())
}

/// What a check of the audit chains found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Records checked.
    pub records: u64,
    /// For each broken chain, its body and the number of the first record that does not fit.
    pub broken: Vec<(i64, i64)>,
}

/// Checks every body's chain to its head, a page of records at a time.
///
/// # Errors
/// The store's fault.
pub fn verify(query: &mut Query<'_>) -> Result<Checked, Fault> {
    const PAGE: u32 = 1000;
    let heads =
        query.rows(&HEADS, params![], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<[u8; 32]>(2)?)))?;
    let mut checked = Checked::default();
    for (body, last, head) in heads {
        let (mut seq, mut hash, mut fits) = (0, [0; 32], true);
        while fits && seq < last {
            let page =
                query.rows(&CHAIN, params![body, seq, PAGE], |row| Ok((numbered(row)?, row.get::<Vec<u8>>(8)?)))?;
            fits = !page.is_empty();
            for (record, stored) in page {
                hash = link(&hash, seq + 1, &record);
                fits = record.seq == Some(seq + 1) && stored == hash;
                if !fits {
                    break;
                }
                seq += 1;
                checked.records += 1;
            }
        }
        // The head stands apart, so that records cut off at the end are missed too.
        if !fits || hash != head {
            checked.broken.push((body, seq + i64::from(!fits)));
        }
    }
    Ok(checked)
}
