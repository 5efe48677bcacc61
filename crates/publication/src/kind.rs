//! Kinds of information (信息类型): which fields a text of this kind has, what may stand in them, and
//! how a page shows them. The files are `rulebook/kinds/*.toml`; form, page, list, feed and export
//! are derived from them.

use std::collections::BTreeMap;

use law::RuleFault;
use serde::{Deserialize, Serialize};

pub use crate::relation::Relation;

/// A kind of information.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Stable id.
    pub id: String,
    /// Name that people read.
    pub label: String,
    /// What belongs here, for the person who chooses.
    pub hint: String,
    /// Legal basis for publishing this kind, in words.
    pub basis: String,
    /// 体裁, as search and the annual report count it.
    pub medium: Medium,
    /// Key of a hand-made page; absent: the generic page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// An official document with 文号: its number belongs to a series that inspection walks through.
    #[serde(default, skip_serializing_if = "is_false")]
    pub official: bool,
    /// A policy that touches public interest: needs a disclosure clause (practice P4).
    #[serde(default, skip_serializing_if = "is_false")]
    pub clause: bool,
    /// A policy that is organised, signed and published together with its interpretation (practice P3).
    #[serde(default, skip_serializing_if = "is_false")]
    pub interpret: bool,
    /// Not offered to drafters: made by another path, as published replies are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub internal: bool,
    /// Date field at whose end the item leaves every channel (公示期限).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// A reprint of what a higher body published; which fields name its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprint: Option<crate::reprint::Reprint>,
    /// Fields in the order of form and page. The title is every kind's own.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// 体裁.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// 文章.
    Text,
    /// 图片.
    Picture,
    /// 视频.
    Video,
    /// 数据和表格.
    Data,
}

impl Medium {
    /// The word people read.
    pub const fn label(self) -> &'static str {
        match self {
            Medium::Text => "文章",
            Medium::Picture => "图片",
            Medium::Video => "视频",
            Medium::Data => "数据",
        }
    }
}

/// A field of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Id, unique in the kind.
    pub id: String,
    /// Word beside the field.
    pub label: String,
    /// What may stand in it.
    pub form: Form,
    /// Must be filled in before the text is sent for review.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Must be filled in too where another field has one of these codes: that field, then the codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub required_if: BTreeMap<String, Vec<String>>,
    /// Should be filled in; one left blank is told to the reviewer, who decides.
    #[serde(default, skip_serializing_if = "is_false")]
    pub wanted: bool,
    /// The choices of a `code`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// Most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// One line that helps to fill it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Article that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
    /// Where the page shows it.
    #[serde(default)]
    pub place: Place,
    /// A search narrows by it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub facet: bool,
    /// What the link says to the other item (修改, 废止, 解读).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
}

/// A choice of a `code` field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Code.
    pub id: String,
    /// Word that people read.
    pub label: String,
}

/// What may stand in a field. Values are text in one canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One line.
    Line,
    /// Paragraphs of plain text.
    Text,
    /// Headings, paragraphs, lists, tables, pictures: cleaned HTML.
    Rich,
    /// `YYYY-MM-DD`.
    Date,
    /// One of `options`.
    Code,
    /// A whole number.
    Number,
    /// 文号: 机关代字〔年份〕序号.
    DocNumber,
    /// Address of a page, with `https://`.
    Link,
    /// Other items: their public ids, separated by a space.
    Items,
    /// Somebody of the register of experts: name and where they work, as the register writes it.
    Expert,
}

/// Where a page shows a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the table of metadata above the text.
    Meta,
    /// As a section with its label as heading.
    #[default]
    Section,
    /// As the text itself, without a heading.
    Body,
    /// In the line under the title.
    Line,
    /// One sentence above the text.
    Lead,
    /// Among the links beside the text.
    Links,
}

/// Whether everything that must stand in a text must stand in it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// A draft: gaps are allowed, wrong values are not.
    Draft,
    /// A text sent for review or published.
    Whole,
}

