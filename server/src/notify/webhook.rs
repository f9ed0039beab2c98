//! Webhooks: a POST by HTTPS, signed, to public addresses or to networks that were named.

use std::fmt;

use aws_lc_rs::hmac;
use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::Full;

use super::config::WebhookConfig;
use super::{SendError, TargetError, invalid, secret, value};
use crate::domain::audit::hex;
use crate::domain::instant::UtcInstant;
use crate::domain::network::Networks;
use crate::outbound::{Address, Outbound};
use crate::store::notification::NotificationRecord;

/// Shortest secret, in characters.
const SECRET_LEAST: usize = 32;

/// Who is told, and how it is known that it was us.
pub(super) struct Webhook {
    name: String,
    address: Address,
    key: hmac::Key,
    outbound: Outbound,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("name", &self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

impl Webhook {
    pub fn new(config: &WebhookConfig) -> Result<Self, TargetError> {
        let name = &config.name;
        let address = Address::parse(&config.url)
            .map_err(|reason| value(name, "url", format!("{reason}; expected https://host/path")))?;
        let secret = secret(name, &config.secret_file)?;
        if secret.reveal().chars().count() < SECRET_LEAST {
            return Err(value(
                name,
                "secret_file",
                format!("holds too short a secret; expected {SECRET_LEAST} characters"),
            ));
        }
        let networks = Networks::named(&config.networks).map_err(invalid(name, "networks"))?;
        let outbound = Outbound::new(config.ca.as_deref(), networks);
        Ok(Self {
            name: name.clone(),
            address,
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes()),
            outbound: outbound.map_err(|error| TargetError::Tls { name: name.clone(), error })?,
        })
    }

    pub async fn send(&self, record: &NotificationRecord) -> Result<(), SendError> {
        let request = self.request(record)?;
        let (status, _) = self.outbound.send(&self.address, request).await.map_err(SendError::passing)?;
        if status.is_success() {
            return Ok(());
        }
        // A redirect is not followed: it could lead to where this server may go and the receiver may not.
        let later = status.is_server_error()
            || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT);
        Err(SendError { text: format!("the receiver answered {}", status.as_u16()), refused: !later })
    }

    /// The notification, signed over the instant of sending and every byte of it.
    fn request(&self, record: &NotificationRecord) -> Result<Request<Full<Bytes>>, SendError> {
        let body = record.notification.json(record.sequence).to_string();
        let timestamp = UtcInstant::now().as_ms() / 1_000;
        let signature = hmac::sign(&self.key, format!("{timestamp}.{body}").as_bytes());
        Request::post(self.address.path())
            .header(HOST, self.address.authority())
            .header(USER_AGENT, concat!("Vitrine/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/json")
            .header("vitrine-id", record.sequence)
            .header("vitrine-timestamp", timestamp)
            .header("vitrine-signature", format!("v1={}", hex(signature.as_ref())))
            .body(Full::new(Bytes::from(body)))
            .map_err(SendError::passing)
    }
}
