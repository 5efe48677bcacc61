//! Named guards: conditions of law that the procedure's vocabulary cannot say.

mod contact;
mod disclosure;
mod foi;
mod interpretation;
mod message;

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::element::Value;
use crate::facts::{Fact, Facts};
use crate::matter::Matter;
use crate::procedure::Procedure;
use crate::refusal::Sentence;

/// A condition that a step or a decision names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// The person can be reached: one of the elements marked `contact` is given
    /// (政府信息公开条例第二十九条第二款第一项; practice F1).
    Reachable,
    /// The same applicant was answered on the same content before
    /// (政府信息公开条例第三十六条第六项).
    EarlierAnswered,
    /// The party chose publication and the category allows it (practice X6).
    MayBePublished,
    /// Who is not satisfied says why, so that it can be put right
    /// (国办发〔2019〕51号: 差评要说明原因).
    ReasonIfUnsatisfied,
    /// The drafter answered that the text is not classified and cannot become so
    /// (保守国家秘密法 (2024) 第三十一条; practice P1).
    NotClassified,
    /// The document has every field that its kind asks for (国办发〔2016〕80号: 退文).
    DocumentComplete,
    /// The disclosure attribute is set; one other than 主动公开 has its reason and article
    /// (国办发〔2016〕80号 一(一)).
    AttributeReasoned,
    /// What is to be published by itself lies ahead (公开条例第二十六条: 及时公开).
    ScheduleAhead,
    /// Personal data that the machine sees was decided on by a person, with a reason
    /// (公开条例第十五条; 个人信息保护法第二十五条).
    PrivacyDecided,
    /// A policy is not published without its interpretation, unless it was agreed that it has none
    /// (国办发〔2016〕80号“二、强化政策解读”; practice P3).
    Interpreted,
    /// What was removed from a document (区分处理) stands nowhere in what becomes public
    /// (公开条例第二十二条).
    Separated,
}

/// What a guard sees.
pub struct View<'a> {
    /// The procedure.
    pub procedure: &'a Procedure,
    /// The matter; none while it is being opened.
    pub matter: Option<&'a Matter>,
    /// The act.
    pub act: &'a Act,
    /// Facts from outside.
    pub facts: &'a Facts,
}

impl View<'_> {
    /// The value that the act gives, else the matter's.
    pub fn value(&self, element: &str) -> Option<Value> {
        let given = self.act.values.get(element).cloned();
        given.or_else(|| self.matter.and_then(|matter| matter.value(element)))
    }
}

impl Guard {
    /// Facts that it needs.
    pub const fn facts(self) -> &'static [Fact] {
        match self {
            Guard::EarlierAnswered => &[Fact::EarlierAnswered],
            Guard::DocumentComplete => {
                &[Fact::DocumentGaps, Fact::ClauseAsked, Fact::InterpretationAsked, Fact::Companions]
            }
            Guard::Interpreted => &[Fact::InterpretationAsked, Fact::Companions],
            Guard::PrivacyDecided => &[Fact::PersonalHits],
            Guard::AttributeReasoned => &[Fact::Reductions],
            Guard::Separated => &[Fact::Reductions, Fact::Remains],
            _ => &[],
        }
    }

    /// Whether it looks at what the act gives, so that it cannot be asked before the form is filled.
    pub(crate) const fn reads_values(self) -> bool {
        matches!(
            self,
            Guard::Reachable
                | Guard::ReasonIfUnsatisfied
                | Guard::NotClassified
                | Guard::ScheduleAhead
                | Guard::PrivacyDecided
        )
    }

    pub(crate) fn check(self, view: &View<'_>) -> Result<(), Sentence> {
        match self {
            Guard::Reachable => contact::reachable(view),
            Guard::EarlierAnswered => foi::earlier_answered(view),
            Guard::MayBePublished => message::may_be_published(view),
            Guard::ReasonIfUnsatisfied => message::reason_if_unsatisfied(view),
            Guard::NotClassified => disclosure::not_classified(view),
            Guard::DocumentComplete => disclosure::document_complete(view),
            Guard::AttributeReasoned => disclosure::attribute_reasoned(view),
            Guard::ScheduleAhead => disclosure::schedule_ahead(view),
            Guard::PrivacyDecided => disclosure::privacy_decided(view),
            Guard::Interpreted => interpretation::interpreted(view),
            Guard::Separated => disclosure::separated(view),
        }
    }
}
