//! Names in clocks and windows: limits, pauses and the steps that move a clock.

use super::names::unknown;
use super::{Report, Surroundings};
use crate::procedure::{ClockRule, LimitBy, Window};

pub(super) fn clock(report: &mut Report, clock: &ClockRule, around: &Surroundings) {
    let procedure = report.source.procedure;
    let limits: Vec<&str> = match clock.limit_by {
        Some(LimitBy::Category) => {
            let categories = procedure.categories.iter();
            categories.filter_map(|one| one.limit.as_deref()).collect()
        }
        None => clock.limit.iter().map(String::as_str).collect(),
    };
    let short = clock.limit_by.is_some() && limits.len() < procedure.categories.len();
    if limits.is_empty() || short {
        let error = "时限没有写明期限，或者有类别没有写明期限".to_owned();
        report.add("clock", &clock.id, "limit", "limit", error);
    }
    for id in limits {
        limit(report, clock, id, around);
    }
    triggers(report, clock, around);
    let wrong = [
        clock.extended_by.iter().chain(&clock.lapse).filter(|step| procedure.step(step).is_none()).collect::<Vec<_>>(),
        clock.pauses.iter().map(|pause| &pause.child).filter(|kind| procedure.child(kind).is_none()).collect(),
        clock.starts_on.iter().filter(|name| procedure.element(name).is_none()).collect(),
        clock.categories.iter().filter(|name| procedure.category(name).is_none()).collect(),
    ];
    let fields = ["extended_by/lapse", "pauses.child", "starts_on", "categories"];
    for (field, names) in fields.into_iter().zip(wrong) {
        for name in names {
            unknown(report, "clock", &clock.id, field, name);
        }
    }
}

/// The limit exists, and knows what the clock asks of it.
fn limit(report: &mut Report, clock: &ClockRule, id: &str, around: &Surroundings) {
    let values: Vec<_> = around.law.limits().filter(|value| value.id == id).collect();
    if values.is_empty() {
        return unknown(report, "clock", &clock.id, "limit", id);
    }
    let unknown_kind = |kind: &str| values.iter().all(|one| one.pause(kind).is_none());
    for pause in clock.pauses.iter().filter(|pause| unknown_kind(&pause.kind)) {
        unknown(report, "clock", &clock.id, "pauses.kind", &pause.kind);
    }
    if !clock.extended_by.is_empty() && values.iter().all(|one| one.extension.is_none()) {
        let error = format!("期限“{id}”没有延长的规定");
        report.add("clock", &clock.id, "extension", "extended_by", error);
    }
}

/// The steps that move the clock.
fn triggers(report: &mut Report, clock: &ClockRule, around: &Surroundings) {
    let procedure = report.source.procedure;
    let triggers = [("starts", &clock.starts), ("restarts", &clock.restarts), ("stops", &clock.stops)];
    for (field, trigger) in triggers.into_iter().flat_map(|(field, list)| list.iter().map(move |one| (field, one))) {
        if procedure.step(trigger.step()).is_none() {
            unknown(report, "clock", &clock.id, field, trigger.step());
        }
        if let Some(within) = trigger.within() {
            window(report, "clock", &clock.id, within, around);
        }
    }
}

pub(super) fn window(report: &mut Report, section: &str, name: &str, window: &Window, around: &Surroundings) {
    let procedure = report.source.procedure;
    if !around.law.limits().any(|limit| limit.id == window.limit) {
        unknown(report, section, name, "within.limit", &window.limit);
    }
    for step in window.after.iter().filter(|step| procedure.step(step).is_none()) {
        unknown(report, section, name, "within.after", step);
    }
    for clock in window.since.iter().filter(|clock| procedure.clock(clock).is_none()) {
        unknown(report, section, name, "within.since", clock);
    }
    if window.after.is_empty() == window.since.is_none() {
        let error = "窗口须写明从哪些步骤（after）或者哪个时限（since）起算，只写一种".to_owned();
        report.add(section, name, "window", "within", error);
    }
}
