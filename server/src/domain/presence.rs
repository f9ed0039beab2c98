//! Presence: whether somebody has the room before them, and whether they want to speak.

use uuid::Uuid;

use super::instant::UtcInstant;

/// What a page said of its person. It lives as long as the process; nothing of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The stay.
    pub viewer_id: Uuid,
    /// The connection that says so; `None` when there is none.
    pub connection: Option<u64>,
    /// Whether the page is in view.
    pub looking: bool,
    /// Since when their hand is up.
    pub hand_at: Option<UtcInstant>,
}

impl Presence {
    /// Somebody whose page has just connected.
    pub const fn arrived(viewer_id: Uuid, connection: u64) -> Self {
        Self { viewer_id, connection: Some(connection), looking: true, hand_at: None }
    }

    /// Whether the room is before them now.
    pub const fn is_looking(&self) -> bool {
        self.connection.is_some() && self.looking
    }
}
