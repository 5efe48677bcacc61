//! The time limits of a procedure: what starts, stops, pauses and extends each clock.

use serde::{Deserialize, Serialize};

use crate::procedure::is_false;

/// What a step does to a clock, perhaps only within a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Trigger {
    /// Always when the step is performed.
    Always(String),
    /// Only when the step is performed within the window (补正 after 7 working days restarts nothing).
    Within(TriggerWithin),
}

/// A step that moves a clock only within a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerWithin {
    /// The step.
    pub step: String,
    /// The window.
    pub within: Window,
}

impl Trigger {
    /// The step that triggers.
    pub fn step(&self) -> &str {
        match self {
            Trigger::Always(step) => step,
            Trigger::Within(within) => &within.step,
        }
    }

    /// The window, if any.
    pub fn within(&self) -> Option<&Window> {
        match self {
            Trigger::Always(_) => None,
            Trigger::Within(within) => Some(&within.within),
        }
    }
}

/// A span of time counted by a limit from something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Id of the limit in `rulebook/law/`.
    pub limit: String,
    /// From the latest of these steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Or from the start of this clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// A time limit that runs in a matter of this procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Id, unique in the procedure.
    pub id: String,
    /// Word that people read.
    pub label: String,
    /// Id of the limit in `rulebook/law/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// The limit is the category's instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_by: Option<LimitBy>,
    /// Runs only in matters of these categories; absent: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Steps that start it. A clock that is running is left alone; one that was stopped begins anew.
    pub starts: Vec<Trigger>,
    /// The date or moment element from which it is counted, where the step has it; else the act's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<String>,
    /// Steps that begin it anew even while it runs. Law alone restarts, internal acts never do (T5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Trigger>,
    /// Steps that end it.
    pub stops: Vec<Trigger>,
    /// Steps that extend it, once, before its end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended_by: Vec<String>,
    /// Children whose running pauses it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<PauseRule>,
    /// The step that the system performs when the due day has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapse: Option<String>,
    /// The citizen sees its dates.
    #[serde(default, skip_serializing_if = "is_false")]
    pub party: bool,
}

/// Where a clock finds its limit when the procedure does not name one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitBy {
    /// In the matter's category.
    Category,
}

/// A child whose running pauses a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseRule {
    /// Kind of child.
    pub child: String,
    /// Pause kind that the limit must know (`third_party`, `other_body`).
    pub kind: String,
}
