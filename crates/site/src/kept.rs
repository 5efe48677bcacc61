//! Public pages kept for a moment: a crowd that reads the same page costs one rendering of it.
//!
//! Kept is only what is the same for everybody, asked for by a visitor who brings no cookie but the
//! one that says how pages are shown. A page is forgotten with the next commit of this process, and
//! in any case after [`MOMENT`]: by then what other processes published or took down is seen too.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header, response};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use law::Moment;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::page::Modes;
use crate::problem::{Kind, Trouble};
use crate::router::Face;
use crate::{Site, assets, security};

/// How long a page is kept, in milliseconds of the office's clock.
const MOMENT: i64 = 1000;
/// Memory that all pages together may take, in bytes, and about how many that is.
const ROOM: u64 = 64 << 20;
const PAGES: usize = 4096;
/// Longer pages are not kept.
const LONGEST: usize = 1 << 20;

/// What tells one answer from another: path and query, how it is shown, whether it may be compressed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name(String, String, bool);

/// An answer, and the state of the store that it shows.
#[derive(Clone)]
struct Page {
    commits: u64,
    at: Moment,
    parts: response::Parts,
    body: Bytes,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Name, Page> for Weight {
    fn weight(&self, name: &Name, page: &Page) -> u64 {
        // Headers weigh something too.
        (page.body.len() + name.0.len() + 1024) as u64
    }
}

/// The pages that are kept.
pub struct Kept(Cache<Name, Page, Weight>);

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::with_weighter(PAGES, ROOM, Weight))
    }
}

/// Answers with a page that is kept, or keeps what it answers.
pub async fn keep(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let Some(name) = named(&request) else { return next.run(request).await };
    // Read before anything of the store is: a commit after this makes the page old.
    let commits = *site.office.store().commits().borrow();
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).map(str::to_owned);
    let now = site.office.now();
    if let Some(page) = site.kept.0.get(&name)
        && page.commits == commits
        && (0..MOMENT).contains(&(now.millis() - page.at.millis()))
    {
        return security::unless_known(known.as_deref(), page.parts, page.body);
    }
    let response = next.run(request).await;
    if !same_for_all(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Trouble::new(Kind::Fault).into_response();
    };
    if body.len() <= LONGEST {
        let page = Page { commits, at: now, parts: parts.clone(), body: body.clone() };
        site.kept.0.insert(name, page);
    }
    Response::from_parts(parts, Body::from(body))
}

/// The name under which the answer may be kept; none when it may not.
fn named(request: &Request) -> Option<Name> {
    let uri = request.uri();
    if request.method() != Method::GET || Face::of(uri.path()) != Face::Portal {
        return None;
    }
    let shown = only_modes(request.headers())?;
    Some(Name(uri.path_and_query()?.as_str().to_owned(), shown, assets::takes_gzip(request.headers())))
}

/// How the visitor wants pages shown, when that is all that his cookies say.
fn only_modes(headers: &HeaderMap) -> Option<String> {
    let mut shown = String::new();
    for line in headers.get_all(header::COOKIE) {
        for pair in line.to_str().ok()?.split(';').filter(|pair| !pair.trim().is_empty()) {
            let (name, value) = pair.trim().split_once('=')?;
            if name != Modes::COOKIE {
                return None;
            }
            shown = Modes::read(value).write();
        }
    }
    Some(shown)
}

fn same_for_all(response: &Response) -> bool {
    let headers = response.headers();
    response.status() == StatusCode::OK
        && headers.get(header::CACHE_CONTROL) == Some(&security::REVALIDATE)
        && headers.contains_key(header::ETAG)
        && !headers.contains_key(header::SET_COOKIE)
}
