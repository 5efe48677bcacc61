//! The hash chain of a matter's events: each link binds the previous hash to the event's canonical
//! JSON, so that no event can be altered, removed or moved to another matter unseen.

use sha2::{Digest, Sha256};

use crate::event::Event;

/// The hash (hex) of an event that follows `previous`; the first event follows the empty text.
pub fn link(previous: &str, event: &Event) -> String {
    let mut sha = Sha256::new();
    sha.update(previous.as_bytes());
    sha.update(b"\n");
    sha.update(event.canonical().as_bytes());
    hex(&sha.finalize())
}

/// Verifies a chain: each event with the hash stored for it. The number of the first broken event.
pub fn verify<'a>(events: impl IntoIterator<Item = (&'a Event, &'a str)>) -> Result<(), i64> {
    let mut previous = String::new();
    let mut seq = 0;
    for (event, stored) in events {
        seq += 1;
        let hash = link(&previous, event);
        if event.seq != seq || hash != stored {
            return Err(seq);
        }
        previous = hash;
    }
    Ok(())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
