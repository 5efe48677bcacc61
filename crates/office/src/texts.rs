//! Typed texts of one matter: those that stand now, and those that a later act wrote anew. An
//! event names its text by the keyed hash, so each act is read with the words it was made with.

use std::collections::BTreeMap;

use matter::{Audience, Change, Event, Kind, Matter, Procedure, Value};

use crate::keys::MatterKey;
use crate::store::{Fault, Query};
use crate::view::TextView;
use crate::{params, statements};

statements! {
    NOW = "select element, sealed, masked from matter_text where matter_id = $1";
    PAST = "select element, hash, sealed, masked from matter_text_past where matter_id = $1";
}

/// A text as it is stored: sealed, and masked.
pub(crate) type Stored = (Vec<u8>, String);

/// The texts of one matter.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    now: BTreeMap<String, Stored>,
    /// By element and keyed hash.
    past: BTreeMap<(String, String), Stored>,
}

impl Texts {
    pub(crate) fn read(q: &mut Query<'_>, matter: i64) -> Result<Texts, Fault> {
        let now = q.rows(&NOW, params![matter], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        let past =
            q.rows(&PAST, params![matter], |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?))))?;
        Ok(Texts { now: now.into_iter().collect(), past: past.into_iter().collect() })
    }

    /// What stands now in one element.
    pub(crate) fn current(&self, element: &str) -> Option<&Stored> {
        self.now.get(element)
    }

    /// The text that an event wrote into an element.
    fn of(&self, matter: &Matter, element: &str, value: &Value) -> Option<&Stored> {
        let Value::Text(mark) = value else { return None };
        if matter.values.get(element) == Some(value) {
            return self.now.get(element);
        }
        self.past.get(&(element.to_owned(), mark.hash.clone()))
    }
}

/// Who reads the texts of a matter: the party its own; officers what is not a number of a person,
/// the rest stays masked until it is opened with a reason.
pub(crate) struct Eyes<'a> {
    pub procedure: &'a Procedure,
    pub matter: &'a Matter,
    pub key: &'a MatterKey,
    pub party: bool,
}

impl Eyes<'_> {
    /// What stands now, by element.
    pub(crate) fn all(&self, texts: &Texts) -> BTreeMap<String, TextView> {
        let known = texts.now.iter().filter(|(name, _)| self.procedure.element(name).is_some());
        known.filter_map(|(name, stored)| Some((name.clone(), self.view(name, stored)?))).collect()
    }

    /// What was typed with an event, in the order in which its step asks for it.
    pub(crate) fn written(&self, texts: &Texts, event: &Event) -> Vec<(String, TextView)> {
        let step = self.procedure.step(&event.code);
        let asked: Vec<&String> = step.iter().flat_map(|step| step.needs.iter().chain(&step.takes)).collect();
        let view = |change: &Change| {
            let Change::Set { element, value } = change else { return None };
            let place = asked.iter().position(|name| *name == element).unwrap_or(usize::MAX);
            let view = self.view(element, texts.of(self.matter, element, value)?)?;
            Some((place, (element.clone(), view)))
        };
        let mut written: Vec<_> = event.changes.iter().filter_map(view).collect();
        written.sort_by_key(|(place, _)| *place);
        written.into_iter().map(|(_, text)| text).collect()
    }

    fn view(&self, name: &str, (sealed, masked): &Stored) -> Option<TextView> {
        let element = self.procedure.element(name);
        if self.party && element.is_none_or(|element| element.audience == Audience::Staff) {
            return None;
        }
        let kind = element.map(|element| element.kind);
        let hidden =
            matches!(kind, Some(Kind::IdNumber | Kind::Phone | Kind::Address | Kind::Email | Kind::Reductions));
        let opened = (self.party || !hidden).then(|| self.key.open_text(sealed).ok()).flatten();
        let label = matter::label(self.procedure, name).to_owned();
        Some(TextView { label, masked: masked.clone(), opened })
    }
}
