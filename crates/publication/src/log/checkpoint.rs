//! 检查点: how large the log was and what its root was, at a time, signed (C2SP tlog-checkpoint).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use law::Moment;

use super::Hash;
use super::note::{self, NoteFault, PublicKey, SigningKey};

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many leaves it had.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// When it was signed: an extension line `time` in milliseconds UTC.
    pub at: Option<Moment>,
}

impl Checkpoint {
    /// The checkpoint as a signed note. A second extension line carries the key, so that a saved
    /// proof can be checked by itself; whose key it is must be learnt elsewhere.
    pub fn sign(&self, key: &SigningKey) -> String {
        let time = self.at.map(|at| format!("time {}\n", at.millis())).unwrap_or_default();
        let root = STANDARD.encode(self.root);
        key.sign(&format!("{}\n{}\n{root}\n{time}vkey {}\n", self.origin, self.size, key.public()))
    }

    /// Reads a note that `key` signed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(note: &str, key: &PublicKey) -> Result<Checkpoint, NoteFault> {
        let checkpoint = Checkpoint::read(key.open(note)?).ok_or(NoteFault::Form)?;
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(NoteFault::Form) }
    }

    /// The key that a note names for itself.
    ///
    /// # Errors
    /// A note without one.
    pub fn own_key(note: &str) -> Result<PublicKey, NoteFault> {
        let (text, _) = note::halves(note)?;
        let named = text.lines().skip(3).find_map(|line| line.strip_prefix("vkey "));
        named.and_then(PublicKey::parse).ok_or(NoteFault::Form)
    }

    fn read(text: &str) -> Option<Checkpoint> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty())?.to_owned();
        let size = lines.next()?;
        let plain = size == "0" || (!size.starts_with('0') && size.bytes().all(|byte| byte.is_ascii_digit()));
        let size = size.parse().ok().filter(|_| plain)?;
        let root = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
        let mut at = None;
        for line in lines {
            if line.is_empty() {
                return None;
            }
            if let Some(time) = line.strip_prefix("time ") {
                at = Some(Moment::from_millis(time.parse().ok()?));
            }
        }
        Some(Checkpoint { origin, size, root, at })
    }
}
