//! Columns (栏目): the structure of a site by type of body. The files are `rulebook/columns/*.toml`.

use law::RuleFault;
use serde::{Deserialize, Serialize};

/// The columns of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Types of bodies whose site is built so.
    pub bodies: Vec<String>,
    /// Where this structure comes from, in words.
    pub basis: String,
    /// Columns, parents before their children.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Id, also its address: `/c/{id}`.
    pub id: String,
    /// Name that people read.
    pub label: String,
    /// The column above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<String>,
    /// 栏目类别 as page labels name it (政府网站发展指引 附件).
    pub sort: String,
    /// What it is for and what it contains.
    pub about: String,
    /// Words for machines.
    pub keywords: Vec<String>,
    /// Kinds that may stand in it; empty: it only gathers its children.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// A page that is one item rather than a list: its newest item is shown itself.
    #[serde(default, skip_serializing_if = "crate::kind::is_false")]
    pub single: bool,
    /// Stands inside 政府信息公开 (国办公开办函〔2019〕61号: exactly the prescribed blocks).
    #[serde(default, skip_serializing_if = "crate::kind::is_false")]
    pub statutory: bool,
    /// How many days may pass before the column counts as stale; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_days: Option<u32>,
    /// Shown in the navigation of the site.
    #[serde(default, skip_serializing_if = "crate::kind::is_false")]
    pub main: bool,
    /// Its place among the lists of the home page; absent: not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<u8>,
    /// A column that only gathers shows its children as a catalogue with counts and dates of update.
    #[serde(default, skip_serializing_if = "crate::kind::is_false")]
    pub tree: bool,
}

impl Columns {
    /// Reads a file of `rulebook/columns/`.
    ///
    /// # Errors
    /// Where and why the text is not a set of columns.
    pub fn parse(file: &str, text: &str) -> Result<Columns, Box<RuleFault>> {
        let fault = |line, name: &str, error: String| {
            Box::new(RuleFault {
                file: file.to_owned(),
                line,
                name: name.to_owned(),
                rule: "columns".to_owned(),
                path: String::new(),
                error,
            })
        };
        let columns: Columns = toml::from_str(text).map_err(|why| {
            let line = why.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            fault(line, file, format!("读不出栏目：{}。", why.message()))
        })?;
        for (index, column) in columns.columns.iter().enumerate() {
            let before = &columns.columns[..index];
            if before.iter().any(|one| one.id == column.id) {
                return Err(fault(None, &column.id, "栏目重复，请改名。".to_owned()));
            }
            if let Some(under) = column.under.as_ref().filter(|under| before.iter().all(|one| one.id != **under)) {
                return Err(fault(None, &column.id, format!("上级栏目“{under}”没有列在前面。")));
            }
        }
        Ok(columns)
    }

    /// A column.
    pub fn get(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// The columns directly under one; `None`: the top.
    pub fn under<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter(move |column| column.under.as_deref() == id)
    }

    /// A column and all below it.
    pub fn below(&self, id: &str) -> Vec<&Column> {
        let mut found: Vec<&Column> = self.get(id).into_iter().collect();
        let mut next = 0;
        while let Some(column) = found.get(next).copied() {
            found.extend(self.under(Some(&column.id)));
            next += 1;
        }
        found
    }

    /// The columns above one, from the top.
    pub fn path(&self, id: &str) -> Vec<&Column> {
        let mut path = Vec::new();
        let mut next = self.get(id).and_then(|column| column.under.as_deref());
        while let Some(column) = next.and_then(|id| self.get(id)) {
            path.insert(0, column);
            next = column.under.as_deref();
        }
        path
    }

    /// The columns whose newest items the home page lists, in their order.
    pub fn home(&self) -> Vec<&Column> {
        let mut found: Vec<&Column> = self.columns.iter().filter(|column| column.home.is_some()).collect();
        found.sort_by_key(|column| column.home);
        found
    }

    /// The entry of the navigation under which a column stands: itself, or the nearest above it.
    pub fn entry(&self, id: &str) -> Option<&Column> {
        let path = self.path(id);
        self.get(id).into_iter().chain(path.into_iter().rev()).find(|column| column.main)
    }

    /// 政府信息公开: the statutory column of the navigation.
    pub fn statutory(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.statutory && column.under.is_none())
    }

    /// The columns in which a text of this kind may stand.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter(move |column| column.kinds.iter().any(|one| one == kind))
    }
}
