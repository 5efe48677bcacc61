//! 防篡改: what is served is what was published. Before an edition is shown its text is held against
//! its hash and its commitment in the log; an altered one is put back from its second copy, or not
//! shown, and an alarm is raised either way.

use law::Moment;
use publication::log::{Hash, entry};
use sha2::{Digest, Sha256};

use super::kind;
use crate::fail::Fail;
use crate::office::Office;
use crate::row::hex;
use crate::store::{Fault, Lane, Query, Tx};
use crate::{audit, feed, params, statements};

statements! {
    ROW = "select e.body_id, e.content, e.hash, e.title, e.salt, e.published_at, l.entry, e.state from edition e left join log_leaf l on l.log = 'public' and l.kind = $1 and l.ref = e.id where e.id = $2";
    COPIED = "select content from edition_copy where edition_id = $1";
    COPY = "insert into edition_copy (edition_id, content) values ($1, $2) on conflict (edition_id) do nothing";
    FORGET = "delete from edition_copy where edition_id = $1";
    RESTORE = "update edition set content = $1, hash = $2, title = $3, published_at = $4 where id = $5";
}

/// An alarm about the same edition is raised again after this many milliseconds.
const AGAIN_MS: i64 = 3_600_000;

struct Row {
    body: i64,
    content: String,
    hash: String,
    title: String,
    salt: Option<Vec<u8>>,
    published_at: i64,
    /// Its commitment in the log, once it is sealed.
    entry: Option<Hash>,
    public: bool,
}

/// What a published text says of itself; the columns beside it must say the same.
#[derive(serde::Deserialize)]
struct Told {
    title: String,
    published_at: Moment,
}

/// SHA-256 of a published text, hex.
pub(crate) fn fingerprint(content: &str) -> String {
    hex(&Sha256::digest(content))
}

impl Row {
    /// Whether `content` is what was published here. An edition whose salt was destroyed has only its
    /// hash to speak for it.
    fn committed(&self, content: &str) -> bool {
        match (&self.entry, &self.salt) {
            (Some(sealed), Some(salt)) => entry(salt, content) == *sealed,
            _ => fingerprint(content) == self.hash,
        }
    }

    fn sound(&self) -> bool {
        let told: Option<Told> = serde_json::from_str(&self.content).ok();
        let beside =
            told.is_some_and(|told| told.title == self.title && told.published_at.millis() == self.published_at);
        beside && fingerprint(&self.content) == self.hash && self.committed(&self.content)
    }
}

fn row(q: &mut Query<'_>, id: i64) -> Result<Option<Row>, Fault> {
    q.row(&ROW, params![kind::EDITION, id], |row| {
        let sealed: Option<Vec<u8>> = row.get(6)?;
        Ok(Row {
            body: row.get(0)?,
            content: row.get(1)?,
            hash: row.get(2)?,
            title: row.get(3)?,
            salt: row.get(4)?,
            published_at: row.get(5)?,
            entry: sealed.map(|bytes| Hash::try_from(bytes).unwrap_or_default()),
            public: matches!(row.get::<String>(7)?.as_str(), "public" | "superseded"),
        })
    })
}

/// Keeps the second copy of an edition that is as it was published.
pub(crate) fn copy(tx: &mut Tx<'_>, id: i64) -> Result<(), Fault> {
    match row(tx, id)? {
        Some(row) if row.public && row.sound() => tx.execute(&COPY, params![id, &row.content]).map(drop),
        _ => Ok(()),
    }
}

/// Destroys the second copy of an edition: part of an emergency take-down.
///
/// # Errors
/// The store's fault.
pub fn forget_copy(tx: &mut Tx<'_>, id: i64) -> Result<(), Fault> {
    tx.execute(&FORGET, params![id]).map(drop)
}

impl Office {
    /// Makes sure that an edition is as it was published: altered, it is put back from the second
    /// copy, and the alarm is raised. Answers whether it was put back, and has to be read again.
    ///
    /// # Errors
    /// A fault when there is no true copy: the text must not be served.
    pub(crate) async fn intact(&self, id: i64) -> Result<bool, Fail> {
        let sound = self.read(move |q| Ok(row(q, id)?.is_none_or(|row| row.sound()))).await?;
        if sound {
            return Ok(false);
        }
        let now = self.now();
        if self.write(Lane::People, move |tx| mend(tx, id, now)).await? {
            return Ok(true);
        }
        Err(Fail::Fault(Fault::Shape(format!("edition {id} is not what was published"))))
    }
}

/// Puts an altered edition back, if a true copy exists; answers whether it is sound now.
fn mend(tx: &mut Tx<'_>, id: i64, now: Moment) -> Result<bool, Fault> {
    let Some(row) = row(tx, id)? else { return Ok(false) };
    if row.sound() {
        return Ok(true);
    }
    let (body, target) = (row.body, format!("edition {id}"));
    let Some((content, told)) = true_copy(tx, id, &row)? else {
        alarm(tx, body, now, "edition_altered", &target)?;
        return Ok(false);
    };
    let published = told.published_at.millis();
    tx.execute(&RESTORE, params![&content, fingerprint(&content), &told.title, published, id])?;
    feed::note(tx, "edition", id, body)?;
    alarm(tx, body, now, "edition_restored", &target)?;
    Ok(true)
}

/// The second copy, when it is what was published.
fn true_copy(tx: &mut Tx<'_>, id: i64, row: &Row) -> Result<Option<(String, Told)>, Fault> {
    let copy = tx.row(&COPIED, params![id], |found| found.get::<String>(0))?;
    let copy = copy.filter(|content| row.committed(content));
    Ok(copy.and_then(|content| Some((content.clone(), serde_json::from_str(&content).ok()?))))
}

/// On record and on stderr, at most once an hour for one edition.
fn alarm(tx: &mut Tx<'_>, body: i64, now: Moment, act: &str, target: &str) -> Result<(), Fault> {
    let last = audit::of_target(tx, body, target, i64::MAX, 1)?;
    if last.iter().any(|record| record.act == act && now.millis() - record.at.millis() < AGAIN_MS) {
        return Ok(());
    }
    audit::note(tx, body, now, -1, act, target, "")?;
    let outcome =
        if act == "edition_restored" { "已由备份副本恢复" } else { "没有可用的副本，已停止显示" };
    eprintln!("告警：{target} 的内容与发布时不符，{outcome}。请核查数据库的访问记录，运行 mingtang audit verify。");
    Ok(())
}
