//! The text of a public item for taking along: plain text, or a document for a word processor.

mod docx;
mod zip;

use super::{article, download, frame, labels};
use crate::Site;
use crate::component::Link;
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use office::{Article, Standing};
use publication::Kind;
use publication::kind::{Form, Place};
use std::sync::Arc;

/// Endings of addresses, with the words of their links.
const FORMS: [(&str, &str); 2] = [("docx", "Word"), ("txt", "纯文本")];

/// Where a text can be taken along from, by its page.
pub fn links(item: &str) -> Vec<Link> {
    FORMS.map(|(ending, words)| Link::new(format!("/a/{item}/as/{ending}"), words)).into()
}

/// The text of an item that is public, or an earlier edition of it.
///
/// # Errors
/// There is no such item or no such form, busy, or our failure.
pub async fn send(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, ending)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let (ending, _) = FORMS.into_iter().find(|(one, _)| *one == ending).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let article = site.office.article(visit.caller.body, &id).await?;
    let kind = site.office.rules().kind(&article.edition.kind).filter(|_| article::shown(&article));
    let kind = kind.ok_or_else(|| Trouble::new(Why::NotFound))?;
    let text = compose(&site, kind, &article);
    let name = format!("{}.{ending}", article.edition.title.chars().take(60).collect::<String>());
    Ok(match ending {
        "docx" => {
            let media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
            download(&name, media, docx::written(&text))
        }
        _ => download(&name, "text/plain; charset=utf-8", plain(&text).into_bytes()),
    })
}

/// A text in parts.
struct Text {
    title: String,
    /// The table of metadata.
    meta: Vec<(String, String)>,
    /// Sections: heading, which may be empty, and cleaned HTML.
    sections: Vec<(String, String)>,
    /// Where it comes from and when it was taken along.
    foot: Vec<String>,
}

fn compose(site: &Site, kind: &Kind, article: &Article) -> Text {
    let mut text =
        Text { title: article.edition.title.clone(), meta: Vec::new(), sections: Vec::new(), foot: Vec::new() };
    for field in &kind.fields {
        let Some(value) = article.edition.fields.get(&field.id).filter(|value| !value.is_empty()) else { continue };
        match field.place {
            Place::Meta if field.id == article::VALIDITY => {
                let lamp = article::standing(kind, value, &article.related);
                text.meta.push((field.label.clone(), lamp.map(|lamp| lamp.text.into_owned()).unwrap_or_default()));
            }
            Place::Meta => text.meta.push((field.label.clone(), field.words(value).to_owned())),
            Place::Body | Place::Section => {
                let heading = if field.place == Place::Body { String::new() } else { field.label.clone() };
                let html = if field.form == Form::Rich { value.clone() } else { intake::html::from_plain(value) };
                text.sections.push((heading, html));
            }
            Place::Lead | Place::Line | Place::Links => {}
        }
    }
    text.meta.extend(labels::line(article, Some(kind)).iter().filter_map(|line| {
        let (label, value) = line.split_once('：')?;
        Some((label.to_owned(), value.to_owned()))
    }));
    let path = article::address(&article.item);
    text.foot.push(format!("网址：{}", frame::address(site, &path).unwrap_or(path)));
    if article.standing == Standing::Superseded {
        text.foot.push("这是较早的版本，已经更正，以网站现行版本为准。".to_owned());
    }
    text.foot.push(format!("下载时间：{}。以网站公布的文本为准。", site.office.now().to_minute()));
    text
}

fn plain(text: &Text) -> String {
    let mut out = format!("\u{feff}{}\r\n\r\n", text.title);
    for (label, value) in &text.meta {
        out.push_str(&format!("{label}：{value}\r\n"));
    }
    for (heading, html) in &text.sections {
        out.push_str("\r\n");
        if !heading.is_empty() {
            out.push_str(&format!("{heading}\r\n"));
        }
        for line in intake::html::words(html).lines() {
            out.push_str(&format!("{line}\r\n"));
        }
    }
    out.push_str("\r\n");
    text.foot.iter().for_each(|line| out.push_str(&format!("{line}\r\n")));
    out
}
