//! What machines read at fixed addresses: robots.txt, sitemap.xml, security.txt (RFC 9116).

use super::{article, column, frame, nav};
use crate::Site;
use crate::form::Form;
use crate::problem::Trouble;
use crate::session::Visit;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use office::ItemQuery;
use std::fmt::Write;
use std::sync::Arc;

/// Pages that are of no use to search engines.
const CLOSED: [&str; 9] = ["/desk", "/q/", "/receipt", "/rate", "/show", "/phone", "/correct", "/leave", "/similar"];

/// Items in one part of the site map.
const PART: usize = 2000;

fn plain(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn whole(site: &Site, path: &str) -> String {
    frame::address(site, path).unwrap_or_else(|| path.to_owned())
}

/// robots.txt: everything public is open; pages of one person are not.
pub async fn robots(State(site): State<Arc<Site>>) -> Response {
    let mut text = "User-agent: *\n".to_owned();
    for path in CLOSED {
        let _ = writeln!(text, "Disallow: {path}");
    }
    if let Some(map) = frame::address(&site, "/sitemap.xml") {
        let _ = writeln!(text, "\nSitemap: {map}");
    }
    plain(text)
}

/// security.txt: whom to tell about a weakness.
pub async fn security(State(site): State<Arc<Site>>) -> Response {
    let mut text = String::new();
    if let Some(page) = frame::address(&site, "/correct").filter(|page| page.starts_with("https://")) {
        let _ = writeln!(text, "Contact: {page}");
    }
    let _ = writeln!(text, "Contact: tel:{}", frame::identity(&site).dial());
    let now = site.office.now().date();
    let expires = now.checked_add(jiff::Span::new().months(6)).unwrap_or(now);
    let _ = writeln!(text, "Expires: {expires}T00:00:00+08:00\nPreferred-Languages: zh-Hans");
    if let Some(own) = frame::address(&site, "/.well-known/security.txt") {
        let _ = writeln!(text, "Canonical: {own}");
    }
    plain(text)
}

/// The site map for machines: columns and items, in parts where there are many.
///
/// # Errors
/// Busy, or our failure.
pub async fn sitemap(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let page = form.number("part").and_then(|part| usize::try_from(part).ok()).unwrap_or(0).min(100_000);
    let query = ItemQuery { channel: column::SITE.into(), page: page.max(1), rows: PART, ..ItemQuery::default() };
    let found = site.office.items(visit.caller.body, query).await?;
    let parts = usize::try_from(found.total).unwrap_or(usize::MAX).div_ceil(PART);
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned();
    let (root, one) = if page == 0 && parts > 1 { ("sitemapindex", "sitemap") } else { ("urlset", "url") };
    let _ = writeln!(text, "<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
    let mut entry = |path: String, day: Option<law::Date>| {
        let day = day.map(|day| format!("<lastmod>{day}</lastmod>")).unwrap_or_default();
        let _ = writeln!(text, "<{one}><loc>{}</loc>{day}</{one}>", intake::html::escape(&whole(&site, &path)));
    };
    if root == "sitemapindex" {
        (1..=parts).for_each(|part| entry(format!("/sitemap.xml?part={part}"), None));
    } else {
        if page <= 1 {
            entry("/".to_owned(), None);
            let columns = frame::columns(&site).into_iter().flat_map(|all| &all.columns);
            columns.for_each(|column| entry(nav::address(column), None));
        }
        for row in &found.rows {
            entry(article::address_of(&site, &row.kind, &row.item), Some(row.at.date()));
        }
    }
    let _ = writeln!(text, "</{root}>");
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], text).into_response())
}
