//! Tables that officers bring (D24): looked at first, written when asked for, with a report of every row.

use super::{catalogue, frame, shell::Shell};
use crate::Site;
use crate::component::{ErrorSummary, Field, Input, Lamp, LampKind};
use crate::form::Form;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::Fail;
use office::catalogue::Outcome;
use publication::catalogue::RowFault;
use std::sync::Arc;

/// What may be chosen as a file.
const ACCEPT: &str = ".xlsx,.csv";

/// The page of an import.
#[derive(Template)]
#[template(path = "desk/tables.html")]
pub struct TablesPage {
    /// The frame.
    pub shell: Shell,
    /// What is imported.
    pub title: &'static str,
    /// Where the form goes, and where the list is.
    pub action: &'static str,
    /// The list it goes into.
    pub back: &'static str,
    /// Which columns the table has.
    pub about: String,
    /// Where a table to fill in is had, or empty.
    pub model: &'static str,
    /// The file, and why.
    pub fields: Vec<Field>,
    /// What is wrong with the form.
    pub errors: ErrorSummary,
    /// What became of the rows; none before a file came.
    pub report: Option<Report>,
}

/// What became of a table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In one sentence.
    pub told: String,
    /// It was only looked at.
    pub rehearsed: bool,
    /// Row, field, sentence.
    pub faults: Vec<(u64, String, String)>,
    /// Row, name, what became of it.
    pub rows: Vec<(u64, String, Lamp)>,
}

/// The rows of the one file of a form, or what is wrong with it.
pub(super) fn rows(form: &mut Form) -> Result<intake::sheet::Rows, ErrorSummary> {
    let mut errors = ErrorSummary::default();
    if let Some((_, sentence)) = form.refused_files().first() {
        errors.add("file", sentence.clone());
        return Err(errors);
    }
    let Some(file) = form.take_files().into_iter().next() else {
        errors.add("file", "请选择要导入的表格文件。");
        return Err(errors);
    };
    intake::sheet::read(&file.bytes, &file.name).map_err(|refusal| {
        errors.add("file", refusal.sentence);
        errors
    })
}

/// The lamp of what became of a row.
pub(super) fn outcome(outcome: Outcome) -> Lamp {
    let kind = match outcome {
        Outcome::Added => LampKind::Green,
        Outcome::Changed => LampKind::Blue,
        Outcome::Same => LampKind::Grey,
    };
    Lamp::new(kind, outcome.label())
}

/// What is told of the rows.
pub(super) fn report(rows: Vec<(u64, String, Outcome)>, faults: Vec<RowFault>, written: bool) -> Report {
    let count = |wanted: Outcome| rows.iter().filter(|(.., outcome)| *outcome == wanted).count();
    let wrong: std::collections::BTreeSet<u64> = faults.iter().map(|fault| fault.row).collect();
    let done = if written { "已经写入" } else { "只是核对，还没有写入" };
    Report {
        told: format!(
            "{done}：新增{}项，修改{}项，没有变化{}项，{}行有问题没有读入。",
            count(Outcome::Added),
            count(Outcome::Changed),
            count(Outcome::Same),
            wrong.len()
        ),
        rehearsed: !written,
        faults: faults.into_iter().map(|fault| (fault.row, fault.column, fault.sentence)).collect(),
        rows: rows.into_iter().map(|(row, name, done)| (row, name, outcome(done))).collect(),
    }
}

/// The fields of every import.
pub(super) fn fields(errors: &ErrorSummary, reason: String) -> Vec<Field> {
    vec![
        Field::new("file", "表格文件", "")
            .input(Input::Files(ACCEPT))
            .hint("xlsx，或者UTF-8编码的csv")
            .error(errors.at("file")),
        Field::new("reason", "导入原因", reason).hint("留在记录里").error(errors.at("reason")),
    ]
}

/// The page before a catalogue is imported.
///
/// # Errors
/// Busy or our failure.
pub async fn show_catalogue(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let page = catalogue_page(&site, &visit, ErrorSummary::default(), String::new(), None).await?;
    frame::page(&page)
}

/// Looks at a catalogue's table, or writes it.
///
/// # Errors
/// Not the open-government office, a secrecy mark, busy, or our failure.
pub async fn take_catalogue(State(site): State<Arc<Site>>, visit: Visit, mut form: Form) -> Result<Response, Trouble> {
    let (reason, write) = (form.line("reason"), form.raw("then") == "write");
    let rows = match rows(&mut form) {
        Ok(rows) => rows,
        Err(errors) => return frame::again(&catalogue_page(&site, &visit, errors, reason, None).await?),
    };
    match site.office.import_catalogue(&visit.caller, rows, &reason, write).await {
        Ok(done) => {
            let report = report(done.rows, done.faults, done.written);
            frame::page(&catalogue_page(&site, &visit, ErrorSummary::default(), reason, Some(report)).await?)
        }
        Err(Fail::Invalid(wrong)) => {
            let errors = super::perform::at_fields(wrong);
            frame::again(&catalogue_page(&site, &visit, errors, reason, None).await?)
        }
        Err(other) => Err(other.into()),
    }
}

async fn catalogue_page(
    site: &Site,
    visit: &Visit,
    errors: ErrorSummary,
    reason: String,
    report: Option<Report>,
) -> Result<TablesPage, Trouble> {
    Ok(TablesPage {
        shell: frame::shell(site, visit, catalogue::PATH).await?,
        title: "用表格导入公开事项目录",
        action: "/desk/catalogue/import",
        back: catalogue::PATH,
        about: "表头用国家统一格式（一级事项、二级事项、公开内容、公开依据、公开时限、公开主体、公开渠道和载体、公开对象、公开方式、公开层级）或者本系统下载的表格。一级、二级事项相同的条目会被修改，其余新增；表格里没有的条目不会被删除。".into(),
        model: "/catalogue.xlsx",
        fields: fields(&errors, reason),
        errors,
        report,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn every_row_is_accounted_for() {
        let fault = RowFault {
            row: 7, column: "起始日期".into(), sentence: "“2026-02-30”不是真实的日期。".into()
        };
        let rows = vec![(2, "统计信息：统计公报".to_owned(), Outcome::Added), (3, HOSTILE.to_owned(), Outcome::Same)];
        let page = TablesPage {
            shell: sample(catalogue::PATH),
            title: "用表格导入公开事项目录",
            action: "/desk/catalogue/import",
            back: catalogue::PATH,
            about: "表头用国家统一格式。".into(),
            model: "/catalogue.xlsx",
            fields: fields(&ErrorSummary::default(), String::new()),
            errors: ErrorSummary::default(),
            report: Some(report(rows, vec![fault], false)),
        };
        let html = check("tables", &page);
        assert!(html.contains("新增1项，修改0项，没有变化1项，1行有问题") && html.contains("第7行"), "{html}");
        assert!(!html.contains(HOSTILE));
    }
}
