//! 公开证明: everything that is needed to check by oneself that a text is in the log unchanged.

use law::Moment;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::check::included;
use super::checkpoint::Checkpoint;
use super::note::{NoteFault, PublicKey};
use super::tree::{entry, leaf_hash};
use super::{hex, unhex};

/// A proof as it is handed out: hashes in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Number of the leaf, from 0.
    pub leaf_index: u64,
    /// Its hash.
    pub leaf_hash: String,
    /// How many leaves the log had.
    pub tree_size: u64,
    /// Its root.
    pub root: String,
    /// The way from the leaf to the root.
    pub inclusion: Vec<String>,
    /// The signed checkpoint of that size.
    pub checkpoint: String,
    /// What the text was salted with.
    pub salt: String,
    /// The text as it was published.
    pub canonical: String,
}

/// What is wrong with a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is no proof.
    Form,
    /// Text and salt do not give the leaf.
    Content,
    /// The leaf is not where the proof says.
    Path,
    /// Root or size are not those of the checkpoint.
    Root,
    /// The checkpoint itself.
    Note(NoteFault),
}

impl Broken {
    /// A code for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Broken::Form => "form",
            Broken::Content => "content",
            Broken::Path => "inclusion",
            Broken::Root => "root",
            Broken::Note(NoteFault::Form) => "checkpoint",
            Broken::Note(NoteFault::OtherKey) => "key",
            Broken::Note(NoteFault::Signature) => "signature",
        }
    }

    /// What it means.
    pub const fn sentence(self) -> &'static str {
        match self {
            Broken::Form => "这不是公开证明，或者没有存全。请从原网页重新下载证明文件。",
            Broken::Content => "内容与登记时的不符：正文、标题、日期或者盐值被改动过，哪怕只改一个字也是如此。",
            Broken::Path => "内容不在证明所说的位置：序号或者路径被改动过，或者日志里没有它。",
            Broken::Root => "证明里的根或者条数与检查点不符：两者被改动过，或者不属于同一时刻。",
            Broken::Note(fault) => fault.sentence(),
        }
    }
}

/// What a sound proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The checkpoint under which the text stands.
    pub checkpoint: Checkpoint,
    /// The key that signed it. Unless it was given, whose it is has to be learnt elsewhere.
    pub key: PublicKey,
    /// SHA-256 of the text, hex: the fingerprint that pages show.
    pub fingerprint: String,
    /// When the text says that it was published.
    pub published_at: Option<Moment>,
    /// Its title, where it has one.
    pub title: Option<String>,
}

/// What a published text says of itself.
#[derive(Deserialize)]
struct Told {
    title: Option<String>,
    published_at: Option<Moment>,
}

impl Proof {
    /// Reads a proof file.
    ///
    /// # Errors
    /// [`Broken::Form`].
    pub fn parse(text: &str) -> Result<Proof, Broken> {
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| Broken::Form)
    }

    /// The proof as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks everything: text → leaf → root → checkpoint → signature of `key`, or without one of
    /// the key that the checkpoint names.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn check(&self, key: Option<&PublicKey>) -> Result<Checked, Broken> {
        let (leaf, root) = (unhex(&self.leaf_hash).ok_or(Broken::Form)?, unhex(&self.root).ok_or(Broken::Form)?);
        let salt = unhex(&self.salt).ok_or(Broken::Form)?;
        let path = self.inclusion.iter().map(|step| unhex(step)).collect::<Option<Vec<_>>>().ok_or(Broken::Form)?;
        if leaf_hash(&entry(&salt, &self.canonical)) != leaf {
            return Err(Broken::Content);
        }
        if !included(&leaf, self.leaf_index, self.tree_size, &path, &root) {
            return Err(Broken::Path);
        }
        let own = match key {
            Some(key) => key.clone(),
            None => Checkpoint::own_key(&self.checkpoint).map_err(Broken::Note)?,
        };
        let checkpoint = Checkpoint::open(&self.checkpoint, &own).map_err(Broken::Note)?;
        if (checkpoint.size, checkpoint.root) != (self.tree_size, root) {
            return Err(Broken::Root);
        }
        let told: Option<Told> = serde_json::from_str(&self.canonical).ok();
        let (title, published_at) = told.map_or((None, None), |told| (told.title, told.published_at));
        let fingerprint = hex(&Sha256::digest(&self.canonical));
        Ok(Checked { checkpoint, key: own, fingerprint, published_at, title })
    }
}
