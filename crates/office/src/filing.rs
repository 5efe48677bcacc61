//! Filing a matter and performing a step: the two entrances to the write path.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::Moment;
use matter::{Matter, Opening, Origin, Procedure, Step};

use crate::act::{Acted, Target, Work, perform};
use crate::attach::{Attached, Upload};
use crate::document;
use crate::fail::{Fail, FieldError};
use crate::gate;
use crate::keys::{BodyKeys, Keys, MatterKey};
use crate::office::{Office, actor};
use crate::permit::Caller;
use crate::prepare::{self, Lock};
use crate::row::{self, Ticket};
use crate::sight::confined;
use crate::store::{Lane, Tx};
use crate::ticket::{self, Code};

/// What somebody brings in.
#[derive(Clone, Debug, Default)]
pub struct Filing {
    /// Procedure.
    pub procedure: String,
    /// Channel; empty where the step has only one.
    pub channel: String,
    /// Category, where the procedure has categories.
    pub category: Option<String>,
    /// What was typed, by element.
    pub answers: BTreeMap<String, String>,
    /// Attached files; one that is refused never stops the filing (practice F1).
    pub files: Vec<Upload>,
    /// Idempotency key.
    pub key: String,
    /// When it happened, if not now: a letter that came yesterday, an imported record.
    pub at: Option<Moment>,
    /// Where an imported record comes from, with the hash of its content.
    pub origin: Option<(Origin, Vec<u8>)>,
}

/// A filed matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Id inside.
    pub matter: i64,
    /// Id for programs outside.
    pub public_id: String,
    /// Query code, twelve digits.
    pub code: String,
    /// Query password, six digits.
    pub password: String,
    /// 受理编号; empty for an imported record.
    pub number: String,
    /// Number of the event.
    pub seq: i64,
    /// Files that were not taken, and why.
    pub refused_files: Vec<FieldError>,
    /// It had been filed before with this key; nothing was done again.
    pub repeated: bool,
}

/// A filing made ready: everything slow is done, the writer only writes.
struct ReadyFiling {
    work: Work,
    wrapped: Vec<u8>,
    files: Attached,
    code: Code,
    password: String,
}

impl Office {
    /// Files a matter by the opening step that the caller may perform and that takes the channel.
    ///
    /// # Errors
    /// Fields that cannot be read, a refusal, or our failure. Nothing is kept then.
    pub async fn file(&self, caller: &Caller, filing: Filing) -> Result<Filed, Fail> {
        let keys = self.body_keys(caller.body).await?;
        self.only_experts(caller.body, &filing.answers).await?;
        let ready = self.prepared(caller, filing, &keys)?;
        let (house, (code, password)) = (self.house().clone(), (ready.code.clone(), ready.password.clone()));
        let refused_files = ready.files.refused.clone();
        let (body, key) = (caller.body, ready.work.key.clone());
        let (acted, matter) = match self.write(Lane::People, move |tx| write(tx, &house, ready)).await {
            Ok(done) => done,
            Err(fail) => {
                let acted = self.earlier(body, key, fail).await?;
                let matter = self.read(move |q| row::read(q, body, acted.matter)).await?;
                (acted, matter.ok_or(Fail::NotFound)?)
            }
        };
        Ok(Filed {
            matter: acted.matter,
            public_id: matter.public_id,
            code: code.digits().to_owned(),
            password,
            number: matter.number.unwrap_or_default(),
            seq: acted.seq,
            refused_files,
            repeated: acted.repeated,
        })
    }

    /// Files a matter inside a bulk transaction (import, benchmark seed, demo).
    ///
    /// # Errors
    /// As for [`Office::file`].
    pub fn file_within(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        filing: Filing,
        keys: &BodyKeys,
    ) -> Result<(Acted, MatterKey), Fail> {
        let ready = self.prepared(caller, filing, keys)?;
        let key = ready.files.key.clone();
        let (acted, _) = write(tx, self.house(), ready)?;
        Ok((acted, key))
    }

