//! A table as an XLSX file: typed cells, frozen head, filter, widths; a title row is left out so that the
//! file can be read back. Words that look like a formula stay words.

use law::Moment;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// Its width in characters.
    pub width: f64,
}

impl Column {
    /// A column.
    pub fn new(head: impl Into<String>, width: f64) -> Column {
        Column { head: head.into(), width }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Day(law::Date),
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

/// A file that could not be written, such as a name that a sheet may not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl From<XlsxError> for Fault {
    fn from(error: XlsxError) -> Fault {
        Fault(error.to_string())
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name, at most 31 characters.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as the columns.
    pub rows: Vec<Vec<Cell>>,
}

/// Most characters that a cell of a spreadsheet holds.
const CELL_MAX: usize = 32_000;

impl Sheet {
    /// The file; `made` stands in its properties, so that the same table is the same file.
    ///
    /// # Errors
    /// A name, or more rows than a sheet may have.
    pub fn write(&self, made: Moment) -> Result<Vec<u8>, Fault> {
        let head = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
            .set_border(FormatBorder::Thin);
        let body = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        let day = body.clone().set_num_format("yyyy-mm-dd");
        let mut book = Workbook::new();
        book.set_properties(&DocProperties::new().set_creation_datetime(&moment(made)?));
        let sheet = book.add_worksheet();
        sheet.set_name(&self.name)?;
        for (at, column) in (0u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, at, &column.head, &head)?;
            sheet.set_column_width(at, column.width)?;
        }
        for (row, cells) in (1u32..).zip(&self.rows) {
            for (at, cell) in (0u16..).zip(cells) {
                match cell {
                    Cell::Text(text) => {
                        let text: String = text.chars().take(CELL_MAX).collect();
                        sheet.write_string_with_format(row, at, text, &body)?
                    }
                    Cell::Number(number) => sheet.write_number_with_format(row, at, *number, &body)?,
                    Cell::Day(date) => sheet.write_datetime_with_format(row, at, at_midnight(*date)?, &day)?,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        if let (Ok(rows), Some(last)) = (u32::try_from(self.rows.len()), self.columns.len().checked_sub(1)) {
            sheet.autofilter(0, 0, rows, u16::try_from(last).unwrap_or(u16::MAX))?;
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        Ok(book.save_to_buffer()?)
    }
}

fn parts(date: law::Date) -> (u16, u8, u8) {
    (
        u16::try_from(date.year()).unwrap_or(1900),
        u8::try_from(date.month()).unwrap_or(1),
        u8::try_from(date.day()).unwrap_or(1),
    )
}

fn at_midnight(date: law::Date) -> Result<ExcelDateTime, XlsxError> {
    let (year, month, day) = parts(date);
    ExcelDateTime::from_ymd(year, month, day)
}

fn moment(at: Moment) -> Result<ExcelDateTime, XlsxError> {
    at_midnight(at.date())?.and_hms(
        u16::try_from(at.hour()).unwrap_or(0),
        u8::try_from(at.minute()).unwrap_or(0),
        f64::from(at.second()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_becomes_a_packed_file_and_the_same_table_the_same_file() {
        let sheet = Sheet {
            name: "目录".into(),
            columns: vec![Column::new("一级事项", 20.0), Column::new("起始日期", 12.0), Column::new("条数", 8.0)],
            rows: vec![vec![
                Cell::Text("=1+1".into()),
                Cell::Day(law::Date::constant(2026, 11, 22)),
                Cell::Number(3.0),
            ]],
        };
        let at = Moment::parse("2026-11-22T09:00").expect("a moment");
        let (first, second) = (sheet.write(at).expect("a file"), sheet.write(at).expect("a file"));
        assert!(first.starts_with(b"PK\x03\x04") && first == second);
        let long = Sheet { name: "一".repeat(40), ..sheet };
        assert!(long.write(at).is_err());
    }
}
