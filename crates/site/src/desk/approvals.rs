//! D8: the leader's pile and the page of one decision; two acts an item, on a phone too.

use super::{
    document::{self, DocumentBox},
    dossier, frame,
    matter::Turn,
    parts::ClockLine,
    shell::Shell,
    show,
};
use crate::Site;
use crate::component::{Fact, Facts, Lamp};
use crate::form::{self, Form};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use law::Moment;
use matter::{OPINION, code};
use office::{Fail, ListQuery, ListRow, ListView, MatterView, StepAct};
use std::sync::Arc;

/// Left the pile, right what is to be decided.
#[derive(Template)]
#[template(path = "desk/approvals.html")]
pub struct ApprovalsPage {
    /// The frame.
    pub shell: Shell,
    /// What waits, most pressing first.
    pub pile: Vec<PileItem>,
    /// The one that is open.
    pub open: Option<Judged>,
}

/// One thing that waits for a decision.
#[derive(Clone, Debug, Default)]
pub struct PileItem {
    /// Opens it.
    pub href: String,
    /// Lamp of the matter.
    pub lamp: Lamp,
    /// Title, masked.
    pub title: String,
    /// The step to approve: 答复, 延长答复期限.
    pub step: String,
    /// Number.
    pub number: String,
    /// Unit.
    pub unit: String,
    /// It is the one that is open.
    pub here: bool,
}

/// What is to be decided, with everything needed to decide.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Page of the matter.
    pub href: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// The step.
    pub step: String,
    /// Who proposes it and when.
    pub by: String,
    /// Clocks of the matter.
    pub clocks: Vec<ClockLine>,
    /// What was asked.
    pub asked: Vec<Turn>,
    /// The document, where the matter is one.
    pub document: Option<DocumentBox>,
    /// The texts that take effect when approved.
    pub texts: Vec<(String, String)>,
    /// The other elements, and what follows.
    pub facts: Facts,
    /// Where the decision goes.
    pub action: String,
    /// Number of events the leader has seen.
    pub seen: i64,
    /// Approvals still needed after this one.
    pub after: String,
    /// What is wrong with the reason of a return.
    pub error: String,
    /// The reason as typed.
    pub reason: String,
}

/// The pile with one item open: the one named in the address, else the first.
///
/// # Errors
/// Busy or our failure.
pub async fn show_pile(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let page = pile(&site, &visit, form.number("item"), "", "").await?;
    frame::page(&page)
}

/// Decides a proposal: approves it, sends it back with a reason, or takes it back.
///
/// # Errors
/// No such matter for this officer, somebody else decided, busy, or our failure.
pub async fn decide(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let (step, next) = match form.raw("decision") {
        "approve" => (code::APPROVE, "/desk/approvals".to_owned()),
        "return" => (code::RETURN, "/desk/approvals".to_owned()),
        "withdraw" => (code::WITHDRAW, show::address(id)),
        _ => return Err(Trouble::new(Kind::Malformed)),
    };
    let reason = form.text("reason");
    let opinion = (!reason.is_empty()).then(|| (OPINION.to_owned(), reason.clone()));
    let act = StepAct {
        matter: id,
        step: step.to_owned(),
        answers: opinion.into_iter().collect(),
        key: form.key().unwrap_or_default(),
        expected_seq: form.expected_seq(),
        ..StepAct::default()
    };
    let said = match site.office.act(&visit.caller, act).await {
        Ok(_) => return Ok(form::see(&next)),
        Err(Fail::Refused(refusal)) => refusal.sentences.iter().map(ToString::to_string).collect::<String>(),
        Err(Fail::Invalid(wrong)) => wrong.into_iter().map(|error| error.sentence).collect(),
        Err(other) => return Err(other.into()),
    };
    let page = pile(&site, &visit, Some(id), &said, &reason).await?;
    frame::again(&page)
}

async fn pile(
    site: &Site,
    visit: &Visit,
    item: Option<i64>,
    error: &str,
    reason: &str,
) -> Result<ApprovalsPage, Trouble> {
    let query = ListQuery { limit: 100, ..ListQuery::of(ListView::ToApprove) };
    let rows = site.office.list(&visit.caller, query).await?.rows;
    let open = item.filter(|id| rows.iter().any(|row| row.id == *id)).or_else(|| rows.first().map(|row| row.id));
    let view = match open {
        Some(id) => Some(site.office.matter(&visit.caller, id).await?),
        None => None,
    };
    let open_id = open.unwrap_or_default();
    let step = view.as_ref().and_then(|view| view.proposal.as_ref()).map(|proposal| proposal.label.clone());
    let item = |row: ListRow| PileItem {
        href: format!("/desk/approvals?item={}", row.id),
        lamp: show::lamp(row.lamp, "不计时"),
        step: step.clone().filter(|_| row.id == open_id).unwrap_or_else(|| row.procedure.clone()),
        title: if row.title.is_empty() { row.procedure } else { row.title },
        number: row.number,
        unit: row.unit,
        here: row.id == open_id,
    };
    let pile = rows.into_iter().map(item).collect();
    let open = match view {
        Some(view) => {
            let document = document::of(site, visit, &view).await?;
            judged(&view, site.office.now(), error, reason).map(|one| Judged { document, ..one })
        }
        None => None,
    };
    Ok(ApprovalsPage { shell: frame::shell(site, visit, "/desk/approvals").await?, pile, open })
}

