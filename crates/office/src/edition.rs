//! Reading what is public: an item with its editions, relations and files; lists by column.

use std::collections::BTreeMap;

use law::Moment;
use publication::Edition;
use publication::kind::Relation;

use crate::fail::Fail;
use crate::office::Office;
use crate::store::{Fault, Query, Row};
use crate::{params, statements};

statements! {
    BY_ID = "select id, public_id, item, content, hash, published_at, state, unit_id, ended_at, ended_why from edition where public_id = $1 and body_id in (select b.id from body b where b.id = $2 or b.host_id = $2)";
    PRESENT = "select id, public_id, item, content, hash, published_at, state, unit_id, ended_at, ended_why from edition where item = $1 and body_id in (select b.id from body b where b.id = $2 or b.host_id = $2) order by id desc limit 1";
    VERSIONS = "select public_id, published_at, state, hash, ended_at, ended_why, content from edition where item = $1 and body_id in (select b.id from body b where b.id = $2 or b.host_id = $2) order by id desc";
    FILES = "select public_id, name, media, size, hash from edition_file where edition_id = $1 order by position";
    CHANNELS = "select channel, placed_at from placement where edition_id = $1 and channel <> 'site' order by channel";
    SAYS = "select r.sort, e.item, e.title, e.number, e.kind, e.published_at from relation r join edition e on e.item = r.to_item where r.from_item = $1 and r.body_id in (select b.id from body b where b.id = $2 or b.host_id = $2) and e.state = 'public' order by e.published_at desc, e.id desc";
    SAID = "select r.sort, e.item, e.title, e.number, e.kind, e.published_at from relation r join edition e on e.item = r.from_item where r.to_item = $1 and r.body_id in (select b.id from body b where b.id = $2 or b.host_id = $2) and e.state = 'public' order by e.published_at desc, e.id desc";
    UNIT_NAME = "select coalesce(case when b.host_id is null then u.name else b.name end, '') from edition e join body b on b.id = e.body_id left join unit u on u.id = e.unit_id where e.id = $1";
    LIST = "select e.item, e.title, e.number, e.kind, p.placed_at, e.content, case when b.host_id is null then u.name else b.name end from placement p join edition e on e.id = p.edition_id join body b on b.id = e.body_id left join unit u on u.id = e.unit_id where p.body_id = $1 and p.channel = $2 and p.removed_at is null and p.placed_at >= $3 and p.placed_at < $4 order by p.placed_at desc, p.edition_id desc limit $5 offset $6";
    COUNT = "select count(*), max(placed_at) from placement where body_id = $1 and channel = $2 and removed_at is null and placed_at >= $3 and placed_at < $4";
    AFTER = "select e.item, e.title from placement p join edition e on e.id = p.edition_id where p.body_id = $1 and p.channel = $2 and p.removed_at is null and (p.placed_at > $3 or (p.placed_at = $3 and p.edition_id > $4)) order by p.placed_at, p.edition_id limit 1";
    BEFORE = "select e.item, e.title from placement p join edition e on e.id = p.edition_id where p.body_id = $1 and p.channel = $2 and p.removed_at is null and (p.placed_at < $3 or (p.placed_at = $3 and p.edition_id < $4)) order by p.placed_at desc, p.edition_id desc limit 1";
    BY_NUMBER = "select item from edition where body_id in (select b.id from body b where b.id = $1 or b.host_id = $1) and number = $2 and state = 'public' order by id desc limit 1";
    OF_MATTER = "select public_id, state, item from edition where matter_id = $1 order by id desc limit 1";
    SHORT = "select e.item, e.title, e.number, e.kind, e.published_at, e.content, case when b.host_id is null then u.name else b.name end from edition e join body b on b.id = e.body_id left join unit u on u.id = e.unit_id where e.id = $1 and e.state = 'public'";
}

