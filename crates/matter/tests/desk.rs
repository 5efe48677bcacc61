//! What the desk shows before anybody acts, and what happens to a matter without a step.

use std::path::Path;

use law::{Clock, Date, Law, Moment};
use matter::world::{World, mark};
use matter::{
    Act, Actor, Fact, Facts, Ground, Matter, Procedure, RefusalCode, Role, Value, apply, conflicts, move_version,
    options, paper_rendered, preview, settle,
};

struct Rules {
    law: Law,
    procedures: Vec<Procedure>,
}

fn read(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook").join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder of the rulebook");
    let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    paths.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("readable"))).collect()
}

fn law(calendar: impl Fn(&str) -> bool) -> Law {
    let mut files = read("law");
    files.extend(read("law/calendar").into_iter().filter(|(name, _)| calendar(name)));
    Law::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("sound law")
}

fn rules() -> Rules {
    let parse = |(name, text): (String, String)| Procedure::parse(&name, &text).expect("a readable procedure");
    Rules { law: law(|_| true), procedures: read("procedures").into_iter().map(parse).collect() }
}

fn at(text: &str) -> Moment {
    Moment::parse(text).expect("a time")
}

fn officer(role: Role) -> Actor {
    Actor { id: 7, roles: vec![role], unit: Some(3) }
}

/// An application received on 2026-03-02 under the rules of 2019.
fn application(rules: &Rules) -> World<'_> {
    let mut world = World::new(&rules.law, &rules.procedures, Vec::new());
    world.facts = Facts([(Fact::UnitKnown, 1)].into());
    let mut act = Act::new("register", officer(Role::FoiClerk), at("2026-03-02T10:00"));
    act.values = [
        ("channel", Value::Code("counter".into())),
        ("name", mark("申某甲")),
        ("phone", mark("13800000000")),
        ("content", mark("道路养护计划")),
        ("received_on", Value::Date(Date::constant(2026, 3, 2))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    world.open("foi", act, at("2026-03-02T10:00")).expect("registered");
    world
}

fn ground<'a>(rules: &'a Rules, procedure: &'a Procedure, facts: &'a Facts, now: &str) -> Ground<'a> {
    Ground { procedure, law: &rules.law, bodies: &[], facts, since: &[], recorded_at: at(now) }
}

#[test]
fn every_step_is_possible_or_says_why_not() {
    let rules = rules();
    let world = application(&rules);
    let kept = &world.matters[&1];
    let facts = Facts::default();
    let ground = ground(&rules, kept.procedure, &facts, "2026-03-05T09:00");
    let act = Act::new("", officer(Role::FoiClerk), at("2026-03-05T09:00"));
    let options = options(&ground, &kept.matter, &act);
    let of = |id: &str| options.iter().find(|option| option.step.id == id).expect("listed").outcome.clone();
    let refused = |id: &str| of(id).expect_err("refused");
    assert_eq!(refused("deliver").code, RefusalCode::WrongState);
    assert_eq!(refused("go_without").code, RefusalCode::NotPermitted);
    assert!(refused("deliver").to_string().contains("须在“待送达”状态下进行"));
    // The due date before confirming, and who would have to approve.
    let extend = of("extend").expect("possible");
    assert_eq!(extend.approvals, [Role::FoiHead]);
    assert_eq!(extend.clocks[0].2.due.due_on, Date::constant(2026, 4, 28));
    let correction = of("ask_correction").expect("possible");
    assert!(!correction.clocks[0].2.is_open(), "asked in time, the clock stops");
    assert!(options.iter().all(|option| option.step.id != "confirm_lapse"), "the clock's own step is no button");
}

#[test]
fn a_late_request_for_correction_shows_that_it_stops_nothing() {
    let rules = rules();
    let world = application(&rules);
    let kept = &world.matters[&1];
    let facts = Facts::default();
    let ground = ground(&rules, kept.procedure, &facts, "2026-03-12T09:00");
    let act = Act::new("ask_correction", officer(Role::FoiClerk), at("2026-03-12T09:00"));
    assert_eq!(preview(&ground, Some(&kept.matter), &act).expect("possible").clocks, []);
}