/// What is proposed, with what was asked.
fn judged(view: &MatterView, now: Moment, error: &str, reason: &str) -> Option<Judged> {
    let proposal = view.proposal.as_ref()?;
    let long = |words: &str| words.contains('\n') || words.chars().count() > 60;
    let (texts, rest): (Vec<_>, Vec<_>) = proposal.values.iter().cloned().partition(|(_, words)| long(words));
    let after: Vec<&str> = proposal.remaining.iter().skip(1).map(String::as_str).collect();
    Some(Judged {
        href: show::address(view.matter.id),
        number: show::number(view),
        title: show::title(view),
        step: proposal.label.clone(),
        by: format!("{}　{} 送审", proposal.by, proposal.at.to_minute()),
        clocks: view.clocks.iter().filter(|clock| clock.clock.is_open()).map(|clock| show::clock(clock, now)).collect(),
        asked: dossier::turns(view),
        document: None,
        texts,
        facts: Facts { facts: rest.into_iter().map(|(label, words)| Fact::typed(label, words)).collect() },
        action: format!("{}/decide", show::address(view.matter.id)),
        seen: view.matter.seq,
        after: if after.is_empty() { String::new() } else { format!("同意后还须{}审批", after.join("、")) },
        error: error.to_owned(),
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check, clocks},
        shell::tests::sample,
    };
    use super::*;
    use crate::component::LampKind;

    fn page(n: usize, error: &str) -> ApprovalsPage {
        let titles = [
            "望潮路夜间施工噪声扰民，多次反映未解决",
            "老年助餐点租赁协议和补助拨付明细",
            "滨河步道增设照明和长椅",
            "既有住宅加装电梯补助标准",
        ];
        let item = |i: usize| PileItem {
            href: format!("/desk/approvals?item={}", 417 - i),
            lamp: if i == 0 { Lamp::new(LampKind::Amber, "临近") } else { Lamp::new(LampKind::Green, "正常") },
            title: titles[i % 4].into(),
            step: if i == 1 { "作出答复决定".into() } else { "答复".into() },
            number: format!("晴办2026-{:06}", 417 - i),
            unit: "区住建局".into(),
            here: i == 0,
        };
        let open = Judged {
            href: "/desk/m/417".into(),
            number: "晴办2026-000417".into(),
            title: titles[0].into(),
            step: "答复".into(),
            by: "区住建局　办事员甲　2026-11-20 16:40 送审".into(),
            clocks: clocks(),
            asked: vec![Turn { ours: false, who: "反映人".into(), when: "2026-11-13 09:12".into(), text: "望潮路与海棠街交叉口工地连续一周夜里十一点以后还在施工，噪声很大。请查一查他们有没有夜间施工许可，给一个长久的办法。".into() }],
            document: None,
            texts: vec![("答复".into(), format!("您好！您反映的问题收悉，现答复如下：\n　　一、经查，该工地11月8日、9日、11日夜间浇筑混凝土，未办理夜间施工许可，区城管局已立案。\n　　二、我局已约谈施工单位，要求22:00至次日6:00停止产生噪声的作业，并在工地入口公示联系人和电话。\n　　三、今后需要连续浇筑的，须提前公告附近居民。\n　　承办人：住建局建管科，电话（0000）5550 0266。{}", if error.is_empty() { "" } else { HOSTILE }))],
            facts: Facts { facts: vec![Fact::new("建议公开", "公开，隐去个人信息"), Fact::new("同意以后", "答复发出，短信告知反映人，答复期限停止")] },
            action: "/desk/m/417/decide".into(),
            seen: 6,
            after: String::new(),
            error: error.into(),
            reason: String::new(),
        };
        ApprovalsPage {
            shell: sample("/desk/approvals"),
            pile: (0..n).map(item).collect(),
            open: (n > 0).then_some(open),
        }
    }

    #[test]
    fn a_decision_is_one_press_and_a_return_needs_a_reason() {
        let html = check("approvals", &page(4, ""));
        assert!(
            html.contains("value=\"approve\"") && html.contains("value=\"return\"") && html.contains("name=\"reason\"")
        );
        let html = check("approvals_error", &page(2, "退回要写明理由，承办人照着改。"));
        assert!(html.contains("aria-invalid") && !html.contains("<script>alert"));
        assert!(check("approvals_empty", &page(0, "")).contains("没有等您审批的件"));
    }
}
