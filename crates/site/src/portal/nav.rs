//! The navigation (国办发〔2017〕47号: five to eight entries): the main columns of the rulebook and the
//! services beside them; to which entry a page belongs, and the column labels of services.

use crate::component::Link;
use publication::{Column, Columns};

/// A service beside the columns.
struct Service {
    /// Where it begins.
    href: &'static str,
    name: &'static str,
    about: &'static str,
    keywords: &'static str,
    /// It is an entry of the navigation, or the entry to which it belongs; empty: 政府信息公开.
    entry: &'static str,
}

const fn service(
    href: &'static str,
    name: &'static str,
    about: &'static str,
    keywords: &'static str,
    entry: &'static str,
) -> Service {
    Service { href, name, about, keywords, entry }
}

/// Where applications for information begin.
pub const FOI: &str = "/foi";

const SERVICES: [Service; 6] = [
    service("/message", "写信投诉", "咨询、投诉、建议、求助和网站找错", "写信;投诉;咨询", "/message"),
    service("/petition", "信访", "信访的渠道、程序和期限", "信访", "/petition"),
    service("/q", "查进度", "凭查询码查询事项的办理进度", "查询;进度", "/q"),
    service(FOI, "依申请公开", "向本机关申请公开政府信息", "依申请公开;政府信息", ""),
    service("/replies", "办件答复", "来信人同意公开的来信和答复", "答复;留言", "/message"),
    service("/rate", "评价", "评价事项的办理", "评价", "/q"),
];

/// 栏目类别 of services.
const SORT: &str = "互动交流";

/// A column's address.
pub fn address(column: &Column) -> String {
    format!("/c/{}", column.id)
}

/// A column's link.
pub fn link(column: &Column) -> Link {
    Link::new(address(column), column.label.clone())
}

/// The entries of the navigation.
pub fn entries(columns: Option<&Columns>) -> Vec<Link> {
    let columns = columns.into_iter().flat_map(|all| &all.columns).filter(|column| column.main).map(link);
    let services = SERVICES.iter().filter(|one| one.entry == one.href).map(|one| Link::new(one.href, one.name));
    std::iter::once(Link::new("/", "首页")).chain(columns).chain(services).collect()
}

/// The entry to which a section belongs.
pub fn entry(columns: Option<&Columns>, section: &str) -> String {
    match SERVICES.iter().find(|one| one.href == section) {
        Some(one) if one.entry.is_empty() => {
            columns.and_then(Columns::statutory).map(address).unwrap_or_else(|| section.to_owned())
        }
        Some(one) => one.entry.to_owned(),
        None => section.to_owned(),
    }
}

/// The labels that every page of a column carries (政府网站发展指引 附件).
pub fn labels(column: &Column) -> Vec<(&'static str, String)> {
    column_labels(&column.label, &column.about, &column.keywords.join(";"), &column.sort)
}

/// The same of a service.
pub fn service_labels(section: &str) -> Vec<(&'static str, String)> {
    let found = SERVICES.iter().find(|one| one.href == section);
    found.map(|one| column_labels(one.name, one.about, one.keywords, SORT)).unwrap_or_default()
}

fn column_labels(name: &str, about: &str, keywords: &str, sort: &str) -> Vec<(&'static str, String)> {
    [("ColumnName", name), ("ColumnDescription", about), ("ColumnKeywords", keywords), ("ColumnType", sort)]
        .map(|(label, value)| (label, value.to_owned()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_navigation_has_five_to_eight_entries_and_every_service_one() {
        let file = include_str!("../../../../rulebook/columns/county.toml");
        let columns = Columns::parse("county.toml", file).expect("columns");
        let entries = entries(Some(&columns));
        assert!((5..=8).contains(&entries.len()), "{entries:?}");
        for service in &SERVICES {
            let entry = entry(Some(&columns), service.href);
            assert!(entries.iter().any(|one| one.href == entry), "{} belongs to {entry}", service.href);
        }
        for column in &columns.columns {
            if let Some(main) = columns.entry(&column.id) {
                assert!(entries.iter().any(|one| one.href == address(main)), "{}", column.id);
            }
        }
    }
}
