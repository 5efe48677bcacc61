//! 制作删减件 (公开条例第二十二条): the list of what is removed from a document, the files that become public in
//! place of its own, the copy as it would be shown, and what opening that copy again finds.

use super::parts::{Cell, Fields};
use super::perform::at_fields;
use super::shell::Shell;
use super::{frame, show};
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Field, Guard, Input, Link};
use crate::form::{self, Form};
use crate::portal::article::{self, Section};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use matter::{Element, Kind, Step};
use office::document::DOT;
use office::reduce::{Entry, element, part};
use office::{DocumentView, Fail, FileView, MatterView, StepAct, Upload};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The page.
#[derive(Template)]
#[template(path = "desk/reduce.html")]
pub struct ReducePage {
    /// The frame.
    pub shell: Shell,
    /// Title of the document.
    pub title: String,
    /// Where the form goes.
    pub action: String,
    /// Token, key, number of the last event seen.
    pub guard: Guard,
    /// What is removed, a row each.
    pub rows: Fields,
    /// The files that become public.
    pub files: Fields,
    /// The document's own files, which stay sealed.
    pub sealed: Vec<Link>,
    /// Files may be given.
    pub takes_files: bool,
    /// What opening the copy again found.
    pub found: Vec<String>,
    /// The list has entries: the copy was opened again.
    pub checked: bool,
    /// The original, for choosing passages.
    pub original: Vec<Section>,
    /// The copy.
    pub copy: Vec<Section>,
    /// Address of the script that takes a selected passage over.
    pub script: String,
    /// The document's page.
    pub back: String,
}

/// Blank rows behind those that are filled in.
const BLANK: usize = 3;
/// Name of the boxes of attached files, and of the hidden field that says they were shown.
const KEEP: [&str; 2] = ["keep", "kept"];

/// What stands in the form.
#[derive(Default)]
struct Typed {
    /// Rows as typed; none: as they stand in the matter.
    rows: Option<BTreeMap<String, String>>,
    errors: ErrorSummary,
    flash: Option<super::shell::Flash>,
}

/// Whether the document of a matter can be reduced in this state, and by which step.
pub(super) fn step_of(view: &MatterView) -> Option<&Step> {
    let element = element(&view.procedure)?;
    let gives = |step: &&Step| step.from.contains(&view.matter.state) && step.may_give(&element.id);
    let step = view.procedure.steps.iter().find(gives)?;
    view.options.iter().any(|option| option.step == step.id && option.allowed).then_some(step)
}

/// The page.
///
/// # Errors
/// No such document for this officer, it cannot be changed now, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    frame::page(&page(&site, &visit, id, Typed::default()).await?)
}

/// Saves the list and the files, and shows the copy opened again.
///
/// # Errors
/// As for [`show`]; what was typed is given back with what is wrong.
pub async fn save(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let (step, element) = step_of(&view).zip(element(&view.procedure)).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let prefix = format!("{}{DOT}", element.id);
    let names = form.fields().map(|(name, _)| name).filter(|name| name.starts_with(&prefix));
    let answers: BTreeMap<String, String> = names.map(|name| (name.to_owned(), form.text(name))).collect();
    let act = StepAct {
        matter: id,
        step: step.id.clone(),
        answers: answers.clone(),
        keep: form.has(KEEP[1]).then(|| form.all(KEEP[0]).map(str::to_owned).collect()),
        key: form.key().unwrap_or_default(),
        expected_seq: form.expected_seq(),
        files: form.take_files().into_iter().map(|file| Upload { name: file.name, bytes: file.bytes }).collect(),
        at: None,
    };
    let here = format!("{}/reduce", show::address(id));
    let (status, flash, errors) = match site.office.act(&visit.caller, act).await {
        Ok(_) => return Ok(form::see(&format!("{here}?done=1"))),
        Err(Fail::Conflict(_)) => {
            let told = "这件公文刚才有了新的记录，没有保存。请对照现在的原文核对以后再保存。";
            (StatusCode::CONFLICT, frame::flash("stop", told), ErrorSummary::default())
        }
        Err(fail) => {
            let (errors, barred) = match fail {
                Fail::Invalid(wrong) => (at_fields(wrong), Vec::new()),
                fail => super::perform::wrong(fail, step)?,
            };
            let flash = (!barred.is_empty()).then(|| frame::flash("stop", barred.concat())).flatten();
            (StatusCode::UNPROCESSABLE_ENTITY, flash, errors)
        }
    };
    frame::answer(status, &page(&site, &visit, id, Typed { rows: Some(answers), errors, flash }).await?)
}

