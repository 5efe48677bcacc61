//! Composes what an act makes public: a citizen's question with its reply, or a document as it was
//! approved. [`crate::publish`] makes the edition.

use std::collections::BTreeMap;

use matter::{Change, Event, Matter, Procedure, Publishing};
use publication::kind::TITLE;
use publication::{Attachment, Attribute, Correction, Draft};

use crate::fail::Fail;
use crate::house::House;
use crate::keys::MatterKey;
use crate::prepare::Texts;
use crate::publish::{Release, publish};
use crate::store::{Fault, Query, Tx};
use crate::{document, job, package, params, reduce, release, reprint, row, statements};

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
    let unit = unit_name(tx, matter.unit)?;
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
        reduced: None,
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
    let Drafted { draft, files, columns, .. } = drafted(tx, house, procedure, matter)?.ok_or(Fail::NotFound)?;
    let (approved, previous) = (last_approvers(tx, procedure, matter)?, matter.editions.last().copied());
    let mut draft = Draft { approved_by: approved.clone(), ..draft };
    package::name_lead(tx, procedure, matter, kind, &mut draft.fields)?;
    let edition = draft.publish(source.event.at).map_err(refused)?;
    let release = Release {
        edition: &edition,
        body: matter.body,
        unit: matter.unit,
        matter: Some(matter.id),
        category: None,
        approved: &approved,
        previous,
        columns: &columns,
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

/// A document as it would become public.
pub(crate) struct Drafted {
    /// Nobody approved it yet.
    pub draft: Draft,
    /// Its files with their rows.
    pub files: Vec<(i64, Attachment)>,
    pub columns: Vec<String>,
    /// How often each entry of the list of removals stands in the text.
    pub found: Vec<u32>,
}

/// The document of a matter as it stands, without what its list of removals names; none without a kind.
pub(crate) fn drafted(
    q: &mut Query<'_>,
    house: &House,
    procedure: &Procedure,
    matter: &Matter,
) -> Result<Option<Drafted>, Fault> {
    let Some(kind) = document::kind_of(house, procedure, matter) else { return Ok(None) };
    let root = row::root(q, matter)?;
    let key = house.keys.matter(q, root)?;
    let title = document::text(q, matter.id, TITLE, &key)?.unwrap_or_default();
    let mut fields = document::fields(q, procedure, matter.id, &key)?;
    crate::oa::add_issued(q, matter, &key, kind, &mut fields)?;
    let (attribute, entries) = (reduce::attribute(matter), reduce::entries(q, procedure, matter.id, &key)?);
    let mut text = reduce::Text { title, fields };
    let (mut reduced, mut found) = (None, Vec::new());
    if attribute == Attribute::Reduced || !entries.is_empty() {
        let hashes: Vec<String> = release::all(q, matter, &key)?.into_iter().map(|(_, file)| file.sha256).collect();
        let whole = serde_json::to_string(&(&text.title, &text.fields, hashes)).unwrap_or_default();
        let element = reduce::element(procedure);
        let (copy, ledger, times) = reduce::copy(kind, element, &entries, text, key.hash(&whole));
        (text, reduced, found) = (copy, Some(ledger), times);
    }
    let files = release::named(q, matter, &reduce::public_files(procedure, matter), &key)?;
    let draft = Draft {
        kind: kind.id.clone(),
        title: text.title,
        fields: text.fields,
        attribute,
        files: files.iter().map(|(_, file)| file.clone()).collect(),
        corrects: correction(q, matter, &key)?,
        reduced,
        approved_by: Vec::new(),
    };
    Ok(Some(Drafted { draft, files, columns: document::columns_of(procedure, matter), found }))
}

/// What a later edition says of the one before it.
fn correction(q: &mut Query<'_>, matter: &Matter, key: &MatterKey) -> Result<Option<Correction>, Fault> {
    let Some(id) = matter.editions.last() else { return Ok(None) };
    let previous = q.row(&HASH, params![*id, matter.body], |row| row.get(0))?.unwrap_or_default();
    Ok(Some(Correction { previous, reason: document::text(q, matter.id, "reason", key)?.unwrap_or_default() }))
}

/// The name of a unit.
pub(crate) fn unit_name(q: &mut Query<'_>, unit: Option<i64>) -> Result<Option<String>, Fault> {
    q.row(&UNIT_NAME, params![unit], |row| row.get(0))
}

/// Those who approved the event; none without tiers.
fn approvers(event: &Event) -> Option<Vec<i64>> {
    event.changes.iter().find_map(|change| match change {
        Change::Performed { approvals, .. } => Some(approvals.iter().map(|one| one.by).collect()),
        _ => None,
    })
}

/// Those who approved the matter's last approved step: the signature on which the publication rests. What
/// was signed together with its lead rests on the lead's (同步审签).
fn last_approvers(tx: &mut Tx<'_>, procedure: &Procedure, matter: &Matter) -> Result<Vec<i64>, Fault> {
    for id in [Some(matter.id), package::lead(procedure, matter)].into_iter().flatten() {
        let events = row::events(tx, id, 0)?;
        if let Some(found) = events.iter().rev().find_map(approvers) {
            return Ok(found);
        }
    }
    Ok(Vec::new())
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
