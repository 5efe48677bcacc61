//! PNG: chunks with a name and a checksum.

use super::{Told, exif, take, take_number, words};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

/// The chunks that make the picture, moving ones too.
const KEPT: [&[u8; 4]; 18] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD",
    b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut chunks: Vec<&[u8]> = Vec::new();
    let mut orientation = None;
    let mut seen = false;
    while !rest.is_empty() {
        let whole = rest;
        let length = take_number(&mut rest, 4)?;
        let name = take(&mut rest, 4)?;
        let data = take(&mut rest, length)?;
        take(&mut rest, 4)?;
        if name == b"eXIf" {
            orientation = exif::orientation(data);
        }
        if KEPT.iter().any(|kept| kept.as_slice() == name) {
            chunks.push(whole.get(..length + 12)?);
        }
        seen |= name == b"IDAT";
        if name == b"IEND" {
            break;
        }
    }
    let (header, others) = chunks.split_first().filter(|(first, _)| first.get(4..8) == Some(b"IHDR"))?;
    let mut out = [SIGNATURE, header].concat();
    if let Some(orientation) = orientation {
        out.extend(chunk(b"eXIf", &exif::only(orientation)));
    }
    out.extend(others.concat());
    seen.then_some(out)
}

/// Texts, time and EXIF.
pub(super) fn tell(bytes: &[u8]) -> Vec<Told> {
    let mut told = Vec::new();
    let mut rest = bytes.strip_prefix(SIGNATURE).unwrap_or_default();
    while let Some((name, data)) = next(&mut rest) {
        match name {
            b"eXIf" => told.extend(exif::tell(data)),
            b"tEXt" | b"iTXt" => told.push(Told { located: false, words: words(data) }),
            b"zTXt" => {
                told.push(Told { located: false, words: format!("{}（压缩的文字）", words(keyword(data))) })
            }
            _ => {}
        }
    }
    told
}

/// The next chunk: its name and data.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let length = take_number(rest, 4)?;
    let (name, data) = (take(rest, 4)?, take(rest, length)?);
    take(rest, 4)?;
    Some((name, data))
}

/// What stands before the first zero.
fn keyword(data: &[u8]) -> &[u8] {
    data.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    [length.as_slice(), &named, &crc(&named).to_be_bytes()].concat()
}

/// CRC-32 as PNG uses it.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 }
    };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)))
}
