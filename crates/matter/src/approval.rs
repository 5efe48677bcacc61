//! Approval: a step that is kept as a proposal until the last tier has approved it.

use std::collections::BTreeMap;

use crate::act::{Act, Actor, Decision, Ground};
use crate::decide::{Approved, event, perform, step};
use crate::effect::Consequence;
use crate::element::{Audience, Element, Kind, Value};
use crate::event::{Change, code};
use crate::facts::Fact;
use crate::matter::{Approval, Matter, Proposal};
use crate::moves::Motion;
use crate::procedure::{ApproveBy, Role, Step, Told};
use crate::refusal::{Refusal, RefusalCode, Sentence};
use crate::{admit, given};

/// The tiers that must still approve when this actor performs the step. What the actor may decide
/// alone needs no second signature of the same role; the importer's record was approved elsewhere.
pub(crate) fn tiers(ground: &Ground, step: &Step, act: &Act) -> Vec<Role> {
    let asked = match step.approve_by {
        Some(ApproveBy::Unit) => ground.facts.holds(Fact::UnitApproves),
        None => true,
    };
    if !asked || act.actor.is(Role::Importer) || act.actor.is(Role::System) {
        return Vec::new();
    }
    step.approve.iter().copied().filter(|role| !act.actor.is(*role)).collect()
}

fn refuse(what: &str, why: &str, next: &str) -> Refusal {
    Refusal::new(RefusalCode::Proposal, Sentence::new(what, why, next))
}

fn tell(whom: Told, about: &str) -> Consequence {
    Consequence::Tell { whom, about: about.to_owned() }
}

/// Keeps the act as a proposal bound to the hashes of its texts.
pub(crate) fn propose(
    ground: &Ground,
    matter: &Matter,
    act: &Act,
    role: Role,
    values: BTreeMap<String, Value>,
    remaining: Vec<Role>,
) -> Result<Decision, Refusal> {
    if matter.proposal.as_ref().is_some_and(|proposal| !proposal.returned) {
        return Err(refuse("现在不能送审", "本事项已有一件正在审批", "请等待审批结果，或者先撤回送审"));
    }
    let mut event = event(ground, Some(matter), act, code::PROPOSE, role);
    event.changes.push(Change::Proposed(Proposal {
        step: act.step.clone(),
        values,
        by: act.actor.id,
        role,
        at: act.at,
        approvals: Vec::new(),
        remaining,
        returned: false,
    }));
    Ok(Decision { event, consequences: Vec::new(), refused: None })
}

fn pending(matter: &Matter) -> Result<&Proposal, Refusal> {
    let pending = matter.proposal.as_ref().filter(|proposal| !proposal.returned);
    pending.ok_or_else(|| refuse("没有可以审批的内容", "送审件已经处理，或者已经撤回", "请刷新页面"))
}

/// The role in which the actor is the next to approve.
fn tier(proposal: &Proposal, actor: &Actor) -> Result<Role, Refusal> {
    let next = proposal.next_role().filter(|role| actor.is(*role));
    let next = next.or(actor.is(Role::Importer).then_some(Role::Importer));
    next.ok_or_else(|| {
        let waits = proposal.next_role().map_or("", Role::label);
        let sentence = Sentence::new("您不能审批这一件", format!("现在由{waits}审批"), "请等待前一级审批");
        Refusal::new(RefusalCode::NotPermitted, sentence)
    })
}

