//! Which column means what, and how a row becomes a message.

use std::collections::{BTreeMap, BTreeSet};

use law::Moment;
use serde::Deserialize;

use super::row::Row;
use super::time::{self, Clock, When};
use super::{Record, Reply, RowFault};
use crate::refusal::{Cause, Refusal};

/// The categories a message may have.
pub const CATEGORIES: [&str; 6] = ["consult", "complaint", "suggestion", "help", "report", "unsorted"];

const BUILT_IN: [&str; 2] = [include_str!("teddy.toml"), include_str!("fuzhou.toml")];

/// What older systems call the categories.
const KINDS: [(&str, &str); 13] = [
    ("咨询", "consult"),
    ("投诉", "complaint"),
    ("建议", "suggestion"),
    ("意见", "suggestion"),
    ("意见建议", "suggestion"),
    ("求助", "help"),
    ("求决", "help"),
    ("举报", "report"),
    ("检举", "report"),
    ("未分类", "unsorted"),
    ("其他", "unsorted"),
    ("其它", "unsorted"),
    ("投诉举报", "complaint"),
];

/// What older systems call the ways in.
const CHANNELS: [(&str, &str); 11] = [
    ("网站", "web"),
    ("网络", "web"),
    ("电话", "phone"),
    ("热线", "phone"),
    ("app", "app"),
    ("客户端", "app"),
    ("微信", "wechat"),
    ("微博", "weibo"),
    ("短信", "sms"),
    ("邮件", "mail"),
    ("qq", "qq"),
];

/// Characters of a title made from the text.
const TITLE_LENGTH: usize = 30;

/// A map of columns, see the module's example.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Name of the format.
    #[serde(default)]
    pub format: String,
    /// Columns by which the format is recognised.
    #[serde(default)]
    signature: Vec<String>,
    columns: Columns,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
    #[serde(default)]
    defaults: Defaults,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    id: String,
    text: String,
    title: Option<String>,
    kind: Option<String>,
    user: Option<String>,
    time: Option<String>,
    date: Option<String>,
    reply: Option<String>,
    reply_time: Option<String>,
    reply_date: Option<String>,
    reply_days: Option<String>,
    channel: Option<String>,
    transfers: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Defaults {
    kind: String,
    time: String,
    reply_time: String,
    offset: String,
}

impl Default for Defaults {
    fn default() -> Self {
        let [kind, time, reply_time, offset] = ["unsorted", "09:00", "17:00", "+08:00"].map(str::to_owned);
        Self { kind, time, reply_time, offset }
    }
}

