//! From the text of rulebook files to the installed law, with every fault named.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;

use crate::calendar::{Anchor, Notice, Statute, Statutory, YEARS, next};
use crate::file::{File, LimitEntry, NoticeEntry, Roll, StatuteEntry, ValueEntry};
use crate::limit::{LimitValue, Sort, Unit};
use crate::rules::{Law, RuleFault};

/// No limit of the law is longer; the bound keeps counting finite.
const LONGEST: u32 = 3660;

/// The file at hand: its name, text and the faults found so far.
struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    faults: &'a mut Vec<RuleFault>,
}

impl Reading<'_> {
    fn fault(&mut self, span: Option<Range<usize>>, name: &str, rule: &str, path: &str, error: &str) {
        let line = span.and_then(|span| self.text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        self.faults.push(RuleFault {
            file: self.file.to_owned(),
            line,
            name: name.to_owned(),
            rule: rule.to_owned(),
            path: path.to_owned(),
            error: error.to_owned(),
        });
    }
}

pub(crate) fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Law, Vec<RuleFault>> {
    let mut law = Law::default();
    let mut statutes = Vec::new();
    let mut faults = Vec::new();
    for (path, text) in files {
        let mut at = Reading { file: path, text, faults: &mut faults };
        match toml::from_str::<File>(text) {
            Err(error) => at.fault(error.span(), "", "toml", "", error.message()),
            Ok(file) => {
                if let Some(year) = &file.year {
                    read_notices(&mut law, year, &file.body, file.notice, &mut at);
                } else if !file.notice.is_empty() {
                    at.fault(Some(0..0), "", "calendar", "year", "放假安排文件缺少年份year");
                }
                let entries = file.statute.into_iter();
                statutes.extend(entries.filter_map(|entry| read_statute(entry, &mut at)));
                law.counting.extend(file.counting);
                for entry in file.limit {
                    read_limit(&mut law, &file.body, entry, &mut at);
                }
            }
        }
    }
    law.counting.sort_by_key(|rule| rule.from);
    law.calendar.settle_statutes(statutes);
    if faults.is_empty() { Ok(law) } else { Err(faults) }
}

fn read_notices(law: &mut Law, year: &Spanned<i16>, body: &str, notices: Vec<NoticeEntry>, at: &mut Reading<'_>) {
    let (span, year) = (year.span(), *year.get_ref());
    let name = year.to_string();
    if !YEARS.contains(&year) {
        at.fault(Some(span), &name, "calendar", "year", "年份超出范围");
        return;
    }
    if notices.is_empty() || (body.is_empty() && law.calendar.announced(year)) {
        at.fault(Some(span), &name, "calendar", "notice", "每个年份应当有且只有一个放假安排文件");
        return;
    }
    for (index, entry) in notices.into_iter().enumerate() {
        let mut days = Vec::new();
        for group in entry.days {
            let (span, path) = (group.span(), format!("notice[{index}].days"));
            let group = group.into_inner();
            let rest = group.rest.as_deref().map_or(Some(Vec::new()), date_range);
            let Some(rest) = rest else {
                at.fault(Some(span), &name, "calendar", &path, "放假日期应写成2026-10-01..2026-10-07");
                continue;
            };
            let named =
                rest.into_iter().map(|date| (date, false)).chain(group.work.into_iter().map(|date| (date, true)));
            for (date, works) in named {
                // New Year's arrangement may reach into the last days of the year before.
                let near = date.year() == year || (date.year() + 1 == year && date.month() == 12);
                if near {
                    days.push((date, works, group.label.clone()));
                } else {
                    at.fault(Some(span.clone()), &name, "calendar", &path, &format!("{date}不属于{year}年"));
                }
            }
        }
        let notice = Notice { title: entry.title, number: entry.number, issued: entry.issued, body: body.to_owned() };
        law.calendar.announce(year, notice, days);
    }
}

/// The days of `A` or `A..B`, at most 31.
fn date_range(text: &str) -> Option<Vec<Date>> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last): (Date, Date) = (first.parse().ok()?, last.parse().ok()?);
    let days: Vec<Date> =
        std::iter::successors(Some(first), |day| Some(next(*day))).take_while(|day| *day <= last).take(32).collect();
    (!days.is_empty() && days.len() <= 31).then_some(days)
}

