//! Times as older systems wrote them.

use jiff::Span;
use law::{Date, Moment};

/// An instant, and whether only its day was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    pub at: Moment,
    pub day_only: bool,
}

/// What is taken for granted where a source says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    hour: u32,
    minute: u32,
    /// Minutes east of Greenwich.
    offset: i64,
}

const BEIJING: i64 = 8 * 60;
const BAD: &str = "时间写法无法识别或不是有效日期，应写成2019-05-10或2019-05-10 09:00:00。";
const FAR: &str = "时间不在1949年至2100年之间，请核对。";

impl Clock {
    /// `09:00` and `+08:00`.
    pub(crate) fn parse(time: &str, offset: &str) -> Option<Self> {
        let (hour, minute, _) = hours(time)?;
        Some(Self { hour, minute, offset: offset_minutes(offset)? })
    }

    /// Reads a time or a day in one of the usual ways of writing: with dashes, slashes,
    /// dots or 年月日, eight or fourteen digits, Unix seconds or milliseconds, with or
    /// without an offset. With `only_day` the time of day is not looked at.
    pub(crate) fn read(self, written: &str, only_day: bool) -> Result<When, String> {
        let written = text::normal::folded(written);
        let written = written.trim();
        let when =
            if written.bytes().all(|b| b.is_ascii_digit()) { self.digits(written) } else { self.marked(written) };
        let mut when = when.ok_or(BAD)?;
        if only_day && !when.day_only {
            let date = when.at.plus_minutes(self.offset - BEIJING).date();
            when = self.on(date);
        }
        let year = when.at.date().year();
        if (1949..=2100).contains(&year) { Ok(when) } else { Err(FAR.to_owned()) }
    }

    /// This time of day, whole days after another moment.
    pub(crate) fn after(self, start: When, days: i64) -> Option<When> {
        let date = start.at.date().checked_add(Span::new().try_days(days).ok()?).ok()?;
        (date.year() <= 2100).then(|| self.on(date))
    }

    fn on(self, date: Date) -> When {
        When { at: self.moment(date, self.hour, self.minute, 0, self.offset), day_only: true }
    }

    fn moment(self, date: Date, hour: u32, minute: u32, second: u32, offset: i64) -> Moment {
        Moment::of(date, hour, minute, second).plus_minutes(BEIJING - offset)
    }

    fn digits(self, written: &str) -> Option<When> {
        let number = |range| written.get::<std::ops::Range<usize>>(range)?.parse::<u32>().ok();
        let instant = |millis| Some(When { at: Moment::from_millis(millis), day_only: false });
        match written.len() {
            8 => Some(self.on(date(number(0..4)?, number(4..6)?, number(6..8)?)?)),
            12 | 14 => {
                let date = date(number(0..4)?, number(4..6)?, number(6..8)?)?;
                let second = if written.len() == 14 { number(12..14)? } else { 0 };
                let (hour, minute, second) = valid(number(8..10)?, number(10..12)?, second)?;
                Some(When { at: self.moment(date, hour, minute, second, self.offset), day_only: false })
            }
            10 => instant(written.parse::<i64>().ok()? * 1000),
            13 => instant(written.parse().ok()?),
            _ => None,
        }
    }

