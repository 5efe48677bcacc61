//! Names: everything that is named exists, is named once, is used, and carries its words and article.

use std::collections::BTreeSet;

use super::{Report, Source, Surroundings, clocks, outcomes};
use crate::element::Kind;
use crate::event::code;
use crate::guard::Guard;
use crate::procedure::{Child, Procedure, RESERVED, Role, Step};

pub(super) fn check(report: &mut Report, sources: &[Source], around: &Surroundings) {
    let procedure = report.source.procedure;
    unique(report);
    words(report);
    for step in &procedure.steps {
        step_names(report, step, around);
        performers(report, step, sources);
    }
    for clock in &procedure.clocks {
        clocks::clock(report, clock, around);
    }
    for child in &procedure.children {
        outcomes::child(report, child, sources);
    }
    outcomes::decisions(report, around);
    outcomes::unused(report);
    let guards = procedure.steps.iter().flat_map(|step| &step.guards).count();
    if guards * 3 > procedure.steps.len() {
        let error = format!("有{guards}个守卫，超过步骤数的三分之一；请改用规程词汇表达");
        report.add("", &procedure.id, "guards", "", error);
    }
    sources_of_words(report);
    if let Some(bind) = procedure.bind.as_ref().filter(|name| procedure.element(name).is_none()) {
        unknown(report, "", &procedure.id, "bind", bind);
    }
    subject(report);
}

/// What is registered under a number is told apart in lists by words that people can read.
fn subject(report: &mut Report) {
    let procedure = report.source.procedure;
    let element = |name: &String| procedure.element(name).map(|element| element.kind);
    match (&procedure.subject, procedure.subject.as_ref().map(element)) {
        (Some(name), Some(None)) => unknown(report, "", &procedure.id, "subject", name),
        (Some(name), Some(Some(kind))) if !matches!(kind, Kind::Line | Kind::Text) => {
            let error = format!("subject中的“{name}”不是一行或多行文字，不能作为列表里的标题");
            report.add("element", name, "subject", name, error);
        }
        (None, _) if procedure.series.is_some() => {
            let error = "没有写明subject：列表和办件页用哪个要素作标题".to_owned();
            report.add("", &procedure.id, "subject", "subject", error);
        }
        _ => {}
    }
}

pub(super) fn unknown(report: &mut Report, section: &str, name: &str, field: &str, what: &str) {
    let error = format!("{field}中的“{what}”没有定义");
    report.add(section, name, "unknown name", &format!("{name}.{field}"), error);
}

/// What takes its words from another element, and what asks for a way to reach the party, can.
fn sources_of_words(report: &mut Report) {
    let procedure = report.source.procedure;
    let text = |name: &str| procedure.element(name).is_some_and(|element| element.kind.is_text());
    for element in procedure.elements.iter() {
        if let Some(source) = element.first_words_of.as_ref().filter(|name| !text(name) || !element.kind.is_text()) {
            unknown(report, "element", &element.id, "first_words_of", source);
        }
    }
    let reaches = |step: &&Step| step.guards.contains(&Guard::Reachable);
    let given = |step: &Step| procedure.elements.iter().any(|element| element.contact && step.may_give(&element.id));
    for step in procedure.steps.iter().filter(reaches).filter(|step| !given(step)) {
        let error = "要求留下联系方式，却没有可以填写的联系方式（contact）".to_owned();
        report.add("step", &step.id, "contact", "guards", error);
    }
}

/// Labels, citations and what the citizen reads.
fn words(report: &mut Report) {
    let procedure = report.source.procedure;
    let whole = [("label", &procedure.label), ("basis", &procedure.basis), ("version", &procedure.version)];
    for (field, _) in whole.iter().filter(|(_, text)| text.trim().is_empty()) {
        report.add("", &procedure.id, "words", field, format!("缺少{field}"));
    }
    for step in &procedure.steps {
        if step.label.trim().is_empty() {
            report.add("step", &step.id, "words", "label", "步骤没有名称".into());
        }
        if step.cite.trim().is_empty() {
            report.add("step", &step.id, "citation", "cite", "步骤没有写明依据".into());
        }
        if step.by.contains(&Role::Party) && step.party.is_none() {
            report.add("step", &step.id, "words", "party", "当事人进行的步骤没有写明当事人看到的文字".into());
        }
    }
    for decision in procedure.decisions.iter().filter(|decision| decision.article.trim().is_empty()) {
        report.add("decision", &decision.code, "citation", "article", "决定没有写明依据".into());
    }
}

