//! Facts: what a decision may ask about the world outside the matter. The list is closed.
//!
//! The kernel says which facts an act needs ([`Facts::needed`]); the office reads them in the same
//! transaction; those asked for stand in the event.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::effect::Effect;
use crate::element::Kind;
use crate::event::code;
use crate::guard::Guard;
use crate::matter::Matter;
use crate::procedure::{ApproveBy, Procedure, Step};

/// A fact. Its value is a number; yes is 1 and no is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The unit that handles the matter, or that the act names, asks for approval of its replies.
    UnitApproves,
    /// The unit that the act names is one of the body's and is in use.
    UnitKnown,
    /// The officer that the act names works in the unit that the act names (else the matter's).
    HandlerInUnit,
    /// How many closed applications of the same applicant, decided before, ask for the same content.
    EarlierAnswered,
    /// How many fields the document still lacks that its kind of information asks for.
    DocumentGaps,
    /// The document is of a kind that needs a disclosure clause (practice P4).
    ClauseAsked,
    /// How many pieces of personal data the machine sees in the document.
    PersonalHits,
    /// The document is of a kind that is published together with its interpretation (practice P3).
    InterpretationAsked,
    /// How many matters name this one as their lead and are on their way to the public, or there.
    Companions,
    /// How many of those on their way cannot take the step that the act takes along.
    CompanionsUnready,
    /// The matter names a lead that is not public yet.
    LeadPending,
    /// The lead that the act names is a matter that can have companions.
    LeadKnown,
    /// How many entries the document's list of removals has.
    Reductions,
    /// In how many places of what would become public a removed passage still stands, found by opening
    /// the output again; one that was not opened counts as one place.
    Remains,
}

impl Fact {
    /// Every fact.
    pub const ALL: [Fact; 14] = [
        Fact::UnitApproves,
        Fact::UnitKnown,
        Fact::HandlerInUnit,
        Fact::EarlierAnswered,
        Fact::DocumentGaps,
        Fact::ClauseAsked,
        Fact::PersonalHits,
        Fact::InterpretationAsked,
        Fact::Companions,
        Fact::CompanionsUnready,
        Fact::LeadPending,
        Fact::LeadKnown,
        Fact::Reductions,
        Fact::Remains,
    ];
}

/// The facts that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub BTreeMap<Fact, i64>);

impl Facts {
    /// The value; a fact that was not read counts as 0 (no, none).
    pub fn get(&self, fact: Fact) -> i64 {
        self.0.get(&fact).copied().unwrap_or(0)
    }

    /// Whether a yes-or-no fact holds.
    pub fn holds(&self, fact: Fact) -> bool {
        self.get(fact) != 0
    }

    /// The facts that deciding this act may ask for.
    pub fn needed(procedure: &Procedure, matter: Option<&Matter>, act: &Act) -> BTreeSet<Fact> {
        let proposal = matter.and_then(|matter| matter.proposal.as_ref());
        let (step, values) = match proposal {
            Some(proposal) if act.step == code::APPROVE => (&proposal.step, &proposal.values),
            _ => (&act.step, &act.values),
        };
        let mut facts = BTreeSet::new();
        if let Some(step) = procedure.step(step) {
            facts.extend(Facts::of_step(procedure, step));
        }
        if values.contains_key("unit") {
            facts.insert(Fact::UnitKnown);
        }
        if values.contains_key("handler") {
            facts.insert(Fact::HandlerInUnit);
        }
        let leads = |name: &String| procedure.element(name).is_some_and(|element| element.kind == Kind::Lead);
        facts.extend(values.keys().any(leads).then_some(Fact::LeadKnown));
        facts
    }

    fn of_step(procedure: &Procedure, step: &Step) -> BTreeSet<Fact> {
        let approval = (step.approve_by == Some(ApproveBy::Unit)).then_some(Fact::UnitApproves);
        let decisions = step.decisions.iter().filter_map(|code| procedure.decision(code));
        let guards = step.guards.iter().chain(decisions.flat_map(|decision| &decision.guards));
        let together = step.along.iter().flat_map(|_| [Fact::CompanionsUnready, Fact::LeadPending]);
        let alone = step.effects.contains(&Effect::SchedulePublishing).then_some(Fact::LeadPending);
        let guarded = guards.flat_map(|guard: &Guard| guard.facts()).copied();
        guarded.chain(approval).chain(together).chain(alone).collect()
    }
}
