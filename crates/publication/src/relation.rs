//! What one item says of another: amends, repeals, interprets, cites. Shown on both pages.

use serde::{Deserialize, Serialize};

/// What an item says about another. Shown on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 修改.
    Amends,
    /// 废止.
    Repeals,
    /// 解读.
    Interprets,
    /// 转载, 引用: related in another way.
    Cites,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Relation; 4] = [Relation::Amends, Relation::Repeals, Relation::Interprets, Relation::Cites];

    /// Code in the store.
    pub const fn code(self) -> &'static str {
        match self {
            Relation::Amends => "amends",
            Relation::Repeals => "repeals",
            Relation::Interprets => "interprets",
            Relation::Cites => "cites",
        }
    }

    /// Words on the page of the item that says it.
    pub const fn label(self) -> &'static str {
        match self {
            Relation::Amends => "修改的文件",
            Relation::Repeals => "废止的文件",
            Relation::Interprets => "解读的文件",
            Relation::Cites => "相关文件",
        }
    }

    /// Words on the page of the item that it is said of.
    pub const fn inverse(self) -> &'static str {
        match self {
            Relation::Amends => "被下列文件修改",
            Relation::Repeals => "被下列文件废止",
            Relation::Interprets => "文件解读",
            Relation::Cites => "引用本文的文件",
        }
    }

    /// The relation of a code.
    pub fn from_code(code: &str) -> Option<Relation> {
        Relation::ALL.into_iter().find(|one| one.code() == code)
    }
}
