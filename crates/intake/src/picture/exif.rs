//! EXIF: the one tag that is needed to show a picture, how it is turned; and, for the checks before a file
//! becomes public, what else it tells: place, time, device, people.

use super::Told;

/// Tag 0x0112, Orientation.
const ORIENTATION: u16 = 0x0112;
/// Where the directory of place data begins.
const PLACE: u16 = 0x8825;
/// Where the directory of the shot begins.
const SHOT: u16 = 0x8769;
/// Entries read of one directory.
const ENTRIES_MAX: usize = 512;

/// Tags with words, and what they are called.
const WORDS: [(u16, &str); 9] = [
    (0x010E, "说明"),
    (0x010F, "厂商"),
    (0x0110, "型号"),
    (0x0131, "软件"),
    (0x0132, "修改时间"),
    (0x013B, "作者"),
    (0x8298, "版权"),
    (0x9003, "拍摄时间"),
    (0xA430, "相机所有人"),
];

struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl<'a> Tiff<'a> {
    /// A block with or without its `Exif` mark.
    fn of(block: &'a [u8]) -> Option<Tiff<'a>> {
        let bytes = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        match bytes.get(..4)? {
            b"MM\0*" => Some(Tiff { bytes, big: true }),
            b"II*\0" => Some(Tiff { bytes, big: false }),
            _ => None,
        }
    }

    fn number(&self, at: usize, width: usize) -> Option<u32> {
        let field = self.bytes.get(at..at.checked_add(width)?)?;
        let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        Some(if self.big { field.iter().fold(0, join) } else { field.iter().rev().fold(0, join) })
    }

    fn place(&self, at: usize) -> Option<usize> {
        usize::try_from(self.number(at, 4)?).ok()
    }

    /// Where the entries of a directory lie, each with its tag.
    fn directory(&self, at: usize) -> Vec<(u16, usize)> {
        let count = self.number(at, 2).and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
        let entry = |index: usize| {
            let entry = at.checked_add(2 + index * 12)?;
            Some((u16::try_from(self.number(entry, 2)?).ok()?, entry))
        };
        (0..count.min(ENTRIES_MAX)).map_while(entry).collect()
    }

    /// The bytes of an entry's value: in the entry itself, or where it points.
    fn value(&self, entry: usize) -> Option<&'a [u8]> {
        let width = match self.number(entry + 2, 2)? {
            3 => 2,
            4 | 9 => 4,
            5 | 10 => 8,
            _ => 1,
        };
        let length = usize::try_from(self.number(entry + 4, 4)?).ok()?.checked_mul(width)?;
        let at = if length <= 4 { entry + 8 } else { self.place(entry + 8)? };
        self.bytes.get(at..at.checked_add(length)?)
    }

    fn words(&self, entry: usize) -> Option<String> {
        let words = String::from_utf8_lossy(self.value(entry)?).trim_matches(['\0', ' ']).to_owned();
        (!words.is_empty()).then_some(words)
    }

    /// Degrees of three fractions: degrees, minutes, seconds.
    fn degrees(&self, entry: usize) -> Option<f64> {
        let at = self.place(entry + 8)?;
        let part = |index: usize| {
            let (over, under) = (self.number(at + index * 8, 4)?, self.number(at + index * 8 + 4, 4)?);
            (under != 0).then(|| f64::from(over) / f64::from(under))
        };
        Some(part(0)? + part(1)? / 60.0 + part(2).unwrap_or(0.0) / 3600.0)
    }
}

/// The orientation 2–8 that an EXIF block asks for; nothing when the picture stands upright or the block
/// cannot be read.
pub(super) fn orientation(block: &[u8]) -> Option<u8> {
    let tiff = Tiff::of(block)?;
    let (_, entry) = tiff.directory(tiff.place(4)?).into_iter().find(|(tag, _)| *tag == ORIENTATION)?;
    let value = u8::try_from(tiff.number(entry + 8, 2)?).ok()?;
    (2..=8).contains(&value).then_some(value)
}

/// What else the block tells.
pub(super) fn tell(block: &[u8]) -> Vec<Told> {
    let Some(tiff) = Tiff::of(block) else { return Vec::new() };
    let first = tiff.place(4).map(|at| tiff.directory(at)).unwrap_or_default();
    let inner = |wanted: u16| {
        let at = first.iter().find(|(tag, _)| *tag == wanted).and_then(|(_, entry)| tiff.place(entry + 8));
        at.map(|at| tiff.directory(at)).unwrap_or_default()
    };
    let mut told = Vec::new();
    for (tag, entry) in first.iter().chain(&inner(SHOT)) {
        let label = WORDS.iter().find(|(known, _)| known == tag).map(|(_, label)| label);
        let words = label.and_then(|label| Some(format!("{label}：{}", tiff.words(*entry)?)));
        told.extend(words.map(|words| Told { located: false, words }));
    }
    let place = inner(PLACE);
    let degrees = |tag: u16| place.iter().find(|(known, _)| *known == tag).and_then(|(_, entry)| tiff.degrees(*entry));
    if !place.is_empty() {
        // So near that the reviewer knows the place, not so near that the check tells the house.
        let words = match (degrees(2), degrees(4)) {
            (Some(north), Some(east)) => format!("纬度{north:.2}、经度{east:.2}附近"),
            _ => "有位置数据".to_owned(),
        };
        told.push(Told { located: true, words });
    }
    told
}

/// A block that holds the orientation and nothing else.
pub(super) fn only(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff
}