/// How an edition stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Public, the present edition of its item.
    Public,
    /// An earlier edition, still readable beside the present one.
    Superseded,
    /// Withdrawn: only the notice is shown.
    Withdrawn,
    /// Its public time is over, or it was taken down: nothing of it is shown.
    Gone,
}

impl Standing {
    fn of(state: &str) -> Standing {
        match state {
            "public" => Standing::Public,
            "superseded" => Standing::Superseded,
            "withdrawn" => Standing::Withdrawn,
            _ => Standing::Gone,
        }
    }
}

/// An item in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Id of the item: its address.
    pub item: String,
    /// Title.
    pub title: String,
    /// 文号.
    pub number: Option<String>,
    /// Kind of information.
    pub kind: String,
    /// Since when it stands in this list.
    pub at: Moment,
    /// One sentence about it; empty if nobody wrote one.
    pub summary: String,
    /// Code of its 有效性, as it stood when it was published; empty if its kind has none.
    pub validity: String,
    /// The unit that produced it, where the list tells it.
    pub unit: String,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemPage {
    /// Newest first.
    pub rows: Vec<ItemRow>,
    /// How many there are in all.
    pub total: u64,
    /// When something was placed there last.
    pub updated: Option<Moment>,
}

/// A list that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemQuery {
    /// Column, or `site` for everything.
    pub channel: String,
    /// Only of this year.
    pub year: Option<i16>,
    /// Page, from 1.
    pub page: usize,
    /// Rows on a page.
    pub rows: usize,
}

/// Another item that this one names, or that names this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is said.
    pub relation: Relation,
    /// This item says it of the other; otherwise the other says it of this.
    pub forward: bool,
    /// The other item.
    pub other: ItemRow,
}

/// One edition in the history of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its own id.
    pub public_id: String,
    /// When it was published.
    pub at: Moment,
    /// How it stands.
    pub standing: Standing,
    /// SHA-256 of its canonical form.
    pub hash: String,
    /// Why it replaced the one before; empty for the first.
    pub reason: String,
}

/// A file of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionFile {
    /// Its address is `/file/{id}`.
    pub public_id: String,
    /// Name.
    pub name: String,
    /// Media type.
    pub media: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256.
    pub hash: String,
}

/// An item as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Row of the edition shown.
    pub(crate) id: i64,
    /// Id of the edition shown.
    pub public_id: String,
    /// Id of the item.
    pub item: String,
    /// What was published. Fields, title and files are empty when nothing of it may be shown.
    pub edition: Edition,
    /// SHA-256 of its canonical form.
    pub hash: String,
    /// How it stands.
    pub standing: Standing,
    /// When it ended, and why, for everybody.
    pub ended: Option<(Moment, String)>,
    /// The unit that produced it.
    pub unit: String,
    /// Columns it stands in.
    pub columns: Vec<String>,
    /// Since when the item is public.
    pub since: Moment,
    /// Every edition, newest first.
    pub versions: Vec<Version>,
    /// What it says of others and others of it.
    pub related: Vec<Related>,
    /// Its files.
    pub files: Vec<EditionFile>,
    /// The item before it in its first column: address and title.
    pub older: Option<(String, String)>,
    /// The item after it.
    pub newer: Option<(String, String)>,
}

type Raw = (i64, String, String, String, String, i64, String, Option<i64>, Option<i64>, Option<String>);

fn raw(row: &Row<'_>) -> Result<Raw, Fault> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
        row.get(8)?,
        row.get(9)?,
    ))
}

fn parsed(id: i64, content: &str) -> Result<Edition, Fault> {
    serde_json::from_str(content).map_err(|error| Fault::Shape(format!("edition {id}: {error}")))
}

