//! The requests of one connection: how many are under way, and since when none is.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of a connection that may be under way at once, whatever became of their streams: one that was reset is still worked on.
pub const AT_ONCE: usize = 64;

/// The requests of a connection.
#[derive(Clone, Debug)]
pub struct Requests {
    free: Arc<Semaphore>,
    begun: Arc<AtomicU64>,
}

impl Requests {
    /// None yet.
    pub fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)), begun: Arc::default() }
    }

    /// Begins one when there is room; it is under way until what is returned is dropped.
    pub async fn begin(&self) -> Option<OwnedSemaphorePermit> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        // It is never closed.
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// How many have begun.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Whether none is under way.
    pub fn is_quiet(&self) -> bool {
        self.free.available_permits() == AT_ONCE
    }
}

/// An answer's body; its request is under way until it has gone out.
#[derive(Debug)]
pub struct Answering<B> {
    body: B,
    _request: Option<OwnedSemaphorePermit>,
}

impl<B> Answering<B> {
    /// The body of the answer to a request.
    pub const fn new(body: B, request: Option<OwnedSemaphorePermit>) -> Self {
        Self { body, _request: request }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Answering<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn what_is_still_worked_on_counts_though_its_sender_has_hung_up() {
        let requests = Requests::new();
        let mut under_way = Vec::new();
        for _ in 0..AT_ONCE {
            under_way.push(requests.begin().await.unwrap());
        }
        let mut one_more = std::pin::pin!(requests.begin());
        assert!(timeout(Duration::from_millis(20), one_more.as_mut()).await.is_err());
        under_way.pop();
        assert!(timeout(Duration::from_millis(20), one_more).await.is_ok());
        drop(under_way);
        assert!(requests.is_quiet() && requests.begun() == AT_ONCE as u64 + 1);
    }
}
