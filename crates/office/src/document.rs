//! Documents (公文): the fields of a text being drafted, read by its kind of information, sealed as
//! one element of its matter until it is published.

use std::collections::BTreeMap;

use matter::{Element, Guard, Kind as Form, Matter, Procedure, Step, Value};
use publication::kind::{Form as Shape, Relation, Strictness, TITLE};
use publication::{Columns, Edition, Kind};

use crate::fail::{Fail, FieldError};
use crate::house::House;
use crate::keys::MatterKey;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query};
use crate::view::FileView;
use crate::{Article, EditionFile, Standing, StepAct, attach, compose, package, params, reduce, statements};

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
    for (id, html) in &typed {
        let label = kind.field(id).map_or("", |field| field.label.as_str());
        errors.extend(intake::picture_mark::wordless(html).into_iter().map(|name| {
            let sentence =
                format!("{label}里的图片“{name}”没有文字说明，请写成［图：{name}｜图上是什么］，供看不见图的人使用。");
            FieldError::new(format!("{prefix}{id}"), sentence)
        }));
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

/// What a document lacks that its kind asks for: a sentence for each gap, at its field. What is `led` goes
/// along with a document that has no address yet, and names it by its matter.
pub(crate) fn gaps(
    kind: &Kind,
    procedure: &Procedure,
    fields: &Fields,
    columns: &[String],
    led: bool,
) -> Vec<FieldError> {
    let prefix = element(procedure).map(|element| format!("{}{DOT}", element.id)).unwrap_or_default();
    let interprets = |id: &str| kind.field(id).is_some_and(|field| field.relation == Some(Relation::Interprets));
    let mut gaps: Vec<FieldError> = match kind.read(fields, Strictness::Whole) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .into_iter()
            .filter(|fault| !(led && interprets(&fault.field)))
            .map(|fault| FieldError::new(format!("{prefix}{}", fault.field), fault.sentence))
            .collect(),
    };
    if columns.is_empty() {
        let element = of_form(procedure, Form::Columns).map(|element| element.id.clone()).unwrap_or_default();
        gaps.push(FieldError::new(element, "没有选择发布栏目，请选择。"));
    }
    gaps
}

