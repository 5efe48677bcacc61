//! An official letter as a page: the sheet itself, as it was rendered and hashed, with a way back.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use office::PaperView;

use crate::component::Link;
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use crate::{Site, assets};

/// The page around a sheet.
#[derive(Template)]
#[template(path = "paper.html")]
struct LetterPage {
    title: String,
    style: String,
    icon: String,
    back: Link,
    /// The sheet; made by us from a template that escapes everything that was typed.
    sheet: String,
}

/// The page of a letter, for its party and for officers alike.
///
/// # Errors
/// Our failure.
pub fn page(site: &Site, visit: &Visit, paper: &PaperView, sheet: String, back: Link) -> Result<Response, Trouble> {
    let body = site.office.body(visit.caller.body)?;
    let title = format!("{}（{}）－{}", paper.label, paper.number, body.name);
    let page = LetterPage { title, sheet, back, style: assets::url("paper.css"), icon: assets::url("emblem.svg") };
    let html = page.render().map_err(|_| Trouble::new(Kind::Fault))?;
    Ok(Html(html).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_stands_in_a_whole_page_with_a_way_back() {
        let page = LetterPage {
            title: "告知书（晴政公开告〔2026〕1号）<script>".into(),
            style: assets::url("paper.css"),
            icon: assets::url("emblem.svg"),
            back: Link::new("/q/matter", "返回办理进度"),
            sheet: "<article class=\"paper\"><h1>告知书</h1></article>".into(),
        };
        let html = page.render().unwrap();
        assert!(html.starts_with("<!doctype html>") && html.contains("<html lang=\"zh-CN\">"));
        assert!(html.contains("<main><article class=\"paper\">") && html.contains("href=\"/q/matter\""));
        assert!(html.contains("/assets/paper-") && !html.contains("<script>"), "{html}");
    }
}
