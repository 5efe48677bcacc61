//! The procedure file: a Rust type whose serde form is the TOML of `rulebook/procedures/`.
//!
//! The vocabulary is closed: no expression, no inheritance, no default that hides a decision of
//! law. What these words cannot say is a named [`crate::Guard`] or [`crate::Effect`] in code, citing its article.
//!
//! Some element names are the kernel's own ([`RESERVED`]): they are fields of every matter and a
//! step lists them in `needs` or `takes` without declaring them.

use law::{Date, RuleFault};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use crate::clock_rule::{ClockRule, LimitBy, PauseRule, Trigger, TriggerWithin, Window};
use crate::element::Element;
pub use crate::outcome::{Child, DecisionRule, Paper, Remedy};
pub use crate::step::{ApproveBy, Step, Told};

/// Element names that are fields of the matter itself: `category` and `channel` (codes of the
/// procedure), `unit` and `handler` (ids), `public` (the party's choice, a flag), `decision` (a code).
pub const RESERVED: [&str; 6] = ["category", "channel", "unit", "handler", "public", "decision"];

/// What forms call the time of the act itself, where it may be given ([`Procedure::dated_by`]).
pub const AT: &str = "at";

/// What an actor is. A step names the roles that may perform it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 当事人: the person or organisation whose matter it is.
    Party,
    /// 登记分办人员: registers and assigns.
    Clerk,
    /// 承办人: works on the matter.
    Handler,
    /// 承办单位负责人.
    UnitHead,
    /// 政府信息公开工作机构经办人.
    FoiClerk,
    /// 政府信息公开工作机构负责人 (公开条例第三十三条).
    FoiHead,
    /// 审查人员: checks a document for secrets, personal data, wording, timing before it becomes public
    /// (保守国家秘密法 (2024) 第三十五条, 公开条例第十七条).
    Reviewer,
    /// 机关负责人.
    Leader,
    /// 督查人员.
    Supervisor,
    /// 系统管理员: people and settings, never a step of a matter.
    Administrator,
    /// 审计员: reads records.
    Auditor,
    /// Replays what happened elsewhere; its permit stands for every role.
    Importer,
    /// The clock, and the other matter of a pair.
    System,
}

impl Role {
    /// The word officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Role::Party => "当事人",
            Role::Clerk => "登记分办人员",
            Role::Handler => "承办人",
            Role::UnitHead => "承办单位负责人",
            Role::FoiClerk => "信息公开经办人",
            Role::FoiHead => "信息公开工作机构负责人",
            Role::Reviewer => "公开审查人员",
            Role::Leader => "机关负责人",
            Role::Supervisor => "督查人员",
            Role::Administrator => "系统管理员",
            Role::Auditor => "审计员",
            Role::Importer => "数据导入",
            Role::System => "系统",
        }
    }
}

/// One procedure in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Stable id, the same for every version.
    pub id: String,
    /// Version, such as `2019-1`.
    pub version: String,
    /// First day, of the fact named by `bind`, on which this version applies.
    pub valid_from: Date,
    /// Last such day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The body whose local rule this is; absent for the built-in rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Name that people read.
    pub label: String,
    /// Legal basis, in words.
    pub basis: String,
    /// The date element whose day binds the version; absent: the day of the opening act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bind: Option<String>,
    /// Key of the hand-made filing page on the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_form: Option<String>,
    /// Key of the hand-made registration page on the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_form: Option<String>,
    /// Key of the hand-made desk pages in which its opening and its text are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_page: Option<String>,
    /// Prefix of the 受理编号; absent for child procedures that carry no number of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// The text element whose first words, masked, head the matter in lists and on its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Kinds of matters.
    #[serde(default, rename = "category", skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// Ways by which matters arrive.
    #[serde(default, rename = "channel", skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// States.
    #[serde(rename = "state")]
    pub states: Vec<State>,
    /// What is asked and recorded.
    #[serde(default, rename = "element", skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Element>,
    /// Time limits that run in a matter.
    #[serde(default, rename = "clock", skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockRule>,
    /// What can be done.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// Official letters.
    #[serde(default, rename = "paper", skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// Outcomes among which deciding steps choose.
    #[serde(default, rename = "decision", skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<DecisionRule>,
    /// Small procedures that run beside this one.
    #[serde(default, rename = "child", skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Child>,
}

/// A kind of matter (a message has a category; `kind` is a content type elsewhere).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Code.
    pub id: String,
    /// Word that people read.
    pub label: String,
    /// Limit of the clock that is `limit_by = "category"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Whether the reply may become public.
    #[serde(default)]
    pub public: Publicity,
    /// Comes only with imported records; nobody can choose it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub import_only: bool,
    /// What belongs here, for the person who chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// A page of the portal that opens the form with this category chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<String>,
}

/// Whether a matter's reply may become public (practice X6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publicity {
    /// By the party's choice and after approval.
    #[default]
    Ask,
    /// Never.
    Never,
}

/// A way by which matters arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Code.
    pub id: String,
    /// Word that people read.
    pub label: String,
    /// Registered by an officer, not offered on the portal.
    #[serde(default, skip_serializing_if = "is_false")]
    pub officer_only: bool,
    /// Article that fixes the day of receipt by this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
}

/// A state. A matter has exactly one; what runs beside it is a child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Id.
    pub id: String,
    /// Word on the desk.
    pub label: String,
    /// Who has the next move.
    pub phase: Phase,
    /// Word that the citizen reads.
    pub party: String,
}

/// Who has the next move in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The body.
    Open,
    /// Somebody outside: the party, a third party, another body.
    Waiting,
    /// Nobody: the matter is closed.
    Closed,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Procedure {
    /// Reads a procedure file. Names are not checked here: see [`crate::check`].
    ///
    /// # Errors
    /// Where and why the text is not a procedure.
    #[expect(clippy::result_large_err, reason = "files are parsed once, and a fault is shown as it is")]
    pub fn parse(file: &str, text: &str) -> Result<Procedure, RuleFault> {
        toml::from_str(text).map_err(|why| crate::check::unreadable(file, text, &why))
    }

    /// SHA-256 (hex) of the parsed form, so that comments and layout do not count.
    pub fn hash(&self) -> String {
        let form = serde_json::to_vec(self).unwrap_or_default();
        crate::chain::hex(&Sha256::digest(form))
    }
}
