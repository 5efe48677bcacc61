//! Files of editions: named by content hash when the edition is made, laid open on the disk by a job
//! after the commit, and served from there. And items whose public time is over.

use std::path::PathBuf;

use law::Moment;
use matter::{Kind as Form, Matter, Value};
use publication::{Attachment, sha256};

use crate::fail::Fail;
use crate::house::House;
use crate::job::{self, Job};
use crate::keys::MatterKey;
use crate::office::Office;
use crate::publish;
use crate::store::{Fault, Lane, Query, Tx};
use crate::{params, row, statements};

statements! {
    OF_MATTER = "select id, sealed_name, kind, size, sealed_hash from file where matter_id = $1 order by id";
    ATTACH = "insert into edition_file (edition_id, position, public_id, body_id, name, media, size, hash, file_id, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'due')";
    DUE = "select f.position, f.hash, f.file_id, s.path, s.matter_id from edition_file f join file s on s.id = f.file_id where f.edition_id = $1 and f.state = 'due'";
    LAID = "update edition_file set state = 'public' where edition_id = $1 and position = $2";
    SERVED = "select f.name, f.media, f.hash, f.state, e.state from edition_file f join edition e on e.id = f.edition_id where f.public_id = $1 and f.body_id in (select b.id from body b where b.id = $2 or b.host_id = $2)";
    STILL_NAMED = "select count(*) from edition_file where hash = $1";
    NOTE = "insert into unlink (id, body_id, hash) values ($1, $2, $3)";
    NOTED = "select hash from unlink where id = $1";
    DROP = "delete from unlink where id = $1";
    EXPIRED = "select id, body_id from edition where expires_on < $1 and state = 'public' limit 200";
}

/// Every file that a matter's document names now, each with its row.
pub(crate) fn all(q: &mut Query<'_>, matter: &Matter, key: &MatterKey) -> Result<Vec<(i64, Attachment)>, Fault> {
    let ids: Vec<i64> = matter
        .values
        .values()
        .flat_map(|value| match value {
            Value::Files(ids) => ids.clone(),
            _ => Vec::new(),
        })
        .collect();
    named(q, matter, &ids, key)
}

/// These files of a matter, in order, each with its row.
pub(crate) fn named(
    q: &mut Query<'_>,
    matter: &Matter,
    ids: &[i64],
    key: &MatterKey,
) -> Result<Vec<(i64, Attachment)>, Fault> {
    let rows = q.rows(&OF_MATTER, params![matter.id], |row| {
        Ok((
            row.get::<i64>(0)?,
            row.get::<Vec<u8>>(1)?,
            row.get::<String>(2)?,
            row.get::<i64>(3)?,
            row.get::<Option<Vec<u8>>>(4)?,
        ))
    })?;
    let mut files = Vec::new();
    for wanted in ids {
        let Some((id, name, media, size, hash)) = rows.iter().find(|(id, ..)| id == wanted) else { continue };
        let hash = hash.as_ref().ok_or(Fault::Absent("hash of the file"))?;
        files.push((
            *id,
            Attachment { name: key.open_text(name)?, media: media.clone(), size: *size, sha256: key.open_text(hash)? },
        ));
    }
    Ok(files)
}

/// Notes that a file is to leave the disk, unless an edition still names it. The job comes before all
/// others; a failure of power after the commit only makes it later.
pub(crate) fn unlink_later(tx: &mut Tx<'_>, body: i64, hash: &str) -> Result<(), Fault> {
    let named: i64 = tx.row(&STILL_NAMED, params![hash], |row| row.get(0))?.unwrap_or(0);
    if named > 0 {
        return Ok(());
    }
    let id = tx.new_id()?;
    tx.execute(&NOTE, params![id, body, hash])?;
    job::enqueue(tx, body, job::Kind::Unlink, id, Moment::from_millis(0))
}

/// Writes the rows of an edition's files; the bytes follow.
pub(crate) fn attach(
    tx: &mut Tx<'_>,
    house: &House,
    body: i64,
    edition: i64,
    files: &[(i64, Attachment)],
) -> Result<(), Fault> {
    for (position, (id, file)) in files.iter().enumerate() {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let row = params![
            edition,
            position,
            house.random.public_id(),
            body,
            &file.name,
            &file.media,
            file.size,
            &file.sha256,
            *id
        ];
        tx.execute(&ATTACH, row)?;
    }
    Ok(())
}

/// A file of an edition, as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicFile {
    /// Name for download.
    pub name: String,
    /// Media type.
    pub media: String,
    /// Its bytes, checked against the hash that the edition names.
    pub bytes: Vec<u8>,
}

impl Office {
    pub(crate) fn public_path(&self, hash: &str) -> PathBuf {
        self.data().join("public").join(hash.get(..2).unwrap_or("00")).join(hash)
    }

