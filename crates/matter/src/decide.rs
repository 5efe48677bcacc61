//! The kernel: one act decided into one event, or a refusal.

use std::collections::BTreeMap;

use crate::act::{Act, Decision, Ground};
use crate::effect::{Consequence, Effect, Publishing};
use crate::element::Value;
use crate::event::{Change, Event, code};
use crate::matter::{Approval, Matter, Parent};
use crate::moves::Motion;
use crate::procedure::{Phase, Role, Step};
use crate::refusal::{Refusal, RefusalCode, Sentence};
use crate::{admit, approval, given, moves};

/// Decides an act. `matter` is none when the act opens one ([`Act::opening`]).
///
/// # Errors
/// A refusal that says what is missing or wrong, by which article, and what to do.
pub fn decide(ground: &Ground, matter: Option<&Matter>, act: &Act) -> Result<Decision, Refusal> {
    if let Some(matter) = matter {
        admit::fresh(ground, matter, act)?;
        match act.step.as_str() {
            code::APPROVE => return approval::approve(ground, matter, act),
            code::RETURN => return approval::send_back(ground, matter, act),
            code::WITHDRAW => return approval::take_back(ground, matter, act),
            code::CHILD_CLOSED => return child_closed(ground, matter, act),
            _ => {}
        }
    }
    let step = step(ground, &act.step)?;
    let role = admit::admit(ground, matter, step, act)?;
    let values = given::check(ground, matter, step, act, role)?;
    let tiers = approval::tiers(ground, step, act);
    let motion = Motion { ground, matter, step, values: &values, at: act.at };
    match matter.filter(|_| !tiers.is_empty()) {
        Some(matter) => {
            // Decided now and again at the last approval: what is impossible today is not proposed.
            perform(&motion, act, role, None)?;
            approval::propose(ground, matter, act, role, values, tiers)
        }
        None => perform(&motion, act, role, None),
    }
}

pub(crate) fn step<'a>(ground: &Ground<'a>, id: &str) -> Result<&'a Step, Refusal> {
    ground.procedure.step(id).ok_or_else(|| {
        let why = format!("{}没有这一步", ground.procedure.label);
        Refusal::new(RefusalCode::UnknownStep, Sentence::new("不能办理", why, "请刷新页面后重试"))
    })
}

/// An event of this act.
pub(crate) fn event(ground: &Ground, matter: Option<&Matter>, act: &Act, id: &str, role: Role) -> Event {
    Event {
        seq: matter.map_or(1, |matter| matter.seq + 1),
        code: id.to_owned(),
        at: act.at,
        recorded_at: ground.recorded_at,
        actor: act.actor.id,
        role,
        changes: Vec::new(),
        facts: ground.facts.0.clone(),
    }
}

/// What an approved step adds to its event: who proposed and who approved.
pub(crate) struct Approved {
    pub proposer: i64,
    pub approvals: Vec<Approval>,
}

/// Performs a step that is possible.
pub(crate) fn perform(motion: &Motion, act: &Act, role: Role, approved: Option<Approved>) -> Result<Decision, Refusal> {
    let Motion { ground, matter, step, values, at } = *motion;
    let mut event = event(ground, matter, act, &step.id, role);
    let mut then = Vec::new();
    let (id, parent) = open(ground, matter, act, &mut event, &mut then)?;
    sets(matter, values, &mut event);
    let clear = |element: &String| Change::Cleared { element: element.clone() };
    event
        .changes
        .extend(step.clears.iter().filter(|name| matter.is_some_and(|one| one.value(name).is_some())).map(clear));
    named_effects(motion, &mut event, &mut then);
    let state = step.to.as_ref().filter(|to| matter.is_none_or(|matter| matter.state != **to));
    let phase = step.to.as_ref().map(|to| ground.procedure.phase(to));
    if let Some(state) = state {
        let phase = ground.procedure.phase(state);
        event.changes.push(Change::Stated { state: state.clone(), phase });
    }
    event.changes.extend(motion.clocks()?);
    if let Some(kind) = &step.opens {
        open_child(ground, act, kind, values, &mut event, &mut then)?;
    }
    event.changes.extend(proposal_change(motion, state.is_some(), approved));
    papers(ground, step, values, &mut then);
    ended_children(motion, &mut then);
    if let (Some(parent), Some(state)) = (parent, state.filter(|_| phase == Some(Phase::Closed))) {
        then.push(closing_child(parent.id, id, state, at));
    }
    then.extend(step.along.iter().map(|along| Consequence::Along { step: along.clone(), at }));
    then.extend(step.lead.iter().map(|lead| Consequence::Lead { step: lead.clone(), at }));
    let tell = |whom: &_| Consequence::Tell { whom: *whom, about: step.id.clone() };
    then.extend(step.tells.iter().filter(|_| role != Role::Importer).map(tell));
    Ok(Decision { event, consequences: then, refused: None })
}

