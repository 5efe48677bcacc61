//! A refusal: why an act is not possible, in sentences for people.

use std::fmt;

use law::ClockRefusal;
use serde::{Deserialize, Serialize};

/// The kind of refusal, stable for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The procedure has no such step.
    UnknownStep,
    /// The actor's role may not do it.
    NotPermitted,
    /// Not in this state.
    WrongState,
    /// Not for this category or by this channel.
    NotOffered,
    /// It happened before what it follows, or lies in the future.
    WrongTime,
    /// Something changed in between.
    Conflict,
    /// It was done as often as is allowed.
    TooOften,
    /// The window has closed.
    TooLate,
    /// The day before which it is not possible has not passed.
    TooEarly,
    /// Something must be given.
    Missing,
    /// Something given cannot stand so.
    Invalid,
    /// What must stand behind the decision is not there.
    Unproved,
    /// A child is still open.
    ChildOpen,
    /// A clock still runs for a duty that is owed.
    ClockRunning,
    /// A clock refused.
    Clock,
    /// A named guard refused.
    Guard,
    /// A proposal stands in the way, or there is none.
    Proposal,
    /// The idempotency key stands for another request already.
    KeyReused,
}

/// One sentence of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// What is the matter.
    pub what: String,
    /// Why.
    pub why: String,
    /// The article it rests on; empty where none is concerned.
    pub cite: String,
    /// What to do.
    pub next: String,
    /// The element at which it is shown.
    pub field: Option<String>,
}

impl Sentence {
    /// A sentence without article and field.
    pub fn new(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Sentence {
        Sentence { what: what.into(), why: why.into(), next: next.into(), ..Sentence::default() }
    }

    /// With its article.
    #[must_use]
    pub fn cite(mut self, cite: &str) -> Sentence {
        cite.clone_into(&mut self.cite);
        self
    }

    /// Shown at this element.
    #[must_use]
    pub fn at(mut self, element: &str) -> Sentence {
        self.field = Some(element.to_owned());
        self
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.why.is_empty() {
            write!(f, "：{}", self.why)?;
        }
        if !self.cite.is_empty() {
            write!(f, "（{}）", self.cite)?;
        }
        f.write_str("。")?;
        if !self.next.is_empty() {
            write!(f, "{}。", self.next)?;
        }
        Ok(())
    }
}

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The kind.
    pub code: RefusalCode,
    /// What a person reads; never empty.
    pub sentences: Vec<Sentence>,
}

impl Refusal {
    /// A refusal of one sentence.
    pub fn new(code: RefusalCode, sentence: Sentence) -> Refusal {
        Refusal { code, sentences: vec![sentence] }
    }

    /// The element of the first sentence that has one.
    pub fn field(&self) -> Option<&str> {
        self.sentences.iter().find_map(|sentence| sentence.field.as_deref())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentences.iter().try_for_each(|sentence| sentence.fmt(f))
    }
}

impl std::error::Error for Refusal {}

impl From<ClockRefusal> for Refusal {
    fn from(clock: ClockRefusal) -> Refusal {
        let sentence = Sentence::new(clock.what, clock.why, clock.next).cite(&clock.cite);
        Refusal::new(RefusalCode::Clock, sentence)
    }
}
