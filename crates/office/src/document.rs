//! Documents (公文): the fields of a text being drafted, read by its kind of information, sealed as
//! one element of its matter until it is published.

use std::collections::BTreeMap;

use matter::{Element, Guard, Kind as Form, Matter, Procedure, Step, Value};
use publication::kind::{Form as Shape, Strictness, TITLE};
use publication::{Columns, Kind};

use crate::fail::{Fail, FieldError};
use crate::house::House;
use crate::keys::MatterKey;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query};
use crate::{params, statements};

statements! {
    TEXT = "select sealed from matter_text where matter_id = $1 and element = $2";
}

/// Fields and their canonical values.
pub type Fields = BTreeMap<String, String>;

/// What stands between the element of a document and a field of its kind in the names of answers:
/// `document.body`.
pub const DOT: char = '.';

/// The element of a procedure that holds a document.
pub(crate) fn element(procedure: &Procedure) -> Option<&Element> {
    procedure.elements.iter().find(|element| element.kind == Form::Document)
}

fn of_form<'a>(procedure: &'a Procedure, form: Form) -> Option<&'a Element> {
    procedure.elements.iter().find(|element| element.kind == form)
}

/// The kind of information of a matter's document.
pub(crate) fn kind_of<'a>(house: &'a House, procedure: &Procedure, matter: &Matter) -> Option<&'a Kind> {
    let element = of_form(procedure, Form::InfoKind)?;
    house.rules.kind(matter.value(&element.id)?.code()?)
}

/// The columns of a matter's document.
pub(crate) fn columns_of(procedure: &Procedure, matter: &Matter) -> Vec<String> {
    let element = of_form(procedure, Form::Columns);
    let value = element.and_then(|element| matter.value(&element.id));
    let codes = value.as_ref().and_then(Value::code).unwrap_or_default();
    codes.split_whitespace().map(str::to_owned).collect()
}

/// Reads the fields of a document out of the answers of a step and puts the document in their place.
/// Where the step asks for a whole document, gaps are told too.
pub(crate) fn pack(
    house: &House,
    body: i64,
    procedure: &Procedure,
    step: &Step,
    matter: Option<&Matter>,
    answers: &mut Fields,
) -> Vec<FieldError> {
    let Some(element) = element(procedure).filter(|element| step.may_give(&element.id)) else { return Vec::new() };
    let code = of_form(procedure, Form::InfoKind).and_then(|kind| match answers.get(&kind.id) {
        Some(code) if step.may_give(&kind.id) => Some((kind.id.clone(), code.trim().to_owned())),
        _ => Some((kind.id.clone(), matter?.value(&kind.id)?.code()?.to_owned())),
    });
    let Some((field, code)) = code else { return Vec::new() };
    let Some(kind) = house.rules.kind(&code).filter(|kind| !kind.internal) else {
        return vec![FieldError::new(field, "没有这种信息类型，请重新选择。")];
    };
    let mut errors = wrong_columns(house.rules.columns(&house.body_kind(body)), procedure, kind, answers);
    let prefix = format!("{}{DOT}", element.id);
    let names: Vec<String> = answers.keys().filter(|name| name.starts_with(&prefix)).cloned().collect();
    if names.is_empty() {
        return errors;
    }
    let mut typed: Fields = BTreeMap::new();
    for name in names {
        let value = answers.remove(&name).unwrap_or_default();
        let id = name.get(prefix.len()..).unwrap_or_default().to_owned();
        let rich = kind.field(&id).is_some_and(publication::kind::Field::is_rich);
        typed.insert(id, if rich { intake::html::rich(&value) } else { value });
    }
    match kind.read(&typed, Strictness::Draft) {
        Ok(fields) => drop(answers.insert(element.id.clone(), serde_json::to_string(&fields).unwrap_or_default())),
        Err(faults) => errors.extend(
            faults.into_iter().map(|fault| FieldError::new(format!("{prefix}{}", fault.field), fault.sentence)),
        ),
    }
    errors
}

/// Columns that do not exist or do not take this kind.
fn wrong_columns(columns: Option<&Columns>, procedure: &Procedure, kind: &Kind, answers: &Fields) -> Vec<FieldError> {
    let element = of_form(procedure, Form::Columns);
    let Some((element, codes)) = element.and_then(|element| Some((element, answers.get(&element.id)?))) else {
        return Vec::new();
    };
    let taken = |code: &str| {
        let column = columns.and_then(|columns| columns.get(code));
        column.is_some_and(|column| column.kinds.iter().any(|one| *one == kind.id))
    };
    let wrong = codes.split([' ', ',']).find(|code| !code.is_empty() && !taken(code));
    let sentence = |code: &str| format!("栏目“{code}”不存在，或者不收“{}”，请重新选择。", kind.label);
    wrong.map(|code| FieldError::new(&element.id, sentence(code))).into_iter().collect()
}

