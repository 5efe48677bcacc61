//! Whether a step is possible at all, before anybody fills in its form.

use law::{Clock, Moment};

use crate::act::{Act, Actor, Ground};
use crate::condition;
use crate::event::{Change, Moved, code};
use crate::guard::View;
use crate::matter::Matter;
use crate::procedure::{Phase, Role, Step, Window};
use crate::refusal::{Refusal, RefusalCode, Sentence};

/// The role in which the actor may perform the step.
pub(crate) fn role(step: &Step, actor: &Actor) -> Result<Role, Refusal> {
    let own = step.by.iter().copied().find(|role| actor.is(*role));
    let importer = actor.is(Role::Importer).then_some(Role::Importer);
    own.or(importer).ok_or_else(|| {
        let who: Vec<&str> = step.by.iter().map(|role| role.label()).collect();
        let sentence = Sentence::new(
            format!("您不能进行“{}”", step.label),
            format!("这一步由{}进行", who.join("、")),
            "请转交有权限的人员",
        );
        Refusal::new(RefusalCode::NotPermitted, sentence.cite(&step.cite))
    })
}

/// Everything that can be known without the values of the act.
pub(crate) fn admit(ground: &Ground, matter: Option<&Matter>, step: &Step, act: &Act) -> Result<Role, Refusal> {
    let role = role(step, &act.actor)?;
    in_state(ground, matter, step)?;
    times(ground, matter, step, act)?;
    let Some(matter) = matter else {
        return Ok(role);
    };
    category(ground, matter, step)?;
    often(matter, step)?;
    windows(ground, matter, step, act.at)?;
    children(ground, matter, step)?;
    clocks(ground, matter, step)?;
    condition::hold(ground, matter, step)?;
    let view = View { procedure: ground.procedure, matter: Some(matter), act, facts: ground.facts };
    for guard in step.guards.iter().filter(|guard| !guard.reads_values()) {
        guard.check(&view).map_err(|sentence| Refusal::new(RefusalCode::Guard, sentence))?;
    }
    Ok(role)
}

fn in_state(ground: &Ground, matter: Option<&Matter>, step: &Step) -> Result<(), Refusal> {
    let (why, next) = match matter {
        None if step.from.is_empty() => return Ok(()),
        None => ("事项还没有登记".to_owned(), "请先登记".to_owned()),
        Some(matter) if step.from.contains(&matter.state) => return Ok(()),
        Some(matter) => {
            let label = |id: &String| ground.procedure.state(id).map_or(id.clone(), |state| state.label.clone());
            let from: Vec<String> = step.from.iter().map(label).collect();
            let next = match (step.from.is_empty(), matter.phase) {
                (true, _) => "如需提出新的事项，请另行登记".to_owned(),
                (_, Phase::Closed) => "事项已经办结，如有新情况请另行登记".to_owned(),
                _ => format!("须在“{}”状态下进行", from.join("”或“")),
            };
            (format!("事项现在的状态是“{}”", label(&matter.state)), next)
        }
    };
    let sentence = Sentence::new(format!("现在不能进行“{}”", step.label), why, next);
    Err(Refusal::new(RefusalCode::WrongState, sentence.cite(&step.cite)))
}

/// The times of an act: not in the future, and not before what it follows unless the step allows it.
pub(crate) fn times(ground: &Ground, matter: Option<&Matter>, step: &Step, act: &Act) -> Result<(), Refusal> {
    in_order(ground, matter, act.at, step.backdated, &step.label)
}

pub(crate) fn in_order(
    ground: &Ground,
    matter: Option<&Matter>,
    at: Moment,
    backdated: bool,
    label: &str,
) -> Result<(), Refusal> {
    let refuse = |why: String, next: &str| {
        let sentence = Sentence::new(format!("“{label}”的时间不对"), why, next);
        Err(Refusal::new(RefusalCode::WrongTime, sentence))
    };
    if at > ground.recorded_at {
        return refuse(format!("{}还没有到", at.to_minute()), "请填写实际发生的时间");
    }
    match matter {
        Some(matter) if at < matter.at && !backdated => {
            refuse(format!("{}早于上一条记录的时间{}", at.to_minute(), matter.at.to_minute()), "请核对时间后重新填写")
        }
        _ => Ok(()),
    }
}

fn category(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    let Some(id) = matter.category.as_ref().filter(|_| !step.categories.is_empty()) else {
        return Ok(());
    };
    if step.categories.contains(id) {
        return Ok(());
    }
    let label = ground.procedure.category(id).map_or(id.as_str(), |category| &category.label);
    let sentence =
        Sentence::new(format!("不能进行“{}”", step.label), format!("“{label}”类事项没有这一步"), "请核对事项类别");
    Err(Refusal::new(RefusalCode::NotOffered, sentence.cite(&step.cite)))
}

fn often(matter: &Matter, step: &Step) -> Result<(), Refusal> {
    match step.max_times {
        Some(most) if matter.times(&step.id) >= most => {
            let sentence = Sentence::new(
                format!("不能再次进行“{}”", step.label),
                format!("这一步最多进行{most}次，已经进行过"),
                "请在现有结果的基础上继续办理",
            );
            Err(Refusal::new(RefusalCode::TooOften, sentence.cite(&step.cite)))
        }
        _ => Ok(()),
    }
}

