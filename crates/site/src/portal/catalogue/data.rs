//! The catalogue as files: XLSX in the national form, CSV, JSON.

use super::body_of;
use crate::Site;
use crate::form::Form;
use crate::portal::{directory, download};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use office::Body;
use office::catalogue::{Listed, Updated};
use press::{Cell, Column, Sheet};
use publication::catalogue::{COLUMNS, Names};
use serde_json::{Value, json};
use std::sync::Arc;

/// Columns that follow the entry's own.
const MORE: [&str; 2] = ["已公开条数", "最近更新"];

/// Widths of the columns in characters.
const WIDTHS: [f64; 22] = [
    6.0, 14.0, 22.0, 40.0, 32.0, 24.0, 22.0, 22.0, 12.0, 11.0, 12.0, 16.0, 18.0, 12.0, 8.0, 12.0, 20.0, 16.0, 14.0,
    12.0, 10.0, 12.0,
];

struct Whole {
    body: Arc<Body>,
    entries: Vec<Listed>,
    updated: Updated,
    names: Names,
}

async fn whole(site: &Site, visit: &Visit, form: &Form) -> Result<Whole, Trouble> {
    let body = body_of(site, visit, form)?;
    let (entries, updated) = site.office.catalogue(body.id).await?;
    let names = site.office.catalogue_names(body.id).await?;
    Ok(Whole { body, entries, updated, names })
}

impl Whole {
    fn cells(&self, at: usize, one: &Listed) -> Vec<String> {
        one.entry.cells(at + 1, &self.body.name, one.unit_name(), &self.names)
    }

    fn name(&self, ending: &str) -> String {
        format!("{}公开事项目录.{ending}", self.body.name)
    }
}

/// As XLSX.
///
/// # Errors
/// No such body, busy, or our failure.
pub async fn xlsx(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let whole = whole(&site, &visit, &form).await?;
    let heads = COLUMNS.iter().chain(&MORE).zip(WIDTHS);
    let row = |(at, one): (usize, &Listed)| {
        let mut row: Vec<Cell> = whole.cells(at, one).into_iter().map(Cell::from).collect();
        if let Some(first) = row.first_mut() {
            *first = Cell::Number((at + 1) as f64);
        }
        row.push(Cell::Number(one.holds.total as f64));
        row.push(one.holds.last.map_or_else(|| Cell::Text(String::new()), Cell::Day));
        row
    };
    let sheet = Sheet {
        name: "公开事项目录".to_owned(),
        columns: heads.map(|(head, width)| Column::new(*head, width)).collect(),
        rows: whole.entries.iter().enumerate().map(row).collect(),
    };
    let made = whole.updated.as_ref().map_or_else(|| site.office.now(), |(at, _)| *at);
    let bytes = sheet.write(made).map_err(|_| Trouble::new(Why::Fault))?;
    Ok(download(&whole.name("xlsx"), intake::file::Kind::Xlsx.media_type(), bytes))
}

/// As CSV.
///
/// # Errors
/// No such body, busy, or our failure.
pub async fn csv(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let whole = whole(&site, &visit, &form).await?;
    let line = |cells: Vec<String>| cells.iter().map(|cell| directory::quoted(cell)).collect::<Vec<_>>().join(",");
    let mut text =
        format!("\u{feff}{}\r\n", line(COLUMNS.iter().chain(&MORE).map(|head| (*head).to_owned()).collect()));
    for (at, one) in whole.entries.iter().enumerate() {
        let mut cells = whole.cells(at, one);
        cells.push(one.holds.total.to_string());
        cells.push(one.holds.last.map(|day| day.to_string()).unwrap_or_default());
        text.push_str(&line(cells));
        text.push_str("\r\n");
    }
    Ok(download(&whole.name("csv"), "text/csv; charset=utf-8", text.into_bytes()))
}

/// As JSON.
///
/// # Errors
/// No such body, busy, or our failure.
pub async fn json(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let whole = whole(&site, &visit, &form).await?;
    let entry = |one: &Listed| {
        let mut value = serde_json::to_value(&one.entry).unwrap_or(Value::Null);
        if let Value::Object(members) = &mut value {
            members.insert("unit".to_owned(), one.unit_name().into());
            members.insert("items".to_owned(), one.holds.total.into());
            members.insert("updated_on".to_owned(), json!(one.holds.last));
            members.insert("due_on".to_owned(), json!(one.standing.due));
            members.insert("state".to_owned(), json!(one.standing.state));
        }
        value
    };
    let updated = whole.updated.as_ref().map(|(at, unit)| json!({ "on": at.date(), "unit": unit }));
    let entries: Vec<Value> = whole.entries.iter().map(entry).collect();
    Ok(Json(json!({ "body": whole.body.name, "updated": updated, "entries": entries })).into_response())
}
