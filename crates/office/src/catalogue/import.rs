//! Taking a table into the catalogue: an entry of the same 一级事项, 二级事项 and unit is changed, any other
//! is new, and none is ever taken out by it. Rows that cannot be read are reported and change nothing.

use publication::catalogue::{Line, Names, RowFault, Table};

use super::edit::{self, Edit};
use super::{Act, Listed, entries};
use crate::fail::Fail;
use crate::house::House;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Lane, Tx};
use crate::{audit, params, statements};

statements! {
    LOCK = "update catalogue_entry set seq = seq where body_id = $1";
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A new entry.
    Added,
    /// An entry that says something else now.
    Changed,
    /// It said so already.
    Same,
}

impl Outcome {
    /// The word officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Outcome::Added => "新增",
            Outcome::Changed => "修改",
            Outcome::Same => "没有变化",
        }
    }
}

/// What a table did, or would do, to the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Row, name of the entry, what became of it.
    pub rows: Vec<(u64, String, Outcome)>,
    /// What could not be read.
    pub faults: Vec<RowFault>,
    /// It was written; otherwise only looked at.
    pub written: bool,
}

impl Office {
    /// Reads a table file into the catalogue of the caller's body; without `write` it is only looked at.
    ///
    /// # Errors
    /// Not the open-government office, a file that is no table, a secrecy mark, or our failure.
    pub async fn import_catalogue(
        &self,
        caller: &Caller,
        rows: Vec<(u64, Vec<String>)>,
        reason: &str,
        write: bool,
    ) -> Result<Imported, Fail> {
        edit::may(caller)?;
        let names = self.catalogue_names(caller.body).await?;
        let mut table = Table::read(&rows, &names)
            .map_err(|sentence| Fail::Invalid(vec![crate::fail::FieldError::new("file", sentence)]))?;
        let mut marked = Vec::new();
        table.lines.retain(|line| match edit::checked(&line.entry, &names) {
            Ok(()) => true,
            Err(fail) => {
                marked.push((line.row, fail));
                false
            }
        });
        for (row, fail) in marked {
            match fail {
                Fail::Invalid(errors) => table.faults.extend(errors.into_iter().map(|one| RowFault {
                    row,
                    column: String::new(),
                    sentence: one.sentence,
                })),
                // A secrecy mark stops the whole file: nothing of it is stored.
                other => return Err(other),
            }
        }
        let (house, caller, reason) = (self.house().clone(), caller.clone(), reason.trim().to_owned());
        let lane = if write { Lane::People } else { Lane::Bulk };
        self.write(lane, move |tx: &mut Tx<'_>| {
            tx.execute(&LOCK, params![caller.body])?;
            let mut known = entries(tx, &house, caller.body)?;
            known.retain(|one| one.ended.is_none());
            let names = super::names(tx, &house, caller.body)?;
            let mut done = Imported { faults: table.faults, written: write, rows: Vec::new() };
            let mut taking = Taking { house: &house, caller: &caller, reason: &reason, known, names };
            for line in table.lines {
                let (row, name) = (line.row, format!("{}：{}", line.entry.top, line.entry.item));
                done.rows.push((row, name, taking.line(tx, line, write)?));
            }
            if write {
                audit::note(tx, caller.body, house.now(), caller.actor, "catalogue_imported", "", "")?;
            }
            Ok::<_, Fail>(done)
        })
        .await
    }
}

/// A table on its way into the catalogue.
struct Taking<'a> {
    house: &'a House,
    caller: &'a Caller,
    reason: &'a str,
    known: Vec<Listed>,
    names: Names,
}

impl Taking<'_> {
    fn line(&mut self, tx: &mut Tx<'_>, mut line: Line, write: bool) -> Result<Outcome, Fail> {
        let unit_of = |one: &Listed| one.unit.as_ref().map(|(id, _)| *id);
        let same = self.known.iter().position(|one| {
            (one.entry.top == line.entry.top && one.entry.item == line.entry.item)
                && (line.unit.is_none() || one.unit.is_none() || unit_of(one) == line.unit)
        });
        // Two entries of one name are two rows: each row takes one of them.
        let Some(one) = same.map(|at| self.known.remove(at)) else {
            if write {
                let key = self.house.random.public_id();
                let new = (key.as_str(), &line.entry, line.unit);
                edit::add(tx, self.house, self.caller, new, (Act::Imported, self.reason))?;
            }
            return Ok(Outcome::Added);
        };
        // What a table has no column for stays as it is.
        line.entry.counts.topic.clone_from(&one.entry.counts.topic);
        line.entry.counts.own_unit = one.entry.counts.own_unit;
        let body = self.house.body(self.caller.body).map(|body| body.name.clone()).unwrap_or_default();
        let unit = line.unit.or(unit_of(&one));
        let called = self.names.units.iter().find(|(id, _)| Some(*id) == unit).map_or("", |(_, name)| name);
        let (before, after) = ((&one.entry, one.unit_name()), (&line.entry, called));
        if super::differences(before, after, &body, &self.names).is_empty() {
            return Ok(Outcome::Same);
        }
        if write {
            let (id, seen, act) = (one.id, one.seq, Act::Imported);
            let edit = Edit { id, seen, unit, entry: &line.entry, act, ended: None, reason: self.reason };
            edit::change(tx, self.house.now(), self.caller, &edit)?;
        }
        Ok(Outcome::Changed)
    }
}
