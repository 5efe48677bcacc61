//! What the log tells: its newest checkpoint, tiles, entry bundles, proofs.

use law::Moment;
use publication::log::{Address, Hash, Proof, Tile, Tiles, WIDTH, bundle, hex, inclusion, leaf_hash};

use super::{Which, book, kind};
use crate::fail::Fail;
use crate::office::Office;
use crate::store::{Fault, Query};
use crate::{params, statements};

statements! {
    HEAD = "select note from log_checkpoint where log = $1 order by size desc limit 1";
    UNDER = "select size, note from log_checkpoint where log = 'public' and size >= $1 order by size limit 1";
    NEWEST = "select size, note from log_checkpoint where log = 'public' order by size desc limit 1";
    KEY = "select vkey from log where name = $1";
    ENTRIES = "select entry from log_leaf where log = 'public' and idx >= $1 and idx < $2 order by idx";
    EDITION = "select e.id, e.content, e.salt, l.idx, l.entry, l.at from edition e left join log_leaf l on l.log = 'public' and l.kind = 'edition' and l.ref = e.id where e.public_id = $1 and e.state in ('public', 'superseded')";
    AT = "select e.public_id, e.content from log_leaf l join edition e on e.id = l.ref where l.log = 'public' and l.kind = 'edition' and l.idx = $1 and e.state in ('public', 'superseded') and e.salt is not null";
    BY_HASH = "select public_id from edition where hash = $1 and state in ('public', 'superseded') order by id limit 1";
    LEAF_OF = "select l.idx, l.at from edition e join log_leaf l on l.log = 'public' and l.kind = $1 and l.ref = e.id where e.public_id = $2";
}

/// Where a text stands in the public log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Number of its leaf.
    pub index: u64,
    /// Since when it is there.
    pub at: Moment,
}

/// The way from a leaf to the root of the newest tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Number of the leaf.
    pub index: u64,
    /// Its hash.
    pub leaf: Hash,
    /// How many leaves the log has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The hashes beside the way.
    pub path: Vec<Hash>,
}

struct Found {
    id: i64,
    content: String,
    salt: Option<Vec<u8>>,
    leaf: Option<(u64, Hash)>,
}

impl Office {
    /// The newest checkpoint of a log; none before its first batch.
    ///
    /// # Errors
    /// Our failure.
    pub async fn log_head(&self, which: Which) -> Result<Option<String>, Fail> {
        self.read(move |q| q.row(&HEAD, params![which.name()], |row| row.get(0))).await
    }

    /// The key that checkpoints of a log are checked with.
    ///
    /// # Errors
    /// Our failure.
    pub async fn log_key(&self, which: Which) -> Result<Option<String>, Fail> {
        self.read(move |q| q.row(&KEY, params![which.name()], |row| row.get(0))).await
    }

    /// The bytes of a tile or bundle of the public log; none while the log is shorter.
    ///
    /// # Errors
    /// Our failure.
    pub async fn log_bytes(&self, address: Address) -> Result<Option<Vec<u8>>, Fail> {
        self.read(move |q| match address {
            Address::Hashes(tile, width) => {
                let hashes = book::tile(q, Which::Public, tile.level, tile.index)?;
                Ok(hashes.and_then(|hashes| Some(hashes.get(..width)?.concat())))
            }
            Address::Entries(index, width) => {
                let Some(from) = index.checked_mul(WIDTH as u64).and_then(|from| i64::try_from(from).ok()) else {
                    return Ok(None);
                };
                let entries =
                    q.rows(&ENTRIES, params![from, from.saturating_add(width as i64)], |row| row.get::<Hash>(0))?;
                Ok((entries.len() == width).then(|| bundle(&entries)))
            }
        })
        .await
    }

    /// The proof of an edition under the newest checkpoint, or under the first that has at least
    /// `size` leaves and the edition's; none while it is not sealed yet.
    ///
    /// # Errors
    /// [`Fail::NotFound`] when nothing of this id is public.
    pub async fn proof(&self, public_id: &str, size: Option<u64>) -> Result<Option<Proof>, Fail> {
        let id = public_id.to_owned();
        let found = self.read(move |q| found(q, &id)).await?.ok_or(Fail::NotFound)?;
        // The text may have to be repaired first.
        self.intact(found.id).await?;
        let id = public_id.to_owned();
        self.read(move |q| proof(q, &id, size)).await
    }

