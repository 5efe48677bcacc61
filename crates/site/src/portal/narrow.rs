//! The list of a column, narrowed by year, 有效性 and 主题, with the unit answerable for each item.

use super::column::{self, ColumnPage};
use super::search::Group;
use super::{directory, nav};
use crate::Site;
use crate::component::{Link, Pager};
use crate::form::Form;
use crate::lang::query_value;
use crate::problem::Trouble;
use office::{Counted, Holding, ItemPage, ItemQuery, Search};
use publication::Column;
use std::fmt::Write as _;

/// Rows on a page.
const ROWS: usize = 20;
/// Years offered at most.
const YEARS: usize = 8;
/// What a list can be narrowed by besides the year, where the kinds of its column have such a field.
const FACETS: [(&str, &str); 2] = [("validity", "有效性"), ("topic", "主题")];
const YEAR: &str = "year";
/// The facet of the column itself.
const COLUMN: &str = "column";

/// What the address asks for.
struct Asked {
    year: Option<i16>,
    facets: Vec<(&'static str, String)>,
    page: usize,
}

impl Asked {
    fn of(form: &Form) -> Asked {
        let year = form.number(YEAR).and_then(|year| i16::try_from(year).ok());
        let given = |(name, _): (&'static str, &str)| {
            let value: String = form.line(name).chars().take(40).collect();
            (!value.is_empty()).then_some((name, value))
        };
        let page = form.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1);
        Asked {
            year: year.filter(|year| (1949..=2100).contains(year)),
            facets: FACETS.into_iter().filter_map(given).collect(),
            page: page.clamp(1, 50_000),
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        let year = self.year.filter(|_| name == YEAR).map(|year| year.to_string());
        year.or_else(|| self.facets.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
    }

    /// The address of this list with `name` set to `value`, or without it; always from the first page on.
    fn address(&self, own: &str, name: &str, value: Option<&str>) -> String {
        let mut address = own.to_owned();
        for known in [YEAR, FACETS[0].0, FACETS[1].0] {
            let set = if known == name { value.map(str::to_owned) } else { self.value(known) };
            if let Some(set) = set {
                let mark = if address.contains('?') { '&' } else { '?' };
                let _ = write!(address, "{mark}{known}={}", query_value(&set));
            }
        }
        address
    }
}

/// A dated list.
///
/// # Errors
/// Busy, or our failure.
pub async fn list(
    site: &Site,
    body: i64,
    column: &Column,
    form: &Form,
    page: ColumnPage,
) -> Result<ColumnPage, Trouble> {
    let asked = Asked::of(form);
    let found = found(site, body, column, &asked).await?;
    let holding = site.office.holdings(body, vec![column.id.clone()]).await?.pop().unwrap_or_default();
    let own = nav::address(column);
    let updated = holding.span.map(|(_, last)| format!("，最近更新于{}", last.date())).unwrap_or_default();
    let text = match asked.year.is_some() || !asked.facets.is_empty() {
        true => format!("符合条件的{}条，共{}条{updated}。", found.total, holding.total),
        false => format!("共{}条{updated}。", found.total),
    };
    let base = asked.address(&own, "", None);
    let turned = format!("{base}{}page=", if base.contains('?') { '&' } else { '?' });
    Ok(ColumnPage {
        filters: groups(&own, &asked, &holding, &counted(site, body, column).await?),
        found: text.into(),
        rows: column::rows(site, body, &found.rows, true).await?,
        pager: Pager::new(turned, asked.page as u64, ROWS as u64, found.total, "条"),
        download: if holding.total == 0 { String::new() } else { format!("{own}{}", directory::ENDING) },
        ..page
    })
}

/// The rows: by their date from the store; narrowed by what stands in their fields, by the index.
async fn found(site: &Site, body: i64, column: &Column, asked: &Asked) -> Result<ItemPage, Trouble> {
    if asked.facets.is_empty() {
        let query = ItemQuery { channel: column.id.clone(), year: asked.year, page: asked.page, rows: ROWS };
        return Ok(site.office.items(body, query).await?);
    }
    let year = asked.year.map(|year| (YEAR, year.to_string()));
    let narrowed = [(COLUMN, column.id.clone())].into_iter().chain(year).chain(asked.facets.iter().cloned());
    let search =
        Search { narrowed: narrowed.collect(), by_date: true, page: asked.page, rows: ROWS, ..Search::default() };
    let found = site.office.find(body, search).await?;
    let rows = found.hits.into_iter().map(|hit| hit.row).collect();
    Ok(ItemPage { rows, total: found.total as u64, updated: None })
}

/// How many items of the column have each value; nothing where its kinds have no such field.
async fn counted(site: &Site, body: i64, column: &Column) -> Result<Vec<Counted>, Trouble> {
    let kinds = column.kinds.iter().filter_map(|id| site.office.rules().kind(id));
    if !kinds.flat_map(|kind| &kind.fields).any(|field| field.facet && FACETS.iter().any(|(name, _)| *name == field.id))
    {
        return Ok(Vec::new());
    }
    let narrowed = vec![(COLUMN, column.id.clone())];
    let search = Search { narrowed, by_date: true, page: 1, rows: 1, count: true, ..Search::default() };
    Ok(site.office.find(body, search).await?.counted)
}

/// The ways to narrow; one that leaves no choice is not offered.
fn groups(own: &str, asked: &Asked, holding: &Holding, counted: &[Counted]) -> Vec<Group> {
    let group = |name: &'static str, label: &'static str, values: Vec<(String, String, String)>| {
        let chosen = asked.value(name);
        let all = (Link::new(asked.address(own, name, None), "全部"), String::new(), chosen.is_none());
        let one = |(value, words, hits): (String, String, String)| {
            let here = chosen.as_ref() == Some(&value);
            (Link::new(asked.address(own, name, Some(&value)), words), hits, here)
        };
        Group { label, values: std::iter::once(all).chain(values.into_iter().map(one)).collect() }
    };
    let years = holding.span.map(|(first, last)| (first.date().year()..=last.date().year()).rev().take(YEARS));
    let years = years.into_iter().flatten().map(|year| (year.to_string(), format!("{year}年"), String::new()));
    let mut groups = vec![group(YEAR, "年份", years.collect())];
    for (name, label) in FACETS {
        let values = counted.iter().filter(|one| one.facet == name);
        let values = values.map(|one| (one.value.clone(), one.label.clone(), one.hits.to_string()));
        groups.push(group(name, label, values.collect()));
    }
    groups.retain(|group| group.values.len() > 2);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_list_stands_in_its_address() {
        let asked = Asked::of(&Form::parse("year=2026&validity=有效&page=3&topic=".as_bytes()));
        assert_eq!((asked.year, asked.page), (Some(2026), 3));
        let address = asked.address("/c/zcwj", "topic", Some("民政"));
        let again = Asked::of(&Form::parse(address.split_once('?').unwrap().1.as_bytes()));
        assert_eq!(again.value("validity").as_deref(), Some("有效"));
        assert_eq!((again.value("topic").as_deref(), again.page), (Some("民政"), 1));
        assert_eq!(asked.address("/c/zcwj", YEAR, None).matches("year").count(), 0);
        assert_eq!(Asked::of(&Form::parse(b"year=9999")).year, None);
    }
}
