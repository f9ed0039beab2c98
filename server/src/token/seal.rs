//! A key that seals what must be kept and opened again (AES-256-GCM), in a file that may lie apart from what it seals.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use super::key_file::KeyFileError;
use super::random::{self, NoRandomness};
use crate::config::data::DataDir;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const DIGITS: &str = "64 hexadecimal digits";

/// Seals and opens. Cannot be printed.
pub struct Seal {
    key: RandomizedNonceKey,
    path: PathBuf,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Something sealed does not open: it was sealed with another key, for something else, or was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed for {purpose} does not open with the key in {seal}")]
pub struct Unopened {
    /// What it was opened for.
    pub purpose: String,
    /// The file of the key.
    pub seal: String,
}

impl Seal {
    /// Reads the key, which must exist.
    ///
    /// # Errors
    /// When the file cannot be read, others may read it, or it is no key.
    pub fn load(data: &DataDir, path: &Path) -> Result<Self, KeyFileError> {
        let wrong = || KeyFileError::Digits { path: path.display().to_string(), expected: DIGITS };
        let key = from_digits(&data.read_private(path)?).ok_or_else(wrong)?;
        Ok(Self { key: aead(&key).ok_or_else(wrong)?, path: path.to_owned() })
    }

    /// Reads the key, or makes it when the file is missing.
    ///
    /// # Errors
    /// As [`Seal::load`], or when it cannot be written.
    pub fn load_or_make(data: &DataDir, path: &Path) -> Result<Self, KeyFileError> {
        if !path.exists() {
            data.write_private(path, digits(&*random::key()?).as_bytes())?;
        }
        Self::load(data, path)
    }

    /// Nonce, then ciphertext and tag. It opens for the same purpose only.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let mut text = secret.to_vec();
        let nonce = self.key.seal_in_place_append_tag(Aad::from(purpose), &mut text).map_err(|_| NoRandomness)?;
        let nonce: &[u8; NONCE_BYTES] = nonce.as_ref();
        Ok([nonce.as_slice(), text.as_slice()].concat())
    }

    /// What was sealed for this purpose.
    ///
    /// # Errors
    /// When it does not open.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let unopened = || Unopened { purpose: purpose.to_owned(), seal: self.path.display().to_string() };
        let (nonce, text) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(unopened)?;
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unopened())?;
        let length = self.key.open_in_place(nonce, Aad::from(purpose), &mut text).map_err(|_| unopened())?.len();
        text.truncate(length);
        Ok(text)
    }
}

/// AES-256-GCM with a key.
pub(super) fn aead(key: &[u8; KEY_BYTES]) -> Option<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, key).ok()
}

fn from_digits(text: &str) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let digits = text.trim().as_bytes();
    if digits.len() != 2 * KEY_BYTES {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    for (byte, pair) in key.iter_mut().zip(digits.as_chunks::<2>().0) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()?;
    }
    Some(key)
}

fn digits(key: &[u8; KEY_BYTES]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
    for byte in key {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
    text
}