/// A field that cannot stand as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field.
    pub field: String,
    /// What is wrong and what to do.
    pub sentence: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Kind {
    /// Reads a file of `rulebook/kinds/`.
    ///
    /// # Errors
    /// Where and why the text is not a kind.
    pub fn parse(file: &str, text: &str) -> Result<Kind, Box<RuleFault>> {
        let fault = |line, name: &str, rule: &str, error: String| RuleFault {
            file: file.to_owned(),
            line,
            name: name.to_owned(),
            rule: rule.to_owned(),
            path: String::new(),
            error,
        };
        let kind: Kind = toml::from_str(text).map_err(|why| {
            let line = why.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Box::new(fault(
                line,
                file,
                "parse",
                format!("读不出信息类型：{}。请对照其他信息类型文件改正。", why.message()),
            ))
        })?;
        match kind.faults().into_iter().next() {
            Some((name, error)) => Err(Box::new(fault(line_of(text, &name), &name, "kind", error))),
            None => Ok(kind),
        }
    }

    fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let mut say = |error: &str| faults.push((field.id.clone(), format!("字段“{}”{error}", field.id)));
            if self.fields[..index].iter().any(|one| one.id == field.id) || field.id == TITLE {
                say("重复，请改名。");
            }
            if (field.form == Form::Code) == field.options.is_empty() {
                say("的选项和形式不符：code要列出options，其他形式不列。");
            }
            if field.required_if.keys().any(|id| self.field(id).is_none_or(|other| other.form != Form::Code)) {
                say("的required_if所指的不是本类型的选项字段。");
            }
            if field.relation.is_some() && field.form != Form::Items {
                say("写了relation，形式应当是items。");
            }
        }
        let expiry = self.expires.as_ref().filter(|id| self.field(id).is_none_or(|field| field.form != Form::Date));
        faults.extend(expiry.map(|id| (id.clone(), format!("expires所指的“{id}”不是本类型的日期字段。"))));
        let named = self.reprint.iter().flat_map(|one| [&one.address, &one.issuer, &one.issued_on, &one.text]);
        let unknown = named.filter(|id| self.field(id).is_none());
        faults.extend(unknown.map(|id| (id.clone(), format!("reprint所指的“{id}”不是本类型的字段。"))));
        if !self.fields.iter().any(|field| matches!(field.place, Place::Body | Place::Section)) {
            faults.push((self.id.clone(), "没有正文字段，页面将是空的。".to_owned()));
        }
        faults
    }

    /// A field.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Reads what was typed into canonical values. Rich text is taken as already cleaned. Names that
    /// the kind does not know are passed over.
    ///
    /// # Errors
    /// Every field that cannot stand, with a sentence each.
    pub fn read(
        &self,
        typed: &BTreeMap<String, String>,
        how: Strictness,
    ) -> Result<BTreeMap<String, String>, Vec<FieldFault>> {
        let (mut values, mut faults) = (BTreeMap::new(), Vec::new());
        for field in &self.fields {
            let raw = typed.get(&field.id).map_or("", |raw| raw.trim());
            match field.read(raw) {
                Ok(value) if value.is_empty() && field.asked(typed) && how == Strictness::Whole => {
                    faults.push(field.fault(format!("没有填写{}，请补充。", field.label)));
                }
                Ok(value) if value.is_empty() => {}
                Ok(value) => drop(values.insert(field.id.clone(), value)),
                Err(sentence) => faults.push(field.fault(sentence)),
            }
        }
        if faults.is_empty() { Ok(values) } else { Err(faults) }
    }

    /// The first value among the fields of this form.
    pub fn first<'a>(&self, values: &'a BTreeMap<String, String>, form: Form) -> Option<&'a str> {
        self.fields
            .iter()
            .filter(|field| field.form == form)
            .find_map(|field| values.get(&field.id))
            .map(String::as_str)
    }

    /// The other items that these values name, with what is said of them.
    pub fn relations<'a>(&'a self, values: &'a BTreeMap<String, String>) -> impl Iterator<Item = (Relation, &'a str)> {
        self.fields
            .iter()
            .filter_map(|field| Some((field.relation?, values.get(&field.id)?)))
            .flat_map(|(relation, value)| value.split_whitespace().map(move |id| (relation, id)))
    }
}

/// Name of the title among the answers of a form.
pub const TITLE: &str = "title";

fn line_of(text: &str, name: &str) -> Option<usize> {
    let wanted = format!("id = \"{name}\"");
    text.lines().position(|line| line.trim_start().starts_with(&wanted)).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
id = "policy"
label = "政策文件"
hint = "本机关制发的规范性文件"
basis = "《政府信息公开条例》第二十条第一项"
medium = "text"
[[field]]
id = "number"
label = "文号"
form = "doc_number"
required = true
place = "meta"
[[field]]
id = "written_on"
label = "成文日期"
form = "date"
place = "meta"
[[field]]
id = "repeals"
label = "废止"
form = "items"
relation = "repeals"
place = "links"
[[field]]
id = "body"
label = "正文"
form = "rich"
required = true
place = "body"
"#;

    fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_draft_may_have_gaps_but_no_wrong_values_and_a_whole_text_neither() {
        let kind = Kind::parse("kinds/policy.toml", POLICY).unwrap();
        let gaps = typed(&[("body", "<p>一</p>")]);
        assert!(kind.read(&gaps, Strictness::Draft).is_ok());
        let faults = kind.read(&gaps, Strictness::Whole).unwrap_err();
        assert_eq!(faults.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["number"]);
        let wrong = typed(&[("written_on", "2026-02-30"), ("number", "晴政发2026 8")]);
        let faults = kind.read(&wrong, Strictness::Draft).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults.iter().all(|one| one.sentence.ends_with('。')));
    }

    #[test]
    fn values_take_one_written_form_and_name_their_relations() {
        let kind = Kind::parse("kinds/policy.toml", POLICY).unwrap();
        let given = typed(&[("number", "晴政发[2026]08号"), ("repeals", " a1  b2 "), ("other", "x")]);
        let values = kind.read(&given, Strictness::Draft).unwrap();
        assert_eq!(values.get("number").map(String::as_str), Some("晴政发〔2026〕8号"));
        assert_eq!(values.get("other"), None);
        let said: Vec<_> = kind.relations(&values).collect();
        assert_eq!(said, [(Relation::Repeals, "a1"), (Relation::Repeals, "b2")]);
    }

    #[test]
    fn a_broken_file_is_named_with_line_and_cause() {
        let broken = POLICY.replace("form = \"items\"", "form = \"line\"");
        let fault = Kind::parse("kinds/policy.toml", &broken).unwrap_err();
        assert_eq!((fault.name.as_str(), fault.line), ("repeals", Some(19)));
        assert!(Kind::parse("kinds/policy.toml", "id = 1").is_err());
    }
}