    fn marked(self, written: &str) -> Option<When> {
        let split = written.find(|c: char| c == 't' || c == '日' || c.is_whitespace());
        let (day, rest) = match split {
            Some(at) => {
                let mark = written.get(at..)?.chars().next().map_or(1, char::len_utf8);
                (written.get(..at)?, written.get(at + mark..)?.trim())
            }
            None => (written, ""),
        };
        let parts: Vec<u32> =
            day.split(['-', '/', '.', '年', '月']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        let [year, month, day] = parts.as_slice() else {
            return None;
        };
        let date = date(*year, *month, *day)?;
        // Some write the day of the week between day and time.
        let rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
        if rest.is_empty() {
            return Some(self.on(date));
        }
        let mark = rest.find(['z', '+', '-']);
        let (time, offset) = match mark {
            Some(at) => (rest.get(..at)?.trim(), offset_minutes(rest.get(at..)?)?),
            None => (rest, self.offset),
        };
        let (hour, minute, second) = hours(time)?;
        Some(When { at: self.moment(date, hour, minute, second, offset), day_only: false })
    }
}

/// A whole number that may be written as `2`, `2.0` or `2.75` (of which the whole days
/// count).
pub(crate) fn whole(written: &str) -> Option<i64> {
    let number: f64 = text::normal::folded(written).trim().parse().ok()?;
    // Within this range the conversion is exact.
    (number.is_finite() && number.abs() < 1e9).then(|| number.floor() as i64)
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| *year > 999)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn valid(hour: u32, minute: u32, second: u32) -> Option<(u32, u32, u32)> {
    (hour < 24 && minute < 60 && second < 60).then_some((hour, minute, second))
}

/// `9:05`, `09:05:07`, `09:05:07.123`, `9时5分`, `9点05分7秒`.
fn hours(time: &str) -> Option<(u32, u32, u32)> {
    let parts: Vec<&str> =
        time.split([':', '时', '点', '分', '秒']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<u32>().ok();
    match parts.as_slice() {
        [hour, minute] => valid(number(hour)?, number(minute)?, 0),
        [hour, minute, second] => {
            let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
            number(fraction.get(..fraction.len().min(9))?)?;
            valid(number(hour)?, number(minute)?, number(second)?)
        }
        _ => None,
    }
}

/// `+08:00`, `+0800`, `-5`, `Z`: minutes east of Greenwich.
fn offset_minutes(offset: &str) -> Option<i64> {
    let offset = offset.trim();
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match offset.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = rest.replace(':', "");
    let (hours, minutes) =
        if digits.len() > 2 { digits.split_at_checked(digits.len() - 2)? } else { (digits.as_str(), "0") };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Option<String> {
        let clock = Clock::parse("09:00", "+08:00").unwrap();
        clock.read(written, false).ok().map(|when| when.at.to_minute())
    }

    #[test]
    fn the_usual_ways_of_writing_a_time() {
        for (written, expected) in [
            ("2019-04-24 16:03:40", "2019-04-24 16:03"),
            ("2019-04-24T16:03:40.123456", "2019-04-24 16:03"),
            ("2019-04-24T08:03:40Z", "2019-04-24 16:03"),
            ("2019-04-24T17:03:40+09:00", "2019-04-24 16:03"),
            ("2019-04-24 08:03 +0000", "2019-04-24 16:03"),
            ("２０１９／４／２４　１６：０３", "2019-04-24 16:03"),
            ("2019年4月24日16时3分", "2019-04-24 16:03"),
            ("2019年4月24日 星期三 16:03", "2019-04-24 16:03"),
            ("2019.4.24", "2019-04-24 09:00"),
            ("2019年4月24日", "2019-04-24 09:00"),
            ("20190424", "2019-04-24 09:00"),
            ("20190424160340", "2019-04-24 16:03"),
            ("1556093020", "2019-04-24 16:03"),
            ("1556093020000", "2019-04-24 16:03"),
        ] {
            assert_eq!(read(written).as_deref(), Some(expected), "{written}");
        }
        for written in [
            "",
            "昨天",
            "2019-02-29",
            "2019-13-01",
            "19-04-24",
            "2019-04-24 25:00",
            "2019-04",
            "24/04/2019",
            "0001-01-01",
            "9999-12-31",
            "2019-04-24 16",
            "2019-04-24+",
            "-",
            "9999999999999",
        ] {
            assert_eq!(read(written), None, "{written}");
        }
    }

    #[test]
    fn days_after_a_day() {
        let clock = Clock::parse("17:00", "+08:00").unwrap();
        let start = clock.read("2019-12-31", true).unwrap();
        let after = |days| clock.after(start, days).map(|when| when.at.to_minute());
        assert_eq!(after(2).as_deref(), Some("2020-01-02 17:00"));
        assert_eq!(after(i64::MAX), None);
        assert_eq!(after(999_999_999), None);
        let numbers = ["2", "2.0", "2.75", "-1", "1e3", "x", "inf", "NaN", "1e30"].map(whole);
        assert_eq!(numbers, [Some(2), Some(2), Some(2), Some(-1), Some(1000), None, None, None, None]);
    }

    #[test]
    fn only_the_day_counts_where_the_source_has_only_days() {
        let clock = Clock::parse("09:00", "+08:00").unwrap();
        let when = clock.read("2019-08-05 00:00:00", true).unwrap();
        assert_eq!((when.at.to_minute().as_str(), when.day_only), ("2019-08-05 09:00", true));
    }
}
