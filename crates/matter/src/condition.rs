//! What must hold of a matter for a step: values that are set, codes they have, steps performed before.

use crate::act::Ground;
use crate::element::Value;
use crate::given::label;
use crate::matter::Matter;
use crate::procedure::Step;
use crate::refusal::{Refusal, RefusalCode, Sentence};

/// Refuses a step whose conditions do not hold, saying which.
pub(crate) fn hold(ground: &Ground, matter: &Matter, step: &Step) -> Result<(), Refusal> {
    set(ground, matter, step)?;
    codes(ground, matter, step)?;
    done(ground, matter, step)
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
    if let Some(id) = step.needs_done.iter().find(|id| matter.times(id) == 0) {
        return refuse(step, format!("还没有进行过“{}”", name(id)), "请核对办理记录");
    }
    match step.needs_undone.iter().find(|id| matter.times(id) > 0) {
        Some(id) => refuse(step, format!("已经进行过“{}”", name(id)), "请核对办理记录，选择其他步骤"),
        None => Ok(()),
    }
}
