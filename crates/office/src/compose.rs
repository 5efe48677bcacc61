//! Composes what an act makes public: a citizen's question with its reply, or a document as it was
//! approved. [`crate::publish`] makes the edition.

use std::collections::BTreeMap;

use matter::{Change, Event, Matter, Procedure, Publishing, Value};
use publication::kind::TITLE;
use publication::{Attachment, Attribute, Correction, Draft};

use crate::fail::Fail;
use crate::house::House;
use crate::prepare::Texts;
use crate::publish::{Release, publish};
use crate::store::{Fault, Tx};
use crate::{document, job, params, release, reprint, row, statements};

statements! {
    MASKED = "select element, masked from matter_text where matter_id = $1";
    UNIT_NAME = "select name from unit where id = $1";
    HASH = "select hash from edition where id = $1 and body_id = $2";
}

/// What an edition is made from.
pub(crate) struct Source<'a> {
    pub before: Option<&'a Matter>,
    pub event: &'a Event,
    pub what: &'a Publishing,
    /// Texts of this very act, not yet in the table.
    pub texts: &'a Texts,
}

/// Makes the edition that an act publishes; answers its id.
pub(crate) fn make(tx: &mut Tx<'_>, house: &House, procedure: &Procedure, source: &Source<'_>) -> Result<i64, Fail> {
    match source.what {
        Publishing::Reply(elements) => reply(tx, house, procedure, source, elements),
        Publishing::Document => document(tx, house, procedure, source),
    }
}

