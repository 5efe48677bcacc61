//! The check of every log from the ground up: leaves, tiles, roots, signatures, times, and what the
//! leaves stand for. Whatever was altered, removed, moved or backdated is named.

use std::collections::BTreeMap;

use law::Moment;
use publication::log::{ChainHead, Checkpoint, Edge, FilingsHead, Hash, Tile, entry, leaf_hash};

use super::{Which, book, kind};
use crate::keys::Keys;
use crate::row::hex;
use crate::store::{Fault, Query, Store};
use crate::{params, statements};

statements! {
    STATE = "select l.origin, l.key_id, l.vkey, l.size, (select count(*) from log_leaf f where f.log = l.name), (select count(*) from log_tile t where t.log = l.name), (select count(*) from log_checkpoint c where c.log = l.name and c.size > l.size) from log l where l.name = $1";
    CHECKPOINTS = "select size, at, note from log_checkpoint where log = $1 and size > $2 and size <= $3 order by size limit 200";
    LEAVES = "select idx, entry, kind, ref, number, at, salt, record from log_leaf where log = $1 and idx >= $2 and idx < $3 order by idx limit 2000";
    EVENT = "select hash from event where matter_id = $1 and seq = $2";
    AUDIT = "select id, body_id, seq, hash from audit where id > $1 and seq is not null order by id limit 5000";
    EDITIONS = "select e.id, e.public_id, e.content, e.hash, e.title, e.published_at, e.salt, e.state, l.idx, l.entry, p.id from edition e left join log_leaf l on l.log = 'public' and l.kind = 'edition' and l.ref = e.id left join pending_commitment p on p.kind = 'edition' and p.ref = e.id where e.id > $1 order by e.id limit 500";
    ORPHANS = "select l.idx from log_leaf l left join edition e on e.id = l.ref where l.log = 'public' and l.kind = 'edition' and e.id is null order by l.idx";
    FILINGS = "select note from log_checkpoint where log = 'filings' and size = $1";
}

/// What a check of the logs found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Leaves checked.
    pub leaves: u64,
    /// Editions held against their leaves.
    pub editions: u64,
    /// What does not fit, in words.
    pub broken: Vec<String>,
}

struct Leaf {
    index: u64,
    entry: Hash,
    kind: String,
    of: i64,
    number: i64,
    at: i64,
    salt: Option<Vec<u8>>,
    record: Option<String>,
}

/// How far a log goes.
struct Extent {
    size: u64,
    leaves: u64,
    tiles: u64,
    /// Checkpoints over more leaves than there are.
    beyond: u64,
}

/// Checks every log of a store.
///
/// # Errors
/// The store's fault; what does not fit is no fault but an answer.
pub fn verify(store: &Store, keys: &Keys) -> Result<Verified, Fault> {
    let mut found = Verified::default();
    let mut audits = BTreeMap::new();
    for which in Which::ALL {
        Check { store, which, found: &mut found, audits: &mut audits }.run(keys)?;
    }
    editions(store, &mut found)?;
    chains(store, audits, &mut found)?;
    Ok(found)
}

struct Check<'a> {
    store: &'a Store,
    which: Which,
    found: &'a mut Verified,
    /// Sealed heads of audit chains, to be held against the records in one walk.
    audits: &'a mut BTreeMap<(i64, i64), String>,
}

