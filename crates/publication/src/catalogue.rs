//! 主动公开事项目录: what a body must make public, on what basis, by whom, when, where (条例第十二条;
//! 基层政务公开标准目录, 国办发〔2019〕54号). An entry names the rule by which public items count as
//! fulfilling it. The files `rulebook/catalogues/*.toml` are what a new catalogue is first filled from.

mod due;
mod table;

use law::{Date, RuleFault};
use serde::{Deserialize, Serialize};

pub use due::{Holds, Standing, State};
pub use table::{COLUMNS, Line, Names, RowFault, Table};

/// 五公开: the stages of government work whose openness a catalogue shows (practice P4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 决策公开.
    Decision,
    /// 执行公开.
    Execution,
    /// 管理公开.
    Management,
    /// 服务公开.
    Service,
    /// 结果公开.
    Result,
}

/// 公开层级.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 市级.
    City,
    /// 县级.
    County,
    /// 乡级、村级.
    Town,
}

/// 公开方式.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// 主动公开.
    #[default]
    Proactive,
    /// 依申请公开.
    OnApplication,
}

/// A word of a closed list, with the code of forms and the word that people read.
pub trait Word: Copy + PartialEq + 'static {
    /// Every one, in order.
    const ALL: &'static [Self];
    /// Code in forms and data.
    fn id(self) -> &'static str;
    /// The word people read.
    fn label(self) -> &'static str;
    /// The one of a code or word.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.iter().copied().find(|one| one.id() == text || one.label() == text || one.label().starts_with(text))
    }
}

macro_rules! words {
    ($name:ident: $($one:ident $id:literal $label:literal),+) => {
        impl Word for $name {
            const ALL: &'static [Self] = &[$($name::$one),+];
            fn id(self) -> &'static str {
                match self { $($name::$one => $id),+ }
            }
            fn label(self) -> &'static str {
                match self { $($name::$one => $label),+ }
            }
        }
    };
}
words!(Mark: Decision "decision" "决策公开", Execution "execution" "执行公开", Management "management" "管理公开", Service "service" "服务公开", Result "result" "结果公开");
words!(Level: City "city" "市级", County "county" "县级", Town "town" "乡级（村级）");
words!(Manner: Proactive "proactive" "主动公开", OnApplication "on_application" "依申请公开");

/// 更新周期: how often something new must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// 实时: whenever such information is formed.
    #[default]
    AsFormed,
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every year.
    Year,
    /// At least once within so many working days.
    Workdays(u32),
}

impl Period {
    /// Code in forms and data: `now`, `month`, `quarter`, `year`, `20`.
    pub fn code(self) -> String {
        match self {
            Period::AsFormed => "now".to_owned(),
            Period::Month => "month".to_owned(),
            Period::Quarter => "quarter".to_owned(),
            Period::Year => "year".to_owned(),
            Period::Workdays(days) => days.to_string(),
        }
    }

    /// The words people read.
    pub fn label(self) -> String {
        match self {
            Period::AsFormed => "实时".to_owned(),
            Period::Month => "每月".to_owned(),
            Period::Quarter => "每季度".to_owned(),
            Period::Year => "每年".to_owned(),
            Period::Workdays(days) => format!("每{days}个工作日"),
        }
    }

    /// The period of a code or of words.
    pub fn read(text: &str) -> Option<Period> {
        let text = text.trim();
        let bare = text.trim_start_matches('每').trim_end_matches("工作日").trim_end_matches('个').trim();
        Some(match text {
            "now" | "实时" | "及时" | "随时" => Period::AsFormed,
            "month" | "每月" | "月" => Period::Month,
            "quarter" | "每季度" | "每季" | "季度" => Period::Quarter,
            "year" | "每年" | "年" | "年度" => Period::Year,
            _ => Period::Workdays(bare.parse().ok().filter(|days| (1..=500).contains(days))?),
        })
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.code()
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Period, String> {
        Period::read(&text).ok_or_else(|| format!("更新周期“{text}”应当是now、month、quarter、year或者工作日数"))
    }
}

/// The rule by which public items count as fulfilling an entry; what is empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counts {
    /// Columns, three at most; empty: everywhere on the site.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Kinds of information.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Code of the topic (主题分类).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// Words that the title carries.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Only what the producing unit itself made.
    #[serde(skip_serializing_if = "crate::kind::is_false")]
    pub own_unit: bool,
}

/// Most columns of one entry.
pub const MOST_COLUMNS: usize = 3;

/// Working days after the end of a period, or after formation, within which information becomes public
/// where an entry says nothing else (条例第二十六条).
const WITHIN: u32 = 20;

fn within() -> u32 {
    WITHIN
}

