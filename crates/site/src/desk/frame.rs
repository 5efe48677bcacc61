//! What every handler of the desk does around its page: the frame with its counters, the choices of
//! units and officers, the answer.

use super::shell::{Assets, Flash, RailGroup, RailItem, Shell};
use crate::component::{Choice, LampKind};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use crate::{Site, assets};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use office::{COUNTED_MAX, Caller, ListView, Role};

/// Cookie with the officer's own settings: `k` keys off, `r` roomy rows.
pub const SETTINGS: &str = "desk";

/// Addresses of the desk's files.
pub fn files() -> Assets {
    Assets { styles: vec![assets::url("desk.css")], script: assets::url("desk.js"), icon: assets::url("emblem.svg") }
}

/// The name on the doorplate.
pub fn body_name(site: &Site, body: i64) -> String {
    site.office.body(body).map(|body| body.name.clone()).unwrap_or_default()
}

/// The frame of a page, with fresh counters. `here` is the address of the place in the rail.
///
/// # Errors
/// Busy or our failure.
pub async fn shell(site: &Site, visit: &Visit, here: &str) -> Result<Shell, Trouble> {
    let counters = site.office.counters(&visit.caller).await?;
    Ok(with_counters(site, visit, here, &counters))
}

/// The frame of a page that has read the counters itself.
pub fn with_counters(site: &Site, visit: &Visit, here: &str, counters: &[(ListView, usize)]) -> Shell {
    let roles: Vec<&str> = visit.caller.roles.iter().map(|role| role.label()).collect();
    let settings = visit.cookie(SETTINGS).unwrap_or_default();
    Shell {
        body: body_name(site, visit.caller.body),
        officer: visit.caller.name.clone(),
        post: roles.join("、"),
        rail: rail(&visit.caller, counters, here),
        csrf: visit.csrf(),
        key: visit.new_key(),
        keys: !settings.contains('k'),
        roomy: settings.contains('r'),
        flash: None,
        assets: files(),
    }
}

/// Address of a queue; what waits for approval has its own page.
pub fn queue_address(view: ListView) -> String {
    if view == ListView::ToApprove { "/desk/approvals".into() } else { format!("/desk/list/{}", view.id()) }
}

/// Those who see the matters of the whole body, and so every notification.
pub const OUTBOX: [Role; 5] = [Role::Clerk, Role::FoiClerk, Role::FoiHead, Role::Leader, Role::Supervisor];

/// Whether this officer registers what comes in.
pub fn registers(caller: &Caller) -> bool {
    [Role::Clerk, Role::FoiClerk].iter().any(|role| caller.has(*role))
}

/// Whether this officer drafts documents.
pub fn drafts(caller: &Caller) -> bool {
    [Role::Handler, Role::UnitHead, Role::FoiClerk].iter().any(|role| caller.has(*role))
}

/// Whether the page of emergency take-downs concerns this officer.
fn publishes(caller: &Caller) -> bool {
    [Role::FoiClerk, Role::FoiHead, Role::Leader, Role::Reviewer, Role::Administrator]
        .iter()
        .any(|role| caller.has(*role))
}

/// Whether an officer reviews documents on their way to the public.
pub fn reviews(caller: &Caller) -> bool {
    [Role::Reviewer, Role::FoiClerk, Role::FoiHead].iter().any(|role| caller.has(*role))
}

/// Whether an officer has only documents to review, and nothing to handle.
pub fn only_reviews(caller: &Caller) -> bool {
    caller.roles.iter().all(|role| *role == Role::Reviewer)
}

/// Whether an officer approves anything.
pub fn approves(caller: &Caller) -> bool {
    [Role::UnitHead, Role::FoiHead, Role::Leader].iter().any(|role| caller.has(*role))
}

/// Whether an officer has to do with matters at all; administrators and auditors as such have not.
pub fn works(caller: &Caller) -> bool {
    caller.roles.iter().any(|role| !matches!(role, Role::Administrator | Role::Auditor))
}

