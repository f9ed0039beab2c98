//! `[notify]` of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::notification::Occasion;

/// Where the house is told of things. Nothing configured: nowhere, but the console shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotifyConfig {
    /// Name of the mail target whose server sends digests of comments to whoever asks for them; none is sent without.
    pub digest_mail: Option<String>,
    /// By e-mail.
    pub mail: Vec<MailConfig>,
    /// By HTTPS.
    pub webhook: Vec<WebhookConfig>,
}

/// How a mail server is spoken to; never in clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// TLS before anything else is said, or nothing (port 587).
    #[default]
    Starttls,
    /// TLS from the first byte (port 465).
    Implicit,
}

/// A mail server, and to whom it sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Name of this target.
    pub name: String,
    /// Host name of the mail server, as its certificate says it.
    pub server: String,
    /// Its port; 587 or 465 by `tls` when it is not said.
    pub port: Option<u16>,
    /// How it is spoken to.
    #[serde(default)]
    pub tls: MailTls,
    /// Name to sign in with.
    pub user: Option<String>,
    /// File (0600) whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// Sender.
    pub from: String,
    /// Receivers.
    pub to: Vec<String>,
    /// CA in PEM to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// Of what it is told; everything when it is not said.
    #[serde(default)]
    pub only: Vec<Occasion>,
}

/// A program of the house's that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Name of this target.
    pub name: String,
    /// `https://host[:port]/path`.
    pub url: String,
    /// File (0600) whose first line is the secret that signs, at least 32 characters.
    pub secret_file: PathBuf,
    /// Networks that it may be in although they are not public, e.g. `10.2.0.0/16`.
    #[serde(default)]
    pub networks: Vec<String>,
    /// CA in PEM to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// Of what it is told; everything when it is not said.
    #[serde(default)]
    pub only: Vec<Occasion>,
}

impl NotifyConfig {
    /// Every path, to be made relative to the configuration file.
    pub fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let mail = self.mail.iter_mut().flat_map(|mail| mail.password_file.iter_mut().chain(mail.ca.iter_mut()));
        let webhook = self.webhook.iter_mut();
        mail.chain(webhook.flat_map(|webhook| std::iter::once(&mut webhook.secret_file).chain(webhook.ca.iter_mut())))
    }
}
