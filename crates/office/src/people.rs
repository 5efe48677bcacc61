//! Officers and their sign-in. Passwords are argon2id; too many wrong ones lock the account for a
//! while (GB/T 22239 8.1.4.1 b); a session is a random secret of which only the hash is stored.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use law::Moment;
use matter::Role;
use sha2::{Digest, Sha256};

use crate::clock::Random;
use crate::fail::{Fail, FieldError};
use crate::permit::{Caller, Scope};
use crate::store::{Fault, Lane, Query, Row, Tx};
use crate::{Office, audit, params, statements};

statements! {
    BY_LOGIN = "select id, body_id, unit_id, login, name, password, roles, state, failed, locked_until, last_sign_in from officer where login = $1";
    BY_ID = "select id, body_id, unit_id, login, name, password, roles, state, failed, locked_until, last_sign_in from officer where id = $1";
    OF_BODY = "select id, body_id, unit_id, login, name, password, roles, state, failed, locked_until, last_sign_in from officer where body_id = $1 order by unit_id, login";
    INSERT = "insert into officer (id, body_id, unit_id, login, name, password, roles, state, failed) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    CHANGE = "update officer set unit_id = $1, roles = $2, state = case when $3 = 'active' and state = 'new' then 'new' else $3 end where id = $4 and body_id = $5";
    RESET = "update officer set password = $1, state = 'new', failed = 0, locked_until = null where id = $2 and body_id = $3 and state <> 'disabled'";
    PASSWORD = "update officer set password = $1, state = 'active', failed = 0, locked_until = null where id = $2";
    WRONG = "update officer set failed = failed + 1, locked_until = case when failed + 1 >= $1 then $2 else locked_until end where id = $3";
    RIGHT = "update officer set failed = 0, locked_until = null, last_sign_in = $1 where id = $2";
    SESSION = "insert into session (hash, body_id, officer_id, matter_id, made_at, seen_at, ends_at, data) values ($1, $2, $3, $4, $5, $6, $7, '')";
    SEEN = "select body_id, officer_id, matter_id, seen_at, ends_at from session where hash = $1";
    TOUCH = "update session set seen_at = $1 where hash = $2";
    LEAVE = "delete from session where hash = $1";
    LEAVE_OTHERS = "delete from session where officer_id = $1 and hash <> $2";
    LEAVE_ALL = "delete from session where officer_id = $1";
    TOKEN_INSERT = "insert into token (id, body_id, hash, name, scopes, officer_id, made_at) values ($1, $2, $3, $4, $5, $6, $7)";
    TOKEN = "select officer_id, scopes from token where hash = $1 and revoked_at is null and (ends_at is null or ends_at > $2)";
    COUNT = "select count(*) from officer where body_id = $1";
}

/// Wrong passwords before an account is locked.
pub const WRONG_PASSWORDS_MAX: i64 = 5;
/// How long a locked account stays locked, in milliseconds.
pub const LOCK_MS: i64 = 15 * 60 * 1000;
/// Idle time after which a session ends, in milliseconds.
pub const IDLE_MS: i64 = 30 * 60 * 1000;
/// Longest life of a session, in milliseconds.
pub const SESSION_MS: i64 = 12 * 3600 * 1000;
/// A session's idle time is noted at most this often, in milliseconds.
const TOUCH_MS: i64 = 60 * 1000;

/// An officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// Id.
    pub id: i64,
    /// Body.
    pub body: i64,
    /// Unit.
    pub unit: Option<i64>,
    /// Name at sign-in.
    pub login: String,
    /// Name on the desk.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// In use; a new officer is in use once the one-time password was changed.
    pub active: bool,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// Last sign-in.
    pub last_sign_in: Option<Moment>,
    /// Locked until then.
    pub locked_until: Option<Moment>,
    password: String,
}

/// A successful sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The secret for the cookie.
    pub session: String,
    /// The officer.
    pub caller: Caller,
    /// The sign-in before this one.
    pub last_sign_in: Option<Moment>,
    /// The password is a one-time password.
    pub must_change: bool,
}

