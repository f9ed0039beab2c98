//! Pointers: passed on to whoever has the room open, and forgotten.

use std::sync::Arc;

use tokio::sync::broadcast;
use uuid::Uuid;

use super::Services;
use crate::domain::pointer::{Pointer, place};

/// Pointers kept for a listener that is slow to read; what is lost is where somebody pointed a moment ago.
pub(super) const POINTERS_KEPT: usize = 128;

impl Services {
    /// Tells where somebody points, by their link or account; `None`: nowhere any more. Whether they may is for the caller to
    /// know.
    pub fn point(&self, review_id: Uuid, person: Uuid, name: &Arc<str>, at: Option<[f32; 2]>) {
        let pointer = Pointer { review_id, person, name: Arc::clone(name), at: at.and_then(place) };
        // Nobody looking is no error.
        let _ = self.pointers.send(pointer);
    }

    /// Where everybody in this process points from now on.
    pub fn pointers(&self) -> broadcast::Receiver<Pointer> {
        self.pointers.subscribe()
    }
}
