//! Keeps the record provable: checkpoints when they are due, and copies of them off the machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

use super::log;
use crate::domain::checkpoint::AuditConfig;
use crate::notify::Target;
use crate::service::{Error, Services};
use crate::token::note::NoteKey;

/// How often it is looked whether a checkpoint is due.
const LOOK: Duration = Duration::from_secs(1);
/// How often a copy that failed is tried again.
const COPY_AGAIN: Duration = Duration::from_secs(60);

/// How often it is looked whether entries are old enough to be redacted.
const REDACT: Duration = Duration::from_secs(3_600);
const DAY_S: u64 = 24 * 3_600;
const MINUTE_S: u64 = 60;

/// Who signs, and where copies go.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// The key of checkpoints.
    pub key: Arc<NoteKey>,
    /// Where copies go, and how long entries are kept.
    pub config: AuditConfig,
    /// Who is sent checkpoints.
    pub targets: Arc<Vec<Target>>,
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
        match &self.config.copies {
            Some(directory) => services.copy_checkpoints(directory).await,
            None => Ok(()),
        }
    }

    /// Sends the newest checkpoint to whoever is due one.
    pub async fn send(&self, services: &Services) {
        let every = Duration::from_secs(u64::from(self.config.send_every_min) * MINUTE_S);
        for target in self.targets.iter() {
            log("sending checkpoints", services.send_checkpoint(target, &self.key, every).await);
        }
    }

    /// Redacts what is older than the house keeps it, in the record and elsewhere.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn redact(&self, services: &Services) -> Result<(), Error> {
        match self.config.keep_days {
            0 => Ok(()),
            days => {
                let keep = Duration::from_secs(u64::from(days) * DAY_S);
                services.redact_audit(keep).await?;
                services.redact_addresses(keep).await
            }
        }
    }

    pub(super) async fn run_sending(self, services: Services) {
        let mut ticks = interval(COPY_AGAIN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.send(&services).await;
        }
    }

    pub(super) async fn run(self, services: Services) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut copied: Option<Instant> = None;
        let mut redacted: Option<Instant> = None;
        loop {
            ticks.tick().await;
            let signed = services.checkpoint_due(&self.key).await;
            let made = matches!(signed, Ok(true));
            log("checkpoints", signed.map(|_| ()));
            if made || copied.is_none_or(|at| at.elapsed() > COPY_AGAIN) {
                log("copies of checkpoints", self.copy(&services).await);
                copied = Some(Instant::now());
            }
            if redacted.is_none_or(|at| at.elapsed() > REDACT) {
                log("redaction", self.redact(&services).await);
                redacted = Some(Instant::now());
            }
        }
    }
}
