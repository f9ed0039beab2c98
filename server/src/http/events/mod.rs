//! Event streams: what changes while a page is open.

mod due;
mod feed;
mod page;
mod pointers;
mod review;
mod room;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde::Serialize;
use tokio::sync::watch;

pub use review::{__path_review_events, review_events};
pub use room::{__path_room_events, room_events};

/// Close code after which the page does not come back by itself.
const ENDED: u16 = 4000;
/// Largest message a page may send.
const MESSAGE_LIMIT: usize = 4 * 1024;

/// The page is gone.
#[derive(Debug)]
struct Gone;

/// Returns when the server stops.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The sender is gone only when the server is.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// A numbered message.
#[derive(Serialize)]
struct Numbered<'a, T> {
    seq: u64,
    #[serde(flatten)]
    message: &'a T,
}

/// Sends numbered messages to one page.
struct Outlet {
    socket: WebSocket,
    sequence: u64,
}

impl Outlet {
    fn new(socket: WebSocket) -> Self {
        Self { socket, sequence: 0 }
    }

    async fn send<T: Serialize>(&mut self, message: &T) -> Result<(), Gone> {
        self.sequence += 1;
        let text = serde_json::to_string(&Numbered { seq: self.sequence, message }).map_err(|_| Gone)?;
        self.socket.send(Message::text(text)).await.map_err(|_| Gone)
    }

    /// Closes so that the page does not come back.
    async fn close(mut self, reason: &'static str) {
        let _ = self.socket.send(Message::Close(Some(CloseFrame { code: ENDED, reason: reason.into() }))).await;
    }
}
