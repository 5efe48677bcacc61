//! Attachments: type sniffed, pictures freed of their hidden data, sealed under the matter's key.
//! A private file has a random id; nothing of it stands in plain on the disk.

use std::path::PathBuf;

use intake::inside::Inside;
use matter::{Kind, Procedure, Step, Value};
use sha2::{Digest, Sha256};

use crate::fail::{Fail, FieldError};
use crate::keys::MatterKey;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query, Tx};
use crate::view::FileView;
use crate::{audit, document, hits, params, statements};

statements! {
    INSERT = "insert into file (id, public_id, body_id, matter_id, element, sealed_name, kind, size, path, content_hash, state, made_at, sealed_hash, sealed_found) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'kept', $11, $12, $13)";
    OF_MATTER = "select id, public_id, sealed_name, kind, size, path, matter_id, sealed_found from file where matter_id = $1 order by id";
    BY_PUBLIC = "select id, public_id, sealed_name, kind, size, path, matter_id, sealed_found from file where public_id = $1 and body_id = $2";
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The name it had.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Files with what was seen in them.
pub(crate) struct Sent<'a> {
    pub files: Vec<Upload>,
    /// In the order of the files; empty where nobody looked.
    pub looked: &'a [Inside],
}

/// Where files are attached.
pub(crate) struct Place<'a> {
    pub body: i64,
    pub matter: i64,
    pub procedure: &'a Procedure,
    pub step: &'a Step,
    /// All of the files or none.
    pub whole: bool,
}

/// One stored file, still without its row.
struct Stored {
    id: i64,
    public_id: String,
    sealed_name: Vec<u8>,
    media: String,
    size: i64,
    path: String,
    hash: Vec<u8>,
    /// SHA-256 of the bytes, sealed: what an edition will name.
    sealed_hash: Vec<u8>,
    /// What the machine found in it, sealed; none where nobody looks.
    sealed_found: Option<Vec<u8>>,
}

/// The files of an act, sealed on disk before the transaction that names them.
pub(crate) struct Attached {
    body: i64,
    matter: i64,
    element: String,
    at: i64,
    stored: Vec<Stored>,
    /// Files that were not taken, and why.
    pub refused: Vec<FieldError>,
    /// The matter's key.
    pub key: MatterKey,
}

impl Attached {
    /// The value of the files' element, if any file was taken.
    pub(crate) fn value(&self) -> Option<(String, Value)> {
        let ids: Vec<i64> = self.stored.iter().map(|file| file.id).collect();
        (!ids.is_empty()).then(|| (self.element.clone(), Value::Files(ids)))
    }

    /// Writes the rows.
    pub(crate) fn write(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        for file in &self.stored {
            tx.execute(
                &INSERT,
                params![
                    file.id,
                    &file.public_id,
                    self.body,
                    self.matter,
                    &self.element,
                    &file.sealed_name,
                    &file.media,
                    file.size,
                    &file.path,
                    &file.hash,
                    self.at,
                    &file.sealed_hash,
                    file.sealed_found.clone()
                ],
            )?;
        }
        Ok(())
    }
}

impl Office {
    /// Checks and seals what was sent. A file that cannot be taken is told, never silently dropped; with
    /// `whole`, and in every document, nothing is kept then. What was seen in a document's files stays with
    /// them.
    pub(crate) fn attach(&self, place: Place<'_>, key: MatterKey, sent: Sent<'_>) -> Result<Attached, Fail> {
        let Place { body, matter, procedure, step, whole } = place;
        let official = document::element(procedure).is_some();
        let names = step.needs.iter().chain(&step.takes);
        let mut files = names.filter_map(|name| procedure.element(name)).filter(|one| one.kind == Kind::Files);
        let element = files.next().map(|one| one.id.clone()).unwrap_or_default();
        let at = self.now().millis();
        let mut attached = Attached { body, matter, element, at, stored: Vec::new(), refused: Vec::new(), key };
        if whole || official {
            let refused: Vec<FieldError> = refused(&sent.files, &attached.element);
            if !refused.is_empty() {
                return Err(Fail::Invalid(refused));
            }
        }
        for (at, upload) in sent.files.iter().enumerate() {
            if attached.element.is_empty() {
                attached.refused.push(FieldError::new("files", "这一步不收附件，请在“补充材料”里上传。"));
                continue;
            }
            match accept(upload, attached.stored.len()) {
                Ok((kind, bytes)) => {
                    let name = intake::file::safe_name(&upload.name, kind);
                    let mut stored = self.keep(&attached.key, &name, kind.media_type(), &bytes)?;
                    if let Some(inside) = sent.looked.get(at).filter(|_| official) {
                        // A picture is kept without its hidden data: what was seen in it is gone.
                        let found = if kind.is_picture() { Vec::new() } else { hits::found(inside) };
                        let json = serde_json::to_string(&found).map_err(|error| Fault::Shape(error.to_string()))?;
                        stored.sealed_found = Some(attached.key.seal(json.as_bytes()));
                    }
                    attached.stored.push(stored);
                }
                Err(refusal) => attached.refused.push(FieldError::new(&attached.element, refusal.sentence)),
            }
        }
        Ok(attached)
    }

