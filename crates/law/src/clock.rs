//! A started clock: one limit running from one fact, pinned as the law stood then.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::count;
use crate::limit::{LimitValue, Side, Sort, Unit};
use crate::moment::Moment;
use crate::rules::Law;

/// Time that is not counted: the days after its first day up to and with its last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Its kind, one that the limit's version knows.
    #[serde(rename = "k")]
    pub kind: String,
    /// When it began.
    #[serde(rename = "f")]
    pub from: Moment,
    /// When it ended; none while it lasts.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
}

/// When a clock ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// 考核日: the day that lamps, order and supervision use. For an agency's limit in
    /// calendar days the bare last day, rolled or not (practice T2).
    #[serde(rename = "a")]
    pub aim_on: Date,
    /// 法定最迟日: late in law after it.
    #[serde(rename = "d")]
    pub due_on: Date,
    /// The instant, for limits in hours and minutes.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// First day of amber: the last quarter, with at least one working day in it.
    #[serde(rename = "m")]
    pub amber_on: Date,
    /// First instant of amber, for limits in hours and minutes.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub amber_at: Option<Moment>,
    /// Whether a year was touched whose notice of holidays is not installed.
    #[serde(rename = "p", default, skip_serializing_if = "is_default")]
    pub provisional: bool,
}

impl Due {
    /// The end in law as it is written: a day, or for hours and minutes an instant.
    pub fn text(&self) -> String {
        self.due_at.map_or_else(|| self.due_on.to_string(), |at| at.to_string())
    }

    /// 考核日 as it is written: a day, or for hours and minutes an instant.
    pub fn aim_text(&self) -> String {
        self.due_at.map_or_else(|| self.aim_on.to_string(), |at| at.to_string())
    }
}

/// The state of a clock at a moment, in a colour; always shown with its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lamp {
    /// Paused or closed.
    Grey,
    /// In time.
    Green,
    /// In the last quarter.
    Amber,
    /// Past 考核日, not yet late in law.
    Red,
    /// Past 法定最迟日.
    Overdue,
}

impl Lamp {
    /// The word beside the colour.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Grey => "暂停或已办结",
            Self::Green => "正常",
            Self::Amber => "临近",
            Self::Red => "已过考核日",
            Self::Overdue => "法定超期",
        }
    }
}

