//! What people typed before they sent it: sealed under their body's key for a day, so that a reload,
//! a look at another page, a restart or another process loses nothing. Found only by the token of
//! the browser that typed it, of which a keyed hash is stored.

use std::collections::BTreeMap;

use law::Moment;

use crate::fail::Fail;
use crate::office::Office;
use crate::store::{Fault, Lane, Tx};
use crate::{params, statements};

statements! {
    GET = "select sealed from draft where hash = $1 and ends_at > $2";
    PUT = "insert into draft (hash, body_id, sealed, ends_at) values ($1, $2, $3, $4) on conflict (hash) do update set sealed = excluded.sealed, ends_at = excluded.ends_at";
    DROP = "delete from draft where hash = $1";
    ENDED = "delete from draft where ends_at <= $1";
    OLDEST = "delete from draft where ends_at < (select ends_at from draft order by ends_at desc limit 1 offset $1)";
}

/// How long a draft is kept.
const KEPT_HOURS: i64 = 24;
/// Longest draft in bytes: several times what every form may hold. A longer one is not kept; the
/// page that was sent still carries it.
const LONGEST: usize = 64 << 10;
/// Most drafts at once; the oldest go first.
const MOST: u32 = 20_000;

impl Office {
    /// What this visitor typed in the form that starts at `form`; nothing when there is no draft.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn draft(&self, body: i64, visitor: &str, form: &str) -> Result<BTreeMap<String, String>, Fail> {
        let (keys, now) = (self.body_keys(body).await?, self.now());
        let hash = keys.request(&[b"draft", visitor.as_bytes(), form.as_bytes()]);
        let sealed = self.read(move |q| q.row(&GET, params![hash, now.millis()], |row| row.get::<Vec<u8>>(0)));
        let Some(sealed) = sealed.await? else { return Ok(BTreeMap::new()) };
        let answers = serde_json::from_slice(&keys.open(&sealed)?);
        Ok(answers.map_err(|error| Fault::Shape(format!("draft: {error}")))?)
    }

    /// Keeps what was typed.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn keep_draft(
        &self,
        body: i64,
        visitor: &str,
        form: &str,
        answers: &BTreeMap<String, String>,
    ) -> Result<(), Fail> {
        let keys = self.body_keys(body).await?;
        let hash = keys.request(&[b"draft", visitor.as_bytes(), form.as_bytes()]);
        let plain = serde_json::to_vec(answers).map_err(|error| Fault::Shape(format!("draft: {error}")))?;
        if plain.len() > LONGEST {
            return Ok(());
        }
        let (sealed, ends) = (keys.seal(&plain), self.now().plus_hours(KEPT_HOURS));
        self.write(Lane::People, move |tx| tx.execute(&PUT, params![hash, body, sealed, ends.millis()]).map(drop)).await
    }

    /// Forgets a draft: it was sent.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn forget_draft(&self, body: i64, visitor: &str, form: &str) -> Result<(), Fail> {
        let keys = self.body_keys(body).await?;
        let hash = keys.request(&[b"draft", visitor.as_bytes(), form.as_bytes()]);
        self.write(Lane::People, move |tx| tx.execute(&DROP, params![hash]).map(drop)).await
    }
}

/// Removes drafts past their day, and the oldest when there are too many.
pub(crate) fn sweep(tx: &mut Tx<'_>, now: Moment) -> Result<(), Fault> {
    tx.execute(&ENDED, params![now.millis()])?;
    tx.execute(&OLDEST, params![MOST]).map(drop)
}
