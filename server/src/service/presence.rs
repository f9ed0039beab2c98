//! Presence: who has the room before them and whose hand is up. Kept in memory for as long as somebody is there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::{Change, Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::By;
use crate::domain::instant::UtcInstant;
use crate::domain::presence::Presence;
use crate::store::viewer::ViewerRecord;

/// Presences by link.
#[derive(Clone, Debug, Default)]
pub(super) struct Presences {
    of: Arc<Mutex<HashMap<Uuid, Presence>>>,
    connections: Arc<AtomicU64>,
}

impl Presences {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Presence>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes somebody's presence, if it is the one of this stay; whether anything changed.
    fn change(&self, viewer: &ViewerRecord, change: impl FnOnce(&mut Presence)) -> bool {
        let mut of = self.lock();
        let Some(found) = of.get_mut(&viewer.link_id).filter(|found| found.viewer_id == viewer.id) else {
            return false;
        };
        let was = *found;
        change(found);
        *found != was
    }
}

impl Services {
    /// Somebody's page connected; the number names the connection. A hand that was up stays up.
    pub fn arrive(&self, viewer: &ViewerRecord) -> u64 {
        let connection = self.presences.connections.fetch_add(1, Ordering::Relaxed);
        let arrived = Presence::arrived(viewer.id, connection);
        let mut of = self.presences.lock();
        let before = of.get(&viewer.link_id).filter(|before| before.viewer_id == viewer.id);
        let hand_at = before.and_then(|before| before.hand_at);
        of.insert(viewer.link_id, Presence { hand_at, ..arrived });
        drop(of);
        self.tell(Change::Presence(viewer.review_id));
        connection
    }

    /// A connection ended. Whoever comes back finds their hand as it was; `over` takes it down.
    pub fn depart(&self, viewer: &ViewerRecord, connection: u64, over: bool) {
        let mut of = self.presences.lock();
        if let Some(found) = of.get_mut(&viewer.link_id).filter(|found| found.connection == Some(connection)) {
            found.connection = None;
            if over || found.hand_at.is_none() {
                of.remove(&viewer.link_id);
            }
        }
        drop(of);
        self.tell(Change::Presence(viewer.review_id));
    }

    /// Notes whether somebody's page is in view.
    pub fn look(&self, viewer: &ViewerRecord, looking: bool) {
        if self.presences.change(viewer, |presence| presence.looking = looking) {
            self.tell(Change::Presence(viewer.review_id));
        }
    }

    /// Raises somebody's hand, or takes it down.
    pub fn raise_hand(&self, viewer: &ViewerRecord, raised: bool) {
        let now = UtcInstant::now();
        let put = |presence: &mut Presence| presence.hand_at = raised.then(|| presence.hand_at.unwrap_or(now));
        if self.presences.change(viewer, put) {
            self.tell(Change::Presence(viewer.review_id));
        }
    }

    /// Takes somebody's hand down for the house.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such viewer.
    pub async fn lower_hand(&self, viewer: Uuid, by: &By) -> Result<ViewerRecord, Error> {
        let found = self.viewer(viewer).await?;
        self.permit(by, Permission::ViewerAdmit, &found.object()).await?;
        self.raise_hand(&found, false);
        Ok(found)
    }

    /// The presence of whoever came by a link.
    pub fn presence(&self, link: Uuid) -> Option<Presence> {
        self.presences.lock().get(&link).copied()
    }
}
