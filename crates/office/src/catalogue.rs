//! 主动公开事项目录 of a body: its entries as they stand, what is public under each by its rule, and the
//! history of every change (条例第十二条). Edited by the open-government office alone.

pub(crate) mod edit;
pub(crate) mod import;

use std::collections::BTreeMap;

use law::{Date, Moment};
use publication::catalogue::{Entry, Holds, Names, Standing};

use crate::fail::Fail;
use crate::house::House;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query, Row};
use crate::{params, statements};

pub use import::{Imported, Outcome};

statements! {
    ENTRIES = "select c.id, c.key, c.seq, c.unit_id, u.name, c.value, c.made_on, c.changed_at, c.changed_by, c.ended_at from catalogue_entry c left join unit u on u.id = c.unit_id where c.body_id = $1 order by c.position, c.id";
    ENTRY = "select c.id, c.key, c.seq, c.unit_id, u.name, c.value, c.made_on, c.changed_at, c.changed_by, c.ended_at from catalogue_entry c left join unit u on u.id = c.unit_id where c.body_id = $1 and c.id = $2";
    HELD = "select count(distinct e.item), max(e.published_at) from placement p join edition e on e.id = p.edition_id where p.body_id = $1 and p.channel in ($2, $3, $4) and p.removed_at is null and e.body_id = $5 and (cast($6 as text) is null or $6 like '%|' || e.kind || '|%') and (cast($7 as bigint) is null or e.unit_id = $7) and (cast($8 as text) is null or e.content like $8) and (cast($9 as text) is null or e.title like $9)";
    HISTORY = "select h.seq, h.at, h.actor, o.name, h.act, h.reason, u.name, h.value from catalogue_event h left join officer o on o.id = h.actor left join unit u on u.id = h.unit_id where h.entry_id = $1 and h.body_id = $2 order by h.seq desc";
    LAST = "select h.at, u.name from catalogue_event h left join officer o on o.id = h.actor left join unit u on u.id = o.unit_id where h.body_id = $1 order by h.at desc limit 1";
    UNITS = "select id, name from unit where body_id = $1 order by id";
}

/// The channel that holds everything, for entries that name no column.
const EVERYWHERE: &str = "site";

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its id.
    pub id: i64,
    /// Key: that of the rulebook's model, or one of its own.
    pub key: String,
    /// Number of its last change.
    pub seq: i64,
    /// The unit that produces the information.
    pub unit: Option<(i64, String)>,
    /// What it says.
    pub entry: Entry,
    /// What is public under it.
    pub holds: Holds,
    /// Whether that is enough.
    pub standing: Standing,
    /// When it was changed last.
    pub changed_at: Moment,
    /// Since when it no longer belongs to the catalogue.
    pub ended: Option<Moment>,
}

impl Listed {
    /// Name of the producing unit; empty where none is named.
    pub fn unit_name(&self) -> &str {
        self.unit.as_ref().map_or("", |(_, name)| name)
    }
}

/// What a change did to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Filled from the rulebook.
    Filled,
    /// Entered by hand.
    Added,
    /// Changed.
    Changed,
    /// Read from a table.
    Imported,
    /// Taken out of the catalogue.
    Ended,
    /// Taken in again.
    Restored,
}

impl Act {
    const ALL: [Act; 6] = [Act::Filled, Act::Added, Act::Changed, Act::Imported, Act::Ended, Act::Restored];

    /// Code in the store.
    pub const fn id(self) -> &'static str {
        match self {
            Act::Filled => "filled",
            Act::Added => "added",
            Act::Changed => "changed",
            Act::Imported => "imported",
            Act::Ended => "ended",
            Act::Restored => "restored",
        }
    }

    /// The word officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Act::Filled => "按底本填入",
            Act::Added => "新增",
            Act::Changed => "修改",
            Act::Imported => "导入",
            Act::Ended => "移出目录",
            Act::Restored => "恢复",
        }
    }
}

/// One change of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who; empty for the system.
    pub by: String,
    /// What was done.
    pub act: Option<Act>,
    /// Why.
    pub reason: String,
    /// What differs from before: column, before, after.
    pub differences: Vec<(String, String, String)>,
}

/// When the catalogue was changed last, and by which unit.
pub type Updated = Option<(Moment, String)>;

fn listed(row: &Row<'_>) -> Result<(Listed, Date), Fault> {
    let (id, value): (i64, String) = (row.get(0)?, row.get(5)?);
    let entry = serde_json::from_str(&value).map_err(|error| Fault::Shape(format!("catalogue entry {id}: {error}")))?;
    let unit: (Option<i64>, Option<String>) = (row.get(3)?, row.get(4)?);
    let made: String = row.get(6)?;
    let listed = Listed {
        id,
        key: row.get(1)?,
        seq: row.get(2)?,
        unit: unit.0.zip(unit.1),
        entry,
        holds: Holds::default(),
        standing: Standing::default(),
        changed_at: Moment::from_millis(row.get(7)?),
        ended: row.get::<Option<i64>>(9)?.map(Moment::from_millis),
    };
    Ok((listed, made.parse().unwrap_or(Date::MIN)))
}

