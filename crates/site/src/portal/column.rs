//! Columns (P4): dated lists that can be turned page by page and narrowed by year.

use super::article;
use super::frame;
use crate::Site;
use crate::component::{Link, Pager, Row, Rows, Text};
use crate::form::Form;
use crate::page::{self, Shell};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::{ItemQuery, ItemRow};
use publication::{Column, Columns};
use std::sync::Arc;

/// The entry of the navigation under which columns stand.
pub const SECTION: &str = "/xxgk";

/// Rows on a page.
const ROWS: usize = 20;

/// A column.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/column.html")]
pub struct ColumnPage {
    /// Frame.
    pub shell: Shell,
    /// Labels for machines: name and content.
    pub labels: Vec<(&'static str, String)>,
    /// What the column is for.
    pub about: String,
    /// Columns beside and below it: link, whether it is this one, how deep it stands.
    pub menu: Vec<(Link, bool, bool)>,
    /// Columns directly below, where it only gathers them.
    pub below: Vec<(Link, String)>,
    /// Years to narrow by; the flag marks the one shown.
    pub years: Vec<(Link, bool)>,
    /// How many there are, and since when nothing new came.
    pub found: Text,
    /// The items.
    pub rows: Rows,
    /// Page numbers.
    pub pager: Pager,
}

/// The way to a column, itself included.
pub fn crumbs(columns: Option<&Columns>, column: &Column) -> Vec<Link> {
    let above = columns.map(|columns| columns.path(&column.id)).unwrap_or_default();
    above.into_iter().chain([column]).map(link).collect()
}

/// A column's link.
pub fn link(column: &Column) -> Link {
    Link::new(format!("/c/{}", column.id), column.label.clone())
}

/// An item as a dated row.
pub fn row(item: &ItemRow) -> Row {
    Row {
        link: Link::new(article::address(&item.item), item.title.clone()),
        date: item.at.date().to_string(),
        notes: item.number.clone().map(Text::from).into_iter().collect(),
        excerpt: item.summary.clone().into(),
    }
}

/// The labels that every page of a column carries (政府网站发展指引 附件).
fn labels(column: &Column) -> Vec<(&'static str, String)> {
    vec![
        ("ColumnName", column.label.clone()),
        ("ColumnDescription", column.about.clone()),
        ("ColumnKeywords", column.keywords.join(";")),
        ("ColumnType", column.sort.clone()),
    ]
}

/// A column: its list, or the columns that it gathers.
///
/// # Errors
/// There is no such column, busy, or our failure.
pub async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let columns = article::columns(&site, &visit).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let column = columns.get(&id).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let year =
        form.number("year").and_then(|year| i16::try_from(year).ok()).filter(|year| (1949..=2100).contains(year));
    let number = form.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).clamp(1, 50_000);
    let query = ItemQuery { channel: id.clone(), year, page: number, rows: ROWS };
    let found = site.office.items(visit.caller.body, query).await?;
    let mut shell = frame::shell(&site, &visit, column.label.clone(), SECTION);
    shell.crumbs = columns.path(&id).into_iter().map(link).collect();
    shell.description = column.about.clone().into();
    let narrowed = year.map(|year| format!("year={year}&")).unwrap_or_default();
    let updated = found.updated.map(|at| format!("，最近更新{}", at.date())).unwrap_or_default();
    let mut below = Vec::new();
    for child in columns.under(Some(&id)) {
        let query = ItemQuery { channel: child.id.clone(), rows: 1, ..ItemQuery::default() };
        let inside = site.office.items(visit.caller.body, query).await?;
        let newest = inside.updated.map(|at| format!("，最近更新{}", at.date())).unwrap_or_default();
        below.push((link(child), format!("{}条{newest}", inside.total)));
    }
    let page = ColumnPage {
        labels: labels(column),
        about: column.about.clone(),
        menu: menu(&columns, column),
        below,
        years: years(&site, &id, year),
        found: format!("共{}条{updated}", found.total).into(),
        rows: Rows { rows: found.rows.iter().map(row).collect(), long: true },
        pager: Pager::new(format!("/c/{id}?{narrowed}page="), number as u64, ROWS as u64, found.total, "条"),
        shell,
    };
    Ok(page::render(&page, &page.shell))
}

/// The column's neighbours under the same parent, with its own children unfolded.
fn menu(columns: &Columns, column: &Column) -> Vec<(Link, bool, bool)> {
    let mut menu = Vec::new();
    for one in columns.under(column.under.as_deref()) {
        menu.push((link(one), one.id == column.id, false));
        if one.id == column.id {
            menu.extend(columns.under(Some(&one.id)).map(|child| (link(child), false, true)));
        }
    }
    menu
}

/// This year and the four before it.
fn years(site: &Site, id: &str, chosen: Option<i16>) -> Vec<(Link, bool)> {
    let now = site.office.now().date().year();
    let all = (Link::new(format!("/c/{id}"), "全部"), chosen.is_none());
    let of = |back: i16| {
        let year = now - back;
        (Link::new(format!("/c/{id}?year={year}"), format!("{year}年")), chosen == Some(year))
    };
    std::iter::once(all).chain((0..5).map(of)).collect()
}
