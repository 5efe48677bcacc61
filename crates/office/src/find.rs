//! Search over everything public: what people type finds items as they are public now. The index says
//! which; what is shown of them comes from the store, and only while it is what was published.

use law::Moment;
use publication::Edition;
use publication::kind::Relation;
use search::{Query as Words, Scope, Sort};

use crate::edition::ItemRow;
use crate::fail::Fail;
use crate::index::Filled;
use crate::indexed::{self, facet};
use crate::log::intact::fingerprint;
use crate::office::Office;
use crate::store::{Fault, Query};
use crate::{params, statements};

statements! {
    HIT = "select e.item, e.title, e.number, e.kind, coalesce(p.placed_at, e.published_at), e.content, e.hash, u.name from edition e left join placement p on p.edition_id = e.id and p.channel = 'site' left join unit u on u.id = e.unit_id where e.id = $1 and e.state = 'public'";
    SAID_OF = "select r.sort, f.item, f.title from relation r join edition f on f.item = r.from_item and f.state = 'public' where r.to_item = $1 order by f.published_at, f.id";
    TITLE = "select item, title, number, kind from edition where id = $1 and state = 'public'";
}

/// What a search of public items may be narrowed by, in the order in which it is offered.
pub const NARROWING: [&str; 7] =
    [facet::KIND, facet::VALIDITY, facet::YEAR, facet::ORGAN, TOPIC, facet::COLUMN, facet::MEDIUM];
/// 主题分类.
const TOPIC: &str = "topic";

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What was typed; empty finds everything, the newest first.
    pub words: String,
    /// Facet and value, each must hold.
    pub narrowed: Vec<(&'static str, String)>,
    /// The newest first, not the best.
    pub by_date: bool,
    /// Page, from 1.
    pub page: usize,
    /// Hits on a page.
    pub rows: usize,
    /// Whether to count the values of every facet.
    pub count: bool,
}

/// A public item that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The item.
    pub row: ItemRow,
    /// Its words, plain.
    pub text: String,
    /// Who issued it.
    pub organ: String,
    /// Validity now: code and word; of a kind without it nothing.
    pub validity: Option<(String, String)>,
    /// Items that interpret it: id and title.
    pub interpreted: Vec<(String, String)>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The facet, one of [`NARROWING`].
    pub facet: String,
    /// The value.
    pub value: String,
    /// The value in words.
    pub label: String,
    /// How many hits have it.
    pub hits: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// All of them.
    pub total: usize,
    /// Nothing holds all words; these are near to them.
    pub relaxed: bool,
    /// The item whose 文号 is exactly what was typed: kind and item.
    pub exact: Option<(String, String)>,
    /// This page.
    pub hits: Vec<Hit>,
    /// Values of facets, most frequent first.
    pub counted: Vec<Counted>,
}

fn engine(error: search::Fault) -> Fault {
    Fault::Files(error.to_string())
}

impl Office {
    /// Finds public items of a body.
    ///
    /// # Errors
    /// Our failure.
    pub async fn find(&self, body: i64, asked: Search) -> Result<Found, Fail> {
        let filters = asked.narrowed.iter().map(|(name, value)| ((*name).to_owned(), self.values(body, name, value)));
        let query = Words {
            words: asked.words,
            scope: Scope { bodies: vec![body], units: None },
            filters: filters.collect(),
            count: if asked.count { NARROWING.map(str::to_owned).into() } else { Vec::new() },
            offset: asked.page.saturating_sub(1).saturating_mul(asked.rows),
            limit: asked.rows,
            sort: if asked.by_date { Sort::Newest } else { Sort::Relevance },
            relax: true,
            now: Some(self.now().millis()),
            ..Words::default()
        };
        let pair = self.indexes().pair()?;
        let searched = tokio::task::spawn_blocking(move || pair.public.search(&query)).await;
        let found = searched.map_err(|error| Fault::Files(error.to_string()))?.map_err(engine)?;
        let mut hits = Vec::new();
        for id in found.ids {
            hits.extend(self.hit(id).await?);
        }
        let exact = match found.exact {
            Some(id) => self.titles(vec![id]).await?.pop().map(|row| (row.kind, row.item)),
            None => None,
        };
        let counted = found.counts.into_iter().map(|count| self.counted(body, count)).collect();
        Ok(Found { total: found.total, relaxed: found.relaxed, exact, hits, counted })
    }

    /// The values that a narrowing stands for: a column that gathers stands for those below it.
    fn values(&self, body: i64, name: &str, value: &str) -> Vec<String> {
        let columns = self.body(body).ok().and_then(|body| self.rules().columns(&body.kind));
        match columns.filter(|_| name == facet::COLUMN).map(|columns| columns.below(value)) {
            Some(below) if !below.is_empty() => below.into_iter().map(|one| one.id.clone()).collect(),
            _ => vec![value.to_owned()],
        }
    }

