//! Reads and acts of those who run the desk: units and officers, the outbox, the audit trail, the
//! search over matters, and the check of every chain.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::Moment;
use matter::{Procedure, Role, chain};
use search::{Query as Words, Scope};
use serde::Serialize;

use crate::audit::{self, Record};
use crate::body::{self, Unit};
use crate::fail::{Fail, FieldError};
use crate::log;
use crate::office::Office;
use crate::people::{self, NewOfficer, Officer};
use crate::permit::Caller;
use crate::sight::confined;
use crate::store::{Fault, Lane};
use crate::view::ListRow;
use crate::{params, row, statements};

statements! {
    OUTBOX = "select id, at, channel, masked_to, subject, masked_text, state, matter_id, attempts, error from outbox where body_id = $1 and id < $2 order by id desc limit $3";
    CALLED = "select number, procedure, version from matter where body_id = $1 and id = $2";
    MATTERS = "select id, body_id, value from matter where id > $1 order by id limit 500";
}

/// A notification as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Id.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// `sms`, `mail`, `desk`.
    pub channel: String,
    /// To whom, masked.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// `waiting`, `sent`, `kept`, `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed; none after it was sent.
    pub error: Option<String>,
    /// The matter.
    pub matter: Option<i64>,
}

/// What a matter is called in records.
#[derive(Clone, Debug)]
pub struct Called {
    /// Its 受理编号, or the name of its procedure.
    pub name: String,
    /// Its procedure.
    pub procedure: Arc<Procedure>,
}

/// What a check of every chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Matters checked.
    pub matters: u64,
    /// Their events.
    pub events: u64,
    /// Leaves of the logs checked.
    pub leaves: u64,
    /// What is broken: `matter 12 event 3`, `audit 1 record 7`.
    pub broken: Vec<String>,
}

/// A new officer as an administrator enters it.
#[derive(Clone, Debug, Default)]
pub struct OfficerForm {
    /// Name at sign-in.
    pub login: String,
    /// Name on the desk.
    pub name: String,
    /// Unit.
    pub unit: Option<i64>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Password; none: a one-time password is made.
    pub password: Option<String>,
}

/// Rows on a page of the outbox or the audit trail.
const PAGE: u32 = 100;

