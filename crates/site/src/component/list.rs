//! Parts that list things: links, dated rows, figures, tables, page numbers.

use super::{Text, safe_html};
use askama::Template;

/// A link with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Address.
    pub href: Text,
    /// Words.
    pub text: Text,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<Text>, text: impl Into<Text>) -> Self {
        Self { href: href.into(), text: text.into() }
    }
}

/// One dated row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Where it leads and its title.
    pub link: Link,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Short line under the title: unit, days taken; empty texts are left out.
    pub notes: Vec<Text>,
    /// First words of the text, or empty.
    pub excerpt: Text,
    /// How it stands, such as 现行有效.
    pub lamp: Option<super::Lamp>,
    /// What explains it or replaces it.
    pub ways: Vec<Link>,
    /// Title and excerpt are what a citizen typed: never converted to Traditional characters.
    pub typed: bool,
}

/// Dated rows. A short list shows month and day; a long one whole dates and excerpts.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/rows.html")]
pub struct Rows {
    /// The rows, newest first.
    pub rows: Vec<Row>,
    /// Whole dates and excerpts.
    pub long: bool,
}

/// A key figure.
#[derive(Clone, Debug, Default)]
pub struct Stat {
    /// What is counted.
    pub label: Text,
    /// The figure.
    pub figure: Text,
    /// Its unit.
    pub unit: Text,
    /// One line of comparison or span, or empty.
    pub note: Text,
}

/// Key figures side by side.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/stats.html")]
pub struct Stats {
    /// The figures.
    pub stats: Vec<Stat>,
}

/// One cell of a [`Table`].
#[derive(Clone, Debug, Default)]
pub struct TableCell {
    /// What it says.
    pub text: Text,
    /// Where it leads, or empty.
    pub href: Text,
}

impl<T: Into<Text>> From<T> for TableCell {
    fn from(text: T) -> Self {
        Self { text: text.into(), href: Text::default() }
    }
}

/// A table with a caption; the first cell of a row names the row.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/table.html")]
pub struct Table {
    /// What the table shows.
    pub caption: Text,
    /// Heads of the columns.
    pub head: Vec<Text>,
    /// The rows, each as long as `head`.
    pub rows: Vec<Vec<TableCell>>,
    /// Columns from this one on (from 0) are figures, set flush right.
    pub figures_from: Option<usize>,
}

impl Table {
    fn right(&self, column: &usize) -> bool {
        self.figures_from.is_some_and(|first| *column >= first)
    }
}

/// Page numbers under a list.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/pager.html")]
pub struct Pager {
    /// Page shown, from 1.
    pub page: u64,
    /// Number of pages.
    pub pages: u64,
    /// Address up to the page number, such as `/replies?q=…&page=`.
    pub base: String,
    /// What is shown, such as 第1—10件，共68件.
    pub range: Text,
}

impl Pager {
    /// A pager for `total` things, `per_page` on a page, counted in `unit` (件, 条).
    pub fn new(base: String, page: u64, per_page: u64, total: u64, unit: &str) -> Self {
        let pages = total.div_ceil(per_page.max(1)).max(1);
        let page = page.clamp(1, pages);
        let (first, last) = ((page - 1) * per_page + 1, (page * per_page).min(total));
        let range =
            if total == 0 { Text::default() } else { format!("第{first}—{last}{unit}，共{total}{unit}").into() };
        Self { page, pages, base, range }
    }
    /// The numbers to show; `None` stands for left-out pages.
    fn numbers(&self) -> Vec<Option<u64>> {
        let near = |n: &u64| *n == 1 || *n == self.pages || n.abs_diff(self.page) <= 1;
        let mut shown: Vec<Option<u64>> = Vec::new();
        for number in (1..=self.pages).filter(near) {
            if shown.last().copied().flatten().is_some_and(|last| last + 1 < number) {
                shown.push(None);
            }
            shown.push(Some(number));
        }
        shown
    }
}

safe_html!(Rows, Stats, Table, Pager);
