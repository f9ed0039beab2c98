//! Digests of comments, by e-mail: as plain text and as HTML that loads nothing.

use std::time::Duration;

use lettre::message::MultiPart;

use super::config::NotifyConfig;
use super::mail::Post;
use super::{SendError, TargetError};
use crate::domain::digest::Digest;
use crate::export::digest::{html, subject, text};

const TIMEOUT: Duration = Duration::from_secs(40);

/// The mail server that sends digests.
#[derive(Debug)]
pub struct DigestMail(Post);

impl DigestMail {
    /// The server that `notify.digest_mail` names; `None` when it names none.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be used.
    pub fn of(config: &NotifyConfig) -> Result<Option<Self>, TargetError> {
        let post = config.digest_mail.as_ref().map(|name| Post::new(config, "notify.digest_mail", name));
        Ok(post.transpose()?.map(Self))
    }

    /// Sends a digest.
    ///
    /// # Errors
    /// When the server does not take it in time.
    pub async fn send(&self, email: &str, digest: &Digest) -> Result<(), SendError> {
        let body = MultiPart::alternative_plain_html(text(digest), html(digest));
        let letter = self.0.letter(None, email)?.subject(subject(digest));
        self.0.send(letter.multipart(body).map_err(SendError::passing)?, TIMEOUT).await
    }
}
