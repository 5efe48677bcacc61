//! D12: the checks of a document. One form holds every check that is this officer's and one press
//! performs them, each as an act and a record of its own (practice J11: two acts a reviewer).

use super::{matter::MatterPage, show};
use crate::Site;
use crate::component::{Choice, Choices, Guard};
use crate::form::{self, Form};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use matter::{Kind, Step};
use office::hits::Hit;
use office::{Fail, MatterView, StepAct, review};
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
    /// What the machine sees in the document: field, sort, how it stands there, personal data masked.
    pub hits: Vec<String>,
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
    if !page.checks.is_empty() {
        let line = |hit: &Hit| format!("{}：{}　{}", hit.place, hit.sort.label(), hit.shown);
        page.hits = hits.iter().map(|hit| line(hit).trim_end().to_owned()).collect();
    }
    let returns = |step: &&Step| {
        let back = !step.clears.is_empty() && step.from.contains(&view.matter.state);
        back && view.options.iter().any(|option| option.step == step.id && option.allowed)
    };
    let back = view.procedure.steps.iter().find(returns);
    page.back = back.map(|step| format!("{here}/step/{}", step.id)).unwrap_or_default();
    (!page.checks.is_empty() || !page.steps.is_empty()).then_some(page)
}

/// Takes from a page's buttons what the form of the document offers already, and what its editor does.
pub fn relieve(page: &mut MatterPage, view: &MatterView) {
    let own = |one: &&matter::Element| matches!(one.kind, Kind::Document | Kind::Reductions);
    let edits = |step: &&Step| view.procedure.elements.iter().filter(own).any(|one| step.may_give(&one.id));
    let edited = view.procedure.steps.iter().filter(edits);
    let offered: Vec<String> = mine(view).chain(edited).map(|step| format!("{}/step/{}", page.here, step.id)).collect();
    page.deeds.retain(|button| !offered.contains(&button.deed.href));
}

/// Performs every check whose finding was chosen, then the step that was pressed. What was done stays
/// done where a later one is refused; the page says which.
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
    let pressed = form.raw("step");
    let chosen = |step: &&Step| match is_press(&view, step) {
        true => step.id == pressed,
        false => step.needs.iter().all(|name| !form.raw(name).is_empty()),
    };
    let mut seen = form.expected_seq();
    let mut last = None;
    for step in mine(&view).filter(chosen) {
        let names = step.needs.iter().map(String::as_str).chain(note_of(&view, step));
        let act = StepAct {
            matter: id,
            step: step.id.clone(),
            answers: form.answers(names),
            key: form.key().map(|key| format!("{key}-{}", step.id)).unwrap_or_default(),
            expected_seq: seen,
            ..StepAct::default()
        };
        match site.office.act(&visit.caller, act).await {
            Ok(acted) => (seen, last) = (Some(acted.seq), Some(acted.seq)),
            Err(Fail::Refused(refusal)) => return super::case::refused(&site, &visit, id, &step.label, &refusal).await,
            Err(Fail::Invalid(_) | Fail::Conflict(_)) => {
                return Ok(form::see(&format!("{}?halted={}", show::address(id), step.id)));
            }
            Err(other) => return Err(other.into()),
        }
    }
    let done = last.map_or_else(|| "?halted=".to_owned(), |seq| format!("?done={seq}"));
    Ok(form::see(&format!("{}{done}", show::address(id))))
}
