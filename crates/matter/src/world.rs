//! A small world in memory: matters and their children, with everything that the office does
//! in one transaction and the tick that performs lapses. Scenarios and property tests run in it.

use std::collections::BTreeMap;

use law::{Law, Moment};

use crate::act::{Act, Actor, Decision, Ground, Opening};
use crate::effect::Consequence;
use crate::element::Value;
use crate::event::Event;
use crate::facts::Facts;
use crate::find::version_for;
use crate::matter::{Matter, Parent};
use crate::procedure::Procedure;
use crate::refusal::{Refusal, RefusalCode, Sentence};
use crate::{chain, decide, replay};

/// A matter with its history.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    /// The present.
    pub matter: Matter,
    /// The history, each event with the hash that was stored for it.
    pub events: Vec<(Event, String)>,
    /// The procedure under which it runs.
    pub procedure: &'a Procedure,
}

/// The world.
#[derive(Clone)]
pub struct World<'a> {
    law: &'a Law,
    procedures: &'a [Procedure],
    bodies: Vec<&'a str>,
    /// Matters by id, in the order in which they were opened.
    pub matters: BTreeMap<i64, Kept<'a>>,
    /// Facts from outside that hold now.
    pub facts: Facts,
    /// Sentences of the last proposal that went back at its last approval.
    pub returned: Option<Refusal>,
}

impl<'a> World<'a> {
    /// An empty world of one body with the default rules.
    pub fn new(law: &'a Law, procedures: &'a [Procedure], bodies: Vec<&'a str>) -> World<'a> {
        World { law, procedures, bodies, matters: BTreeMap::new(), facts: Facts::default(), returned: None }
    }

    /// Every version of a procedure.
    pub fn rules(&self, id: &str) -> Vec<Procedure> {
        self.procedures.iter().filter(|rule| rule.id == id).cloned().collect()
    }

    /// Opens a matter under the version that applies. Its id.
    ///
    /// # Errors
    /// The kernel's refusal, or no version that applies.
    pub fn open(&mut self, procedure: &str, act: Act, now: Moment) -> Result<i64, Refusal> {
        self.transact(|world| world.open_one(procedure, act, None, now))
    }

    /// Performs an act on a matter.
    ///
    /// # Errors
    /// The kernel's refusal; then nothing has changed.
    pub fn act(&mut self, matter: i64, act: Act, now: Moment) -> Result<(), Refusal> {
        self.returned = None;
        self.transact(|world| world.act_one(matter, act, now))
    }

    /// Performs every lapse that has come by `now`, as the office's tick does.
    ///
    /// # Errors
    /// The refusal of a lapse that cannot be performed, which is a fault of the procedure.
    pub fn tick(&mut self, now: Moment) -> Result<(), Refusal> {
        loop {
            let due = self.matters.values().find_map(|kept| {
                kept.matter.lapses(kept.procedure, now).into_iter().next().map(|lapse| (kept.matter.id, lapse))
            });
            let Some((id, lapse)) = due else {
                return Ok(());
            };
            self.act(id, Act::new(&lapse.step, Actor::system(), lapse.at), now)?;
        }
    }

    fn transact<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let before = self.matters.clone();
        let done = work(self);
        if done.is_err() {
            self.matters = before;
        }
        done
    }

    fn fresh_id(&self) -> i64 {
        self.matters.keys().next_back().map_or(1, |last| last + 1)
    }

    fn open_one(
        &mut self,
        procedure: &str,
        mut act: Act,
        link: Option<(i64, Parent)>,
        now: Moment,
    ) -> Result<i64, Refusal> {
        let rule = version_for(self.procedures.iter(), procedure, &self.bodies, &act).ok_or_else(|| {
            let why = format!("{}没有适用的规程", act.at.date());
            Refusal::new(RefusalCode::UnknownStep, Sentence::new("不能登记", why, "请核对日期"))
        })?;
        let (id, parent) = link.map_or((self.fresh_id(), None), |(id, parent)| (id, Some(parent)));
        let public_id = format!("matter-{id}");
        act.opening = Some(Opening { id, public_id, body: 1, parent, origin: None });
        let decision = self.decide(rule, None, &act, now)?;
        self.keep(rule, None, decision, &act, now)?;
        Ok(id)
    }

    fn act_one(&mut self, id: i64, mut act: Act, now: Moment) -> Result<(), Refusal> {
        let Some(kept) = self.matters.get(&id).cloned() else {
            return Err(Refusal::new(RefusalCode::UnknownStep, Sentence::new("没有这个事项", "", "")));
        };
        act.child = Some(self.fresh_id());
        let decision = self.decide(kept.procedure, Some(&kept), &act, now)?;
        self.returned = decision.refused.clone();
        self.keep(kept.procedure, Some(kept.matter), decision, &act, now)
    }

