//! What the indexes are told of matters and editions. Matters with their masked texts; editions, while
//! they are public, with all words that stand in them and what searches narrow by.

use std::collections::{BTreeMap, HashMap};

use intake::html;
use law::Moment;
use publication::kind::{Field, Form, Place, Relation};
use publication::{Edition, Kind};
use search::{Doc, Op};

use crate::rulebook::Rulebook;
use crate::store::{Fault, Query, Row};
use crate::{params, statements};

statements! {
    MATTER = "select m.id, m.body_id, m.procedure, m.category, m.state, m.unit_id, m.number, m.filed_at, m.parent_id from matter m where m.id = $1";
    MATTER_TEXTS = "select element, masked from matter_text where matter_id = $1 and element not like '~%' union all select element, masked from matter_text_past where matter_id = $1 and element <> 'title'";
    EDITIONS = "select e.id, coalesce(b.host_id, e.body_id), e.kind, e.title, e.content, e.category, e.unit_id, coalesce(p.placed_at, e.published_at), e.state, e.number, case when b.host_id is null then u.name else b.name end from edition e join body b on b.id = e.body_id left join placement p on p.edition_id = e.id and p.channel = 'site' left join unit u on u.id = e.unit_id where e.id > $1 and e.id <= $2 order by e.id limit $3";
    COLUMNS = "select edition_id, channel from placement where edition_id > $1 and edition_id <= $2 and removed_at is null and channel <> 'site'";
    SAID = "select t.id, r.sort from edition t join relation r on r.to_item = t.item join edition f on f.item = r.from_item and f.state = 'public' where t.id > $1 and t.id <= $2 and t.state = 'public'";
    TOLD = "select t.id from edition f join relation r on r.from_item = f.item join edition t on t.item = r.to_item and t.state = 'public' where f.id = $1";
}

/// Names of what every search of public items narrows by; a field of the same name gives way.
pub(crate) mod facet {
    /// 信息类型.
    pub const KIND: &str = "kind";
    /// 体裁.
    pub const MEDIUM: &str = "medium";
    /// Year of publication.
    pub const YEAR: &str = "year";
    /// 发文机关, else the unit that produced it.
    pub const ORGAN: &str = "organ";
    /// 栏目.
    pub const COLUMN: &str = "column";
    /// 有效性, as it is now.
    pub const VALIDITY: &str = "validity";
    /// Id of the unit.
    pub const UNIT: &str = "unit";
    /// Category of a published reply.
    pub const CATEGORY: &str = "category";
    /// Those that are not fields.
    pub const OWN: [&str; 7] = [KIND, MEDIUM, YEAR, ORGAN, COLUMN, UNIT, CATEGORY];
}

fn facets(row: &Row<'_>, names: &[(usize, &str)]) -> Result<Vec<(String, String)>, Fault> {
    let mut found = Vec::new();
    for (column, name) in names {
        found.extend(row.get::<Option<String>>(*column)?.map(|value| ((*name).to_owned(), value)));
    }
    Ok(found)
}

