//! The one function that appends matter events.
//!
//! [`perform`] runs inside the writer's transaction: it reads the matter under its lock, gathers
//! the facts, lets the kernel decide, fills in what only the office can give (numbers, 文号,
//! editions), and writes event, row, clocks, texts and feed together. What follows from the act on
//! other matters (children, parents, the system's next step) is performed in the same transaction.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use law::Moment;
use matter::{Act, Actor, Consequence, Decision, Event, Ground, Matter, Opening, Parent, Procedure};
use matter::{RefusalCode, Value, apply, decide};

use crate::fail::{Conflict, Fail};
use crate::house::House;
use crate::prepare::Texts;
use crate::reopen::Reopened;
use crate::store::Tx;
use crate::{compose, facts, issue, notify, package, prepare, row};

/// What an act is performed on.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A matter that exists.
    Existing(i64),
    /// A matter that this act opens, under this procedure.
    New(Opening, Arc<Procedure>, row::Ticket),
}

impl Target {
    /// The matter's id.
    pub(crate) fn id(&self) -> i64 {
        match self {
            Target::Existing(id) => *id,
            Target::New(opening, ..) => opening.id,
        }
    }
}

/// An act made ready outside the transaction: values read, texts sealed.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub target: Target,
    pub body: i64,
    pub step: String,
    pub actor: Actor,
    /// Idempotency key; none for what follows from another act.
    pub key: Option<row::Key>,
    pub expected_seq: Option<i64>,
    pub at: Moment,
    pub values: BTreeMap<String, Value>,
    pub texts: Texts,
    /// Id for the child that the step may open.
    pub child: Option<(i64, String)>,
    /// What was found when the reduced copy was opened again for this act.
    pub seen: Option<Reopened>,
}

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The matter.
    pub matter: i64,
    /// Number of its event.
    pub seq: i64,
    /// It was kept as a proposal and waits for approval.
    pub proposed: bool,
    /// The same act had been performed before; nothing was done again.
    pub repeated: bool,
}

/// How many acts may follow from one; more would be a circle in the rulebook.
const MOST_FOLLOWING: usize = 64;

/// Performs an act and all that follows from it, or leaves nothing.
pub(crate) fn perform(tx: &mut Tx<'_>, house: &House, work: Work) -> Result<Acted, Fail> {
    if let Some(key) = &work.key
        && let Some((matter, seq)) = row::repeated(tx, work.body, key)?
    {
        return Ok(Acted { matter, seq, proposed: false, repeated: true });
    }
    let mut queue = VecDeque::from([work]);
    let mut first = None;
    for _ in 0..MOST_FOLLOWING {
        let Some(work) = queue.pop_front() else { break };
        let acted = append(tx, house, work, &mut queue)?;
        first.get_or_insert(acted);
    }
    first.ok_or(Fail::NotFound)
}

/// Decides one act and writes what it leaves behind.
fn append(tx: &mut Tx<'_>, house: &House, work: Work, queue: &mut VecDeque<Work>) -> Result<Acted, Fail> {
    let (before, procedure, opening, ticket) = match work.target {
        Target::Existing(id) => {
            let matter = row::lock(tx, work.body, id)?.ok_or(Fail::NotFound)?;
            let procedure = house.procedure(&matter.procedure, &matter.version)?;
            (Some(matter), procedure, None, None)
        }
        Target::New(opening, procedure, ticket) => (None, procedure, Some(opening), Some(ticket)),
    };
    let act = Act {
        step: work.step,
        actor: work.actor,
        key: work.key.as_ref().map(|key| key.name.clone()).unwrap_or_default(),
        expected_seq: work.expected_seq,
        at: work.at,
        values: work.values,
        opening,
        child: work.child.as_ref().map(|(id, _)| *id),
    };
    let facts = facts::read(tx, house, work.body, &procedure, before.as_ref(), &act, work.seen.as_ref())?;
    let since = row::events_since(tx, before.as_ref(), act.expected_seq)?;
    let now = house.now();
    let bodies = house.chain_of(work.body);
    let keys: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let ground = Ground {
        procedure: &procedure,
        law: &house.rules.law,
        bodies: &keys,
        facts: &facts,
        since: &since,
        recorded_at: now,
    };
    let mut decision = decide(&ground, before.as_ref(), &act).map_err(|refusal| match refusal.code {
        RefusalCode::Conflict => Fail::Conflict(Conflict::between(&procedure, before.as_ref(), &since)),
        _ => Fail::Refused(refusal),
    })?;
    let consequences = std::mem::take(&mut decision.consequences);
    let mut scene = Scene { house, procedure: &procedure, before: before.as_ref(), act: &act, body: work.body };
    let texts = prepare::texts_of(tx, before.as_ref(), &decision.event, work.texts)?;
    scene.fill(tx, &mut decision, &texts, &consequences)?;
    let previous = before.as_ref().map(|matter| matter.head.clone()).unwrap_or_default();
    let proposed = decision.event.code == matter::code::PROPOSE;
    let after = apply(before.clone(), &decision.event).map_err(|broken| house.broken(&broken))?;
    row::write(
        tx,
        &row::Written {
            before: before.as_ref(),
            after: &after,
            event: &decision.event,
            previous: &previous,
            procedure: &procedure,
            ticket: ticket.as_ref(),
        },
    )?;
    texts.write(tx, before.as_ref(), &after, proposed)?;
    if let Some(key) = &work.key {
        row::remember(tx, work.body, key, after.id, after.seq, now)?;
    }
    scene.follow(tx, &after, &decision.event, consequences, &texts, work.child, queue)?;
    Ok(Acted { matter: after.id, seq: after.seq, proposed, repeated: false })
}

