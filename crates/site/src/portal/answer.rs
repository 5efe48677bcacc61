//! The answer to a closed matter, shown first on its page: it is what everybody comes for.

use super::{own, words};
use crate::component::{Link, Text};
use office::{MatterView, TimelineItem};

/// The answer to a closed matter.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// What was answered, or empty where only a letter was issued.
    pub text: String,
    /// Who and when.
    pub meta: Text,
    /// The letters issued with it.
    pub papers: Vec<Link>,
    /// What the person may do now.
    pub next: Vec<Link>,
}

/// The last act of the body that gave words meant to be read or issued a letter.
pub fn answer(view: &MatterView) -> Option<Answer> {
    let closed = view.matter.phase() == matter::Phase::Closed;
    let words = |item: &TimelineItem| {
        let published = |id: &String| view.procedure.element(id).is_some_and(|element| element.published);
        item.texts.iter().find(|(id, _)| published(id)).map(|(_, text)| text.shown().to_owned())
    };
    let given = |item: &&TimelineItem| item.seq > 1 && (words(item).is_some() || !item.papers.is_empty());
    let item = view.timeline.iter().rev().filter(|_| closed).find(given)?;
    let issued = view.papers.iter().filter(|paper| item.papers.contains(&paper.number));
    Some(Answer {
        text: words(item).unwrap_or_default(),
        meta: format!("{}　{}", view.unit.clone().unwrap_or_default(), words::day(item.at.date())).into(),
        papers: issued.map(own::paper_link).collect(),
        next: own::options(view),
    })
}
