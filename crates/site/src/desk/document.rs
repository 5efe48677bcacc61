//! D14: a document on its matter's page, as what it is: the text as the portal will show it, what was
//! decided about it, who checked it, what is missing, what changed since it was checked last.

use super::compare::{Compare, compare};
use super::matter::Material;
use super::review::{self, Review};
use super::{compose, frame, reduce, show};
use crate::Site;
use crate::component::{Fact, Facts, Link};
use crate::form::Form;
use crate::portal::article::{self, Meta, Preview, Section};
use crate::portal::ask::Answers;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use matter::Kind as Sort;
use office::{Article, DocumentView, MatterView, TimelineItem};
use publication::kind::{Relation, TITLE};
use publication::{Attribute, Kind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A document on a page of the desk.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/document.html")]
pub struct DocumentBox {
    /// Kind of information.
    pub kind: String,
    /// Where it is changed; empty while it cannot be.
    pub edit: String,
    /// Where what is removed from it is listed; empty while it cannot be, or nothing is to be removed.
    pub reduce: String,
    /// What is removed, by kind and article, for those who review it.
    pub removed: Vec<String>,
    /// Where it is shown as on the portal.
    pub preview: String,
    /// Its public page, once there is one.
    pub public: String,
    /// What it still lacks, while it can be changed.
    pub gaps: Vec<String>,
    /// What goes together with it: a policy and its interpretations (三同步).
    pub package: Option<PackageBox>,
    /// What was decided about it: attribute, reason, columns.
    pub decided: Facts,
    /// Table of metadata, as on the public page.
    pub meta: Vec<Meta>,
    /// One sentence about it.
    pub gist: String,
    /// The text, section by section, as on the public page.
    pub sections: Vec<Section>,
    /// Attachments.
    pub files: Vec<Material>,
    /// The checks, with names and times.
    pub checks: Vec<review::Check>,
    /// What this officer may check now; none for others.
    pub review: Option<Review>,
    /// What changed since the last review, or since what is public.
    pub changes: Option<Compare>,
}
impl askama::filters::HtmlSafe for DocumentBox {}

/// A document together with what is signed and published with it.
#[derive(Clone, Debug, Default)]
pub struct PackageBox {
    /// What is said of it.
    pub note: &'static str,
    /// The others: link, number and state.
    pub members: Vec<(Link, String)>,
    /// Where another is drafted, and in what words; none while it cannot be.
    pub draft: Option<Link>,
}

async fn package(site: &Site, visit: &Visit, view: &MatterView) -> Result<Option<PackageBox>, Trouble> {
    let package = site.office.package(&visit.caller, view.matter.id).await?;
    let link = |one: office::package::Member| {
        (Link::new(show::address(one.id), one.title), format!("{}　{}", one.number, one.state))
    };
    if let Some(lead) = package.lead {
        let note = "本件随同下列政策文件：同步组织、同步审签、同步公开，由文件的签发和发布一并办理。";
        return Ok(Some(PackageBox { note, members: vec![link(lead)], draft: None }));
    }
    if !package.leads && package.companions.is_empty() {
        return Ok(None);
    }
    let interprets = |kind: &&Kind| kind.fields.iter().any(|field| field.relation == Some(Relation::Interprets));
    let kind = site.office.rules().kinds().find(interprets);
    let open = view.procedure.phase(&view.matter.state) != matter::Phase::Closed;
    let drafts = compose::opening(&view.procedure, &visit.caller).is_ok() && open;
    let draft = kind.filter(|_| drafts).map(|kind| {
        let href = format!("/desk/document/new?kind={}&{}={}", kind.id, compose::WITH, view.matter.id);
        Link::new(href, format!("起草{}", kind.label))
    });
    let note = match package.companions.is_empty() {
        true => "谁起草谁解读。解读和文件同步起草、同步审签、同步公开。",
        false => "下列解读随本件签发、发布；更正或者撤回时各自办理。",
    };
    Ok(Some(PackageBox { note, members: package.companions.into_iter().map(link).collect(), draft }))
}

/// The document of a matter; none for a matter without one.
///
/// # Errors
/// Busy or our failure.
pub async fn of(site: &Site, visit: &Visit, view: &MatterView) -> Result<Option<DocumentBox>, Trouble> {
    if element(view).is_none() {
        return Ok(None);
    }
    let id = view.matter.id;
    let document = site.office.document(&visit.caller, id).await?;
    // Officers see the original here, and the reduced copy in the preview.
    let mut article = site.office.preview(&visit.caller, id).await?;
    article.edition.fields.clone_from(&document.fields);
    let item = site.office.item_of(id).await?.map(|(item, _)| article::address(&item));
    let page = article::compose(site, visit, article);
    let here = show::address(id);
    let editable = compose::revising(&view.procedure, &view.matter.state)
        .is_some_and(|step| view.options.iter().any(|option| option.step == step.id && option.allowed));
    let kind = site.office.rules().kind(&document.kind);
    Ok(Some(DocumentBox {
        kind: kind.map(|kind| kind.label.clone()).unwrap_or_default(),
        edit: if editable { format!("{here}/document") } else { String::new() },
        reduce: if reducible(view, &document) { format!("{here}/reduce") } else { String::new() },
        removed: removed(view, &document),
        preview: format!("{here}/preview"),
        public: item.unwrap_or_default(),
        gaps: document.gaps.iter().filter(|_| editable).map(|gap| gap.sentence.clone()).collect(),
        package: package(site, visit, view).await?,
        decided: decided(site, view, &document),
        meta: page.meta.into_iter().filter(|meta| meta.label != "发布日期").collect(),
        gist: page.gist,
        sections: page.sections.into_iter().map(|part| Section { html: inside(&part.html, &here), ..part }).collect(),
        files: files(&here, &document),
        checks: review::checks(view),
        review: review::form(view, visit, &site.office.hits(&visit.caller, id).await?),
        changes: changes(view, kind),
    }))
}

/// Pictures of a text that is not public are served under its matter.
fn inside(html: &str, here: &str) -> String {
    html.replace("<img src=\"/file/", &format!("<img src=\"{here}/file/"))
}

/// Whether what is removed can be listed now: where the attribute asks for it, or a list is there.
fn reducible(view: &MatterView, document: &DocumentView) -> bool {
    let attribute = view.matter.value("attribute");
    let asked = attribute.as_ref().and_then(matter::Value::code).and_then(Attribute::from_code);
    reduce::step_of(view).is_some() && (asked == Some(Attribute::Reduced) || !document.reductions.is_empty())
}

/// The list in words: what, under which article, in which words.
fn removed(view: &MatterView, document: &DocumentView) -> Vec<String> {
    let options = office::reduce::element(&view.procedure).map_or(&[][..], |element| &element.options);
    let line = |entry: &office::reduce::Entry| {
        let option = options.iter().find(|option| option.id == entry.kind);
        let (what, article) = option.map_or(("", ""), |one| (&one.label, one.cite.as_deref().unwrap_or_default()));
        let passage = if entry.passage.is_empty() { String::new() } else { format!("：{}", entry.passage) };
        let files = if entry.files == 0 { String::new() } else { format!("（附件中{}处）", entry.files) };
        format!("{what}，{article}{passage}{files}")
    };
    document.reductions.iter().map(line).collect()
}

fn files(here: &str, document: &DocumentView) -> Vec<Material> {
    let one = |file: &office::FileView| Material {
        link: Link::new(format!("{here}/file/{}", file.id), file.name.clone()),
        note: article::weight(&file.media, file.size),
    };
    let own = document.files.iter().map(one);
    let instead = document
        .public_files
        .iter()
        .map(|file| Material { note: format!("{}，公开附件", one(file).note), ..one(file) });
    own.chain(instead).collect()
}

fn element(view: &MatterView) -> Option<&str> {
    view.procedure.elements.iter().find(|one| one.kind == Sort::Document).map(|one| one.id.as_str())
}

/// What stands about the document besides its text, in the order of the procedure: its attribute with
/// article and reason, its columns, a disclosure clause; checks have a table of their own.
fn decided(site: &Site, view: &MatterView, document: &DocumentView) -> Facts {
    let columns = crate::portal::frame::columns(site);
    let label =
        |id: &String| columns.and_then(|all| all.get(id)).map_or_else(|| id.clone(), |column| column.label.clone());
    let mut facts = Vec::new();
    for one in view.procedure.elements.iter().filter(|one| one.id != TITLE) {
        match one.kind {
            Sort::Columns => {
                let words: Vec<String> = document.columns.iter().map(label).collect();
                facts.extend((!words.is_empty()).then(|| Fact::new(one.label.clone(), words.join("、"))));
            }
            Sort::Document | Sort::InfoKind | Sort::Files | Sort::Reductions | Sort::Lead => {}
            _ if one.kind.is_text() => {
                let drafted = view.procedure.openings().any(|step| step.may_give(&one.id));
                let words = document.texts.get(&one.id).filter(|_| drafted);
                facts.extend(words.map(|words| Fact::typed(one.label.clone(), words.clone())));
            }
            _ if review::asked(view, &one.id) => {}
            _ => {
                let words = view.values.get(&one.id);
                facts.extend(words.map(|(label, words)| Fact::new(label.clone(), words.clone())));
            }
        }
    }
    Facts { facts }
}

/// What changed since the step that sent the document back for a new round: a 退文, or a correction of
/// what is public. Nothing in the first round.
fn changes(view: &MatterView, kind: Option<&Kind>) -> Option<Compare> {
    let element = element(view)?;
    let begins = |item: &TimelineItem| view.procedure.step(&item.code).is_some_and(|step| !step.clears.is_empty());
    let round = view.timeline.iter().rposition(begins)?;
    let words = |items: &[TimelineItem]| {
        let last = |name: &str| {
            let written = items.iter().rev().flat_map(|item| &item.texts);
            written.into_iter().find(|(one, _)| one == name).map(|(_, text)| text.shown().to_owned())
        };
        lines(&last(TITLE).unwrap_or_default(), &last(element).unwrap_or_default(), kind)
    };
    let before = view.timeline.get(..round)?;
    let pairs = compare(&words(before), &words(&view.timeline));
    let was_public = view.timeline.get(round).and_then(|item| view.procedure.step(&item.code)).is_some_and(|step| {
        step.from.iter().filter_map(|from| view.procedure.state(from)).any(|state| state.phase == matter::Phase::Closed)
    });
    let before = if was_public { "已公开的版本" } else { "上次审查时" };
    (!pairs.is_empty()).then(|| Compare { before: before.into(), now: "现在".into(), pairs })
}

/// What is saved now beside what was typed on an older view of it.
pub(super) fn against(document: &DocumentView, kind: &Kind, typed: &Answers, prefix: &str) -> Compare {
    let mine = typed.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone())));
    let rich = |(name, value): (String, String)| {
        let html = kind.field(&name).is_some_and(publication::kind::Field::is_rich);
        (name, if html { intake::html::rich(&value) } else { value })
    };
    let mine: BTreeMap<String, String> = mine.map(rich).collect();
    let title = typed.get(TITLE).map(String::as_str).unwrap_or_default();
    let (saved, own) = (told(&document.title, &document.fields, Some(kind)), told(title, &mine, Some(kind)));
    Compare { before: "现在保存的".into(), now: "您写的".into(), pairs: compare(&saved, &own) }
}

