//! Chat: what is said beside the comments.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::pace::Paced;
use super::review::field;
use super::{Change, Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, Actor, By, Event, hex};
use crate::domain::chat::{self, ChatLine};
use crate::domain::instant::UtcInstant;
use crate::domain::review::ReviewState;
use crate::store::chat as table;
use crate::store::viewer::ViewerRecord;

/// Lines a page is shown at first; the archive has all.
const SHOWN: u32 = 200;
/// All of them.
pub(super) const ALL: u32 = u32::MAX;

impl Services {
    /// The last lines of a review's chat.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn chat(&self, review: Uuid) -> Result<Vec<ChatLine>, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review, SHOWN).await?)
    }

    /// Says something as a guest. Sending twice keeps one.
    ///
    /// # Errors
    /// When it is not allowed, they are muted, speak too fast, the text breaks a rule, or the id is somebody else's.
    pub async fn chat_as_guest(&self, id: Uuid, text: &str, viewer: &ViewerRecord, by: &By) -> Result<ChatLine, Error> {
        self.permit(by, Permission::CommentMake, &viewer.object()).await?;
        let text = chat::text(text)?;
        if viewer.muted {
            return Err(Error::Muted);
        }
        let (viewer_id, link_id) = (Some(viewer.id), Some(viewer.link_id));
        let said_at = UtcInstant::now();
        let (author, review_id) = (viewer.name.clone(), viewer.review_id);
        let line = ChatLine { id, review_id, number: 0, viewer_id, link_id, account_id: None, author, text, said_at };
        self.chat_line(line, viewer.link_id, by).await
    }

    /// Says something for the house. Sending twice keeps one.
    ///
    /// # Errors
    /// When it is not allowed, the review has ended, the text breaks a rule, or the id is somebody else's.
    pub async fn chat_as_house(&self, id: Uuid, text: &str, review: Uuid, by: &By) -> Result<ChatLine, Error> {
        let found = self.permitted_review(review, Permission::CommentAnswer, by).await?;
        let Actor::Account(account) = &by.actor else { return Err(Error::Forbidden) };
        let (text, said_at) = (chat::text(text)?, UtcInstant::now());
        if found.window.state(said_at) == ReviewState::Ended {
            return Err(Error::ReviewOver);
        }
        let (viewer_id, link_id, account_id) = (None, None, Some(account.id));
        let author = account.user.clone();
        let line = ChatLine { id, review_id: review, number: 0, viewer_id, link_id, account_id, author, text, said_at };
        self.chat_line(line, account.id, by).await
    }

    async fn chat_line(&self, mut line: ChatLine, person: Uuid, by: &By) -> Result<ChatLine, Error> {
        let mut write = self.store.write().await?;
        if let Some(found) = table::by_id(write.connection(), line.id).await? {
            let own = found.review_id == line.review_id && found.is_of(line.link_id, line.account_id);
            return if own { Ok(found) } else { Err(field("id", "this id is in use").into()) };
        }
        self.pace(Paced::Chat, person)?;
        line.number = table::insert(write.connection(), &line).await?;
        let event = Event::done(line.said_at, by, Action::ChatSaid, format!("chat:{}", line.id))
            .review(line.review_id)
            .with("number", line.number)
            .with("text_sha256", hex(&Sha256::digest(line.text.as_bytes())));
        write.commit(&event).await?;
        self.tell(Change::Chat(Box::new(line.clone())));
        Ok(line)
    }
}
