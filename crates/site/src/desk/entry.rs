//! One entry of the catalogue: its form, its history, and what is told when two people edit it at once.

use super::catalogue::{PATH, edits, lamp};
use super::entry_form::fields;
use super::parts::Fields;
use super::{frame, perform, shell::Shell};
use crate::Site;
use crate::component::{ErrorSummary, Guard, Lamp};
use crate::form::{self, Form};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::Fail;
use office::catalogue::{Change, Listed, differences};
use publication::catalogue::{Counts, Entry, Level, Manner, Mark, Period, Word};
use std::sync::Arc;

/// One entry.
#[derive(Template)]
#[template(path = "desk/entry.html")]
pub struct EntryPage {
    /// The frame.
    pub shell: Shell,
    /// Its name, or that it is new.
    pub title: String,
    /// How it stands, and what is public under it; none for a new entry.
    pub stands: Option<(Lamp, String)>,
    /// Where the form goes.
    pub action: String,
    /// The form; none for those who only read.
    pub fields: Option<Fields>,
    /// Its values, for those who only read.
    pub values: Vec<(String, String)>,
    /// Token, key, and the change that the officer saw.
    pub guard: Guard,
    /// What is wrong besides the fields.
    pub errors: ErrorSummary,
    /// What others did meanwhile: their acts; column, theirs, mine.
    pub clash: Option<Clash>,
    /// Every change, newest first.
    pub history: Vec<Past>,
    /// Where it is taken out or in, and the word for it; empty for a new entry.
    pub ending: Option<(String, &'static str)>,
}

/// What others did while the officer was writing.
#[derive(Clone, Debug, Default)]
pub struct Clash {
    /// When and what.
    pub since: Vec<(String, String)>,
    /// Column, what stands there now, what the officer wrote.
    pub differs: Vec<(String, String, String)>,
}

/// One change.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// When, who, what.
    pub head: String,
    /// Why.
    pub reason: String,
    /// Column, before, after.
    pub differs: Vec<(String, String, String)>,
}

/// What was typed.
struct Typed {
    entry: Entry,
    unit: Option<i64>,
    reason: String,
    errors: ErrorSummary,
}

fn words<T: Word>(form: &Form, name: &str) -> Vec<T> {
    form.all(name).filter_map(T::read).collect()
}

fn typed(form: &Form) -> Typed {
    let mut errors = ErrorSummary::default();
    let split = |text: &str| {
        text.split(['、', '\n', '；']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
    };
    let period = match form.code("period").as_str() {
        "days" => form.number("days").and_then(|days| Period::read(&days.to_string())),
        code => Period::read(code),
    };
    if period.is_none() {
        errors.add("days", "每几个工作日更新一次，请填写1到500之间的整数。");
    }
    let since = form.code("since");
    let day = since.parse().ok().filter(|day: &law::Date| (1949..=2100).contains(&day.year()));
    if day.is_none() && !since.is_empty() {
        errors.add("since", "起始日期不是真实的日期，请按“2026-11-22”的样子填写。");
    }
    let chosen = |name: &str| form.all(name).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let entry = Entry {
        top: form.line("top"),
        item: form.line("item"),
        content: form.text("content"),
        basis: form.text("basis"),
        time_limit: form.line("time_limit"),
        subject: form.line("subject"),
        channels: split(&form.text("channels")),
        audience: form.line("audience"),
        manner: Manner::read(form.raw("manner")).unwrap_or_default(),
        levels: words::<Level>(form, "levels"),
        marks: words::<Mark>(form, "marks"),
        period: period.unwrap_or_default(),
        within: form.number("within").and_then(|days| u32::try_from(days).ok()).unwrap_or(0),
        since: day,
        nothing: form.line("nothing"),
        counts: Counts {
            columns: chosen("columns"),
            kinds: chosen("kinds"),
            topic: form.code("topic"),
            title: form.line("title"),
            own_unit: form.raw("own_unit") == "1",
        },
    };
    Typed { entry, unit: form.number("unit"), reason: form.line("reason"), errors }
}

/// A blank entry.
///
/// # Errors
/// Busy or our failure.
pub async fn blank(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let entry = Entry { levels: vec![Level::County], ..Entry::default() };
    let typed = Typed { entry, unit: None, reason: String::new(), errors: ErrorSummary::default() };
    frame::page(&compose(&site, &visit, None, Some(typed)).await?)
}

/// Adds an entry.
///
/// # Errors
/// Not the open-government office, busy, or our failure.
pub async fn add(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let mut typed = typed(&form);
    if typed.errors.is_empty() {
        let added =
            site.office.add_catalogue_entry(&visit.caller, typed.entry.clone(), typed.unit, &typed.reason).await;
        match added {
            Ok(id) => return Ok(form::see(&format!("{PATH}/{id}"))),
            Err(Fail::Invalid(wrong)) => typed.errors = perform::at_fields(wrong),
            Err(other) => return Err(other.into()),
        }
    }
    frame::again(&compose(&site, &visit, None, Some(typed)).await?)
}

/// An entry with its history.
///
/// # Errors
/// There is no such entry, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let stored = site.office.catalogue_entry(&visit.caller, id).await?;
    frame::page(&compose(&site, &visit, Some(stored), None).await?)
}

