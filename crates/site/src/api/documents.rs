//! Documents from the body's OA (practice P5): checked when they are sent, asked about at any time.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use matter::Sentence;
use office::{Fail, Metadata, OaStanding, Submission, Upload};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{answer, signature};
use crate::Site;
use crate::body::{PLAIN_BYTES, read_bytes, read_form};
use crate::form::Form;
use crate::problem::{Kind, Trouble};
use crate::session::Visit;

/// Bytes of a document with what is attached to it.
const MOST_BYTES: usize = 64 << 20;
/// The parts of a submission.
const METADATA: &str = "metadata";
const DOCUMENT: &str = "document";

/// What the machine saw; a person decides on it.
#[derive(Serialize)]
struct Seen {
    place: String,
    about: &'static str,
    shown: String,
}

/// A document that was taken.
#[derive(Serialize)]
struct Taken {
    #[serde(flatten)]
    standing: OaStanding,
    repeated: bool,
    hits: Vec<Seen>,
}

/// `POST /api/v1/documents`: multipart with `metadata` (JSON), `document` and any number of `attachment`.
pub async fn submit(State(site): State<Arc<Site>>, visit: Visit, request: Request) -> Result<Response, Trouble> {
    let headers = request.headers().clone();
    let bytes = signed_bytes(request, MOST_BYTES).await?;
    let mut form = multipart(&site, &headers, bytes).await?;
    let metadata = json::<Metadata>(form.raw(METADATA).as_bytes())?;
    let mut submission = Submission { metadata, ..Submission::default() };
    for file in form.take_files() {
        let upload = Upload { name: file.name, bytes: file.bytes };
        if file.field == DOCUMENT && submission.document.is_none() {
            submission.document = Some(upload);
        } else {
            submission.attachments.push(upload);
        }
    }
    if let Some((field, why)) = form.refused_files().first() {
        return Err(returned(Fail::Invalid(vec![office::FieldError::new(field, why)])));
    }
    let received = site.office.receive(&visit.caller, submission).await.map_err(returned)?;
    let status = if received.repeated { StatusCode::OK } else { StatusCode::CREATED };
    let place = format!("/api/v1/documents/{}", crate::lang::query_value(&received.standing.id));
    let seen = received.hits.into_iter();
    let hits = seen.map(|hit| Seen { place: hit.place, about: hit.sort.label(), shown: hit.shown }).collect();
    let mut response = answer(status, &Taken { standing: received.standing, repeated: received.repeated, hits });
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `GET /api/v1/documents/{id}`: how it stands, what it went back for, where it is public.
pub async fn standing(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    Ok(answer(StatusCode::OK, &site.office.oa_standing(&visit.caller, &id).await?))
}

/// What the signing in the OA gave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Issued {
    /// 文号; empty where it has none.
    #[serde(default)]
    number: String,
    signed_on: String,
}

/// `POST /api/v1/documents/{id}/issue`: its 文号 and the day of signing.
pub async fn issue(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Trouble> {
    let bytes = signed_bytes(request, PLAIN_BYTES).await?;
    let issued = json::<Issued>(&bytes)?;
    let standing = site.office.issued(&visit.caller, &id, &issued.number, &issued.signed_on).await.map_err(returned)?;
    Ok(answer(StatusCode::OK, &standing))
}

/// The body of a request whose signature covers its digest: other bytes are not what was signed.
async fn signed_bytes(request: Request, limit: usize) -> Result<Vec<u8>, Trouble> {
    let headers = request.headers().clone();
    let bytes = read_bytes(request, limit).await?;
    if !signature::is_digest_of(&headers, &bytes) {
        let sentence =
            Sentence::new("Content-Digest与收到的内容不符，没有保存任何内容", "", "请重新计算摘要并签名后再发");
        return Err(Trouble::saying(Kind::SignIn, vec![sentence]));
    }
    Ok(bytes.into())
}

async fn multipart(site: &Site, headers: &HeaderMap, bytes: Vec<u8>) -> Result<Form, Trouble> {
    let mut request = Request::new(Body::from(bytes));
    let kind = headers.get(header::CONTENT_TYPE).cloned().ok_or_else(|| Trouble::new(Kind::MediaType))?;
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    let mut request = read_form(request, true, &site.budget).await?;
    Ok(request.extensions_mut().remove::<Form>().unwrap_or_default())
}

fn json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    // The parser's words are English and may quote what was sent; its place is enough.
    serde_json::from_slice(bytes).map_err(|error| {
        let what = format!("说明（JSON）不是约定的写法：第{}行第{}列", error.line(), error.column());
        let next = "请对照接口说明检查字段名、类型和编码（UTF-8）";
        Trouble::saying(Kind::Malformed, vec![Sentence::new(what, "", next)])
    })
}

/// What is missing goes back to the OA as a list (退文).
fn returned(fail: Fail) -> Trouble {
    match fail {
        Fail::Invalid(gaps) => {
            let sentence = |gap: office::FieldError| {
                Sentence::new(gap.sentence.trim_end_matches('。'), "", "").at(&gap.field.replace('.', "/"))
            };
            Trouble::saying(Kind::Returned, gaps.into_iter().map(sentence).collect())
        }
        other => other.into(),
    }
}
