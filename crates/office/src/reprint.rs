//! 转载任务: what a body has to reprint of higher bodies, until when, and the proof that it did: the item,
//! the address and day of the source, and the SHA-256 of the text that was reprinted.

use law::{Clock, Moment};
use matter::Role;
use publication::reprint::{Notice, Rank, Reprint, same_place};
use publication::{Edition, Kind};

use crate::fail::{Fail, FieldError};
use crate::house::House;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Lane, Query, Row, Tx};
use crate::{audit, gate, params, statements};

statements! {
    INSERT = "insert into reprint (id, body_id, title, issuer, number, address, published_at, level, unit_id, due_at, due_on, due_text, article, state, entered_by, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open', $14, $15) on conflict (body_id, address) do nothing";
    DONE = "update reprint set state = 'done', item = $1, edition = $2, done_at = $3, hash = $4 where body_id = $5 and address = $6 and state = 'open'";
    WAIVE = "update reprint set state = 'waived', reason = $1, done_at = $2 where id = $3 and body_id = $4 and state = 'open'";
    GONE = "update reprint set state = 'open', item = null, edition = null, done_at = null, hash = null where body_id = $1 and state = 'done' and item = (select item from edition where id = $2)";
    CALLED = "select item, public_id from edition where id = $1";
    LIST = "select r.id, r.title, r.issuer, r.number, r.address, r.published_at, r.level, u.name, r.due_at, r.due_text, r.article, r.state, r.item, r.done_at, r.hash, r.reason, r.unit_id from reprint r left join unit u on u.id = r.unit_id where r.body_id = $1 order by case r.state when 'open' then 0 else 1 end, case when r.state = 'open' then r.due_at else -coalesce(r.done_at, r.due_at) end, r.id limit 500";
}

/// How a duty stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Still to be reprinted.
    Open,
    /// Reprinted.
    Done {
        /// Item that reprints it.
        item: String,
        /// When.
        at: Moment,
        /// SHA-256 of the text that was reprinted.
        hash: String,
    },
    /// Found not to concern this body.
    Waived {
        /// Why.
        reason: String,
    },
}

/// A duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its id.
    pub id: i64,
    /// What is to be reprinted.
    pub notice: Notice,
    /// The unit that sees to it.
    pub unit: Option<(i64, String)>,
    /// Until when.
    pub due_at: Moment,
    /// The same as it is written.
    pub due: String,
    /// The rule.
    pub article: String,
    /// How it stands.
    pub stand: Stand,
}

impl Duty {
    /// Open past its time, or done after it.
    pub fn is_late(&self, now: Moment) -> bool {
        match &self.stand {
            Stand::Open => now > self.due_at,
            Stand::Done { at, .. } => *at > self.due_at,
            Stand::Waived { .. } => false,
        }
    }
}

fn duty(row: &Row<'_>) -> Result<Duty, Fault> {
    let (state, item, at): (String, Option<String>, Option<i64>) = (row.get(11)?, row.get(12)?, row.get(13)?);
    let text = |value: Option<String>| value.unwrap_or_default();
    let stand = match state.as_str() {
        "done" => {
            Stand::Done { item: text(item), at: Moment::from_millis(at.unwrap_or_default()), hash: text(row.get(14)?) }
        }
        "waived" => Stand::Waived { reason: text(row.get(15)?) },
        _ => Stand::Open,
    };
    let unit: (Option<i64>, Option<String>) = (row.get(16)?, row.get(7)?);
    Ok(Duty {
        id: row.get(0)?,
        notice: Notice {
            title: row.get(1)?,
            issuer: row.get(2)?,
            number: text(row.get(3)?),
            address: row.get(4)?,
            published_at: Some(Moment::from_millis(row.get(5)?)),
            level: row.get(6)?,
        },
        unit: unit.0.zip(unit.1),
        due_at: Moment::from_millis(row.get(8)?),
        due: row.get(9)?,
        article: row.get(10)?,
        stand,
    })
}

/// Every duty of a body: open ones first, the most pressing first.
pub(crate) fn duties(q: &mut Query<'_>, body: i64) -> Result<Vec<Duty>, Fault> {
    q.rows(&LIST, params![body], duty)
}

/// The rule by which things are reprinted, and the kind that does so.
pub(crate) fn rule(house: &House) -> Option<(&Kind, &Reprint)> {
    house.rules.kinds().find_map(|kind| Some((kind, kind.reprint.as_ref()?)))
}