    fn keep(&self, key: &MatterKey, name: &str, media: &str, bytes: &[u8]) -> Result<Stored, Fail> {
        let public_id = self.house().random.public_id();
        let path = format!("{}/{public_id}", public_id.get(..2).unwrap_or("00"));
        let full = self.file_path(&path);
        let sealed = key.seal(bytes);
        let write = || -> std::io::Result<()> {
            use std::io::Write;
            if let Some(folder) = full.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::File::create_new(&full)?;
            file.write_all(&sealed)?;
            file.sync_all()
        };
        write().map_err(|error| Fail::Fault(Fault::files(&full, &error)))?;
        Ok(Stored {
            id: self.store.new_id()?,
            public_id,
            sealed_name: key.seal(name.as_bytes()),
            media: media.to_owned(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            path,
            hash: Sha256::digest(&sealed).to_vec(),
            sealed_hash: key.seal(publication::sha256(bytes).as_bytes()),
            sealed_found: None,
        })
    }

    pub(crate) fn file_path(&self, path: &str) -> PathBuf {
        self.data().join("files").join(path)
    }

    /// An attached file, for those who may see its matter; the reading is recorded.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a file that is not there or of a matter the caller may not see.
    pub async fn file_bytes(&self, caller: &Caller, public_id: &str) -> Result<(FileView, Vec<u8>), Fail> {
        let (body, wanted) = (caller.body, public_id.to_owned());
        let row = self.read(move |q| q.row(&BY_PUBLIC, params![wanted, body], raw)).await?.ok_or(Fail::NotFound)?;
        let (_, key) = self.matter_and_key(caller, row.matter).await?;
        let full = self.file_path(&row.path);
        let sealed = std::fs::read(&full).map_err(|error| Fault::files(&full, &error))?;
        let bytes = key.open(&sealed)?;
        if caller.is_officer() {
            let (actor, now, target) = (caller.actor, self.now(), format!("matter {} file", row.matter));
            let note = move |tx: &mut Tx<'_>| audit::note(tx, body, now, actor, "read", &target, "");
            self.write(crate::store::Lane::People, note).await?;
        }
        Ok((row.view(&key), bytes))
    }
}

/// The files that cannot be taken, and why.
fn refused(files: &[Upload], element: &str) -> Vec<FieldError> {
    let why = |(at, file): (usize, &Upload)| accept(file, at).err();
    files.iter().enumerate().filter_map(why).map(|refusal| FieldError::new(element, refusal.sentence)).collect()
}

/// What is kept of an upload: a picture without its hidden data, anything else as it came.
fn accept(upload: &Upload, already: usize) -> Result<(intake::file::Kind, Vec<u8>), intake::Refusal> {
    intake::file::check_count(already, 1)?;
    let kind = intake::file::sniff(&upload.bytes, &upload.name)?;
    let bytes = if kind.is_picture() { intake::picture::strip(&upload.bytes, kind)? } else { upload.bytes.clone() };
    Ok((kind, bytes))
}

/// A row of the table.
pub(crate) struct Raw {
    id: i64,
    public_id: String,
    sealed_name: Vec<u8>,
    media: String,
    size: i64,
    path: String,
    matter: i64,
    found: Option<Vec<u8>>,
}

impl Raw {
    pub(crate) fn public_id(&self) -> &str {
        &self.public_id
    }

    pub(crate) const fn row(&self) -> i64 {
        self.id
    }

    /// What was found in it, sealed.
    pub(crate) fn found(&self) -> Option<&[u8]> {
        self.found.as_deref()
    }

    pub(crate) fn view(&self, key: &MatterKey) -> FileView {
        FileView {
            id: self.public_id.clone(),
            row: self.id,
            name: key.open_text(&self.sealed_name).unwrap_or_default(),
            media: self.media.clone(),
            size: self.size,
            matter: self.matter,
        }
    }
}

fn raw(row: &crate::store::Row<'_>) -> Result<Raw, Fault> {
    Ok(Raw {
        id: row.get(0)?,
        public_id: row.get(1)?,
        sealed_name: row.get(2)?,
        media: row.get(3)?,
        size: row.get(4)?,
        path: row.get(5)?,
        matter: row.get(6)?,
        found: row.get(7)?,
    })
}

/// The files of a matter.
pub(crate) fn of_matter(query: &mut Query<'_>, matter: i64) -> Result<Vec<Raw>, Fault> {
    query.rows(&OF_MATTER, params![matter], raw)
}
