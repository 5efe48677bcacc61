//! Pages for when something cannot be done (P32): why, what became of the answers, the way on.

use super::Aside;
use super::frame;
use crate::Site;
use crate::component::{Link, Text};
use crate::page::{self, Shell};
use crate::problem::Trouble;
use crate::security::Asked;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// A page that says why something cannot be done.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/error.html")]
pub struct ErrorPage {
    /// Frame.
    pub shell: Shell,
    /// What happened and what to do.
    pub texts: Vec<Text>,
    /// What became of what was typed, or empty.
    pub kept: Text,
    /// What was looked for may be somewhere else: a box to search for it.
    pub search: bool,
    /// Ways on, the best first.
    pub links: Vec<Link>,
    /// Number under which the body can look it up, or empty.
    pub number: Text,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// Title, sentences, what became of the answers, first way on.
type Words = (&'static str, &'static str, &'static str, (&'static str, &'static str));

/// What is said under each status; an unknown one is said to be our fault.
fn words(status: StatusCode) -> Words {
    const AGAIN: (&str, &str) = ("", "再试一次");
    match status {
        StatusCode::BAD_REQUEST => {
            ("这个网址不完整", "可能是复制时少了几个字，或者链接已经改过。", "", ("/", "回首页"))
        }
        StatusCode::FORBIDDEN => (
            "这一步没有通过核验",
            "可能是页面放得太久，或者浏览器没有保留会话。请回到上一页，刷新后再提交。",
            "为了安全，这次没有提交。您填写的内容在上一页，用浏览器的“后退”可以看到。",
            ("/q", "查进度"),
        ),
        StatusCode::UNAUTHORIZED => (
            "查询已经过时",
            "为了您的信息安全，一段时间不操作会自动退出查询。请用查询码和密码再查一次。",
            "刚才填写的没有提交，用浏览器的“后退”可以看到。",
            ("/q", "重新查询"),
        ),
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("现在不能这样办理", "请先看看进度页上写的办理情况。", "", ("/q/matter", "看办理情况"))
        }
        StatusCode::NOT_FOUND => ("没有这个页面", "网址可能写错了，或者内容已经撤下。", "", ("/", "回首页")),
        StatusCode::GONE => {
            ("这条信息已经撤下", "这个网址上原来的信息已经撤回公开，不再提供。请搜索现在的信息。", "", ("/", "回首页"))
        }
        StatusCode::CONFLICT => (
            "这件事刚刚有了新的进展",
            "您打开页面之后，办理情况变了。请先看看现在的情况，再决定要不要继续。",
            "您刚才填写的没有提交，用浏览器的“后退”可以看到。",
            ("/q", "看现在的进度"),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "文件太大了",
            "每个文件不超过20 MB，一次不超过10个。照片可以缩小后再传；材料很多的，可以先提交，再在进度页分几次补充，或者邮寄、当面交。",
            "这次没有提交。您填写的内容为您保留24小时，回到上一页就能接着办。",
            AGAIN,
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "请稍等一会儿",
            "短时间内试的次数太多，为了保护大家的信息，暂时停一停。请过几分钟再试；着急的可以打电话。",
            "您已经提交的事项不受影响。",
            AGAIN,
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "现在办理的人太多",
            "系统一时忙不过来，请一分钟后再试。查看已经公开的内容不受影响。",
            "这次没有提交。您填写的内容为您保留24小时，回到上一页就能接着办。",
            AGAIN,
        ),
        _ => (
            "系统出了差错",
            "是我们的问题，不是您操作有误。已经记录下来，会有人检查。",
            "如果您正在提交，请先到“查进度”看看是否已经收到，没有收到的请再提交一次；重复提交不会登记两次。",
            ("/q", "查进度"),
        ),
    }
}

impl ErrorPage {
    /// The page for a status; `back` is the page to try again.
    pub fn new(status: StatusCode, shell: Shell, back: &str) -> Self {
        let (title, text, kept, (href, way)) = words(status);
        let first = if href.is_empty() { back.to_owned() } else { href.to_owned() };
        Self {
            shell: Shell { title: title.into(), ..shell },
            texts: vec![text.into()],
            kept: kept.into(),
            search: [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status),
            links: vec![Link::new(first, way), Link::new("/sitemap", "站点地图")],
            ..Self::default()
        }
    }
}

/// The page that tells a trouble: our words for its status, the trouble's own sentences where it
/// has any, the number under which it was recorded.
pub fn page(site: &Site, asked: &Asked, trouble: &Trouble) -> Response {
    let status = trouble.kind.status();
    let shell = frame::bare(site, asked.cookie(page::Modes::COOKIE), asked.path());
    let mut page = ErrorPage::new(status, shell, asked.path());
    let general = trouble.kind.sentence();
    let own: Vec<Text> =
        trouble.sentences.iter().filter(|said| **said != general).map(|said| said.to_string().into()).collect();
    if !own.is_empty() {
        page.texts = own;
    }
    page.number = trouble.trace.clone().unwrap_or_default().into();
    page::respond(status, &page, &page.shell)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{Samples, shell};

    pub(crate) fn samples(out: &mut Samples) {
        for code in [400, 403, 404, 409, 410, 413, 429, 500, 503] {
            let status = StatusCode::from_u16(code).unwrap_or_default();
            let page = ErrorPage::new(status, shell(""), "/foi/check");
            out.add(&format!("error-{code}"), &page);
        }
    }
}
