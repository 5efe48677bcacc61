//! Feasts of the lunisolar calendar, 2000–2100, as the statute on holidays needs them.

use jiff::civil::Date;
use serde::Deserialize;

/// A feast whose date moves from year to year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Feast {
    /// 正月初一.
    Spring,
    /// 清明.
    Qingming,
    /// 五月初五.
    DragonBoat,
    /// 八月十五.
    MidAutumn,
}

/// The date of `feast` in `year`; none outside 2000–2100.
pub(crate) fn feast(year: i16, feast: Feast) -> Option<Date> {
    let row = FEASTS.get(usize::try_from(year.checked_sub(FIRST)?).ok()?)?;
    let [spring, qingming, dragon_boat, mid_autumn] = *row;
    let month_day: u16 = match feast {
        Feast::Spring => spring,
        Feast::Qingming => 400 + qingming,
        Feast::DragonBoat => dragon_boat,
        Feast::MidAutumn => mid_autumn,
    };
    let (month, day) = (i8::try_from(month_day / 100).ok()?, i8::try_from(month_day % 100).ok()?);
    Date::new(year, month, day).ok()
}

const FIRST: i16 = 2000;

/// One row a year: 正月初一 as month and day, the day of April of 清明, 五月初五, 八月十五.
/// Taken from an astronomical calendar and compared with a second one, date by date.
#[rustfmt::skip]
const FEASTS: [[u16; 4]; 101] = [
    [205, 4, 606, 912], [124, 5, 625, 1001], [212, 5, 615, 921], [201, 5, 604, 911],
    [122, 4, 622, 928], [209, 5, 611, 918], [129, 5, 531, 1006], [218, 5, 619, 925],
    [207, 4, 608, 914], [126, 4, 528, 1003], [214, 5, 616, 922], [203, 5, 606, 912],
    [123, 4, 623, 930], [210, 4, 612, 919], [131, 5, 602, 908], [219, 5, 620, 927],
    [208, 4, 609, 915], [128, 4, 530, 1004], [216, 5, 618, 924], [205, 5, 607, 913],
    [125, 4, 625, 1001], [212, 4, 614, 921], [201, 5, 603, 910], [122, 5, 622, 929],
    [210, 4, 610, 917], [129, 4, 531, 1006], [217, 5, 619, 925], [206, 5, 609, 915],
    [126, 4, 528, 1003], [213, 4, 616, 922], [203, 5, 605, 912], [123, 5, 624, 1001],
    [211, 4, 612, 919], [131, 4, 601, 908], [219, 5, 620, 927], [208, 5, 610, 916],
    [128, 4, 530, 1004], [215, 4, 618, 924], [204, 5, 607, 913], [124, 5, 527, 1002],
    [212, 4, 614, 920], [201, 4, 603, 910], [122, 4, 622, 928], [210, 5, 611, 917],
    [130, 4, 531, 1005], [217, 4, 619, 925], [206, 4, 608, 915], [126, 5, 529, 1004],
    [214, 4, 615, 922], [202, 4, 604, 911], [123, 4, 623, 930], [211, 5, 613, 919],
    [201, 4, 601, 907], [219, 4, 620, 926], [208, 4, 610, 916], [128, 5, 530, 1005],
    [215, 4, 617, 924], [204, 4, 606, 913], [124, 4, 625, 1002], [212, 5, 614, 921],
    [202, 4, 603, 909], [121, 4, 622, 928], [209, 4, 611, 917], [129, 5, 601, 1006],
    [217, 4, 619, 925], [205, 4, 608, 915], [126, 4, 528, 1003], [214, 5, 616, 923],
    [203, 4, 604, 911], [123, 4, 623, 929], [211, 4, 613, 919], [131, 5, 602, 908],
    [219, 4, 620, 926], [207, 4, 610, 916], [127, 4, 530, 1005], [215, 4, 617, 924],
    [205, 4, 606, 912], [124, 4, 624, 1001], [212, 4, 614, 920], [202, 4, 604, 910],
    [122, 4, 622, 928], [209, 4, 611, 917], [129, 4, 601, 1006], [217, 4, 619, 926],
    [206, 4, 607, 914], [126, 4, 527, 1003], [214, 4, 615, 922], [203, 4, 605, 911],
    [124, 4, 623, 929], [210, 4, 613, 918], [130, 4, 602, 908], [218, 4, 621, 927],
    [207, 4, 609, 916], [127, 4, 529, 1005], [215, 4, 617, 924], [205, 4, 606, 913],
    [125, 4, 624, 930], [212, 4, 614, 920], [201, 4, 604, 909], [121, 4, 623, 929],
    [209, 5, 612, 918],
];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(from: Date, to: Date) -> i64 {
        crate::count::days_between(from, to)
    }

    /// Days from the mean new moon nearest to `day`, at UTC+8.
    fn from_new_moon(day: Date) -> f64 {
        // The new moon of 2000-01-06 18:14 UTC, and the mean month.
        let since = days(date(2000, 1, 7), day) as f64 + 0.5 - 0.093;
        let month = 29.530_588_853;
        since - (since / month).round() * month
    }

    #[test]
    fn every_year_has_every_feast_at_its_moon() {
        for year in 2000..=2100 {
            let get = |which| feast(year, which).unwrap_or_else(|| panic!("{year}: {which:?}"));
            let spring = get(Feast::Spring);
            assert!((date(year, 1, 21)..=date(year, 2, 21)).contains(&spring), "{spring}");
            assert!(from_new_moon(spring).abs() < 1.2, "{spring} is no new moon");
            // The fifth and the fifteenth day are four and fourteen days after a new moon.
            for (day, offset) in [(get(Feast::DragonBoat), 4), (get(Feast::MidAutumn), 14)] {
                let new_moon = crate::calendar::plus_days(day, -offset);
                assert!(from_new_moon(new_moon).abs() < 1.2, "{day} is {offset} days after no new moon");
            }
            assert!((date(year, 5, 26)..=date(year, 6, 26)).contains(&get(Feast::DragonBoat)));
            assert!((date(year, 9, 6)..=date(year, 10, 8)).contains(&get(Feast::MidAutumn)));
        }
    }

    #[test]
    fn new_years_are_whole_lunar_years_apart() {
        for year in 2001..=2100 {
            let apart = feast(year - 1, Feast::Spring).zip(feast(year, Feast::Spring));
            let apart = apart.map(|(from, to)| days(from, to));
            assert!(matches!(apart, Some(353..=355 | 383..=385)), "{year}: {apart:?}");
        }
    }

    #[test]
    fn qingming_follows_the_sun() {
        // The usual rule of thumb of this century.
        for year in 2000..=2099_i16 {
            let y = f64::from(year - 2000);
            let day = (y * 0.2422 + 4.81).floor() - (y / 4.0).floor();
            let qingming = feast(year, Feast::Qingming).map(|q| (q.month(), f64::from(q.day())));
            assert_eq!(qingming, Some((4, day)), "{year}");
        }
    }

    #[test]
    fn outside_the_table_there_is_no_feast() {
        for year in [i16::MIN, 1999, 2101, i16::MAX] {
            assert_eq!(feast(year, Feast::Spring), None);
        }
    }
}
