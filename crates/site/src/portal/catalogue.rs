//! 主动公开事项目录 for everybody: what must be public, on what basis, by whom, when, where; what is public
//! under each entry, and why there is nothing where there is nothing (条例第十二条).

mod data;

use super::{frame, nav};
use crate::Site;
use crate::component::{Choice, Field, Input, Link, Pager, Text};
use crate::form::Form;
use crate::lang::query_value;
use crate::page::{self, Shell};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::Body;
use office::catalogue::Listed;
use publication::catalogue::{Mark, Word};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use data::{csv, json, xlsx};

/// Where the catalogue is.
pub const PATH: &str = "/catalogue";

/// Entries on a page: the whole page stays within its budget.
const ROWS: usize = 15;

/// The catalogue.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/catalogue.html")]
pub struct CataloguePage {
    /// Frame.
    pub shell: Shell,
    /// Whose it is, how many entries, when it was changed last and by which unit.
    pub told: Text,
    /// Keeps the body through the form; empty for the site's own.
    pub body: String,
    /// Words and unit.
    pub fields: Vec<Field>,
    /// 五公开; the flag marks the one shown.
    pub marks: Vec<(Link, bool)>,
    /// What was found.
    pub found: Text,
    /// Entries by 一级事项.
    pub groups: Vec<Group>,
    /// Page numbers.
    pub pager: Pager,
    /// The same as files: address and words.
    pub files: Vec<Link>,
    /// Catalogues of bodies that stand in channels of this site.
    pub others: Vec<Link>,
}

/// Entries of one 一级事项.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Its name.
    pub top: String,
    /// Its entries.
    pub lines: Vec<Line>,
}

/// One entry.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// 二级事项; leads to what is public under it where something is.
    pub item: Link,
    /// How many items, and since when nothing newer came; or why there is nothing.
    pub holds: String,
    /// 五公开, in words.
    pub marks: String,
    /// Name and value of every other column.
    pub cells: Vec<(&'static str, String)>,
}

/// Whose catalogue is asked for: the site's own, or that of a body in one of its channels.
pub(super) fn body_of(site: &Site, visit: &Visit, form: &Form) -> Result<Arc<Body>, Trouble> {
    let key = form.raw("body");
    if key.is_empty() {
        return Ok(site.office.body(visit.caller.body)?);
    }
    let found = site.office.hosted(visit.caller.body).into_iter().find(|body| body.key == key);
    found.ok_or_else(|| Trouble::new(Why::NotFound))
}

/// What narrows the catalogue.
#[derive(Clone, Debug, Default)]
struct Asked {
    body: String,
    words: String,
    unit: String,
    mark: Option<Mark>,
}

impl Asked {
    fn of(form: &Form) -> Asked {
        let mark = form.raw("mark");
        Asked {
            body: form.code("body"),
            words: form.line("q"),
            unit: form.line("unit"),
            mark: Mark::ALL.iter().copied().find(|one| one.id() == mark),
        }
    }

    fn fits(&self, one: &Listed) -> bool {
        let entry = &one.entry;
        let texts = [&entry.top, &entry.item, &entry.content, &entry.basis, &entry.subject];
        let folded = text::normal::folded(&self.words);
        self.mark.is_none_or(|mark| entry.marks.contains(&mark))
            && (self.unit.is_empty() || one.unit_name() == self.unit)
            && (folded.is_empty() || texts.iter().any(|text| text::normal::folded(text).contains(&folded)))
    }

    fn query(&self, mark: Option<Mark>) -> String {
        let mut parts = Vec::new();
        let mut part = |name: &str, value: &str| {
            if !value.is_empty() {
                parts.push(format!("{name}={}", query_value(value)));
            }
        };
        part("body", &self.body);
        part("q", &self.words);
        part("unit", &self.unit);
        part("mark", mark.map_or("", Mark::id));
        parts.join("&")
    }

