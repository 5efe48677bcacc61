//! What is found in words: in the fields of a document, in the texts of its files.

use std::collections::{BTreeMap, BTreeSet};

use publication::Kind;
use publication::kind::{Field, Form};

use super::{EACH_MAX, Found};
use crate::document::Fields;

/// The hits in a document's title and fields.
pub(super) fn in_document(kind: &Kind, title: &str, fields: &Fields) -> Vec<Found> {
    let mut found = in_words("标题", title);
    for field in &kind.fields {
        let value = fields.get(&field.id).map(String::as_str).unwrap_or_default();
        if value.trim().is_empty() {
            found.extend(field.wanted.then(|| Found::new("没有填写", &field.label, field_basis(field))));
            continue;
        }
        match field.form {
            Form::Rich => {
                found.extend(in_words(&field.label, &intake::html::words(value)));
                found.extend(bare_pictures(value).map(|src| Found::new("图片没有文字说明", &field.label, src)));
                found.extend(addresses(value).filter_map(|address| dead(&field.label, address)));
            }
            Form::Line | Form::Text => found.extend(in_words(&field.label, value)),
            Form::Link => found.extend(dead(&field.label, value)),
            _ => {}
        }
    }
    found
}

fn field_basis(field: &Field) -> String {
    field.cite.clone().unwrap_or_else(|| "本类信息一般应当填写".to_owned())
}

/// Personal data, impossible dates, wrong 文号, words of secrecy. Official telephone numbers of units are no
/// personal data.
pub(super) fn in_words(place: &str, words: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for hit in text::mask::find(words).into_iter().filter(|hit| hit.kind != text::mask::Kind::Landline) {
        let value = words.get(hit.range.clone()).unwrap_or_default();
        found.push(Found { shown: Some(hit.masked), ..Found::new(hit.kind.label(), place, value) });
    }
    found.extend(text::dates::impossible(words).into_iter().map(|date| Found::new("不存在的日期", place, date)));
    for number in text::doc_number::malformed(words) {
        let shown = format!("{}（{}）", number.written, number.why);
        found.push(Found { shown: Some(shown), ..Found::new("文号不规范", place, number.written) });
    }
    found.extend(text::secrecy::words(words).into_iter().map(|one| Found::new("涉密或者内部字样", place, one)));
    gathered(found)
}

/// Each value once; many of one sort at one place as one.
fn gathered(found: Vec<Found>) -> Vec<Found> {
    let mut once: Vec<Found> = Vec::new();
    let mut seen = BTreeSet::new();
    for one in found {
        if seen.insert((one.sort.clone(), one.value.clone())) {
            once.push(one);
        }
    }
    few(once, EACH_MAX, one_of)
}

/// Findings of a sort that has more than `most` become one, in the place of the first.
pub(super) fn few(all: Vec<Found>, most: usize, join: impl Fn(&[Found]) -> Found) -> Vec<Found> {
    let mut by_sort: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for one in &all {
        by_sort.entry(one.sort.clone()).or_default().push(one.clone());
    }
    let mut left = Vec::new();
    for one in all {
        match by_sort.get(&one.sort) {
            Some(same) if same.len() > most => {
                left.push(join(same));
                by_sort.insert(one.sort, Vec::new());
            }
            Some(same) if same.is_empty() => {}
            _ => left.push(one),
        }
    }
    left
}

/// One hit for many of the same sort: their number and the first of them.
pub(super) fn one_of(same: &[Found]) -> Found {
    let values: Vec<&str> = same.iter().map(|one| one.value.as_str()).collect();
    let shown: Vec<String> = same.iter().take(3).map(Found::shown).collect();
    let first = same.first();
    Found {
        sort: first.map(|one| one.sort.clone()).unwrap_or_default(),
        place: first.map(|one| one.place.clone()).unwrap_or_default(),
        value: values.join("\n"),
        shown: Some(format!("共{}处：{}等", same.len(), shown.join("、"))),
    }
}

/// Pictures in the text without words for those who cannot see them, each by its address.
fn bare_pictures(html: &str) -> impl Iterator<Item = String> {
    let tags = html.split("<img").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let bare = tags.filter(|tag| attribute(tag, "alt").is_none_or(|alt| alt.trim().is_empty()));
    bare.enumerate().map(|(at, tag)| format!("第{}张　{}", at + 1, attribute(tag, "src").unwrap_or_default()))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!("{name}=\""))?.1.split('"').next()
}

/// Where the links of a text lead.
fn addresses(html: &str) -> impl Iterator<Item = &str> {
    html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// A link that leads nowhere, as far as its address alone tells: nothing is asked of the network.
fn dead(place: &str, address: &str) -> Option<Found> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = host.rsplit_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii())
    };
    let host = host.trim_end_matches('.');
    let named = host.contains('.') && host.split('.').all(label);
    let number: Vec<&str> = host.split('.').filter(|part| part.bytes().all(|b| b.is_ascii_digit())).collect();
    let numeric = number.len() == host.split('.').count();
    let ip: Option<std::net::Ipv4Addr> = host.parse().ok();
    let inner = ip.is_some_and(|ip| ip.is_private() || ip.is_loopback() || ip.is_link_local());
    let real_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if inner {
        return Some(Found::new("链接指向内部网络", place, address));
    }
    (!named || !real_port || (numeric && ip.is_none())).then(|| Found::new("链接地址不对", place, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_is_told_and_no_other() {
        let told = |address: &str| dead("正文", address).map(|found| found.sort);
        for good in
            ["https://www.example.cn/a?b#c", "http://例子.测试/", "https://x.example:8443/", "/a/abc", "mailto:a@b.cn"]
        {
            assert_eq!(told(good), None, "{good}");
        }
        for bad in [
            "http://",
            "https://localhost/x",
            "http://a..cn/",
            "https://x.cn:99999/",
            "http://1.2.3.400/",
            "http://-a.cn",
        ] {
            assert_eq!(told(bad).as_deref(), Some("链接地址不对"), "{bad}");
        }
        assert_eq!(told("http://192.168.1.9/oa").as_deref(), Some("链接指向内部网络"));
    }

    #[test]
    fn many_of_one_sort_are_one_hit_and_the_same_twice_is_one() {
        let phones = |count: usize| (0..count).map(|n| format!("1380000000{n} ")).collect::<String>();
        assert_eq!(in_words("正文", &phones(5)).len(), 5);
        let many = in_words("正文", &phones(7));
        assert_eq!(many.len(), 1);
        assert!(many[0].shown().starts_with("共7处") && !many[0].shown().contains("13800000001"));
        assert_eq!(in_words("正文", "13800000001，13800000001").len(), 1);
    }
}
