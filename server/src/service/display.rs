//! Display checks: kept with the viewer, shown to the house.

use std::net::IpAddr;

use super::viewer::object;
use super::{Change, Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::display::DisplayCheck;
use crate::domain::instant::UtcInstant;
use crate::store::display as table;
use crate::store::viewer::ViewerRecord;

impl Services {
    /// Keeps what a viewer found; a later check replaces it, and the record has both.
    ///
    /// # Errors
    /// When a figure cannot be true, or the record cannot be written.
    pub async fn check_display(&self, viewer: &ViewerRecord, check: DisplayCheck, ip: IpAddr) -> Result<(), Error> {
        let by = By::viewer(viewer.id, viewer.review_id, ip);
        self.permit(&by, Permission::RoomUse, &viewer.object()).await?;
        let check = check.checked()?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        table::put(write.connection(), viewer.id, viewer.viewing, &check, now).await?;
        let event = Event::done(now, &by, Action::DisplayChecked, object(viewer.id))
            .review(viewer.review_id)
            .with("passed", check.passed())
            .with("findings", serde_json::to_string(&check).map_err(crate::store::Error::from)?);
        let event = viewer.viewing.map_or(event.clone(), |viewing| event.viewing(viewing));
        write.commit(&event).await?;
        self.tell(Change::Viewers(viewer.review_id));
        Ok(())
    }
}
