//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, one step to either side.

use totp_rs::{Builder, Secret, Totp, TotpError};

use crate::domain::instant::UtcInstant;

fn totp(secret: &[u8], user: &str) -> Result<Totp, TotpError> {
    Builder::new().with_secret(secret).with_issuer(Some("Vitrine")).with_account_name(user).build()
}

/// The step of which `code` is the code at `now`, if it is one; the caller lets each step pass once.
pub fn step(secret: &[u8], code: &str, now: UtcInstant) -> Option<i64> {
    let seconds = u64::try_from(now.as_ms() / 1_000).ok()?;
    totp(secret, "").ok()?.check(code, seconds).and_then(|step| i64::try_from(step).ok())
}

/// The secret in base32, as people type it, and the address that authenticator apps read.
///
/// # Errors
/// When the secret is too short, or the name contains a colon.
pub fn offer(secret: &[u8], user: &str) -> Result<(String, String), TotpError> {
    Ok((Secret::from(secret).to_base32(), totp(secret, user)?.to_url()?))
}
