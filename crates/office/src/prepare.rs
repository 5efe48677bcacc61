//! Making an act ready outside the transaction: what was typed is read, sealed, masked and hashed,
//! so that the writer only writes.

use std::collections::BTreeMap;

use matter::{Change, Element, Event, Kind, Matter, Procedure, Step, TextMark, Typed, Value};

use crate::fail::FieldError;
use crate::keys::{BodyKeys, MatterKey};
use crate::store::{Fault, Tx};
use crate::{params, statements};

statements! {
    PUT = "insert into matter_text (matter_id, element, body_id, sealed, masked) values ($1, $2, $3, $4, $5) on conflict (matter_id, element) do update set sealed = excluded.sealed, masked = excluded.masked";
    FIND = "insert into lookup (body_id, kind, hash, matter_id) values ($1, $2, $3, $4) on conflict do nothing";
    GET = "select sealed, masked from matter_text where matter_id = $1 and element = $2";
    KEEP = "insert into matter_text_past (matter_id, element, hash, body_id, sealed, masked) select matter_id, element, $1, body_id, sealed, masked from matter_text where matter_id = $2 and element = $3 on conflict do nothing";
    DROP = "delete from matter_text where matter_id = $1 and element = $2";
}

/// What stands before the element of a text that waits for approval, until it is performed.
const PROPOSED: &str = "~";

/// The name under which the text of a proposal waits.
pub(crate) fn waiting_name(element: &str) -> String {
    format!("{PROPOSED}{element}")
}

/// One typed text, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sealed {
    element: String,
    /// Keyed hash of the text, as it stands in the event.
    hash: String,
    sealed: Vec<u8>,
    masked: String,
    /// Kind and keyed hash by which the matter is found.
    lookup: Option<(&'static str, Vec<u8>)>,
}

/// The texts of an act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts(Vec<Sealed>);

/// The keys for one matter.
pub(crate) struct Lock<'a> {
    pub matter: &'a MatterKey,
    pub body: &'a BodyKeys,
}

/// Values and texts of an act, ready for the writer.
pub(crate) type Ready = (BTreeMap<String, Value>, Texts);

/// Reads the answers of a step. Names that the step does not know are passed over; everything that
/// cannot be read is told at its field. An imported record is taken `as_is`: not measured.
pub(crate) fn read(
    procedure: &Procedure,
    step: &Step,
    answers: &BTreeMap<String, String>,
    lock: &Lock<'_>,
    as_is: bool,
) -> Result<Ready, Vec<FieldError>> {
    let (mut values, mut texts, mut errors) = (BTreeMap::new(), Texts::default(), Vec::new());
    let made = if as_is { BTreeMap::new() } else { made(procedure, answers) };
    for (name, raw) in answers.iter().chain(&made).filter(|(name, _)| step.may_give(name)) {
        let raw = raw.trim();
        if raw.is_empty() {
            continue;
        }
        let opinion = (name == matter::OPINION).then(matter::opinion_element);
        let Some(element) = procedure.element(name).or(opinion.as_ref()) else {
            match field_of_matter(name, raw) {
                Some(value) => drop(values.insert(name.clone(), value)),
                None => {
                    errors.push(FieldError::new(name, format!("{}不对，请重新选择。", matter::label(procedure, name))))
                }
            }
            continue;
        };
        // Files come as uploads only: an id that somebody typed may name another matter's file.
        if element.kind == Kind::Files {
            continue;
        }
        let typed = if as_is { element.read_as_is(raw) } else { element.read(raw) };
        match typed {
            Ok(Some(Typed::Value(value))) => drop(values.insert(name.clone(), value)),
            Ok(Some(Typed::Text(text))) => {
                let sealed = seal(element, &text, lock, step.from.is_empty() && step.to.is_some());
                let chars = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                values.insert(name.clone(), Value::Text(TextMark { hash: sealed.hash.clone(), chars }));
                texts.0.push(sealed);
            }
            Ok(None) => {}
            Err(sentence) => errors.push(FieldError::new(name, sentence.to_string())),
        }
    }
    if errors.is_empty() { Ok((values, texts)) } else { Err(errors) }
}

/// What is left blank and takes the first words of another answer.
fn made(procedure: &Procedure, answers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let typed = |name: &String| answers.get(name).filter(|text| !text.trim().is_empty());
    let blank = procedure.elements.iter().filter(|element| typed(&element.id).is_none());
    let words = blank.filter_map(|element| {
        let source = typed(element.first_words_of.as_ref()?)?;
        Some((element.id.clone(), matter::first_words(source)))
    });
    words.collect()
}

/// A field of the matter itself, as forms send it.
pub(crate) fn field_of_matter(name: &str, raw: &str) -> Option<Value> {
    match name {
        "unit" | "handler" => raw.parse().ok().map(Value::Id),
        "public" => match raw {
            "1" | "true" | "yes" | "on" | "open" | "anonymous" => Some(Value::Flag(true)),
            "0" | "false" | "no" | "closed" => Some(Value::Flag(false)),
            _ => None,
        },
        _ => Some(Value::Code(raw.to_owned())),
    }
}

