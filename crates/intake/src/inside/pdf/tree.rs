//! The objects of a PDF besides its pages: annotations, attachments, scripts, layers.

use lopdf::{Dictionary, Document, Object};

use super::super::{Inside, Sort};
use super::{STREAM_MAX, string};

/// How deep objects inside objects are followed.
const DEPTH_MAX: u8 = 12;
/// Annotations that are part of the page as everybody sees it.
const PLAIN: [&[u8]; 5] = [b"Link", b"Popup", b"Widget", b"PrinterMark", b"TrapNet"];

pub(super) fn walk(document: &Document, depth: u8, inside: &mut Inside) {
    let mut found = Found::default();
    for object in document.objects.values() {
        found.object(document, object, DEPTH_MAX);
    }
    if !found.remarks.is_empty() {
        let words = format!("共{}条；{}", found.remarks.len(), found.remarks.join("；"));
        inside.note(Sort::Comment, "", words);
        inside.say("批注", found.remarks.join("\n"));
    }
    if found.redactions > 0 {
        let words = format!("有{}处涂黑标记还没有应用，下面的文字没有删除", found.redactions);
        inside.note(Sort::Covered, "", words);
    }
    if !found.scripts.is_empty() {
        inside.note(Sort::Script, "", found.scripts.join("；"));
    }
    inside.say("表单", found.fields.join("\n"));
    for (name, bytes) in found.attached {
        inside.nested(&name, &bytes, depth);
    }
    let off = document.catalog().ok().and_then(|root| root.get_deref(b"OCProperties", document).ok());
    let off = off.and_then(|all| all.as_dict().ok()).and_then(|all| all.get_deref(b"D", document).ok());
    let off =
        off.and_then(|default| default.as_dict().ok()).and_then(|default| default.get_deref(b"OFF", document).ok());
    if let Some(layers) = off.and_then(|layers| layers.as_array().ok()).filter(|layers| !layers.is_empty()) {
        inside.note(Sort::Layer, "", format!("{}个图层打开文件时不显示", layers.len()));
    }
}

#[derive(Default)]
struct Found {
    remarks: Vec<String>,
    redactions: usize,
    scripts: Vec<String>,
    fields: Vec<String>,
    attached: Vec<(String, Vec<u8>)>,
}

impl Found {
    fn object(&mut self, document: &Document, object: &Object, depth: u8) {
        if depth == 0 {
            return;
        }
        match object {
            Object::Array(all) => all.iter().for_each(|one| self.object(document, one, depth - 1)),
            Object::Dictionary(dict) => self.dictionary(document, dict, depth),
            Object::Stream(stream) => self.dictionary(document, &stream.dict, depth),
            _ => {}
        }
    }

    fn dictionary(&mut self, document: &Document, dict: &Dictionary, depth: u8) {
        let name = |key: &[u8]| dict.get_deref(key, document).and_then(Object::as_name).unwrap_or_default();
        let words = |key: &[u8]| -> Option<String> {
            let value = dict.get_deref(key, document).ok()?;
            Some(string(value.as_str().ok()?)).filter(|words| !words.trim().is_empty())
        };
        let (subtype, action) = (name(b"Subtype"), name(b"S"));
        if dict.has(b"JS") || action == b"JavaScript" || action == b"Launch" {
            let what = if action == b"Launch" { "启动程序" } else { "JavaScript" };
            if !self.scripts.iter().any(|known| known == what) {
                self.scripts.push(what.to_owned());
            }
        }
        let annotates = dict.has(b"Rect") && !subtype.is_empty();
        if annotates && subtype == b"Redact" {
            self.redactions += 1;
        } else if annotates && !PLAIN.contains(&subtype) {
            let author = words(b"T").map(|author| format!("{author}：")).unwrap_or_default();
            let said = words(b"Contents").unwrap_or_else(|| format!("（{}）", String::from_utf8_lossy(subtype)));
            self.remarks.push(format!("{author}{said}"));
        }
        if dict.has(b"FT") {
            self.fields.extend(words(b"V"));
        }
        if let Ok(files) = dict.get_deref(b"EF", document).and_then(Object::as_dict) {
            let title = words(b"UF").or_else(|| words(b"F")).unwrap_or_else(|| "附件".to_owned());
            let stream = files.get_deref(b"F", document).or_else(|_| files.get_deref(b"UF", document));
            let bytes = stream.and_then(Object::as_stream).and_then(|one| one.get_plain_content_with_limit(STREAM_MAX));
            self.attached.push((title, bytes.unwrap_or_default()));
        }
        for (_, value) in dict {
            self.object(document, value, depth - 1);
        }
    }
}
