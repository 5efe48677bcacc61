//! Why something brought in was not taken, in a sentence for people.

use std::fmt;

/// The kind of refusal, stable for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Nothing in it.
    Empty,
    /// Larger than allowed.
    Size,
    /// More files than allowed.
    Count,
    /// A type that is not taken.
    Type,
    /// The content is something else than the name says.
    Disguised,
    /// Contains a program (macros).
    Macro,
    /// Locked with a password.
    Password,
    /// Not whole, or damaged.
    Damaged,
    /// The columns, the format or the mapping are not understood.
    Format,
    /// The file could not be opened or read.
    Unreadable,
    /// Carries a mark of state secrets.
    Secret,
}

/// A refusal: its cause, and one sentence with what, why and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind.
    pub cause: Cause,
    /// What a person reads.
    pub sentence: String,
}

impl Refusal {
    pub(crate) fn new(cause: Cause, sentence: impl Into<String>) -> Self {
        Self { cause, sentence: sentence.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