/// A document as lines: its title, its fields in the order of the kind, its text block by block.
fn lines(title: &str, json: &str, kind: Option<&Kind>) -> String {
    told(title, &serde_json::from_str(json).unwrap_or_default(), kind)
}

fn told(title: &str, fields: &BTreeMap<String, String>, kind: Option<&Kind>) -> String {
    let mut lines = vec![format!("标题：{title}")];
    for field in kind.into_iter().flat_map(|kind| &kind.fields) {
        let Some(value) = fields.get(&field.id).filter(|value| !value.is_empty()) else { continue };
        lines.push(match field.is_rich() {
            true => intake::html::words(value),
            false => format!("{}：{}", field.label, field.words(value)),
        });
    }
    lines.join("\n")
}

/// The preview at the width of a phone, in a frame.
#[derive(Template)]
#[template(path = "desk/preview.html")]
struct PhonePage {
    shell: super::shell::Shell,
    title: String,
    src: String,
    back: String,
}

/// A document exactly as its public page would show it, marked 预览; with `width=phone` in a window as
/// wide as a telephone.
///
/// # Errors
/// No such document for this officer, busy, or our failure.
pub async fn preview(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let article: Article = site.office.preview(&visit.caller, id).await?;
    let (here, back) = (format!("{}/preview", show::address(id)), show::address(id));
    if form.raw("width") == "phone" {
        let shell = frame::shell(&site, &visit, "").await?;
        return frame::page(&PhonePage { shell, title: article.edition.title, src: format!("{here}?frame=1"), back });
    }
    let mut page = article::compose(&site, &visit, article);
    page.sections.iter_mut().for_each(|part| part.html = inside(&part.html, &back));
    for (link, _) in &mut page.files {
        link.href = link.href.replacen("/file/", &format!("{back}/file/"), 1).into();
    }
    page.preview = Some(Preview { framed: form.raw("frame") == "1", phone: format!("{here}?width=phone"), back });
    Ok(crate::page::render(&page, &page.shell))
}
