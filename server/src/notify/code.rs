//! Codes of links, by e-mail: to one person, with the code and nothing that it opens.

use std::fmt;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::config::NotifyConfig;
use super::mail::{automatic, chain, sender, transport};
use super::{SendError, TargetError};
use crate::domain::link::CODE_LIFE;
use crate::domain::secret::SecretText;

/// Whoever waits for the code waits for the mail server.
const TIMEOUT: Duration = Duration::from_secs(12);

/// The mail server that sends codes.
pub struct CodeMail {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for CodeMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeMail").field("from", &self.from).finish_non_exhaustive()
    }
}

impl CodeMail {
    /// The server of the `[[notify.mail]]` of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn new(config: &NotifyConfig, name: &str) -> Result<Self, TargetError> {
        let found = config.mail.iter().find(|mail| mail.name == name);
        let mail = found.ok_or_else(|| TargetError::NoMail { name: name.to_owned() })?;
        Ok(Self { from: sender(mail)?, transport: transport(mail)? })
    }

    /// Sends a code. Neither link, passphrase nor title is in it: whoever reads the mail alone has nothing.
    ///
    /// # Errors
    /// When the server does not take it in time.
    pub async fn send(&self, name: &str, email: &str, code: &SecretText) -> Result<(), SendError> {
        let address = email.parse().map_err(SendError::passing)?;
        let minutes = CODE_LIFE.as_secs() / 60;
        let text = format!(
            "Your code is {}\n\nIt is good for {minutes} minutes, once, on the page that asks for it.\n\
             If you did not just open an invitation, tell your host: somebody has your link and its passphrase.",
            code.reveal()
        );
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(name.to_owned()), address))
            .subject("Your code")
            .raw_header(automatic())
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(SendError::passing)?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(SendError { refused: error.is_permanent(), text: chain(&error) }),
            Err(_) => Err(SendError::passing("the mail server did not answer in time")),
        }
    }
}