    /// Public items whose title or 文号 begins with or holds what is being typed, the best first.
    ///
    /// # Errors
    /// Our failure.
    pub async fn suggest(&self, body: i64, typed: &str, most: usize) -> Result<Vec<ItemRow>, Fail> {
        let scope = Scope { bodies: vec![body], units: None };
        let (pair, typed) = (self.indexes().pair()?, typed.to_owned());
        let searched = tokio::task::spawn_blocking(move || pair.public.suggest(&typed, &scope, most)).await;
        let ids = searched.map_err(|error| Fault::Files(error.to_string()))?.map_err(engine)?;
        self.titles(ids).await
    }

    /// Fills new indexes from the store beside those in use and puts them in their place. Other
    /// processes go on serving and writing meanwhile.
    ///
    /// # Errors
    /// Our failure; another process that does the same.
    pub fn reindex(&self, told: &mut dyn FnMut(Filled)) -> Result<Filled, Fail> {
        Ok(self.indexes().rebuild(self.store(), self.house(), told)?)
    }

    /// Items of these editions by their titles, in this order; those that are not public are left out.
    async fn titles(&self, ids: Vec<i64>) -> Result<Vec<ItemRow>, Fail> {
        let rows = self.read(move |q| {
            let one = |q: &mut Query<'_>, id: i64| {
                q.row(&TITLE, params![id], |row| {
                    Ok(ItemRow {
                        item: row.get(0)?,
                        title: row.get(1)?,
                        number: row.get(2)?,
                        kind: row.get(3)?,
                        at: Moment::from_millis(0),
                        summary: String::new(),
                        validity: String::new(),
                        unit: String::new(),
                    })
                })
            };
            ids.into_iter().filter_map(|id| one(q, id).transpose()).collect()
        });
        Ok(rows.await?)
    }

    /// An edition as a hit. One that was altered is put back first, or left out (防篡改).
    async fn hit(&self, id: i64) -> Result<Option<Hit>, Fail> {
        let house = self.house().clone();
        let read = move |q: &mut Query<'_>| {
            let found = q.row(&HIT, params![id], |row| {
                let item = ItemRow {
                    item: row.get(0)?,
                    title: row.get(1)?,
                    number: row.get(2)?,
                    kind: row.get(3)?,
                    at: Moment::from_millis(row.get(4)?),
                    summary: String::new(),
                    validity: String::new(),
                    unit: String::new(),
                };
                Ok((item, row.get::<String>(5)?, row.get::<String>(6)?, row.get::<Option<String>>(7)?))
            })?;
            let Some((row, content, hash, unit)) = found else { return Ok(None) };
            let said = q.rows(&SAID_OF, params![&row.item], |row| {
                Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
            })?;
            let sound = fingerprint(&content) == hash;
            Ok(Some((sound, shown(&house.rules, row, &content, unit.as_deref(), said))))
        };
        match self.read(read.clone()).await? {
            Some((true, hit)) => Ok(hit),
            Some((false, _)) if self.intact(id).await.is_ok() => Ok(self.read(read).await?.and_then(|(_, hit)| hit)),
            _ => Ok(None),
        }
    }

    /// A count in words.
    fn counted(&self, body: i64, count: search::Count) -> Counted {
        let rules = self.rules();
        let label = match count.name.as_str() {
            facet::KIND => rules.kind(&count.value).map(|kind| kind.label.clone()),
            facet::YEAR => Some(format!("{}年", count.value)),
            facet::COLUMN => {
                let columns = self.body(body).ok().and_then(|body| rules.columns(&body.kind));
                columns.and_then(|columns| columns.get(&count.value)).map(|column| column.label.clone())
            }
            _ => None,
        };
        Counted {
            label: label.unwrap_or_else(|| count.value.clone()),
            facet: count.name,
            value: count.value,
            hits: count.hits,
        }
    }
}

fn shown(
    rules: &crate::rulebook::Rulebook,
    row: ItemRow,
    content: &str,
    unit: Option<&str>,
    said: Vec<(String, String, String)>,
) -> Option<Hit> {
    let fields = serde_json::from_str::<Edition>(content).ok()?.fields;
    let kind = rules.kind(&row.kind);
    let relations: Vec<Relation> = said.iter().filter_map(|(sort, ..)| Relation::from_code(sort)).collect();
    let field = kind.and_then(|kind| kind.fields.iter().find(|field| field.id == facet::VALIDITY));
    let validity = field.and_then(|field| {
        let code = indexed::standing(fields.get(&field.id)?, &relations);
        (!code.is_empty()).then(|| (code.to_owned(), field.words(code).to_owned()))
    });
    let interprets = |sort: &str| Relation::from_code(sort) == Some(Relation::Interprets);
    Some(Hit {
        text: indexed::prose(kind, &fields),
        organ: indexed::organ(&fields, unit),
        validity,
        interpreted: said
            .into_iter()
            .filter(|(sort, ..)| interprets(sort))
            .map(|(_, item, title)| (item, title))
            .collect(),
        row: ItemRow {
            summary: fields.get("summary").cloned().unwrap_or_default(),
            validity: fields.get(facet::VALIDITY).cloned().unwrap_or_default(),
            unit: unit.unwrap_or_default().to_owned(),
            ..row
        },
    })
}
