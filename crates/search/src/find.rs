//! Searching.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::collector::{Count as Total, FacetCollector, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, InvertedIndexRangeQuery, PhraseQuery,
    Query as Clause, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Score, Searcher, Term};
use text::normal;
use text::token::{self, Term as Word};

use crate::index::{Fault, Index, facet};
use crate::number;
use crate::schema::{AT, FACETS, ID};

/// Words that stand together in a title count this much more than in a text.
const TITLE: f32 = 3.0;
/// So many of the best hits are put in order by their age, too.
const WEIGHED: usize = 200;
/// A text of today counts so much more than a very old one; half of it after a year.
const FRESH: f64 = 0.3;
const YEAR_MS: f64 = 365.0 * 24.0 * 3_600_000.0;
/// At most so many terms of a query are used: no person types more.
pub(crate) const MOST_TERMS: usize = 64;
/// At most so many hits can be paged through.
pub(crate) const DEEPEST: usize = 10_000;

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
    /// If nothing holds all words, find what is near to them.
    pub relax: bool,
    /// Now, ms UTC: of hits that fit alike the newer come first. Absent: age does not count.
    pub now: Option<i64>,
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
    /// Nothing held all words; these are near to them.
    pub relaxed: bool,
}

/// What the order of hits follows.
enum Order<'a> {
    /// Their time.
    Time,
    /// How well they fit: first these, then by words and by which of them stand together.
    Best(Vec<DocAddress>, &'a [Vec<(usize, String)>]),
}

impl Index {
    /// Searches. Any text is a query: it has no syntax.
    pub fn search(&self, query: &Query) -> Result<Hits, Fault> {
        let searcher = self.reader.searcher();
        let mut terms = token::terms(&query.words);
        terms.truncate(MOST_TERMS);
        let numbers = number::keys(&query.words);
        let blank = query.words.trim().is_empty();
        if query.scope.bodies.is_empty() || (terms.is_empty() && !blank) {
            return Ok(Hits::default());
        }
        let mut filters = self.scope(&searcher, &query.scope)?;
        let exact = self.exact(&searcher, &numbers, &filters)?;
        filters.extend(self.filters(query));
        let with = |words: Vec<Box<dyn Clause>>| {
            let clauses = filters.iter().map(|clause| clause.box_clone()).chain(words).collect::<Vec<_>>();
            BooleanQuery::intersection(clauses)
        };
        if blank {
            let all: Vec<Box<dyn Clause>> = if filters.is_empty() { vec![Box::new(AllQuery)] } else { Vec::new() };
            return self.page(&searcher, &with(all), &Order::Time, query);
        }
        // Terms alone, side by side with nothing else: of these the engine passes over whole blocks that
        // cannot be among the best.
        let every = with(terms.iter().map(|word| self.word(word)).collect());
        let whole = self.whole(&searcher, &query.words, &numbers, with)?;
        let near = pairs_together(&query.words);
        let mut hits = if numbers.is_empty() {
            self.page(&searcher, &every, &Order::Best(whole, &near), query)?
        } else {
            let either = BooleanQuery::union(vec![Box::new(every), Box::new(with(vec![self.numbered(&numbers)]))]);
            self.page(&searcher, &either, &Order::Best(whole, &near), query)?
        };
        if hits.total == 0 && query.relax && terms.len() > 1 {
            let about = with(vec![self.near(&query.words, &terms)]);
            hits = Hits { relaxed: true, ..self.page(&searcher, &about, &Order::Best(Vec::new(), &near), query)? };
        }
        Ok(Hits { exact, ..hits })
    }

    fn page(&self, searcher: &Searcher, clause: &dyn Clause, order: &Order, query: &Query) -> Result<Hits, Fault> {
        let (offset, limit) = (query.offset.min(DEEPEST), query.limit.min(DEEPEST));
        let found = match order {
            Order::Best(whole, near) if query.sort == Sort::Relevance => {
                self.best(searcher, clause, whole, near, query)?.into_iter().skip(offset).take(limit).collect()
            }
            _ => {
                let order = if query.sort == Sort::Oldest { tantivy::Order::Asc } else { tantivy::Order::Desc };
                let top = TopDocs::with_limit(limit.max(1)).and_offset(offset);
                let mut found = places(searcher.search(clause, &top.order_by_fast_field::<i64>(AT, order))?);
                found.truncate(limit);
                found
            }
        };
        let ids = found.into_iter().filter_map(|at| id(searcher, at).transpose());
        let (total, counts) = self.counts(searcher, clause, &query.count)?;
        Ok(Hits { total, ids: ids.collect::<Result<_, _>>()?, counts, ..Hits::default() })
    }

