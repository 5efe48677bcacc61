//! What standing duties wait for, counted unit by unit each hour, so that the desk's first page reads one
//! row: entries of the catalogue that are empty, late or stale, and notices still to be reprinted.

use std::collections::BTreeMap;

use publication::catalogue::State;
use serde::{Deserialize, Serialize};

use crate::fail::Fail;
use crate::office::Office;
use crate::permit::{Caller, Role};
use crate::store::{Fault, Lane};
use crate::{catalogue, params, reprint, statements};

statements! {
    KEEP = "insert into setting (body_id, key, value) values ($1, 'duties.tally', $2) on conflict (body_id, key) do update set value = excluded.value";
    KEPT = "select value from setting where body_id = $1 and key = 'duties.tally'";
}

/// What waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Entries of the catalogue under which nothing is public.
    pub empty: u32,
    /// Entries whose last period is not public in time.
    pub late: u32,
    /// Entries without anything new for more than a period.
    pub stale: u32,
    /// Notices still to be reprinted.
    pub reprints: u32,
    /// Of these, past their time.
    pub overdue: u32,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.empty += other.empty;
        self.late += other.late;
        self.stale += other.stale;
        self.reprints += other.reprints;
        self.overdue += other.overdue;
    }
}

/// Unit by unit; 0 stands for no unit.
type ByUnit = BTreeMap<i64, Tally>;

impl Office {
    /// Counts anew for every body; what the worker does each hour.
    ///
    /// # Errors
    /// Our failure.
    pub fn tally(&self) -> Result<(), Fail> {
        for body in self.house().bodies() {
            let house = self.house().clone();
            let counted = self.store.read_blocking(move |q| {
                let mut units = ByUnit::new();
                for one in catalogue::entries(q, &house, body)?.iter().filter(|one| one.ended.is_none()) {
                    let unit = units.entry(one.unit.as_ref().map_or(0, |(id, _)| *id)).or_default();
                    match one.standing.state {
                        State::Empty => unit.empty += 1,
                        State::Late => unit.late += 1,
                        State::Stale => unit.stale += 1,
                        State::Near | State::Explained | State::Kept => {}
                    }
                }
                let now = house.now();
                for duty in reprint::duties(q, body)?.iter().filter(|duty| duty.stand == reprint::Stand::Open) {
                    let unit = units.entry(duty.unit.as_ref().map_or(0, |(id, _)| *id)).or_default();
                    unit.reprints += 1;
                    unit.overdue += u32::from(duty.is_late(now));
                }
                Ok(units)
            })?;
            let value = serde_json::to_string(&counted).map_err(|error| Fault::Shape(error.to_string()))?;
            self.store.write_blocking(Lane::Bulk, move |tx| tx.execute(&KEEP, params![body, value]).map(drop))?;
        }
        Ok(())
    }

    /// What waits for the caller's unit; for those who look over the whole body, of all units.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn waiting_duties(&self, caller: &Caller) -> Result<Tally, Fail> {
        let body = caller.body;
        let kept = self.read(move |q| q.row(&KEPT, params![body], |row| row.get::<String>(0))).await?;
        let units: ByUnit = kept.and_then(|value| serde_json::from_str(&value).ok()).unwrap_or_default();
        let all = [Role::FoiClerk, Role::FoiHead, Role::Supervisor, Role::Leader].iter().any(|role| caller.has(*role));
        let mut sum = Tally::default();
        let mine = |unit: &i64| all || caller.unit == Some(*unit);
        units.iter().filter(|(unit, _)| mine(unit)).for_each(|(_, tally)| sum.add(*tally));
        Ok(sum)
    }
}
