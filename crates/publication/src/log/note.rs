//! Signed notes (C2SP signed-note) with Ed25519: a text, a blank line, signature lines.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// Ed25519, as C2SP numbers it.
const ED25519_TYPE: u8 = 1;

/// Why a note is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteFault {
    /// It is no signed note or no checkpoint.
    Form,
    /// No signature of the key is on it.
    OtherKey,
    /// The signature does not fit the text.
    Signature,
}

impl NoteFault {
    /// What it means.
    pub const fn sentence(self) -> &'static str {
        match self {
            NoteFault::Form => "检查点不是约定的格式，可能没有存全，或者被改动过。",
            NoteFault::OtherKey => "检查点不是用这个日志的公钥签名的。",
            NoteFault::Signature => "检查点的签名不符，检查点被改动过。",
        }
    }
}

/// The key that a log signs with.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

/// The key that a log is checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    bytes: [u8; 32],
}

impl SigningKey {
    /// The key of this name that follows from 32 random bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Option<SigningKey> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let bytes = pair.public_key().as_ref().try_into().ok()?;
        Some(SigningKey { pair, public: PublicKey::new(name, bytes)? })
    }

    /// The key that others check with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signed note of a text that ends with a line end.
    pub fn sign(&self, text: &str) -> String {
        let mut signature = self.public.id().to_vec();
        signature.extend(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n— {} {}\n", self.public.name, STANDARD.encode(signature))
    }
}

impl PublicKey {
    fn new(name: &str, bytes: [u8; 32]) -> Option<PublicKey> {
        let named = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        named.then(|| PublicKey { name: name.to_owned(), bytes })
    }

    /// Reads `name+id+key` (a C2SP vkey).
    pub fn parse(text: &str) -> Option<PublicKey> {
        let (name, rest) = text.split_once('+')?;
        let (id, key) = rest.split_once('+')?;
        let key = STANDARD.decode(key).ok()?;
        let (kind, bytes) = key.split_first()?;
        let key = PublicKey::new(name, bytes.try_into().ok()?)?;
        (*kind == ED25519_TYPE && id == super::hex(&key.id())).then_some(key)
    }

    /// The name of the signer.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first bytes of the key's hash, by which signature lines name it.
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new().chain_update(&self.name).chain_update([b'\n', ED25519_TYPE]).chain_update(self.bytes);
        let hash: [u8; 32] = hash.finalize().into();
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// The text of a note that this key signed. Signatures of others (witnesses) are passed over.
    ///
    /// # Errors
    /// What is wrong with the note.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteFault> {
        let (text, signatures) = halves(note)?;
        let mut signed = Err(NoteFault::OtherKey);
        for line in signatures.lines() {
            let (name, signature) = signature_line(line).ok_or(NoteFault::Form)?;
            let Some((id, signature)) = signature.split_first_chunk::<4>() else { return Err(NoteFault::Form) };
            if name == self.name && *id == self.id() {
                let key = UnparsedPublicKey::new(&ED25519, &self.bytes);
                key.verify(text.as_bytes(), signature).map_err(|_| NoteFault::Signature)?;
                signed = Ok(text);
            }
        }
        signed
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519_TYPE];
        key.extend(self.bytes);
        write!(f, "{}+{}+{}", self.name, super::hex(&self.id()), STANDARD.encode(key))
    }
}

/// The text, its last line end included, and the signature lines.
pub(super) fn halves(note: &str) -> Result<(&str, &str), NoteFault> {
    let at = note.rfind("\n\n").ok_or(NoteFault::Form)?;
    let (text, rest) = note.split_at(at + 1);
    let signatures = rest.get(1..).filter(|lines| lines.ends_with('\n')).ok_or(NoteFault::Form)?;
    Ok((text, signatures))
}

fn signature_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    Some((name, STANDARD.decode(signature).ok()?))
}
