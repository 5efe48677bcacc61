//! Names in children, decisions and papers, and what is defined but never used.

use super::names::unknown;
use super::{Report, Source, Surroundings};
use crate::procedure::{Child, Role, Step};

pub(super) fn child(report: &mut Report, child: &Child, sources: &[Source]) {
    let procedure = report.source.procedure;
    let mut versions = sources.iter().map(|source| source.procedure).filter(|one| one.id == child.procedure).peekable();
    if versions.peek().is_none() {
        return unknown(report, "child", &child.id, "procedure", &child.procedure);
    }
    for version in versions {
        let opening = version.step(&child.opening);
        if opening.is_none_or(|step| !step.from.is_empty() || !step.by.contains(&Role::System)) {
            unknown(report, "child", &child.id, "opening", &child.opening);
        }
        let lacking = opening.into_iter().flat_map(|step| &step.needs).filter(|name| !child.hands.contains_key(*name));
        for name in lacking {
            let error = format!("“{}”的“{name}”没有从主办事项带入", version.label);
            report.add("child", &child.id, "hands", "hands", error);
        }
        if version.step(&child.ends).is_none_or(|step| !step.by.contains(&Role::System)) {
            unknown(report, "child", &child.id, "ends", &child.ends);
        }
    }
    let known = |state: &String| {
        sources.iter().any(|one| one.procedure.id == child.procedure && one.procedure.state(state).is_some())
    };
    for (state, step) in &child.then {
        if !known(state) {
            unknown(report, "child", &child.id, "then", state);
        }
        if procedure.step(step).is_none() {
            unknown(report, "child", &child.id, "then", step);
        }
    }
    for here in child.hands.values().filter(|here| procedure.element(here).is_none()) {
        unknown(report, "child", &child.id, "hands", here);
    }
}

pub(super) fn decisions(report: &mut Report, around: &Surroundings) {
    let procedure = report.source.procedure;
    for decision in &procedure.decisions {
        for name in decision.proof.iter().filter(|name| procedure.element(name).is_none()) {
            unknown(report, "decision", &decision.code, "proof", name);
        }
        for name in decision.paper.iter().filter(|name| procedure.paper(name).is_none()) {
            unknown(report, "decision", &decision.code, "paper", name);
        }
        for name in decision.after_child.iter().filter(|name| procedure.child(name).is_none()) {
            unknown(report, "decision", &decision.code, "after_child", name);
        }
    }
    for paper in procedure.papers.iter().filter(|paper| !around.templates.contains(&paper.template)) {
        let error = format!("papers中没有模板“{}”", paper.template);
        report.add("paper", &paper.id, "missing paper", "template", error);
    }
}

/// What is defined and never used is a mistake or a leftover.
pub(super) fn unused(report: &mut Report) {
    let procedure = report.source.procedure;
    let any = |uses: &dyn Fn(&Step) -> bool| procedure.steps.iter().any(uses);
    let issued = |id: &String| procedure.decisions.iter().any(|one| one.paper.as_ref() == Some(id));
    let mut idle: Vec<(&str, &str, &str)> = Vec::new();
    for one in procedure.elements.iter().filter(|one| !any(&|step| step.may_give(&one.id))) {
        idle.push(("element", &one.id, "没有一步填写这一要素"));
    }
    for one in procedure.decisions.iter().filter(|one| !any(&|step| step.decisions.contains(&one.code))) {
        idle.push(("decision", &one.code, "没有一步能作出这一决定"));
    }
    for one in procedure.papers.iter().filter(|one| !issued(&one.id) && !any(&|step| step.issues.contains(&one.id))) {
        idle.push(("paper", &one.id, "没有一步制发这一文书"));
    }
    for one in procedure.channels.iter().filter(|one| !any(&|step| step.channels.contains(&one.id))) {
        idle.push(("channel", &one.id, "没有一步按这一渠道登记"));
    }
    for one in procedure.children.iter().filter(|one| !any(&|step| step.opens.as_ref() == Some(&one.id))) {
        idle.push(("child", &one.id, "没有一步开始这一子事项"));
    }
    for (section, name, error) in idle {
        report.add(section, name, "unused", name, error.to_owned());
    }
}
