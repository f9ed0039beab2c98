//! Codes of links, by e-mail: to one person, with the code and nothing that it opens.

use std::time::Duration;

use lettre::message::header::ContentType;

use super::config::NotifyConfig;
use super::mail::Post;
use super::{SendError, TargetError};
use crate::domain::link::CODE_LIFE;
use crate::domain::secret::SecretText;

/// Whoever waits for the code waits for the mail server.
const TIMEOUT: Duration = Duration::from_secs(12);

/// The mail server that sends codes.
#[derive(Debug)]
pub struct CodeMail(Post);

impl CodeMail {
    /// The server of the `[[notify.mail]]` of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn new(config: &NotifyConfig, name: &str) -> Result<Self, TargetError> {
        Ok(Self(Post::new(config, "access.code_mail", name)?))
    }

    /// Sends a code. Neither link, passphrase nor title is in it: whoever reads the mail alone has nothing.
    ///
    /// # Errors
    /// When the server does not take it in time.
    pub async fn send(&self, name: &str, email: &str, code: &SecretText) -> Result<(), SendError> {
        let minutes = CODE_LIFE.as_secs() / 60;
        let text = format!(
            "Your code is {}\n\nIt is good for {minutes} minutes, once, on the page that asks for it.\n\
             If you did not just open an invitation, tell your host: somebody has your link and its passphrase.",
            code.reveal()
        );
        let start = self.0.letter(Some(name), email)?.subject("Your code").header(ContentType::TEXT_PLAIN);
        self.0.send(start.body(text).map_err(SendError::passing)?, TIMEOUT).await
    }
}
