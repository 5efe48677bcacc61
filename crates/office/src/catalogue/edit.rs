//! Changing the catalogue: every change is a row of its history with who, when and why. Two people at
//! one entry: the second is told what the first did, and nothing is lost.

use law::Moment;
use matter::{Refusal, RefusalCode, Role, Sentence};
use publication::catalogue::{COLUMNS, Entry, Names};

use super::{Act, Listed};
use crate::fail::{Conflict, Fail, FieldError, Since};
use crate::house::House;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Lane, Tx};
use crate::{audit, gate, params, statements};

statements! {
    INSERT = "insert into catalogue_entry (id, body_id, key, seq, unit_id, position, value, made_on, changed_at, changed_by) values ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9)";
    CHANGE = "update catalogue_entry set seq = $1, unit_id = $2, value = $3, changed_at = $4, changed_by = $5, ended_at = $6 where id = $7 and body_id = $8 and seq = $9";
    EVENT = "insert into catalogue_event (entry_id, seq, body_id, at, actor, act, reason, unit_id, value) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LAST_POSITION = "select max(position) from catalogue_entry where body_id = $1";
    KEYS = "select key from catalogue_entry where body_id = $1";
    AFTER = "select h.seq, h.at, h.act, h.reason, o.name from catalogue_event h left join officer o on o.id = h.actor where h.entry_id = $1 and h.body_id = $2 and h.seq > $3 order by h.seq";
    NOW = "select seq, unit_id, value, ended_at from catalogue_entry where id = $1 and body_id = $2";
    UNIT = "select id from unit where id = $1 and body_id = $2";
}

/// Most characters of one field of an entry.
const LONGEST: usize = 2000;

/// What a change brings.
pub(super) struct Edit<'a> {
    pub id: i64,
    /// Number of the last change that the officer saw.
    pub seen: i64,
    pub unit: Option<i64>,
    pub entry: &'a Entry,
    pub act: Act,
    pub ended: Option<Moment>,
    pub reason: &'a str,
}

/// Only the open-government office edits the catalogue.
pub(super) fn may(caller: &Caller) -> Result<(), Fail> {
    let allowed = [Role::FoiClerk, Role::FoiHead, Role::System].iter().any(|role| caller.has(*role));
    if allowed {
        return Ok(());
    }
    Err(Fail::Forbidden("公开事项目录由政务公开工作机构维护。内容需要改动的，请向他们提出。".to_owned()))
}

/// What an entry must have and may not have.
pub(super) fn checked(entry: &Entry, names: &Names) -> Result<(), Fail> {
    let mut errors: Vec<FieldError> =
        entry.faults().into_iter().map(|(field, sentence)| FieldError::new(field, sentence)).collect();
    let cells = entry.cells(0, "", "", names);
    let labelled: Vec<(&str, &str)> = COLUMNS.iter().copied().zip(cells.iter().map(String::as_str)).collect();
    for (label, text) in &labelled {
        if text.chars().count() > LONGEST {
            errors.push(FieldError::new(field_of(label), format!("{label}超过{LONGEST}个字，请删减。")));
        }
    }
    if !errors.is_empty() {
        return Err(Fail::Invalid(errors));
    }
    gate::plain(labelled.iter().map(|(label, text)| (field_of(label), *label, *text)))
}

fn field_of(label: &str) -> &'static str {
    const FIELDS: [&str; 20] = [
        "",
        "top",
        "item",
        "content",
        "basis",
        "time_limit",
        "subject",
        "channels",
        "audience",
        "manner",
        "levels",
        "marks",
        "unit",
        "period",
        "within",
        "since",
        "nothing",
        "columns",
        "kinds",
        "title",
    ];
    COLUMNS.iter().position(|one| *one == label).and_then(|at| FIELDS.get(at)).copied().unwrap_or_default()
}

