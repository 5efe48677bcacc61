//! 转载任务: notices of higher bodies that are to be reprinted; which are late; the proof of those that were.

use super::parts::{Cell, Fields};
use super::tables::{Report, TablesPage};
use super::{frame, perform, shell::Shell, tables};
use crate::Site;
use crate::component::{Choice, ErrorSummary, Field, Input, Lamp, LampKind, Link, Width};
use crate::form::{self, Form};
use crate::lang::query_value;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::Fail;
use office::reprint::{Duty, Stand};
use publication::reprint::{COLUMNS, Notice, Rank};
use std::sync::Arc;

/// Where the duties are.
pub const PATH: &str = "/desk/reprints";

/// Names of the form's fields, in the order of the columns of a table.
const NAMES: [&str; 6] = ["title", "issuer", "number", "address", "published", "level"];

/// The duties.
#[derive(Template)]
#[template(path = "desk/reprints.html")]
pub struct ReprintsPage {
    /// The frame.
    pub shell: Shell,
    /// How many are open, and how many of them late.
    pub told: String,
    /// Duties: open ones first.
    pub rows: Vec<Line>,
    /// The form for one more; none for those who only read.
    pub fields: Option<Fields>,
    /// What is wrong with it.
    pub errors: ErrorSummary,
}

/// One duty.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its id, for the address of its place on the page.
    pub id: i64,
    /// How it stands.
    pub lamp: Lamp,
    /// Title, at its source.
    pub source: Link,
    /// Who issued it, and when.
    pub issued: String,
    /// Until when, and by which rule.
    pub due: String,
    /// The item that reprints it, or none.
    pub item: Option<Link>,
    /// Proof, or why it was not reprinted.
    pub note: String,
    /// Where a draft is begun; empty when it is not open, or this officer drafts nothing.
    pub draft: String,
    /// It can be put aside with a reason.
    pub waive: bool,
}

/// The duties.
///
/// # Errors
/// Busy or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    frame::page(&page(&site, &visit, Default::default(), ErrorSummary::default()).await?)
}

/// Enters one more.
///
/// # Errors
/// Not the open-government office, a secrecy mark, busy, or our failure.
pub async fn enter(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed = NAMES.map(|name| form.line(name));
    let ranks = site.office.reprint_ranks().1;
    let mut errors = ErrorSummary::default();
    match Notice::read(typed.each_ref().map(String::as_str), &ranks, site.office.now()) {
        Ok(notice) => match site.office.enter_reprints(&visit.caller, vec![notice], form.number("unit")).await {
            Ok(0) => errors.add("address", "这个来源网址已经登记过转载任务，请在下面的列表里查找。"),
            Ok(_) => return Ok(form::see(PATH)),
            Err(Fail::Invalid(wrong)) => errors = perform::at_fields(wrong),
            Err(other) => return Err(other.into()),
        },
        Err(wrong) => {
            for (at, sentence) in wrong {
                errors.add(NAMES.get(at).copied().unwrap_or_default(), sentence);
            }
        }
    }
    frame::again(&page(&site, &visit, typed, errors).await?)
}

/// Puts a duty aside: the notice does not concern this body.
///
/// # Errors
/// No reason, no such open duty, busy, or our failure.
pub async fn waive(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    site.office.waive_reprint(&visit.caller, id, &form.line("reason")).await?;
    Ok(form::see(PATH))
}

/// The page before a table of notices is imported.
///
/// # Errors
/// Busy or our failure.
pub async fn show_import(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    frame::page(&import_page(&site, &visit, ErrorSummary::default(), None).await?)
}

