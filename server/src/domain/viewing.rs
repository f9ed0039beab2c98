//! A viewing: one browser's live peer, and whether it may go on.

use std::time::Duration;

use super::instant::UtcInstant;
use super::review::{ReviewState, ReviewWindow};
use super::word::word_enum;

word_enum! {
    /// Why a viewer or a viewing ended.
    EndReason {
        /// The link's time is over.
        LinkExpired = "link_expired",
        /// The link was taken back.
        LinkRevoked = "link_revoked",
        /// The review is over.
        ReviewEnded = "review_ended",
        /// A person sent the viewer away.
        Removed = "removed",
        /// The same link, or the same viewer, started anew elsewhere.
        Replaced = "replaced",
        /// The right to media was not renewed.
        LeaseExpired = "lease_expired",
        /// The viewer left.
        Left = "left",
        /// The network between failed.
        ConnectionLost = "connection_lost",
        /// The server stops.
        ServerStopping = "server_stopping",
        /// No place was free.
        RoomFull = "room_full",
        /// Somebody of the house did not let them in.
        Denied = "denied",
        /// Their network is not among the allowed ones any more.
        NetworkRefused = "network_refused",
        /// The session of the house in which they looked is over.
        SignedOut = "signed_out",
    }
}

impl EndReason {
    /// What the page says.
    pub fn message(self) -> &'static str {
        match self {
            Self::LinkExpired => "Your link has expired. Ask your host for a new one to go on.",
            Self::LinkRevoked => "Your host has taken this link back.",
            Self::ReviewEnded => "The review has ended. Thank you for watching.",
            Self::Removed => "Your host has ended your viewing.",
            Self::Replaced => "This link was opened in another place, so the picture stopped here.",
            Self::LeaseExpired => "The picture stopped because this page was asleep. Reload it to go on.",
            Self::Left => "You have left the review.",
            Self::ConnectionLost => "The connection was lost.",
            Self::ServerStopping => "The server is being stopped. Try again in a few minutes.",
            Self::RoomFull => "The room is full: the server cannot show one more true picture. Try again later.",
            Self::Denied => "Your host could not let you in this time. Ask them if you think it is a mistake.",
            Self::SignedOut => "You are signed out.",
            Self::NetworkRefused => "This review may not be watched from your network. Ask your host.",
        }
    }

    /// Whether the viewer, not only the picture, ends for this reason.
    pub fn ends_viewer(self) -> bool {
        match self {
            Self::LinkExpired
            | Self::LinkRevoked
            | Self::ReviewEnded
            | Self::Removed
            | Self::Replaced
            | Self::Left
            | Self::Denied
            | Self::NetworkRefused
            | Self::SignedOut => true,
            Self::LeaseExpired | Self::ConnectionLost | Self::ServerStopping | Self::RoomFull => false,
        }
    }
}

/// Whoever waits at the door and is not heard of for this long has gone.
pub const WAITS_FOR: Duration = Duration::from_secs(60);

/// Whether somebody who waits has gone away.
pub fn gave_up(waits: bool, seen_at: UtcInstant, now: UtcInstant) -> bool {
    waits && now >= seen_at.plus(WAITS_FOR)
}

/// The facts on which a viewing's right to go on rests.
#[derive(Clone, Copy, Debug)]
pub struct Authority {
    /// The review's window.
    pub window: ReviewWindow,
    /// First instant at which the link no longer opens.
    pub link_expires_at: UtcInstant,
    /// When the link was taken back.
    pub link_revoked_at: Option<UtcInstant>,
    /// Why the viewer ended, if they did.
    pub viewer_ended: Option<EndReason>,
    /// Until when the viewer's last lease runs; `None` when none was given yet.
    pub lease_expires_at: Option<UtcInstant>,
}

impl Authority {
    /// May this viewer stay in the room at `now`?
    ///
    /// # Errors
    /// With the reason why not.
    pub fn viewer(&self, now: UtcInstant) -> Result<(), EndReason> {
        if let Some(reason) = self.viewer_ended {
            Err(reason)
        } else if self.link_revoked_at.is_some() && self.window.ended_at.is_none() {
            Err(EndReason::LinkRevoked)
        } else if self.window.state(now) != ReviewState::Live {
            Err(EndReason::ReviewEnded)
        } else if now >= self.link_expires_at {
            Err(EndReason::LinkExpired)
        } else {
            Ok(())
        }
    }

    /// May this viewer's picture go on at `now`?
    ///
    /// # Errors
    /// With the reason why not.
    pub fn viewing(&self, now: UtcInstant) -> Result<(), EndReason> {
        self.viewer(now)?;
        match self.lease_expires_at {
            Some(expires_at) if now < expires_at => Ok(()),
            _ => Err(EndReason::LeaseExpired),
        }
    }
}