fn seal(element: &Element, text: &str, lock: &Lock<'_>, opening: bool) -> Sealed {
    let (masked, kind) = match element.kind {
        Kind::Name => (text::mask::name(text), Some("name")),
        Kind::Phone => (text::mask::phone(text), Some("phone")),
        Kind::IdNumber => (text::mask::id_number(text), Some("id_number")),
        Kind::Address => (text::mask::address(text), None),
        Kind::Email => (text::mask::text(text).text, Some("email")),
        // Official text, readable for those who see its matter; lists show the title.
        Kind::Document | Kind::Reductions => (String::new(), None),
        Kind::Text if opening => (text::mask::text(text).text, Some("content")),
        _ => (text::mask::text(text).text, None),
    };
    let lookup = kind.map(|kind| (kind, lock.body.find(kind, text)));
    let (hash, sealed) = (lock.matter.hash(text), lock.matter.seal(text.as_bytes()));
    Sealed { element: element.id.clone(), hash, sealed, masked, lookup }
}

impl Texts {
    /// The texts that these values stand for, under their names: what a parent hands to its child.
    /// A child's texts are sealed under the key of the matter it belongs to.
    pub(crate) fn handed(&self, values: &BTreeMap<String, Value>) -> Texts {
        let of = |(element, value): (&String, &Value)| {
            let Value::Text(mark) = value else { return None };
            let text = self.0.iter().find(|text| text.hash == mark.hash)?;
            Some(Sealed { element: element.clone(), lookup: None, ..text.clone() })
        };
        Texts(values.iter().filter_map(of).collect())
    }

    /// Masked forms by element.
    pub(crate) fn masked(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.0.iter().map(|text| (text.element.clone(), text.masked.clone()))
    }

    /// These and others.
    pub(crate) fn and(mut self, others: Texts) -> Texts {
        self.0.extend(others.0);
        self
    }

    /// Writes the texts beside their matter. Those of a proposal wait under another name: what is
    /// not approved never replaces what stands. What stood `before` under the same element is kept
    /// with the act that wrote it; an act that writes nothing anew does no more than before.
    pub(crate) fn write(
        &self,
        tx: &mut Tx<'_>,
        before: Option<&Matter>,
        matter: &Matter,
        proposed: bool,
    ) -> Result<(), Fault> {
        for text in &self.0 {
            let stood = before.filter(|_| !proposed).and_then(|before| before.values.get(&text.element));
            if let Some(Value::Text(mark)) = stood
                && mark.hash != text.hash
            {
                tx.execute(&KEEP, params![&mark.hash, matter.id, &text.element])?;
            }
            let element = if proposed { waiting_name(&text.element) } else { text.element.clone() };
            tx.execute(&PUT, params![matter.id, element, matter.body, &text.sealed, &text.masked])?;
            if let Some((kind, hash)) = text.lookup.as_ref().filter(|_| !proposed) {
                tx.execute(&FIND, params![matter.body, *kind, hash, matter.id])?;
            }
        }
        Ok(())
    }
}

/// The texts that wait with a matter's proposal, read back for its last approval.
pub(crate) fn waiting(tx: &mut Tx<'_>, matter: &Matter) -> Result<Texts, Fault> {
    let mut texts = Texts::default();
    let values = matter.proposal.iter().flat_map(|proposal| &proposal.values);
    for (element, value) in values {
        let Value::Text(mark) = value else { continue };
        let name = waiting_name(element);
        let row = tx.row(&GET, params![matter.id, name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        texts.0.extend(row.map(|(sealed, masked)| Sealed {
            element: element.clone(),
            hash: mark.hash.clone(),
            sealed,
            masked,
            lookup: None,
        }));
    }
    Ok(texts)
}

/// The texts that the event leaves behind: those of the act, or when the last approval performs a
/// proposal, those that waited with it.
pub(crate) fn texts_of(tx: &mut Tx<'_>, before: Option<&Matter>, event: &Event, own: Texts) -> Result<Texts, Fault> {
    let Some(before) = before else { return Ok(own) };
    let performed = event.changes.iter().any(|change| matches!(change, Change::Performed { .. }));
    let dropped = event.changes.iter().any(|change| matches!(change, Change::Dropped));
    let texts = if performed { waiting(tx, before)?.and(own) } else { own };
    if performed || dropped {
        forget_waiting(tx, before)?;
    }
    Ok(texts)
}

/// Removes the texts of a proposal that is gone.
pub(crate) fn forget_waiting(tx: &mut Tx<'_>, before: &Matter) -> Result<(), Fault> {
    for element in before.proposal.iter().flat_map(|proposal| proposal.values.keys()) {
        tx.execute(&DROP, params![before.id, waiting_name(element)])?;
    }
    Ok(())
}
