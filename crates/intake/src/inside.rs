//! What a file says besides its pages: text, headers and footers, properties. Read for checks only,
//! with bounds: a bomb is opened a little and never fills the memory.

use std::io::Read;

use flate2::read::DeflateDecoder;

use crate::file::{Kind, zip};

/// Most bytes unpacked from one part, and from one file.
const PART_MAX: u64 = 4 * 1024 * 1024;
const FILE_MAX: usize = 24 * 1024 * 1024;

/// Texts of a file with the part they stand in, such as 页眉 or 文档属性.
pub fn texts(bytes: &[u8], kind: Kind) -> Vec<(&'static str, String)> {
    match kind {
        Kind::Txt | Kind::Csv => vec![("正文", decoded(bytes))],
        Kind::Docx | Kind::Xlsx | Kind::Pptx | Kind::Wps | Kind::Et | Kind::Dps | Kind::Ofd => packed(bytes),
        Kind::Pdf | Kind::Doc | Kind::Xls | Kind::Ppt => vec![("文档属性", loose(bytes))],
        Kind::Jpeg | Kind::Png | Kind::Gif | Kind::Webp => Vec::new(),
    }
}

/// Texts of a file whatever its type: every part of a packed one, every readable run of another.
pub(crate) fn everywhere(bytes: &[u8]) -> Vec<(&'static str, String)> {
    if bytes.starts_with(b"PK") {
        return packed(bytes);
    }
    let mut texts = vec![("文档属性", loose(bytes))];
    texts.extend(bytes.starts_with(b"{\\rtf").then(|| ("文档属性", rtf(bytes))));
    texts
}

/// The words of an RTF file, its escapes read: `\'b9\'fa` are bytes of GBK, `\u22269?` is a character.
fn rtf(bytes: &[u8]) -> String {
    let source = String::from_utf8_lossy(bytes);
    let (mut text, mut waiting) = (String::new(), Vec::new());
    let mut parts = source.split('\\');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let byte = part.strip_prefix('\'').and_then(|rest| u8::from_str_radix(rest.get(..2)?, 16).ok());
        if let Some(byte) = byte {
            waiting.push(byte);
        }
        let rest = if byte.is_some() { part.get(3..).unwrap_or_default() } else { part };
        if byte.is_none() || !rest.is_empty() {
            text.push_str(&encoding_rs::GB18030.decode_without_bom_handling(&std::mem::take(&mut waiting)).0);
        }
        let number = part
            .strip_prefix('u')
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect::<String>());
        match number.and_then(|number| number.parse::<i32>().ok()) {
            Some(code) => text.extend(u32::try_from(code.rem_euclid(65_536)).ok().and_then(char::from_u32)),
            None if byte.is_some() => text.push_str(rest),
            // A control word, and what stands after it.
            None => {
                text.push_str(rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').trim_start())
            }
        }
        if part.starts_with("par") || part.ends_with(['{', '}']) {
            text.push('\n');
        }
    }
    text.push_str(&encoding_rs::GB18030.decode_without_bom_handling(&waiting).0);
    text
}

/// Text in UTF-8, else in GB 18030's two-byte range as far as it can be told without a table: left out.
fn decoded(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The XML parts of a packed document that carry words.
fn packed(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut left = FILE_MAX;
    for entry in zip::entries(bytes).unwrap_or_default() {
        let name = String::from_utf8_lossy(entry.name);
        let Some(part) = part_of(&name) else { continue };
        let mut raw = Vec::new();
        let limit = PART_MAX.min(left as u64);
        let read = match entry.method {
            0 => entry.data.take(limit).read_to_end(&mut raw),
            8 => DeflateDecoder::new(entry.data).take(limit).read_to_end(&mut raw),
            _ => continue,
        };
        // What could be read before a damage still counts.
        let _ = read;
        left = left.saturating_sub(raw.len());
        found.push((part, words(&String::from_utf8_lossy(&raw))));
        if left == 0 {
            break;
        }
    }
    found
}

fn part_of(name: &str) -> Option<&'static str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    if !file.ends_with(".xml") {
        return None;
    }
    Some(match file {
        _ if name.starts_with("docProps/") => "文档属性",
        _ if file.starts_with("header") => "页眉",
        _ if file.starts_with("footer") => "页脚",
        _ if file.starts_with("comments") => "批注",
        _ => "正文",
    })
}