/// Adds an entry at the end; answers its id.
pub(super) fn add(
    tx: &mut Tx<'_>,
    house: &House,
    caller: &Caller,
    (key, entry, unit): (&str, &Entry, Option<i64>),
    (act, reason): (Act, &str),
) -> Result<i64, Fault> {
    let (id, now) = (tx.new_id()?, house.now());
    let last = tx.row(&LAST_POSITION, params![caller.body], |row| row.get::<Option<i64>>(0))?.flatten();
    let (position, value, made) = (last.unwrap_or(0) + 1, entry.canonical(), now.date().to_string());
    tx.execute(&INSERT, params![id, caller.body, key, unit, position, &value, made, now.millis(), caller.actor])?;
    tx.execute(&EVENT, params![id, 1, caller.body, now.millis(), caller.actor, act.id(), reason, unit, value])?;
    Ok(id)
}

/// Changes an entry that nobody changed since; otherwise tells what was done.
pub(super) fn change(tx: &mut Tx<'_>, now: Moment, caller: &Caller, edit: &Edit<'_>) -> Result<(), Fail> {
    let (seq, value) = (edit.seen + 1, edit.entry.canonical());
    let ended = edit.ended.map(Moment::millis);
    let changed = tx.execute(
        &CHANGE,
        params![seq, edit.unit, &value, now.millis(), caller.actor, ended, edit.id, caller.body, edit.seen],
    )?;
    if changed == 0 {
        return Err(conflict(tx, caller, edit)?);
    }
    tx.execute(
        &EVENT,
        params![edit.id, seq, caller.body, now.millis(), caller.actor, edit.act.id(), edit.reason, edit.unit, value],
    )?;
    Ok(audit::note(tx, caller.body, now, caller.actor, "catalogue", &format!("catalogue/{}", edit.id), "")?)
}

