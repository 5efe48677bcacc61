//! Why a due date is what it is: the rules applied, and each day counted or not.

use jiff::civil::Date;
use serde::Serialize;

use crate::calendar::{DayKind, next};
use crate::clock::Clock;
use crate::count::{self, Entry};
use crate::limit::{LimitValue, Sort, Unit};
use crate::moment::Moment;
use crate::rules::{Counting, Law};
use crate::wording::{date_text, holiday_text, notice_text, range, short, weekday};

/// One sentence of the reasoning and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The sentence.
    pub text: String,
    /// The article or notice; empty where the calendar itself is the reason.
    pub cite: String,
}

/// What a day is in the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayMark {
    /// The day of the starting fact, not counted.
    Start,
    /// A counted day.
    Counted,
    /// A counted weekend day worked in exchange for a holiday.
    MakeUp,
    /// A Saturday or Sunday that does not count.
    Weekend,
    /// A holiday that does not count.
    Holiday,
    /// A day that falls in a pause.
    Paused,
    /// The last day.
    Due,
}

/// One day from the starting fact to the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayLine {
    /// The day.
    pub date: Date,
    /// What it is in the count.
    pub mark: DayMark,
    /// Its number among the counted days.
    pub number: Option<u32>,
    /// What to write in its cell, as in 第7日, 国庆节, 不计.
    pub label: String,
    /// Whether it is the day asked about.
    pub today: bool,
}

/// The whole reasoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The rules applied, in order.
    pub steps: Vec<Step>,
    /// Day by day, in order of date; empty for limits in hours and minutes.
    pub days: Vec<DayLine>,
    /// The version, when it was checked, and that a told date is never lengthened.
    pub note: String,
}

impl Clock {
    /// Why the clock ends when it does; `now` marks today. Sentences name the rules as
    /// they stood on the day the clock started.
    pub fn explain(&self, law: &Law, now: Option<Moment>) -> Explanation {
        let value = self.rule(law);
        let today = now.map(Moment::date);
        let ledger = count::ledger(law.calendar(), self, today);
        let lines = ledger.iter().map(|entry| self.line(entry, value, today)).collect();
        let reasons = Reasons { clock: self, law, value, ledger: &ledger, steps: Vec::new() };
        Explanation { steps: reasons.all(), days: lines, note: note(value) }
    }

    fn line(&self, entry: &Entry<'_>, value: Option<&LimitValue>, today: Option<Date>) -> DayLine {
        let number = entry.number.map(|number| format!("第{number}日"));
        let plain = || number.clone().unwrap_or_default();
        let (mark, label) = match (entry.number, entry.day.kind) {
            _ if entry.date == self.started.date() => {
                (DayMark::Start, value.map_or("起算", |value| &value.start_mark).to_owned())
            }
            _ if entry.date == self.due.due_on && !self.is_paused() => {
                let end = if self.sort == Sort::Least { "届满" } else { "截止" };
                let how = number.clone().unwrap_or_else(|| "顺延".to_owned());
                (DayMark::Due, format!("{how} {end}"))
            }
            (Some(_), DayKind::MakeUp) => (DayMark::MakeUp, format!("补班 {}", plain())),
            (Some(_), _) => (DayMark::Counted, plain()),
            _ if entry.paused && (self.unit != Unit::Workday || entry.day.works()) => {
                (DayMark::Paused, "不计".to_owned())
            }
            (None, DayKind::Holiday) => (DayMark::Holiday, entry.day.label.to_owned()),
            (None, _) => (DayMark::Weekend, "休".to_owned()),
        };
        DayLine { date: entry.date, mark, number: entry.number, label, today: today == Some(entry.date) }
    }
}

fn note(value: Option<&LimitValue>) -> String {
    let Some(value) = value else {
        return String::new();
    };
    let source = match value.source.label() {
        "" => String::new(),
        label => format!("（{label}）"),
    };
    format!("规定版本：{}{source}，{}核对。期限一经告知，不因规则调整而延长。", value.version, date_text(value.checked))
}

/// The sentences, built one after another.
struct Reasons<'a> {
    clock: &'a Clock,
    law: &'a Law,
    value: Option<&'a LimitValue>,
    ledger: &'a [Entry<'a>],
    steps: Vec<Step>,
}

impl<'a> Reasons<'a> {
    fn say(&mut self, text: String, cite: &str) {
        self.steps.push(Step { text, cite: cite.to_owned() });
    }

    fn all(mut self) -> Vec<Step> {
        self.beginning();
        self.amount();
        if self.clock.unit == Unit::Workday {
            self.holidays();
        }
        self.pauses();
        self.extension();
        self.end();
        self.steps
    }

    fn beginning(&mut self) {
        let (clock, day) = (self.clock, self.clock.started.date());
        let fact = self.value.map_or("起算之日", |value| value.start.as_str());
        let rule = |rule| self.law.counting(rule, day).to_owned();
        if clock.unit.is_instant() {
            let text = format!("{}为{fact}，不分昼夜连续计算", clock.started.to_minute());
            return self.say(text, &rule(Counting::Hour));
        }
        let cite = rule(Counting::FirstDay);
        let basis = self.value.map_or("", |value| value.start_article.as_str());
        self.say(format!("{}为{fact}", self.day(day)), basis);
        let first = self.ledger.iter().find(|entry| entry.number == Some(1));
        let text = first
            .map_or_else(|| "当日不计入".to_owned(), |first| format!("当日不计入，{}为第1日", self.day(first.date)));
        self.say(text, &cite);
    }

