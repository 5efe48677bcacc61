//! The body's own OA (practice P5): a document drafted there comes in with its attribute and what its kind
//! asks for, or goes back with the list of what is missing (退文); what became of it can be asked; the OA's
//! 文号 and day of signing are registered. From here it goes the way of every document: nothing that an OA
//! sends skips attribute, review or approval.

mod check;
mod standing;

use std::collections::BTreeMap;

use law::Date;
use matter::{Kind as Form, Matter, Procedure, Step};
use serde::{Deserialize, Serialize};

pub use standing::OaStanding;

use crate::act::Acted;
use crate::attach::Upload;
use crate::document::{self, Fields};
use crate::fail::{Fail, FieldError};
use crate::filing::Filing;
use crate::hits::Hit;
use crate::keys::{BodyKeys, MatterKey};
use crate::office::Office;
use crate::perform::StepAct;
use crate::permit::Caller;
use crate::row::{self, hex};
use crate::store::{Lane, Query, Tx};
use crate::{params, statements};

statements! {
    KNOWN = "select matter_id, content_hash from oa_document where body_id = $1 and outside_id = $2";
    NEW = "insert into oa_document (body_id, outside_id, matter_id, content_hash, received_at) values ($1, $2, $3, $4, $5) on conflict do nothing";
    CHANGED = "update oa_document set content_hash = $1, received_at = $2 where body_id = $3 and outside_id = $4";
}

/// The element that holds the 文号 given at the signing, and that of its day.
pub(crate) const ISSUED_NUMBER: &str = "issued_number";
pub(crate) const ISSUED_ON: &str = "formed_on";

/// What an OA says of a document: the same names in the API and beside a file of the drop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metadata {
    /// The OA's own number; the document is known by it.
    pub id: String,
    /// The secrecy declaration: `no`.
    pub classified: String,
    /// Kind of information.
    pub kind: String,
    /// Title; without one that of the file.
    pub title: String,
    /// Name of the drafting unit; without one that of the officer whose token it is.
    pub unit: String,
    /// Disclosure attribute, the article and the reason for all but 主动公开.
    pub attribute: String,
    /// Code of the article.
    pub attribute_article: String,
    /// Reason.
    pub attribute_reason: String,
    /// Disclosure clause of a policy.
    pub clause: String,
    /// How a policy is interpreted (三同步): the elements of [`crate::package::PLAN`] by their names.
    pub interpretation: BTreeMap<String, String>,
    /// The higher body that it is drafted for.
    pub for_body: String,
    /// Columns.
    pub columns: Vec<String>,
    /// Fields of its kind, as they would be typed.
    pub fields: BTreeMap<String, String>,
}

/// A document from an OA.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    /// What is said of it.
    pub metadata: Metadata,
    /// The text, as an office program made it.
    pub document: Option<Upload>,
    /// Files that are published with it.
    pub attachments: Vec<Upload>,
}

/// A document that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OaReceived {
    /// How it stands.
    pub standing: OaStanding,
    /// It had come before, word for word; nothing was done again.
    pub repeated: bool,
    /// What the machine saw, for the reviewers to decide (公开条例第十五条).
    pub hits: Vec<Hit>,
}

/// A submission that passed the check.
struct Passed {
    /// Its interpretation is still to be drafted on the desk, from where both are sent for review together.
    waits: bool,
    /// The drafting unit, in whose name the OA acts.
    unit: Option<i64>,
    answers: BTreeMap<String, String>,
    files: Vec<Upload>,
    hits: Vec<Hit>,
    hash: Vec<u8>,
}

/// The procedure's steps that an OA's document takes, found by what they do.
struct Way {
    opening: String,
    revising: Step,
    submitting: Step,
}

impl Way {
    fn of(procedure: &Procedure, caller: &Caller) -> Result<Way, Fail> {
        let mine = |step: &&Step| step.by.iter().any(|role| caller.has(*role));
        let document = document::element(procedure).map(|element| element.id.clone()).unwrap_or_default();
        let found = (
            procedure.openings().find(mine),
            procedure.steps.iter().filter(mine).find(|step| !step.from.is_empty() && step.may_give(&document)),
            procedure.steps.iter().filter(mine).find(|step| document::asks_whole(step)),
        );
        match found {
            (Some(opening), Some(revising), Some(submitting)) => {
                Ok(Way { opening: opening.id.clone(), revising: revising.clone(), submitting: submitting.clone() })
            }
            _ => Err(Fail::Forbidden("这个令牌所属的人员不能拟稿和送审，请由管理员换用有拟稿角色的人员。".into())),
        }
    }
}

