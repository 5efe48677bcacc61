//! Inspections that are kept: each as it was found, with its date. Half-yearly ones are begun by the worker
//! on the days of the rulebook; the open-government office and the units concerned are told.

use std::collections::BTreeMap;

use law::Moment;
use matter::Role;

use super::Inspection;
use crate::fail::Fail;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Lane, Query, Tx};
use crate::{audit, notify, params, statements};

statements! {
    INSERT = "insert into inspection (id, body_id, at, by_id, slot, findings, value) values ($1, $2, $3, $4, $5, $6, $7) on conflict (body_id, slot) do nothing";
    LIST = "select i.id, i.at, o.name, i.slot, i.findings from inspection i left join officer o on o.id = i.by_id where i.body_id = $1 order by i.at desc, i.id desc limit 100";
    ONE = "select i.id, i.at, o.name, i.slot, i.findings, i.value from inspection i left join officer o on o.id = i.by_id where i.body_id = $1 and i.id = $2";
    LAST = "select max(at) from inspection where body_id = $1";
    SLOT = "select id from inspection where body_id = $1 and slot = $2";
}

/// Days after a configured day within which the worker still begins its inspection.
const GRACE_DAYS: i64 = 31;

/// An inspection in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who began it; empty for the worker.
    pub by: String,
    /// The configured day, for half-yearly ones.
    pub slot: Option<String>,
    /// How many findings.
    pub findings: i64,
}

/// An inspection as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its line.
    pub row: Row,
    /// What was found.
    pub found: Inspection,
}

fn line(row: &crate::store::Row<'_>) -> Result<Row, Fault> {
    Ok(Row {
        id: row.get(0)?,
        at: Moment::from_millis(row.get(1)?),
        by: row.get::<Option<String>>(2)?.unwrap_or_default(),
        slot: row.get(3)?,
        findings: row.get(4)?,
    })
}

/// When the last one was kept.
pub(super) fn last(q: &mut Query<'_>, body: i64) -> Result<Option<Moment>, Fault> {
    Ok(q.row(&LAST, params![body], |row| row.get::<Option<i64>>(0))?.flatten().map(Moment::from_millis))
}

/// Keeps an inspection and tells those concerned; none if the same half-yearly one is there already.
fn keep(
    tx: &mut Tx<'_>,
    (body, actor): (i64, i64),
    now: Moment,
    slot: Option<&str>,
    found: &Inspection,
) -> Result<Option<i64>, Fault> {
    let id = tx.new_id()?;
    let value = serde_json::to_string(found).map_err(|error| Fault::Shape(error.to_string()))?;
    let count = i64::try_from(found.findings.len()).unwrap_or(i64::MAX);
    if tx.execute(&INSERT, params![id, body, now.millis(), actor, slot, count, value])? == 0 {
        return Ok(None);
    }
    audit::note(tx, body, now, actor, "inspection", &format!("inspection/{id}"), "")?;
    let what = if slot.is_some() { "半年自查" } else { "自查" };
    let text = format!("政府信息公开{what}已经完成，发现{count}项，请到工作台“自查”查看并督促整改。");
    notify::desk(tx, body, "inspection", "政务公开工作机构", &text, now)?;
    let mut units: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in found.findings.iter().filter(|finding| !finding.unit.is_empty()) {
        *units.entry(&finding.unit).or_default() += 1;
    }
    for (unit, count) in units {
        let text = format!("政府信息公开{what}发现属于{unit}的问题{count}项，请在工作台“自查”里逐项整改。");
        notify::desk(tx, body, "inspection", unit, &text, now)?;
    }
    Ok(Some(id))
}

impl Office {
    /// Inspects the caller's body and keeps what was found; answers its id.
    ///
    /// # Errors
    /// Not somebody who looks over the whole body, or our failure.
    pub async fn keep_inspection(&self, caller: &Caller) -> Result<i64, Fail> {
        let may = [Role::FoiClerk, Role::FoiHead, Role::Leader, Role::Supervisor, Role::System];
        if !may.iter().any(|role| caller.has(*role)) {
            return Err(Fail::Forbidden("自查由政务公开工作机构、督查人员或者负责人发起。".to_owned()));
        }
        let (office, body) = (self.clone(), caller.body);
        let found = tokio::task::spawn_blocking(move || office.inspect(body)).await;
        let found = found.map_err(|_| Fault::Abandoned)??;
        let (who, now) = ((caller.body, caller.actor), self.now());
        let kept = self.write(Lane::People, move |tx| keep(tx, who, now, None, &found)).await?;
        kept.ok_or(Fail::NotFound)
    }

    /// Inspections that were kept, newest first.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn inspections(&self, caller: &Caller) -> Result<Vec<Row>, Fail> {
        let body = caller.body;
        Ok(self.read(move |q| q.rows(&LIST, params![body], line)).await?)
    }

    /// One of them, as it was found.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn inspection(&self, caller: &Caller, id: i64) -> Result<Kept, Fail> {
        let body = caller.body;
        let read = self.read(move |q| q.row(&ONE, params![body, id], |row| Ok((line(row)?, row.get::<String>(5)?))));
        let (row, value) = read.await?.ok_or(Fail::NotFound)?;
        let found = serde_json::from_str(&value).map_err(|error| Fault::Shape(format!("inspection {id}: {error}")))?;
        Ok(Kept { row, found })
    }

    /// Begins the half-yearly inspection of every body whose day has come; what the worker does each hour.
    ///
    /// # Errors
    /// Our failure.
    pub fn inspect_when_due(&self) -> Result<(), Fail> {
        let now = self.now();
        let Some(slot) = self.rules().inspection.slot(now.date()) else { return Ok(()) };
        if slot < super::before(now, GRACE_DAYS).date() {
            return Ok(());
        }
        let slot = slot.to_string();
        for body in self.house().bodies() {
            let wanted = slot.clone();
            let done =
                self.store.read_blocking(move |q| q.row(&SLOT, params![body, wanted], |row| row.get::<i64>(0)))?;
            if done.is_none() {
                let (found, wanted) = (self.inspect(body)?, slot.clone());
                self.store.write_blocking(Lane::Bulk, move |tx| keep(tx, (body, -1), now, Some(&wanted), &found))?;
            }
        }
        Ok(())
    }
}
