//! E-mail by SMTP with TLS.

use std::fmt;
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::config::{MailConfig, MailTls, NotifyConfig};
use super::{SendError, TargetError, secret, value};
use crate::config::data::at;
use crate::store::notification::NotificationRecord;

/// A mail server that says nothing for this long is as good as none.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A mail server and its receivers.
pub(super) struct Mail {
    name: String,
    from: Mailbox,
    to: Vec<Mailbox>,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("name", &self.name).field("to", &self.to).finish_non_exhaustive()
    }
}

fn mailbox(name: &str, field: &'static str, text: &str) -> Result<Mailbox, TargetError> {
    text.parse().map_err(|error: AddressError| value(name, field, format!("{text:?} is no e-mail address: {error}")))
}

/// Whom mails come from.
fn sender(config: &MailConfig) -> Result<Mailbox, TargetError> {
    mailbox(&config.name, "from", &config.from)
}

/// That nobody wrote a mail by hand (RFC 3834).
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

/// The way to a mail server, by TLS.
fn transport(config: &MailConfig) -> Result<AsyncSmtpTransport<Tokio1Executor>, TargetError> {
    let name = &config.name;
    let (tls, port) = match config.tls {
        MailTls::Starttls => (Tls::Required(parameters(config)?), 587),
        MailTls::Implicit => (Tls::Wrapper(parameters(config)?), 465),
    };
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.server)
        .port(config.port.unwrap_or(port))
        .tls(tls)
        .timeout(Some(TIMEOUT));
    match (&config.user, &config.password_file) {
        (Some(user), Some(file)) => {
            let credentials = Credentials::new(user.clone(), secret(name, file)?.reveal().to_owned());
            Ok(transport.credentials(credentials).build())
        }
        (None, None) => Ok(transport.build()),
        _ => Err(value(name, "user", "and password_file belong together; only one of them is set")),
    }
}

impl Mail {
    pub fn new(config: &MailConfig) -> Result<Self, TargetError> {
        let name = &config.name;
        let to: Vec<_> = config.to.iter().map(|to| mailbox(name, "to", to)).collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err(value(name, "to", "names nobody; expected at least one address"));
        }
        Ok(Self { name: name.clone(), from: sender(config)?, to, transport: transport(config)? })
    }

    /// The number of the notification is in the message's id, so that one that comes twice can be told.
    fn message(&self, record: &NotificationRecord) -> Result<Message, SendError> {
        let NotificationRecord { sequence, notification } = record;
        let id = format!("<notification-{sequence}-{}@{}>", notification.at.as_ms(), self.from.email.domain());
        let start = Message::builder()
            .from(self.from.clone())
            .subject(format!("Vitrine: {}", notification.subject()))
            .message_id(Some(id))
            .raw_header(automatic())
            .header(ContentType::TEXT_PLAIN);
        let addressed = self.to.iter().cloned().fold(start, MessageBuilder::to);
        addressed.body(notification.text()).map_err(SendError::passing)
    }

    pub async fn send(&self, record: &NotificationRecord) -> Result<(), SendError> {
        deliver(&self.transport, self.message(record)?, TIMEOUT * 2).await
    }
}

async fn deliver(
    transport: &AsyncSmtpTransport<Tokio1Executor>,
    message: Message,
    within: Duration,
) -> Result<(), SendError> {
    match tokio::time::timeout(within, transport.send(message)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(SendError { refused: error.is_permanent(), text: chain(&error) }),
        Err(_) => Err(SendError::passing("the mail server did not answer in time")),
    }
}

/// A mail server that sends to one person at a time.
pub(super) struct Post {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Post {
    /// The server of the `[[notify.mail]]` of this name, which `key` of the configuration names.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn new(config: &NotifyConfig, key: &'static str, name: &str) -> Result<Self, TargetError> {
        let found = config.mail.iter().find(|mail| mail.name == name);
        let mail = found.ok_or_else(|| TargetError::NoMail { key, name: name.to_owned() })?;
        Ok(Self { from: sender(mail)?, transport: transport(mail)? })
    }

    /// The head of a mail to somebody.
    ///
    /// # Errors
    /// When the address is none.
    pub fn letter(&self, name: Option<&str>, email: &str) -> Result<MessageBuilder, SendError> {
        let address = email.parse().map_err(SendError::passing)?;
        let to = Mailbox::new(name.map(str::to_owned), address);
        Ok(Message::builder().from(self.from.clone()).to(to).raw_header(automatic()))
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// When the server does not take it in time.
    pub async fn send(&self, message: Message, within: Duration) -> Result<(), SendError> {
        deliver(&self.transport, message, within).await
    }
}

/// What an error says, with what it says about its cause.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

fn parameters(config: &MailConfig) -> Result<TlsParameters, TargetError> {
    let wrong = |error: lettre::transport::smtp::Error| value(&config.name, "ca", chain(&error));
    let builder = TlsParameters::builder(config.server.clone());
    let builder = match &config.ca {
        None => builder,
        Some(path) => {
            let pem = std::fs::read(path).map_err(at("read", path));
            let pem = pem.map_err(|error| TargetError::File { name: config.name.clone(), error })?;
            let ca = Certificate::from_pem(&pem).map_err(wrong)?;
            builder.certificate_store(CertificateStore::None).add_root_certificate(ca)
        }
    };
    builder.build().map_err(wrong)
}