impl Map {
    /// Reads the text of a map file; `name`, if given, replaces its format.
    pub fn parse(text: &str, name: Option<&str>) -> Result<Self, Refusal> {
        let wrong =
            |why: String| Refusal::new(Cause::Format, format!("列对应文件有误：{why}。请对照文档中的样例修改后重试。"));
        let text = text.trim_start_matches('\u{feff}');
        let mut map: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            wrong(format!("第{line}行，{}", error.message()))
        })?;
        if let Some(name) = name {
            map.format = name.to_owned();
        }
        if map.format.trim().is_empty() {
            return Err(wrong("缺少format（来源的名称）".to_owned()));
        }
        let columns = &map.columns;
        if columns.time.is_some() == columns.date.is_some() {
            return Err(wrong("columns中time与date须有且只有一个".to_owned()));
        }
        let replies = [&columns.reply_time, &columns.reply_date, &columns.reply_days];
        let given = replies.iter().filter(|column| column.is_some()).count();
        if given > 1 || columns.reply.is_some() != (given == 1) {
            let why = "有reply时，reply_time、reply_date、reply_days须有且只有一个；没有reply时都不写";
            return Err(wrong(why.to_owned()));
        }
        let used = map.kinds.values().chain([&map.defaults.kind]);
        if let Some(code) = used.into_iter().find(|code| !CATEGORIES.contains(&code.as_str())) {
            return Err(wrong(format!("类别代码“{code}”不存在，可用{}", CATEGORIES.join("、"))));
        }
        Clock::parse(&map.defaults.time, &map.defaults.offset)
            .and(Clock::parse(&map.defaults.reply_time, &map.defaults.offset))
            .ok_or_else(|| wrong("defaults中的时间应写成09:00，offset应写成+08:00".to_owned()))?;
        Ok(map)
    }

    /// The built-in format of this name.
    pub fn built_in(name: &str) -> Result<Self, Refusal> {
        let maps = Self::all_built_in()?;
        let names: Vec<String> = maps.iter().map(|map| map.format.clone()).collect();
        maps.into_iter().find(|map| map.format == name).ok_or_else(|| {
            let names = names.join("、");
            let sentence = format!("没有名为“{name}”的格式，现有{names}；其他来源请用列对应文件（--map）说明。");
            Refusal::new(Cause::Format, sentence)
        })
    }

    /// The built-in format that these columns belong to.
    pub(super) fn recognise(columns: &BTreeSet<&str>) -> Result<Self, Refusal> {
        let has = |column: &String| columns.contains(column.as_str());
        let fits = |map: &Self| map.signature.iter().all(has);
        let known = |map: &Self| map.columns.all().filter(|column| has(column)).count();
        Self::all_built_in()?.into_iter().filter(fits).max_by_key(known).ok_or_else(|| {
            let found = columns.iter().take(20).copied().collect::<Vec<_>>().join("、");
            let sentence = format!(
                "不能识别导入文件的格式，其中的列为：{found}。请用--format指明格式，或用列对应文件（--map）说明各列含义。"
            );
            Refusal::new(Cause::Format, sentence)
        })
    }

    fn all_built_in() -> Result<Vec<Self>, Refusal> {
        BUILT_IN.iter().map(|text| Self::parse(text, None)).collect()
    }

    /// Makes a message of a row.
    pub(super) fn read(&self, row: &Row) -> Result<Record, RowFault> {
        let columns = &self.columns;
        let outside_id = row
            .value(&columns.id)?
            .ok_or_else(|| RowFault::new(row.line, &columns.id, "缺少编号，无法与来源对应。"))?;
        let text = row
            .text(&columns.text)?
            .ok_or_else(|| RowFault::new(row.line, &columns.text, "内容为空。请补全内容，或删去此行。"))?;
        let title = row.optional_text(columns.title.as_deref())?.unwrap_or_else(|| heading(&text));
        let filed = self.filed(row)?;
        let transfers = row.optional(columns.transfers.as_deref())?;
        Ok(Record {
            line: row.line,
            format: self.format.clone(),
            outside_id,
            category: self.category(row)?,
            title: title.replace('\n', " "),
            user: row.optional(columns.user.as_deref())?,
            channel: row.optional(columns.channel.as_deref())?.map(|channel| code_of(&channel)),
            transfers: transfers.and_then(|number| time::whole(&number)?.try_into().ok()),
            reply: self.reply(row, filed)?,
            text,
            filed: filed.at,
        })
    }

    fn category(&self, row: &Row) -> Result<String, RowFault> {
        let kind = row.optional(self.columns.kind.as_deref())?;
        let code = kind.and_then(|kind| {
            let own = self.kinds.get(&kind).map(String::as_str);
            let usual = || KINDS.iter().find(|(word, _)| *word == kind).map(|(_, code)| *code);
            let already = || CATEGORIES.into_iter().find(|code| *code == kind);
            own.or_else(usual).or_else(already).map(str::to_owned)
        });
        Ok(code.unwrap_or_else(|| self.defaults.kind.clone()))
    }

    fn clock(&self, time: &str) -> Clock {
        // Checked when the map was read.
        Clock::parse(time, &self.defaults.offset).unwrap_or_default()
    }

    fn filed(&self, row: &Row) -> Result<When, RowFault> {
        let columns = &self.columns;
        let (column, only_day) = match (&columns.time, &columns.date) {
            (Some(column), _) => (column, false),
            (None, Some(column)) => (column, true),
            (None, None) => return Err(RowFault::of_row(row.line, "列对应文件没有说明提交时间。")),
        };
        let written = row.value(column)?.ok_or_else(|| RowFault::new(row.line, column, "缺少提交时间。"))?;
        self.clock(&self.defaults.time).read(&written, only_day).map_err(|error| RowFault::new(row.line, column, error))
    }

    fn reply(&self, row: &Row, filed: When) -> Result<Option<Reply>, RowFault> {
        let columns = &self.columns;
        let Some(text) = row.optional_text(columns.reply.as_deref())? else {
            return Ok(None);
        };
        let clock = self.clock(&self.defaults.reply_time);
        let given = [(&columns.reply_time, false), (&columns.reply_date, true), (&columns.reply_days, true)];
        let found = given.into_iter().find_map(|(column, day)| Some((column.as_deref()?, day)));
        let Some((column, only_day)) = found else {
            return Ok(None);
        };
        let fault = |error: &str| RowFault::new(row.line, column, error);
        let written = row.value(column)?.ok_or_else(|| fault("有答复而没有答复时间。请补上时间，或删去答复。"))?;
        let when = if columns.reply_days.is_some() {
            let days = time::whole(&written).ok_or_else(|| fault("答复天数不是数字。"))?;
            clock.after(filed, days).ok_or_else(|| fault("答复天数超出合理范围。"))?
        } else {
            clock.read(&written, only_day).map_err(|error| fault(&error))?
        };
        // Of a reply on the day of filing only the day may be known.
        let same_day = when.day_only && when.at.date() == filed.at.date();
        let at: Moment = if same_day { when.at.max(filed.at) } else { when.at };
        if at < filed.at {
            return Err(fault("答复时间早于提交时间。请核对两个时间。"));
        }
        Ok(Some(Reply { text, at }))
    }
}

impl Columns {
    fn all(&self) -> impl Iterator<Item = &String> {
        let optional = [
            &self.title,
            &self.kind,
            &self.user,
            &self.time,
            &self.date,
            &self.reply,
            &self.reply_time,
            &self.reply_date,
            &self.reply_days,
            &self.channel,
            &self.transfers,
        ];
        [&self.id, &self.text].into_iter().chain(optional.into_iter().flatten())
    }
}

/// The first clause of a text, as its title.
fn heading(text: &str) -> String {
    let ends = |c: char| matches!(c, '。' | '！' | '？' | '；' | '\n' | '!' | '?');
    let clauses = text.split(ends).map(str::trim);
    let clause = clauses.into_iter().find(|clause| !clause.is_empty()).unwrap_or(text);
    clause.chars().take(TITLE_LENGTH).collect()
}

fn code_of(channel: &str) -> String {
    let channel = text::normal::folded(channel);
    let known = CHANNELS.iter().find(|(word, _)| channel.contains(word));
    known.map_or("other", |(_, code)| code).to_owned()
}