    /// The best hits, as many as are asked for: what was typed as a whole, then the rest. Of these the
    /// first [`WEIGHED`] are put in an order that age, and words that stand together, have a part in; they
    /// are the same for every page, so that no hit is shown twice or left out.
    fn best(
        &self,
        searcher: &Searcher,
        clause: &dyn Clause,
        whole: &[DocAddress],
        near: &[Vec<(usize, String)>],
        query: &Query,
    ) -> Result<Vec<DocAddress>, Fault> {
        let wanted = query.offset.saturating_add(query.limit).clamp(WEIGHED, 2 * DEEPEST) + whole.len();
        let mut found = searcher.search(clause, &TopDocs::with_limit(wanted).order_by_score())?;
        found.retain(|(_, at)| !whole.contains(at));
        let first = found.len().min(WEIGHED);
        if let Some(best) = found.get_mut(..first) {
            self.together(searcher, best, near)?;
            if let Some(now) = query.now {
                aged(searcher, best, now)?;
            }
            best.sort_by(|a, b| b.0.total_cmp(&a.0));
        }
        Ok(whole.iter().copied().chain(places(found)).collect())
    }

    /// Hits in which words stand together as they were typed count more.
    fn together(
        &self,
        searcher: &Searcher,
        hits: &mut [(Score, DocAddress)],
        near: &[Vec<(usize, String)>],
    ) -> Result<(), Fault> {
        hits.sort_by_key(|(_, at)| *at);
        for phrase in near {
            for (field, boost) in [(self.fields.title, TITLE), (self.fields.text, 1.0)] {
                let terms = phrase.iter().map(|(at, pair)| (*at, Term::from_field_text(field, pair)));
                let weight = PhraseQuery::new_with_offset(terms.collect())
                    .weight(EnableScoring::enabled_from_searcher(searcher))?;
                for of_segment in hits.chunk_by_mut(|a, b| a.1.segment_ord == b.1.segment_ord) {
                    let Some(segment) = of_segment.first().map(|(_, at)| at.segment_ord) else { continue };
                    let mut phrases = weight.scorer(searcher.segment_reader(segment), boost)?;
                    for (score, at) in of_segment {
                        if phrases.doc() <= at.doc_id && phrases.seek(at.doc_id) == at.doc_id {
                            *score += phrases.score();
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// All hits, and those of each value of the facets, in one walk.
    fn counts(&self, searcher: &Searcher, clause: &dyn Clause, names: &[String]) -> Result<(usize, Vec<Count>), Fault> {
        let names: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            return Ok((searcher.search(clause, &Total)?, Vec::new()));
        }
        let mut collector = FacetCollector::for_field(FACETS);
        names.iter().for_each(|name| collector.add_facet(facet(name, None)));
        let (total, found) = searcher.search(clause, &(Total, collector))?;
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
        Ok((total, counts))
    }

    fn exact(&self, searcher: &Searcher, numbers: &[String], scope: &[Box<dyn Clause>]) -> Result<Option<i64>, Fault> {
        if numbers.is_empty() {
            return Ok(None);
        }
        let mut clauses: Vec<Box<dyn Clause>> = scope.iter().map(|clause| clause.box_clone()).collect();
        clauses.push(self.numbered(numbers));
        let newest = TopDocs::with_limit(1).order_by_fast_field::<i64>(AT, tantivy::Order::Desc);
        let found = searcher.search(&BooleanQuery::intersection(clauses), &newest)?;
        found.first().map_or(Ok(None), |&(_, at)| id(searcher, at))
    }

    fn numbered(&self, numbers: &[String]) -> Box<dyn Clause> {
        filter(TermSetQuery::new(numbers.iter().map(|number| Term::from_field_text(self.fields.number, number))))
    }

    /// Hits whose number, or else whose title, is what was typed, the newest first: they stand before all
    /// others.
    fn whole(
        &self,
        searcher: &Searcher,
        words: &str,
        numbers: &[String],
        with: impl Fn(Vec<Box<dyn Clause>>) -> BooleanQuery,
    ) -> Result<Vec<DocAddress>, Fault> {
        let newest = || TopDocs::with_limit(WEIGHED).order_by_fast_field::<i64>(AT, tantivy::Order::Desc);
        let title = Term::from_field_text(self.fields.title_key, &number::title(words));
        let titled = filter(TermQuery::new(title, IndexRecordOption::Basic));
        let mut found = match numbers {
            [] => Vec::new(),
            _ => places(searcher.search(&with(vec![self.numbered(numbers)]), &newest())?),
        };
        for at in places(searcher.search(&with(vec![titled]), &newest())?) {
            if !found.contains(&at) {
                found.push(at);
            }
        }
        Ok(found)
    }

    /// What limits a search to its scope. Nothing does when all that this very searcher sees lies in it.
    pub(crate) fn scope(&self, searcher: &Searcher, scope: &Scope) -> Result<Vec<Box<dyn Clause>>, Fault> {
        let any = |field: Field, ids: &[i64]| -> Box<dyn Clause> {
            let term = |id| Term::from_field_i64(field, id);
            match ids {
                [id] => filter(TermQuery::new(term(*id), IndexRecordOption::Basic)),
                ids => filter(TermSetQuery::new(ids.iter().map(|&id| term(id)))),
            }
        };
        let units = scope.units.as_ref().map(|units| any(self.fields.unit, units));
        let all: u64 = searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum();
        let alone = match scope.bodies.as_slice() {
            [body] => searcher.doc_freq(&Term::from_field_i64(self.fields.body, *body))? == all,
            _ => false,
        };
        let bodies = (!alone).then(|| any(self.fields.body, &scope.bodies));
        Ok(bodies.into_iter().chain(units).collect())
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

    /// One term, anywhere: the text of the index holds the title, too. Letters and digits also by their
    /// beginning.
    pub(crate) fn word(&self, word: &Word) -> Box<dyn Clause> {
        self.word_in(word, &[(self.fields.text, 1.0)])
    }

    /// One term in any of these fields, each with its weight.
    pub(crate) fn word_in(&self, word: &Word, fields: &[(Field, f32)]) -> Box<dyn Clause> {
        let mut either: Vec<Box<dyn Clause>> = Vec::new();
        for &(field, boost) in fields {
            let (Word::Han(written) | Word::Word(written)) = word;
            let whole = Term::from_field_text(field, written);
            if matches!(word, Word::Word(_)) && written.chars().count() > 1 {
                let after = Term::from_field_text(field, &format!("{written}{}", char::MAX));
                let range = (Bound::Included(whole.clone()), Bound::Excluded(after));
                either.push(filter(InvertedIndexRangeQuery::new(range.0, range.1)));
            }
            let term = TermQuery::new(whole, IndexRecordOption::WithFreqs);
            either.push(if boost == 1.0 { Box::new(term) } else { boosted(term, boost) });
        }
        match <[Box<dyn Clause>; 1]>::try_from(either) {
            Ok([one]) => one,
            Err(either) => Box::new(BooleanQuery::union(either)),
        }
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

/// Of hits that fit alike the newer count more.
fn aged(searcher: &Searcher, hits: &mut [(Score, DocAddress)], now: i64) -> Result<(), Fault> {
    let segments = searcher.segment_readers().iter().map(|segment| segment.fast_fields().i64(AT));
    let times = segments.collect::<Result<Vec<_>, _>>()?;
    for (score, at) in hits {
        let written = times.get(at.segment_ord as usize).and_then(|times| times.first(at.doc_id)).unwrap_or(0);
        let age = now.saturating_sub(written).max(0) as f64 / YEAR_MS;
        *score *= (1.0 + FRESH * (-age).exp2()) as f32;
    }
    Ok(())
}

pub(crate) fn id(searcher: &Searcher, at: DocAddress) -> Result<Option<i64>, Fault> {
    let ids = searcher.segment_reader(at.segment_ord).fast_fields().i64(ID)?;
    Ok(ids.first(at.doc_id))
}

fn boosted(clause: impl Clause, boost: f32) -> Box<dyn Clause> {
    Box::new(BoostQuery::new(Box::new(clause), boost))
}

/// A condition that does not count for the order.
fn filter(clause: impl Clause) -> Box<dyn Clause> {
    weighing(clause, 0.0)
}

/// A condition whose hits all count alike.
pub(crate) fn weighing(clause: impl Clause, weight: f32) -> Box<dyn Clause> {
    Box::new(ConstScoreQuery::new(Box::new(clause), weight))
}
