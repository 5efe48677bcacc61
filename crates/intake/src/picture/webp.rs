//! WebP: chunks in a RIFF container; a flag in the first says what follows.

use super::{exif, take};

const EXIF_FLAG: u8 = 0x08;
const XMP_FLAG: u8 = 0x04;
const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    if take(&mut rest, 4)? != b"RIFF" {
        return None;
    }
    let length = size(&mut rest)?;
    rest = rest.get(..length).unwrap_or(rest).strip_prefix(b"WEBP")?;
    let mut body = b"WEBP".to_vec();
    let mut flags_at = None;
    let mut orientation = None;
    let mut seen = false;
    while rest.len() >= 8 {
        let name = take(&mut rest, 4)?;
        let length = size(&mut rest)?;
        let data = take(&mut rest, length)?;
        // Chunks of odd length are filled up; the last may lack the filling.
        let filling = (length % 2).min(rest.len());
        take(&mut rest, filling)?;
        match name {
            b"EXIF" => orientation = exif::orientation(data),
            b"VP8X" => flags_at = Some(body.len() + 8),
            _ => {}
        }
        if KEPT.iter().any(|kept| kept.as_slice() == name) {
            push(&mut body, name, data);
        }
        seen |= matches!(name, b"VP8 " | b"VP8L" | b"ANMF");
    }
    if let Some(flags) = flags_at.and_then(|at| body.get_mut(at)) {
        *flags &= !(EXIF_FLAG | XMP_FLAG);
        if let Some(orientation) = orientation {
            *flags |= EXIF_FLAG;
            push(&mut body, b"EXIF", &exif::only(orientation));
        }
    }
    let length = u32::try_from(body.len()).ok()?.to_le_bytes();
    seen.then(|| [b"RIFF".as_slice(), &length, &body].concat())
}

fn push(out: &mut Vec<u8>, name: &[u8], data: &[u8]) {
    out.extend_from_slice(name);
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(data);
    out.extend(vec![0; data.len() % 2]);
}

fn size(rest: &mut &[u8]) -> Option<usize> {
    let bytes: [u8; 4] = take(rest, 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}
