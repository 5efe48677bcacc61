//! The receipt (P17): proof that something was received, and what happens next.

use super::Aside;
use super::{frame, words};
use crate::Site;
use crate::component::{Fact, Facts, Link, NoticeKind, Qr};
use crate::component::{Notice, Reason, Slip, Text};
use crate::form::see;
use crate::page;
use crate::page::Shell;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use matter::procedure::{ClockRule, LimitBy};
use office::{FieldError, Filed, MatterView};
use std::sync::Arc;

/// The receipt page. The query password is shown only to the session that filed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/receipt.html")]
pub struct Receipt {
    /// Frame.
    pub shell: Shell,
    /// Files that could not be taken, and the like.
    pub notices: Vec<Notice>,
    /// The slip itself.
    pub slip: Slip,
    /// Address of the tracking page with the code.
    pub track: Text,
    /// What happens next, with dates and articles.
    pub next: Vec<Reason>,
    /// Beside the slip.
    pub aside: Vec<Aside>,
}

/// Cookie that carries code, password and names of refused files from filing to the receipt: the
/// password is stored nowhere in plain, and only this browser ever sees it again.
const SLIP: &str = "slip";

/// The slip that this browser holds: code and password.
pub fn held(visit: &Visit) -> Option<(office::ticket::Code, String)> {
    let (code, password) = visit.cookie(SLIP)?.split_once('.')?;
    let right = password.len() == 6 && password.bytes().all(|b| b.is_ascii_digit());
    Some((office::ticket::Code::parse(code).ok()?, password.to_owned())).filter(|_| right)
}

/// After filing: begins the party's session and goes to the receipt.
pub async fn open(site: &Site, visit: &Visit, filed: &Filed, refused: &[FieldError]) -> Result<Response, Trouble> {
    let session = site.office.query_session(visit.caller.body, filed.matter).await?;
    let mut response = visit.open_query(&session, "/receipt");
    set_slip(&mut response, &format!("{}.{}", filed.code, filed.password), site.settings.secure);
    let sentences: Vec<&str> = refused.iter().map(|error| error.sentence.as_str()).collect();
    let kept = [(SLIP.to_owned(), sentences.join("\n"))].into();
    site.office.keep_draft(visit.caller.body, &visit.csrf(), "/receipt", &kept).await?;
    Ok(response)
}

/// Sets the slip's cookie for as long as the browser's window; an empty value removes it.
pub fn set_slip(response: &mut Response, value: &str, secure: bool) {
    let tls = if secure { "; Secure" } else { "" };
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    let line = format!("{SLIP}={value}; Path=/; HttpOnly; SameSite=Strict{tls}{end}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// The receipt of what this browser filed.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let (Some((code, password)), Some(id)) = (held(&visit), visit.caller.matter) else {
        return Ok(see("/q/matter"));
    };
    let view = site.office.matter(&visit.caller, id).await?;
    let shell = frame::shell(&site, &visit, "回执", "");
    let kept = site.office.draft(visit.caller.body, &visit.csrf(), "/receipt").await?;
    let refused = kept.get(SLIP).cloned().unwrap_or_default();
    let track = format!("/q?code={}", code.digits());
    let page = Receipt {
        notices: refused_files(&refused),
        slip: Slip {
            title: format!("{}回执", view.procedure.label).into(),
            lead: "已经收到。请保存下面的查询码和密码".into(),
            code: code.spaced().into(),
            password: format!("{} {}", password.get(..3).unwrap_or_default(), password.get(3..).unwrap_or_default())
                .into(),
            qr: frame::address(&site, &track).map(|address| Qr::new(&address, "二维码：用手机打开查询页，不含密码")),
            facts: slip_facts(&site, &shell, &view),
            foot: view.matter.number.as_ref().map(|number| format!("受理编号 {number}")).unwrap_or_default().into(),
        },
        next: next_steps(&site, &view),
        aside: aside(),
        track: track.into(),
        shell,
    };
    Ok(page::render(&page, &page.shell))
}

fn refused_files(sentences: &str) -> Vec<Notice> {
    let texts: Vec<Text> = sentences.lines().map(|line| line.to_owned().into()).collect();
    let title = format!("有{}个文件没有收下，其他内容都已提交", texts.len());
    let links = vec![Link::new("/q/matter", "到进度页补充")];
    let notice = Notice { kind: NoticeKind::Warn, title: title.into(), texts, links };
    if notice.texts.is_empty() { Vec::new() } else { vec![notice] }
}

