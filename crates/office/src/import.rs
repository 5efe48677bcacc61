//! Records of older systems, replayed as acts at their own historical times, through the same
//! decisions as everything else. The actor is the importer: no numbers, no notifications.

use std::collections::BTreeMap;
use std::sync::Arc;

use intake::messages::Record;
use law::Moment;
use matter::Origin;
use matter::procedure::Publicity;
use sha2::{Digest, Sha256};

use crate::body;
use crate::fail::Fail;
use crate::filing::Filing;
use crate::keys::{BodyKeys, MatterKey};
use crate::office::Office;
use crate::perform::StepAct;
use crate::permit::Caller;
use crate::row::hex;
use crate::store::{Fault, Lane, Tx};
use crate::{params, statements};

statements! {
    KNOWN = "select content_hash from origin where format = $1 and outside_id = $2";
    UNIT = "select id from unit where body_id = $1 and key = $2";
}

/// The procedure under which messages are imported, and how they came.
const PROCEDURE: &str = "message";
const CHANNEL: &str = "web";
/// The unit to which imported messages are assigned; made when it is missing.
const UNIT_KEY: &str = "待分办";
/// What stands for the place of a fault that concerns the whole row.
const WHOLE_ROW: &str = "行";

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It is a matter now.
    New,
    /// It was there with the same content; nothing was done.
    Already,
    /// It was not taken: the field, and what is wrong with it.
    Rejected(String, String),
}

/// How records are imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportMode {
    /// The source showed everything to the public: replies are published, masked.
    pub public: bool,
    /// Everything is decided as usual, and nothing is kept.
    pub rehearsal: bool,
}

/// Why a batch was given up.
enum Stopped {
    /// The record at this place could not be replayed.
    At(usize, Fail),
    /// It was a rehearsal.
    Rehearsed(Vec<Imported>),
    /// The store failed.
    Store(Fault),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Stopped {
        Stopped::Store(fault)
    }
}

impl Office {
    /// Imports a batch of messages in one transaction; answers what became of each, in their order.
    /// A record that the rules refuse is left out whole and the others are kept.
    ///
    /// # Errors
    /// Our failure; nothing of the batch is kept then.
    pub fn import(&self, body: i64, records: Vec<Record>, mode: ImportMode) -> Result<Vec<Imported>, Fail> {
        let (keys, records) = (self.bulk_keys(body)?, Arc::new(records));
        let mut rejected: BTreeMap<usize, Imported> = BTreeMap::new();
        loop {
            let (office, keys, records, known) = (self.clone(), keys.clone(), records.clone(), rejected.clone());
            let done = self.store.write_blocking(Lane::Bulk, move |tx| {
                let unit = unit(tx, body)?.to_string();
                let caller = Caller::importer(body);
                let importer = Importer { office: &office, caller, keys: &keys, unit, public: mode.public };
                let replay = |(at, record)| match known.get(&at) {
                    Some(rejected) => Ok(rejected.clone()),
                    None => importer.replay(tx, record).map_err(|fail| Stopped::At(at, fail)),
                };
                let outcomes = records.iter().enumerate().map(replay).collect::<Result<Vec<_>, _>>()?;
                if mode.rehearsal { Err(Stopped::Rehearsed(outcomes)) } else { Ok(outcomes) }
            });
            match done {
                Ok(outcomes) | Err(Stopped::Rehearsed(outcomes)) => return Ok(outcomes),
                // What was written of the refused record goes with its transaction: once more, without it.
                Err(Stopped::At(at, fail)) => drop(rejected.insert(at, rejection(fail)?)),
                Err(Stopped::Store(fault)) => return Err(fault.into()),
            }
        }
    }
}

/// The sentence of a record that cannot be taken; a failure of ours stays one.
fn rejection(fail: Fail) -> Result<Imported, Fail> {
    let row = |sentence: String| Imported::Rejected(WHOLE_ROW.to_owned(), sentence);
    match fail {
        Fail::Refused(refusal) => Ok(row(refusal.to_string())),
        Fail::Invalid(errors) => match errors.into_iter().next() {
            Some(error) => Ok(Imported::Rejected(error.field, error.sentence)),
            None => Ok(row("内容不能读取，请核对此行。".to_owned())),
        },
        Fail::NotFound => Ok(row("提交时间早于规程的施行日期，无法办理。请核对时间。".to_owned())),
        other => Err(other),
    }
}