/// The document of a matter; none for a child, which is found by its parent.
pub(crate) fn matter(q: &mut Query<'_>, id: i64) -> Result<Option<Doc>, Fault> {
    let doc = q.row(&MATTER, params![id], |row| {
        if row.get::<Option<i64>>(8)?.is_some() {
            return Ok(None);
        }
        Ok(Some(Doc {
            id: row.get(0)?,
            body: row.get(1)?,
            units: row.get::<Option<i64>>(5)?.into_iter().collect(),
            numbers: row.get::<Option<String>>(6)?.into_iter().collect(),
            facets: facets(row, &[(2, "procedure"), (3, "category"), (4, "state")])?,
            at: row.get(7)?,
            ..Doc::default()
        }))
    })?;
    let Some(mut doc) = doc.flatten() else { return Ok(None) };
    for (element, masked) in
        q.rows(&MATTER_TEXTS, params![id], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?
    {
        let place = if element == "title" { &mut doc.title } else { &mut doc.text };
        place.push_str(&masked);
        place.push('\n');
    }
    Ok(Some(doc))
}

/// What the store holds of an edition, read at once and made a document of elsewhere: the store's
/// threads only read.
pub(crate) struct Raw {
    pub id: i64,
    body: i64,
    kind: String,
    title: String,
    content: String,
    category: Option<String>,
    unit: Option<i64>,
    at: i64,
    public: bool,
    taken_down: bool,
    number: Option<String>,
    unit_name: Option<String>,
    columns: Vec<String>,
    said: Vec<Relation>,
}

/// The editions after an id up to another, at most so many.
pub(crate) fn editions(q: &mut Query<'_>, after: i64, upto: i64, most: u32) -> Result<Vec<Raw>, Fault> {
    let mut raws = q.rows(&EDITIONS, params![after, upto, most], |row| {
        Ok(Raw {
            id: row.get(0)?,
            body: row.get(1)?,
            kind: row.get(2)?,
            title: row.get(3)?,
            content: row.get(4)?,
            category: row.get(5)?,
            unit: row.get(6)?,
            at: row.get(7)?,
            public: row.get::<String>(8)? == "public",
            taken_down: row.get::<String>(8)? == "taken_down",
            number: row.get(9)?,
            unit_name: row.get(10)?,
            columns: Vec::new(),
            said: Vec::new(),
        })
    })?;
    let Some(last) = raws.last().map(|raw| raw.id) else { return Ok(raws) };
    let pair = |row: &Row<'_>| Ok((row.get::<i64>(0)?, row.get::<String>(1)?));
    let mut columns: HashMap<i64, Vec<String>> = HashMap::new();
    for (id, column) in q.rows(&COLUMNS, params![after, last], pair)? {
        columns.entry(id).or_default().push(column);
    }
    let mut said: HashMap<i64, Vec<Relation>> = HashMap::new();
    for (id, sort) in q.rows(&SAID, params![after, last], pair)? {
        said.entry(id).or_default().extend(Relation::from_code(&sort));
    }
    for raw in &mut raws {
        raw.columns = columns.remove(&raw.id).unwrap_or_default();
        raw.said = said.remove(&raw.id).unwrap_or_default();
    }
    Ok(raws)
}

/// The editions that one edition says something of: what it says may change their validity.
pub(crate) fn told_of(q: &mut Query<'_>, id: i64) -> Result<Vec<i64>, Fault> {
    q.rows(&TOLD, params![id], |row| row.get(0))
}

/// What becomes of an edition in the index; one that is not public, or has no words, is not in it.
pub(crate) fn op(rules: &Rulebook, raw: Raw) -> Result<Op, Fault> {
    let gone = if raw.taken_down { Op::Erase(raw.id) } else { Op::Delete(raw.id) };
    Ok(doc(rules, raw)?.map_or(gone, Op::Put))
}

/// The document of an edition that is public.
pub(crate) fn doc(rules: &Rulebook, raw: Raw) -> Result<Option<Doc>, Fault> {
    if !raw.public {
        return Ok(None);
    }
    let fields = serde_json::from_str::<Edition>(&raw.content)
        .map_err(|error| Fault::Shape(format!("edition {}: {error}", raw.id)))?
        .fields;
    let kind = rules.kind(&raw.kind);
    let mut facets: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        facets.extend(value.filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value)));
    };
    add(facet::KIND, Some(raw.kind.clone()));
    add(facet::MEDIUM, kind.map(|kind| kind.medium.label().to_owned()));
    add(facet::YEAR, Some(Moment::from_millis(raw.at).date().year().to_string()));
    add(facet::ORGAN, Some(organ(&fields, raw.unit_name.as_deref())));
    add(facet::CATEGORY, raw.category);
    add(facet::UNIT, raw.unit.map(|unit| unit.to_string()));
    raw.columns.into_iter().for_each(|column| add(facet::COLUMN, Some(column)));
    let narrowing = kind.into_iter().flat_map(|kind| &kind.fields).filter(|field| field.facet);
    for field in narrowing.filter(|field| field.form != Form::DocNumber && !facet::OWN.contains(&field.id.as_str())) {
        let value = fields.get(&field.id).map(String::as_str).unwrap_or_default();
        let value = if field.id == facet::VALIDITY { standing(value, &raw.said) } else { value };
        add(&field.id, Some(field.words(value).to_owned()));
    }
    let mut numbers: Vec<String> = raw.number.into_iter().collect();
    numbers.extend(kind.into_iter().flat_map(|kind| numbered(kind, &fields)).map(str::to_owned));
    numbers.sort_unstable();
    numbers.dedup();
    let text = words(kind, &fields);
    Ok(Some(Doc {
        id: raw.id,
        body: raw.body,
        title: raw.title,
        spelled: true,
        text,
        numbers,
        facets,
        at: raw.at,
        ..Doc::default()
    }))
}

fn numbered<'a>(kind: &'a Kind, fields: &'a BTreeMap<String, String>) -> impl Iterator<Item = &'a str> {
    let of = |field: &'a Field| fields.get(&field.id).filter(|value| !value.is_empty());
    kind.fields.iter().filter(|field| field.form == Form::DocNumber).filter_map(of).map(String::as_str)
}

/// Who issued it: the 发文机关 that it names, else the unit that produced it.
pub(crate) fn organ(fields: &BTreeMap<String, String>, unit: Option<&str>) -> String {
    let field = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    field("issuer").or(unit).or(field("unit")).unwrap_or_default().to_owned()
}

/// The validity that holds now: what later documents say of it comes before what it said itself.
pub(crate) fn standing<'a>(own: &'a str, said: &[Relation]) -> &'a str {
    match own {
        "" => "",
        _ if said.contains(&Relation::Repeals) => "repealed",
        "valid" if said.contains(&Relation::Amends) => "amended",
        own => own,
    }
}

/// All words of the fields in the order of the kind, plain.
fn words(kind: Option<&Kind>, fields: &BTreeMap<String, String>) -> String {
    written(kind, fields, |_| true)
}

/// The words of an item's text: its fields without the table of metadata.
pub(crate) fn prose(kind: Option<&Kind>, fields: &BTreeMap<String, String>) -> String {
    written(kind, fields, |field| matches!(field.place, Place::Lead | Place::Body | Place::Section))
}

fn written(kind: Option<&Kind>, fields: &BTreeMap<String, String>, wanted: impl Fn(&Field) -> bool) -> String {
    let Some(kind) = kind else { return fields.values().map(String::as_str).collect::<Vec<_>>().join("\n") };
    let mut text = String::new();
    for field in kind.fields.iter().filter(|field| wanted(field)) {
        let Some(value) = fields.get(&field.id).filter(|value| !value.is_empty()) else { continue };
        match field.form {
            Form::Items => continue,
            Form::Rich => text.push_str(&html::words(value)),
            _ => text.push_str(field.words(value)),
        }
        text.push('\n');
    }
    text
}