/// The words of an XML part, a paragraph a line.
fn words(xml: &str) -> String {
    let mut text = String::new();
    let mut rest = xml;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { return text };
        let tag = &rest[open + 1..open + close];
        // Ends of paragraphs, cells, rows, properties: a mark stands in a line of its own.
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        let local = name.rsplit(':').next().unwrap_or(name);
        if !matches!(
            local,
            "r" | "t"
                | "rPr"
                | "rFonts"
                | "b"
                | "sz"
                | "szCs"
                | "color"
                | "lang"
                | "proofErr"
                | "spacing"
                | "w"
                | "kern"
        ) && !text.ends_with('\n')
        {
            text.push('\n');
        }
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    text
}

/// Readable runs of a file that is not unpacked: UTF-8, and UTF-16 as old documents and PDF write it.
fn loose(bytes: &[u8]) -> String {
    let bytes = bytes.get(..FILE_MAX.min(bytes.len())).unwrap_or_default();
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    for big in [true, false] {
        for shift in [0, 1] {
            text.push('\n');
            let units = bytes.get(shift..).unwrap_or_default().chunks_exact(2).map(|pair| match (pair, big) {
                ([a, b], true) => u16::from_be_bytes([*a, *b]),
                ([a, b], false) => u16::from_le_bytes([*a, *b]),
                _ => 0,
            });
            let kept = char::decode_utf16(units).map(|c| c.unwrap_or('\n'));
            text.extend(kept.map(|c| {
                if text::normal::is_han(c) || c.is_ascii_graphic() || "★☆：".contains(c) { c } else { '\n' }
            }));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packed document of stored parts.
    fn package(parts: &[(&str, &str)]) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        let word = |number: usize, width: usize| number.to_le_bytes()[..width].to_vec();
        for (name, text) in parts {
            let (at, size) = (file.len(), text.len());
            file.extend(b"PK\x03\x04");
            file.extend(
                [word(20, 2), word(0, 2), word(0, 2), word(0, 4), word(0, 4), word(size, 4), word(size, 4)].concat(),
            );
            file.extend([word(name.len(), 2), word(0, 2)].concat());
            file.extend(name.as_bytes());
            file.extend(text.as_bytes());
            directory.extend(b"PK\x01\x02");
            directory.extend(
                [
                    word(20, 2),
                    word(20, 2),
                    word(0, 2),
                    word(0, 2),
                    word(0, 4),
                    word(0, 4),
                    word(size, 4),
                    word(size, 4),
                ]
                .concat(),
            );
            directory.extend(
                [word(name.len(), 2), word(0, 2), word(0, 2), word(0, 2), word(0, 2), word(0, 4), word(at, 4)].concat(),
            );
            directory.extend(name.as_bytes());
        }
        let (at, size) = (file.len(), directory.len());
        file.extend(directory);
        file.extend(b"PK\x05\x06");
        file.extend(
            [
                word(0, 2),
                word(0, 2),
                word(parts.len(), 2),
                word(parts.len(), 2),
                word(size, 4),
                word(at, 4),
                word(0, 2),
            ]
            .concat(),
        );
        file
    }

    #[test]
    fn headers_and_properties_are_read() {
        let file = package(&[
            ("[Content_Types].xml", "<Types/>"),
            (
                "word/document.xml",
                "<w:document><w:p><w:r><w:t>机</w:t></w:r><w:r><w:t>密★</w:t></w:r></w:p></w:document>",
            ),
            ("word/header1.xml", "<w:hdr><w:p><w:t>秘密</w:t></w:p></w:hdr>"),
            ("docProps/core.xml", "<cp:coreProperties><dc:subject>密级：机密</dc:subject></cp:coreProperties>"),
        ]);
        let found = texts(&file, Kind::Docx);
        let of = |part: &str| {
            found.iter().filter(|(name, _)| *name == part).map(|(_, text)| text.as_str()).collect::<String>()
        };
        assert!(of("正文").contains("机密★"), "{found:?}");
        assert_eq!(text::secrecy::mark(&of("页眉")).as_deref(), Some("秘密"));
        assert_eq!(text::secrecy::mark(&of("文档属性")).as_deref(), Some("密级：机密"));
    }

    #[test]
    fn utf_16_properties_of_a_pdf_are_read_and_garbage_is_survived() {
        let mut pdf = b"%PDF-1.7\n<< /Subject (".to_vec();
        pdf.extend("\u{feff}机密★5年".encode_utf16().flat_map(u16::to_be_bytes));
        pdf.extend(b") >>");
        let found = texts(&pdf, Kind::Pdf);
        assert!(found.iter().any(|(_, text)| text::secrecy::mark(text).is_some()));
        for garbage in [&b""[..], b"PK\x03\x04", b"PK\x05\x06", &[0xff; 64]] {
            texts(garbage, Kind::Docx);
        }
    }
}
