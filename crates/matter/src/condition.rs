//! What must hold of a matter for a step: values that are set, codes they have, steps performed before.

use crate::act::Ground;
use crate::effect::Effect;
use crate::element::Value;
use crate::facts::Fact;
use crate::given::label;
use crate::matter::Matter;
use crate::procedure::Step;
use crate::refusal::{Refusal, RefusalCode, Sentence};

/// Refuses a step whose conditions do not hold, saying which.
pub(crate) fn hold(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    set(ground, matter, step)?;
    codes(ground, matter, step)?;
    done(ground, matter, step)?;
    together(ground, step)
}

/// A document and its interpretation are signed and published in one act (国办发〔2016〕80号“二、强化政策解读”:
/// 同步组织、同步审签、同步部署). What belongs to another goes with it, never before it.
fn together(ground: &Ground, step: &Step) -> Result<(), Refusal> {
    let facts = ground.facts;
    let goes_along = step.along.is_some() || step.effects.contains(&Effect::SchedulePublishing);
    if goes_along && facts.holds(Fact::LeadPending) {
        return refuse(
            step,
            "它和所属的文件同步审签、同步公开，文件还没有公开".into(),
            "审查通过后在这里等待；文件签发、发布时系统一并办理",
        );
    }
    let unready = facts.get(Fact::CompanionsUnready);
    let label = step.along.as_ref().and_then(|along| ground.procedure.step(along)).map_or("", |one| &one.label);
    if step.along.is_some() && unready > 0 {
        return refuse(
            step,
            format!("随同的解读还有{unready}件不能“{label}”"),
            "先完成这些解读的审查；暂不公开的，作废后再办",
        );
    }
    Ok(())
}

fn refuse(step: &Step, why: String, next: &str) -> Result<(), Refusal> {
    let sentence = Sentence::new(format!("现在不能进行“{}”", step.label), why, next).cite(&step.cite);
    Err(Refusal::new(RefusalCode::Guard, sentence))
}

fn set(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    let missing = step.needs_set.iter().filter(|name| matter.value(name).is_none_or(|value| value.is_empty()));
    let labels: Vec<&str> = missing.map(|name| label(ground.procedure, name)).collect();
    if labels.is_empty() {
        return Ok(());
    }
    refuse(step, format!("“{}”还没有完成", labels.join("”、“")), "请先完成这些内容")
}

fn codes(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    for (name, wanted) in &step.only_if {
        let value = matter.value(name);
        let code = value.as_ref().and_then(Value::code);
        if code.is_some_and(|code| wanted.iter().any(|one| one == code)) {
            continue;
        }
        let options = ground.procedure.element(name).map_or(&[][..], |element| &element.options);
        if options.is_empty() {
            let label = label(ground.procedure, name);
            return refuse(step, format!("本件的{label}没有这一步"), &format!("请核对{label}"));
        }
        let word = |code: &str| options.iter().find(|option| option.id == code).map_or("", |option| &option.label);
        let words: Vec<&str> = wanted.iter().map(|code| word(code)).collect();
        let label = label(ground.procedure, name);
        let now = code.map_or_else(|| "还没有确定".to_owned(), |code| format!("是“{}”", word(code)));
        return refuse(
            step,
            format!("{label}{now}"),
            &format!("{label}为“{}”的才能进行这一步；不对的，先改正", words.join("”或者“")),
        );
    }
    Ok(())
}

fn done(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    let name = |id: &String| ground.procedure.step(id).map_or(id.clone(), |step| step.label.clone());
    let same = |id: &String, one: &&Step| one.id == *id || one.counts_as.as_ref() == Some(id);
    let done =
        |id: &String| ground.procedure.steps.iter().filter(|one| same(id, one)).any(|one| matter.times(&one.id) > 0);
    if let Some(id) = step.needs_done.iter().find(|id| !done(id)) {
        return refuse(step, format!("还没有进行过“{}”", name(id)), "请核对办理记录");
    }
    match step.needs_undone.iter().find(|id| done(id)) {
        Some(id) => refuse(step, format!("已经进行过“{}”", name(id)), "请核对办理记录，选择其他步骤"),
        None => Ok(()),
    }
}
