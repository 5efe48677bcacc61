//! PDF without its tables: every stream of every revision is unpacked, every string is read by every
//! character map that the file has, whatever the newest revision still names.

use std::collections::HashMap;

use flate2::read::ZlibDecoder;

use super::{Search, loose};

const PROPERTIES: &str = "文件属性和原始数据";
const PAGES: &str = "页面文字";

/// Codes of a font and the words they stand for.
type Map = HashMap<Vec<u8>, String>;

pub(super) fn look(search: &mut Search<'_>, bytes: &[u8]) {
    if find(bytes, b"/Encrypt").is_some() {
        search.tell("整个文件（设有权限密码）", None);
    }
    search.loose(PROPERTIES, bytes);
    let mut streams = Vec::new();
    let (mut outside, mut rest) = (Vec::new(), bytes);
    while let Some(at) = find(rest, b"stream") {
        let (head, body) = rest.split_at(at);
        outside.extend_from_slice(head);
        let body = &body[b"stream".len()..];
        let body = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n")).unwrap_or(body);
        let end = find(body, b"endstream").unwrap_or(body.len());
        let dictionary = &head[head.len().saturating_sub(2048)..];
        let dictionary = &dictionary[rfind(dictionary, b" obj").unwrap_or(0)..];
        streams.push(unpacked(search, dictionary, &body[..end]));
        rest = body.get(end + b"endstream".len()..).unwrap_or_default();
    }
    outside.extend_from_slice(rest);
    let maps: Vec<Map> = streams.iter().filter(|one| find(one, b"begincmap").is_some()).map(|one| map(one)).collect();
    // Glyph numbers without a map say nothing to anybody but a printer.
    let bare = |one: &[u8]| find(one, b"/Identity-H").is_some();
    if maps.is_empty() && (bare(&outside) || streams.iter().any(|one| bare(one))) {
        search.tell(PAGES, None);
    }
    strings(search, PROPERTIES, &outside, &[]);
    for stream in &streams {
        search.loose(PAGES, stream);
        strings(search, PAGES, stream, &maps);
    }
}

/// A stream as its filters let it be read; a picture stays as it is.
fn unpacked(search: &mut Search<'_>, dictionary: &[u8], data: &[u8]) -> Vec<u8> {
    let names = |name: &[u8]| find(dictionary, name).is_some();
    let mut data = data.to_vec();
    if names(b"ASCIIHexDecode") {
        data = hex(&data);
    }
    if names(b"ASCII85Decode") {
        data = base85(&data);
    }
    if names(b"LZWDecode") || names(b"/Crypt") {
        search.tell(PAGES, None);
    }
    if names(b"FlateDecode") || names(b"/Fl ") || names(b"/Fl/") {
        search.unpack(PAGES, ZlibDecoder::new(&data[..]))
    } else {
        data
    }
}

/// The strings of a stream one after the other, read in every way.
fn strings(search: &mut Search<'_>, place: &'static str, source: &[u8], maps: &[Map]) {
    let all = texts(source);
    search.loose(place, &all);
    for map in maps {
        let width = map.keys().map(Vec::len).max().unwrap_or(1);
        let mut words = String::new();
        for code in all.chunks(width) {
            match map.get(code) {
                Some(known) => words.push_str(known),
                None => words.push(super::BLOCK),
            }
        }
        search.words(place, &words);
    }
}

/// What stands in `(…)` and `<…>`.
fn texts(source: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(&byte) = source.get(at) {
        at += 1;
        match byte {
            b'(' => at = literal(source, at, &mut out),
            b'<' if source.get(at) != Some(&b'<') => {
                let end = source[at..].iter().position(|byte| *byte == b'>').map_or(source.len(), |end| at + end);
                out.extend(hex(&source[at..end]));
                at = end;
            }
            b'<' => at += 1,
            _ => {}
        }
    }
    out
}