#[test]
fn a_conflict_needs_something_that_concerns_the_act() {
    let rules = rules();
    let mut world = application(&rules);
    let mut more =
        Act::new("supplement", Actor { id: 0, roles: vec![Role::Party], unit: None }, at("2026-03-03T09:00"));
    more.values.insert("more".into(), mark("文号可能是12号"));
    world.act(1, more.clone(), at("2026-03-03T09:00")).expect("supplemented");
    let since: Vec<_> = world.matters[&1].events[1..].iter().map(|(event, _)| event.clone()).collect();
    assert!(conflicts(&since, &more, false), "the same element was given in between");
    let decide = Act::new("decide", officer(Role::FoiClerk), at("2026-03-03T10:00"));
    assert!(!conflicts(&since, &decide, true), "new material is no change of state");
}

#[test]
fn rendering_a_paper_changes_nothing_but_its_hash() {
    let rules = rules();
    let mut world = application(&rules);
    let mut decide =
        Act::new("decide", Actor { id: -2, roles: vec![Role::Importer], unit: None }, at("2026-03-03T10:00"));
    decide.values = [("decision", Value::Code("A1".into())), ("reply", mark("现提供该信息"))]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
    world.act(1, decide, at("2026-03-03T10:00")).expect("decided");
    let before = world.matters[&1].matter.clone();
    let event = paper_rendered(&before, &before.papers[0].number, "abc", at("2026-03-03T10:01"));
    let after = apply(Some(before.clone()), &event).expect("follows");
    assert_eq!(after.papers[0].rendered.as_deref(), Some("abc"));
    assert_eq!((after.state, after.seq), (before.state, before.seq + 1));
}

/// The matter with one clock, started under this law.
fn with_clock(matter: &Matter, law: &Law, from: &str) -> Matter {
    let mut matter = matter.clone();
    let clock = Clock::start(law, &[], "foi.reply", None, at(from)).expect("started");
    matter.clocks.insert("reply".into(), clock);
    matter
}

#[test]
fn a_provisional_date_is_settled_by_an_event_and_a_certain_one_is_left_alone() {
    let rules = rules();
    let world = application(&rules);
    let before_notice = law(|name| !name.contains("2026"));
    let provisional = with_clock(&world.matters[&1].matter, &before_notice, "2026-02-10T10:00");
    assert!(provisional.columns().clocks[0].provisional);
    let event = settle(&provisional, &rules.law, at("2026-03-01T00:00")).expect("something to settle");
    let settled = apply(Some(provisional), &event).expect("follows");
    assert_eq!(settled.columns().clocks[0].due_on, Date::constant(2026, 3, 16));
    assert_eq!(settle(&settled, &rules.law, at("2026-03-02T00:00")), None);
}

#[test]
fn a_matter_moves_to_a_version_that_knows_where_it_stands_and_keeps_its_dates() {
    let rules = rules();
    let world = application(&rules);
    let kept = &world.matters[&1];
    let other =
        rules.procedures.iter().find(|one| one.id == kept.procedure.id && one.version != kept.procedure.version);
    let event = move_version(&kept.matter, other.expect("another version"), 9, at("2026-03-05T09:00")).expect("known");
    let moved = apply(Some(kept.matter.clone()), &event).expect("follows");
    assert_ne!(moved.version, kept.matter.version);
    assert_eq!(moved.clocks, kept.matter.clocks);
    let stranger = rules.procedures.iter().find(|one| one.id != kept.procedure.id).expect("another procedure");
    assert!(move_version(&kept.matter, stranger, 9, at("2026-03-05T09:00")).is_err());
}

#[test]
fn the_row_of_a_message_stays_small() {
    let rules = rules();
    let world = application(&rules);
    let row = world.matters[&1].matter.canonical();
    assert!(row.len() < 1500, "{} bytes: {row}", row.len());
    assert!(!row.contains('申') && !row.contains("13800000000"), "typed text in the row");
}