/// Why a sign-in failed.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInFail {
    /// Name or password is wrong; which of them is not told.
    Wrong,
    /// Locked until then.
    Locked(Moment),
    /// Out of use.
    Disabled,
    /// Our failure, or too busy.
    Fail(Fail),
}

fn officer(row: &Row<'_>) -> Result<Officer, Fault> {
    let (roles, state): (String, String) = (row.get(6)?, row.get(7)?);
    Ok(Officer {
        id: row.get(0)?,
        body: row.get(1)?,
        unit: row.get(2)?,
        login: row.get(3)?,
        name: row.get(4)?,
        password: row.get::<Option<String>>(5)?.unwrap_or_default(),
        roles: serde_json::from_str(&roles).unwrap_or_default(),
        active: state != "disabled",
        must_change: state == "new",
        locked_until: row.get::<Option<i64>>(9)?.map(Moment::from_millis),
        last_sign_in: row.get::<Option<i64>>(10)?.map(Moment::from_millis),
    })
}

/// The officers of a body.
pub(crate) fn of_body(query: &mut Query<'_>, body: i64) -> Result<Vec<Officer>, Fault> {
    query.rows(&OF_BODY, params![body], officer)
}

/// An officer by id.
pub(crate) fn by_id(query: &mut Query<'_>, id: i64) -> Result<Option<Officer>, Fault> {
    query.row(&BY_ID, params![id], officer)
}

/// How many officers a body has.
pub(crate) fn count(query: &mut Query<'_>, body: i64) -> Result<i64, Fault> {
    Ok(query.row(&COUNT, params![body], |row| row.get(0))?.unwrap_or(0))
}

/// A new officer as it is written.
pub(crate) struct NewOfficer<'a> {
    pub body: i64,
    pub unit: Option<i64>,
    pub login: &'a str,
    pub name: &'a str,
    pub roles: &'a [Role],
    /// argon2 string made outside the transaction.
    pub password: String,
    /// The password must be changed at the first sign-in.
    pub one_time: bool,
}

pub(crate) fn insert(tx: &mut Tx<'_>, new: &NewOfficer<'_>) -> Result<i64, Fault> {
    let id = tx.new_id()?;
    let roles = crate::body::roles_text(new.roles);
    let state = if new.one_time { "new" } else { "active" };
    tx.execute(&INSERT, params![id, new.body, new.unit, new.login, new.name, &new.password, roles, state])?;
    Ok(id)
}

/// Changes unit, roles and whether the officer is in use; ends the officer's sessions.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    id: i64,
    body: i64,
    unit: Option<i64>,
    roles: &[Role],
    active: bool,
) -> Result<(), Fault> {
    let state = if active { "active" } else { "disabled" };
    tx.execute(&CHANGE, params![unit, crate::body::roles_text(roles), state, id, body])?;
    tx.execute(&LEAVE_ALL, params![id]).map(drop)
}

/// Puts a one-time password in the place of an officer's own, which also unlocks the account; ends
/// all sessions of that officer. Answers whether there is such an officer in use.
pub(crate) fn reset(tx: &mut Tx<'_>, id: i64, body: i64, password: &str) -> Result<bool, Fault> {
    let known = tx.execute(&RESET, params![password, id, body])? > 0;
    tx.execute(&LEAVE_ALL, params![id])?;
    Ok(known)
}

/// A password for one sign-in, easy to read out: no letter or figure that looks like another.
pub(crate) fn one_time(random: &dyn Random) -> String {
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let sign = |byte: u8| SIGNS.get(usize::from(byte) % SIGNS.len()).map_or('x', |sign| char::from(*sign));
    random.bytes::<12>().into_iter().map(sign).collect()
}

/// The argon2id string of a password.
///
/// # Errors
/// [`Fault::Shape`] when the machine refuses (no memory).
pub(crate) fn hash_password(password: &str) -> Result<String, Fault> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Fault::Shape(format!("argon2: {error}")))
}

