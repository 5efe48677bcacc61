//! 公开属性: every official text carries one before it may leave the desk.

use serde::{Deserialize, Serialize};

/// The disclosure attribute of a text (国办发〔2016〕80号; the body's rules may add 删减后公开).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// 主动公开.
    Proactive,
    /// 删减后公开: a reduced copy becomes public, the original stays sealed.
    Reduced,
    /// 依申请公开.
    OnApplication,
    /// 不予公开.
    Withheld,
}

impl Attribute {
    /// Whether an edition may be made of a text with this attribute.
    pub const fn is_public(self) -> bool {
        matches!(self, Attribute::Proactive | Attribute::Reduced)
    }

    /// The attribute of a code in rulebook and store.
    pub fn from_code(code: &str) -> Option<Attribute> {
        match code {
            "proactive" => Some(Attribute::Proactive),
            "reduced" => Some(Attribute::Reduced),
            "on_application" => Some(Attribute::OnApplication),
            "withheld" => Some(Attribute::Withheld),
            _ => None,
        }
    }

    /// The name in official use.
    pub const fn label(self) -> &'static str {
        match self {
            Attribute::Proactive => "主动公开",
            Attribute::Reduced => "删减后公开",
            Attribute::OnApplication => "依申请公开",
            Attribute::Withheld => "不予公开",
        }
    }
}
