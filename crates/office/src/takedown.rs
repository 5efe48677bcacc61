//! 紧急撤下 (practice P2): personal data, a secret or a court's order. One act by one of two named
//! officers, confirmed by the other afterwards. Nothing of the item is left where the public reads:
//! text, title, 文号, files, links, search, feeds, the second copy; the salt of its commitment is
//! destroyed, so that the log still verifies and says nothing.

use law::{Clock, Moment};

use crate::fail::{Fail, FieldError};
use crate::office::Office;
use crate::permit::{Caller, Role};
use crate::store::{Fault, Lane, Query, Row, Tx};
use crate::{audit, log, params, publish, release, statements};

statements! {
    NAMED = "select value from setting where body_id = $1 and key = 'takedown.officers'";
    NAME = "insert into setting (body_id, key, value) values ($1, 'takedown.officers', $2) on conflict (body_id, key) do update set value = excluded.value";
    EDITIONS = "select id, public_id, kind, published_at, state from edition where body_id = $1 and item = $2 order by id";
    EMPTY = "update edition set content = $1, title = '', hash = '', number = null, written_on = null, salt = null, state = 'taken_down', ended_at = $2, ended_why = '' where id = $3";
    FILES = "select hash from edition_file where edition_id = $1";
    FORGET_FILES = "delete from edition_file where edition_id = $1";
    FORGET_LINKS = "delete from relation where from_item = $1 or to_item = $1";
    KEEP = "insert into takedown (id, body_id, item, reason, by_id, at, report_by) values ($1, $2, $3, $4, $5, $6, $7)";
    CONFIRM = "update takedown set confirmed_by = $1, confirmed_at = $2 where id = $3 and body_id = $4 and confirmed_by is null and by_id <> $1";
    LIST = "select id, item, reason, by_id, at, report_by, confirmed_by, confirmed_at from takedown where body_id = $1 order by id desc limit 200";
}

/// Limit within which the take-down is reported upward.
const REPORT: &str = "takedown.report";

/// Why an item was taken down. The notice tells the public nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 个人信息.
    PersonalData,
    /// 涉密或者可能涉密.
    Secret,
    /// 法院裁判.
    Court,
    /// 其他紧急情形.
    Other,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 4] = [Reason::PersonalData, Reason::Secret, Reason::Court, Reason::Other];

    /// Code in the store and in forms.
    pub const fn id(self) -> &'static str {
        match self {
            Reason::PersonalData => "personal_data",
            Reason::Secret => "secret",
            Reason::Court => "court",
            Reason::Other => "other",
        }
    }

    /// The words officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Reason::PersonalData => "含有不应公开的个人信息",
            Reason::Secret => "涉密、可能涉密或者可能危害安全",
            Reason::Court => "法院裁判或者有权机关要求",
            Reason::Other => "其他紧急情形",
        }
    }

    /// The reason of a code.
    pub fn parse(id: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|one| one.id() == id)
    }
}

/// One take-down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeDown {
    /// Its id.
    pub id: i64,
    /// The item.
    pub item: String,
    /// Why.
    pub reason: Option<Reason>,
    /// Who did it.
    pub by: i64,
    /// When.
    pub at: Moment,
    /// Until when it is to be reported, in words.
    pub report_by: String,
    /// Who confirmed it, and when.
    pub confirmed: Option<(i64, Moment)>,
}

fn row(row: &Row<'_>) -> Result<TakeDown, Fault> {
    let confirmed: (Option<i64>, Option<i64>) = (row.get(6)?, row.get(7)?);
    Ok(TakeDown {
        id: row.get(0)?,
        item: row.get(1)?,
        reason: Reason::parse(&row.get::<String>(2)?),
        by: row.get(3)?,
        at: Moment::from_millis(row.get(4)?),
        report_by: row.get(5)?,
        confirmed: confirmed.0.zip(confirmed.1.map(Moment::from_millis)),
    })
}

fn named(q: &mut Query<'_>, body: i64) -> Result<Vec<i64>, Fault> {
    let value: Option<String> = q.row(&NAMED, params![body], |row| row.get(0))?;
    Ok(value.and_then(|value| serde_json::from_str(&value).ok()).unwrap_or_default())
}

fn only_named(named: &[i64], caller: &Caller) -> Result<(), Fail> {
    match named {
        [_, _] if named.contains(&caller.actor) => Ok(()),
        [_, _] => Err(Fail::Forbidden("紧急撤下只由指定的两名工作人员办理，您不在其中。请立即联系他们。".into())),
        _ => Err(Fail::Forbidden("还没有指定紧急撤下的两名工作人员。请系统管理员先指定。".into())),
    }
}

impl Office {
    /// The officers who may take items down.
    ///
    /// # Errors
    /// Our failure.
    pub async fn take_down_officers(&self, caller: &Caller) -> Result<Vec<i64>, Fail> {
        let body = caller.body;
        self.read(move |q| named(q, body)).await
    }

