//! What must hold whatever people do: random acts on every procedure of the rulebook.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use law::{Date, Law, Moment};
use matter::world::{World, mark};
use matter::{Act, Actor, Fact, Facts, Kind, Procedure, Role, Step, Value};
use proptest::prelude::*;

struct Rules {
    law: Law,
    procedures: Vec<Procedure>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let read = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook").join(folder);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).expect("a folder of the rulebook") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                files.push((path.display().to_string(), text));
            }
        }
        files.sort();
        files
    };
    let mut files = read("law");
    files.extend(read("law/calendar"));
    let law = Law::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("sound law");
    let parse = |(name, text): (String, String)| Procedure::parse(&name, &text).expect("a readable procedure");
    Rules { law, procedures: read("procedures").into_iter().map(parse).collect() }
});

/// A value that fits the element, or now and then one that does not.
fn value(procedure: &Procedure, step: &Step, name: &str, seed: u64, at: Moment) -> Option<Value> {
    // Each element by itself: else what one is would tell what another is.
    let seed = name.bytes().fold(seed >> 3, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3) >> 1);
    let pick = |codes: Vec<String>| {
        let count = u64::try_from(codes.len()).ok().filter(|count| *count > 0)?;
        codes.into_iter().nth(usize::try_from(seed % count).ok()?).map(Value::Code)
    };
    match name {
        "unit" | "handler" => return Some(Value::Id(3)),
        "public" => return Some(Value::Flag(seed.is_multiple_of(2))),
        "category" => {
            return pick(procedure.categories.iter().map(|one| one.id.clone()).collect());
        }
        "channel" => return pick(step.channels.clone()),
        "decision" => return pick(step.decisions.clone()),
        _ => {}
    }
    let element = procedure.element(name)?;
    let days = i64::try_from(seed % 12).ok()? - 8;
    Some(match element.kind {
        Kind::Code => {
            return pick(element.options.iter().map(|choice| choice.id.clone()).collect());
        }
        Kind::InfoKind | Kind::Columns => Value::Code(if seed.is_multiple_of(3) { "penalty" } else { "news" }.into()),
        Kind::Date => Value::Date(at.plus_days(days).date()),
        Kind::Moment => Value::Moment(at.plus_days(days)),
        Kind::Number => Value::Number(1),
        Kind::Flag => Value::Flag(true),
        Kind::Files => Value::Files(vec![7]),
        Kind::Unit | Kind::Officer | Kind::Lead => Value::Id(4),
        _ if seed % 13 == 3 => mark("短"),
        _ => mark(&"长".repeat(20)),
    })
}

fn act(procedure: &Procedure, step: &Step, seed: u64, at: Moment) -> Act {
    let role = step.by.get(usize::try_from(seed).unwrap_or(0) % step.by.len().max(1)).copied();
    let role = if seed % 17 == 5 { Role::Importer } else { role.unwrap_or(Role::Party) };
    let actor = Actor { id: i64::from(role as u8), roles: vec![role], unit: Some(3) };
    let mut act = Act::new(&step.id, actor, at);
    let takes = step.takes.iter().filter(|name| (seed / 7).is_multiple_of(2) || name.len() % 2 == 0);
    let codes = ["channel", "decision"].map(str::to_owned);
    for name in step.needs.iter().chain(takes).chain(codes.iter().filter(|name| step.may_give(name))) {
        if let Some(value) = value(procedure, step, name, seed, at) {
            act.values.insert(name.clone(), value);
        }
    }
    act
}

/// One random move in the world: on some matter, some step, or a word on a proposal.
fn one(world: &mut World, seed: u64, at: Moment) {
    let seats: Vec<i64> = world.matters.keys().copied().collect();
    let Some(id) = seats.get(usize::try_from(seed / 3).unwrap_or(0) % seats.len().max(1)).copied() else {
        return;
    };
    let kept = &world.matters[&id];
    let awaits = kept.matter.columns().awaits;
    if let Some(role) = awaits.filter(|_| !seed.is_multiple_of(8)) {
        let actor = Actor { id: 90, roles: vec![role], unit: None };
        let code = match seed % 11 {
            0 => "return_proposal",
            1 => "withdraw_proposal",
            _ => "approve",
        };
        let mut act = Act::new(code, actor, at);
        act.values.insert("opinion".into(), mark("请修改"));
        let _ = world.act(id, act, at);
        return;
    }
    let procedure = kept.procedure;
    let steps: Vec<&Step> = procedure.steps.iter().filter(|step| step.from.contains(&kept.matter.state)).collect();
    // Three times in four something that was not done yet, that could be done, and neither ends the matter
    // nor throws it back: else few come far.
    let ends = |step: &Step| step.to.as_deref().is_some_and(|to| procedure.phase(to) == matter::Phase::Closed);
    let agrees = |(name, wanted): (&String, &Vec<String>)| {
        kept.matter
            .value(name)
            .is_some_and(|value| value.code().is_some_and(|code| wanted.iter().any(|one| one == code)))
    };
    let fits = |step: &Step| {
        let set = step.needs_set.iter().all(|name| kept.matter.value(name).is_some_and(|value| !value.is_empty()));
        set && step.clears.is_empty() && step.only_if.iter().all(agrees)
    };
    let new = |step: &&Step| !ends(step) && fits(step) && !kept.matter.done.contains_key(&step.id);
    let fresh: Vec<&Step> = steps.iter().copied().filter(new).collect();
    let steps = if fresh.is_empty() || (seed / 13).is_multiple_of(4) { steps } else { fresh };
    let pool: Vec<&Step> = if seed % 11 == 1 || steps.is_empty() { procedure.steps.iter().collect() } else { steps };
    let step = pool[usize::try_from(seed / 5).unwrap_or(0) % pool.len()];
    let mut act = act(procedure, step, seed, at);
    act.expected_seq = (seed % 4 == 1).then_some(kept.matter.seq - i64::try_from(seed % 3).unwrap_or(0));
    let _ = world.act(id, act, at);
}

