//! Tokens for finding: single Han characters, pairs of neighbouring ones, and whole words
//! of other scripts. No dictionary: the same cut in every text and every query.

use std::ops::Range;

use crate::normal::{self, Folded};

/// Longer words of letters and digits are cut here (in characters), in texts and queries
/// alike.
const LONGEST_WORD: usize = 64;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The folded text of the token.
    pub text: String,
    /// Where it stands in the original, in bytes.
    pub range: Range<usize>,
    /// Its place among the tokens: a pair has the place of its first character.
    pub position: usize,
}

/// A stretch of the folded text that is searched as one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Run {
    /// Neighbouring Han characters: their byte ranges in the folded text.
    Han(Vec<Range<usize>>),
    /// Letters and digits.
    Word(Range<usize>),
}

/// All tokens of `text` in order of place; at one place the single character first.
pub fn tokens(text: &str) -> Vec<Token> {
    let fold = normal::fold(text);
    let mut found = Vec::new();
    let mut position = 0;
    let mut push = |range: Range<usize>, position: usize| {
        let text = fold.text().get(range.clone()).unwrap_or_default().to_owned();
        found.push(Token { text, range: fold.original(range), position });
    };
    for run in runs(&fold) {
        match run {
            Run::Word(range) => {
                push(range, position);
                position += 1;
            }
            Run::Han(chars) => {
                for (i, one) in chars.iter().enumerate() {
                    push(one.clone(), position);
                    if let Some(next) = chars.get(i + 1) {
                        push(one.start..next.end, position);
                    }
                    position += 1;
                }
            }
        }
    }
    found
}

/// What a query asks for: each term must be found (search) or is marked (highlight).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// A single Han character or a pair, as indexed.
    Han(String),
    /// The beginning of a word of letters and digits, or the whole.
    Word(String),
}

/// The terms of a query, each once, in order: a run of Han characters gives its pairs, a
/// lone one itself, letters and digits their word.
pub fn terms(query: &str) -> Vec<Term> {
    let fold = normal::fold(query);
    let piece = |range: Range<usize>| fold.text().get(range).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for run in runs(&fold) {
        match run {
            Run::Word(range) => found.push(Term::Word(piece(range))),
            Run::Han(chars) => match chars.as_slice() {
                [one] => found.push(Term::Han(piece(one.clone()))),
                many => found.extend(
                    many.windows(2)
                        .filter_map(|pair| Some(pair.first()?.start..pair.last()?.end))
                        .map(|pair| Term::Han(piece(pair))),
                ),
            },
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|term| seen.insert(term.clone()));
    found
}

/// The places in `text` (bytes, in order, apart from each other) that answer `query`.
pub fn highlight(text: &str, query: &str) -> Vec<Range<usize>> {
    let terms = terms(query);
    if terms.is_empty() {
        return Vec::new();
    }
    let answers = |token: &str| {
        terms.iter().any(|term| match term {
            Term::Han(term) => token == term,
            Term::Word(term) => token.starts_with(term.as_str()),
        })
    };
    let mut marks: Vec<Range<usize>> = Vec::new();
    for token in tokens(text).into_iter().filter(|token| answers(&token.text)) {
        match marks.last_mut() {
            Some(last) if token.range.start <= last.end => last.end = last.end.max(token.range.end),
            _ => marks.push(token.range),
        }
    }
    marks
}

/// The part of `text` to show for `query`: at most `length` characters from a little
/// before the densest marks, as a byte range.
pub fn excerpt(text: &str, query: &str, length: usize) -> Range<usize> {
    let marks = highlight(text, query);
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let total = starts.len();
    let byte = |char_no: usize| starts.get(char_no).copied().unwrap_or(text.len());
    let char_no = |byte: usize| starts.partition_point(|&start| start < byte);
    let marked: Vec<Range<usize>> = marks.iter().take(200).map(|mark| char_no(mark.start)..char_no(mark.end)).collect();
    let within = |from: usize| {
        let inside = marked.iter().filter(|mark| mark.start >= from && mark.end <= from + length);
        inside.map(|mark| mark.len()).sum::<usize>()
    };
    let lead = length / 8;
    let best = marked
        .iter()
        .map(|mark| mark.start.saturating_sub(lead))
        .max_by_key(|&from| (within(from), std::cmp::Reverse(from)))
        .unwrap_or(0);
    let from = best.min(total.saturating_sub(length));
    byte(from)..byte((from + length).min(total))
}

fn runs(fold: &Folded) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    let mut length = 0;
    for (start, c) in fold.text().char_indices() {
        let range = start..start + c.len_utf8();
        if normal::is_han(c) {
            match runs.last_mut() {
                Some(Run::Han(chars)) if open => chars.push(range),
                _ => runs.push(Run::Han(vec![range])),
            }
            open = true;
        } else if c.is_alphanumeric() {
            match runs.last_mut() {
                Some(Run::Word(word)) if open => {
                    length += 1;
                    if length <= LONGEST_WORD {
                        word.end = range.end;
                    }
                }
                _ => {
                    length = 1;
                    runs.push(Run::Word(range));
                }
            }
            open = true;
        } else {
            open = false;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| format!("{}@{}", token.text, token.position)).collect()
    }

    fn marked<'a>(text: &'a str, query: &str) -> Vec<&'a str> {
        highlight(text, query).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn characters_pairs_and_whole_words() {
        assert_eq!(words("８８路公交Wi-Fi"), ["88@0", "路@1", "路公@1", "公@2", "公交@2", "交@3", "wi@4", "fi@5"]);
        assert!(tokens("，。 \u{200b}!").is_empty());
    }

    #[test]
    fn offsets_are_those_of_the_original() {
        let text = "　臺灣ＡＢ";
        let places: Vec<_> = tokens(text).into_iter().map(|token| &text[token.range]).collect();
        assert_eq!(places, ["臺", "臺灣", "灣", "ＡＢ"]);
    }

    #[test]
    fn a_query_is_marked_whatever_its_script_or_width() {
        assert_eq!(marked("望湖小区物业收费", "物業 收費"), ["物业收费"]);
        assert_eq!(marked("88路与188路", "88"), ["88"]);
        assert_eq!(marked("乘Bus88到站", "bus"), ["Bus88"]);
        assert_eq!(marked("路路通", "路"), ["路路"]);
        assert!(highlight("任意文字", " ，").is_empty());
    }

    #[test]
    fn an_excerpt_shows_the_densest_place() {
        let text = format!("{}停车。{}小区停车收费标准。{}", "甲".repeat(80), "乙".repeat(80), "丙".repeat(80));
        let shown = &text[excerpt(&text, "停车收费标准", 40)];
        assert!(shown.contains("停车收费标准"), "{shown}");
        assert_eq!(shown.chars().count(), 40);
        assert_eq!(excerpt("短文", "无关", 40), 0..6);
        assert_eq!(excerpt("", "无关", 0), 0..0);
    }
}
