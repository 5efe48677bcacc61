//! What a person decided about each hit, with a reason: kept, or to be mended. It is sealed in the document's
//! matter by an act of its own, so that the history says who decided what.

use std::collections::BTreeMap;

use matter::{Matter, Procedure};
use serde::{Deserialize, Serialize};

use super::{Hit, element};
use crate::document::{self, DOT};
use crate::fail::{Fail, FieldError};
use crate::keys::MatterKey;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query};

/// The answer that lets a hit stand.
pub const KEEP: &str = "keep";
/// The answer that sends it back.
pub const MEND: &str = "mend";
/// What ends the name of the answer that holds the reason.
pub const WHY: &str = ".why";
/// Most characters of a reason.
const WHY_MAX: usize = 500;

/// A decision about one hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The hit.
    #[serde(rename = "m")]
    pub mark: String,
    /// Where it stands and what it is, personal data masked.
    #[serde(rename = "w")]
    pub what: String,
    /// It may stand; else it is to be mended.
    #[serde(rename = "k")]
    pub keep: bool,
    /// Why.
    #[serde(rename = "r")]
    pub why: String,
    /// Who decided.
    #[serde(rename = "b")]
    pub by: String,
    /// When, to the minute.
    #[serde(rename = "t")]
    pub at: String,
}

impl Decision {
    fn line(&self) -> String {
        let word = if self.keep { "保留" } else { "须改" };
        let why = if self.why.is_empty() { String::new() } else { format!("：{}", self.why) };
        format!("{}——{word}{why}（{}　{}）", self.what, self.by, self.at)
    }
}

/// What stands decided in a matter.
pub(super) fn standing(
    q: &mut Query<'_>,
    procedure: &Procedure,
    matter: i64,
    key: &MatterKey,
) -> Result<Vec<Decision>, Fault> {
    let Some(element) = element(procedure) else { return Ok(Vec::new()) };
    let Some(json) = document::text(q, matter, &element.id, key)? else { return Ok(Vec::new()) };
    serde_json::from_str(&json).map_err(|error| Fault::Shape(format!("decisions of {matter}: {error}")))
}

/// The sealed decisions as people read them, a line each.
pub(crate) fn told(json: &str) -> String {
    let decisions: Vec<Decision> = serde_json::from_str(json).unwrap_or_default();
    decisions.iter().map(Decision::line).collect::<Vec<_>>().join("\n")
}

/// Takes out of the answers what only the office makes: nobody types the record itself.
pub(crate) fn set_aside(procedure: &Procedure, answers: &mut BTreeMap<String, String>) {
    if let Some(element) = element(procedure) {
        answers.remove(&element.id);
    }
}

/// The decisions among the answers, by hit: `decisions.<mark>` and `decisions.<mark>.why`.
fn given(prefix: &str, answers: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
    let mark = |name: &String| name.strip_prefix(prefix).filter(|mark| !mark.ends_with(WHY)).map(str::to_owned);
    let chosen = answers.iter().filter_map(|(name, answer)| Some((mark(name)?, answer.trim().to_owned())));
    let why = |mark: &str| answers.get(&format!("{prefix}{mark}{WHY}")).map(|why| why.trim().to_owned());
    chosen
        .filter(|(_, answer)| !answer.is_empty())
        .map(|(mark, answer)| (why(&mark).unwrap_or_default(), mark, answer))
        .map(|(why, mark, answer)| (mark, answer, why))
        .collect()
}

impl Office {
    /// The record that a step makes of the decisions among its answers: those that stood about hits that are
    /// still there, and the new ones. None where the step takes none, or none was given.
    ///
    /// # Errors
    /// A reason that is missing, a hit that is not there any more: told at the field.
    pub(crate) async fn decisions(
        &self,
        caller: &Caller,
        matter: &Matter,
        step: &str,
        answers: &BTreeMap<String, String>,
    ) -> Result<Option<(String, String)>, Fail> {
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let step = procedure.step(step);
        let Some(element) = element(&procedure).filter(|one| step.is_some_and(|step| step.may_give(&one.id))) else {
            return Ok(None);
        };
        let prefix = format!("{}{DOT}", element.id);
        let given = given(&prefix, answers);
        if given.is_empty() {
            return Ok(None);
        }
        let hits = self.hits(caller, matter.id).await?;
        let at = self.now().to_minute();
        let mut wrong = Vec::new();
        let mut decided: Vec<Decision> = hits.iter().filter_map(|hit| hit.decision.clone()).collect();
        for (mark, answer, why) in given {
            let hit = hits.iter().find(|hit| hit.mark == mark);
            match (hit, fault(hit, &answer, &why)) {
                (Some(hit), None) => {
                    decided.retain(|one| one.mark != mark);
                    let (keep, what, by, at) = (answer == KEEP, hit.line(), caller.name.clone(), at.clone());
                    decided.push(Decision { mark, what, keep, why, by, at });
                }
                (_, sentence) => {
                    wrong.extend(sentence.map(|told| FieldError::new(format!("{prefix}{mark}"), told)));
                }
            }
        }
        if !wrong.is_empty() {
            return Err(Fail::Invalid(wrong));
        }
        let json = serde_json::to_string(&decided).map_err(|error| Fault::Shape(error.to_string()))?;
        Ok(Some((element.id.clone(), json)))
    }
}

/// Why a decision cannot be taken.
fn fault(hit: Option<&Hit>, answer: &str, why: &str) -> Option<&'static str> {
    match () {
        () if hit.is_none() => Some("这一处已经变化，没有保存；请刷新页面，重新核对。"),
        () if ![KEEP, MEND].contains(&answer) => Some("请选择“保留”或者“须改”。"),
        () if answer == KEEP && why.chars().count() < 2 => Some("保留的要写明理由，请填写。"),
        () if why.chars().count() > WHY_MAX => Some("理由最多500字，请写短一些。"),
        () => None,
    }
}