/// One tier approves; the last approval performs the step, decided anew.
pub(crate) fn approve(ground: &Ground, matter: &Matter, act: &Act) -> Result<Decision, Refusal> {
    let proposal = pending(matter)?;
    let role = tier(proposal, &act.actor)?;
    admit::in_order(ground, Some(matter), act.at, false, "审批")?;
    let approval = Approval { by: act.actor.id, role, at: act.at };
    if proposal.remaining.len() > 1 && role != Role::Importer {
        let mut event = event(ground, Some(matter), act, code::APPROVE, role);
        event.changes.push(Change::Approved(approval));
        event.changes.extend(opinion(act));
        return Ok(Decision { event, consequences: Vec::new(), refused: None });
    }
    let mut approvals = proposal.approvals.clone();
    approvals.push(approval);
    let approved = Approved { proposer: proposal.by, approvals };
    match again(ground, matter, act, proposal, role, approved) {
        Ok(mut decision) => {
            decision.event.changes.extend(opinion(act));
            Ok(decision)
        }
        Err(refusal) => {
            let mut event = event(ground, Some(matter), act, code::RETURN, role);
            event.changes.push(Change::Returned);
            let consequences = vec![tell(Told::Handler, code::RETURN)];
            Ok(Decision { event, consequences, refused: Some(refusal) })
        }
    }
}

/// Decides the proposed step as its proposer's, at the time of the last approval.
fn again(
    ground: &Ground,
    matter: &Matter,
    act: &Act,
    proposal: &Proposal,
    role: Role,
    approved: Approved,
) -> Result<Decision, Refusal> {
    let step = step(ground, &proposal.step)?;
    let proposer = Actor { id: proposal.by, roles: vec![proposal.role], unit: None };
    let proposed = Act { step: proposal.step.clone(), actor: proposer, values: proposal.values.clone(), ..act.clone() };
    admit::admit(ground, Some(matter), step, &proposed)?;
    let values = given::check(ground, Some(matter), step, &proposed, proposal.role)?;
    let motion = Motion { ground, matter: Some(matter), step, values: &values, at: act.at };
    perform(&motion, act, role, Some(approved))
}

/// An approver sends the proposal back, with the reason sealed beside the matter.
pub(crate) fn send_back(ground: &Ground, matter: &Matter, act: &Act) -> Result<Decision, Refusal> {
    let role = tier(pending(matter)?, &act.actor)?;
    admit::in_order(ground, Some(matter), act.at, false, "退回")?;
    let Some(opinion) = opinion(act) else {
        let sentence = Sentence::new("请填写退回理由", "送审人要知道怎样修改", "");
        return Err(Refusal::new(RefusalCode::Missing, sentence.at(OPINION)));
    };
    let mut event = event(ground, Some(matter), act, code::RETURN, role);
    event.changes.extend([opinion, Change::Returned]);
    let consequences = vec![tell(Told::Handler, code::RETURN)];
    Ok(Decision { event, consequences, refused: None })
}

/// What an approver wrote, sealed beside the matter.
fn opinion(act: &Act) -> Option<Change> {
    let value = act.values.get(OPINION).filter(|value| matches!(value, Value::Text(_)) && !value.is_empty())?;
    Some(Change::Set { element: OPINION.to_owned(), value: value.clone() })
}

/// The proposer takes the proposal back.
pub(crate) fn take_back(ground: &Ground, matter: &Matter, act: &Act) -> Result<Decision, Refusal> {
    let proposal = pending(matter)?;
    admit::in_order(ground, Some(matter), act.at, false, "撤回送审")?;
    if proposal.by != act.actor.id {
        let sentence = Sentence::new("您不能撤回这一件", "只有送审人可以撤回", "如需修改，请审批人退回");
        return Err(Refusal::new(RefusalCode::NotPermitted, sentence));
    }
    let mut event = event(ground, Some(matter), act, code::WITHDRAW, proposal.role);
    event.changes.push(Change::Dropped);
    Ok(Decision { event, consequences: Vec::new(), refused: None })
}

/// The element under which an approver's reason is sealed.
pub const OPINION: &str = "opinion";

/// What every procedure has without naming it: an approver's opinion, read by officers alone.
pub fn opinion_element() -> Element {
    Element {
        id: OPINION.to_owned(),
        label: "审批意见".to_owned(),
        kind: Kind::Text,
        options: Vec::new(),
        min: None,
        max: Some(1000),
        personal: None,
        hint: None,
        cite: None,
        audience: Audience::Staff,
        published: false,
        contact: false,
        first_words_of: None,
    }
}
