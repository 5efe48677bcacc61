//! 删减后公开 (公开条例第二十二条, 区分处理): what may not be public is replaced in the text by a mark of
//! constant width, and a public ledger says how much of which kind was removed under which article. The
//! original stays sealed; only a keyed hash of it is told.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use text::normal::folded;

/// One passage that is removed wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The passage as it was typed; empty for what is removed from files only.
    pub passage: String,
    /// What it is: 个人隐私, 商业秘密.
    pub kind: String,
    /// Article under which it is removed.
    pub article: String,
    /// How often it was removed from attached files, as the officer counted.
    pub in_files: u32,
}

/// What the public is told of a reduced copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduced {
    /// Article under which texts are told apart.
    pub basis: String,
    /// Keyed hash of the sealed original: whoever holds the key can prove what it was, nobody else can
    /// guess it.
    pub original: String,
    /// What was removed, by kind and article.
    pub removed: Vec<Removed>,
}

/// What was removed of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// What it was.
    pub kind: String,
    /// Article.
    pub article: String,
    /// In how many places of text and files.
    pub count: u32,
}

impl Removal {
    /// What stands in the text instead: the same for every passage of its kind, however long it was.
    pub fn mark(&self) -> String {
        format!("〔此处删减：{}，{}〕", self.kind, self.article)
    }
}

/// Removes passages from texts and counts how often each stood there.
#[derive(Clone, Debug)]
pub struct Reducer<'a> {
    removals: &'a [Removal],
    /// Folded passages without blanks, longest first, each with its removal.
    needles: Vec<(Vec<char>, usize)>,
    found: Vec<u32>,
}

impl<'a> Reducer<'a> {
    /// For these removals.
    pub fn new(removals: &'a [Removal]) -> Reducer<'a> {
        let needle = |(at, removal): (usize, &Removal)| (letters(&removal.passage).collect::<Vec<char>>(), at);
        let mut needles: Vec<_> = removals.iter().enumerate().map(needle).filter(|(one, _)| !one.is_empty()).collect();
        needles.sort_by_key(|(needle, _)| std::cmp::Reverse(needle.len()));
        Reducer { removals, needles, found: vec![0; removals.len()] }
    }

    /// Plain text without the passages.
    pub fn plain(&mut self, words: &str) -> String {
        let units = words.char_indices().map(|(at, c)| Unit::of(at..at + c.len_utf8(), c)).collect();
        self.write(words, units, |mark| mark.to_owned())
    }

    /// Cleaned HTML without the passages, across the elements in which they stand.
    pub fn rich(&mut self, html: &str) -> String {
        let without = self.write(html, units(html), |mark| format!("<mark>{mark}</mark>"));
        self.attributes(&without).replace("<p></p>", "")
    }

    /// How often each removal was found.
    pub fn found(&self) -> &[u32] {
        &self.found
    }

    /// The ledger, in the order in which kinds were first named.
    pub fn ledger(&self) -> Vec<Removed> {
        let mut ledger: Vec<Removed> = Vec::new();
        for (removal, found) in self.removals.iter().zip(&self.found) {
            let count = found.saturating_add(removal.in_files);
            match ledger.iter_mut().find(|one| one.kind == removal.kind && one.article == removal.article) {
                Some(one) => one.count = one.count.saturating_add(count),
                None => {
                    let (kind, article) = (removal.kind.clone(), removal.article.clone());
                    ledger.push(Removed { kind, article, count });
                }
            }
        }
        ledger
    }

    fn write(&mut self, source: &str, units: Vec<Unit>, mark: impl Fn(&str) -> String) -> String {
        let covers = self.covers(&units);
        let (mut out, mut last) = (String::with_capacity(source.len()), None);
        for (unit, cover) in units.iter().zip(covers) {
            let Some((place, removal)) = cover.filter(|_| !unit.tag) else {
                out.push_str(&source[unit.range.clone()]);
                continue;
            };
            if last != Some(place) {
                out.push_str(&mark(&self.removals[removal].mark()));
                last = Some(place);
            }
        }
        out
    }

    /// For each unit the place and removal that cover it.
    fn covers(&mut self, units: &[Unit]) -> Vec<Option<(usize, usize)>> {
        let mut covers = vec![None; units.len()];
        let stream: Vec<(char, usize)> =
            units.iter().enumerate().flat_map(|(at, unit)| unit.letters.iter().map(move |c| (*c, at))).collect();
        let mut places = 0;
        for (needle, removal) in &self.needles {
            let mut at = 0;
            while let Some(window) = stream.get(at..at + needle.len()) {
                let same = window.iter().zip(needle).all(|((c, unit), wanted)| c == wanted && covers[*unit].is_none());
                let ends = window.first().zip(window.last()).filter(|_| same);
                let Some(((_, first), (_, last))) = ends else {
                    at += 1;
                    continue;
                };
                covers[*first..=*last].fill(Some((places, *removal)));
                self.found[*removal] += 1;
                places += 1;
                at += needle.len();
            }
        }
        covers
    }

    /// Words in attributes: what a picture shows, what a link says.
    fn attributes(&mut self, html: &str) -> String {
        let (mut out, mut rest) = (String::with_capacity(html.len()), html);
        while let Some(at) =
            [" alt=\"", " title=\""].iter().filter_map(|name| Some(rest.find(name)? + name.len())).min()
        {
            let end = rest[at..].find('"').map_or(rest.len(), |end| at + end);
            out.push_str(&rest[..at]);
            let value = &rest[at..end];
            out.push_str(&self.write(value, units(value), str::to_owned));
            rest = &rest[end..];
        }
        out + rest
    }
}

/// A character, an entity or a tag of a text.
struct Unit {
    range: Range<usize>,
    tag: bool,
    letters: Vec<char>,
}

impl Unit {
    fn of(range: Range<usize>, c: char) -> Unit {
        Unit { range, tag: false, letters: letters(c.encode_utf8(&mut [0; 4])).collect() }
    }
}

/// The folded characters of a text without its blanks.
fn letters(words: &str) -> impl Iterator<Item = char> {
    folded(words).chars().filter(|c| !c.is_whitespace()).collect::<Vec<char>>().into_iter()
}

/// The units of cleaned HTML.
fn units(html: &str) -> Vec<Unit> {
    let (mut units, mut at) = (Vec::new(), 0);
    while let Some(c) = html[at..].chars().next() {
        let rest = &html[at..];
        let unit = match c {
            '<' => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                Unit { range: at..at + end, tag: true, letters: Vec::new() }
            }
            '&' => match entity(rest) {
                Some((length, c)) => Unit::of(at..at + length, c),
                None => Unit::of(at..at + 1, c),
            },
            c => Unit::of(at..at + c.len_utf8(), c),
        };
        at = unit.range.end;
        units.push(unit);
    }
    units
}