async fn page(site: &Site, visit: &Visit, id: i64, typed: Typed) -> Result<ReducePage, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let (step, element) = step_of(&view).zip(element(&view.procedure)).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let document = site.office.document(&visit.caller, id).await?;
    let copy = article::compose(site, visit, site.office.preview(&visit.caller, id).await?);
    let checked = !document.reductions.is_empty();
    let found = if checked { site.office.check_copy(&visit.caller, id).await? } else { Vec::new() };
    let mut shell = frame::shell(site, visit, "/desk/document").await?;
    shell.flash = typed.flash.clone();
    let back = show::address(id);
    let mut more = vec![(form::SEEN, view.matter.seq.to_string())];
    more.extend((!document.public_files.is_empty()).then(|| (KEEP[1], "1".to_owned())));
    let files = step.takes.iter().find_map(|name| view.procedure.element(name).filter(|one| one.kind == Kind::Files));
    let link = |file: &FileView| Link::new(format!("{back}/file/{}", file.id), file.name.clone());
    Ok(ReducePage {
        title: document.title.clone(),
        action: format!("{back}/reduce"),
        guard: Guard { more, ..shell.guard() },
        rows: rows(element, &document, &typed),
        files: Fields { cells: files.map(|one| file_cells(one, &document, &typed.errors)).unwrap_or_default() },
        takes_files: files.is_some(),
        sealed: document.files.iter().map(link).collect(),
        found,
        checked,
        original: original(site, &document),
        copy: copy.sections,
        script: crate::assets::url("reduce.js"),
        back,
        shell,
    })
}

/// A row for each entry, and some blank ones.
fn rows(element: &Element, document: &DocumentView, typed: &Typed) -> Fields {
    let stored = |entry: &Entry| {
        let files = if entry.files == 0 { String::new() } else { entry.files.to_string() };
        [entry.passage.clone(), entry.kind.clone(), files]
    };
    let name = |row: usize, part: &str| format!("{}{DOT}{row}{DOT}{part}", element.id);
    let mut rows: Vec<[String; 3]> = match &typed.rows {
        None => document.reductions.iter().map(stored).collect(),
        Some(answers) => (0..answers.len().div_ceil(3))
            .map(|row| {
                [part::PASSAGE, part::KIND, part::FILES]
                    .map(|part| answers.get(&name(row, part)).cloned().unwrap_or_default())
            })
            .collect(),
    };
    if typed.rows.is_none() {
        rows.extend(std::iter::repeat_n(<[String; 3]>::default(), BLANK));
    }
    let mut cells = Vec::new();
    for (row, [passage, kind, files]) in rows.into_iter().enumerate() {
        let number = row + 1;
        let at = |part: &str| typed.errors.at(&name(row, part));
        let blank = std::iter::once(Choice::new("", "请选择"));
        let options = element.options.iter().map(|one| {
            let article = one.cite.as_deref().unwrap_or_default();
            Choice::new(one.id.clone(), format!("{}（{article}）", one.label)).chosen_if(&kind)
        });
        let area = Field::new(name(row, part::PASSAGE), format!("第{number}项　删去的文字"), passage);
        cells.push(Cell::Field(6, area.input(Input::Area(2)).error(at(part::PASSAGE))));
        let select = Field::new(name(row, part::KIND), format!("第{number}项　是什么，依据"), "");
        cells.push(Cell::Field(4, select.input(Input::Select(blank.chain(options).collect())).error(at(part::KIND))));
        let count = Field::new(name(row, part::FILES), format!("第{number}项　附件中处数"), files);
        cells.push(Cell::Field(2, count.digits().optional().error(at(part::FILES))));
    }
    Fields { cells }
}

