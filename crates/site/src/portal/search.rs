//! Search over everything public (P8): results with facets. The whole state stands in the address; no script is needed.

use super::{article, frame};
use crate::Site;
use crate::component::{Lamp, LampKind, Link, Pager, Text};
use crate::form::{self, Form};
use crate::lang::query_value;
use crate::page::{self, Shell};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::{Counted, Found, Hit, NARROWING, Search};
use std::fmt::Write as _;
use std::sync::Arc;
use text::token;

/// Hits on a page.
const ROWS: usize = 10;
/// The last page that can be turned to.
const LAST: usize = 500;
/// More characters than these nobody types; the rest is left out.
pub(super) const LONGEST: usize = 100;
/// Characters of a text that are shown, and in which the words are looked for.
const SHOWN: usize = 110;
const LOOKED: usize = 20_000;
/// Values of a facet that are shown.
const VALUES: usize = 8;

/// Results of a search.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/search.html")]
pub struct SearchPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed.
    pub query: String,
    /// What the results are narrowed by, kept when the words change.
    pub kept: Vec<(&'static str, String)>,
    /// The search without them.
    pub clear: String,
    /// How many were found, and how.
    pub told: Text,
    /// Ways to narrow the results.
    pub groups: Vec<Group>,
    /// What the groups are about, for the phone.
    pub group_names: String,
    /// Orders; the one in use has no address.
    pub orders: Vec<Link>,
    /// The results.
    pub hits: Vec<HitRow>,
    /// Page numbers.
    pub pager: Pager,
    /// The same results for programs: address, type, name.
    pub feeds: Vec<(Link, &'static str)>,
    /// The same results as a table.
    pub table: String,
}

/// One way to narrow: its name, and its values; the flag marks the one in use.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Name.
    pub label: &'static str,
    /// Address and words, number of hits, whether it is in use.
    pub values: Vec<(Link, String, bool)>,
}

/// A text cut where it is marked; the flag says which parts are.
pub type Marked = Vec<(String, bool)>;

/// One result.
#[derive(Clone, Debug, Default)]
pub struct HitRow {
    /// Address.
    pub href: String,
    /// Title.
    pub title: Marked,
    /// The place in its text that fits best.
    pub excerpt: Marked,
    /// Kind.
    pub kind: String,
    /// Validity.
    pub lamp: Option<Lamp>,
    /// 文号, issuer.
    pub notes: Vec<String>,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What interprets it.
    pub ways: Vec<Link>,
}

/// What the address asks for.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) words: String,
    pub(super) narrowed: Vec<(&'static str, String)>,
    pub(super) by_date: bool,
    pub(super) page: usize,
}

impl Asked {
    pub(super) fn of(form: &Form) -> Asked {
        let line = |name: &str| form.line(name).chars().take(LONGEST).collect::<String>();
        let narrowed = NARROWING.into_iter().map(|name| (name, line(name))).filter(|(_, value)| !value.is_empty());
        let page = form.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1);
        Asked {
            words: line("q"),
            narrowed: narrowed.collect(),
            by_date: form.line("sort") == "date",
            page: page.clamp(1, LAST),
        }
    }

    pub(super) fn search(&self, rows: usize, count: bool) -> Search {
        let (words, narrowed) = (self.words.clone(), self.narrowed.clone());
        Search { words, narrowed, by_date: self.by_date, page: self.page, rows, count }
    }

    /// The address of this search at `path`, with `name` set to `value`, or without it.
    pub(super) fn address(&self, path: &str, name: &str, value: Option<&str>) -> String {
        let date = if self.by_date { "date" } else { "" };
        let mut pairs = vec![("q", self.words.as_str()), ("sort", date)];
        pairs.extend(self.narrowed.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.retain(|(known, value)| *known != name && !value.is_empty());
        pairs.extend(value.map(|value| (name, value)));
        let mut address = path.to_owned();
        for (index, (name, value)) in pairs.into_iter().enumerate() {
            let mark = if index == 0 { '?' } else { '&' };
            let _ = write!(address, "{mark}{name}={}", query_value(value));
        }
        address
    }

    fn value(&self, facet: &str) -> Option<&str> {
        self.narrowed.iter().find(|(name, _)| *name == facet).map(|(_, value)| value.as_str())
    }
}

/// The name of a way to narrow.
fn group_name(facet: &str) -> &'static str {
    match facet {
        "kind" => "类型",
        "validity" => "有效性",
        "year" => "年份",
        "organ" => "机构",
        "topic" => "主题",
        "column" => "栏目",
        _ => "体裁",
    }
}

