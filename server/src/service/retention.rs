//! How long addresses are kept outside the record: as long as in it.

use std::time::Duration;

use super::{Error, Services};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::notification::TRIED_FOR;
use crate::store::retention as table;

impl Services {
    /// Takes addresses and browsers out of stays and senders that ended longer than `keep` ago, and removes notifications
    /// that are older, unless they may still be on their way. Names stay: they say whose mark a leak carries.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn redact_addresses(&self, keep: Duration) -> Result<(), Error> {
        let now = UtcInstant::now();
        let before = now.minus(keep);
        let mut write = self.store.write().await?;
        let viewers = table::redact_viewers(write.connection(), before).await?;
        let senders = table::redact_publishings(write.connection(), before).await?;
        let told = before.min(now.minus(TRIED_FOR));
        let notifications = table::remove_notifications(write.connection(), told).await?;
        if (viewers, senders, notifications) == (0, 0, 0) {
            return Ok(());
        }
        let event = Event::done(now, &By::SERVER, Action::AddressesRedacted, "server").with("viewers", viewers);
        write.commit(&event.with("senders", senders).with("notifications", notifications)).await?;
        Ok(self.store.empty_journal().await?)
    }
}
