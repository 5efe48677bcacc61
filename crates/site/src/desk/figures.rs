//! D19: messages by unit or category: received, in time, late, open, median days.

use super::{frame, register::Tab, shell::Shell};
use crate::Site;
use crate::component::Link;
use crate::form::Form;
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::{By, FigureRow};
use std::sync::Arc;

/// The figures as a table, and as bars drawn by the server.
#[derive(Template)]
#[template(path = "desk/figures.html")]
pub struct FiguresPage {
    /// The frame.
    pub shell: Shell,
    /// By unit, by category.
    pub by: Vec<Tab>,
    /// Heading of the first column: 单位 or 类别.
    pub head: String,
    /// What is counted, in one sentence.
    pub definition: String,
    /// A row each.
    pub rows: Vec<FigureLine>,
    /// The sum of all rows; its median is that of all messages, or empty.
    pub total: FigureLine,
}

/// One row of figures.
#[derive(Clone, Debug, Default)]
pub struct FigureLine {
    /// Unit or category.
    pub label: String,
    /// The list behind the row; empty for the sum.
    pub href: String,
    /// Received.
    pub received: i64,
    /// Answered in time.
    pub in_time: i64,
    /// Answered late.
    pub late: i64,
    /// Not yet answered.
    pub open: i64,
    /// Closed without an answer: withdrawn, or sent to another body.
    pub other: i64,
    /// Median days from filing to reply, one decimal; empty when nothing is answered.
    pub median: String,
}

impl FigureLine {
    /// Share answered in time of all answered, `98.2%`; a dash when nothing is answered.
    fn share(&self) -> String {
        let answered = self.in_time + self.late;
        if answered <= 0 {
            return "—".into();
        }
        let tenths = (self.in_time * 1000 + answered / 2) / answered;
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

/// One bar of the chart: x and length of each of its parts.
struct Bar {
    y: i64,
    label: String,
    parts: [(i64, i64, &'static str); 4],
    end: i64,
    total: i64,
}

/// Length of the longest bar in the chart's units.
const LONGEST: i64 = 400;
/// Where bars begin, right of the labels.
const LEFT: i64 = 132;
/// Height of a row.
const ROW: i64 = 28;

impl FiguresPage {
    fn bars(&self) -> Vec<Bar> {
        let most = self.rows.iter().map(|row| row.received).max().unwrap_or(0).max(1);
        let bar = |(i, row): (usize, &FigureLine)| {
            let mut x = LEFT;
            let parts =
                [(row.in_time, "b1"), (row.late, "b2"), (row.open, "b3"), (row.other, "b4")].map(|(n, class)| {
                    let (from, length) = (x, n * LONGEST / most);
                    x += length;
                    (from, length, class)
                });
            let y = i64::try_from(i).unwrap_or(0) * ROW;
            Bar { y, label: row.label.chars().take(9).collect(), parts, end: x + 8, total: row.received }
        };
        self.rows.iter().take(20).enumerate().map(bar).collect()
    }

    fn height(&self) -> usize {
        self.rows.len().min(20) * 28 + 4
    }
}

/// The figure shown here, as the rulebook names it.
const FIGURE: &str = "messages";

/// The figures, by unit or by category.
///
/// # Errors
/// Busy or our failure.
pub async fn show_figures(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let category = form.raw("by") == "category";
    let by = if category { By::Category } else { By::Unit };
    let (office, body) = (site.office.clone(), visit.caller.body);
    let counted = tokio::task::spawn_blocking(move || office.figure(body, FIGURE, by)).await;
    let rows = counted.map_err(|_| Trouble::new(Kind::Fault))??;
    let tab = |href, text, here| Tab { link: Link::new(href, text), here };
    let rows: Vec<FigureLine> = rows.into_iter().map(|row| line(row, category)).collect();
    frame::page(&FiguresPage {
        shell: frame::shell(&site, &visit, "/desk/figures").await?,
        by: vec![
            tab("/desk/figures?by=unit", "按单位", !category),
            tab("/desk/figures?by=category", "按类别", category),
        ],
        head: if category { "类别" } else { "单位" }.into(),
        definition: site.office.definition(FIGURE)?.definition,
        total: total(&rows),
        rows,
    })
}

fn line(row: FigureRow, category: bool) -> FigureLine {
    let n = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let filter = if category { "category" } else { "unit" };
    FigureLine {
        href: if row.key.is_empty() {
            String::new()
        } else {
            format!("/desk/list/all?{filter}={}", crate::lang::query_value(&row.key))
        },
        label: row.label,
        received: n(row.received),
        in_time: n(row.in_time),
        late: n(row.late),
        open: n(row.open),
        other: n(row.other),
        median: row.median_days.map(|days| format!("{days:.1}")).unwrap_or_default(),
    }
}

fn total(rows: &[FigureLine]) -> FigureLine {
    let sum = |f: fn(&FigureLine) -> i64| rows.iter().map(f).sum();
    FigureLine {
        label: "合计".into(),
        received: sum(|row| row.received),
        in_time: sum(|row| row.in_time),
        late: sum(|row| row.late),
        open: sum(|row| row.open),
        other: sum(|row| row.other),
        ..FigureLine::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{sample::check, shell::tests::sample};
    use super::*;

    fn page(rows: Vec<FigureLine>) -> FiguresPage {
        FiguresPage {
            shell: sample("/desk/figures"),
            by: vec![
                Tab { link: Link::new("?by=unit", "按单位"), here: true },
                Tab { link: Link::new("?by=category", "按类别"), here: false },
            ],
            head: "单位".into(),
            definition: "群众留言，按提交日计；按时指答复不晚于法定最迟日；中位天数是答复减提交，以24小时为1天。"
                .into(),
            total: total(&rows),
            rows,
        }
    }

    #[test]
    fn bars_are_as_long_as_their_figures() {
        let row = |label: &str, in_time, late, open| FigureLine {
            label: label.into(),
            href: "/desk/list/all?unit=1".into(),
            received: in_time + late + open,
            in_time,
            late,
            open,
            median: "8.5".into(),
            ..FigureLine::default()
        };
        let page = page(vec![
            row("区住建局", 212, 9, 31),
            row("区城管局", 180, 2, 12),
            row("区人社局", 96, 0, 8),
            row("区民政局", 44, 1, 3),
            row("区教育局", 38, 4, 6),
        ]);
        let html = check("figures", &page);
        let bars = page.bars();
        assert_eq!(
            bars[0].parts.map(|p| p.1).iter().sum::<i64>(),
            212 * LONGEST / 252 + 9 * LONGEST / 252 + 31 * LONGEST / 252
        );
        assert!(html.contains("95.9%"), "212 of 221");
        assert!(check("figures_empty", &super::tests::page(vec![])).contains("还没有可以统计的留言"));
    }
}
