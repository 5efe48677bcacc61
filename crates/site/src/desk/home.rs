//! D2: what the officer must do today.

use super::{frame, parts::Queue, shell::Shell, show};
use crate::Site;
use crate::component::{LampKind, Link};
use crate::form::Form;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use law::{Calendar, Date, Moment};
use office::{ListQuery, ListRow, ListView};
use std::sync::Arc;

/// The first page after sign-in: counters, the most pressing matters, the next two weeks.
#[derive(Template)]
#[template(path = "desk/home.html")]
pub struct HomePage {
    /// The frame.
    pub shell: Shell,
    /// 2026年11月22日　星期日.
    pub today: String,
    /// When the officer signed in before; empty at the first time.
    pub last_sign_in: String,
    /// Red first.
    pub counters: Vec<Counter>,
    /// The most pressing matters.
    pub urgent: Queue,
    /// Where all of them are.
    pub all: String,
    /// Two weeks from Monday, with how many fall due on each day; empty when not counted.
    pub days: Vec<DueDay>,
    /// The officer has to do with matters.
    pub works: bool,
    /// Standing duties that wait: what, where.
    pub duties: Vec<Link>,
}

/// How many matters wait in one queue; opens it.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    /// The queue.
    pub href: String,
    /// Its name.
    pub label: String,
    /// How many, up to 999+.
    pub count: String,
    /// What the number means.
    pub note: String,
    /// Red or amber for warnings.
    pub tone: LampKind,
}

impl Counter {
    /// A warning only while there is something to warn of.
    fn class(&self) -> &'static str {
        if self.count == "0" { "zero" } else { self.tone.class() }
    }
}

/// A day and what falls due on it.
#[derive(Clone, Debug, Default)]
pub struct DueDay {
    /// `22`, or `12/1` on the first of a month.
    pub label: String,
    /// How many matters reach their day of assessment.
    pub count: usize,
    /// 休 or the name of the holiday; empty on a working day.
    pub rest: String,
    /// It is today.
    pub today: bool,
}

/// Queues of those who only review.
const REVIEWERS: [ListView; 3] = [ListView::Overdue, ListView::Near, ListView::ToReview];

/// Rows shown under 先办这些.
const FIRST: usize = 12;

/// The first page.
///
/// # Errors
/// Busy or our failure.
pub async fn show_home(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let counts = site.office.counters(&visit.caller).await?;
    let shell = frame::with_counters(&site, &visit, "/desk", &counts);
    let today = site.office.now().date();
    let view = match &visit.caller {
        caller if caller.has(office::Role::Handler) => ListView::ToHandle,
        caller if frame::only_reviews(caller) => ListView::ToReview,
        _ => ListView::ToSign,
    };
    let (urgent, days) = pressing(&site, &visit, view).await?;
    let last = form.number("last").map(|at| format!("上次登录 {}", Moment::from_millis(at).to_minute()));
    frame::page(&HomePage {
        shell,
        today: format!(
            "{}年{}月{}日　星期{}",
            today.year(),
            today.month(),
            today.day(),
            WEEKDAYS[show::weekday(today) % 7]
        ),
        last_sign_in: last.unwrap_or_default(),
        counters: counts
            .into_iter()
            .filter(|(view, _)| *view != ListView::ToApprove || frame::approves(&visit.caller))
            .filter(|(view, _)| *view != ListView::ToReview || frame::reviews(&visit.caller))
            .filter(|(view, _)| !frame::only_reviews(&visit.caller) || REVIEWERS.contains(view))
            .filter(|_| frame::works(&visit.caller))
            .filter_map(|(view, count)| counter(view, count))
            .collect::<std::collections::BTreeMap<_, _>>()
            .into_values()
            .collect(),
        urgent: show::queue("最急的件", urgent),
        all: frame::queue_address(view),
        days,
        works: frame::works(&visit.caller),
        duties: duties(site.office.waiting_duties(&visit.caller).await?),
    })
}

/// What standing duties wait for, a sentence each; nothing while all is as it should be.
fn duties(tally: office::Tally) -> Vec<Link> {
    let entries = [(tally.empty, "空白"), (tally.late, "逾期"), (tally.stale, "长期未更新")];
    let entries: Vec<String> =
        entries.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{word}{count}项")).collect();
    let mut found = Vec::new();
    if !entries.is_empty() {
        found.push(Link::new("/desk/catalogue", format!("公开事项目录：{}", entries.join("，"))));
    }
    if tally.reprints > 0 {
        let late = if tally.overdue > 0 { format!("，其中逾期{}件", tally.overdue) } else { String::new() };
        found.push(Link::new("/desk/reprints", format!("上级文件待转载{}件{late}", tally.reprints)));
    }
    found
}

