//! Hiding personal data: in free text ([`text`]) and in single fields ([`name`],
//! [`phone`], [`id_number`], [`address`]).
//!
//! Basis: 个人信息保护法 art. 25 and 51, and the de-identification of what is made public
//! (政府信息公开条例 art. 15). When in doubt a number is hidden: what was hidden wrongly
//! can be corrected, what was shown cannot.

use std::ops::Range;

use crate::normal;

mod field;
mod number;
mod word;

pub use field::{address, id_number, name, phone};

/// What kind of personal data was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 居民身份证号码
    IdNumber,
    /// 手机号码
    Mobile,
    /// 固定电话
    Landline,
    /// 银行卡号
    BankCard,
    /// 电子邮箱
    Email,
    /// 机动车号牌
    Plate,
    /// 护照、通行证号码
    Passport,
}

impl Kind {
    /// The word people know it by.
    pub fn label(self) -> &'static str {
        match self {
            Self::IdNumber => "身份证号码",
            Self::Mobile => "手机号码",
            Self::Landline => "固定电话",
            Self::BankCard => "银行卡号",
            Self::Email => "电子邮箱",
            Self::Plate => "车牌号码",
            Self::Passport => "护照或通行证号码",
        }
    }
}

/// One piece of personal data in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its kind.
    pub kind: Kind,
    /// Where it stands, in bytes of the text.
    pub range: Range<usize>,
    /// What stands there in the masked text.
    pub masked: String,
}

/// A text without its personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The masked text.
    pub text: String,
    /// What was hidden, in order, with ranges of the original.
    pub hits: Vec<Hit>,
}

/// Masks `original`: numbers in full width and numbers written in groups are found too.
pub fn text(original: &str) -> Masked {
    let hits = find(original);
    let mut text = String::with_capacity(original.len());
    let mut shown = 0;
    for hit in &hits {
        text.push_str(original.get(shown..hit.range.start).unwrap_or_default());
        text.push_str(&hit.masked);
        shown = hit.range.end;
    }
    text.push_str(original.get(shown..).unwrap_or_default());
    Masked { text, hits }
}

/// The personal data in `original`, in order, apart from each other.
pub fn find(original: &str) -> Vec<Hit> {
    let fold = normal::fold(original);
    let mut found = number::find(fold.text());
    found.extend(word::find(fold.text()));
    found.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    let mut kept: Vec<Hit> = Vec::with_capacity(found.len());
    for hit in found {
        // Of two that overlap the one that begins first, and of these the longer, stays.
        if kept.last().is_none_or(|last| last.range.end <= hit.range.start) {
            kept.push(hit);
        }
    }
    for hit in &mut kept {
        hit.range = fold.original(hit.range.clone());
    }
    kept
}

/// `shown` with its middle hidden: the first `head` and the last `tail` characters stay.
fn keep_ends(shown: &str, head: usize, tail: usize) -> String {
    let length = shown.chars().count();
    let hidden = |place: usize| place >= head && place + tail < length;
    shown.chars().enumerate().map(|(place, c)| if hidden(place) { '*' } else { c }).collect()
}
