//! The two indexes, kept up with the store by its change feed: `public` over editions, `desk` over
//! matters, of which it is given masked text only. Disposable: an empty one is filled anew.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use search::{Doc, Index, Kind, Op, Writer};

use crate::feed;
use crate::store::{Fault, Query, Row, Store, Tx};
use crate::{params, statements};

statements! {
    MATTER = "select m.id, m.body_id, m.procedure, m.category, m.state, m.unit_id, m.number, m.filed_at, m.parent_id from matter m where m.id = $1";
    MATTER_TEXTS = "select element, masked from matter_text where matter_id = $1 and element not like '~%' union all select element, masked from matter_text_past where matter_id = $1 and element <> 'title'";
    EDITION = "select id, body_id, kind, title, content, category, unit_id, published_at, state from edition where id = $1";
    MATTERS_AFTER = "select id from matter where id > $1 order by id limit $2";
    EDITIONS_AFTER = "select id from edition where id > $1 order by id limit $2";
}

/// The name under which the feed knows this consumer.
pub(crate) const CONSUMER: &str = "search";
/// Changes indexed with one commit.
const BATCH: u32 = 500;

fn fault(error: search::Fault) -> Fault {
    Fault::Files(error.to_string())
}

/// Both indexes and their writers.
pub(crate) struct Indexes {
    /// Editions.
    pub public: Index,
    /// Matters.
    pub desk: Index,
    writers: Mutex<Option<(Writer, Writer)>>,
}

impl Indexes {
    pub(crate) fn open(data: &Path) -> Result<Indexes, Fault> {
        let dir = data.join("index");
        let public = Index::open(&dir.join("public"), Kind::Public).map_err(fault)?;
        let desk = Index::open(&dir.join("desk"), Kind::Desk).map_err(fault)?;
        Ok(Indexes { public, desk, writers: Mutex::new(None) })
    }

    /// Shows what the worker of another process has committed.
    pub(crate) fn refresh(&self) -> Result<(), Fault> {
        self.public.refresh().and_then(|()| self.desk.refresh()).map_err(fault)
    }

    /// Takes in what changed since the last time; answers whether there was anything.
    pub(crate) fn follow(&self, store: &Store) -> Result<bool, Fault> {
        if self.desk.cursor().map_err(fault)? == 0 {
            self.fill(store)?;
        }
        let changes = store.read_blocking(|q| feed::unseen(q, CONSUMER, BATCH))?;
        let Some(last) = changes.last().map(|change| change.position) else { return Ok(false) };
        let of = |topic: &str| -> Vec<i64> {
            let mut ids: Vec<i64> = changes.iter().filter(|one| one.topic == topic).map(|one| one.id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        self.put(store, of("matter"), of("edition"))?;
        store.write_blocking(crate::store::Lane::Bulk, move |tx: &mut Tx<'_>| feed::advance(tx, CONSUMER, last))?;
        Ok(true)
    }

    /// Fills empty indexes from the store's tables.
    fn fill(&self, store: &Store) -> Result<(), Fault> {
        for (statement, matters) in [(&MATTERS_AFTER, true), (&EDITIONS_AFTER, false)] {
            let mut after = 0;
            loop {
                let ids = store.read_blocking(move |q| q.rows(statement, params![after, BATCH], |row| row.get(0)))?;
                let Some(last) = ids.last() else { break };
                after = *last;
                if matters { self.put(store, ids, Vec::new())? } else { self.put(store, Vec::new(), ids)? }
            }
        }
        self.put(store, Vec::new(), Vec::new())
    }

    fn put(&self, store: &Store, matters: Vec<i64>, editions: Vec<i64>) -> Result<(), Fault> {
        let (desk, public) = store.read_blocking(move |q| {
            let mut desk = Vec::new();
            for id in matters {
                desk.extend(matter(q, id)?);
            }
            let mut public = Vec::new();
            for id in editions {
                public.extend(edition(q, id)?);
            }
            Ok((desk, public))
        })?;
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.is_none() {
            *writers = Some((self.public.writer().map_err(fault)?, self.desk.writer().map_err(fault)?));
        }
        let Some((to_public, to_desk)) = writers.as_mut() else { return Ok(()) };
        if !public.is_empty() {
            to_public.apply(&public, 1).map_err(fault)?;
        }
        to_desk.apply(&desk, 1).map_err(fault)
    }
}

fn facets(row: &Row<'_>, names: &[(usize, &str)]) -> Result<Vec<(String, String)>, Fault> {
    let mut found = Vec::new();
    for (column, name) in names {
        found.extend(row.get::<Option<String>>(*column)?.map(|value| ((*name).to_owned(), value)));
    }
    Ok(found)
}

/// The document of a matter; none for a child, which is found by its parent.
fn matter(q: &mut Query<'_>, id: i64) -> Result<Option<Op>, Fault> {
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
    Ok(Some(Op::Put(doc)))
}

/// The document of an edition; one that is no longer public is removed.
fn edition(q: &mut Query<'_>, id: i64) -> Result<Option<Op>, Fault> {
    q.row(&EDITION, params![id], |row| {
        if row.get::<String>(8)? != "public" {
            return Ok(Op::Delete(id));
        }
        let content: String = row.get(4)?;
        let edition: publication::Edition =
            serde_json::from_str(&content).map_err(|error| Fault::Shape(format!("edition {id}: {error}")))?;
        let mut names = facets(row, &[(2, "kind"), (5, "category")])?;
        names.extend(row.get::<Option<i64>>(6)?.map(|unit| ("unit".to_owned(), unit.to_string())));
        Ok(Op::Put(Doc {
            id,
            body: row.get(1)?,
            title: row.get(3)?,
            text: edition.fields.values().map(String::as_str).collect::<Vec<_>>().join("\n"),
            facets: names,
            at: row.get(7)?,
            ..Doc::default()
        }))
    })
}
