//! The master key of the invisible marks. It lies in the data directory sealed (AES-256-GCM) with a key that may lie
//! elsewhere; whatever marks a picture is derived from it when it is needed, and stored nowhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forensic::key::KEY_BYTES;
use forensic::{MasterKey, ProductionKey};
use pipelines::spec::watermark::ForensicKeys;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::key_file::KeyFileError;
use super::random;
use crate::config::data::DataDir;
use crate::domain::mark::MarksConfig;

/// What is sealed, so that nothing else is taken for it.
const PURPOSE: &[u8] = b"vitrine mark master 1";
const NONCE_BYTES: usize = 12;
const DIGITS: &str = "64 hexadecimal digits";

/// Gives each production and viewing its keys. Cannot be printed.
#[derive(Debug)]
pub struct MarkKeys {
    master: MasterKey,
}

impl MarkKeys {
    /// Opens the master key; makes it, and the key that seals it, when this is the first start.
    ///
    /// # Errors
    /// When a file cannot be read or written, others may read it, or the master key does not open.
    pub fn load_or_make(data: &DataDir, config: &MarksConfig) -> Result<Self, KeyFileError> {
        let (path, seal) = (data.mark_master(), seal_path(data, config));
        if !path.exists() {
            if !seal.exists() {
                data.write_private(&seal, digits(&*random::key()?).as_bytes())?;
            }
            let sealed = sealed(&*read_seal(data, &seal)?, &*random::key()?).ok_or(random::NoRandomness)?;
            data.write_private(&path, format!("{}\n", STANDARD.encode(sealed)).as_bytes())?;
        }
        Self::load(data, config)
    }

    /// Opens the master key, which must exist.
    ///
    /// # Errors
    /// As [`MarkKeys::load_or_make`], or when there is none.
    pub fn load(data: &DataDir, config: &MarksConfig) -> Result<Self, KeyFileError> {
        let (path, seal) = (data.mark_master(), seal_path(data, config));
        let text = data.read_private(&path)?;
        let key = read_seal(data, &seal)?;
        let show = |path: &Path| path.display().to_string();
        let wrong = || KeyFileError::Sealed { path: show(&path), seal: show(&seal) };
        let sealed = STANDARD.decode(text.trim()).map_err(|_| wrong())?;
        let master = opened(&key, sealed).ok_or_else(wrong)?;
        Ok(Self { master: MasterKey::new(*master) })
    }

    /// The keys of a project's marks.
    pub fn production(&self, project: Uuid) -> ProductionKey {
        self.master.production(&project.to_string())
    }

    /// What one viewing's pictures are marked with.
    pub fn of_viewing(&self, project: Uuid, review: Uuid, viewing: Uuid) -> ForensicKeys {
        let production = self.production(project);
        let viewing = production.viewing(&review.to_string(), &viewing.to_string());
        ForensicKeys { viewing, pilot: production.pilot() }
    }

    /// The key that seals a review's references.
    pub fn references(&self, review: Uuid) -> Option<RandomizedNonceKey> {
        aead(&self.master.references(&review.to_string()))
    }
}

fn seal_path(data: &DataDir, config: &MarksConfig) -> PathBuf {
    config.seal_key.clone().unwrap_or_else(|| data.mark_seal())
}

fn read_seal(data: &DataDir, path: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyFileError> {
    let text = data.read_private(path)?;
    let wrong = || KeyFileError::Digits { path: path.display().to_string(), expected: DIGITS };
    let digits = text.trim().as_bytes();
    if digits.len() != 2 * KEY_BYTES {
        return Err(wrong());
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    for (byte, pair) in key.iter_mut().zip(digits.as_chunks::<2>().0) {
        let digit = |c: u8| char::from(c).to_digit(16).ok_or_else(wrong);
        *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
    }
    Ok(key)
}

fn digits(key: &[u8; KEY_BYTES]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
    for byte in key {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
    text
}

fn aead(key: &[u8; KEY_BYTES]) -> Option<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, key).ok()
}

/// Nonce, then ciphertext and tag.
fn sealed(key: &[u8; KEY_BYTES], secret: &[u8; KEY_BYTES]) -> Option<Vec<u8>> {
    let mut text = secret.to_vec();
    let nonce = aead(key)?.seal_in_place_append_tag(Aad::from(PURPOSE), &mut text).ok()?;
    let nonce: &[u8; NONCE_BYTES] = nonce.as_ref();
    Some([nonce.as_slice(), text.as_slice()].concat())
}

fn opened(key: &[u8; KEY_BYTES], sealed: Vec<u8>) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_BYTES)?;
    let mut text = Zeroizing::new(text.to_vec());
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let secret = aead(key)?.open_in_place(nonce, Aad::from(PURPOSE), &mut text).ok()?;
    Some(Zeroizing::new(<[u8; KEY_BYTES]>::try_from(&*secret).ok()?))
}
