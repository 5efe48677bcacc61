//! 删减件 (公开条例第二十二条): what is removed from a document before it becomes public. The list is one
//! sealed element of the matter beside the original; the copy is made of both when it is shown or published.

use std::collections::BTreeMap;

use matter::{Element, Kind as Form, Matter, Procedure, Step, Value};
use publication::kind::Form as Shape;
use publication::{Attribute, Kind, Reduced, Reducer, Removal};
use serde::{Deserialize, Serialize};

use crate::document::{self, DOT, Fields};
use crate::fail::FieldError;
use crate::keys::MatterKey;
use crate::store::{Fault, Query};

/// The element of the files that become public in place of a document's own.
pub(crate) const PUBLIC_FILES: &str = "public_files";
/// Most entries of a list.
const MOST: usize = 200;
/// Fewest letters of a passage; fewer stand in too many other words.
const FEWEST: [usize; 2] = [2, 5];

/// Names of an entry's parts among the answers of a form: `reductions.0.passage`.
pub mod part {
    /// The passage.
    pub const PASSAGE: &str = "passage";
    /// What it is.
    pub const KIND: &str = "kind";
    /// How often it was removed from attached files.
    pub const FILES: &str = "files";
}

/// One entry of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What is removed wherever it stands; empty for what is removed from files only.
    pub passage: String,
    /// Code of what it is.
    pub kind: String,
    /// How often it was removed from attached files.
    #[serde(default)]
    pub files: u32,
}

/// The element of a procedure that holds the list.
pub fn element(procedure: &Procedure) -> Option<&Element> {
    procedure.elements.iter().find(|element| element.kind == Form::Reductions)
}

/// The list of a matter, opened.
pub(crate) fn entries(
    q: &mut Query<'_>,
    procedure: &Procedure,
    matter: i64,
    key: &MatterKey,
) -> Result<Vec<Entry>, Fault> {
    let Some(element) = element(procedure) else { return Ok(Vec::new()) };
    let Some(text) = document::text(q, matter, &element.id, key)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text).map_err(|error| Fault::Shape(format!("reductions {matter}: {error}")))
}

/// Puts the list in the place of the rows that were typed.
pub(crate) fn pack(procedure: &Procedure, step: &Step, answers: &mut Fields) -> Vec<FieldError> {
    let Some(element) = element(procedure).filter(|element| step.may_give(&element.id)) else { return Vec::new() };
    let prefix = format!("{}{DOT}", element.id);
    let mut rows: BTreeMap<u32, BTreeMap<String, String>> = BTreeMap::new();
    let names: Vec<String> = answers.keys().filter(|name| name.starts_with(&prefix)).cloned().collect();
    for name in &names {
        let value = answers.remove(name).unwrap_or_default();
        let row = name.get(prefix.len()..).and_then(|rest| rest.split_once(DOT));
        if let Some((number, part)) = row.and_then(|(number, part)| Some((number.parse::<u32>().ok()?, part))) {
            rows.entry(number).or_default().insert(part.to_owned(), value);
        }
    }
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    for (number, row) in rows {
        match read(element, &row) {
            Ok(Some(entry)) if !entries.contains(&entry) => entries.push(entry),
            Ok(_) => {}
            Err((part, sentence)) => errors.push(FieldError::new(format!("{prefix}{number}{DOT}{part}"), sentence)),
        }
    }
    if entries.len() > MOST {
        errors
            .push(FieldError::new(&element.id, format!("删减清单有{}项，最多{MOST}项，请合并同类的。", entries.len())));
    }
    match answers.get(&element.id).map(|whole| serde_json::from_str::<Vec<Entry>>(whole)) {
        Some(Err(_)) => errors.push(FieldError::new(&element.id, "删减清单读不出来，请在表格里逐项填写。")),
        Some(Ok(_)) => {}
        None if names.is_empty() => {}
        None => drop(answers.insert(element.id.clone(), serde_json::to_string(&entries).unwrap_or_default())),
    }
    errors
}

