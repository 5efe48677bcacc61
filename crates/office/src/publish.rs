//! The one function that makes editions. Whatever becomes public passes here: attribute, approval,
//! immutable hashed row, placement, pending commitment.

use std::collections::BTreeMap;

use matter::{Change, Event, Matter, Procedure};
use publication::{Attribute, Draft, Edition, commitment};

use crate::fail::Fail;
use crate::house::House;
use crate::prepare::Texts;
use crate::store::{Fault, Tx};
use crate::{feed, params, statements};

statements! {
    MASKED = "select element, masked from matter_text where matter_id = $1";
    UNIT_NAME = "select name from unit where id = $1";
    EDITION = "insert into edition (id, public_id, body_id, kind, title, content, hash, attribute, approved_by, published_at, state, matter_id, salt, category, unit_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'public', $11, $12, $13, $14)";
    PLACE = "insert into placement (edition_id, channel, body_id, placed_at) values ($1, 'site', $2, $3)";
    PENDING = "insert into pending_commitment (id, body_id, kind, ref, commitment, at) values ($1, $2, 'edition', $3, $4, $5)";
}

/// Where a published reply comes from.
pub(crate) struct Source<'a> {
    pub before: Option<&'a Matter>,
    pub event: &'a Event,
    /// Elements that become public.
    pub elements: &'a [String],
    /// Texts of this very act, not yet in the table.
    pub texts: &'a Texts,
}

/// Makes the edition of a matter's question and reply, from their masked forms only.
pub(crate) fn reply(tx: &mut Tx<'_>, house: &House, procedure: &Procedure, source: &Source<'_>) -> Result<i64, Fail> {
    let matter = source.before.ok_or(Fail::NotFound)?;
    let rows = tx.rows(&MASKED, params![matter.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut masked: BTreeMap<String, String> = rows.into_iter().collect();
    masked.extend(source.texts.masked());
    let mut fields: BTreeMap<String, String> =
        source.elements.iter().filter_map(|element| Some((element.clone(), masked.get(element)?.clone()))).collect();
    let unit = tx.row(&UNIT_NAME, params![matter.unit], |row| row.get::<String>(0))?;
    fields.extend(unit.map(|name| ("unit".to_owned(), name)));
    let answered = procedure.clocks.first().and_then(|rule| matter.clocks.get(&rule.id)?.stopped);
    fields.insert("filed_on".into(), matter.filed_at.date().to_string());
    fields.insert("replied_on".into(), answered.unwrap_or(source.event.at).date().to_string());
    fields.extend(matter.category.clone().map(|category| ("category".to_owned(), category)));
    let title = fields.remove("title").unwrap_or_default();
    let draft = Draft {
        kind: "reply".into(),
        title,
        fields,
        attribute: Attribute::Proactive,
        approved_by: approvers(source.event),
    };
    let edition = draft.publish(source.event.at).map_err(refused)?;
    Ok(publish(tx, house, matter, &edition, &approvers(source.event))?)
}

/// Those who approved the event; without tiers the one who may decide alone.
fn approvers(event: &Event) -> Vec<i64> {
    let tiers = event.changes.iter().find_map(|change| match change {
        Change::Performed { approvals, .. } => Some(approvals.iter().map(|one| one.by).collect()),
        _ => None,
    });
    tiers.unwrap_or_else(|| vec![event.actor])
}

fn refused(fault: publication::Fault) -> Fail {
    let sentence = matter::Sentence::new("不能发布", fault.sentence().trim_end_matches('。'), "");
    Fail::Refused(matter::Refusal::new(matter::RefusalCode::Guard, sentence))
}

/// Writes the edition, its placement on the site, its pending commitment and the feed.
fn publish(tx: &mut Tx<'_>, house: &House, matter: &Matter, edition: &Edition, approved: &[i64]) -> Result<i64, Fault> {
    let id = tx.new_id()?;
    let salt: [u8; 32] = house.random.bytes();
    let canonical = edition.canonical();
    let at = edition.published_at.millis();
    let approved = serde_json::to_string(approved).unwrap_or_default();
    tx.execute(
        &EDITION,
        params![
            id,
            house.random.public_id(),
            matter.body,
            &edition.kind,
            &edition.title,
            &canonical,
            edition.hash(),
            edition.attribute.label(),
            approved,
            at,
            matter.id,
            salt,
            &matter.category,
            matter.unit
        ],
    )?;
    tx.execute(&PLACE, params![id, matter.body, at])?;
    let pending = tx.new_id()?;
    tx.execute(&PENDING, params![pending, matter.body, id, commitment(&salt, &canonical), at])?;
    feed::note(tx, "edition", id, matter.body)?;
    Ok(id)
}
