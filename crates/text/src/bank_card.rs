//! Bank card numbers (ISO/IEC 7812).

/// Whether these digits can be a bank card: 13 to 19 digits, issued under a first digit
/// that banks use (3–6, and 9 for old cards of this country), Luhn check right.
pub fn is_card(digits: &str) -> bool {
    (13..=19).contains(&digits.len()) && digits.starts_with(|c| matches!(c, '3'..='6' | '9')) && luhn(digits)
}

fn luhn(digits: &str) -> bool {
    let doubled = |(place, digit): (usize, u32)| match (place % 2, digit * 2) {
        (0, _) => digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    let values: Option<Vec<u32>> = digits.chars().rev().map(|c| c.to_digit(10)).collect();
    values.is_some_and(|values| values.into_iter().enumerate().map(doubled).sum::<u32>().is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_issuer_and_luhn() {
        assert!(is_card("4111111111111111"));
        assert!(!is_card("4111111111111112"));
        assert!(!is_card("411111111111"));
        assert!(!is_card("0000000000000000"));
        assert!(!is_card("41111111111a1111"));
    }
}