    /// Lays the files of an edition open: opened with the matter's key, checked, written by hash.
    pub(crate) fn lay_open(&self, job: &Job) -> Result<(), Fail> {
        let (edition, body, house) = (job.target, job.body, self.house().clone());
        let due = self.store.read_blocking(move |q| {
            let rows = q.rows(&DUE, params![edition], |row| {
                Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<String>(3)?, row.get::<i64>(4)?))
            })?;
            let mut due = Vec::new();
            for (position, hash, path, of) in rows {
                let matter = row::read(q, body, of)?.ok_or(Fault::Absent("matter"))?;
                let root = row::root(q, &matter)?;
                due.push((position, hash, path, house.keys.matter(q, root)?));
            }
            Ok(due)
        })?;
        let mut laid = Vec::new();
        for (position, hash, path, key) in due {
            let full = self.file_path(&path);
            let bytes = key.open(&std::fs::read(&full).map_err(|error| Fault::files(&full, &error))?)?;
            if sha256(&bytes) != hash {
                return Err(Fail::Fault(Fault::Shape(format!("a file of edition {edition} is not what was approved"))));
            }
            let target = self.public_path(&hash);
            write_whole(&target, &bytes).map_err(|error| Fault::files(&target, &error))?;
            laid.push((position, hash));
        }
        let job = job.clone();
        Ok(self.store.write_blocking(Lane::Bulk, move |tx| {
            for (position, hash) in laid {
                // Taken down while it was laid open.
                if tx.execute(&LAID, params![edition, position])? == 0 {
                    unlink_later(tx, body, &hash)?;
                }
            }
            job::done(tx, &job)
        })?)
    }

    /// Removes a file that was noted for it.
    pub(crate) fn unlink(&self, job: &Job) -> Result<(), Fail> {
        let id = job.target;
        let noted = self.store.read_blocking(move |q| {
            let Some(hash) = q.row(&NOTED, params![id], |row| row.get::<String>(0))? else { return Ok(None) };
            let named: i64 = q.row(&STILL_NAMED, params![&hash], |row| row.get(0))?.unwrap_or(0);
            Ok((named == 0).then_some(hash))
        })?;
        for path in noted.iter().map(|hash| self.public_path(hash)).flat_map(|path| [path.with_extension(PART), path]) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Fail::Fault(Fault::files(&path, &error)));
                }
                _ => {}
            }
        }
        let job = job.clone();
        Ok(self.store.write_blocking(Lane::Bulk, move |tx| {
            tx.execute(&DROP, params![id])?;
            job::done(tx, &job)
        })?)
    }

    /// A file of an edition that is public now.
    ///
    /// # Errors
    /// [`Fail::NotFound`]; our failure when the bytes are not those that were published.
    pub async fn public_file(&self, body: i64, public_id: &str) -> Result<PublicFile, Fail> {
        let id = public_id.to_owned();
        let found = self.read(move |q| {
            q.row(&SERVED, params![id, body], |row| {
                Ok((
                    row.get::<String>(0)?,
                    row.get::<String>(1)?,
                    row.get::<String>(2)?,
                    row.get::<String>(3)?,
                    row.get::<String>(4)?,
                ))
            })
        });
        let (name, media, hash, state, edition) = found.await?.ok_or(Fail::NotFound)?;
        if !matches!(edition.as_str(), "public" | "superseded") {
            return Err(Fail::NotFound);
        }
        if state != "public" {
            return Err(Fail::Fault(Fault::Busy));
        }
        let path = self.public_path(&hash);
        let bytes = std::fs::read(&path).map_err(|error| Fault::files(&path, &error))?;
        if sha256(&bytes) != hash {
            tracing::error!(%hash, "a published file was altered on the disk");
            return Err(Fail::Fault(Fault::Shape("a published file is not what was published".into())));
        }
        Ok(PublicFile { name, media, bytes })
    }

    /// Ends the items whose public time is over (公示期限届满).
    pub(crate) fn expire(&self) -> Result<bool, Fail> {
        let now = self.now();
        let today = now.date().to_string();
        let over = self.store.read_blocking(move |q| {
            q.rows(&EXPIRED, params![today], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))
        })?;
        let any = !over.is_empty();
        if any {
            self.store.write_blocking(Lane::Bulk, move |tx| {
                for (id, body) in over {
                    publish::end(tx, body, id, "expired", "公示期限届满", now)?;
                }
                Ok::<_, Fault>(())
            })?;
        }
        Ok(any)
    }
}

/// Extension of a file that is being written.
const PART: &str = "part";

/// Writes a file that is either whole or not there.
fn write_whole(target: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = target.with_extension(PART);
    let mut file = std::fs::File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(part, target)
}

/// The moment at which a matter's document is to be published by itself.
pub(crate) fn scheduled(matter: &Matter, procedure: &matter::Procedure) -> Option<Moment> {
    let element = procedure.elements.iter().find(|one| one.kind == Form::Moment && one.id == "publish_on")?;
    match matter.value(&element.id)? {
        Value::Moment(at) => Some(at),
        _ => None,
    }
}
