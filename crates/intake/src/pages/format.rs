//! Which column, label and word means what: the data of `formats.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::refusal::{Cause, Refusal};

/// Columns, labels and words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Formats {
    columns: BTreeMap<String, Vec<String>>,
    format: Vec<Shape>,
    labels: BTreeMap<String, Vec<String>>,
    validity: Vec<Word>,
    kinds: BTreeMap<String, String>,
    rule: Vec<Rule>,
    /// Every label with its field, longest first.
    #[serde(skip)]
    known: Vec<(String, String)>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    id: String,
    needs: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    word: String,
    code: String,
}

/// What a title says of its kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    kind: String,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    end: Vec<String>,
    #[serde(default)]
    number: bool,
}

/// A map of columns that an office writes for a source of its own: `format` and `[columns]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnMap {
    format: String,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
}

impl Formats {
    /// The built-in ones.
    pub(super) fn built_in() -> Result<Formats, Refusal> {
        let broken = |_| Refusal::new(Cause::Format, "程序内置的网页格式表有误，请联系维护人员。");
        let mut formats: Formats = toml::from_str(include_str!("formats.toml")).map_err(broken)?;
        let labels = formats.labels.iter().flat_map(|(key, all)| all.iter().map(move |one| (one.clone(), key.clone())));
        formats.known = labels.collect();
        formats.known.sort_by_key(|(label, _)| std::cmp::Reverse(label.len()));
        Ok(formats)
    }

    /// With the columns and words of an office's own map; answers the name of its format.
    pub(super) fn with_map(mut self, map: &str) -> Result<(Formats, String), Refusal> {
        let read: Result<OwnMap, _> = toml::from_str(map);
        let own = read.map_err(|why| {
            let why = why.message().to_owned();
            Refusal::new(Cause::Format, format!("列对应文件读不出来：{why}。请对照文档中的例子改正。"))
        })?;
        for (ours, theirs) in own.columns {
            let Some(known) = self.columns.get_mut(&ours) else {
                let all: Vec<&str> = self.columns.keys().map(String::as_str).collect();
                let why = format!("列对应文件中的“{ours}”不是可用的名称，可用的有：{}。", all.join("、"));
                return Err(Refusal::new(Cause::Format, why));
            };
            known.insert(0, theirs);
        }
        self.kinds.extend(own.kinds);
        Ok((self, own.format))
    }

    /// The name of the format that has these columns.
    pub(super) fn recognise(&self, columns: &BTreeSet<&str>) -> Result<String, Refusal> {
        let has = |shape: &&Shape| shape.needs.iter().all(|need| columns.contains(need.as_str()));
        if let Some(shape) = self.format.iter().find(has) {
            return Ok(shape.id.clone());
        }
        let all: Vec<&str> = columns.iter().copied().take(12).collect();
        let why =
            format!("没有认出网页的列（有：{}）。至少要有标题和正文两列；请用--map写明各列的含义。", all.join("、"));
        Err(Refusal::new(Cause::Format, why))
    }

    /// Whether a format of this name is built in.
    pub(super) fn named(&self, name: &str) -> Result<String, Refusal> {
        let mut names: Vec<&str> = self.format.iter().map(|shape| shape.id.as_str()).collect();
        names.dedup();
        let known = names.contains(&name).then(|| name.to_owned());
        known.ok_or_else(|| {
            Refusal::new(Cause::Format, format!("没有“{name}”这种格式，可用的有：{}。", names.join("、")))
        })
    }

    /// Their columns for our word, the likeliest first.
    pub(super) fn columns(&self, ours: &str) -> &[String] {
        self.columns.get(ours).map_or(&[], Vec::as_slice)
    }

    /// The field of a label that is all there is, blanks aside.
    pub(super) fn label(&self, cell: &str) -> Option<(&str, &str)> {
        let bare: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
        let found = self.known.iter().find(|(label, _)| *label == bare)?;
        Some((&found.1, &found.0))
    }

    /// The label that ends a text, its field, and where it starts: 索　引　号 is 索引号 too.
    pub(super) fn label_at_end(&self, before: &str) -> Option<(&str, &str, usize)> {
        self.known.iter().find_map(|(label, key)| {
            let mut rest = before.char_indices().rev().filter(|(_, c)| !c.is_whitespace()).peekable();
            let mut start = 0;
            for wanted in label.chars().rev() {
                start = rest.next().filter(|(_, c)| *c == wanted)?.0;
            }
            let glued = |c: char| text::normal::is_han(c) && c != '日';
            let whole = rest.peek().is_none_or(|(at, c)| {
                let blank = before.get(at + c.len_utf8()..start).is_some_and(|gap| !gap.is_empty());
                blank || !glued(*c)
            });
            whole.then_some((key.as_str(), label.as_str(), start))
        })
    }

    /// The code of a word on validity.
    pub(super) fn validity(&self, said: &str) -> Option<String> {
        self.validity.iter().find(|one| said.contains(&one.word)).map(|one| one.code.clone())
    }

    /// The kind of a page: what its source calls it, else what its title says.
    pub(super) fn kind(&self, said: Option<&str>, title: &str, numbered: bool) -> Option<String> {
        if let Some(kind) = said.and_then(|said| self.kinds.get(said.trim())) {
            return Some(kind.clone());
        }
        let bare = bare(title);
        let fits = |rule: &&Rule| {
            let any = rule.any.iter().any(|word| title.contains(word));
            let end = rule.end.iter().any(|word| bare.ends_with(word));
            (!rule.number || numbered) && (any || end || (rule.any.is_empty() && rule.end.is_empty()))
        };
        self.rule.iter().find(fits).map(|rule| rule.kind.clone())
    }
}

/// A title without what follows in brackets: （试行）, (2016修订).
fn bare(title: &str) -> &str {
    let mut title = title.trim();
    while let Some(open) = title.strip_suffix(['）', ')']).and_then(|inner| inner.rfind(['（', '('])) {
        title = title.get(..open).unwrap_or_default().trim_end();
    }
    title.trim_end_matches(['》', '”'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_tell_their_kind() {
        let formats = Formats::built_in().unwrap();
        for (title, numbered, kind) in [
            ("晴湾区信访局2025年政府信息公开工作年度报告", true, "annual_report"),
            ("晴湾区人民政府关于印发2026年工作要点的通知", true, "policy"),
            ("晴湾区河道管理办法（试行）", false, "policy"),
            ("《晴湾区河道管理办法》政策解读", false, "interpretation"),
            ("晴湾区2026年政务公开工作要点", false, "plan"),
            ("关于停水的公告", false, "notice"),
            ("晴湾河畔迎来候鸟", false, "news"),
        ] {
            assert_eq!(formats.kind(None, title, numbered).as_deref(), Some(kind), "{title}");
        }
        assert_eq!(formats.kind(Some("guide"), "任意", false).as_deref(), Some("notice"));
    }

    #[test]
    fn labels_are_known_with_blanks_between_and_behind_other_text() {
        let formats = Formats::built_in().unwrap();
        assert_eq!(formats.label_at_end("标　　题").map(|found| found.0), Some("title"));
        assert_eq!(formats.label_at_end("2018年03月23日来源").map(|found| found.0), Some("source"));
        assert!(formats.label_at_end("资金来源").is_none());
        assert_eq!(formats.label("索 引 号").map(|found| found.0), Some("index"));
    }
}
