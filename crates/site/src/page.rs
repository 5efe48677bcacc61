//! What every page carries: the body that speaks, where the page stands, how it is shown.

use crate::component::{Link, Text};
use crate::{assets, lang};
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Facts of the body whose site this is, as the foot of every page must show them
/// (国办发〔2017〕47号).
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Full name, such as 明川市晴湾区人民政府.
    pub name: String,
    /// Name in English, or empty.
    pub english: String,
    /// Host name of the site.
    pub host: String,
    /// Who runs the site (主办单位).
    pub organiser: String,
    /// Postal address, postcode included.
    pub address: String,
    /// Telephone number as shown.
    pub phone: String,
    /// Office hours as shown.
    pub hours: String,
    /// 网站标识码.
    pub site_id: String,
    /// Registrations (ICP备, 公安备) and other lines of the foot.
    pub registrations: Vec<String>,
}

impl Identity {
    /// The telephone number for a `tel:` link: its digits.
    pub fn dial(&self) -> String {
        self.phone.chars().filter(char::is_ascii_digit).collect()
    }
}

/// Size of text a reader chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// As designed.
    #[default]
    Normal,
    /// An eighth larger.
    Large,
    /// A quarter larger.
    Huge,
}

/// How a reader wants pages shown; kept in a cookie, changed by plain links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// 长辈版.
    pub elder: bool,
    /// Size of text.
    pub size: Size,
    /// Yellow on black.
    pub contrast: bool,
    /// Traditional characters.
    pub traditional: bool,
}

impl Modes {
    /// Name of the cookie.
    pub const COOKIE: &'static str = "show";

    /// Reads the cookie's value; letters that mean nothing are passed over.
    pub fn read(value: &str) -> Self {
        value.chars().fold(Self::default(), |mut modes, letter| {
            match letter {
                'e' => modes.elder = true,
                'l' => modes.size = Size::Large,
                'h' => modes.size = Size::Huge,
                'c' => modes.contrast = true,
                't' => modes.traditional = true,
                _ => {}
            }
            modes
        })
    }

    /// The cookie's value.
    pub fn write(self) -> String {
        let size = match self.size {
            Size::Normal => None,
            Size::Large => Some('l'),
            Size::Huge => Some('h'),
        };
        let flag = |on: bool, letter| on.then_some(letter);
        [flag(self.elder, 'e'), size, flag(self.contrast, 'c'), flag(self.traditional, 't')]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Value of `lang` on the page.
    pub fn lang(self) -> &'static str {
        if self.traditional { "zh-Hant" } else { "zh-CN" }
    }
}

/// What a page carries besides its own content.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// The body.
    pub body: Arc<Identity>,
    /// Title of the page, without the body's name.
    pub title: Text,
    /// One sentence for search engines and lists, or empty.
    pub description: Text,
    /// Entry of the navigation that the page belongs to: its address, or empty.
    pub section: Text,
    /// Pages above this one, from the second level; the home page is added.
    pub crumbs: Vec<Link>,
    /// How it is shown.
    pub modes: Modes,
    /// Token that forms of the page carry.
    pub csrf: String,
    /// Path and query of the page, for links that come back to it.
    pub path: String,
    /// Today in words, such as 2026年11月20日　星期五.
    pub today: String,
    /// The form on the page was sent with errors; the title says so.
    pub failed: bool,
    /// Entries of the navigation.
    pub nav: Vec<Link>,
    /// Labels for machines besides those of the site (政府网站发展指引 附件): name and content.
    pub labels: Vec<(&'static str, String)>,
    /// The one address of what the page shows, whatever the query says; empty for pages of nobody else.
    pub canonical: String,
    /// Feeds of the list that the page shows, or belongs to: address and name of the format.
    pub feeds: Vec<Link>,
}

impl Shell {
    /// The text of the `title` element.
    pub fn document_title(&self) -> String {
        let mark = if self.failed { "错误：" } else { "" };
        let mut parts: Vec<&str> = vec![&self.title];
        parts.extend(self.crumbs.iter().rev().map(|crumb| crumb.text.as_ref()));
        parts.push(&self.body.name);
        parts.dedup();
        parts.retain(|part| !part.is_empty());
        format!("{mark}{}", parts.join("－"))
    }

    /// `name` is an entry of the navigation that is open now.
    pub fn in_section(&self, href: &str) -> bool {
        self.section == href
    }

    /// Media type of a feed by the ending of its address.
    pub fn media(&self, href: &str) -> &'static str {
        match href.rsplit('.').next() {
            Some("atom") => "application/atom+xml",
            Some("rss") => "application/rss+xml",
            _ => "application/feed+json",
        }
    }

    /// The page's path for a query value.
    pub fn back(&self) -> String {
        lang::query_value(&self.path)
    }

    /// Address of an asset by its plain name.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }
}

/// Renders a page; in Traditional characters when the reader asked for them.
pub fn render(page: &impl Template, shell: &Shell) -> Response {
    respond(StatusCode::OK, page, shell)
}

/// Renders a page under another status, such as 422 for a form with errors.
pub fn respond(status: StatusCode, page: &impl Template, shell: &Shell) -> Response {
    let html = match page.render() {
        Ok(html) if shell.modes.traditional => lang::traditional(&html),
        Ok(html) => html,
        // Templates are compiled and write into memory: only a formatter can fail.
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, shell.modes.lang()),
        (header::VARY, "Cookie"),
    ];
    (status, headers, html).into_response()
}
