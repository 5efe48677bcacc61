//! Checking the values that an act gives.

use std::collections::BTreeMap;

use crate::act::{Act, Ground};
use crate::element::{Element, Kind, Value};
use crate::facts::Fact;
use crate::guard::View;
use crate::matter::Matter;
use crate::procedure::{DecisionRule, Procedure, RESERVED, Role, Step};
use crate::refusal::{Refusal, RefusalCode, Sentence};

/// The values of the act, with those that the step implies. All that is wrong is said at once.
pub(crate) fn check(
    ground: &Ground,
    matter: Option<&Matter>,
    step: &Step,
    act: &Act,
    role: Role,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let values = with_implied(step, act);
    let given = |name: &str| values.get(name).is_some_and(|value| !value.is_empty());
    let mut missing: Vec<Sentence> = Vec::new();
    for name in asked(step).filter(|name| !given(name)) {
        missing.push(missing_sentence(ground.procedure, name));
    }
    if !missing.is_empty() {
        return Err(Refusal { code: RefusalCode::Missing, sentences: missing });
    }
    let mut wrong: Vec<Sentence> = Vec::new();
    for (name, value) in &values {
        let found = if !step.may_give(name) {
            Err(Sentence::new(format!("“{}”不接受“{name}”", step.label), "规程没有这一项", "请去掉这一项"))
        } else if RESERVED.contains(&name.as_str()) {
            reserved(ground, step, name, value, role)
        } else {
            element(ground, name, value, role, act)
        };
        wrong.extend(found.err().map(|sentence| sentence.at(name)));
    }
    if wrong.is_empty() {
        let act = Act { values: values.clone(), ..act.clone() };
        prove(ground, matter, step, &act)?;
        return Ok(values);
    }
    Err(Refusal { code: RefusalCode::Invalid, sentences: wrong })
}

impl Step {
    /// Whether an act of this step may give the element.
    pub fn may_give(&self, element: &str) -> bool {
        self.needs.iter().chain(&self.takes).any(|name| name == element)
            || (element == "channel" && !self.channels.is_empty())
            || (element == "decision" && !self.decisions.is_empty())
    }
}

fn with_implied(step: &Step, act: &Act) -> BTreeMap<String, Value> {
    let mut values = act.values.clone();
    // No files is an answer too: the last one was let go.
    values.retain(|_, value| !value.is_empty() || matches!(value, Value::Files(_)));
    for (name, codes) in [("channel", &step.channels), ("decision", &step.decisions)] {
        if let [only] = codes.as_slice() {
            values.entry(name.to_owned()).or_insert_with(|| Value::Code(only.clone()));
        }
    }
    values
}

fn asked(step: &Step) -> impl Iterator<Item = &str> {
    let channel = (!step.channels.is_empty()).then_some("channel");
    let decision = (!step.decisions.is_empty()).then_some("decision");
    step.needs.iter().map(String::as_str).chain(channel).chain(decision)
}

/// The word for an element or a field of the matter.
pub fn label<'a>(procedure: &'a Procedure, element: &'a str) -> &'a str {
    match element {
        "category" => "类别",
        "channel" => "渠道",
        "unit" => "承办单位",
        "handler" => "承办人",
        "public" => "是否同意公开",
        "decision" => "处理决定",
        crate::procedure::AT => "发生时间",
        crate::approval::OPINION => "审批意见",
        other => procedure.element(other).map_or(other, |element| &element.label),
    }
}

fn missing_sentence(procedure: &Procedure, name: &str) -> Sentence {
    let verb = match procedure.element(name).map(|element| element.kind) {
        Some(Kind::Code | Kind::Flag | Kind::Unit | Kind::Officer) => "选择",
        Some(Kind::Files) => "上传",
        None if RESERVED.contains(&name) => "选择",
        _ => "填写",
    };
    let cite = procedure.element(name).and_then(|element| element.cite.as_deref()).unwrap_or_default();
    let label = label(procedure, name);
    Sentence::new(format!("请{verb}{label}"), "", "").cite(cite).at(name)
}

fn reserved(ground: &Ground, step: &Step, name: &str, value: &Value, role: Role) -> Result<(), Sentence> {
    let wrong = |why: &str| {
        let label = label(ground.procedure, name);
        Err(Sentence::new(format!("{label}不对"), why, "请重新选择"))
    };
    match (name, value) {
        ("category", Value::Code(code)) => match ground.procedure.category(code) {
            None => wrong("没有这个类别"),
            Some(category) if category.import_only && role != Role::Importer => wrong("这个类别只用于导入的历史记录"),
            Some(_) if !step.categories.is_empty() && !step.categories.contains(code) => wrong("这个类别不能这样办理"),
            Some(_) => Ok(()),
        },
        ("channel", Value::Code(code)) if step.channels.contains(code) => Ok(()),
        ("decision", Value::Code(code)) if step.decisions.contains(code) => Ok(()),
        ("unit", Value::Id(_)) if ground.facts.holds(Fact::UnitKnown) => Ok(()),
        ("unit", Value::Id(_)) => wrong("本机关没有这个内设机构，或者已经停用"),
        ("handler", Value::Id(_)) if ground.facts.holds(Fact::HandlerInUnit) => Ok(()),
        ("handler", Value::Id(_)) => wrong("该工作人员不在承办单位"),
        ("public", Value::Flag(_)) => Ok(()),
        _ => wrong("没有这个选项"),
    }
}