    fn amount(&mut self) {
        let clock = self.clock;
        let name = self.value.map_or(clock.limit.as_str(), |value| value.name.as_str());
        let much = match clock.on {
            Some((month, day)) => format!("{month}月{day}日"),
            None => format!("{}{}", clock.amount, clock.unit),
        };
        let text = match clock.sort {
            Sort::Latest => format!("{name}：{much}内"),
            Sort::Least => format!("{name}：不少于{much}"),
            Sort::Before => format!("{name}：至迟提前{much}，向前倒数"),
            Sort::Fixed => format!("{name}：每年{much}前"),
            Sort::Aim => format!("{name}：力争{much}内"),
        };
        self.say(text, &clock.article.clone());
        if clock.unit == Unit::Month {
            let cite = self.law.counting(Counting::Month, clock.started.date()).to_owned();
            self.say("按月计算的，到期月的对应日为最后一日；没有对应日的，月末日为最后一日".to_owned(), &cite);
        }
    }

    /// Holidays and make-up days among the days counted, one sentence for a notice.
    fn holidays(&mut self) {
        let calendar = self.law.calendar();
        let mut groups: Vec<(String, Vec<&Entry<'a>>)> = Vec::new();
        let mut open: Vec<Date> = Vec::new();
        for entry in self.ledger.iter().filter(|entry| entry.date != self.clock.started.date()) {
            let day = entry.day;
            if day.provisional && open.last().is_none_or(|last| last.year() != entry.date.year()) {
                open.push(entry.date);
            }
            if !matches!(day.kind, DayKind::Holiday | DayKind::MakeUp) {
                continue;
            }
            let cite = day.notice.map_or_else(|| calendar.statute(entry.date).to_owned(), notice_text);
            match groups.iter_mut().find(|(known, _)| *known == cite) {
                Some((_, days)) => days.push(entry),
                None => groups.push((cite, vec![entry])),
            }
        }
        for (cite, days) in groups {
            self.say(holiday_text(&days), &cite);
        }
        for date in open {
            let text = format!("{}年放假安排未公布，暂按周末和法定节假日计算，公布后据实确定", date.year());
            self.say(text, calendar.statute(date));
        }
    }

    fn pauses(&mut self) {
        for pause in &self.clock.pauses {
            let known = self.value.and_then(|value| value.pause(&pause.kind));
            let name = known.map_or(pause.kind.as_str(), |kind| kind.name.as_str());
            let cite = known.map_or("", |kind| kind.article.as_str()).to_owned();
            let (from, clock) = (pause.from.date(), self.clock);
            let Some(to) = pause.to.map(Moment::date) else {
                self.say(format!("{}起{name}，暂停计时，恢复后重新确定期限", self.day(from)), &cite);
                continue;
            };
            let count = match clock.unit {
                Unit::Workday => self.law.calendar().workdays_between(from, to, &clock.local),
                _ => count::days_between(from, to),
            };
            let text = if from >= to {
                format!("{}当天{name}，不影响计算", short(from))
            } else {
                format!("{}{name}，{count}{}不计算在内", range(next(from), to), clock.unit)
            };
            self.say(text, &cite);
        }
    }

    fn extension(&mut self) {
        let (amount, unit) = (self.clock.extended, self.clock.unit);
        if amount == 0 {
            return;
        }
        let known = self.value.and_then(|value| value.extension.as_ref());
        let by = known.map_or("负责人", |extension| extension.by.as_str());
        let cite = known.map_or("", |extension| extension.article.as_str()).to_owned();
        self.say(format!("经{by}同意，延长{amount}{unit}"), &cite);
    }

    fn end(&mut self) {
        let (clock, due) = (self.clock, &self.clock.due);
        if let Some(at) = due.due_at {
            return self.say(format!("至{}届满", at.to_minute()), "");
        }
        let bare = self.ledger.iter().filter(|entry| entry.number.is_some()).map(|entry| entry.date);
        let bare = if clock.sort == Sort::Before { due.due_on } else { bare.max().unwrap_or(due.due_on) };
        if bare == due.due_on {
            return self.say(format!("{}届满", self.day(due.due_on)), "");
        }
        let cite = self.law.counting(Counting::LastDay, bare).to_owned();
        let aim = if due.aim_on == due.due_on {
            String::new()
        } else {
            format!("；内部考核仍以{}为准", short(due.aim_on))
        };
        let text = format!("最后一日{}是休息日，顺延至{}{aim}", self.day(bare), self.day(due.due_on));
        self.say(text, &cite);
    }

    /// The day with its weekday, and the year when it is not that of the start.
    fn day(&self, date: Date) -> String {
        let year =
            if date.year() == self.clock.started.date().year() { String::new() } else { format!("{}年", date.year()) };
        format!("{year}{}（{}）", short(date), weekday(date))
    }
}
