//! PDF: the words of its pages, and what hides: earlier revisions, annotations, attachments, scripts,
//! layers, text that is covered or not painted.
//!
//! Covered is text under a rectangle or picture painted after it, by the places of its characters, whose
//! widths are estimated (a Han character is as wide as high, others half). Not found: what is covered by a
//! curve or a clip, text drawn as curves, words in pictures. Pages without any words are told as unread.

mod font;
mod page;
mod tree;

use std::panic::catch_unwind;

use flate2::read::ZlibDecoder;
use lopdf::{Document, LoadOptions, Object};
use std::io::Read;

use super::{Inside, Sort, loose};

/// Most bytes that one stream may have unpacked, and the streams read at loading together.
const STREAM_MAX: usize = 16 * 1024 * 1024;
const LOADED_MAX: u64 = 48 * 1024 * 1024;
/// Most earlier revisions looked at, and most bytes of them together.
const REVISIONS_MAX: usize = 6;
const REREAD_MAX: usize = 48 * 1024 * 1024;

pub(super) fn look(bytes: &[u8], depth: u8, inside: &mut Inside) {
    inside.passage("文档属性".to_owned(), loose(bytes), false);
    if is_bomb(bytes) {
        inside.overfull = true;
        return;
    }
    // The reader is made for whole files; what it cannot bear stops here.
    match catch_unwind(|| read(bytes, depth)) {
        Ok(Some(found)) => inside.join("", found),
        _ => inside.note(Sort::Unread, "", "文件结构读不出，或者设有密码，页面文字和隐藏内容都没有检查"),
    }
}

fn load(bytes: &[u8]) -> Option<Document> {
    Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(STREAM_MAX)).ok()
}

fn read(bytes: &[u8], depth: u8) -> Option<Inside> {
    let document = load(bytes)?;
    let mut inside = Inside::default();
    let pages = page::read(&document, &mut inside);
    for (number, words) in (1..).zip(&pages.words) {
        inside.say(format!("第{number}页"), words.as_str());
    }
    pages.tell(&mut inside);
    properties(&document, &mut inside);
    tree::walk(&document, depth, &mut inside);
    revisions(bytes, &pages.words.concat(), &mut inside);
    Some(inside)
}

/// Whether the streams that are unpacked at loading are together larger than any real document's.
fn is_bomb(bytes: &[u8]) -> bool {
    let mut left = LOADED_MAX;
    for mark in [&b"/ObjStm"[..], b"/XRef"] {
        let mut rest = bytes;
        while let Some(at) = find(rest, mark) {
            rest = rest.get(at + mark.len()..).unwrap_or_default();
            let head = rest.get(..4096.min(rest.len())).unwrap_or_default();
            let Some(start) = find(head, b"stream") else { continue };
            let data = rest.get(start + 6..).unwrap_or_default();
            let data = data.strip_prefix(b"\r").unwrap_or(data);
            let data = data.strip_prefix(b"\n").unwrap_or(data);
            let counted = std::io::copy(&mut ZlibDecoder::new(data).take(left), &mut std::io::sink());
            left = left.saturating_sub(counted.unwrap_or_default());
            if left == 0 {
                return true;
            }
        }
    }
    false
}

/// Where `mark` stands first.
fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let first = *mark.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(mark) {
            return Some(at);
        }
        from = at + 1;
    }
}

fn properties(document: &Document, inside: &mut Inside) {
    let labels = [
        (&b"Author"[..], "作者"),
        (b"Title", "标题"),
        (b"Subject", "主题"),
        (b"Keywords", "关键词"),
        (b"Company", "单位"),
    ];
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let mut words = Vec::new();
    for (key, label) in labels {
        let value = info.as_ref().ok().and_then(|info| info.get_deref(key, document).ok());
        let value = value.and_then(|value| value.as_str().ok()).map(string).filter(|value| !value.trim().is_empty());
        words.extend(value.map(|value| (label, value)));
    }
    let people: Vec<String> = words
        .iter()
        .filter(|(label, _)| matches!(*label, "作者" | "单位"))
        .map(|(label, value)| format!("{label}：{value}"))
        .collect();
    if !people.is_empty() {
        inside.note(Sort::Author, "文档属性", people.join("；"));
    }
    inside.say("文档属性", words.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join("\n"));
    let metadata = document.catalog().ok().and_then(|root| root.get_deref(b"Metadata", document).ok());
    let metadata = metadata.and_then(|stream| stream.as_stream().ok());
    if let Some(xmp) = metadata.and_then(|stream| stream.get_plain_content_with_limit(STREAM_MAX).ok()) {
        inside.say("文档属性", super::xml::words(&String::from_utf8_lossy(&xmp), &[]));
    }
}

/// A text string: UTF-16 with its mark, UTF-8, or the bytes of an old Chinese system.
fn string(bytes: &[u8]) -> String {
    match bytes.strip_prefix(b"\xFE\xFF") {
        Some(wide) => encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned(),
        None => super::decoded(bytes),
    }
}

/// Every save that only adds leaves what stood before it in the file.
fn revisions(bytes: &[u8], now: &str, inside: &mut Inside) {
    let mut ends = Vec::new();
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| find(rest, b"%%EOF")) {
        from += at + 5;
        ends.push(from);
    }
    ends.pop();
    // A file made for quick opening has an end of its own behind its first page.
    if bytes.get(..1024.min(bytes.len())).is_some_and(|head| find(head, b"/Linearized").is_some()) && !ends.is_empty() {
        ends.remove(0);
    }
    let saved = ends.len();
    let mut reread = 0;
    let mut told = 0;
    for end in ends.into_iter().rev().take(REVISIONS_MAX) {
        reread += end;
        let earlier = bytes.get(..end).filter(|_| reread <= REREAD_MAX).and_then(load);
        let Some(earlier) = earlier else { continue };
        let words = page::read(&earlier, &mut Inside::default()).words.concat();
        let gone: Vec<&str> =
            words.lines().filter(|line| !line.trim().is_empty() && !now.contains(line.trim())).collect();
        told += 1;
        let place = format!("倒数第{}个版本", told + 1);
        let what = if gone.is_empty() { "文字和现在一样".to_owned() } else { gone.join("；") };
        inside.note(Sort::EarlierVersion, &place, what);
        inside.say(place, gone.join("\n"));
    }
    if told == 0 && saved > 0 {
        inside.note(Sort::EarlierVersion, "", format!("以前保存过{saved}次，早期版本读不出"));
    }
}
