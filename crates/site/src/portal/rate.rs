//! Rating (P19): five levels; reasons are asked only where the rating is bad.

use super::Aside;
use super::ask::Ask;
use super::{flow, frame, own, track};
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Field, Guard, Text};
use crate::form::Form;
use crate::page;
use crate::page::Shell;
use crate::problem::{Kind, Trouble};
use crate::session::{QUERY, Visit};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use matter::{Procedure, Role, Step};
use office::{Caller, MatterView, StepAct};
use std::sync::Arc;

/// The rating page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/rate.html")]
pub struct Rate {
    /// Frame.
    pub shell: Shell,
    /// What was wrong.
    pub errors: ErrorSummary,
    /// What is rated.
    pub title: Text,
    /// Where the rating goes.
    pub action: Text,
    /// Hidden fields.
    pub guard: Guard,
    /// Field for the code where the link did not bring it.
    pub code: Option<Field>,
    /// Field for the password where the reader is not known yet.
    pub password: Option<Field>,
    /// The five levels.
    pub level: Choices,
    /// Values of the level that make the reasons matter: `rating=…,…`.
    pub only_if: Text,
    /// What was not good.
    pub reasons: Option<Choices>,
    /// In the reader's words.
    pub words: Option<Field>,
    /// Beside the form.
    pub aside: Vec<Aside>,
}

impl Rate {
    /// The page for one matter. The levels stand in the rulebook from best to worst; the last two
    /// ask for a reason (国办发〔2019〕51号).
    pub fn new(shell: Shell, title: Text, ask: &Ask) -> Option<Self> {
        let level = ask.radios(LEVEL, "这件事办得怎么样")?;
        let level = Choices { large: true, options: unchosen(level.options, ask.typed(LEVEL)), ..level };
        let bad: Vec<&str> = level.options.iter().rev().take(2).map(|option| option.value.as_ref()).collect();
        Some(Self {
            only_if: format!("{LEVEL}={}", bad.join(",")).into(),
            reasons: ask
                .radios("rating_reason", "哪里不满意")
                .map(|reasons| reasons.hint("我们会在1个工作日内与您联系核实")),
            words: ask.field("rating_text", "还想说的"),
            aside: vec![Aside::new("谁能看到", ["评价只用来改进工作，不影响您以后办事。"])],
            action: "/rate".into(),
            errors: ask.errors.clone(),
            level,
            shell,
            title,
            ..Self::default()
        })
    }
}

/// The element that holds the level; the step that needs it is the rating.
pub const LEVEL: &str = "rating";

/// Nothing is chosen for the person.
fn unchosen(options: Vec<Choice>, typed: &str) -> Vec<Choice> {
    options.into_iter().map(|option| option.chosen_if(typed)).collect()
}

/// The step by which a party rates.
fn rating(procedure: &Procedure) -> Option<&Step> {
    let rates = |step: &&Step| step.by.contains(&Role::Party) && step.needs.iter().any(|id| id == LEVEL);
    procedure.steps.iter().find(rates)
}

/// The party's matter, where this browser has opened one.
async fn known(site: &Site, visit: &Visit) -> Result<Option<MatterView>, Trouble> {
    let Some(secret) = visit.secret(QUERY) else { return Ok(None) };
    let Some(caller) = site.office.session(secret).await? else { return Ok(None) };
    let Some(matter) = caller.matter else { return Ok(None) };
    Ok(Some(site.office.matter(&caller, matter).await?))
}

/// The page: of the party's matter, or one that asks for code and password first.
fn page_of(
    site: &Site,
    visit: &Visit,
    view: Option<&MatterView>,
    form: &Form,
    errors: &ErrorSummary,
) -> Result<Rate, Trouble> {
    let missing = || Trouble::new(Kind::NotFound);
    let any = site.office.rules().procedures().find(|rule| rating(rule).is_some());
    let procedure = view.map(|view| &view.procedure).or(any).ok_or_else(missing)?;
    let step = rating(procedure).ok_or_else(missing)?;
    let answers = form.answers(step.needs.iter().chain(&step.takes).map(String::as_str));
    let ask = Ask { procedure, step, answers: &answers, errors, units: &[] };
    let shell = Shell { failed: !errors.is_empty(), ..frame::shell(site, visit, "评价", "/q") };
    let title = view.map(own::title).unwrap_or_default();
    let mut guard = frame::guard(visit);
    let mut page = Rate::new(shell, title.into(), &ask).ok_or_else(missing)?;
    if view.is_none() {
        let code = Field::new("code", "查询码", form.raw("code")).digits().error(errors.at("code"));
        page.password = Some(track::password_field().error(errors.at("password")));
        page.code = Some(code).filter(|field| field.value.is_empty() || !field.error.is_empty());
        if page.code.is_none() {
            guard.more.push(("code", form.raw("code").to_owned()));
        }
    }
    Ok(Rate { guard, ..page })
}

