//! Resident identity numbers (公民身份号码, GB 11643-1999) and the 15-digit numbers before
//! them.

use std::fmt;

use jiff::civil::Date;

use crate::normal;

/// What a valid number says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdNumber {
    /// The number in its normal form: half width, capital `X`.
    pub number: String,
    /// Day of birth.
    pub birth: Date,
    /// Sex as registered.
    pub sex: Sex,
    /// The six digits of the place of first registration (GB/T 2260).
    pub region: String,
}

/// Sex as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// Which thing about a number is wrong; its `Display` is a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// Neither 18 nor 15 characters.
    Length(usize),
    /// Something other than digits (and a final X).
    Character,
    /// The first digits name no province.
    Region,
    /// The day of birth does not exist.
    Birth,
    /// The last character does not fit the others.
    CheckDigit,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("未填写身份证号码，请填写18位号码。"),
            Self::Length(given) => write!(f, "身份证号码应为18位（旧号码15位），现为{given}位，请核对是否漏填或多填。"),
            Self::Character => f.write_str("身份证号码只能由数字组成，末位可以是X，请删去其他字符。"),
            Self::Region => f.write_str("身份证号码前六位不是有效的行政区划代码，请核对前六位。"),
            Self::Birth => f.write_str("身份证号码中的出生日期不存在，请核对第7至14位。"),
            Self::CheckDigit => f.write_str("身份证号码校验位不符，可能有一位填错，请对照证件逐位核对。"),
        }
    }
}

impl std::error::Error for Reason {}

/// Reads an 18-digit number (or a 15-digit one of before 1999), full width, spaces and
/// dashes between groups allowed.
pub fn parse(text: &str) -> Result<IdNumber, Reason> {
    let number: String = normal::folded(text)
        .chars()
        .filter(|&c| !c.is_whitespace() && !normal::is_dash(c))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    match number.chars().count() {
        0 => return Err(Reason::Empty),
        15 | 18 => {}
        other => return Err(Reason::Length(other)),
    }
    let body = if number.len() == 18 { number.get(..17) } else { number.get(..15) };
    let last_fits = number.ends_with(|c: char| c.is_ascii_digit() || (c == 'X' && number.len() == 18));
    let body = body.ok_or(Reason::Character)?;
    if !body.bytes().all(|b| b.is_ascii_digit()) || !last_fits || !number.is_ascii() {
        return Err(Reason::Character);
    }
    let region = number.get(..6).unwrap_or_default();
    if !is_region(region) {
        return Err(Reason::Region);
    }
    let long = number.len() == 18;
    let born = if long {
        number.get(6..14).unwrap_or_default().to_owned()
    } else {
        format!("19{}", number.get(6..12).unwrap_or_default())
    };
    let birth = date(&born).ok_or(Reason::Birth)?;
    if long && check_character(body) != number.chars().last() {
        return Err(Reason::CheckDigit);
    }
    let order = if long { number.get(16..17) } else { number.get(14..15) };
    let odd = order.and_then(|digit| digit.parse::<u8>().ok()).is_some_and(|digit| digit % 2 == 1);
    Ok(IdNumber { birth, sex: if odd { Sex::Male } else { Sex::Female }, region: region.to_owned(), number })
}

/// The check character of the first 17 digits (ISO 7064 MOD 11-2).
fn check_character(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = body.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize)
}

/// Provinces of GB/T 2260; 83 stands for residents of Taiwan (港澳台居民居住证), 9 begins
/// the permanent residence numbers of foreigners.
fn is_region(region: &str) -> bool {
    let province: u8 = region.get(..2).and_then(|two| two.parse().ok()).unwrap_or_default();
    matches!(
        province,
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99
    )
}

/// `YYYYMMDD`, in the years that living and recently living people were born in.
fn date(digits: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let year = number(0..4).filter(|year| (1850..2100).contains(year))?;
    let [month, day] = [number(4..6)?, number(6..8)?].map(|n| i8::try_from(n).unwrap_or_default());
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_number_tells_birth_sex_and_region() {
        let id = parse(" 11010519491231002x ").unwrap();
        assert_eq!(id.number, "11010519491231002X");
        assert_eq!(id.birth.to_string(), "1949-12-31");
        assert_eq!((id.sex, id.region.as_str()), (Sex::Female, "110105"));
        let wide = parse("１１０１０５　１９４９１２３１　００２Ｘ");
        assert_eq!(wide, Ok(id));
        let old = parse("110105491231003").unwrap();
        assert_eq!((old.birth.to_string().as_str(), old.sex), ("1949-12-31", Sex::Male));
    }

    #[test]
    fn each_mistake_has_its_own_sentence() {
        for (number, reason) in [
            ("", Reason::Empty),
            ("1101051949123100", Reason::Length(16)),
            ("11010519491231A02X", Reason::Character),
            ("11010519491231002Y", Reason::Character),
            ("一一〇一〇五一九四九一二三一〇〇二", Reason::Length(17)),
            ("一一〇一〇五一九四九一二三一〇〇二九", Reason::Character),
            ("00010519491231002X", Reason::Region),
            ("11010519490231002X", Reason::Birth),
            ("11010517991231002X", Reason::Birth),
            ("110105194912310021", Reason::CheckDigit),
        ] {
            assert_eq!(parse(number), Err(reason), "{number}");
            assert!(reason.to_string().contains("身份证号码"));
        }
        assert!(Reason::CheckDigit.to_string().contains("校验位不符"));
    }
}
