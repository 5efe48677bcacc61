//! Taking a step: the form that suits it, the act, and the way back when it was not done.

use super::ask::names;
use super::forms::published;
use super::shell::Shell;
use super::{frame, show};
use crate::Site;
use crate::component::{Choice, ErrorSummary, Link};
use crate::form::{self, Form};
use crate::portal::ask::Answers;
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use matter::Step;
use matter::procedure::ApproveBy;
use office::{Fail, MatterView, OptionView, StepAct, Upload};
use std::sync::Arc;

/// A step of one matter, with everything its form needs.
pub(super) struct Scene {
    pub view: MatterView,
    pub step: Step,
    pub option: OptionView,
    pub shell: Shell,
    pub units: Vec<Choice>,
    pub officers: Vec<Choice>,
    pub approval: bool,
    pub similar: Vec<Link>,
}

/// What was typed and what is wrong with it.
#[derive(Default)]
pub(super) struct Typed {
    pub answers: Answers,
    pub errors: ErrorSummary,
    pub barred: Vec<String>,
}

/// The form of a step.
///
/// # Errors
/// No such matter or step for this officer, busy, or our failure.
pub async fn show_step(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, step)): Path<(i64, String)>,
    form: Form,
) -> Result<Response, Trouble> {
    let scene = scene(&site, &visit, id, &step).await?;
    let template = form.number("template").and_then(|at| usize::try_from(at).ok());
    let decision = form.code("decision");
    let typed = Typed { answers: prefilled(&scene, &visit, &decision), ..Typed::default() };
    scene.answer(StatusCode::OK, typed, template)
}

/// Takes a step.
///
/// # Errors
/// No such matter or step for this officer, busy, or our failure.
pub async fn act(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, step)): Path<(i64, String)>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let scene = scene(&site, &visit, id, &step).await?;
    let uploads = form.take_files();
    let answers = form.answers(names(&scene.step));
    let act = StepAct {
        matter: id,
        step,
        answers: answers.clone(),
        files: uploads.into_iter().map(|file| Upload { name: file.name, bytes: file.bytes }).collect(),
        key: form.key().unwrap_or_default(),
        expected_seq: form.expected_seq(),
        at: None,
    };
    let typed = |errors, barred| Typed { answers: answers.clone(), errors, barred };
    match site.office.act(&visit.caller, act).await {
        Ok(acted) => Ok(form::see(&format!("{}?done={}", show::address(id), acted.seq))),
        Err(Fail::Invalid(wrong)) => {
            scene.answer(StatusCode::UNPROCESSABLE_ENTITY, typed(at_fields(wrong), Vec::new()), None)
        }
        Err(Fail::Refused(refusal)) => {
            let (errors, barred) = told(&refusal.sentences, &scene.step);
            scene.answer(StatusCode::UNPROCESSABLE_ENTITY, typed(errors, barred), None)
        }
        Err(Fail::Conflict(conflict)) => scene.conflict(&conflict, &answers),
        Err(other) => Err(other.into()),
    }
}

/// The page that shows what others did in between, for an act sent from a form of its own.
pub(super) async fn conflicted(
    site: &Site,
    visit: &Visit,
    id: i64,
    step: &str,
    conflict: &office::Conflict,
    answers: &Answers,
) -> Result<Response, Trouble> {
    scene(site, visit, id, step).await?.conflict(conflict, answers)
}

/// Sentences of the office at their fields.
pub fn at_fields(wrong: Vec<office::FieldError>) -> ErrorSummary {
    let mut errors = ErrorSummary::default();
    for error in wrong {
        errors.add(error.field, error.sentence);
    }
    errors
}

/// Sentences of a refusal: those of a field of this step at the field, the rest above the form.
pub fn told(sentences: &[matter::Sentence], step: &Step) -> (ErrorSummary, Vec<String>) {
    let (mut errors, mut barred) = (ErrorSummary::default(), Vec::new());
    for sentence in sentences {
        match sentence.field.as_ref().filter(|field| step.may_give(field)) {
            Some(field) => errors.add(field.clone(), sentence.to_string()),
            None => barred.push(sentence.to_string()),
        }
    }
    (errors, barred)
}

async fn scene(site: &Site, visit: &Visit, id: i64, step: &str) -> Result<Scene, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let missing = || Trouble::new(Why::NotFound);
    let rule = view.procedure.step(step).ok_or_else(missing)?.clone();
    let option = view.options.iter().find(|option| option.step == step).ok_or_else(missing)?.clone();
    let units = site.office.units(&visit.caller).await?;
    let asks = units.iter().any(|unit| view.matter.unit == Some(unit.id) && unit.approves);
    let similar = match published(&view.procedure, &rule) {
        Some(_) => site.office.similar_replies(visit.caller.body, &show::title(&view)).await?,
        None => Vec::new(),
    };
    let link = |reply: office::Reply| {
        Link::new(format!("/replies/{}", reply.public_id), format!("{}（{}）", reply.title, reply.unit))
    };
    let approval = !rule.approve.is_empty() && (rule.approve_by != Some(ApproveBy::Unit) || asks);
    Ok(Scene {
        shell: frame::shell(site, visit, "").await?,
        units: frame::units(site, &visit.caller).await?,
        officers: frame::officers(site, &visit.caller).await?,
        similar: similar.into_iter().map(link).collect(),
        view,
        step: rule,
        option,
        approval,
    })
}

/// What stands in a fresh form: what was proposed and came back, the decision chosen before,
/// oneself as handler, the one choice there is.
fn prefilled(scene: &Scene, visit: &Visit, decision: &str) -> Answers {
    let mut answers = Answers::new();
    for name in names(&scene.step) {
        let chosen = match name {
            "decision" => decision.to_owned(),
            "handler" if scene.step.needs.iter().any(|need| need == name) => visit.caller.actor.to_string(),
            _ => continue,
        };
        answers.insert(name.to_owned(), chosen);
    }
    let back = scene.view.proposal.as_ref().filter(|proposal| proposal.returned && proposal.step == scene.step.id);
    for (label, words) in back.into_iter().flat_map(|proposal| &proposal.values) {
        let element =
            scene.view.procedure.elements.iter().find(|element| element.label == *label && element.kind.is_text());
        answers.extend(element.map(|element| (element.id.clone(), words.clone())));
    }
    answers
}
