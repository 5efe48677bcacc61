//! Drafting a document (公文): choosing its kind, writing it, sending it for review. The form is
//! derived from the kind of information and from what the procedure asks for besides.

use super::ask::Asking;
use super::attached::{KEEP, attached, kept, uploads};
use super::parts::{Cell, Fields};
use super::perform::{at_fields, told};
use super::shell::Shell;
use super::{frame, from_file, show};
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Field as Box, Guard, Input};
use crate::form::{self, Form};
use crate::portal::ask::{Answers, Ask};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use matter::{Guard as Rule, Kind as Sort, Procedure, Step};
use office::document::DOT;
use office::{Caller, DocumentView, Fail, Filing, MatterView, StepAct};
use publication::kind::{Field, Form as Shape, Place, TITLE};
use publication::{Columns, Kind};
use std::sync::Arc;

/// Key by which a procedure chooses these pages.
const PAGE: &str = "document";

/// A document being written.
#[derive(Template)]
#[template(path = "desk/compose.html")]
pub struct ComposePage {
    /// The frame.
    pub shell: Shell,
    /// Heading: the kind.
    pub label: String,
    /// Where the form goes.
    pub action: String,
    /// Token, key, kind, number of the last event seen.
    pub guard: Guard,
    /// Before anything is typed: the question whether it is classified.
    pub first: Fields,
    /// A file whose text fills the form.
    pub source: Fields,
    /// What was filled in, or empty.
    pub told: String,
    /// What the kind asks for.
    pub fields: Fields,
    /// Attribute, columns, files.
    pub more: Fields,
    /// Why it was not done.
    pub barred: Vec<String>,
    /// Basis on which the kind is published.
    pub basis: String,
    /// Address of the editor's script.
    pub editor: String,
    /// The matter's page, once there is one.
    pub back: String,
}

/// What stands in the form.
#[derive(Clone, Default)]
struct Typed {
    answers: Answers,
    errors: ErrorSummary,
    barred: Vec<String>,
    /// Attached files: those ticked stay.
    files: Vec<Choice>,
    /// What was read from a file.
    told: String,
}

impl Typed {
    /// The form again, after a file was read.
    fn of(answers: Answers, shown: &from_file::Shown) -> Typed {
        Typed { answers, errors: shown.errors.clone(), told: shown.told.clone(), ..Typed::default() }
    }
}

/// The procedure under which documents are drafted today.
pub(super) fn procedure(site: &Site, caller: &Caller) -> Result<Arc<Procedure>, Trouble> {
    let today = site.office.now().date();
    let mut all = site.office.rules().procedures().filter(|one| one.desk_page.as_deref() == Some(PAGE));
    let id = all.next().map(|one| one.id.clone()).ok_or_else(|| Trouble::new(Why::NotFound))?;
    Ok(site.office.procedure(caller, &id, today)?)
}

fn element_of(procedure: &Procedure, sort: Sort) -> String {
    procedure.elements.iter().find(|one| one.kind == sort).map(|one| one.id.clone()).unwrap_or_default()
}

/// The opening step that this officer may take.
pub(super) fn opening(procedure: &Procedure, caller: &Caller) -> Result<Step, Trouble> {
    let mine = |step: &&Step| step.by.iter().any(|role| caller.has(*role));
    procedure.openings().find(mine).cloned().ok_or_else(|| Trouble::new(Why::Forbidden))
}

/// The step that changes the text in this state.
pub(super) fn revising<'a>(procedure: &'a Procedure, state: &str) -> Option<&'a Step> {
    let document = element_of(procedure, Sort::Document);
    procedure.steps.iter().find(|step| step.from.iter().any(|from| from == state) && step.may_give(&document))
}

/// The step that sends the whole document on, from this state.
fn submitting<'a>(procedure: &'a Procedure, state: &str) -> Option<&'a Step> {
    let sends = |step: &&Step| step.guards.contains(&Rule::DocumentComplete);
    procedure.steps.iter().filter(sends).find(|step| step.from.iter().any(|from| from == state))
}