impl Office {
    /// Takes a document from the body's OA: checked first, then drafted and sent for review in one
    /// transaction. A document that came before and was sent back is changed and sent again.
    ///
    /// # Errors
    /// [`Fail::Invalid`] with everything that is missing or wrong: nothing of it is stored then.
    pub async fn receive(&self, caller: &Caller, submission: Submission) -> Result<OaReceived, Fail> {
        let procedure = self.drafting(caller)?;
        let way = Way::of(&procedure, caller)?;
        let keys = self.body_keys(caller.body).await?;
        let outside = submission.metadata.id.clone();
        let passed = self.check(caller, &procedure, &way, submission, &keys).await?;
        let (body, id) = (caller.body, outside.clone());
        let known = self.read(move |q| known(q, body, &id)).await?;
        let repeated = known.as_ref().is_some_and(|(_, hash)| *hash == passed.hash);
        let hits = passed.hits.clone();
        let drafter = Caller { unit: passed.unit, ..caller.clone() };
        match known {
            Some(_) if repeated => {}
            Some((matter, _)) => self.send_again(caller, matter, &outside, &way, passed).await?,
            None => self.send_first(&drafter, &procedure, &outside, &way, passed, keys).await?,
        }
        Ok(OaReceived { standing: self.oa_standing(caller, &outside).await?, repeated, hits })
    }

    /// Registers that the OA issued a document: its 文号 and the day of signing. Where every check is done
    /// the signature is proposed at once; nothing else moves.
    ///
    /// # Errors
    /// A number or day that cannot be, a document that is not known, or a refusal.
    pub async fn issued(&self, caller: &Caller, outside: &str, number: &str, on: &str) -> Result<OaStanding, Fail> {
        let written = text::doc_number::written(number);
        let day: Option<Date> = on.trim().parse().ok();
        let mut wrong = Vec::new();
        if written.is_none() && !number.trim().is_empty() {
            wrong.push(FieldError::new("number", "文号写法不对，请写成“晴政发〔2026〕8号”的样子。"));
        }
        if day.is_none() {
            wrong.push(FieldError::new("signed_on", "签发日期不是真实的日期，请写成“2026-11-22”的样子。"));
        }
        if !wrong.is_empty() {
            return Err(Fail::Invalid(wrong));
        }
        let id = self.matter_of(caller, outside).await?;
        let caller = &self.drafter_of(caller, id).await?;
        let view = self.matter(caller, id).await?;
        let number = written.unwrap_or_default();
        let known = view.text(ISSUED_NUMBER) == number && view.matter.value(ISSUED_ON) == day.map(matter::Value::Date);
        let day = (ISSUED_ON.to_owned(), day.map(|day| day.to_string()).unwrap_or_default());
        let act = |step: &Step, answers| StepAct { matter: id, step: step.id.clone(), answers, ..StepAct::default() };
        let registers = |step: &&Step| step.needs.iter().any(|name| name == ISSUED_ON) && step.may_give(ISSUED_NUMBER);
        if !known {
            let step = view.procedure.steps.iter().find(registers).ok_or(Fail::NotFound)?;
            let answers = BTreeMap::from([day.clone(), (ISSUED_NUMBER.to_owned(), number)]);
            self.act(caller, act(step, answers)).await?;
        }
        let signs = |step: &&Step| {
            !step.approve.is_empty() && step.may_give(ISSUED_ON) && step.from.contains(&view.matter.state)
        };
        if let Some(sign) = view.procedure.steps.iter().find(signs) {
            match self.act(caller, act(sign, BTreeMap::from([day]))).await {
                // It waits for its checks, or its signature waits for approval already.
                Ok(_) | Err(Fail::Refused(_) | Fail::Conflict(_) | Fail::Invalid(_)) => {}
                Err(other) => return Err(other),
            }
        }
        self.oa_standing(caller, outside).await
    }

    /// The procedure under which documents are drafted today.
    fn drafting(&self, caller: &Caller) -> Result<std::sync::Arc<Procedure>, Fail> {
        let holds =
            |one: &&std::sync::Arc<Procedure>| document::element(one).is_some() && one.openings().next().is_some();
        let id = self.rules().procedures().find(holds).map(|one| one.id.clone()).ok_or(Fail::NotFound)?;
        self.procedure(caller, &id, self.now().date())
    }

    pub(crate) async fn matter_of(&self, caller: &Caller, outside: &str) -> Result<i64, Fail> {
        let (body, id) = (caller.body, outside.to_owned());
        let found = self.read(move |q| known(q, body, &id)).await?;
        found.map(|(matter, _)| matter).ok_or(Fail::NotFound)
    }