/// Looks at a table of notices, or enters them.
///
/// # Errors
/// Not the open-government office, a secrecy mark, busy, or our failure.
pub async fn take(State(site): State<Arc<Site>>, visit: Visit, mut form: Form) -> Result<Response, Trouble> {
    let write = form.raw("then") == "write";
    let read = tables::rows(&mut form).and_then(|rows| {
        publication::reprint::table(&rows, &site.office.reprint_ranks().1, site.office.now()).map_err(|sentence| {
            let mut errors = ErrorSummary::default();
            errors.add("file", sentence);
            errors
        })
    });
    let (notices, faults) = match read {
        Ok(read) => read,
        Err(errors) => return frame::again(&import_page(&site, &visit, errors, None).await?),
    };
    let rows: Vec<(u64, String)> = notices.iter().map(|(row, notice)| (*row, notice.title.clone())).collect();
    let all = rows.len();
    let notices = notices.into_iter().map(|(_, notice)| notice).collect();
    let new = if write { site.office.enter_reprints(&visit.caller, notices, None).await? } else { all };
    let told = if write {
        format!("登记了{new}件转载任务，{}件已经登记过，{}处有问题没有读入。", all - new.min(all), faults.len())
    } else {
        format!("只是核对，还没有写入：可以读入{all}件，{}处有问题。", faults.len())
    };
    let report = Report {
        told,
        rehearsed: !write,
        faults: faults.into_iter().map(|fault| (fault.row, fault.column, fault.sentence)).collect(),
        rows: rows.into_iter().map(|(row, title)| (row, title, Lamp::new(LampKind::Green, "可以读入"))).collect(),
    };
    frame::page(&import_page(&site, &visit, ErrorSummary::default(), Some(report)).await?)
}

async fn import_page(
    site: &Site,
    visit: &Visit,
    errors: ErrorSummary,
    report: Option<Report>,
) -> Result<TablesPage, Trouble> {
    let ranks: Vec<String> = site.office.reprint_ranks().1.into_iter().map(|rank| rank.label).collect();
    Ok(TablesPage {
        shell: frame::shell(site, visit, PATH).await?,
        title: "用表格登记转载任务",
        action: "/desk/reprints/import",
        back: PATH,
        about: format!(
            "首行是列名：{}。层级填写{}；发布时间填写到日或者到分。来源网址相同的只登记一次。",
            COLUMNS.join("、"),
            ranks.join("或者")
        ),
        model: "",
        fields: tables::fields(&errors, String::new()).into_iter().take(1).collect(),
        errors,
        report,
    })
}

async fn page(site: &Site, visit: &Visit, typed: [String; 6], errors: ErrorSummary) -> Result<ReprintsPage, Trouble> {
    let caller = &visit.caller;
    let edits = super::catalogue::edits(caller);
    let (kind, ranks) = site.office.reprint_ranks();
    let (duties, now) = (site.office.reprints(caller.body).await?, site.office.now());
    let open = duties.iter().filter(|duty| duty.stand == Stand::Open).count();
    let late = duties.iter().filter(|duty| duty.stand == Stand::Open && duty.is_late(now)).count();
    let drafts = if frame::drafts(caller) { kind } else { String::new() };
    let units = frame::units(site, caller).await?;
    Ok(ReprintsPage {
        shell: frame::shell(site, visit, PATH).await?,
        told: format!("待转载{open}件，其中逾期{late}件"),
        rows: duties.iter().map(|duty| line(site, duty, now, &drafts, edits)).collect(),
        fields: edits.then(|| fields(&typed, &errors, &ranks, units)),
        errors,
    })
}

fn line(site: &Site, duty: &Duty, now: law::Moment, kind: &str, edits: bool) -> Line {
    let notice = &duty.notice;
    let open = duty.stand == Stand::Open;
    let lamp = match &duty.stand {
        Stand::Open if duty.is_late(now) => Lamp::new(LampKind::Red, "逾期"),
        Stand::Open => Lamp::new(LampKind::Amber, "待转载"),
        Stand::Done { .. } if duty.is_late(now) => Lamp::new(LampKind::Blue, "逾期转载"),
        Stand::Done { .. } => Lamp::new(LampKind::Green, "已转载"),
        Stand::Waived { .. } => Lamp::new(LampKind::Grey, "不用转载"),
    };
    let (item, note) = match &duty.stand {
        Stand::Open => (None, String::new()),
        Stand::Done { item, at, hash } => {
            (Some(Link::new(format!("/a/{item}"), format!("{}转载", at.to_minute()))), format!("正文SHA-256：{hash}"))
        }
        Stand::Waived { reason } => (None, reason.clone()),
    };
    let when = notice.published_at.map(law::Moment::to_minute).unwrap_or_default();
    let number = if notice.number.is_empty() { String::new() } else { format!("　{}", notice.number) };
    Line {
        id: duty.id,
        lamp,
        source: Link::new(notice.address.clone(), notice.title.clone()),
        issued: format!("{}　{when}{number}", notice.issuer),
        due: format!("{}前　{}", duty.due, duty.article),
        item,
        note,
        draft: if open && !kind.is_empty() { draft(site, kind, notice) } else { String::new() },
        waive: open && edits,
    }
}

