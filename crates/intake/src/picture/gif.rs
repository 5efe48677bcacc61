//! GIF: images and extensions, each a chain of short blocks.

use super::take;

const IMAGE: u8 = 0x2C;
const EXTENSION: u8 = 0x21;
const END: u8 = 0x3B;
const TIMING: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;

/// Keeps images, their timing and the repetition; comments, texts and foreign extensions
/// (XMP) go.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    let mut out = take(&mut rest, 13)?.to_vec();
    out.extend_from_slice(take(&mut rest, table(*out.get(10)?))?);
    let mut seen = false;
    loop {
        let block = rest;
        match take(&mut rest, 1) {
            Some([IMAGE]) => {
                let flags = *take(&mut rest, 9)?.last()?;
                take(&mut rest, table(flags) + 1)?;
                skip_blocks(&mut rest)?;
                seen = true;
                out.extend_from_slice(block.get(..block.len() - rest.len())?);
            }
            Some([EXTENSION]) => {
                let label = *take(&mut rest, 1)?.first()?;
                let name = rest.get(1..12);
                skip_blocks(&mut rest)?;
                let repeats = matches!(name, Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
                if label == TIMING || (label == APPLICATION && repeats) {
                    out.extend_from_slice(block.get(..block.len() - rest.len())?);
                }
            }
            // A missing end is made good.
            Some([END]) | None => break,
            Some(_) => return None,
        }
    }
    out.push(END);
    seen.then_some(out)
}

/// Bytes of the colour table that the flags announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn skip_blocks(rest: &mut &[u8]) -> Option<()> {
    loop {
        let length = usize::from(*take(rest, 1)?.first()?);
        if length == 0 {
            return Some(());
        }
        take(rest, length)?;
    }
}
