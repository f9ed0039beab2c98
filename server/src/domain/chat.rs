//! Chat: short lines beside the comments, about no frame. They are kept with the review and cannot be changed.

use uuid::Uuid;

use super::instant::UtcInstant;
use super::invalid::{self, Invalid};

/// Longest line, in characters.
pub const TEXT_LIMIT: usize = 500;

/// A line of chat as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatLine {
    /// Made by the client, so that sending twice keeps one.
    pub id: Uuid,
    /// The review.
    pub review_id: Uuid,
    /// 1, 2, 3 ... in the review, without gaps.
    pub number: u64,
    /// The stay in which a guest said it; `None` when the house did.
    pub viewer_id: Option<Uuid>,
    /// The guest's link, which is the same however often they come.
    pub link_id: Option<Uuid>,
    /// The account that said it, when the house did.
    pub account_id: Option<Uuid>,
    /// The guest's name, or the account's.
    pub author: String,
    /// What was said.
    pub text: String,
    /// When.
    pub said_at: UtcInstant,
}

impl ChatLine {
    /// Whether the same person says it.
    pub fn is_of(&self, link: Option<Uuid>, account: Option<Uuid>) -> bool {
        self.link_id == link && self.account_id == account
    }
}

/// A line's text.
///
/// # Errors
/// When it is empty, has more than [`TEXT_LIMIT`] characters or a control character.
pub fn text(text: &str) -> Result<String, Invalid> {
    invalid::line("text", text, TEXT_LIMIT)
}