/// An edition that reprints fulfils the open duty of the same source.
pub(crate) fn fulfilled(tx: &mut Tx<'_>, body: i64, kind: &Kind, edition: &Edition, id: i64) -> Result<(), Fault> {
    let Some(rule) = &kind.reprint else { return Ok(()) };
    let field = |id: &String| edition.fields.get(id).map(String::as_str).unwrap_or_default();
    let (address, hash) = (same_place(field(&rule.address)), publication::sha256(field(&rule.text).as_bytes()));
    let called = tx.row(&CALLED, params![id], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
    let (item, public_id) = called.ok_or(Fault::Absent("edition"))?;
    tx.execute(&DONE, params![item, public_id, edition.published_at.millis(), hash, body, address]).map(drop)
}

/// A reprint that left the site fulfils nothing any more.
pub(crate) fn left(tx: &mut Tx<'_>, body: i64, edition: i64) -> Result<(), Fault> {
    tx.execute(&GONE, params![body, edition]).map(drop)
}

fn may(caller: &Caller) -> Result<(), Fail> {
    if [Role::FoiClerk, Role::FoiHead, Role::System].iter().any(|role| caller.has(*role)) {
        return Ok(());
    }
    Err(Fail::Forbidden("转载任务由政务公开工作机构登记。".to_owned()))
}

impl Office {
    /// Ranks of bodies whose notices are reprinted, and the id of the kind that reprints.
    pub fn reprint_ranks(&self) -> (String, Vec<Rank>) {
        rule(self.house()).map(|(kind, rule)| (kind.id.clone(), rule.levels.clone())).unwrap_or_default()
    }

    /// The rule by which things are reprinted.
    pub fn reprint_rule(&self) -> Option<&Reprint> {
        rule(self.house()).map(|(_, rule)| rule)
    }

    /// Every duty of a body: open ones first, the most pressing first.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn reprints(&self, body: i64) -> Result<Vec<Duty>, Fail> {
        Ok(self.read(move |q| duties(q, body)).await?)
    }

    /// Enters notices that are to be reprinted; answers how many are new. One that is known by its address
    /// stays as it is.
    ///
    /// # Errors
    /// Not the open-government office, a secrecy mark, no rule of that name, or our failure.
    pub async fn enter_reprints(
        &self,
        caller: &Caller,
        notices: Vec<Notice>,
        unit: Option<i64>,
    ) -> Result<usize, Fail> {
        may(caller)?;
        let house = self.house().clone();
        let chain = house.chain_of(caller.body);
        let bodies: Vec<&str> = chain.iter().map(String::as_str).collect();
        let levels = self.reprint_ranks().1;
        let mut dated = Vec::new();
        for notice in notices {
            gate::plain([("title", "标题", notice.title.as_str()), ("issuer", "发布机关", notice.issuer.as_str())])?;
            let limit = levels.iter().find(|one| one.id == notice.level).map(|one| one.limit.clone());
            let limit = limit.ok_or_else(|| Fail::Invalid(vec![FieldError::new("level", "请选择层级。")]))?;
            let from = notice.published_at.unwrap_or_else(|| house.now());
            let clock = Clock::start(&house.rules.law, &bodies, &limit, None, from)
                .map_err(|refusal| Fail::Refused(refusal.into()))?;
            dated.push((notice, from, clock));
        }
        let caller = caller.clone();
        self.write(Lane::People, move |tx| {
            let mut new = 0;
            for (notice, from, clock) in &dated {
                let id = tx.new_id()?;
                let end = clock.due.due_at.unwrap_or_else(|| Moment::of(clock.due.due_on, 23, 59, 59));
                let number = (!notice.number.is_empty()).then(|| notice.number.clone());
                let entered = tx.execute(
                    &INSERT,
                    params![
                        id,
                        caller.body,
                        &notice.title,
                        &notice.issuer,
                        number,
                        &notice.address,
                        from.millis(),
                        &notice.level,
                        unit,
                        end.millis(),
                        clock.due.due_on.to_string(),
                        clock.due.due_at.map_or_else(|| clock.due.due_on.to_string(), Moment::to_minute),
                        &clock.article,
                        caller.actor,
                        house.now().millis()
                    ],
                )?;
                if entered > 0 {
                    new += 1;
                    let target = format!("reprint/{id}");
                    audit::note(tx, caller.body, house.now(), caller.actor, "reprint", &target, "")?;
                }
            }
            Ok::<_, Fail>(new)
        })
        .await
    }

    /// Records that a notice does not concern the body and need not be reprinted.
    ///
    /// # Errors
    /// No reason, no such open duty, not the open-government office, or our failure.
    pub async fn waive_reprint(&self, caller: &Caller, id: i64, reason: &str) -> Result<(), Fail> {
        may(caller)?;
        if reason.trim().chars().count() < 2 {
            return Err(Fail::Invalid(vec![FieldError::new("reason", "请写明为什么不用转载。")]));
        }
        gate::plain([("reason", "理由", reason)])?;
        let (caller, reason, now) = (caller.clone(), reason.trim().to_owned(), self.now());
        self.write(Lane::People, move |tx| {
            if tx.execute(&WAIVE, params![reason, now.millis(), id, caller.body])? == 0 {
                return Err(Fail::NotFound);
            }
            Ok(audit::note(tx, caller.body, now, caller.actor, "reprint_waived", &format!("reprint/{id}"), "")?)
        })
        .await
    }
}
