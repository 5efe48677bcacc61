//! Drafting a document (公文): choosing its kind, writing it, sending it for review. The form is
//! derived from the kind of information and from what the procedure asks for besides.

use super::ask::Asking;
use super::attached::{KEEP, attached, kept, uploads};
use super::cells;
use super::parts::{Cell, Fields};
use super::perform::{at_fields, sent, told};
use super::shell::Shell;
use super::{frame, from_file, show};
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Guard};
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
use publication::Kind;
use publication::kind::TITLE;
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
    /// What somebody else saved in between, beside what was typed here.
    pub changes: Option<super::compare::Compare>,
    /// Address of the editor's script.
    pub editor: String,
    /// The matter's page, once there is one.
    pub back: String,
}

/// In the address of an empty form: the matter with which the new document goes.
pub const WITH: &str = "with";

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
    let mut typed = Typed { answers, ..Typed::default() };
    let lead = office::package::element(&procedure).zip(form.number(WITH));
    typed.answers.extend(lead.map(|(element, lead)| (element.id.clone(), lead.to_string())));
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
    match sent(&form, site.office.file(&visit.caller, filing)).await {
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
        answers.extend(value.id().map(|id| (name.clone(), id.to_string())));
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
    match sent(&form, site.office.act(&visit.caller, act)).await {
        Ok(_) => after(&site, &visit, id, form.raw("then") == "send").await,
        Err(Fail::Conflict(conflict)) => {
            clashed(&site, &visit, (&view, &document), (&step, kind), &form, (&conflict, answers)).await
        }
        Err(fail) => {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, refused(fail, answers, &step)?);
            again(&site, &visit, (&view, &document), (&step, kind), &form, told).await
        }
    }
}

/// The form once more, with what somebody else saved in between beside what was typed.
async fn clashed(
    site: &Site,
    visit: &Visit,
    (view, document): (&MatterView, &DocumentView),
    (step, kind): (&Step, &Kind),
    form: &Form,
    (conflict, answers): (&office::Conflict, Answers),
) -> Result<Response, Trouble> {
    let typed = Typed { files: attached(document, kept(form).as_deref()), ..clash(conflict, answers) };
    let prefix = format!("{}{DOT}", element_of(&view.procedure, Sort::Document));
    let changes = super::document::against(document, kind, &typed.answers, &prefix);
    let page = page(site, visit, &view.procedure, step, kind, typed, Some((view.matter.id, conflict.seq))).await?;
    frame::answer(StatusCode::CONFLICT, &ComposePage { changes: Some(changes), ..page })
}

/// Somebody saved in between: nothing is overwritten unseen, and nothing that was typed is lost.
fn clash(conflict: &office::Conflict, answers: Answers) -> Typed {
    let who = |one: &office::Since| format!("{}　{}", one.at.to_minute(), one.label);
    let since: Vec<String> = conflict.since.iter().map(who).collect();
    let told = format!(
        "您打开之后，这份公文又有了新的记录：{}。下面是您写的内容，一字未动；对照表左边是现在保存的文字，右边是您的。核对后再保存，以您的内容为准；要用现在的文字，请关闭本页。",
        since.join("；")
    );
    Typed { answers, barred: vec![told], ..Typed::default() }
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
    let own = [Sort::InfoKind, Sort::Columns, Sort::Document, Sort::Lead];
    let is_own = |name: &str| procedure.element(name).is_some_and(|element| own.contains(&element.kind));
    let planned = |name: &str| kind.interpret || !office::package::PLAN.contains(&name);
    let names: Vec<&str> = super::ask::names(step).into_iter().filter(|name| !is_own(name) && planned(name)).collect();
    let gate: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| step.guards.contains(&Rule::NotClassified) && from_file::gates(procedure, name))
        .collect();
    let rest: Vec<&str> =
        names.iter().copied().filter(|name| ![TITLE, "handler"].contains(name) && !gate.contains(name)).collect();
    // The form has no field for whoever has it in hand.
    let unseen = typed.errors.problems.iter().filter(|one| one.field == "handler").map(|one| one.text.to_string());
    let shell = frame::shell(site, visit, "/desk/document").await?;
    let mut more = vec![("kind", kind.id.clone())];
    more.extend((!typed.files.is_empty()).then(|| (KEEP[1], "1".to_owned())));
    more.extend(of.map(|(_, seen)| (form::SEEN, seen.to_string())));
    let columns = site.office.columns_of(visit.caller.body);
    let mut cells = asking.fields(&[TITLE]).cells;
    let prefix = element_of(procedure, Sort::Document);
    let at = (&typed.answers, &typed.errors);
    let experts = cells::experts(site, visit, kind).await?;
    cells.extend(kind.fields.iter().map(|field| cells::cell(field, &prefix, at, &experts)));
    let mut after = vec![cells::column_cell(columns, kind, &element_of(procedure, Sort::Columns), at)];
    after.extend(cells::lead_cell(site, visit, procedure, kind, at).await?);
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
        barred: typed.barred.iter().cloned().chain(unseen).collect(),
        changes: None,
        basis: kind.basis.clone(),
        editor: crate::assets::url("editor.js"),
        back: of.map(|(id, _)| show::address(id)).unwrap_or_default(),
        shell,
    })
}
