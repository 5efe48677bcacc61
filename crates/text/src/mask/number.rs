//! Numbers of people in a folded text: identity, phones, bank cards, in one piece or in
//! groups parted by blanks, dashes, dots or brackets.

use std::ops::Range;

use super::{Hit, Kind, keep_ends};
use crate::phone::Phone;
use crate::{bank_card, credit_code, id_number, normal, phone};

/// At most so many marks may stand between two groups of one number.
const WIDEST_GAP: usize = 3;
/// No number sought has more digits in groups than this.
const LONGEST: usize = 19;

/// Groups of digits (the last perhaps ending in the `x` of an identity number).
type Chain = Vec<Range<usize>>;

pub(super) fn find(folded: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for chain in chains(folded) {
        let mut next = 0;
        while next < chain.len() {
            let (hit, used) = at(folded, &chain, next);
            hits.extend(hit);
            next += used.max(1);
        }
    }
    hits
}

/// The number that begins with group `first`, and how many groups it takes. A group that
/// is a number by itself is never joined with its neighbours; else the longest wins.
fn at(folded: &str, chain: &Chain, first: usize) -> (Option<Hit>, usize) {
    let mut best = (None, 1);
    let mut digits = 0;
    for (taken, group) in chain.iter().skip(first).enumerate() {
        digits += group.len();
        if taken > 0 && digits > LONGEST {
            break;
        }
        let Some(groups) = chain.get(first..=first + taken) else {
            break;
        };
        let candidate = Candidate::new(folded, groups, first == 0);
        if let Some(hit) = candidate.and_then(|candidate| candidate.hit()) {
            best = (Some(hit), taken + 1);
            if taken == 0 {
                break;
            }
        }
    }
    best
}

fn chains(folded: &str) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut gap = usize::MAX;
    for (start, c) in folded.char_indices() {
        let final_x = c == 'x' && gap <= WIDEST_GAP;
        if c.is_ascii_digit() || final_x {
            match chains.last_mut() {
                Some(chain) if gap == 0 => {
                    if let Some(group) = chain.last_mut() {
                        group.end = start + 1;
                    }
                }
                Some(chain) if gap <= WIDEST_GAP => chain.push(start..start + 1),
                _ => chains.push(Chain::from_iter(std::iter::once(start..start + 1))),
            }
            gap = if final_x { usize::MAX } else { 0 };
        } else if is_gap(c) {
            gap = gap.saturating_add(1);
        } else {
            gap = usize::MAX;
        }
    }
    chains
}

fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\t' | '.' | '·' | '(' | ')') || normal::is_dash(c)
}

/// Neighbouring groups that may be one number.
struct Candidate<'a> {
    folded: &'a str,
    groups: Vec<&'a str>,
    /// All characters of the groups, perhaps with a final `x`.
    all: String,
    range: Range<usize>,
    begins_chain: bool,
}

impl<'a> Candidate<'a> {
    fn new(folded: &'a str, ranges: &[Range<usize>], begins_chain: bool) -> Option<Self> {
        let groups: Vec<&str> = ranges.iter().filter_map(|range| folded.get(range.clone())).collect();
        let range = ranges.first()?.start..ranges.last()?.end;
        Some(Self { folded, all: groups.concat(), groups, range, begins_chain })
    }

    fn hit(&self) -> Option<Hit> {
        self.id_number().or_else(|| self.mobile()).or_else(|| {
            let free = !self.is_amount() && !self.is_decimal() && !self.touches_letters();
            free.then(|| self.old_id_number().or_else(|| self.landline()).or_else(|| self.card()))?
        })
    }

    fn found(&self, kind: Kind, masked: String) -> Hit {
        let range = self.range.clone();
        Hit { kind, range, masked }
    }

    /// 18 digits with a right check digit, or what is called an identity number. An `x` that follows
    /// eighteen digits is not part of them.
    fn id_number(&self) -> Option<Hit> {
        let own = match self.all.strip_suffix('x') {
            Some(digits) if digits.len() == 18 => digits,
            _ => self.all.as_str(),
        };
        let right = own.len() == 18 && id_number::parse(own).is_ok();
        let called = (15..=18).contains(&own.len()) && self.follows(&["身份证", "身份号", "证件号", "公民号"]);
        let range = self.range.start..self.range.end - (self.all.len() - own.len());
        let masked = || keep_ends(&own.to_ascii_uppercase(), 6, 4);
        (right || called).then(|| Hit { kind: Kind::IdNumber, range, masked: masked() })
    }