fn file_cells(element: &Element, document: &DocumentView, errors: &ErrorSummary) -> Vec<Cell> {
    let one = |file: &FileView| Choice { checked: true, ..Choice::new(file.id.clone(), file.name.clone()) };
    let mut cells = Vec::new();
    if !document.public_files.is_empty() {
        let boxes = Choices::many(KEEP[0], "已有公开附件", document.public_files.iter().map(one).collect());
        cells.push(Cell::Choices(12, boxes.hint("打勾的保留，去掉勾的不再附上")));
    }
    let field = Field::new(element.id.clone(), element.label.clone(), "").optional();
    let field = field.hint(element.hint.clone().unwrap_or_default()).error(errors.at(&element.id));
    cells.push(Cell::Field(12, field.input(Input::Files("image/*,.pdf,.doc,.docx,.xls,.xlsx,.txt,.ofd,.csv"))));
    cells
}

/// The text fields of the document as they were drafted.
fn original(site: &Site, document: &DocumentView) -> Vec<Section> {
    let Some(kind) = site.office.rules().kind(&document.kind) else { return Vec::new() };
    let title = Section { heading: "标题".into(), lines: vec![document.title.clone()], ..Section::default() };
    let fields = kind.fields.iter().filter_map(|field| {
        let value = document.fields.get(&field.id).filter(|value| !value.is_empty())?;
        use publication::kind::Form as Shape;
        let words = matches!(field.form, Shape::Rich | Shape::Line | Shape::Text).then_some(value)?;
        let (html, lines) = match field.is_rich() {
            true => (words.clone(), Vec::new()),
            false => (String::new(), words.lines().map(str::to_owned).collect()),
        };
        Some(Section { heading: field.label.clone(), html, lines, ..Section::default() })
    });
    std::iter::once(title).chain(fields).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{
        parts::guard,
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn the_list_the_copy_and_what_was_found_stand_on_one_page() {
        let element = Element {
            id: "reductions".into(),
            label: "删减清单".into(),
            kind: Kind::Reductions,
            options: vec![matter::Choice {
                id: "privacy".into(),
                label: "个人隐私".into(),
                cite: Some("条例第十五条".into()),
            }],
            ..sample_element()
        };
        let document = DocumentView {
            reductions: vec![Entry { passage: HOSTILE.into(), kind: "privacy".into(), files: 2 }],
            ..DocumentView::default()
        };
        let section = |html: &str| vec![Section { html: html.into(), ..Section::default() }];
        let page = ReducePage {
            shell: sample("/desk/document"),
            title: HOSTILE.into(),
            action: "/desk/m/1/reduce".into(),
            guard: guard("t", "k"),
            rows: rows(&element, &document, &Typed::default()),
            files: Fields::default(),
            sealed: vec![Link::new("/desk/m/1/file/a", "名单.docx")],
            takes_files: false,
            found: vec!["第1个公开附件的批注里还有删减清单第1项的内容。".into()],
            checked: true,
            original: section("<p>当事人申某甲。</p>"),
            copy: section("<p>当事人<mark>〔此处删减：个人隐私，条例第十五条〕</mark>。</p>"),
            script: "/assets/reduce.js".into(),
            back: "/desk/m/1".into(),
        };
        let html = check("reduce", &page);
        assert!(!html.contains("<script>alert") && html.contains("批注里还有") && html.contains("附件中处数"));
    }

    fn sample_element() -> Element {
        serde_json::from_str(r#"{"id":"x","label":"x","kind":"text"}"#).unwrap()
    }
}
