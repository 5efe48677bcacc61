//! Columns (P2–P4): dated lists that can be turned page by page and narrowed by year; a column of one
//! item shows that item; a column that gathers shows what is below it.

use super::article::{self, ArticlePage};
use super::card::{self, Card, Layout};
use super::search::Group;
use super::{channel, directory, flow, frame, narrow, nav};
use crate::Site;
use crate::component::{LampKind, Link, Pager, Row, Rows, Text};
use crate::form::{Form, see};
use crate::page::{self, Shell};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::{Holding, ItemQuery, ItemRow, Related};
use publication::kind::Relation;
use publication::{Column, Columns};
use std::sync::Arc;

/// The channel that holds everything.
pub const SITE: &str = "site";

/// Rows of each part of a column that gathers.
const FEW: usize = 5;

/// A column.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/column.html")]
pub struct ColumnPage {
    /// Frame.
    pub shell: Shell,
    /// What the column is for.
    pub about: String,
    /// Name of the menu: the column at the top.
    pub top: Link,
    /// The columns below it.
    pub menu: Vec<Place>,
    /// The item itself, in a column of one item.
    pub single: Option<Box<ArticlePage>>,
    /// People or units, in a column of such.
    pub cards: Vec<Card>,
    /// Ways to narrow the list.
    pub filters: Vec<Group>,
    /// The column within which the search of this page looks; empty: no search of its own.
    pub within: String,
    /// How many there are, and since when nothing new came.
    pub found: Text,
    /// The items.
    pub rows: Rows,
    /// Page numbers.
    pub pager: Pager,
    /// The list for downloading, or empty.
    pub download: String,
    /// The parts of a column that gathers.
    pub parts: Vec<Part>,
    /// The catalogue of a column that gathers.
    pub tree: Vec<Place>,
    /// Channels of bodies that have no site of their own.
    pub channels: Vec<Link>,
    /// The way to apply for what is not public stands here too: within what time it is answered.
    pub apply: Option<Text>,
    /// Within what time information is made public.
    pub publish: Text,
}

/// A column in a menu or catalogue.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Its link.
    pub link: Link,
    /// It is the one shown.
    pub here: bool,
    /// How deep it stands below the top, from 0.
    pub depth: usize,
    /// What it is for.
    pub about: String,
    /// How many items it holds; none where it only gathers.
    pub count: Option<u64>,
    /// When something was placed there last.
    pub updated: String,
}

/// One part of a column that gathers.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Its column.
    pub link: Link,
    /// What it is for.
    pub about: String,
    /// Its newest items.
    pub rows: Rows,
}

/// The way to a column, itself included.
pub fn crumbs(columns: Option<&Columns>, column: &Column) -> Vec<Link> {
    let above = columns.map(|columns| columns.path(&column.id)).unwrap_or_default();
    above.into_iter().chain([column]).map(nav::link).collect()
}

/// Items as dated rows: 文号, how each stands, what explains it.
///
/// # Errors
/// Busy, or our failure.
pub async fn rows(site: &Site, body: i64, items: &[ItemRow], long: bool) -> Result<Rows, Trouble> {
    let related = site.office.relations(body, items.iter().map(|item| item.item.clone()).collect()).await?;
    let rows = items.iter().zip(&related).map(|(item, related)| row(site, item, related, long)).collect();
    Ok(Rows { rows, long })
}

fn row(site: &Site, item: &ItemRow, related: &[Related], long: bool) -> Row {
    let of = |relation| move |one: &&Related| !one.forward && one.relation == relation;
    let way = |one: &Related, words: String| Link::new(article::address(&one.other.item), words);
    let explained: Vec<&Related> = related.iter().filter(of(Relation::Interprets)).collect();
    let word = |index: usize| if explained.len() > 1 { format!("解读{}", index + 1) } else { "解读".to_owned() };
    let mut ways: Vec<Link> = explained.iter().enumerate().map(|(index, one)| way(one, word(index))).collect();
    for (relation, words) in [(Relation::Amends, "修改决定"), (Relation::Repeals, "废止依据")] {
        ways.extend(related.iter().filter(of(relation)).map(|one| way(one, words.to_owned())));
    }
    let kind = site.office.rules().kind(&item.kind);
    let lamp = kind.and_then(|kind| article::standing(kind, &item.validity, related));
    // A short list warns only of what is no longer as it was.
    let lamp = lamp.filter(|lamp| long || lamp.kind != LampKind::Green);
    Row {
        link: Link::new(article::address_of(site, &item.kind, &item.item), item.title.clone()),
        date: item.at.date().to_string(),
        notes: [item.number.clone().unwrap_or_default(), item.unit.clone()]
            .into_iter()
            .filter(|note| long && !note.is_empty())
            .map(Text::from)
            .collect(),
        excerpt: item.summary.clone().into(),
        lamp,
        ways,
        typed: false,
    }
}