/// A world in which six matters of a procedure were tried to be opened.
fn begun<'a>(rules: &'a Rules, procedure: &Procedure, opening: u64, now: Moment) -> World<'a> {
    let mut world = World::new(&rules.law, &rules.procedures, Vec::new());
    world.facts = Facts(Fact::ALL.into_iter().map(|fact| (fact, 1)).collect());
    let alone = [Fact::InterpretationAsked, Fact::CompanionsUnready, Fact::LeadPending];
    for none in [Fact::HitsUndecided, Fact::HitsToMend, Fact::Remains].into_iter().chain(alone) {
        world.facts.0.insert(none, 0);
    }
    world.facts.0.insert(Fact::Reductions, i64::from(opening.is_multiple_of(7)));
    world.facts.0.insert(Fact::DocumentGaps, i64::from(opening.is_multiple_of(9)));
    let steps: Vec<&Step> = procedure.openings().collect();
    for round in 0..6u64 {
        let seed = opening.wrapping_add(round);
        let step = steps[usize::try_from(seed % 97).unwrap_or(0) % steps.len()];
        let _ = world.open(&procedure.id, act(procedure, step, seed, now), now);
    }
    world
}

fn start(procedure: &Procedure) -> Moment {
    Moment::of(procedure.valid_from.max(Date::constant(2018, 3, 1)), 9, 0, 0)
}

/// The property below would prove nothing if every act were refused.
#[test]
fn random_acts_reach_most_steps() {
    let rules = &*RULES;
    let mut done: BTreeSet<(String, String)> = BTreeSet::new();
    let mut seed = 20_261_122_u64;
    let mut draw = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 20
    };
    for procedure in rules.procedures.iter().cycle().take(rules.procedures.len() * 30) {
        let mut now = start(procedure);
        let mut world = begun(rules, procedure, draw(), now);
        for _ in 0..200 {
            now = now.plus_hours(i64::try_from(draw() % 60).unwrap_or(0));
            world.tick(now).expect("no lapse is refused");
            one(&mut world, draw(), now);
        }
        for kept in world.matters.values() {
            let id = format!("{} {}", kept.procedure.id, kept.procedure.version);
            done.extend(kept.events.iter().map(|(event, _)| (id.clone(), event.code.clone())));
        }
    }
    let all: Vec<(String, String)> = rules
        .procedures
        .iter()
        .flat_map(|one| one.steps.iter().map(move |step| (format!("{} {}", one.id, one.version), step.id.clone())))
        .collect();
    let never: Vec<&(String, String)> = all.iter().filter(|step| !done.contains(step)).collect();
    assert!(never.len() * 10 < all.len(), "{} of {} steps never performed: {never:?}", never.len(), all.len());
    for kernel in ["propose", "approve", "return_proposal", "child_closed"] {
        assert!(done.iter().any(|(_, code)| code == kernel), "{kernel} never happened");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Replay equals the row, chains verify, closed matters are quiet, numbers rise: see `World::fault`.
    #[test]
    fn whatever_people_do_the_history_gives_the_row(
        which in 0..64usize,
        opening in any::<u64>(),
        moves in prop::collection::vec((any::<u64>(), 0..200i64), 1..40),
    ) {
        let rules = &*RULES;
        let procedure = &rules.procedures[which % rules.procedures.len()];
        let mut now = start(procedure);
        let mut world = begun(rules, procedure, opening, now);
        let mut seen = 0;
        for (seed, hours) in moves {
            now = now.plus_hours(hours);
            world.tick(now).map_err(|refusal| TestCaseError::fail(format!("a lapse was refused: {refusal}")))?;
            one(&mut world, seed, now);
            prop_assert_eq!(world.fault(), None);
            let events: usize = world.matters.values().map(|kept| kept.events.len()).sum();
            prop_assert!(events >= seen, "events disappeared");
            seen = events;
        }
    }

    /// An altered event is noticed.
    #[test]
    fn an_altered_event_breaks_the_chain(which in 0..3usize, shift in 1..1000i64) {
        let rules = &*RULES;
        let mut world = World::new(&rules.law, &rules.procedures, Vec::new());
        world.facts = Facts(Fact::ALL.into_iter().map(|fact| (fact, 1)).collect());
    world.facts.0.insert(Fact::HitsUndecided, 0);
    world.facts.0.insert(Fact::DocumentGaps, 0);
        let at = Moment::of(Date::constant(2026, 3, 2), 9, 0, 0);
        let procedure = rules.procedures.iter().find(|one| one.portal_form.is_some()).expect("a door");
        let step = procedure.openings().find(|step| step.by == [Role::Clerk]).unwrap_or(&procedure.steps[0]);
        let id = world.open(&procedure.id, act(procedure, step, 2, at), at);
        prop_assume!(id.is_ok());
        let mut events = world.matters.values().next().map(|kept| kept.events.clone()).unwrap_or_default();
        let event = &mut events[0].0;
        match which {
            0 => event.at = event.at.plus_millis(shift),
            1 => event.actor += shift,
            _ => event.changes.truncate(event.changes.len() - 1),
        }
        let chain = events.iter().map(|(event, hash)| (event, hash.as_str()));
        prop_assert_eq!(matter::chain::verify(chain), Err(1));
    }
}
