//! Performing a step of a matter: the second entrance to the write path.

use std::collections::BTreeMap;

use law::Moment;
use matter::{Matter, Step, code};

use crate::act::{Acted, Target, Work, perform};
use crate::attach::{Attached, Upload};
use crate::document;
use crate::fail::Fail;
use crate::filing::Asked;
use crate::gate;
use crate::keys::{BodyKeys, MatterKey};
use crate::office::{Office, actor};
use crate::permit::Caller;
use crate::prepare::{self, Lock};
use crate::reopen::Reopened;
use crate::store::{Lane, Tx};
use crate::{reduce, row};

/// A step to perform.
#[derive(Clone, Debug, Default)]
pub struct StepAct {
    /// The matter.
    pub matter: i64,
    /// The step, or a kernel code (`approve`, `return_proposal`, `withdraw_proposal`).
    pub step: String,
    /// What was typed, by element.
    pub answers: BTreeMap<String, String>,
    /// Attached files, under the element that the step names for files.
    pub files: Vec<Upload>,
    /// Which of the document's files stay, by their ids; `None` keeps all of them.
    pub keep: Option<Vec<String>>,
    /// Idempotency key.
    pub key: String,
    /// Number of the last event that the actor has seen.
    pub expected_seq: Option<i64>,
    /// When it happened, if not now.
    pub at: Option<Moment>,
}

impl Office {
    /// Performs a step of a matter.
    ///
    /// # Errors
    /// Fields that cannot be read, a refusal, a conflict, or our failure. Nothing is kept then.
    pub async fn act(&self, caller: &Caller, act: StepAct) -> Result<Acted, Fail> {
        let keys = self.body_keys(caller.body).await?;
        let (matter, key) = self.matter_and_key(caller, act.matter).await?;
        self.only_experts(caller.body, &act.answers).await?;
        self.tell_gaps(caller, &matter, &act.step).await?;
        let seen = self.reopened(&matter, &act.step).await?;
        seen.iter().try_for_each(Reopened::passed)?;
        let stay = self.staying(&matter, &act).await?;
        let (mut work, files) = self.ready_step(caller, act, &matter, &key, &keys)?;
        work.seen = seen;
        work.values.extend(stay.and_then(|stay| stay.with(files.value())));
        let (house, key) = (self.house().clone(), work.key.clone());
        let done = self.write(Lane::People, move |tx| {
            let acted = perform(tx, &house, work)?;
            if !acted.repeated {
                files.write(tx)?;
            }
            Ok::<_, Fail>(acted)
        });
        match done.await {
            Ok(acted) => Ok(acted),
            Err(fail) => self.earlier(caller.body, key, fail).await,
        }
    }

    /// What the same form did that was sent at the same moment: with several writers neither sees
    /// the other's key, and the second fails where the first has just been. Any other failure stays.
    pub(crate) async fn earlier(&self, body: i64, key: Option<row::Key>, fail: Fail) -> Result<Acted, Fail> {
        let Some(key) = key else { return Err(fail) };
        match self.read(move |q| row::kept(q, body, &key)).await? {
            Some((matter, seq, true)) => Ok(Acted { matter, seq, proposed: false, repeated: true }),
            _ => Err(fail),
        }
    }

    /// Where a step asks for a whole document, what it lacks is told at the fields; the kernel's guard
    /// counts the gaps again inside the transaction.
    async fn tell_gaps(&self, caller: &Caller, matter: &Matter, step: &str) -> Result<(), Fail> {
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        if !procedure.step(step).is_some_and(document::asks_whole) {
            return Ok(());
        }
        let gaps = self.document(caller, matter.id).await?.gaps;
        if gaps.is_empty() { Ok(()) } else { Err(Fail::Invalid(gaps)) }
    }

    /// Performs a step inside a bulk transaction.
    ///
    /// # Errors
    /// As for [`Office::act`].
    pub fn act_within(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        act: StepAct,
        key: &MatterKey,
        keys: &BodyKeys,
    ) -> Result<Acted, Fail> {
        let matter = row::read(tx, caller.body, act.matter)?.ok_or(Fail::NotFound)?;
        let (work, _) = self.ready_step(caller, act, &matter, key, keys)?;
        perform(tx, self.house(), work)
    }

    fn ready_step(
        &self,
        caller: &Caller,
        mut act: StepAct,
        matter: &Matter,
        key: &MatterKey,
        keys: &BodyKeys,
    ) -> Result<(Work, Attached), Fail> {
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let kernel = code::ALL.contains(&act.step.as_str());
        let unknown = Step { id: act.step.clone(), takes: vec![matter::OPINION.to_owned()], ..Step::default() };
        let step = match procedure.step(&act.step) {
            Some(step) => step.clone(),
            None if kernel => unknown,
            None => return Err(Fail::NotFound),
        };
        gate::secrecy(caller, &procedure, &act.answers, &act.files)?;
        let mut wrong = document::pack(self.house(), caller.body, &procedure, &step, Some(matter), &mut act.answers);
        wrong.extend(reduce::pack(&procedure, &step, &mut act.answers));
        if !wrong.is_empty() {
            return Err(Fail::Invalid(wrong));
        }
        let lock = Lock { matter: key, body: keys };
        let (mut values, texts) =
            prepare::read(&procedure, &step, &act.answers, &lock, caller.has(matter::Role::Importer))
                .map_err(Fail::Invalid)?;
        let seen = act.expected_seq.map(|seq| seq.to_string()).unwrap_or_default();
        let asked = [matter.public_id.as_str(), &act.step, &seen];
        let request = Asked { caller, key: &act.key, what: &asked, answers: &act.answers, files: &act.files };
        let request = request.key(keys);
        let files = self.attach(caller.body, matter.id, &procedure, &step, key.clone(), act.files)?;
        if let Some(refused) = files.refused.first().filter(|_| files.value().is_none()) {
            return Err(Fail::Invalid(vec![refused.clone()]));
        }
        values.extend(files.value());
        let child = match &step.opens {
            Some(_) => Some((self.store.new_id()?, self.house().random.public_id())),
            None => None,
        };
        let work = Work {
            target: Target::Existing(matter.id),
            body: caller.body,
            step: act.step,
            actor: actor(caller),
            key: request,
            expected_seq: act.expected_seq,
            at: act.at.unwrap_or_else(|| self.now()),
            values,
            texts,
            child,
            seen: None,
        };
        Ok((work, files))
    }
}
