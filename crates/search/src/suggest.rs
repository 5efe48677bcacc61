//! Finding with less than was asked for: while somebody types, and when nothing holds all words.

use std::ops::Bound;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, InvertedIndexRangeQuery, Occur, Query as Clause, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};
use text::normal;
use text::pinyin;
use text::token::{self, Term as Word};

use crate::find::{DEEPEST, MOST_TERMS, Scope, id, weighing};
use crate::index::{Fault, Index};
use crate::number;

/// A number is completed from so many characters on.
const NUMBER_BEGINS: usize = 3;

impl Index {
    /// Documents whose title holds what is being typed or begins with it, or is spelled so (pinyin), or
    /// whose number begins with it; the best first.
    pub fn suggest(&self, typed: &str, scope: &Scope, limit: usize) -> Result<Vec<i64>, Fault> {
        let mut terms = token::terms(typed);
        terms.truncate(MOST_TERMS);
        if terms.is_empty() || scope.bodies.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let words = terms.iter().map(|word| self.word_in(word, &[(self.fields.title, 1.0)])).collect();
        let mut any: Vec<Box<dyn Clause>> = vec![Box::new(BooleanQuery::intersection(words))];
        any.push(begins(self.fields.title_key, &number::title(typed), 5.0));
        let number = normal::number_key(typed);
        if number.chars().count() >= NUMBER_BEGINS {
            any.push(begins(self.fields.number, &number, 10.0));
        }
        any.extend(pinyin::typed(typed).map(|key| begins(self.fields.spelled, &key, 3.0)));
        any.extend(number::keys(typed).into_iter().skip(1).map(|key| begins(self.fields.number, &key, 20.0)));
        let searcher = self.reader.searcher();
        Ok(self
            .ranked(&searcher, Box::new(BooleanQuery::union(any)), scope, limit)?
            .into_iter()
            .map(|hit| hit.0)
            .collect())
    }

    /// Documents in `scope` that are most like `title`, with a score that only compares
    /// them with each other: for "similar questions" before a filing.
    pub fn suggest_similar(&self, title: &str, scope: &Scope, limit: usize) -> Result<Vec<(i64, f32)>, Fault> {
        let mut terms = token::terms(title);
        terms.truncate(MOST_TERMS);
        if terms.is_empty() || scope.bodies.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let most = self.most(&terms, terms.len().div_ceil(4));
        self.ranked(&self.reader.searcher(), most, scope, limit)
    }

    fn ranked(
        &self,
        searcher: &Searcher,
        clause: Box<dyn Clause>,
        scope: &Scope,
        limit: usize,
    ) -> Result<Vec<(i64, f32)>, Fault> {
        let mut clauses: Vec<(Occur, Box<dyn Clause>)> =
            self.scope(searcher, scope)?.into_iter().map(|clause| (Occur::Must, clause)).collect();
        clauses.push((Occur::Must, clause));
        let top = TopDocs::with_limit(limit.min(DEEPEST)).order_by_score();
        let found = searcher.search(&BooleanQuery::new(clauses), &top)?;
        found.into_iter().filter_map(|(score, at)| Some(id(searcher, at).transpose()?.map(|id| (id, score)))).collect()
    }

    /// What is near to the words: half of the terms anywhere, or three quarters of the characters in
    /// the title, so that one wrong or missing character does not hide a document.
    pub(crate) fn near(&self, words: &str, terms: &[Word]) -> Box<dyn Clause> {
        let mut chars: Vec<char> =
            normal::folded(words).chars().filter(|c| normal::is_han(*c)).take(MOST_TERMS).collect();
        chars.sort_unstable();
        chars.dedup();
        let mut either = vec![self.most(terms, terms.len().div_ceil(2))];
        if chars.len() > 2 {
            let each = chars.iter().map(|c| -> Box<dyn Clause> {
                let term = Term::from_field_text(self.fields.title, c.encode_utf8(&mut [0; 4]));
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
            });
            let least = (chars.len() * 3).div_ceil(4);
            either.push(Box::new(BooleanQuery::union_with_minimum_required_clauses(each.collect(), least)));
        }
        Box::new(BooleanQuery::union(either))
    }

    /// At least `least` of the terms, the more and the rarer the better.
    fn most(&self, terms: &[Word], least: usize) -> Box<dyn Clause> {
        let any = terms.iter().map(|word| self.word(word)).collect();
        Box::new(BooleanQuery::union_with_minimum_required_clauses(any, least))
    }
}

/// Everything in a field that begins so; all alike in order.
fn begins(field: Field, start: &str, weight: f32) -> Box<dyn Clause> {
    let from = Term::from_field_text(field, start);
    let after = Term::from_field_text(field, &format!("{start}{}", char::MAX));
    weighing(InvertedIndexRangeQuery::new(Bound::Included(from), Bound::Excluded(after)), weight)
}
