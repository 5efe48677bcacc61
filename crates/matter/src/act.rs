//! Acts: what somebody wants to do, and what the kernel answers.

use std::collections::BTreeMap;

use law::{Law, Moment};
use serde::{Deserialize, Serialize};

use crate::effect::Consequence;
use crate::element::Value;
use crate::event::{Change, Event};
use crate::facts::Facts;
use crate::matter::{Origin, Parent};
use crate::procedure::{Procedure, Role};
use crate::refusal::Refusal;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The officer's id; 0 is the public, -1 the system, -2 the importer.
    pub id: i64,
    /// What the actor is.
    pub roles: Vec<Role>,
    /// The officer's unit.
    pub unit: Option<i64>,
}

impl Actor {
    /// The clock, or the other matter of a pair.
    pub fn system() -> Actor {
        Actor { id: -1, roles: vec![Role::System], unit: None }
    }

    /// Whether the actor has the role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// What is fixed about a matter before it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Id of the new matter.
    pub id: i64,
    /// Random id shown to programs outside.
    pub public_id: String,
    /// The body whose matter it is.
    pub body: i64,
    /// The matter beside which it runs.
    pub parent: Option<Parent>,
    /// Where an imported record comes from.
    pub origin: Option<Origin>,
}

/// One performance of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Id of the step, or `approve`, `return_proposal`, `withdraw_proposal`
    /// ([`crate::event::code`]).
    pub step: String,
    /// Who acts.
    pub actor: Actor,
    /// Idempotency key; the office answers a repeated key from its records.
    pub key: String,
    /// Number of the last event that the actor has seen; absent: does not matter.
    pub expected_seq: Option<i64>,
    /// When it happened.
    pub at: Moment,
    /// Values by element.
    pub values: BTreeMap<String, Value>,
    /// For an act that opens a matter.
    pub opening: Option<Opening>,
    /// Id of the child, for a step that opens one.
    pub child: Option<i64>,
}

impl Act {
    /// An act without values.
    pub fn new(step: &str, actor: Actor, at: Moment) -> Act {
        Act {
            step: step.to_owned(),
            actor,
            key: String::new(),
            expected_seq: None,
            at,
            values: BTreeMap::new(),
            opening: None,
            child: None,
        }
    }
}

/// What a decision rests on besides the matter and the act.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The procedure, in the version the matter runs under.
    pub procedure: &'a Procedure,
    /// The law.
    pub law: &'a Law,
    /// Keys of the body and its parents, upward, for limits of their own.
    pub bodies: &'a [&'a str],
    /// Facts from outside, those of [`Facts::needed`].
    pub facts: &'a Facts,
    /// The events after `expected_seq`, when the matter has gone on since.
    pub since: &'a [Event],
    /// The writer's time.
    pub recorded_at: Moment,
}

/// The kernel's answer to an act that is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The event, complete once the consequences marked *fills* have been written into it.
    pub event: Event,
    /// What the office does in the same transaction, in order.
    pub consequences: Vec<Consequence>,
    /// Why a proposal went back to its proposer at the last approval, because the step it asks for
    /// is no longer possible. The event then returns the proposal.
    pub refused: Option<Refusal>,
}

impl Decision {
    /// Writes the 受理编号 into the event.
    pub fn numbered(&mut self, number: String) {
        self.event.changes.push(Change::Numbered { number });
    }

    /// Writes an issued paper into the event: its 文号 and the hash of the template it is pinned to.
    pub fn paper_due(&mut self, paper: &str, number: String, template: String) {
        self.event.changes.push(Change::PaperDue { paper: paper.to_owned(), number, template });
    }

    /// Writes the edition of a published reply into the event.
    pub fn published(&mut self, edition: i64) {
        self.event.changes.push(Change::Published { edition });
    }
}
