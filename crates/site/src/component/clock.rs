//! Parts that show time limits: lamp, clock, and the day-by-day explanation of a date.

use super::{Text, safe_html};
use askama::Template;

/// State of a time limit; each has its own shape, colour and words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LampKind {
    /// In time.
    Green,
    /// Information.
    Blue,
    /// Near the end.
    Amber,
    /// Late.
    Red,
    /// Paused or closed.
    #[default]
    Grey,
}

impl LampKind {
    /// Class name in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

/// A state in shape, colour and words.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/lamp.html")]
pub struct Lamp {
    /// Shape and colour.
    pub kind: LampKind,
    /// The state in words, such as 正常.
    pub text: Text,
}

impl Lamp {
    /// A lamp with its words.
    pub fn new(kind: LampKind, text: impl Into<Text>) -> Self {
        Self { kind, text: text.into() }
    }
}

/// How much time is left, and until when.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/clock.html")]
pub struct Clock {
    /// State of the limit.
    pub lamp: Lamp,
    /// Words above the figure, such as 还剩; the figure is left out when `figure` is empty.
    pub lead: Text,
    /// The figure, such as 7.
    pub figure: Text,
    /// Its unit, such as 个工作日.
    pub unit: Text,
    /// What is being done and by when.
    pub headline: Text,
    /// One line beside the lamp.
    pub note: Text,
    /// Units used and units in all, when the limit can be drawn as a bar.
    pub bar: Option<(u32, u32)>,
}

impl Clock {
    /// Length of the bar's filled part, of 200.
    fn filled(&self) -> u32 {
        self.bar.map_or(0, |(used, all)| (used.min(all) * 200).checked_div(all).unwrap_or(0))
    }
}

/// One sentence of the reasoning behind a date, with its source.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    /// The sentence.
    pub text: Text,
    /// Article of law or notice, or empty.
    pub law: Text,
}

/// How a day counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayMark {
    /// Before the first or after the last day: an empty box.
    #[default]
    Outside,
    /// The day on which something happened; not counted.
    Event,
    /// Counted.
    Counted,
    /// Rest day or holiday.
    Rest,
    /// Paused.
    Paused,
    /// The last day.
    Due,
}

/// One day of a [`Calendar`].
#[derive(Clone, Debug, Default)]
pub struct Day {
    /// How it counts.
    pub mark: DayMark,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What is shown: `24`, or `10/1` on the first day of a month.
    pub label: String,
    /// Words such as 第1日 or 国庆.
    pub note: Text,
    /// It is today.
    pub today: bool,
}

impl Day {
    fn class(&self) -> &'static str {
        match (self.mark, self.today) {
            (DayMark::Outside, _) => "none",
            (DayMark::Event, false) => "event",
            (DayMark::Event, true) => "event today",
            (DayMark::Counted, false) => "counted",
            (DayMark::Counted, true) => "counted today",
            (DayMark::Rest, false) => "rest",
            (DayMark::Rest, true) => "rest today",
            (DayMark::Paused, false) => "paused",
            (DayMark::Paused, true) => "paused today",
            (DayMark::Due, false) => "due",
            (DayMark::Due, true) => "due today",
        }
    }
}

/// The days of a limit in weeks from Monday.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/calendar.html")]
pub struct Calendar {
    /// What the table shows.
    pub caption: Text,
    /// Weeks of seven days.
    pub weeks: Vec<[Day; 7]>,
}

impl Calendar {
    /// Sets consecutive days out in weeks; `first_weekday` is 0 for Monday.
    pub fn new(caption: impl Into<Text>, first_weekday: usize, days: Vec<Day>) -> Self {
        let mut boxes: Vec<Day> = vec![Day::default(); first_weekday % 7];
        boxes.extend(days);
        let mut weeks = Vec::with_capacity(boxes.len() / 7 + 1);
        let mut rest = boxes.into_iter().peekable();
        while rest.peek().is_some() {
            weeks.push(std::array::from_fn(|_| rest.next().unwrap_or_default()));
        }
        Self { caption: caption.into(), weeks }
    }
}

/// Why a date is what it is: sentences with their articles, and every day.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/explanation.html")]
pub struct Explanation {
    /// Heading such as 为什么是11月2日.
    pub title: Text,
    /// Shown unfolded.
    pub open: bool,
    /// The reasoning.
    pub reasons: Vec<Reason>,
    /// The days; no table when it has no weeks.
    pub calendar: Calendar,
    /// Version of the rule and when it was checked.
    pub foot: Text,
}

safe_html!(Lamp, Clock, Calendar, Explanation);