/// The rating page.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let view = known(&site, &visit).await?;
    if let Some(option) =
        view.as_ref().and_then(|view| view.options.iter().find(|option| option.needs.iter().any(|id| id == LEVEL)))
        && !option.allowed
    {
        let sentences =
            option.why.iter().map(|why| matter::Sentence::new(why.trim_end_matches('。'), "", "")).collect();
        return Err(Trouble::saying(Kind::Refused, sentences));
    }
    let page = page_of(&site, &visit, view.as_ref(), &form, &ErrorSummary::default())?;
    Ok(page::render(&page, &page.shell))
}

/// Who rates: the party of the session, or whoever knows code and password.
async fn rater(site: &Site, visit: &Visit, form: &Form) -> Result<Result<MatterView, ErrorSummary>, Trouble> {
    if let Some(view) = known(site, visit).await? {
        return Ok(Ok(view));
    }
    match track::prove(site, visit, form.raw("code"), &form.code("password")).await? {
        Ok(matter) => Ok(Ok(site.office.matter(&Caller::party(visit.caller.body, matter), matter).await?)),
        Err((field, sentence)) => {
            let mut errors = ErrorSummary::default();
            errors.add(field, sentence);
            Ok(Err(errors))
        }
    }
}

/// Takes a rating and goes to the matter.
pub async fn send(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let again = |view: Option<&MatterView>, errors: &ErrorSummary| {
        let page = page_of(&site, &visit, view, &form, errors)?;
        Ok(page::respond(StatusCode::UNPROCESSABLE_ENTITY, &page, &page.shell))
    };
    let view = match rater(&site, &visit, &form).await? {
        Ok(view) => view,
        Err(errors) => return again(None, &errors),
    };
    let caller = Caller::party(view.matter.body, view.matter.id);
    let step = rating(&view.procedure).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let act = StepAct {
        matter: view.matter.id,
        step: step.id.clone(),
        answers: form.answers(step.needs.iter().chain(&step.takes).map(String::as_str)),
        key: form.key().ok_or_else(|| Trouble::new(Kind::Malformed))?,
        ..StepAct::default()
    };
    if let Err(fail) = site.office.act(&caller, act).await {
        return again(Some(&view), &flow::told(fail)?);
    }
    let session = site.office.query_session(caller.body, view.matter.id).await?;
    Ok(visit.open_query(&session, "/q/matter?done=1"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::Width;
    use crate::portal::sample::{HOSTILE, Samples, asked_at, shell};

    pub(crate) fn samples(out: &mut Samples) {
        let at = || Shell { path: "/rate".into(), section: "/q".into(), ..shell("评价") };
        let page = |title: &'static str, answers: &[(&str, &str)], wrong: bool| {
            asked_at("message", LEVEL, answers, |ask| {
                let mut errors = ErrorSummary::default();
                if wrong {
                    errors.add("rating_reason", "请说明不满意的原因，选择一项原因，或者写几句话。");
                }
                let ask = Ask { errors: &errors, ..ask };
                Rate::new(Shell { failed: wrong, ..at() }, title.into(), &ask).expect("a rating")
            })
        };
        let mut first = page("望潮路幼儿园门口能不能设临时停车位", &[], false);
        first.password = Some(Field::new("password", "查询密码", "").width(Width::Short).digits());
        out.add("rate", &first);
        out.add("rate-bad", &page(HOSTILE, &[("rating", "dissatisfied"), ("rating_text", HOSTILE)], true));
    }
}
