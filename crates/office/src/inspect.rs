//! 自查 (国办发〔2016〕80号 一(一); practice P9): what should be public and is not, what was withheld and may
//! be released, what people keep applying for, numbers of a 文号 series that nobody can explain, notices of
//! higher bodies that were not reprinted, entries of the catalogue and columns that are empty or stale, and
//! what a change of law asks for. Reads only; each finding names the unit that produces the information and
//! the place where it is mended. Kept with its date by `keep.rs`.

mod rules;

pub(crate) mod keep;
pub(crate) mod law_changes;
pub(crate) mod look;
pub(crate) mod often;

use law::Moment;
use serde::{Deserialize, Serialize};

use crate::fail::Fail;
use crate::office::Office;
use look::Look;

pub use keep::{Kept, Row};
pub use rules::{Replaced, Rules};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Signed and not published within its limit (条例第二十六条).
    Unpublished,
    /// Withheld half a year ago or earlier: may it be released now (条例第十八条)?
    WithheldLong,
    /// Withheld on a ground that the law has changed since.
    WithheldChanged,
    /// Like information applied for three times or more and not public (条例第四十四条).
    AppliedOften,
    /// A number of a 文号 series that is neither public nor withheld with a reason.
    Unexplained,
    /// A notice of a higher body that was not reprinted in time.
    NotReprinted,
    /// An entry of the catalogue under which nothing is public.
    EntryEmpty,
    /// An entry whose last period is not public in time.
    EntryLate,
    /// An entry without anything new for more than a period.
    EntryStale,
    /// A column without any item.
    Empty,
    /// A column in which nothing appeared for longer than its rule allows.
    Stale,
    /// A public text cites a law that was replaced.
    CitesReplaced,
    /// A limit of the rulebook has, or will have, another value.
    LimitChanged,
}

impl Sort {
    /// Every sort, in the order of a report.
    pub const ALL: [Sort; 13] = [
        Sort::Unpublished,
        Sort::WithheldLong,
        Sort::WithheldChanged,
        Sort::AppliedOften,
        Sort::Unexplained,
        Sort::NotReprinted,
        Sort::EntryEmpty,
        Sort::EntryLate,
        Sort::EntryStale,
        Sort::Empty,
        Sort::Stale,
        Sort::CitesReplaced,
        Sort::LimitChanged,
    ];

    /// The words officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Sort::Unpublished => "应公开未公开",
            Sort::WithheldLong => "不公开满半年，需要重新审查",
            Sort::WithheldChanged => "不公开的依据已有变化",
            Sort::AppliedOften => "多次被申请，考虑主动公开",
            Sort::Unexplained => "文号没有去向",
            Sort::NotReprinted => "上级文件没有按时转载",
            Sort::EntryEmpty => "目录条目空白",
            Sort::EntryLate => "目录条目逾期",
            Sort::EntryStale => "目录条目长期未更新",
            Sort::Empty => "栏目没有内容",
            Sort::Stale => "栏目长期不更新",
            Sort::CitesReplaced => "引用的法律已被替代或者修订",
            Sort::LimitChanged => "期限规定有变化",
        }
    }

    /// What is to be done, in one sentence.
    pub const fn remedy(self) -> &'static str {
        match self {
            Sort::Unpublished => "办理发布；不能公开的，按程序改变公开属性并写明理由。",
            Sort::WithheldLong | Sort::WithheldChanged => "逐件重新审查，可以公开的转为主动公开（条例第十八条）。",
            Sort::AppliedOften => "信息可以公开的，纳入主动公开范围（条例第四十四条）。",
            Sort::Unexplained => "查明去向：补充公开，或者登记不公开的依据和理由。",
            Sort::NotReprinted => "转载并写明来源；不涉及本机关的，写明理由。",
            Sort::EntryEmpty | Sort::EntryLate | Sort::EntryStale => {
                "由产生信息的单位公开；确实没有的，在条目里写明原因。"
            }
            Sort::Empty | Sort::Stale => "补充内容；没有内容可以发布的栏目，归并或者停用。",
            Sort::CitesReplaced => "核对文件是否继续有效，需要的修改、废止，并标注有效性。",
            Sort::LimitChanged => "核对公开指南、办事指南和制度里写明的期限。",
        }
    }
}

/// Where a finding is mended.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Target {
    /// Nowhere in particular.
    #[default]
    Nothing,
    /// A matter.
    Matter(i64),
    /// An entry of the catalogue.
    Entry(i64),
    /// A duty to reprint.
    Reprint(i64),
    /// A column.
    Column(String),
    /// A public item without a matter.
    Item(String),
    /// A 文号.
    Number(String),
    /// The guide and the rules that name limits.
    Limits,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub sort: Sort,
    /// On what: 受理编号, 文号, column, entry.
    pub on: String,
    /// The unit that produces it; empty where none is known.
    pub unit: String,
    /// What is wrong and since when.
    pub text: String,
    /// Where it is mended.
    #[serde(default)]
    pub target: Target,
}

/// One series of 文号 and where its numbers went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// 机关代字 and year, such as 晴政办规〔2026〕.
    pub name: String,
    /// The highest number known.
    pub highest: u32,
    /// Numbers that are or were public.
    pub public: u32,
    /// Numbers withheld with a reason.
    pub withheld: u32,
    /// Numbers on their way to the public.
    pub under_way: u32,
    /// Numbers that nobody can explain.
    pub unexplained: Vec<u32>,
}

/// What an inspection found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Documents looked at.
    pub documents: u64,
    /// Columns looked at.
    pub columns: u64,
    /// Entries of the catalogue looked at.
    pub entries: u64,
    /// Duties to reprint looked at.
    pub reprints: u64,
    /// Series of 文号.
    pub series: Vec<Series>,
    /// Findings, by sort.
    pub findings: Vec<Finding>,
}

impl Office {
    /// Inspects what a body publishes, as of now. Changes of law count since the last inspection that was
    /// kept.
    ///
    /// # Errors
    /// Our failure.
    pub fn inspect(&self, body: i64) -> Result<Inspection, Fail> {
        let (house, now) = (self.house().clone(), self.now());
        let found = self.store.read_blocking(move |q| {
            let since = keep::last(q, body)?.unwrap_or_else(|| now.plus_days(-house.rules.inspection.withheld_days));
            let mut look = Look::new(&house, body, now, q)?;
            look.documents(q)?;
            look.series(q)?;
            look.columns(q)?;
            look.duties(q)?;
            often::look(&mut look, q)?;
            law_changes::look(&mut look, q, since)?;
            look.found.findings.sort();
            Ok(look.found)
        })?;
        Ok(found)
    }

    /// When the limits of the rulebook are compared from, for pages that tell of it.
    pub fn inspection_days(&self) -> &[String] {
        &self.rules().inspection.days
    }
}

/// A moment on so many days before another.
pub(crate) fn before(now: Moment, days: i64) -> Moment {
    now.plus_days(-days)
}