fn read_statute(entry: Spanned<StatuteEntry>, at: &mut Reading<'_>) -> Option<Statute> {
    let span = entry.span();
    let entry = entry.into_inner();
    let mut days = Vec::new();
    for day in entry.days {
        let anchor = match (&day.on, day.feast) {
            (Some(on), None) => month_day(on).map(|(month, day)| Anchor::Solar(month, day)),
            (None, Some(feast)) => Some(Anchor::Lunar(feast)),
            _ => None,
        };
        let Some(anchor) = anchor else {
            at.fault(
                Some(span),
                &day.label,
                "statute",
                "days",
                "法定节假日应当写明on（月-日）或者feast（节气、农历节日）之一",
            );
            return None;
        };
        days.push(Statutory { label: day.label, anchor, offset: day.offset, days: day.days });
    }
    Some(Statute { from: entry.from, article: entry.article, days })
}

/// `03-31` as month and day of any year.
pub(crate) fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2001, month, day).ok().map(|_| (month, day))
}

fn read_limit(law: &mut Law, body: &str, entry: LimitEntry, at: &mut Reading<'_>) {
    let span = entry.id.span();
    let id = entry.id.get_ref().clone();
    let key = (id.clone(), body.to_owned());
    if law.limits.contains_key(&key) {
        at.fault(Some(span), &id, "limit", "id", "同一期限写了两次，请合并为一处");
        return;
    }
    if entry.value.is_empty() {
        at.fault(Some(span), &id, "limit", "value", "期限至少应有一个生效版本");
        return;
    }
    let mut values: Vec<LimitValue> = Vec::new();
    for (index, value) in entry.value.iter().enumerate() {
        let mut wrong = |field: &str, error: &str| {
            at.fault(Some(value.span()), &id, "limit", &format!("value[{index}].{field}"), error);
        };
        let value = value.get_ref();
        check_value(entry.sort, value, &mut wrong);
        if values.last().is_some_and(|earlier| earlier.from >= value.from) {
            wrong("from", "各版本应按生效日期先后排列");
        }
        values.push(LimitValue {
            id: id.clone(),
            body: body.to_owned(),
            name: entry.name.clone(),
            start: entry.start.clone(),
            start_mark: entry.mark.clone(),
            sort: entry.sort,
            side: entry.side,
            from: value.from,
            until: value.until,
            amount: value.amount,
            unit: value.unit,
            on: value.on.as_deref().and_then(month_day),
            roll: value.roll == Roll::Next,
            article: value.article.clone(),
            start_article: value.start_article.clone(),
            version: value.version.clone(),
            classes: value.classes.clone(),
            extension: value.extension.clone(),
            pauses: value.pauses.clone(),
            checked: value.checked,
            source: value.source,
            note: value.note.clone(),
        });
    }
    law.limits.insert(key, values);
}

fn check_value(sort: Sort, value: &ValueEntry, wrong: &mut impl FnMut(&str, &str)) {
    let fixed = value.unit == Unit::Fixed;
    if fixed != (sort == Sort::Fixed) {
        wrong("unit", "固定日期的期限sort和unit都应写fixed");
    }
    if fixed != value.on.is_some() || value.on.as_deref().is_some_and(|on| month_day(on).is_none()) {
        wrong("on", "固定日期的期限应当写on（月-日），其他期限不写");
    }
    if !fixed && !(1..=LONGEST).contains(&value.amount) {
        wrong("amount", "数量应当在1至3660之间");
    }
    for class in &value.classes {
        let dated = class.on.as_deref().is_some_and(|on| month_day(on).is_some());
        let amount = (1..=LONGEST).contains(&class.amount);
        if class.unit == Some(Unit::Fixed) || if fixed { !dated } else { !amount || class.on.is_some() } {
            wrong("classes", "分类的数量或者日期有误");
        }
    }
    if let Some(extension) = &value.extension {
        if fixed || !(1..=LONGEST).contains(&extension.amount) {
            wrong("extension", "延长的数量应当在1至3660之间，固定日期不能延长");
        }
        if extension.class.as_ref().is_some_and(|id| !value.classes.iter().any(|class| class.id == *id)) {
            wrong("extension.class", "延长所限的分类不存在");
        }
    }
    if !value.pauses.is_empty() && !matches!(value.unit, Unit::Workday | Unit::Day) {
        wrong("pauses", "只有按工作日或者日计算的期限可以扣除时间");
    }
    if value.roll == Roll::Next && !matches!(value.unit, Unit::Day | Unit::Month) {
        wrong("roll", "只有按日或者月计算的期限可以顺延");
    }
    if value.article.trim().is_empty() || value.version.trim().is_empty() {
        wrong("article", "每个版本都应当写明依据的条款和版本名称");
    }
    if value.until.is_some_and(|until| until < value.from) {
        wrong("until", "失效日期早于生效日期");
    }
}