/// The results. A 文号 typed as it is leads straight to its document.
///
/// # Errors
/// Busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let asked = Asked::of(&form);
    let found = site.office.find(visit.caller.body, asked.search(ROWS, true)).await?;
    if let Some((kind, item)) = found.exact.as_ref().filter(|_| asked.narrowed.is_empty()) {
        return Ok(form::see(&article::address_of(&site, kind, item)));
    }
    let title = if asked.words.is_empty() { "搜索".to_owned() } else { format!("搜索“{}”", asked.words) };
    let base = asked.address("/s", "page", Some(""));
    let feed = |path: &str, name: &'static str| Link::new(asked.address(path, "", None), name);
    let groups = groups(&asked, &found.counted);
    let page = SearchPage {
        shell: frame::shell(&site, &visit, title, ""),
        told: told(&asked, &found).into(),
        group_names: groups.iter().map(|group| group.label).collect::<Vec<_>>().join("、"),
        groups,
        orders: orders(&asked),
        hits: found.hits.iter().map(|hit| hit_row(&site, hit, &asked.words)).collect(),
        pager: Pager::new(base, asked.page as u64, ROWS as u64, found.total.min(LAST * ROWS) as u64, "条"),
        feeds: vec![
            (feed("/s.atom", "Atom"), "application/atom+xml"),
            (feed("/s.rss", "RSS"), "application/rss+xml"),
            (feed("/s.json", "JSON"), "application/feed+json"),
        ],
        table: asked.address("/s.csv", "", None),
        clear: Asked { narrowed: Vec::new(), ..asked.clone() }.address("/s", "", None),
        kept: asked.narrowed.clone(),
        query: asked.words,
    };
    Ok(page::render(&page, &page.shell))
}

fn told(asked: &Asked, found: &Found) -> String {
    match (asked.words.is_empty(), found.total, found.relaxed) {
        (true, total, _) => format!("本站公开的信息共{total}条，最新的在前。可以输入几个词，也可以直接输入文号。"),
        (_, 0, _) => "没有找到。换个说法，或者少写几个字再试试。".to_owned(),
        (_, total, true) => format!("没有全部包含这些字的信息，下面{total}条最相近。"),
        (_, total, false) => format!("找到{total}条。"),
    }
}

fn orders(asked: &Asked) -> Vec<Link> {
    let best = Asked { by_date: false, ..asked.clone() };
    let newest = asked.by_date || asked.words.is_empty();
    let mut orders = Vec::new();
    if !asked.words.is_empty() {
        orders.push(Link::new(if newest { best.address("/s", "", None) } else { String::new() }, "按相关度"));
    }
    orders.push(Link::new(if newest { String::new() } else { best.address("/s", "sort", Some("date")) }, "按日期"));
    orders
}

fn groups(asked: &Asked, counted: &[Counted]) -> Vec<Group> {
    let mut groups = Vec::new();
    for facet in NARROWING {
        let mut values: Vec<&Counted> = counted.iter().filter(|one| one.facet == facet).collect();
        let chosen = asked.value(facet);
        // One value that everything has narrows nothing.
        if chosen.is_none() && values.len() < 2 {
            continue;
        }
        if facet == "year" {
            values.sort_by(|a, b| b.value.cmp(&a.value));
        }
        // A column that gathers is narrowed further by those below it.
        let gathers = facet == "column" && chosen.is_some_and(|chosen| values.iter().all(|one| one.value != chosen));
        values.retain(|one| gathers || chosen.is_none_or(|chosen| one.value == chosen));
        let all = Link::new(asked.address("/s", facet, None), "不限");
        let one = |one: &&Counted| {
            let link = Link::new(asked.address("/s", facet, Some(&one.value)), one.label.clone());
            (link, one.hits.to_string(), chosen == Some(one.value.as_str()))
        };
        let values = std::iter::once((all, String::new(), chosen.is_none()))
            .chain(values.iter().take(VALUES).map(one))
            .collect();
        groups.push(Group { label: group_name(facet), values });
    }
    groups
}

fn hit_row(site: &Site, hit: &Hit, words: &str) -> HitRow {
    let row = &hit.row;
    let kind = site.office.rules().kind(&row.kind);
    let lamp = hit.validity.as_ref().map(|(code, word)| match code.as_str() {
        "valid" => Lamp::new(LampKind::Green, "现行有效"),
        "amended" => Lamp::new(LampKind::Amber, word.clone()),
        _ => Lamp::new(LampKind::Grey, word.clone()),
    });
    let notes = [row.number.clone().unwrap_or_default(), hit.organ.clone()];
    HitRow {
        href: article::address_of(site, &row.kind, &row.item),
        title: marked(&row.title, words),
        excerpt: excerpt(&hit.text, words),
        kind: kind.map(|kind| kind.label.clone()).unwrap_or_default(),
        lamp,
        notes: notes.into_iter().filter(|note| !note.is_empty()).collect(),
        date: row.at.date().to_string(),
        ways: hit
            .interpreted
            .iter()
            .take(3)
            .map(|(item, title)| Link::new(article::address(item), title.clone()))
            .collect(),
    }
}

