//! From a matter as the office shows it to its page on the desk.

use super::matter::{EventRow, Material, MatterPage, Personal, ProposalBox, Related, StepButton, Turn};
use super::parts::{Barred, Deed};
use super::{shell::Shell, show};
use crate::component::{Entry, EntryState, Fact, Facts, Lamp, LampKind, Link, Timeline};
use law::Moment;
use matter::{Audience, Kind, Phase, Role, Step};
use office::{Caller, MatterView, OptionView};

/// The page of a matter for this officer; `opened` is an element whose value was just opened.
pub fn page(
    view: &MatterView,
    caller: &Caller,
    shell: Shell,
    now: Moment,
    opened: Option<(String, String)>,
) -> MatterPage {
    let here = show::address(view.matter.id);
    let (deeds, barred) = steps(view, caller, &here);
    let pressing = show::pressing(view);
    MatterPage {
        number: show::number(view),
        title: show::title(view),
        kind: kind(view),
        state: view.state.clone(),
        lamp: pressing.map_or_else(|| Lamp::new(LampKind::Grey, "不计时"), |clock| show::lamp(clock.lamp, "暂停")),
        late: pressing.is_some_and(|clock| clock.lamp == law::Lamp::Overdue),
        holder: [view.unit.as_deref(), view.handler.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("　"),
        clocks: view.clocks.iter().map(|clock| show::clock(clock, now)).collect(),
        proposal: proposal(view, caller),
        document: None,
        deeds,
        barred,
        facts: facts(view),
        personal: personal(view, opened),
        turns: turns(view),
        files: view
            .files
            .iter()
            .map(|file| material(format!("{here}/file/{}", file.id), file.name.clone(), size(file.size)))
            .collect(),
        way: way(view),
        papers: papers(view, &here),
        related: view.relatives.iter().map(related).collect(),
        events: events(view),
        me: caller.actor,
        here,
        shell,
    }
}

fn kind(view: &MatterView) -> String {
    let procedure = &view.procedure;
    let channel = view.matter.channel.as_deref().and_then(|id| procedure.channel(id)).map(|one| one.label.as_str());
    let category = view.matter.category.as_deref().and_then(|id| procedure.category(id)).map(|one| one.label.as_str());
    [Some(procedure.label.as_str()), channel, category].into_iter().flatten().collect::<Vec<_>>().join("　")
}

/// A step that only says who has the matter: one press does it, with oneself as handler.
fn at_once(step: &Step) -> bool {
    let quiet = step.takes.is_empty() && step.to.is_none() && step.effects.is_empty() && step.issues.is_empty();
    quiet && step.approve.is_empty() && step.opens.is_none() && step.tells.is_empty() && step.needs == ["handler"]
}

/// What can be done, the step that is waited for first; and what cannot, with the reasons.
/// Steps that only the party or the clock performs are left out.
fn steps(view: &MatterView, caller: &Caller, here: &str) -> (Vec<StepButton>, Vec<Barred>) {
    let officers =
        |step: &Step| step.by.iter().any(|role| !matches!(role, Role::Party | Role::System | Role::Importer));
    let known = view.options.iter().filter_map(|option| Some((option, view.procedure.step(&option.step)?)));
    let mine = view.matter.handler == Some(caller.actor);
    let (mut able, mut barred) = (Vec::new(), Vec::new());
    for (option, step) in known.filter(|(_, step)| officers(step)) {
        if !option.allowed {
            let for_others = !step.by.iter().any(|role| caller.has(*role));
            barred.push(Barred { label: option.label.clone(), why: option.why.clone(), for_others });
        } else if !(at_once(step) && mine) {
            let rank = pressing_rank(view, step);
            able.push((rank, button(option, step, here, rank)));
        }
    }
    able.sort_by_key(|(rank, _)| *rank);
    let buttons =
        able.into_iter().enumerate().map(|(i, (_, button))| StepButton { main: i == 0 && button.main, ..button });
    (buttons.collect(), barred)
}

/// Rank of a step that nobody waits for.
const LEAST_PRESSING: u8 = 3;

/// To take it comes first while nobody has it, then the answer, then what closes it, then the
/// rest, at last what an officer only does in the party's name.
fn pressing_rank(view: &MatterView, step: &Step) -> u8 {
    let procedure = &view.procedure;
    let closes = || {
        let state = step.to.as_deref().and_then(|to| procedure.state(to));
        state.is_some_and(|state| state.phase == Phase::Closed)
    };
    let mut needed = step.needs.iter().filter_map(|name| procedure.element(name));
    let assigns = step.needs.iter().any(|name| name == "unit") && view.matter.unit.is_none();
    let takes = at_once(step) && view.matter.handler.is_none();
    if step.by.contains(&Role::Party) {
        LEAST_PRESSING + 1
    } else if assigns || takes {
        0
    } else if !step.decisions.is_empty() || needed.any(|element| element.published) {
        1
    } else if closes() {
        2
    } else {
        LEAST_PRESSING
    }
}

fn button(option: &OptionView, step: &Step, here: &str, rank: u8) -> StepButton {
    let deed =
        Deed { href: format!("{here}/step/{}", step.id), label: option.label.clone(), note: option.dates.concat() };
    StepButton { deed, at_once: at_once(step), main: rank < LEAST_PRESSING }
}

fn proposal(view: &MatterView, caller: &Caller) -> Option<ProposalBox> {
    let (shown, kept) = (view.proposal.as_ref()?, view.matter.proposal.as_ref()?);
    let decides = kept.next_role().is_some_and(|role| caller.has(role));
    Some(ProposalBox {
        label: shown.label.clone(),
        by: format!("{}　{}", shown.by, shown.at.to_minute()),
        waits: if shown.returned { String::new() } else { shown.remaining.first().cloned().unwrap_or_default() },
        href: if decides { format!("/desk/approvals?item={}", view.matter.id) } else { String::new() },
        again: if shown.returned {
            format!("{}/step/{}", show::address(view.matter.id), shown.step)
        } else {
            String::new()
        },
        withdraw: if kept.by == caller.actor && !shown.returned {
            format!("{}/decide", show::address(view.matter.id))
        } else {
            String::new()
        },
    })
}

/// What was filled in besides long texts and personal data.
pub fn facts(view: &MatterView) -> Facts {
    let kinds = |name: &str| view.procedure.element(name).map(|element| element.kind);
    let values = view.values.values().map(|(label, words)| Fact::new(label.clone(), words.clone()));
    let lines = view
        .texts
        .iter()
        .filter(|(name, text)| matches!(kinds(name), Some(Kind::Line | Kind::BodyName)) && text.opened.is_some());
    let lines = lines.map(|(_, text)| Fact::typed(text.label.clone(), text.shown().to_owned()));
    let filed = Fact::new("提交", format!("{}　{}", view.matter.filed_at.to_minute(), kind(view)));
    Facts { facts: std::iter::once(filed).chain(values).chain(lines).collect() }
}

fn personal(view: &MatterView, opened: Option<(String, String)>) -> Vec<Personal> {
    let is_personal = |name: &str| {
        let kind = view.procedure.element(name).map(|element| element.kind);
        matches!(kind, Some(Kind::Name | Kind::Phone | Kind::Email | Kind::IdNumber | Kind::Address))
    };
    let one = |(name, text): (&String, &office::TextView)| Personal {
        element: name.clone(),
        label: text.label.clone(),
        masked: text.masked.clone(),
        just_now: opened.as_ref().is_some_and(|(element, _)| element == name),
        opened: opened
            .as_ref()
            .filter(|(element, _)| element == name)
            .map(|(_, value)| value.clone())
            .or_else(|| text.opened.clone()),
    };
    view.texts.iter().filter(|(name, _)| is_personal(name)).map(one).collect()
}

/// The long texts, each at the act that gave it, oldest first.
pub fn turns(view: &MatterView) -> Vec<Turn> {
    let mut turns = Vec::new();
    for item in &view.timeline {
        let step = view.procedure.step(&item.code);
        let ours = step.is_none_or(|step| !step.from.is_empty() && !step.by.contains(&Role::Party));
        for (name, text) in &item.texts {
            let element = view.procedure.element(name);
            if element.is_some_and(|element| !matches!(element.kind, Kind::Text | Kind::Decisions)) {
                continue;
            }
            let inside = element.is_none_or(|element| element.audience == Audience::Staff);
            turns.push(Turn {
                ours,
                who: format!("{}　{}{}", item.actor, text.label, if inside { "（内部）" } else { "" }),
                when: item.at.to_minute(),
                text: text.shown().to_owned(),
            });
        }
    }
    turns
}

fn way(view: &MatterView) -> Timeline {
    let done = view.timeline.iter().map(|item| Entry {
        state: EntryState::Done,
        title: item.label.clone().into(),
        when: item.at.to_minute().into(),
        text: [item.actor.as_str(), item.unit.as_deref().unwrap_or_default()].join("　").into(),
        papers: item.papers.iter().map(|number| Link::new("", number.clone())).collect(),
        ..Entry::default()
    });
    let open = view.matter.phase != Phase::Closed;
    let now = open.then(|| Entry {
        state: EntryState::Now,
        title: view.state.clone().into(),
        text: view.unit.clone().unwrap_or_default().into(),
        ..Entry::default()
    });
    Timeline { entries: done.chain(now).collect() }
}

fn papers(view: &MatterView, here: &str) -> Vec<Material> {
    let one = |paper: &office::PaperView| {
        let href = if paper.ready { format!("{here}/paper/{}", paper.id) } else { String::new() };
        let state = if paper.ready { "" } else { "　正在生成" };
        material(href, paper.label.clone(), format!("{}{state}", paper.number))
    };
    view.papers.iter().map(one).collect()
}

fn material(href: String, name: String, note: String) -> Material {
    Material { link: Link::new(href, name), note }
}

fn size(bytes: i64) -> String {
    if bytes < 1 << 20 { format!("{} KB", (bytes >> 10).max(1)) } else { format!("{} MB", bytes >> 20) }
}

fn related(relative: &office::Relative) -> Related {
    Related {
        sort: relative.label.clone(),
        link: Link::new(show::address(relative.id), "打开"),
        lamp: Lamp::new(LampKind::Grey, relative.state.clone()),
        note: String::new(),
    }
}

fn events(view: &MatterView) -> Vec<EventRow> {
    let one = |item: &office::TimelineItem| EventRow {
        seq: item.seq,
        at: item.at.to_minute(),
        recorded: if item.recorded_at.seconds_since(item.at) < 60 {
            String::new()
        } else {
            item.recorded_at.to_minute()
        },
        label: item.label.clone(),
        actor: item.actor.clone(),
        cite: item.cite.clone(),
    };
    view.timeline.iter().map(one).collect()
}
