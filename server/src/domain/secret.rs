//! Secrets: types that cannot be logged. Their `Debug` is redacted, they have no `Display`, and their memory is wiped.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A text that must not be seen: a passphrase, a password.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// 256 random bits: a link's secret, a cookie's value. Written as 43 characters of base64url.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; 32]>);

/// What is kept of a [`Token`]: its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl Token {
    /// Wraps 256 bits that the caller drew at random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads 43 characters of base64url; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let mut bytes = Zeroizing::new([0_u8; 32]);
        let written = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        (written == 32).then_some(Self(bytes))
    }

    /// The token as text, for the one place that hands it over.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// What may be stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_slice()).into())
    }

    /// What may be stored of something that is good only together with this token, for one purpose.
    pub fn hash_with(&self, purpose: &[u8], text: &[u8]) -> TokenHash {
        let whole = Sha256::new().chain_update(self.0.as_slice()).chain_update(purpose).chain_update(b":");
        TokenHash(whole.chain_update(text).finalize().into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl TokenHash {
    /// The hash's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The hash as 43 characters of base64url.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// What is kept of a recovery code: SHA-256 of it with its account. Case, spaces and hyphens do not matter.
pub fn recovery_hash(account: Uuid, code: &SecretText) -> [u8; 32] {
    let kept = code.reveal().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64);
    Sha256::new().chain_update(account.as_bytes()).chain_update(kept.collect::<String>()).finalize().into()
}

/// Characters that nobody confuses when read out or typed: no 0, 1, I, L, O.
pub(super) const READABLE: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// The character for one random byte, or `None` when the byte would bias the choice.
fn readable(byte: u8) -> Option<char> {
    let limit = 255 - 255 % 31;
    (byte < limit).then(|| char::from(READABLE[usize::from(byte % 31)]))
}

/// Groups of readable characters from random bytes; `None` when there were too few bytes.
pub fn readable_groups(random: &[u8], groups: &[usize]) -> Option<String> {
    let mut characters = random.iter().copied().filter_map(readable);
    let mut text = String::new();
    for (index, length) in groups.iter().enumerate() {
        if index > 0 {
            text.push('-');
        }
        for _ in 0..*length {
            text.push(characters.next()?);
        }
    }
    Some(text)
}