impl Check<'_> {
    fn broken(&mut self, what: impl std::fmt::Display) {
        self.found.broken.push(format!("{}：{what}", self.which.label()));
    }

    fn run(&mut self, keys: &Keys) -> Result<(), Fault> {
        let which = self.which;
        // One snapshot says how far to look: the log may grow meanwhile.
        let state = self.store.read_blocking(move |q| {
            q.row(&STATE, params![which.name()], |row| {
                let named = (row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?);
                Ok((named, Extent { size: row.get(3)?, leaves: row.get(4)?, tiles: row.get(5)?, beyond: row.get(6)? }))
            })
        })?;
        let Some(((origin, key, vkey), extent)) = state else { return Ok(()) };
        let (keys, name) = (keys.clone(), origin.clone());
        let key = self.store.read_blocking(move |q| keys.log(q, key, &name))?.public().clone();
        if key.to_string() != vkey {
            self.broken("公钥与密钥不符");
        }
        let end = i64::try_from(extent.size).unwrap_or(i64::MAX);
        let mut edge = Edge::default();
        let (mut reached, mut last) = (-1, i64::MIN);
        loop {
            let after = reached;
            let page = self.store.read_blocking(move |q| {
                q.rows(&CHECKPOINTS, params![which.name(), after, end], |row| {
                    Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?))
                })
            })?;
            let Some(last_of_page) = page.last() else { break };
            reached = last_of_page.0;
            for (upto, at, note) in page {
                if !self.leaves(&mut edge, upto.unsigned_abs(), at)? {
                    return Ok(());
                }
                let signed = Checkpoint::open(&note, &key);
                let expected = Checkpoint {
                    origin: origin.clone(),
                    size: edge.size(),
                    root: edge.root(),
                    at: Some(Moment::from_millis(at)),
                };
                match signed {
                    Err(fault) => self.broken(format!("第{upto}条处：{}", fault.sentence())),
                    Ok(signed) if signed.root != expected.root => self.broken(format!("第{upto}条处的根与各条不符")),
                    Ok(signed) if signed != expected => self.broken(format!("第{upto}条处的检查点，条数或者时间不符")),
                    Ok(_) if at < last => self.broken(format!("第{upto}条处的检查点早于前一个")),
                    Ok(_) => {}
                }
                last = at;
            }
        }
        self.counts(&edge, &extent);
        Ok(())
    }

    /// Checks the leaves up to a checkpoint and its time; answers whether none is missing.
    fn leaves(&mut self, edge: &mut Edge, upto: u64, at: i64) -> Result<bool, Fault> {
        let which = self.which;
        while edge.size() < upto {
            let from = edge.size();
            let page = self.store.read_blocking(move |q| leaves(q, which, from, upto))?;
            let whole = page.iter().zip(from..).all(|(leaf, index)| leaf.index == index) && !page.is_empty();
            if !whole {
                let missing =
                    page.iter().zip(from..).find(|(leaf, index)| leaf.index != *index).map_or(from, |(_, index)| index);
                self.broken(format!("第{missing}条不见了"));
                return Ok(false);
            }
            for leaf in &page {
                self.found.leaves += 1;
                if leaf.at != at {
                    self.broken(format!("第{}条的时间与检查点不符", leaf.index));
                }
                self.meaning(leaf)?;
            }
            let grown = edge.append(page.iter().map(|leaf| leaf_hash(&leaf.entry)));
            for (tile, hashes) in grown {
                self.tile(tile, &hashes)?;
            }
        }
        Ok(true)
    }

    /// Holds a stored tile against what it must begin with.
    fn tile(&mut self, tile: Tile, hashes: &[Hash]) -> Result<(), Fault> {
        let which = self.which;
        let stored = self.store.read_blocking(move |q| match book::tile(q, which, tile.level, tile.index) {
            Err(Fault::Shape(_)) => Ok(None),
            other => other,
        })?;
        let stored = stored.unwrap_or_default();
        let wrong =
            hashes.iter().enumerate().find(|(place, hash)| stored.get(*place) != Some(hash)).map(|(place, _)| place);
        match wrong {
            Some(place) if tile.level == 0 => {
                let index = tile.index * publication::log::WIDTH as u64 + place as u64;
                self.broken(format!("第{index}条与它的叶不符"));
            }
            Some(_) => self.broken(format!("第{}层第{}片与各条不符", tile.level, tile.index)),
            None => {}
        }
        Ok(())
    }

    /// Whether a leaf is what it says: its record, and what the record is about.
    fn meaning(&mut self, leaf: &Leaf) -> Result<(), Fault> {
        let (Some(salt), Some(record)) = (&leaf.salt, &leaf.record) else { return Ok(()) };
        if entry(salt, record) != leaf.entry {
            self.broken(format!("第{}条的记录与登记时的不符", leaf.index));
            return Ok(());
        }
        let fits = match leaf.kind.as_str() {
            kind::EVENTS | kind::FILING | kind::AUDIT => self.head(leaf, record)?,
            kind::FILINGS => self.filings(record)?,
            _ => true,
        };
        if !fits {
            self.broken(format!("第{}条所指的记录被改动或者删除", leaf.index));
        }
        Ok(())
    }

    fn head(&mut self, leaf: &Leaf, record: &str) -> Result<bool, Fault> {
        let Ok(head) = serde_json::from_str::<ChainHead>(record) else { return Ok(false) };
        if (head.of, head.seq) != (leaf.of, leaf.number) || head.chain != leaf.kind {
            return Ok(false);
        }
        if leaf.kind == kind::AUDIT {
            self.audits.insert((head.of, head.seq), head.hash);
            return Ok(true);
        }
        let (of, seq) = (head.of, head.seq);
        let event = self.store.read_blocking(move |q| q.row(&EVENT, params![of, seq], |row| row.get::<Vec<u8>>(0)))?;
        Ok(event.is_some_and(|hash| hex(&hash) == head.hash))
    }

    /// The checkpoint of the filings that entered the public log is still theirs.
    fn filings(&mut self, record: &str) -> Result<bool, Fault> {
        let Ok(head) = serde_json::from_str::<FilingsHead>(record) else { return Ok(false) };
        let size = head.checkpoint.lines().nth(1).and_then(|size| size.parse::<i64>().ok()).unwrap_or(-1);
        let note = self.store.read_blocking(move |q| q.row(&FILINGS, params![size], |row| row.get::<String>(0)))?;
        Ok(note == Some(head.checkpoint))
    }

    /// Nothing lies beyond the newest checkpoint.
    fn counts(&mut self, edge: &Edge, extent: &Extent) {
        let (mut expected, mut hashes) = (0, edge.size());
        while hashes > 0 {
            expected += hashes.div_ceil(publication::log::WIDTH as u64);
            hashes /= publication::log::WIDTH as u64;
        }
        let Extent { size, leaves, tiles, beyond } = extent;
        if *leaves != edge.size() || *size != edge.size() || *beyond > 0 {
            self.broken(format!("共{leaves}条，记为{size}条，而检查点只到第{}条", edge.size()));
        }
        if *tiles != expected {
            self.broken(format!("有{tiles}片，应有{expected}片"));
        }
    }
}

