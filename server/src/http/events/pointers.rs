//! Pointers of a review as one page gets them: gathered, so that a page is told at most 20 times a second however many
//! people point.

use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::domain::pointer::Pointer as Heard;
use crate::http::presence::{Pointer, Pointing};
use crate::service::Services;

/// Between two messages.
const GATHER: Duration = Duration::from_millis(50);

/// The pointers of a review.
#[derive(Debug)]
pub struct Pointers {
    review: Uuid,
    heard: broadcast::Receiver<Heard>,
    gathered: Pointing,
    due: Instant,
}

impl Pointers {
    /// Those of a review from now on.
    pub fn of(services: &Services, review: Uuid) -> Self {
        Self { review, heard: services.pointers(), gathered: Pointing::default(), due: Instant::now() }
    }

    /// The next to be told; waits until there are some. Nothing is lost when this is dropped half-way.
    pub async fn next(&mut self) -> Vec<Pointer> {
        loop {
            let waiting = !self.gathered.is_empty();
            tokio::select! {
                heard = self.heard.recv() => match heard {
                    Ok(pointer) if pointer.review_id == self.review => self.hear(pointer),
                    // Another review's, or older than what comes next.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    // The sender is gone only when the server is.
                    Err(RecvError::Closed) => std::future::pending().await,
                },
                () = sleep_until(self.due), if waiting => {
                    self.due = Instant::now() + GATHER;
                    return self.gathered.take();
                }
            }
        }
    }

    fn hear(&mut self, pointer: Heard) {
        if self.gathered.is_empty() {
            self.due = self.due.max(Instant::now());
        }
        self.gathered.hear(pointer);
    }
}
