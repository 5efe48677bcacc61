//! 文号: reading the number of an official document (党政机关公文格式, GB/T 9704-2012 7.2.5):
//! 机关代字、年份、发文顺序号. The year stands whole in 〔〕, the number without 第 and without leading zeros.

use std::fmt;

/// A 发文字号.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocNumber {
    /// 机关代字: 晴政办发, or 第/令 forms without a year are not of this shape.
    pub prefix: String,
    /// Year.
    pub year: i32,
    /// Running number in the year.
    pub number: u32,
}

impl fmt::Display for DocNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}〔{}〕{}号", self.prefix, self.year, self.number)
    }
}

const OPEN: [char; 7] = ['〔', '[', '［', '(', '（', '【', '﹝'];
const CLOSE: [char; 7] = ['〕', ']', '］', ')', '）', '】', '﹞'];

/// Reads a whole text as one number; brackets of any form, full-width digits, 第 and leading zeros
/// are accepted and written in the one form.
pub fn read(text: &str) -> Option<DocNumber> {
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
    let open = folded.find(OPEN)?;
    let (prefix, rest) = folded.split_at(open);
    let mut rest = rest.chars();
    rest.next()?;
    let rest = rest.as_str();
    let close = rest.find(CLOSE)?;
    let (year, rest) = rest.split_at(close);
    let mut rest = rest.chars();
    rest.next()?;
    let number = rest.as_str().strip_prefix('第').unwrap_or(rest.as_str()).strip_suffix('号')?;
    let digits =
        |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if !is_prefix(prefix) || year.len() != 4 || !digits(year, 4) || !digits(number, 6) {
        return None;
    }
    let (year, number) = (year.parse().ok()?, number.parse().ok()?);
    ((1949..=2100).contains(&year) && number > 0).then(|| DocNumber { prefix: prefix.to_owned(), year, number })
}

/// A number that is not written as the standard asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// As it stands there, with at most six characters of what stands before the bracket.
    pub written: String,
    /// What is wrong, in words.
    pub why: &'static str,
}

/// Numbers in a text that are not written as GB/T 9704-2012 asks: other brackets than 〔〕, a year of two
/// digits, 第, leading zeros, full-width digits. An unknown 机关代字 is no error.
pub fn malformed(text: &str) -> Vec<Malformed> {
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<Malformed> = Vec::new();
    for at in (0..chars.len()).filter(|at| chars.get(*at).is_some_and(|c| OPEN.contains(c))) {
        found.extend(wrong_at(&chars, at).filter(|one| !found.contains(one)));
    }
    found
}

/// The number whose bracket opens here, if there is one and something is wrong with it.
fn wrong_at(chars: &[char], at: usize) -> Option<Malformed> {
    let is_mark = |c: &&char| crate::normal::is_han(**c) || c.is_ascii_alphabetic();
    let before = chars.get(..at)?.iter().rev().take_while(is_mark).count();
    let open = chars.get(at)?;
    let digits = |from: usize| chars.iter().skip(from).take_while(|c| narrow(**c).is_ascii_digit()).count();
    let blanks = |from: usize| chars.iter().skip(from).take_while(|c| c.is_whitespace()).count();
    let year = digits(at + 1);
    let close = chars.get(at + 1 + year).filter(|c| CLOSE.contains(c))?;
    let mut from = at + 2 + year;
    from += blanks(from);
    let ordinal = chars.get(from) == Some(&'第');
    from += usize::from(ordinal);
    from += blanks(from);
    let number = digits(from);
    let end = from + number + blanks(from + number);
    chars.get(end).filter(|c| **c == '号')?;
    // （2）3号 is a house, not a number of a document.
    let round = matches!(open, '(' | '（');
    let named = before >= 2 && (1..=6).contains(&number) && (year == 4 || (year == 2 && !round));
    if !named || (round && chars.get(end + 1).is_some_and(|c| "楼栋院门房".contains(*c))) {
        return None;
    }
    let wide = chars.get(at..end)?.iter().any(|c| narrow(*c) != *c);
    let why = match () {
        () if year == 2 => "年份应当写全四位",
        () if (*open, *close) != ('〔', '〕') => "年份应当用六角括号〔〕括起",
        () if ordinal => "序号前不写“第”",
        () if chars.get(from) == Some(&'0') => "序号前不补零",
        () if wide => "数字应当用半角",
        () => return None,
    };
    let written = chars.get(at.saturating_sub(before.min(6))..=end)?.iter().collect();
    Some(Malformed { written, why })
}

