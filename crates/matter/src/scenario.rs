//! Scenarios: legal cases as data that a lawyer can read. Dated acts go in; states, due dates,
//! papers and refusals must come out.

use std::collections::{BTreeMap, BTreeSet};

use law::{Law, Moment, RuleFault};
use serde::Deserialize;

use crate::act::{Act, Actor};
use crate::element::{Element, Value};
use crate::facts::{Fact, Facts};
use crate::procedure::{Procedure, Role};
use crate::read::Typed;
use crate::refusal::{Refusal, RefusalCode};
use crate::world::{Kept, World, mark};

/// The step by which a case lets time pass: only what is due happens by itself.
pub const WAIT: &str = "wait";

/// A file of cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The cases.
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What happens, in one line.
    pub name: String,
    /// The article that it shows.
    pub cite: String,
    /// The mistake that it would catch.
    pub catches: String,
    /// Procedure.
    pub procedure: String,
    /// What is done, in order.
    #[serde(rename = "do")]
    pub acts: Vec<Deed>,
}

/// One act of a case, with what must hold after it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// When it happened, at UTC+8.
    pub at: String,
    /// When it was recorded; absent: at the same time.
    pub recorded: Option<String>,
    /// Step, or `approve`, `return_proposal`, `withdraw_proposal`, or [`WAIT`].
    pub step: String,
    /// Who does it.
    pub by: Option<Role>,
    /// A number that tells officers of the same role apart.
    #[serde(default)]
    pub who: i64,
    /// The child on which it is done, by its kind: the last one opened.
    pub on: Option<String>,
    /// The number of the last event that the actor has seen.
    pub seen: Option<i64>,
    /// What is given, as it is typed or chosen.
    #[serde(default)]
    pub values: BTreeMap<String, toml::Value>,
    /// Facts from outside, from here on.
    #[serde(default)]
    pub facts: BTreeMap<Fact, i64>,
    /// It must be refused so.
    pub refused: Option<RefusalCode>,
    /// A proposal must go back at the last approval for this reason.
    pub returned: Option<RefusalCode>,
    /// The refusal must say this.
    pub says: Option<String>,
    /// State that must follow.
    pub state: Option<String>,
    /// 法定最迟日 of clocks that must be running; `paused` and `none` are possible.
    #[serde(default)]
    pub due: BTreeMap<String, String>,
    /// 考核日 of clocks.
    #[serde(default)]
    pub aim: BTreeMap<String, String>,
    /// Papers issued so far.
    pub papers: Option<Vec<String>>,
    /// Decision code.
    pub decision: Option<String>,
    /// The role that must approve next.
    pub awaits: Option<Role>,
}

/// Reads a file of cases.
///
/// # Errors
/// Where and why the text is not a file of cases.
#[expect(clippy::result_large_err, reason = "files are parsed once, and a fault is shown as it is")]
pub fn parse(file: &str, text: &str) -> Result<Vec<Case>, RuleFault> {
    let cases = toml::from_str::<CaseFile>(text).map(|file| file.cases);
    cases.map_err(|why| crate::check::unreadable(file, text, &why))
}

/// Runs a case. The steps, refusals and limit values that it went through, by which two cases are
/// told apart.
///
/// # Errors
/// The first thing that is not as the case says.
pub fn run(case: &Case, law: &Law, procedures: &[Procedure]) -> Result<BTreeSet<String>, String> {
    let mut world = World::new(law, procedures, Vec::new());
    world.facts = Facts([(Fact::UnitKnown, 1), (Fact::HandlerInUnit, 1)].into());
    let mut signature = Vec::new();
    for (number, deed) in case.acts.iter().enumerate() {
        let mark = one(case, deed, &mut world)
            .and_then(|mark| world.fault().map_or(Ok(mark), Err))
            .map_err(|why| format!("第{}步“{}”（{}）：{why}", number + 1, deed.step, deed.at))?;
        signature.push(mark);
    }
    let clocks = world.matters.values().flat_map(|kept| kept.matter.clocks.values());
    let limits = clocks.map(|clock| format!("{} {} {}+{}", clock.limit, clock.version, clock.amount, clock.extended));
    Ok(limits.chain([signature.join(" ")]).collect())
}

fn one(case: &Case, deed: &Deed, world: &mut World) -> Result<String, String> {
    let moment = |text: &str| Moment::parse(text).map_err(|fault| fault.to_string());
    let at = moment(&deed.at)?;
    let now = deed.recorded.as_deref().map_or(Ok(at), moment)?;
    world.facts.0.extend(&deed.facts);
    world.tick(now).map_err(|refusal| format!("到期未能自动办理：{refusal}"))?;
    let target = target(deed, world)?;
    if deed.step != WAIT {
        let done = perform(case, deed, world, target, at, now);
        let open = deed.refused.is_none();
        match (done, open) {
            (Ok(()), true) => {}
            (Ok(()), false) => return Err("应当被拒绝，却办成了".into()),
            (Err(refusal), true) => return Err(format!("被拒绝：{refusal}")),
            (Err(refusal), false) => refused(deed, &refusal)?,
        }
        match (&deed.returned, world.returned.clone()) {
            (None, None) => {}
            (Some(code), Some(refusal)) if *code == refusal.code => says(deed, &refusal)?,
            (_, found) => {
                return Err(format!("退回送审人：应为{:?}，实为{found:?}", deed.returned));
            }
        }
    }
    let target = if target == 0 { world.matters.keys().next_back().copied().unwrap_or(0) } else { target };
    if let Some(kept) = world.matters.get(&target) {
        expected(deed, kept)?;
    }
    let role = deed.by.map_or("", Role::label);
    let code = deed.refused.or(deed.returned).map_or(String::new(), |code| format!("!{code:?}"));
    let decision = deed.decision.as_deref().unwrap_or_default();
    Ok(format!("{}{}{role}{code}{decision}", deed.step, deed.on.as_deref().unwrap_or_default()))
}