fn windows(ground: &Ground, matter: &Matter, step: &Step, at: Moment) -> Result<(), Refusal> {
    if let Some(window) = &step.within {
        let clock = open_window(ground, matter, window, step)?;
        if clock.is_past(at) {
            let sentence = Sentence::new(
                format!("不能进行“{}”", step.label),
                format!("期限已于{}届满", clock.due.text()),
                "如有新情况，请另行提出",
            );
            return Err(Refusal::new(RefusalCode::TooLate, sentence.cite(&clock.article)));
        }
    }
    let Some(crate::Value::Date(day)) = step.after_day.as_ref().and_then(|name| matter.value(name)) else {
        return Ok(());
    };
    if at.date() > day {
        return Ok(());
    }
    let sentence = Sentence::new(
        format!("现在不能进行“{}”", step.label),
        format!("给当事人的期限到{day}为止，还没有届满"),
        "期限届满后当事人仍未办理的，才能进行这一步",
    );
    Err(Refusal::new(RefusalCode::TooEarly, sentence.cite(&step.cite)))
}

/// The clock that measures a window; refused when nothing has begun it.
fn open_window(ground: &Ground, matter: &Matter, window: &Window, step: &Step) -> Result<Clock, Refusal> {
    let from = window_start(matter, window).ok_or_else(|| {
        let sentence = Sentence::new(format!("现在不能进行“{}”", step.label), "期限还没有开始计算", "请核对办理记录");
        Refusal::new(RefusalCode::WrongState, sentence.cite(&step.cite))
    })?;
    Ok(Clock::start(ground.law, ground.bodies, &window.limit, None, from)?)
}

fn window_start(matter: &Matter, window: &Window) -> Option<Moment> {
    let clock = window.since.as_ref().and_then(|id| matter.clocks.get(id)).map(|clock| clock.started);
    clock.or_else(|| window.after.iter().filter_map(|step| matter.done.get(step)).map(|done| done.at).max())
}

/// Whether `at` lies within a window; what has not begun does not hold.
pub(crate) fn is_within(ground: &Ground, matter: &Matter, window: &Window, at: Moment) -> Result<bool, Refusal> {
    let Some(from) = window_start(matter, window) else {
        return Ok(false);
    };
    let clock = Clock::start(ground.law, ground.bodies, &window.limit, None, from)?;
    Ok(!clock.is_past(at))
}

fn children(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    if let Some(kind) = step.needs_open.iter().find(|kind| !matter.has_open(kind)) {
        let label = ground.procedure.child(kind).map_or(kind.as_str(), |child| &child.label);
        let why = format!("没有正在办理的“{label}”");
        let sentence = Sentence::new(format!("现在不能进行“{}”", step.label), why, "请核对办理记录");
        return Err(Refusal::new(RefusalCode::WrongState, sentence.cite(&step.cite)));
    }
    let open = step.needs_closed.iter().filter(|kind| matter.has_open(kind));
    let label = |kind: &String| ground.procedure.child(kind).map_or(kind.clone(), |child| child.label.clone());
    let labels: Vec<String> = open.map(label).collect();
    if labels.is_empty() {
        return Ok(());
    }
    let sentence = Sentence::new(
        format!("现在不能进行“{}”", step.label),
        format!("“{}”还没有结果", labels.join("”、“")),
        "请等待其办结，或者由机关负责人决定不再等待",
    );
    Err(Refusal::new(RefusalCode::ChildOpen, sentence.cite(&step.cite)))
}

fn clocks(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    let running = |id: &&String| matter.clocks.get(*id).is_some_and(Clock::is_open);
    let Some(id) = step.needs_stopped.iter().find(running) else {
        return Ok(());
    };
    let label = ground.procedure.clock(id).map_or(id.as_str(), |clock| &clock.label);
    let article = matter.clocks.get(id).map_or("", |clock| &clock.article);
    let sentence = Sentence::new(
        format!("现在不能进行“{}”", step.label),
        format!("“{label}”的时限还在计时，应当办理的事情还没有办"),
        "请先办理该事项",
    );
    Err(Refusal::new(RefusalCode::ClockRunning, sentence.cite(article)))
}

/// Refuses an act made on an older view of the matter, if what happened since concerns it.
pub(crate) fn fresh(ground: &Ground, matter: &Matter, act: &Act) -> Result<(), Refusal> {
    let Some(seen) = act.expected_seq.filter(|seen| *seen != matter.seq) else {
        return Ok(());
    };
    let since: Vec<_> = ground.since.iter().filter(|event| event.seq > seen).cloned().collect();
    let known = i64::try_from(since.len()).is_ok_and(|count| seen + count == matter.seq);
    let approves = ground.procedure.step(&act.step).is_none_or(|step| !step.approve.is_empty());
    if known && !conflicts(&since, act, approves) {
        return Ok(());
    }
    let sentence = Sentence::new(
        "这一操作没有保存",
        "您打开页面之后，事项又有了新的记录",
        "请查看新的记录，核对后再提交；您填写的内容已保留",
    );
    Err(Refusal::new(RefusalCode::Conflict, sentence))
}

/// Whether events that the actor has not seen concern the act: they touched the state, a clock or
/// an element of it; or the proposal, where the act is about one (`proposes`).
pub fn conflicts(since: &[crate::Event], act: &Act, proposes: bool) -> bool {
    let about_proposal = proposes || [code::APPROVE, code::RETURN, code::WITHDRAW].contains(&act.step.as_str());
    since.iter().flat_map(|event| &event.changes).any(|change| match change {
        Change::Opened { .. } | Change::Stated { .. } | Change::VersionMoved { .. } => true,
        Change::Clock { moved, .. } => *moved != Moved::Settled,
        Change::Set { element, .. } | Change::Cleared { element } => act.values.contains_key(element),
        Change::Proposed(_) | Change::Approved(_) | Change::Returned | Change::Dropped => about_proposal,
        _ => false,
    })
}