    /// The version of the procedure that binds a filing, the step that opens the matter, and when.
    pub(crate) fn opened_by(&self, caller: &Caller, filing: &Filing) -> Result<(Arc<Procedure>, Step, Moment), Fail> {
        let at = filing.at.unwrap_or_else(|| self.now());
        let current = |day| self.house().current(&filing.procedure, caller.body, day);
        let procedure = current(at.date())?;
        let procedure = binding_day(&procedure, &filing.answers).map_or(Ok(procedure), current)?;
        let step = opening(&procedure, caller, &filing.channel).ok_or(Fail::NotFound)?.clone();
        Ok((procedure, step, at))
    }

    fn prepared(&self, caller: &Caller, filing: Filing, keys: &BodyKeys) -> Result<ReadyFiling, Fail> {
        let house = self.house();
        let category = filing.category.as_deref().unwrap_or_default();
        let asked = [&filing.procedure, &filing.channel, category];
        let request = Asked { caller, key: &filing.key, what: &asked, answers: &filing.answers, files: &filing.files };
        let request = request.key(keys);
        let (procedure, step, at) = self.opened_by(caller, &filing)?;
        let id = self.store.new_id()?;
        let (key, wrapped) = house.keys.new_matter(id, &*house.random);
        let mut answers = filing.answers;
        let named = [("channel", filing.channel), ("category", filing.category.unwrap_or_default())];
        answers.extend(named.map(|(name, value)| (name.to_owned(), value)));
        gate::secrecy(caller, &procedure, &answers, &filing.files)?;
        let wrong = document::pack(house, caller.body, &procedure, &step, None, &mut answers);
        if !wrong.is_empty() {
            return Err(Fail::Invalid(wrong));
        }
        let lock = Lock { matter: &key, body: keys };
        let (mut values, texts) = prepare::read(&procedure, &step, &answers, &lock, caller.has(matter::Role::Importer))
            .map_err(Fail::Invalid)?;
        let files = self.attach(caller.body, id, &procedure, &step, key, filing.files)?;
        values.extend(files.value());
        // Code and password follow from the form's key, so that a repeated form shows the same
        // receipt; without a key (bulk) they are drawn.
        let seed = if filing.key.is_empty() { house.random.bytes() } else { keys.secret(&filing.key) };
        let code = Code::from_seed(&seed[..16]);
        let password = ticket::password_from_seed(&seed[16..]);
        let ticket = Ticket {
            code_hash: Some(keys.find("code", code.digits())),
            password_hash: Some(password_hash(keys, &code, &password)),
            content_hash: filing.origin.as_ref().map(|(_, hash)| hash.clone()),
        };
        let opening = Opening {
            id,
            public_id: house.random.public_id(),
            body: caller.body,
            parent: None,
            origin: filing.origin.map(|(origin, _)| origin),
        };
        let work = Work {
            target: Target::New(opening, procedure, ticket),
            body: caller.body,
            step: step.id,
            actor: actor(caller),
            key: request,
            expected_seq: None,
            at,
            values,
            texts,
            child: None,
            seen: None,
        };
        Ok(ReadyFiling { work, wrapped, files, code, password })
    }

    /// The matter, if this caller may see it, with its key.
    pub(crate) async fn matter_and_key(&self, caller: &Caller, id: i64) -> Result<(Matter, MatterKey), Fail> {
        let (house, body) = (self.house().clone(), caller.body);
        let found = self.read(move |q| {
            let Some(matter) = row::read(q, body, id)? else { return Ok(None) };
            let root = row::root(q, &matter)?;
            let key = house.keys.matter(q, root)?;
            Ok(Some((matter, root, key)))
        });
        let (matter, root, key) = found.await?.ok_or(Fail::NotFound)?;
        // 审查人员 see every document of the body, and no citizen's matter.
        let reviews = caller.has(matter::Role::Reviewer)
            && document::element(&*self.house().procedure(&matter.procedure, &matter.version)?).is_some();
        if reviews || may_see(caller, &matter, root) { Ok((matter, key)) } else { Err(Fail::NotFound) }
    }

