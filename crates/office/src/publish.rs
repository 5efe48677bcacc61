//! The one function that makes editions. Whatever becomes public passes here: attribute, approval,
//! immutable hashed row, placement, pending commitment. What leaves the site leaves here too.

use law::Moment;
use publication::kind::Form;
use publication::log::Withdrawal;
use publication::{Edition, Kind, commitment};

use crate::house::House;
use crate::store::{Fault, Tx};
use crate::{feed, log, params, reprint, statements};

statements! {
    EDITION = "insert into edition (id, public_id, body_id, kind, title, content, hash, attribute, approved_by, published_at, state, matter_id, salt, category, unit_id, item, previous_id, number, written_on, expires_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'public', $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    END = "update edition set state = $1, ended_at = $2, ended_why = $3 where item = (select item from edition where id = $4) and body_id = $5 and state in ('public', 'superseded')";
    CURRENT = "select item, public_id from edition where id = $1 and body_id = $2";
    FIRST_PLACED = "select min(p.placed_at) from placement p join edition e on e.id = p.edition_id where e.item = $1";
    PLACE = "insert into placement (edition_id, channel, body_id, placed_at) values ($1, $2, $3, $4)";
    UNPLACE = "update placement set removed_at = $1 where edition_id = $2 and removed_at is null";
    RELATE = "insert into relation (from_item, to_item, sort, body_id) values ($1, $2, $3, $4) on conflict do nothing";
    TOLD = "select t.id from relation r join edition t on t.item = r.to_item and t.state = 'public' where r.from_item = $1";
    UNRELATE = "delete from relation where from_item = $1";
    PENDING = "insert into pending_commitment (id, body_id, kind, ref, commitment, at) values ($1, $2, 'edition', $3, $4, $5)";
    SUPERSEDED = "update edition set state = 'superseded', ended_at = $1 where id = $2 and state = 'public'";
}

/// The channel on which everything public is placed.
const SITE: &str = "site";

/// An edition and where it goes.
pub(crate) struct Release<'a> {
    pub edition: &'a Edition,
    pub body: i64,
    pub unit: Option<i64>,
    pub matter: Option<i64>,
    pub category: Option<&'a str>,
    pub approved: &'a [i64],
    /// The edition that this one replaces.
    pub previous: Option<i64>,
    pub columns: &'a [String],
    pub kind: Option<&'a Kind>,
}

/// Writes the edition, its placements, relations, pending commitment and the feed. An edition that it
/// replaces stays readable as an earlier one, under the same address of the item.
pub(crate) fn publish(tx: &mut Tx<'_>, house: &House, release: &Release<'_>) -> Result<i64, Fault> {
    let (id, public_id) = (tx.new_id()?, house.random.public_id());
    let Release { edition, body, kind, .. } = *release;
    let salt: [u8; 32] = house.random.bytes();
    let (canonical, at) = (edition.canonical(), edition.published_at.millis());
    let (item, placed_at) = match release.previous {
        Some(previous) => replaced(tx, previous, release)?,
        // A document's item has an id of its own, so that its first edition stays addressable beside
        // the present one; a reply is its one edition.
        None if kind.is_some() => (house.random.public_id(), at),
        None => (public_id.clone(), at),
    };
    let approved = serde_json::to_string(release.approved).unwrap_or_default();
    let first = |form| kind.and_then(|kind| kind.first(&edition.fields, form)).map(str::to_owned);
    let expires = kind.and_then(|kind| edition.fields.get(kind.expires.as_ref()?)).cloned();
    tx.execute(
        &EDITION,
        params![
            id,
            public_id,
            body,
            &edition.kind,
            &edition.title,
            &canonical,
            edition.hash(),
            edition.attribute.label(),
            approved,
            at,
            release.matter,
            salt,
            release.category,
            release.unit,
            &item,
            release.previous,
            first(Form::DocNumber),
            edition.fields.get("written_on").cloned(),
            expires
        ],
    )?;
    for channel in std::iter::once(SITE).chain(release.columns.iter().map(String::as_str)) {
        tx.execute(&PLACE, params![id, channel, house.site_of(body), placed_at])?;
    }
    relate(tx, body, &item, kind, edition)?;
    let pending = tx.new_id()?;
    tx.execute(&PENDING, params![pending, body, id, commitment(&salt, &canonical), at])?;
    feed::note(tx, "edition", id, body)?;
    Ok(id)
}

/// Puts the present edition of an item behind the new one: its item, and since when that is public.
fn replaced(tx: &mut Tx<'_>, previous: i64, release: &Release<'_>) -> Result<(String, i64), Fault> {
    let found = tx.row(&CURRENT, params![previous, release.body], |row| row.get::<String>(0))?;
    let item = found.ok_or(Fault::Absent("edition"))?;
    let at = release.edition.published_at.millis();
    let since = tx.row(&FIRST_PLACED, params![&item], |row| row.get::<Option<i64>>(0))?.flatten();
    tx.execute(&SUPERSEDED, params![at, previous])?;
    tx.execute(&UNPLACE, params![at, previous])?;
    feed::note(tx, "edition", previous, release.body)?;
    Ok((item, since.unwrap_or(at)))
}

/// What the item says of others; shown on both pages.
fn relate(tx: &mut Tx<'_>, body: i64, item: &str, kind: Option<&Kind>, edition: &Edition) -> Result<(), Fault> {
    note_told(tx, body, item)?;
    tx.execute(&UNRELATE, params![item])?;
    for (relation, to) in kind.iter().flat_map(|kind| kind.relations(&edition.fields)) {
        tx.execute(&RELATE, params![item, to, relation.code(), body])?;
    }
    Ok(())
}

/// Tells the feed of the items of which this one said something: how they stand may be another now (a
/// correction that no longer repeals them).
pub(crate) fn note_told(tx: &mut Tx<'_>, body: i64, item: &str) -> Result<(), Fault> {
    for id in tx.rows(&TOLD, params![item], |row| row.get::<i64>(0))? {
        feed::note(tx, "edition", id, body)?;
    }
    Ok(())
}

/// Takes an edition from the site. A notice with the reason stays at its address; the withdrawal is
/// committed to the log as the edition was.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    house: &House,
    body: i64,
    edition: i64,
    reason: &str,
    at: Moment,
) -> Result<(), Fault> {
    let withdrawn =
        tx.row(&CURRENT, params![edition, body], |row| row.get::<String>(1))?.ok_or(Fault::Absent("edition"))?;
    end(tx, body, edition, "withdrawn", reason, at)?;
    let record = Withdrawal { withdrawn, at, reason: reason.to_owned() }.canonical();
    log::enter(tx, &*house.random, body, log::kind::WITHDRAWAL, edition, record, at)
}

/// Ends an item by its present edition: it leaves every channel, the search and the feeds, and its earlier
/// editions go with it.
pub(crate) fn end(tx: &mut Tx<'_>, body: i64, edition: i64, state: &str, why: &str, at: Moment) -> Result<(), Fault> {
    tx.execute(&END, params![state, at.millis(), why, edition, body])?;
    tx.execute(&UNPLACE, params![at.millis(), edition])?;
    reprint::left(tx, body, edition)?;
    feed::note(tx, "edition", edition, body)
}
