//! The calendar against independent sources, and beyond the years that are announced.

mod rulebook;

use jiff::civil::date;
use law::{Date, DayKind, Law};

#[test]
fn every_day_from_2004_to_2026_agrees_with_independent_sources() {
    let Some(table) = rulebook::shared("data/workdays/workdays_2004_2026.csv") else {
        return;
    };
    let law = rulebook::law();
    let mut days = 0;
    for line in table.trim_start_matches('\u{feff}').lines().skip(1) {
        let mut cells = line.split(',');
        let day: Date = cells.next().unwrap().parse().unwrap();
        let works = cells.nth(1).unwrap() == "1";
        assert_eq!(law.calendar().is_workday(day), works, "{day}");
        assert!(!law.calendar().day(day, &[]).provisional, "{day}");
        days += 1;
    }
    assert_eq!(days, 8_401);
}

#[test]
fn every_announced_year_names_its_notice() {
    let law = rulebook::law();
    let years: Vec<i16> = law.calendar().announced_years().collect();
    assert_eq!(years, (2004..=2026).collect::<Vec<_>>());
    for year in years {
        let title = format!("国务院办公厅关于{year}年部分节假日安排的通知");
        let notice = law.calendar().notices().iter().find(|notice| notice.title == title);
        assert!(notice.is_some_and(|n| year < 2006 || n.number.is_some()), "{title}");
    }
}

#[test]
fn a_later_notice_changes_an_earlier_one() {
    let law = rulebook::law();
    let day = law.calendar().day(date(2020, 2, 1), &[]);
    assert_eq!(day.kind, DayKind::Holiday);
    assert_eq!(day.notice.unwrap().number.as_deref(), Some("国办发明电〔2020〕1号"));
}

#[test]
fn years_without_a_notice_have_their_statutory_days() {
    let law = rulebook::law();
    let rest = |year: i16, month: i8, day: i8| {
        let day = law.calendar().day(date(year, month, day), &[]);
        assert!(day.provisional && day.notice.is_none());
        !day.works()
    };
    // 2027: 除夕 is 5 February (Friday), 劳动节 has two days (2024 version).
    assert!(rest(2027, 1, 1) && rest(2027, 2, 5) && rest(2027, 2, 8) && !rest(2027, 2, 9));
    assert!(rest(2027, 4, 5) && !rest(2027, 4, 30) && rest(2027, 6, 9) && rest(2027, 9, 15));
    assert!(rest(2029, 5, 1) && rest(2029, 5, 2) && !rest(2029, 5, 3));
    // 2003: three days of 劳动节 and no 清明 (1999 version).
    assert!(rest(2002, 5, 3) && !rest(2002, 4, 5) && !rest(2003, 1, 31) && rest(2003, 2, 3));
    assert_eq!(law.calendar().statute(date(2027, 1, 1)), "《全国年节及纪念日放假办法》（国务院令第795号）第二条");
}

#[test]
fn statutory_days_of_announced_years_are_holidays_in_the_notices_too() {
    // The notices never take a statutory day away: checks the lunar table and the
    // versions of the statute against what was really announced.
    let announced = rulebook::law();
    let bare = rulebook::law_without(&["/20"]);
    let mut day = date(2004, 1, 1);
    while day <= date(2026, 12, 31) {
        let statutory = bare.calendar().day(day, &[]).kind == DayKind::Holiday;
        assert!(!(statutory && announced.calendar().is_workday(day)), "{day}");
        day = day.tomorrow().unwrap();
    }
    assert!(!bare.calendar().is_workday(date(2012, 1, 23)));
}

#[test]
fn a_body_adds_its_local_holidays() {
    let local = r#"
        body = "qingwan"
        year = 2026
        [[notice]]
        title = "晴湾区关于开湾节放假的通知"
        days = [{ label = "开湾节", rest = "2026-03-03..2026-03-04", work = ["2026-03-07"] }]
    "#;
    let law = Law::parse([("law/qingwan.toml", local)]).unwrap();
    let own = law.calendar().local_for(&["office", "qingwan", ""]);
    assert_eq!(own, ["qingwan"]);
    assert!(law.calendar().is_workday(date(2026, 3, 3)));
    assert_eq!(law.calendar().day(date(2026, 3, 3), &own).label, "开湾节");
    assert_eq!(law.calendar().day(date(2026, 3, 7), &own).kind, DayKind::MakeUp);
    assert!(!law.calendar().announced(2026), "a local notice announces no national year");
}