/// Changes an entry; when somebody else changed it meanwhile, both forms are shown.
///
/// # Errors
/// Not the open-government office, no such entry, busy, or our failure.
pub async fn save(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let mut typed = typed(&form);
    let mut clash = None;
    if typed.errors.is_empty() {
        let seen = (id, form.expected_seq().unwrap_or_default());
        let entry = typed.entry.clone();
        match site.office.change_catalogue_entry(&visit.caller, seen, entry, typed.unit, &typed.reason).await {
            Ok(()) => return Ok(form::see(&format!("{PATH}/{id}"))),
            Err(Fail::Invalid(wrong)) => typed.errors = perform::at_fields(wrong),
            Err(Fail::Conflict(conflict)) => clash = Some(conflict),
            Err(other) => return Err(other.into()),
        }
    }
    let stored = site.office.catalogue_entry(&visit.caller, id).await?;
    let clash = match clash {
        Some(conflict) => Some(told(&site, &visit, &stored.0, &typed, conflict).await?),
        None => None,
    };
    let status =
        if clash.is_some() { axum::http::StatusCode::CONFLICT } else { axum::http::StatusCode::UNPROCESSABLE_ENTITY };
    let page = compose(&site, &visit, Some(stored), Some(typed)).await?;
    frame::answer(status, &EntryPage { clash, ..page })
}

/// Takes an entry out of the catalogue, or in again.
///
/// # Errors
/// No reason, not the open-government office, busy, or our failure.
pub async fn end(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let seen = (id, form.expected_seq().unwrap_or_default());
    let out = form.raw("out") == "1";
    site.office.end_catalogue_entry(&visit.caller, seen, out, &form.line("end_reason")).await?;
    Ok(form::see(&format!("{PATH}/{id}")))
}

async fn told(
    site: &Site,
    visit: &Visit,
    now: &Listed,
    typed: &Typed,
    conflict: office::Conflict,
) -> Result<Clash, Trouble> {
    let names = site.office.catalogue_names(visit.caller.body).await?;
    let body = frame::body_name(site, visit.caller.body);
    let unit = names.units.iter().find(|(id, _)| Some(*id) == typed.unit).map_or("", |(_, name)| name);
    Ok(Clash {
        since: conflict.since.into_iter().map(|one| (one.at.to_minute(), one.label)).collect(),
        differs: differences((&now.entry, now.unit_name()), (&typed.entry, unit), &body, &names),
    })
}