    /// 15 digits in one piece: without a check digit they are read more strictly.
    fn old_id_number(&self) -> Option<Hit> {
        let shape = self.all.len() == 15 && self.groups.len() == 1 && !self.is_reference();
        (shape && id_number::parse(&self.all).is_ok()).then(|| self.found(Kind::IdNumber, keep_ends(&self.all, 6, 3)))
    }

    fn mobile(&self) -> Option<Hit> {
        let digits = self.all.trim_end_matches('x');
        let own = digits.get(digits.len().checked_sub(11)?..).filter(|own| phone::is_mobile(own))?;
        let prefix = digits.len() - own.len();
        let known_prefix = matches!(digits.get(..prefix), Some("" | "0" | "86" | "0086"));
        let in_groups = match self.groups.as_slice() {
            [_] => true,
            many => prefix == 0 && (even(many, 3) || many.iter().all(|group| group.len() == 1)),
        };
        let dotted = self.written().contains('.') && self.groups.first()?.len() != 3;
        if !known_prefix || !in_groups || dotted {
            return None;
        }
        let end = self.range.end - (self.all.len() - digits.len());
        Some(Hit { kind: Kind::Mobile, range: self.range.start + prefix..end, masked: keep_ends(own, 3, 4) })
    }

    fn landline(&self) -> Option<Hit> {
        let Some(Phone::Landline { area, local, extension }) = phone::landline(&self.groups) else {
            return None;
        };
        let called = ["电话", "座机", "固话", "联系方式", "传真", "致电", "拨打", "tel"];
        let known = !area.is_empty() || (self.begins_chain && self.follows(&called));
        if !extension.is_empty() || !known || self.is_reference() {
            return None;
        }
        let dash = if area.is_empty() { "" } else { "-" };
        let masked = format!("{area}{dash}{}", "*".repeat(local.len()));
        Some(self.found(Kind::Landline, masked))
    }

    fn card(&self) -> Option<Hit> {
        let called = self.follows(&["卡号", "银行卡", "储蓄卡", "工资卡", "账号", "帐号", "账户", "帐户"]);
        let length = if called { 12..=25 } else { 13..=19 };
        let digits = self.all.bytes().all(|b| b.is_ascii_digit());
        let piece = self.groups.len() == 1
            || (self.groups.split_last().is_some_and(|(_, before)| even(before, 3))
                && !self.written().contains(['.', '(', ')']));
        let right = bank_card::is_card(&self.all) && !self.is_reference() && credit_code::parse(&self.all).is_err();
        (digits && piece && length.contains(&self.all.len()) && (called || right))
            .then(|| self.found(Kind::BankCard, keep_ends(&self.all, 0, 4)))
    }

    fn written(&self) -> &str {
        self.folded.get(self.range.clone()).unwrap_or_default()
    }

    fn before(&self) -> impl Iterator<Item = char> {
        self.folded.get(..self.range.start).unwrap_or_default().chars().rev()
    }

    fn after(&self) -> impl Iterator<Item = char> {
        self.folded.get(self.range.end..).unwrap_or_default().chars()
    }

    /// Whether one of these words stands shortly before the number, in the same clause.
    fn follows(&self, words: &[&str]) -> bool {
        let clause = |c: &char| !matches!(c, '\n' | ',' | '。' | ';' | '、');
        let near: Vec<char> = self.before().take(8).take_while(clause).collect();
        let near: String = near.into_iter().rev().collect();
        words.iter().any(|word| near.contains(word))
    }

    /// Numbers of papers, orders and cases are not those of people.
    fn is_reference(&self) -> bool {
        self.follows(&[
            "编号",
            "文号",
            "单号",
            "工单",
            "流水",
            "订单",
            "案号",
            "信用代码",
            "受理号",
            "合同",
            "注册号",
            "登记号",
        ])
    }

    fn is_amount(&self) -> bool {
        let mark = self.before().find(|c| !c.is_whitespace());
        let unit = self.after().find(|c| !c.is_whitespace());
        mark.is_some_and(|c| matches!(c, '¥' | '$' | '€'))
            || unit.is_some_and(|c| matches!(c, '元' | '万' | '亿' | '%' | '角'))
    }

    /// A part of a decimal number.
    fn is_decimal(&self) -> bool {
        let part = |mut side: Box<dyn Iterator<Item = char> + '_>| {
            side.next() == Some('.') && side.next().is_some_and(|c| c.is_ascii_digit())
        };
        part(Box::new(self.before())) || part(Box::new(self.after()))
    }

    fn touches_letters(&self) -> bool {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        letter(self.before().next()) || letter(self.after().next())
    }
}

/// Whether every group has at least `least` digits.
fn even(groups: &[&str], least: usize) -> bool {
    groups.iter().all(|group| group.len() >= least)
}
