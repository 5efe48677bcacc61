//! Keys: one master key outside the database, which wraps one key per matter, two per
//! body and one per log.
//! Erasing a person's matter destroys its key; what was sealed under it is then gone for good.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use law::Moment;
use publication::log::SigningKey;

use crate::clock::Random;
use crate::seal::{self, Secret};
use crate::store::{Fault, Query, Tx, Value};
use crate::{params, statements};

statements! {
    KEEP = "insert into secret (id, kind, wrapped) values ($1, $2, $3)";
    GET = "select wrapped from secret where id = $1";
    OF_BODY = "select search_key, hash_key from body where id = $1";
    ERASE = "update secret set wrapped = null, erased_at = $1 where id = $2 and wrapped is not null";
}

/// Names the file of the master key when it lies outside the data directory.
pub const MASTER_KEY_FILE: &str = "MINGTANG_MASTER_KEY_FILE";

/// The master key.
#[derive(Clone, Debug)]
pub struct Keys {
    master: Secret,
}

/// A key of a body with its id.
#[derive(Clone, Debug)]
pub struct BodyKey {
    /// Id in the table of keys.
    pub id: i64,
    secret: Secret,
}

/// What a statement stores of a key is its id.
impl From<BodyKey> for Value<'_> {
    fn from(key: BodyKey) -> Self {
        Self::I64(key.id)
    }
}

/// The keys under which a body finds what is sealed.
#[derive(Clone, Debug)]
pub struct BodyKeys {
    /// For names, numbers and texts.
    pub search: BodyKey,
    /// For query codes and whatever else must only be recognised.
    pub hash: BodyKey,
}

/// The key of a matter: its typed texts, parties and files are sealed under it.
#[derive(Clone, Debug)]
pub struct MatterKey {
    id: i64,
    secret: Secret,
}

impl Keys {
    /// Reads the master key, from the file that [`MASTER_KEY_FILE`] names or from `master.key` in
    /// the data directory. A missing one is made, for its owner only, when `create` is set.
    ///
    /// # Errors
    /// [`Fault::Missing`] without a key, [`Fault::Files`] for one that cannot be read or written.
    pub fn open(data: &Path, create: bool, random: &dyn Random) -> Result<Self, Fault> {
        let outside = std::env::var_os(MASTER_KEY_FILE).map(PathBuf::from);
        let path = outside.unwrap_or_else(|| data.join("master.key"));
        match std::fs::File::open(&path) {
            Ok(mut file) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(|e| Fault::files(&path, &e))?;
                let master = unhex(text.trim())
                    .ok_or_else(|| Fault::Files(format!("{}: not a key of 64 hexadecimal digits", path.display())))?;
                Ok(Self { master: Secret(master) })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && create => {
                let master: [u8; 32] = random.bytes();
                write_new(&path, &hex(&master)).map_err(|e| Fault::files(&path, &e))?;
                Ok(Self { master: Secret(master) })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Fault::Missing(format!("master key {}", path.display())))
            }
            Err(error) => Err(Fault::files(&path, &error)),
        }
    }

    /// A fresh key for a matter and its wrapped form, which [`Keys::keep`] stores in the transaction
    /// that opens the matter. Its id is the matter's.
    pub fn new_matter(&self, matter: i64, random: &dyn Random) -> (MatterKey, Vec<u8>) {
        let secret = Secret(random.bytes());
        let wrapped = seal::seal(&self.master, matter, &secret.0);
        (MatterKey { id: matter, secret }, wrapped)
    }

    /// Stores a wrapped key.
    ///
    /// # Errors
    /// The store's fault; [`Fault::Duplicate`] when there is a key of this id.
    pub fn keep(tx: &mut Tx<'_>, id: i64, kind: &str, wrapped: &[u8]) -> Result<(), Fault> {
        tx.execute(&KEEP, params![id, kind, wrapped]).map(drop)
    }

    /// The key of a matter. Whoever opens text with it records who, what and why
    /// ([`crate::audit::note`]) first.
    ///
    /// # Errors
    /// [`Fault::Erased`] after erasure, [`Fault::Absent`] when there never was one.
    pub fn matter(&self, query: &mut Query<'_>, matter: i64) -> Result<MatterKey, Fault> {
        let wrapped = wrapped(query, matter)?;
        Ok(MatterKey { id: matter, secret: self.unwrap(matter, &wrapped)? })
    }

    /// Makes and stores the keys of a new body.
    ///
    /// # Errors
    /// The store's fault.
    pub fn make_body(&self, tx: &mut Tx<'_>, random: &dyn Random) -> Result<BodyKeys, Fault> {
        let mut make = |kind: &str| {
            let (id, secret) = (tx.new_id()?, Secret(random.bytes()));
            let wrapped = seal::seal(&self.master, id, &secret.0);
            Self::keep(tx, id, kind, &wrapped)?;
            Ok::<_, Fault>(BodyKey { id, secret })
        };
        Ok(BodyKeys { search: make("search")?, hash: make("hash")? })
    }

    /// The keys of a body.
    ///
    /// # Errors
    /// The store's fault; [`Fault::Seal`] under another master key.
    pub fn body(&self, query: &mut Query<'_>, body: i64) -> Result<BodyKeys, Fault> {
        let ids = query.row(&OF_BODY, params![body], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (search, hash): (i64, i64) = ids.ok_or(Fault::Absent("body"))?;
        let mut read = |id| {
            let wrapped = wrapped(query, id)?;
            Ok::<_, Fault>(BodyKey { id, secret: self.unwrap(id, &wrapped)? })
        };
        Ok(BodyKeys { search: read(search)?, hash: read(hash)? })
    }

    /// Makes and stores the key that a log of this name signs with; answers its id too.
    pub(crate) fn make_log(
        &self,
        tx: &mut Tx<'_>,
        random: &dyn Random,
        origin: &str,
    ) -> Result<(i64, SigningKey), Fault> {
        let (id, seed) = (tx.new_id()?, random.bytes());
        Self::keep(tx, id, "log", &seal::seal(&self.master, id, &seed))?;
        Ok((id, signing(origin, &seed)?))
    }

    /// The key that a log of this name signs with.
    pub(crate) fn log(&self, query: &mut Query<'_>, id: i64, origin: &str) -> Result<SigningKey, Fault> {
        let wrapped = wrapped(query, id)?;
        signing(origin, &self.unwrap(id, &wrapped)?.0)
    }

    fn unwrap(&self, id: i64, wrapped: &[u8]) -> Result<Secret, Fault> {
        let key = seal::open(&self.master, id, wrapped)
            .map_err(|_| Fault::Seal("this master key is not the one of this store"))?;
        key.try_into().map(Secret).map_err(|_| Fault::Seal("damaged key"))
    }
}