/// 政府信息公开 at the address that people know.
///
/// # Errors
/// The site has no such column.
pub async fn statutory(State(site): State<Arc<Site>>) -> Result<Response, Trouble> {
    let column = frame::columns(&site).and_then(Columns::statutory).ok_or_else(|| Trouble::new(Why::NotFound))?;
    Ok(see(&nav::address(column)))
}

/// A column: its item, its list, or the columns that it gathers; its list for downloading.
///
/// # Errors
/// There is no such column, busy, or our failure.
pub async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let columns = frame::columns(&site).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let wanted = id.strip_suffix(directory::ENDING);
    let column = columns.get(wanted.unwrap_or(&id)).ok_or_else(|| Trouble::new(Why::NotFound))?;
    if wanted.is_some() {
        return directory::send(&site, &visit, column).await;
    }
    let page = compose(&site, &visit, columns, column).await?;
    let page = if column.kinds.is_empty() {
        gather(&site, &visit, columns, column, page).await?
    } else if column.single {
        single(&site, &visit, column, page).await?
    } else {
        listed(&site, &visit, column, &form, page).await?
    };
    Ok(page::render(&page, &page.shell))
}

/// What every page of a column carries.
async fn compose(site: &Site, visit: &Visit, columns: &Columns, column: &Column) -> Result<ColumnPage, Trouble> {
    let mut shell = frame::of_column(site, visit, column.label.clone(), column);
    let above = columns.path(&column.id);
    shell.crumbs = above.iter().copied().map(nav::link).collect();
    shell.description = column.about.clone().into();
    let top = above.first().copied().unwrap_or(column);
    let open = |one: &Column| one.id == column.id || above.iter().any(|above| above.id == one.id);
    let mut shown: Vec<(&Column, usize)> = Vec::new();
    for one in columns.under(Some(&top.id)) {
        shown.push((one, 0));
        if open(one) {
            shown.extend(columns.below(&one.id).into_iter().skip(1).map(|deep| (deep, 1)));
        }
    }
    let holdings = holdings(site, visit, shown.iter().map(|(one, _)| *one)).await?;
    let place = |((one, depth), holding): (&(&Column, usize), &Holding)| Place {
        here: one.id == column.id,
        ..place(one, *depth, holding)
    };
    let amount = |id: &str| Text::from(flow::amount(site, id).unwrap_or_default());
    let apply = column.statutory.then(|| amount("foi.reply"));
    let mut menu: Vec<Place> = shown.iter().zip(&holdings).map(place).collect();
    menu.extend(apply.as_ref().map(|_| Place { link: Link::new(nav::FOI, "依申请公开"), ..Place::default() }));
    Ok(ColumnPage {
        about: column.about.clone(),
        top: nav::link(top),
        menu,
        apply,
        publish: amount("foi.publish"),
        within: if column.statutory { top.id.clone() } else { String::new() },
        shell,
        ..ColumnPage::default()
    })
}

async fn holdings(site: &Site, visit: &Visit, columns: impl Iterator<Item = &Column>) -> Result<Vec<Holding>, Trouble> {
    Ok(site.office.holdings(visit.caller.body, columns.map(|one| one.id.clone()).collect()).await?)
}

fn place(column: &Column, depth: usize, holding: &Holding) -> Place {
    Place {
        link: nav::link(column),
        here: false,
        depth,
        about: column.about.clone(),
        count: (!column.kinds.is_empty()).then_some(holding.total),
        updated: holding.span.map(|(_, last)| last.date().to_string()).unwrap_or_default(),
    }
}

/// A column that gathers: the catalogue below it, or the newest of each of its parts.
async fn gather(
    site: &Site,
    visit: &Visit,
    columns: &Columns,
    column: &Column,
    mut page: ColumnPage,
) -> Result<ColumnPage, Trouble> {
    page.shell.feeds.clear();
    if column.tree {
        page.channels = channel::channels(site, visit);
        let below: Vec<&Column> = columns.below(&column.id).into_iter().skip(1).collect();
        let holdings = holdings(site, visit, below.iter().copied()).await?;
        let depth = |one: &Column| columns.path(&one.id).len().saturating_sub(columns.path(&column.id).len() + 1);
        page.tree = below.iter().zip(&holdings).map(|(one, holding)| place(one, depth(one), holding)).collect();
        return Ok(page);
    }
    for one in columns.under(Some(&column.id)) {
        let below = columns.below(&one.id).into_iter().filter(|one| !one.kinds.is_empty());
        let mut items: Vec<ItemRow> = Vec::new();
        for leaf in below {
            let query = ItemQuery { channel: leaf.id.clone(), rows: FEW, ..ItemQuery::default() };
            items.extend(site.office.items(visit.caller.body, query).await?.rows);
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.at));
        items.truncate(FEW);
        let rows = rows(site, visit.caller.body, &items, false).await?;
        page.parts.push(Part { link: nav::link(one), about: one.about.clone(), rows });
    }
    Ok(page)
}

