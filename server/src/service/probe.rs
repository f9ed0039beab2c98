//! Probes: the measurement of a viewer's display is kept with the viewer, and shown to the house.

use super::viewer::object;
use super::{Change, Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::probe::{Probe, ProbeFile};
use crate::store::probe as table;
use crate::store::viewer::ViewerRecord;

impl Services {
    /// Keeps what a probe measured on a viewer's display; a later file replaces it, and the record has both.
    ///
    /// # Errors
    /// When the file cannot be understood, or the record cannot be written.
    pub async fn probe_display(&self, viewer: &ViewerRecord, file: ProbeFile, by: &By) -> Result<Probe, Error> {
        self.permit(by, Permission::RoomUse, &viewer.object()).await?;
        let judge = move || file.judged().map(|probe| (probe, file.text));
        let (probe, text) = tokio::task::spawn_blocking(judge).await.map_err(|_| Error::Busy)??;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        table::put(write.connection(), viewer.id, &probe, &text, now).await?;
        let event = Event::done(now, by, Action::DisplayProbed, object(viewer.id))
            .review(viewer.review_id)
            .with("sha256", &probe.sha256)
            .with("target", probe.target)
            .with("patches", probe.patches)
            .with("delta_e2000", format!("{:.3} {:.3}", probe.delta_mean, probe.delta_max));
        let event = viewer.viewing.map_or(event.clone(), |viewing| event.viewing(viewing));
        write.commit(&event).await?;
        self.tell(Change::Viewers(viewer.review_id));
        Ok(probe)
    }
}
