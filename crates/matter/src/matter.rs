//! A matter (事项): the present that its events add up to.
//!
//! It holds ids, codes, dates and keyed hashes only; what people typed lies sealed beside it.

use std::collections::BTreeMap;

use law::{Clock, Date, Moment};
use serde::{Deserialize, Serialize};

use crate::element::Value;
use crate::procedure::{Phase, Procedure, Role};

/// The matter beside which a child runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Its id.
    #[serde(rename = "i")]
    pub id: i64,
    /// What kind of child this is there.
    #[serde(rename = "k")]
    pub kind: String,
}

/// Where an imported record comes from. Its identity is (format, id).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the format.
    #[serde(rename = "f")]
    pub format: String,
    /// Number in the old system.
    #[serde(rename = "i")]
    pub id: String,
    /// The source showed it to everybody.
    #[serde(default, rename = "p", skip_serializing_if = "crate::procedure::is_false")]
    pub public: bool,
}

/// A child of a matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildLink {
    /// Its id.
    #[serde(rename = "i")]
    pub id: i64,
    /// Its kind.
    #[serde(rename = "k")]
    pub kind: String,
    /// The closed state it reached; absent while it is open.
    #[serde(default, rename = "e", skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
}

/// A paper that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLink {
    /// Paper of the procedure.
    #[serde(rename = "p")]
    pub paper: String,
    /// 文号.
    #[serde(rename = "n")]
    pub number: String,
    /// Hash of the template it was issued with.
    #[serde(rename = "t")]
    pub template: String,
    /// Hash of the rendered file; absent while it shows as 正在生成.
    #[serde(default, rename = "h", skip_serializing_if = "Option::is_none")]
    pub rendered: Option<String>,
}

/// How often and when last a step was performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// How often.
    #[serde(rename = "n")]
    pub times: u32,
    /// When last.
    #[serde(rename = "t")]
    pub at: Moment,
}

/// One approval of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    #[serde(rename = "i")]
    pub by: i64,
    /// In which role.
    #[serde(rename = "o")]
    pub role: Role,
    /// When.
    #[serde(rename = "t")]
    pub at: Moment,
}

/// A step that waits for approval, bound to the hashes of its texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The step.
    #[serde(rename = "s")]
    pub step: String,
    /// Its values.
    #[serde(rename = "v")]
    pub values: BTreeMap<String, Value>,
    /// Who proposes.
    #[serde(rename = "i")]
    pub by: i64,
    /// In which role.
    #[serde(rename = "o")]
    pub role: Role,
    /// When.
    #[serde(rename = "t")]
    pub at: Moment,
    /// Approvals so far.
    #[serde(default, rename = "a", skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Roles still to approve, in order.
    #[serde(default, rename = "r", skip_serializing_if = "Vec::is_empty")]
    pub remaining: Vec<Role>,
    /// It went back to the proposer, who may propose it anew.
    #[serde(default, rename = "b", skip_serializing_if = "crate::procedure::is_false")]
    pub returned: bool,
}

impl Proposal {
    /// The role that approves next, unless the proposal went back.
    pub fn next_role(&self) -> Option<Role> {
        if self.returned { None } else { self.remaining.first().copied() }
    }
}

/// A matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Id.
    #[serde(rename = "id")]
    pub id: i64,
    /// Random id shown to programs outside.
    #[serde(rename = "x")]
    pub public_id: String,
    /// The body whose matter it is.
    #[serde(rename = "bd")]
    pub body: i64,
    /// Procedure.
    #[serde(rename = "pr")]
    pub procedure: String,
    /// Version of the procedure under which it runs.
    #[serde(rename = "pv")]
    pub version: String,
    /// State.
    #[serde(rename = "st")]
    pub state: String,
    /// Who has the next move.
    #[serde(rename = "ph")]
    pub phase: Phase,
    /// Category.
    #[serde(default, rename = "ca", skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Channel by which it arrived.
    #[serde(default, rename = "ch", skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Unit that handles it.
    #[serde(default, rename = "un", skip_serializing_if = "Option::is_none")]
    pub unit: Option<i64>,
    /// Officer who handles it.
    #[serde(default, rename = "ha", skip_serializing_if = "Option::is_none")]
    pub handler: Option<i64>,
    /// 受理编号.
    #[serde(default, rename = "no", skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When it was filed.
    #[serde(rename = "fa")]
    pub filed_at: Moment,
    /// When it was closed, if it is.
    #[serde(default, rename = "cl", skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Moment>,
    /// The matter beside which it runs.
    #[serde(default, rename = "pa", skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Children.
    #[serde(default, rename = "cd", skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildLink>,
    /// Clocks by id, stopped ones too.
    #[serde(default, rename = "ck", skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<String, Clock>,
    /// Elements.
    #[serde(default, rename = "v", skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Value>,
    /// Papers issued.
    #[serde(default, rename = "pp", skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<PaperLink>,
    /// The party's choice that the reply may be published.
    #[serde(default, rename = "pu", skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// Decision code.
    #[serde(default, rename = "de", skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Steps performed.
    #[serde(default, rename = "dn", skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<String, Done>,
    /// A step that waits for approval or went back.
    #[serde(default, rename = "pl", skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// Editions made of its reply.
    #[serde(default, rename = "ed", skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<i64>,
    /// Where it was imported from.
    #[serde(default, rename = "or", skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Number of the last event.
    #[serde(rename = "s")]
    pub seq: i64,
    /// Latest `at` of its events.
    #[serde(rename = "t")]
    pub at: Moment,
    /// Hash of the last event.
    #[serde(rename = "h")]
    pub head: String,
}

