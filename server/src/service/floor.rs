//! The floor of a room: what the house says over the picture, who may point, who is muted.

use uuid::Uuid;

use super::review::object;
use super::viewer::object as viewer_object;
use super::{Change, Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::floor::{self, Floor};
use crate::domain::instant::UtcInstant;
use crate::domain::review::ReviewState;
use crate::store::floor as table;
use crate::store::viewer::ViewerRecord;

/// What changes on a floor; `None` leaves things as they are.
#[derive(Clone, Debug, Default)]
pub struct FloorChange {
    /// Whether guests may point.
    pub pointers: Option<bool>,
    /// What is said over the picture, or nothing any more.
    pub talkback: Option<Option<String>>,
}

impl Services {
    /// The floor of a review.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn floor(&self, review: Uuid) -> Result<Floor, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review).await?)
    }

    /// Changes the floor of a review. Nothing is written down when nothing changes.
    ///
    /// # Errors
    /// When it is not allowed, the review has ended or the sentence breaks a rule.
    pub async fn change_floor(&self, review: Uuid, change: FloorChange, by: &By) -> Result<Floor, Error> {
        let found = self.permitted_review(review, Permission::ReviewDrive, by).await?;
        let now = UtcInstant::now();
        if found.window.state(now) == ReviewState::Ended {
            return Err(Error::ReviewOver);
        }
        let talkback = change.talkback.map(|text| text.map(|text| floor::talkback(&text)).transpose()).transpose()?;
        let mut write = self.store.write().await?;
        let was = table::of_review(write.connection(), review).await?;
        let is = Floor {
            pointers: change.pointers.unwrap_or(was.pointers),
            talkback: talkback.unwrap_or_else(|| was.talkback.clone()),
        };
        if is == was {
            return Ok(is);
        }
        table::put(write.connection(), review, &is).await?;
        let event = Event::done(now, by, Action::ReviewFloor, object(review)).review(review);
        let event = event.with("pointers", is.pointers).with("talkback", is.talkback.as_deref().unwrap_or_default());
        write.commit(&event).await?;
        self.tell(Change::Floor(review));
        Ok(is)
    }

    /// Mutes a viewer's person, or lets them speak again: they do not chat or point; their comments are taken as ever.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such viewer.
    pub async fn mute_viewer(&self, id: Uuid, muted: bool, by: &By) -> Result<ViewerRecord, Error> {
        let found = self.viewer(id).await?;
        self.permit(by, Permission::ViewerAdmit, &found.object()).await?;
        if found.muted == muted {
            return Ok(found);
        }
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        table::mute(write.connection(), found.link_id, muted.then_some(now)).await?;
        let action = if muted { Action::ViewerMuted } else { Action::ViewerUnmuted };
        let event = Event::done(now, by, action, viewer_object(id)).review(found.review_id);
        write.commit(&event.with("link", found.link_id)).await?;
        self.tell(Change::Viewers(found.review_id));
        self.viewer(id).await
    }
}
