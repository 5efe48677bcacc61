//! Counting: from a clock's pinned rule and its pauses to its due dates.

use jiff::civil::Date;

use crate::calendar::{Calendar, Day, next, plus_days};
use crate::clock::{Clock, Due};
use crate::limit::{Side, Sort, Unit};
use crate::moment::Moment;

/// The due dates of `clock`; an open pause counts as if it ended at once.
pub(crate) fn due(calendar: &Calendar, clock: &Clock) -> Due {
    if clock.unit.is_instant() {
        return instant(clock);
    }
    let total = clock.total();
    let counted = match (clock.sort, clock.unit) {
        (Sort::Before, _) => backward(calendar, clock, total),
        (_, Unit::Month) => span(clock, months_after(clock.started.date(), total)),
        (_, Unit::Fixed) => span(clock, fixed_after(clock.started.date(), clock.on)),
        _ => forward(calendar, clock, total),
    };
    let rolled = if clock.roll { calendar.next_workday(counted.last, &clock.local) } else { counted.last };
    // The bare day is certain; where it rolls depends on the calendar of its year.
    let open = |date| calendar.day(date, &clock.local).provisional;
    let provisional = counted.provisional || (clock.roll && (open(counted.last) || open(rolled)));
    let aim_on = if clock.side == Side::Citizen { rolled } else { counted.last };
    let amber_on = with_a_workday(calendar, clock, counted.amber, aim_on);
    Due { aim_on, due_on: rolled, due_at: None, amber_on, amber_at: None, provisional }
}

/// What counting found: the bare last day, the first day of the last quarter, and
/// whether a year without a notice was touched.
struct Counted {
    last: Date,
    amber: Date,
    provisional: bool,
}

fn instant(clock: &Clock) -> Due {
    let minutes = i64::from(clock.total()) * if clock.unit == Unit::Hour { 60 } else { 1 };
    let due_at = clock.started.plus_minutes(minutes);
    let amber_at = due_at.plus_seconds(-minutes * 60 / 4);
    Due {
        aim_on: due_at.date(),
        due_on: due_at.date(),
        due_at: Some(due_at),
        amber_on: amber_at.date(),
        amber_at: Some(amber_at),
        provisional: false,
    }
}

fn quarter(total: u32) -> u32 {
    (total / 4).max(1)
}

fn forward(calendar: &Calendar, clock: &Clock, total: u32) -> Counted {
    let mut day = clock.started.date();
    let mut counted = Counted { last: day, amber: day, provisional: false };
    let mut number = 0;
    while number < total {
        day = next(day);
        if paused_on(clock, day, None) {
            continue;
        }
        if clock.unit == Unit::Workday {
            let known = calendar.day(day, &clock.local);
            counted.provisional |= known.provisional;
            if !known.works() {
                continue;
            }
        }
        number += 1;
        if number + quarter(total) == total + 1 {
            counted.amber = day;
        }
    }
    counted.last = day;
    counted
}

fn backward(calendar: &Calendar, clock: &Clock, total: u32) -> Counted {
    let mut day = clock.started.date();
    let mut provisional = false;
    let mut number = 0;
    while number < total {
        day = day.yesterday().unwrap_or(day);
        if clock.unit == Unit::Workday {
            let known = calendar.day(day, &clock.local);
            provisional |= known.provisional;
            if !known.works() {
                continue;
            }
        }
        number += 1;
    }
    Counted { last: day, amber: plus_days(day, 1 - i64::from(quarter(total))), provisional }
}

fn span(clock: &Clock, last: Date) -> Counted {
    let days = days_between(clock.started.date(), last).max(1);
    let amber = plus_days(last, 1 - (days / 4).max(1));
    Counted { last, amber, provisional: false }
}

/// The corresponding day `months` later, or that month's last day.
fn months_after(start: Date, months: u32) -> Date {
    start.saturating_add(jiff::Span::new().months(months.min(12 * 100)))
}

/// The first `(month, day)` after `start`.
fn fixed_after(start: Date, on: Option<(i8, i8)>) -> Date {
    let (month, day) = on.unwrap_or((12, 31));
    let years = start.year()..=start.year().saturating_add(1);
    let mut dates = years.filter_map(|year| Date::new(year, month, day).ok());
    dates.find(|date| *date > start).unwrap_or(start)
}

/// The last quarter holds at least one working day: nobody is warned on a holiday only.
fn with_a_workday(calendar: &Calendar, clock: &Clock, amber: Date, aim_on: Date) -> Date {
    let first = clock.started.date();
    let mut from = amber;
    while from > first && calendar.workdays_between(plus_days(from, -1), aim_on, &clock.local) < 1 {
        from = plus_days(from, -1);
    }
    from
}

/// Whether `day` falls in a pause: the days after its first up to its last. An open
/// pause reaches to `open_until`, or is passed over when that is not given.
pub(crate) fn paused_on(clock: &Clock, day: Date, open_until: Option<Date>) -> bool {
    clock.pauses.iter().any(|pause| {
        let to = pause.to.map(Moment::date).or(open_until);
        pause.from.date() < day && to.is_some_and(|to| day <= to)
    })
}

/// One day of a clock's ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub date: Date,
    pub day: Day<'a>,
    /// Its number among the counted days; backwards from the fact for 会前 limits.
    pub number: Option<u32>,
    pub paused: bool,
}

/// Every day from the starting fact to the end, in order of date; empty for limits in
/// hours and minutes. An open pause reaches to `today`.
pub(crate) fn ledger<'a>(calendar: &'a Calendar, clock: &Clock, today: Option<Date>) -> Vec<Entry<'a>> {
    if clock.unit.is_instant() {
        return Vec::new();
    }
    let (start, due) = (clock.started.date(), clock.due.due_on);
    let end = today.filter(|_| clock.is_paused()).map_or(due, |today| due.max(today));
    let total = match clock.unit {
        Unit::Workday | Unit::Day => clock.total(),
        Unit::Month => length(start, months_after(start, clock.total())),
        _ => length(start, due),
    };
    let mut entries = Vec::new();
    let (mut date, mut number) = (start, 0);
    loop {
        let day = calendar.day(date, &clock.local);
        let paused = paused_on(clock, date, today);
        let free = !paused && (clock.unit != Unit::Workday || day.works());
        let counted = date != start && free && number < total;
        number += u32::from(counted);
        entries.push(Entry { date, day, number: counted.then_some(number), paused });
        if date == end {
            break;
        }
        date = if end < start { date.yesterday().unwrap_or(end) } else { next(date) };
    }
    entries.sort_by_key(|entry| entry.date);
    entries
}

fn length(from: Date, to: Date) -> u32 {
    u32::try_from(days_between(from, to)).unwrap_or_default()
}

/// How many of the clock's days have been used up by the end of `today`.
pub(crate) fn used(calendar: &Calendar, clock: &Clock, today: Date) -> u32 {
    let mut day = clock.started.date();
    let mut number = 0;
    while day < today && number < clock.total() {
        day = next(day);
        let works = clock.unit != Unit::Workday || calendar.day(day, &clock.local).works();
        number += u32::from(works && !paused_on(clock, day, Some(today)));
    }
    number
}

/// Days from `from` to `to`, negative when `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}
