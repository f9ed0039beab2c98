//! Replies from a file: answers and settled threads, as if the person had typed them one by one.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use super::comment::{CommentChange, NewComment, Place, Speaker};
use super::review::object;
use super::{Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event, hex};
use crate::domain::comment::{Comment, Priority};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::export::marker::marker_lists;
use crate::import::{self, Reply, Stray};

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Threads that were answered.
    pub answered: usize,
    /// Threads that were settled.
    pub resolved: usize,
    /// Threads that were opened again.
    pub reopened: usize,
    /// What was so already.
    pub unchanged: usize,
    /// What belongs to no thread of this review.
    pub strays: Vec<Stray>,
}

impl Services {
    /// Brings the replies of a file into a review's log. The same file twice changes nothing more.
    ///
    /// # Errors
    /// When it is not allowed, or the file cannot be read: then nothing is changed. When the store fails half-way, the file
    /// can be sent again.
    pub async fn import_replies(&self, review: Uuid, text: String, by: &By) -> Result<Imported, Error> {
        let found = self.permitted_review(review, Permission::CommentAnswer, by).await?;
        let comments = self.comments(review).await?;
        let sum = hex(&Sha256::digest(text.as_bytes()));
        let known: HashMap<Uuid, Comment> = comments.iter().map(|comment| (comment.id, comment.clone())).collect();
        let read = move || {
            let sent = marker_lists(&found.title, &comments).unwrap_or_default();
            import::read(&text, &sent)
        };
        let read = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)?;
        let replies = read.map_err(|error| Invalid::Field { field: "text", reason: error.to_string() })?;
        let mut imported = Imported { strays: replies.strays, ..Imported::default() };
        for reply in &replies.replies {
            let thread = known.get(&reply.comment).map(Comment::thread).and_then(|id| known.get(&id));
            match thread.filter(|thread| thread.deleted_at.is_none()) {
                Some(thread) => self.take_reply(thread, reply, &known, &mut imported, by).await?,
                None => imported.strays.push(Stray { line: reply.line, place: reply.comment.to_string() }),
            }
        }
        let event = Event::done(UtcInstant::now(), by, Action::CommentsImported, object(review)).review(review);
        let event = event.with("sha256", sum).with("answered", imported.answered).with("resolved", imported.resolved);
        self.record(&event.with("reopened", imported.reopened).with("strays", imported.strays.len())).await?;
        Ok(imported)
    }

    async fn take_reply(
        &self,
        thread: &Comment,
        reply: &Reply,
        known: &HashMap<Uuid, Comment>,
        imported: &mut Imported,
        by: &By,
    ) -> Result<(), Error> {
        if let Some(text) = &reply.text {
            let id = reply_id(thread.id, text);
            if known.contains_key(&id) {
                imported.unchanged += 1;
            } else {
                let place = Place::Answer { parent_id: thread.id };
                let (category, priority, mentions, drawing) = (None, Priority::Normal, Vec::new(), None);
                let answer = NewComment { id, place, text: text.clone(), category, priority, mentions, drawing };
                self.answer_comment(answer, thread.id, by).await?;
                imported.answered += 1;
            }
        }
        match reply.resolved {
            Some(resolved) if resolved != thread.resolved_at.is_some() => {
                let change = CommentChange { resolved: Some(resolved), ..CommentChange::default() };
                self.change_comment(thread.id, change, Speaker::House, by).await?;
                if resolved { imported.resolved += 1 } else { imported.reopened += 1 }
            }
            Some(_) if reply.text.is_none() => imported.unchanged += 1,
            _ => {}
        }
        Ok(())
    }
}

/// The id of a reply is made of the thread and the words, so that a file sent twice answers once.
fn reply_id(thread: Uuid, text: &str) -> Uuid {
    let hash = Sha256::new().chain_update(thread.as_bytes()).chain_update(text.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