    /// Names the two officers.
    ///
    /// # Errors
    /// Not two different officers of the body, not an administrator, or our failure.
    pub async fn name_take_down_officers(&self, caller: &Caller, officers: [i64; 2]) -> Result<(), Fail> {
        if !caller.has(Role::Administrator) {
            return Err(Fail::Forbidden("紧急撤下的工作人员由系统管理员指定。".into()));
        }
        let known = self.officers(caller).await?;
        let [first, second] = officers;
        if first == second || !officers.iter().all(|id| known.iter().any(|one| one.id == *id)) {
            return Err(Fail::Invalid(vec![FieldError::new("second", "请指定两名不同的工作人员，互相确认。")]));
        }
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        self.write(Lane::People, move |tx| {
            tx.execute(&NAME, params![body, serde_json::to_string(&officers).unwrap_or_default()])?;
            audit::note(tx, body, now, actor, "takedown_named", "", "")
        })
        .await
    }

    /// Takes an item down, with every edition and file of it.
    ///
    /// # Errors
    /// Not one of the two named officers, no such item, or our failure.
    pub async fn take_down(&self, caller: &Caller, item: &str, reason: Reason) -> Result<i64, Fail> {
        let (house, now) = (self.house().clone(), self.now());
        let chain = house.chain_of(caller.body);
        let bodies: Vec<&str> = chain.iter().map(String::as_str).collect();
        let report_by = Clock::start(&house.rules.law, &bodies, REPORT, None, now)
            .map_err(|refusal| Fail::Refused(refusal.into()))?
            .due
            .text();
        let (caller, item) = (caller.clone(), item.to_owned());
        self.write(Lane::People, move |tx| {
            only_named(&named(tx, caller.body)?, &caller)?;
            let editions = tx.rows(&EDITIONS, params![caller.body, &item], |row| {
                Ok((
                    row.get::<i64>(0)?,
                    row.get::<String>(1)?,
                    row.get::<String>(2)?,
                    row.get::<i64>(3)?,
                    row.get::<String>(4)?,
                ))
            })?;
            if editions.iter().all(|(.., state)| state == "taken_down") {
                return Err(Fail::NotFound);
            }
            let mut bare = Vec::new();
            for (edition, public_id, kind, published_at, _) in &editions {
                bare.extend(tx.rows(&FILES, params![*edition], |row| row.get::<String>(0))?);
                tx.execute(&FORGET_FILES, params![*edition])?;
                publish::end(tx, caller.body, *edition, "taken_down", "", now)?;
                tx.execute(&EMPTY, params![nothing(kind, *published_at), now.millis(), *edition])?;
                log::forget_copy(tx, *edition)?;
                let record =
                    publication::log::Withdrawal { withdrawn: public_id.clone(), at: now, reason: String::new() };
                log::enter(tx, &*house.random, caller.body, log::kind::WITHDRAWAL, *edition, record.canonical(), now)?;
            }
            publish::note_told(tx, caller.body, &item)?;
            tx.execute(&FORGET_LINKS, params![&item])?;
            bare.sort_unstable();
            bare.dedup();
            bare.iter().try_for_each(|hash| release::unlink_later(tx, caller.body, hash))?;
            let id = tx.new_id()?;
            tx.execute(&KEEP, params![id, caller.body, &item, reason.id(), caller.actor, now.millis(), report_by])?;
            audit::note(tx, caller.body, now, caller.actor, "takedown", &item, reason.id())?;
            Ok(id)
        })
        .await
    }

    /// Confirms a take-down of the other named officer.
    ///
    /// # Errors
    /// Not named, one's own, already confirmed, or our failure.
    pub async fn confirm_take_down(&self, caller: &Caller, id: i64) -> Result<(), Fail> {
        let (caller, now) = (caller.clone(), self.now());
        self.write(Lane::People, move |tx: &mut Tx<'_>| {
            only_named(&named(tx, caller.body)?, &caller)?;
            if tx.execute(&CONFIRM, params![caller.actor, now.millis(), id, caller.body])? == 0 {
                return Err(Fail::Forbidden("这次撤下由另一名指定的工作人员确认，或者已经确认过。".into()));
            }
            Ok(audit::note(tx, caller.body, now, caller.actor, "takedown_confirmed", &id.to_string(), "")?)
        })
        .await
    }

    /// The take-downs of a body, newest first.
    ///
    /// # Errors
    /// Our failure.
    pub async fn take_downs(&self, caller: &Caller) -> Result<Vec<TakeDown>, Fail> {
        let body = caller.body;
        self.read(move |q| q.rows(&LIST, params![body], row)).await
    }
}

/// What stands in the row of an edition of which nothing is left.
fn nothing(kind: &str, published_at: i64) -> String {
    publication::Edition {
        kind: kind.to_owned(),
        title: String::new(),
        attribute: publication::Attribute::Proactive,
        published_at: Moment::from_millis(published_at),
        fields: Default::default(),
        files: Vec::new(),
        corrects: None,
        reduced: None,
    }
    .canonical()
}
