//! One public item (P5–P7): its text with metadata, files, history, what it says of others and others
//! of it. The kind of information says which fields there are; no page knows a kind by name.

use super::card::{self, Card, Layout};
use super::notice::{self, Notice};
use super::{Aside, column, frame, labels, leave, links, prose, take, verify, versions, words};
use crate::Site;
use crate::component::{Lamp, LampKind, Link, Proof, Text};
use crate::page::{self, Shell};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use office::{Article, Standing};
use publication::kind::Relation;
use publication::kind::{Field, Form, Place};
use publication::{Kind, Reduced};
use std::sync::Arc;

/// A public item.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/article.html")]
pub struct ArticlePage {
    /// Frame.
    pub shell: Shell,
    /// A person or a unit, shown as such.
    pub card: Option<Card>,
    /// How the page is laid out.
    pub layout: Layout,
    /// The text for taking along.
    pub take: Vec<Link>,
    /// What it can be compared with, clause by clause.
    pub against: Vec<Link>,
    /// Shown to officers before it is public.
    pub preview: Option<Preview>,
    /// The title in parts that are better not broken.
    pub parts: Vec<String>,
    /// Under the title: when, from whom.
    pub line: Vec<Text>,
    /// The table of metadata.
    pub meta: Vec<Meta>,
    /// One sentence about it.
    pub gist: String,
    /// What explains it or belongs to it, above the text: words and a note.
    pub ways: Vec<(Link, Text)>,
    /// The notice that stands instead of the text, or above an earlier edition.
    pub notice: Option<Notice>,
    /// Chapters.
    pub contents: Vec<Link>,
    /// A document set as one (GB/T 9704): its headings stand in the middle.
    pub official: bool,
    /// The text, section by section.
    pub sections: Vec<Section>,
    /// What was removed from the text by law; none where nothing was.
    pub reduced: Option<Reduced>,
    /// Attachments: link, type and size.
    pub files: Vec<(Link, String)>,
    /// Editions, newest first, where there are several.
    pub history: Vec<(Link, String)>,
    /// Links to other items, by what is said of them.
    pub related: Vec<(&'static str, Vec<Link>)>,
    /// The item before and the item after in its column.
    pub beside: Vec<(&'static str, Link)>,
    /// What can be verified.
    pub proof: Proof,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// What marks a page that is not public yet.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// It stands in a window as wide as a telephone.
    pub framed: bool,
    /// That window.
    pub phone: String,
    /// Back to the desk.
    pub back: String,
}

/// One line of the table of metadata.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: String,
    /// A lamp before the value.
    pub lamp: Option<Lamp>,
    /// It takes the whole width.
    pub wide: bool,
}

/// A part of the text.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Where a table of contents leads, or empty.
    pub id: String,
    /// Heading; empty for the text itself.
    pub heading: String,
    /// Cleaned HTML.
    pub html: String,
    /// Or plain paragraphs.
    pub lines: Vec<String>,
}

pub(crate) use super::words::weight;

/// Address of an item.
pub fn address(item: &str) -> String {
    format!("/a/{item}")
}

/// Key of the hand-made page of published replies.
const REPLY_PAGE: &str = "reply";

/// Address of an item of this kind: replies have a page of their own.
pub fn address_of(site: &Site, kind: &str, item: &str) -> String {
    let page = site.office.rules().kind(kind).and_then(|kind| kind.page.as_deref());
    if page == Some(REPLY_PAGE) { format!("/replies/{item}") } else { address(item) }
}

/// An item, or an earlier edition of it.
///
/// # Errors
/// There is no such item, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let article = site.office.article(visit.caller.body, &id).await?;
    let own = address_of(&site, &article.edition.kind, &article.item);
    if own != address(&article.item) {
        return Ok(crate::form::see(&own));
    }
    let gone = !shown(&article);
    let page = proved(&site, &visit, article).await?;
    let mut response = page::render(&page, &page.shell);
    if gone {
        // The address was right and its text is gone for good: machines should forget it.
        *response.status_mut() = StatusCode::GONE;
    }
    Ok(response)
}

pub(super) fn shown(article: &Article) -> bool {
    matches!(article.standing, Standing::Public | Standing::Superseded)
}

/// The page of an item that is public now.
///
/// # Errors
/// There is no such item, busy, or our failure.
pub async fn whole(site: &Site, visit: &Visit, item: &str) -> Result<ArticlePage, Trouble> {
    let article = site.office.article(visit.caller.body, item).await?;
    proved(site, visit, article).await
}

async fn proved(site: &Site, visit: &Visit, article: Article) -> Result<ArticlePage, Trouble> {
    let proof = if shown(&article) {
        verify::block(site, &article.public_id, article.hash.clone()).await?
    } else {
        Proof::default()
    };
    Ok(ArticlePage { proof, ..compose(site, visit, article) })
}

/// The page of an item for everybody, as the office renders it to look it through before it is public.
pub fn rendered(site: &Site, article: Article) -> Option<String> {
    let visit =
        Visit::nobody(office::Caller::public(site.office.default_body()), address(&article.item), &site.settings);
    compose(site, &visit, article).render().ok()
}

