//! How notifications leave: e-mail and signed webhooks. What is sent, and when, is decided in `service::notification`.

pub mod code;
pub mod config;
pub mod digest;
mod mail;
mod webhook;

use std::path::Path;

use crate::config::data::{self, FileError};
use crate::domain::invalid::Invalid;
use crate::domain::notification::Occasion;
use crate::domain::secret::SecretText;
use crate::http::tls::TlsError;
use crate::store::notification::NotificationRecord;
use config::NotifyConfig;
use mail::Mail;
use webhook::Webhook;

/// A target that cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// A file.
    #[error("notify target {name:?}: {error}")]
    File {
        /// Which target.
        name: String,
        /// What is wrong.
        error: FileError,
    },
    /// TLS, e.g. a CA that is none.
    #[error("notify target {name:?}: {error}")]
    Tls {
        /// Which target.
        name: String,
        /// What is wrong.
        error: TlsError,
    },
    /// A mail server that is named elsewhere and does not exist.
    #[error("{key} names {name:?}, and there is no [[notify.mail]] of that name")]
    NoMail {
        /// Where.
        key: &'static str,
        /// What was named.
        name: String,
    },
    /// A target that is named elsewhere and does not exist.
    #[error("audit.send names {name:?}, and there is no target of that name under [notify]")]
    NoTarget {
        /// What was named.
        name: String,
    },
    /// Codes are demanded and there is no way to send them.
    #[error("access.code_for demands codes, and access.code_mail does not say which [[notify.mail]] sends them")]
    NoCodeMail,
    /// A value.
    #[error("notify target {name:?}: {field} {reason}")]
    Value {
        /// Which target.
        name: String,
        /// Which key.
        field: &'static str,
        /// What is wrong, and what was expected.
        reason: String,
    },
    /// The same name twice.
    #[error("two notify targets are called {name:?}; each needs a name of its own")]
    Twice {
        /// The name.
        name: String,
    },
}

/// Why a notification was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct SendError {
    /// What went wrong, for whoever runs the server.
    pub text: String,
    /// Whether the target itself said that it will not take this one.
    pub refused: bool,
}

impl SendError {
    /// Something that may be better next time.
    fn passing(text: impl ToString) -> Self {
        Self { text: text.to_string(), refused: false }
    }
}

#[derive(Debug)]
enum Way {
    Mail(Box<Mail>),
    Webhook(Box<Webhook>),
}

/// Somebody who is told.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Of what.
    pub occasions: Vec<Occasion>,
    way: Way,
}

impl Target {
    /// The targets of a configuration. Their files are read, nobody is called yet.
    ///
    /// # Errors
    /// When one cannot be used as it is configured.
    pub fn of(config: &NotifyConfig) -> Result<Vec<Self>, TargetError> {
        let mut targets: Vec<Self> = Vec::new();
        for mail in &config.mail {
            targets.push(Self::new(&mail.name, &mail.only, Way::Mail(Box::new(Mail::new(mail)?))));
        }
        for webhook in &config.webhook {
            targets.push(Self::new(&webhook.name, &webhook.only, Way::Webhook(Box::new(Webhook::new(webhook)?))));
        }
        for (index, target) in targets.iter().enumerate() {
            let name = &target.name;
            if name.is_empty() || name.len() > 64 || name.chars().any(|c| c.is_control()) {
                return Err(value(name, "name", "must have 1 to 64 characters"));
            }
            if targets.iter().take(index).any(|other| other.name == *name) {
                return Err(TargetError::Twice { name: name.clone() });
            }
        }
        Ok(targets)
    }

    /// Those of a configuration that have these names.
    ///
    /// # Errors
    /// As [`Target::of`], or when there is none of a name.
    pub fn named(config: &NotifyConfig, names: &[String]) -> Result<Vec<Self>, TargetError> {
        let mut targets = Self::of(config)?;
        if let Some(name) = names.iter().find(|name| !targets.iter().any(|target| target.name == **name)) {
            return Err(TargetError::NoTarget { name: name.clone() });
        }
        targets.retain(|target| names.contains(&target.name));
        Ok(targets)
    }

    fn new(name: &str, only: &[Occasion], way: Way) -> Self {
        let occasions = if only.is_empty() { Occasion::ALL } else { only };
        Self { name: name.to_owned(), occasions: occasions.to_vec(), way }
    }

    /// Sends a notification. That it may come twice is the price of never losing one; its number tells.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn send(&self, record: &NotificationRecord) -> Result<(), SendError> {
        match &self.way {
            Way::Mail(mail) => mail.send(record).await,
            Way::Webhook(webhook) => webhook.send(record).await,
        }
    }
}

fn value(name: &str, field: &'static str, reason: impl ToString) -> TargetError {
    TargetError::Value { name: name.to_owned(), field, reason: reason.to_string() }
}

fn invalid(name: &str, field: &'static str) -> impl FnOnce(Invalid) -> TargetError {
    let name = name.to_owned();
    move |error| value(&name, field, error)
}

/// The first line of a file that only its owner may read.
fn secret(name: &str, path: &Path) -> Result<SecretText, TargetError> {
    data::secret_line(path).map_err(|error| TargetError::File { name: name.to_owned(), error })
}