    pub(crate) async fn body_keys(&self, body: i64) -> Result<BodyKeys, Fail> {
        if let Some(keys) = self.house().known_keys(body) {
            return Ok(keys);
        }
        let house = self.house().clone();
        let keys = self.read(move |q| house.keys.body(q, body)).await?;
        self.house().know_keys(body, keys.clone());
        Ok(keys)
    }

    /// The keys of a body, for bulk work.
    ///
    /// # Errors
    /// Our failure.
    pub fn bulk_keys(&self, body: i64) -> Result<BodyKeys, Fail> {
        let house = self.house().clone();
        Ok(self.store.read_blocking(move |q| house.keys.body(q, body))?)
    }
}

/// The day of the fact that binds the version, where the form gives it: an application received
/// before a change of law and registered after it keeps the old law (practice T4).
fn binding_day(procedure: &Procedure, answers: &BTreeMap<String, String>) -> Option<law::Date> {
    let element = procedure.element(procedure.bind.as_ref()?)?;
    match element.read(answers.get(&element.id)?) {
        Ok(Some(matter::Typed::Value(matter::Value::Date(day)))) => Some(day),
        _ => None,
    }
}

/// Whether a caller may know of a matter: its party, its unit, or those who see the whole body.
/// What a caller may not see does not exist for it.
pub(crate) fn may_see(caller: &Caller, matter: &Matter, root: i64) -> bool {
    if caller.has(matter::Role::Party) {
        return caller.matter == Some(matter.id) || caller.matter == Some(root);
    }
    match confined(caller) {
        None => true,
        Some(unit) => matter.unit == Some(unit) || matter.handler == Some(caller.actor),
    }
}

/// The opening step for a caller and a channel.
fn opening<'a>(procedure: &'a Procedure, caller: &Caller, channel: &str) -> Option<&'a Step> {
    let takes =
        |step: &&Step| channel.is_empty() || step.channels.is_empty() || step.channels.iter().any(|one| one == channel);
    procedure.openings().filter(takes).find(|step| step.by.iter().any(|role| caller.has(*role)))
}

/// What somebody asks for under an idempotency key.
pub(crate) struct Asked<'a> {
    pub caller: &'a Caller,
    pub key: &'a str,
    pub what: &'a [&'a str],
    pub answers: &'a BTreeMap<String, String>,
    pub files: &'a [Upload],
}

impl Asked<'_> {
    /// The key, apart from those of other callers, with the keyed hash of everything that was asked;
    /// none without a key.
    pub fn key(&self, keys: &BodyKeys) -> Option<row::Key> {
        let answers = self.answers.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let files = self.files.iter().flat_map(|file| [file.name.as_bytes(), &file.bytes]);
        let what = self.what.iter().map(|part| part.as_bytes());
        let parts: Vec<&[u8]> = what.chain(answers).chain([b"files".as_slice()]).chain(files).collect();
        let name = format!("{}:{}", self.caller.actor, self.key);
        (!self.key.is_empty()).then(|| row::Key { name, request: keys.request(&parts) })
    }
}

/// What is stored for a query password: bound to its code, so that equal passwords differ.
pub(crate) fn password_hash(keys: &BodyKeys, code: &Code, password: &str) -> String {
    row::hex(&keys.find("password", &format!("{}{password}", code.digits())))
}

fn write(tx: &mut Tx<'_>, house: &Arc<crate::house::House>, ready: ReadyFiling) -> Result<(Acted, Matter), Fail> {
    let ReadyFiling { work, wrapped, files, .. } = ready;
    let (body, id) = (work.body, work.target.id());
    let acted = perform(tx, house, work)?;
    if !acted.repeated {
        Keys::keep(tx, id, "matter", &wrapped)?;
        files.write(tx)?;
    }
    let matter = row::read(tx, body, acted.matter)?.ok_or(Fail::NotFound)?;
    Ok((acted, matter))
}
