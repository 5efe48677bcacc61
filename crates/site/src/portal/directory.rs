//! The list of a column for downloading: 目录 with the columns that 《政府信息公开条例》第十二条 asks for.

use super::{article, download, frame};
use crate::Site;
use crate::problem::Trouble;
use crate::session::Visit;
use axum::response::Response;
use office::ItemQuery;
use publication::Column;

/// What the address of a list for downloading ends with.
pub const ENDING: &str = ".csv";

/// Rows read at once, and at most in all.
const STEP: usize = 500;
const MOST: usize = 20_000;

/// The list of a column.
///
/// # Errors
/// Busy, or our failure.
pub async fn send(site: &Site, visit: &Visit, column: &Column) -> Result<Response, Trouble> {
    let mut text = "\u{feff}序号,名称,文号,内容概述,发布日期,网址\r\n".to_owned();
    for page in 1..=MOST.div_ceil(STEP) {
        let query = ItemQuery { channel: column.id.clone(), page, rows: STEP, ..ItemQuery::default() };
        let found = site.office.items(visit.caller.body, query).await?;
        for (index, row) in found.rows.iter().enumerate() {
            let path = article::address_of(site, &row.kind, &row.item);
            let cells = [
                ((page - 1) * STEP + index + 1).to_string(),
                row.title.clone(),
                row.number.clone().unwrap_or_default(),
                row.summary.clone(),
                row.at.date().to_string(),
                frame::address(site, &path).unwrap_or(path),
            ];
            text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
            text.push_str("\r\n");
        }
        if found.rows.len() < STEP {
            break;
        }
    }
    Ok(download(&format!("{}目录.csv", column.label), "text/csv; charset=utf-8", text.into_bytes()))
}

/// A cell; one that a spreadsheet would take for a formula is made text.
pub(super) fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_text_whatever_they_begin_with() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("甲\"乙\",丙"), "\"甲\"\"乙\"\",丙\"");
    }
}