/// One row; none for a blank one.
fn read(element: &Element, row: &BTreeMap<String, String>) -> Result<Option<Entry>, (&'static str, String)> {
    let typed = |part: &str| row.get(part).map_or("", |value| value.trim());
    let (passage, kind) = (typed(part::PASSAGE).replace("\r\n", "\n"), typed(part::KIND).to_owned());
    let files = match text::normal::folded(typed(part::FILES)) {
        blank if blank.is_empty() => 0,
        number => number
            .parse()
            .ok()
            .filter(|number| *number < 10_000)
            .ok_or_else(|| (part::FILES, "附件中的处数应为整数，如2；正文以外没有删减的不填。".to_owned()))?,
    };
    if passage.is_empty() && files == 0 {
        return Ok(None);
    }
    let letters: Vec<char> = text::normal::folded(&passage).chars().filter(|c| !c.is_whitespace()).collect();
    let [han, other] = FEWEST;
    let fewest = if letters.iter().any(|c| text::normal::is_han(*c)) { han } else { other };
    if !passage.is_empty() && letters.len() < fewest {
        let sentence = "要删去的内容太短，会误删别处的字；请连同前后的字一起填写。";
        return Err((part::PASSAGE, sentence.to_owned()));
    }
    if !element.options.iter().any(|option| option.id == kind) {
        return Err((part::KIND, "没有选择删去的是什么、依据哪一条，请选择。".to_owned()));
    }
    Ok(Some(Entry { passage, kind, files }))
}

/// The entries with the words and article of their kinds.
pub(crate) fn removals(element: Option<&Element>, entries: &[Entry]) -> Vec<Removal> {
    let options = element.map_or(&[][..], |element| &element.options);
    let removal = |entry: &Entry| {
        let option = options.iter().find(|option| option.id == entry.kind);
        Removal {
            passage: entry.passage.clone(),
            kind: option.map(|option| option.label.clone()).unwrap_or_default(),
            article: option.and_then(|option| option.cite.clone()).unwrap_or_default(),
            in_files: entry.files,
        }
    };
    entries.iter().map(removal).collect()
}

/// What an officer drafted, as far as it becomes public.
pub(crate) struct Text {
    pub title: String,
    pub fields: Fields,
}

/// Takes what the entries name out of a text; answers the public ledger and how often each was found.
pub(crate) fn copy(
    kind: &Kind,
    element: Option<&Element>,
    entries: &[Entry],
    text: Text,
    original: String,
) -> (Text, Reduced, Vec<u32>) {
    let removals = removals(element, entries);
    let mut reducer = Reducer::new(&removals);
    let title = reducer.plain(&text.title);
    let mut fields = text.fields;
    for field in &kind.fields {
        let Some(value) = fields.get_mut(&field.id) else { continue };
        match field.form {
            Shape::Rich => *value = reducer.rich(value),
            Shape::Line | Shape::Text => *value = reducer.plain(value),
            _ => {}
        }
    }
    let basis = element.and_then(|element| element.cite.clone()).unwrap_or_default();
    let reduced = Reduced { basis, original, removed: reducer.ledger() };
    (Text { title, fields }, reduced, reducer.found().to_vec())
}

/// The attribute of a document.
pub(crate) fn attribute(matter: &Matter) -> Attribute {
    let value = matter.value("attribute");
    value.as_ref().and_then(Value::code).and_then(Attribute::from_code).unwrap_or(Attribute::Withheld)
}

/// Rows of the files that become public: of a reduced copy those that stand in place of the originals.
pub(crate) fn public_files(procedure: &Procedure, matter: &Matter) -> Vec<i64> {
    let reduced = attribute(matter) == Attribute::Reduced;
    let mut all = procedure.elements.iter().filter(|one| one.kind == Form::Files);
    let chosen = all.find(|one| (one.id == PUBLIC_FILES) == reduced);
    chosen.map(|one| document::file_rows(matter, one)).unwrap_or_default()
}