fn rail(caller: &Caller, counters: &[(ListView, usize)], here: &str) -> Vec<RailGroup> {
    let item = |href: String, label: &str, count: String, tone| RailItem {
        here: href == here,
        href,
        label: label.to_owned(),
        count,
        tone,
    };
    let queue = |view: ListView| {
        let count = counters.iter().find(|(known, _)| *known == view).map(|(_, count)| *count);
        let tone = match (view, count) {
            (ListView::Overdue, Some(1..)) => LampKind::Red,
            (ListView::Near, Some(1..)) => LampKind::Amber,
            _ => LampKind::Grey,
        };
        item(queue_address(view), view.label(), count.map(counted).unwrap_or_default(), tone)
    };
    let place = |href: &str, label: &str| item(href.to_owned(), label, String::new(), LampKind::Grey);
    let mut today = vec![place("/desk", "工作台")];
    let waiting = [ListView::Overdue, ListView::Near, ListView::Returned, ListView::ToSign, ListView::ToHandle];
    let nothing_own = only_reviews(caller);
    let own = |view: &ListView| matches!(view, ListView::Overdue | ListView::Near);
    today.extend(waiting.into_iter().filter(|view| !nothing_own || own(view)).map(queue));
    today.extend(reviews(caller).then(|| queue(ListView::ToReview)));
    today.extend(approves(caller).then(|| queue(ListView::ToApprove)));
    let mut work: Vec<RailItem> = registers(caller).then(|| place("/desk/register", "登记")).into_iter().collect();
    work.extend(drafts(caller).then(|| place("/desk/document", "拟稿")));
    work.extend([ListView::Waiting, ListView::Closed, ListView::All].map(queue));
    work.push(place("/desk/search", "检索"));
    let mut rest = vec![place("/desk/figures", "统计"), place("/desk/catalogue", "公开事项目录")];
    rest.extend(works(caller).then(|| place("/desk/reprints", "转载任务")));
    rest.extend(works(caller).then(|| place("/desk/inspections", "自查")));
    rest.extend(OUTBOX.iter().any(|role| caller.has(*role)).then(|| place("/desk/outbox", "发件箱")));
    rest.extend(publishes(caller).then(|| place("/desk/takedown", "紧急撤下")));
    rest.extend(caller.has(Role::Auditor).then(|| place("/desk/audit", "查阅记录")));
    rest.extend(caller.has(Role::Administrator).then(|| place("/desk/people", "人员与机构")));
    if !works(caller) {
        today.truncate(1);
        work.clear();
    }
    let groups = [("今天", today), ("办件", work), ("管理", rest)].into_iter().filter(|(_, items)| !items.is_empty());
    groups.map(|(title, items)| RailGroup { title: title.into(), items }).collect()
}

/// A count as the rail shows it: the lists are counted up to a bound.
pub fn counted(count: usize) -> String {
    if count >= COUNTED_MAX { format!("{}+", COUNTED_MAX - 1) } else { count.to_string() }
}

/// A sentence above the page.
pub fn flash(sort: &'static str, text: impl Into<String>) -> Option<Flash> {
    Some(Flash { sort, text: text.into() })
}

/// The page as an answer.
///
/// # Errors
/// Our failure when the template cannot be rendered.
pub fn page(page: &impl Template) -> Result<Response, Trouble> {
    answer(StatusCode::OK, page)
}

/// The page of a form that was sent with errors: what was typed stands in it.
///
/// # Errors
/// Our failure when the template cannot be rendered.
pub fn again(page: &impl Template) -> Result<Response, Trouble> {
    answer(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// The page under a status.
///
/// # Errors
/// Our failure when the template cannot be rendered.
pub fn answer(status: StatusCode, page: &impl Template) -> Result<Response, Trouble> {
    let html = page.render().map_err(|_| Trouble::new(Kind::Fault))?;
    Ok((status, Html(html)).into_response())
}

/// Units in use, to choose from.
///
/// # Errors
/// Busy or our failure.
pub async fn units(site: &Site, caller: &Caller) -> Result<Vec<Choice>, Trouble> {
    let units = site.office.units(caller).await?;
    Ok(units.into_iter().filter(|unit| unit.active).map(|unit| Choice::new(unit.id.to_string(), unit.name)).collect())
}

/// Officers who handle matters, to choose from.
///
/// # Errors
/// Busy or our failure.
pub async fn officers(site: &Site, caller: &Caller) -> Result<Vec<Choice>, Trouble> {
    let officers = site.office.officers(caller).await?;
    let handle = officers.into_iter().filter(|one| one.active && one.roles.contains(&Role::Handler));
    Ok(handle.map(|one| Choice::new(one.id.to_string(), one.name)).collect())
}
