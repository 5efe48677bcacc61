//! Guards of applications for information.

use super::View;
use crate::element::Kind;
use crate::facts::Fact;
use crate::refusal::Sentence;

/// 条例第二十九条第二款第一项: the application carries the applicant's name and a way to reach them.
/// Any one way is enough; an applicant is never refused for the lack of a particular one (F1).
pub(super) fn reachable(view: &View<'_>) -> Result<(), Sentence> {
    let ways = view
        .procedure
        .elements
        .iter()
        .filter(|element| matches!(element.kind, Kind::Phone | Kind::Email | Kind::Address));
    let mut field = None;
    for element in ways {
        if view.value(&element.id).is_some_and(|value| !value.is_empty()) {
            return Ok(());
        }
        field.get_or_insert(element.id.as_str());
    }
    Err(Sentence::new(
        "请留下一种联系方式",
        "电话、电子邮箱、通信地址至少填写一项，否则无法把答复送达给您",
        "任填一项即可继续",
    )
    .cite("《政府信息公开条例》第二十九条第二款第（一）项")
    .at(field.unwrap_or_default()))
}

/// 条例第三十六条第六项: a repeated application is one that was answered before.
pub(super) fn earlier_answered(view: &View<'_>) -> Result<(), Sentence> {
    if view.facts.get(Fact::EarlierAnswered) > 0 {
        return Ok(());
    }
    Err(Sentence::new(
        "不能按“重复申请”处理",
        "没有查到该申请人就相同内容申请并已获答复的记录",
        "请先核对以往申请；确无答复记录的，应当另作决定",
    )
    .cite("《政府信息公开条例》第三十六条第（六）项")
    .at("decision"))
}
