//! The channel of a body without a site of its own (practice P7): who it is, what it has made public, its
//! catalogue; in the frame of the site that gives it the channel, with the body named as producer.

use super::{catalogue, column, frame, nav};
use crate::Site;
use crate::component::{Fact, Facts, Link, Pager, Rows};
use crate::form::Form;
use crate::page::{self, Shell};
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::Body;
use std::sync::Arc;

/// Rows on a page.
const ROWS: usize = 20;

/// The channel.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/channel.html")]
pub struct ChannelPage {
    /// Frame.
    pub shell: Shell,
    /// Address, telephone, office hours.
    pub facts: Facts,
    /// Columns in which it has items; the flag marks the one shown.
    pub columns: Vec<(Link, bool)>,
    /// How many items.
    pub found: String,
    /// The items.
    pub rows: Rows,
    /// Page numbers.
    pub pager: Pager,
    /// Its catalogue.
    pub catalogue: Link,
}

/// Address of a body's channel.
pub fn address(body: &Body) -> String {
    format!("/b/{}", body.key)
}

/// The channel.
///
/// # Errors
/// No such body stands in a channel of this site, busy, or our failure.
pub async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(key): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let hosted = site.office.hosted(visit.caller.body);
    let body = hosted.into_iter().find(|body| body.key == key).ok_or_else(|| Trouble::new(Why::NotFound))?;
    let held = site.office.channel_columns(body.id).await?;
    let chosen = form.code("column");
    let narrowed = held.iter().any(|(id, _)| *id == chosen);
    let number = form.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).clamp(1, 50_000);
    let wanted = if narrowed { chosen.as_str() } else { column::SITE };
    let found = site.office.channel(body.id, wanted, number, ROWS).await?;
    let own = address(&body);
    let base = if narrowed { format!("{own}?column={chosen}&page=") } else { format!("{own}?page=") };
    let updated = found.updated.map(|at| format!("，最近更新于{}", at.date())).unwrap_or_default();
    let mut page = ChannelPage {
        shell: shell(&site, &visit, &body),
        facts: facts(&body),
        columns: columns(&site, &held, &own, if narrowed { &chosen } else { "" }),
        found: format!("共{}条{updated}。", found.total),
        rows: column::rows(&site, visit.caller.body, &found.rows, true).await?,
        pager: Pager::new(base, number as u64, ROWS as u64, found.total, "条"),
        catalogue: Link::new(format!("{}?body={}", catalogue::PATH, body.key), "公开事项目录"),
    };
    page.shell.description = format!("{}公开的政府信息", body.name).into();
    Ok(page::render(&page, &page.shell))
}

fn shell(site: &Site, visit: &Visit, body: &Body) -> Shell {
    let statutory = frame::columns(site).and_then(publication::Columns::statutory);
    let mut shell = match statutory {
        Some(column) => {
            Shell { crumbs: vec![nav::link(column)], ..frame::of_column(site, visit, body.name.clone(), column) }
        }
        None => frame::shell(site, visit, body.name.clone(), ""),
    };
    shell.feeds.clear();
    shell
}

fn facts(body: &Body) -> Facts {
    let told = &body.settings;
    let all = [("地址", &told.address), ("电话", &told.phone), ("办公时间", &told.hours)];
    let facts = all.into_iter().filter(|(_, value)| !value.is_empty());
    Facts { facts: facts.map(|(label, value)| Fact::new(label, value.clone())).collect() }
}

fn columns(site: &Site, held: &[(String, u64)], own: &str, chosen: &str) -> Vec<(Link, bool)> {
    let known = frame::columns(site);
    let one = |(id, count): &(String, u64)| {
        let label = known.and_then(|all| all.get(id))?.label.clone();
        Some((Link::new(format!("{own}?column={id}"), format!("{label}（{count}）")), id == chosen))
    };
    let all = (Link::new(own.to_owned(), "全部"), chosen.is_empty());
    std::iter::once(all).chain(held.iter().filter_map(one)).collect()
}

/// The channels of this site's guests, for the pages that gather.
pub fn channels(site: &Site, visit: &Visit) -> Vec<Link> {
    let hosted = site.office.hosted(visit.caller.body);
    hosted.iter().map(|body| Link::new(address(body), body.name.clone())).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::Row;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn page(title: &'static str) -> ChannelPage {
        let row = Row { link: Link::new("/a/1", title), date: "2026-10-30".into(), ..Row::default() };
        ChannelPage {
            shell: Shell { path: "/b/shili".into(), ..shell(title) },
            facts: Facts { facts: vec![Fact::new("电话", "（0000）5550 0301")] },
            columns: vec![
                (Link::new("/b/shili", "全部"), true),
                (Link::new("/b/shili?column=gg", "公告公示（2）"), false),
            ],
            found: "共2条，最近更新于2026-10-30。".into(),
            rows: Rows { rows: vec![row], long: true },
            pager: Pager::new("/b/shili?page=".into(), 1, 20, 2, "条"),
            catalogue: Link::new("/catalogue?body=shili", "公开事项目录"),
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("channel", &page("晴湾区示例镇人民政府"));
        out.add("channel-hostile", &page(HOSTILE));
        out.add("channel-empty", &ChannelPage { rows: Rows::default(), ..page("晴湾区示例镇人民政府") });
    }
}