/// The most pressing matters, what is late first, then what waits in this officer's own queue; and
/// the two weeks to come, where the queue is short enough to be counted.
async fn pressing(site: &Site, visit: &Visit, own: ListView) -> Result<(Vec<ListRow>, Vec<DueDay>), Trouble> {
    let (mut rows, mut whole) = (Vec::new(), true);
    for view in [ListView::Overdue, ListView::Near, own] {
        let query = ListQuery { limit: 100, ..ListQuery::of(view) };
        let page = site.office.list(&visit.caller, query).await?;
        whole &= page.next.is_none();
        let fresh: Vec<ListRow> =
            page.rows.into_iter().filter(|row| rows.iter().all(|one: &ListRow| one.id != row.id)).collect();
        rows.extend(fresh);
    }
    rows.sort_by_key(|row| (row.aim_on.is_none(), row.aim_on));
    let calendar = site.office.rules().law.calendar();
    let counted = whole && frame::works(&visit.caller);
    let days = if counted { fortnight(&rows, site.office.now().date(), calendar) } else { Vec::new() };
    rows.truncate(FIRST);
    Ok((rows, days))
}

const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// A counter and its place: red first.
fn counter(view: ListView, count: usize) -> Option<(u8, Counter)> {
    let (place, note, tone) = match view {
        ListView::Overdue => (0, "已过考核日", LampKind::Red),
        ListView::Near => (1, "最后四分之一期限", LampKind::Amber),
        ListView::Returned => (2, "改后再送审", LampKind::Grey),
        ListView::ToSign => (3, "还没有人承办", LampKind::Grey),
        ListView::ToHandle => (4, "承办中", LampKind::Grey),
        ListView::ToApprove => (5, "等我审批", LampKind::Grey),
        ListView::ToReview => (6, "等我审查的公文", LampKind::Grey),
        ListView::Waiting => (7, "等对方或者其他单位", LampKind::Grey),
        ListView::Closed | ListView::All => return None,
    };
    let counter = Counter {
        href: frame::queue_address(view),
        label: view.label().into(),
        count: frame::counted(count),
        note: note.into(),
        tone,
    };
    Some((place, counter))
}

/// Two weeks from this Monday, at the week's end from the next, with what falls due on each day.
fn fortnight(rows: &[ListRow], today: Date, calendar: &Calendar) -> Vec<DueDay> {
    let weekday = i64::try_from(show::weekday(today)).unwrap_or(0);
    let back = if weekday < 5 { weekday } else { weekday - 7 };
    let monday = today.saturating_sub(jiff::Span::new().days(back));
    let day = |i: i64| {
        let date = monday.saturating_add(jiff::Span::new().days(i));
        let known = calendar.day(date, &[]);
        DueDay {
            label: if date.day() == 1 { format!("{}/1", date.month()) } else { date.day().to_string() },
            count: rows.iter().filter(|row| row.aim_on == Some(date)).count(),
            rest: if calendar.is_workday(date) {
                String::new()
            } else if known.label.is_empty() {
                "休".into()
            } else {
                known.label.to_owned()
            },
            today: date == today,
        }
    };
    (0..14).map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{check, queue},
        shell::tests::sample,
    };
    use super::*;

    fn page(full: bool) -> HomePage {
        let n = |count: i64| if full { count.to_string() } else { "0".into() };
        let counter = |href: &str, label: &str, count, note: &str, tone| Counter {
            href: href.into(),
            label: label.into(),
            count: n(count),
            note: note.into(),
            tone,
        };
        let day = |i: usize| DueDay {
            label: if i == 8 { "12/1".into() } else { format!("{}", if i < 8 { 23 + i } else { i - 7 }) },
            count: [0, 3, 1, 0, 4, 0, 0, 2, 0, 1, 0, 5, 0, 0][i],
            rest: if i % 7 > 4 { "休".into() } else { String::new() },
            today: i == 0,
        };
        HomePage {
            shell: sample("/desk"),
            today: "2026年11月23日　星期一".into(),
            last_sign_in: "上次登录 2026-11-20 17:42".into(),
            counters: vec![
                counter("/desk/list/overdue", "超期", 3, "含法定超期", LampKind::Red),
                counter("/desk/list/near", "临近到期", 5, "最后四分之一期限", LampKind::Amber),
                counter("/desk/list/returned", "退回", 1, "改后再送审", LampKind::Grey),
                counter("/desk/list/sign", "待签收", 6, "分到本单位", LampKind::Grey),
                counter("/desk/list/handle", "待办", 27, "由我承办", LampKind::Grey),
                counter("/desk/approvals", "待审", 4, "等我审批", LampKind::Grey),
                counter("/desk/list/waiting", "等待中", 8, "等对方或其他单位", LampKind::Grey),
            ],
            urgent: queue(if full { 12 } else { 0 }),
            all: "/desk/list/handle".into(),
            days: if full { (0..14).map(day).collect() } else { Vec::new() },
            works: true,
            duties: if full { duties(office::Tally { empty: 2, late: 1, ..Default::default() }) } else { Vec::new() },
        }
    }

    #[test]
    fn home_shows_red_first_and_renders_empty() {
        let html = check("home", &page(true));
        let at = |word: &str| html.find(word).unwrap_or(usize::MAX);
        assert!(
            at("<span>超期</span>") < at("<span>临近到期</span>")
                && at("<span>临近到期</span>") < at("<span>待办</span>")
        );
        let html = check("home_empty", &page(false));
        let idle = HomePage { works: false, counters: Vec::new(), ..page(false) };
        assert!(!check("home_idle", &idle).contains("先办这些"));
        assert!(!html.contains("公开事项目录："));
        assert!(html.contains("zero") && html.contains("眼下没有要办的件"));
    }
}
