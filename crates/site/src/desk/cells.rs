//! The fields of a document's form: derived from its kind of information.

use super::parts::Cell;
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Field as Box, Input};
use crate::portal::ask::Answers;
use crate::problem::Trouble;
use crate::session::Visit;
use matter::Procedure;
use office::document::DOT;
use publication::kind::{Field, Form as Shape, Place, Relation};
use publication::{Columns, Kind};

fn date_hint(field: &Field) -> Option<String> {
    (field.form == Shape::Date).then(|| "如2026-11-20".into())
}

/// Who may be chosen as an author; nobody where the kind has no such field.
pub(super) async fn experts(site: &Site, visit: &Visit, kind: &Kind) -> Result<Vec<String>, Trouble> {
    if kind.fields.iter().all(|field| field.form != Shape::Expert) {
        return Ok(Vec::new());
    }
    Ok(site.office.experts(visit.caller.body).await?.iter().map(office::Expert::label).collect())
}

/// The choice of the document with which an interpretation goes (三同步).
pub(super) async fn lead_cell(
    site: &Site,
    visit: &Visit,
    procedure: &Procedure,
    kind: &Kind,
    (answers, errors): (&Answers, &ErrorSummary),
) -> Result<Option<Cell>, Trouble> {
    let interprets = kind.fields.iter().any(|field| field.relation == Some(Relation::Interprets));
    let Some(element) = office::package::element(procedure).filter(|_| interprets) else { return Ok(None) };
    let chosen = answers.get(&element.id).cloned().unwrap_or_default();
    let blank = Choice::new("", "不随同，文件已经公开");
    let lead = |one: office::package::Member| {
        Choice::new(one.id.to_string(), format!("{}　{}（{}）", one.number, one.title, one.state)).chosen_if(&chosen)
    };
    let leads = site.office.leads(&visit.caller, &procedure.id).await?.into_iter().map(lead);
    let options = std::iter::once(blank).chain(leads).collect();
    let mut field = Box::new(element.id.clone(), element.label.clone(), "").optional().input(Input::Select(options));
    field = field.error(errors.at(&element.id));
    if let Some(hint) = &element.hint {
        field = field.hint(hint.clone());
    }
    Ok(Some(Cell::Field(12, field)))
}

/// The input of a field of a kind.
pub(super) fn cell(
    field: &Field,
    prefix: &str,
    (answers, errors): (&Answers, &ErrorSummary),
    experts: &[String],
) -> Cell {
    let name = format!("{prefix}{DOT}{}", field.id);
    let value = answers.get(&name).cloned().unwrap_or_default();
    let value = if field.is_rich() { editable(&value) } else { value };
    let mut made = Box::new(name.clone(), field.label.clone(), value.clone()).error(errors.at(&name));
    if let Some(hint) = field.hint.clone().or_else(|| field.cite.clone()).or_else(|| date_hint(field)) {
        made = made.hint(hint);
    }
    if field.is_rich() && field.hint.is_none() {
        made = made.hint("插入图片：单独一行写［图：文件名｜图上是什么］，图片和其他附件一起上传");
    }
    if !field.required {
        made = made.optional();
    }
    if let Some(max) = field.max {
        made = made.max(max);
    }
    let (span, input) = match field.form {
        Shape::Rich => (12, Input::Rich(18)),
        Shape::Text => (12, Input::Area(5)),
        // A plain line, as everywhere on the desk: the pieces of a date picker do not show the focus.
        Shape::Date => (4, Input::default()),
        Shape::Code => {
            let blank = Choice::new("", "请选择");
            let options =
                field.options.iter().map(|one| Choice::new(one.id.clone(), one.label.clone()).chosen_if(&value));
            (4, Input::Select(std::iter::once(blank).chain(options).collect()))
        }
        Shape::Expert => {
            let known = experts.iter().chain((!value.is_empty() && !experts.contains(&value)).then_some(&value));
            let options = known.map(|one| Choice::new(one.clone(), one.clone()).chosen_if(&value));
            (6, Input::Select(std::iter::once(Choice::new("", "不是专家解读")).chain(options).collect()))
        }
        Shape::Number | Shape::DocNumber => (4, Input::default()),
        Shape::Line if field.place == Place::Meta => (6, Input::default()),
        Shape::Line | Shape::Link | Shape::Items => (12, Input::default()),
    };
    Cell::Field(span, made.input(input))
}

/// Text as it is edited: plain where that loses nothing, its pictures as marks.
fn editable(html: &str) -> String {
    let marked = intake::picture_mark::marked(html);
    intake::html::plain(&marked).unwrap_or(marked)
}

/// The choice of columns.
pub(super) fn column_cell(
    columns: Option<&Columns>,
    kind: &Kind,
    name: &str,
    (answers, errors): (&Answers, &ErrorSummary),
) -> Cell {
    let chosen = answers.get(name).cloned().unwrap_or_default();
    let chosen: Vec<&str> = chosen.split([',', ' ']).collect();
    let all: Vec<&publication::Column> = columns.into_iter().flat_map(|columns| columns.of_kind(&kind.id)).collect();
    let only = all.len() == 1;
    let choice = |column: &&publication::Column| {
        let mut choice = Choice::new(column.id.clone(), column.label.clone());
        choice.checked = only || chosen.contains(&column.id.as_str());
        choice
    };
    let options = all.iter().map(choice).collect();
    Cell::Choices(12, Choices::many(name.to_owned(), "发布栏目", options).error(errors.at(name)))
}
