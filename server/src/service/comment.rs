//! Comments: made at the frame that was on the author's screen.

use std::net::IpAddr;

use uuid::Uuid;

use super::viewing::Screening;
use super::{Change, Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::comment::{self, Comment};
use crate::domain::instant::UtcInstant;
use crate::store::comment as table;
use crate::store::viewer::ViewerRecord;
use crate::store::viewing as viewings;

/// A comment to make.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// Made by the client: sending twice keeps one.
    pub id: Uuid,
    /// The viewing it was seen in.
    pub viewing_id: Uuid,
    /// RTP timestamp of the frame on screen.
    pub rtp_timestamp: u32,
    /// What is said.
    pub text: String,
}

impl Services {
    /// All comments of a review, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn comments(&self, review: Uuid) -> Result<Vec<Comment>, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review).await?)
    }
}

impl Screening {
    /// Makes a comment. The server says which frame it was.
    ///
    /// # Errors
    /// When the text breaks a rule, the frame is unknown, or the id is somebody else's.
    pub async fn comment(&self, viewer: &ViewerRecord, new: NewComment, ip: IpAddr) -> Result<Comment, Error> {
        let by = By::viewer(viewer.id, viewer.review_id, ip);
        self.services.permit(&by, Permission::CommentMake, &viewer.object()).await?;
        let text = comment::text(&new.text)?;
        let unknown = Error::FrameUnknown { rtp_timestamp: new.rtp_timestamp };
        let mut write = self.services.store.write().await?;
        if let Some(found) = table::by_id(write.connection(), new.id).await? {
            return if found.viewer_id == viewer.id { Ok(found) } else { Err(Error::CommentTaken { id: new.id }) };
        }
        let viewing = viewings::by_id(write.connection(), new.viewing_id).await?;
        if viewing.is_none_or(|viewing| viewing.viewer_id != viewer.id) {
            return Err(unknown);
        }
        let stamp = self.projector.frame_at(new.viewing_id, new.rtp_timestamp).ok_or(unknown)?;
        let now = UtcInstant::now();
        let comment = Comment {
            id: new.id,
            review_id: viewer.review_id,
            source_id: stamp.source,
            viewer_id: viewer.id,
            viewing_id: new.viewing_id,
            author: viewer.name.clone(),
            email: viewer.email.clone(),
            text,
            source_frame: stamp.source_frame,
            rate: stamp.rate,
            timecode: stamp.timecode,
            created_at: now,
        };
        table::insert(write.connection(), &comment).await?;
        let event = Event::done(now, &by, Action::CommentMade, format!("comment:{}", comment.id))
            .review(viewer.review_id)
            .viewing(new.viewing_id)
            .with("source", comment.source_id)
            .with("source_frame", comment.source_frame)
            .with("timecode", &comment.timecode);
        write.commit(&event).await?;
        self.services.tell(Change::Comment(Box::new(comment.clone())));
        Ok(comment)
    }
}
