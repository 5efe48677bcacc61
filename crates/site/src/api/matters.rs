//! Matters over the API: create, perform a step, find.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use law::{Date, Lamp};
use matter::Sentence;
use office::{Filing, ListRow, StepAct};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Json, answer, key};
use crate::Site;
use crate::form::Form;
use crate::problem::{Kind, Trouble, rfc3339};
use crate::session::Visit;

/// A matter to create.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Id of the procedure.
    procedure: String,
    /// How it arrived.
    channel: String,
    /// Category, where the procedure has some.
    category: Option<String>,
    /// What was said, by element.
    answers: BTreeMap<String, String>,
}

/// A created matter. Code and password are shown once.
#[derive(Serialize)]
struct Created {
    id: String,
    number: String,
    code: String,
    password: String,
    repeated: bool,
}

/// `POST /api/v1/matters`
pub async fn create(
    State(site): State<Arc<Site>>,
    visit: Visit,
    headers: HeaderMap,
    Json(new): Json<Create>,
) -> Result<Response, Trouble> {
    let key = idempotency(&visit, "", &headers)?;
    let Create { procedure, channel, category, answers } = new;
    let filing = Filing { procedure, channel, category, answers, key, ..Filing::default() };
    let filed = site.office.file(&visit.caller, filing).await?;
    let place = HeaderValue::from_str(&format!("/api/v1/matters/{}", filed.public_id));
    let created = Created {
        id: filed.public_id,
        number: filed.number,
        code: filed.code,
        password: filed.password,
        repeated: filed.repeated,
    };
    let mut response = answer(StatusCode::CREATED, &created);
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// A step to perform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Perform {
    /// What the step asks for, by element.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Number of the last event the caller knows of; a later one that matters is a conflict.
    expected_seq: Option<i64>,
}

/// A performed step.
#[derive(Serialize)]
struct Performed {
    id: String,
    seq: i64,
    proposed: bool,
    repeated: bool,
}

/// `POST /api/v1/matters/{id}/{step}`
pub async fn act(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    headers: HeaderMap,
    Json(perform): Json<Perform>,
) -> Result<Response, Trouble> {
    let key = idempotency(&visit, &visit.path, &headers)?;
    let matter = site.office.matter_id(&visit.caller, &id).await?;
    let Perform { answers, expected_seq } = perform;
    let step = StepAct { matter, step, answers, files: Vec::new(), keep: None, key, expected_seq, at: None };
    let acted = site.office.act(&visit.caller, step).await?;
    let performed = Performed { id, seq: acted.seq, proposed: acted.proposed, repeated: acted.repeated };
    Ok(answer(StatusCode::OK, &performed))
}

/// What is looked for.
const NUMBER: &str = "number";

/// One found matter. Texts are masked.
#[derive(Serialize)]
struct Found {
    id: String,
    number: String,
    title: String,
    procedure: String,
    category: String,
    channel: String,
    unit: String,
    state: String,
    filed_at: String,
    aim_on: Option<Date>,
    due_on: Option<Date>,
    lamp: Lamp,
    lamp_zh: &'static str,
    days_left: Option<i64>,
}

impl From<ListRow> for Found {
    fn from(row: ListRow) -> Found {
        Found {
            id: row.public_id,
            number: row.number,
            title: row.title,
            procedure: row.procedure,
            category: row.category,
            channel: row.channel,
            unit: row.unit,
            state: row.state,
            filed_at: rfc3339(row.filed_at),
            aim_on: row.aim_on,
            due_on: row.due_on,
            lamp: row.lamp,
            lamp_zh: row.lamp.label(),
            days_left: row.days_left,
        }
    }
}

/// A page of found matters.
#[derive(Serialize)]
struct Items {
    items: Vec<Found>,
    next: Option<String>,
}

/// `GET /api/v1/matters?number=`: by 受理编号; the office notes who looked.
pub async fn find(State(site): State<Arc<Site>>, visit: Visit, query: Form) -> Result<Response, Trouble> {
    let number = query.line(NUMBER);
    if number.is_empty() {
        let sentence = Sentence::new("缺少查询参数number", "", "请在number中给出受理编号");
        return Err(Trouble::saying(Kind::Malformed, vec![sentence]));
    }
    let rows = site.office.find_number(&visit.caller, &number).await?;
    let items = rows.into_iter().map(Found::from).collect();
    Ok(answer(StatusCode::OK, &Items { items, next: None }))
}

/// The key of this act, apart from the keys of other tokens and addresses.
fn idempotency(visit: &Visit, place: &str, headers: &HeaderMap) -> Result<String, Trouble> {
    Ok(match key(headers)? {
        Some(key) => format!("api:{}:{place}:{key}", visit.caller.actor),
        None => visit.new_key(),
    })
}
