//! Tiles and entry bundles: their addresses and their bytes (C2SP tlog-tiles).

use std::fmt;

use super::Hash;

/// Levels of the tree in one tile.
pub(super) const HEIGHT: u32 = 8;
/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: usize = 256;

/// A tile: 256 hashes of one level of the tree, or fewer at its right edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// Level of tiles: 0 holds hashes of leaves.
    pub level: u8,
    /// Its place in the level.
    pub index: u64,
}

impl Tile {
    /// How many hashes the tile has in a tree of `size` leaves.
    pub fn width(self, size: u64) -> usize {
        let hashes = size.checked_shr(HEIGHT * u32::from(self.level)).unwrap_or(0);
        let before = self.index.saturating_mul(WIDTH as u64);
        hashes.saturating_sub(before).min(WIDTH as u64) as usize
    }
}

/// What lies at an address under the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// A tile, of which so many hashes are wanted.
    Hashes(Tile, usize),
    /// An entry bundle, of which so many entries are wanted.
    Entries(u64, usize),
}

impl Address {
    /// Reads what follows `tile/`; only the one spelling that C2SP allows is an address.
    pub fn parse(path: &str) -> Option<Address> {
        let (level, rest) = path.split_once('/')?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, number(width).filter(|width| (1..WIDTH as u64).contains(width))?),
            None => (rest, WIDTH as u64),
        };
        let (index, width) = (unspelt(index)?, width as usize);
        match level {
            "entries" => Some(Address::Entries(index, width)),
            level => {
                let level = number(level).filter(|level| *level < 64)? as u8;
                Some(Address::Hashes(Tile { level, index }, width))
            }
        }
    }

    /// Whether nothing can ever be added to it.
    pub fn is_full(self) -> bool {
        let (Address::Hashes(_, width) | Address::Entries(_, width)) = self;
        width == WIDTH
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Address::Hashes(tile, width) => {
                write!(f, "tile/{}/", tile.level)?;
                (tile.index, *width)
            }
            Address::Entries(index, width) => {
                write!(f, "tile/entries/")?;
                (*index, *width)
            }
        };
        let mut groups = vec![index % 1000];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", index % 1000)?;
        if width < WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

/// A decimal number in its shortest spelling.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// `x001/234` is 1234.
fn unspelt(text: &str) -> Option<u64> {
    let groups: Vec<&str> = text.split('/').collect();
    let (last, first) = groups.split_last()?;
    let digits = |group: &str| {
        group.parse::<u64>().ok().filter(|_| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut index = 0_u64;
    for group in first.iter().map(|group| group.strip_prefix('x').and_then(digits)).chain([digits(last)]) {
        index = index.checked_mul(1000)?.checked_add(group?)?;
    }
    let shortest = first.first().is_none_or(|group| *group != "x000");
    Some(index).filter(|_| shortest)
}

/// The bytes of an entry bundle: each entry after its length in two bytes.
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a Hash>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend((entry.len() as u16).to_be_bytes());
        bytes.extend(entry);
    }
    bytes
}

/// The entries of a bundle; none when its bytes are no bundle.
pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, after) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        bytes = after;
    }
    bytes.is_empty().then_some(entries)
}

/// The hashes of a tile; none when the bytes do not divide into hashes.
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() <= WIDTH).then(|| hashes.to_vec())
}
