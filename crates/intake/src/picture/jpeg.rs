//! JPEG: a chain of marked segments; scans carry compressed data behind their segment.

use super::{Told, exif, take, take_number, words};

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP13: u8 = 0xED;
const APP14: u8 = 0xEE;
const COMMENT: u8 = 0xFE;

/// Keeps frames, tables, scans, colour profile and Adobe's colour transform; ends at the
/// end marker, so that what hangs behind it (motion photos, second pictures) is dropped.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xFF, START])?;
    let mut head = vec![0xFF, START];
    let mut body = Vec::with_capacity(bytes.len());
    let mut orientation = None;
    let mut seen_scan = false;
    while let Some(marker) = next_marker(&mut rest) {
        match marker {
            END => break,
            0x01 | START | 0xD0..=0xD7 => continue,
            _ => {}
        }
        let length = take_number(&mut rest, 2)?.checked_sub(2)?;
        let data = take(&mut rest, length)?;
        match marker {
            APP0 if data.starts_with(b"JFIF\0") && head.len() == 2 => {
                // Version and density; the thumbnail is left out.
                let mut header = data.get(..12)?.to_vec();
                header.extend([0, 0]);
                push(&mut head, marker, &header);
            }
            APP1 if orientation.is_none() && data.starts_with(b"Exif\0\0") => {
                orientation = exif::orientation(data);
            }
            APP2 if data.starts_with(b"ICC_PROFILE\0") => push(&mut body, marker, data),
            APP14 if data.starts_with(b"Adobe") => push(&mut body, marker, data),
            // Frames, tables, restart interval, number of lines, expansion.
            0xC0..=0xCF | 0xDB..=0xDF => push(&mut body, marker, data),
            SCAN => {
                seen_scan = true;
                push(&mut body, marker, data);
                body.extend_from_slice(take_scan(&mut rest));
            }
            _ => {}
        }
    }
    if let Some(orientation) = orientation {
        let block = [b"Exif\0\0".as_slice(), &exif::only(orientation)].concat();
        push(&mut head, APP1, &block);
    }
    head.append(&mut body);
    head.extend([0xFF, END]);
    seen_scan.then_some(head)
}

/// EXIF, XMP, comments: up to the first scan.
pub(super) fn tell(bytes: &[u8]) -> Vec<Told> {
    let mut told = Vec::new();
    let Some(mut rest) = bytes.strip_prefix(&[0xFF, START]) else { return told };
    while let Some(marker) = next_marker(&mut rest) {
        if matches!(marker, 0x01 | START | 0xD0..=0xD7) {
            continue;
        }
        let data = take_number(&mut rest, 2).and_then(|length| take(&mut rest, length.checked_sub(2)?));
        let Some(data) = data.filter(|_| !matches!(marker, SCAN | END)) else { break };
        match marker {
            APP1 if data.starts_with(b"Exif\0\0") => told.extend(exif::tell(data)),
            APP1 | APP13 => told.push(Told { located: false, words: format!("附加数据：{}", words(data)) }),
            COMMENT => told.push(Told { located: false, words: format!("注释：{}", words(data)) }),
            _ => {}
        }
    }
    told
}

fn push(out: &mut Vec<u8>, marker: u8, data: &[u8]) {
    // Every length was read from two bytes, or is that of a short block made here.
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xFF, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(data);
}

/// The marker after any number of fill bytes; nothing at the end of the file.
fn next_marker(rest: &mut &[u8]) -> Option<u8> {
    loop {
        let mark = rest.iter().position(|&byte| byte == 0xFF)?;
        take(rest, mark)?;
        let fill = rest.iter().position(|&byte| byte != 0xFF)?;
        take(rest, fill)?;
        let marker = take_number(rest, 1)?;
        if marker != 0 {
            return u8::try_from(marker).ok();
        }
    }
}

/// The compressed data of a scan, up to the next marker that is no restart.
fn take_scan<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let ends = |pair: &[u8]| matches!(pair, [0xFF, next] if !matches!(next, 0 | 0xD0..=0xD7 | 0xFF));
    let length = rest.windows(2).position(ends).unwrap_or(rest.len());
    take(rest, length).unwrap_or_default()
}
