//! 紧急撤下: the page of the two named officers, and of the administrator who names them.

use super::{frame, shell::Shell};
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Field, Input};
use crate::form::{self, Form};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use law::Moment;
use office::takedown::Reason;
use office::{Fail, Officer, Role};
use std::sync::Arc;

/// The page.
#[derive(Template)]
#[template(path = "desk/takedown.html")]
pub struct TakeDownPage {
    /// The frame.
    pub shell: Shell,
    /// Names of the two officers; empty while nobody is named.
    pub named: Vec<String>,
    /// This officer is one of them.
    pub mine: bool,
    /// What is taken down.
    pub item: Field,
    /// Why.
    pub reason: Choices,
    /// Who is named, for the administrator.
    pub officers: Vec<Field>,
    /// What is wrong with the form that was sent.
    pub errors: ErrorSummary,
    /// Take-downs, newest first.
    pub rows: Vec<Line>,
}

/// One take-down.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// When and by whom.
    pub done: String,
    /// Why.
    pub reason: String,
    /// Address of the notice.
    pub href: String,
    /// Until when it is reported.
    pub report_by: String,
    /// Who confirmed it and when; empty while nobody did.
    pub confirmed: String,
    /// Where this officer can confirm it; empty where not.
    pub confirm: String,
}

/// What was sent and did not go through.
#[derive(Default)]
struct Typed {
    item: String,
    reason: String,
    errors: ErrorSummary,
}

/// The page.
///
/// # Errors
/// Busy or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed = Typed { item: form.line("item"), ..Typed::default() };
    frame::page(&page(&site, &visit, typed).await?)
}

/// Takes an item down.
///
/// # Errors
/// Not one of the two named officers, busy, or our failure.
pub async fn take(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let mut typed = Typed { item: form.line("item"), reason: form.code("reason"), errors: ErrorSummary::default() };
    let item = typed.item.rsplit('/').next().unwrap_or_default().to_owned();
    let reason = Reason::parse(&typed.reason);
    if item.is_empty() {
        typed.errors.add("item", "请填写要撤下的网页地址或者编号。");
    }
    if reason.is_none() {
        typed.errors.add("reason", "请选择撤下的原因。");
    }
    let Some(reason) = reason.filter(|_| typed.errors.is_empty()) else {
        return frame::again(&page(&site, &visit, typed).await?);
    };
    match site.office.take_down(&visit.caller, &item, reason).await {
        Ok(_) => Ok(form::see("/desk/takedown")),
        Err(Fail::NotFound) => {
            typed.errors.add("item", "没有这条公开信息，或者已经撤下。请核对网页地址。");
            frame::again(&page(&site, &visit, typed).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// Confirms a take-down of the other officer.
///
/// # Errors
/// Not the other named officer, busy, or our failure.
pub async fn confirm(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    site.office.confirm_take_down(&visit.caller, id).await?;
    Ok(form::see("/desk/takedown"))
}

/// Names the two officers.
///
/// # Errors
/// Busy or our failure; two different officers are asked for at the field.
pub async fn name(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let chosen = ["first", "second"].map(|name| form.number(name).unwrap_or_default());
    match site.office.name_take_down_officers(&visit.caller, chosen).await {
        Ok(()) => Ok(form::see("/desk/takedown")),
        Err(Fail::Invalid(wrong)) => {
            let typed = Typed { errors: super::perform::at_fields(wrong), ..Typed::default() };
            frame::again(&page(&site, &visit, typed).await?)
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(site: &Site, visit: &Visit, typed: Typed) -> Result<TakeDownPage, Trouble> {
    let caller = &visit.caller;
    let named = site.office.take_down_officers(caller).await?;
    let people = site.office.officers(caller).await?;
    let called = |id: i64| people.iter().find(|one| one.id == id).map_or_else(String::new, |one| one.name.clone());
    let mine = named.contains(&caller.actor);
    let line = |one: office::takedown::TakeDown| Line {
        done: format!("{}　{}", one.at.to_minute(), called(one.by)),
        reason: one.reason.map(Reason::label).unwrap_or_default().to_owned(),
        href: format!("/a/{}", one.item),
        confirm: if mine && one.confirmed.is_none() && one.by != caller.actor {
            format!("/desk/takedown/{}", one.id)
        } else {
            String::new()
        },
        confirmed: one.confirmed.map(|(by, at)| format!("{}　{}", at.to_minute(), called(by))).unwrap_or_default(),
        report_by: Moment::parse(&one.report_by).map_or(one.report_by, |at| at.to_minute()),
    };
    let options = Reason::ALL.map(|one| Choice::new(one.id(), one.label()).chosen_if(&typed.reason));
    Ok(TakeDownPage {
        shell: frame::shell(site, visit, "/desk/takedown").await?,
        rows: site.office.take_downs(caller).await?.into_iter().map(line).collect(),
        named: named.iter().map(|id| called(*id)).collect(),
        mine,
        item: Field::new("item", "网页地址或者编号", typed.item.clone())
            .hint("从浏览器地址栏复制")
            .error(typed.errors.at("item")),
        reason: Choices::one("reason", "原因", options.into()).error(typed.errors.at("reason")),
        officers: if caller.has(Role::Administrator) { pickers(&people, &named, &typed.errors) } else { Vec::new() },
        errors: typed.errors,
    })
}

/// The two choices of the administrator.
fn pickers(people: &[Officer], named: &[i64], errors: &ErrorSummary) -> Vec<Field> {
    let pick = |name: &'static str, label: &'static str, at: usize| {
        let now = named.get(at).map(ToString::to_string).unwrap_or_default();
        let one = |officer: &Officer| Choice::new(officer.id.to_string(), officer.name.clone()).chosen_if(&now);
        let options = std::iter::once(Choice::new("", "请选择")).chain(people.iter().map(one)).collect();
        Field::new(name, label, "").input(Input::Select(options)).error(errors.at(name))
    };
    vec![pick("first", "第一名", 0), pick("second", "第二名", 1)]
}
