//! The installed law: limits by id, body and date, and the general rules of counting.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::limit::LimitValue;
use crate::load;
use crate::refusal::{ClockRefusal, RefusalCode};

/// What is wrong with a rulebook file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleFault {
    /// The file.
    pub file: String,
    /// The line, counted from 1, where it can be told.
    pub line: Option<usize>,
    /// The entry concerned, as a limit's id.
    pub name: String,
    /// The rule that is broken.
    pub rule: String,
    /// The path of the value inside the file.
    pub path: String,
    /// What is wrong and what to do.
    pub error: String,
}

/// A general rule of counting, as 开始的当日不计入.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Counting {
    /// The day of the starting fact is not counted.
    FirstDay,
    /// A last day that is a rest day rolls to the next working day.
    LastDay,
    /// A limit in months ends on the corresponding day, or the month's last.
    Month,
    /// A limit in hours or minutes runs from the starting fact round the clock.
    Hour,
}

/// A dated rule of counting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountingRule {
    pub rule: Counting,
    pub from: Date,
    pub article: String,
}

/// The installed law: calendar and limits.
#[derive(Clone, Debug, Default)]
pub struct Law {
    pub(crate) calendar: Calendar,
    /// Values by limit and body, oldest first.
    pub(crate) limits: BTreeMap<(String, String), Vec<LimitValue>>,
    pub(crate) counting: Vec<CountingRule>,
}

impl Law {
    /// Reads the files of `rulebook/law/` and its overlays, in any order. A file holds
    /// limits, rules of counting, a year's notices or the statutory days; which, its
    /// tables say.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Vec<RuleFault>> {
        load::parse(files)
    }

    /// The calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The value of limit `id` in force on `on` for the body whose chain of keys, own
    /// to root, is `bodies`; an empty or absent key is the built-in law.
    ///
    /// # Errors
    /// No such limit, or no value in force on that day.
    pub fn limit(&self, bodies: &[&str], id: &str, on: Date) -> Result<&LimitValue, ClockRefusal> {
        let mut first: Option<&LimitValue> = None;
        let mut ended: Option<&LimitValue> = None;
        for body in bodies.iter().copied().chain([""]) {
            let Some(values) = self.limits.get(&(id.to_owned(), body.to_owned())) else {
                continue;
            };
            let Some(value) = values.iter().rev().find(|value| value.from <= on) else {
                first = first.or(values.first());
                continue;
            };
            if value.until.is_none_or(|until| on <= until) {
                return Ok(value);
            }
            ended = ended.or(Some(value));
        }
        Err(not_in_force(id, on, first, ended))
    }

    /// The version of limit `id` of `body` whose first day of validity is `from`.
    pub fn version(&self, body: &str, id: &str, from: Date) -> Option<&LimitValue> {
        let values = self.limits.get(&(id.to_owned(), body.to_owned()))?;
        values.iter().find(|value| value.from == from)
    }

    /// Every value of every limit, by id, body and first day of validity.
    pub fn limits(&self) -> impl Iterator<Item = &LimitValue> {
        self.limits.values().flatten()
    }

    /// The article of a rule of counting as in force on `on`; empty when not installed.
    pub(crate) fn counting(&self, rule: Counting, on: Date) -> &str {
        let mut rules = self.counting.iter().filter(|r| r.rule == rule && r.from <= on);
        rules.next_back().map_or("", |r| r.article.as_str())
    }
}

fn not_in_force(id: &str, on: Date, first: Option<&LimitValue>, ended: Option<&LimitValue>) -> ClockRefusal {
    let what = format!("不能起算期限“{id}”");
    if let Some(value) = ended {
        let until = value.until.unwrap_or(value.from);
        return ClockRefusal::new(
            RefusalCode::NotInForce,
            what,
            format!("“{}”的规定自{until}之后不再适用，{on}没有生效的规定", value.name),
            &value.article,
            "请核对起算日期，或者改用现行规定的期限",
        );
    }
    if let Some(value) = first {
        return ClockRefusal::new(
            RefusalCode::NotInForce,
            what,
            format!("{on}早于“{}”的施行日期{}", value.name, value.from),
            &value.article,
            format!("请核对起算日期，应不早于{}", value.from),
        );
    }
    ClockRefusal::new(
        RefusalCode::UnknownLimit,
        what,
        "规则库中没有这一期限",
        "",
        "请核对期限编号，可用编号见规则库law目录",
    )
}
