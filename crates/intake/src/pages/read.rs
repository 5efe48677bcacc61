//! How a row or a file becomes a page.

use std::collections::BTreeMap;

use law::Date;

use super::format::Formats;
use super::head::{self, Found};
use super::{Page, day, plain, privacy, redhead, region};
use crate::html;
use crate::messages::RowFault;
use crate::messages::row::Row;

/// What a row or file says before anything is recognised in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    pub line: u64,
    pub format: String,
    pub outside_id: Option<String>,
    pub said_kind: Option<String>,
    pub title: Option<String>,
    pub html: Option<String>,
    pub text: Option<String>,
    pub address: Option<String>,
    /// Pictures that are not part of the text.
    pub pictures: usize,
    /// A text still to be reviewed: a person decides on what it says of persons.
    pub draft: bool,
    /// What columns say, by field; days as `YYYY-MM-DD`.
    pub told: Found,
}

/// Fields that a column may give.
const FIELDS: [&str; 6] = ["index", "topic", "issuer", "number", "validity", "source"];
const DAYS: [&str; 3] = ["written_on", "published_on", "effective_on"];
const TITLE_LENGTH: usize = 40;
const LONGEST_TITLE: usize = 200;
const EMPTY: &str = "正文是空的，没有可以公开的内容，未导入。请核对来源。";
const SECRET: &str = "正文有国家秘密标志，不得导入。请按保密规定处理（《保守国家秘密法》第十七条、第三十五条）。";

/// The sentence on a day that does not exist.
pub(super) fn no_such_day(label: &str) -> String {
    format!("“{label}”不是真实的日期，请按“2026-11-22”的样子改正。")
}

/// The page of a row.
pub(super) fn row(row: &Row, format: &str, formats: &Formats) -> Result<Page, RowFault> {
    let value = |ours: &str| -> Result<Option<(String, String)>, RowFault> {
        for column in formats.columns(ours) {
            if let Some(value) = row.value(column)? {
                return Ok(Some((column.clone(), value)));
            }
        }
        Ok(None)
    };
    let text = |ours: &str| -> Result<Option<String>, RowFault> {
        for column in formats.columns(ours) {
            if let Some(text) = row.text(column)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    };
    let plain = |found: Option<(String, String)>| found.map(|(_, value)| value);
    let mut told = Found::new();
    for key in FIELDS {
        let found = value(key)?.and_then(|(_, value)| head::written(key, &value, formats));
        told.extend(found.map(|value| (key.to_owned(), value)));
    }
    for key in DAYS {
        let Some((column, value)) = value(key)? else { continue };
        let date = column_day(&value).ok_or_else(|| RowFault::new(row.line, &column, no_such_day(&value)))?;
        told.insert(key.to_owned(), date.to_string());
    }
    if let Some((column, value)) = value("year")? {
        let known = value.parse::<i16>().ok().filter(|year| (1949..=2100).contains(year));
        let year = known.ok_or_else(|| RowFault::new(row.line, &column, "年份不在1949年至2100年之间，请核对。"))?;
        told.insert("year".to_owned(), year.to_string());
    }
    let address = plain(value("address")?);
    let outside_id = plain(value("id")?).or_else(|| address.clone()).or(plain(value("path")?));
    let raw = Raw {
        line: row.line,
        format: format.to_owned(),
        outside_id,
        said_kind: plain(value("kind")?),
        title: plain(value("title")?),
        html: text("html")?,
        text: text("text")?,
        address,
        told,
        ..Raw::default()
    };
    page(raw, formats)
}

/// A day as a column gives it: `2019-01-27`, 2019年1月27日, with or without a time.
fn column_day(value: &str) -> Option<Date> {
    let compact = value.get(..8).filter(|_| value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit()));
    let spread = compact.map(|day| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]));
    let found = day::first(spread.as_deref().unwrap_or(value))?;
    (1949..=2100).contains(&found.year()).then_some(found)
}

