//! Keeps the record provable: checkpoints when they are due, and copies of them off the machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

use super::log;
use crate::service::{Error, Services};
use crate::token::note::NoteKey;

/// How often it is looked whether a checkpoint is due.
const LOOK: Duration = Duration::from_secs(1);
/// How often a copy that failed is tried again.
const COPY_AGAIN: Duration = Duration::from_secs(60);

/// Who signs, and where copies go.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// The key of checkpoints.
    pub key: Arc<NoteKey>,
    /// Directory of copies.
    pub copies: Option<PathBuf>,
}

impl Keeper {
    /// Signs everything up to now, and copies it.
    ///
    /// # Errors
    /// When signing or copying fails.
    pub async fn keep(&self, services: &Services) -> Result<(), Error> {
        services.checkpoint(&self.key).await?;
        self.copy(services).await
    }

    async fn copy(&self, services: &Services) -> Result<(), Error> {
        match &self.copies {
            Some(directory) => services.copy_checkpoints(directory).await,
            None => Ok(()),
        }
    }

    pub(super) async fn run(self, services: Services) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut copied: Option<Instant> = None;
        loop {
            ticks.tick().await;
            let signed = services.checkpoint_due(&self.key).await;
            let made = matches!(signed, Ok(true));
            log("checkpoints", signed.map(|_| ()));
            if made || copied.is_none_or(|at| at.elapsed() > COPY_AGAIN) {
                log("copies of checkpoints", self.copy(&services).await);
                copied = Some(Instant::now());
            }
        }
    }
}
