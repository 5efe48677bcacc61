//! Published replies (P20): list, search, one reply, and the short list while typing.

use super::Aside;
use super::{frame, verify, words};
use crate::Site;
use crate::component::Row;
use crate::component::{Link, Pager, Proof, Rows, Text};
use crate::form::Form;
use crate::lang::query_value;
use crate::page;
use crate::page::Shell;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use matter::procedure::Publicity;
use office::{REPLIES_ON_PAGE, RepliesQuery, Reply};
use std::sync::Arc;

/// The list, or the result of a search.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/replies.html")]
pub struct Replies {
    /// Frame.
    pub shell: Shell,
    /// Words searched for, or empty.
    pub query: String,
    /// Category that is shown alone, or empty.
    pub category: String,
    /// Ways to narrow the list: everything, then each category; the one in use has no address.
    pub kinds: Vec<Link>,
    /// How many were found.
    pub found: Text,
    /// The replies.
    pub rows: Rows,
    /// Page numbers.
    pub pager: Pager,
    /// What is said when there are none.
    pub empty: Text,
}

/// One published reply; its title is the page's title.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/reply.html")]
pub struct ReplyPage {
    /// Frame.
    pub shell: Shell,
    /// Kind, unit, days taken, rating, as shown.
    pub summary: Vec<Text>,
    /// The letter, personal data masked.
    pub question: String,
    /// When it came.
    pub asked: Text,
    /// The reply.
    pub answer: String,
    /// Who replied and when.
    pub answered: Text,
    /// 公开证明.
    pub proof: Proof,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// Replies to similar questions, fetched by the script while a title is typed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/similar.html")]
pub struct Similar {
    /// The replies, at most five.
    pub rows: Vec<Link>,
}

/// A reply as a dated row; a long list also shows how the answer begins.
pub fn row(reply: &Reply) -> Row {
    let excerpt = reply.reply.chars().take(120).collect::<String>();
    Row {
        link: Link::new(format!("/replies/{}", reply.public_id), reply.title.clone()),
        date: reply.replied_on.map(|day| day.to_string()).unwrap_or_default(),
        notes: notes(reply),
        excerpt: excerpt.into(),
        typed: true,
        ..Row::default()
    }
}

/// A reply as a short row: only who answered and how soon.
pub fn brief_row(reply: &Reply) -> Row {
    Row { notes: vec![reply.unit.clone().into(), days(reply).into()], excerpt: Text::default(), ..row(reply) }
}

fn days(reply: &Reply) -> String {
    match reply.days {
        Some(0) => "当天答复".to_owned(),
        Some(days) => format!("{days}天答复"),
        None => String::new(),
    }
}

/// Kind, unit, days taken and rating, as far as they are known.
fn notes(reply: &Reply) -> Vec<Text> {
    let days = days(reply);
    let rating = if reply.rating.is_empty() { String::new() } else { format!("评价：{}", reply.rating) };
    let notes = [reply.category.clone(), reply.unit.clone(), days, rating];
    notes.into_iter().filter(|note| !note.is_empty()).map(Text::from).collect()
}

/// Categories whose replies may be public, each leading to its list.
pub fn kinds(site: &Site) -> Vec<Link> {
    let mut kinds: Vec<Link> = Vec::new();
    let rules = site.office.rules().procedures().filter(|rule| rule.portal_form.is_some());
    let open = rules.flat_map(|rule| &rule.categories).filter(|category| !category.import_only);
    for category in open.filter(|category| category.public != Publicity::Never) {
        let link = Link::new(format!("/replies?category={}", query_value(&category.id)), category.label.clone());
        if !kinds.iter().any(|known| known.href == link.href) {
            kinds.push(link);
        }
    }
    kinds
}

/// The same links for a list that shows one of them, the words searched for kept.
fn narrowed(site: &Site, words: &str, category: &str) -> Vec<Link> {
    let also = if words.is_empty() { String::new() } else { format!("&q={}", query_value(words)) };
    let all = if words.is_empty() { "/replies".to_owned() } else { format!("/replies?q={}", query_value(words)) };
    let each = kinds(site).into_iter().map(|link| {
        let here = link.href.ends_with(&format!("={}", query_value(category)));
        Link::new(if here { String::new() } else { format!("{}{also}", link.href) }, link.text)
    });
    let all = Link::new(if category.is_empty() { String::new() } else { all }, "全部");
    std::iter::once(all).chain(each).collect()
}

/// The list of published replies, or the result of a search.
pub async fn list(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (query, category) = (form.line("q"), form.line("category"));
    let known = kinds(&site).iter().any(|link| link.href.ends_with(&format!("={}", query_value(&category))));
    let category = if known { category } else { String::new() };
    let number = form.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).clamp(1, 5000);
    let only = (!category.is_empty()).then(|| category.clone());
    let asked = RepliesQuery { words: query.clone(), category: only, page: number, ..RepliesQuery::default() };
    let found = site.office.replies(visit.caller.body, asked).await?;
    let pairs = [("q", &query), ("category", &category)].into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: String = pairs.map(|(name, value)| format!("{name}={}&", query_value(value))).collect();
    let base = format!("/replies?{pairs}page=");
    let title = if query.is_empty() { "办件答复" } else { "搜索办件答复" };
    let page = Replies {
        shell: frame::shell(&site, &visit, title, "/replies"),
        found: format!("共{}件{}", found.total, if query.is_empty() { "，按答复时间排列" } else { "，最相近的在前" })
            .into(),
        rows: Rows { rows: found.rows.iter().map(row).collect(), long: true },
        pager: Pager::new(base, number as u64, REPLIES_ON_PAGE as u64, found.total, "件"),
        kinds: narrowed(&site, &query, &category),
        category,
        empty: if query.is_empty() {
            "还没有公开的答复。来信人同意公开的，答复后会列在这里。"
        } else {
            "没有找到。换个说法，或者少写几个字再试试。"
        }
        .into(),
        query,
    };
    Ok(page::render(&page, &page.shell))
}