/// One open clock as a row of its own: order and lamps use `aim_on`, lateness `due_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockRow {
    /// Clock of the procedure.
    pub clock: String,
    /// 考核日.
    pub aim_on: Date,
    /// 法定最迟日.
    pub due_on: Date,
    /// The instant after which it is late in law.
    pub due_at: Moment,
    /// First day of the amber lamp.
    pub amber_on: Date,
    /// The days of a year without a holiday notice were counted.
    pub provisional: bool,
    /// It stands still, so the dates will move.
    pub paused: bool,
}

/// What lists and indexes need, derived from the matter by one function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Decision code, when there is one.
    pub decision: Option<String>,
    /// The role whose approval is awaited.
    pub awaits: Option<Role>,
    /// Open clocks.
    pub clocks: Vec<ClockRow>,
}

/// A lapse that has come: the system performs `step` at `at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The clock that ran out.
    pub clock: String,
    /// The step.
    pub step: String,
    /// The last instant of the limit.
    pub at: Moment,
}

impl Matter {
    /// The row: canonical JSON.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a row.
    pub fn parse(row: &str) -> Result<Matter, serde_json::Error> {
        serde_json::from_str(row)
    }

    /// Who has the next move.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What lists and indexes need, from one place.
    pub fn columns(&self) -> Columns {
        let open = self.clocks.iter().filter(|(_, clock)| clock.is_open());
        let row = |(id, clock): (&String, &Clock)| ClockRow {
            clock: id.clone(),
            aim_on: clock.due.aim_on,
            due_on: clock.due.due_on,
            due_at: last_instant(clock),
            amber_on: clock.due.amber_on,
            provisional: clock.due.provisional,
            paused: clock.is_paused(),
        };
        Columns {
            decision: self.decision.clone(),
            awaits: self.proposal.as_ref().and_then(Proposal::next_role),
            clocks: open.map(row).collect(),
        }
    }

    /// Whether a child of this kind is open.
    pub fn has_open(&self, kind: &str) -> bool {
        self.open_children(kind).next().is_some()
    }

    /// The open children of a kind.
    pub fn open_children<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a ChildLink> {
        self.children.iter().filter(move |child| child.kind == kind && child.ended.is_none())
    }

    /// How often a step was performed.
    pub fn times(&self, step: &str) -> u32 {
        self.done.get(step).map_or(0, |done| done.times)
    }

    /// The value of an element or of a field named like one ([`crate::procedure::RESERVED`]).
    pub fn value(&self, element: &str) -> Option<Value> {
        match element {
            "category" => self.category.clone().map(Value::Code),
            "channel" => self.channel.clone().map(Value::Code),
            "decision" => self.decision.clone().map(Value::Code),
            "unit" => self.unit.map(Value::Id),
            "handler" => self.handler.map(Value::Id),
            "public" => self.public.map(Value::Flag),
            other => self.values.get(other).cloned(),
        }
    }

    /// Lapses that have come by `now`: clocks past their last instant whose procedure names a step
    /// for the system, possible in the present state.
    pub fn lapses(&self, procedure: &Procedure, now: Moment) -> Vec<Lapse> {
        self.columns()
            .clocks
            .into_iter()
            .filter(|row| row.due_at < now && !row.paused)
            .filter_map(|row| {
                let step = procedure.clock(&row.clock)?.lapse.clone()?;
                let possible = procedure.step(&step)?.from.contains(&self.state);
                possible.then_some(Lapse { clock: row.clock, step, at: row.due_at })
            })
            .collect()
    }
}

/// The last instant that is still in time: the clock's own, or the end of its last day.
pub(crate) fn last_instant(clock: &Clock) -> Moment {
    clock.due.due_at.unwrap_or_else(|| Moment::of(clock.due.due_on, 24, 0, 0).plus_millis(-1))
}
