//! The first officer: a one-time address that `serve` prints while nobody can sign in. Only the
//! hash of its secret is stored; it ends after a day, or as soon as there is any officer.

use law::Moment;
use matter::Role;
use sha2::{Digest, Sha256};

use crate::fail::{Fail, FieldError};
use crate::office::Office;
use crate::people::{self, NewOfficer};
use crate::permit::Caller;
use crate::store::{Fault, Lane, Query};
use crate::{audit, params, row, statements};

statements! {
    OFFER = "insert into setting (body_id, key, value) values ($1, $2, $3)";
    OFFERED = "select value from setting where body_id = $1 and key = $2";
    WITHDRAW = "delete from setting where body_id = $1 and key like 'setup %'";
}

/// How long the address is good.
const KEPT_HOURS: i64 = 24;

/// The first officer as the page asks for it.
#[derive(Clone, Debug, Default)]
pub struct FirstOfficer {
    /// Name at sign-in.
    pub login: String,
    /// Name on the desk.
    pub name: String,
    /// Password.
    pub password: String,
}

/// The name under which the hash of a secret is kept. Several processes may each have offered one.
fn name(secret: &str) -> String {
    format!("setup {}", row::hex(&Sha256::digest(secret.as_bytes())))
}

/// Whether a secret opens the page: offered, not ended, and nobody can sign in yet.
fn opens(q: &mut Query<'_>, body: i64, name: &str, now: Moment) -> Result<bool, Fault> {
    let ends = q.row(&OFFERED, params![body, name], |row| row.get::<String>(0))?;
    let ends = ends.and_then(|ends| ends.parse::<i64>().ok());
    Ok(ends.is_some_and(|ends| now.millis() < ends) && people::count(q, body)? == 0)
}

impl Office {
    /// A secret of 256 bits that opens the page of the first officer; none when there are officers.
    ///
    /// # Errors
    /// Our failure.
    pub fn offer_setup(&self) -> Result<Option<String>, Fail> {
        let (body, now) = (self.default_body(), self.now());
        let secret = people::secret(&*self.house().random);
        let (name, ends) = (name(&secret), now.plus_hours(KEPT_HOURS).millis().to_string());
        let offered = self.store.write_blocking(Lane::People, move |tx| {
            if people::count(tx, body)? > 0 {
                return Ok(false);
            }
            tx.execute(&OFFER, params![body, name, ends])?;
            audit::note(tx, body, now, Caller::system(body).actor, "setup_offered", "", "")?;
            Ok::<_, Fault>(true)
        })?;
        Ok(offered.then_some(secret))
    }

    /// Whether a secret still opens the page of the first officer.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn setup_open(&self, secret: &str) -> Result<bool, Fail> {
        let (body, now, name) = (self.default_body(), self.now(), name(secret));
        self.read(move |q| opens(q, body, &name, now)).await
    }

    /// Makes the first officer, an administrator. All set-up addresses end with it.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a secret that opens nothing (any more), else what is wrong at a field.
    pub async fn set_up(&self, secret: &str, first: FirstOfficer) -> Result<(), Fail> {
        if !self.setup_open(secret).await? {
            return Err(Fail::NotFound);
        }
        let errors = wrong(&first);
        if !errors.is_empty() {
            return Err(Fail::Invalid(errors));
        }
        let FirstOfficer { login, name: called, password } = first;
        let hashed = tokio::task::spawn_blocking(move || people::hash_password(&password)).await;
        let password = hashed.map_err(|_| Fault::Abandoned)??;
        let (body, now, name) = (self.default_body(), self.now(), name(secret));
        self.write(Lane::People, move |tx| {
            // Asked again where it counts: two may have sent the page at once.
            if !opens(tx, body, &name, now)? {
                return Err(Fail::NotFound);
            }
            let (login, called) = (login.trim(), called.trim());
            let roles = &[Role::Administrator];
            let id = people::insert(
                tx,
                &NewOfficer { body, unit: None, login, name: called, roles, password, one_time: false },
            )?;
            tx.execute(&WITHDRAW, params![body])?;
            Ok(audit::note(tx, body, now, id, "set_up", &format!("officer {id}"), "")?)
        })
        .await
    }
}

fn wrong(first: &FirstOfficer) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if first.login.trim().is_empty() || first.login.trim().chars().any(char::is_whitespace) {
        errors.push(FieldError::new("login", "请填写用户名，不能有空格。"));
    }
    if first.name.trim().is_empty() {
        errors.push(FieldError::new("name", "请填写姓名。"));
    }
    errors.extend(people::weak(&first.password).map(|weak| FieldError::new("new", weak)));
    errors
}
