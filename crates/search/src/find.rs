//! Searching.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::collector::{Count as Total, FacetCollector, TopDocs};
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query as Clause,
    RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Order, Searcher, Term};
use text::normal;
use text::token::{self, Term as Word};

use crate::index::{Fault, Index, facet};
use crate::schema::{AT, FACETS, ID};

/// A title counts this much more than a text.
const TITLE: f32 = 3.0;
/// At most so many terms of a query are used: no person types more.
const MOST_TERMS: usize = 64;
/// At most so many hits can be paged through.
const DEEPEST: usize = 10_000;

/// Who may find: everything else does not exist for this search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Bodies searched; none finds nothing.
    pub bodies: Vec<i64>,
    /// If given, only documents of these units.
    pub units: Option<Vec<i64>>,
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first; without words the newest.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The oldest first.
    Oldest,
}

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What the person typed; all of it must be found. Empty: everything in scope.
    pub words: String,
    /// Who may find.
    pub scope: Scope,
    /// Facet names and the values allowed (any of them).
    pub filters: Vec<(String, Vec<String>)>,
    /// From this instant on, ms UTC.
    pub from: Option<i64>,
    /// Before this instant, ms UTC.
    pub to: Option<i64>,
    /// Facet names to count.
    pub count: Vec<String>,
    /// Hits to leave out at the beginning.
    pub offset: usize,
    /// Hits wanted.
    pub limit: usize,
    /// Order.
    pub sort: Sort,
    /// If nothing holds all words, find what holds most of them.
    pub relax: bool,
}

/// How many hits have one value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Facet name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Number of hits.
    pub hits: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// All hits, paged or not.
    pub total: usize,
    /// Ids of this page in order.
    pub ids: Vec<i64>,
    /// The hit whose number is exactly what was typed.
    pub exact: Option<i64>,
    /// Counts of the facets asked for, most frequent first within a name.
    pub counts: Vec<Count>,
    /// Nothing held all words; these hold most of them.
    pub relaxed: bool,
}

impl Index {
    /// Searches. Any text is a query: it has no syntax.
    pub fn search(&self, query: &Query) -> Result<Hits, Fault> {
        let searcher = self.reader.searcher();
        let mut terms = token::terms(&query.words);
        terms.truncate(MOST_TERMS);
        let number = normal::number_key(&query.words);
        let blank = query.words.trim().is_empty();
        if query.scope.bodies.is_empty() || (terms.is_empty() && !blank) {
            return Ok(Hits::default());
        }
        let mut filters = self.scope(&query.scope);
        let exact = match number.as_str() {
            "" => None,
            number => self.exact(&searcher, number, &filters)?,
        };
        filters.extend(self.filters(query));
        let with_words = |words: Box<dyn Clause>| {
            let mut clauses = filters.iter().map(|c| (Occur::Must, c.box_clone())).collect::<Vec<_>>();
            clauses.push((Occur::Must, words));
            BooleanQuery::new(clauses)
        };
        if blank {
            return self.page(&searcher, &BooleanQuery::intersection(filters), query, true);
        }
        let every = with_words(self.every(&query.words, &terms, &number));
        let mut hits = self.page(&searcher, &every, query, false)?;
        if hits.total == 0 && query.relax && terms.len() > 2 {
            let most = with_words(self.most(&terms, terms.len().div_ceil(2)));
            hits = Hits { relaxed: true, ..self.page(&searcher, &most, query, false)? };
        }
        Ok(Hits { exact, ..hits })
    }

