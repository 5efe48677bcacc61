//! Packed documents (docx, xlsx, pptx, ofd, WPS): every part that the directory names, and parts that no
//! directory names any more.

use std::io::Cursor;

use flate2::read::DeflateDecoder;

use super::Search;
use crate::file::zip;

const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;
const DEFLATED: usize = 8;

pub(super) fn look(search: &mut Search<'_>, bytes: &[u8]) {
    let mut seen = Vec::new();
    let Some(entries) = zip::entries(bytes) else {
        search.tell("整个文件", None);
        return;
    };
    for entry in entries {
        let name = String::from_utf8_lossy(entry.name).into_owned();
        search.words("包内文件名", &name);
        let place = place(&name);
        seen.push(entry.data.as_ptr() as usize);
        match entry.method {
            0 => part(search, place, entry.data.to_vec()),
            DEFLATED => {
                let unpacked = search.unpack(place, DeflateDecoder::new(entry.data));
                part(search, place, unpacked);
            }
            _ => search.tell(place, None),
        }
    }
    for data in orphans(bytes).filter(|data| !seen.contains(&(data.as_ptr() as usize))) {
        let unpacked = search.unpack("较早的修订", DeflateDecoder::new(Cursor::new(data)));
        part(search, "较早的修订", unpacked);
    }
}

/// Deflated data behind every local header, named by the directory or not.
fn orphans(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let number =
        |at: usize| bytes.get(at..at + 2).map_or(0, |pair| usize::from(u16::from_le_bytes([pair[0], pair[1]])));
    let heads = bytes.windows(LOCAL.len()).enumerate().filter(|(_, part)| *part == LOCAL).map(|(at, _)| at);
    heads.filter_map(move |at| {
        let start = at + LOCAL_LENGTH + number(at + 26) + number(at + 28);
        bytes.get(start..).filter(|_| number(at + 8) == DEFLATED)
    })
}

fn part(search: &mut Search<'_>, place: &'static str, bytes: Vec<u8>) {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    if start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<') {
        search.markup(place, &String::from_utf8_lossy(&bytes));
    } else if bytes.starts_with(b"PK") || bytes.starts_with(b"%PDF-") {
        search.file(&bytes, bytes.starts_with(b"%PDF-"));
        nested(search, &bytes);
    } else {
        search.loose(place, &bytes);
    }
}

/// The parts of a packed document inside a packed document; deeper ones are told as not opened.
fn nested(search: &mut Search<'_>, bytes: &[u8]) {
    for entry in zip::entries(bytes).unwrap_or_default() {
        let unpacked = match entry.method {
            0 => entry.data.to_vec(),
            _ => search.unpack("内嵌文件", DeflateDecoder::new(entry.data)),
        };
        if unpacked.starts_with(b"PK") {
            search.tell("内嵌文件", None);
        }
        search.markup("内嵌文件", &String::from_utf8_lossy(&unpacked));
    }
}

fn place(name: &str) -> &'static str {
    let file = name.rsplit('/').next().unwrap_or(name);
    match () {
        () if name.starts_with("docProps/") => "文件属性",
        () if name.starts_with("customXml/") => "自定义数据",
        () if name.contains("/media/") => "内嵌图片",
        () if name.contains("/embeddings/") => "内嵌文件",
        () if file.contains("omment") => "批注",
        () if file.starts_with("header") => "页眉",
        () if file.starts_with("footer") => "页脚",
        () if file.starts_with("footnotes") || file.starts_with("endnotes") => "脚注",
        () if name.starts_with("xl/") => "工作表和隐藏内容",
        () => "正文和修订记录",
    }
}