/// The values that the act gives.
fn sets(matter: Option<&Matter>, values: &BTreeMap<String, Value>, event: &mut Event) {
    let set = |(element, value): (&String, &Value)| Change::Set { element: element.clone(), value: value.clone() };
    event.changes.extend(values.iter().map(set));
    // An officer handles on behalf of a unit: with another unit the old handler goes.
    let moves = values.contains_key("unit") && !values.contains_key("handler");
    if moves && matter.is_some_and(|matter| matter.handler.is_some()) {
        let element = "handler".to_owned();
        event.changes.push(Change::Cleared { element });
    }
}

/// What the step does to a proposal: it performs it, or overtakes it.
fn proposal_change(motion: &Motion, moves: bool, approved: Option<Approved>) -> Option<Change> {
    if let Some(Approved { proposer, approvals }) = approved {
        return Some(Change::Performed { proposer, approvals });
    }
    let proposal = motion.matter?.proposal.as_ref()?;
    (moves || proposal.step == motion.step.id).then_some(Change::Dropped)
}

/// The open children that the step ends, each by its own last step.
fn ended_children(motion: &Motion, then: &mut Vec<Consequence>) {
    let children = motion.matter.iter().flat_map(|matter| &matter.children);
    for child in children.filter(|child| child.ended.is_none() && motion.step.ends.contains(&child.kind)) {
        if let Some(rule) = motion.ground.procedure.child(&child.kind) {
            then.push(system_act(child.id, &rule.ends, motion.at, BTreeMap::new()));
        }
    }
}

/// Tells the parent that a child reached its end.
fn closing_child(parent: i64, child: i64, state: &str, at: law::Moment) -> Consequence {
    let values = [("child", Value::Id(child)), ("state", Value::Code(state.to_owned()))];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    system_act(parent, code::CHILD_CLOSED, at, values)
}

/// Opens the matter if there is none; its id and the matter beside which it runs.
fn open(
    ground: &Ground,
    matter: Option<&Matter>,
    act: &Act,
    event: &mut Event,
    then: &mut Vec<Consequence>,
) -> Result<(i64, Option<Parent>), Refusal> {
    if let Some(matter) = matter {
        return Ok((matter.id, matter.parent.clone()));
    }
    let Some(opening) = &act.opening else {
        let sentence = Sentence::new("不能登记", "没有给出新事项的编号", "请刷新页面后重试");
        return Err(Refusal::new(RefusalCode::Missing, sentence));
    };
    event.changes.push(Change::Opened {
        id: opening.id,
        public_id: opening.public_id.clone(),
        body: opening.body,
        procedure: ground.procedure.id.clone(),
        version: ground.procedure.version.clone(),
        parent: opening.parent.clone(),
        origin: opening.origin.clone(),
    });
    then.extend(ground.procedure.series.iter().map(|series| Consequence::Number { series: series.clone() }));
    Ok((opening.id, opening.parent.clone()))
}

/// The moment that the act names for publishing.
fn scheduled(motion: &Motion) -> Option<Consequence> {
    motion.values.values().find_map(|value| match value {
        Value::Moment(at) => Some(Consequence::Later { at: *at }),
        _ => None,
    })
}