/// The matter on which the act is done; 0 when it opens the case's own.
fn target(deed: &Deed, world: &World) -> Result<i64, String> {
    let Some(kind) = &deed.on else {
        return Ok(world.matters.keys().next().copied().unwrap_or(0));
    };
    let of_kind = |kept: &&Kept| kept.matter.parent.as_ref().is_some_and(|parent| parent.kind == *kind);
    let found = world.matters.values().rfind(of_kind);
    found.map(|kept| kept.matter.id).ok_or_else(|| format!("没有“{kind}”这样的子事项"))
}

fn perform(case: &Case, deed: &Deed, world: &mut World, target: i64, at: Moment, now: Moment) -> Result<(), Refusal> {
    let role = deed.by.unwrap_or(Role::System);
    let id = match role {
        Role::Party => 0,
        Role::System => -1,
        Role::Importer => -2,
        officer => 100 * (officer as i64 + 1) + deed.who,
    };
    let actor = Actor { id, roles: vec![role], unit: None };
    let mut act = Act { expected_seq: deed.seen, ..Act::new(&deed.step, actor, at) };
    let rules: Vec<Procedure> = match world.matters.get(&target) {
        Some(kept) => vec![kept.procedure.clone()],
        None => world.rules(&case.procedure),
    };
    let mut last = Ok(());
    for rule in &rules {
        // An element may differ between versions; the act is read by the one that then applies.
        last = values(deed, rule).map(|values| act.values = values);
        if last.is_ok() && (target != 0 || rule.applies_on(rule.binding_day(&act))) {
            break;
        }
    }
    last?;
    if target == 0 { world.open(&case.procedure, act, now).map(|_| ()) } else { world.act(target, act, now) }
}

fn values(deed: &Deed, rule: &Procedure) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut values = BTreeMap::new();
    let imports = deed.by == Some(Role::Importer);
    let read = |element: &Element, raw: &str| {
        if imports { element.read_as_is(raw) } else { element.read(raw) }
    };
    for (name, given) in &deed.values {
        let raw = match given {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let value = match (name.as_str(), rule.element(name)) {
            ("unit" | "handler", _) => raw.parse().ok().map(Value::Id),
            ("public", _) => Some(Value::Flag(raw == "true")),
            ("category" | "channel" | "decision", _) => Some(Value::Code(raw)),
            (_, None) => Some(mark(&raw)),
            (_, Some(element)) => match read(element, &raw) {
                Ok(Some(Typed::Text(text))) => Some(mark(&text)),
                Ok(Some(Typed::Value(value))) => Some(value),
                Ok(None) => None,
                Err(sentence) => return Err(Refusal::new(RefusalCode::Invalid, sentence)),
            },
        };
        values.extend(value.map(|value| (name.clone(), value)));
    }
    Ok(values)
}

fn refused(deed: &Deed, refusal: &Refusal) -> Result<(), String> {
    if deed.refused != Some(refusal.code) {
        return Err(format!("应以{:?}拒绝，实为{:?}：{refusal}", deed.refused, refusal.code));
    }
    says(deed, refusal)
}

fn says(deed: &Deed, refusal: &Refusal) -> Result<(), String> {
    let text = refusal.to_string();
    match &deed.says {
        Some(says) if !text.contains(says) => Err(format!("拒绝时应说“{says}”，实为：{text}")),
        _ => Ok(()),
    }
}

fn expected(deed: &Deed, kept: &Kept) -> Result<(), String> {
    let matter = &kept.matter;
    let same = |what: &str, expected: &str, found: &str| {
        if expected == found { Ok(()) } else { Err(format!("{what}应为{expected}，实为{found}")) }
    };
    if let Some(state) = &deed.state {
        same("状态", state, &matter.state)?;
    }
    if let Some(decision) = &deed.decision {
        same("决定", decision, matter.decision.as_deref().unwrap_or("无"))?;
    }
    if let Some(papers) = &deed.papers {
        let found: Vec<&str> = matter.papers.iter().map(|paper| paper.paper.as_str()).collect();
        same("文书", &papers.join(" "), &found.join(" "))?;
    }
    if let Some(role) = deed.awaits {
        let next = matter.columns().awaits.map_or("无", Role::label);
        same("待审批", role.label(), next)?;
    }
    for (days, which) in [(&deed.due, "法定最迟日"), (&deed.aim, "考核日")] {
        for (id, day) in days {
            let found = match matter.clocks.get(id) {
                Some(clock) if clock.is_paused() => "paused".to_owned(),
                Some(clock) if !clock.is_open() => "none".to_owned(),
                None => "none".to_owned(),
                Some(clock) if std::ptr::eq(days, &deed.due) => clock.due.text(),
                Some(clock) => clock.due.aim_text(),
            };
            same(&format!("“{id}”的{which}"), day, &found)?;
        }
    }
    Ok(())
}