    /// Documents in `scope` that are most like `title`, with a score that only compares
    /// them with each other: for "similar questions" before a filing.
    pub fn suggest_similar(&self, title: &str, scope: &Scope, limit: usize) -> Result<Vec<(i64, f32)>, Fault> {
        let mut terms = token::terms(title);
        terms.truncate(MOST_TERMS);
        if terms.is_empty() || scope.bodies.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut clauses: Vec<(Occur, Box<dyn Clause>)> =
            self.scope(scope).into_iter().map(|clause| (Occur::Must, clause)).collect();
        clauses.push((Occur::Must, self.most(&terms, terms.len().div_ceil(4))));
        let searcher = self.reader.searcher();
        let top = TopDocs::with_limit(limit.min(DEEPEST)).order_by_score();
        let found = searcher.search(&BooleanQuery::new(clauses), &top)?;
        found.into_iter().filter_map(|(score, at)| Some(id(&searcher, at).transpose()?.map(|id| (id, score)))).collect()
    }

    fn page(&self, searcher: &Searcher, clause: &dyn Clause, query: &Query, blank: bool) -> Result<Hits, Fault> {
        let offset = query.offset.min(DEEPEST);
        let top = TopDocs::with_limit(query.limit.clamp(1, DEEPEST)).and_offset(offset);
        let order = if query.sort == Sort::Oldest { Order::Asc } else { Order::Desc };
        let mut found: Vec<DocAddress> = if query.sort == Sort::Relevance && !blank {
            places(searcher.search(clause, &top.order_by_score())?)
        } else {
            places(searcher.search(clause, &top.order_by_fast_field::<i64>(AT, order))?)
        };
        found.truncate(query.limit);
        let ids = found.into_iter().filter_map(|at| id(searcher, at).transpose());
        Ok(Hits {
            total: searcher.search(clause, &Total)?,
            ids: ids.collect::<Result<_, _>>()?,
            counts: self.counts(searcher, clause, &query.count)?,
            ..Hits::default()
        })
    }

    fn counts(&self, searcher: &Searcher, clause: &dyn Clause, names: &[String]) -> Result<Vec<Count>, Fault> {
        let names: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut collector = FacetCollector::for_field(FACETS);
        names.iter().for_each(|name| collector.add_facet(facet(name, None)));
        let found = searcher.search(clause, &collector)?;
        let mut counts = Vec::new();
        for name in names {
            let mut values: Vec<Count> = found
                .get(facet(name, None))
                .filter_map(|(value, hits)| {
                    let value = value.to_path().last()?.to_string();
                    Some(Count { name: name.to_owned(), value, hits })
                })
                .collect();
            values.sort_by(|a, b| b.hits.cmp(&a.hits).then_with(|| a.value.cmp(&b.value)));
            counts.append(&mut values);
        }
        Ok(counts)
    }

    fn exact(&self, searcher: &Searcher, number: &str, scope: &[Box<dyn Clause>]) -> Result<Option<i64>, Fault> {
        let mut clauses: Vec<Box<dyn Clause>> = scope.iter().map(|clause| clause.box_clone()).collect();
        clauses.push(term(Term::from_field_text(self.fields.number, number)));
        let newest = TopDocs::with_limit(1).order_by_fast_field::<i64>(AT, Order::Desc);
        let found = searcher.search(&BooleanQuery::intersection(clauses), &newest)?;
        found.first().map_or(Ok(None), |&(_, at)| id(searcher, at))
    }

    fn scope(&self, scope: &Scope) -> Vec<Box<dyn Clause>> {
        let any = |field: Field, ids: &[i64]| {
            let terms = ids.iter().map(|&id| Term::from_field_i64(field, id));
            filter(TermSetQuery::new(terms))
        };
        let bodies = any(self.fields.body, &scope.bodies);
        let units = scope.units.as_ref().map(|units| any(self.fields.unit, units));
        std::iter::once(bodies).chain(units).collect()
    }

    fn filters(&self, query: &Query) -> Vec<Box<dyn Clause>> {
        let mut filters: Vec<Box<dyn Clause>> = Vec::new();
        for (name, values) in &query.filters {
            let values = values.iter().map(|value| Term::from_facet(self.fields.facets, &facet(name, Some(value))));
            filters.push(filter(TermSetQuery::new(values)));
        }
        if query.from.is_some() || query.to.is_some() {
            let at = |instant| Term::from_field_i64(self.fields.at, instant);
            let from = query.from.map_or(Bound::Unbounded, |from| Bound::Included(at(from)));
            let to = query.to.map_or(Bound::Unbounded, |to| Bound::Excluded(at(to)));
            filters.push(filter(RangeQuery::new(from, to)));
        }
        filters
    }

