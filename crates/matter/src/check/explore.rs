//! Every path through a machine: its states together with the clocks that run and the children
//! that are open.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Report;
use crate::procedure::{ClockRule, Phase, Procedure, Step, Trigger};

/// Where a matter can be: state, running clocks, open children.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'a> {
    state: &'a str,
    clocks: BTreeSet<&'a str>,
    children: BTreeSet<&'a str>,
}

/// How a place was first reached: from which other, by what.
type Trail<'a> = BTreeMap<Place<'a>, Option<(Place<'a>, &'a str)>>;

pub(super) fn check(report: &mut Report) {
    let procedure = report.source.procedure;
    let mut categories: Vec<Option<&str>> = procedure.categories.iter().map(|one| Some(one.id.as_str())).collect();
    if categories.is_empty() {
        categories.push(None);
    }
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut performed: BTreeSet<&str> = BTreeSet::new();
    let mut found: BTreeSet<(&str, &str, &str, String, String)> = BTreeSet::new();
    for category in categories {
        let (trail, next) = walk(procedure, category);
        reached.extend(trail.keys().map(|place| place.state));
        performed.extend(next.values().flatten().map(|(step, _)| *step));
        leftovers(procedure, &trail, &mut found);
        dead_ends(procedure, &trail, &next, &mut found);
    }
    for (section, name, rule, path, error) in found {
        report.add(section, name, rule, &path, error);
    }
    for state in procedure.states.iter().filter(|state| !reached.contains(state.id.as_str())) {
        report.add("state", &state.id, "unreachable", &state.id, "没有一条路径到达这一状态".into());
    }
    for step in procedure.steps.iter().filter(|step| !step.from.is_empty()) {
        if !performed.contains(step.id.as_str()) {
            let path = step.from.join("、");
            report.add("step", &step.id, "unreachable", &path, "没有一条路径能进行到这一步".into());
        }
    }
}

type Next<'a> = BTreeMap<Place<'a>, Vec<(&'a str, Place<'a>)>>;

/// All places that can be reached, and what leads on from each.
fn walk<'a>(procedure: &'a Procedure, category: Option<&str>) -> (Trail<'a>, Next<'a>) {
    let nowhere = Place { state: "", clocks: BTreeSet::new(), children: BTreeSet::new() };
    let (mut trail, mut next) = (Trail::new(), Next::new());
    let mut queue = VecDeque::new();
    for step in procedure.openings() {
        for place in after(procedure, &nowhere, step, category) {
            if trail.insert(place.clone(), Some((nowhere.clone(), step.id.as_str()))).is_none() {
                queue.push_back(place);
            }
        }
    }
    while let Some(place) = queue.pop_front() {
        let on = onward(procedure, &place, category);
        for (by, other) in &on {
            if !trail.contains_key(other) {
                trail.insert(other.clone(), Some((place.clone(), *by)));
                queue.push_back(other.clone());
            }
        }
        next.insert(place, on);
    }
    (trail, next)
}

fn onward<'a>(procedure: &'a Procedure, place: &Place<'a>, category: Option<&str>) -> Vec<(&'a str, Place<'a>)> {
    let possible = |step: &&Step| {
        step.from.iter().any(|from| from == place.state)
            && (step.categories.is_empty() || category.is_none_or(|id| step.categories.iter().any(|one| one == id)))
            && !step.needs_closed.iter().any(|kind| place.children.contains(kind.as_str()))
            && step.needs_open.iter().all(|kind| place.children.contains(kind.as_str()))
            && !step.needs_stopped.iter().any(|clock| place.clocks.contains(clock.as_str()))
    };
    let mut on = Vec::new();
    for step in procedure.steps.iter().filter(possible) {
        on.extend(after(procedure, place, step, category).into_iter().map(|other| (step.id.as_str(), other)));
    }
    // A child ends by its own steps.
    for kind in &place.children {
        let mut other = place.clone();
        other.children.remove(kind);
        on.push((kind, other));
    }
    on
}

