//! From the engine's door to the source that decodes what comes by messages.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::spec::feed::FeedUnit;
use crate::spec::source::SourceId;

/// Units on their way to one source: about a second of pictures and sound. What does not fit is lost, and the source asks
/// for a picture it can start from.
const UNITS: usize = 128;

/// Sources that are open and take messages.
#[derive(Clone, Default)]
pub(crate) struct Feeds(Arc<Mutex<HashMap<SourceId, Door>>>);

struct Door {
    units: SyncSender<FeedUnit>,
    lost: Arc<AtomicBool>,
}

/// What one source takes.
pub(crate) struct Feed {
    pub units: Receiver<FeedUnit>,
    lost: Arc<AtomicBool>,
}

impl Feed {
    /// Whether anything was lost since this was asked last.
    pub fn has_lost(&self) -> bool {
        self.lost.swap(false, Ordering::AcqRel)
    }
}

impl Feeds {
    /// Where a source takes its messages from now on; whoever took them before gets no more.
    pub fn open(&self, source: SourceId) -> Feed {
        let (sender, units) = sync_channel(UNITS);
        let lost = Arc::<AtomicBool>::default();
        let door = Door { units: sender, lost: Arc::clone(&lost) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(source, door);
        Feed { units, lost }
    }

    /// Hands a unit to its source without waiting. A source that is not open needs none.
    pub fn deliver(&self, source: SourceId, unit: FeedUnit) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(door) = open.get(&source) else { return };
        match door.units.try_send(unit) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                door.lost.store(true, Ordering::Release);
                tracing::debug!(%source, "decoding is behind: a unit was dropped");
            }
            Err(TrySendError::Disconnected(_)) => {
                open.remove(&source);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_behind_learns_that_something_was_lost() {
        let (feeds, source) = (Feeds::default(), SourceId::nil());
        let feed = feeds.open(source);
        let ended = || FeedUnit::Ended { reason: String::new() };
        (0..UNITS).for_each(|_| feeds.deliver(source, ended()));
        assert!(!feed.has_lost());
        feeds.deliver(source, ended());
        assert!(feed.has_lost() && !feed.has_lost());
        assert_eq!(feed.units.try_iter().count(), UNITS);
    }

    #[test]
    fn whoever_opens_last_takes_the_messages() {
        let (feeds, source) = (Feeds::default(), SourceId::nil());
        let first = feeds.open(source);
        let second = feeds.open(source);
        feeds.deliver(source, FeedUnit::Ended { reason: String::new() });
        assert_eq!((first.units.try_iter().count(), second.units.try_iter().count()), (0, 1));
    }
}
