//! Which days are working days, by whose notice, and how certain that is.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use crate::lunar::{self, Feast};

/// A notice that sets the holidays and make-up days of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Its title.
    pub title: String,
    /// Its 文号, where known for certain.
    pub number: Option<String>,
    /// The day it was issued, where known.
    pub issued: Option<Date>,
    /// Key of the body that issued it; empty for the State Council.
    pub body: String,
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Work,
    /// A weekend day worked in exchange for a holiday (补班).
    MakeUp,
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// A holiday, by a notice or by statute.
    Holiday,
}

/// One day of the calendar.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// What it is.
    pub kind: DayKind,
    /// The holiday it belongs to; empty on ordinary days.
    pub label: &'a str,
    /// The notice that says so; none on ordinary days and in years without a notice.
    pub notice: Option<&'a Notice>,
    /// Whether the year's notice is not installed, so that bridge and make-up days are
    /// still open (practice T3).
    pub provisional: bool,
}

impl Day<'_> {
    /// Whether the day is a working day.
    pub const fn works(&self) -> bool {
        matches!(self.kind, DayKind::Work | DayKind::MakeUp)
    }
}

/// The statutory days of one version of 全国年节及纪念日放假办法.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statute {
    pub from: Date,
    pub article: String,
    pub days: Vec<Statutory>,
}

/// One statutory holiday: `days` days from `offset` days after its anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statutory {
    pub label: String,
    pub anchor: Anchor,
    pub offset: i8,
    pub days: u8,
}

/// The day of a year from which a statutory holiday is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Solar(i8, i8),
    Lunar(Feast),
}

/// A day that a notice or statute names.
#[derive(Clone, Debug)]
struct Named {
    works: bool,
    label: String,
    /// Index into `notices`; none for a statutory day.
    notice: Option<usize>,
}

/// The calendar: the weekly rhythm, the notices of the State Council, local holidays,
/// and the statutory days of years without a notice.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    named: HashMap<Date, Named>,
    local: HashMap<String, HashMap<Date, Named>>,
    announced: BTreeSet<i16>,
    notices: Vec<Notice>,
    statutes: Vec<Statute>,
}

/// The years for which statutory days are laid out; clocks refuse dates outside.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1949..=2200;

impl Calendar {
    /// The day `date`, for a body with the local calendars `local`
    /// (see [`Calendar::local_for`]), nearest first.
    pub fn day(&self, date: Date, local: &[String]) -> Day<'_> {
        let provisional = !self.announced.contains(&date.year());
        let rest = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let own = local.iter().find_map(|body| self.local.get(body)?.get(&date));
        let Some(named) = own.or_else(|| self.named.get(&date)) else {
            let kind = if rest { DayKind::Weekend } else { DayKind::Work };
            return Day { kind, label: "", notice: None, provisional };
        };
        let kind = match (named.works, rest) {
            (true, true) => DayKind::MakeUp,
            (true, false) => DayKind::Work,
            (false, _) => DayKind::Holiday,
        };
        let notice = named.notice.and_then(|index| self.notices.get(index));
        Day { kind, label: &named.label, notice, provisional }
    }

    /// Whether `date` is a working day in the whole country.
    pub fn is_workday(&self, date: Date) -> bool {
        self.day(date, &[]).works()
    }

    /// The `count`-th working day after `date` (0: `date` itself).
    pub fn add_workdays(&self, date: Date, count: u32) -> Date {
        let mut day = date;
        for _ in 0..count {
            day = self.next_workday(next(day), &[]);
        }
        day
    }

    /// The first working day on or after `date`.
    pub fn next_workday(&self, date: Date, local: &[String]) -> Date {
        // The longest rest ever is under two weeks; the bound only guards against a
        // local calendar that names no working day.
        let mut day = date;
        for _ in 0..366 {
            if self.day(day, local).works() {
                break;
            }
            day = next(day);
        }
        day
    }

    /// Working days after `from` up to and including `to`; negative when `to` is earlier.
    pub fn workdays_between(&self, from: Date, to: Date, local: &[String]) -> i64 {
        let (early, late, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        let mut count = 0;
        let mut day = early;
        while day < late {
            day = next(day);
            if self.day(day, local).works() {
                count += sign;
            }
        }
        count
    }

    /// Whether the State Council's notice for `year` is installed.
    pub fn announced(&self, year: i16) -> bool {
        self.announced.contains(&year)
    }

    /// The years whose notice is installed, in order.
    pub fn announced_years(&self) -> impl Iterator<Item = i16> + '_ {
        self.announced.iter().copied()
    }

    /// Every notice installed.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Those of `bodies` (own to root) that have holidays of their own.
    pub fn local_for(&self, bodies: &[&str]) -> Vec<String> {
        let known = bodies.iter().filter(|body| self.local.contains_key(**body));
        known.map(|body| (*body).to_owned()).collect()
    }

    /// The article of the holiday statute in force on `date`, empty when none is
    /// installed.
    pub fn statute(&self, date: Date) -> &str {
        let in_force = self.statutes.iter().rev().find(|s| s.from <= date);
        in_force.or(self.statutes.first()).map_or("", |s| s.article.as_str())
    }

    /// Adds a notice; days named again by a later notice are as the later one says.
    pub(crate) fn announce(&mut self, year: i16, notice: Notice, days: Vec<(Date, bool, String)>) {
        let index = Some(self.notices.len());
        let into = if notice.body.is_empty() {
            self.announced.insert(year);
            &mut self.named
        } else {
            self.local.entry(notice.body.clone()).or_default()
        };
        for (date, works, label) in days {
            into.insert(date, Named { works, label, notice: index });
        }
        self.notices.push(notice);
    }

    /// Lays out the statutory days of every year without a notice.
    pub(crate) fn settle_statutes(&mut self, mut statutes: Vec<Statute>) {
        statutes.sort_by_key(|statute| statute.from);
        self.statutes = statutes;
        for year in YEARS.filter(|year| !self.announced.contains(year)) {
            let new_year = Date::constant(year, 1, 1);
            let Some(statute) = self.statutes.iter().rev().find(|s| s.from <= new_year) else {
                continue;
            };
            for holiday in &statute.days {
                let Some(first) = holiday.anchor.in_year(year) else {
                    continue;
                };
                for n in 0..i64::from(holiday.days) {
                    let date = plus_days(first, i64::from(holiday.offset) + n);
                    let named = Named { works: false, label: holiday.label.clone(), notice: None };
                    self.named.entry(date).or_insert(named);
                }
            }
        }
    }
}

impl Anchor {
    fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Solar(month, day) => Date::new(year, month, day).ok(),
            Self::Lunar(feast) => lunar::feast(year, feast),
        }
    }
}

/// The following day; the last day that can be written is its own.
pub(crate) fn next(date: Date) -> Date {
    date.tomorrow().unwrap_or(date)
}

/// `date` moved by `days`, stopping at the ends of what can be written.
pub(crate) fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::SignedDuration::from_hours(days.saturating_mul(24)))
}
