//! A limit: how long the law gives, for whom, from which fact, in which version.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日.
    Workday,
    /// 日, calendar days.
    Day,
    /// 月.
    Month,
    /// 小时, round the clock.
    Hour,
    /// 分钟, round the clock.
    Minute,
    /// A fixed day of the year, given by the value's `on`.
    Fixed,
}

impl Unit {
    /// The Chinese measure word, as in 20个工作日.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Workday => "个工作日",
            Self::Day | Self::Fixed => "日",
            Self::Month => "个月",
            Self::Hour => "小时",
            Self::Minute => "分钟",
        }
    }

    /// Whether the limit ends at an instant, not with a day.
    pub const fn is_instant(self) -> bool {
        matches!(self, Self::Hour | Self::Minute)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What the limit asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// To be done at the latest by then (the usual case).
    #[default]
    Latest,
    /// To last at least so long (公开征求意见).
    Least,
    /// To be done at least so long before the fact (会前送达).
    Before,
    /// To be done by a fixed day of the year.
    Fixed,
    /// 力争: to be striven for; passing it is amber, never late in law.
    Aim,
}

/// Whose limit it is. An agency is supervised by the bare day (考核日) and late in law
/// after the rolled one; a citizen's window always rolls (practice T2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// 机关.
    #[default]
    Agency,
    /// 公民、法人或者其他组织.
    Citizen,
}

/// How far the value has been verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The text of the article was read.
    #[default]
    Text,
    /// Read in a secondary text.
    Secondary,
    /// From memory, not opened: shown as 待核.
    Memory,
    /// Set by the office itself, not by law.
    Local,
}

impl Source {
    /// A word to show beside the value, empty for a value read in its own text.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Secondary => "转引",
            Self::Memory => "待核",
            Self::Local => "本机关设定",
        }
    }
}

/// A class of matter for which the amount differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The amount, in `unit`.
    #[serde(default)]
    pub amount: u32,
    /// The unit when it differs from the value's.
    pub unit: Option<Unit>,
    /// The fixed day `MM-DD`, for a fixed limit.
    pub on: Option<String>,
    /// The article, when it differs from the value's.
    pub article: Option<String>,
}

/// How far and by whom a limit may be extended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// At most so much, in the value's unit.
    pub amount: u32,
    /// Who decides.
    pub by: String,
    /// The article.
    pub article: String,
    /// Only for this class (absent: for all).
    pub class: Option<String>,
}

/// A kind of time that is not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseKind {
    /// Its id: `third_party`, `other_body`, `hearing`.
    pub kind: String,
    /// Its name for people, as in 征求第三方意见.
    pub name: String,
    /// The article.
    pub article: String,
}

/// One dated value of a limit: what the law says from `from` on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitValue {
    /// Id of the limit.
    pub id: String,
    /// Key of the body whose own rule this is; empty for the built-in one.
    pub body: String,
    /// Name of the limit for people.
    pub name: String,
    /// The fact that starts the clock.
    pub start: String,
    /// One word for that fact.
    pub start_mark: String,
    /// What the limit asks.
    pub sort: Sort,
    /// Whose limit it is.
    pub side: Side,
    /// First day of validity: the value binds clocks started on or after it.
    pub from: Date,
    /// Last day of validity, when it ended without a successor.
    pub until: Option<Date>,
    /// How much, in `unit`.
    pub amount: u32,
    /// What is counted.
    pub unit: Unit,
    /// The fixed day `(month, day)` of a fixed limit.
    pub on: Option<(i8, i8)>,
    /// Whether a last day that is a rest day rolls to the next working day.
    pub roll: bool,
    /// The law's title and article.
    pub article: String,
    /// The article on the starting fact; empty where the law does not define it.
    pub start_article: String,
    /// Name of this version for people, as in 政府信息公开条例（2019年修订）.
    pub version: String,
    /// Classes with amounts of their own.
    pub classes: Vec<Class>,
    /// The extension, if any.
    pub extension: Option<Extension>,
    /// The kinds of pause this version knows.
    pub pauses: Vec<PauseKind>,
    /// The day the value was last checked against its source.
    pub checked: Date,
    /// How far it is verified.
    pub source: Source,
    /// A remark for officers.
    pub note: String,
}

impl LimitValue {
    /// The kind of pause with this id, if this version knows it.
    pub fn pause(&self, kind: &str) -> Option<&PauseKind> {
        self.pauses.iter().find(|p| p.kind == kind)
    }

    /// The class with this id.
    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|c| c.id == id)
    }

    /// 20个工作日, 每年1月31日.
    pub fn amount_text(&self) -> String {
        match self.on {
            Some((month, day)) => format!("每年{month}月{day}日"),
            None => format!("{}{}", self.amount, self.unit),
        }
    }
}
