//! Pictures without what they tell in secret: place, time, device, owner, comments,
//! thumbnails, and whatever hangs behind their end.
//!
//! Only what is needed to show a picture is kept, so that a new kind of hidden data is
//! dropped, too. The pixels are not touched; a picture that is shown turned keeps the one
//! tag that says so.

mod exif;
mod gif;
mod jpeg;
mod png;
mod webp;

use crate::file::Kind;
use crate::refusal::{Cause, Refusal};

/// The picture without its hidden data. Files of other kinds come back as they are.
pub fn strip(bytes: &[u8], kind: Kind) -> Result<Vec<u8>, Refusal> {
    let stripped = match kind {
        Kind::Jpeg => jpeg::strip(bytes),
        Kind::Png => png::strip(bytes),
        Kind::Gif => gif::strip(bytes),
        Kind::Webp => webp::strip(bytes),
        _ => Some(bytes.to_vec()),
    };
    stripped.ok_or_else(|| {
        Refusal::new(
            Cause::Damaged,
            "图片文件不完整或已损坏，未能接收。请在手机或电脑上确认能正常打开，再重新上传，或截图后上传。",
        )
    })
}

/// One thing that a picture tells besides its pixels.
pub(crate) struct Told {
    /// It tells where the picture was taken.
    pub located: bool,
    /// What it says.
    pub words: String,
}

/// What a picture tells besides its pixels, as far as it is read; nothing for other kinds.
pub(crate) fn tell(bytes: &[u8], kind: Kind) -> Vec<Told> {
    match kind {
        Kind::Jpeg => jpeg::tell(bytes),
        Kind::Png => png::tell(bytes),
        _ => Vec::new(),
    }
}

/// Words in a block of bytes, control characters taken out.
fn words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..4096.min(bytes.len())).unwrap_or_default());
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// The next `length` bytes, taken off the front.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// The next big-endian number of `width` bytes, taken off the front.
fn take_number(rest: &mut &[u8], width: usize) -> Option<usize> {
    Some(take(rest, width)?.iter().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}
