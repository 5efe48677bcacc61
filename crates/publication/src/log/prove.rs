//! Making proofs from tiles (RFC 6962, 2.1.1 and 2.1.2).

use std::collections::BTreeMap;

use super::Hash;
use super::tile::{HEIGHT, Tile, WIDTH};
use super::tree::{node_hash, subtree};

/// The tiles of a log, read through a closure that is given a tile and how many of its hashes are
/// needed; each tile is read once.
pub struct Tiles<F> {
    read: F,
    known: BTreeMap<Tile, Vec<Hash>>,
}

impl<E, F: FnMut(Tile, usize) -> Result<Vec<Hash>, E>> Tiles<F> {
    /// Tiles that `read` gives.
    pub fn new(read: F) -> Self {
        Tiles { read, known: BTreeMap::new() }
    }

    /// The root of the tree of the first `size` leaves.
    ///
    /// # Errors
    /// That of the closure.
    pub fn root(&mut self, size: u64) -> Result<Hash, E> {
        if size == 0 { Ok(subtree(&[])) } else { self.range(0, size, size) }
    }

    /// The hash of a leaf of that tree.
    ///
    /// # Errors
    /// That of the closure.
    pub fn leaf(&mut self, index: u64, size: u64) -> Result<Hash, E> {
        self.node(0, index, size)
    }

    /// The hash over the leaves from `from` to `to`, in a tree that has `size`.
    fn range(&mut self, from: u64, to: u64, size: u64) -> Result<Hash, E> {
        let count = to - from;
        if count.is_power_of_two() {
            return self.node(count.trailing_zeros(), from / count, size);
        }
        let middle = from + split(count);
        Ok(node_hash(&self.range(from, middle, size)?, &self.range(middle, to, size)?))
    }

    /// A complete subtree of 2^`level` leaves.
    fn node(&mut self, level: u32, index: u64, size: u64) -> Result<Hash, E> {
        let (tiles, within) = (level / HEIGHT, level % HEIGHT);
        let first = index << within;
        let tile = Tile { level: tiles as u8, index: first / WIDTH as u64 };
        if !self.known.contains_key(&tile) {
            let hashes = (self.read)(tile, tile.width(size))?;
            self.known.insert(tile, hashes);
        }
        let start = (first % WIDTH as u64) as usize;
        let hashes = self.known.get(&tile).and_then(|hashes| hashes.get(start..start + (1 << within)));
        // A tile shorter than promised gives a proof that fails, never a panic.
        Ok(hashes.map_or(Hash::default(), subtree))
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (63 - (count - 1).leading_zeros())
}

/// The proof that the leaf `index` is in the tree of `size` leaves, which has more than `index`.
///
/// # Errors
/// That of the closure.
pub fn inclusion<E, F>(index: u64, size: u64, tiles: &mut Tiles<F>) -> Result<Vec<Hash>, E>
where
    F: FnMut(Tile, usize) -> Result<Vec<Hash>, E>,
{
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(tiles.range(middle, to, size)?);
            to = middle;
        } else {
            path.push(tiles.range(from, middle, size)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `old` leaves is the beginning of that of `size`.
///
/// # Errors
/// That of the closure.
pub fn consistency<E, F>(old: u64, size: u64, tiles: &mut Tiles<F>) -> Result<Vec<Hash>, E>
where
    F: FnMut(Tile, usize) -> Result<Vec<Hash>, E>,
{
    let mut path = Vec::new();
    if old == 0 || old >= size {
        return Ok(path);
    }
    let (mut from, mut to) = (0, size);
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(tiles.range(middle, to, size)?);
            to = middle;
        } else {
            path.push(tiles.range(from, middle, size)?);
            from = middle;
        }
    }
    // The old tree's own subtree is named only where the verifier cannot take its root.
    if from != 0 {
        path.push(tiles.range(from, to, size)?);
    }
    path.reverse();
    Ok(path)
}
