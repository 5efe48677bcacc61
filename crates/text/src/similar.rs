//! How alike short texts are, by their single characters and pairs: for "the same
//! question was asked before".

use std::collections::HashMap;

use crate::token;

/// A text as a weighted bag of tokens.
type Bag = HashMap<String, f64>;

/// Likeness of two texts from 0 (nothing in common) to 1 (the same tokens): the cosine of
/// their token counts, a pair counting twice a single character.
pub fn score(a: &str, b: &str) -> f64 {
    cosine(&bag(a, |_| 1.0), &bag(b, |_| 1.0))
}

/// The candidates that are like `query`, most alike first, with their likeness from 0 to
/// 1: at least `least`, at most `limit` of them. What many candidates share counts less.
pub fn rank(query: &str, candidates: &[&str], least: f64, limit: usize) -> Vec<(usize, f64)> {
    let mut shared: HashMap<String, f64> = HashMap::new();
    for candidate in candidates {
        bag(candidate, |_| 1.0).into_keys().for_each(|token| *shared.entry(token).or_default() += 1.0);
    }
    let count = candidates.len() as f64;
    let rarity = |token: &str| (1.0 + count / (1.0 + shared.get(token).copied().unwrap_or(0.0))).ln();
    let sought = bag(query, rarity);
    let mut ranked: Vec<(usize, f64)> = candidates
        .iter()
        .map(|candidate| cosine(&sought, &bag(candidate, rarity)))
        .enumerate()
        .filter(|&(_, likeness)| likeness > 0.0 && likeness >= least)
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.truncate(limit);
    ranked
}

fn bag(text: &str, weight: impl Fn(&str) -> f64) -> Bag {
    let mut bag = Bag::new();
    for token in token::tokens(text) {
        let single = token.text.chars().count() == 1;
        let weight = weight(&token.text) * if single { 0.5 } else { 1.0 };
        *bag.entry(token.text).or_default() += weight;
    }
    bag
}

fn cosine(a: &Bag, b: &Bag) -> f64 {
    let norm = |bag: &Bag| bag.values().map(|weight| weight * weight).sum::<f64>().sqrt();
    let product: f64 = a.iter().filter_map(|(token, weight)| Some(weight * b.get(token)?)).sum();
    match norm(a) * norm(b) {
        0.0 => 0.0,
        norms => (product / norms).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_symmetric_and_bounded() {
        assert_eq!(score("小区停车收费", "小區停車收費"), 1.0);
        assert_eq!(score("小区停车收费", "办理护照"), 0.0);
        assert_eq!(score("", ""), 0.0);
        let (a, b) = ("小区停车收费标准", "停车怎么收费");
        assert_eq!(score(a, b), score(b, a));
        assert!((0.2..0.9).contains(&score(a, b)));
    }

    #[test]
    fn the_same_question_comes_first_and_common_words_count_less() {
        let titles = ["关于望湖路路灯不亮的问题", "关于望湖小区停车收费的问题", "关于公交改道的问题"];
        let ranked = rank("望湖小区的停车费怎么收", &titles, 0.1, 5);
        assert_eq!(ranked.first().map(|hit| hit.0), Some(1));
        assert!(ranked.iter().all(|hit| hit.0 != 2), "{ranked:?}");
        assert!(rank("望湖小区", &[], 0.0, 5).is_empty());
    }
}
