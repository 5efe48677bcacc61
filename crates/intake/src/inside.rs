//! What a file says besides its pages, and what hides in it: text and properties, tracked changes,
//! comments, hidden sheets, earlier revisions, covered text, place data. Read for checks only, with
//! bounds: a bomb is opened a little and never fills the memory. Nothing here decides anything.
//!
//! Not seen, and therefore told as [`Sort::Unread`] where it can be told: what stands in pictures and scans,
//! text drawn as curves, the hidden parts of the old formats (doc, xls, ppt), text hidden by a style.

mod docx;
mod ofd;
mod package;
mod pdf;
mod picture;
mod pptx;
mod rtf;
mod xlsx;
mod xml;

use serde::{Deserialize, Serialize};

use crate::file::{self, Kind};
use package::Package;

/// Most bytes of a file that is read as loose runs, and most bytes of text that are kept.
const LOOSE_MAX: usize = 24 * 1024 * 1024;
const TEXT_MAX: usize = 16 * 1024 * 1024;
/// Most characters kept of one trace.
const TRACE_MAX: usize = 20_000;
/// How deep a file inside a file is looked into.
const DEPTH_MAX: u8 = 1;

/// Words of a file with the place where they stand: 页眉, 工作表“名单”, 第3页.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The place.
    pub place: String,
    /// The words, a paragraph or cell a line.
    pub words: String,
    /// Read by the rules of the format; else runs picked out of raw bytes, good for finding a mark and
    /// nothing more.
    pub exact: bool,
}

/// What hides in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Tracked insertions and deletions.
    Revision,
    /// Comments and other annotations.
    Comment,
    /// Text formatted as hidden.
    HiddenText,
    /// Author, last editor, company.
    Author,
    /// An earlier version kept in the file.
    EarlierVersion,
    /// A file or data inside the file.
    Embedded,
    /// A hidden sheet.
    HiddenSheet,
    /// Hidden rows or columns.
    HiddenCells,
    /// A hidden name.
    HiddenName,
    /// A link to another file.
    External,
    /// A hidden slide.
    HiddenSlide,
    /// A speaker's notes.
    Notes,
    /// Text under something painted over it.
    Covered,
    /// Text that is not painted, or white on white.
    Invisible,
    /// Layers that are off.
    Layer,
    /// A script, or an action that starts a program.
    Script,
    /// Where a photo was taken.
    Location,
    /// Device, time and author of a photo, texts in its file.
    Camera,
    /// What could not be read.
    Unread,
}

impl Sort {
    /// The words officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Sort::Revision => "没有接受的修订",
            Sort::Comment => "批注",
            Sort::HiddenText => "隐藏文字",
            Sort::Author => "作者和单位属性",
            Sort::EarlierVersion => "保留着早期版本",
            Sort::Embedded => "内嵌的文件或数据",
            Sort::HiddenSheet => "隐藏的工作表",
            Sort::HiddenCells => "隐藏的行或列",
            Sort::HiddenName => "隐藏的名称",
            Sort::External => "链接到外部文件",
            Sort::HiddenSlide => "隐藏的幻灯片",
            Sort::Notes => "演讲者备注",
            Sort::Covered => "被遮盖的文字",
            Sort::Invisible => "不可见的文字",
            Sort::Layer => "关闭的图层",
            Sort::Script => "脚本或启动程序的动作",
            Sort::Location => "照片的拍摄位置",
            Sort::Camera => "照片的设备、时间或作者",
            Sort::Unread => "机器不能检查",
        }
    }
}

/// One thing that hides in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// What it is.
    pub sort: Sort,
    /// Where it stands; empty where it is the whole file.
    pub place: String,
    /// What it says, as it stands there: it may hold personal data.
    pub words: String,
}

/// What a file says and hides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Its words.
    pub passages: Vec<Passage>,
    /// What hides in it.
    pub traces: Vec<Trace>,
    /// Unpacked it is larger than anything that is looked through: a bomb, or as good as one.
    pub overfull: bool,
    kept: usize,
}

impl Inside {
    fn say(&mut self, place: impl Into<String>, words: impl Into<String>) {
        self.passage(place.into(), words.into(), true);
    }

    fn passage(&mut self, place: String, words: String, exact: bool) {
        if words.trim().is_empty() {
            return;
        }
        if self.kept.saturating_add(words.len()) > TEXT_MAX && exact {
            self.overfull = true;
            return;
        }
        self.kept += if exact { words.len() } else { 0 };
        self.passages.push(Passage { place, words, exact });
    }

