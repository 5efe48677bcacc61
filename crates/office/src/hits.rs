//! What a machine sees in a document and its files before they become public. It decides nothing: each hit is
//! decided by a person with a reason (公开条例第十五条, 第十七条), and the decision stands for this hit at this
//! place only: another value is another hit.

mod decide;
mod files;
mod find;

use std::collections::BTreeMap;

use matter::{Kind as Form, Matter, Procedure};
use serde::{Deserialize, Serialize};

use crate::document::DOT;
use crate::fail::Fail;
use crate::house::House;
use crate::keys::MatterKey;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query};
use crate::{attach, compose, document, params, statements};

pub use decide::{Decision, KEEP, MEND, WHY};
pub(crate) use decide::{set_aside, told};
pub(crate) use files::found;

statements! {
    LIVE = "select count(*) from edition where item = $1 and body_id = $2 and state = 'public'";
}

/// Most characters shown of what was found.
const SHOWN_MAX: usize = 160;
/// Hits of one sort at one place that stand alone; more become one.
const EACH_MAX: usize = 5;

/// What was found, as it stands there. Kept sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// What it is about.
    sort: String,
    /// Where it stands, in words.
    place: String,
    /// As it stands there.
    value: String,
    /// As it may be shown; none where the masked value says it.
    shown: Option<String>,
}

impl Found {
    fn new(sort: &str, place: &str, value: impl Into<String>) -> Found {
        Found { sort: sort.to_owned(), place: place.to_owned(), value: value.into(), shown: None }
    }

    fn shown(&self) -> String {
        let whole = self.shown.clone().unwrap_or_else(|| text::mask::text(&self.value).text);
        let mut shown: String = whole.chars().take(SHOWN_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
        if whole.chars().count() > SHOWN_MAX {
            shown.push('…');
        }
        shown
    }
}

/// One hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is, where it stands and what stands there, under the matter's key.
    pub mark: String,
    /// Where it stands, in words.
    pub place: String,
    /// What it is about, in words.
    pub sort: String,
    /// As it may be shown: personal data masked.
    pub shown: String,
    /// What was decided about it.
    pub decision: Option<Decision>,
}

impl Hit {
    /// The hit in one line.
    pub fn line(&self) -> String {
        format!("{}：{}　{}", self.place, self.sort, self.shown).trim_end().to_owned()
    }
}

/// What is found in a text that is no matter's yet.
pub(crate) fn in_text(kind: &publication::Kind, title: &str, fields: &document::Fields) -> Vec<Hit> {
    let hit = |found: Found| Hit {
        shown: found.shown(),
        mark: String::new(),
        place: found.place,
        sort: found.sort,
        decision: None,
    };
    find::in_document(kind, title, fields).into_iter().map(hit).collect()
}

/// The answers that keep every hit which nobody decided on, for one reason; none when there is none.
/// `element` is the one that holds what was decided.
pub fn keeping(element: &str, hits: &[Hit], why: &str) -> BTreeMap<String, String> {
    let open = hits.iter().filter(|hit| hit.decision.is_none());
    open.flat_map(|hit| {
        let name = format!("{element}{DOT}{}", hit.mark);
        [(format!("{name}{WHY}"), why.to_owned()), (name, KEEP.to_owned())]
    })
    .collect()
}

/// How many hits nobody decided on, and how many are to be mended.
pub(crate) fn counted(hits: &[Hit]) -> (usize, usize) {
    let open = hits.iter().filter(|hit| hit.decision.is_none()).count();
    let mend = hits.iter().filter(|hit| hit.decision.as_ref().is_some_and(|one| !one.keep)).count();
    (open, mend)
}

/// Everything that is found in the document of a matter and its files, as they would become public now: of a
/// reduced copy what is left.
pub(crate) fn present(
    q: &mut Query<'_>,
    house: &House,
    procedure: &Procedure,
    matter: &Matter,
    key: &MatterKey,
) -> Result<Vec<Hit>, Fault> {
    let kind = document::kind_of(house, procedure, matter);
    let drafted = compose::drafted(q, house, procedure, matter)?;
    let Some((kind, drafted)) = kind.zip(drafted) else { return Ok(Vec::new()) };
    let mut all = find::in_document(kind, &drafted.draft.title, &drafted.draft.fields);
    for (place, item) in document::links(kind, &drafted.draft.fields) {
        let live: i64 = q.row(&LIVE, params![&item, matter.body], |row| row.get(0))?.unwrap_or(0);
        all.extend((live == 0).then(|| Found::new("站内链接打不开", &place, item)));
    }
    let files = attach::of_matter(q, matter.id)?;
    for file in drafted.files.iter().filter_map(|(row, _)| files.iter().find(|file| file.row() == *row)) {
        all.extend(files::of(file, key)?);
    }
    let decided = decide::standing(q, procedure, matter.id, key)?;
    let hit = |found: Found| {
        let mut mark = key.hash(&format!("{}\n{}\n{}", found.sort, found.place, found.value));
        mark.truncate(32);
        let decision = decided.iter().find(|one| one.mark == mark).cloned();
        Hit { shown: found.shown(), place: found.place, sort: found.sort, decision, mark }
    };
    Ok(all.into_iter().map(hit).collect())
}

/// The element that holds what was decided.
fn element(procedure: &Procedure) -> Option<&matter::Element> {
    procedure.elements.iter().find(|element| element.kind == Form::Decisions)
}

impl Office {
    /// What the machine sees in the document of a matter and its files, each with what was decided.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a matter without a document, or that the caller may not see.
    pub async fn hits(&self, caller: &Caller, matter: i64) -> Result<Vec<Hit>, Fail> {
        let (matter, key) = self.matter_and_key(caller, matter).await?;
        let house = self.house().clone();
        let procedure = house.procedure(&matter.procedure, &matter.version)?;
        if document::element(&procedure).is_none() {
            return Err(Fail::NotFound);
        }
        Ok(self.read(move |q| present(q, &house, &procedure, &matter, &key)).await?)
    }
}
