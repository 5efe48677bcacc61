//! How a step moves the clocks of a matter.

use std::collections::BTreeMap;

use law::{Clock, ClockRefusal, Moment};

use crate::act::Ground;
use crate::admit::is_within;
use crate::element::Value;
use crate::event::{Change, Moved};
use crate::matter::Matter;
use crate::procedure::{ClockRule, LimitBy, Step, Trigger};
use crate::refusal::{Refusal, RefusalCode, Sentence};

/// A step on its way to be performed.
pub(crate) struct Motion<'a> {
    pub ground: &'a Ground<'a>,
    pub matter: Option<&'a Matter>,
    pub step: &'a Step,
    pub values: &'a BTreeMap<String, Value>,
    pub at: Moment,
}

impl Motion<'_> {
    /// The changes of all clocks that the step moves.
    pub(crate) fn clocks(&self) -> Result<Vec<Change>, Refusal> {
        let mut changes = Vec::new();
        for rule in &self.ground.procedure.clocks {
            if let Some((moved, clock)) = self.one(rule)? {
                changes.push(Change::Clock { id: rule.id.clone(), moved, clock });
            }
        }
        Ok(changes)
    }

    fn one(&self, rule: &ClockRule) -> Result<Option<(Moved, Clock)>, Refusal> {
        let law = self.ground.law;
        let present = self.matter.and_then(|matter| matter.clocks.get(&rule.id));
        let mut clock = present.filter(|clock| clock.is_open()).cloned();
        if self.triggered(&rule.restarts)? {
            let moved = if clock.is_some() { Moved::Restarted } else { Moved::Started };
            return Ok(self.start(rule)?.map(|clock| (moved, clock)));
        }
        if let Some(clock) = clock.as_mut() {
            if self.triggered(&rule.stops)? {
                clock.stop(self.at).map_err(|why| told(rule, why))?;
                return Ok(Some((Moved::Stopped, clock.clone())));
            }
            if rule.extended_by.contains(&self.step.id) {
                clock.extend(law, self.at, None).map_err(|why| told(rule, why))?;
                return Ok(Some((Moved::Extended, clock.clone())));
            }
            let opens = |kind: &str| self.step.opens.as_deref() == Some(kind);
            let pause = rule.pauses.iter().find(|pause| opens(&pause.child));
            // Two consultations at once pause once, until the last one ends; what is past due has
            // no time left that could be left out of account.
            if let Some(pause) = pause.filter(|_| !clock.is_paused() && !clock.is_past(self.at)) {
                clock.pause(law, &pause.kind, self.at).map_err(|why| told(rule, why))?;
                return Ok(Some((Moved::Paused, clock.clone())));
            }
            return Ok(None);
        }
        if rule.extended_by.contains(&self.step.id) {
            let why = format!("“{}”没有在计时", rule.label);
            let sentence = Sentence::new(format!("不能进行“{}”", self.step.label), why, "请核对办理记录");
            return Err(Refusal::new(RefusalCode::Clock, sentence.cite(&self.step.cite)));
        }
        if self.triggered(&rule.starts)? {
            return Ok(self.start(rule)?.map(|clock| (Moved::Started, clock)));
        }
        Ok(None)
    }

    fn triggered(&self, triggers: &[Trigger]) -> Result<bool, Refusal> {
        let Some(trigger) = triggers.iter().find(|trigger| trigger.step() == self.step.id) else {
            return Ok(false);
        };
        match (trigger.within(), self.matter) {
            (None, _) => Ok(true),
            (Some(window), Some(matter)) => is_within(self.ground, matter, window, self.at),
            (Some(_), None) => Ok(false),
        }
    }

    /// The clock, begun; none when the matter's category does not know it.
    fn start(&self, rule: &ClockRule) -> Result<Option<Clock>, Refusal> {
        let category = self.field("category");
        let category = category.as_ref().and_then(Value::code);
        if !rule.categories.is_empty() && !category.is_some_and(|id| rule.categories.iter().any(|one| one == id)) {
            return Ok(None);
        }
        let limit = match rule.limit_by {
            Some(LimitBy::Category) => {
                category.and_then(|id| self.ground.procedure.category(id)).and_then(|one| one.limit.as_deref())
            }
            None => rule.limit.as_deref(),
        };
        let Some(limit) = limit else { return Ok(None) };
        let fact = rule.starts_on.as_ref().and_then(|name| self.values.get(name));
        let from = match fact {
            Some(Value::Date(day)) => Moment::of(*day, 0, 0, 0),
            Some(Value::Moment(moment)) => *moment,
            _ => self.at,
        };
        let clock = Clock::start(self.ground.law, self.ground.bodies, limit, None, from);
        clock.map(Some).map_err(|why| told(rule, why))
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.values.get(name).cloned().or_else(|| self.matter.and_then(|matter| matter.value(name)))
    }
}

/// A clock's refusal under the name that people know, not the limit's id.
fn told(rule: &ClockRule, mut why: ClockRefusal) -> Refusal {
    if let (Some(open), Some(close)) = (why.what.find('“'), why.what.rfind('”')) {
        why.what.replace_range(open + '“'.len_utf8()..close, &rule.label);
    }
    why.into()
}

/// The clocks that go on when a child of `kind` ends: those it paused, unless another child that
/// pauses them is still open.
pub(crate) fn resumed(ground: &Ground, matter: &Matter, child: i64, at: Moment) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for rule in &ground.procedure.clocks {
        let Some(clock) = matter.clocks.get(&rule.id).filter(|clock| clock.is_paused()) else {
            continue;
        };
        let pausing = |kind: &str| rule.pauses.iter().any(|pause| pause.child == kind);
        let another =
            matter.children.iter().any(|other| other.id != child && other.ended.is_none() && pausing(&other.kind));
        let own = matter.children.iter().any(|other| other.id == child && pausing(&other.kind));
        if own && !another {
            let mut clock = clock.clone();
            clock.resume(ground.law, at).map_err(|why| told(rule, why))?;
            changes.push(Change::Clock { id: rule.id.clone(), moved: Moved::Resumed, clock });
        }
    }
    Ok(changes)
}
