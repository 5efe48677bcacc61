//! Pages of the desk when something cannot be shown or done.

use super::frame;
use super::shell::{RailGroup, RailItem, Shell};
use crate::Site;
use crate::component::Link;
use crate::problem::{Kind, Trouble};
use crate::security::{Asked, bare_page};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

/// What happened, what became of what was typed, where to go.
#[derive(Template)]
#[template(path = "desk/error.html")]
pub struct ErrorPage {
    /// The frame.
    pub shell: Shell,
    /// 没有这一件, 您没有这项权限, 系统正忙.
    pub title: String,
    /// Sentences: what, where, why (article), what to do.
    pub texts: Vec<String>,
    /// Ways on.
    pub links: Vec<Link>,
}

/// The page that tells a trouble. It reads nothing from the store, so that it can also tell that
/// the store is busy or down.
pub fn page(site: &Site, asked: &Asked, trouble: &Trouble) -> Response {
    let home = RailItem { href: "/desk".into(), label: "工作台".into(), ..RailItem::default() };
    let shell = Shell {
        body: frame::body_name(site, site.office.default_body()),
        rail: vec![RailGroup { title: "返回".into(), items: vec![home] }],
        assets: frame::files(),
        ..Shell::default()
    };
    let mut texts: Vec<String> = trouble.sentences.iter().map(ToString::to_string).collect();
    texts.extend(trouble.trace.iter().map(|trace| format!("故障编号：{trace}")));
    let error = ErrorPage { shell, title: trouble.kind.title().to_owned(), texts, links: ways(trouble.kind, asked) };
    match error.render() {
        Ok(html) => (trouble.kind.status(), Html(html)).into_response(),
        Err(_) => bare_page(trouble),
    }
}

/// Where to go from here.
fn ways(kind: Kind, asked: &Asked) -> Vec<Link> {
    let home = Link::new("/desk", "回工作台");
    match kind {
        Kind::SignIn => {
            vec![Link::new(format!("/desk/sign-in?next={}", crate::lang::query_value(asked.path())), "去登录")]
        }
        Kind::NotFound => vec![Link::new("/desk/search", "检索"), home],
        Kind::Busy | Kind::TooMany | Kind::Fault if asked.method.is_safe() => {
            vec![Link::new(asked.path().to_owned(), "再试一次"), home]
        }
        _ => vec![home],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn an_error_says_what_to_do_next() {
        let page = ErrorPage {
            shell: sample(""),
            title: "没有这一件，或者不在您的权限内".into(),
            texts: vec!["编号可能输错，也可能已经转给其他单位。".into(), HOSTILE.into()],
            links: vec![Link::new("/desk/search", "检索"), Link::new("/desk", "回工作台")],
        };
        let html = check("error", &page);
        assert!(html.contains("回工作台") && !html.contains("<script>alert"));
    }
}
