//! What a person may do with a matter of their own: add material, withdraw, say that it is not
//! solved. Which steps there are and what they ask stands in the rulebook.

use super::ask::{Answers, Ask};
use super::filing::{FormPage, Part};
use super::{flow, frame, own};
use crate::Site;
use crate::component::{ErrorSummary, Field, Input, Link};
use crate::form::{Form, SEEN, see};
use crate::page::{self, Shell};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use office::{MatterView, StepAct};
use std::sync::Arc;

/// The form of a step that the party may perform now.
fn step_page(
    site: &Site,
    visit: &Visit,
    view: &MatterView,
    step: &str,
    answers: &Answers,
    errors: ErrorSummary,
) -> Result<FormPage, Trouble> {
    let option = view.options.iter().find(|option| option.step == step).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let rule = view.procedure.step(step).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    if !option.allowed {
        let sentences =
            option.why.iter().map(|why| matter::Sentence::new(why.trim_end_matches('。'), "", "")).collect();
        return Err(Trouble::saying(Kind::Refused, sentences));
    }
    let ask = Ask { procedure: &view.procedure, step: rule, answers, errors: &errors, units: &[] };
    let fields: Vec<Field> = rule
        .needs
        .iter()
        .chain(&rule.takes)
        .filter_map(|id| view.procedure.element(id))
        .filter(|element| element.kind.is_text() || matches!(element.kind, matter::Kind::Files | matter::Kind::Code))
        .map(|element| ask.plain(element))
        .collect();
    let mut guard = frame::guard(visit);
    guard.more.push((SEEN, view.matter.seq.to_string()));
    Ok(FormPage {
        shell: Shell {
            failed: !errors.is_empty(),
            crumbs: vec![Link::new("/q/matter", "办理进度")],
            ..frame::shell(site, visit, own::verb(view, option), "/q")
        },
        lede: own::title(view).into(),
        action: format!("/q/do/{step}").into(),
        multipart: fields.iter().any(|field| matches!(field.input, Input::Files(_))),
        guard,
        parts: fields.into_iter().map(Part::from).collect(),
        submit: "提交".into(),
        back: Link::new("/q/matter", "返回进度页"),
        errors,
        ..FormPage::default()
    })
}

/// The form of a step.
pub async fn ask(State(site): State<Arc<Site>>, visit: Visit, Path(step): Path<String>) -> Result<Response, Trouble> {
    let view = own::matter(&site, &visit).await?;
    let page = step_page(&site, &visit, &view, &step, &Answers::new(), ErrorSummary::default())?;
    Ok(page::render(&page, &page.shell))
}

/// Performs a step for the party.
pub async fn act(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(step): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let view = own::matter(&site, &visit).await?;
    let rule = view.procedure.step(&step).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let answers = form.answers(rule.needs.iter().chain(&rule.takes).map(String::as_str));
    let act = StepAct {
        matter: view.matter.id,
        step: step.clone(),
        answers: answers.clone(),
        files: flow::uploads(&mut form),
        keep: None,
        key: form.key().ok_or_else(|| Trouble::new(Kind::Malformed))?,
        expected_seq: form.expected_seq(),
        at: None,
    };
    match site.office.act(&visit.caller, act).await {
        Ok(_) => Ok(see("/q/matter?done=1")),
        Err(fail) => {
            let page = step_page(&site, &visit, &view, &step, &answers, flow::told(fail)?)?;
            Ok(page::respond(StatusCode::UNPROCESSABLE_ENTITY, &page, &page.shell))
        }
    }
}
