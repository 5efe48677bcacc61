//! D12: the checks of a document. One form holds every check that is this officer's and one press
//! performs them, each as an act and a record of its own (practice J11: two acts a reviewer).

use super::{case, matter::MatterPage, show};
use crate::Site;
use crate::component::{Choice, Choices, Guard};
use crate::form::{self, Form};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use matter::{Element, Kind, Step};
use office::document::DOT;
use office::hits::{self, Hit};
use office::{Fail, FieldError, MatterView, StepAct, review};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One check with who made it.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Its name.
    pub label: String,
    /// It was made, and nothing was sent back since.
    pub done: bool,
    /// What was found; 待审查 before.
    pub words: String,
    /// Who and when.
    pub by: String,
}

/// What this officer may check now.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/review.html")]
pub struct Review {
    /// Where it is sent.
    pub action: String,
    /// Token, key, number of the last event seen.
    pub guard: Guard,
    /// What the machine sees in the document and its files, each to be decided.
    pub hits: Vec<HitRow>,
    /// How many of them nobody decided on.
    pub open: usize,
    /// The checks with their findings.
    pub checks: Vec<Choices>,
    /// Steps that one press takes: id and name.
    pub steps: Vec<(String, String)>,
    /// Where the document is sent back; empty where it cannot be.
    pub back: String,
    /// Field for an opinion; empty where none is taken.
    pub note: String,
}
impl askama::filters::HtmlSafe for Review {}

/// One thing that the machine found, with the choice of the reviewer.
#[derive(Clone, Debug, Default)]
pub struct HitRow {
    /// Name in the form; that of the reason follows from it.
    pub name: String,
    /// What it is.
    pub sort: String,
    /// Where it stands.
    pub place: String,
    /// As it may be shown.
    pub shown: String,
    /// It is chosen to stand.
    pub keep: bool,
    /// It is chosen to be mended.
    pub mend: bool,
    /// The reason.
    pub why: String,
    /// Who decided it, and when; empty before.
    pub by: String,
    /// What is wrong with the choice.
    pub error: String,
}

impl Review {
    /// Puts back what was chosen and typed, with what is wrong at the hits.
    pub fn refill(&mut self, form: &Form, wrong: &[FieldError]) {
        for hit in &mut self.hits {
            let chosen = form.raw(&hit.name);
            if !chosen.is_empty() {
                (hit.keep, hit.mend) = (chosen == hits::KEEP, chosen == hits::MEND);
                hit.why = form.text(&format!("{}{}", hit.name, hits::WHY));
            }
            let error = wrong.iter().find(|error| error.field == hit.name);
            hit.error = error.map(|error| error.sentence.clone()).unwrap_or_default();
        }
        for check in &mut self.checks {
            let chosen = form.raw(&check.name).to_owned();
            check.options.iter_mut().for_each(|option| option.checked = option.value == chosen);
        }
    }
}

/// Name of the field in which an opinion is written down, as the procedure names it.
fn note_of<'a>(view: &'a MatterView, step: &'a Step) -> Option<&'a str> {
    let text = |name: &&String| view.procedure.element(name).is_some_and(|one| one.kind == Kind::Text);
    step.takes.iter().find(text).map(String::as_str)
}

/// Whether an element is the finding of a check.
pub fn asked(view: &MatterView, element: &str) -> bool {
    let checks = view.procedure.steps.iter().filter(|step| review::is_check(&view.procedure, step));
    checks.into_iter().any(|step| step.needs.iter().any(|name| name == element))
}

/// Every check of the procedure, made or not. Before anything is checked there is nothing to show.
pub fn checks(view: &MatterView) -> Vec<Check> {
    let steps = view.procedure.steps.iter().filter(|step| review::is_check(&view.procedure, step));
    let begun = steps.clone().any(|step| {
        step.from.contains(&view.matter.state) || step.needs.iter().any(|name| view.matter.value(name).is_some())
    });
    let one = |step: &Step| {
        let found: Vec<&str> = step.needs.iter().filter_map(|name| Some(view.values.get(name)?.1.as_str())).collect();
        let done = !found.is_empty();
        let made = view.timeline.iter().rev().find(|item| item.code == step.id).filter(|_| done);
        Check {
            label: step.label.clone(),
            done,
            words: if done { found.join("；") } else { "待审查".into() },
            by: made.map(|item| format!("{}　{}", item.actor, item.at.to_minute())).unwrap_or_default(),
        }
    };
    steps.filter(|_| begun).map(one).collect()
}