/// The page of what was read.
pub(super) fn page(raw: Raw, formats: &Formats) -> Result<Page, RowFault> {
    let fault = |field: &str, why: &str| RowFault::new(raw.line, field, why);
    // HTML knows more than the text that was made of it.
    let cleaned = raw.html.as_deref().map(html::clean).filter(|clean| !html::words(clean).is_empty());
    let words = match (&cleaned, &raw.text) {
        (Some(clean), _) => html::words(clean),
        (None, Some(text)) => plain::uncommented(text),
        (None, None) => return Err(fault("正文", EMPTY)),
    };
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.iter().any(|line| text::secrecy::mark(line).is_some()) {
        return Err(fault("正文", SECRET));
    }
    let labelled = head::labelled(&lines, formats).map_err(|bad| fault(&bad.label, &no_such_day(&bad.label)))?;
    let named = raw.title.clone().or_else(|| labelled.get("title").cloned());
    let title = named.or_else(|| head::title(&lines)).unwrap_or_else(|| beginning(&lines));
    if title.chars().count() > LONGEST_TITLE {
        return Err(fault("标题", "标题超过200字，请核对是否选对了列。"));
    }
    let mut fields = head::official(&title, &lines);
    fields.extend(labelled);
    fields.extend(raw.told.clone());
    let number = fields.get("number").cloned();
    let kind = formats.kind(raw.said_kind.as_deref(), &title, number.is_some());
    let kind = kind.ok_or_else(|| fault("信息类型", "没有认出是哪一类信息，请在列对应文件的kinds中写明。"))?;
    let published_on = published(&fields, raw.address.as_deref());
    supplement(&mut fields);
    if !fields.contains_key("year") {
        fields.extend(year_of(&title).map(|year| ("year".to_owned(), year)));
    }
    if !fields.contains_key("validity") && title.contains("已废止") {
        fields.extend(formats.validity("废止").map(|code| ("validity".to_owned(), code)));
    }
    for used in ["title", "published_on", "passed_on", "told_on", "dated_on", "_other"] {
        fields.remove(used);
    }
    let body = match (&raw.html, &raw.text) {
        (Some(html), _) if cleaned.is_some() => {
            let part = region::content(html).map_or_else(|| cleaned.clone().unwrap_or_default(), html::clean);
            html::numbered(&part)
        }
        (_, text) => plain::structured(text.as_deref().unwrap_or_default()),
    };
    let body = plain::without_head(&body, &title, number.as_deref());
    let title = whole_title(title, &lines);
    let mask = |html: &str| if raw.draft { (html.to_owned(), 0) } else { privacy::mask(html) };
    let hidden = mask(&body);
    if html::words(&hidden.0).trim().is_empty() && !hidden.0.contains("<img") {
        return Err(fault("正文", EMPTY));
    }
    let outside_id = raw.outside_id.unwrap_or_else(|| {
        let day = published_on.map(|day| day.to_string()).unwrap_or_default();
        format!("{title}|{day}")
    });
    Ok(Page {
        line: raw.line,
        format: raw.format,
        outside_id,
        kind,
        title: mask(&title).0,
        body: hidden.0,
        fields,
        published_on,
        address: raw.address,
        hidden: hidden.1,
        pictures: raw.pictures,
    })
}

/// The day of a law is that on which it was passed, or told.
fn supplement(fields: &mut Found) {
    if !fields.contains_key("written_on") {
        let passed = fields.get("passed_on").or(fields.get("told_on")).cloned();
        fields.extend(passed.map(|day| ("written_on".to_owned(), day)));
    }
}

/// A title that begins with 关于 names no organ: the one whose mark stands over it does (GB/T 9704-2012 7.3.1).
fn whole_title(title: String, lines: &[&str]) -> String {
    let issuer = redhead::issuer(lines).filter(|_| title.starts_with("关于"));
    issuer.map_or(title.clone(), |issuer| format!("{issuer}{title}"))
}

/// When a page became public: what it or its source says, its address, else when it was written or
/// announced; of a year alone its last day, before which nothing says that it was public.
fn published(fields: &BTreeMap<String, String>, address: Option<&str>) -> Option<Date> {
    let said = |key: &str| fields.get(key).and_then(|day| day.parse::<Date>().ok());
    let year = || Date::new(fields.get("year")?.parse().ok()?, 12, 31).ok();
    said("published_on")
        .or_else(|| address.and_then(day::of_address))
        .or_else(|| ["dated_on", "passed_on", "told_on", "written_on"].into_iter().find_map(said))
        .or_else(year)
}

/// The year that a title names first.
fn year_of(title: &str) -> Option<String> {
    let at = title.find('年')?;
    let digits = title.get(at.checked_sub(4)?..at)?;
    let year: i16 = digits.parse().ok()?;
    (1949..=2100).contains(&year).then(|| year.to_string())
}

/// A title made of the beginning of the text.
fn beginning(lines: &[&str]) -> String {
    let line = lines.first().copied().unwrap_or_default();
    let short: String = line.chars().take(TITLE_LENGTH).collect();
    if short.len() < line.len() { format!("{short}……") } else { short }
}
