//! How an act or query ends when it does not succeed.

use law::Moment;
use matter::{Event, Matter, Procedure, Refusal};

use crate::store::Fault;

/// A field of a form and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The element's id.
    pub field: String,
    /// The sentence shown at the field.
    pub sentence: String,
}

impl FieldError {
    /// An error at a field.
    pub fn new(field: impl Into<String>, sentence: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), sentence: sentence.into() }
    }
}

/// What happened to a matter since the caller last saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// Number of the event.
    pub seq: i64,
    /// When it happened.
    pub at: Moment,
    /// What was done, as the desk calls it.
    pub label: String,
}

/// Two people on one matter: nothing was overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The newest event.
    pub seq: i64,
    /// What was done in between.
    pub since: Vec<Since>,
}

impl Conflict {
    /// What was done since the caller looked, in the words of the desk.
    pub(crate) fn between(procedure: &Procedure, matter: Option<&Matter>, since: &[Event]) -> Conflict {
        let label = |event: &Event| procedure.step(&event.code).map_or(event.code.clone(), |step| step.label.clone());
        let since = since.iter().map(|event| Since { seq: event.seq, at: event.at, label: label(event) });
        Conflict { seq: matter.map_or(0, |matter| matter.seq), since: since.collect() }
    }
}

/// Why an act or query gave no result.
#[derive(Clone, Debug, PartialEq)]
pub enum Fail {
    /// What was typed cannot be read; nothing was changed.
    Invalid(Vec<FieldError>),
    /// The rules do not allow it; the sentences say why and what to do.
    Refused(Refusal),
    /// Somebody else acted in between.
    Conflict(Conflict),
    /// There is no such thing for this caller.
    NotFound,
    /// The caller may know of it but not do this; the sentence says who may.
    Forbidden(String),
    /// The queue is full; nothing was accepted.
    Busy,
    /// Our failure.
    Fault(Fault),
}

impl From<Fault> for Fail {
    fn from(fault: Fault) -> Fail {
        if fault.is_temporary() { Fail::Busy } else { Fail::Fault(fault) }
    }
}

impl From<Refusal> for Fail {
    fn from(refusal: Refusal) -> Fail {
        Fail::Refused(refusal)
    }
}
