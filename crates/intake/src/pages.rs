//! Public pages of older sites and official documents as files: what each one is, its title, text,
//! metadata and dates, recognised by columns, labels and the form of official documents.
//!
//! Pages come as JSON Lines or CSV, plain or zstd, one page a row ([`open`]); documents as files of
//! office programs, text or HTML ([`documents`]). A row that cannot be read is reported with its line and the reading
//! goes on. What the columns are called is data (`pages/formats.toml`); an office names others with
//! a map:
//!
//! ```toml
//! format = "old-site"        # part of each page's identity
//! [columns]                  # our word = their column
//! title = "bt"
//! text = "nr"
//! published_on = "fbsj"
//! [kinds]                    # their word = our kind
//! "通知" = "notice"
//! ```

mod day;
mod folder;
mod format;
mod head;
mod plain;
mod privacy;
mod read;
mod redhead;
mod region;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use law::Date;
use serde::Serialize;

pub use folder::{Documents, documents};
use format::Formats;
pub(crate) use redhead::is_head;

use crate::messages::RowFault;
use crate::messages::row::Row;
use crate::messages::rows::{self, Rows};
use crate::refusal::{Cause, Refusal};

/// Rows looked at to recognise a format by its columns.
const LOOKED_AT: usize = 20;

/// A page as it was public elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Line of the file on which it begins, or place of the file in its folder, from 1.
    #[serde(skip)]
    pub line: u64,
    /// The format; with `outside_id` the page's identity.
    pub format: String,
    /// What its source knows it by.
    pub outside_id: String,
    /// Kind of information, an id of the rulebook.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Its text: cleaned HTML without personal data.
    pub body: String,
    /// Metadata by field: `index`, `topic`, `issuer`, `number`, `validity`, `source`, `year` and the
    /// days `written_on` and `effective_on`.
    pub fields: BTreeMap<String, String>,
    /// The day on which it became public, if anything tells it.
    pub published_on: Option<Date>,
    /// Its old address.
    pub address: Option<String>,
    /// Pieces of personal data that were hidden.
    pub hidden: usize,
    /// Pictures that are not part of the text; not part of its identity either.
    #[serde(skip)]
    pub pictures: usize,
}

/// Reads the pages of a file one after another.
pub struct Reader {
    formats: Formats,
    format: String,
    seen: VecDeque<Result<Row, RowFault>>,
    rows: Rows,
}

impl Reader {
    /// The name of the format that is read.
    pub fn format(&self) -> &str {
        &self.format
    }
}

impl Iterator for Reader {
    type Item = Result<Page, RowFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.seen.pop_front().or_else(|| self.rows.next())?;
        Some(row.and_then(|row| read::row(&row, &self.format, &self.formats)))
    }
}

/// Opens a file of pages. `map` is the text of a map of columns; without it `format` names a built-in
/// format, and without both the format is recognised by the columns.
///
/// # Errors
/// A file that cannot be read or whose columns say nothing.
pub fn open(path: &Path, format: Option<&str>, map: Option<&str>) -> Result<Reader, Refusal> {
    let formats = Formats::built_in()?;
    let mut rows = rows::open(path)?;
    let seen: VecDeque<_> = rows.by_ref().take(LOOKED_AT).collect();
    let (formats, format) = match (map, format) {
        (Some(map), _) => formats.with_map(map)?,
        (None, Some(name)) => {
            let name = formats.named(name)?;
            (formats, name)
        }
        (None, None) => {
            let columns: BTreeSet<&str> = seen.iter().flatten().flat_map(Row::columns).collect();
            if columns.is_empty() {
                let sentence = match seen.front() {
                    Some(Err(fault)) => format!("导入文件的各行都不能读取。{fault}"),
                    _ => "导入文件中没有数据行，请检查是否选对了文件。".to_owned(),
                };
                return Err(Refusal::new(Cause::Empty, sentence));
            }
            let name = formats.recognise(&columns)?;
            (formats, name)
        }
    };
    Ok(Reader { formats, format, seen, rows })
}

/// What a document that was read says, recognised as for an import: title, text, metadata. It is a
/// draft: nothing in it is hidden.
///
/// # Errors
/// A sentence on what cannot be taken.
pub fn recognise(said: crate::reader::Said) -> Result<Page, String> {
    let formats = Formats::built_in().map_err(|refusal| refusal.to_string())?;
    let crate::reader::Said { html, text, pictures } = said;
    let raw = read::Raw { html, text, pictures, draft: true, ..read::Raw::default() };
    read::page(raw, &formats).map_err(|fault| fault.error)
}

/// The metadata that the HTML of a page prints, by field; `title` among them.
///
/// # Errors
/// A sentence on a labelled day that does not exist.
pub fn metadata(html: &str) -> Result<BTreeMap<String, String>, String> {
    let formats = Formats::built_in().map_err(|refusal| refusal.to_string())?;
    let words = crate::html::words(&crate::html::clean(html));
    let lines: Vec<&str> = words.lines().collect();
    head::labelled(&lines, &formats).map_err(|bad| read::no_such_day(&bad.label))
}