/// The number as it is written officially: one with a year, or that of an order (国令第707号, GB/T
/// 9704-2012 10.2, which has no year). Nothing where the text is neither.
pub fn written(text: &str) -> Option<String> {
    read(text).map(|number| number.to_string()).or_else(|| order(text))
}

/// The number of an order: 机关代字, 令, running number.
fn order(text: &str) -> Option<String> {
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
    let (prefix, number) = folded.strip_suffix('号')?.split_once("令第")?;
    let number = number.trim_start_matches('0');
    let digits = (1..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let issuer = (1..=20).contains(&prefix.chars().count()) && prefix.chars().all(crate::normal::is_han);
    (digits && issuer).then(|| format!("{prefix}令第{number}号"))
}

/// 机关代字: two to twenty Han characters, Latin letters or separators of combined issuers.
fn is_prefix(prefix: &str) -> bool {
    let count = prefix.chars().count();
    (2..=20).contains(&count)
        && prefix.chars().all(|c| crate::normal::is_han(c) || c.is_ascii_alphabetic() || "、·-".contains(c))
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_becomes_the_one_of_the_standard() {
        for text in
            ["晴政办发〔2026〕8号", "晴政办发[2026]08号", "晴政办发（２０２６）第8号", " 晴政办发 【2026】 8 号 "]
        {
            assert_eq!(read(text).map(|one| one.to_string()).as_deref(), Some("晴政办发〔2026〕8号"), "{text}");
        }
    }

    #[test]
    fn an_order_has_a_number_without_a_year() {
        assert_eq!(written("晴令第 07 号").as_deref(), Some("晴令第7号"));
        assert_eq!(written("晴政办发[2026]08号").as_deref(), Some("晴政办发〔2026〕8号"));
        assert!(["令第7号", "晴令第号", "晴令第7", "根据晴令，第7号"].iter().all(|text| written(text).is_none()));
    }

    #[test]
    fn numbers_not_written_as_the_standard_asks_are_found_in_a_text() {
        let text =
            "依据晴政办发[2026]8号、晴政办发〔2026〕第9号、晴政规〔2026〕010号、晴府〔26〕3号、晴政发（２０２６）7号。";
        let found: Vec<&str> = malformed(text).iter().map(|one| one.why).collect();
        assert_eq!(
            found,
            [
                "年份应当用六角括号〔〕括起",
                "序号前不写“第”",
                "序号前不补零",
                "年份应当写全四位",
                "年份应当用六角括号〔〕括起"
            ]
        );
        assert_eq!(malformed(text)[1].written, "晴政办发〔2026〕第9号");
    }

    #[test]
    fn right_numbers_cases_and_houses_are_left_alone() {
        for text in [
            "晴政办发〔2026〕8号",
            "国令第707号",
            "（2026）晴01行初8号",
            "望潮路花园（2）3号楼",
            "明（2026）晴湾区不动产权第0001号",
            "见附件[1]第2号",
            "不知名机关〔2026〕1号",
        ] {
            assert!(malformed(text).is_empty(), "{text}: {:?}", malformed(text));
        }
    }

    #[test]
    fn what_is_not_a_number_is_not_read_as_one() {
        for text in [
            "",
            "晴政办发〔2026〕号",
            "晴政办发〔26〕8号",
            "晴政办发2026年8号",
            "〔2026〕8号",
            "晴政办发〔2026〕0号",
            "关于某事的通知",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