/// What stood in the way of a change: nothing there, or what others did.
fn conflict(tx: &mut Tx<'_>, caller: &Caller, edit: &Edit<'_>) -> Result<Fail, Fault> {
    let now = tx.row(&NOW, params![edit.id, caller.body], |row| row.get::<i64>(0))?;
    let Some(seq) = now else { return Ok(Fail::NotFound) };
    let since = tx.rows(&AFTER, params![edit.id, caller.body, edit.seen], |row| {
        let (act, reason, by): (String, String, Option<String>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let act = Act::ALL.into_iter().find(|one| one.id() == act).map_or("修改", Act::label);
        let by = by.unwrap_or_else(|| "系统".to_owned());
        let label = if reason.is_empty() { format!("{by}{act}") } else { format!("{by}{act}（{reason}）") };
        Ok(Since { seq: row.get(0)?, at: Moment::from_millis(row.get(1)?), label })
    })?;
    Ok(Fail::Conflict(Conflict { seq, since }))
}

fn reasoned(reason: &str) -> Result<(), Fail> {
    if reason.trim().chars().count() < 2 {
        return Err(Fail::Invalid(vec![FieldError::new("reason", "请写明修改的原因，留在条目的记录里。")]));
    }
    gate::plain([("reason", "修改原因", reason)])
}

/// The unit belongs to the body.
fn own_unit(tx: &mut Tx<'_>, caller: &Caller, unit: Option<i64>) -> Result<(), Fail> {
    let Some(id) = unit else { return Ok(()) };
    match tx.row(&UNIT, params![id, caller.body], |row| row.get::<i64>(0))? {
        Some(_) => Ok(()),
        None => Err(Fail::Invalid(vec![FieldError::new("unit", "没有这个单位，请重新选择。")])),
    }
}

impl Office {
    /// Fills the catalogue of the caller's body from the rulebook; what is there already stays as it is.
    /// Answers how many entries are new.
    ///
    /// # Errors
    /// Not the open-government office, no model for this type of body, or our failure.
    pub async fn fill_catalogue(&self, caller: &Caller) -> Result<usize, Fail> {
        may(caller)?;
        let (house, caller) = (self.house().clone(), caller.clone());
        self.write(Lane::People, move |tx| {
            let Some(model) = house.rules.catalogue(&house.body_kind(caller.body)) else {
                let sentence = Sentence::new(
                    "没有填入目录",
                    "规则库里没有适用于本机关类型的目录底本",
                    "请逐条新增，或者用表格导入",
                );
                return Err(Fail::Refused(Refusal::new(RefusalCode::Guard, sentence)));
            };
            let known = tx.rows(&KEYS, params![caller.body], |row| row.get::<String>(0))?;
            let mut added = 0;
            for one in model.entries.iter().filter(|one| !known.contains(&one.key)) {
                add(tx, &house, &caller, (&one.key, &one.entry, None), (Act::Filled, &model.basis))?;
                added += 1;
            }
            audit::note(tx, caller.body, house.now(), caller.actor, "catalogue_filled", "", "")?;
            Ok(added)
        })
        .await
    }

    /// Adds an entry; answers its id.
    ///
    /// # Errors
    /// What is missing, not the open-government office, or our failure.
    pub async fn add_catalogue_entry(
        &self,
        caller: &Caller,
        entry: Entry,
        unit: Option<i64>,
        reason: &str,
    ) -> Result<i64, Fail> {
        may(caller)?;
        checked(&entry, &self.catalogue_names(caller.body).await?)?;
        gate::plain([("reason", "修改原因", reason)])?;
        let (house, caller, reason) = (self.house().clone(), caller.clone(), reason.trim().to_owned());
        let key = house.random.public_id();
        self.write(Lane::People, move |tx| {
            own_unit(tx, &caller, unit)?;
            let id = add(tx, &house, &caller, (&key, &entry, unit), (Act::Added, &reason))?;
            audit::note(tx, caller.body, house.now(), caller.actor, "catalogue", &format!("catalogue/{id}"), "")?;
            Ok::<_, Fail>(id)
        })
        .await
    }

    /// Changes an entry as the officer saw it at change number `seen`.
    ///
    /// # Errors
    /// What is missing; [`Fail::Conflict`] with what others did since; not the open-government office.
    pub async fn change_catalogue_entry(
        &self,
        caller: &Caller,
        (id, seen): (i64, i64),
        entry: Entry,
        unit: Option<i64>,
        reason: &str,
    ) -> Result<(), Fail> {
        may(caller)?;
        checked(&entry, &self.catalogue_names(caller.body).await?)?;
        reasoned(reason)?;
        let (now, caller, reason) = (self.now(), caller.clone(), reason.trim().to_owned());
        self.write(Lane::People, move |tx| {
            own_unit(tx, &caller, unit)?;
            let ended = tx.row(&NOW, params![id, caller.body], |row| row.get::<Option<i64>>(3))?.flatten();
            let ended = ended.map(Moment::from_millis);
            let edit = Edit { id, seen, unit, entry: &entry, act: Act::Changed, ended, reason: &reason };
            change(tx, now, &caller, &edit)
        })
        .await
    }

    /// Takes an entry out of the catalogue, or in again. Its history stays.
    ///
    /// # Errors
    /// No reason, [`Fail::Conflict`], not the open-government office.
    pub async fn end_catalogue_entry(
        &self,
        caller: &Caller,
        (id, seen): (i64, i64),
        out: bool,
        reason: &str,
    ) -> Result<(), Fail> {
        may(caller)?;
        reasoned(reason)?;
        let (Listed { entry, unit, .. }, _) = self.catalogue_entry(caller, id).await?;
        let (now, caller, reason) = (self.now(), caller.clone(), reason.trim().to_owned());
        self.write(Lane::People, move |tx| {
            let (act, ended) = if out { (Act::Ended, Some(now)) } else { (Act::Restored, None) };
            let unit = unit.map(|(id, _)| id);
            change(tx, now, &caller, &Edit { id, seen, unit, entry: &entry, act, ended, reason: &reason })
        })
        .await
    }
}
