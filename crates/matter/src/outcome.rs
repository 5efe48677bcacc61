//! What comes of a matter: decisions, papers, and the matters that run beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::guard::Guard;

/// An official letter (文书).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Id.
    pub id: String,
    /// Its official name.
    pub label: String,
    /// Template in `rulebook/papers/`, without extension.
    pub template: String,
    /// Series of its 文号.
    pub series: String,
}

/// An outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRule {
    /// Code.
    pub code: String,
    /// Word that people read.
    pub label: String,
    /// Article on which it rests.
    pub article: String,
    /// Row of the annual report's table in which it is counted.
    pub row: String,
    /// Elements that the matter or the act must hold to prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<String>,
    /// Kind of child that must have been opened and closed first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_child: Option<String>,
    /// Conditions that this vocabulary cannot say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// Its paper; absent: the paper is not in the rulebook yet and is made by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
    /// What the applicant may do against it.
    #[serde(default)]
    pub remedy: Remedy,
}

/// What may be done against a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Reconsideration or suit, as the applicant chooses.
    #[default]
    Either,
    /// Reconsideration first (行政复议法第二十三条第一款第四项).
    ReconsiderationFirst,
    /// Reconsideration first where what is withheld rests on articles 14 to 16.
    ByWithheldPart,
    /// None.
    Nothing,
}

/// A kind of child matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Child {
    /// Kind.
    pub id: String,
    /// Word that people read.
    pub label: String,
    /// Procedure under which it runs.
    pub procedure: String,
    /// Step of that procedure that opens it.
    pub opening: String,
    /// Step of that procedure by which the parent ends it.
    pub ends: String,
    /// What goes from the parent's act to the child's opening act: element there to element here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hands: BTreeMap<String, String>,
    /// Steps that the system performs on the parent when the child closes in a state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub then: BTreeMap<String, String>,
}