/// A started clock. It pins the rule it runs under, so that a later change of law or
/// rulebook moves nothing; its fields change only through its methods. Stored a million
/// times: short names, defaults left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Id of the limit.
    #[serde(rename = "l")]
    pub limit: String,
    /// Key of the body whose own rule it is; empty for the built-in law.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The class of matter, where it was given.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// First day of validity of the version.
    #[serde(rename = "v")]
    pub version: Date,
    /// How much, in `unit`, without the extension.
    #[serde(rename = "n")]
    pub amount: u32,
    /// What is counted.
    #[serde(rename = "u")]
    pub unit: Unit,
    /// The fixed day of a fixed limit.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub on: Option<(i8, i8)>,
    /// What the limit asks.
    #[serde(rename = "q", default, skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// Whose limit it is.
    #[serde(rename = "w", default, skip_serializing_if = "is_default")]
    pub side: Side,
    /// Whether its last day rolls.
    #[serde(rename = "r", default, skip_serializing_if = "is_default")]
    pub roll: bool,
    /// The law's title and article.
    #[serde(rename = "a")]
    pub article: String,
    /// Bodies whose local holidays count, nearest first.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub local: Vec<String>,
    /// The starting fact.
    #[serde(rename = "s")]
    pub started: Moment,
    /// Time not counted, in order.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// The extension granted, in `unit`; 0 when none.
    #[serde(rename = "x", default, skip_serializing_if = "is_default")]
    pub extended: u32,
    /// When it stopped for good.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Moment>,
    /// When it ends.
    #[serde(rename = "d")]
    pub due: Due,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Clock {
    /// The lamp at `now`.
    pub fn lamp(&self, now: Moment) -> Lamp {
        if self.stopped.is_some() || self.is_paused() {
            return Lamp::Grey;
        }
        let today = now.date();
        let amber = match self.due.amber_at {
            Some(at) => now >= at,
            None => today >= self.due.amber_on,
        };
        match self.sort {
            Sort::Least => Lamp::Green,
            Sort::Aim if amber => Lamp::Amber,
            Sort::Aim => Lamp::Green,
            _ if self.is_past(now) => Lamp::Overdue,
            _ if today > self.due.aim_on => Lamp::Red,
            _ if amber => Lamp::Amber,
            _ => Lamp::Green,
        }
    }

    /// Whether a pause is open.
    pub fn is_paused(&self) -> bool {
        self.stopped.is_none() && self.pauses.last().is_some_and(|pause| pause.to.is_none())
    }

    /// Whether the clock has not been stopped.
    pub fn is_open(&self) -> bool {
        self.stopped.is_none()
    }

    /// Whether `at` lies after the end in law.
    pub fn is_past(&self, at: Moment) -> bool {
        match self.due.due_at {
            Some(due) => at > due,
            None => at.date() > self.due.due_on,
        }
    }

    /// Whether the clock ran out before it was stopped, or has by `now`. What is only
    /// striven for, or must last at least so long, is never late.
    pub fn is_late(&self, now: Moment) -> bool {
        !matches!(self.sort, Sort::Aim | Sort::Least)
            && self.is_past(self.stopped.unwrap_or(now))
            && !(self.stopped.is_none() && self.is_paused())
    }

    /// Days left after today in the clock's own unit: working days, or calendar days to
    /// 考核日; minutes for limits in hours and minutes. Negative once it is past.
    pub fn days_left(&self, law: &Law, now: Moment) -> i64 {
        let (calendar, today) = (law.calendar(), now.date());
        if let Some(due) = self.due.due_at {
            return due.seconds_since(now).div_euclid(60);
        }
        if self.unit != Unit::Workday || self.sort == Sort::Before {
            return count::days_between(today, self.due.aim_on);
        }
        if today > self.due.due_on && !self.is_paused() {
            return -calendar.workdays_between(self.due.due_on, today, &self.local);
        }
        i64::from(self.total()) - i64::from(count::used(calendar, self, today))
    }

    /// Days used up by the end of today, in the clock's own unit; 0 for limits in hours,
    /// minutes, months and by fixed days.
    pub fn days_used(&self, law: &Law, now: Moment) -> u32 {
        match self.unit {
            Unit::Workday | Unit::Day => count::used(law.calendar(), self, now.date()),
            _ => 0,
        }
    }

    /// The time left as people say it: 还剩7个工作日, 今天到期, 已超过2日, 暂停计时.
    pub fn left_text(&self, law: &Law, now: Moment) -> String {
        if !self.is_open() {
            return "已停止计时".to_owned();
        }
        if self.is_paused() {
            return "暂停计时".to_owned();
        }
        let left = self.days_left(law, now);
        let past = if self.unit.is_instant() { self.is_past(now) } else { left < 0 };
        let much = match (self.unit, left.unsigned_abs()) {
            (Unit::Hour | Unit::Minute, minutes) if minutes >= 60 => {
                format!("{}小时{}分钟", minutes / 60, minutes % 60)
            }
            (Unit::Hour | Unit::Minute, minutes) => format!("{minutes}分钟"),
            (Unit::Workday, days) => format!("{days}个工作日"),
            (_, days) => format!("{days}日"),
        };
        match (past, left) {
            (true, _) => format!("已超过{much}"),
            (false, 0) if !self.unit.is_instant() => "今天到期".to_owned(),
            _ => format!("还剩{much}"),
        }
    }

    /// The version of the limit that the clock runs under, as the rulebook has it now.
    pub fn rule<'a>(&self, law: &'a Law) -> Option<&'a LimitValue> {
        law.version(&self.body, &self.limit, self.version)
    }

    /// The whole amount with the extension, in `unit`.
    pub fn total(&self) -> u32 {
        self.amount.saturating_add(self.extended)
    }
}