/// An entity at the start: its length and character.
fn entity(rest: &str) -> Option<(usize, char)> {
    const ENTITIES: [(&str, char); 6] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&nbsp;", ' ')];
    ENTITIES.iter().find(|(written, _)| rest.starts_with(written)).map(|(written, c)| (written.len(), *c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removal(passage: &str, kind: &str) -> Removal {
        Removal { passage: passage.into(), kind: kind.into(), article: "条例第十五条".into(), in_files: 0 }
    }

    #[test]
    fn a_passage_leaves_every_form_in_which_it_is_written() {
        let removals = [removal("申某甲，住望潮路5号", "个人隐私"), removal("申某甲", "个人隐私")];
        let mut reducer = Reducer::new(&removals);
        let html =
            "<p>当事人<b>申</b>某 甲,住望潮路５號。</p><p>申某甲&amp;某公司<img alt=\"申某甲的照片\" src=\"/x\"></p>";
        let out = reducer.rich(html);
        let mark = "〔此处删减：个人隐私，条例第十五条〕";
        assert_eq!(
            out,
            format!(
                "<p>当事人<b><mark>{mark}</mark></b>。</p><p><mark>{mark}</mark>&amp;某公司<img alt=\"{mark}的照片\" src=\"/x\"></p>"
            )
        );
        assert_eq!(reducer.plain("關於申某甲的決定"), format!("關於{mark}的決定"));
        assert_eq!(reducer.found(), [1, 3]);
        assert_eq!(reducer.ledger(), [Removed { kind: "个人隐私".into(), article: "条例第十五条".into(), count: 4 }]);
    }

    #[test]
    fn the_mark_says_nothing_of_the_length_and_nothing_else_changes() {
        let removals = [removal("甲乙", "商业秘密"), removal("甲乙丙丁戊己庚辛壬癸", "商业秘密")];
        let mut reducer = Reducer::new(&removals);
        let (short, long) = (reducer.plain("价格甲乙。"), reducer.plain("价格甲乙丙丁戊己庚辛壬癸。"));
        assert_eq!(short, long);
        let untouched = "<p>无 关&lt;内容&gt;</p>\n<table><tr><td colspan=\"2\">甲</td><td>丙</td></tr></table>";
        assert_eq!(reducer.rich(untouched), untouched);
    }
}
