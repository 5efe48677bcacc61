//! What can be done now, and why the rest cannot.

use crate::act::{Act, Ground};
use crate::admit;
use crate::event::{Change, Moved};
use crate::matter::Matter;
use crate::moves::Motion;
use crate::procedure::{Role, Step};
use crate::refusal::Refusal;
use crate::{Clock, approval, given};

/// One step as the desk shows it: possible, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepOption<'a> {
    /// The step.
    pub step: &'a Step,
    /// What performing it now would mean, or why it is refused.
    pub outcome: Result<Preview, Refusal>,
}

/// What performing a step would mean, for "the due date before confirming".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Clocks that it would move, as they would stand afterwards.
    pub clocks: Vec<(String, Moved, Clock)>,
    /// Roles that would have to approve first, in order.
    pub approvals: Vec<Role>,
}

/// Every step that people perform, for this actor at this time, in the order of the procedure.
/// `act` gives actor and time; its step and values do not matter. Steps that need their values
/// to be judged count as possible. Steps of the clock alone are left out.
pub fn options<'a>(ground: &Ground<'a>, matter: &Matter, act: &Act) -> Vec<StepOption<'a>> {
    let people = |step: &&Step| step.by.iter().any(|role| *role != Role::System && *role != Role::Importer);
    let steps = ground.procedure.steps.iter().filter(|step| !step.from.is_empty()).filter(people);
    let outcome = |step: &Step| {
        let act = Act { step: step.id.clone(), values: Default::default(), ..act.clone() };
        admit::admit(ground, Some(matter), step, &act)?;
        preview(ground, Some(matter), &act)
    };
    steps.map(|step| StepOption { step, outcome: outcome(step) }).collect()
}

/// What an act would mean if it were performed with these values, complete or not.
///
/// # Errors
/// A step that the procedure does not know, a time that has not come, or a clock that cannot move
/// so.
pub fn preview(ground: &Ground, matter: Option<&Matter>, act: &Act) -> Result<Preview, Refusal> {
    let step = crate::decide::step(ground, &act.step)?;
    admit::times(ground, matter, step, act)?;
    given::starting_facts(ground, act)?;
    let motion = Motion { ground, matter, step, values: &act.values, at: act.at };
    let moved = motion.clocks()?.into_iter().filter_map(|change| match change {
        Change::Clock { id, moved, clock } => Some((id, moved, clock)),
        _ => None,
    });
    Ok(Preview { clocks: moved.collect(), approvals: approval::tiers(ground, step, act) })
}
