//! 自查: inspections that were kept, and the report of one: what was found, to whom it counts, where it is
//! mended; what becomes due when the law changes. Printed as it stands.

use super::{frame, shell::Shell};
use crate::Site;
use crate::component::Link;
use crate::form;
use crate::lang::query_value;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::inspect::{Finding, Inspection, Kept, Row, Series, Sort, Target};
use office::{Caller, Role};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where inspections are.
pub const PATH: &str = "/desk/inspections";

/// Those who may begin one.
pub const INSPECTORS: [Role; 4] = [Role::FoiClerk, Role::FoiHead, Role::Leader, Role::Supervisor];

/// Inspections that were kept.
#[derive(Template)]
#[template(path = "desk/inspections.html")]
pub struct InspectionsPage {
    /// The frame.
    pub shell: Shell,
    /// When the worker begins one by itself.
    pub days: String,
    /// Inspections: link, who, sort, findings.
    pub rows: Vec<(Link, String, &'static str, i64)>,
    /// This officer may begin one.
    pub begins: bool,
}

/// One inspection.
#[derive(Template)]
#[template(path = "desk/inspection.html")]
pub struct InspectionPage {
    /// The frame.
    pub shell: Shell,
    /// When, who, what was looked at.
    pub told: Vec<String>,
    /// Findings of each sort.
    pub parts: Vec<Part>,
    /// Units: name, findings.
    pub units: Vec<(String, usize)>,
    /// Series of 文号.
    pub series: Vec<Series>,
}

/// Findings of one sort.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// For the address of its place on the page.
    pub id: String,
    /// What they are about.
    pub label: &'static str,
    /// What is to be done.
    pub remedy: &'static str,
    /// Findings: where each is mended, unit, what is wrong.
    pub rows: Vec<(Link, String, String)>,
}

fn begins(caller: &Caller) -> bool {
    INSPECTORS.iter().any(|role| caller.has(*role))
}

/// Inspections that were kept.
///
/// # Errors
/// Busy or our failure.
pub async fn list(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let rows = site.office.inspections(&visit.caller).await?;
    let line = |row: Row| {
        let by = if row.by.is_empty() { "系统".to_owned() } else { row.by };
        (Link::new(format!("{PATH}/{}", row.id), row.at.to_minute()), by, sort(row.slot.as_deref()), row.findings)
    };
    let days: Vec<String> = site.office.inspection_days().iter().map(|day| spoken(day)).collect();
    frame::page(&InspectionsPage {
        shell: frame::shell(&site, &visit, PATH).await?,
        days: days.join("、"),
        rows: rows.into_iter().map(line).collect(),
        begins: begins(&visit.caller),
    })
}

/// Begins one; its report is shown.
///
/// # Errors
/// Busy or our failure.
pub async fn begin(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let id = site.office.keep_inspection(&visit.caller).await?;
    Ok(form::see(&format!("{PATH}/{id}")))
}

/// The report of one.
///
/// # Errors
/// There is no such inspection, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let kept = site.office.inspection(&visit.caller, id).await?;
    frame::page(&page(frame::shell(&site, &visit, PATH).await?, kept))
}

/// `07-10` as it is spoken.
fn spoken(day: &str) -> String {
    let number = |part: &str| part.trim_start_matches('0').to_owned();
    day.split_once('-').map(|(month, day)| format!("{}月{}日", number(month), number(day))).unwrap_or_default()
}

fn sort(slot: Option<&str>) -> &'static str {
    if slot.is_some() { "半年自查" } else { "临时自查" }
}

fn page(shell: Shell, kept: Kept) -> InspectionPage {
    let Kept { row, found } = kept;
    let by = if row.by.is_empty() { "系统".to_owned() } else { row.by };
    let Inspection { documents, columns, entries, reprints, series, findings } = found;
    let told = vec![
        format!("{}　{}　由{by}发起", row.at.to_minute(), sort(row.slot.as_deref())),
        format!(
            "查看文稿{documents}件、栏目{columns}个、目录条目{entries}项、转载任务{reprints}件、文号系列{}个，发现{}项。",
            series.len(),
            findings.len()
        ),
    ];
    let mut units: BTreeMap<String, usize> = BTreeMap::new();
    for one in findings.iter().filter(|one| !one.unit.is_empty()) {
        *units.entry(one.unit.clone()).or_default() += 1;
    }
    let mut units: Vec<_> = units.into_iter().collect();
    units.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let part = |(at, sort): (usize, Sort)| Part {
        id: format!("f{at}"),
        label: sort.label(),
        remedy: sort.remedy(),
        rows: findings.iter().filter(|one| one.sort == sort).map(line).collect(),
    };
    let parts = Sort::ALL.into_iter().enumerate().map(part).filter(|part| !part.rows.is_empty()).collect();
    InspectionPage { shell, told, parts, units, series }
}

fn line(finding: &Finding) -> (Link, String, String) {
    let href = match &finding.target {
        Target::Nothing => String::new(),
        Target::Matter(id) => format!("/desk/m/{id}"),
        Target::Entry(id) => format!("{}/{id}", super::catalogue::PATH),
        Target::Reprint(id) => format!("{}#r{id}", super::reprints::PATH),
        Target::Column(id) => format!("/c/{id}"),
        Target::Item(id) => format!("/a/{id}"),
        Target::Number(number) => format!("/desk/search?q={}", query_value(number)),
        Target::Limits => "/xxgk".to_owned(),
    };
    let on = if finding.on.is_empty() { "查看".to_owned() } else { finding.on.clone() };
    (Link::new(href, on), finding.unit.clone(), finding.text.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn every_finding_leads_to_where_it_is_mended() {
        let finding = |sort, on: &str, target| Finding {
            sort,
            on: on.into(),
            unit: "区民政局".into(),
            text: HOSTILE.into(),
            target,
        };
        let found = Inspection {
            documents: 20,
            columns: 15,
            entries: 29,
            reprints: 3,
            series: vec![Series {
                name: "晴政办规〔2026〕".into(),
                highest: 6,
                public: 1,
                under_way: 1,
                withheld: 0,
                unexplained: vec![1, 2, 3, 4],
            }],
            findings: vec![
                finding(Sort::Unpublished, "晴GK2026-000007", Target::Matter(7)),
                finding(Sort::EntryLate, "民生领域：社会救助", Target::Entry(9)),
                finding(Sort::NotReprinted, "关于做好冬季保供暖工作的通知", Target::Reprint(3)),
                finding(Sort::Unexplained, "晴政办规〔2026〕4号", Target::Number("晴政办规〔2026〕4号".into())),
                finding(Sort::LimitChanged, "答复", Target::Limits),
            ],
        };
        let row = Row {
            id: 1,
            at: law::Moment::from_millis(0),
            by: String::new(),
            slot: Some("2026-07-10".into()),
            findings: 5,
        };
        let html = check("inspection", &page(sample(PATH), Kept { row, found }));
        for href in ["/desk/m/7", "/desk/catalogue/9", "/desk/reprints#r3", "/desk/search?q=%E6%99%B4"] {
            assert!(html.contains(href), "{href}");
        }
        assert!(html.contains("半年自查") && html.contains("1、2、3、4") && !html.contains(HOSTILE));
        let list = InspectionsPage {
            shell: sample(PATH),
            days: ["01-10", "07-10"].map(spoken).join("、"),
            rows: vec![(Link::new("/desk/inspections/1", "2026-07-10 08:00"), "系统".into(), "半年自查", 5)],
            begins: true,
        };
        assert!(check("inspections", &list).contains("1月10日、7月10日"));
    }
}