fn named_effects(motion: &Motion, event: &mut Event, then: &mut Vec<Consequence>) {
    let Motion { ground, step, .. } = *motion;
    for effect in &step.effects {
        match effect {
            Effect::ClearUnit => {
                for element in ["unit", "handler"] {
                    event.changes.push(Change::Cleared { element: element.to_owned() });
                }
            }
            Effect::PublishReply => {
                let public = ground.procedure.elements.iter().filter(|element| element.published);
                let elements = public.map(|element| element.id.clone()).collect();
                then.push(Consequence::Publish(Publishing::Reply(elements)));
            }
            Effect::PublishDocument => then.push(Consequence::Publish(Publishing::Document)),
            Effect::WithdrawEdition => then.push(Consequence::Withdraw),
            Effect::SchedulePublishing => then.extend(scheduled(motion)),
        }
    }
}

fn open_child(
    ground: &Ground,
    act: &Act,
    kind: &str,
    values: &BTreeMap<String, Value>,
    event: &mut Event,
    then: &mut Vec<Consequence>,
) -> Result<(), Refusal> {
    let (Some(id), Some(rule)) = (act.child, ground.procedure.child(kind)) else {
        let sentence = Sentence::new("不能办理", "没有给出子事项的编号", "请刷新页面后重试");
        return Err(Refusal::new(RefusalCode::Missing, sentence));
    };
    event.changes.push(Change::ChildOpened { id, kind: kind.to_owned() });
    let handed = rule.hands.iter().filter_map(|(there, here)| Some((there.clone(), values.get(here)?.clone())));
    then.push(Consequence::OpenChild {
        id,
        kind: kind.to_owned(),
        procedure: rule.procedure.clone(),
        step: rule.opening.clone(),
        values: handed.collect(),
    });
    Ok(())
}

fn papers(ground: &Ground, step: &Step, values: &BTreeMap<String, Value>, then: &mut Vec<Consequence>) {
    let decision = values.get("decision").and_then(Value::code).filter(|_| !step.decisions.is_empty());
    let own = decision.and_then(|code| ground.procedure.decision(code)).and_then(|rule| rule.paper.as_ref());
    let issued = step.issues.iter().chain(own).filter_map(|id| ground.procedure.paper(id));
    then.extend(issued.map(|paper| Consequence::Paper {
        paper: paper.id.clone(),
        template: paper.template.clone(),
        series: paper.series.clone(),
    }));
}

fn system_act(matter: i64, step: &str, at: law::Moment, values: BTreeMap<String, Value>) -> Consequence {
    Consequence::Act { matter, step: step.to_owned(), at, values }
}

/// A child reached its end: the clocks it paused go on, and the step named for that end follows.
fn child_closed(ground: &Ground, matter: &Matter, act: &Act) -> Result<Decision, Refusal> {
    let child = act.values.get("child").and_then(Value::id);
    let child = child.and_then(|id| matter.children.iter().find(|child| child.id == id && child.ended.is_none()));
    let state = act.values.get("state").and_then(Value::code);
    let (Some(child), Some(state), true) = (child, state, act.actor.is(Role::System)) else {
        let sentence = Sentence::new("不能办理", "没有这个未办结的子事项", "请刷新页面后重试");
        return Err(Refusal::new(RefusalCode::UnknownStep, sentence));
    };
    let mut event = event(ground, Some(matter), act, code::CHILD_CLOSED, Role::System);
    event.changes.push(Change::ChildClosed { id: child.id, state: state.to_owned() });
    event.changes.extend(moves::resumed(ground, matter, child.id, act.at)?);
    let next = ground.procedure.child(&child.kind).and_then(|rule| rule.then.get(state));
    let next = next.and_then(|id| ground.procedure.step(id)).filter(|step| step.from.contains(&matter.state));
    let mut consequences: Vec<Consequence> = Vec::new();
    consequences.extend(next.map(|step| system_act(matter.id, &step.id, act.at, BTreeMap::new())));
    consequences
        .push(Consequence::Tell { whom: crate::procedure::Told::Handler, about: code::CHILD_CLOSED.to_owned() });
    Ok(Decision { event, consequences, refused: None })
}