/// A file of an item, as a download.
///
/// # Errors
/// There is no such file, it is still being laid open, or our failure.
pub async fn file(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let file = site.office.public_file(visit.caller.body, &id).await?;
    Ok(super::download(&file.name, &file.media, file.bytes))
}

/// The page of a text, public or not yet.
pub(crate) fn compose(site: &Site, visit: &Visit, article: Article) -> ArticlePage {
    let columns = frame::columns(site);
    let column = columns.and_then(|all| article.columns.iter().find_map(|id| all.get(id)));
    let kind = site.office.rules().kind(&article.edition.kind);
    let title =
        if article.edition.title.is_empty() { "信息已撤下".to_owned() } else { article.edition.title.clone() };
    let mut shell = match column {
        Some(column) => frame::of_column(site, visit, title, column),
        None => frame::shell(site, visit, title, ""),
    };
    shell.crumbs = column.map(|column| column::crumbs(columns, column)).unwrap_or_default();
    shell.feeds.clear();
    shell.description = article.edition.fields.get("summary").cloned().unwrap_or_default().into();
    shell.canonical = frame::address(site, &address(&article.item)).unwrap_or_default();
    shell.labels.extend(labels::of(&article, &shell));
    let mut page = ArticlePage {
        notice: notice::of(&article),
        parts: parts(&shell.title),
        line: labels::line(&article, kind),
        files: article
            .files
            .iter()
            .map(|file| {
                (Link::new(format!("/file/{}", file.public_id), file.name.clone()), weight(&file.media, file.size))
            })
            .collect(),
        history: links::history(&article),
        related: links::related(&article),
        beside: [("上一篇", article.newer.as_ref()), ("下一篇", article.older.as_ref())]
            .into_iter()
            .filter_map(|(word, other)| other.map(|(item, title)| (word, Link::new(address(item), title.clone()))))
            .collect(),
        ways: links::ways(&article),
        card: kind.and_then(|kind| card::of(kind, &article)),
        layout: Layout::of(kind),
        take: if shown(&article) && !article.item.is_empty() { take::links(&article.public_id) } else { Vec::new() },
        against: versions::links(&article),
        reduced: article.edition.reduced.clone(),
        shell,
        ..ArticlePage::default()
    };
    if let Some(kind) = kind {
        page.official = kind.official;
        fill(&mut page, kind, &article);
    }
    let own = page.shell.body.host.clone();
    let place = |name: &str| {
        let file = article.files.iter().find(|file| file.name == name && file.media.starts_with("image/"));
        file.map(|file| format!("/file/{}", file.public_id))
    };
    page.sections.iter_mut().for_each(|part| {
        part.html = leave::outward(&intake::picture_mark::served(&part.html, place), &own);
    });
    for (link, _) in &mut page.ways {
        link.href = leave::by_way(&link.href, &own).into();
    }
    page
}

/// Puts every field where its kind says.
fn fill(page: &mut ArticlePage, kind: &Kind, article: &Article) {
    for field in &kind.fields {
        let Some(value) = article.edition.fields.get(&field.id).filter(|value| !value.is_empty()) else { continue };
        match field.place {
            Place::Meta => page.meta.push(meta(field, value, kind, article)),
            Place::Lead => page.gist.clone_from(value),
            Place::Body | Place::Section => {
                let part = section(field, value, &mut page.contents);
                page.sections.push(chapter(part, page.layout, &mut page.contents));
            }
            Place::Links if field.form == Form::Link => {
                page.ways.push((Link::new(value.clone(), field.label.clone()), Text::default()))
            }
            Place::Line | Place::Links => {}
        }
    }
    if kind.official && shown(article) {
        let label = |label: &str, value: String, wide| Meta { label: label.into(), value, lamp: None, wide };
        page.meta.push(label("发布日期", words::day(article.since.date()), false));
        page.meta.insert(page.meta.len().min(2), label("名称", article.edition.title.clone(), true));
    }
}

/// One line of metadata.
fn meta(field: &Field, value: &str, kind: &Kind, article: &Article) -> Meta {
    let shown = match field.form {
        Form::Date => value.parse().map_or_else(|_| value.to_owned(), words::day),
        _ => field.words(value).to_owned(),
    };
    let lamp = if field.id == VALIDITY { standing(kind, value, &article.related) } else { None };
    let value = if lamp.is_some() { String::new() } else { shown };
    Meta { label: field.label.clone(), wide: value.chars().count() > 40, value, lamp }
}

/// The field that says whether a document is in force (有效性).
pub(super) const VALIDITY: &str = "validity";

/// How a document stands. One that others changed or repealed shows it, whatever its own field said
/// when it was published.
pub fn standing(kind: &Kind, value: &str, related: &[office::Related]) -> Option<Lamp> {
    let field = kind.field(VALIDITY).filter(|_| !value.is_empty())?;
    let said = |relation| related.iter().any(|one| !one.forward && one.relation == relation);
    let now = match value {
        "valid" | "amended" if said(Relation::Repeals) => "repealed",
        "valid" if said(Relation::Amends) => "amended",
        value => value,
    };
    let lamp = match now {
        "valid" => LampKind::Green,
        "amended" => LampKind::Amber,
        _ => LampKind::Grey,
    };
    Some(Lamp::new(lamp, field.words(now).to_owned()))
}