fn element(ground: &Ground, name: &str, value: &Value, role: Role, act: &Act) -> Result<(), Sentence> {
    let Some(element) = ground.procedure.element(name) else {
        return Err(Sentence::new(format!("没有要素“{name}”"), "规程没有这一项", "请去掉这一项"));
    };
    let fits = match value {
        Value::Text(_) => element.kind.is_text(),
        // Codes of other parts of the rulebook: the office has checked them.
        Value::Code(_) if matches!(element.kind, Kind::InfoKind | Kind::Columns) => true,
        Value::Code(code) => element.kind == Kind::Code && element.options.iter().any(|choice| choice.id == *code),
        Value::Date(_) => element.kind == Kind::Date,
        Value::Moment(_) => element.kind == Kind::Moment,
        Value::Number(_) => element.kind == Kind::Number,
        Value::Flag(_) => element.kind == Kind::Flag,
        Value::Files(_) => element.kind == Kind::Files,
        Value::Id(_) if element.kind == Kind::Lead => ground.facts.holds(Fact::LeadKnown),
        Value::Id(_) => matches!(element.kind, Kind::Unit | Kind::Officer),
    };
    if !fits {
        return Err(Sentence::new(format!("{}不对", element.label), "没有这个选项，或者写法不符", "请重新填写"));
    }
    starting_fact(ground, element, value, act)?;
    if role == Role::Importer { Ok(()) } else { element.measure(value) }
}

/// No clock of the act would run from a day that has not come.
pub(crate) fn starting_facts(ground: &Ground, act: &Act) -> Result<(), Refusal> {
    let early = |(name, value): (&String, &Value)| {
        let element = ground.procedure.element(name)?;
        starting_fact(ground, element, value, act).err().map(|sentence| sentence.at(name))
    };
    let sentences: Vec<Sentence> = act.values.iter().filter_map(early).collect();
    if sentences.is_empty() { Ok(()) } else { Err(Refusal { code: RefusalCode::Invalid, sentences }) }
}

/// A clock cannot run from a day that has not come.
fn starting_fact(ground: &Ground, element: &Element, value: &Value, act: &Act) -> Result<(), Sentence> {
    let starts = ground.procedure.clocks.iter().any(|clock| clock.starts_on.as_ref() == Some(&element.id));
    let early = match value {
        Value::Date(day) => *day > act.at.date(),
        Value::Moment(moment) => *moment > act.at,
        _ => false,
    };
    if !(starts && early) {
        return Ok(());
    }
    let label = &element.label;
    Err(Sentence::new(format!("{label}不对"), format!("{label}晚于办理时间"), "请填写实际日期"))
}

fn prove(ground: &Ground, matter: Option<&Matter>, step: &Step, act: &Act) -> Result<(), Refusal> {
    let view = View { procedure: ground.procedure, matter, act, facts: ground.facts };
    let decision = act.values.get("decision").and_then(Value::code).filter(|_| !step.decisions.is_empty());
    let decision = decision.and_then(|code| ground.procedure.decision(code));
    if let Some(decision) = decision {
        proof(&view, decision)?;
    }
    let guards = step.guards.iter().chain(decision.iter().flat_map(|decision| &decision.guards));
    let refused: Vec<Sentence> = guards.filter_map(|guard| guard.check(&view).err()).collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Refusal { code: RefusalCode::Guard, sentences: refused })
}

fn proof(view: &View, decision: &DecisionRule) -> Result<(), Refusal> {
    let what = format!("不能作出“{}”的决定", decision.label);
    let absent = |name: &&String| view.value(name).is_none_or(|value| value.is_empty());
    let mut sentences: Vec<Sentence> = Vec::new();
    for name in decision.proof.iter().filter(absent) {
        let label = label(view.procedure, name);
        let next = format!("请先填写或者记录“{label}”");
        sentences.push(Sentence::new(&what, format!("缺少“{label}”"), next).cite(&decision.article).at(name));
    }
    let has = |kind: &String| {
        view.matter
            .is_some_and(|matter| matter.children.iter().any(|child| child.kind == *kind && child.ended.is_some()))
    };
    if let Some(kind) = decision.after_child.as_ref().filter(|kind| !has(kind)) {
        let label = view.procedure.child(kind).map_or(kind.as_str(), |child| &child.label);
        let next = format!("请先办理“{label}”");
        let sentence = Sentence::new(&what, format!("还没有经过“{label}”"), next);
        sentences.push(sentence.cite(&decision.article).at("decision"));
    }
    if sentences.is_empty() {
        return Ok(());
    }
    Err(Refusal { code: RefusalCode::Unproved, sentences })
}
