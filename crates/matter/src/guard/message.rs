//! Guards of messages.

use super::View;
use crate::procedure::Publicity;
use crate::refusal::Sentence;

/// 个人信息保护法第十三条, 第二十五条; practice X6: a reply becomes public only by the party's choice,
/// and never in a category that may not be published.
pub(super) fn may_be_published(view: &View<'_>) -> Result<(), Sentence> {
    let category = view.value("category");
    let category = category.as_ref().and_then(|value| value.code());
    let rule = category.and_then(|code| view.procedure.category(code));
    if let Some(rule) = rule.filter(|rule| rule.public == Publicity::Never) {
        let why = format!("“{}”类事项一律不公开", rule.label);
        return Err(Sentence::new("该事项的答复不得公开", why, "答复只告知当事人本人")
            .cite("《中华人民共和国个人信息保护法》第二十五条"));
    }
    if view.value("public").and_then(|value| value.flag()) == Some(true) {
        return Ok(());
    }
    Err(Sentence::new("该事项的答复不得公开", "当事人没有同意公开", "确需公开的，先取得当事人同意并作记录")
        .cite("《中华人民共和国个人信息保护法》第二十五条"))
}

/// 国办发〔2019〕51号: a bad rating is looked into, so it carries its reason; a good one needs nothing.
pub(super) fn reason_if_unsatisfied(view: &View<'_>) -> Result<(), Sentence> {
    let given = |name: &str| view.act.values.get(name).filter(|value| !value.is_empty());
    let bad = given("rating").and_then(|value| value.code()).is_some_and(|code| code.ends_with("dissatisfied"));
    if !bad || given("rating_reason").is_some() || given("rating_text").is_some() {
        return Ok(());
    }
    Err(Sentence::new("请说明不满意的原因", "评价为不满意的，要核实情况并整改", "选择一项原因，或者写几句话")
        .cite("《国务院办公厅关于建立政务服务“好差评”制度提高政务服务水平的意见》（国办发〔2019〕51号）")
        .at("rating_reason"))
}
