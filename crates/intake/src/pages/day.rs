//! Days as official texts write them: 2019年1月27日, 二〇一九年一月二十七日, 2019-01-27, and in addresses.

use law::Date;

/// What stands where a day was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// A day of the calendar.
    Real(Date),
    /// Written as a day, but there is none such.
    Impossible,
}

/// The first day in a text, and the bytes it takes.
pub(crate) fn find(text: &str) -> Option<(Day, std::ops::Range<usize>)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    (0..chars.len()).find_map(|start| {
        let before = start.checked_sub(1).and_then(|at| chars.get(at)).map(|(_, c)| *c);
        if before.is_some_and(|c| digit(c).is_some()) {
            return None;
        }
        let (day, taken) = read(chars.get(start..)?)?;
        let from = chars.get(start)?.0;
        let to = chars.get(start + taken).map_or(text.len(), |(at, _)| *at);
        Some((day, from..to))
    })
}

/// The first day in a text, if there is such a day.
pub(crate) fn first(text: &str) -> Option<Date> {
    match find(text)?.0 {
        Day::Real(date) => Some(date),
        Day::Impossible => None,
    }
}

/// The day that a line consists of, brackets and blanks aside.
pub(crate) fn whole(line: &str) -> Option<Date> {
    let bare: String = line.chars().filter(|c| !c.is_whitespace() && !"（）()".contains(*c)).collect();
    let (day, range) = find(&bare)?;
    match day {
        Day::Real(date) if range.start == 0 && range.end == bare.len() => Some(date),
        _ => None,
    }
}

/// The day in the address of a page: `/2019-02/15/`, `t20190529_`, `/2024/2/11/`.
pub(crate) fn of_address(address: &str) -> Option<Date> {
    let path = address.split_once("//").map_or(address, |(_, rest)| rest);
    let digits = path.as_bytes();
    (0..digits.len()).find_map(|at| {
        if at > 0 && digits.get(at - 1).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let rest = digits.get(at..)?;
        let (year, mut next) = (number(rest.get(..4)?)?, 4);
        let parted = |next: usize| rest.get(next).is_some_and(|b| b"-/_".contains(b));
        let mut part = || {
            let wide = parted(next);
            next += usize::from(wide);
            let most = if wide { 1..=2 } else { 2..=2 };
            let length = most.rev().find(|length| rest.get(next..next + length).and_then(number).is_some())?;
            let value = number(rest.get(next..next + length)?)?;
            next += length;
            Some(value)
        };
        let (month, day) = (part()?, part()?);
        let ended = !rest.get(next).is_some_and(u8::is_ascii_digit);
        if ended { date(year, month, day) } else { None }
    })
}

fn number(bytes: &[u8]) -> Option<u32> {
    std::str::from_utf8(bytes).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    let small = |value: u32| i8::try_from(value).ok();
    let year = i16::try_from(year).ok().filter(|year| (1949..=2100).contains(year))?;
    Date::new(year, small(month)?, small(day)?).ok()
}

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        '０'..='９' => Some(c as u32 - '０' as u32),
        '〇' | '零' | '○' | 'Ｏ' => Some(0),
        _ => "一二三四五六七八九".chars().position(|one| one == c).and_then(|at| u32::try_from(at + 1).ok()),
    }
}

/// A day at the start of these characters; how many it takes.
fn read(chars: &[(usize, char)]) -> Option<(Day, usize)> {
    let at = |place: usize| chars.get(place).map(|(_, c)| *c);
    let blanks = |mut place: usize| {
        while at(place).is_some_and(char::is_whitespace) {
            place += 1;
        }
        place
    };
    let year = (0..4).try_fold(0, |year, place| Some(year * 10 + digit(at(place)?)?))?;
    let mut place = blanks(4);
    let mark = at(place)?;
    let (month_mark, last) = match mark {
        '年' => ('月', Some('日')),
        '-' | '/' | '.' | '－' => (mark, None),
        _ => return None,
    };
    let (month, next) = counted(chars, blanks(place + 1))?;
    place = blanks(next);
    if at(place)? != month_mark {
        return None;
    }
    let (day, next) = counted(chars, blanks(place + 1))?;
    let end = match last {
        Some(last) => {
            let place = blanks(next);
            if at(place)? != last {
                return None;
            }
            place + 1
        }
        None => next,
    };
    if !(1900..=2100).contains(&year) {
        return None;
    }
    Some((date(year, month, day).map_or(Day::Impossible, Day::Real), end))
}

/// A number of one or two figures, or in words up to 三十一.
fn counted(chars: &[(usize, char)], start: usize) -> Option<(u32, usize)> {
    let (mut value, mut place, mut any) = (0, start, false);
    while let Some((_, c)) = chars.get(place) {
        match (digit(*c), c) {
            (_, '十') => value = value.max(1) * 10,
            (Some(next), _) if chars.get(place.wrapping_sub(1)).is_some_and(|(_, c)| *c == '十') && any => {
                value += next
            }
            (Some(next), _) => value = value * 10 + next,
            (None, _) => break,
        }
        (place, any) = (place + 1, true);
        if place - start > 3 {
            return None;
        }
    }
    any.then_some((value, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        for (text, day) in [
            ("成文日期：2019年01月27日", "2019-01-27"),
            ("二〇一九年十二月三十一日", "2019-12-31"),
            ("２０１９ 年 5 月 10 日印发", "2019-05-10"),
            ("发布时间:2024-04-02 15:35", "2024-04-02"),
            ("【公布日期】2020.01.17", "2020-01-17"),
            ("二〇二六年十月二十日", "2026-10-20"),
        ] {
            assert_eq!(first(text).map(|date| date.to_string()).as_deref(), Some(day), "{text}");
        }
        assert_eq!(find("2019年2月30日").map(|found| found.0), Some(Day::Impossible));
        assert!(find("国办发〔2019〕3号").is_none() && find("2019年全年").is_none());
        assert_eq!(whole("（2018年8月18日）").map(|date| date.to_string()).as_deref(), Some("2018-08-18"));
        assert_eq!(whole("2018年8月18日起施行"), None);
    }

    #[test]
    fn addresses_tell_the_day() {
        for (address, day) in [
            ("http://a.example/content/2019-02/15/content_5365945.htm", Some("2019-02-15")),
            ("http://a.example/201905/t20190529_711091.html", Some("2019-05-29")),
            ("https://a.example/art/2024/2/11/art_1229063387_1840605.html", Some("2024-02-11")),
            ("https://a.example/content_1717747978409553920.html", None),
        ] {
            assert_eq!(of_address(address).map(|date| date.to_string()).as_deref(), day, "{address}");
        }
    }
}
