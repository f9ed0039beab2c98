//! The master key of the invisible marks. It lies in the data directory sealed (AES-256-GCM) with a key that may lie
//! elsewhere; whatever marks a picture is derived from it when it is needed, and stored nowhere.

use std::path::PathBuf;

use aws_lc_rs::aead::RandomizedNonceKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forensic::key::KEY_BYTES;
use forensic::{MasterKey, ProductionKey};
use pipelines::spec::watermark::ForensicKeys;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::key_file::KeyFileError;
use super::random;
use super::seal::{self, Seal};
use crate::config::data::DataDir;
use crate::domain::audit::hex;
use crate::domain::mark::MarksConfig;

/// What is sealed, so that nothing else is taken for it.
const PURPOSE: &str = "vitrine mark master 1";
/// From what the fingerprint is derived: the name of no review.
const FINGERPRINT_OF: &str = "fingerprint";

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
        let path = data.mark_master();
        if !path.exists() {
            let sealed = Seal::load_or_make(data, &seal_path(data, config))?.seal(PURPOSE, &*random::key()?)?;
            data.write_private(&path, format!("{}\n", STANDARD.encode(sealed)).as_bytes())?;
        }
        Self::load(data, config)
    }

    /// Opens the master key, which must exist.
    ///
    /// # Errors
    /// As [`MarkKeys::load_or_make`], or when there is none.
    pub fn load(data: &DataDir, config: &MarksConfig) -> Result<Self, KeyFileError> {
        let (path, seal_path) = (data.mark_master(), seal_path(data, config));
        let text = data.read_private(&path)?;
        let seal = Seal::load(data, &seal_path)?;
        let wrong = || KeyFileError::Sealed { path: path.display().to_string(), seal: seal_path.display().to_string() };
        let sealed = STANDARD.decode(text.trim()).map_err(|_| wrong())?;
        let opened = seal.open(PURPOSE, &sealed).map_err(|_| wrong())?;
        let master = Zeroizing::new(<[u8; KEY_BYTES]>::try_from(opened.as_slice()).map_err(|_| wrong())?);
        Ok(Self { master: MasterKey::new(*master) })
    }

    /// Opens the master key that a database remembers: with it alone can be found who leaked what was shown before, so
    /// a key that is missing, or another one, is never taken in its place. `known` is what the database has of
    /// [`MarkKeys::fingerprint`]; empty when only that there was a key is known; `None` before the first start.
    ///
    /// # Errors
    /// As [`MarkKeys::load_or_make`]; when the key is missing, or is another.
    pub fn load_known(data: &DataDir, config: &MarksConfig, known: Option<&str>) -> Result<Self, KeyFileError> {
        let Some(known) = known else { return Self::load_or_make(data, config) };
        let path = data.mark_master().display().to_string();
        if !data.mark_master().exists() {
            return Err(KeyFileError::MarksLost { path });
        }
        let keys = Self::load(data, config)?;
        if known.is_empty() || known == keys.fingerprint() { Ok(keys) } else { Err(KeyFileError::MarksOther { path }) }
    }

    /// What tells this key from another and says nothing of it.
    pub fn fingerprint(&self) -> String {
        hex(&Sha256::digest(self.master.references(FINGERPRINT_OF))[..12])
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
        seal::aead(&self.master.references(&review.to_string()))
    }
}

fn seal_path(data: &DataDir, config: &MarksConfig) -> PathBuf {
    config.seal_key.clone().unwrap_or_else(|| data.mark_seal())
}