    fn address(&self, path: &str, mark: Option<Mark>) -> String {
        let query = self.query(mark);
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// The catalogue.
///
/// # Errors
/// No such body, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (body, asked) = (body_of(&site, &visit, &form)?, Asked::of(&form));
    let (all, updated) = site.office.catalogue(body.id).await?;
    let shown: Vec<&Listed> = all.iter().filter(|one| asked.fits(one)).collect();
    let number = form.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).max(1);
    let first = (number - 1).saturating_mul(ROWS);
    let own = asked.address(PATH, asked.mark);
    let join = if own.contains('?') { '&' } else { '?' };
    let mut page = CataloguePage {
        shell: shell(&site, &visit, &body),
        told: told(&body, all.len(), updated).into(),
        body: asked.body.clone(),
        fields: fields(&all, &asked),
        marks: marks(&asked),
        found: if asked.query(asked.mark).is_empty() {
            Text::default()
        } else {
            format!("找到{}项。", shown.len()).into()
        },
        groups: groups(&shown.iter().copied().skip(first).take(ROWS).collect::<Vec<_>>(), &body),
        pager: Pager::new(format!("{own}{join}page="), number as u64, ROWS as u64, shown.len() as u64, "项"),
        ..CataloguePage::default()
    };
    let whole = Asked { body: asked.body.clone(), ..Asked::default() };
    page.files = [("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON")]
        .map(|(ending, words)| Link::new(whole.address(&format!("{PATH}.{ending}"), None), words))
        .into();
    page.others = others(&site, &visit, &body);
    Ok(page::render(&page, &page.shell))
}

fn shell(site: &Site, visit: &Visit, body: &Body) -> Shell {
    let mut shell = match frame::columns(site).and_then(publication::Columns::statutory) {
        Some(column) => {
            Shell { crumbs: vec![nav::link(column)], ..frame::of_column(site, visit, "公开事项目录", column) }
        }
        None => frame::shell(site, visit, "公开事项目录", ""),
    };
    shell.feeds.clear();
    shell.description = format!("{}应当主动公开的事项、内容、依据、时限、主体、渠道和已经公开的情况", body.name).into();
    shell
}

fn told(body: &Body, entries: usize, updated: office::catalogue::Updated) -> String {
    let when = updated.map(|(at, unit)| {
        let unit = if unit.is_empty() { body.name.clone() } else { unit };
        format!("，最近更新于{}，由{unit}维护", at.date())
    });
    format!("{}共{entries}项{}。", body.name, when.unwrap_or_default())
}

fn fields(all: &[Listed], asked: &Asked) -> Vec<Field> {
    let units: BTreeMap<&str, ()> =
        all.iter().map(|one| (one.unit_name(), ())).filter(|(name, ())| !name.is_empty()).collect();
    let units = units.into_keys().map(|name| Choice::new(name.to_owned(), name.to_owned()).chosen_if(&asked.unit));
    let units = std::iter::once(Choice::new("", "全部单位")).chain(units).collect();
    vec![
        Field::new("q", "事项、内容或者依据里的词", asked.words.clone()).input(Input::Typed("search")),
        Field::new("unit", "产生信息的单位", "").input(Input::Select(units)),
    ]
}

fn marks(asked: &Asked) -> Vec<(Link, bool)> {
    let all = (Link::new(asked.address(PATH, None), "全部"), asked.mark.is_none());
    let one = |mark: &Mark| (Link::new(asked.address(PATH, Some(*mark)), mark.label()), asked.mark == Some(*mark));
    std::iter::once(all).chain(Mark::ALL.iter().map(one)).collect()
}

