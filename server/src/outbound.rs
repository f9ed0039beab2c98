//! Calls to other machines: HTTPS only, to public addresses or to networks that were named, no redirect followed, bounded in
//! time and size.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, Response, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::domain::network::{Networks, is_public};
use crate::http::tls::{TlsError, chain};

/// A receiver that has not answered by then is given up.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest answer that is read, in bytes.
const ANSWER_MOST: usize = 256 * 1024;

/// Why a call came to nothing, in words for whoever runs the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutboundError(String);

fn failed(reason: impl fmt::Display) -> OutboundError {
    OutboundError(reason.to_string())
}

/// An HTTPS address that may be called.
#[derive(Clone, Debug)]
pub struct Address {
    /// The whole of it.
    pub uri: Uri,
    host: String,
    port: u16,
}

impl Address {
    /// Reads `https://host[:port]/path`.
    ///
    /// # Errors
    /// With what is wrong about it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "is not an address")?;
        if uri.scheme_str() != Some("https") {
            return Err("is not HTTPS");
        }
        let authority = uri.authority().ok_or("names no host")?;
        if authority.as_str().contains('@') {
            return Err("holds a user name");
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(443);
        Ok(Self { uri, host, port })
    }

    /// Host and port as they stand in it.
    pub fn authority(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }
}

/// Calls under one set of trusted CAs and allowed networks.
pub struct Outbound {
    tls: TlsConnector,
    allowed: Networks,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

/// Ends a connection's task when the request is over, however that is.
struct Ends(AbortHandle);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Outbound {
    /// Calls that trust a CA, or the system's; `allowed` are networks that may be called although they are not public.
    ///
    /// # Errors
    /// When the CA cannot be read.
    pub fn new(ca: Option<&Path>, allowed: Networks) -> Result<Self, TlsError> {
        Ok(Self { tls: connector(ca)?, allowed })
    }

    /// Sends a request, whose `Host` is the caller's: status and body of the answer.
    ///
    /// # Errors
    /// When the receiver may not be called, cannot be reached, or does not answer in time.
    pub async fn send(
        &self,
        to: &Address,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), OutboundError> {
        let answer = self.call(to, request).await?;
        Ok((answer.status(), answer.into_body()))
    }

    /// The same with the whole answer.
    ///
    /// # Errors
    /// As [`Outbound::send`].
    pub async fn call(&self, to: &Address, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, OutboundError> {
        match tokio::time::timeout(TIMEOUT, self.exchange(to, request)).await {
            Ok(result) => result,
            Err(_) => Err(failed("the receiver did not answer in time")),
        }
    }

    async fn exchange(&self, to: &Address, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, OutboundError> {
        let stream = self.connect(to).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
        let _ends = Ends(tokio::spawn(connection).abort_handle());
        let answer = sender.send_request(request).await.map_err(failed)?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_MOST).collect().await.map_err(failed)?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    /// The address is looked at after the name was resolved and is the very one that is called, so that a name cannot
    /// lead inside by changing its mind.
    async fn connect(&self, to: &Address) -> Result<TlsStream<TcpStream>, OutboundError> {
        let Address { host, port, .. } = to;
        let found: Vec<SocketAddr> = lookup_host((host.as_str(), *port))
            .await
            .map_err(|error| failed(format!("{host} is not found: {error}")))?
            .collect();
        let Some(inside) = found.first() else { return Err(failed(format!("{host} has no address"))) };
        let mut problem = format!("{host} leads to {}, which is not public; networks can allow it", inside.ip());
        for address in found.iter().filter(|address| self.may_call(address.ip())) {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    let name = ServerName::try_from(host.clone()).map_err(failed)?;
                    return self.tls.connect(name, stream).await.map_err(|error| failed(format!("TLS: {error}")));
                }
                Err(error) => problem = format!("{address} cannot be reached: {error}"),
            }
        }
        Err(OutboundError(problem))
    }

    fn may_call(&self, address: IpAddr) -> bool {
        is_public(address) || (!self.allowed.is_empty() && self.allowed.allow(address))
    }
}

fn connector(ca: Option<&Path>) -> Result<TlsConnector, TlsError> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => chain(path)?.into_iter().try_for_each(|ca| roots.add(ca))?,
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        let file = ca.map_or_else(|| "the system's store".to_owned(), |path| path.display().to_string());
        return Err(TlsError::Pem { file, expected: "a CA certificate", reason: "it holds none".to_owned() });
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(tls)))
}
