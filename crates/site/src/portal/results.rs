//! A search in other forms: as a feed, as a table, and as titles while it is typed.

use super::feed::{self, Feed};
use super::search::{Asked, LONGEST, Marked, marked};
use super::{article, frame, words};
use crate::Site;
use crate::form::Form;
use crate::page;
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::Arc;

/// Rows of a table; entries of a feed; titles while typing.
const TABLE: usize = 1000;
const ENTRIES: usize = 50;
const SUGGESTED: usize = 8;

/// Titles while typing, fetched by the script.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/suggest.html")]
pub struct Suggested {
    /// Title, its marks, 文号.
    pub rows: Vec<(String, Marked, String)>,
}

/// Titles and 文号 that fit what is being typed.
///
/// # Errors
/// Busy, or our failure.
pub async fn suggest(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed: String = form.line("q").chars().take(LONGEST).collect();
    let found = site.office.suggest(visit.caller.body, &typed, SUGGESTED).await?;
    let rows = found.into_iter().map(|row| {
        let href = article::address_of(&site, &row.kind, &row.item);
        (href, marked(&row.title, &typed), row.number.unwrap_or_default())
    });
    let shell = frame::shell(&site, &visit, "", "");
    let mut response = page::render(&Suggested { rows: rows.collect() }, &shell);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, max-age=60"));
    Ok(response)
}

/// The results as a feed, newest first; the ending of the path says which.
///
/// # Errors
/// Busy, or our failure.
pub async fn feed(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let asked = Asked { by_date: true, page: 1, ..Asked::of(&form) };
    let format = visit.path.split('?').next().and_then(|path| path.strip_prefix("/s."));
    let format = format.ok_or_else(|| Trouble::new(Why::NotFound))?.to_owned();
    let found = site.office.find(visit.caller.body, asked.search(ENTRIES, false)).await?;
    let name = &frame::identity(&site).name;
    let list = Feed {
        title: format!("搜索“{}”－{name}", asked.words),
        about: format!("{name}公开信息中搜索“{}”的结果", asked.words),
        home: asked.address("/s", "", None),
        own: visit.path.clone(),
        rows: found.hits.into_iter().map(|hit| hit.row).collect(),
    };
    feed::write(&site, &list, &format)
}

/// The results as a table (CSV in UTF-8 with a mark, as spreadsheets want it), at most a thousand.
///
/// # Errors
/// Busy, or our failure.
pub async fn table(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let asked = Asked { page: 1, ..Asked::of(&form) };
    let found = site.office.find(visit.caller.body, asked.search(TABLE, false)).await?;
    let mut csv = String::from("\u{feff}标题,文号,类型,机构,有效性,发布日期,网址\r\n");
    for hit in &found.hits {
        let row = &hit.row;
        let path = article::address_of(&site, &row.kind, &row.item);
        let kind = site.office.rules().kind(&row.kind).map(|kind| kind.label.clone()).unwrap_or_default();
        let cells = [
            row.title.clone(),
            row.number.clone().unwrap_or_default(),
            kind,
            hit.organ.clone(),
            hit.validity.as_ref().map(|(_, word)| word.clone()).unwrap_or_default(),
            row.at.date().to_string(),
            frame::address(&site, &path).unwrap_or(path),
        ];
        let _ = write!(csv, "{}\r\n", cells.map(|cell| csv_cell(&cell)).join(","));
    }
    let name = format!("搜索结果{}.csv", words::day(site.office.now().date()));
    Ok(super::download(&name, "text/csv; charset=utf-8", csv.into_bytes()).into_response())
}

/// A cell that a spreadsheet shows and never computes.
fn csv_cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_the_table_is_never_a_formula() {
        assert_eq!(csv_cell("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_cell("说\"好\""), "\"说\"\"好\"\"\"");
    }
}
