//! The one tag of EXIF that is needed to show a picture: how it is turned.

/// Tag 0x0112, Orientation.
const ORIENTATION: u16 = 0x0112;

/// The orientation 2–8 that an EXIF block (with or without its `Exif` mark) asks for;
/// nothing when the picture stands upright or the block cannot be read.
pub(super) fn orientation(block: &[u8]) -> Option<u8> {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let number = |at: usize, width: usize| {
        let field = tiff.get(at..at.checked_add(width)?)?;
        let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        Some(if big { field.iter().fold(0, join) } else { field.iter().rev().fold(0, join) })
    };
    let directory = usize::try_from(number(4, 4)?).ok()?;
    let entries = usize::try_from(number(directory, 2)?).ok()?;
    let entry = (0..entries)
        .map_while(|entry| directory.checked_add(2 + entry * 12))
        .find(|&at| number(at, 2) == Some(u32::from(ORIENTATION)))?;
    let value = u8::try_from(number(entry + 8, 2)?).ok()?;
    (2..=8).contains(&value).then_some(value)
}

/// A block that holds the orientation and nothing else.
pub(super) fn only(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff
}
