//! Random values from the operating system.

use crate::domain::link;
use crate::domain::secret::{SecretText, Token, readable_groups};
use crate::domain::session_code;

/// The operating system gave no randomness; nothing may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

fn fill<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// 256 random bits.
///
/// # Errors
/// When there is no randomness.
pub fn token() -> Result<Token, NoRandomness> {
    Ok(Token::from_bytes(fill()?))
}

/// A passphrase for a link.
///
/// # Errors
/// When there is no randomness.
pub fn passphrase() -> Result<SecretText, NoRandomness> {
    link::passphrase(&fill::<64>()?).ok_or(NoRandomness)
}

/// A code to be sent by e-mail.
///
/// # Errors
/// When there is no randomness.
pub fn link_code() -> Result<SecretText, NoRandomness> {
    link::code(&fill::<64>()?).ok_or(NoRandomness)
}

/// A code for a viewer.
///
/// # Errors
/// When there is no randomness.
pub fn session_code() -> Result<String, NoRandomness> {
    session_code::session_code(&fill::<64>()?).ok_or(NoRandomness)
}

/// A salt for a password hash.
///
/// # Errors
/// When there is no randomness.
pub fn salt() -> Result<[u8; 16], NoRandomness> {
    fill()
}

/// A secret of 160 bits for one-time passwords (RFC 4226, 4 R6).
///
/// # Errors
/// When there is no randomness.
pub fn totp_secret() -> Result<[u8; 20], NoRandomness> {
    fill()
}

/// A recovery code of four groups of six readable characters (118 bits: enough to be kept under a fast hash).
///
/// # Errors
/// When there is no randomness.
pub fn recovery_code() -> Result<SecretText, NoRandomness> {
    let text = readable_groups(&fill::<64>()?, &[6, 6, 6, 6]).ok_or(NoRandomness)?;
    Ok(SecretText::new(text.to_lowercase()))
}

/// A key of 256 bits.
///
/// # Errors
/// When there is no randomness.
pub fn key() -> Result<zeroize::Zeroizing<[u8; 32]>, NoRandomness> {
    Ok(zeroize::Zeroizing::new(fill()?))
}
