//! How fast each person may ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use uuid::Uuid;

use super::{Error, Services};
use crate::domain::pace::{Allowance, LimitsConfig, Pace};

/// Lines of chat that one person may say.
const CHAT: Allowance = Allowance { at_once: 5, per_minute: 30 };

/// What a person may do only so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paced {
    /// Say a line in the chat.
    Chat,
    /// Ask for something as a guest.
    GuestRequest,
    /// Ask for a change as a guest.
    GuestChange,
    /// Ask for something as an account.
    AccountRequest,
}

/// How fast each person does what is paced, by their link or account.
#[derive(Clone, Debug)]
pub(super) struct Paces {
    limits: LimitsConfig,
    since: Instant,
    of: Arc<Mutex<HashMap<(Paced, Uuid), Pace>>>,
}

impl Paces {
    /// Nobody has asked yet.
    pub fn new(limits: LimitsConfig) -> Self {
        Self { limits, since: Instant::now(), of: Arc::default() }
    }

    const fn allowance(&self, what: Paced) -> Allowance {
        match what {
            Paced::Chat => CHAT,
            Paced::GuestRequest => self.limits.guest,
            Paced::GuestChange => self.limits.guest_changes,
            Paced::AccountRequest => self.limits.account,
        }
    }

    fn take(&self, what: Paced, person: Uuid) -> Result<(), Error> {
        let now_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.len() >= KEPT {
            of.retain(|_, pace| !pace.is_full(now_ms));
        }
        let pace = of.entry((what, person)).or_insert_with(|| Pace::of(self.allowance(what), now_ms));
        if pace.take(now_ms) { Ok(()) } else { Err(Error::TooFast { retry_after_s: pace.wait_s() }) }
    }
}

/// People whose paces are kept before those are forgotten who have rested.
const KEPT: usize = 4_096;

impl Services {
    /// These services with other limits than the default.
    #[must_use]
    pub fn limited_by(self, limits: LimitsConfig) -> Self {
        Self { paces: Paces::new(limits), ..self }
    }

    /// Counts that a person does something that is paced.
    ///
    /// # Errors
    /// [`Error::TooFast`] when they did it too often just now; it does not count then.
    pub fn pace(&self, what: Paced, person: Uuid) -> Result<(), Error> {
        self.paces.take(what, person)
    }
}
