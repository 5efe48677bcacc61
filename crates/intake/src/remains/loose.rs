//! Bytes of unknown writing as words.

use encoding_rs::GB18030;

/// The bytes as UTF-8, as GB 18030, and as UTF-16 of both orders from even and odd places.
pub(super) fn readings(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let wide = [(true, 0), (true, 1), (false, 0), (false, 1)].into_iter().map(|(big, shift)| utf16(bytes, big, shift));
    let narrow =
        [String::from_utf8_lossy(bytes).into_owned(), GB18030.decode_without_bom_handling(bytes).0.into_owned()];
    narrow.into_iter().chain(wide)
}

/// UTF-16 from this place on.
pub(super) fn utf16(bytes: &[u8], big: bool, shift: usize) -> String {
    let pairs = bytes.get(shift..).unwrap_or_default().chunks_exact(2);
    let units = pairs.map(|pair| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    char::decode_utf16(units).map(|c| c.unwrap_or(super::BLOCK)).collect()
}
