//! One public item (P5–P7): its text with metadata, files, history, what it says of others and others
//! of it. The kind of information says which fields there are; no page knows a kind by name.

use super::{Aside, frame, prose, verify, words};
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
use publication::kind::{Field, Form, Place};
use publication::{Column, Columns, Kind};
use std::sync::Arc;

/// A public item.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/article.html")]
pub struct ArticlePage {
    /// Frame.
    pub shell: Shell,
    /// Shown to officers before it is public.
    pub preview: Option<Preview>,
    /// Labels for machines (政府网站发展指引 附件): name and content.
    pub labels: Vec<(&'static str, String)>,
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
    /// The text, section by section.
    pub sections: Vec<Section>,
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
    /// Heading; empty for the text itself.
    pub heading: String,
    /// Cleaned HTML.
    pub html: String,
    /// Or plain paragraphs.
    pub lines: Vec<String>,
}

/// A notice: what is told in place of a text.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// Its heading.
    pub title: String,
    /// Its sentence.
    pub text: String,
    /// A way on.
    pub link: Option<Link>,
}

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

/// The columns of the site of the caller's body.
pub fn columns(site: &Site, visit: &Visit) -> Option<Columns> {
    let body = site.office.body(visit.caller.body).ok()?;
    site.office.rules().columns(&body.kind).cloned()
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
    let gone = !matches!(article.standing, Standing::Public | Standing::Superseded);
    let proof = match article.standing {
        Standing::Public | Standing::Superseded => {
            verify::block(&site, &article.public_id, article.hash.clone()).await?
        }
        Standing::Withdrawn | Standing::Gone => Proof::default(),
    };
    let page = ArticlePage { proof, ..compose(&site, &visit, article) };
    let mut response = page::render(&page, &page.shell);
    if gone {
        // The address was right and its text is gone for good: machines should forget it.
        *response.status_mut() = StatusCode::GONE;
    }
    Ok(response)
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
    let columns = columns(site, visit);
    let column = columns.as_ref().and_then(|all| article.columns.iter().find_map(|id| all.get(id)));
    let kind = site.office.rules().kind(&article.edition.kind);
    let title =
        if article.edition.title.is_empty() { "信息已撤下".to_owned() } else { article.edition.title.clone() };
    let mut shell = frame::shell(site, visit, title, column.map_or("", |_| super::column::SECTION));
    shell.crumbs = column.map(|column| super::column::crumbs(columns.as_ref(), column)).unwrap_or_default();
    shell.description = article.edition.fields.get("summary").cloned().unwrap_or_default().into();
    let mut page = ArticlePage {
        labels: labels(&article, column),
        notice: notice(&article),
        parts: parts(&shell.title),
        line: line(&article, kind),
        files: article
            .files
            .iter()
            .map(|file| {
                (Link::new(format!("/file/{}", file.public_id), file.name.clone()), weight(&file.media, file.size))
            })
            .collect(),
        history: history(&article),
        related: related(&article),
        beside: [("上一篇", article.newer.as_ref()), ("下一篇", article.older.as_ref())]
            .into_iter()
            .filter_map(|(word, other)| other.map(|(item, title)| (word, Link::new(address(item), title.clone()))))
            .collect(),
        ways: ways(&article),
        shell,
        ..ArticlePage::default()
    };
    if let Some(kind) = kind {
        fill(&mut page, kind, &article);
    }
    page
}

/// Puts every field where its kind says.
fn fill(page: &mut ArticlePage, kind: &Kind, article: &Article) {
    for field in &kind.fields {
        let Some(value) = article.edition.fields.get(&field.id).filter(|value| !value.is_empty()) else { continue };
        match field.place {
            Place::Meta => page.meta.push(meta(field, value, article)),
            Place::Lead => page.gist.clone_from(value),
            Place::Body | Place::Section => page.sections.push(section(field, value, &mut page.contents)),
            Place::Links if field.form == Form::Link => {
                page.ways.push((Link::new(value.clone(), field.label.clone()), Text::default()))
            }
            Place::Line | Place::Links => {}
        }
    }
    if !page.meta.is_empty() && article.standing != Standing::Withdrawn {
        let label = |label: &str, value: String, wide| Meta { label: label.into(), value, lamp: None, wide };
        page.meta.push(label("发布日期", words::day(article.since.date()), false));
    }
}

/// One line of metadata. A document that others changed or repealed shows it, whatever its own field
/// said when it was published.
fn meta(field: &Field, value: &str, article: &Article) -> Meta {
    let shown = match field.form {
        Form::Date => value.parse().map_or_else(|_| value.to_owned(), words::day),
        _ => field.words(value).to_owned(),
    };
    let said = |relation| article.related.iter().any(|one| !one.forward && one.relation == relation);
    let lamp = (field.form == Form::Code && field.id == "validity").then(|| {
        let (kind, word) = if said(publication::kind::Relation::Repeals) {
            (LampKind::Grey, "废止")
        } else if value == "valid" && said(publication::kind::Relation::Amends) {
            (LampKind::Amber, "已修改")
        } else {
            match value {
                "valid" => (LampKind::Green, "现行有效"),
                "amended" => (LampKind::Amber, "已修改"),
                _ => (LampKind::Grey, ""),
            }
        };
        Lamp::new(kind, if word.is_empty() { shown.clone() } else { word.to_owned() })
    });
    let value = if lamp.is_some() { String::new() } else { shown };
    Meta { label: field.label.clone(), wide: value.chars().count() > 40, value, lamp }
}