/// In a guide every section is a chapter of its own.
fn chapter(mut part: Section, layout: Layout, contents: &mut Vec<Link>) -> Section {
    if layout == Layout::Guide && !part.heading.is_empty() {
        part.id = format!("c{}", contents.len() + 1);
        contents.push(Link::new(format!("#{}", part.id), part.heading.clone()));
    }
    part
}

fn section(field: &Field, value: &str, contents: &mut Vec<Link>) -> Section {
    let heading = if field.place == Place::Body { String::new() } else { field.label.clone() };
    if field.form == Form::Rich {
        let prose = prose::prepare(value);
        contents.extend(prose.contents);
        return Section { heading, html: prose.html, ..Section::default() };
    }
    Section {
        heading,
        lines: value.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        ..Section::default()
    }
}

/// A document's title breaks before 关于 rather than inside a name (GB/T 9704-2012 7.3.1).
fn parts(title: &str) -> Vec<String> {
    match title.find("关于").filter(|at| *at > 0) {
        Some(at) => vec![title[..at].to_owned(), title[at..].to_owned()],
        None => vec![title.to_owned()],
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn page(title: &'static str) -> ArticlePage {
        let meta = |label: &str, value: &str, wide| Meta { label: label.into(), value: value.into(), lamp: None, wide };
        let html = "<p class=\"no\">各镇人民政府：</p><p>现将办法印发给你们。</p><h2 id=\"s1\">第一章　总则</h2><p>第一条　为规范服务，制定本办法。</p>";
        ArticlePage {
            parts: parts(title),
            line: vec!["发布时间：2026-10-30 10:00".into(), "来源：区政府办公室".into()],
            meta: vec![
                meta("名称", title, true),
                meta("索引号", "QW0101-02/2026-00417", false),
                Meta { lamp: Some(Lamp::new(LampKind::Green, "有效")), ..meta("有效性", "", false) },
            ],
            gist: "60岁以上老人在助餐点吃午餐，每餐补助2至5元。".into(),
            ways: vec![(Link::new("/a/2", "文字解读"), "政策解读".into())],
            contents: vec![Link::new("#s1", "第一章　总则")],
            sections: vec![Section { html: html.into(), ..Section::default() }],
            reduced: Some(Reduced {
                basis: "《政府信息公开条例》第二十二条".into(),
                original: String::new(),
                removed: vec![publication::Removed {
                    kind: "个人隐私".into(),
                    article: "条例第十五条".into(),
                    count: 2,
                }],
            }),
            files: vec![(Link::new("/file/1", "附件1.xlsx"), "Excel，13 KB".into())],
            history: vec![(Link::new("/a/1", "第2版（本页）"), "2026-10-30 10:00　更正：错字".into())],
            related: vec![("废止的文件", vec![Link::new("/a/3", "暂行办法")])],
            beside: vec![("上一篇", Link::new("/a/4", "通知"))],
            layout: Layout::Policy,
            take: take::links("1"),
            against: vec![Link::new("/a/1/compare?with=2", "与原规定逐条对照")],
            shell: Shell { path: "/a/1".into(), section: "/c/xxgk".into(), ..shell(title) },
            ..ArticlePage::default()
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("article", &page("晴湾区人民政府办公室关于印发《晴湾区老年助餐服务管理办法》的通知"));
        let mut hostile = page(HOSTILE);
        hostile.gist = HOSTILE.into();
        hostile.sections =
            vec![Section { heading: "职责".into(), lines: vec![HOSTILE.into()], ..Section::default() }];
        out.add("article-hostile", &hostile);
        let card = |title: &'static str, person| {
            let facts =
                vec![Meta { label: "办公电话".into(), value: "（0000）5550 0100".into(), ..Meta::default() }];
            let link = Link::new("/a/1", title);
            let card = Card { link, person, post: "区人民政府区长".into(), facts, ..Card::default() };
            let lines = vec!["主持全面工作。".into()];
            let sections = vec![Section { heading: "分工".into(), lines, ..Section::default() }];
            let layout = if person { Layout::Person } else { Layout::Unit };
            ArticlePage { card: Some(card), layout, sections, meta: Vec::new(), contents: Vec::new(), ..page(title) }
        };
        out.add("article-leader", &card("领导甲", true));
        out.add("article-unit", &card("区民政局", false));
        let notice = Notice {
            title: "本信息已撤回公开".into(), text: "撤回原因：内容有误。".into(), link: None
        };
        let shell = page("晴湾区公告").shell;
        let withdrawn =
            ArticlePage { shell, notice: Some(notice), parts: parts("晴湾区公告"), ..ArticlePage::default() };
        out.add("article-withdrawn", &withdrawn);
    }
}
