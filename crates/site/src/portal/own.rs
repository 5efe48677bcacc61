//! A person's own matter (P18): its whole way with dates, papers and files.

use super::answer::{Answer, answer};
use super::{frame, rate, receipt, words};
use crate::component::{
    Clock, Entry, EntryState, Explanation, Fact, Facts, Guard, Link, Notice, NoticeKind, Text, Timeline,
};
use crate::form::Form;
use crate::page::{self, Shell};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use crate::{Site, letter};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::ticket::Code;
use office::{MatterView, OptionView, TimelineItem};
use std::sync::Arc;

/// The whole way of one matter, for the person it belongs to.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/track.html")]
pub struct Track {
    /// Frame.
    pub shell: Shell,
    /// The code, in groups of four.
    pub code: Text,
    /// Title as the person wrote it.
    pub title: Text,
    /// Number, kind and day of filing, as shown.
    pub summary: Vec<Text>,
    /// What was just done, what is asked of the person.
    pub notices: Vec<Notice>,
    /// The limit that runs, or how it ended.
    pub clock: Option<Clock>,
    /// Why the due date is what it is.
    pub explanation: Option<Explanation>,
    /// The answer, where there is one: what everybody comes for.
    pub answer: Option<Answer>,
    /// Every step with date and papers.
    pub timeline: Timeline,
    /// What the person sent.
    pub facts: Facts,
    /// What the person may do now.
    pub options: Vec<Link>,
    /// Unit that handles it.
    pub unit: Text,
    /// Hidden fields of the form that leaves.
    pub guard: Guard,
}

/// The matter of the party's session.
///
/// # Errors
/// Signed out, or our failure.
pub async fn matter(site: &Site, visit: &Visit) -> Result<MatterView, Trouble> {
    let id = visit.caller.matter.ok_or_else(|| Trouble::new(Kind::SignIn))?;
    Ok(site.office.matter(&visit.caller, id).await?)
}

/// The whole way of the party's matter.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let view = matter(&site, &visit).await?;
    let code = Code::parse(form.raw("code")).ok().or_else(|| receipt::held(&visit).map(|(code, _)| code));
    let (law, now) = (&site.office.rules().law, site.office.now());
    let running = view.clocks.iter().find(|clock| clock.clock.is_open()).or(view.clocks.last());
    let done = form.has("done").then(|| Notice {
        kind: NoticeKind::Done,
        title: "已经收到".into(),
        texts: vec!["已经记在下面的办理经过里。".into()],
        links: Vec::new(),
    });
    let page = Track {
        shell: Shell {
            crumbs: vec![Link::new("/q", "查进度")], ..frame::shell(&site, &visit, "办理进度", "/q")
        },
        code: code.map(|code| code.spaced()).unwrap_or_default().into(),
        title: title(&view).into(),
        summary: summary(&view),
        notices: done.into_iter().chain(asked_of_party(&view)).collect(),
        clock: running.map(|clock| words::clock(clock, law, now)),
        explanation: running.map(|clock| words::explanation(clock, clock.clock.is_open())),
        answer: answer(&view),
        timeline: timeline(&view),
        facts: sent(&view),
        options: options(&view),
        unit: view.unit.clone().unwrap_or_else(|| "正在确定承办单位".into()).into(),
        guard: frame::guard(&visit),
    };
    Ok(page::render(&page, &page.shell))
}