fn signing(origin: &str, seed: &[u8; 32]) -> Result<SigningKey, Fault> {
    SigningKey::from_seed(origin, seed).ok_or(Fault::Seal("not a key that signs"))
}

fn wrapped(query: &mut Query<'_>, id: i64) -> Result<Vec<u8>, Fault> {
    let found = query.row(&GET, params![id], |row| row.get::<Option<Vec<u8>>>(0))?;
    found.ok_or(Fault::Absent("key"))?.ok_or(Fault::Erased)
}

/// Destroys a key; answers whether there was one. The database's own remains of it go with the
/// next vacuum, and backups with their retention.
///
/// # Errors
/// The store's fault.
pub fn erase(tx: &mut Tx<'_>, id: i64, now: Moment) -> Result<bool, Fault> {
    Ok(tx.execute(&ERASE, params![now.millis(), id])? > 0)
}

impl BodyKeys {
    /// Seals what belongs to no matter yet.
    pub(crate) fn seal(&self, plain: &[u8]) -> Vec<u8> {
        seal::seal(&self.hash.secret, self.hash.id, plain)
    }

    /// Opens what [`BodyKeys::seal`] sealed.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        seal::open(&self.hash.secret, self.hash.id, sealed)
    }

    /// The keyed hash of a whole value, by which a matter is found again. Case, width and blanks do
    /// not count; what kind of value it is does.
    pub fn find(&self, kind: &str, value: &str) -> Vec<u8> {
        keyed(&self.search.secret, kind, value)
    }

    /// The keyed hash of a request, by which its repetition is told from another one.
    pub(crate) fn request(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.hash.secret.mac(&[&[b"request".as_slice()], parts].concat())[..16].to_vec()
    }

    /// Secret bytes that follow from a public name, such as a form's key.
    pub fn secret(&self, name: &str) -> [u8; 32] {
        self.hash.secret.mac(&[b"secret", name.as_bytes()])
    }
}

fn keyed(secret: &Secret, kind: &str, value: &str) -> Vec<u8> {
    let whole: String = text::normal::folded(value).chars().filter(|c| !c.is_whitespace()).collect();
    secret.mac(&[b"find", kind.as_bytes(), whole.as_bytes()])[..16].to_vec()
}

impl MatterKey {
    /// The key's id: the matter's.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Seals a text or a file.
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        seal::seal(&self.secret, self.id, plain)
    }

    /// Opens what was sealed.
    ///
    /// # Errors
    /// [`Fault::Seal`] for another key's seal or altered bytes.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        seal::open(&self.secret, self.id, sealed)
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// As for [`MatterKey::open`].
    pub fn open_text(&self, sealed: &[u8]) -> Result<String, Fault> {
        String::from_utf8(self.open(sealed)?).map_err(|_| Fault::Seal("not text"))
    }

    /// The keyed hash of a text, hex: what events hold in its place.
    pub fn hash(&self, text: &str) -> String {
        hex(&self.secret.mac(&[b"text", text.as_bytes()]))
    }
}

/// Writes a new file that only its owner may read.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (at, pair) in bytes.chunks(2).enumerate() {
        let pair = std::str::from_utf8(pair).ok()?;
        key[at] = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(key)
}
