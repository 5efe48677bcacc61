//! The first sheet of an XLSX file (ECMA-376): shared and inline strings, numbers, days by their format.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::DeflateDecoder;
use jiff::ToSpan;
use jiff::civil::date;

use super::{MOST_ROWS, Rows, too_long};
use crate::file::zip;
use crate::refusal::{Cause, Refusal};

/// Most bytes unpacked from one part.
const PART_MAX: u64 = 32 * 1024 * 1024;

fn damaged() -> Refusal {
    Refusal::new(Cause::Damaged, "Excel文件不完整，请在Excel或者WPS里打开后另存一份再上传。")
}

/// The rows of the first sheet.
pub(super) fn rows(bytes: &[u8]) -> Result<Rows, Refusal> {
    let entries = zip::entries(bytes).ok_or_else(damaged)?;
    let part = |name: &str| entries.iter().find(|entry| entry.name == name.as_bytes()).map(unpack).transpose();
    let first = entries
        .iter()
        .filter(|entry| entry.name.starts_with(b"xl/worksheets/") && entry.name.ends_with(b".xml"))
        .min_by_key(|entry| (entry.name.len(), entry.name))
        .ok_or_else(damaged)?;
    let strings = part("xl/sharedStrings.xml")?.map(|xml| shared(&xml)).unwrap_or_default();
    let days = part("xl/styles.xml")?.map(|xml| dated(&xml)).unwrap_or_default();
    cells(&unpack(first)?, &strings, &days)
}

fn unpack(entry: &zip::Entry<'_>) -> Result<String, Refusal> {
    let mut raw = Vec::new();
    let read = match entry.method {
        0 => entry.data.take(PART_MAX + 1).read_to_end(&mut raw),
        8 => DeflateDecoder::new(entry.data).take(PART_MAX + 1).read_to_end(&mut raw),
        _ => return Err(damaged()),
    };
    read.map_err(|_| damaged())?;
    if raw.len() as u64 > PART_MAX {
        return Err(Refusal::new(Cause::Size, "Excel文件展开后太大，请只保留要导入的工作表。"));
    }
    String::from_utf8(raw).map_err(|_| damaged())
}

/// One step through XML: a tag with its attributes, or text.
enum Step<'a> {
    Open(&'a str, &'a str),
    Close(&'a str),
    Text(&'a str),
}

/// Walks through XML as office programs write it. Names come without their prefix; a tag that closes
/// itself opens and closes.
fn walk<'a>(xml: &'a str, mut each: impl FnMut(Step<'a>)) {
    let mut rest = xml;
    while let Some(open) = rest.find('<') {
        if open > 0 {
            each(Step::Text(&rest[..open]));
        }
        rest = &rest[open..];
        let end = if rest.starts_with("<!--") { rest.find("-->").map(|at| at + 2) } else { rest.find('>') };
        let Some(end) = end else { return };
        let tag = rest[1..].get(..end - 1).unwrap_or_default();
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        let local = |name: &'a str| name.rsplit(':').next().unwrap_or(name);
        if let Some(name) = tag.strip_prefix('/') {
            each(Step::Close(local(name.trim())));
            continue;
        }
        let (inner, empty) = tag.strip_suffix('/').map_or((tag, false), |inner| (inner, true));
        let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        each(Step::Open(local(name), attributes));
        if empty {
            each(Step::Close(local(name)));
        }
    }
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, left) = after[1..].split_once(quote)?;
        if key.trim() == name {
            return Some(value);
        }
        rest = left;
    }
}

/// Text with its entities resolved.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';').filter(|end| *end < 12) else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        let name = &rest[1..end];
        let code = name.strip_prefix("#x").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let code = code.or_else(|| name.strip_prefix('#').and_then(|number| number.parse().ok()));
        match (name, code.and_then(char::from_u32)) {
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("amp", _) => out.push('&'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(c)) => out.push(c),
            _ => {}
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

/// The strings that cells share. Readings beside Chinese text (`rPh`) are no part of it.
fn shared(xml: &str) -> Vec<String> {
    let (mut strings, mut inside, mut reading) = (Vec::<String>::new(), false, false);
    walk(xml, |step| match step {
        Step::Open("si", _) => strings.push(String::new()),
        Step::Open("t", _) => inside = !reading,
        Step::Close("t") => inside = false,
        Step::Open("rPh", _) => reading = true,
        Step::Close("rPh") => reading = false,
        Step::Text(text) if inside => {
            if let Some(last) = strings.last_mut() {
                last.push_str(&plain(text));
            }
        }
        _ => {}
    });
    strings
}

/// For each style of cells whether it shows a day.
fn dated(xml: &str) -> Vec<bool> {
    let (mut formats, mut styles, mut inside) = (BTreeMap::new(), Vec::new(), false);
    walk(xml, |step| match step {
        Step::Open("numFmt", attributes) => {
            let id = attribute(attributes, "numFmtId").and_then(|id| id.parse::<u32>().ok());
            let code = attribute(attributes, "formatCode").map(plain).unwrap_or_default().to_lowercase();
            let day = code.contains("yy") || (code.contains('m') && code.contains('d'));
            formats.extend(id.map(|id| (id, day)));
        }
        Step::Open("cellXfs", _) => inside = true,
        Step::Close("cellXfs") => inside = false,
        Step::Open("xf", attributes) if inside => {
            let id = attribute(attributes, "numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
            // The built-in formats of days, those of Chinese editions among them (ECMA-376 part 1, 18.8.30).
            styles.push(*formats.get(&id).unwrap_or(&matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58)));
        }
        _ => {}
    });
    styles
}

/// Number of a column from its letters, from 0.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase);
    let number =
        letters.fold(0usize, |sum, letter| sum.saturating_mul(26).saturating_add(usize::from(letter - b'A') + 1));
    number.checked_sub(1).filter(|number| *number < 16_384)
}

