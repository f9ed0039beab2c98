//! How fast a request's body must come, so that nobody holds a place by never ending one.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// What a body may take whatever its size.
const GRACE: Duration = Duration::from_secs(10);
/// Bytes a second that must come beyond that.
const LEAST: u64 = 8 * 1024;

/// A body that came too slowly.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body came slower than {LEAST} bytes a second")]
pub struct TooSlow;

/// A body that ends in [`TooSlow`] where less than [`LEAST`] bytes a second come, after [`GRACE`].
#[derive(Debug)]
pub struct Paced<B> {
    body: B,
    came: u64,
    /// Since when it is read, and until when the next bytes must have come.
    clock: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> Paced<B> {
    /// A body that has not been read yet.
    pub const fn new(body: B) -> Self {
        Self { body, came: 0, clock: None }
    }
}

impl<B> Body for Paced<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let (begun, until) = this.clock.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + GRACE)))
        });
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let bytes = frame.iter().flatten().filter_map(Frame::data_ref).map(Bytes::len).sum::<usize>();
                this.came = this.came.saturating_add(bytes as u64);
                until.as_mut().reset(*begun + GRACE + Duration::from_secs(this.came / LEAST));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => until.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