    /// All terms, or the number as a whole; terms that stand together count more.
    fn every(&self, words: &str, terms: &[Word], number: &str) -> Box<dyn Clause> {
        let all = terms.iter().map(|word| (Occur::Must, self.word(word)));
        let together = pairs_together(words).into_iter().flat_map(|phrase| {
            [(self.fields.title, TITLE), (self.fields.text, 1.0)].map(|(field, boost)| {
                let terms = phrase.iter().map(|(at, pair)| (*at, Term::from_field_text(field, pair)));
                (Occur::Should, boosted(PhraseQuery::new_with_offset(terms.collect()), boost))
            })
        });
        let all = BooleanQuery::new(all.chain(together).collect());
        let number = TermQuery::new(Term::from_field_text(self.fields.number, number), IndexRecordOption::Basic);
        Box::new(BooleanQuery::union(vec![Box::new(all), boosted(number, 10.0)]))
    }

    /// At least `least` of the terms, the more and the rarer the better.
    fn most(&self, terms: &[Word], least: usize) -> Box<dyn Clause> {
        let any = terms.iter().map(|word| self.word(word)).collect();
        Box::new(BooleanQuery::union_with_minimum_required_clauses(any, least))
    }

    /// One term in title or text; letters and digits by their beginning, too.
    fn word(&self, word: &Word) -> Box<dyn Clause> {
        let mut either: Vec<Box<dyn Clause>> = Vec::new();
        for (field, boost) in [(self.fields.title, TITLE), (self.fields.text, 1.0)] {
            let (Word::Han(written) | Word::Word(written)) = word;
            let whole = Term::from_field_text(field, written);
            if matches!(word, Word::Word(_)) && written.chars().count() > 1 {
                let after = Term::from_field_text(field, &format!("{written}{}", char::MAX));
                let range = (Bound::Included(whole.clone()), Bound::Excluded(after));
                either.push(filter(InvertedIndexRangeQuery::new(range.0, range.1)));
            }
            either.push(boosted(TermQuery::new(whole, IndexRecordOption::WithFreqs), boost));
        }
        Box::new(BooleanQuery::union(either))
    }
}

/// The runs of at least two pairs in `words`: each pair with its place.
fn pairs_together(words: &str) -> Vec<Vec<(usize, String)>> {
    let mut runs: Vec<Vec<(usize, String)>> = Vec::new();
    let pair = |text: &str| text.chars().count() == 2 && text.chars().all(normal::is_han);
    for token in token::tokens(words).into_iter().filter(|token| pair(&token.text)).take(MOST_TERMS) {
        let next = (token.position, token.text);
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(at, _)| at + 1 == next.0) => run.push(next),
            _ => runs.push(vec![next]),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

fn places<Key>(found: Vec<(Key, DocAddress)>) -> Vec<DocAddress> {
    found.into_iter().map(|(_, at)| at).collect()
}

fn id(searcher: &Searcher, at: DocAddress) -> Result<Option<i64>, Fault> {
    let ids = searcher.segment_reader(at.segment_ord).fast_fields().i64(ID)?;
    Ok(ids.first(at.doc_id))
}

fn term(term: Term) -> Box<dyn Clause> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn boosted(clause: impl Clause, boost: f32) -> Box<dyn Clause> {
    Box::new(BoostQuery::new(Box::new(clause), boost))
}

/// A condition that does not count for the order.
fn filter(clause: impl Clause) -> Box<dyn Clause> {
    Box::new(ConstScoreQuery::new(Box::new(clause), 0.0))
}
