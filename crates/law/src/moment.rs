//! An instant as the office records it: milliseconds UTC, shown and dated at UTC+8.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// Every legal date of this country is the date at UTC+8, all year round.
const BEIJING: Offset = Offset::constant(8);

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

/// A text that names no instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MomentFault;

impl fmt::Display for MomentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("时间写法有误，应写成2019-05-10、2019-05-10T09:00或2019-05-10T09:00:00+08:00")
    }
}

impl std::error::Error for MomentFault {}

impl Moment {
    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads `2019-05-10`, `2019-05-10T09:00[:SS][.fff][Z|±hh:mm]` or the same with a
    /// blank for the `T`. Without an offset the text is taken at UTC+8, without a time
    /// at midnight.
    pub fn parse(text: &str) -> Result<Self, MomentFault> {
        let text = text.trim();
        let shape = |at: usize, mark: u8| text.as_bytes().get(at) == Some(&mark);
        if !text.is_ascii() || text.contains('[') || !shape(4, b'-') || !shape(7, b'-') {
            return Err(MomentFault);
        }
        let offset = text.len() > 10 && {
            let time = text.get(10..).unwrap_or_default();
            time.contains(['Z', 'z', '+', '-'])
        };
        if offset {
            let instant: Timestamp = text.parse().map_err(|_| MomentFault)?;
            return Ok(Self(instant.as_millisecond()));
        }
        let civil: DateTime = text.parse().map_err(|_| MomentFault)?;
        Ok(Self::of_civil(civil))
    }

    /// The instant at `hour:minute:second` of `date`, UTC+8; numbers outside a day's
    /// range run over into the following hours and days.
    pub fn of(date: Date, hour: u32, minute: u32, second: u32) -> Self {
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Self(Self::of_civil(date.to_datetime(jiff::civil::Time::midnight())).0 + seconds * 1000)
    }

    fn of_civil(civil: DateTime) -> Self {
        // The years ±9999 at UTC+8 reach a few hours beyond what a timestamp holds;
        // they saturate.
        let instant =
            BEIJING.to_timestamp(civil).unwrap_or(if civil.year() < 0 { Timestamp::MIN } else { Timestamp::MAX });
        Self(instant.as_millisecond())
    }

    fn civil(self) -> DateTime {
        let instant =
            Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX });
        BEIJING.to_datetime(instant)
    }

    /// The legal date: the day at UTC+8.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// The hour of the day at UTC+8, 0–23.
    pub fn hour(self) -> u32 {
        self.civil().hour().unsigned_abs().into()
    }

    /// The minute of the hour at UTC+8, 0–59.
    pub fn minute(self) -> u32 {
        self.civil().minute().unsigned_abs().into()
    }

    /// The second of the minute, 0–59.
    pub fn second(self) -> u32 {
        self.civil().second().unsigned_abs().into()
    }

    /// This instant moved by `millis` milliseconds (negative: earlier).
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This instant moved by `seconds`.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// This instant moved by `minutes`.
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// This instant moved by `hours`.
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_minutes(hours.saturating_mul(60))
    }

    /// This instant moved by `days` of 24 hours.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_hours(days.saturating_mul(24))
    }

    /// Seconds from `earlier` to this instant, negative when it is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1000
    }

    /// Plain local form for people and tables: `2019-05-10 09:00`.
    pub fn to_minute(self) -> String {
        let civil = self.civil();
        format!("{} {:02}:{:02}", civil.date(), civil.hour(), civil.minute())
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 at UTC+8, to the second, with milliseconds only when there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        let (date, time) = (civil.date(), civil.time());
        write!(f, "{date}T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        if time.millisecond() != 0 {
            write!(f, ".{:03}", time.millisecond())?;
        }
        f.write_str("+08:00")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accepted_form_names_the_same_instant() {
        let nine = Moment::of(jiff::civil::date(2019, 5, 10), 9, 0, 0);
        for text in [
            "2019-05-10T09:00",
            "2019-05-10 09:00:00",
            "2019-05-10T09:00:00.000",
            "2019-05-10T01:00:00Z",
            "2019-05-10T09:00:00+08:00",
            "2019-05-10T10:00+09:00",
        ] {
            assert_eq!(Moment::parse(text), Ok(nine), "{text}");
        }
        assert_eq!(nine.to_string(), "2019-05-10T09:00:00+08:00");
        assert_eq!((nine.hour(), nine.minute(), nine.second()), (9, 0, 0));
        assert_eq!(Moment::parse("2019-05-10").map(|m| m.plus_hours(9)), Ok(nine));
    }

    #[test]
    fn a_late_hour_utc_is_the_next_legal_day() {
        let late = Moment::parse("2019-05-14T16:30:00Z");
        assert_eq!(late.map(Moment::date), Ok(jiff::civil::date(2019, 5, 15)));
    }

    #[test]
    fn nonsense_is_refused_and_extremes_do_not_fail() {
        for text in ["", "2019-02-30", "20190510", "2019-05-10T25:00", "明天", "2019-05-10T09:00[UTC]"] {
            assert_eq!(Moment::parse(text), Err(MomentFault), "{text}");
        }
        for millis in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!Moment::from_millis(millis).to_string().is_empty());
        }
    }
}