    fn decide(&self, rule: &Procedure, kept: Option<&Kept>, act: &Act, now: Moment) -> Result<Decision, Refusal> {
        let since: Vec<Event> = kept.iter().flat_map(|kept| &kept.events).map(|(event, _)| event.clone()).collect();
        let matter = kept.map(|kept| &kept.matter);
        let needed = Facts::needed(rule, matter, act);
        let facts = Facts(needed.into_iter().map(|fact| (fact, self.facts.get(fact))).collect());
        let ground = Ground {
            procedure: rule,
            law: self.law,
            bodies: &self.bodies,
            facts: &facts,
            since: &since,
            recorded_at: now,
        };
        decide(&ground, matter, act)
    }

    fn keep(
        &mut self,
        rule: &'a Procedure,
        matter: Option<Matter>,
        mut decision: Decision,
        act: &Act,
        now: Moment,
    ) -> Result<(), Refusal> {
        let mut later = Vec::new();
        for consequence in std::mem::take(&mut decision.consequences) {
            let count = self.matters.len();
            match consequence {
                Consequence::Number { series } => decision.numbered(format!("{series}-{count}")),
                Consequence::Paper { paper, series, .. } => {
                    let issued = self.matters.values().map(|kept| kept.matter.papers.len()).sum::<usize>();
                    decision.paper_due(&paper, format!("{series}-{issued}"), String::new());
                }
                Consequence::Publish(_) => decision.published(1),
                other => later.push(other),
            }
        }
        let before = matter.as_ref().map_or(String::new(), |matter| matter.head.clone());
        let hash = chain::link(&before, &decision.event);
        let matter = replay::apply(matter, &decision.event).map_err(|broken| {
            Refusal::new(RefusalCode::Conflict, Sentence::new("记录不能接续", broken.to_string(), ""))
        })?;
        let id = matter.id;
        let kept = self.matters.entry(id);
        let kept = kept.or_insert_with(|| Kept { matter: matter.clone(), events: Vec::new(), procedure: rule });
        kept.matter = matter;
        kept.events.push((decision.event, hash));
        later.into_iter().try_for_each(|consequence| self.follow(id, consequence, act, now))
    }

    fn follow(&mut self, from: i64, consequence: Consequence, act: &Act, now: Moment) -> Result<(), Refusal> {
        match consequence {
            Consequence::OpenChild { id, kind, procedure, step, values } => {
                let child = Act { values, ..Act::new(&step, Actor::system(), act.at) };
                self.open_one(&procedure, child, Some((id, Parent { id: from, kind })), now).map(|_| ())
            }
            Consequence::Act { matter, step, at, values } => {
                let act = Act { values, ..Act::new(&step, Actor::system(), at) };
                self.act_one(matter, act, now)
            }
            _ => Ok(()),
        }
    }

    /// What must hold of every matter at any time; the first thing that does not.
    pub fn fault(&self) -> Option<String> {
        self.matters.values().find_map(|kept| kept.fault())
    }
}

impl Kept<'_> {
    fn fault(&self) -> Option<String> {
        let events = self.events.iter().map(|(event, _)| event);
        let row = Matter::parse(&self.matter.canonical()).ok();
        let closed = self.matter.phase == crate::Phase::Closed;
        let rows = self.matter.columns().clocks;
        let open = self.matter.clocks.values().filter(|clock| clock.is_open()).count();
        let checks = [
            (replay::replay(events).ok().flatten().as_ref() == Some(&self.matter), "replay differs from the row"),
            (row.as_ref() == Some(&self.matter), "the row does not survive being stored"),
            (
                chain::verify(self.events.iter().map(|(event, hash)| (event, hash.as_str()))).is_ok(),
                "the chain does not verify",
            ),
            (!closed || open == 0, "a closed matter has a running clock"),
            (
                !closed || self.matter.children.iter().all(|child| child.ended.is_some()),
                "a closed matter has an open child",
            ),
            (closed == self.matter.closed_at.is_some(), "the closing time does not fit the state"),
            (rows.len() == open && rows.iter().all(|row| row.amber_on <= row.due_on), "an open clock lacks its row"),
        ];
        let broken = checks.into_iter().find(|(holds, _)| !holds);
        broken.map(|(_, what)| format!("{} {}: {what}", self.procedure.id, self.matter.id))
    }
}

/// What stands for a text in this world, where nothing is secret.
pub fn mark(text: &str) -> Value {
    use sha2::{Digest, Sha256};
    let hash = chain::hex(&Sha256::digest(text.as_bytes()));
    Value::Text(crate::TextMark { hash, chars: u32::try_from(text.chars().count()).unwrap_or(u32::MAX) })
}