    fn note(&mut self, sort: Sort, place: impl Into<String>, words: impl AsRef<str>) {
        let words = words.as_ref().trim().chars().take(TRACE_MAX).collect();
        let trace = Trace { sort, place: place.into(), words };
        if !self.traces.contains(&trace) {
            self.traces.push(trace);
        }
    }

    /// Takes over what another file inside this one says and hides.
    fn join(&mut self, name: &str, other: Inside) {
        let place = |place: String| match (name.is_empty(), place.is_empty()) {
            (true, _) => place,
            (false, true) => format!("内嵌“{name}”"),
            (false, false) => format!("内嵌“{name}”{place}"),
        };
        for one in other.passages {
            self.passage(place(one.place), one.words, one.exact);
        }
        for one in other.traces {
            self.note(one.sort, place(one.place), one.words);
        }
        self.overfull |= other.overfull;
    }

    /// Looks into a file inside this one; what cannot be read is told.
    fn nested(&mut self, name: &str, bytes: &[u8], depth: u8) {
        self.note(Sort::Embedded, "", name);
        let kind = file::sniff(bytes, name).ok().filter(|_| depth < DEPTH_MAX);
        match kind {
            Some(kind) => self.join(name, at_depth(bytes, kind, depth + 1)),
            None => self.passage(format!("内嵌“{name}”"), loose(bytes), false),
        }
    }
}

/// Looks through a file of this kind.
pub fn look(bytes: &[u8], kind: Kind) -> Inside {
    at_depth(bytes, kind, 0)
}

/// The words of a file with their places, read by the rules of its format.
pub fn texts(bytes: &[u8], kind: Kind) -> Vec<(String, String)> {
    look(bytes, kind).passages.into_iter().filter(|one| one.exact).map(|one| (one.place, one.words)).collect()
}

/// Words of a file whatever its type, with their places: every part of a packed one, every readable run of
/// another. For finding a mark in what no [`Kind`] names.
pub(crate) fn everywhere(bytes: &[u8]) -> Vec<(String, String)> {
    if let Some(mut package) = Package::open(bytes) {
        let mut inside = Inside::default();
        packed(&mut package, 0, &mut inside);
        return inside.passages.into_iter().map(|one| (one.place, one.words)).collect();
    }
    let mut texts = vec![("文档属性".to_owned(), loose(bytes))];
    texts.extend(bytes.starts_with(b"{\\rtf").then(|| ("正文".to_owned(), rtf::words(bytes))));
    texts
}

fn at_depth(bytes: &[u8], kind: Kind, depth: u8) -> Inside {
    let mut inside = Inside::default();
    match kind {
        Kind::Txt | Kind::Csv => inside.say("正文", decoded(bytes)),
        Kind::Pdf => pdf::look(bytes, depth, &mut inside),
        Kind::Jpeg | Kind::Png | Kind::Gif | Kind::Webp => picture::look(bytes, kind, "", &mut inside),
        _ => match Package::open(bytes) {
            Some(mut package) => packed(&mut package, depth, &mut inside),
            None => {
                inside.passage("正文和属性".to_owned(), loose(bytes), false);
                let why = "旧格式的修订、批注、隐藏内容和个人信息检查不了，请另存为docx、xlsx、pptx后再检查";
                inside.note(Sort::Unread, "", why);
            }
        },
    }
    inside
}

fn packed(package: &mut Package<'_>, depth: u8, inside: &mut Inside) {
    match () {
        () if package.has("word/document.xml") => docx::look(package, inside),
        () if package.has("xl/workbook.xml") => xlsx::look(package, inside),
        () if package.has("ppt/presentation.xml") => pptx::look(package, inside),
        () => ofd::look(package, inside),
    }
    package.common(depth, inside);
    inside.overfull |= package.overfull;
}

/// Plain text: UTF-8, UTF-16 with its mark, else GB 18030, which Chinese systems still write.
fn decoded(bytes: &[u8]) -> String {
    let (utf16, _) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) if utf16 != encoding_rs::UTF_8 => utf16.decode(bytes).0.into_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Readable runs of a file that is not unpacked: UTF-8, and UTF-16 as old documents and PDF write it.
fn loose(bytes: &[u8]) -> String {
    let bytes = bytes.get(..LOOSE_MAX.min(bytes.len())).unwrap_or_default();
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
