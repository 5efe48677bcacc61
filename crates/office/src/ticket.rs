//! The query code and password a citizen leaves with: digits only, because they are read over the
//! phone, typed on a keypad and written on paper.

/// Ten random digits and two check digits (ISO 7064 mod 97-10), without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code that follows from 16 secret bytes.
    pub fn from_seed(seed: &[u8]) -> Code {
        let body = digits(seed, 10);
        let check = 98 - remainder(&format!("{body}00"));
        Code(format!("{body}{check:02}"))
    }

    /// Reads a code as people write it: spaces, dashes, full-width digits and a pasted link are
    /// fine. The sentence says which block of four to look at again, as far as that can be known.
    pub fn parse(typed: &str) -> Result<Code, String> {
        let folded = text::normal::folded(typed);
        let tail = folded.rsplit(['/', '=']).next().unwrap_or(&folded);
        let code: String = tail.chars().filter(char::is_ascii_digit).collect();
        if code.len() != 12 {
            return Err(format!("查询码应为12位数字，您输入了{}位，请对照回执或短信核对。", code.len()));
        }
        if remainder(&code) != 1 {
            return Err("查询码有误：12位数字之间的校验不符，请逐组（每组4位）对照回执或短信核对。".into());
        }
        Ok(Code(code))
    }

    /// The twelve digits.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The form shown to people: 4829 0173 5577.
    pub fn spaced(&self) -> String {
        let parts = [&self.0[..4], &self.0[4..8], &self.0[8..]];
        parts.join(" ")
    }
}

/// Six digits that follow from 16 secret bytes.
pub fn password_from_seed(seed: &[u8]) -> String {
    digits(seed, 6)
}

/// `count` decimal digits of a secret number; with 128 bits behind at most ten digits the bias is
/// below 2⁻⁹⁰.
fn digits(seed: &[u8], count: usize) -> String {
    let number = seed.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    format!("{:0count$}", number % 10_u128.pow(u32::try_from(count).unwrap_or(0)))
}

/// The number mod 97; digits only.
fn remainder(number: &str) -> u32 {
    number.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> impl Iterator<Item = Code> {
        (0..200_u128)
            .map(|turn| Code::from_seed(&(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)).to_be_bytes()))
    }

    #[test]
    fn a_code_survives_every_way_of_writing_it() {
        for code in codes() {
            let spaced = code.spaced();
            for typed in [
                code.digits().to_owned(),
                spaced.clone(),
                spaced.replace(' ', "-"),
                format!("https://example.invalid/q/{}", code.digits()),
            ] {
                assert_eq!(Code::parse(&typed), Ok(code.clone()), "{typed}");
            }
        }
    }

    #[test]
    fn one_wrong_digit_or_a_swap_is_noticed() {
        let code = codes().nth(7).unwrap();
        let digits: Vec<char> = code.digits().chars().collect();
        for place in 0..12 {
            let mut wrong = digits.clone();
            wrong[place] = if wrong[place] == '9' { '0' } else { char::from(wrong[place] as u8 + 1) };
            assert!(Code::parse(&wrong.iter().collect::<String>()).is_err());
            if place > 0 && digits[place] != digits[place - 1] {
                let mut swapped = digits.clone();
                swapped.swap(place, place - 1);
                assert!(Code::parse(&swapped.iter().collect::<String>()).is_err());
            }
        }
    }

    #[test]
    fn the_mockups_code_is_valid() {
        assert!(Code::parse("４８２９ 0173 5577").is_ok());
    }
}