/// One act in its surroundings.
struct Scene<'a> {
    house: &'a House,
    procedure: &'a Arc<Procedure>,
    before: Option<&'a Matter>,
    act: &'a Act,
    body: i64,
}

impl Scene<'_> {
    /// Writes into the event what only the office can give.
    fn fill(
        &mut self,
        tx: &mut Tx<'_>,
        decision: &mut Decision,
        texts: &Texts,
        consequences: &[Consequence],
    ) -> Result<(), Fail> {
        for consequence in consequences {
            match consequence {
                Consequence::Number { series } if self.house.numbers(&self.act.actor) => {
                    let year = self.act.at.date().year();
                    let number = issue::matter_number(tx, self.body, series, year)?;
                    decision.numbered(number);
                }
                Consequence::Paper { paper, template, series } if self.house.numbers(&self.act.actor) => {
                    let year = self.act.at.date().year();
                    let number = issue::paper_number(tx, self.body, self.house, series, year)?;
                    decision.paper_due(paper, number, self.house.template_hash(template));
                }
                Consequence::Publish(what) => {
                    let source = compose::Source { before: self.before, event: &decision.event, what, texts };
                    let edition = compose::make(tx, self.house, self.procedure, &source)?;
                    decision.published(edition);
                }
                Consequence::Withdraw => {
                    compose::withdraw(tx, self.house, self.procedure, self.before, &decision.event, texts)?;
                }
                Consequence::Later { at } => compose::later(tx, self.body, self.before, *at)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What follows: papers to render, people to tell, acts on other matters.
    #[allow(clippy::too_many_arguments, reason = "the whole scene of one act")]
    fn follow(
        &self,
        tx: &mut Tx<'_>,
        after: &Matter,
        event: &Event,
        consequences: Vec<Consequence>,
        texts: &Texts,
        child: Option<(i64, String)>,
        queue: &mut VecDeque<Work>,
    ) -> Result<(), Fail> {
        issue::queue_papers(tx, after, event)?;
        for consequence in consequences {
            match consequence {
                Consequence::OpenChild { id, kind, procedure, step, values } => {
                    let procedure = self.house.current(&procedure, self.body, event.at.date())?;
                    let public_id = child.as_ref().map(|(_, public)| public.clone()).unwrap_or_default();
                    let parent = Some(Parent { id: after.id, kind });
                    let opening = Opening { id, public_id, body: self.body, parent, origin: None };
                    let handed = texts.handed(&values);
                    let target = Target::New(opening, procedure, row::Ticket::default());
                    queue.push_back(self.system(target, step, event.at, values, handed));
                }
                Consequence::Act { matter, step, at, values } => {
                    queue.push_back(self.system(Target::Existing(matter), step, at, values, Texts::default()));
                }
                Consequence::Along { .. } | Consequence::Lead { .. } => {
                    for (id, step, at) in package::following(tx, self.house, self.procedure, after, &consequence)? {
                        let target = Target::Existing(id);
                        queue.push_back(self.system(target, step, at, BTreeMap::new(), Texts::default()));
                    }
                }
                Consequence::Tell { whom, about } => {
                    notify::tell(tx, self.house, self.procedure, after, event, whom, &about)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn system(&self, target: Target, step: String, at: Moment, values: BTreeMap<String, Value>, texts: Texts) -> Work {
        let (body, actor) = (self.body, Actor::system());
        Work { target, body, step, actor, key: None, expected_seq: None, at, values, texts, child: None, seen: None }
    }
}