/// A column of people or units shows them as such; every other one is a dated list.
async fn listed(
    site: &Site,
    visit: &Visit,
    column: &Column,
    form: &Form,
    page: ColumnPage,
) -> Result<ColumnPage, Trouble> {
    let mut kinds = column.kinds.iter().map(|id| site.office.rules().kind(id));
    if kinds.all(|kind| Layout::of(kind).is_card()) {
        let cards = card::all(site, visit.caller.body, &column.id).await?;
        let download = format!("{}{}", nav::address(column), directory::ENDING);
        return Ok(ColumnPage { found: format!("共{}个。", cards.len()).into(), cards, download, ..page });
    }
    narrow::list(site, visit.caller.body, column, form, page).await
}

/// A column of one item shows its newest item itself.
async fn single(site: &Site, visit: &Visit, column: &Column, page: ColumnPage) -> Result<ColumnPage, Trouble> {
    let query = ItemQuery { channel: column.id.clone(), rows: 1, ..ItemQuery::default() };
    let newest = site.office.items(visit.caller.body, query).await?.rows.into_iter().next();
    let Some(newest) = newest else { return Ok(page) };
    let article = article::whole(site, visit, &newest.item).await?;
    let labels = article.shell.labels.clone();
    let shell = Shell { labels, canonical: article.shell.canonical.clone(), ..page.shell };
    Ok(ColumnPage { single: Some(Box::new(article)), shell, ..page })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::Lamp;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn menu() -> Vec<Place> {
        let one = |name: &'static str, depth, count| Place {
            link: Link::new("/c/x", name),
            depth,
            count,
            ..Place::default()
        };
        vec![
            one("政府信息公开指南", 0, Some(1)),
            one("法定主动公开内容", 0, None),
            Place { here: true, ..one("政策文件", 1, Some(68)) },
            Place { about: "任免和招考录用".into(), ..one("人事信息", 1, Some(0)) },
            Place { link: Link::new("/foi", "依申请公开"), ..Place::default() },
        ]
    }

    fn page(title: &'static str) -> ColumnPage {
        let row = |title: &'static str, lamp| Row {
            link: Link::new("/a/1", title),
            date: "2026-10-30".into(),
            notes: vec!["晴政办规〔2026〕5号".into()],
            lamp: Some(lamp),
            ways: vec![Link::new("/a/2", "解读")],
            ..Row::default()
        };
        let rows = vec![
            row("晴湾区人民政府办公室关于印发《晴湾区老年助餐服务管理办法》的通知", Lamp::new(LampKind::Green, "有效")),
            row("晴湾区城市停车收费管理规定", Lamp::new(LampKind::Grey, "废止")),
        ];
        ColumnPage {
            shell: Shell { path: "/c/zcwj".into(), section: "/c/xxgk".into(), ..shell(title) },
            about: "行政规范性文件和其他政策文件".into(),
            top: Link::new("/c/xxgk", "政府信息公开"),
            menu: menu(),
            filters: vec![Group {
                label: "年份",
                values: vec![
                    (Link::new("/c/zcwj", "全部"), String::new(), true),
                    (Link::new("/c/zcwj?year=2026", "2026年"), String::new(), false),
                    (Link::new("/c/zcwj?year=2025", "2025年"), "3".into(), false),
                ],
            }],
            within: "xxgk".into(),
            found: "共68条，最近更新于2026-10-30。".into(),
            rows: Rows { rows, long: true },
            pager: Pager::new("/c/zcwj?page=".into(), 1, 20, 68, "条"),
            download: "/c/zcwj.csv".into(),
            apply: Some("20个工作日".into()),
            publish: "20个工作日".into(),
            ..ColumnPage::default()
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("column", &page("政策文件"));
        out.add("column-tree", &ColumnPage { tree: menu(), rows: Rows::default(), ..page("法定主动公开内容") });
        let part = Part { link: Link::new("/c/xw", "本地要闻"), about: "要闻".into(), rows: page("").rows };
        out.add("column-parts", &ColumnPage { parts: vec![part], ..page("政务动态") });
        let card = |title: &'static str, person| Card {
            link: Link::new("/a/1", title),
            person,
            post: "区人民政府副区长".into(),
            about: "负责民政、教育、卫生健康工作。".into(),
            ..Card::default()
        };
        let cards = vec![card("领导甲", true), card("领导乙", true), card("区民政局", false), card(HOSTILE, true)];
        out.add("column-people", &ColumnPage { cards, rows: Rows::default(), ..page("领导信息") });
        let mut hostile = page(HOSTILE);
        hostile.rows.rows.iter_mut().for_each(|row| row.link.text = HOSTILE.into());
        out.add("column-hostile", &hostile);
        out.add("column-empty", &ColumnPage { rows: Rows::default(), download: String::new(), ..page("政策文件") });
    }
}
