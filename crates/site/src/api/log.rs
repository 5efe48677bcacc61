//! 公开日志 as programs read it: C2SP tlog-tiles under `/log`, and the proof of each edition.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use matter::Sentence;
use office::log::Which;
use publication::log::Address;
use std::sync::Arc;

use crate::Site;
use crate::form::Form;
use crate::problem::{Kind, Trouble};

/// A full tile never changes again.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A partial tile is soon replaced by a wider one under another address.
const SHORT: &str = "public, max-age=60";

/// What was published a moment ago, or a log before its first batch.
fn not_yet() -> Trouble {
    let what = "公开日志大约每秒登记一次，这一条还没有登记";
    Trouble::saying(Kind::Busy, vec![Sentence::new(what, "", "请过2秒再取")])
}

/// `GET /log/checkpoint`: the newest checkpoint, a signed note.
pub async fn checkpoint(State(site): State<Arc<Site>>) -> Result<Response, Trouble> {
    let note = site.office.log_head(Which::Public).await?.ok_or_else(not_yet)?;
    Ok(text(note))
}

/// `GET /log/key`: the key that checkpoints are checked with.
pub async fn key(State(site): State<Arc<Site>>) -> Result<Response, Trouble> {
    let key = site.office.log_key(Which::Public).await?.ok_or_else(not_yet)?;
    Ok(text(format!("{key}\n")))
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// `GET /log/tile/…`: a tile or an entry bundle.
pub async fn tile(State(site): State<Arc<Site>>, Path(path): Path<String>) -> Result<Response, Trouble> {
    let address = Address::parse(&path).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let bytes = site.office.log_bytes(address).await?.ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let kept = if address.is_full() { FOREVER } else { SHORT };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, kept)], bytes).into_response())
}

/// `GET /log/proof/{edition}`: the proof under the newest checkpoint; with `size` under the first
/// that has so many leaves.
pub async fn proof(State(site): State<Arc<Site>>, Path(id): Path<String>, form: Form) -> Result<Response, Trouble> {
    let size = form.number("size").and_then(|size| u64::try_from(size).ok());
    let proof = site.office.proof(&id, size).await?.ok_or_else(not_yet)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], proof.to_json()).into_response())
}
