//! The list of names in a ZIP file, and where its parts lie. Nothing is unpacked here: a bomb stays
//! closed.

use std::io::Read;

use flate2::read::DeflateDecoder;

/// Entries looked at; documents have far fewer.
const MOST_ENTRIES: usize = 20_000;
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;

/// What the central directory says.
pub(super) struct Listing<'a> {
    pub names: Vec<&'a [u8]>,
    /// The directory's entry of each name.
    headers: Vec<&'a [u8]>,
    /// Whether any entry is encrypted.
    pub locked: bool,
}

/// A part of the file, still packed.
pub(crate) struct Entry<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// How it is packed: 0 not at all, 8 deflated.
    pub method: usize,
    /// Its packed bytes.
    pub data: &'a [u8],
}

impl Entry<'_> {
    /// Bytes that it has unpacked, counted up to a limit and not kept.
    pub fn unpacked(&self, limit: u64) -> u64 {
        match self.method {
            8 => std::io::copy(&mut DeflateDecoder::new(self.data).take(limit), &mut std::io::sink()).unwrap_or(limit),
            _ => (self.data.len() as u64).min(limit),
        }
    }
}

/// The parts of a file; nothing if its directory is not whole. Encrypted parts are left out.
pub(crate) fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    let mut entries = Vec::new();
    for header in list(bytes)?.headers {
        let (at, length, method) = (number(header, 42, 4)?, number(header, 20, 4)?, number(header, 10, 2)?);
        let name = header.get(ENTRY_LENGTH..ENTRY_LENGTH + number(header, 28, 2)?)?;
        let local = bytes.get(at..)?;
        let start = 30 + number(local, 26, 2)? + number(local, 28, 2)?;
        if let Some(data) = local
            .get(start..start.checked_add(length)?)
            .filter(|_| number(header, 8, 2).is_some_and(|flags| flags & 1 == 0))
        {
            entries.push(Entry { name, method, data });
        }
    }
    Some(entries)
}

/// Reads the central directory; nothing if it is not whole.
pub(super) fn list(bytes: &[u8]) -> Option<Listing<'_>> {
    let tail = bytes.len().saturating_sub(END_LENGTH + usize::from(u16::MAX));
    let end = bytes.get(tail..)?.windows(END.len()).rposition(|part| part == END)? + tail;
    let comment = number(bytes, end + 20, 2)?;
    bytes.get(end + END_LENGTH..end + END_LENGTH + comment)?;
    let directory = end.checked_sub(number(bytes, end + 12, 4)?)?;
    let mut rest = bytes.get(directory..end)?;
    let mut listing = Listing { names: Vec::new(), headers: Vec::new(), locked: false };
    while !rest.is_empty() {
        let lengths = [28, 30, 32].map(|at| number(rest, at, 2));
        let [Some(name), Some(extra), Some(comment)] = lengths else {
            return None;
        };
        if !rest.starts_with(ENTRY) || listing.names.len() >= MOST_ENTRIES {
            return None;
        }
        listing.locked |= number(rest, 8, 2)? & 1 == 1;
        listing.headers.push(rest.get(..ENTRY_LENGTH + name)?);
        listing.names.push(rest.get(ENTRY_LENGTH..ENTRY_LENGTH + name)?);
        rest = rest.get(ENTRY_LENGTH + name + extra + comment..)?;
    }
    Some(listing)
}

/// A little-endian number of `width` bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}