/// The steps that the form below takes, for this officer now.
fn mine<'a>(view: &'a MatterView) -> impl Iterator<Item = &'a Step> {
    let allowed = |step: &&Step| {
        let why = view.options.iter().find(|option| option.step == step.id);
        // A check is barred before its finding is chosen; whose it is says the step itself.
        why.is_some_and(|option| option.allowed) && view.proposal.as_ref().is_none_or(|one| one.returned)
    };
    review::due(&view.procedure, &view.matter)
        .filter(allowed)
        .filter(|step| is_check(view, step) || is_press(view, step))
}

fn is_check(view: &MatterView, step: &Step) -> bool {
    let coded = |name: &String| view.procedure.element(name).is_some_and(|one| one.kind == Kind::Code);
    review::is_check(&view.procedure, step) && step.needs.len() == 1 && step.needs.iter().all(coded)
}

/// Nothing has to be filled in, nobody else approves: one press takes the step.
fn is_press(view: &MatterView, step: &Step) -> bool {
    let text = |name: &String| view.procedure.element(name).is_some_and(|one| one.kind == Kind::Text);
    step.needs.is_empty() && step.approve.is_empty() && step.opens.is_none() && step.takes.iter().all(text)
}

/// What this officer may check now.
pub fn form(view: &MatterView, visit: &Visit, hits: &[Hit]) -> Option<Review> {
    let here = show::address(view.matter.id);
    let mut page = Review {
        action: format!("{here}/review"),
        guard: Guard {
            csrf: visit.csrf(),
            key: visit.new_key(),
            more: vec![(form::SEEN, view.matter.seq.to_string())],
        },
        ..Review::default()
    };
    for step in mine(view) {
        page.note = note_of(view, step).unwrap_or(&page.note).to_owned();
        if is_press(view, step) {
            page.steps.push((step.id.clone(), step.label.clone()));
            continue;
        }
        for element in step.needs.iter().filter_map(|name| view.procedure.element(name)) {
            let option = |one: &matter::Choice| Choice::new(one.id.clone(), one.label.clone());
            let options = element.options.iter().map(option).collect();
            let choices = Choices::one(element.id.clone(), step.label.clone(), options);
            page.checks.push(choices.hint(step.cite.clone()));
        }
    }
    if let Some((step, element)) = deciding(view)
        && view.options.iter().any(|option| option.step == step.id && option.allowed)
    {
        page.hits = hits.iter().map(|hit| row(&element.id, hit)).collect();
        page.open = hits.iter().filter(|hit| hit.decision.is_none()).count();
    }
    let returns = |step: &&Step| {
        let back = !step.clears.is_empty() && step.from.contains(&view.matter.state);
        back && view.options.iter().any(|option| option.step == step.id && option.allowed)
    };
    let back = view.procedure.steps.iter().find(returns);
    page.back = back.map(|step| format!("{here}/step/{}", step.id)).unwrap_or_default();
    (!page.checks.is_empty() || !page.steps.is_empty() || !page.hits.is_empty()).then_some(page)
}

/// The step that records what was decided about hits, and the element that holds it.
fn deciding(view: &MatterView) -> Option<(&Step, &Element)> {
    let element = view.procedure.elements.iter().find(|one| one.kind == Kind::Decisions)?;
    let here = |step: &&Step| step.may_give(&element.id) && step.from.contains(&view.matter.state);
    Some((view.procedure.steps.iter().find(here)?, element))
}

/// Whether a step only records decisions about hits: the reviewer's page takes it, no form of its own.
pub fn decides(view: &MatterView, step: &Step) -> bool {
    let records = |name: &String| view.procedure.element(name).is_some_and(|one| one.kind == Kind::Decisions);
    step.needs.iter().any(records)
}

fn row(element: &str, hit: &Hit) -> HitRow {
    let decision = hit.decision.as_ref();
    HitRow {
        name: format!("{element}{DOT}{}", hit.mark),
        sort: hit.sort.clone(),
        place: hit.place.clone(),
        shown: hit.shown.clone(),
        keep: decision.is_some_and(|one| one.keep),
        mend: decision.is_some_and(|one| !one.keep),
        why: decision.map(|one| one.why.clone()).unwrap_or_default(),
        by: decision.map(|one| format!("{}　{}", one.by, one.at)).unwrap_or_default(),
        error: String::new(),
    }
}

