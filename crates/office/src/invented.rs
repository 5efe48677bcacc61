//! Invented editions, written in bulk for measurements: the same rows as any publication makes.

use std::collections::BTreeMap;

use law::Moment;
use publication::{Attribute, Draft};

use crate::fail::Fail;
use crate::office::Office;
use crate::publish::{Release, publish};
use crate::store::{Fault, Lane};

/// A text to measure with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invented {
    /// Kind of information.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Fields of the kind.
    pub fields: BTreeMap<String, String>,
    /// Columns.
    pub columns: Vec<String>,
    /// When it was published.
    pub at: Moment,
}

impl Office {
    /// Publishes invented texts in the default body, in one transaction. For `bench` alone: what is
    /// published of an office goes through its reviews.
    ///
    /// # Errors
    /// Our failure.
    pub fn publish_invented(&self, texts: Vec<Invented>) -> Result<(), Fail> {
        let (house, body) = (self.house().clone(), self.default_body());
        Ok(self.store().write_blocking(Lane::Bulk, move |tx| {
            for text in texts {
                let draft = Draft {
                    kind: text.kind,
                    title: text.title,
                    fields: text.fields,
                    attribute: Attribute::Proactive,
                    files: Vec::new(),
                    corrects: None,
                    reduced: None,
                    approved_by: vec![1],
                };
                let edition = draft.publish(text.at).map_err(|fault| Fault::Shape(fault.sentence().to_owned()))?;
                let release = Release {
                    edition: &edition,
                    body,
                    unit: None,
                    matter: None,
                    category: None,
                    approved: &[1],
                    previous: None,
                    columns: &text.columns,
                    kind: house.rules.kind(&edition.kind),
                };
                publish(tx, &house, &release)?;
            }
            Ok::<_, Fault>(())
        })?)
    }
}
