//! The home page (P1, P31): doors, progress, latest replies, figures.

use super::{column, flow, frame, nav};
use crate::Site;
use crate::component::{Icon, Link, Stat, Stats, Text};
use crate::page;
use crate::page::Shell;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::{ItemQuery, RepliesQuery};
use publication::Columns;
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
    /// Where policy documents stand, and how many there are; none where the rulebook has no such column.
    pub policies: Option<(Link, Text)>,
    /// The newest of the columns that the rulebook puts here.
    pub lists: Vec<column::Part>,
    /// 政府信息公开: its column and its blocks with what each holds.
    pub open: Option<(Link, Vec<(Link, Text)>)>,
    /// Figures of last month; left out when there are none.
    pub figures: Stats,
    /// Span and source of the figures.
    pub figures_note: Text,
}

/// The figure whose last month the home page shows.
const FIGURE: &str = "messages";

/// Rows of each list on the home page.
const LATEST: usize = 4;

/// The home page.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let body = visit.caller.body;
    let replies = site.office.replies(body, RepliesQuery { page: 1, ..RepliesQuery::default() }).await?.total;
    let count = match replies {
        0 => "答复后经来信人同意公开".to_owned(),
        total => format!("已公开{total}件答复"),
    };
    let promise = |id: &str| flow::amount(&site, id).unwrap_or_default();
    let figures = site.office.last_month(body, FIGURE).await.ok().filter(|month| month.all.received > 0);
    let mut page = Home {
        shell: frame::shell(&site, &visit, "首页", "/"),
        foi_promise: format!("不用注册，{}内答复", promise("foi.reply")).into(),
        message_promise: format!("咨询{}内答复", promise("message.consult")).into(),
        replies_count: count.into(),
        figures_note: figures.as_ref().map(note).unwrap_or_default().into(),
        figures: Stats { stats: figures.iter().flat_map(month_stats).collect() },
        ..Home::default()
    };
    page.shell.feeds = frame::feeds("all");
    if let Some(columns) = frame::columns(&site) {
        fill(&site, body, columns, &mut page).await?;
    }
    Ok(page::render(&page, &page.shell))
}

/// What the columns of the rulebook put on the home page.
async fn fill(site: &Site, body: i64, columns: &Columns, page: &mut Home) -> Result<(), Trouble> {
    for one in columns.home() {
        let query = ItemQuery { channel: one.id.clone(), rows: LATEST, ..ItemQuery::default() };
        let items = site.office.items(body, query).await?.rows;
        let rows = column::rows(site, body, &items, false).await?;
        page.lists.push(column::Part { link: nav::link(one), about: one.about.clone(), rows });
    }
    let official = |id: &String| site.office.rules().kind(id).is_some_and(|kind| kind.official);
    let policies = columns.columns.iter().find(|column| column.kinds.iter().any(official));
    let Some(root) = columns.statutory() else { return Ok(()) };
    let blocks: Vec<_> = columns.under(Some(&root.id)).collect();
    let inside = |id: &str| columns.below(id).into_iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let mut open = Vec::new();
    for block in blocks {
        let held = site.office.holdings(body, inside(&block.id)).await?;
        let total: u64 = held.iter().map(|one| one.total).sum();
        let last = held.iter().filter_map(|one| one.span).map(|(_, last)| last.date()).max();
        let words = match last {
            Some(day) if block.single => format!("{day}更新"),
            Some(day) => format!("{total}条，{day}更新"),
            None => "还没有内容".to_owned(),
        };
        open.push((nav::link(block), words.into()));
    }
    open.push((Link::new(nav::FOI, "依申请公开"), "网上、邮寄、当面".into()));
    page.open = Some((nav::link(root), open));
    if let Some(policies) = policies {
        let held = site.office.holdings(body, vec![policies.id.clone()]).await?;
        let total: u64 = held.iter().map(|one| one.total).sum();
        page.policies = Some((nav::link(policies), format!("已公开{total}件").into()));
    }
    Ok(())
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
    use crate::component::{Row, Rows};
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn list(name: &'static str, row: &impl Fn(&'static str, &str, &'static str, &'static str) -> Row) -> column::Part {
        let rows = vec![
            row("晴湾大道西段今起恢复双向通行，7条公交线路同步复线", "2026-11-19", "", ""),
            row("晴湾区人民政府办公室关于印发《晴湾区老年助餐服务管理办法》的通知", "2026-11-18", "", ""),
            row("全区121个老年助餐点完成秋季食品安全检查", "2026-11-17", "", ""),
        ];
        column::Part { link: Link::new("/c/xw", name), about: String::new(), rows: Rows { rows, long: false } }
    }

    fn page(title: &'static str) -> Home {
        let row = |title: &'static str, date: &str, unit: &'static str, days: &'static str| Row {
            link: Link::new("/replies/1", title),
            date: date.into(),
            notes: [unit, days].into_iter().filter(|note| !note.is_empty()).map(Text::from).collect(),
            ways: vec![Link::new("/a/2", "解读")],
            ..Row::default()
        };
        let stat = |label, figure, unit, note| Stat { label, figure, unit, note };
        Home {
            shell: Shell { path: "/".into(), section: "/".into(), ..shell(title) },
            foi_promise: "不用注册，20个工作日内答复".into(),
            message_promise: "咨询5个工作日内答复，其他15个".into(),
            replies_count: "已公开216件答复".into(),
            policies: Some((Link::new("/c/zcwj", "政策文件"), "已公开126件".into())),
            lists: ["本地要闻", "政策文件", "政策解读", "公告公示"].map(|name| list(name, &row)).into(),
            open: Some((
                Link::new("/c/xxgk", "政府信息公开"),
                [
                    ("政府信息公开指南", "2026-01-05更新"),
                    ("政府信息公开制度", "18条，2026-03-02更新"),
                    ("法定主动公开内容", "1260条，2026-11-20更新"),
                    ("政府信息公开年报", "还没有内容"),
                    ("依申请公开", "网上、邮寄、当面"),
                ]
                .map(|(name, note)| (Link::new("/c/xxgk", name), note.into()))
                .into(),
            )),
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
        empty.lists.iter_mut().for_each(|list| list.rows = Rows::default());
        empty.figures = Stats::default();
        out.add("home-empty", &empty);
        let mut hostile = page(HOSTILE);
        hostile.lists.iter_mut().flat_map(|list| &mut list.rows.rows).for_each(|row| row.link.text = HOSTILE.into());
        hostile.replies_count = HOSTILE.into();
        out.add("home-hostile", &hostile);
    }
}
