//! The comments of a review as one page gets them: each change in the order of its revision, none left out, none twice.

use std::cmp::Ordering;

use uuid::Uuid;

use crate::domain::comment::Comment;
use crate::service::{Error, Services};

/// How far a page has been told.
#[derive(Clone, Copy, Debug)]
pub struct CommentFeed {
    review: Uuid,
    told: u64,
}

impl CommentFeed {
    /// A feed of a review that goes on after a revision.
    pub const fn after(review: Uuid, told: u64) -> Self {
        Self { review, told }
    }

    /// The revision that was told last.
    pub const fn told(&self) -> u64 {
        self.told
    }

    /// Notes that everything up to the newest of these was told otherwise.
    pub fn told_with(&mut self, revisions: impl Iterator<Item = u64>) {
        self.told = revisions.max().unwrap_or_default().max(self.told);
    }

    /// What is to be told now that a comment changed. Changes are heard of after they are written down, and so not always
    /// in order: what lies between comes from the database.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn heard(&mut self, services: &Services, comment: Comment) -> Result<Vec<Comment>, Error> {
        if comment.review_id != self.review {
            return Ok(Vec::new());
        }
        match comment.revision.cmp(&(self.told + 1)) {
            Ordering::Less => Ok(Vec::new()),
            Ordering::Equal => {
                self.told = comment.revision;
                Ok(vec![comment])
            }
            Ordering::Greater => self.missed(services).await,
        }
    }

    /// Everything that was not told yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn missed(&mut self, services: &Services) -> Result<Vec<Comment>, Error> {
        let comments = services.comments_after(self.review, self.told).await?;
        self.told_with(comments.iter().map(|comment| comment.revision));
        Ok(comments)
    }
}
