//! What a machine sees in a document before it becomes public. It decides nothing: each hit is shown to
//! the reviewer, who decides with a reason (公开条例第十五条, 第十七条).

use std::collections::BTreeMap;

use publication::Kind;
use publication::kind::{Form, TITLE};

use crate::document::{self, Fields};
use crate::fail::Fail;
use crate::office::Office;
use crate::permit::Caller;

/// What a hit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Personal data, by its check digits or form.
    Personal(text::mask::Kind),
    /// A date that no calendar has.
    Date,
    /// A picture without an alternative text.
    Picture,
    /// A link inside the site that leads nowhere.
    Link,
}

impl Sort {
    /// The words officers read.
    pub fn label(self) -> &'static str {
        match self {
            Sort::Personal(kind) => kind.label(),
            Sort::Date => "不存在的日期",
            Sort::Picture => "图片没有文字说明",
            Sort::Link => "站内链接打不开",
        }
    }
}

/// One hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The field it stands in, in words.
    pub place: String,
    /// What it is about.
    pub sort: Sort,
    /// As it may be shown: personal data masked.
    pub shown: String,
}

/// The hits in a document's title and fields. Official telephone numbers of units are no personal data.
pub(crate) fn find(kind: &Kind, title: &str, fields: &Fields) -> Vec<Hit> {
    let mut hits = in_text("标题", title);
    for field in &kind.fields {
        let Some(value) = fields.get(&field.id) else { continue };
        match field.form {
            Form::Rich => {
                hits.extend(in_text(&field.label, &intake::html::words(value)));
                hits.extend(bare_pictures(value).then(|| Hit {
                    place: field.label.clone(),
                    sort: Sort::Picture,
                    shown: String::new(),
                }));
            }
            Form::Line | Form::Text => hits.extend(in_text(&field.label, value)),
            _ => {}
        }
    }
    hits
}

fn in_text(place: &str, words: &str) -> Vec<Hit> {
    let personal = text::mask::find(words).into_iter().filter(|hit| hit.kind != text::mask::Kind::Landline);
    let personal = personal.map(|hit| (Sort::Personal(hit.kind), hit.masked));
    let dates = text::dates::impossible(words).into_iter().map(|date| (Sort::Date, date));
    let hit = |(sort, shown)| Hit { place: place.to_owned(), sort, shown };
    personal.chain(dates).map(hit).collect()
}

/// Whether a picture stands in the text without words for those who cannot see it.
fn bare_pictures(html: &str) -> bool {
    html.match_indices("<img").any(|(at, _)| {
        let tag = html[at..].split('>').next().unwrap_or_default();
        !tag.contains("alt=\"") || tag.contains("alt=\"\"")
    })
}

/// How many pieces of personal data there are, by kind in words; for the refusal and the list.
pub(crate) fn personal(hits: &[Hit]) -> BTreeMap<&'static str, usize> {
    let mut counted = BTreeMap::new();
    for hit in hits.iter().filter(|hit| matches!(hit.sort, Sort::Personal(_))) {
        *counted.entry(hit.sort.label()).or_default() += 1;
    }
    counted
}

impl Office {
    /// What the machine sees in the document of a matter.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a matter without a document, or that the caller may not see.
    pub async fn hits(&self, caller: &Caller, matter: i64) -> Result<Vec<Hit>, Fail> {
        let document = self.document(caller, matter).await?;
        let kind = self.rules().kind(&document.kind).ok_or(Fail::NotFound)?;
        let title = document.texts.get(TITLE).map_or("", String::as_str);
        let mut hits = find(kind, title, &document.fields);
        for (field, item) in document::links(kind, &document.fields) {
            if self.article(caller.body, &item).await.is_err() {
                hits.push(Hit { place: field, sort: Sort::Link, shown: item });
            }
        }
        Ok(hits)
    }
}
