//! Use cases, one noun each. Here an effect and its audit row are written in one transaction.

mod access;
pub mod account;
mod alarm;
mod anomaly;
pub mod audit;
pub mod certificate;
mod change;
pub mod chat;
pub mod checkpoint;
pub mod clean_hold;
pub mod comment;
pub mod digest;
pub mod display;
pub mod drive;
mod error;
pub mod export;
pub mod factor;
pub mod floor;
mod gate;
pub mod identify;
pub mod link;
pub mod link_code;
pub mod log;
pub mod lut;
mod mark;
pub mod mark_template;
pub mod notification;
pub mod oidc;
pub mod pace;
pub mod passkey;
pub mod pointer;
pub mod presence;
pub mod preview;
pub mod probe;
pub mod project;
mod projector;
pub mod proof;
pub mod publishing;
pub mod redeem;
pub mod reply;
mod retention;
pub mod review;
pub mod revocation;
pub mod round;
pub mod seal;
pub mod session;
pub mod session_code;
pub mod source;
pub mod still;
pub mod trace;
pub mod viewer;
pub mod viewing;

use std::sync::{Arc, OnceLock};

use tokio::sync::{Mutex, Notify, Semaphore, broadcast};

pub use change::Change;
pub use error::{Error, Noun};
pub use projector::Projector;

use crate::domain::pace::LimitsConfig;
use crate::domain::pointer::Pointer;
use crate::domain::policy::{Policy, Profile};
use crate::notify::digest::DigestMail;
use crate::oidc::Provider;
use crate::places::Places;
use crate::store::Store;
use crate::token::challenge::Challenges;
use crate::token::hasher::Hasher;
use crate::token::seal::Seal;
use gate::Gate;
use link_code::Codes;

/// Changes kept for a listener that is slow to read.
const CHANGES_KEPT: usize = 256;

/// What every use case needs: the store, the hasher and a way to tell of changes.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// Passwords.
    pub hasher: Hasher,
    /// What the house demands.
    pub policy: Policy,
    gate: Gate,
    strangers: Gate,
    proofs: Arc<proof::Tracks>,
    challenges: Arc<OnceLock<Challenges>>,
    seal: Option<Arc<Seal>>,
    codes: Option<Arc<Codes>>,
    digests: Option<Arc<DigestMail>>,
    provider: Option<Arc<Provider>>,
    verifying: Arc<Mutex<()>>,
    previewing: Arc<Semaphore>,
    presences: presence::Presences,
    paces: pace::Paces,
    places: Places,
    pointers: broadcast::Sender<Pointer>,
    changes: broadcast::Sender<Change>,
    wake: Arc<Notify>,
}

impl Services {
    /// Services on a database, under a policy.
    pub fn new(store: Store, profile: Profile) -> Self {
        Self {
            store,
            hasher: Hasher::default(),
            policy: Policy::of(profile),
            gate: Gate::default(),
            strangers: Gate::default(),
            proofs: Arc::default(),
            challenges: Arc::default(),
            seal: None,
            codes: None,
            digests: None,
            provider: None,
            verifying: Arc::default(),
            previewing: Arc::new(Semaphore::new(1)),
            presences: presence::Presences::default(),
            paces: pace::Paces::new(LimitsConfig::default()),
            places: Places::default(),
            pointers: broadcast::channel(pointer::POINTERS_KEPT).0,
            changes: broadcast::channel(CHANGES_KEPT).0,
            wake: Arc::default(),
        }
    }

    /// These services, knowing where addresses are.
    #[must_use]
    pub fn knowing(self, places: Places) -> Self {
        Self { places, ..self }
    }

    /// The challenges of this process.
    fn challenges(&self) -> Result<&Challenges, Error> {
        if let Some(challenges) = self.challenges.get() {
            return Ok(challenges);
        }
        let new = Challenges::new()?;
        Ok(self.challenges.get_or_init(|| new))
    }

    /// Everything that changes in this process from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Returns when supervision should look at once.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Tells of a change, and supervision to look where it may have taken somebody's right.
    pub fn tell(&self, change: Change) {
        if change.may_end_viewings() {
            self.wake.notify_one();
        }
        self.tell_only(change);
    }

    /// Tells of a change that took the right of nobody who watches.
    pub fn tell_only(&self, change: Change) {
        // Nobody listening is no error.
        let _ = self.changes.send(change);
    }
}
