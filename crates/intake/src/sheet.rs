//! Reads a table that somebody brings: CSV, or the first sheet of an XLSX file. Every cell is text; a day
//! is `YYYY-MM-DD`. Nothing is unpacked beyond a bound, and nothing in it is run: formulas bring the value
//! that stood there when the file was saved.

mod xlsx;

use crate::file::{self, Kind};
use crate::refusal::{Cause, Refusal};

/// Rows of a table: number in the file from 1, cells.
pub type Rows = Vec<(u64, Vec<String>)>;

/// Most rows and columns of a table that a form brings.
pub const MOST_ROWS: usize = 5_000;
const MOST_COLUMNS: usize = 100;

/// The rows of a file.
///
/// # Errors
/// The file is no table, damaged, or too long.
pub fn read(bytes: &[u8], name: &str) -> Result<Rows, Refusal> {
    let rows = match file::sniff(bytes, name)? {
        Kind::Xlsx => xlsx::rows(bytes)?,
        Kind::Csv | Kind::Txt => lines(bytes)?,
        _ => return Err(Refusal::new(Cause::Type, "这不是表格文件，请上传Excel（xlsx）或者CSV（UTF-8）。")),
    };
    if rows.iter().any(|(_, cells)| cells.len() > MOST_COLUMNS) {
        return Err(Refusal::new(Cause::Format, format!("表格超过{MOST_COLUMNS}列，请删去无关的列。")));
    }
    Ok(rows)
}

fn too_long() -> Refusal {
    Refusal::new(Cause::Size, format!("表格超过{MOST_ROWS}行，请分几次导入。"))
}

fn lines(bytes: &[u8]) -> Result<Rows, Refusal> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    let Ok(text) = text else {
        return Err(Refusal::new(Cause::Format, "文件不是UTF-8编码，请在Excel里另存为“CSV UTF-8”后再上传。"));
    };
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: char| first.matches(mark).count();
    let delimiter = if count('\t') > count(',') { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Rows::new();
    for record in reader.records() {
        let record = record.map_err(|_| Refusal::new(Cause::Damaged, "CSV文件读不下去了，请检查引号是否成对。"))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(|cell| cell.trim().to_owned()).collect()));
        if rows.len() > MOST_ROWS {
            return Err(too_long());
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_read_with_line_numbers_and_bad_files_get_a_sentence() {
        let rows = read("\u{feff}一级事项,二级事项\n甲,\"乙,\n丙\"\n".as_bytes(), "目录.csv").expect("a table");
        assert_eq!(
            rows,
            [(1, vec!["一级事项".to_owned(), "二级事项".into()]), (2, vec!["甲".into(), "乙,\n丙".into()])]
        );
        for (bytes, name) in [(&b"\xD2\xBB\xBC\xB6"[..], "a.csv"), (b"%PDF-1.7\n1 0 obj\n%%EOF", "a.pdf")] {
            let refusal = read(bytes, name).expect_err(name);
            assert!(refusal.sentence.ends_with('。'), "{refusal}");
        }
        assert!(read("一\n".repeat(MOST_ROWS + 1).as_bytes(), "a.csv").is_err());
    }
}
