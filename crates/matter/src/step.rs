//! The steps of a procedure: who may do what, in which state, with what consequence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock_rule::Window;
use crate::effect::Effect;
use crate::guard::Guard;
use crate::procedure::{Role, is_false};

/// What can be done to a matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Id; the code of its events.
    pub id: String,
    /// Name on the desk's button and in its history.
    pub label: String,
    /// What the citizen reads in the timeline; absent: internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Roles that may perform it. The importer may perform every step.
    pub by: Vec<Role>,
    /// States in which it is possible; absent: it opens the matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// State after it; absent: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Elements that the act must give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Elements that the act may give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<String>,
    /// Channels among which an opening act chooses; a single one is implied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Categories in which the step exists; absent: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Decision codes among which it chooses; a single one is implied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<String>,
    /// Roles that approve it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve: Vec<Role>,
    /// The approval is asked only where this setting says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approve_by: Option<ApproveBy>,
    /// Papers that it issues, besides the decision's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<String>,
    /// Kind of child that it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// Kinds of children of which none may be open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_closed: Vec<String>,
    /// Kinds of children of which one must be open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_open: Vec<String>,
    /// Kinds of children that it ends, by each child's `ends` step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<String>,
    /// Clocks of which none may be running, because the duty they measure is still owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_stopped: Vec<String>,
    /// Possible only within this window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Window>,
    /// Possible only when the day in this date element has passed (合理期限届满).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_day: Option<String>,
    /// Elements that must already have a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_set: Vec<String>,
    /// Possible only while these elements have one of these codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only_if: BTreeMap<String, Vec<String>>,
    /// Steps that must have been performed before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_done: Vec<String>,
    /// Steps that must never have been performed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_undone: Vec<String>,
    /// The step that the system performs in the same transaction on every companion: a matter that names
    /// this one as its lead. Not possible while a companion cannot take it, nor for a companion before
    /// its lead (政策文件与解读同步审签、同步部署, practice P3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub along: Option<String>,
    /// Wherever it is asked whether a step was performed, this one counts as that step too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_as: Option<String>,
    /// The step that the system performs in the same transaction on the lead, where that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// Elements that become empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clears: Vec<String>,
    /// Conditions that this vocabulary cannot say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// Consequences that this vocabulary cannot say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// How often it may be performed in one matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_times: Option<u32>,
    /// Its `at` may lie before that of the previous event.
    #[serde(default, skip_serializing_if = "is_false")]
    pub backdated: bool,
    /// Who is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tells: Vec<Told>,
    /// Article on which it rests.
    pub cite: String,
}

/// Who is told of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The party.
    Party,
    /// The handler, or the unit where there is none.
    Handler,
    /// Those who register and assign.
    Clerk,
}

/// Which setting asks for an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApproveBy {
    /// The handling unit's.
    Unit,
}