pub(crate) fn row_of(row: &Row<'_>, content: usize) -> Result<ItemRow, Fault> {
    let text: String = row.get(content)?;
    let fields: BTreeMap<String, String> =
        serde_json::from_str::<Edition>(&text).map(|edition| edition.fields).unwrap_or_default();
    Ok(ItemRow {
        item: row.get(0)?,
        title: row.get(1)?,
        number: row.get(2)?,
        kind: row.get(3)?,
        at: Moment::from_millis(row.get(4)?),
        summary: fields.get("summary").cloned().unwrap_or_default(),
        validity: fields.get("validity").cloned().unwrap_or_default(),
        unit: row.get::<Option<String>>(content + 1)?.unwrap_or_default(),
    })
}

pub(crate) fn related(q: &mut Query<'_>, body: i64, item: &str) -> Result<Vec<Related>, Fault> {
    let mut all = Vec::new();
    for (statement, forward) in [(&SAYS, true), (&SAID, false)] {
        let rows = q.rows(statement, params![item, body], |row| {
            let other = ItemRow {
                item: row.get(1)?,
                title: row.get(2)?,
                number: row.get(3)?,
                kind: row.get(4)?,
                at: Moment::from_millis(row.get(5)?),
                summary: String::new(),
                validity: String::new(),
                unit: String::new(),
            };
            Ok((row.get::<String>(0)?, other))
        })?;
        all.extend(
            rows.into_iter()
                .filter_map(|(sort, other)| Some(Related { relation: Relation::from_code(&sort)?, forward, other })),
        );
    }
    Ok(all)
}

fn versions(q: &mut Query<'_>, body: i64, item: &str) -> Result<Vec<Version>, Fault> {
    q.rows(&VERSIONS, params![item, body], |row| {
        let content: String = row.get(6)?;
        let corrects = serde_json::from_str::<Edition>(&content).ok().and_then(|edition| edition.corrects);
        Ok(Version {
            public_id: row.get(0)?,
            at: Moment::from_millis(row.get(1)?),
            standing: Standing::of(&row.get::<String>(2)?),
            hash: row.get(3)?,
            reason: corrects.map(|one| one.reason).unwrap_or_default(),
        })
    })
}

