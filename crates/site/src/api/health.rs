//! Whether the program lives and can work, and what the API's problems mean.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

use super::answer;
use crate::Site;
use crate::problem::{KINDS, Kind, Trouble};

/// `GET /healthz`: the process answers.
pub async fn alive() -> Response {
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: the store answers.
pub async fn ready(State(site): State<Arc<Site>>) -> Result<Response, Trouble> {
    site.office.ready().await?;
    Ok(answer(StatusCode::OK, &json!({ "status": "ok" })))
}

/// `GET /api/v1/problems/{code}`: what the `type` of a problem means and what to do.
pub async fn problem(Path(code): Path<String>) -> Result<Response, Trouble> {
    let kind = KINDS.into_iter().find(|kind| kind.code() == code).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let sentence = kind.sentence();
    let known = json!({
        "type": format!("/api/v1/problems/{code}"),
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "code": code,
        "meaning_zh": sentence.what,
        "next_zh": sentence.next,
    });
    Ok(answer(StatusCode::OK, &known))
}