/// One published reply.
pub async fn one(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let reply = site.office.reply(visit.caller.body, &id).await?;
    let day = |date: Option<law::Date>| date.map(words::day).unwrap_or_default();
    let mut shell = frame::under(&site, &visit, reply.title.clone(), "/replies", "办件答复");
    let published = reply.replied_on.map(|day| day.to_string()).unwrap_or_default();
    shell.labels.extend([
        ("ArticleTitle", reply.title.clone()),
        ("PubDate", published),
        ("ContentSource", reply.unit.clone()),
        ("Url", shell.canonical.clone()),
    ]);
    let page = ReplyPage {
        shell,
        summary: notes(&reply),
        question: reply.question,
        asked: format!("{}来信", day(reply.filed_on)).into(),
        answer: reply.reply,
        answered: format!("{}　{}", reply.unit, day(reply.replied_on)).into(),
        proof: verify::block(&site, &reply.public_id, reply.hash).await?,
        aside: Vec::new(),
    };
    Ok(page::render(&page, &page.shell))
}

/// Replies to questions like the one being typed; an empty answer when there are none.
pub async fn similar(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let found = site.office.similar_replies(visit.caller.body, &form.line("q")).await?;
    let rows = found
        .iter()
        .take(5)
        .map(|reply| Link::new(format!("/replies/{}", reply.public_id), reply.title.clone()))
        .collect();
    let shell = frame::shell(&site, &visit, "", "");
    Ok(page::render(&Similar { rows }, &shell))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::{Qr, Row};
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn at(title: &'static str) -> Shell {
        Shell { path: "/replies".into(), section: "/replies".into(), ..shell(title) }
    }

    fn list(titles: &[&'static str]) -> Replies {
        let row = |title: &&'static str| {
            Row {
            link: Link::new("/replies/1", *title),
            date: "2026-11-19".into(),
            notes: vec!["投诉".into(), "区城市管理局".into(), "4个工作日答复".into(), "评价：满意".into()],
            excerpt: "您好！接到来信后，我局于11月16日到现场查看。该路段施工已取得夜间作业许可，时间为每日22时至次日2时；现要求施工单位将破碎作业调整到白天，并设置隔声围挡。".into(),
            ..Row::default()
        }
        };
        Replies {
            shell: at("办件答复"),
            found: "共216件，按答复时间排列".into(),
            rows: Rows { rows: titles.iter().map(row).collect(), long: true },
            pager: Pager::new("/replies?page=".into(), 3, 10, 216, "件"),
            empty: "没有找到。换个说法，或者少写几个字再试试。".into(),
            ..Replies::default()
        }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add(
            "replies",
            &list(&[
                "晴湾大道西段夜间施工噪声",
                "望潮路幼儿园门口早晚高峰能不能设临时停车位",
                "老旧小区加装电梯，低层住户不同意怎么办",
                "外地户籍孩子入学需要准备哪些材料",
                "居家养老助餐点周末是否营业",
                "公交12路早高峰间隔太长",
            ]),
        );
        let mut none = list(&[]);
        none.query = HOSTILE.into();
        out.add("replies-none", &none);
        out.add("replies-hostile", &list(&[HOSTILE]));
        let mut page = ReplyPage {
            shell: Shell { crumbs: vec![Link::new("/replies", "办件答复")], ..at("晴湾大道西段夜间施工噪声") },
            summary: vec!["投诉".into(), "区城市管理局答复".into(), "用时4个工作日".into(), "评价：满意".into()],
            question: "晴湾大道西段最近十多天夜里都在破路，凌晨两点还有很大的声音，家里有老人和上学的孩子，休息不好。希望管一管。".into(),
            asked: "2026年11月13日来信".into(),
            answer: "您好！接到来信后，我局于11月16日到现场查看。\n该路段施工已取得夜间作业许可，时间为每日22时至次日2时。现要求施工单位将破碎作业调整到白天，并设置隔声围挡，11月18日已经落实。\n再有问题，请打区城市管理局电话（0000）5550 0288。".into(),
            answered: "区城市管理局　2026年11月19日".into(),
            proof: Proof {
                fingerprint: "3f1c9a7be02d44518d0c6a1f9b57e2c43f1c9a7be02d44518d0c6a1f9b57e2c4".into(),
                verify: "/verify?at=1".into(),
                proof: "/log/proof/1".into(),
                since: "2026年11月19日（周四）10:20".into(),
                index: "417".into(),
                qr: Some(Qr::new("https://www.qingwan.example/verify?at=0123456789abcdefghjkmnpqrs", "二维码：用手机核验这份内容")),
            },
            aside: vec![],
        };
        out.add("reply", &page);
        page.question = HOSTILE.into();
        page.answer = HOSTILE.repeat(60);
        page.shell.title = HOSTILE.into();
        out.add("reply-long", &page);
    }
}
