//! Pages made by hand: which one a kind has is said by its `page` in the rulebook. A person and a unit are
//! shown as what they are, with portrait, office and the way to reach them; a guide by its chapters.

use super::article::{self, Meta};
use crate::Site;
use crate::component::Link;
use crate::problem::Trouble;
use office::{Article, ItemQuery, ItemRow};
use publication::Kind;
use publication::kind::Place;

/// How an item's page is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// As the fields of its kind say.
    #[default]
    Generic,
    /// A policy document: the table of metadata stands under the title.
    Policy,
    /// A guide: chapters with a table of contents.
    Guide,
    /// A leader: portrait, office, division of work, career.
    Person,
    /// A unit: what it does, how to reach it.
    Unit,
}

impl Layout {
    /// The layout of a kind.
    pub fn of(kind: Option<&Kind>) -> Layout {
        match kind.and_then(|kind| kind.page.as_deref()) {
            Some("policy") => Layout::Policy,
            Some("guide") => Layout::Guide,
            Some("leader") => Layout::Person,
            Some("unit") => Layout::Unit,
            _ => Layout::Generic,
        }
    }

    /// Items of a column are shown as cards, in an order of their own.
    pub const fn is_card(self) -> bool {
        matches!(self, Layout::Person | Layout::Unit)
    }
}

/// A person or a unit.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// Its page.
    pub link: Link,
    /// Only persons have a place for a portrait.
    pub person: bool,
    /// Address of the portrait; empty while there is none.
    pub portrait: String,
    /// Office.
    pub post: String,
    /// How to reach it.
    pub facts: Vec<Meta>,
    /// First words of what it does.
    pub about: String,
}

/// Characters of its duties that a card shows.
const ABOUT: usize = 60;
/// Cards of a column at most.
const MOST: usize = 200;
/// The field by which people stand in their order of rank.
const ORDER: &str = "order";
/// The field that says a person's office.
const POST: &str = "post";

/// The card of an item; none of what is no longer shown.
pub fn of(kind: &Kind, article: &Article) -> Option<Card> {
    let layout = Layout::of(Some(kind));
    if !layout.is_card() || !article::shown(article) {
        return None;
    }
    let fields = &article.edition.fields;
    let value = |id: &str| fields.get(id).filter(|value| !value.is_empty()).cloned();
    let facts =
        kind.fields.iter().filter(|field| field.place == Place::Meta && ![ORDER, POST].contains(&field.id.as_str()));
    let fact = |field: &publication::kind::Field| {
        Some(Meta { label: field.label.clone(), value: value(&field.id)?, ..Meta::default() })
    };
    let about = kind.fields.iter().find(|field| field.place == Place::Section).and_then(|field| value(&field.id));
    let about = about.unwrap_or_default().replace(['\n', '\r'], "");
    let short: String = about.chars().take(ABOUT).collect();
    let picture = article.files.iter().find(|file| file.media.starts_with("image/"));
    Some(Card {
        link: Link::new(article::address(&article.item), article.edition.title.clone()),
        person: layout == Layout::Person,
        portrait: picture.map(|file| format!("/file/{}", file.public_id)).unwrap_or_default(),
        post: value(POST).unwrap_or_default(),
        facts: facts.filter_map(fact).collect(),
        about: if short.len() < about.len() { format!("{short}……") } else { short },
    })
}

/// The cards of a column: people by their rank, units as they were added.
///
/// # Errors
/// Busy, or our failure.
pub async fn all(site: &Site, body: i64, column: &str) -> Result<Vec<Card>, Trouble> {
    let query = ItemQuery { channel: column.to_owned(), rows: MOST, page: 1, ..ItemQuery::default() };
    let mut rows: Vec<ItemRow> = site.office.items(body, query).await?.rows;
    rows.reverse();
    let mut cards: Vec<(i64, Card)> = Vec::new();
    for row in rows {
        let article = site.office.article(body, &row.item).await?;
        let rank = article.edition.fields.get(ORDER).and_then(|order| order.parse().ok()).unwrap_or(i64::MAX);
        let kind = site.office.rules().kind(&row.kind);
        cards.extend(kind.and_then(|kind| of(kind, &article)).map(|card| (rank, card)));
    }
    cards.sort_by_key(|(rank, _)| *rank);
    Ok(cards.into_iter().map(|(_, card)| card).collect())
}