/// A draft in which the source stands already.
fn draft(site: &Site, kind: &str, notice: &Notice) -> String {
    let Some(rule) = site.office.reprint_rule() else { return String::new() };
    let day = notice.published_at.map(|at| at.date().to_string()).unwrap_or_default();
    let fields = [(&rule.address, &notice.address), (&rule.issuer, &notice.issuer), (&rule.issued_on, &day)];
    let mut address = format!("/desk/document/new?kind={kind}&title={}", query_value(&notice.title));
    for (field, value) in fields {
        address.push_str(&format!("&document.{field}={}", query_value(value)));
    }
    address
}

fn fields(typed: &[String; 6], errors: &ErrorSummary, ranks: &[Rank], units: Vec<Choice>) -> Fields {
    let [title, issuer, number, address, published, level] = typed;
    let line = |span, name: &'static str, label: &'static str, value: &str| {
        Cell::Field(span, Field::new(name, label, value).width(Width::Full).error(errors.at(name)))
    };
    let hinted = |cell: Cell, hint: &'static str| match cell {
        Cell::Field(span, field) => Cell::Field(span, field.hint(hint)),
        other => other,
    };
    let ranks = ranks.iter().map(|rank| Choice::new(rank.id.clone(), rank.label.clone()).chosen_if(level)).collect();
    let units = std::iter::once(Choice::new("", "还没有确定")).chain(units).collect();
    let select = |span, name: &'static str, label: &'static str, options| {
        let field = Field::new(name, label, "").input(Input::Select(options)).width(Width::Full);
        Cell::Field(span, field.error(errors.at(name)))
    };
    Fields {
        cells: vec![
            line(8, "title", "标题", title),
            line(4, "issuer", "发布机关", issuer),
            hinted(
                line(8, "address", "来源网址", address),
                "原发布机关网站上的地址；转载稿的原文地址与它一致，任务即算完成",
            ),
            hinted(line(4, "number", "文号", number), "没有的不填"),
            hinted(line(4, "published", "发布时间", published), "如2026-11-22 09:30"),
            select(4, "level", "层级", ranks),
            select(4, "unit", "责任单位", units),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn duties_show_lateness_and_proof() {
        let row = |kind, word, title: &'static str| Line {
            id: 3,
            lamp: Lamp::new(kind, word),
            source: Link::new("https://www.gov.example/1", title),
            issued: "国务院办公厅　2026-11-17 09:00".into(),
            due: "2026-11-18 09:00前　《政府网站发展指引》".into(),
            ..Line::default()
        };
        let late =
            Line { draft: "/desk/document/new?kind=x".into(), waive: true, ..row(LampKind::Red, "逾期", HOSTILE) };
        let done = Line {
            id: 4,
            item: Some(Link::new("/a/1", "2026-11-09 10:00转载")),
            note: "正文SHA-256：9f2c".into(),
            ..row(LampKind::Green, "已转载", "关于促进养老服务发展的若干意见")
        };
        let ranks = [Rank { id: "state".into(), label: "国务院".into(), limit: "site.reprint".into() }];
        let page = ReprintsPage {
            shell: sample(PATH),
            told: "待转载1件，其中逾期1件".into(),
            rows: vec![late, done],
            fields: Some(fields(&Default::default(), &ErrorSummary::default(), &ranks, Vec::new())),
            errors: ErrorSummary::default(),
        };
        let html = check("reprints", &page);
        assert!(html.contains("逾期") && html.contains("SHA-256") && !html.contains(HOSTILE));
    }
}