/// A literal string from behind its bracket; answers where it ends.
fn literal(source: &[u8], mut at: usize, out: &mut Vec<u8>) -> usize {
    let mut depth = 1;
    while let Some(&byte) = source.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                let digits = source[at.min(source.len())..]
                    .iter()
                    .take(3)
                    .take_while(|byte| (b'0'..=b'7').contains(byte))
                    .count();
                if digits > 0 {
                    let code =
                        source[at..at + digits].iter().fold(0u16, |code, digit| code * 8 + u16::from(digit - b'0'));
                    out.push(code as u8);
                    at += digits;
                    continue;
                }
                match source.get(at) {
                    Some(b'n') => out.push(b'\n'),
                    Some(b'r') => out.push(b'\r'),
                    Some(b't') => out.push(b'\t'),
                    Some(b'\n' | b'\r') | None => {}
                    Some(other) => out.push(*other),
                }
                at += 1;
            }
            b'(' => {
                depth += 1;
                out.push(byte);
            }
            b')' if depth == 1 => return at,
            b')' => {
                depth -= 1;
                out.push(byte);
            }
            _ => out.push(byte),
        }
    }
    at
}

/// A character map: `beginbfchar <0102> <7533> …` and `beginbfrange <01> <03> <7533>` or `[<…> <…>]`.
fn map(source: &[u8]) -> Map {
    let (mut map, text) = (Map::new(), String::from_utf8_lossy(source).into_owned());
    for block in text.split("beginbfchar").skip(1) {
        let codes = codes(block.split("endbfchar").next().unwrap_or_default());
        for pair in codes.chunks_exact(2) {
            map.insert(pair[0].clone(), loose::utf16(&pair[1], true, 0));
        }
    }
    for block in text.split("beginbfrange").skip(1) {
        for line in block.split("endbfrange").next().unwrap_or_default().lines() {
            let codes = codes(line);
            let [first, last, targets @ ..] = codes.as_slice() else { continue };
            let (from, to) = (number(first), number(last));
            for (offset, code) in (from..=to.min(from + 0xFFFF)).enumerate() {
                let words = match targets {
                    [target] => following(target, offset),
                    many => many.get(offset).map(|target| loose::utf16(target, true, 0)).unwrap_or_default(),
                };
                map.insert(code.to_be_bytes()[4usize.saturating_sub(first.len())..].to_vec(), words);
            }
        }
    }
    map
}

/// The words of a range's first code, moved on.
fn following(target: &[u8], offset: usize) -> String {
    let mut words: Vec<char> = loose::utf16(target, true, 0).chars().collect();
    if let Some(last) = words.last_mut() {
        *last = u32::try_from(offset).ok().and_then(|on| char::from_u32(u32::from(*last) + on)).unwrap_or(*last);
    }
    words.into_iter().collect()
}

fn number(code: &[u8]) -> u32 {
    code.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// What stands between `<` and `>`.
fn codes(text: &str) -> Vec<Vec<u8>> {
    text.split('<').skip(1).filter_map(|part| part.split('>').next()).map(|part| hex(part.as_bytes())).collect()
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let mut values: Vec<u8> =
        digits.iter().filter_map(|byte| char::from(*byte).to_digit(16)).map(|one| one as u8).collect();
    if values.len() % 2 == 1 {
        values.push(0);
    }
    values.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn base85(source: &[u8]) -> Vec<u8> {
    let (mut out, mut group) = (Vec::new(), Vec::new());
    for &byte in source.iter().take_while(|byte| **byte != b'~') {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => continue,
        }
        if group.len() == 5 {
            out.extend(word(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let whole = group.len() - 1;
        group.resize(5, 84);
        out.extend_from_slice(&word(&group)[..whole]);
    }
    out
}

fn word(group: &[u32]) -> [u8; 4] {
    group.iter().fold(0u32, |word, digit| word.wrapping_mul(85).wrapping_add(*digit)).to_be_bytes()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|part| part == wanted)
}