fn groups(shown: &[&Listed], body: &Body) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in shown {
        if groups.last().is_none_or(|group| group.top != one.entry.top) {
            groups.push(Group { top: one.entry.top.clone(), lines: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.lines.push(line(one, body));
        }
    }
    groups
}

fn line(one: &Listed, body: &Body) -> Line {
    let entry = &one.entry;
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let listed = |words: Vec<&str>| words.join("、");
    let last = one.holds.last.map(|day| format!("，最近更新{day}")).unwrap_or_default();
    let due = one.standing.due.map(|day| format!("，应在{day}前公开")).unwrap_or_default();
    let holds = match (one.holds.total, entry.nothing.is_empty()) {
        (0, false) => format!("暂无内容：{}", entry.nothing),
        (0, true) => format!("还没有内容{due}"),
        (total, _) => format!("已公开{total}条{last}"),
    };
    let limit = format!("{}（{}）", entry.time_limit, entry.period.label());
    let manner = format!("{}；{}", or(&entry.audience, "全社会"), entry.manner.label());
    let mut cells = vec![
        ("公开内容（要素）", entry.content.clone()),
        ("公开依据", entry.basis.clone()),
        ("公开时限（更新周期）", limit),
        ("公开主体", or(&entry.subject, &body.name)),
        ("产生信息的单位", one.unit_name().to_owned()),
        ("公开渠道和载体", entry.channels.join("、")),
        ("公开对象和方式", manner),
        ("公开层级", listed(entry.levels.iter().map(|level| level.label()).collect())),
    ];
    cells.retain(|(_, value)| !value.is_empty());
    Line {
        item: Link::new(if one.holds.total == 0 { String::new() } else { place(one) }, entry.item.clone()),
        holds,
        marks: listed(entry.marks.iter().map(|mark| mark.label()).collect()),
        cells,
    }
}

/// Where the items stand that count for an entry: their column, or a search for the word of their titles.
fn place(one: &Listed) -> String {
    let counts = &one.entry.counts;
    match counts.columns.first() {
        Some(column) if counts.title.is_empty() => format!("/c/{column}"),
        _ if !counts.title.is_empty() => format!("/s?q={}", query_value(&counts.title)),
        _ => "/c/fdzdgk".to_owned(),
    }
}

fn others(site: &Site, visit: &Visit, shown: &Body) -> Vec<Link> {
    let hosted = site.office.hosted(visit.caller.body);
    if hosted.is_empty() {
        return Vec::new();
    }
    let own = site.office.body(visit.caller.body).ok();
    let own = own.map(|body| (body.id, Link::new(PATH, body.name.clone())));
    let hosted = hosted.iter().map(|body| (body.id, Link::new(format!("{PATH}?body={}", body.key), body.name.clone())));
    own.into_iter().chain(hosted).filter(|(id, _)| *id != shown.id).map(|(_, link)| link).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn page(title: &'static str, item: &'static str) -> CataloguePage {
        let line = |item: &'static str, holds: &str| Line {
            item: Link::new("/c/tjxx", item),
            holds: holds.into(),
            marks: "结果公开".into(),
            cells: vec![
                ("公开内容（要素）", "主要经济社会指标、统计公报".into()),
                ("公开依据", "《政府信息公开条例》第二十条第四项".into()),
                ("公开时限（更新周期）", "每季度终了后20个工作日内（每季度）".into()),
                ("公开主体", "明川市晴湾区人民政府".into()),
            ],
        };
        let empty =
            Line { item: Link::new("", "治安管理"), ..line("", "还没有内容，应在2019-06-13前公开") };
        CataloguePage {
            shell: Shell { path: PATH.into(), ..shell(title) },
            told: "明川市晴湾区人民政府共29项，最近更新于2026-11-20，由区政府办公室维护。".into(),
            fields: fields(&[], &Asked::default()),
            marks: marks(&Asked::default()),
            groups: vec![Group {
                top: "统计信息".into(),
                lines: vec![line(item, "已公开3条，最近更新2026-10-26"), empty],
            }],
            pager: Pager::new("/catalogue?page=".into(), 1, 15, 29, "项"),
            files: vec![Link::new("/catalogue.xlsx", "Excel"), Link::new("/catalogue.csv", "CSV")],
            others: vec![Link::new("/catalogue?body=mz", "晴湾区示例镇人民政府")],
            ..CataloguePage::default()
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("catalogue", &page("公开事项目录", "国民经济和社会发展统计信息"));
        out.add("catalogue-hostile", &page(HOSTILE, HOSTILE));
        let none =
            CataloguePage { groups: Vec::new(), found: "找到0项。".into(), ..page("公开事项目录", "") };
        out.add("catalogue-none", &none);
    }
}