/// What is public under an entry now. A body without a site of its own is looked for where it stands.
fn holds(q: &mut Query<'_>, site: i64, body: i64, one: &Listed) -> Result<Holds, Fault> {
    let counts = &one.entry.counts;
    let everywhere = [EVERYWHERE.to_owned()];
    let columns = if counts.columns.is_empty() { &everywhere[..] } else { &counts.columns[..] };
    let column = |at: usize| columns.get(at).cloned().unwrap_or_default();
    let kinds = (!counts.kinds.is_empty()).then(|| format!("|{}|", counts.kinds.join("|")));
    let bare = |text: &str| text.replace(['%', '_'], "");
    let topic = (!counts.topic.is_empty()).then(|| format!("%\"topic\":\"{}\"%", bare(&counts.topic)));
    let title = (!counts.title.is_empty()).then(|| format!("%{}%", bare(&counts.title)));
    let unit = one.unit.as_ref().map(|(id, _)| *id).filter(|_| counts.own_unit);
    let found =
        q.row(&HELD, params![site, column(0), column(1), column(2), body, kinds, unit, topic, title], |row| {
            Ok((row.get::<u64>(0)?, row.get::<Option<i64>>(1)?))
        })?;
    let (total, last) = found.unwrap_or_default();
    Ok(Holds { total, last: last.map(|at| Moment::from_millis(at).date()) })
}

/// An entry with how it stands today.
fn stands(q: &mut Query<'_>, house: &House, body: i64, (mut one, made): (Listed, Date)) -> Result<Listed, Fault> {
    one.holds = holds(q, house.site_of(body), body, &one)?;
    one.standing = one.entry.standing(one.holds, made, house.now().date(), house.rules.law.calendar());
    Ok(one)
}

/// Every entry of the catalogue as it stands; entries of one 一级事项 stand together.
pub(crate) fn entries(q: &mut Query<'_>, house: &House, body: i64) -> Result<Vec<Listed>, Fault> {
    let rows = q.rows(&ENTRIES, params![body], listed)?;
    let mut all = Vec::new();
    for row in rows {
        all.push(stands(q, house, body, row)?);
    }
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (at, one) in all.iter().enumerate() {
        first.entry(one.entry.top.clone()).or_insert(at);
    }
    all.sort_by_key(|one| first.get(&one.entry.top).copied());
    Ok(all)
}

/// What the body calls its units, columns and kinds.
pub(crate) fn names(q: &mut Query<'_>, house: &House, body: i64) -> Result<Names, Fault> {
    let columns = house.rules.columns(&house.body_kind(body));
    let columns = columns.into_iter().flat_map(|all| &all.columns).filter(|column| !column.kinds.is_empty());
    Ok(Names {
        units: q.rows(&UNITS, params![body], |row| Ok((row.get(0)?, row.get(1)?)))?,
        columns: columns.map(|column| (column.id.clone(), column.label.clone())).collect(),
        kinds: house.rules.kinds().map(|kind| (kind.id.clone(), kind.label.clone())).collect(),
    })
}

/// What two forms of an entry say differently.
pub fn differences(
    before: (&Entry, &str),
    after: (&Entry, &str),
    body: &str,
    names: &Names,
) -> Vec<(String, String, String)> {
    let cells = |(entry, unit): (&Entry, &str)| entry.cells(0, body, unit, names);
    let pairs = cells(before).into_iter().zip(cells(after));
    let of = |(head, (before, after)): (&&str, (String, String))| ((*head).to_owned(), before, after);
    publication::catalogue::COLUMNS.iter().zip(pairs).map(of).filter(|(_, before, after)| before != after).collect()
}

impl Office {
    /// The catalogue of a body as it stands today; entries that were taken out are left out.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn catalogue(&self, body: i64) -> Result<(Vec<Listed>, Updated), Fail> {
        let house = self.house().clone();
        let read = self.read(move |q| {
            let mut all = entries(q, &house, body)?;
            all.retain(|one| one.ended.is_none());
            let last = q.row(&LAST, params![body], |row| {
                Ok((Moment::from_millis(row.get(0)?), row.get::<Option<String>>(1)?.unwrap_or_default()))
            })?;
            Ok((all, last))
        });
        Ok(read.await?)
    }

    /// One entry of the caller's body with its history, newest first.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn catalogue_entry(&self, caller: &Caller, id: i64) -> Result<(Listed, Vec<Change>), Fail> {
        let (house, body) = (self.house().clone(), caller.body);
        let name = house.body(body).map(|body| body.name.clone()).unwrap_or_default();
        let read = self.read(move |q| {
            let Some(row) = q.row(&ENTRY, params![body, id], listed)? else { return Ok(None) };
            let one = stands(q, &house, body, row)?;
            let names = names(q, &house, body)?;
            Ok(Some((one, history(q, body, id, &name, &names)?)))
        });
        read.await?.ok_or(Fail::NotFound)
    }

    /// What the caller's body calls its units, columns and kinds, for forms and tables.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn catalogue_names(&self, body: i64) -> Result<Names, Fail> {
        let house = self.house().clone();
        Ok(self.read(move |q| names(q, &house, body)).await?)
    }
}

fn history(q: &mut Query<'_>, body: i64, id: i64, name: &str, names: &Names) -> Result<Vec<Change>, Fault> {
    let rows = q.rows(&HISTORY, params![id, body], |row| {
        let (act, value): (String, String) = (row.get(4)?, row.get(7)?);
        let change = Change {
            seq: row.get(0)?,
            at: Moment::from_millis(row.get(1)?),
            by: row.get::<Option<String>>(3)?.unwrap_or_default(),
            act: Act::ALL.into_iter().find(|one| one.id() == act),
            reason: row.get(5)?,
            differences: Vec::new(),
        };
        Ok((change, value, row.get::<Option<String>>(6)?.unwrap_or_default()))
    })?;
    let read = |value: &str| serde_json::from_str::<Entry>(value).unwrap_or_default();
    let before: Vec<(Entry, String)> =
        rows.iter().skip(1).map(|(_, value, unit)| (read(value), unit.clone())).collect();
    let mut before = before.into_iter();
    let told = |(mut change, value, unit): (Change, String, String)| {
        if let Some((earlier, of)) = before.next() {
            change.differences = differences((&earlier, &of), (&read(&value), &unit), name, names);
        }
        change
    };
    Ok(rows.into_iter().map(told).collect())
}