/// The day of a serial number; the calendar of these files believes that 1900 was a leap year.
fn day(serial: &str) -> Option<String> {
    let days = serial.split('.').next()?.parse::<i64>().ok().filter(|days| (61..=109_575).contains(days))?;
    date(1899, 12, 30).checked_add(days.days()).ok().map(|day| day.to_string())
}

fn cells(xml: &str, strings: &[String], days: &[bool]) -> Result<Rows, Refusal> {
    let (mut rows, mut long) = (Rows::new(), false);
    let (mut at, mut sort, mut style, mut value, mut inside) = (0usize, "", 0usize, String::new(), false);
    walk(xml, |step| match step {
        Step::Open("row", attributes) => {
            let next = rows.last().map_or(1, |(number, _)| number + 1);
            let number = attribute(attributes, "r").and_then(|number| number.parse().ok()).unwrap_or(next);
            long |= rows.len() >= MOST_ROWS;
            if !long {
                rows.push((number, Vec::new()));
            }
            at = 0;
        }
        Step::Open("c", attributes) => {
            at = attribute(attributes, "r").and_then(column).unwrap_or(at);
            sort = attribute(attributes, "t").unwrap_or("n");
            style = attribute(attributes, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
            value.clear();
        }
        Step::Open("v" | "t", _) => inside = true,
        Step::Close("v" | "t") => inside = false,
        Step::Text(text) if inside => value.push_str(&plain(text)),
        Step::Close("c") => {
            let text = match sort {
                "s" => value.parse().ok().and_then(|index: usize| strings.get(index)).cloned().unwrap_or_default(),
                "n" if days.get(style) == Some(&true) => day(&value).unwrap_or_else(|| value.clone()),
                _ => value.clone(),
            };
            if let Some((_, row)) = rows.last_mut().filter(|_| !long && at < 256) {
                row.resize(row.len().max(at + 1), String::new());
                if let Some(cell) = row.get_mut(at) {
                    text.trim().clone_into(cell);
                }
            }
            at += 1;
        }
        _ => {}
    });
    if long { Err(too_long()) } else { Ok(rows) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_days_and_gaps_are_read() {
        let strings = shared(
            "<sst><si><t>甲&amp;乙</t></si><si><r><t>丙</t></r><rPh><t>bing</t></rPh><r><t>丁</t></r></si></sst>",
        );
        assert_eq!(strings, ["甲&乙", "丙丁"]);
        let days = dated(
            "<styleSheet><numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy/m/d\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"176\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        );
        assert_eq!(days, [false, true, true]);
        let sheet = "<x:worksheet><x:sheetData><x:row r=\"2\"><x:c r=\"A2\" t=\"s\"><x:v>1</x:v></x:c><x:c r=\"C2\" s=\"1\"><x:v>46348</x:v></x:c><x:c r=\"D2\" t=\"inlineStr\"><x:is><x:t>戊 </x:t></x:is></x:c><x:c r=\"E2\"/></x:row></x:sheetData></x:worksheet>";
        let rows = cells(sheet, &strings, &days).expect("rows");
        assert_eq!(rows, [(2, ["丙丁", "", "2026-11-22", "戊", ""].map(str::to_owned).to_vec())]);
    }

    #[test]
    fn garbage_is_survived() {
        for xml in
            ["<", "<c r=", "<row><c r=\"ZZZZZZZ9\"><v>&#99999999;</v></c></row>", "<row r=\"x\"/><c/>", "&", "<!--"]
        {
            let _ = cells(xml, &[], &[]);
            let _ = (shared(xml), dated(xml));
        }
        assert!(rows(b"PK\x05\x06").is_err());
        assert_eq!((column("AB12"), column("1")), (Some(27), None));
    }
}
