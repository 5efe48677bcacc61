//! Guards of documents on their way to the public: attribute, checks, approval.

use super::View;
use crate::element::Value;
use crate::facts::Fact;
use crate::refusal::Sentence;

const ATTRIBUTE_RULE: &str = "《〈关于全面推进政务公开工作的意见〉实施细则》（国办发〔2016〕80号）第一条第一项";

/// The article under which a text is told apart into what is public and what is not.
const SEPARATION: &str = "《政府信息公开条例》第二十二条（区分处理）";

/// 保守国家秘密法 (2024) 第三十一条: classified information is not handled on systems that are not built
/// for it; what is doubtful is decided outside (第二十四条) and only the ruling's number and date return.
pub(super) fn not_classified(view: &View<'_>) -> Result<(), Sentence> {
    match view.value("classified").as_ref().and_then(Value::code) {
        Some("no") => Ok(()),
        _ => Err(Sentence::new(
            "不能录入本系统",
            "内容涉密、可能涉密或者是否涉密还不明确，本系统只处理非涉密信息",
            "在涉密网络或者线下办理；不明确的，报保密行政管理部门确定后，只登记确定书的文号和日期",
        )
        .cite("《中华人民共和国保守国家秘密法》第三十一条")
        .at("classified")),
    }
}

/// 国办发〔2016〕80号: what is incomplete goes back. The form names each gap at its field.
pub(super) fn document_complete(view: &View<'_>) -> Result<(), Sentence> {
    let gaps = view.facts.get(Fact::DocumentGaps);
    if gaps > 0 {
        let why = format!("还有{gaps}项必填内容没有填写");
        return Err(Sentence::new("不能送审", why, "打开“修改”，补齐带“必填”的各项").at("document"));
    }
    let clause = view.value("clause").is_some_and(|value| !value.is_empty());
    if view.facts.holds(Fact::ClauseAsked) && public(view) && !clause {
        return Err(Sentence::new(
            "不能送审",
            "政策文件没有公开条款",
            "写明执行情况和结果中哪些内容公开、由谁公开、何时公开、多久公开一次",
        )
        .cite("本机关政务公开工作规则")
        .at("clause"));
    }
    if public(view) { super::interpretation::planned(view) } else { Ok(()) }
}

/// 国办发〔2016〕80号 一(一): every document carries its attribute when it is drafted; what is not to be
/// public states why. Without it the document goes back (退文).
pub(super) fn attribute_reasoned(view: &View<'_>) -> Result<(), Sentence> {
    let Some(attribute) = attribute(view) else {
        return Err(Sentence::new("不能送审", "没有确定公开属性", "选择主动公开、删减后公开、依申请公开或者不予公开")
            .cite(ATTRIBUTE_RULE)
            .at("attribute"));
    };
    reduced_as_said(view, "不能送审")?;
    let given = |name: &str| view.value(name).is_some_and(|value| !value.is_empty());
    if attribute == "proactive" || (given("attribute_reason") && given("attribute_article")) {
        return Ok(());
    }
    let field = if given("attribute_article") { "attribute_reason" } else { "attribute_article" };
    Err(Sentence::new("不能送审", "不是主动公开的，没有写明理由和依据", "选择所依据的条款，并写明理由")
        .cite(ATTRIBUTE_RULE)
        .at(field))
}

/// 公开条例第十五条: what the machine sees a person decides, with a reason. “不含个人信息” is not an answer
/// where it sees some.
pub(super) fn privacy_decided(view: &View<'_>) -> Result<(), Sentence> {
    let hits = view.facts.get(Fact::PersonalHits);
    let given = |name: &str| view.act.values.get(name).filter(|value| !value.is_empty());
    let denied = given("privacy").and_then(Value::code) == Some("none");
    if hits == 0 || (!denied && given("review_note").is_some()) {
        return Ok(());
    }
    let (next, field) = if denied {
        ("退文去标识化，或者选择“依法应当公开的个人信息”并写明理由", "privacy")
    } else {
        ("在“审查意见”里逐处写明为什么可以公开", "review_note")
    };
    Err(Sentence::new("不能通过", format!("机器检查发现{hits}处个人信息"), next)
        .cite("《政府信息公开条例》第十五条")
        .at(field))
}

/// 公开条例第二十二条 (区分处理): 删减后公开 says what is removed and why; a text that becomes public as it
/// is has nothing removed.
fn reduced_as_said(view: &View<'_>, not: &str) -> Result<(), Sentence> {
    let (some, attribute) = (view.facts.holds(Fact::Reductions), attribute(view));
    let (why, next) = match attribute.as_deref() {
        Some("reduced") if !some => (
            "公开属性是删减后公开，删减清单却是空的",
            "办理“制作删减件”，逐项写明删去什么、依据哪一条；不用删减的，改为主动公开",
        ),
        Some("proactive") if some => {
            ("公开属性是主动公开，却有删减清单", "改为删减后公开；不用删减的，在“制作删减件”里清空清单")
        }
        _ => return Ok(()),
    };
    Err(Sentence::new(not, why, next).cite(SEPARATION).at("attribute"))
}

/// 公开条例第二十二条: what may not be public is told apart and removed; it must not come back by another
/// way: properties of a file, an earlier revision, a name. The output is opened again by other means than
/// those that made it.
pub(super) fn separated(view: &View<'_>) -> Result<(), Sentence> {
    reduced_as_said(view, "不能发布")?;
    let places = view.facts.get(Fact::Remains);
    if places == 0 {
        return Ok(());
    }
    let why = format!("复查发现，应当删去的内容在公开件的{places}处还能找到");
    let next = "退文，在“制作删减件”里补上漏掉的写法，或者换一份处理干净的附件";
    Err(Sentence::new("不能发布", why, next).cite(SEPARATION))
}

/// A schedule in the past would publish at once, which nobody asked for.
pub(super) fn schedule_ahead(view: &View<'_>) -> Result<(), Sentence> {
    let late = view.act.values.iter().find_map(|(name, value)| match value {
        Value::Moment(at) if *at <= view.act.at => Some(name),
        _ => None,
    });
    match late {
        None => Ok(()),
        Some(name) => Err(Sentence::new("不能定时", "所填的时间已经过去", "填写将来的时间；要立即发布的，办理“发布”")
            .cite("《政府信息公开条例》第二十六条")
            .at(name.as_str())),
    }
}

fn attribute(view: &View<'_>) -> Option<String> {
    view.value("attribute").as_ref().and_then(Value::code).map(str::to_owned)
}

fn public(view: &View<'_>) -> bool {
    matches!(attribute(view).as_deref(), Some("proactive" | "reduced"))
}