/// Where a step leads; more than one place when a clock moves only within a window.
fn after<'a>(procedure: &'a Procedure, place: &Place<'a>, step: &'a Step, category: Option<&str>) -> Vec<Place<'a>> {
    let mut first = place.clone();
    if let Some(to) = &step.to {
        first.state = to;
    }
    first.children.extend(step.opens.as_deref());
    first.children.retain(|kind| !step.ends.iter().any(|ended| ended == kind));
    let mut places = vec![first];
    for clock in &procedure.clocks {
        places = places.into_iter().flat_map(|place| moved(place, clock, step, category)).collect();
    }
    places
}

fn moved<'a>(place: Place<'a>, clock: &'a ClockRule, step: &Step, category: Option<&str>) -> Vec<Place<'a>> {
    let by = |triggers: &'a [Trigger]| triggers.iter().find(|trigger| trigger.step() == step.id);
    let known = clock.categories.is_empty() || category.is_none_or(|id| clock.categories.iter().any(|one| one == id));
    let running = place.clocks.contains(clock.id.as_str());
    let trigger = match (by(&clock.restarts), running) {
        (Some(trigger), _) => Some((trigger, known)),
        (None, true) => by(&clock.stops).map(|trigger| (trigger, false)),
        (None, false) => by(&clock.starts).map(|trigger| (trigger, known)),
    };
    let Some((trigger, runs)) = trigger else {
        return vec![place];
    };
    let mut other = place.clone();
    if runs {
        other.clocks.insert(&clock.id);
    } else {
        other.clocks.remove(clock.id.as_str());
    }
    if trigger.within().is_some() { vec![place, other] } else { vec![other] }
}

/// Clocks that run on and children that stay open when a matter closes.
fn leftovers<'a>(
    procedure: &'a Procedure,
    trail: &Trail<'a>,
    found: &mut BTreeSet<(&'a str, &'a str, &'a str, String, String)>,
) {
    let mut told = BTreeSet::new();
    for place in trail.keys().filter(|place| procedure.phase(place.state) == Phase::Closed) {
        for clock in place.clocks.iter().filter(|clock| told.insert((**clock, place.state))) {
            let error = format!("事项进入“{}”时，这一时限还在计时", place.state);
            found.insert(("clock", *clock, "never stopped", path(trail, place), error));
        }
        for kind in place.children.iter().filter(|kind| told.insert((**kind, place.state))) {
            let error = format!("事项进入“{}”时，这一子事项还没有办结", place.state);
            found.insert(("child", *kind, "never closed", path(trail, place), error));
        }
    }
}

/// Places from which no path leads to a closed state.
fn dead_ends<'a>(
    procedure: &'a Procedure,
    trail: &Trail<'a>,
    next: &Next<'a>,
    found: &mut BTreeSet<(&'a str, &'a str, &'a str, String, String)>,
) {
    let mut safe: BTreeSet<&Place> =
        trail.keys().filter(|place| procedure.phase(place.state) == Phase::Closed).collect();
    loop {
        let leads =
            |place: &&Place<'a>| next.get(*place).is_some_and(|on| on.iter().any(|(_, other)| safe.contains(other)));
        let more: Vec<&Place> = next.keys().filter(|place| !safe.contains(place)).filter(leads).collect();
        if more.is_empty() {
            break;
        }
        safe.extend(more);
    }
    let mut told = BTreeSet::new();
    for place in trail.keys().filter(|place| !safe.contains(place)) {
        if told.insert(place.state) {
            let running: Vec<&str> = place.clocks.iter().copied().collect();
            let error = match running.as_slice() {
                [] => "从这一状态出发，没有一条路径能够办结".to_owned(),
                clocks => format!("从这一状态出发，没有一条路径能够办结；在计时的时限：{}", clocks.join("、")),
            };
            found.insert(("state", place.state, "dead end", path(trail, place), error));
        }
    }
}

/// The steps by which a place is reached: `file → confirm → decide`.
fn path(trail: &Trail, place: &Place) -> String {
    let mut steps = Vec::new();
    let mut here = trail.get(place).and_then(Option::as_ref);
    while let Some((before, by)) = here {
        steps.push(*by);
        here = trail.get(before).and_then(Option::as_ref);
    }
    steps.reverse();
    steps.join(" → ")
}
