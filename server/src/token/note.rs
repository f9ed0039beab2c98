//! Signed notes (C2SP signed-note): checkpoints of the record under an Ed25519 key of the house's own.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, SigningKey as _};
use sha2::{Digest, Sha256};

use super::key_file::{self, KeyFileError};
use crate::config::data::DataDir;
use crate::domain::audit::hex;
use crate::domain::checkpoint::Checkpoint;

/// Signature type of Ed25519.
const ED25519_TYPE: u8 = 1;
/// Largest note that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// Before each signature.
const SIGNATURE: &str = "\u{2014} ";

/// Why a note is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not three lines, an empty one, and signatures.
    #[error("this is not a signed checkpoint (C2SP tlog-checkpoint)")]
    Malformed,
    /// No signature by this key.
    #[error("no signature on this checkpoint is by the key {name}")]
    NotSigned {
        /// Name of the key.
        name: String,
    },
    /// Not a verifier key.
    #[error("this is not an Ed25519 verifier key; expected name+hash+key as `vitrine audit key` prints it")]
    Key,
    /// Signing failed.
    #[error("the checkpoint could not be signed: {0}")]
    Sign(String),
}

/// The key that signs checkpoints.
pub struct NoteKey {
    pair: KeyPair,
    verifier: NoteVerifier,
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

/// What verifies checkpoints; it may be known to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    public: [u8; 32],
}

impl NoteKey {
    /// Reads the key of a data directory, or makes it at first start.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is not a key.
    pub fn load_or_make(data: &DataDir) -> Result<Self, KeyFileError> {
        let path = data.audit_key();
        let pair = key_file::load_or_make(data, &path)?;
        let raw = pair.public_key_raw();
        let public = raw.try_into().map_err(|_| key_file::content(&path, "its public half is not 32 bytes"))?;
        let name = format!("vitrine-audit-{}", hex(&Sha256::digest(raw)[..6]));
        Ok(Self { verifier: NoteVerifier { name, public }, pair })
    }

    /// What verifies its signatures.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// Signs the head of the record.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(&self, size: u64, root: [u8; 32]) -> Result<String, NoteError> {
        let NoteVerifier { name, .. } = &self.verifier;
        let body = Checkpoint { origin: name.clone(), size, root }.body();
        let signature = self.pair.sign(body.as_bytes()).map_err(|error| NoteError::Sign(error.to_string()))?;
        let signed = [self.verifier.id().as_slice(), &signature].concat();
        Ok(format!("{body}\n{SIGNATURE}{name} {}\n", STANDARD.encode(signed)))
    }
}

impl NoteVerifier {
    /// First four bytes of SHA-256(name || newline || type || key).
    fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519_TYPE]);
        hasher.update(self.public);
        let mut id = [0; 4];
        id.copy_from_slice(&hasher.finalize()[..4]);
        id
    }

    /// Opens a note: what it says, once a signature of this key is found on it.
    ///
    /// # Errors
    /// When it is none, or nothing on it is signed by this key.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let split = note.rfind("\n\n").filter(|_| note.len() <= LONGEST && note.ends_with('\n'));
        let (body, signatures) = note.split_at(split.ok_or(NoteError::Malformed)? + 1);
        let checkpoint = Checkpoint::parse(body).ok_or(NoteError::Malformed)?;
        let signed = signatures.lines().any(|line| self.signed(body, line));
        let ours = signed && checkpoint.origin == self.name;
        ours.then_some(checkpoint).ok_or_else(|| NoteError::NotSigned { name: self.name.clone() })
    }

    fn signed(&self, body: &str, line: &str) -> bool {
        let Some((name, encoded)) = line.strip_prefix(SIGNATURE).and_then(|rest| rest.split_once(' ')) else {
            return false;
        };
        let Ok(bytes) = STANDARD.decode(encoded) else { return false };
        let Some((id, signature)) = bytes.split_at_checked(4) else { return false };
        name == self.name
            && id == self.id()
            && UnparsedPublicKey::new(&ED25519, self.public).verify(body.as_bytes(), signature).is_ok()
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519_TYPE], self.public.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), STANDARD.encode(key))
    }
}

impl FromStr for NoteVerifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let key = STANDARD.decode(key).map_err(|_| NoteError::Key)?;
        let Some((&ED25519_TYPE, public)) = key.split_first() else { return Err(NoteError::Key) };
        let verifier = Self { name: name.to_owned(), public: public.try_into().map_err(|_| NoteError::Key)? };
        if hex(&verifier.id()) == id { Ok(verifier) } else { Err(NoteError::Key) }
    }
}
