//! Dates written in a text that no calendar has: 2026年2月30日, 2026-13-01, 9月31日.

/// Dates in `text` that do not exist, as they stand there, each once.
pub fn impossible(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        match date(&chars, at) {
            Some((length, real)) => {
                let written: String = chars.iter().skip(at).take(length).collect();
                if !real && !found.contains(&written) {
                    found.push(written);
                }
                at += length.max(1);
            }
            None => at += 1,
        }
    }
    found
}

/// A date that begins here: its length, and whether it is real.
fn date(chars: &[char], at: usize) -> Option<(usize, bool)> {
    if at > 0 && chars.get(at - 1).is_some_and(char::is_ascii_digit) {
        return None;
    }
    let (first, after) = number(chars, at)?;
    match chars.get(after) {
        Some('年') => {
            let (month, next) = number(chars, after + 1)?;
            chars.get(next).filter(|c| **c == '月')?;
            let Some((day, end)) = number(chars, next + 1).filter(|(_, end)| chars.get(*end) == Some(&'日')) else {
                return Some((next + 1 - at, (1..=12).contains(&month)));
            };
            Some((end + 1 - at, real(first, month, day)))
        }
        Some('月') => {
            let (day, end) = number(chars, after + 1)?;
            chars.get(end).filter(|c| **c == '日')?;
            // Without a year the 29th of February may be meant.
            Some((end + 1 - at, real(2024, first, day)))
        }
        Some('-') if after - at == 4 => {
            let (month, next) = number(chars, after + 1)?;
            chars.get(next).filter(|c| **c == '-')?;
            let (day, end) = number(chars, next + 1)?;
            (next - after == 3 && end - next == 3).then(|| (end - at, real(first, month, day)))
        }
        _ => None,
    }
}

/// Up to four digits.
fn number(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let digits: Vec<u32> = chars.iter().skip(at).map_while(|c| c.to_digit(10)).take(5).collect();
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    Some((digits.iter().fold(0, |number, digit| number * 10 + digit), at + digits.len()))
}

fn real(year: u32, month: u32, day: u32) -> bool {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_no_calendar_has_are_found() {
        let text = "自2026年2月30日起，至9月31日止；登记于2026-13-01，2025年2月29日，2025年13月。";
        assert_eq!(impossible(text), ["2026年2月30日", "9月31日", "2026-13-01", "2025年2月29日", "2025年13月"]);
    }

    #[test]
    fn real_dates_and_other_numbers_are_left_alone() {
        for text in
            ["2024年2月29日", "2月29日", "2026-11-22", "电话0000-5550-0100", "12年3月", "第3—5条", "2026年", "1,000元"]
        {
            assert!(impossible(text).is_empty(), "{text}: {:?}", impossible(text));
        }
    }
}
