//! What a step or a filing would mean with what is typed so far: the dates before they are confirmed.
//! Nothing is written, and no typed text is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::Moment;
use matter::{Act, Ground, Matter, Moved, Preview, Procedure, Step, Typed, Value, preview};

use crate::facts;
use crate::fail::{Fail, FieldError};
use crate::filing::Filing;
use crate::office::{Office, actor};
use crate::perform::StepAct;
use crate::permit::Caller;
use crate::prepare;
use crate::reopen::Reopened;
use crate::view::ClockView;

/// What an act would bring about.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// The clocks that it would move, each as it would stand afterwards.
    pub clocks: Vec<(Moved, ClockView)>,
    /// Words for the roles that would have to approve first, in order.
    pub approvals: Vec<&'static str>,
}

impl Office {
    /// What a step would mean with these answers, complete or not.
    ///
    /// # Errors
    /// Dates that cannot be read, a refusal of a time that has not come, or our failure.
    pub async fn try_step(&self, caller: &Caller, act: &StepAct) -> Result<Trial, Fail> {
        let (matter, _) = self.matter_and_key(caller, act.matter).await?;
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let step = procedure.step(&act.step).ok_or(Fail::NotFound)?.clone();
        let at = act.at.unwrap_or_else(|| self.now().max(matter.at));
        self.tried(caller, procedure, &step, Some(matter), &act.answers, at).await
    }

    /// What a filing would mean with these answers, complete or not.
    ///
    /// # Errors
    /// As for [`Office::try_step`].
    pub async fn try_filing(&self, caller: &Caller, filing: &Filing) -> Result<Trial, Fail> {
        let (procedure, step, at) = self.opened_by(caller, filing)?;
        let mut answers = filing.answers.clone();
        answers.extend(filing.category.clone().map(|category| ("category".to_owned(), category)));
        self.tried(caller, procedure, &step, None, &answers, at).await
    }

    async fn tried(
        &self,
        caller: &Caller,
        procedure: Arc<Procedure>,
        step: &Step,
        matter: Option<Matter>,
        answers: &BTreeMap<String, String>,
        at: Moment,
    ) -> Result<Trial, Fail> {
        let values = dated(&procedure, step, answers).map_err(Fail::Invalid)?;
        let act = Act { values, ..Act::new(&step.id, actor(caller), at) };
        let (house, body, now, rule) = (self.house().clone(), caller.body, self.now(), procedure.clone());
        let found = self.read(move |q| {
            let facts = facts::read(q, &house, body, &rule, matter.as_ref(), &act, Some(&Reopened::later()))?;
            let chain = house.chain_of(body);
            let bodies: Vec<&str> = chain.iter().map(String::as_str).collect();
            let law = &house.rules.law;
            let recorded_at = now.max(matter.as_ref().map_or(now, |matter| matter.at));
            let ground = Ground { procedure: &rule, law, bodies: &bodies, facts: &facts, since: &[], recorded_at };
            Ok(preview(&ground, matter.as_ref(), &act))
        });
        Ok(self.told(&procedure, found.await?.map_err(Fail::Refused)?))
    }

    fn told(&self, procedure: &Procedure, preview: Preview) -> Trial {
        let view = |(id, how, clock): (String, Moved, law::Clock)| {
            Some((how, ClockView::of(procedure.clock(&id)?, clock, &self.rules().law, self.now())))
        };
        Trial {
            clocks: preview.clocks.into_iter().filter_map(view).collect(),
            approvals: preview.approvals.iter().map(|role| role.label()).collect(),
        }
    }
}

/// The values on which dates and approvals depend: everything that is chosen or is a day. What is
/// typed freely is left alone.
fn dated(
    procedure: &Procedure,
    step: &Step,
    answers: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, Vec<FieldError>> {
    let (mut values, mut errors) = (BTreeMap::new(), Vec::new());
    for (name, raw) in answers.iter().filter(|(name, raw)| step.may_give(name) && !raw.trim().is_empty()) {
        match procedure.element(name) {
            None => values.extend(prepare::field_of_matter(name, raw.trim()).map(|value| (name.clone(), value))),
            Some(element) if element.kind.is_text() => {}
            Some(element) => match element.read(raw) {
                Ok(Some(Typed::Value(value))) => drop(values.insert(name.clone(), value)),
                Ok(_) => {}
                Err(sentence) => errors.push(FieldError::new(name, sentence.to_string())),
            },
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}
