//! Citizens' messages of older systems: one message a row, in JSON Lines or CSV, plain or
//! compressed with zstd.
//!
//! A row that cannot be read is reported with its line and column and the reading goes
//! on. A format is a [map](Map) of columns; two are built in, others come as a TOML file:
//!
//! ```toml
//! format = "old-mailbox"        # part of each message's identity
//!
//! [columns]                     # our word = their column
//! id = "编号"
//! kind = "类别"                  # optional, as are title, user, channel, transfers
//! title = "标题"
//! text = "内容"
//! time = "提交时间"              # or: date = "日期" (only the day counts)
//! reply = "答复"
//! reply_time = "答复时间"         # or: reply_date, or: reply_days = whole days after filing
//! user = "昵称"
//!
//! [kinds]                       # their value = our category
//! 投诉举报 = "complaint"
//!
//! [defaults]
//! kind = "unsorted"             # for an empty or unknown value
//! time = "09:00"                # for a day without a time
//! reply_time = "17:00"
//! offset = "+08:00"             # for times without an offset
//! ```

mod map;
pub(crate) mod row;
pub(crate) mod rows;
pub(crate) mod time;

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::path::Path;

use law::Moment;
pub use map::{CATEGORIES, Map};
use row::Row;
use rows::Rows;

use crate::refusal::{Cause, Refusal};

/// Rows looked at to recognise a format by its columns.
const LOOKED_AT: usize = 20;

/// One message as it was filed and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Line of the file on which the row begins, from 1.
    pub line: u64,
    /// The format; with `outside_id` the message's identity.
    pub format: String,
    /// The number it had in its source.
    pub outside_id: String,
    /// Category code: one of [`CATEGORIES`].
    pub category: String,
    /// Title; where the source has none, the beginning of the text.
    pub title: String,
    /// What the citizen wrote.
    pub text: String,
    /// The name or code of the citizen, if the source has one.
    pub user: Option<String>,
    /// The way it came, as a code (`web`, `phone`, `app`, `wechat`, `weibo`, `sms`, `mail`,
    /// `qq`, `other`), if the source says so.
    pub channel: Option<String>,
    /// How often it was passed on, if the source says so.
    pub transfers: Option<u32>,
    /// When it was filed.
    pub filed: Moment,
    /// The official reply; none while it is open.
    pub reply: Option<Reply>,
}

/// An official reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its text.
    pub text: String,
    /// When it was given; never before the filing.
    pub at: Moment,
}

/// A row that is not taken. It repeats no text of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column concerned, as the file calls it; `行` for the row as a whole.
    pub field: String,
    /// What is wrong and what to do, in one sentence.
    pub error: String,
}

impl RowFault {
    pub(crate) fn new(line: u64, field: &str, error: impl Into<String>) -> Self {
        Self { line, field: field.to_owned(), error: error.into() }
    }

    pub(crate) fn of_row(line: u64, error: impl Into<String>) -> Self {
        Self::new(line, "行", error)
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第{}行“{}”：{}", self.line, self.field, self.error)
    }
}

impl std::error::Error for RowFault {}

/// Reads the messages of a file one after another.
pub struct Reader {
    map: Map,
    seen: VecDeque<Result<Row, RowFault>>,
    rows: Rows,
}

impl Reader {
    /// The name of the format that is read.
    pub fn format(&self) -> &str {
        &self.map.format
    }
}

impl Iterator for Reader {
    type Item = Result<Record, RowFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.seen.pop_front().or_else(|| self.rows.next())?;
        Some(row.and_then(|row| self.map.read(&row)))
    }
}

/// Opens a file of messages. `map` is the text of a map file; without it `format` names a
/// built-in format (`teddy`, `fuzhou`), and without both the format is recognised by the
/// columns. With both, `format` is the name that the messages get.
pub fn open(path: &Path, format: Option<&str>, map: Option<&str>) -> Result<Reader, Refusal> {
    let mut rows = rows::open(path)?;
    let seen: VecDeque<_> = rows.by_ref().take(LOOKED_AT).collect();
    let map = match (map, format) {
        (Some(text), name) => Map::parse(text, name)?,
        (None, Some(name)) => Map::built_in(name)?,
        (None, None) => {
            let read = seen.iter().flatten();
            let columns: BTreeSet<&str> = read.flat_map(Row::columns).collect();
            if columns.is_empty() {
                let sentence = match seen.front() {
                    Some(Err(fault)) => format!("导入文件的各行都不能读取。{fault}"),
                    _ => "导入文件中没有数据行，请检查是否选对了文件。".to_owned(),
                };
                return Err(Refusal::new(Cause::Empty, sentence));
            }
            Map::recognise(&columns)?
        }
    };
    Ok(Reader { map, seen, rows })
}
