//! The tree: hashes of leaves and nodes, and its right edge, to which leaves are appended without
//! any older leaf being read.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Hash;
use super::tile::{HEIGHT, Tile, WIDTH};

/// The entry that stands for a text: SHA-256(salt ‖ text).
pub fn entry(salt: &[u8], text: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(text).finalize().into()
}

/// The hash of a leaf (RFC 6962, 2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of a node over two others (RFC 6962, 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a complete subtree: `hashes` are a power of two in number.
pub(super) fn subtree(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            node_hash(&subtree(left), &subtree(right))
        }
    }
}

/// The right edge of a tree: the unfinished last tile of every level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a tree of `size` leaves; `read` gives the hashes of a tile, at least as many as the
    /// tree has there.
    ///
    /// # Errors
    /// That of `read`.
    pub fn restore<E>(size: u64, mut read: impl FnMut(Tile, usize) -> Result<Vec<Hash>, E>) -> Result<Edge, E> {
        let mut levels = Vec::new();
        for level in (0..).take_while(|level| size >> (HEIGHT * u32::from(*level)) > 0) {
            let width = (size >> (HEIGHT * u32::from(level))) as usize % WIDTH;
            let tile = Tile { level, index: shifted(size, u32::from(level) + 1) };
            let mut hashes = if width == 0 { Vec::new() } else { read(tile, width)? };
            hashes.truncate(width);
            levels.push(hashes);
        }
        Ok(Edge { size, levels })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends leaves; answers every tile that grew, with all of its hashes.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> BTreeMap<Tile, Vec<Hash>> {
        let mut grown = BTreeMap::new();
        let mut touched = 0;
        for leaf in leaves {
            let (mut carry, mut level) = (Some(leaf), 0_u8);
            while let Some(hash) = carry.take() {
                if self.levels.len() <= usize::from(level) {
                    self.levels.push(Vec::new());
                }
                let Some(tile) = self.levels.get_mut(usize::from(level)) else { break };
                tile.push(hash);
                if tile.len() == WIDTH {
                    let full = std::mem::take(tile);
                    carry = Some(subtree(&full));
                    grown.insert(Tile { level, index: shifted(self.size, u32::from(level) + 1) }, full);
                }
                level += 1;
                touched = touched.max(level);
            }
            self.size += 1;
        }
        for (level, tile) in (0..touched).zip(&self.levels).filter(|(_, tile)| !tile.is_empty()) {
            grown.insert(Tile { level, index: shifted(self.size, u32::from(level) + 1) }, tile.clone());
        }
        grown
    }

    /// The root of the tree (RFC 6962, 2.1).
    pub fn root(&self) -> Hash {
        let mut peaks = Vec::new();
        for tile in self.levels.iter().rev() {
            let mut rest = tile.as_slice();
            for bit in (0..HEIGHT).rev().filter(|bit| tile.len() >> bit & 1 == 1) {
                let (peak, after) = rest.split_at(1 << bit);
                peaks.push(subtree(peak));
                rest = after;
            }
        }
        peaks.into_iter().rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| subtree(&[]))
    }
}

/// A number of leaves or hashes counted in tiles of a level.
fn shifted(size: u64, levels: u32) -> u64 {
    size.checked_shr(HEIGHT * levels).unwrap_or(0)
}