fn leaves(q: &mut Query<'_>, which: Which, from: u64, upto: u64) -> Result<Vec<Leaf>, Fault> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    q.rows(&LEAVES, params![which.name(), number(from), number(upto)], |row| {
        Ok(Leaf {
            index: row.get(0)?,
            // An entry of another length is altered too; it fits no leaf.
            entry: Hash::try_from(row.get::<Vec<u8>>(1)?).unwrap_or_default(),
            kind: row.get(2)?,
            of: row.get(3)?,
            number: row.get(4)?,
            at: row.get(5)?,
            salt: row.get(6)?,
            record: row.get(7)?,
        })
    })
}

/// What a published text says of itself.
#[derive(serde::Deserialize)]
struct Told {
    title: String,
    published_at: Moment,
}

/// Every edition is in the log as it was published. One whose salt was destroyed is there too, and
/// nothing more can or shall be said of it.
fn editions(store: &Store, found: &mut Verified) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let from = after;
        let page = store.read_blocking(move |q| {
            q.rows(&EDITIONS, params![from], |row| {
                let content: String = row.get(2)?;
                let salt: Option<Vec<u8>> = row.get(6)?;
                let sealed: Option<Vec<u8>> = row.get(9)?;
                let told: Option<Told> = serde_json::from_str(&content).ok();
                let (title, at): (String, i64) = (row.get(4)?, row.get(5)?);
                let beside = told.is_some_and(|told| told.title == title && told.published_at.millis() == at);
                let hashed = super::intact::fingerprint(&content) == row.get::<String>(3)?;
                let wrong = match (&sealed, &salt) {
                    (None, _) if row.get::<Option<i64>>(10)?.is_none() => Some("不在公开日志中"),
                    (_, None) => None,
                    (Some(sealed), Some(salt)) if entry(salt, &content)[..] != sealed[..] => Some("与登记时的不符"),
                    _ if !hashed || !beside => Some("与它的指纹、标题或者发布时间不符"),
                    _ => None,
                };
                Ok((row.get::<i64>(0)?, row.get::<String>(1)?, wrong))
            })
        })?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (_, public_id, wrong) in page {
            found.editions += 1;
            found.broken.extend(wrong.map(|wrong| format!("公开版本{public_id}：{wrong}")));
        }
    }
    let orphans = store.read_blocking(|q| q.rows(&ORPHANS, params![], |row| row.get::<u64>(0)))?;
    found.broken.extend(orphans.into_iter().map(|index| format!("公开日志：第{index}条的公开版本被删除")));
    Ok(())
}

/// The sealed heads of audit chains against the records.
fn chains(store: &Store, mut heads: BTreeMap<(i64, i64), String>, found: &mut Verified) -> Result<(), Fault> {
    let mut after = 0;
    while !heads.is_empty() {
        let from = after;
        let page = store.read_blocking(move |q| {
            q.rows(&AUDIT, params![from], |row| {
                Ok((row.get::<i64>(0)?, (row.get::<i64>(1)?, row.get::<i64>(2)?), hex(&row.get::<Vec<u8>>(3)?)))
            })
        })?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (_, place, hash) in page {
            if heads.get(&place) == Some(&hash) {
                heads.remove(&place);
            }
        }
    }
    let wrong = heads.into_keys().map(|(body, seq)| format!("内部日志：机关{body}第{seq}条留痕被改动或者删除"));
    found.broken.extend(wrong);
    Ok(())
}
