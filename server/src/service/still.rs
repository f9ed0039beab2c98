//! Stills: kept with the comment whose author saw them, shown to the house.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::comment::{event, not_of};
use super::{Change, Error, Noun, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, hex};
use crate::domain::instant::UtcInstant;
use crate::domain::still::Still;
use crate::store::viewer::ViewerRecord;
use crate::store::{comment, still as table};

impl Services {
    /// Keeps the still of a guest's own comment. The first stays: sending twice changes nothing.
    ///
    /// # Errors
    /// When there is no such comment of theirs, it was taken back or answers another, or the still breaks a rule.
    pub async fn keep_still(&self, id: Uuid, bytes: Vec<u8>, viewer: &ViewerRecord, by: &By) -> Result<(), Error> {
        self.permit(by, Permission::CommentMake, &viewer.object()).await?;
        let checked = tokio::task::spawn_blocking(move || Still::from_upload(&bytes));
        let still = checked.await.map_err(|_| Error::Busy)??;
        let mut write = self.store.write().await?;
        let found = comment::by_id(write.connection(), id).await?.filter(|found| found.review_id == viewer.review_id);
        let mut comment = found.ok_or_else(|| Error::not_found(Noun::Comment, id))?;
        if !comment.is_of_link(viewer.link_id) {
            return not_of(write, &comment, by, Action::CommentStill).await;
        }
        if comment.deleted_at.is_some() || comment.parent_id.is_some() {
            return Err(Error::CommentGone { id });
        }
        if comment.has_still {
            return Ok(());
        }
        let now = UtcInstant::now();
        comment.revision = comment::next_revision(write.connection(), comment.review_id).await?;
        comment.has_still = true;
        comment::put(write.connection(), &comment).await?;
        table::insert(write.connection(), id, &still, now).await?;
        let kept = event(now, by, Action::CommentStill, &comment).with("sha256", hex(&Sha256::digest(&still.jpeg)));
        write.commit(&kept).await?;
        self.tell(Change::Comment(Box::new(comment)));
        Ok(())
    }

    /// The still of a comment, for the house.
    ///
    /// # Errors
    /// When it is not allowed, or there is none.
    pub async fn still(&self, id: Uuid, by: &By) -> Result<Still, Error> {
        let missing = || Error::not_found(Noun::Comment, id);
        let found = comment::by_id(&mut *self.store.read().await?, id).await?.ok_or_else(missing)?;
        self.permitted_review(found.review_id, Permission::ReviewSee, by).await?;
        let still = table::by_comment(&mut *self.store.read().await?, id).await?;
        still.filter(|_| found.deleted_at.is_none()).ok_or_else(missing)
    }
}
