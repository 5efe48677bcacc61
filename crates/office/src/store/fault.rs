//! What went wrong on our side. A [`Fault`] is for operators and logs, never for a page: it is
//! in English and holds no value that a person typed.

use std::fmt;

/// A failure of the machinery (a refusal of an act is not one of these).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The queue is full: nothing was accepted, try again shortly (HTTP 503 with Retry-After).
    Busy,
    /// The database cannot be reached now.
    Unavailable(String),
    /// A row that must be unique is there already; the text names the constraint or columns.
    Duplicate(String),
    /// There is no store where one was expected (exit code 4 of the command line).
    Missing(String),
    /// The store was made by a newer program, or its migrations were altered.
    Version(String),
    /// The engine refused a statement.
    Engine {
        /// The statement's name, or what was being done.
        during: String,
        /// The engine's own message, without parameter values.
        message: String,
    },
    /// A notification was not carried; the sentence is for the officers who look after the outbox.
    Carrier(String),
    /// A stored value is not of the shape the code expects.
    Shape(String),
    /// A row that was asked for by id is not there (or belongs to another body).
    Absent(&'static str),
    /// An earlier statement of this act failed, so nothing of the act can be kept.
    Spoiled,
    /// Sealed text could not be opened: wrong key, wrong place, altered bytes.
    Seal(&'static str),
    /// The key was destroyed: the text is gone for good, as asked.
    Erased,
    /// A file or directory could not be read or written.
    Files(String),
    /// Another process is writing the search index.
    IndexInUse,
    /// The closure given to the store panicked, or the store was shut down before it ran.
    Abandoned,
}

impl Fault {
    /// True when the same call may succeed a moment later without any change.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_) | Self::IndexInUse)
    }

    /// A file fault that names the path.
    pub(crate) fn files(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Files(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the write queue is full"),
            Self::Unavailable(why) => write!(f, "the database cannot be reached: {why}"),
            Self::Duplicate(what) => write!(f, "already there: {what}"),
            Self::Missing(what) => write!(f, "no store: {what}"),
            Self::Version(what) => write!(f, "store version: {what}"),
            Self::Engine { during, message } => write!(f, "{during}: {message}"),
            Self::Carrier(why) => f.write_str(why),
            Self::Shape(what) => write!(f, "unexpected stored value: {what}"),
            Self::Absent(what) => write!(f, "not found: {what}"),
            Self::Spoiled => f.write_str("an earlier statement of this act failed"),
            Self::Seal(why) => write!(f, "sealed text: {why}"),
            Self::Erased => f.write_str("sealed text: its key was destroyed"),
            Self::Files(what) => f.write_str(what),
            Self::IndexInUse => f.write_str("another process writes the search index"),
            Self::Abandoned => f.write_str("the work was abandoned (panic or shutdown)"),
        }
    }
}

impl std::error::Error for Fault {}
