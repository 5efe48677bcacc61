//! What holds for every limit and every date.

mod rulebook;

use std::sync::LazyLock;

use jiff::civil::date;
use law::{Clock, Law, LimitValue, Moment, Unit};
use proptest::prelude::*;

static LAW: LazyLock<Law> = LazyLock::new(rulebook::law);

/// Any minute of the years 2000–2100.
fn moments() -> impl Strategy<Value = Moment> {
    (0..36_890_i64, 0..1_440_i64)
        .prop_map(|(day, minute)| Moment::of(date(2000, 1, 1), 0, 0, 0).plus_days(day).plus_minutes(minute))
}

fn limits() -> impl Strategy<Value = &'static LimitValue> {
    let all: Vec<&LimitValue> = LAW.limits().collect();
    proptest::sample::select(all)
}

/// A clock of any limit at any time, if a version was in force.
fn clock(value: &LimitValue, at: Moment) -> Option<Clock> {
    Clock::start(&LAW, &[], &value.id, None, at).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_date_fails_and_every_date_is_explained(value in limits(), at in moments(), now in moments()) {
        let Some(mut clock) = clock(value, at) else { return Ok(()) };
        prop_assert!(clock.due.aim_on <= clock.due.due_on);
        prop_assert!(clock.due.amber_on <= clock.due.due_on);
        let _ = (clock.lamp(now), clock.days_left(&LAW, now), clock.days_used(&LAW, now));
        let why = clock.explain(&LAW, Some(now));
        prop_assert!(!why.steps.is_empty() && why.days.is_empty() == clock.unit.is_instant());
        let touched = why.days.iter().any(|line| !LAW.calendar().announced(line.date.year()));
        prop_assert!(touched || !clock.due.provisional);
        if clock.unit == Unit::Workday {
            prop_assert_eq!(touched, clock.due.provisional || !LAW.calendar().announced(at.date().year()));
            let last = why.days.iter().filter_map(|line| line.number).max();
            prop_assert_eq!(last, Some(clock.amount));
        }
        prop_assert_eq!(clock.settle(&LAW), false);
    }

    #[test]
    fn an_extension_never_shortens(value in limits(), at in moments(), amount in 1..40_u32) {
        let Some(mut clock) = clock(value, at) else { return Ok(()) };
        let told = clock.due;
        if clock.extend(&LAW, at, Some(amount)).is_ok() {
            prop_assert!(clock.due.due_on > told.due_on || clock.due.due_on == told.due_on && clock.due.aim_on > told.aim_on);
        } else {
            prop_assert_eq!(clock.due, told);
        }
    }

    #[test]
    fn a_pause_moves_the_end_by_its_working_days(at in moments(), after in 0..15_i64, length in 0..90_i64) {
        let Some(mut clock) = Clock::start(&LAW, &[], "foi.reply", None, at).ok() else { return Ok(()) };
        let told = clock.due.due_on;
        let (from, to) = (at.plus_days(after), at.plus_days(after + length));
        prop_assume!(from.date() < told);
        clock.pause(&LAW, "third_party", from).unwrap();
        prop_assert_eq!(clock.due.due_on, told);
        clock.resume(&LAW, to).unwrap();
        let calendar = LAW.calendar();
        let lost = calendar.workdays_between(from.date(), to.date(), &[]);
        prop_assert_eq!(clock.due.due_on, calendar.add_workdays(told, u32::try_from(lost).unwrap()));
        let paused = clock.explain(&LAW, None).days.iter().filter(|line| line.label == "不计").count();
        prop_assert_eq!(i64::try_from(paused).unwrap(), lost);
    }

    #[test]
    fn working_days_are_counted_both_ways_alike(at in moments(), count in 0..300_u32) {
        let (calendar, day) = (LAW.calendar(), at.date());
        let end = calendar.add_workdays(day, count);
        prop_assert_eq!(calendar.workdays_between(day, end, &[]), i64::from(count));
        prop_assert_eq!(calendar.workdays_between(end, day, &[]), -i64::from(count));
    }

    #[test]
    fn a_moment_reads_back_what_it_writes(millis in -4_102_444_800_000..7_258_118_400_000_i64) {
        let moment = Moment::from_millis(millis);
        prop_assert_eq!(Moment::parse(&moment.to_string()), Ok(moment));
    }
}