/// The empty form of a kind.
///
/// # Errors
/// There is no such kind, this officer drafts nothing, busy, or our failure.
pub async fn blank(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let procedure = procedure(&site, &visit.caller)?;
    let step = opening(&procedure, &visit.caller)?;
    let kind = kind(&site, form.raw("kind"))?;
    // A link may bring what is known already, such as the source of a notice that is to be reprinted.
    let mut answers = given(&form, &procedure, &step, kind);
    answers.extend(visit.caller.unit.map(|unit| ("unit".to_owned(), unit.to_string())));
    let typed = Typed { answers, ..Typed::default() };
    frame::page(&page(&site, &visit, &procedure, &step, kind, typed, None).await?)
}

fn kind<'a>(site: &'a Site, id: &str) -> Result<&'a Kind, Trouble> {
    site.office.rules().kind(id).filter(|kind| !kind.internal).ok_or_else(|| Trouble::new(Why::NotFound))
}

/// Saves a new document; with 送审 pressed it is sent on at once.
///
/// # Errors
/// As for [`blank`]; what was typed is given back with what is wrong.
pub async fn create(State(site): State<Arc<Site>>, visit: Visit, mut form: Form) -> Result<Response, Trouble> {
    let procedure = procedure(&site, &visit.caller)?;
    let step = opening(&procedure, &visit.caller)?;
    let kind = kind(&site, form.raw("kind"))?;
    let mut answers = given(&form, &procedure, &step, kind);
    let prefix = element_of(&procedure, Sort::Document);
    let source = match from_file::read(&mut form, (&procedure, &step, kind), &prefix, &mut answers).await {
        Ok(source) => source,
        Err(shown) => {
            let typed = Typed::of(answers, &shown);
            let page = page(&site, &visit, &procedure, &step, kind, typed, None).await?;
            return frame::answer(shown.status, &page);
        }
    };
    // Whoever drafts has it in hand: it stands in the drafter's own queue.
    answers.entry("handler".into()).or_insert_with(|| visit.caller.actor.to_string());
    let filing = Filing {
        procedure: procedure.id.clone(),
        answers: answers.clone(),
        files: uploads(&mut form).into_iter().chain(source).collect(),
        key: form.key().unwrap_or_default(),
        ..Filing::default()
    };
    match site.office.file(&visit.caller, filing).await {
        Ok(filed) => after(&site, &visit, filed.matter, form.raw("then") == "send").await,
        Err(fail) => {
            let typed = refused(fail, answers, &step)?;
            let page = page(&site, &visit, &procedure, &step, kind, typed, None).await?;
            frame::answer(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The form of a document that exists.
///
/// # Errors
/// There is no such document, it cannot be changed now, busy, or our failure.
pub async fn edit(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    frame::page(&stored(&site, &visit, id, Vec::new()).await?)
}

/// The form of a document as it stands, with what keeps it back.
async fn stored(site: &Site, visit: &Visit, id: i64, mut barred: Vec<String>) -> Result<ComposePage, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let step = revising(&view.procedure, &view.matter.state).cloned().ok_or_else(|| Trouble::new(Why::NotFound))?;
    let document = site.office.document(&visit.caller, id).await?;
    let kind = kind(site, &document.kind)?;
    let mut answers: Answers = document.texts.clone();
    let prefix = element_of(&view.procedure, Sort::Document);
    answers.extend(document.fields.iter().map(|(name, value)| (format!("{prefix}{DOT}{name}"), value.clone())));
    answers.insert(element_of(&view.procedure, Sort::Columns), document.columns.join(","));
    for (name, value) in &view.matter.values {
        answers.extend(value.code().map(|code| (name.clone(), code.to_owned())));
    }
    answers.insert(element_of(&view.procedure, Sort::Columns), document.columns.join(","));
    let files = attached(&document, None);
    barred.extend(document.gaps.into_iter().map(|gap| gap.sentence));
    let typed = Typed { answers, barred, files, ..Typed::default() };
    page(site, visit, &view.procedure, &step, kind, typed, Some((id, view.matter.seq))).await
}

/// Saves a changed document.
///
/// # Errors
/// As for [`edit`]; what was typed is given back with what is wrong.
pub async fn save(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let step = revising(&view.procedure, &view.matter.state).cloned().ok_or_else(|| Trouble::new(Why::NotFound))?;
    let document = site.office.document(&visit.caller, id).await?;
    let kind = kind(&site, &document.kind)?;
    let mut answers = given(&form, &view.procedure, &step, kind);
    let prefix = element_of(&view.procedure, Sort::Document);
    let source = match from_file::read(&mut form, (&view.procedure, &step, kind), &prefix, &mut answers).await {
        Ok(source) => source,
        Err(shown) => {
            let (status, typed) = (shown.status, Typed::of(answers, &shown));
            return again(&site, &visit, (&view, &document), (&step, kind), &form, (status, typed)).await;
        }
    };
    let act = StepAct {
        matter: id,
        step: step.id.clone(),
        answers: answers.clone(),
        files: uploads(&mut form).into_iter().chain(source).collect(),
        keep: kept(&form),
        key: form.key().unwrap_or_default(),
        expected_seq: form.expected_seq(),
        at: None,
    };
    match site.office.act(&visit.caller, act).await {
        Ok(_) => after(&site, &visit, id, form.raw("then") == "send").await,
        Err(Fail::Conflict(conflict)) => {
            super::perform::conflicted(&site, &visit, id, &step.id, &conflict, &answers).await
        }
        Err(fail) => {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, refused(fail, answers, &step)?);
            again(&site, &visit, (&view, &document), (&step, kind), &form, told).await
        }
    }
}

/// The form of a document once more, with what was typed.
async fn again(
    site: &Site,
    visit: &Visit,
    (view, document): (&MatterView, &DocumentView),
    (step, kind): (&Step, &Kind),
    form: &Form,
    (status, typed): (StatusCode, Typed),
) -> Result<Response, Trouble> {
    let typed = Typed { files: attached(document, kept(form).as_deref()), ..typed };
    let of = (view.matter.id, form.expected_seq().unwrap_or(view.matter.seq));
    frame::answer(status, &page(site, visit, &view.procedure, step, kind, typed, Some(of)).await?)
}

/// Goes to the matter's page, or sends the document on first; what keeps it back is shown in its form.
async fn after(site: &Site, visit: &Visit, id: i64, send: bool) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let Some(step) = submitting(&view.procedure, &view.matter.state).filter(|_| send) else {
        return Ok(form::see(&show::address(id)));
    };
    let act = StepAct { matter: id, step: step.id.clone(), ..StepAct::default() };
    match site.office.act(&visit.caller, act).await {
        Ok(acted) => Ok(form::see(&format!("{}?done={}", show::address(id), acted.seq))),
        Err(Fail::Invalid(_)) => Ok(form::see(&format!("{}/document", show::address(id)))),
        Err(Fail::Refused(refusal)) => {
            let barred = refusal.sentences.iter().map(ToString::to_string).collect();
            frame::again(&stored(site, visit, id, barred).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// What was typed: the step's elements, the fields of the kind under the document's name.
fn given(form: &Form, procedure: &Procedure, step: &Step, kind: &Kind) -> Answers {
    let prefix = element_of(procedure, Sort::Document);
    let names: Vec<String> = kind.fields.iter().map(|field| format!("{prefix}{DOT}{}", field.id)).collect();
    let mut answers = form.answers(super::ask::names(step).into_iter().filter(|name| *name != prefix));
    // An emptied field is sent empty, so that the old value does not stay.
    answers.extend(names.into_iter().map(|name| {
        let value = form.text(&name);
        (name, value)
    }));
    answers.insert(element_of(procedure, Sort::InfoKind), kind.id.clone());
    answers
}

fn refused(fail: Fail, answers: Answers, step: &Step) -> Result<Typed, Trouble> {
    match fail {
        Fail::Invalid(wrong) => Ok(Typed { answers, errors: at_fields(wrong), ..Typed::default() }),
        Fail::Refused(refusal) => {
            let (errors, barred) = told(&refusal.sentences, step);
            Ok(Typed { answers, errors, barred, ..Typed::default() })
        }
        other => Err(other.into()),
    }
}

async fn page(
    site: &Site,
    visit: &Visit,
    procedure: &Procedure,
    step: &Step,
    kind: &Kind,
    typed: Typed,
    of: Option<(i64, i64)>,
) -> Result<ComposePage, Trouble> {
    let units = frame::units(site, &visit.caller).await?;
    let ask = Ask { procedure, step, answers: &typed.answers, errors: &typed.errors, units: &units };
    let asking = Asking { ask, officers: &[], proof: &[] };
    let own = [Sort::InfoKind, Sort::Columns, Sort::Document];
    let is_own = |name: &str| procedure.element(name).is_some_and(|element| own.contains(&element.kind));
    let names: Vec<&str> = super::ask::names(step).into_iter().filter(|name| !is_own(name)).collect();
    let gate: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| step.guards.contains(&Rule::NotClassified) && from_file::gates(procedure, name))
        .collect();
    let rest: Vec<&str> =
        names.iter().copied().filter(|name| ![TITLE, "handler"].contains(name) && !gate.contains(name)).collect();
    let shell = frame::shell(site, visit, "/desk/document").await?;
    let mut more = vec![("kind", kind.id.clone())];
    more.extend((!typed.files.is_empty()).then(|| (KEEP[1], "1".to_owned())));
    more.extend(of.map(|(_, seen)| (form::SEEN, seen.to_string())));
    let columns = site.office.columns_of(visit.caller.body);
    let mut cells = asking.fields(&[TITLE]).cells;
    let prefix = element_of(procedure, Sort::Document);
    cells.extend(kind.fields.iter().map(|field| cell(field, &prefix, &typed)));
    let mut after = vec![column_cell(columns, kind, &element_of(procedure, Sort::Columns), &typed)];
    if !typed.files.is_empty() {
        let boxes = Choices::many(KEEP[0], "已有附件", typed.files.clone());
        after.push(Cell::Choices(12, boxes.hint("打勾的保留，去掉勾的不再附上")));
    }
    after.extend(asking.fields(&rest).cells);
    Ok(ComposePage {
        label: kind.label.clone(),
        action: of.map_or_else(|| "/desk/document/new".to_owned(), |(id, _)| format!("{}/document", show::address(id))),
        guard: Guard { more, ..shell.guard() },
        first: asking.fields(&gate),
        source: from_file::fields(&typed.errors),
        told: typed.told.clone(),
        fields: Fields { cells },
        more: Fields { cells: after },
        barred: typed.barred.clone(),
        basis: kind.basis.clone(),
        editor: crate::assets::url("editor.js"),
        back: of.map(|(id, _)| show::address(id)).unwrap_or_default(),
        shell,
    })
}

fn date_hint(field: &Field) -> Option<String> {
    (field.form == Shape::Date).then(|| "如2026-11-20".into())
}

/// The input of a field of a kind.
fn cell(field: &Field, prefix: &str, typed: &Typed) -> Cell {
    let name = format!("{prefix}{DOT}{}", field.id);
    let value = typed.answers.get(&name).cloned().unwrap_or_default();
    let value = if field.is_rich() { intake::html::plain(&value).unwrap_or(value) } else { value };
    let mut made = Box::new(name.clone(), field.label.clone(), value.clone()).error(typed.errors.at(&name));
    if let Some(hint) = field.hint.clone().or_else(|| field.cite.clone()).or_else(|| date_hint(field)) {
        made = made.hint(hint);
    }
    if !field.required {
        made = made.optional();
    }
    if let Some(max) = field.max {
        made = made.max(max);
    }
    let (span, input) = match field.form {
        Shape::Rich => (12, Input::Rich(18)),
        Shape::Text => (12, Input::Area(5)),
        // A plain line, as everywhere on the desk: the pieces of a date picker do not show the focus.
        Shape::Date => (4, Input::default()),
        Shape::Code => {
            let blank = Choice::new("", "请选择");
            let options =
                field.options.iter().map(|one| Choice::new(one.id.clone(), one.label.clone()).chosen_if(&value));
            (4, Input::Select(std::iter::once(blank).chain(options).collect()))
        }
        Shape::Number | Shape::DocNumber => (4, Input::default()),
        Shape::Line if field.place == Place::Meta => (6, Input::default()),
        Shape::Line | Shape::Link | Shape::Items => (12, Input::default()),
    };
    Cell::Field(span, made.input(input))
}

fn column_cell(columns: Option<&Columns>, kind: &Kind, name: &str, typed: &Typed) -> Cell {
    let chosen = typed.answers.get(name).cloned().unwrap_or_default();
    let chosen: Vec<&str> = chosen.split([',', ' ']).collect();
    let all: Vec<&publication::Column> = columns.into_iter().flat_map(|columns| columns.of_kind(&kind.id)).collect();
    let only = all.len() == 1;
    let choice = |column: &&publication::Column| {
        let mut choice = Choice::new(column.id.clone(), column.label.clone());
        choice.checked = only || chosen.contains(&column.id.as_str());
        choice
    };
    let options = all.iter().map(choice).collect();
    Cell::Choices(12, Choices::many(name.to_owned(), "发布栏目", options).error(typed.errors.at(name)))
}
