//! Guards of applications for information.

use super::View;
use crate::facts::Fact;
use crate::refusal::Sentence;

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
