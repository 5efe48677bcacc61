//! Looking names up in a procedure.

use law::Date;

use crate::act::Act;
use crate::element::{Element, Value};
use crate::procedure::{AT, LimitBy};
use crate::procedure::{Category, Channel, Child, ClockRule, DecisionRule, Paper, Phase, Procedure, State, Step};

impl Procedure {
    /// The step of this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The state of this id.
    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.iter().find(|state| state.id == id)
    }

    /// The element of this id.
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.id == id)
    }

    /// The clock of this id.
    pub fn clock(&self, id: &str) -> Option<&ClockRule> {
        self.clocks.iter().find(|clock| clock.id == id)
    }

    /// The category of this code.
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// The channel of this code.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// The paper of this id.
    pub fn paper(&self, id: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.id == id)
    }

    /// The decision of this code.
    pub fn decision(&self, code: &str) -> Option<&DecisionRule> {
        self.decisions.iter().find(|decision| decision.code == code)
    }

    /// The kind of child of this id.
    pub fn child(&self, id: &str) -> Option<&Child> {
        self.children.iter().find(|child| child.id == id)
    }

    /// The phase of a state; an unknown state counts as open.
    pub fn phase(&self, state: &str) -> Phase {
        self.state(state).map_or(Phase::Open, |state| state.phase)
    }

    /// Whether this version applies to a fact of this day.
    pub fn applies_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The day of the fact that binds the version: the element named by `bind`, else the act's day.
    pub fn binding_day(&self, act: &Act) -> Date {
        match self.bind.as_ref().and_then(|name| act.values.get(name)) {
            Some(Value::Date(day)) => *day,
            Some(Value::Moment(moment)) => moment.date(),
            _ => act.at.date(),
        }
    }

    /// What the due dates that a step brings about depend on, among all that its form may give: the
    /// date elements from which clocks are counted, the category that chooses the limit, and
    /// [`AT`] where a clock begins with the act itself. There the act may lie in the past: an
    /// earlier start never makes a limit longer.
    pub fn dated_by(&self, step: &Step) -> Vec<&str> {
        let begins = |clock: &&ClockRule| clock.starts.iter().chain(&clock.restarts).any(|one| one.step() == step.id);
        let mut names = Vec::new();
        for clock in self.clocks.iter().filter(begins) {
            let fact = clock.starts_on.as_deref().filter(|name| step.may_give(name));
            let category = clock.limit_by.map(|LimitBy::Category| "category").filter(|name| step.may_give(name));
            names.extend(category.into_iter().chain([fact.unwrap_or(AT)]));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Steps that open a matter.
    pub fn openings(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.from.is_empty())
    }
}

/// The version of a procedure that applies to a fact of `day` in a body: the body's own, else its
/// parents', else the built-in. `bodies` runs from the body itself upward.
pub fn version_on<'a>(
    all: impl Iterator<Item = &'a Procedure> + Clone,
    id: &str,
    bodies: &[&str],
    day: Date,
) -> Option<&'a Procedure> {
    version(all, id, bodies, |_| day)
}

/// The version under which an act opens a matter: the one that applies to the day of the fact that
/// binds it ([`Procedure::binding_day`]).
pub fn version_for<'a>(
    all: impl Iterator<Item = &'a Procedure> + Clone,
    id: &str,
    bodies: &[&str],
    act: &Act,
) -> Option<&'a Procedure> {
    version(all, id, bodies, |one| one.binding_day(act))
}

fn version<'a>(
    all: impl Iterator<Item = &'a Procedure> + Clone,
    id: &str,
    bodies: &[&str],
    day: impl Fn(&Procedure) -> Date,
) -> Option<&'a Procedure> {
    let mut places: Vec<Option<&str>> = bodies.iter().map(|body| Some(*body)).collect();
    places.push(None);
    places.into_iter().find_map(|place| {
        all.clone().find(|one| one.id == id && one.body.as_deref() == place && one.applies_on(day(one)))
    })
}