fn aside() -> Vec<Aside> {
    vec![
        Aside::new(
            "怎样知道进度",
            [
                "用查询码和密码，在本站“查进度”里看每一步。留了手机号码或者邮箱的，有进展会通知您，通知里没有您写的内容。",
            ],
        ),
        Aside::new("密码忘了怎么办", ["带身份证件到窗口重取，或者打上面的电话。"]),
        Aside::new("想撤回或者补充", ["答复前随时可以，在进度页办理。"]),
    ]
}

fn slip_facts(site: &Site, shell: &Shell, view: &MatterView) -> Facts {
    let typed = |id: &str| view.texts.get(id).map(|text| Fact::typed(text.label.clone(), text.shown().to_owned()));
    let named = ["title", "content", "name"].into_iter().filter_map(typed);
    let files: Vec<&str> = view.files.iter().map(|file| file.name.as_str()).collect();
    let files = (!files.is_empty()).then(|| Fact::typed("附件", files.join("、")));
    let filed = Fact::new("提交时间", words::instant(view.matter.filed_at));
    let body = Fact::new("收办机关", shell.body.name.clone());
    let limits = view.procedure.clocks.iter().filter(|rule| rule.party).filter_map(|rule| limit_fact(site, view, rule));
    let whom = Fact::new("联系电话", format!("{}　{}", shell.body.phone, shell.body.hours));
    Facts { facts: named.chain(files).chain([body, filed]).chain(limits).chain([whom]).collect() }
}

/// A limit on the slip: its last day where the clock runs; else how long it will be from which
/// fact (ux.md §10: no date before the clock has started).
fn limit_fact(site: &Site, view: &MatterView, rule: &ClockRule) -> Option<Fact> {
    if let Some(running) = view.clocks.iter().find(|clock| clock.id == rule.id) {
        let due = format!("最迟{}", words::full_day(running.clock.due.due_on));
        return Some(Fact::new(to_party(rule), "").strong(due).law(running.clock.article.clone()));
    }
    let limit = limit_of(site, view, rule)?;
    let (start, cite) = start_of(view, limit);
    let long = format!("自{start}起{}内", limit.amount_text());
    let law = format!("{cite}{}。开始计算后，进度页会写明最后一天。", limit.article);
    Some(Fact::new(to_party(rule), "").strong(long).law(law))
}

/// The name of a limit as the applicant is spoken to.
fn to_party(rule: &ClockRule) -> String {
    rule.label.replace("申请人", "您")
}

/// The fact from which a limit will run, and its article: the rulebook says for each channel which
/// day counts as the day of receipt (条例 31), as in `第三十一条第（三）项：双方确认之日`.
fn start_of<'a>(view: &'a MatterView, limit: &'a law::LimitValue) -> (&'a str, String) {
    let channel = view.procedure.channels.iter().find(|channel| Some(&channel.id) == view.matter.channel.as_ref());
    let received = channel.and_then(|channel| channel.cite.as_deref()).and_then(|cite| cite.rsplit_once('：'));
    match received {
        Some((article, day)) if day.ends_with("之日") => (day, format!("{article}；")),
        _ => (&limit.start, String::new()),
    }
}

fn limit_of<'a>(site: &'a Site, view: &MatterView, rule: &ClockRule) -> Option<&'a law::LimitValue> {
    let category = view.matter.category.as_deref().and_then(|code| view.procedure.category(code));
    let by_category = match rule.limit_by {
        Some(LimitBy::Category) => category.and_then(|category| category.limit.as_deref()),
        None => None,
    };
    let id = by_category.or(rule.limit.as_deref())?;
    super::flow::limit(site, id)
}

/// What happens next: the limits that run or will run, then what the citizen may do.
fn next_steps(site: &Site, view: &MatterView) -> Vec<Reason> {
    let limit = |rule: &ClockRule| {
        let limit = limit_of(site, view, rule)?;
        let running = view.clocks.iter().find(|clock| clock.id == rule.id);
        let text = match running {
            Some(clock) => format!("{}：最迟{}。", to_party(rule), words::full_day(clock.clock.due.due_on)),
            None => format!("{}：自{}起{}内。", to_party(rule), start_of(view, limit).0, limit.amount_text()),
        };
        Some(Reason { text: text.into(), law: limit.article.clone().into() })
    };
    let limits = view.procedure.clocks.iter().filter(|rule| rule.party).filter_map(limit);
    let last = [
        Reason {
            text: "每一步都会写在进度页上，凭查询码和密码随时可以看。".into(), law: Text::default()
        },
        Reason {
            text: "有新的情况，可以补充；不想办了，可以撤回。都在进度页。".into(), law: Text::default()
        },
    ];
    limits.chain(last).chain(afterwards(site, view)).collect()
}

