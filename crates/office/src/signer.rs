//! Programs that sign their requests: whose key it is, and that no request is taken twice. The key
//! follows from the body's own secret and the token's id, so that nothing of it is stored.

use law::Moment;
use sha2::{Digest, Sha256};

use crate::fail::Fail;
use crate::office::Office;
use crate::people;
use crate::permit::{Caller, Scope};
use crate::store::{Fault, Lane, Tx};
use crate::{audit, params, statements};

statements! {
    TOKEN = "insert into token (id, body_id, hash, name, scopes, officer_id, made_at) values ($1, $2, $3, $4, $5, $6, $7)";
    SIGNER = "select body_id, officer_id, scopes from token where id = $1 and revoked_at is null and (ends_at is null or ends_at > $2)";
    NONCE = "insert into signed_nonce (hash, body_id, ends_at) values ($1, $2, $3) on conflict do nothing";
    FORGET = "delete from signed_nonce where ends_at < $1";
}

/// What stands before a token's id in the name of its key.
const PREFIX: &str = "mt-";

/// The key of a program, told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningSecret {
    /// Name of the key (`keyid`).
    pub key_id: String,
    /// The key, 32 bytes.
    pub key: [u8; 32],
}

fn name_of(token: i64) -> String {
    format!("signing token {token}")
}

impl Office {
    /// Makes a token that signs requests in the name of an officer.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn make_signer(&self, officer: i64, body: i64, name: &str) -> Result<SigningSecret, Fail> {
        let (keys, now, name) = (self.body_keys(body).await?, self.now(), name.to_owned());
        // No secret is carried with a request: the row's own is one that nobody knows.
        let unknown: [u8; 32] = self.house().random.bytes();
        let id = self.store.new_id()?;
        self.write(Lane::People, move |tx: &mut Tx<'_>| {
            let (hash, scope) = (Sha256::digest(unknown).to_vec(), Scope::DocumentsWrite.id());
            tx.execute(&TOKEN, params![id, body, hash, name, scope, officer, now.millis()])?;
            audit::note(tx, body, now, officer, "token_made", "", "")
        })
        .await?;
        Ok(SigningSecret { key_id: format!("{PREFIX}{id}"), key: keys.secret(&name_of(id)) })
    }

    /// The caller and the key of a name; none for a token that is not, ended or was taken back.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn signer(&self, key_id: &str) -> Result<Option<(Caller, [u8; 32])>, Fail> {
        let id = key_id.strip_prefix(PREFIX).and_then(|id| id.parse::<i64>().ok());
        let (Some(id), now) = (id, self.now().millis()) else { return Ok(None) };
        let found = self.read(move |q| {
            let row = q.row(&SIGNER, params![id, now], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?))
            })?;
            let Some((body, officer, scopes)) = row else { return Ok(None) };
            Ok(people::by_id(q, officer)?.map(|officer| (body, officer, scopes)))
        });
        let Some((body, officer, scopes)) = found.await? else { return Ok(None) };
        let scopes: Vec<Scope> = scopes.split_whitespace().filter_map(Scope::parse).collect();
        if !officer.active || !scopes.contains(&Scope::DocumentsWrite) {
            return Ok(None);
        }
        let key = self.body_keys(body).await?.secret(&name_of(id));
        Ok(Some((Caller { scopes, body, ..people::caller_of(&officer) }, key)))
    }

    /// Remembers that a request came; false when it had come before.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn first_time(&self, body: i64, key_id: &str, nonce: &str, until: Moment) -> Result<bool, Fail> {
        let hash = Sha256::digest(format!("{key_id}\n{nonce}")).to_vec();
        let kept = move |tx: &mut Tx<'_>| tx.execute(&NONCE, params![hash, body, until.millis()]);
        Ok(self.write(Lane::People, kept).await? > 0)
    }
}

/// Forgets requests that are too old to be taken anyway.
pub(crate) fn sweep(tx: &mut Tx<'_>, now: Moment) -> Result<(), Fault> {
    tx.execute(&FORGET, params![now.millis()]).map(drop)
}