/// One entry of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 一级事项.
    pub top: String,
    /// 二级事项.
    pub item: String,
    /// 公开内容（要素）.
    pub content: String,
    /// 公开依据.
    pub basis: String,
    /// 公开时限, in words.
    pub time_limit: String,
    /// 公开主体; empty: the body itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// 公开渠道和载体.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// 公开对象; empty: 全社会, else the group.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub audience: String,
    /// 公开方式.
    #[serde(default)]
    pub manner: Manner,
    /// 公开层级.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
    /// 五公开.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// 更新周期.
    #[serde(default)]
    pub period: Period,
    /// Working days after the end of a period within which its information must be public.
    #[serde(default = "within")]
    pub within: u32,
    /// Since when the duty runs; none: since the entry was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Why there is nothing, for an entry that is rightly empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nothing: String,
    /// What fulfils it.
    #[serde(default)]
    pub counts: Counts,
}

impl Default for Entry {
    fn default() -> Entry {
        let text = String::new;
        Entry {
            top: text(),
            item: text(),
            content: text(),
            basis: text(),
            time_limit: text(),
            subject: text(),
            channels: Vec::new(),
            audience: text(),
            manner: Manner::Proactive,
            levels: Vec::new(),
            marks: Vec::new(),
            period: Period::AsFormed,
            within: WITHIN,
            since: None,
            nothing: text(),
            counts: Counts::default(),
        }
    }
}

impl Entry {
    /// The one written form that is stored.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What an entry must have: field and sentence for each that is missing.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let needed = [
            ("top", "一级事项", &self.top),
            ("item", "二级事项", &self.item),
            ("content", "公开内容（要素）", &self.content),
            ("basis", "公开依据", &self.basis),
            ("time_limit", "公开时限", &self.time_limit),
        ];
        let missing = needed.into_iter().filter(|(.., value)| value.trim().is_empty());
        let mut faults: Vec<_> = missing.map(|(id, label, _)| (id, format!("没有填写{label}，请补充。"))).collect();
        if self.counts.columns.len() > MOST_COLUMNS {
            faults.push(("columns", format!("对应的栏目最多{MOST_COLUMNS}个，请删减。")));
        }
        if !(1..=500).contains(&self.within) {
            faults.push(("within", "时限工作日数应当在1到500之间，请改正。".to_owned()));
        }
        faults
    }
}

/// An entry of a file, with the key under which it is filled in once only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Key, unique in the file.
    pub key: String,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What the catalogue of a type of body is first filled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Types of bodies.
    pub bodies: Vec<String>,
    /// Where it comes from, in words.
    pub basis: String,
    /// Channels offered for 公开渠道和载体.
    pub channels: Vec<String>,
    /// The entries, in order.
    #[serde(rename = "entry")]
    pub entries: Vec<Model>,
}

impl Catalogue {
    /// Reads a file of `rulebook/catalogues/`.
    ///
    /// # Errors
    /// Where and why the text is not a catalogue.
    pub fn parse(file: &str, text: &str) -> Result<Catalogue, Box<RuleFault>> {
        let fault = |line, name: &str, error: String| {
            Box::new(RuleFault {
                file: file.to_owned(),
                line,
                name: name.to_owned(),
                rule: "catalogue".to_owned(),
                path: String::new(),
                error,
            })
        };
        let found: Catalogue = toml::from_str(text).map_err(|why| {
            let line = why.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            fault(line, file, format!("读不出公开事项目录：{}。", why.message()))
        })?;
        for (index, one) in found.entries.iter().enumerate() {
            if found.entries[..index].iter().any(|before| before.key == one.key) {
                return Err(fault(None, &one.key, "目录条目重复，请改名。".to_owned()));
            }
            if let Some((_, sentence)) = one.entry.faults().into_iter().next() {
                return Err(fault(None, &one.key, sentence));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_periods_are_read_as_people_write_them() {
        assert_eq!(Mark::read("决策"), Some(Mark::Decision));
        assert_eq!(Level::read("乡级"), Some(Level::Town));
        assert_eq!(Manner::read("依申请"), Some(Manner::OnApplication));
        assert_eq!(Mark::read("别的"), None);
        for (typed, period) in [
            ("每季", Some(Period::Quarter)),
            ("每10个工作日", Some(Period::Workdays(10))),
            ("30工作日", Some(Period::Workdays(30))),
            ("及时", Some(Period::AsFormed)),
            ("有时", None),
            ("0个工作日", None),
        ] {
            assert_eq!(Period::read(typed), period, "{typed}");
        }
        assert_eq!(Period::read(&Period::Workdays(15).label()), Some(Period::Workdays(15)));
    }

    #[test]
    fn an_entry_comes_back_from_its_written_form() {
        let entry = Entry {
            top: "财政预决算".into(),
            period: Period::Year,
            since: Some(law::Date::constant(2019, 5, 15)),
            marks: vec![Mark::Result],
            ..Entry::default()
        };
        assert_eq!(serde_json::from_str::<Entry>(&entry.canonical()).ok(), Some(entry.clone()));
        assert_eq!(
            entry.faults().iter().map(|(field, _)| *field).collect::<Vec<_>>(),
            ["item", "content", "basis", "time_limit"]
        );
    }
}
