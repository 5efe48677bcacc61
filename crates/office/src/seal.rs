//! Sealed bytes: an algorithm byte, the key's id, a nonce, and AES-256-GCM ciphertext with its tag.
//!
//! The header is bound into the seal, so bytes moved to another key or altered do not open. The
//! nonce is a keyed hash of the text (as in synthetic-IV encryption): equal texts of one matter
//! seal alike, which tells nothing that the keyed hash in the event does not, and no nonce can
//! ever meet two texts, whatever the machine's randomness is worth.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::store::Fault;

/// AES-256-GCM. SM4-GCM will be another number.
const AES_256_GCM: u8 = 1;
const HEADER: usize = 9;
const NONCE: usize = 12;

/// Key material; never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// HMAC-SHA256 of `parts`, each with its length, so that no two lists of parts collide.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC itself fills a short key up with zeros to its block.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.0.into())
    }
}

/// Seals bytes under the key `id`.
pub(crate) fn seal(key: &Secret, id: i64, plain: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(HEADER + NONCE + plain.len() + 16);
    sealed.push(AES_256_GCM);
    sealed.extend(id.to_be_bytes());
    let digest = key.mac(&[b"nonce", &sealed, plain]);
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&digest[..NONCE]);
    let payload = Payload { msg: plain, aad: &sealed };
    // Encryption fails only beyond 64 GiB, far above what is ever given here.
    let cipher = key.cipher().encrypt(&Nonce::from(nonce), payload).unwrap_or_default();
    sealed.extend(nonce);
    sealed.extend(cipher);
    sealed
}

/// Which key seals these bytes.
///
/// # Errors
/// [`Fault::Seal`] when they are not sealed bytes.
pub(crate) fn key_of(sealed: &[u8]) -> Result<i64, Fault> {
    match sealed.get(..HEADER) {
        Some([AES_256_GCM, id @ ..]) => {
            id.try_into().map(i64::from_be_bytes).map_err(|_| Fault::Seal("damaged header"))
        }
        Some(_) => Err(Fault::Seal("unknown algorithm")),
        None => Err(Fault::Seal("too short")),
    }
}

/// Opens sealed bytes.
///
/// # Errors
/// [`Fault::Seal`] for another key or altered bytes.
pub(crate) fn open(key: &Secret, id: i64, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
    if key_of(sealed)? != id {
        return Err(Fault::Seal("sealed under another key"));
    }
    let (Some(header), Some(nonce), Some(cipher)) =
        (sealed.get(..HEADER), sealed.get(HEADER..HEADER + NONCE), sealed.get(HEADER + NONCE..))
    else {
        return Err(Fault::Seal("too short"));
    };
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Fault::Seal("too short"))?;
    key.cipher()
        .decrypt(&Nonce::from(nonce), Payload { msg: cipher, aad: header })
        .map_err(|_| Fault::Seal("wrong key or altered bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Secret = Secret([7; 32]);

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_unaltered() {
        let sealed = seal(&KEY, 42, "路灯不亮".as_bytes());
        assert_eq!(open(&KEY, 42, &sealed), Ok("路灯不亮".as_bytes().to_vec()));
        assert_eq!(key_of(&sealed), Ok(42));
        assert!(open(&Secret([8; 32]), 42, &sealed).is_err());
        assert!(open(&KEY, 43, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(open(&KEY, 42, &altered).is_err(), "byte {at} may be altered unseen");
        }
        for length in 0..sealed.len() {
            assert!(open(&KEY, 42, &sealed[..length]).is_err());
        }
    }

    #[test]
    fn moved_to_another_key_id_it_does_not_open() {
        let mut moved = seal(&KEY, 42, b"text");
        moved[8] = 43;
        assert!(open(&KEY, 43, &moved).is_err());
    }

    #[test]
    fn different_texts_never_share_a_nonce() {
        let nonce = |text: &[u8]| seal(&KEY, 1, text)[HEADER..HEADER + NONCE].to_vec();
        assert_ne!(nonce(b"a"), nonce(b"b"));
        assert_ne!(KEY.mac(&[b"a", b"bc"]), KEY.mac(&[b"ab", b"c"]));
    }

    #[test]
    fn a_key_is_never_shown() {
        assert_eq!(format!("{KEY:?}"), "Secret(…)");
    }
}