    /// The caller in the place of the unit that drafts a document: the OA serves every unit of its body.
    pub(crate) async fn drafter_of(&self, caller: &Caller, id: i64) -> Result<Caller, Fail> {
        let body = caller.body;
        let matter = self.read(move |q| row::read(q, body, id)).await?.ok_or(Fail::NotFound)?;
        Ok(Caller { unit: matter.unit, ..caller.clone() })
    }

    /// Drafts it and sends it for review.
    async fn send_first(
        &self,
        caller: &Caller,
        procedure: &Procedure,
        outside: &str,
        way: &Way,
        passed: Passed,
        keys: BodyKeys,
    ) -> Result<(), Fail> {
        let filing = Filing {
            procedure: procedure.id.clone(),
            answers: passed.answers,
            files: passed.files,
            key: format!("oa:{outside}:{}", hex(&passed.hash)),
            ..Filing::default()
        };
        let submit = StepAct { step: way.submitting.id.clone(), ..StepAct::default() };
        let (office, caller, outside) = (self.clone(), caller.clone(), outside.to_owned());
        let (hash, waits) = (passed.hash, passed.waits);
        let now = self.now().millis();
        self.write(Lane::People, move |tx: &mut Tx<'_>| {
            let (filed, key): (Acted, MatterKey) = office.file_within(tx, &caller, filing, &keys)?;
            if !filed.repeated && !waits {
                let act = StepAct { matter: filed.matter, ..submit };
                office.act_within(tx, &caller, act, &key, &keys)?;
            }
            let kept = tx.execute(&NEW, params![caller.body, outside, filed.matter, hash, now])?;
            // Another request with this number was quicker: this one is decided anew when it comes again.
            if kept == 0 && !filed.repeated { Err(Fail::Busy) } else { Ok(()) }
        })
        .await
    }

    /// Changes what was sent back and sends it for review again.
    async fn send_again(&self, caller: &Caller, id: i64, outside: &str, way: &Way, passed: Passed) -> Result<(), Fail> {
        let caller = &self.drafter_of(caller, id).await?;
        let (matter, _) = self.matter_and_key(caller, id).await?;
        if !way.revising.from.contains(&matter.state) {
            return Err(Fail::Refused(matter::Refusal::new(
                matter::RefusalCode::WrongState,
                matter::Sentence::new(
                    "不能再次送来不同的内容",
                    "这一件已经送审，没有退文",
                    "等退文以后再改，或者请审查人员退文",
                )
                .at("id"),
            )));
        }
        let revise = StepAct {
            matter: id,
            step: way.revising.id.clone(),
            answers: passed.answers,
            files: passed.files,
            // What was attached before is replaced by what comes now.
            keep: Some(Vec::new()),
            ..StepAct::default()
        };
        self.act(caller, revise).await?;
        match self.act(caller, StepAct { matter: id, step: way.submitting.id.clone(), ..StepAct::default() }).await {
            Err(Fail::Refused(_)) if passed.waits => {}
            sent => drop(sent?),
        }
        let (body, outside, hash, now) = (caller.body, outside.to_owned(), passed.hash, self.now().millis());
        self.write(Lane::People, move |tx: &mut Tx<'_>| {
            tx.execute(&CHANGED, params![hash, now, body, outside]).map(drop).map_err(Fail::from)
        })
        .await
    }
}

fn known(q: &mut Query<'_>, body: i64, outside: &str) -> Result<Option<(i64, Vec<u8>)>, crate::store::Fault> {
    q.row(&KNOWN, params![body, outside], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What the signing in an OA adds to a document that came without its 文号: number and day.
pub(crate) fn add_issued(
    q: &mut Query<'_>,
    matter: &Matter,
    key: &MatterKey,
    kind: &publication::Kind,
    fields: &mut Fields,
) -> Result<(), crate::store::Fault> {
    let empty = fields.get("number").is_none_or(String::is_empty);
    let Some(number) = document::text(q, matter.id, ISSUED_NUMBER, key)?.filter(|_| empty) else { return Ok(()) };
    if kind.field("number").is_some() {
        fields.insert("number".to_owned(), number);
    }
    if let (Some(matter::Value::Date(day)), Some(_)) = (matter.value(ISSUED_ON), kind.field("written_on")) {
        fields.insert("written_on".to_owned(), day.to_string());
    }
    Ok(())
}

/// The element of a procedure with this form.
fn element_of(procedure: &Procedure, form: Form) -> String {
    procedure.elements.iter().find(|one| one.kind == form).map(|one| one.id.clone()).unwrap_or_default()
}