/// The text cut at the places that answer the words.
pub(super) fn marked(text: &str, words: &str) -> Marked {
    let (mut parts, mut at) = (Marked::new(), 0);
    for mark in token::highlight(text, words) {
        parts.push((text.get(at..mark.start).unwrap_or_default().to_owned(), false));
        parts.push((text.get(mark.clone()).unwrap_or_default().to_owned(), true));
        at = mark.end;
    }
    parts.push((text.get(at..).unwrap_or_default().to_owned(), false));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

fn excerpt(text: &str, words: &str) -> Marked {
    let looked: String = text.chars().take(LOOKED).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let range = token::excerpt(&looked, words, SHOWN);
    let (begins, ends) = (range.start == 0, range.end == looked.len());
    let mut parts = marked(looked.get(range).unwrap_or_default(), words);
    if !begins {
        parts.insert(0, ("……".to_owned(), false));
    }
    if !ends {
        parts.push(("……".to_owned(), false));
    }
    parts
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn page(words: &str) -> SearchPage {
        let asked = Asked { words: words.into(), narrowed: vec![("year", "2026".into())], by_date: false, page: 1 };
        let count = |facet: &str, value: &str, label: &str, hits| Counted {
            facet: facet.into(),
            value: value.into(),
            label: label.into(),
            hits,
        };
        let counted = [
            count("kind", "policy", "政策文件", 4),
            count("kind", "news", HOSTILE, 2),
            count("year", "2026", "2026年", 6),
        ];
        let text = format!("第二条　本办法所称老年助餐服务，是指{HOSTILE}老年助餐点提供的服务。");
        let hit = HitRow {
            href: "/a/1".into(),
            title: marked("晴湾区老年助餐服务管理办法", words),
            excerpt: excerpt(&text, words),
            kind: "政策文件".into(),
            lamp: Some(Lamp::new(LampKind::Green, "现行有效")),
            notes: vec!["晴政办规〔2026〕5号".into()],
            date: "2026-10-30".into(),
            ways: vec![Link::new("/a/2", "文字解读")],
        };
        SearchPage {
            shell: shell("搜索"),
            query: words.into(),
            told: "找到2条。".into(),
            groups: groups(&asked, &counted),
            group_names: "类型、年份".into(),
            orders: orders(&asked),
            hits: vec![hit.clone(), HitRow { lamp: None, ways: Vec::new(), ..hit }],
            pager: Pager::new(asked.address("/s", "page", Some("")), 1, 10, 26, "条"),
            feeds: vec![(Link::new(asked.address("/s.atom", "", None), "Atom"), "application/atom+xml")],
            table: asked.address("/s.csv", "", None),
            clear: "/s?q=1".into(),
            kept: asked.narrowed,
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("search", &page("老年助餐"));
        out.add("search-hostile", &page(HOSTILE));
        out.add("search-none", &SearchPage { hits: Vec::new(), groups: Vec::new(), ..page("无此事") });
    }

    #[test]
    fn the_state_of_a_search_stands_in_its_address() {
        let asked = Asked {
            words: "助餐 & 补助".into(),
            narrowed: vec![("year", "2026".into()), ("organ", "区民政局".into())],
            by_date: true,
            page: 3,
        };
        let again = |address: &str| Asked::of(&Form::parse(address.split_once('?').unwrap().1.as_bytes()));
        let same = again(&asked.address("/s", "", None));
        assert_eq!((&same.words, &same.narrowed, same.by_date), (&asked.words, &asked.narrowed, true));
        assert_eq!(again(&asked.address("/s", "year", None)).narrowed, [("organ", "区民政局".to_owned())]);
        let other = again(&asked.address("/s", "year", Some("2025")));
        assert_eq!((other.value("year"), other.page), (Some("2025"), 1), "another value begins at the first page");
    }

    #[test]
    fn marks_stand_at_what_was_looked_for_in_any_script() {
        assert_eq!(
            marked("晴灣區老年助餐", "老年"),
            [("晴灣區".into(), false), ("老年".into(), true), ("助餐".into(), false)]
        );
        assert_eq!(marked("晴灣區", "晴湾"), [("晴灣".into(), true), ("區".into(), false)]);
    }
}
