//! Rounds: the versions of a work that were reviewed one after the other, and what became of the comments of each.

use uuid::Uuid;

use super::{Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::By;
use crate::domain::comment::Comment;
use crate::store::review::ReviewRecord;
use crate::store::{comment, review as table};

/// Rounds that are looked back on.
const ROUNDS_MOST: usize = 100;

/// One round.
#[derive(Clone, Debug)]
pub struct Round {
    /// Its review.
    pub review: ReviewRecord,
    /// Comments that begin a thread, by frame, without those taken back.
    pub threads: Vec<Comment>,
}

impl Round {
    /// Threads that are not settled.
    pub fn open(&self) -> usize {
        self.threads.iter().filter(|thread| thread.resolved_at.is_none()).count()
    }
}

impl Services {
    /// A review and the rounds before it, the newest first.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such review.
    pub async fn rounds(&self, id: Uuid, by: &By) -> Result<Vec<Round>, Error> {
        let mut next = Some(self.permitted_review(id, Permission::ReviewSee, by).await?);
        let mut rounds = Vec::new();
        let mut connection = self.store.read().await?;
        while let Some(review) = next.take().filter(|_| rounds.len() < ROUNDS_MOST) {
            let mut threads = comment::of_review(&mut connection, review.id).await?;
            threads.retain(|comment| comment.parent_id.is_none() && comment.deleted_at.is_none());
            threads.sort_by_key(|comment| (comment.source_frame, comment.created_at));
            // All rounds of a work are in one project, so whoever may see one may see all.
            if let Some(previous) = review.previous {
                next = table::by_id(&mut connection, previous).await?;
            }
            rounds.push(Round { review, threads });
        }
        Ok(rounds)
    }
}
