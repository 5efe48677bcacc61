//! How a document from an OA stands: what the OA may ask at any time.

use law::Date;
use matter::{Change, Event, Procedure};
use serde::Serialize;

use super::{Caller, Fail, ISSUED_ON, Office};
use crate::edition::Standing;
use crate::{document, row};

/// The element with the list of what is missing.
const GAPS: &str = "gaps";

/// How a document stands, in words for programs and people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OaStanding {
    /// The OA's own number.
    pub id: String,
    /// Our number.
    pub number: String,
    /// Code of the state.
    pub state: String,
    /// The state in words.
    pub state_zh: String,
    /// What it went back for, a line each (退文); empty unless it did.
    pub returned: Vec<String>,
    /// The leaders' approval stands.
    pub approved: bool,
    /// The day of signing that was registered.
    pub signed_on: Option<Date>,
    /// Address of its page, once it is public.
    pub address: Option<String>,
    /// Since when.
    pub public_since: Option<Date>,
    /// What proves it: `/log/proof/…`.
    pub proof: Option<String>,
}

impl Office {
    /// How the document stands that the caller's OA knows by this number.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a number that is not this body's.
    pub async fn oa_standing(&self, caller: &Caller, outside: &str) -> Result<OaStanding, Fail> {
        let id = self.matter_of(caller, outside).await?;
        let caller = &self.drafter_of(caller, id).await?;
        let (matter, key) = self.matter_and_key(caller, id).await?;
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let (gaps, events) =
            self.read(move |q| Ok((document::text(q, id, GAPS, &key)?, row::events(q, id, 0)?))).await?;
        let state = procedure.states.iter().find(|state| state.id == matter.state);
        let back = drafts(&procedure, &matter.state);
        let mut standing = OaStanding {
            id: outside.to_owned(),
            number: matter.number.clone().unwrap_or_default(),
            state: matter.state.clone(),
            state_zh: state.map(|state| state.label.clone()).unwrap_or_default(),
            returned: gaps.filter(|_| back).map(|list| list.lines().map(str::to_owned).collect()).unwrap_or_default(),
            approved: approved(&procedure, &events),
            signed_on: match matter.value(ISSUED_ON) {
                Some(matter::Value::Date(day)) => Some(day),
                _ => None,
            },
            address: None,
            public_since: None,
            proof: None,
        };
        if let Some((item, Standing::Public)) = self.item_of(id).await? {
            let article = self.article(caller.body, &item).await?;
            standing.address = Some(format!("/a/{item}"));
            standing.public_since = Some(article.since.date());
            standing.proof = Some(format!("/log/proof/{}", article.public_id));
        }
        Ok(standing)
    }
}

/// Whether a text is changed in this state: where a document begins, and where it goes back to.
fn drafts(procedure: &Procedure, state: &str) -> bool {
    procedure.openings().any(|step| step.to.as_deref() == Some(state))
}

/// Whether the last approval was given after the text was last sent back.
fn approved(procedure: &Procedure, events: &[Event]) -> bool {
    let reopened = |event: &Event| {
        procedure.step(&event.code).and_then(|step| step.to.as_deref()).is_some_and(|to| drafts(procedure, to))
    };
    let given = |event: &Event| {
        event
            .changes
            .iter()
            .any(|change| matches!(change, Change::Performed { approvals, .. } if !approvals.is_empty()))
    };
    events.iter().rev().take_while(|event| !reopened(event)).any(given)
}