fn step_names(report: &mut Report, step: &Step, around: &Surroundings) {
    let procedure = report.source.procedure;
    let element = |name: &str| procedure.element(name).is_some() || RESERVED.contains(&name);
    let state = |name: &str| procedure.state(name).is_some();
    let child = |name: &str| procedure.child(name).is_some();
    let look = |field: &'static str, names: Vec<&String>, known: &dyn Fn(&str) -> bool| {
        let unknown = names.into_iter().filter(|name| !known(name));
        unknown.map(|name| (field, name.clone())).collect::<Vec<_>>()
    };
    let found = [
        look("from", step.from.iter().collect(), &state),
        look("to", step.to.iter().collect(), &state),
        look("needs", step.needs.iter().collect(), &element),
        look("takes", step.takes.iter().collect(), &element),
        look("needs_set", step.needs_set.iter().collect(), &element),
        look("clears", step.clears.iter().collect(), &element),
        look("only_if", step.only_if.keys().collect(), &element),
        look("needs_done", step.needs_done.iter().collect(), &|name| procedure.step(name).is_some()),
        look("needs_undone", step.needs_undone.iter().collect(), &|name| procedure.step(name).is_some()),
        look("along", step.along.iter().collect(), &|name| procedure.step(name).is_some()),
        look("counts_as", step.counts_as.iter().collect(), &|name| procedure.step(name).is_some()),
        look("lead", step.lead.iter().collect(), &|name| procedure.step(name).is_some()),
        look("after_day", step.after_day.iter().collect(), &element),
        look("channels", step.channels.iter().collect(), &|name| procedure.channel(name).is_some()),
        look("categories", step.categories.iter().collect(), &|name| procedure.category(name).is_some()),
        look("decisions", step.decisions.iter().collect(), &|name| procedure.decision(name).is_some()),
        look("issues", step.issues.iter().collect(), &|name| procedure.paper(name).is_some()),
        look("opens", step.opens.iter().collect(), &child),
        look("needs_closed", step.needs_closed.iter().collect(), &child),
        look("needs_open", step.needs_open.iter().collect(), &child),
        look("ends", step.ends.iter().collect(), &child),
        look("needs_stopped", step.needs_stopped.iter().collect(), &|name| procedure.clock(name).is_some()),
    ];
    // Which kinds of information there are the kernel does not know.
    let known = |name: &str| procedure.element(name).is_none_or(|one| one.kind != Kind::InfoKind);
    for (name, codes) in step.only_if.iter().filter(|(name, _)| known(name)) {
        let options = procedure.element(name).map_or(&[][..], |element| &element.options);
        for code in codes.iter().filter(|code| options.iter().all(|option| option.id != **code)) {
            unknown(report, "step", &step.id, "only_if", code);
        }
    }
    for (field, name) in found.into_iter().flatten() {
        unknown(report, "step", &step.id, field, &name);
    }
    if let Some(within) = &step.within {
        clocks::window(report, "step", &step.id, within, around);
    }
    let opens = step.from.is_empty();
    if opens && step.to.is_none() {
        let error = "登记事项的步骤没有写明进入的状态".to_owned();
        report.add("step", &step.id, "opening", "to", error);
    }
    if opens && !step.approve.is_empty() {
        let error = "登记事项的步骤不能送审".to_owned();
        report.add("step", &step.id, "opening", "approve", error);
    }
}

/// Somebody performs each step: a person in a role that acts, or something that makes the system act.
fn performers(report: &mut Report, step: &Step, sources: &[Source]) {
    let procedure = report.source.procedure;
    let idle = [Role::Administrator, Role::Auditor, Role::System];
    if step.by.iter().any(|role| !idle.contains(role)) {
        return;
    }
    let lapse = procedure.clocks.iter().any(|clock| clock.lapse.as_ref() == Some(&step.id));
    let follows = procedure.children.iter().any(|child| child.then.values().any(|then| *then == step.id));
    let carried = procedure.steps.iter().any(|one| [&one.along, &one.lead].contains(&&Some(step.id.clone())));
    let as_child =
        |child: &Child| child.procedure == procedure.id && (child.opening == step.id || child.ends == step.id);
    let called = sources.iter().flat_map(|source| &source.procedure.children).any(as_child);
    if !(step.by.contains(&Role::System) && (lapse || follows || called || carried)) {
        let error = "没有人能进行这一步：既没有办理的角色，也没有时限届满、子事项办结等使系统进行它".to_owned();
        report.add("step", &step.id, "nobody", &step.id, error);
    }
}

/// Every list of entries: its section, and the ids in it.
fn lists(procedure: &Procedure) -> [(&'static str, Vec<&str>); 9] {
    [
        ("category", procedure.categories.iter().map(|one| one.id.as_str()).collect()),
        ("channel", procedure.channels.iter().map(|one| one.id.as_str()).collect()),
        ("state", procedure.states.iter().map(|one| one.id.as_str()).collect()),
        ("element", procedure.elements.iter().map(|one| one.id.as_str()).collect()),
        ("clock", procedure.clocks.iter().map(|one| one.id.as_str()).collect()),
        ("step", procedure.steps.iter().map(|one| one.id.as_str()).collect()),
        ("paper", procedure.papers.iter().map(|one| one.id.as_str()).collect()),
        ("decision", procedure.decisions.iter().map(|one| one.code.as_str()).collect()),
        ("child", procedure.children.iter().map(|one| one.id.as_str()).collect()),
    ]
}

fn unique(report: &mut Report) {
    for (section, ids) in lists(report.source.procedure) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                report.add(section, id, "twice", id, format!("“{id}”定义了两次"));
            }
            let taken = match section {
                "step" => code::ALL.contains(&id),
                "element" => RESERVED.contains(&id),
                _ => false,
            };
            if taken {
                report.add(section, id, "reserved", id, format!("“{id}”是内核保留的名称，请换一个"));
            }
        }
    }
}