/// The edition of a matter's question and reply, from their masked forms only.
fn reply(
    tx: &mut Tx<'_>,
    house: &House,
    procedure: &Procedure,
    source: &Source<'_>,
    elements: &[String],
) -> Result<i64, Fail> {
    let matter = source.before.ok_or(Fail::NotFound)?;
    let rows = tx.rows(&MASKED, params![matter.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut masked: BTreeMap<String, String> = rows.into_iter().collect();
    masked.extend(source.texts.masked());
    let mut fields: BTreeMap<String, String> =
        elements.iter().filter_map(|element| Some((element.clone(), masked.get(element)?.clone()))).collect();
    let unit = tx.row(&UNIT_NAME, params![matter.unit], |row| row.get::<String>(0))?;
    fields.extend(unit.map(|name| ("unit".to_owned(), name)));
    let answered = procedure.clocks.first().and_then(|rule| matter.clocks.get(&rule.id)?.stopped);
    fields.insert("filed_on".into(), matter.filed_at.date().to_string());
    fields.insert("replied_on".into(), answered.unwrap_or(source.event.at).date().to_string());
    fields.extend(matter.category.clone().map(|category| ("category".to_owned(), category)));
    let title = fields.remove(TITLE).unwrap_or_default();
    let approved = approvers(source.event).unwrap_or_else(|| vec![source.event.actor]);
    let draft = Draft {
        kind: "reply".into(),
        title,
        fields,
        attribute: Attribute::Proactive,
        files: Vec::new(),
        corrects: None,
        approved_by: approved.clone(),
    };
    let edition = draft.publish(source.event.at).map_err(refused)?;
    let release = Release {
        edition: &edition,
        body: matter.body,
        unit: matter.unit,
        matter: Some(matter.id),
        category: matter.category.as_deref(),
        approved: &approved,
        previous: None,
        columns: &[],
        kind: None,
    };
    Ok(publish(tx, house, &release)?)
}

/// The edition of a document as it was approved: attribute, approvals and text are the matter's own.
fn document(tx: &mut Tx<'_>, house: &House, procedure: &Procedure, source: &Source<'_>) -> Result<i64, Fail> {
    let matter = source.before.ok_or(Fail::NotFound)?;
    let kind = document::kind_of(house, procedure, matter).ok_or(Fail::NotFound)?;
    let root = row::root(tx, matter)?;
    let key = house.keys.matter(tx, root)?;
    let code = |name: &str| matter.value(name).as_ref().and_then(Value::code).map(str::to_owned);
    let attribute = code("attribute").and_then(|code| Attribute::from_code(&code)).unwrap_or(Attribute::Withheld);
    let previous = matter.editions.last().copied();
    let corrects = match previous {
        Some(id) => {
            let hash = tx.row(&HASH, params![id, matter.body], |row| row.get(0))?.unwrap_or_default();
            Some(Correction {
                previous: hash,
                reason: document::text(tx, matter.id, "reason", &key)?.unwrap_or_default(),
            })
        }
        None => None,
    };
    let approved = last_approvers(tx, matter)?;
    let files = release::named(tx, matter, &key)?;
    let draft = Draft {
        kind: kind.id.clone(),
        title: document::text(tx, matter.id, TITLE, &key)?.unwrap_or_default(),
        fields: document::fields(tx, procedure, matter.id, &key)?,
        attribute,
        files: files.iter().map(|(_, file)| file.clone()).collect::<Vec<Attachment>>(),
        corrects,
        approved_by: approved.clone(),
    };
    let edition = draft.publish(source.event.at).map_err(refused)?;
    let release = Release {
        edition: &edition,
        body: matter.body,
        unit: matter.unit,
        matter: Some(matter.id),
        category: None,
        approved: &approved,
        previous,
        columns: &document::columns_of(procedure, matter),
        kind: Some(kind),
    };
    let id = publish(tx, house, &release)?;
    release::attach(tx, house, matter.body, id, &files)?;
    reprint::fulfilled(tx, matter.body, kind, &edition, id)?;
    if !files.is_empty() {
        job::enqueue(tx, matter.body, job::Kind::Release, id, source.event.recorded_at)?;
    }
    Ok(id)
}

/// Those who approved the event; none without tiers.
fn approvers(event: &Event) -> Option<Vec<i64>> {
    event.changes.iter().find_map(|change| match change {
        Change::Performed { approvals, .. } => Some(approvals.iter().map(|one| one.by).collect()),
        _ => None,
    })
}

/// Those who approved the matter's last approved step: the signature on which the publication rests.
fn last_approvers(tx: &mut Tx<'_>, matter: &Matter) -> Result<Vec<i64>, Fault> {
    let events = row::events(tx, matter.id, 0)?;
    Ok(events.iter().rev().find_map(approvers).unwrap_or_default())
}

fn refused(fault: publication::Fault) -> Fail {
    let sentence = matter::Sentence::new("不能发布", fault.sentence().trim_end_matches('。'), "");
    Fail::Refused(matter::Refusal::new(matter::RefusalCode::Guard, sentence))
}

/// Takes the matter's present edition from the site, with the reason that the act gives in words.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    house: &House,
    procedure: &Procedure,
    matter: Option<&Matter>,
    event: &Event,
    texts: &Texts,
) -> Result<(), Fail> {
    let matter = matter.ok_or(Fail::NotFound)?;
    let edition = matter.editions.last().copied().ok_or(Fail::NotFound)?;
    let code = event.changes.iter().find_map(|change| match change {
        Change::Set { element, value } => Some((procedure.element(element)?, value.code()?)),
        _ => None,
    });
    let label = code.and_then(|(element, code)| element.options.iter().find(|choice| choice.id == code));
    let words = texts.masked().find(|(element, _)| element == "reason").map(|(_, masked)| masked);
    let parts = [label.map(|choice| choice.label.clone()), words];
    let reason = parts.into_iter().flatten().collect::<Vec<_>>().join("：");
    Ok(crate::publish::withdraw(tx, house, matter.body, edition, &reason, event.at)?)
}

/// Queues the publishing step for the moment that the act names.
pub(crate) fn later(tx: &mut Tx<'_>, body: i64, matter: Option<&Matter>, at: law::Moment) -> Result<(), Fail> {
    let matter = matter.ok_or(Fail::NotFound)?;
    Ok(job::enqueue(tx, body, job::Kind::Publish, matter.id, at)?)
}
