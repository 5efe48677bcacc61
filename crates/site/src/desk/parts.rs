//! Pieces that only desk pages have: queues of matters, dense clocks, forms on a grid.

use crate::component::{Choices, ErrorSummary, Explanation, Facts, Field, Guard, Lamp, Problem, Text};
use askama::Template;

/// One matter in a queue.
#[derive(Clone, Debug, Default)]
pub struct QueueRow {
    /// Address of its page.
    pub href: String,
    /// Lamp of its most pressing clock.
    pub lamp: Lamp,
    /// The last day in law has passed.
    pub late: bool,
    /// Number of registration.
    pub number: String,
    /// Title, personal data masked.
    pub title: String,
    /// Short warnings before the title: 重办, 联办.
    pub flags: Vec<String>,
    /// How it came and what it is: 网上 投诉.
    pub source: String,
    /// Unit that has it.
    pub unit: String,
    /// Day of assessment (考核日), `2026-11-24`.
    pub due: String,
    /// Days left or over, in words.
    pub left: String,
    /// Officer who has it.
    pub handler: String,
    /// State in words.
    pub state: String,
}

/// Matters in a table of 30 px rows; keys j, k and Enter walk through it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/queue.html")]
pub struct Queue {
    /// What the table holds.
    pub caption: String,
    /// The matters, most pressing first.
    pub rows: Vec<QueueRow>,
}

/// Where a keyset page leads.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/keyset.html")]
pub struct Keyset {
    /// First page; empty on it.
    pub first: String,
    /// Next page; empty on the last.
    pub next: String,
    /// What is shown: 本页50件，共318件.
    pub note: String,
}

impl Keyset {
    /// Rows on a page of records, newest first.
    const ROWS: usize = 100;

    /// Pages of records, newest first: `before` is where this one began, `last` its last id.
    pub fn before(base: &str, before: Option<i64>, last: Option<i64>, rows: usize, unit: &str) -> Self {
        let next = last.filter(|_| rows >= Self::ROWS);
        Self {
            first: if before.is_some() { base.to_owned() } else { String::new() },
            next: next.map(|id| format!("{base}?before={id}")).unwrap_or_default(),
            note: format!("本页{rows}{unit}"),
        }
    }
}

/// One clock in the strip of a matter.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/clock.html")]
pub struct ClockLine {
    /// Name of the limit: 答复期限.
    pub label: String,
    /// State of the clock.
    pub lamp: Lamp,
    /// Words before the figure: 剩, 超期.
    pub before: String,
    /// The figure; empty where there is none to show.
    pub figure: String,
    /// Its unit, or the whole sentence where there is no figure.
    pub after: String,
    /// 考核日 in words; empty while the clock has not started.
    pub aim: String,
    /// 法定最迟日 in words.
    pub due: String,
    /// Article.
    pub cite: String,
    /// The day-by-day reasoning.
    pub why: Option<Explanation>,
}

/// A clock that a step would move, as it would stand afterwards.
#[derive(Clone, Debug, Default)]
pub struct ComingClock {
    /// Name of the limit.
    pub label: String,
    /// What happens to it: 开始计算, 暂停计算.
    pub how: &'static str,
    /// 考核日 in words.
    pub aim: String,
    /// 法定最迟日 in words; empty where no date follows.
    pub due: String,
    /// Article.
    pub cite: String,
    /// The day-by-day reasoning.
    pub why: Option<Explanation>,
}

/// What follows from a step, shown before it is confirmed and worked out anew from what is typed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/ahead.html")]
pub struct Ahead {
    /// Clocks that it moves.
    pub clocks: Vec<ComingClock>,
    /// A quiet line: why no date can be worked out, what to mind.
    pub note: String,
    /// State, papers, notices, approvals, articles.
    pub facts: Facts,
    /// Names of the fields on which the dates depend, parted by blanks; empty: no trial is offered.
    pub dated_by: String,
}

/// A part of a form and the columns (of twelve) it takes.
#[derive(Clone, Debug)]
pub enum Cell {
    /// One input.
    Field(u8, Field),
    /// Radio buttons or check boxes.
    Choices(u8, Choices),
    /// A heading across the form.
    Legend(String),
}

impl Cell {
    /// What is wrong at this cell, if anything.
    fn problem(&self) -> Option<Problem> {
        let (field, text): (&Text, &Text) = match self {
            Self::Field(_, f) => (&f.name, &f.error),
            Self::Choices(_, c) => (&c.name, &c.error),
            Self::Legend(_) => return None,
        };
        (!text.is_empty()).then(|| Problem { field: field.clone(), text: text.clone() })
    }
}

/// Fields in paper order on a grid of twelve columns.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/fields.html")]
pub struct Fields {
    /// The cells, in order.
    pub cells: Vec<Cell>,
}

impl Fields {
    /// The list of what is wrong, for the head of the page.
    pub fn errors(&self) -> ErrorSummary {
        ErrorSummary { problems: self.cells.iter().filter_map(Cell::problem).collect() }
    }

    /// Nothing is wrong.
    pub fn are_right(&self) -> bool {
        self.cells.iter().all(|cell| cell.problem().is_none())
    }
}

/// One ordinary form button of a page that has several forms.
#[derive(Clone, Debug, Default)]
pub struct Deed {
    /// Where it is sent or leads.
    pub href: String,
    /// Words of the button.
    pub label: String,
    /// A quiet line under it: the due date that follows, the approval needed.
    pub note: String,
}

/// A deed that cannot be done now, and why.
#[derive(Clone, Debug, Default)]
pub struct Barred {
    /// Words of the button.
    pub label: String,
    /// Sentences: what is missing, which article, what to do.
    pub why: Vec<String>,
    /// It is for officers with another role.
    pub for_others: bool,
}

/// Guard of a form that carries nothing besides token and key.
pub fn guard(csrf: &str, key: &str) -> Guard {
    Guard { csrf: csrf.into(), key: key.into(), more: Vec::new() }
}

macro_rules! safe_html {
    ($($part:ty),+ $(,)?) => {$( impl askama::filters::HtmlSafe for $part {} )+};
}
safe_html!(Queue, Keyset, ClockLine, Ahead, Fields);
