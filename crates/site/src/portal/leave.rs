//! Links that leave the site (国办发〔2017〕47号): a page tells where they lead before anybody follows.

use super::frame;
use crate::Site;
use crate::component::Text;
use crate::form::{Form, local, see};
use crate::lang::query_value;
use crate::page::{self, Shell};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// 即将离开本网站.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/leave.html")]
pub struct Leave {
    /// Frame.
    pub shell: Shell,
    /// Where the link leads.
    pub to: String,
    /// Page to come back to.
    pub back: Text,
}

/// Longest address that is passed on.
const LONGEST: usize = 2000;

/// The host of a whole address of the web.
fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // What stands before an @ is a name to log in with, which only deceives here.
    let plain = !host.is_empty() && !host.contains('@') && address.chars().all(|c| !c.is_control() && c != ' ');
    (plain && address.len() <= LONGEST).then_some(host)
}

/// Whether readers are told before they follow: an address of the web that is neither this site nor
/// another of the government.
fn leaves(address: &str, own: &str) -> bool {
    let told = |host: &str| {
        let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        host != own && name != "gov.cn" && !name.ends_with(".gov.cn")
    };
    host(address).is_some_and(told)
}

/// A link's address, by way of the page that tells when it leaves the site.
pub fn by_way(address: &str, own: &str) -> String {
    if leaves(address, own) { format!("/leave?to={}", query_value(address)) } else { address.to_owned() }
}

/// Cleaned HTML whose links that leave the site go by way of the page that tells so.
pub fn outward(html: &str, own: &str) -> String {
    const LINK: &str = "<a href=\"";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(LINK).map(|at| at + LINK.len()) {
        let (before, from) = rest.split_at(at);
        let (address, after) = from.split_at(from.find('"').unwrap_or(from.len()));
        out.push_str(before);
        let plain = address.replace("&amp;", "&");
        out.push_str(&if leaves(&plain, own) { by_way(&plain, own) } else { address.to_owned() });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The page that tells.
///
/// # Errors
/// Not found when there is no address of the web in the link.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let to = form.raw("to");
    host(to).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let shell = frame::shell(&site, &visit, "即将离开本网站", "");
    if !leaves(to, &shell.body.host) {
        return Ok(see(to));
    }
    let back = local(form.raw("back")).unwrap_or("/").to_owned();
    let page = Leave { shell: Shell { canonical: String::new(), ..shell }, to: to.to_owned(), back: back.into() };
    Ok(page::render(&page, &page.shell))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{Samples, shell};

    pub(crate) fn samples(out: &mut Samples) {
        let shell = Shell { path: "/leave".into(), ..shell("即将离开本网站") };
        out.add("leave", &Leave { shell, to: "https://example.org/a?b=1&c=\"".into(), back: "/".into() });
    }

    #[test]
    fn links_that_leave_the_government_go_by_way_of_the_page() {
        let html = r#"<p><a href="https://example.org/?a=1&amp;b=2" rel="nofollow">外</a><a href="https://www.gov.cn/">国</a><a href="/a/1">内</a><a href="https://own.example/x">己</a></p>"#;
        let out = outward(html, "own.example");
        assert!(out.contains(r#"<a href="/leave?to=https%3A//example.org/%3Fa%3D1%26b%3D2" rel"#), "{out}");
        for kept in [r#"href="https://www.gov.cn/""#, r#"href="/a/1""#, r#"href="https://own.example/x""#] {
            assert!(out.contains(kept), "{out}");
        }
    }

    #[test]
    fn only_plain_addresses_of_the_web_are_passed_on() {
        for bad in ["javascript:alert(1)", "//example.org", "https://", "https://www.gov.cn@example.org/", "data:,"] {
            assert_eq!(host(bad), None, "{bad}");
        }
        assert!(leaves("https://gov.cn.example.org/", "") && leaves("https://notgov.cn/", ""));
    }
}