/// The document of a matter as it stands, opened.
pub(crate) fn fields(q: &mut Query<'_>, procedure: &Procedure, matter: i64, key: &MatterKey) -> Result<Fields, Fault> {
    let Some(element) = element(procedure) else { return Ok(Fields::new()) };
    let Some(text) = text(q, matter, &element.id, key)? else { return Ok(Fields::new()) };
    serde_json::from_str(&text).map_err(|error| Fault::Shape(format!("document {matter}: {error}")))
}

/// A typed text of a matter, opened.
pub(crate) fn text(q: &mut Query<'_>, matter: i64, element: &str, key: &MatterKey) -> Result<Option<String>, Fault> {
    let sealed: Option<Vec<u8>> = q.row(&TEXT, params![matter, element], |row| row.get(0))?;
    sealed.map(|sealed| key.open_text(&sealed)).transpose()
}

/// What a document lacks that its kind asks for: a sentence for each gap, at its field.
pub(crate) fn gaps(kind: &Kind, procedure: &Procedure, fields: &Fields, columns: &[String]) -> Vec<FieldError> {
    let prefix = element(procedure).map(|element| format!("{}{DOT}", element.id)).unwrap_or_default();
    let mut gaps: Vec<FieldError> = match kind.read(fields, Strictness::Whole) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .into_iter()
            .map(|fault| FieldError::new(format!("{prefix}{}", fault.field), fault.sentence))
            .collect(),
    };
    if columns.is_empty() {
        let element = of_form(procedure, Form::Columns).map(|element| element.id.clone()).unwrap_or_default();
        gaps.push(FieldError::new(element, "没有选择发布栏目，请选择。"));
    }
    gaps
}

/// The items that a document names or links to, with the field in words.
pub(crate) fn links(kind: &Kind, fields: &Fields) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for field in &kind.fields {
        let Some(value) = fields.get(&field.id) else { continue };
        let named = value.split_whitespace().filter(|_| field.form == Shape::Items).map(str::to_owned);
        let linked = value.split("href=\"/a/").skip(1).filter(|_| field.is_rich());
        let linked = linked.filter_map(|rest| rest.split(['"', '#', '?']).next()).map(str::to_owned);
        links.extend(named.chain(linked).map(|item| (field.label.clone(), item)));
    }
    links
}

/// Whether a step asks for a whole document.
pub(crate) fn asks_whole(step: &Step) -> bool {
    step.guards.contains(&Guard::DocumentComplete)
}

/// A document being drafted, opened for those who see its matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentView {
    /// Code of its kind of information.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Its fields.
    pub fields: Fields,
    /// Columns chosen for it.
    pub columns: Vec<String>,
    /// Other typed elements of the matter, opened, by element.
    pub texts: Fields,
    /// What it still lacks, a sentence each at its field.
    pub gaps: Vec<FieldError>,
}

impl Office {
    /// The document of a matter.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a matter without a document, or that the caller may not see.
    pub async fn document(&self, caller: &Caller, matter: i64) -> Result<DocumentView, Fail> {
        let (matter, key) = self.matter_and_key(caller, matter).await?;
        let house = self.house().clone();
        let procedure = house.procedure(&matter.procedure, &matter.version)?;
        if element(&procedure).is_none() {
            return Err(Fail::NotFound);
        }
        Ok(self
            .read(move |q| {
                let fields = fields(q, &procedure, matter.id, &key)?;
                let mut texts = Fields::new();
                for one in procedure.elements.iter().filter(|one| one.kind.is_text() && one.kind != Form::Document) {
                    texts.extend(text(q, matter.id, &one.id, &key)?.map(|words| (one.id.clone(), words)));
                }
                let columns = columns_of(&procedure, &matter);
                let kind = kind_of(&house, &procedure, &matter);
                let gaps = kind.map(|kind| gaps(kind, &procedure, &fields, &columns)).unwrap_or_default();
                Ok(DocumentView {
                    kind: kind.map(|kind| kind.id.clone()).unwrap_or_default(),
                    title: texts.get(TITLE).cloned().unwrap_or_default(),
                    fields,
                    columns,
                    texts,
                    gaps,
                })
            })
            .await?)
    }
}
