//! Feeds of every list: JSON Feed 1.1, Atom (RFC 4287), RSS 2.0. `/feed/all.json` is everything public,
//! newest first.

use super::article;
use super::column::SITE;
use super::frame;
use crate::Site;
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use law::Moment;
use office::{ItemQuery, ItemRow};
use serde::Serialize;
use std::sync::Arc;

/// Entries in a feed.
const ENTRIES: usize = 50;

/// The name of the feed of everything.
const ALL: &str = "all";

/// One entry, ready to be written in any format.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Whole address, which is also its identity.
    pub id: String,
    /// The same address.
    pub url: String,
    /// Title.
    pub title: String,
    /// One sentence, or empty.
    pub summary: String,
    /// When it became public, RFC 3339.
    pub date_published: String,
    /// The words; a feed says what and where, the page says all.
    content_text: String,
}

/// JSON Feed 1.1.
#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    language: &'static str,
    items: &'a [Entry],
}

/// Atom.
#[derive(Template)]
#[template(path = "portal/feed.atom.xml", escape = "html")]
struct Atom<'a> {
    title: &'a str,
    home: &'a str,
    own: &'a str,
    author: &'a str,
    updated: String,
    entries: &'a [Entry],
}

/// RSS 2.0.
#[derive(Template)]
#[template(path = "portal/feed.rss.xml", escape = "html")]
struct Rss<'a> {
    title: &'a str,
    home: &'a str,
    about: &'a str,
    entries: &'a [Entry],
}

/// A feed by its name: a column's id or `all`, and the format as extension.
///
/// # Errors
/// There is no such list, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let missing = || Trouble::new(Why::NotFound);
    let (list, format) = name.rsplit_once('.').ok_or_else(missing)?;
    let columns = frame::columns(&site);
    let column = columns.and_then(|columns| columns.get(list));
    if list != ALL && column.is_none() {
        return Err(missing());
    }
    let channel = column.map_or(SITE, |column| &column.id).to_owned();
    let query = ItemQuery { channel, rows: ENTRIES, ..ItemQuery::default() };
    let rows = site.office.items(visit.caller.body, query).await?.rows;
    let name = &frame::identity(&site).name;
    let list = Feed {
        title: column.map_or_else(|| name.clone(), |column| format!("{}－{name}", column.label)),
        about: column.map_or("本站全部公开信息", |column| &column.about).to_owned(),
        home: column.map_or_else(|| "/".to_owned(), |column| format!("/c/{}", column.id)),
        own: format!("/feed/{list}.{format}"),
        rows,
    };
    write(&site, &list, format)
}

/// A list as a feed tells it.
pub struct Feed {
    /// Its name.
    pub title: String,
    /// What is in it.
    pub about: String,
    /// Path of the page with the same list.
    pub home: String,
    /// Path of the feed itself.
    pub own: String,
    /// Newest first.
    pub rows: Vec<ItemRow>,
}

/// Writes a list as `json`, `atom` or `rss`.
///
/// # Errors
/// There is no such format.
pub fn write(site: &Site, list: &Feed, format: &str) -> Result<Response, Trouble> {
    let missing = || Trouble::new(Why::NotFound);
    let identity = frame::identity(site);
    let whole = |path: &str| frame::address(site, path).unwrap_or_else(|| path.to_owned());
    let (title, home, own) = (&list.title, whole(&list.home), whole(&list.own));
    let entries: Vec<Entry> =
        list.rows.iter().map(|row| entry(row, whole(&article::address_of(site, &row.kind, &row.item)))).collect();
    let about = &list.about;
    let feed = Written { title, home: &home, own: &own, author: &identity.name, about, entries: &entries };
    feed.answer(format).ok_or_else(missing)
}

/// A feed before it is written in a format.
struct Written<'a> {
    title: &'a str,
    home: &'a str,
    own: &'a str,
    author: &'a str,
    about: &'a str,
    entries: &'a [Entry],
}

impl Written<'_> {
    /// The feed as `json`, `atom` or `rss`; none for any other format.
    fn answer(&self, format: &str) -> Option<Response> {
        let Written { title, home, own, author, about, entries } = *self;
        let (media, text) = match format {
            "json" => {
                let (version, language) = ("https://jsonfeed.org/version/1.1", "zh-CN");
                let feed = JsonFeed { version, title, home_page_url: home, feed_url: own, language, items: entries };
                ("application/feed+json; charset=utf-8", serde_json::to_string(&feed).ok()?)
            }
            "atom" => {
                let newest = entries.first().map(|one| one.date_published.clone());
                let updated = newest.unwrap_or_else(|| rfc3339(Moment::from_millis(0)));
                (
                    "application/atom+xml; charset=utf-8",
                    Atom { title, home, own, author, updated, entries }.render().ok()?,
                )
            }
            "rss" => ("application/rss+xml; charset=utf-8", Rss { title, home, about, entries }.render().ok()?),
            _ => return None,
        };
        Some(([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "public, max-age=60")], text).into_response())
    }
}

fn entry(row: &ItemRow, url: String) -> Entry {
    let content_text = if row.summary.is_empty() { row.title.clone() } else { row.summary.clone() };
    Entry {
        id: url.clone(),
        url,
        title: row.title.clone(),
        summary: row.summary.clone(),
        date_published: rfc3339(row.at),
        content_text,
    }
}

/// An instant at +08:00 as RFC 3339 writes it.
fn rfc3339(at: Moment) -> String {
    format!("{}T{:02}:{:02}:00+08:00", at.date(), at.hour(), at.minute())
}