impl Office {
    /// The units of the caller's body.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn units(&self, caller: &Caller) -> Result<Vec<Unit>, Fail> {
        let body = caller.body;
        self.read(move |q| body::units(q, body)).await
    }

    /// The officers of the caller's body.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn officers(&self, caller: &Caller) -> Result<Vec<Officer>, Fail> {
        let body = caller.body;
        self.read(move |q| people::of_body(q, body)).await
    }

    /// Makes a unit; answers its id.
    ///
    /// # Errors
    /// A name that is taken or empty.
    pub async fn add_unit(&self, caller: &Caller, name: &str, approves: bool) -> Result<i64, Fail> {
        let (body, actor, now, name) = (caller.body, caller.actor, self.now(), name.trim().to_owned());
        if name.is_empty() {
            return Err(Fail::Invalid(vec![FieldError::new("name", "请填写单位名称。")]));
        }
        let made = self.write(Lane::People, move |tx| {
            let id = body::insert_unit(tx, body, &name, approves)?;
            audit::note(tx, body, now, actor, "unit_added", &format!("unit {id}"), "")?;
            Ok::<_, Fault>(id)
        });
        made.await.map_err(|fail| taken(fail, "name", "已有同名的单位，请换一个名称。"))
    }

    /// Whether the replies of a unit are approved by its head.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn set_unit_approves(&self, caller: &Caller, unit: i64, approves: bool) -> Result<(), Fail> {
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        self.write(Lane::People, move |tx| {
            body::set_approves(tx, body, unit, approves)?;
            audit::note(tx, body, now, actor, "unit_changed", &format!("unit {unit}"), "")
        })
        .await
    }

    /// Makes an officer; answers the one-time password, or none when one was given.
    ///
    /// # Errors
    /// A name that is taken or empty, no role, a weak password.
    pub async fn add_officer(&self, caller: &Caller, form: OfficerForm) -> Result<Option<String>, Fail> {
        let mut errors = Vec::new();
        if form.login.trim().is_empty() || form.login.chars().any(char::is_whitespace) {
            errors.push(FieldError::new("login", "请填写登录名，不能有空格。"));
        }
        if form.name.trim().is_empty() {
            errors.push(FieldError::new("name", "请填写姓名。"));
        }
        if form.roles.is_empty() {
            errors.push(FieldError::new("roles", "请至少选择一个岗位。"));
        }
        if let Some(weak) = form.password.as_deref().and_then(people::weak) {
            errors.push(FieldError::new("password", weak));
        }
        if !errors.is_empty() {
            return Err(Fail::Invalid(errors));
        }
        let one_time = form.password.is_none().then(|| people::one_time(&*self.house().random));
        let chosen = form.password.clone().or_else(|| one_time.clone()).unwrap_or_default();
        let password = tokio::task::spawn_blocking(move || people::hash_password(&chosen)).await;
        let password = password.map_err(|_| Fault::Abandoned)??;
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        let made = self.write(Lane::People, move |tx| {
            let new = NewOfficer {
                body,
                unit: form.unit,
                login: form.login.trim(),
                name: form.name.trim(),
                roles: &form.roles,
                password,
                one_time: form.password.is_none(),
            };
            let id = people::insert(tx, &new)?;
            audit::note(tx, body, now, actor, "officer_added", &format!("officer {id}"), "")
        });
        made.await.map_err(|fail| taken(fail, "login", "这个登录名已有人使用，请换一个。"))?;
        Ok(one_time)
    }

    /// Changes unit, roles and use of an officer; ends the officer's sessions.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn change_officer(
        &self,
        caller: &Caller,
        id: i64,
        unit: Option<i64>,
        roles: Vec<Role>,
        active: bool,
    ) -> Result<(), Fail> {
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        self.write(Lane::People, move |tx| {
            people::change(tx, id, body, unit, &roles, active)?;
            audit::note(tx, body, now, actor, "officer_changed", &format!("officer {id}"), "")
        })
        .await
    }

    /// Gives an officer a one-time password, which is answered this once and must be changed at the
    /// next sign-in; ends all sessions of that officer.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for an officer of another body or out of use, [`Fail::Forbidden`] for the
    /// caller's own, busy, or our failure.
    pub async fn reset_password(&self, caller: &Caller, id: i64) -> Result<String, Fail> {
        if id == caller.actor {
            return Err(Fail::Forbidden("自己的密码请在“个人设置”里更改。".into()));
        }
        let one_time = people::one_time(&*self.house().random);
        let typed = one_time.clone();
        let hashed = tokio::task::spawn_blocking(move || people::hash_password(&typed)).await;
        let hashed = hashed.map_err(|_| Fault::Abandoned)??;
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        self.write(Lane::People, move |tx| {
            if !people::reset(tx, id, body, &hashed)? {
                return Err(Fail::NotFound);
            }
            Ok(audit::note(tx, body, now, actor, "password_reset", &format!("officer {id}"), "")?)
        })
        .await?;
        Ok(one_time)
    }

    /// What matters are called, also for those who may not open them: the 受理编号, or the name of
    /// the procedure where there is none; with the procedure, whose elements a record may name.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn called(&self, caller: &Caller, ids: Vec<i64>) -> Result<BTreeMap<i64, Called>, Fail> {
        let body = caller.body;
        let read = self.read(move |q| {
            let one = |id: &i64| {
                let row = q.row(&CALLED, params![body, *id], |row| {
                    Ok((row.get::<Option<String>>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
                })?;
                Ok(row.map(|row| (*id, row)))
            };
            ids.iter().map(one).collect::<Result<Vec<_>, Fault>>()
        });
        let called = |(id, (number, procedure, version)): (i64, (Option<String>, String, String))| {
            let procedure = self.rules().procedure(&procedure, &version)?;
            Some((id, Called { name: number.unwrap_or_else(|| procedure.label.clone()), procedure }))
        };
        Ok(read.await?.into_iter().flatten().filter_map(called).collect())
    }

    /// Notifications of the caller's body, newest first.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn outbox(&self, caller: &Caller, before: Option<i64>) -> Result<Vec<OutboxRow>, Fail> {
        let (body, before) = (caller.body, before.unwrap_or(i64::MAX));
        let rows = self.read(move |q| {
            q.rows(&OUTBOX, params![body, before, PAGE], |row| {
                Ok(OutboxRow {
                    id: row.get(0)?,
                    at: Moment::from_millis(row.get(1)?),
                    channel: row.get(2)?,
                    to: row.get(3)?,
                    subject: row.get(4)?,
                    text: row.get(5)?,
                    state: row.get(6)?,
                    matter: row.get(7)?,
                    attempts: row.get(8)?,
                    error: row.get(9)?,
                })
            })
        });
        rows.await
    }

    /// Audit records of the caller's body, newest first; of one thing if `target` is given.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn audit(
        &self,
        caller: &Caller,
        target: Option<String>,
        before: Option<i64>,
    ) -> Result<Vec<Record>, Fail> {
        let (body, before) = (caller.body, before.unwrap_or(i64::MAX));
        self.read(move |q| match &target {
            Some(target) => audit::of_target(q, body, target, before, PAGE),
            None => audit::list(q, body, before, PAGE),
        })
        .await
    }

    /// Matters that hold all these words, for those who may see them.
    ///
    /// # Errors
    /// Our failure.
    pub async fn find_words(&self, caller: &Caller, words: &str) -> Result<Vec<ListRow>, Fail> {
        // 审查人员 find documents of every unit: the rows are held against their sight below.
        let whole = caller.has(matter::Role::Reviewer);
        let units = confined(caller).filter(|_| !whole).map(|unit| vec![unit]);
        let query = Words {
            words: words.to_owned(),
            scope: Scope { bodies: vec![caller.body], units },
            limit: 50,
            ..Words::default()
        };
        let hits = self.indexes().pair()?.desk.search(&query).map_err(|error| Fault::Files(error.to_string()))?;
        self.rows_of(caller, hits.ids).await
    }

    /// Checks every chain: each matter's events against their hashes and against its row, and the
    /// audit trail.
    ///
    /// # Errors
    /// Our failure.
    pub fn verify(&self) -> Result<Verified, Fail> {
        let mut verified = Verified::default();
        let mut after = 0;
        loop {
            let page = self.store.read_blocking(move |q| {
                let rows = q.rows(&MATTERS, params![after], |row| Ok((row.get::<i64>(0)?, row.get::<String>(2)?)))?;
                let chained = |(id, value): (i64, String)| Ok((id, value, row::chain(q, id)?));
                rows.into_iter().map(chained).collect::<Result<Vec<_>, Fault>>()
            })?;
            let Some((last, ..)) = page.last() else { break };
            after = *last;
            for (id, value, events) in page {
                verified.matters += 1;
                verified.events += events.len() as u64;
                if let Err(seq) = chain::verify(events.iter().map(|(event, hash)| (event, hash.as_str()))) {
                    verified.broken.push(format!("matter {id} event {seq}"));
                } else if replayed(&events) != Some(value) {
                    verified.broken.push(format!("matter {id} row"));
                }
            }
        }
        let audit = self.store.read_blocking(audit::verify)?;
        verified.broken.extend(audit.broken.iter().map(|(body, seq)| format!("audit {body} record {seq}")));
        let logs = log::verify(&self.store, &self.house().keys)?;
        verified.leaves = logs.leaves;
        verified.broken.extend(logs.broken);
        Ok(verified)
    }
}

/// The row that a history adds up to.
fn replayed(events: &[(matter::Event, String)]) -> Option<String> {
    let matter = matter::replay(events.iter().map(|(event, _)| event)).ok()??;
    Some(matter.canonical())
}

/// A row that must be unique is there already: told at its field.
fn taken(fail: Fail, field: &str, sentence: &str) -> Fail {
    match fail {
        Fail::Fault(Fault::Duplicate(_)) => Fail::Invalid(vec![FieldError::new(field, sentence)]),
        other => other,
    }
}
