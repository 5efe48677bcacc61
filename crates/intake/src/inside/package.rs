//! A packed document (OOXML, OFD): its parts, unpacked within bounds, and what every such format has
//! alike: properties, outside links, embedded files, pictures.

use std::io::Read;

use flate2::read::DeflateDecoder;

use super::xml::{self, Piece, attribute, pieces};
use super::{Inside, Sort, decoded, picture};
use crate::file::Kind;
use crate::file::zip::{self, Entry};

/// Most bytes unpacked from one file.
const UNPACKED_MAX: u64 = 64 * 1024 * 1024;
/// Most bytes that the parts together may say they have. No real document comes near.
const DECLARED_MAX: usize = 1024 * 1024 * 1024;
/// Most bytes read of a picture inside, for its hidden data.
const PICTURE_MAX: u64 = 4 * 1024 * 1024;

/// A packed document.
pub(super) struct Package<'a> {
    entries: Vec<(String, Entry<'a>)>,
    left: u64,
    /// It is larger than what is looked through.
    pub overfull: bool,
}

impl<'a> Package<'a> {
    /// Reads the list of parts; nothing where the file is no package.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Package<'a>> {
        let named = |entry: Entry<'a>| (String::from_utf8_lossy(entry.name).into_owned(), entry);
        let mut entries: Vec<_> = zip::entries(bytes)?.into_iter().map(named).collect();
        entries.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        let declared = entries.iter().fold(0usize, |sum, (_, entry)| sum.saturating_add(entry.size));
        Some(Package { entries, left: UNPACKED_MAX, overfull: declared > DECLARED_MAX })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Names of the parts that begin and end like this, in natural order.
    pub(super) fn like(&self, start: &str, end: &str) -> Vec<String> {
        let like = |name: &&String| name.starts_with(start) && name.ends_with(end);
        self.entries.iter().map(|(name, _)| name).filter(like).cloned().collect()
    }

    fn unpacked(&mut self, name: &str, most: u64) -> Vec<u8> {
        let found = self.entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((_, entry)) = found else { return Vec::new() };
        let limit = most.min(self.left);
        let mut raw = Vec::new();
        // What could be read before a damage still counts.
        let _ = match entry.method {
            0 => entry.data.take(limit + 1).read_to_end(&mut raw),
            8 => DeflateDecoder::new(entry.data).take(limit + 1).read_to_end(&mut raw),
            _ => Ok(0),
        };
        let read = raw.len() as u64;
        self.overfull |= read > limit && limit == self.left;
        self.left = self.left.saturating_sub(read);
        raw
    }

    /// A part as text; empty where there is none.
    pub(super) fn text(&mut self, name: &str) -> String {
        decoded(&self.unpacked(name, UNPACKED_MAX))
    }

    /// What every packed format has.
    pub(super) fn common(&mut self, depth: u8, inside: &mut Inside) {
        self.properties(inside);
        for name in self.like("", ".rels") {
            self.outside(&name, inside);
        }
        for name in self.like("customXml/", ".xml") {
            let words = xml::words(&self.text(&name), &[]);
            inside.say("自定义数据", words);
        }
        let inner = |name: &&String| name.contains("/embeddings/") || name.contains("Attachs/");
        let names: Vec<String> = self.entries.iter().map(|(name, _)| name).filter(inner).cloned().collect();
        for name in names {
            let bytes = self.unpacked(&name, UNPACKED_MAX);
            inside.nested(last(&name), &bytes, depth);
        }
        self.pictures(inside);
    }

    fn properties(&mut self, inside: &mut Inside) {
        let labels = [("creator", "作者"), ("lastModifiedBy", "最后修改"), ("Company", "单位"), ("Manager", "主管")];
        let mut told = Vec::new();
        for name in self.like("docProps/", ".xml") {
            let part = self.text(&name);
            let mut open = "";
            for piece in pieces(&part) {
                match piece {
                    Piece::Open { name, .. } => open = name,
                    Piece::Text(text) if !text.trim().is_empty() => {
                        let label = labels.iter().find(|(element, _)| *element == open);
                        told.extend(label.map(|(_, label)| format!("{label}：{}", text.trim())));
                    }
                    _ => {}
                }
            }
            inside.say("文档属性", xml::words(&part, &[]));
        }
        if !told.is_empty() {
            inside.note(Sort::Author, "文档属性", told.join("；"));
        }
    }

    /// Links to other files: templates, linked pictures and tables. A link that a reader clicks is none.
    fn outside(&mut self, name: &str, inside: &mut Inside) {
        let part = self.text(name);
        for piece in pieces(&part) {
            let Piece::Open { name: "Relationship", attributes, .. } = piece else { continue };
            let outer = attribute(attributes, "TargetMode").is_some_and(|mode| mode == "External");
            let clicked = attribute(attributes, "Type").is_some_and(|kind| kind.ends_with("/hyperlink"));
            if outer && !clicked {
                inside.note(Sort::External, "", attribute(attributes, "Target").unwrap_or_default());
            }
        }
    }

    fn pictures(&mut self, inside: &mut Inside) {
        let kind = |name: &str| match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Kind::Jpeg),
            "png" => Some(Kind::Png),
            _ => None,
        };
        let media = self.entries.iter().filter_map(|(name, _)| Some((name.clone(), kind(name)?)));
        for (name, kind) in media.take(500).collect::<Vec<_>>() {
            let bytes = self.unpacked(&name, PICTURE_MAX);
            picture::look(&bytes, kind, &format!("图片{}", last(&name)), inside);
        }
    }
}

/// The name of a part without its folders.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
