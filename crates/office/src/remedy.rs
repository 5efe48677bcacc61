//! 救济途径: the sentence at the foot of a decision that says what may be done against it.
//!
//! Computed from the decision's kind, the day and the body's settings: a wrong sentence lengthens
//! the window to sue to a year (practice F4).

use law::{Date, Law};
use matter::Remedy;

/// The bodies to which an applicant may turn; from the body's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instances {
    /// The reconsideration body (行政复议法第二十四条).
    pub reconsideration: String,
    /// The court.
    pub court: String,
}

/// From this day reconsideration comes first where information is withheld
/// (行政复议法 2023 年修订，第二十三条第一款第四项).
const RECONSIDERATION_FIRST_FROM: Date = Date::constant(2024, 1, 1);

/// The sentence, or none where nothing may be done. `withheld` tells whether something is withheld
/// under articles 14 to 16; it matters for partial disclosure only.
pub fn sentence(law: &Law, remedy: Remedy, withheld: bool, on: Date, to: &Instances) -> Option<String> {
    let first = match remedy {
        Remedy::Nothing => return None,
        Remedy::Either => false,
        Remedy::ReconsiderationFirst => true,
        Remedy::ByWithheldPart => withheld,
    };
    let window =
        |id: &str, usual: &str| law.limit(&[], id, on).map_or_else(|_| usual.to_owned(), |limit| limit.amount_text());
    let apply = window("reconsideration.apply", "60日");
    let sue = window("litigation.apply", "6个月");
    let Instances { reconsideration, court } = to;
    Some(if first && on >= RECONSIDERATION_FIRST_FROM {
        format!(
            "如对本决定不服，应当先申请行政复议：可以自收到本告知书之日起{apply}内，向{reconsideration}申请行政复议；\
             对行政复议决定不服的，可以自收到行政复议决定书之日起15日内向{court}提起行政诉讼\
             （《中华人民共和国行政复议法》第二十三条第一款第四项）。"
        )
    } else {
        format!(
            "如对本答复不服，可以自收到本告知书之日起{apply}内向{reconsideration}申请行政复议，\
             或者自收到本告知书之日起{sue}内向{court}提起行政诉讼。"
        )
    })
}
