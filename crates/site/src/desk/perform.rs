//! Taking a step: the form that suits it, the act, and the way back when it was not done.

use super::ask::names;
use super::forms::answering;
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
use law::Moment;
use matter::procedure::{AT, ApproveBy};
use matter::wording::Wordings;
use matter::{Refusal, RefusalCode, Step, act_time};
use office::{Acted, Fail, MatterView, OptionView, StepAct, Trial, Upload};
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
    pub wordings: Option<Wordings>,
}

/// What was typed and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    /// As typed.
    pub answers: Answers,
    /// What is wrong with fields.
    pub errors: ErrorSummary,
    /// Why it was not done, besides.
    pub barred: Vec<String>,
    /// What would follow; none where the dates typed do not say it.
    pub trial: Option<Trial>,
}

impl Typed {
    /// The form with what would follow, or with what is wrong.
    pub fn of(answers: &Answers, trial: Result<Trial, Fail>, step: &Step) -> Result<Typed, Trouble> {
        let typed = Typed { answers: answers.clone(), ..Typed::default() };
        match trial {
            Ok(trial) => Ok(Typed { trial: Some(trial), ..typed }),
            Err(fail) => {
                let (errors, barred) = wrong(fail, step)?;
                Ok(Typed { errors, barred, ..typed })
            }
        }
    }

    /// Of the answer that shows the form.
    pub fn status(&self) -> StatusCode {
        if self.trial.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

/// Value of the button that works out the dates and performs nothing.
pub const TRY: &str = "try";

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
    let answers = prefilled(&scene, &visit, &decision);
    let trial = tried(&site, &visit, &scene, &answers).await?.trial;
    scene.answer(StatusCode::OK, Typed { answers, trial, ..Typed::default() }, template)
}

/// Takes a step, or works out what would follow and shows the form again.
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
    let answers = form.answers(names(&scene.step).into_iter().chain([AT]));
    if form.raw("then") == TRY {
        let typed = tried(&site, &visit, &scene, &answers).await?;
        return scene.answer(typed.status(), typed, None);
    }
    let act = StepAct {
        files: uploads.into_iter().map(|file| Upload { name: file.name, bytes: file.bytes }).collect(),
        key: form.key().unwrap_or_default(),
        expected_seq: form.expected_seq(),
        ..asked(&scene, &answers)
    };
    let fail = match performed(&site, &visit, act, &answers).await {
        Ok(acted) => return Ok(form::see(&format!("{}?done={}", show::address(id), acted.seq))),
        Err(Fail::Conflict(conflict)) => return scene.conflict(&conflict, &answers),
        Err(fail) => fail,
    };
    let (errors, barred) = wrong(fail, &scene.step)?;
    let trial = tried(&site, &visit, &scene, &answers).await?.trial;
    scene.answer(StatusCode::UNPROCESSABLE_ENTITY, Typed { answers, errors, barred, trial }, None)
}

/// The act at the time that was typed, else now.
async fn performed(site: &Site, visit: &Visit, act: StepAct, answers: &Answers) -> Result<Acted, Fail> {
    let at = time(answers)?;
    site.office.act(&visit.caller, StepAct { at, ..act }).await
}

/// The time of the act as typed.
///
/// # Errors
/// A refusal, at its field, of what is no time.
pub fn time(answers: &Answers) -> Result<Option<Moment>, Fail> {
    let typed = act_time(answers.get(AT).map_or("", String::as_str));
    typed.map_err(|sentence| Fail::Refused(Refusal::new(RefusalCode::Invalid, sentence)))
}

fn asked(scene: &Scene, answers: &Answers) -> StepAct {
    StepAct {
        matter: scene.view.matter.id,
        step: scene.step.id.clone(),
        answers: answers.clone(),
        ..StepAct::default()
    }
}

/// The form with what would follow from these answers, or with what is wrong with their dates.
async fn tried(site: &Site, visit: &Visit, scene: &Scene, answers: &Answers) -> Result<Typed, Trouble> {
    let trial = match time(answers) {
        Ok(at) => site.office.try_step(&visit.caller, &StepAct { at, ..asked(scene, answers) }).await,
        Err(fail) => Err(fail),
    };
    Typed::of(answers, trial, &scene.step)
}

/// What is wrong with a form: at its fields, and above it.
///
/// # Errors
/// What the form cannot mend: not found, busy, our failure.
pub fn wrong(fail: Fail, step: &Step) -> Result<(ErrorSummary, Vec<String>), Trouble> {
    match fail {
        Fail::Invalid(wrong) => Ok((at_fields(wrong), Vec::new())),
        Fail::Refused(refusal) => Ok(told(&refusal.sentences, step)),
        other => Err(other.into()),
    }
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
        match sentence.field.as_ref().filter(|field| step.may_give(field) || *field == AT) {
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
    let similar = match answering(&view.procedure, &rule) {
        Some(_) => site.office.similar_replies(visit.caller.body, &show::title(&view)).await?,
        None => Vec::new(),
    };
    let link = |reply: office::Reply| {
        Link::new(format!("/replies/{}", reply.public_id), format!("{}（{}）", reply.title, reply.unit))
    };
    let approval = !rule.approve.is_empty() && (rule.approve_by != Some(ApproveBy::Unit) || asks);
    let wordings = site.office.rules().wordings(&view.procedure.id).cloned();
    Ok(Scene {
        wordings,
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
