//! Personal data that is not all digits: e-mail, plates, passports.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Hit, Kind, keep_ends};

/// A pattern on folded text: group 1 is what is hidden.
struct Pattern {
    kind: Kind,
    regex: Regex,
    mask: fn(&str) -> String,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let pattern = |kind, source: &str, mask| Regex::new(source).ok().map(|regex| Pattern { kind, regex, mask });
    [
        pattern(Kind::Email, r"([a-z0-9][a-z0-9._%+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+)", email),
        pattern(
            Kind::Plate,
            "([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][ \\-·•]{0,2}\
             (?:[a-hj-np-z0-9]{5,6}|[a-hj-np-z0-9]{4}[挂学警港澳]))",
            plate,
        ),
        pattern(
            Kind::Passport,
            r"(?:护照|通行证|台胞证|回乡证|passport)[^\n。;,]{0,12}?([a-z]{1,2}[0-9]{7,10}|[0-9]{8,10})",
            |number| keep_ends(&number.to_ascii_uppercase(), 1, 2),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
});

pub(super) fn find(folded: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for pattern in PATTERNS.iter() {
        let places = pattern.regex.captures_iter(folded).filter_map(|found| place(&found));
        for range in places.filter(|range| pattern.kind == Kind::Email || stands_free(folded, range)) {
            let written = folded.get(range.clone()).unwrap_or_default();
            if pattern.kind == Kind::Plate && !written.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            hits.push(Hit { kind: pattern.kind, masked: (pattern.mask)(written), range });
        }
    }
    hits
}

fn place(found: &Captures<'_>) -> Option<Range<usize>> {
    found.get(1).map(|group| group.range())
}

/// Not a part of a longer word.
fn stands_free(folded: &str, range: &Range<usize>) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let before = folded.get(..range.start).and_then(|text| text.chars().next_back());
    let after = folded.get(range.end..).and_then(|text| text.chars().next());
    !word(before) && !word(after)
}

/// The first character and the domain; a domain that is itself a number is hidden.
fn email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(usize::from(local.len() > 1)).collect();
    let number = domain.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 6);
    let domain = if number { keep_ends(domain, 0, 0) } else { domain.to_owned() };
    format!("{first}***@{domain}")
}

/// `沪A·***12`
fn plate(written: &str) -> String {
    let mut signs = written.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase());
    let office: String = signs.by_ref().take(2).collect();
    let serial: String = signs.collect();
    format!("{office}·{}", keep_ends(&serial, 0, 2))
}
