//! Unified social credit codes of organisations (统一社会信用代码, GB 32100-2015).

use std::fmt;

use crate::normal;

/// Which thing about a code is wrong; its `Display` is a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// Not 18 characters.
    Length(usize),
    /// A character that codes never contain (I, O, S, V, Z and everything but letters and
    /// digits).
    Character(char),
    /// The last character does not fit the others.
    CheckCharacter,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("未填写统一社会信用代码，请填写18位代码。"),
            Self::Length(given) => {
                write!(f, "统一社会信用代码应为18位，现为{given}位，请核对是否漏填或多填。")
            }
            Self::Character(c) => write!(f, "统一社会信用代码中不会出现“{c}”，请核对（不使用字母I、O、S、V、Z）。"),
            Self::CheckCharacter => f.write_str("统一社会信用代码校验位不符，可能有一位填错，请对照证照逐位核对。"),
        }
    }
}

impl std::error::Error for Reason {}

/// Reads a code, full width, lower case, spaces and dashes allowed; answers its normal
/// form.
pub fn parse(text: &str) -> Result<String, Reason> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let code: String = normal::folded(text)
        .chars()
        .filter(|&c| !c.is_whitespace() && !normal::is_dash(c))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    match code.chars().count() {
        0 => return Err(Reason::Empty),
        18 => {}
        other => return Err(Reason::Length(other)),
    }
    let values =
        code.chars().map(|c| ALPHABET.find(c).ok_or(Reason::Character(c))).collect::<Result<Vec<usize>, Reason>>()?;
    // The weights are the powers of 3 modulo 31; over all 18 places the sum must vanish.
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let (last, body) = values.split_last().ok_or(Reason::Empty)?;
    let sum: usize = body.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    if (31 - sum % 31) % 31 == *last { Ok(code) } else { Err(Reason::CheckCharacter) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_decides() {
        assert_eq!(parse("91350100m000100y43").as_deref(), Ok("91350100M000100Y43"));
        assert_eq!(parse("９１３５０１００Ｍ０００１００Ｙ４３").as_deref(), Ok("91350100M000100Y43"));
        assert_eq!(parse("91350100M000100Y44"), Err(Reason::CheckCharacter));
        assert_eq!(parse("91350100M000100Y4"), Err(Reason::Length(17)));
        assert_eq!(parse("91350100O000100Y43"), Err(Reason::Character('O')));
        assert_eq!(parse(" "), Err(Reason::Empty));
    }
}
