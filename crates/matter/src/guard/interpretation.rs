//! 三同步: a policy and its interpretation are organised, signed and published together (practice P3).

use super::View;
use crate::element::Value;
use crate::facts::Fact;
use crate::refusal::Sentence;

const RULE: &str = "《〈关于全面推进政务公开工作的意见〉实施细则》（国办发〔2016〕80号）“二、强化政策解读”";

/// What a plan consists of: element, what is said when it is missing, what to do.
const ASKED: [(&str, &str, &str); 4] = [
    ("first_interpreter", "没有确定第一解读人", "填写第一解读人的姓名和职务；主要负责人是第一解读人"),
    ("plan_before", "解读方案没有写公开之前做什么", "写明预判的疑问、准备的口径、向谁征求意见"),
    ("plan_at", "解读方案没有写公开之时怎样解读", "写明由谁解读、用什么形式、在哪里发布"),
    ("plan_after", "解读方案没有写公开之后怎样跟进", "写明怎样收集疑问和误读，由谁回应、再解读"),
];

/// How the interpretation of a policy was arranged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arranged {
    /// 与文件同步.
    Together,
    /// 应急文件先行公开，随后补发.
    Afterwards,
    /// 不属于要求解读的文件.
    Without,
}

fn arranged(view: &View<'_>) -> Option<Arranged> {
    match view.value("interpretation").as_ref().and_then(Value::code)? {
        "with" => Some(Arranged::Together),
        "emergency" => Some(Arranged::Afterwards),
        "none" => Some(Arranged::Without),
        _ => None,
    }
}

/// 材料不齐的退文: a policy that is sent for review says how it will be interpreted, by which plan and by
/// whom, and brings the interpretation along; or gives the reason why not.
pub(super) fn planned(view: &View<'_>) -> Result<(), Sentence> {
    if !view.facts.holds(Fact::InterpretationAsked) {
        return Ok(());
    }
    let given = |name: &&str| view.value(name).is_some_and(|value| !value.is_empty());
    let refuse = |why: &str, next: &str, at: &str| {
        let why = why.to_owned();
        Err(Sentence::new("退文：不能送审", why, next.to_owned()).cite(RULE).at(at))
    };
    match arranged(view) {
        None => refuse("政策文件没有解读安排", "选择同步解读；属于例外的，选择例外情形并写明理由", "interpretation"),
        Some(Arranged::Together) => match ASKED.iter().find(|(name, ..)| !given(name)) {
            Some((name, why, next)) => refuse(why, next, name),
            None if view.facts.get(Fact::Companions) == 0 => {
                refuse("没有随附解读材料", "在本件页面起草解读，由起草文件的单位撰写", "interpretation")
            }
            None => Ok(()),
        },
        Some(_) if given(&"interpretation_reason") => Ok(()),
        Some(_) => {
            refuse("不同步解读的，没有写明理由", "写明为什么先行公开，或者为什么不解读", "interpretation_reason")
        }
    }
}

/// Practice P3: at publication the leader alone may let the document go before its interpretation.
pub(super) fn interpreted(view: &View<'_>) -> Result<(), Sentence> {
    let free = !view.facts.holds(Fact::InterpretationAsked) || view.facts.get(Fact::Companions) > 0;
    if free || arranged(view) == Some(Arranged::Without) {
        return Ok(());
    }
    Err(Sentence::new(
        "不能单独发布",
        "政策文件与解读同步公开，本件还没有解读",
        "先起草解读；确需先行公开的，办理“先行公开”，写明理由和补发解读的日期，报机关负责人批准",
    )
    .cite(RULE))
}
