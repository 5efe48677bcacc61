//! Named effects of steps, and what a decision asks the office to do in the same transaction.

use std::collections::BTreeMap;

use law::Moment;
use serde::{Deserialize, Serialize};

use crate::element::Value;
use crate::procedure::Told;

/// A consequence that the procedure's vocabulary cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The matter leaves its unit and handler and waits to be assigned anew
    /// (信访工作条例第二十三条第三款, by analogy: 核实同意后交还).
    ClearUnit,
    /// The reply becomes public through the publication path (practice X6: by the party's choice
    /// and approval).
    PublishReply,
    /// The document becomes public: its first edition, or a new one beside the old (practice P2).
    PublishDocument,
    /// The edition leaves the site; a notice with the reason stays (practice P2).
    WithdrawEdition,
    /// The document is published by itself at the moment in `publish_on`.
    SchedulePublishing,
}

/// What an edition is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// These elements of the matter, masked: what a citizen wrote and was answered.
    Reply(Vec<String>),
    /// The matter's document, as it was approved.
    Document,
}

/// What the office does in the transaction that appends the event. Those marked *fills* end in a
/// method of [`crate::Decision`] that writes the outcome into the event before it is appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Take the next 受理编号 of this series. *Fills* [`crate::Decision::numbered`].
    Number {
        /// Prefix of the number.
        series: String,
    },
    /// Take a 文号, pin the template and queue the rendering. *Fills* [`crate::Decision::paper_due`].
    Paper {
        /// Id of the paper in the procedure.
        paper: String,
        /// Template in `rulebook/papers/`.
        template: String,
        /// Series of the 文号.
        series: String,
    },
    /// Make an edition. *Fills* [`crate::Decision::published`].
    Publish(Publishing),
    /// Perform the step that publishes at that moment, if it is still possible then.
    Later {
        /// When.
        at: Moment,
    },
    /// Take the matter's edition from the site and leave a notice.
    Withdraw,
    /// Open a child matter: decide this act under the child's procedure, version by its own day.
    OpenChild {
        /// Id of the new matter, as given in the act.
        id: i64,
        /// Kind of child.
        kind: String,
        /// Procedure of the child.
        procedure: String,
        /// Opening step.
        step: String,
        /// Values handed down. Sealed texts are sealed again under the child.
        values: BTreeMap<String, Value>,
    },
    /// Perform an act of the system on another matter, or on this one after the event.
    Act {
        /// The matter.
        matter: i64,
        /// The step, or a kernel code.
        step: String,
        /// When.
        at: Moment,
        /// Values.
        values: BTreeMap<String, Value>,
    },
    /// Perform a step, as the system, on every companion that is on its way.
    Along {
        /// The step.
        step: String,
        /// When.
        at: Moment,
    },
    /// Perform a step, as the system, on the matter that this one belongs to, if it waits for it.
    Lead {
        /// The step.
        step: String,
        /// When.
        at: Moment,
    },
    /// Tell somebody. The sentence is the step's `party` text, or the event's code for officers.
    Tell {
        /// Whom.
        whom: Told,
        /// Code of the event told of.
        about: String,
    },
}