/// Title of a matter: what the person called it, else the first line of what was written.
pub fn title(view: &MatterView) -> String {
    let whole = [view.text("title"), view.text("content"), view.text("text")].into_iter().find(|text| !text.is_empty());
    let line = whole.and_then(|text| text.lines().next()).unwrap_or(&view.procedure.label);
    match line.char_indices().nth(50) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

fn summary(view: &MatterView) -> Vec<Text> {
    let category = view.matter.category.as_deref().and_then(|code| view.procedure.category(code));
    let kind = category.map_or(&view.procedure.label, |category| &category.label).clone();
    let number = view.matter.number.as_ref().map(|number| format!("受理编号 {number}"));
    let filed = format!("{}提交", words::day(view.matter.filed_at.date()));
    [Some(kind), number, Some(filed), Some(format!("现在：{}", view.state))]
        .into_iter()
        .flatten()
        .map(Text::from)
        .collect()
}

/// What the body waits for: steps that only the party can perform now and that move the matter on.
fn asked_of_party(view: &MatterView) -> Option<Notice> {
    let waiting = view.matter.phase() == matter::Phase::Waiting;
    let option = view.options.iter().find(|option| waiting && option.allowed)?;
    Some(Notice {
        kind: NoticeKind::Warn,
        title: view.state.clone().into(),
        texts: vec!["请看下面办理经过里最近的一步。".into()],
        links: vec![Link::new(format!("/q/do/{}", option.step), verb(view, option))],
    })
}

fn timeline(view: &MatterView) -> Timeline {
    let entry = |item: &TimelineItem| {
        // What opened the matter stands in full further down.
        let quotes = item.texts.iter().filter(|_| item.seq > 1).map(|(_, text)| text.shown());
        let papers = view.papers.iter().filter(|paper| item.papers.contains(&paper.number));
        Entry {
            state: EntryState::Done,
            title: item.party_label.clone().unwrap_or_else(|| item.label.clone()).into(),
            when: item.at.to_minute().into(),
            // The title already says 您 for what the party did.
            text: item.unit.clone().unwrap_or_else(|| item.actor.replace('您', "")).into(),
            law: item.cite.clone().into(),
            quote: quotes.collect::<Vec<_>>().join("\n"),
            papers: papers.map(paper_link).collect(),
        }
    };
    let mut entries: Vec<Entry> = view.timeline.iter().map(entry).collect();
    if view.matter.phase() != matter::Phase::Closed {
        let due = view.clocks.iter().find(|clock| clock.clock.is_open());
        entries.push(Entry {
            state: EntryState::Now,
            title: view.state.clone().into(),
            text: view.unit.clone().unwrap_or_default().into(),
            ..Entry::default()
        });
        entries.extend(due.map(|clock| Entry {
            state: EntryState::Todo,
            title: clock.label.clone().into(),
            when: format!("最迟{}", words::full_day(clock.clock.due.due_on)).into(),
            ..Entry::default()
        }));
    }
    Timeline { entries }
}

/// A letter by its name and number; without address until it is rendered.
pub fn paper_link(paper: &office::PaperView) -> Link {
    let name = format!("{}（{}）", paper.label, paper.number);
    if paper.ready {
        Link::new(format!("/q/paper/{}", paper.id), name)
    } else {
        Link::new("", format!("{name}正在生成"))
    }
}

/// What the person sent when the matter was opened.
fn sent(view: &MatterView) -> Facts {
    let opening = view.timeline.first().and_then(|item| view.procedure.step(&item.code));
    let asked = |id: &String| opening.is_some_and(|step| step.may_give(id));
    // In the order of the procedure: what it is about, then who wrote.
    let ids = view.procedure.elements.iter().map(|element| &element.id).filter(|id| asked(id));
    let fact = |id: &String| {
        let text = view.texts.get(id).map(|text| Fact::typed(text.label.clone(), text.shown().to_owned()));
        text.or_else(|| view.values.get(id).map(|(label, words)| Fact::new(label.clone(), words.clone())))
    };
    let files = view.files.iter().map(|file| Fact {
        change: format!("/q/file/{}", file.id).into(),
        act: "下载".into(),
        ..Fact::typed("附件", file.name.clone())
    });
    Facts { facts: ids.filter_map(fact).chain(files).collect() }
}

/// Words of a step as the party reads them on a button.
pub fn verb(view: &MatterView, option: &OptionView) -> String {
    let step = view.procedure.step(&option.step);
    step.map_or_else(|| option.label.clone(), |step| step.label.trim_start_matches("收到").to_owned())
}

fn is_rating(option: &OptionView) -> bool {
    option.needs.iter().any(|id| id == rate::LEVEL)
}

/// What the person may do now.
pub fn options(view: &MatterView) -> Vec<Link> {
    let link = |option: &OptionView| {
        let href = if is_rating(option) { "/rate".to_owned() } else { format!("/q/do/{}", option.step) };
        Link::new(href, verb(view, option))
    };
    view.options.iter().filter(|option| option.allowed).map(link).collect()
}

/// A letter of the party's matter.
pub async fn paper(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let (paper, html) = site.office.paper_html(&visit.caller, id).await?;
    letter::page(&site, &visit, &paper, html, Link::new("/q/matter", "返回办理进度"))
}

/// A file of the party's matter, always as a download.
pub async fn file(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let (file, bytes) = site.office.file_bytes(&visit.caller, &id).await?;
    Ok(super::download(&file.name, &file.media, bytes))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::{Calendar, Day, DayMark, Lamp, LampKind, Reason};
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn at(title: &'static str) -> Shell {
        Shell { path: "/q/matter?code=482901735577".into(), section: "/q".into(), ..shell(title) }
    }

    /// September 23 to November 2, 2026, as the mockup counts them.
    fn calendar() -> Calendar {
        let holidays = ["09-25", "09-26", "09-27", "10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"];
        let mut counted = 0;
        let days = (0..41).map(|n: i64| {
            let date = jiff::civil::date(2026, 9, 23) + jiff::Span::new().days(n);
            let key = date.strftime("%m-%d").to_string();
            let weekend = date.weekday().to_monday_zero_offset() > 4 && key != "10-10";
            let (mark, note) = match key.as_str() {
                "09-23" => (DayMark::Event, "确认".into()),
                "10-13" | "10-14" | "10-15" => (DayMark::Paused, "不计".into()),
                k if holidays.contains(&k) => (DayMark::Rest, "假日".into()),
                _ if weekend => (DayMark::Rest, "休".into()),
                "11-02" => (DayMark::Due, "第20日 截止".into()),
                _ => {
                    counted += 1;
                    (DayMark::Counted, Text::from(format!("第{counted}日")))
                }
            };
            let label = if date.day() == 1 || n == 0 {
                format!("{}/{}", date.month(), date.day())
            } else {
                date.day().to_string()
            };
            Day { mark, date: date.to_string(), label, note, today: key == "10-22" }
        });
        Calendar::new("逐日计算：9月23日至11月2日", 2, days.collect())
    }

    fn timeline(title: &str) -> Timeline {
        let entry = |state, title: &'static str, when: &'static str, text: &'static str| Entry {
            state,
            title: title.into(),
            when: when.into(),
            text: text.into(),
            ..Entry::default()
        };
        let done = EntryState::Done;
        Timeline {
            entries: vec![
                entry(done, "您提交了申请", "2026-09-22 19:06", "网上提交"),
                entry(done, "双方确认收到", "2026-09-23 09:40", "区政府办公室与您电话确认，20个工作日从次日起算"),
                entry(done, "交区民政局承办", "2026-09-24 10:15", "区政府办公室"),
                Entry {
                    law: "信息涉及商业秘密的，应当征求第三方意见（《条例》第三十二条）".into(),
                    papers: vec![Link::new("/q/paper/1", "征求意见告知书")],
                    ..entry(done, "征求第三方意见，计时暂停", "2026-10-12 16:20", "区民政局")
                },
                Entry {
                    quote: format!("请补充说明所需信息的年份。\n{title}"),
                    ..entry(
                        done,
                        "收到第三方意见，恢复计时",
                        "2026-10-15 11:02",
                        "暂停3个工作日，答复期限由10月28日顺延至11月2日",
                    )
                },
                entry(EntryState::Now, "正在起草答复", "2026-10-19起", "区民政局"),
                Entry {
                    papers: vec![Link::new("", "答复书正在生成")],
                    ..entry(EntryState::Todo, "答复您", "最迟2026-11-02（周一）", "答复书将在这里查看")
                },
                entry(
                    EntryState::Todo,
                    "不服答复的救济",
                    "自收到答复之日起计算",
                    "可以申请行政复议或者提起行政诉讼；期限和机关以答复书为准",
                ),
            ],
        }
    }

    fn page(title: &str) -> Track {
        let reason = |text: &'static str, law: &'static str| Reason { text: text.into(), law: law.into() };
        Track {
            shell: at("办理进度"),
            code: "4829 0173 5577".into(),
            title: title.to_owned().into(),
            summary: vec!["申请公开".into(), "受理编号 晴湾公开申〔2026〕113号".into(), "2026年9月22日提交".into()],
            notices: vec![],
            clock: Some(Clock {
                lamp: Lamp::new(LampKind::Green, "正常"),
                lead: "还剩".into(),
                figure: "7".into(),
                unit: "个工作日".into(),
                headline: "正在办理，最迟2026年11月2日（周一）答复".into(),
                note: "20个工作日已过13个".into(),
                bar: Some((13, 20)),
            }),
            explanation: Some(Explanation {
                title: "为什么是11月2日".into(),
                open: true,
                reasons: vec![
                    reason("9月23日（周三）双方确认，为收到申请之日", "《政府信息公开条例》第三十一条第三项"),
                    reason("当日不计入，9月24日（周四）为第1日", "《民法典》第二百零一条第一款"),
                    reason("20个工作日内答复", "《条例》第三十三条第二款"),
                    reason(
                        "中秋节9月25日至27日、国庆节10月1日至7日放假；10月10日（周六）补班，计入",
                        "国务院办公厅关于2026年部分节假日安排的通知",
                    ),
                    reason("10月13日至15日征求第三方意见，3个工作日不计算在内", "《条例》第三十三条第三款"),
                ],
                calendar: calendar(),
                foot: "规定版本：政府信息公开条例（2019年修订），2026年10月8日核对。期限一经告知，不因规则调整而延长。"
                    .into(),
            }),
            answer: None,
            timeline: timeline(title),
            facts: Facts {
                facts: vec![
                    Fact::typed("申请内容", title.to_owned()),
                    Fact::typed("申请人", "申某某"),
                    Fact::new("联系方式", "138****0000"),
                    Fact::new("答复方式", "网上查看"),
                ],
            },
            options: vec![
                Link::new("/q/do/supplement", "补充材料"),
                Link::new("/q/do/withdraw", "撤回申请"),
                Link::new("/rate?code=482901735577", "评价"),
            ],
            unit: "晴湾区民政局办公室".into(),
            guard: Guard { csrf: "t".into(), ..Guard::default() },
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("track", &page("望潮路12号地块老年助餐点租赁协议和2025年度补助拨付明细"));
        let mut closed = page(HOSTILE);
        closed.clock = Some(Clock {
            lamp: Lamp::new(LampKind::Grey, "已办结"),
            headline: "2026年10月28日答复，用了16个工作日".into(),
            note: "比期限早4个工作日".into(),
            ..Clock::default()
        });
        closed.explanation = None;
        closed.answer = Some(Answer {
            text: HOSTILE.into(),
            meta: "晴湾区民政局　2026年10月28日".into(),
            papers: vec![Link::new("/q/paper/2", "政府信息公开告知书（晴湾公开告〔2026〕88号）")],
            next: vec![Link::new("/rate", "评价")],
        });
        closed.options.clear();
        out.add("track-closed", &closed);
    }
}
