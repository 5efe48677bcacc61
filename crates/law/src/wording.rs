//! Dates, holidays and notices in the words of an explanation.

use jiff::civil::{Date, Weekday};

use crate::calendar::{DayKind, Notice, next};
use crate::count::Entry;

/// 《…》（国办发明电〔2025〕7号).
pub(crate) fn notice_text(notice: &Notice) -> String {
    let number = notice.number.as_ref().map_or(String::new(), |number| format!("（{number}）"));
    format!("《{}》{number}", notice.title)
}

/// 中秋节9月25日至27日、国庆节10月1日至7日放假；10月10日（周六）补班，计入.
pub(crate) fn holiday_text(days: &[&Entry<'_>]) -> String {
    let mut runs: Vec<(&str, Date, Date)> = Vec::new();
    let mut worked = Vec::new();
    for entry in days {
        let (date, label) = (entry.date, entry.day.label);
        if entry.day.kind == DayKind::MakeUp {
            let counted = if entry.number.is_some() { "，计入" } else { "" };
            worked.push(format!("{}（{}）补班{counted}", short(date), weekday(date)));
            continue;
        }
        match runs.last_mut() {
            Some((name, _, last)) if *name == label && next(*last) == date => *last = date,
            _ => runs.push((label, date, date)),
        }
    }
    let off: Vec<String> = runs.iter().map(|(label, first, last)| format!("{label}{}", range(*first, *last))).collect();
    let off = if off.is_empty() { off.join("") } else { format!("{}放假", off.join("、")) };
    let parts: Vec<String> = [off, worked.join("，")].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("；")
}

/// 9月25日至27日.
pub(crate) fn range(first: Date, last: Date) -> String {
    if first == last {
        short(first)
    } else if first.month() == last.month() {
        format!("{}至{}日", short(first), last.day())
    } else {
        format!("{}至{}", short(first), short(last))
    }
}

pub(crate) fn short(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

pub(crate) fn date_text(date: Date) -> String {
    format!("{}年{}", date.year(), short(date))
}

pub(crate) fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}