/// The unit for imported messages.
fn unit(tx: &mut Tx<'_>, body: i64) -> Result<i64, Fault> {
    match tx.row(&UNIT, params![body, UNIT_KEY], |row| row.get(0))? {
        Some(id) => Ok(id),
        None => body::insert_unit(tx, body, UNIT_KEY, false),
    }
}

/// What all records of a batch have in common.
struct Importer<'a> {
    office: &'a Office,
    caller: Caller,
    keys: &'a BodyKeys,
    unit: String,
    public: bool,
}

impl Importer<'_> {
    fn replay(&self, tx: &mut Tx<'_>, record: &Record) -> Result<Imported, Fail> {
        let hash = content_hash(self.keys, record);
        let stored = |row: &crate::store::Row<'_>| row.get::<Vec<u8>>(0);
        match tx.row(&KNOWN, params![&record.format, &record.outside_id], stored)? {
            Some(known) if known == hash => return Ok(Imported::Already),
            Some(_) => {
                let sentence =
                    "此编号已经导入，内容与这次的不同；已导入的记录不改动。请核对来源，另有新内容的请登记为补充。";
                return Ok(Imported::Rejected("编号".to_owned(), sentence.to_owned()));
            }
            None => {}
        }
        let open = self.publishable(record);
        let mut answers = vec![("title", record.title.as_str()), ("text", &record.text)];
        answers.extend(record.user.as_deref().map(|user| ("name", user)));
        answers.extend(open.then_some(("public", "1")));
        let origin = Origin { format: record.format.clone(), id: record.outside_id.clone(), public: self.public };
        let filing = Filing {
            procedure: PROCEDURE.to_owned(),
            channel: CHANNEL.to_owned(),
            category: Some(record.category.clone()),
            answers: named(&answers),
            at: Some(record.filed),
            origin: Some((origin, hash)),
            ..Filing::default()
        };
        let (filed, key) = self.office.file_within(tx, &self.caller, filing, self.keys)?;
        let mut act = |step: &str, at: Moment, answers: &[(&str, &str)]| {
            let act = StepAct {
                matter: filed.matter,
                step: step.to_owned(),
                answers: named(answers),
                at: Some(at),
                ..StepAct::default()
            };
            self.act(tx, act, &key)
        };
        act("assign", record.filed, &[("unit", &self.unit)])?;
        if let Some(reply) = &record.reply {
            act("reply", reply.at, &[("reply", &reply.text)])?;
            if open {
                act("publish", reply.at, &[])?;
            }
        }
        Ok(Imported::New)
    }

    fn act(&self, tx: &mut Tx<'_>, act: StepAct, key: &MatterKey) -> Result<(), Fail> {
        self.office.act_within(tx, &self.caller, act, key, self.keys).map(drop)
    }

    /// Whether the record may be shown: its source did, and its category is not one that is never
    /// public.
    fn publishable(&self, record: &Record) -> bool {
        let procedure = self.office.procedure(&self.caller, PROCEDURE, record.filed.date());
        let category = |procedure: &matter::Procedure| Some(procedure.category(&record.category)?.public);
        self.public && procedure.is_ok_and(|procedure| category(&procedure) == Some(Publicity::Ask))
    }
}

fn named(answers: &[(&str, &str)]) -> BTreeMap<String, String> {
    answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The keyed hash of everything a record says: another word, time or reply is another content.
fn content_hash(keys: &BodyKeys, record: &Record) -> Vec<u8> {
    let reply = record.reply.as_ref();
    let (at, text) = (reply.map(|reply| reply.at.millis()), reply.map(|reply| reply.text.as_str()));
    let Record { category, title, text: asked, user, channel, transfers, filed, .. } = record;
    let all = serde_json::json!([category, title, asked, user, channel, transfers, filed.millis(), text, at]);
    keys.find("origin", &hex(&Sha256::digest(all.to_string().as_bytes())))
}