/// What the party may do once there is an answer: the rulebook's steps, and where decisions are
/// made, the remedies that every decision must name (行政复议法, 行政诉讼法).
fn afterwards(site: &Site, view: &MatterView) -> Option<Reason> {
    let rule = &view.procedure;
    if !rule.decisions.is_empty() {
        let text = "对答复不服的，可以申请行政复议或者提起行政诉讼；向哪里提出、多长时间内提出，答复书里都会写明。";
        return Some(Reason { text: text.into(), law: "《行政复议法》《行政诉讼法》".into() });
    }
    let closed = |id: &String| rule.state(id).is_some_and(|state| state.phase == matter::Phase::Closed);
    let after = |step: &&matter::Step| {
        step.by.contains(&matter::Role::Party) && !step.from.is_empty() && step.from.iter().all(closed)
    };
    let word = |step: &matter::Step| {
        let within = step.within.as_ref().and_then(|within| super::flow::amount(site, &within.limit));
        within.map_or_else(|| step.label.clone(), |amount| format!("{}（{amount}内）", step.label))
    };
    let steps: Vec<String> = rule.steps.iter().filter(after).map(word).collect();
    let text = format!("答复后，在进度页还可以{}。", steps.join("、"));
    (!steps.is_empty()).then(|| Reason { text: text.into(), law: Text::default() })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::{Fact, Facts, Link, NoticeKind, Qr};
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn page(typed: &str) -> Receipt {
        let reason = |text: &'static str, law: &'static str| Reason { text: text.into(), law: law.into() };
        Receipt {
            shell: Shell {
                path: "/receipt".into(),
                section: "/foi".into(),
                crumbs: vec![Link::new("/foi", "申请公开")],
                ..shell("回执")
            },
            notices: vec![],
            slip: Slip {
                title: "政府信息公开申请回执".into(),
                lead: "您的申请已经提交，请保存下面的查询码和密码".into(),
                code: "4829 0173 5577".into(),
                password: "305 871".into(),
                qr: Some(Qr::new("https://www.qingwan.example/q?code=482901735577", "二维码：用手机打开查询页")),
                facts: Facts { facts: vec![
                    Fact::typed("申请人", "申某某"),
                    Fact::new("答复机关", "明川市晴湾区人民政府"),
                    Fact::typed("申请内容", typed.to_owned()),
                    Fact::new("提交时间", "2026年9月22日（周二）19:06"),
                    Fact::new("与您确认", "用手机号码 138****0000 联系您").strong("最迟2026年9月23日（周三）").law("网上申请以双方确认之日为收到申请之日（《政府信息公开条例》第三十一条第三项）。到时没有联系您的，当日视为收到之日。"),
                    Fact::new("答复期限", "").strong("自双方确认之日起20个工作日内").law("《条例》第三十三条第二款。确认后，进度页会写明答复的最后一天；征求第三方和其他机关意见的时间不计算在内，届时也会告诉您。"),
                    Fact::new("联系", "区政府办公室政务公开科　（0000）5550 0100"),
                ] },
                foot: "受理编号 晴湾公开申〔2026〕113号".into(),
            },
            track: "/q?code=482901735577".into(),
            next: vec![
                reason("最迟9月23日，工作人员与您确认收到申请。", ""),
                reason("内容写得不够明确的，自收到申请之日起7个工作日内一次告诉您补什么。", "《条例》第三十条"),
                reason("20个工作日内答复。可能是公开、部分公开、不予公开或者无法提供，每一种都会写明理由和依据。", "《条例》第三十三条、第三十六条"),
                reason("对答复不服的，可以申请行政复议或者提起行政诉讼；向哪里提出、多少天内提出，以答复书写明的为准。", "《条例》第五十一条"),
            ],
            aside: vec![
                Aside::new("怎样知道进度", ["用查询码和密码，在本站“查进度”里看每一步。留了手机号码或者邮箱的，有进展会通知您，通知里没有您写的内容。"]),
                Aside::new("密码忘了怎么办", ["带身份证件到窗口重取，或者打上面的电话。"]),
                Aside::new("想撤回或者补充", ["答复前随时可以，在进度页办理。"]),
            ],
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("receipt", &page("望潮路12号地块老年助餐点租赁协议和2025年度补助拨付明细"));
        let mut refused = page(HOSTILE);
        refused.slip.password = Text::default();
        refused.notices.push(Notice {
            kind: NoticeKind::Warn,
            title: "有1个文件没有收下，申请已经提交".into(),
            texts: vec![format!("{HOSTILE}.exe：不是照片或者文档，没有收。可以在进度页补充别的格式。").into()],
            links: vec![],
        });
        out.add("receipt-refused-file", &refused);
        out.add("receipt-long", &page(&"望潮路12号地块老年助餐点租赁协议。\n".repeat(40)));
    }
}