fn verify_password(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A random secret for a cookie or a token, in hex.
pub(crate) fn secret(random: &dyn Random) -> String {
    crate::row::hex(&random.bytes::<32>())
}

pub(crate) fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

pub(crate) fn caller_of(officer: &Officer) -> Caller {
    Caller {
        body: officer.body,
        actor: officer.id,
        name: officer.name.clone(),
        roles: officer.roles.clone(),
        unit: officer.unit,
        matter: None,
        scopes: Vec::new(),
    }
}

impl Office {
    /// Signs an officer in: checks the password outside any transaction, notes success or failure
    /// and the client's address `from`, and makes a fresh session.
    ///
    /// # Errors
    /// See [`SignInFail`].
    pub async fn sign_in(&self, login: &str, password: &str, from: &str) -> Result<SignedIn, SignInFail> {
        let (now, from) = (self.now(), from.to_owned());
        let name = login.trim().to_owned();
        let found = self.read(move |q| q.row(&BY_LOGIN, params![&name], officer)).await.map_err(SignInFail::Fail)?;
        let stored = found.as_ref().map_or(NOBODY, |officer| officer.password.as_str()).to_owned();
        let typed = password.to_owned();
        // An unknown name costs the same time as a wrong password.
        let right = tokio::task::spawn_blocking(move || verify_password(&typed, &stored)).await.unwrap_or(false);
        let Some(officer) = found else { return Err(SignInFail::Wrong) };
        if let Some(until) = officer.locked_until.filter(|until| *until > now) {
            return Err(SignInFail::Locked(until));
        }
        if !right {
            let id = officer.id;
            let until = now.millis() + LOCK_MS;
            let wrong = move |tx: &mut Tx<'_>| {
                tx.execute(&WRONG, params![WRONG_PASSWORDS_MAX, until, id])?;
                audit::note(tx, officer.body, now, id, "sign_in_failed", "", &from)
            };
            self.write(Lane::People, wrong).await.map_err(SignInFail::Fail)?;
            return Err(SignInFail::Wrong);
        }
        if !officer.active {
            return Err(SignInFail::Disabled);
        }
        let session = secret(&*self.house().random);
        let (hash, body, id) = (hash_of(&session), officer.body, officer.id);
        let enter = move |tx: &mut Tx<'_>| {
            tx.execute(&RIGHT, params![now.millis(), id])?;
            enter(tx, hash, body, Some(id), None, now)?;
            audit::note(tx, body, now, id, "sign_in", "", &from)
        };
        self.write(Lane::People, enter).await.map_err(SignInFail::Fail)?;
        Ok(SignedIn {
            session,
            caller: caller_of(&officer),
            last_sign_in: officer.last_sign_in,
            must_change: officer.must_change,
        })
    }

    /// Sets an officer's own new password; ends the officer's sessions but the one of this secret.
    ///
    /// # Errors
    /// A weak password, told at its field.
    pub async fn set_password(&self, caller: &Caller, new: &str, session: &str) -> Result<(), Fail> {
        if let Some(sentence) = weak(new) {
            return Err(Fail::Invalid(vec![FieldError::new("password", sentence)]));
        }
        let typed = new.to_owned();
        let hashed = tokio::task::spawn_blocking(move || hash_password(&typed)).await;
        let hashed = hashed.map_err(|_| Fault::Abandoned)??;
        let (id, body, now, kept) = (caller.actor, caller.body, self.now(), hash_of(session));
        self.write(Lane::People, move |tx| {
            tx.execute(&PASSWORD, params![hashed, id])?;
            tx.execute(&LEAVE_OTHERS, params![id, kept])?;
            audit::note(tx, body, now, id, "password_changed", "", "")
        })
        .await
    }

    /// The caller of a session, officer's or party's; none when it is unknown or has ended.
    ///
    /// # Errors
    /// Busy or our failure: nobody is taken for signed out because the store was busy.
    pub async fn session(&self, secret: &str) -> Result<Option<Caller>, Fail> {
        let (hash, now) = (hash_of(secret), self.now());
        let key = hash.clone();
        let found = self.read(move |q| {
            let seen = q.row(&SEEN, params![&key], |row| {
                Ok((
                    row.get::<i64>(0)?,
                    row.get::<Option<i64>>(1)?,
                    row.get::<Option<i64>>(2)?,
                    row.get::<i64>(3)?,
                    row.get::<i64>(4)?,
                ))
            })?;
            let Some((body, officer, matter, seen_at, ends_at)) = seen else { return Ok(None) };
            let officer = officer.map(|id| by_id(q, id)).transpose()?.flatten();
            Ok(Some((body, officer, matter, seen_at, ends_at)))
        });
        let Some((body, officer, matter, seen_at, ends_at)) = found.await? else { return Ok(None) };
        if now.millis() >= ends_at || now.millis() - seen_at >= IDLE_MS {
            return Ok(None);
        }
        if now.millis() - seen_at >= TOUCH_MS {
            // Noted again with the next request when the writer is busy now.
            let touch = move |tx: &mut Tx<'_>| tx.execute(&TOUCH, params![now.millis(), hash]).map_err(Fail::from);
            self.write(Lane::Bulk, touch).await.ok();
        }
        Ok(match (officer, matter) {
            (Some(officer), _) => officer.active.then(|| caller_of(&officer)),
            (None, Some(matter)) => Some(Caller::party(body, matter)),
            (None, None) => None,
        })
    }

    /// A session of the party of one matter, after code and password were right.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn query_session(&self, body: i64, matter: i64) -> Result<String, Fail> {
        let (session, now) = (secret(&*self.house().random), self.now());
        let hash = hash_of(&session);
        self.write(Lane::People, move |tx| enter(tx, hash, body, None, Some(matter), now).map_err(Fail::from)).await?;
        Ok(session)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn sign_out(&self, secret: &str) -> Result<(), Fail> {
        let hash = hash_of(secret);
        self.write(Lane::People, move |tx| tx.execute(&LEAVE, params![hash]).map(drop)).await
    }

    /// The caller of an API token: the officer in whose name it was given, with its scopes.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn token(&self, secret: &str) -> Result<Option<Caller>, Fail> {
        let (hash, now) = (hash_of(secret), self.now().millis());
        let found = self.read(move |q| {
            let row = q.row(&TOKEN, params![hash, now], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?;
            let Some((officer, scopes)) = row else { return Ok(None) };
            Ok(by_id(q, officer)?.map(|officer| (officer, scopes)))
        });
        let Some((officer, scopes)) = found.await? else { return Ok(None) };
        let scopes = scopes.split_whitespace().filter_map(Scope::parse).collect();
        Ok(officer.active.then(|| Caller { scopes, ..caller_of(&officer) }))
    }

    /// Makes a token in the name of an officer; answers the secret, shown once.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn make_token(&self, officer: i64, body: i64, name: &str, scopes: &[Scope]) -> Result<String, Fail> {
        let (token, now) = (secret(&*self.house().random), self.now());
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.id()).collect();
        let (hash, scopes, name) = (hash_of(&token), scopes.join(" "), name.to_owned());
        self.write(Lane::People, move |tx| {
            let id = tx.new_id()?;
            tx.execute(&TOKEN_INSERT, params![id, body, hash, name, scopes, officer, now.millis()])?;
            audit::note(tx, body, now, officer, "token_made", "", "")
        })
        .await?;
        Ok(token)
    }
}

/// What an unknown name is checked against.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$9Zc9Hi1GnJ3MGl6S3RmtTzTjEhRrMh1m1Fg4V3kT1eo";

fn enter(
    tx: &mut Tx<'_>,
    hash: Vec<u8>,
    body: i64,
    officer: Option<i64>,
    matter: Option<i64>,
    now: Moment,
) -> Result<(), Fault> {
    let now = now.millis();
    tx.execute(&SESSION, params![hash, body, officer, matter, now, now, now + SESSION_MS]).map(drop)
}

/// Why a password is too weak, if it is (GB/T 22239 8.1.4.1 a: at least ten characters of three
/// sorts).
pub(crate) fn weak(password: &str) -> Option<&'static str> {
    let sorts = [char::is_lowercase, char::is_uppercase, char::is_numeric]
        .iter()
        .filter(|sort| password.chars().any(**sort))
        .count();
    let other = password.chars().any(|c| !c.is_alphanumeric());
    (password.chars().count() < 10 || sorts + usize::from(other) < 3)
        .then_some("密码至少10个字符，并含有大写字母、小写字母、数字、符号中的三种。")
}
