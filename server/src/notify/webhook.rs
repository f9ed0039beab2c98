//! Webhooks: a POST by HTTPS, signed, to public addresses or to networks that were named.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{Request, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;

use super::config::WebhookConfig;
use super::{SendError, TargetError, invalid, secret, value};
use crate::domain::audit::hex;
use crate::domain::instant::UtcInstant;
use crate::domain::network::{Networks, is_public};
use crate::http::tls::{TlsError, chain};
use crate::store::notification::NotificationRecord;

/// A receiver that has not answered by then is tried again.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Shortest secret, in characters.
const SECRET_LEAST: usize = 32;

/// Who is told, and how it is known that it was us.
pub(super) struct Webhook {
    name: String,
    host: String,
    port: u16,
    uri: Uri,
    key: hmac::Key,
    tls: TlsConnector,
    allowed: Networks,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("name", &self.name).field("host", &self.host).finish_non_exhaustive()
    }
}

/// Ends a connection's task when the request is over, however that is.
struct Ends(AbortHandle);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Webhook {
    pub fn new(config: &WebhookConfig) -> Result<Self, TargetError> {
        let name = &config.name;
        let wrong = |reason: &str| value(name, "url", format!("{reason}; expected https://host/path"));
        let uri: Uri = config.url.parse().map_err(|_| wrong("is not an address"))?;
        if uri.scheme_str() != Some("https") {
            return Err(wrong("is not HTTPS"));
        }
        let authority = uri.authority().ok_or_else(|| wrong("names no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("holds a user name"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let secret = secret(name, &config.secret_file)?;
        if secret.reveal().chars().count() < SECRET_LEAST {
            return Err(value(
                name,
                "secret_file",
                format!("holds too short a secret; expected {SECRET_LEAST} characters"),
            ));
        }
        Ok(Self {
            name: name.clone(),
            port: authority.port_u16().unwrap_or(443),
            host,
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes()),
            tls: connector(config).map_err(|error| TargetError::Tls { name: name.clone(), error })?,
            allowed: Networks::named(&config.networks).map_err(invalid(name, "networks"))?,
            uri,
        })
    }

    pub async fn send(&self, record: &NotificationRecord) -> Result<(), SendError> {
        match tokio::time::timeout(TIMEOUT, self.post(record)).await {
            Ok(result) => result,
            Err(_) => Err(SendError::passing("the receiver did not answer in time")),
        }
    }

    async fn post(&self, record: &NotificationRecord) -> Result<(), SendError> {
        let request = self.request(record)?;
        let stream = self.connect().await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(SendError::passing)?;
        let _ends = Ends(tokio::spawn(connection).abort_handle());
        let status = sender.send_request(request).await.map_err(SendError::passing)?.status();
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
        Request::post(self.uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(HOST, self.uri.authority().map_or("", |authority| authority.as_str()))
            .header(USER_AGENT, concat!("Vitrine/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/json")
            .header("vitrine-id", record.sequence)
            .header("vitrine-timestamp", timestamp)
            .header("vitrine-signature", format!("v1={}", hex(signature.as_ref())))
            .body(Full::new(Bytes::from(body)))
            .map_err(SendError::passing)
    }

    /// The address is looked at after the name was resolved and is the very one that is called, so that a name cannot
    /// lead inside by changing its mind.
    async fn connect(&self) -> Result<tokio_rustls::client::TlsStream<TcpStream>, SendError> {
        let found: Vec<SocketAddr> = lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|error| SendError::passing(format!("{} is not found: {error}", self.host)))?
            .collect();
        let Some(inside) = found.first() else {
            return Err(SendError::passing(format!("{} has no address", self.host)));
        };
        let mut problem = format!("{} leads to {}, which is not public; networks can allow it", self.host, inside.ip());
        for address in found.iter().filter(|address| self.may_call(address.ip())) {
            match TcpStream::connect(address).await {
                Ok(stream) => return self.greet(stream).await,
                Err(error) => problem = format!("{address} cannot be reached: {error}"),
            }
        }
        Err(SendError::passing(problem))
    }

    async fn greet(&self, stream: TcpStream) -> Result<tokio_rustls::client::TlsStream<TcpStream>, SendError> {
        let name = ServerName::try_from(self.host.clone()).map_err(SendError::passing)?;
        self.tls.connect(name, stream).await.map_err(|error| SendError::passing(format!("TLS: {error}")))
    }

    fn may_call(&self, address: IpAddr) -> bool {
        is_public(address) || (!self.allowed.is_empty() && self.allowed.allow(address))
    }
}

fn connector(config: &WebhookConfig) -> Result<TlsConnector, TlsError> {
    let mut roots = RootCertStore::empty();
    match &config.ca {
        Some(path) => chain(path)?.into_iter().try_for_each(|ca| roots.add(ca))?,
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        let file =
            config.ca.as_ref().map_or_else(|| "the system's store".to_owned(), |path| path.display().to_string());
        return Err(TlsError::Pem { file, expected: "a CA certificate", reason: "it holds none".to_owned() });
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(tls)))
}
