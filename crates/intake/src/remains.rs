//! Opens again what is to become public and looks for what was removed from it: text and attributes,
//! every part of a package with its properties, comments and deleted runs, every stream and revision of
//! a PDF, the bytes of pictures, the name. It shares nothing with what made the copy, and what it cannot
//! open it says (公开条例第二十二条).

mod loose;
mod markup;
mod package;
mod pdf;

use text::normal::folded;

/// Most bytes unpacked from one file; a larger one is told as not opened.
const MOST_UNPACKED: usize = 256 << 20;

/// The passages that must not be found.
#[derive(Clone, Debug, Default)]
pub struct Removed {
    needles: Vec<Needle>,
}

#[derive(Clone, Debug)]
struct Needle {
    words: String,
    /// It was typed in several paragraphs, which no block of a text holds alone.
    long: bool,
}

/// Where something was found, or why nothing could be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Part of the file or text, in words.
    pub place: &'static str,
    /// Which passage, by its number among those given; none where the part could not be opened.
    pub passage: Option<usize>,
}

/// Stands between blocks of a text: no passage holds it.
const BLOCK: char = '\u{1}';

impl Removed {
    /// These passages, in any width, script, spacing and with any dashes between.
    pub fn new<'a>(passages: impl IntoIterator<Item = &'a str>) -> Removed {
        let needle = |passage: &str| {
            let long = passage.trim().lines().count() > 1;
            Needle { words: key(passage).replace(BLOCK, ""), long }
        };
        Removed { needles: passages.into_iter().map(needle).collect() }
    }

    /// The first passage that stands in these words.
    pub fn stands_in(&self, words: &str) -> Option<usize> {
        let blocks = key(words);
        let whole = blocks.contains(BLOCK).then(|| blocks.replace(BLOCK, ""));
        let found = |needle: &Needle| {
            let among = if needle.long { whole.as_ref().unwrap_or(&blocks) } else { &blocks };
            !needle.words.is_empty() && among.contains(&needle.words)
        };
        self.needles.iter().position(found)
    }

    /// The first passage that stands in HTML or XML: in its words, or anywhere in its source.
    pub fn stands_in_markup(&self, source: &str) -> Option<usize> {
        let both = [markup::words(source), markup::decoded(source)];
        both.iter().find_map(|words| self.stands_in(words))
    }

    /// Traces in a file and its name. The same passage in the same part is told once.
    pub fn in_file(&self, name: &str, bytes: &[u8]) -> Vec<Trace> {
        let mut search = Search { removed: self, traces: Vec::new(), left: MOST_UNPACKED };
        search.words("文件名", name);
        search.file(bytes, true);
        search.traces
    }
}

/// One written form for looking: folded, without blanks and the strokes that people put between groups.
fn key(words: &str) -> String {
    folded(words).chars().filter(|c| !c.is_whitespace() && !"-‐‑‒–—―−﹣─·•".contains(*c)).collect()
}

/// One file being looked through.
struct Search<'a> {
    removed: &'a Removed,
    traces: Vec<Trace>,
    /// Bytes that may still be unpacked.
    left: usize,
}

impl Search<'_> {
    fn file(&mut self, bytes: &[u8], outer: bool) {
        match () {
            () if bytes.starts_with(b"%PDF-") => pdf::look(self, bytes),
            () if bytes.starts_with(b"PK") && outer => package::look(self, bytes),
            () => self.loose(if outer { "文件内容" } else { "内嵌文件" }, bytes),
        }
    }

    fn words(&mut self, place: &'static str, words: &str) {
        if let Some(passage) = self.removed.stands_in(words) {
            self.tell(place, Some(passage));
        }
    }

    fn markup(&mut self, place: &'static str, source: &str) {
        if let Some(passage) = self.removed.stands_in_markup(source) {
            self.tell(place, Some(passage));
        }
    }

    /// Bytes whose writing is not known: read in every way in which Chinese is written.
    fn loose(&mut self, place: &'static str, bytes: &[u8]) {
        for words in loose::readings(bytes) {
            self.words(place, &words);
        }
    }

    fn tell(&mut self, place: &'static str, passage: Option<usize>) {
        let trace = Trace { place, passage };
        if !self.traces.contains(&trace) {
            self.traces.push(trace);
        }
    }

    /// Unpacks as much as may still be unpacked; more is told as not opened.
    fn unpack(&mut self, place: &'static str, from: impl std::io::Read) -> Vec<u8> {
        use std::io::Read;
        let (mut out, most) = (Vec::new(), self.left);
        // What could be read before a damage still counts.
        let _ = from.take(most as u64 + 1).read_to_end(&mut out);
        if out.len() > most {
            self.tell(place, None);
            out.truncate(most);
        }
        self.left -= out.len();
        out
    }
}
