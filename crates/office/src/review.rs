//! What a document under review waits for: the checks that a later step asks for, and the steps that
//! take it on without anything to fill in. The review queue and the reviewers' page read the same list.

use matter::{Matter, Procedure, Role, Step};

use crate::document;

/// The steps that a document waits for now. None while an approval decides, and none of a matter
/// that holds no document.
pub fn due<'a>(procedure: &'a Procedure, matter: &'a Matter) -> impl Iterator<Item = &'a Step> {
    let waits = matter.proposal.as_ref().is_none_or(|proposal| proposal.returned);
    let reviewed = waits && document::element(procedure).is_some();
    let here = move |step: &&Step| reviewed && step.from.contains(&matter.state) && is_due(procedure, matter, step);
    procedure.steps.iter().filter(here)
}

/// Whether a step is a check: what it needs, another step waits for.
pub fn is_check(procedure: &Procedure, step: &Step) -> bool {
    let asked = |name: &String| procedure.steps.iter().any(|other| other.needs_set.contains(name));
    !step.needs.is_empty() && step.needs.iter().all(asked)
}

fn is_due(procedure: &Procedure, matter: &Matter, step: &Step) -> bool {
    let is_set = |name: &String| matter.value(name).is_some_and(|value| !value.is_empty());
    let agrees = |(name, wanted): (&String, &Vec<String>)| {
        matter.value(name).and_then(|value| value.code().map(str::to_owned)).is_some_and(|code| wanted.contains(&code))
    };
    if is_check(procedure, step) {
        return !step.needs.iter().all(is_set);
    }
    // Sending the document in is its drafter's own step, not a review.
    let goes_on = step.needs.is_empty() && step.to.is_some() && !document::asks_whole(step);
    goes_on
        && step.by.iter().any(|role| !matches!(role, Role::Party | Role::System | Role::Importer))
        && step.needs_set.iter().all(is_set)
        && step.only_if.iter().all(agrees)
        && !step.needs_closed.iter().any(|kind| matter.has_open(kind))
}
