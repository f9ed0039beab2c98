//! Challenges: random values that we gave out for one purpose, good for minutes and once. What was given out needs no
//! memory, only what came back.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;

use super::random::{self, NoRandomness};
use crate::domain::instant::UtcInstant;

/// How long a challenge is good for.
pub const CHALLENGE_LIFE: Duration = Duration::from_secs(5 * 60);
const NONCE: usize = 16;
const TIME: usize = 8;

/// Gives challenges and takes them back. A restart forgets them all.
#[derive(Clone)]
pub struct Challenges {
    key: Arc<hmac::Key>,
    used: Arc<Mutex<HashMap<Vec<u8>, UtcInstant>>>,
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenges(..)")
    }
}

impl Challenges {
    /// Challenges under a key of this process.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new() -> Result<Self, NoRandomness> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(|_| NoRandomness)?;
        Ok(Self { key: Arc::new(key), used: Arc::default() })
    }

    fn sign(&self, purpose: &str, body: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, &[body, purpose.as_bytes()].concat())
    }

    /// A challenge for a purpose.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn give(&self, purpose: &str, now: UtcInstant) -> Result<Vec<u8>, NoRandomness> {
        let until = now.plus(CHALLENGE_LIFE).as_ms().to_be_bytes();
        let body = [&random::salt()?[..NONCE], &until].concat();
        let tag = self.sign(purpose, &body);
        Ok([&body, tag.as_ref()].concat())
    }

    /// Whether this is a challenge of ours, for this purpose, in time, and given back for the first time.
    pub fn take(&self, purpose: &str, challenge: &[u8], now: UtcInstant) -> bool {
        let Some((body, tag)) = challenge.split_at_checked(NONCE + TIME) else { return false };
        let signed = [body, purpose.as_bytes()].concat();
        if hmac::verify(&self.key, &signed, tag).is_err() {
            return false;
        }
        let Some(until) = body.last_chunk::<TIME>().map(|ms| UtcInstant::from_ms(i64::from_be_bytes(*ms))) else {
            return false;
        };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| now < *until);
        now < until && used.insert(body.to_vec(), until).is_none()
    }
}