/// Pictures in the text that are not among the document's files.
fn missing_pictures(procedure: &Procedure, fields: &Fields, files: &[FileView]) -> Vec<FieldError> {
    let prefix = element(procedure).map(|element| format!("{}{DOT}", element.id)).unwrap_or_default();
    let mut gaps = Vec::new();
    for (id, html) in fields {
        for picture in intake::picture_mark::pictures(html) {
            let attached = files.iter().any(|file| file.name == picture.name && file.media.starts_with("image/"));
            let sentence = format!("图片“{}”不在附件里，请上传，或者改正文件名。", picture.name);
            gaps.extend((!attached).then(|| FieldError::new(format!("{prefix}{id}"), sentence)));
        }
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
    /// Its files, in order.
    pub files: Vec<FileView>,
    /// What is removed from it before it becomes public.
    pub reductions: Vec<reduce::Entry>,
    /// The files that become public in place of its own, where something is removed.
    pub public_files: Vec<FileView>,
    /// What it still lacks, a sentence each at its field.
    pub gaps: Vec<FieldError>,
}

/// The files of a document that stay when it is changed.
pub(crate) struct Staying {
    element: String,
    before: Vec<i64>,
    rows: Vec<i64>,
}

impl Staying {
    /// The element's value after an act that brings these files besides; none where nothing changes.
    pub(crate) fn with(self, new: Option<(String, Value)>) -> Option<(String, Value)> {
        let mut rows = self.rows;
        if let Some((_, Value::Files(ids))) = new {
            rows.extend(ids);
        }
        (rows != self.before).then_some((self.element, Value::Files(rows)))
    }
}

/// The rows of the files that a document names now, in order.
pub(crate) fn file_rows(matter: &Matter, element: &Element) -> Vec<i64> {
    match matter.value(&element.id) {
        Some(Value::Files(rows)) => rows,
        _ => Vec::new(),
    }
}

impl Article {
    /// A text that is not public yet, as it would be shown; its files lead nowhere.
    pub(crate) fn unpublished(edition: Edition, unit: String, columns: Vec<String>, files: Vec<FileView>) -> Article {
        let file = |file: FileView| EditionFile {
            public_id: file.id,
            name: file.name,
            media: file.media,
            size: file.size,
            hash: String::new(),
        };
        Article {
            id: 0,
            public_id: String::new(),
            item: String::new(),
            hash: String::new(),
            standing: Standing::Public,
            ended: None,
            unit,
            columns,
            since: edition.published_at,
            versions: Vec::new(),
            related: Vec::new(),
            files: files.into_iter().map(file).collect(),
            older: None,
            newer: None,
            edition,
        }
    }
}

impl Office {
    /// The files of a document that stay when a step changes it; none where the step takes no files.
    ///
    /// # Errors
    /// A file that is not this document's is told at the field.
    pub(crate) async fn staying(&self, matter: &Matter, act: &StepAct) -> Result<Option<Staying>, Fail> {
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let taken = |one: &&Element| {
            one.kind == Form::Files && procedure.step(&act.step).is_some_and(|step| step.may_give(&one.id))
        };
        let files = procedure.elements.iter().find(taken).filter(|_| element(&procedure).is_some());
        let Some(files) = files else { return Ok(None) };
        let before = file_rows(matter, files);
        let Some(keep) = &act.keep else {
            return Ok(Some(Staying { element: files.id.clone(), rows: before.clone(), before }));
        };
        let id = matter.id;
        let known = self.read(move |q| attach::of_matter(q, id)).await?;
        let row = |id: &String| known.iter().find(|file| file.public_id() == id).map(attach::Raw::row);
        let wanted: Option<Vec<i64>> = keep.iter().map(row).collect();
        let Some(wanted) = wanted.filter(|rows| rows.iter().all(|row| before.contains(row))) else {
            let sentence = "要保留的附件不是本件的附件，没有保存；请刷新页面，重新选择。";
            return Err(Fail::Invalid(vec![FieldError::new(&files.id, sentence)]));
        };
        let rows = before.iter().copied().filter(|row| wanted.contains(row)).collect();
        Ok(Some(Staying { element: files.id.clone(), rows, before }))
    }

    /// A document as its public page would show it if it were published now: no edition is made.
    ///
    /// # Errors
    /// As for [`Office::document`].
    pub async fn preview(&self, caller: &Caller, matter: i64) -> Result<Article, Fail> {
        let (matter, key) = self.matter_and_key(caller, matter).await?;
        let (house, now) = (self.house().clone(), self.now());
        let procedure = house.procedure(&matter.procedure, &matter.version)?;
        let found = self.read(move |q| {
            let Some(drafted) = compose::drafted(q, &house, &procedure, &matter)? else { return Ok(None) };
            let all: Vec<FileView> = attach::of_matter(q, matter.id)?.iter().map(|file| file.view(&key)).collect();
            let files = drafted.files.iter().filter_map(|(row, _)| all.iter().find(|file| file.row == *row).cloned());
            let unit = compose::unit_name(q, matter.unit)?.unwrap_or_default();
            let edition = Edition { files: Vec::new(), corrects: None, ..drafted.draft.shown(now) };
            Ok(Some(Article::unpublished(edition, unit, drafted.columns, files.collect())))
        });
        found.await?.ok_or(Fail::NotFound)
    }

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
                let own = |one: &&Element| one.kind.is_text() && !matches!(one.kind, Form::Document | Form::Reductions);
                for one in procedure.elements.iter().filter(own) {
                    texts.extend(text(q, matter.id, &one.id, &key)?.map(|words| (one.id.clone(), words)));
                }
                let columns = columns_of(&procedure, &matter);
                let kind = kind_of(&house, &procedure, &matter);
                let rows = |element: Option<&Element>| element.map(|one| file_rows(&matter, one)).unwrap_or_default();
                let (named, instead) =
                    (rows(of_form(&procedure, Form::Files)), rows(procedure.element(reduce::PUBLIC_FILES)));
                let all: Vec<FileView> = attach::of_matter(q, matter.id)?.iter().map(|file| file.view(&key)).collect();
                let file = |row: i64| all.iter().find(|file| file.row == row).cloned();
                let led = package::lead(&procedure, &matter).is_some();
                let mut gaps = kind.map(|kind| gaps(kind, &procedure, &fields, &columns, led)).unwrap_or_default();
                let files: Vec<FileView> = named.into_iter().filter_map(file).collect();
                gaps.extend(missing_pictures(&procedure, &fields, &files));
                Ok(DocumentView {
                    kind: kind.map(|kind| kind.id.clone()).unwrap_or_default(),
                    title: texts.get(TITLE).cloned().unwrap_or_default(),
                    fields,
                    columns,
                    texts,
                    files,
                    reductions: reduce::entries(q, &procedure, matter.id, &key)?,
                    public_files: instead.into_iter().filter_map(file).collect(),
                    gaps,
                })
            })
            .await?)
    }
}
