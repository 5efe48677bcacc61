//! D3: a queue with its filters in the address.

use super::{
    frame,
    parts::{Keyset, Queue},
    shell::Shell,
    show,
};
use crate::component::{Choice, Field, Input};
use crate::form::Form;
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use crate::{Site, lang};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::{ListQuery, ListView};
use std::sync::Arc;

/// A list of matters; every view has its own address, every filter stands in it.
#[derive(Template)]
#[template(path = "desk/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// Name of the queue.
    pub title: String,
    /// 共318件.
    pub total: String,
    /// Address of the queue without filters.
    pub base: String,
    /// Filters as small selects and one box for words.
    pub filters: Vec<Field>,
    /// Some filter is set.
    pub filtered: bool,
    /// The matters.
    pub queue: Queue,
    /// First and next page.
    pub pages: Keyset,
}

/// A queue.
///
/// # Errors
/// An unknown queue, busy, or our failure.
pub async fn show_list(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(view): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let view = ListView::parse(&view).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let base = frame::queue_address(view);
    let query = asked(view, &form);
    let page = site.office.list(&visit.caller, query.clone()).await?;
    let units = frame::units(&site, &visit.caller).await?;
    let filters = filters(&site, &form, units);
    let kept: String = FILTERS
        .iter()
        .filter(|name| !form.raw(name).is_empty())
        .map(|name| format!("{name}={}&", lang::query_value(form.raw(name))))
        .collect();
    let count = page.rows.len();
    let pages = Keyset {
        first: if query.after.is_some() { format!("{base}?{kept}") } else { String::new() },
        next: page
            .next
            .as_ref()
            .map(|next| format!("{base}?{kept}after={}", lang::query_value(next)))
            .unwrap_or_default(),
        note: format!("本页{count}件"),
    };
    frame::page(&ListPage {
        shell: frame::shell(&site, &visit, &base).await?,
        title: view.label().into(),
        total: String::new(),
        base,
        filters,
        filtered: !kept.is_empty(),
        queue: show::queue(view.label(), page.rows),
        pages,
    })
}

/// Names of the filters in the address.
const FILTERS: [&str; 4] = ["procedure", "category", "channel", "unit"];

fn asked(view: ListView, form: &Form) -> ListQuery {
    let given = |name: &str| Some(form.line(name)).filter(|value| !value.is_empty());
    ListQuery {
        procedure: given("procedure"),
        category: given("category"),
        channel: given("channel"),
        unit: form.number("unit"),
        after: given("after"),
        ..ListQuery::of(view)
    }
}

/// Small selects whose choices come from the procedures that have numbers of their own.
fn filters(site: &Site, form: &Form, units: Vec<Choice>) -> Vec<Field> {
    let today = site.office.now().date();
    let rules = site.office.rules();
    let current = rules.procedures().filter(|one| one.series.is_some());
    let current: Vec<_> =
        current.filter(|one| rules.current(&one.id, today).is_some_and(|now| now.version == one.version)).collect();
    let procedures = current.iter().map(|one| Choice::new(one.id.clone(), one.label.clone())).collect();
    let categories = current
        .iter()
        .flat_map(|one| &one.categories)
        .map(|one| Choice::new(one.id.clone(), one.label.clone()))
        .collect();
    let channels = current
        .iter()
        .flat_map(|one| &one.channels)
        .map(|one| Choice::new(one.id.clone(), one.label.clone()))
        .collect();
    let lists: [(&str, &str, Vec<Choice>); 4] = [
        ("事项", "全部事项", procedures),
        ("类别", "全部类别", categories),
        ("来源", "全部来源", channels),
        ("承办单位", "全部单位", units),
    ];
    let field = |(name, (label, all, choices)): (&&'static str, (&'static str, &'static str, Vec<Choice>))| {
        let mut options = vec![Choice::new("", all)];
        for choice in choices {
            if options.iter().all(|known| known.value != choice.value) {
                options.push(choice.chosen_if(form.raw(name)));
            }
        }
        Field::new(*name, label, "").input(Input::Select(options))
    };
    FILTERS.iter().zip(lists).map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check, queue},
        shell::tests::sample,
    };
    use super::*;

    fn page(rows: usize, words: &str) -> ListPage {
        let select = |name: &'static str, label: &'static str, all: &'static str| {
            Field::new(name, label, "").input(Input::Select(vec![Choice::new("", all)]))
        };
        ListPage {
            shell: sample("/desk/list/handle"),
            title: "待办".into(),
            total: "共318件".into(),
            base: "/desk/list/handle".into(),
            filters: vec![
                select("procedure", "事项", "全部事项"),
                select("category", "类别", "全部类别"),
                select("channel", "来源", "全部来源"),
                select("unit", "承办单位", "全部单位"),
                Field::new("words", "标题词", words),
            ],
            filtered: !words.is_empty(),
            queue: queue(rows),
            pages: Keyset { first: String::new(), next: "?after=x".into(), note: "本页50件，共318件".into() },
        }
    }

    #[test]
    fn a_list_renders_full_and_empty_and_keeps_its_filters() {
        let html = check("list", &page(50, ""));
        assert_eq!(html.matches("<tr").count(), 51);
        let mut hostile = page(1, HOSTILE);
        hostile.queue.rows[0].title = HOSTILE.into();
        let html = check("list_hostile", &hostile);
        assert!(!html.contains("<script>alert"));
        let html = check("list_empty", &page(0, "路灯"));
        assert!(html.contains("没有符合条件") && html.contains("清除筛选") && html.contains("路灯"));
    }
}
