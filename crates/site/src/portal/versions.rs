//! Two texts clause by clause: an item and an earlier edition of it, or the document that it repeals or
//! amends (修改前后对照).

use super::{article, frame};
use crate::Site;
use crate::component::{Link, Text};
use crate::desk::compare::{Compare, beside};
use crate::form::Form;
use crate::page::{self, Shell};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::Article;
use publication::Kind;
use publication::kind::{Place, Relation};
use std::sync::Arc;

/// The comparison.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/compare.html")]
pub struct ComparePage {
    /// Frame.
    pub shell: Shell,
    /// The two texts: words and page of each.
    pub sides: Vec<(Text, Link)>,
    /// What differs; empty where nothing does.
    pub compare: Compare,
}

/// Where an item is compared with another, or with an earlier edition.
pub fn address(item: &str, with: &str) -> String {
    format!("/a/{item}/compare?with={with}")
}

/// What an item can be compared with: its earlier editions, and the documents that it repeals or amends.
pub fn links(article: &Article) -> Vec<Link> {
    let earlier = article.versions.iter().enumerate().skip(1).map(|(index, version)| {
        let number = article.versions.len() - index;
        Link::new(address(&article.item, &version.public_id), format!("与第{number}版逐条对照"))
    });
    let told = |one: &&office::Related| one.forward && matches!(one.relation, Relation::Repeals | Relation::Amends);
    let older = article
        .related
        .iter()
        .filter(told)
        .map(|one| Link::new(address(&article.item, &one.other.item), "与原规定逐条对照"));
    earlier.chain(older).collect()
}

/// The comparison.
///
/// # Errors
/// One of the two is not public, or they are not of one kind; busy, or our failure.
pub async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let body = visit.caller.body;
    let now = site.office.article(body, &id).await?;
    let before = site.office.article(body, &form.code("with")).await?;
    let kind = site.office.rules().kind(&now.edition.kind);
    let kind =
        kind.filter(|_| article::shown(&now) && article::shown(&before) && now.edition.kind == before.edition.kind);
    let kind = kind.ok_or_else(|| Trouble::new(Why::NotFound))?;
    let own = |one: &Article| Link::new(article::address(&one.public_id), one.edition.title.clone());
    let (old, new) = (before.edition.published_at.date().to_string(), now.edition.published_at.date().to_string());
    let same = now.item == before.item;
    let mut shell = frame::shell(&site, &visit, "逐条对照", "");
    shell.crumbs = vec![Link::new(article::address(&now.item), now.edition.title.clone())];
    let page = ComparePage {
        shell,
        sides: vec![(old.clone().into(), own(&before)), (new.clone().into(), own(&now))],
        compare: Compare {
            before: old,
            now: new,
            pairs: beside(&words(kind, &before, same), &words(kind, &now, same)),
        },
    };
    Ok(page::render(&page, &page.shell))
}

/// Title and text, a line each: what a comparison goes by. The metadata of two documents differ by nature
/// and are left out; those of two editions of one are not.
fn words(kind: &Kind, article: &Article, same: bool) -> String {
    let mut lines = vec![article.edition.title.clone()];
    for field in &kind.fields {
        let Some(value) = article.edition.fields.get(&field.id).filter(|value| !value.is_empty()) else { continue };
        match field.place {
            Place::Body | Place::Section if field.is_rich() => lines.push(intake::html::words(value)),
            Place::Body | Place::Section => lines.push(value.clone()),
            Place::Meta | Place::Lead if same => lines.push(format!("{}：{}", field.label, field.words(value))),
            _ => {}
        }
    }
    lines.join("\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    pub(crate) fn samples(out: &mut Samples) {
        let old = format!("第一条　为做好补助工作，制定本办法。\n第二条　每人次2元。\n{HOSTILE}");
        let new = "第一条　为规范服务，制定本办法。\n第二条　每人每餐2元。";
        let sides = ["2021-06-18", "2026-10-30"].map(|words| (words.into(), Link::new("/a/1", "老年助餐办法")));
        let compare = Compare { before: "2021-06-18".into(), now: "2026-10-30".into(), pairs: beside(&old, new) };
        let page = ComparePage { shell: shell("逐条对照"), sides: sides.into(), compare };
        out.add("compare", &page);
        out.add("compare-same", &ComparePage { compare: Compare::default(), ..page });
    }
}