    /// The way from any leaf of the public log to its newest root; none while the log is shorter.
    ///
    /// # Errors
    /// Our failure.
    pub async fn log_inclusion(&self, index: u64) -> Result<Option<Way>, Fail> {
        self.read(move |q| {
            let size = q.row(&NEWEST, params![], |row| row.get::<u64>(0))?.unwrap_or(0);
            if index >= size {
                return Ok(None);
            }
            let mut tiles = tiles(q);
            let (path, root) = (inclusion(index, size, &mut tiles)?, tiles.root(size)?);
            Ok(Some(Way { index, leaf: tiles.leaf(index, size)?, size, root, path }))
        })
        .await
    }

    /// The public edition behind a leaf: its public id and its text.
    ///
    /// # Errors
    /// Our failure.
    pub async fn edition_at(&self, index: u64) -> Result<Option<(String, String)>, Fail> {
        let Ok(index) = i64::try_from(index) else { return Ok(None) };
        self.read(move |q| q.row(&AT, params![index], |row| Ok((row.get(0)?, row.get(1)?)))).await
    }

    /// The root that the public log had at a size; none while it is shorter.
    ///
    /// # Errors
    /// Our failure.
    pub async fn log_root(&self, size: u64) -> Result<Option<Hash>, Fail> {
        self.read(move |q| {
            let newest = q.row(&NEWEST, params![], |row| row.get::<u64>(0))?;
            if newest.is_none_or(|newest| newest < size) { Ok(None) } else { tiles(q).root(size).map(Some) }
        })
        .await
    }

    /// The public id of the edition with this fingerprint.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn edition_by_hash(&self, hash: &str) -> Result<String, Fail> {
        let hash = hash.to_owned();
        self.read(move |q| q.row(&BY_HASH, params![hash], |row| row.get(0))).await?.ok_or(Fail::NotFound)
    }

    /// Where an edition stands in the public log; none while it is not sealed yet.
    ///
    /// # Errors
    /// Our failure.
    pub async fn sealed(&self, public_id: &str) -> Result<Option<Sealed>, Fail> {
        let id = public_id.to_owned();
        let sealed = |q: &mut Query<'_>| {
            q.row(&LEAF_OF, params![kind::EDITION, id], |row| {
                Ok(Sealed { index: row.get(0)?, at: Moment::from_millis(row.get(1)?) })
            })
        };
        self.read(sealed).await
    }
}

fn found(q: &mut Query<'_>, public_id: &str) -> Result<Option<Found>, Fault> {
    q.row(&EDITION, params![public_id], |row| {
        let leaf = match row.get::<Option<u64>>(3)? {
            Some(index) => Some((index, row.get(4)?)),
            None => None,
        };
        Ok(Found { id: row.get(0)?, content: row.get(1)?, salt: row.get(2)?, leaf })
    })
}

fn proof(q: &mut Query<'_>, public_id: &str, size: Option<u64>) -> Result<Option<Proof>, Fault> {
    let Some(Found { content, salt: Some(salt), leaf: Some((index, entry)), .. }) = found(q, public_id)? else {
        return Ok(None);
    };
    let read = |row: &crate::store::Row<'_>| Ok((row.get::<u64>(0)?, row.get::<String>(1)?));
    let wanted = size.map(|size| size.max(index + 1)).and_then(|size| i64::try_from(size).ok());
    let under = match wanted {
        Some(size) => q.row(&UNDER, params![size], read)?,
        None => q.row(&NEWEST, params![], read)?,
    };
    let Some((size, checkpoint)) = under else { return Ok(None) };
    let mut tiles = tiles(q);
    let path = inclusion(index, size, &mut tiles)?;
    let root = tiles.root(size)?;
    Ok(Some(Proof {
        leaf_index: index,
        leaf_hash: hex(&leaf_hash(&entry)),
        tree_size: size,
        root: hex(&root),
        inclusion: path.iter().map(|step| hex(step)).collect(),
        checkpoint,
        salt: hex(&salt),
        canonical: content,
    }))
}

/// The tiles of the public log.
fn tiles(q: &mut Query<'_>) -> Tiles<impl FnMut(Tile, usize) -> Result<Vec<Hash>, Fault>> {
    Tiles::new(|tile, width| {
        let hashes = book::tile(q, Which::Public, tile.level, tile.index)?;
        let enough = hashes.and_then(|hashes| Some(hashes.get(..width)?.to_vec()));
        enough.ok_or_else(|| Fault::Shape(format!("tile {}/{} of the public log", tile.level, tile.index)))
    })
}
