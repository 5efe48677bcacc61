//! Telephone numbers of this country.

use std::fmt;

use crate::normal;

/// A telephone number in its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phone {
    /// The 11 digits of a mobile number.
    Mobile(String),
    /// A landline.
    Landline {
        /// Area code with its 0, e.g. `0591`; empty when only the local number was given.
        area: String,
        /// 7 or 8 digits.
        local: String,
        /// Digits of the extension, or empty.
        extension: String,
    },
}

impl fmt::Display for Phone {
    /// `13800000000`, `0591-80000000`, `0591-80000000-12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mobile(digits) => f.write_str(digits),
            Self::Landline { area, local, extension } => {
                let parts = [area, local, extension].map(String::as_str);
                let given: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                f.write_str(&given.join("-"))
            }
        }
    }
}

/// Which thing about a number is wrong; its `Display` is a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// Something other than digits and the usual marks between them.
    Character(char),
    /// Begins like a mobile number, but has another length.
    MobileLength(usize),
    /// Neither a mobile number nor a landline.
    Unknown,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("未填写电话号码，请填写手机号码或带区号的固定电话。"),
            Self::Character(c) => write!(f, "电话号码中不能有“{c}”，请只填写数字。"),
            Self::MobileLength(given) => {
                write!(f, "手机号码应为11位，现为{given}位，请核对是否漏填或多填。")
            }
            Self::Unknown => {
                f.write_str("这不是有效的电话号码，请填写11位手机号码，或带区号的固定电话（区号后加短横线）。")
            }
        }
    }
}

impl std::error::Error for Reason {}

/// Reads a number as people write it: full width, blanks, dashes, brackets, `+86`.
pub fn parse(text: &str) -> Result<Phone, Reason> {
    let folded = normal::folded(text.trim());
    if let Some(odd) = folded.chars().find(|&c| !c.is_ascii_digit() && !is_mark(c)) {
        return Err(Reason::Character(odd));
    }
    let groups: Vec<&str> = folded.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let all = groups.concat();
    let digits = home(&all);
    if digits.is_empty() {
        return Err(Reason::Empty);
    }
    if is_mobile(digits) {
        return Ok(Phone::Mobile(digits.to_owned()));
    }
    let mut groups: Vec<&str> = groups;
    if matches!(groups.first(), Some(&("86" | "0086"))) {
        groups.remove(0);
    }
    landline(&groups).ok_or_else(|| {
        let mobile_like = digits.starts_with('1') && (9..=13).contains(&digits.len());
        if mobile_like { Reason::MobileLength(digits.len()) } else { Reason::Unknown }
    })
}

/// Whether these digits are a mobile number: 11 digits from 13 to 19.
pub(crate) fn is_mobile(digits: &str) -> bool {
    digits.len() == 11
        && digits.bytes().all(|b| b.is_ascii_digit())
        && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// A landline from its groups of digits: area and local number in one or several groups,
/// or a local number alone, perhaps with an extension.
pub(crate) fn landline(groups: &[&str]) -> Option<Phone> {
    let build = |number: &[&str], extension: &str| {
        let digits = number.concat();
        let area = area_length(&digits).unwrap_or(0);
        // In groups, the first must end where the area code ends, or be the whole number.
        if area > 0 && number.len() > 1 && number.first().map(|first| first.len()) != Some(area) {
            return None;
        }
        let (area, local) = digits.split_at_checked(area)?;
        let shape = matches!(local.len(), 7 | 8) && local.starts_with(|c| ('2'..='9').contains(&c));
        shape.then(|| Phone::Landline {
            area: area.to_owned(),
            local: local.to_owned(),
            extension: extension.to_owned(),
        })
    };
    build(groups, "").or_else(|| match groups.split_last() {
        Some((extension, number)) if extension.len() <= 6 && !number.is_empty() => build(number, extension),
        _ => None,
    })
}

/// Length of the area code that begins `digits`: 010 and 02x have three digits, 03xx–09xx
/// four.
pub(crate) fn area_length(digits: &str) -> Option<usize> {
    match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => Some(3),
        [b'0', b'3'..=b'9', ..] => Some(4),
        _ => None,
    }
}

fn home(digits: &str) -> &str {
    for prefix in ["0086", "86"] {
        if let Some(rest) = digits.strip_prefix(prefix).filter(|rest| is_mobile(rest)) {
            return rest;
        }
    }
    // Old habit: a 0 before a mobile number of another city.
    digits.strip_prefix('0').filter(|rest| is_mobile(rest)).unwrap_or(digits)
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || normal::is_dash(c) || matches!(c, '(' | ')' | '+' | '.' | '转' | '/' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (given, normal) in [
            ("１３８ ０００００ ０００", "13800000000"),
            ("+86 138-0000-0000", "13800000000"),
            ("013800000000", "13800000000"),
            ("(0591)8000-0000", "0591-80000000"),
            ("059180000000", "0591-80000000"),
            ("010 8000 0000", "010-80000000"),
            ("0591-80000000转12", "0591-80000000-12"),
            ("8000000", "8000000"),
        ] {
            let read = parse(given).map(|phone| phone.to_string());
            assert_eq!(read.as_deref(), Ok(normal), "{given}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_sentence() {
        assert_eq!(parse("  "), Err(Reason::Empty));
        assert_eq!(parse("1380000000"), Err(Reason::MobileLength(10)));
        assert_eq!(parse("138O0000000"), Err(Reason::Character('o')));
        assert_eq!(parse("12345"), Err(Reason::Unknown));
        assert!(parse("12800000000").is_err());
    }
}
