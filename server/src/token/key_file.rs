//! Ed25519 keys in files of the data directory.

use std::path::Path;

use rcgen::{KeyPair, PKCS_ED25519};

use crate::config::data::{DataDir, FileError};

/// A key could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The content.
    #[error("the key in {path} is not an Ed25519 key in PKCS#8 PEM: {reason}")]
    Content {
        /// Which file.
        path: String,
        /// What the parser says.
        reason: String,
    },
    /// A key that seals another.
    #[error("{path} holds no key: expected {expected}")]
    Digits {
        /// Which file.
        path: String,
        /// What should be in it.
        expected: &'static str,
    },
    /// A sealed key that does not open.
    #[error("{path} does not open with the key in {seal}: it was sealed with another, or was changed")]
    Sealed {
        /// Which file.
        path: String,
        /// The file of the key that was tried.
        seal: String,
    },
    /// The marks' master key is gone although pictures were marked with it.
    #[error(
        "{path} is missing, and pictures were marked with it: without it nobody can find out who leaked them. Put it back \
         from a backup; or, if it is lost for good, begin anew with `vitrine key abandon-marks`"
    )]
    MarksLost {
        /// Where it was.
        path: String,
    },
    /// The marks' master key is not the one that pictures were marked with.
    #[error(
        "{path} is not the key that pictures were marked with: with it nobody can find out who leaked them. Put the right \
         one back from a backup; or, if it is lost for good, begin anew with `vitrine key abandon-marks`"
    )]
    MarksOther {
        /// Where it is.
        path: String,
    },
    /// No randomness.
    #[error(transparent)]
    Random(#[from] super::random::NoRandomness),
}

/// Reads a key, or makes it when the file is missing.
///
/// # Errors
/// When the file cannot be read or written, others may read it, or it is not an Ed25519 key.
pub(super) fn load_or_make(data: &DataDir, path: &Path) -> Result<KeyPair, KeyFileError> {
    let wrong = |error: rcgen::Error| content(path, &error.to_string());
    if !path.exists() {
        make(data, path)?;
    }
    let pem = data.read_private(path)?;
    let pair = KeyPair::from_pem(&pem).map_err(wrong)?;
    if pair.is_compatible(&PKCS_ED25519) { Ok(pair) } else { Err(content(path, "another kind of key")) }
}

/// Makes a key in the place of whatever is there.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn make(data: &DataDir, path: &Path) -> Result<(), KeyFileError> {
    let pair = KeyPair::generate_for(&PKCS_ED25519).map_err(|error| content(path, &error.to_string()))?;
    Ok(data.write_private(path, pair.serialize_pem().as_bytes())?)
}

pub(super) fn content(path: &Path, reason: &str) -> KeyFileError {
    KeyFileError::Content { path: path.display().to_string(), reason: reason.to_owned() }
}