/// What was decided to be mended, a line each: the list with which the document goes back.
///
/// # Errors
/// Busy or our failure.
pub async fn to_mend(
    site: &Site,
    visit: &Visit,
    view: &MatterView,
    step: &Step,
) -> Result<Option<(String, String)>, Trouble> {
    let list = note_of_needs(view, step).filter(|_| !step.clears.is_empty() && deciding(view).is_some());
    let Some(list) = list.cloned() else { return Ok(None) };
    let hits = site.office.hits(&visit.caller, view.matter.id).await?;
    let mended = hits.iter().filter_map(|hit| Some((hit, hit.decision.as_ref().filter(|one| !one.keep)?)));
    let line = |(hit, one): (&Hit, &office::hits::Decision)| match one.why.as_str() {
        "" => hit.line(),
        why => format!("{}——{why}", hit.line()),
    };
    let lines: Vec<String> = mended.map(line).collect();
    Ok((!lines.is_empty()).then(|| (list, lines.join("\n"))))
}

/// The long text that a step asks for.
fn note_of_needs<'a>(view: &'a MatterView, step: &'a Step) -> Option<&'a String> {
    step.needs.iter().find(|name| view.procedure.element(name).is_some_and(|one| one.kind == Kind::Text))
}

/// Takes from a page's buttons what the form of the document offers already, and what its editor does.
pub fn relieve(page: &mut MatterPage, view: &MatterView) {
    let own = |one: &&matter::Element| matches!(one.kind, Kind::Document | Kind::Reductions);
    let edits = |step: &&Step| view.procedure.elements.iter().filter(own).any(|one| step.may_give(&one.id));
    let edited = view.procedure.steps.iter().filter(edits);
    let offered: Vec<String> = mine(view).chain(edited).map(|step| format!("{}/step/{}", page.here, step.id)).collect();
    page.deeds.retain(|button| !offered.contains(&button.deed.href));
    let recorded = |label: &str| view.procedure.steps.iter().any(|step| step.label == label && decides(view, step));
    page.deeds.retain(|button| !recorded(&button.deed.label));
}

/// One act of the form: the step and what was answered.
type Deed = (String, BTreeMap<String, String>);

/// What the form asks for, in order: decisions about hits that are new or other than before, checks whose
/// finding was chosen, the step that was pressed.
fn chosen(view: &MatterView, hits: &[Hit], form: &Form) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if let Some((step, element)) = deciding(view) {
        let fresh = hits.iter().map(|hit| row(&element.id, hit)).flat_map(|row| decided(&row, form));
        let answers: BTreeMap<String, String> = fresh.flatten().collect();
        deeds.extend((!answers.is_empty()).then(|| (step.id.clone(), answers)));
    }
    let pressed = form.raw("step");
    let asked = |step: &&Step| match is_press(view, step) {
        true => step.id == pressed,
        false => step.needs.iter().all(|name| !form.raw(name).is_empty()),
    };
    for step in mine(view).filter(asked) {
        let names = step.needs.iter().map(String::as_str).chain(note_of(view, step));
        deeds.push((step.id.clone(), form.answers(names)));
    }
    deeds
}

/// What was chosen about a hit, if it is not what stands.
fn decided(row: &HitRow, form: &Form) -> Option<[(String, String); 2]> {
    let why_name = format!("{}{}", row.name, hits::WHY);
    let (answer, why) = (form.raw(&row.name).to_owned(), form.text(&why_name));
    let stands = (row.keep && answer == hits::KEEP || row.mend && answer == hits::MEND) && row.why == why;
    (!answer.is_empty() && !stands).then(|| [(row.name.clone(), answer), (why_name, why)])
}

/// Performs what the form asks for, each as an act and a record of its own. What was done stays done where a
/// later one is refused; the page says which and why, with everything that was chosen.
///
/// # Errors
/// No such document for this officer, busy, or our failure.
pub async fn save(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let hits = site.office.hits(&visit.caller, id).await?;
    let mut seen = form.expected_seq();
    let mut last = None;
    for (step, answers) in chosen(&view, &hits, &form) {
        let key = form.key().map(|key| format!("{key}-{step}")).unwrap_or_default();
        let act = StepAct { matter: id, step: step.clone(), answers, key, expected_seq: seen, ..StepAct::default() };
        match site.office.act(&visit.caller, act).await {
            Ok(acted) => (seen, last) = (Some(acted.seq), Some(acted.seq)),
            Err(Fail::Conflict(_)) => {
                return Ok(form::see(&format!("{}?halted={step}", show::address(id))));
            }
            Err(Fail::Invalid(wrong)) => return case::again(&site, &visit, id, &step, &form, &wrong, &[]).await,
            Err(Fail::Refused(refusal)) => {
                return case::again(&site, &visit, id, &step, &form, &[], &refusal.sentences).await;
            }
            Err(other) => return Err(other.into()),
        }
    }
    let done = last.map_or_else(|| "?halted=".to_owned(), |seq| format!("?done={seq}"));
    Ok(form::see(&format!("{}{done}", show::address(id))))
}