fn section(field: &Field, value: &str, contents: &mut Vec<Link>) -> Section {
    let heading = if field.place == Place::Body { String::new() } else { field.label.clone() };
    if field.form == Form::Rich {
        let prose = prose::prepare(value);
        contents.extend(prose.contents);
        return Section { heading, html: prose.html, lines: Vec::new() };
    }
    Section {
        heading,
        html: String::new(),
        lines: value.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect(),
    }
}

fn labels(article: &Article, column: Option<&Column>) -> Vec<(&'static str, String)> {
    let mut labels = Vec::new();
    if let Some(column) = column {
        labels.push(("ColumnName", column.label.clone()));
        labels.push(("ColumnDescription", column.about.clone()));
        labels.push(("ColumnKeywords", column.keywords.join(";")));
        labels.push(("ColumnType", column.sort.clone()));
    }
    labels.push(("ArticleTitle", article.edition.title.clone()));
    labels.push(("PubDate", article.since.to_minute()));
    labels.push(("ContentSource", source(article)));
    let field = |name: &str| article.edition.fields.get(name).cloned().filter(|value| !value.is_empty());
    labels.extend(field("author").map(|author| ("Author", author)));
    labels
}

/// A document's title breaks before 关于 rather than inside a name (GB/T 9704-2012 7.3.1).
fn parts(title: &str) -> Vec<String> {
    match title.find("关于").filter(|at| *at > 0) {
        Some(at) => vec![title[..at].to_owned(), title[at..].to_owned()],
        None => vec![title.to_owned()],
    }
}

fn source(article: &Article) -> String {
    let field = |name: &str| article.edition.fields.get(name).filter(|value| !value.is_empty()).cloned();
    field("source").or_else(|| field("issuer")).unwrap_or_else(|| article.unit.clone())
}

fn line(article: &Article, kind: Option<&Kind>) -> Vec<Text> {
    let mut line: Vec<Text> = vec![format!("发布时间：{}", article.since.to_minute()).into()];
    let source = source(article);
    line.extend((!source.is_empty()).then(|| format!("来源：{source}").into()));
    let fields = kind
        .into_iter()
        .flat_map(|kind| &kind.fields)
        .filter(|field| field.place == Place::Line && field.id != "source");
    line.extend(
        fields.filter_map(|field| Some(format!("{}：{}", field.label, article.edition.fields.get(&field.id)?).into())),
    );
    line
}

fn notice(article: &Article) -> Option<Notice> {
    let when =
        |ended: &Option<(law::Moment, String)>| ended.as_ref().map(|(at, why)| (words::instant(*at), why.clone()));
    let (at, why) = when(&article.ended).unwrap_or_default();
    match article.standing {
        Standing::Public => None,
        Standing::Superseded => Some(Notice {
            title: "这是较早的版本".into(),
            text: format!("本页内容已经更正，这个版本自{at}起不再是现行版本，保留供核对。"),
            link: Some(Link::new(address(&article.item), "查看现行版本")),
        }),
        Standing::Withdrawn => Some(Notice {
            title: "本信息已撤回公开".into(),
            text: format!("撤回时间：{at}。撤回原因：{}。", why.trim_end_matches('。')),
            link: None,
        }),
        Standing::Gone => {
            Some(Notice { title: "本信息已撤下".into(), text: format!("撤下时间：{at}。"), link: None })
        }
    }
}

fn history(article: &Article) -> Vec<(Link, String)> {
    if article.versions.len() < 2 {
        return Vec::new();
    }
    let one = |(index, version): (usize, &office::Version)| {
        let number = article.versions.len() - index;
        let here = if version.public_id == article.public_id { "（本页）" } else { "" };
        let href = if index == 0 { address(&article.item) } else { address(&version.public_id) };
        let reason =
            if version.reason.is_empty() { "首次发布".to_owned() } else { format!("更正：{}", version.reason) };
        (Link::new(href, format!("第{number}版{here}")), format!("{}　{reason}", version.at.to_minute()))
    };
    article.versions.iter().enumerate().map(one).collect()
}

fn related(article: &Article) -> Vec<(&'static str, Vec<Link>)> {
    let mut groups: Vec<(&'static str, Vec<Link>)> = Vec::new();
    for one in &article.related {
        let name = if one.forward { one.relation.label() } else { one.relation.inverse() };
        let number = one.other.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
        let link = Link::new(address(&one.other.item), format!("{}{number}", one.other.title));
        match groups.iter_mut().find(|(label, _)| *label == name) {
            Some((_, links)) => links.push(link),
            None => groups.push((name, vec![link])),
        }
    }
    groups
}

/// Interpretations stand above the text: one act away, without scrolling (J1).
fn ways(article: &Article) -> Vec<(Link, Text)> {
    let interprets = |one: &&office::Related| one.relation == publication::kind::Relation::Interprets;
    let way = |one: &office::Related| {
        let note = if one.forward { "被解读的文件" } else { "政策解读" };
        (Link::new(address(&one.other.item), one.other.title.clone()), Text::from(note))
    };
    article.related.iter().filter(interprets).map(way).collect()
}

/// Type and size of a file, in words.
pub(crate) fn weight(media: &str, size: i64) -> String {
    let kind = match media {
        "application/pdf" => "PDF",
        media if media.contains("wordprocessing") || media.contains("msword") => "Word",
        media if media.contains("spreadsheet") || media.contains("excel") => "Excel",
        media if media.starts_with("image/") => "图片",
        _ => "文件",
    };
    let size = size.max(0);
    match size {
        0..=1023 => format!("{kind}，{size}字节"),
        1024..=1_048_575 => format!("{kind}，{} KB", size.div_euclid(1024) + 1),
        _ => format!("{kind}，{}.{} MB", size / 1_048_576, (size % 1_048_576) * 10 / 1_048_576),
    }
}
