//! The home page (P1, P31): doors, progress, latest replies, figures.

use super::{flow, frame, replies};
use crate::Site;
use crate::component::{Icon, Link, Rows, Stat, Stats, Text};
use crate::page;
use crate::page::Shell;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::RepliesQuery;
use std::sync::Arc;

/// The home page; the same page shows large doors to readers in 长辈版.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/home.html")]
pub struct Home {
    /// Frame.
    pub shell: Shell,
    /// How soon applications are answered.
    pub foi_promise: Text,
    /// How soon messages are answered.
    pub message_promise: Text,
    /// How many replies are public.
    pub replies_count: Text,
    /// Published replies by category.
    pub kinds: Vec<Link>,
    /// Latest published replies.
    pub latest: Rows,
    /// Figures of last month; left out when there are none.
    pub figures: Stats,
    /// Span and source of the figures.
    pub figures_note: Text,
}

/// The figure whose last month the home page shows.
const FIGURE: &str = "messages";

/// Replies on the home page.
const LATEST: usize = 6;

/// The home page.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let body = visit.caller.body;
    let latest = site.office.replies(body, RepliesQuery { page: 1, ..RepliesQuery::default() }).await?;
    let count = match latest.total {
        0 => "答复后经来信人同意公开".to_owned(),
        total => format!("已公开{total}件答复"),
    };
    let promise = |id: &str| flow::amount(&site, id).unwrap_or_default();
    let figures = site.office.last_month(body, FIGURE).await.ok().filter(|month| month.all.received > 0);
    let page = Home {
        shell: frame::shell(&site, &visit, "首页", "/"),
        foi_promise: format!("不用注册，{}内答复", promise("foi.reply")).into(),
        message_promise: format!("咨询{}内答复", promise("message.consult")).into(),
        replies_count: count.into(),
        kinds: if latest.total == 0 { Vec::new() } else { replies::kinds(&site) },
        latest: Rows { rows: latest.rows.iter().take(LATEST).map(replies::brief_row).collect(), long: false },
        figures_note: figures.as_ref().map(note).unwrap_or_default().into(),
        figures: Stats { stats: figures.iter().flat_map(month_stats).collect() },
    };
    Ok(page::render(&page, &page.shell))
}

/// Span and meaning of the figures.
fn note(month: &office::MonthFigures) -> String {
    format!(
        "统计{}年{}月收到的来信。按期指不晚于法定最迟日；还在期限内没有答复的不计入按期率。",
        month.month.year(),
        month.month.month()
    )
}

fn month_stats(month: &office::MonthFigures) -> Vec<Stat> {
    let stat = |label: &'static str, figure: String, unit: &'static str, note: String| Stat {
        label: label.into(),
        figure: figure.into(),
        unit: unit.into(),
        note: note.into(),
    };
    let share = |part: u64, whole: u64| format!("{:.1}", part as f64 * 100.0 / whole.max(1) as f64);
    let (all, (rated, good)) = (&month.all, month.rated);
    let answered = all.in_time + all.late;
    let mut stats = vec![stat("收到来信", all.received.to_string(), "件", format!("已答复{answered}件"))];
    if answered > 0 {
        let late = if all.late == 0 { "没有超期".to_owned() } else { format!("超期{}件", all.late) };
        stats.push(stat("按期答复", share(all.in_time, answered), "%", late));
    }
    let half = || "一半的来信比这更快".to_owned();
    stats.extend(all.median_days.map(|days| stat("答复用时中位数", format!("{days:.1}"), "天", half())));
    if rated > 0 {
        stats.push(stat("评价满意", share(good, rated), "%", format!("{rated}人参加评价")));
    }
    stats
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::Row;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn page(title: &'static str) -> Home {
        let row = |title: &'static str, date: &str, unit: &'static str, days: &'static str| Row {
            link: Link::new("/replies/1", title),
            date: date.into(),
            notes: vec![unit.into(), days.into()],
            excerpt: Text::default(),
        };
        let stat = |label, figure, unit, note| Stat { label, figure, unit, note };
        Home {
            shell: Shell { path: "/".into(), section: "/".into(), ..shell(title) },
            foi_promise: "不用注册，20个工作日内答复".into(),
            message_promise: "咨询5个工作日内答复，其他15个".into(),
            replies_count: "已公开216件答复".into(),
            kinds: vec![Link::new("/replies?category=consult", "咨询"), Link::new("/replies?category=help", "求助")],
            latest: Rows {
                long: false,
                rows: vec![
                    row("望潮路幼儿园门口早晚高峰能不能设临时停车位", "2026-11-19", "区交通运输局", "6个工作日答复"),
                    row("老旧小区加装电梯，低层住户不同意怎么办", "2026-11-18", "区住房和城乡建设局", "9个工作日答复"),
                    row("居家养老助餐点周末是否营业", "2026-11-17", "区民政局", "2个工作日答复"),
                    row("晴湾大道西段夜间施工噪声", "2026-11-13", "区城市管理局", "4个工作日答复"),
                    row("外地户籍孩子入学需要准备哪些材料", "2026-11-12", "区教育局", "1个工作日答复"),
                ],
            },
            figures: Stats {
                stats: vec![
                    stat("收到来信和申请".into(), "1412".into(), "件".into(), "比上年同月多6.3%".into()),
                    stat("按期答复".into(), "99.3".into(), "%".into(), "超期10件，均已说明原因".into()),
                    stat("答复用时中位数".into(), "4.2".into(), "天".into(), "一半的来信比这更快".into()),
                    stat("评价满意".into(), "94.6".into(), "%".into(), "936人参加评价".into()),
                ],
            },
            figures_note: "统计2026年10月1日至31日收到的留言和公开申请；按期指不晚于法定最迟日。".into(),
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("home", &page("首页"));
        let mut elder = page("首页");
        elder.shell.modes.elder = true;
        out.add("home-elder", &elder);
        let mut empty = page("首页");
        empty.latest = Rows::default();
        empty.figures = Stats::default();
        out.add("home-empty", &empty);
        let mut hostile = page(HOSTILE);
        hostile.latest.rows.iter_mut().for_each(|row| row.link.text = HOSTILE.into());
        hostile.replies_count = HOSTILE.into();
        out.add("home-hostile", &hostile);
    }
}
