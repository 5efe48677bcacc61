//! The API for programs: JSON in and out, tokens with scopes, errors as RFC 9457.

mod documents;
mod health;
mod log;
mod matters;
pub(crate) mod signature;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use office::{Permit, Scope};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::{PLAIN_BYTES, content_type, read_bytes};
use crate::problem::{Kind, Trouble};
use crate::router::{Route, get, post};
use matter::Sentence;

const WRITE: Permit = Permit::Token(Scope::MattersWrite);
const READ: Permit = Permit::Token(Scope::MattersRead);
const OA: Permit = Permit::Signed(Scope::DocumentsWrite);

/// The character NUL as JSON writes it: nobody types it, and PostgreSQL cannot hold it.
const NUL: &[u8] = b"\\u0000";

/// Every route of the API.
pub fn routes() -> Vec<Route> {
    vec![
        get("/healthz", Permit::Public, health::alive),
        get("/readyz", Permit::Public, health::ready),
        get("/log/checkpoint", Permit::Public, log::checkpoint),
        get("/log/key", Permit::Public, log::key),
        get("/log/tile/{*path}", Permit::Public, log::tile),
        get("/log/proof/{id}", Permit::Public, log::proof),
        get("/api/v1/problems/{code}", Permit::Public, health::problem),
        post("/api/v1/documents", OA, documents::submit),
        get("/api/v1/documents/{id}", OA, documents::standing),
        post("/api/v1/documents/{id}/issue", OA, documents::issue),
        get("/api/v1/matters", READ, matters::find),
        post("/api/v1/matters", WRITE, matters::create),
        post("/api/v1/matters/{id}/{step}", WRITE, matters::act),
    ]
}

/// The body of a request, read from JSON.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        if content_type(request.headers()) != "application/json" {
            return Err(Trouble::new(Kind::MediaType));
        }
        let bytes = read_bytes(request, PLAIN_BYTES).await?;
        if bytes.windows(NUL.len()).any(|part| part == NUL) {
            let what = "请求内容含有空字符（\\u0000）";
            return Err(Trouble::saying(Kind::Malformed, vec![Sentence::new(what, "", "请去掉后重新提交")]));
        }
        // The parser's words are English and may quote what was sent; its place is enough.
        serde_json::from_slice(&bytes).map(Json).map_err(|error| {
            let what = format!("请求内容不是约定的JSON：第{}行第{}列", error.line(), error.column());
            let next = "请对照接口说明检查字段名、类型和编码（UTF-8）";
            Trouble::saying(Kind::Malformed, vec![Sentence::new(what, "", next)])
        })
    }
}

/// A JSON answer.
fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(json) => (status, [(header::CONTENT_TYPE, "application/json")], Body::from(json)).into_response(),
        Err(_) => Trouble::new(Kind::Fault).into_response(),
    }
}

/// The idempotency key that the client chose (RFC draft `Idempotency-Key`), or a fresh one.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Trouble> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().map(|key| key.trim_matches('"'));
    let usable = key.filter(|key| (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
    usable.map(Some).ok_or_else(|| {
        let what = "请求头Idempotency-Key应为1至128个可见的ASCII字符";
        Trouble::saying(
            Kind::Malformed,
            vec![Sentence::new(what, "", "请为每次办理生成一个新的随机键，重发时沿用原来的键")],
        )
    })
}