fn neighbour(
    q: &mut Query<'_>,
    statement: &'static crate::store::Statement,
    body: i64,
    channel: &str,
    at: i64,
    id: i64,
) -> Result<Option<(String, String)>, Fault> {
    q.row(statement, params![body, channel, at, id], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn article(q: &mut Query<'_>, body: i64, wanted: &str) -> Result<Option<Article>, Fault> {
    let present = q.row(&PRESENT, params![wanted, body], raw)?;
    let found = match present {
        Some(row) => Some(row),
        None => q.row(&BY_ID, params![wanted, body], raw)?,
    };
    let Some((id, public_id, item, content, hash, at, state, _, ended_at, why)) = found else { return Ok(None) };
    let standing = Standing::of(&state);
    let mut edition = parsed(id, &content)?;
    let shown = matches!(standing, Standing::Public | Standing::Superseded);
    if !shown {
        // A notice carries the reason, never what was taken away (practice P2).
        edition.fields.clear();
        edition.files.clear();
        edition.corrects = None;
        edition.reduced = None;
        if standing == Standing::Gone {
            edition.title.clear();
        }
    }
    let channels = q.rows(&CHANNELS, params![id], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?;
    let since = channels.first().map_or(at, |(_, at)| *at);
    let (mut older, mut newer) = (None, None);
    if let Some((channel, placed)) = channels.first().filter(|_| standing == Standing::Public) {
        older = neighbour(q, &BEFORE, body, channel, *placed, id)?;
        newer = neighbour(q, &AFTER, body, channel, *placed, id)?;
    }
    Ok(Some(Article {
        id,
        standing,
        ended: ended_at.map(|at| (Moment::from_millis(at), why.unwrap_or_default())),
        // A body in a channel of this site is named itself as the one that produced it (practice P7).
        unit: q.row(&UNIT_NAME, params![id], |row| row.get(0))?.unwrap_or_default(),
        columns: channels.into_iter().map(|(channel, _)| channel).collect(),
        since: Moment::from_millis(since),
        versions: if shown { versions(q, body, &item)? } else { Vec::new() },
        related: if shown { related(q, body, &item)? } else { Vec::new() },
        files: if shown { q.rows(&FILES, params![id], file)? } else { Vec::new() },
        public_id,
        item,
        edition,
        hash,
        older,
        newer,
    }))
}

fn file(row: &Row<'_>) -> Result<EditionFile, Fault> {
    Ok(EditionFile {
        public_id: row.get(0)?,
        name: row.get(1)?,
        media: row.get(2)?,
        size: row.get(3)?,
        hash: row.get(4)?,
    })
}

/// The span of a year in milliseconds; every time where none is given.
fn span(year: Option<i16>) -> (i64, i64) {
    let start = |year: i16| law::Date::new(year, 1, 1).map(|day| Moment::of(day, 0, 0, 0).millis());
    let of = |year: i16| Some((start(year).ok()?, start(year.checked_add(1)?).ok()?));
    year.and_then(of).unwrap_or((i64::MIN, i64::MAX))
}

impl Office {
    /// An item by its id, or one of its editions by the edition's id.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn article(&self, body: i64, id: &str) -> Result<Article, Fail> {
        let id = id.to_owned();
        let read = {
            let id = id.clone();
            self.read(move |q| article(q, body, &id)).await?.ok_or(Fail::NotFound)?
        };
        // Altered bytes are put back from the second copy before anybody sees them (防篡改).
        if matches!(read.standing, Standing::Public | Standing::Superseded) && self.intact(read.id).await? {
            return self.read(move |q| article(q, body, &id)).await?.ok_or(Fail::NotFound);
        }
        Ok(read)
    }

    /// A page of what stands in a column, newest first.
    ///
    /// # Errors
    /// Our failure.
    pub async fn items(&self, body: i64, query: ItemQuery) -> Result<ItemPage, Fail> {
        let offset = query.page.saturating_sub(1).saturating_mul(query.rows);
        let (from, to) = span(query.year);
        Ok(self
            .read(move |q| {
                let (rows, offset) = (query.rows as i64, i64::try_from(offset).unwrap_or(i64::MAX));
                let found =
                    q.rows(&LIST, params![body, &query.channel, from, to, rows, offset], |row| row_of(row, 5))?;
                let counted = q.row(&COUNT, params![body, &query.channel, from, to], |row| {
                    Ok((row.get::<u64>(0)?, row.get::<Option<i64>>(1)?))
                })?;
                let (total, last) = counted.unwrap_or_default();
                Ok(ItemPage { rows: found, total, updated: last.map(Moment::from_millis) })
            })
            .await?)
    }

    /// The item with exactly this 文号.
    ///
    /// # Errors
    /// Our failure.
    pub async fn by_number(&self, body: i64, number: &str) -> Result<Option<String>, Fail> {
        let number = number.to_owned();
        Ok(self.read(move |q| q.row(&BY_NUMBER, params![body, number], |row| row.get(0))).await?)
    }

    /// The item that a matter's document became: its id, and how it stands.
    ///
    /// # Errors
    /// Our failure.
    pub async fn item_of(&self, matter: i64) -> Result<Option<(String, Standing)>, Fail> {
        let found = self.read(move |q| {
            q.row(&OF_MATTER, params![matter], |row| Ok((row.get::<String>(2)?, Standing::of(&row.get::<String>(1)?))))
        });
        Ok(found.await?)
    }

    /// Items of these editions, in this order; those that are not public now are left out.
    ///
    /// # Errors
    /// Our failure.
    pub async fn items_by_edition(&self, ids: Vec<i64>) -> Result<Vec<ItemRow>, Fail> {
        let rows = self.read(move |q| {
            let mut rows = Vec::new();
            for id in ids {
                rows.extend(q.row(&SHORT, params![id], |row| row_of(row, 5))?);
            }
            Ok(rows)
        });
        Ok(rows.await?)
    }
}
