//! Why a clock did not do what it was asked, in sentences for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of refusal, stable for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// No limit has this id.
    UnknownLimit,
    /// The limit has no value in force on the day.
    NotInForce,
    /// The limit does not know this class.
    UnknownClass,
    /// The limit's version does not know this kind of pause.
    UnknownPause,
    /// A pause that ends before it starts, or lies before the start or after the end.
    PauseOutside,
    /// A pause that overlaps another.
    PauseOverlap,
    /// A resumption without an open pause.
    NotPaused,
    /// The version knows no extension, or not this one.
    NoExtension,
    /// The limit was extended before.
    Extended,
    /// The limit has already ended.
    Ended,
    /// The clock was stopped before.
    Stopped,
    /// An act dated before one it follows.
    BeforeStart,
    /// A date outside the years 1949–2200.
    OutOfRange,
}

/// A refused act on a clock: what is refused, why, by which article, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRefusal {
    /// The kind of refusal.
    pub code: RefusalCode,
    /// What is refused.
    pub what: String,
    /// Why.
    pub why: String,
    /// The article it rests on; empty where no article is concerned.
    pub cite: String,
    /// What the person can do.
    pub next: String,
}

impl ClockRefusal {
    pub(crate) fn new(
        code: RefusalCode,
        what: impl Into<String>,
        why: impl Into<String>,
        cite: &str,
        next: impl Into<String>,
    ) -> Self {
        Self { code, what: what.into(), why: why.into(), cite: cite.into(), next: next.into() }
    }
}

impl fmt::Display for ClockRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.what, self.why)?;
        if !self.cite.is_empty() {
            write!(f, "（{}）", self.cite)?;
        }
        write!(f, "。{}。", self.next)
    }
}

impl std::error::Error for ClockRefusal {}
