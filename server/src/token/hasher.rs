//! Argon2id for passwords: few at once, and a bounded wait for a place.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::random;
use crate::domain::secret::SecretText;

/// Memory of one run in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Runs at once.
const AT_ONCE: usize = 2;
/// Longest wait for a place.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// A hash of the same cost that nothing matches.
const NOTHING: &str = "$argon2id$v=19$m=19456,t=2,p=1$Tm8gcGFzc3BocmFzZQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why nothing was hashed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// A hash in the database is not one.
    #[error("a stored hash is not in PHC form: {0}")]
    Malformed(String),
    /// The run itself failed.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Hashes and verifies, a bounded number at once.
#[derive(Clone, Debug)]
pub struct Hasher {
    places: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| HashError::Failed(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

impl Hasher {
    /// The hash of a text, PHC form.
    ///
    /// # Errors
    /// When no place became free, or the run failed.
    pub async fn hash(&self, text: &SecretText) -> Result<String, HashError> {
        let text = text.clone();
        self.run(move || {
            let salt = random::salt().map_err(|error| HashError::Failed(error.to_string()))?;
            let hash = argon2()?.hash_password_with_salt(text.reveal().as_bytes(), &salt);
            Ok(hash.map_err(|error| HashError::Failed(error.to_string()))?.to_string())
        })
        .await
    }

    /// Whether a text is the one that was hashed. Without a hash it takes as long, and the answer is no.
    ///
    /// # Errors
    /// When no place became free, or the stored hash is not one.
    pub async fn verify(&self, text: &SecretText, hash: Option<&str>) -> Result<bool, HashError> {
        let text = text.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or(NOTHING).to_owned();
        self.run(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| HashError::Malformed(error.to_string()))?;
            Ok(argon2()?.verify_password(text.reveal().as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = tokio::time::timeout(LONGEST_WAIT, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(HashError::Busy) };
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(|error| HashError::Failed(error.to_string()))?
    }
}
