//! The frame around every route: headers, caching, and how troubles are told. And the check that
//! a form was sent from our own pages.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use sha2::{Digest, Sha256};
use std::any::Any;
use std::sync::Arc;

use crate::form::hex;
use crate::problem::{Kind, Trouble, trace_id};
use crate::router::Face;
use crate::{Site, assets};

/// Nothing but our own style sheets, scripts, pictures and forms; nobody else may frame us.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'";

/// Headers of every answer.
pub const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// May be kept, but is asked for again each time.
pub const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// The same, by the visitor's own browser only.
pub const REVALIDATE_PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Kept nowhere.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Pages below this size are not compressed: one packet carries them either way.
const COMPRESSED_BYTES: usize = 1 << 10;
/// Pages above this size get no ETag.
const TAGGED_BYTES: usize = 4 << 20;

/// What was asked for, for telling why it came to nothing.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who is spoken to.
    pub face: Face,
    /// Method.
    pub method: Method,
    /// Address.
    pub uri: Uri,
    cookies: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
    gzip: bool,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        let get = |name| request.headers().get(name).cloned();
        Asked {
            face: Face::of(request.uri().path()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            cookies: get(header::COOKIE),
            if_none_match: get(header::IF_NONE_MATCH),
            gzip: assets::takes_gzip(request.headers()),
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let line = self.cookies.as_ref()?.to_str().ok()?;
        let mut pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }
}

/// The outermost layer.
pub async fn frame(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = told(&site, &asked, next.run(request).await);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if site.settings.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    let settled = headers.contains_key(header::CACHE_CONTROL);
    if !settled || response.status().is_client_error() || response.status().is_server_error() {
        response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    }
    tagged(&asked, response).await
}

/// Tells a trouble in the language of the face. Answers of the framework itself, which speak
/// English, are troubles too.
fn told(site: &Site, asked: &Asked, mut response: Response) -> Response {
    let status = response.status();
    let trouble = match response.extensions_mut().remove::<Arc<Trouble>>() {
        Some(trouble) => trouble,
        None if !(status.is_client_error() || status.is_server_error()) || speaks(&response) => return response,
        // Forms and JSON are read by us: what the framework cannot read is the address.
        None if status == StatusCode::BAD_REQUEST => Arc::new(Trouble::new(Kind::NotFound)),
        None => Arc::new(Trouble::new(Kind::of_status(status))),
    };
    let mut page = match asked.face {
        Face::Api => trouble.to_problem(asked.uri.path()),
        Face::Desk | Face::Portal => crate::error_page(site, asked, &trouble),
    };
    *page.status_mut() = trouble.kind.status();
    for kept in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::SET_COOKIE] {
        for value in response.headers().get_all(&kept) {
            page.headers_mut().append(kept.clone(), value.clone());
        }
    }
    page
}

/// Whether an error answer is a page or a document of ours.
fn speaks(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/"))
}

/// A page without any template, for when there is none for it.
pub fn bare_page(trouble: &Trouble) -> Response {
    let title = trouble.kind.title();
    let mut texts: Vec<String> =
        trouble.sentences.iter().map(|s| format!("<p>{}</p>", escape(&s.to_string()))).collect();
    texts.extend(trouble.trace.iter().map(|trace| format!("<p>故障编号：{}</p>", escape(trace))));
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head><body><main><h1>{title}</h1>{}<p><a href=\"/\">返回首页</a></p></main></body></html>",
        texts.concat()
    );
    (trouble.kind.status(), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Answers a handler that panicked. What went wrong stands in the log under the number; the page
/// shows only the number.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let trace = trace_id();
    eprintln!("fault {trace}: a handler panicked");
    Trouble::new(Kind::Fault).traced(trace).into_response()
}

/// Gives a page that may be kept an ETag, answers 304 when the browser has it already, and
/// compresses what is the same for everybody.
///
/// Only a page without any token is compressed: where a secret and something that a stranger can
/// choose (a search word in the address) stand in one compressed answer, its length tells the
/// secret (BREACH). Pages with a form or of one person stay as they are: they are short, asked for
/// seldom, and a token masked anew in each answer would change every ETag.
async fn tagged(asked: &Asked, response: Response) -> Response {
    let kept = response.headers().get(header::CACHE_CONTROL);
    let wanted = kept.is_some_and(|kept| kept == REVALIDATE || kept == REVALIDATE_PRIVATE)
        && matches!(asked.method, Method::GET | Method::HEAD)
        && response.status() == StatusCode::OK
        && !response.headers().contains_key(header::ETAG);
    if !wanted {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, TAGGED_BYTES).await else {
        return Trouble::new(Kind::Fault).into_response();
    };
    let same_for_all = parts.headers.get(header::CACHE_CONTROL) == Some(&REVALIDATE);
    let html = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut tag = etag(&bytes);
    let mut sent = bytes;
    if same_for_all && html && sent.len() >= COMPRESSED_BYTES {
        parts.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        let smaller = if asked.gzip { assets::gzip(&sent, Compression::default()) } else { Vec::new() };
        if !smaller.is_empty() {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(header::CONTENT_LENGTH);
            tag = tag.replacen('"', "\"gz-", 1);
            sent = Bytes::from(smaller);
        }
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    unless_known(asked.if_none_match.as_ref().and_then(|tags| tags.to_str().ok()), parts, sent)
}

/// An answer with an ETag, or only that the browser has it already, when it is among the tags it sent.
pub fn unless_known(tags: Option<&str>, mut parts: Parts, bytes: Bytes) -> Response {
    let tag = parts.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let known = |tag| tags.is_some_and(|tags| tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    if tag.is_some_and(known) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_ENCODING);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn etag(bytes: &Bytes) -> String {
    format!("\"{}\"", hex(&Sha256::digest(bytes)[..16]))
}

/// Whether a browser sent the request from one of our own pages, as far as it says. Old browsers
/// say nothing; for them the token alone decides.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") | None => {}
        Some(_) => return false,
    }
    let Some(origin) = text(header::ORIGIN) else { return !headers.contains_key(header::ORIGIN) };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some_and(|host| text(header::HOST).is_some_and(|ours| ours.eq_ignore_ascii_case(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        same_origin(&pairs.collect())
    }

    #[test]
    fn requests_from_elsewhere_are_known() {
        assert!(sent(&[]), "an old browser");
        assert!(sent(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://site.invalid"),
            ("host", "site.invalid")
        ]));
        assert!(sent(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!sent(&[("sec-fetch-site", "cross-site")]));
        assert!(!sent(&[("sec-fetch-site", "same-site")]), "another host of the domain");
        assert!(!sent(&[("origin", "https://evil.invalid"), ("host", "site.invalid")]));
        assert!(!sent(&[("origin", "null"), ("host", "site.invalid")]));
        assert!(!sent(&[("origin", "https://site.invalid")]), "no host to compare with");
        assert!(!sent(&[("origin", "http://site.invalid:81"), ("host", "site.invalid")]));
    }

    #[test]
    fn the_bare_page_escapes_what_it_is_given() {
        let sentence = matter::Sentence::new("<script>", "", "");
        let page = bare_page(&Trouble::saying(Kind::NotFound, vec![sentence]));
        assert_eq!(page.status(), 404);
    }
}
