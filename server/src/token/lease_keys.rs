//! The keys of leases: one signs; the one before verifies for as long as its last lease may live. Their files in the data
//! directory are what counts, so that the command line can change them under a running server.

use std::fs;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::key_file::{self, KeyFileError};
use super::lease::{LEASE_LIFE, LeaseClaims, LeaseKey, LeaseRefusal, PublicLeaseKey};
use crate::config::data::{DataDir, FileError, at};
use crate::domain::instant::UtcInstant;

/// A key that signs for longer than this is replaced by itself.
pub const KEY_LIFE: Duration = Duration::from_secs(30 * 24 * 3_600);

/// What the files were when they were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    current: Option<(u64, SystemTime)>,
    previous: Option<(u64, SystemTime)>,
}

struct Loaded {
    stamp: Stamp,
    current: LeaseKey,
    /// The key before, and until when it verifies.
    previous: Option<(LeaseKey, UtcInstant)>,
}

/// The keys of a data directory.
#[derive(Clone)]
pub struct LeaseKeys {
    data: DataDir,
    loaded: Arc<RwLock<Loaded>>,
}

impl std::fmt::Debug for LeaseKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeaseKeys").field("data", &self.data).finish_non_exhaustive()
    }
}

/// Which file it is, and when it was written: a file that took the other's place has another number.
fn stamp_of(path: &std::path::Path) -> Option<(u64, SystemTime)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.ino(), metadata.modified().ok()?))
}

fn stamp(data: &DataDir) -> Stamp {
    Stamp { current: stamp_of(&data.lease_key()), previous: stamp_of(&data.previous_lease_key()) }
}

fn instant(time: SystemTime) -> UtcInstant {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UtcInstant::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn load(data: &DataDir) -> Result<Loaded, KeyFileError> {
    let current = LeaseKey::of(&key_file::load_or_make(data, &data.lease_key())?);
    // Looked at before the file is read: whatever changes meanwhile is seen as a change the next time.
    let stamp = stamp(data);
    let previous = match stamp.previous {
        Some((_, retired_at)) => {
            let key = LeaseKey::of(&key_file::load_or_make(data, &data.previous_lease_key())?);
            Some((key, instant(retired_at).plus(LEASE_LIFE)))
        }
        None => None,
    };
    Ok(Loaded { stamp, current, previous })
}

/// Makes a new key that signs from now on. The one before verifies until its last lease is over, or, `at_once`, no more.
/// A running server takes the change up within a second.
///
/// # Errors
/// When a file cannot be read, written or removed.
pub fn rotate(data: &DataDir, at_once: bool) -> Result<(), KeyFileError> {
    let previous = data.previous_lease_key();
    if at_once {
        match fs::remove_file(&previous) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(FileError { doing: "remove", path: previous, error }.into());
            }
            _ => {}
        }
    } else if data.lease_key().exists() {
        let pem = data.read_private(&data.lease_key())?;
        data.write_private(&previous, pem.as_bytes())?;
    }
    key_file::make(data, &data.lease_key())
}

impl LeaseKeys {
    /// Reads the keys of a data directory, or makes one at first start.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is not a key.
    pub fn load_or_make(data: &DataDir) -> Result<Self, KeyFileError> {
        Ok(Self { data: data.clone(), loaded: Arc::new(RwLock::new(load(data)?)) })
    }

    /// Takes up what the command line changed, and replaces a key that has signed for too long; whether it did.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is not a key. The keys stay as they were.
    pub fn refresh(&self) -> Result<bool, KeyFileError> {
        let written = fs::metadata(self.data.lease_key()).and_then(|metadata| metadata.modified());
        let written = written.map_err(at("look at", &self.data.lease_key()))?;
        let aged = written.elapsed().is_ok_and(|age| age > KEY_LIFE);
        if aged {
            rotate(&self.data, false)?;
        }
        if self.loaded.read().unwrap_or_else(PoisonError::into_inner).stamp != stamp(&self.data) {
            let loaded = load(&self.data)?;
            *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        }
        Ok(aged)
    }

    /// What verifies a lease that is good at `now`: the key that signs, and the one before while leases of it may live.
    pub fn published(&self, now: UtcInstant) -> Vec<PublicLeaseKey> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let previous = loaded.previous.as_ref().filter(|(_, until)| now < *until).map(|(key, _)| key.public());
        std::iter::once(loaded.current.public()).chain(previous).collect()
    }

    /// Makes a lease for a viewer of a review.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(
        &self,
        viewer: Uuid,
        review: Uuid,
        now: UtcInstant,
    ) -> Result<(String, UtcInstant), jsonwebtoken::errors::Error> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).current.issue(viewer, review, now)
    }

    /// Verifies a lease, as [`LeaseKey::verify`], by the key that signs or the one before.
    ///
    /// # Errors
    /// With the reason, for the record.
    pub fn verify(&self, lease: &str, now: UtcInstant) -> Result<LeaseClaims, LeaseRefusal> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        match (loaded.current.verify(lease, now), &loaded.previous) {
            (Err(LeaseRefusal::NotOurs), Some((previous, until))) if now < *until => previous.verify(lease, now),
            (result, _) => result,
        }
    }
}
