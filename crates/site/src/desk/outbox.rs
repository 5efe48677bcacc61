//! D25: every notice the office sent: to whom (masked), by what, the text, the state.

use super::{frame, parts::Keyset, shell::Shell, show};
use crate::Site;
use crate::component::{Lamp, LampKind, Link};
use crate::form::Form;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::{Called, OutboxRow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The outbox, newest first.
#[derive(Template)]
#[template(path = "desk/outbox.html")]
pub struct OutboxPage {
    /// The frame.
    pub shell: Shell,
    /// The notices.
    pub rows: Vec<NoticeRow>,
    /// First and next page.
    pub pages: Keyset,
}

/// One notice.
#[derive(Clone, Debug, Default)]
pub struct NoticeRow {
    /// When it was made.
    pub at: String,
    /// 短信, 电子邮件.
    pub channel: String,
    /// Masked address.
    pub to: String,
    /// The whole text as sent.
    pub text: String,
    /// The matter it tells of.
    pub matter: Link,
    /// 待发, 已发, 没有发出.
    pub state: Lamp,
    /// Why it was not sent; empty when it was.
    pub why: String,
}

/// The outbox.
///
/// # Errors
/// Busy or our failure.
pub async fn show_outbox(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let before = form.number("before");
    let rows = site.office.outbox(&visit.caller, before).await?;
    let pages = Keyset::before("/desk/outbox", before, rows.last().map(|row| row.id), rows.len(), "条");
    let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.matter).collect();
    let called = site.office.called(&visit.caller, ids.into_iter().collect()).await?;
    frame::page(&OutboxPage {
        shell: frame::shell(&site, &visit, "/desk/outbox").await?,
        rows: rows.into_iter().map(|one| row(one, &called)).collect(),
        pages,
    })
}

fn row(row: OutboxRow, called: &BTreeMap<i64, Called>) -> NoticeRow {
    let channel = match row.channel.as_str() {
        "sms" => "短信",
        "mail" => "电子邮件",
        _ => "工作台",
    };
    let (kind, word) = match row.state.as_str() {
        "sent" => (LampKind::Green, "已发"),
        "waiting" if row.error.is_some() => (LampKind::Amber, "待重发"),
        "waiting" => (LampKind::Grey, "待发"),
        "failed" => (LampKind::Red, "没有发出"),
        _ => (LampKind::Blue, "留存备查"),
    };
    let why = row.error.map(|error| {
        let then = if row.state == "failed" { "不再自动重发" } else { "稍后自动重发" };
        format!("{error}。已试{}次，{then}。", row.attempts)
    });
    let matter = row.matter.and_then(|id| Some(Link::new(show::address(id), called.get(&id)?.name.clone())));
    NoticeRow {
        at: row.at.to_minute(),
        channel: channel.into(),
        to: row.to,
        text: if row.text.contains(&row.subject) || row.channel == "sms" {
            row.text
        } else {
            format!("{}\n{}", row.subject, row.text)
        },
        matter: matter.unwrap_or_default(),
        state: Lamp::new(kind, word),
        why: why.unwrap_or_default(),
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
    fn every_notice_shows_its_text_and_a_masked_address() {
        let row = |text: &str, kind, state: &'static str, why: &str| NoticeRow {
            at: "2026-11-22 10:06".into(),
            channel: "短信".into(),
            to: "138****0000".into(),
            text: text.into(),
            matter: Link::new("/desk/m/418", "晴办2026-000418"),
            state: Lamp::new(kind, state),
            why: why.into(),
        };
        let page = OutboxPage {
            shell: sample("/desk/outbox"),
            rows: vec![
                row(
                    "【晴湾区政府】您的留言已登记，查询码4829 0173 5577，答复期限12月11日。查进度：www.qingwan.example/q",
                    LampKind::Green,
                    "已发",
                    "",
                ),
                row(HOSTILE, LampKind::Red, "没有发出", "邮件服务器没有回应，10分钟后重发，已试3次。"),
                row("【晴湾区政府】您的留言已答复，请用查询码和密码查看。", LampKind::Grey, "待发", ""),
            ],
            pages: Keyset { note: "共3条".into(), ..Keyset::default() },
        };
        let html = check("outbox", &page);
        assert!(html.contains("138****0000") && !html.contains("<script>alert") && html.contains("已试3次"));
        check("outbox_empty", &OutboxPage { shell: sample("/desk/outbox"), rows: vec![], pages: Keyset::default() });
    }
}