async fn compose(
    site: &Site,
    visit: &Visit,
    stored: Option<(Listed, Vec<Change>)>,
    typed: Option<Typed>,
) -> Result<EntryPage, Trouble> {
    let names = site.office.catalogue_names(visit.caller.body).await?;
    let body = frame::body_name(site, visit.caller.body);
    let units = frame::units(site, &visit.caller).await?;
    let shell = frame::shell(site, visit, PATH).await?;
    let seen = stored.as_ref().map_or(0, |(one, _)| one.seq);
    let guard = Guard { csrf: shell.csrf.clone(), key: shell.key.clone(), more: vec![(form::SEEN, seen.to_string())] };
    let mine = edits(&visit.caller);
    let shown = match (&typed, &stored) {
        (Some(typed), _) => (&typed.entry, typed.unit, typed.reason.as_str()),
        (None, Some((one, _))) => (&one.entry, one.unit.as_ref().map(|(id, _)| *id), ""),
        (None, None) => return Err(Trouble::new(crate::problem::Kind::NotFound)),
    };
    let errors = typed.as_ref().map(|typed| typed.errors.clone()).unwrap_or_default();
    let cells = shown.0.cells(0, &body, stored.as_ref().map_or("", |(one, _)| one.unit_name()), &names);
    let heads = publication::catalogue::COLUMNS.iter().map(|head| (*head).to_owned());
    Ok(EntryPage {
        title: stored.as_ref().map_or_else(|| "新增条目".to_owned(), |(one, _)| one.entry.item.clone()),
        stands: stored.as_ref().map(|(one, _)| stands(one)),
        action: stored.as_ref().map_or_else(|| format!("{PATH}/new"), |(one, _)| format!("{PATH}/{}", one.id)),
        fields: mine.then(|| fields(shown, &errors, &names, units, stored.is_some())),
        values: heads.zip(cells).skip(1).filter(|(_, value)| !value.is_empty()).collect(),
        ending: stored
            .as_ref()
            .filter(|_| mine)
            .map(|(one, _)| (format!("{PATH}/{}/end", one.id), if one.ended.is_some() { "恢复" } else { "移出目录" })),
        history: stored.map(|(_, history)| history.into_iter().map(past).collect()).unwrap_or_default(),
        errors,
        clash: None,
        guard,
        shell,
    })
}

fn stands(one: &Listed) -> (Lamp, String) {
    if let Some(at) = one.ended {
        return (Lamp::new(crate::component::LampKind::Grey, "已移出目录"), format!("{}移出", at.date()));
    }
    let last = one.holds.last.map(|day| format!("，最近更新于{day}")).unwrap_or_default();
    let due = one.standing.due.map(|day| format!("，应在{day}前公开")).unwrap_or_default();
    (lamp(one.standing.state), format!("按规则算入{}条{last}{due}", one.holds.total))
}

fn past(change: Change) -> Past {
    let by = if change.by.is_empty() { "系统".to_owned() } else { change.by };
    let act = change.act.map_or("修改", office::catalogue::Act::label);
    Past {
        head: format!("{}　{by}　{act}", change.at.to_minute()), reason: change.reason, differs: change.differences
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;
    use crate::component::LampKind;
    use publication::catalogue::Names;

    #[test]
    fn an_entry_shows_its_history_and_what_another_editor_did() {
        let differs = || vec![("更新周期".to_owned(), "每季度".to_owned(), HOSTILE.to_owned())];
        let shell = sample(PATH);
        let guard = Guard { csrf: "sample".into(), key: "sample".into(), more: vec![(form::SEEN, "2".into())] };
        let entry = Entry { top: "民生领域".into(), item: "社会救助".into(), ..Entry::default() };
        let names = Names { columns: vec![("gg".into(), "公告公示".into())], ..Names::default() };
        let fields = fields((&entry, None, ""), &ErrorSummary::default(), &names, Vec::new(), true);
        let page = EntryPage {
            shell,
            title: "社会救助".into(),
            stands: Some((Lamp::new(LampKind::Red, "逾期"), "按规则算入1条，最近更新于2026-07-28".into())),
            action: "/desk/catalogue/3".into(),
            fields: Some(fields),
            values: Vec::new(),
            guard,
            errors: ErrorSummary::default(),
            clash: Some(Clash {
                since: vec![("2026-11-20 10:12".into(), "办事员甲修改".into())], differs: differs()
            }),
            history: vec![Past {
                head: "2026-11-20 10:12　办事员甲　修改".into(),
                reason: HOSTILE.into(),
                differs: differs(),
            }],
            ending: Some(("/desk/catalogue/3/end".into(), "移出目录")),
        };
        let html = check("entry", &page);
        assert!(html.contains("没有保存") && html.contains("修改记录") && !html.contains(HOSTILE));
        let read = EntryPage {
            fields: None,
            clash: None,
            ending: None,
            values: vec![("公开依据".into(), HOSTILE.into())],
            ..page
        };
        assert!(!check("entry_read", &read).contains("<form method=\"post\" action=\"/desk/catalogue"));
    }
}
