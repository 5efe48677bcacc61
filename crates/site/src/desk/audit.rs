//! D26: who read and changed what, and whether the chain of records is whole.

use super::{frame, parts::Keyset, shell::Shell};
use crate::Site;
use crate::component::{Field, Lamp, LampKind, Link};
use crate::form::Form;
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::Called;
use office::audit::{Record, verify};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The record of reads and writes, newest first.
#[derive(Template)]
#[template(path = "desk/audit.html")]
pub struct AuditPage {
    /// The frame.
    pub shell: Shell,
    /// State of the chain: 完整 or where it is broken.
    pub chain: Lamp,
    /// One sentence about it: how many records, last head.
    pub chain_note: String,
    /// Filters.
    pub filters: Vec<Field>,
    /// Some filter is set.
    pub filtered: bool,
    /// The records.
    pub rows: Vec<AuditRow>,
    /// First and next page.
    pub pages: Keyset,
}

/// One record.
#[derive(Clone, Debug, Default)]
pub struct AuditRow {
    /// Number in the chain; 0 until the sequencer has given one, about a second later.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// 查看, 查看个人信息, 办理, 登录, 导出.
    pub act: String,
    /// What was touched.
    pub object: Link,
    /// Element opened, reason given, step done.
    pub note: String,
}

/// The audit trail; of one matter when its number is given.
///
/// # Errors
/// Busy or our failure.
pub async fn show_audit(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (before, number) = (form.number("before"), form.line("number"));
    let found = if number.is_empty() { None } else { site.office.find_number(&visit.caller, &number).await?.pop() };
    let target = match (&found, number.is_empty()) {
        (Some(row), _) => Some(format!("matter {}", row.id)),
        (None, true) => None,
        // A number that is nobody's has no records; an empty list says so.
        (None, false) => Some(String::new()),
    };
    let records = site.office.audit(&visit.caller, target, before).await?;
    let names = site.office.officers(&visit.caller).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let mut pages = Keyset::before("/desk/audit", before, records.last().map(|one| one.id), records.len(), "条");
    if !number.is_empty() && !pages.next.is_empty() {
        pages.next = format!("{}&number={}", pages.next, crate::lang::query_value(&number));
    }
    let ids: BTreeSet<i64> = records.iter().filter_map(|one| matter_of(&one.target)).collect();
    let called = site.office.called(&visit.caller, ids.into_iter().collect()).await?;
    let (chain, chain_note) = chain(&site, visit.caller.body).await?;
    frame::page(&AuditPage {
        shell: frame::shell(&site, &visit, "/desk/audit").await?,
        chain,
        chain_note,
        filters: vec![Field::new("number", "办件编号", number.clone()).autocomplete("off")],
        filtered: !number.is_empty(),
        rows: records.into_iter().map(|one| row(one, &names, &called)).collect(),
        pages,
    })
}

/// Whether every record still follows from the one before it.
async fn chain(site: &Site, body: i64) -> Result<(Lamp, String), Trouble> {
    let office = site.office.clone();
    let checked = tokio::task::spawn_blocking(move || office.store().read_blocking(verify)).await;
    let checked = checked.map_err(|_| Trouble::new(Kind::Fault))?.map_err(office::Fail::from)?;
    Ok(match checked.broken.iter().find(|(broken, _)| *broken == body) {
        None => (Lamp::new(LampKind::Green, "完整"), format!("已核对{}条，逐条相连", checked.records)),
        Some((_, seq)) => {
            (Lamp::new(LampKind::Red, "不完整"), format!("第{seq}条与前一条不相连，请立即报告网络安全负责人"))
        }
    })
}

/// The matter that a record is of: its target is `matter 12`, or `matter 12 phone`.
fn matter_of(target: &str) -> Option<i64> {
    target.strip_prefix("matter ")?.split(' ').next()?.parse().ok()
}

fn row(record: Record, names: &BTreeMap<i64, String>, called: &BTreeMap<i64, Called>) -> AuditRow {
    let act = match record.act.as_str() {
        "read" => "查看",
        "find" => "检索",
        "open" => "查看个人信息",
        "sign_in" => "登录",
        "sign_in_failed" => "登录失败",
        "officer_added" | "unit_added" => "新增人员或机构",
        "officer_changed" | "unit_changed" => "更改人员或机构",
        "password_changed" => "更改密码",
        "password_reset" => "重置密码",
        "setup_offered" => "生成首次设置地址",
        "set_up" => "首次设置管理员",
        "token_made" => "发放接口令牌",
        "edition_restored" => "告警：公开内容被改动，已恢复",
        "edition_altered" => "告警：公开内容被改动，已停止显示",
        _ => "办理",
    };
    let mut parts = record.target.split(' ');
    let object = match (parts.next(), parts.next().and_then(|id| id.parse::<i64>().ok())) {
        (Some("matter"), Some(id)) => {
            Link::new("", called.get(&id).map_or_else(|| "办件".to_owned(), |called| called.name.clone()))
        }
        (Some("officer"), Some(id)) => Link::new("", names.get(&id).cloned().unwrap_or_else(|| "人员".into())),
        (Some("edition"), Some(id)) => Link::new("", format!("公开版本{id}")),
        (Some("unit"), Some(_)) => Link::new("", "机构"),
        _ => Link::default(),
    };
    let opened = matter_of(&record.target).and_then(|id| called.get(&id)).zip(parts.next());
    let opened = opened.map(|(called, element)| matter::label(&called.procedure, element).to_owned());
    let lead = if record.act.starts_with("sign_in") { "来自" } else { "事由：" };
    let reason = (!record.reason.is_empty()).then(|| format!("{lead}{}", record.reason));
    let note = opened.into_iter().chain(reason).collect::<Vec<_>>().join("　");
    let actor = names.get(&record.actor).cloned();
    AuditRow {
        seq: record.seq.unwrap_or_default(),
        at: record.at.to_minute(),
        actor: actor.unwrap_or_else(|| if record.actor == 0 { "公众".into() } else { "系统".into() }),
        act: act.into(),
        object,
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;
    use crate::component::{Choice, Input};

    #[test]
    fn the_audit_shows_reads_writes_and_the_chain() {
        let row = |seq, act: &str, note: &str| AuditRow {
            seq,
            at: "2026-11-22 10:06:41".into(),
            actor: "办事员甲".into(),
            act: act.into(),
            object: Link::new("/desk/m/417", "晴办2026-000417"),
            note: note.into(),
        };
        let page = AuditPage {
            shell: sample("/desk/audit"),
            chain: Lamp::new(LampKind::Green, "完整"),
            chain_note: "共48,213条，逐条相连".into(),
            filters: vec![
                Field::new("who", "人员", "").input(Input::Select(vec![Choice::new("", "全部人员")])),
                Field::new("act", "操作", "").input(Input::Select(vec![Choice::new("", "全部操作")])),
                Field::new("number", "编号", ""),
            ],
            filtered: false,
            rows: vec![
                row(48213, "查看个人信息", "手机　事由：回电核实工地名称"),
                row(48212, "查看", ""),
                row(48211, "办理", "签收"),
                row(48210, "查看", HOSTILE),
            ],
            pages: Keyset { next: "?after=48210".into(), note: "本页4条".into(), ..Keyset::default() },
        };
        let html = check("audit", &page);
        assert!(html.contains("回电核实") && html.contains("完整") && !html.contains("<script>alert"));
    }
}
