//! Events (记录): what happened to a matter. Replaying its events gives the matter exactly.
//!
//! An event holds ids, codes, dates, numbers and keyed hashes, never text that a person typed.

use std::collections::BTreeMap;

use law::{Clock, Moment};
use serde::{Deserialize, Serialize};

use crate::element::Value;
use crate::facts::Fact;
use crate::matter::{Approval, Origin, Parent, Proposal};
use crate::procedure::{Phase, Role};

/// Codes of events that the kernel itself knows; no step may have such an id.
pub mod code {
    /// A step with approval was proposed.
    pub const PROPOSE: &str = "propose";
    /// A tier approved; the last approval carries the step's own code instead.
    pub const APPROVE: &str = "approve";
    /// An approver, or the rule at the last approval, sent the proposal back.
    pub const RETURN: &str = "return_proposal";
    /// The proposer took the proposal back.
    pub const WITHDRAW: &str = "withdraw_proposal";
    /// A child reached its end.
    pub const CHILD_CLOSED: &str = "child_closed";
    /// A paper was rendered.
    pub const PAPER_RENDERED: &str = "paper_rendered";
    /// A provisional due date became certain when a year's holidays were announced.
    pub const CLOCK_SETTLED: &str = "clock_settled";
    /// The matter moved to another version of its procedure (程序从新).
    pub const VERSION_MOVED: &str = "version_moved";
    /// All of them.
    pub const ALL: [&str; 8] =
        [PROPOSE, APPROVE, RETURN, WITHDRAW, CHILD_CLOSED, PAPER_RENDERED, CLOCK_SETTLED, VERSION_MOVED];
}

/// One act that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Number within the matter, from 1.
    #[serde(rename = "s")]
    pub seq: i64,
    /// Id of the step, or one of [`code`].
    #[serde(rename = "c")]
    pub code: String,
    /// When it happened; clocks run from it.
    #[serde(rename = "t")]
    pub at: Moment,
    /// When the office learned of it.
    #[serde(rename = "r")]
    pub recorded_at: Moment,
    /// Who did it: an officer's id, 0 the party, negative the system and the importer.
    #[serde(rename = "a")]
    pub actor: i64,
    /// In which role.
    #[serde(rename = "o")]
    pub role: Role,
    /// What it changed, in order.
    #[serde(rename = "x")]
    pub changes: Vec<Change>,
    /// Facts from outside the matter on which it was decided.
    #[serde(default, rename = "f", skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<Fact, i64>,
}

impl Event {
    /// The JSON that is stored and chained: keys in declared order, maps sorted, no blanks.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How a clock moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    /// It began.
    Started,
    /// It began anew while it was running.
    Restarted,
    /// It was paused.
    Paused,
    /// It went on.
    Resumed,
    /// It was extended.
    Extended,
    /// It ended.
    Stopped,
    /// A provisional date became certain.
    Settled,
}

/// One change of a matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The matter exists. Always and only the first change of the first event.
    Opened {
        /// Id.
        id: i64,
        /// Random id shown to programs outside.
        public_id: String,
        /// The body whose matter it is.
        body: i64,
        /// Procedure.
        procedure: String,
        /// Its version.
        version: String,
        /// The matter beside which it runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Parent>,
        /// Where an imported record comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
    },
    /// It entered a state.
    Stated {
        /// The state.
        state: String,
        /// Who has the next move there.
        phase: Phase,
    },
    /// An element, or a field of the matter named like one, received a value.
    Set {
        /// The element.
        element: String,
        /// The value.
        value: Value,
    },
    /// An element or field became empty.
    Cleared {
        /// The element.
        element: String,
    },
    /// A clock moved. The whole clock is here: dates pinned once are never computed again.
    Clock {
        /// Its id in the procedure.
        id: String,
        /// How it moved.
        moved: Moved,
        /// The clock after the move.
        clock: Clock,
    },
    /// A child was opened.
    ChildOpened {
        /// Its id.
        id: i64,
        /// Its kind.
        kind: String,
    },
    /// A child reached its end.
    ChildClosed {
        /// Its id.
        id: i64,
        /// The closed state it reached.
        state: String,
    },
    /// A paper was issued: numbered, its template pinned; it is rendered after the commit.
    PaperDue {
        /// Paper of the procedure.
        paper: String,
        /// 文号.
        number: String,
        /// Hash of the template.
        template: String,
    },
    /// A paper was rendered.
    PaperRendered {
        /// 文号.
        number: String,
        /// Hash of the rendered file.
        hash: String,
    },
    /// A step waits for approval.
    Proposed(Proposal),
    /// One tier approved.
    Approved(Approval),
    /// The proposal went back to its proposer.
    Returned,
    /// The proposal is gone: taken back, or overtaken by a change of state.
    Dropped,
    /// The step was performed by approval.
    Performed {
        /// Who proposed it.
        proposer: i64,
        /// Who approved it, in order.
        approvals: Vec<Approval>,
    },
    /// The 受理编号.
    Numbered {
        /// The number.
        number: String,
    },
    /// The reply became public.
    Published {
        /// Id of the edition.
        edition: i64,
    },
    /// The matter moved to another version of its procedure.
    VersionMoved {
        /// The version.
        version: String,
    },
}
