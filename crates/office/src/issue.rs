//! 编号和文书: 受理编号, 文号 without gaps, and letters waiting to be rendered.

use matter::{Change, Event, Matter};

use crate::fail::Fail;
use crate::house::House;
use crate::store::{Fault, Tx};
use crate::{job, params, statements};

statements! {
    NEXT = "insert into series (body_id, series, year, last) values ($1, $2, $3, 1) on conflict (body_id, series, year) do update set last = series.last + 1 returning last";
    PAPER = "insert into paper (id, body_id, matter_id, paper, number_text, template_hash, state, issued_at) values ($1, $2, $3, $4, $5, $6, 'due', $7)";
}

fn next(tx: &mut Tx<'_>, body: i64, series: &str, year: i16) -> Result<i64, Fault> {
    tx.row(&NEXT, params![body, series, i64::from(year)], |row| row.get(0))?.ok_or(Fault::Absent("series"))
}

/// The next 受理编号: prefix, year and six digits. Unique and increasing.
pub(crate) fn matter_number(tx: &mut Tx<'_>, body: i64, series: &str, year: i16) -> Result<String, Fail> {
    let number = next(tx, body, series, year)?;
    Ok(format!("{series}{year}{number:06}"))
}

/// The next 文号, such as 晴公开告〔2026〕12号: 机关代字, series, year in 六角括号, number without
/// leading zeros (GB/T 9704-2012). Gap-free, because it is taken in the act's own transaction.
pub(crate) fn paper_number(tx: &mut Tx<'_>, body: i64, house: &House, series: &str, year: i16) -> Result<String, Fail> {
    let short = house.body(body).map(|body| body.settings.short.clone()).unwrap_or_default();
    let number = next(tx, body, &format!("文号 {series}"), year)?;
    Ok(format!("{short}{series}〔{year}〕{number}号"))
}

/// Queues the letters that an event issued. They show as 正在生成 until the job has rendered them.
pub(crate) fn queue_papers(tx: &mut Tx<'_>, matter: &Matter, event: &Event) -> Result<(), Fault> {
    for change in &event.changes {
        if let Change::PaperDue { paper, number, template } = change {
            let id = tx.new_id()?;
            tx.execute(
                &PAPER,
                params![id, matter.body, matter.id, paper, number, template, event.recorded_at.millis()],
            )?;
            job::enqueue(tx, matter.body, job::Kind::Render, id, event.recorded_at)?;
        }
    }
    Ok(())
}
