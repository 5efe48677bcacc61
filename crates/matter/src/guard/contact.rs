//! Guards of everything that a person brings in.

use super::View;
use crate::refusal::Sentence;

/// 政府信息公开条例第二十九条第二款第一项: whoever applies gives a name and a way to be reached; so does
/// whoever writes. Any one way is enough; nobody is refused for the lack of a particular one
/// (practice F1). Which elements are such ways stands in the procedure, and the article beside the first of them.
pub(super) fn reachable(view: &View<'_>) -> Result<(), Sentence> {
    let ways = || view.procedure.elements.iter().filter(|element| element.contact);
    if ways().any(|way| view.value(&way.id).is_some_and(|value| !value.is_empty())) {
        return Ok(());
    }
    let labels: Vec<&str> = ways().map(|way| way.label.as_str()).collect();
    let first = ways().next();
    Err(Sentence::new(
        "请留下一种联系方式",
        format!("{}至少填写一项，否则无法把答复送到您手里", labels.join("、")),
        "任填一项即可继续",
    )
    .cite(first.and_then(|way| way.cite.as_deref()).unwrap_or_default())
    .at(first.map_or("", |way| &way.id)))
}
