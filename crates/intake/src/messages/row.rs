//! One row: its columns and what stands in them.

use std::collections::BTreeMap;

use serde_json::Value;
use text::normal;

use super::RowFault;

/// What stands in a column.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Written(String),
    /// A list or an object.
    Nested,
}

/// A row as it was read. Columns without a value are absent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub line: u64,
    cells: BTreeMap<String, Option<Cell>>,
}

impl Row {
    pub(crate) fn new(line: u64) -> Self {
        Self { line, cells: BTreeMap::new() }
    }

    pub(crate) fn put(&mut self, column: &str, value: Value) {
        let cell = match value {
            Value::Null => None,
            Value::String(written) => Some(Cell::Written(written)),
            Value::Bool(_) | Value::Number(_) => Some(Cell::Written(value.to_string())),
            Value::Array(_) | Value::Object(_) => Some(Cell::Nested),
        };
        self.cells.insert(column.trim().to_owned(), cell);
    }

    /// Its columns, empty ones too.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.cells.keys().map(String::as_str)
    }

    /// A running text: whole, cleaned of control characters; nothing if it is blank.
    pub(crate) fn text(&self, column: &str) -> Result<Option<String>, RowFault> {
        Ok(self.written(column)?.map(clean).filter(|text| !is_blank(text)))
    }

    pub(crate) fn optional_text(&self, column: Option<&str>) -> Result<Option<String>, RowFault> {
        column.map_or(Ok(None), |column| self.text(column))
    }

    /// A single value (number, time, word): as text, without what other programs write for
    /// a missing one, and without `.0` behind a whole number.
    pub(crate) fn value(&self, column: &str) -> Result<Option<String>, RowFault> {
        let missing = |value: &str| {
            let known = ["null", "none", "nan", "nat", "n/a", "\\n", "-"];
            is_blank(value) || known.contains(&value.to_ascii_lowercase().as_str())
        };
        let whole = |value: String| match value.strip_suffix(".0") {
            Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => number.to_owned(),
            _ => value,
        };
        let value = self.written(column)?.map(|written| clean(written).replace('\n', " "));
        Ok(value.filter(|value| !missing(value)).map(whole))
    }

    pub(crate) fn optional(&self, column: Option<&str>) -> Result<Option<String>, RowFault> {
        column.map_or(Ok(None), |column| self.value(column))
    }

    fn written(&self, column: &str) -> Result<Option<&str>, RowFault> {
        match self.cells.get(column).and_then(Option::as_ref) {
            None => Ok(None),
            Some(Cell::Written(written)) => Ok(Some(written)),
            Some(Cell::Nested) => Err(RowFault::new(self.line, column, "应是文字或数字，却是列表或嵌套的数据。")),
        }
    }
}

/// Line ends as `\n`, no other control characters (databases refuse some), no blanks at
/// the ends.
fn clean(written: &str) -> String {
    let lines = written.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    lines.chars().filter(kept).collect::<String>().trim().to_owned()
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || normal::is_invisible(c))
}
