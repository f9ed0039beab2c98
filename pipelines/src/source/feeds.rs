//! From the engine's door to the source that decodes what comes by messages.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::spec::feed::FeedUnit;
use crate::spec::source::SourceId;

/// Units on their way to one source: about a second of pictures and sound. What does not fit is lost, and the source asks
/// for a picture it can start from.
const UNITS: usize = 128;

/// Sources that are open and take messages.
#[derive(Clone, Default)]
pub(crate) struct Feeds(Arc<Mutex<HashMap<SourceId, SyncSender<FeedUnit>>>>);

impl Feeds {
    /// Where a source takes its messages from now on; whoever took them before gets no more.
    pub fn open(&self, source: SourceId) -> Receiver<FeedUnit> {
        let (sender, receiver) = sync_channel(UNITS);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(source, sender);
        receiver
    }

    /// Hands a unit to its source without waiting. A source that is not open needs none.
    pub fn deliver(&self, source: SourceId, unit: FeedUnit) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = open.get(&source) else { return };
        match sender.try_send(unit) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => tracing::debug!(%source, "decoding is behind: a unit was dropped"),
            Err(TrySendError::Disconnected(_)) => {
                open.remove(&source);
            }
        }
    }
}
