//! When a sender may publish to a source, and why it stops.

use super::instant::UtcInstant;
use super::review::{ReviewState, ReviewWindow};
use super::word::word_enum;

word_enum! {
    /// Why a sender's connection ended.
    PublishEnd {
        /// The source has another key now, or none.
        KeyReplaced = "key_replaced",
        /// The source was removed.
        SourceRemoved = "source_removed",
        /// The review is over.
        ReviewEnded = "review_ended",
        /// The sender said so.
        Left = "left",
        /// The same key was used again after the connection had fallen silent.
        Replaced = "replaced",
        /// Nothing came any more, or nothing ever came.
        ConnectionLost = "connection_lost",
        /// Its offer was not taken.
        OfferRefused = "offer_refused",
        /// The server stopped.
        ServerStopping = "server_stopping",
    }
}

impl PublishEnd {
    /// For the console.
    pub fn message(self) -> &'static str {
        match self {
            Self::KeyReplaced => "the sender's key was replaced or taken back",
            Self::SourceRemoved => "the source was removed",
            Self::ReviewEnded => "the review has ended",
            Self::Left => "the sender stopped",
            Self::Replaced => "the sender connected anew",
            Self::ConnectionLost => "the sender's connection was lost",
            Self::OfferRefused => "the sender's offer was not taken",
            Self::ServerStopping => "the server is being stopped",
        }
    }
}

/// The facts on which a sender's right rests.
#[derive(Clone, Copy, Debug)]
pub struct PublishRight {
    /// The review's window. A sender may come before it begins: nobody watches, and the colourist can set up.
    pub window: ReviewWindow,
    /// Whether the key was replaced.
    pub key_ended: bool,
    /// Whether the source was removed.
    pub source_removed: bool,
}

impl PublishRight {
    /// May the sender publish at `now`?
    ///
    /// # Errors
    /// With the reason why not.
    pub fn at(&self, now: UtcInstant) -> Result<(), PublishEnd> {
        if self.key_ended {
            Err(PublishEnd::KeyReplaced)
        } else if self.source_removed {
            Err(PublishEnd::SourceRemoved)
        } else if self.window.state(now) == ReviewState::Ended {
            Err(PublishEnd::ReviewEnded)
        } else {
            Ok(())
        }
    }
}
