//! What changed in this process, for the pages that are open.

use uuid::Uuid;

use crate::domain::chat::ChatLine;
use crate::domain::comment::Comment;
use crate::domain::viewing::EndReason;

/// A change.
#[derive(Clone, Debug)]
pub enum Change {
    /// A review itself.
    Review(Uuid),
    /// The links of a review.
    Links(Uuid),
    /// The viewers of a review.
    Viewers(Uuid),
    /// A review's source.
    Source(Uuid),
    /// A new comment.
    Comment(Box<Comment>),
    /// Something was said in the chat.
    Chat(Box<ChatLine>),
    /// The floor of a review.
    Floor(Uuid),
    /// Who is there in a review, or whose hand is up.
    Presence(Uuid),
    /// A viewer's picture started.
    ViewingStarted {
        /// Whose.
        viewer: Uuid,
        /// Which.
        viewing: Uuid,
    },
    /// What a viewer's browser says of their picture.
    Proof {
        /// The review.
        review: Uuid,
        /// Whose.
        viewer: Uuid,
    },
    /// The facts of a viewing's picture.
    Picture {
        /// Which.
        viewing: Uuid,
    },
    /// A viewer's page must say that it is over.
    Ended {
        /// Whose.
        viewer: Uuid,
        /// The viewing that ended, if one ran.
        viewing: Option<Uuid>,
        /// Why.
        reason: EndReason,
    },
    /// A session of an account ended.
    Sessions,
    /// The server stops.
    Stopping,
}

impl Change {
    /// Whether a running viewing may have lost its right by this.
    pub fn may_end_viewings(&self) -> bool {
        matches!(self, Self::Review(_) | Self::Links(_) | Self::Ended { .. })
    }
}
