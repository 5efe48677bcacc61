//! 公开日志: an append-only Merkle tree (RFC 6962 hashing, C2SP tlog-tiles, signed-note checkpoints)
//! of salted commitments. Pure: tiles are read through closures, keys and times are arguments.
//!
//! An entry is 32 bytes, SHA-256(salt ‖ canonical text), and says nothing about the text once its
//! salt is destroyed; the leaf is SHA-256(0x00 ‖ entry).

mod check;
mod checkpoint;
mod differ;
mod note;
mod proof;
mod prove;
mod record;
mod tile;
mod tree;

pub use check::{consistent, included};
pub use checkpoint::Checkpoint;
pub use differ::{Change, changes};
pub use note::{NoteFault, PublicKey, SigningKey};
pub use proof::{Broken, Checked, Proof};
pub use prove::{Tiles, consistency, inclusion};
pub use record::{ChainHead, FilingsHead, Withdrawal};
pub use tile::{Address, Tile, WIDTH, bundle, hashes, unbundle};
pub use tree::{Edge, entry, leaf_hash, node_hash};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a hash of exactly 64 lower-case hexadecimal digits.
pub fn unhex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().map(digit).collect::<Option<_>>()?;
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().fold(0, |value, digit| value << 4 | digit);
    }
    Some(hash)
}
