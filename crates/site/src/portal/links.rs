//! What stands around an item's text: its editions, what it says of others and others of it.

use super::article::address;
use crate::component::{Link, Text};
use office::Article;
use publication::kind::Relation;

/// Editions of an item, newest first, where there are several.
pub fn history(article: &Article) -> Vec<(Link, String)> {
    if article.versions.len() < 2 {
        return Vec::new();
    }
    let one = |(index, version): (usize, &office::Version)| {
        let number = article.versions.len() - index;
        let here = if version.public_id == article.public_id { "（本页）" } else { "" };
        let href = if index == 0 { address(&article.item) } else { address(&version.public_id) };
        let reason =
            if version.reason.is_empty() { "首次发布".to_owned() } else { format!("更正：{}", version.reason) };
        (Link::new(href, format!("第{number}版{here}")), format!("{}　{reason}", version.at.to_minute()))
    };
    article.versions.iter().enumerate().map(one).collect()
}

/// Links to other items, by what is said of them.
pub fn related(article: &Article) -> Vec<(&'static str, Vec<Link>)> {
    let mut groups: Vec<(&'static str, Vec<Link>)> = Vec::new();
    for one in &article.related {
        let name = if one.forward { one.relation.label() } else { one.relation.inverse() };
        let number = one.other.number.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
        let link = Link::new(address(&one.other.item), format!("{}{number}", one.other.title));
        match groups.iter_mut().find(|(label, _)| *label == name) {
            Some((_, links)) => links.push(link),
            None => groups.push((name, vec![link])),
        }
    }
    groups
}

/// Interpretations stand above the text: one act away, without scrolling (J1).
pub fn ways(article: &Article) -> Vec<(Link, Text)> {
    let interprets = |one: &&office::Related| one.relation == Relation::Interprets;
    let way = |one: &office::Related| {
        let note = if one.forward { "被解读的文件" } else { "政策解读" };
        (Link::new(address(&one.other.item), one.other.title.clone()), Text::from(note))
    };
    article.related.iter().filter(interprets).map(way).collect()
}
