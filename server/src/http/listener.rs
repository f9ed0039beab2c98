//! The accept loop: TLS, timeouts on everything a stranger can hold open, and caps on connections.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::config::HttpConfig;
use super::extract::PeerAddress;
use super::pace::Paced;
use super::requests::{AT_ONCE, Answering, Requests};
use crate::acme::answer::PROTOCOL as ACME;
use crate::domain::network::household;

/// Longest TLS handshake, and longest wait for a request's headers.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long connections get to finish when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long a connection of HTTP/2 on which something was asked may lie idle.
const IDLE: Duration = Duration::from_secs(30);
/// The first bytes of HTTP/2.
const H2_PREFACE: usize = 24;

/// Connections by household.
#[derive(Clone, Debug)]
struct Places {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    in_all: usize,
    per_address: usize,
}

/// A connection's place; free again when dropped.
#[derive(Debug)]
struct Place {
    places: Places,
    address: IpAddr,
}

impl Places {
    fn take(&self, address: IpAddr) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = taken.values().sum();
        let own = taken.entry(address).or_default();
        if total >= self.in_all || *own >= self.per_address {
            if *own == 0 {
                taken.remove(&address);
            }
            return None;
        }
        *own += 1;
        Some(Place { places: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

/// Serves until `stopping` turns true, then lets connections finish for a moment.
pub async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    router: Router,
    config: &HttpConfig,
    mut stopping: watch::Receiver<bool>,
) {
    let acceptor = TlsAcceptor::from(tls);
    let places = Places {
        taken: Arc::default(),
        in_all: config.connections.max(1),
        per_address: config.connections_per_address.max(1),
    };
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = connections.join_next(), if !connections.is_empty() => continue,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors or the like: wait instead of spinning.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = places.take(household(peer.ip())) else {
            tracing::debug!(%peer, "too many connections");
            continue;
        };
        let (acceptor, router, stopping) = (acceptor.clone(), router.clone(), stopping.clone());
        connections.spawn(async move {
            let _place = place;
            if let Err(error) = connection(stream, peer, acceptor, router, stopping).await {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    let farewell = async { while connections.join_next().await.is_some() {} };
    if timeout(FAREWELL, farewell).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: TlsAcceptor,
    router: Router,
    stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = timeout(PATIENCE, acceptor.accept(stream)).await??;
    let protocol = stream.get_ref().1.alpn_protocol();
    if protocol == Some(ACME) {
        // The handshake was the answer; nothing is said on such a connection (RFC 8737, 3).
        return timeout(PATIENCE, stream.shutdown()).await?;
    }
    let h2 = protocol == Some(b"h2");
    let requests = Requests::new();
    let begun = requests.clone();
    let service = tower::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        answer(router.clone(), request.map(Paced::new), begun.clone())
    });
    if h2 { serve_h2(stream, service, &requests, stopping).await } else { serve_h1(stream, service, stopping).await }
}

/// Answers a request on a task of its own: what it began is brought to its end though its sender hangs up.
async fn answer(
    router: Router,
    request: hyper::Request<Paced<hyper::body::Incoming>>,
    requests: Requests,
) -> Result<Response, Infallible> {
    let under_way = requests.begin().await;
    let answered = tokio::spawn(async move { (router.oneshot(request).await, under_way) }).await;
    let Ok((Ok(answer), under_way)) = answered else { return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()) };
    Ok(answer.map(|body| Body::new(Answering::new(body, under_way))))
}

async fn serve_h1<IO, S>(stream: IO, service: S, mut stopping: watch::Receiver<bool>) -> io::Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: tower::Service<hyper::Request<hyper::body::Incoming>, Response = axum::response::Response, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        done = connection.as_mut() => return done.map_err(io::Error::other),
        _ = stopping.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.map_err(io::Error::other)
}

async fn serve_h2<IO, S>(
    mut stream: IO,
    service: S,
    requests: &Requests,
    mut stopping: watch::Receiver<bool>,
) -> io::Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: tower::Service<hyper::Request<hyper::body::Incoming>, Response = axum::response::Response, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
{
    // hyper waits for the preface without a clock; a stranger must not.
    let mut preface = [0_u8; H2_PREFACE];
    timeout(PATIENCE, stream.read_exact(&mut preface)).await??;
    let stream = Prefixed { prefix: preface, given: 0, stream };
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(u32::try_from(AT_ONCE).unwrap_or(u32::MAX))
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let stops = tokio::select! {
        done = connection.as_mut() => return done.map_err(io::Error::other),
        _ = stopping.wait_for(|stop| *stop) => true,
        () = idles(requests) => false,
    };
    connection.as_mut().graceful_shutdown();
    if stops {
        return connection.await.map_err(io::Error::other);
    }
    // Pings alone, and headers that never end, hold no place.
    timeout(FAREWELL, connection).await?.map_err(io::Error::other)
}

/// Returns when nothing has been asked for too long.
async fn idles(requests: &Requests) {
    let (mut seen, mut since) = (0, Instant::now());
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let begun = requests.begun();
        if begun != seen || !requests.is_quiet() {
            (seen, since) = (begun, Instant::now());
        } else if since.elapsed() >= if seen == 0 { PATIENCE } else { IDLE } {
            return;
        }
    }
}

/// A stream whose first bytes were read already.
struct Prefixed<IO> {
    prefix: [u8; H2_PREFACE],
    given: usize,
    stream: IO,
}

impl<IO: AsyncRead + Unpin> AsyncRead for Prefixed<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let left = self.prefix.get(self.given..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let count = left.len().min(buf.remaining());
        buf.put_slice(left.get(..count).unwrap_or_default());
        self.given += count;
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Prefixed<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_household_has_one_count_of_places() {
        let places = Places { taken: Arc::default(), in_all: 10, per_address: 2 };
        let take = |address: &str| places.take(household(address.parse().unwrap()));
        let held = [take("2001:db8::1"), take("2001:db8::2")];
        assert!(held.iter().all(Option::is_some) && take("2001:db8::3").is_none());
        assert!(take("2001:db8:0:1::1").is_some() && take("192.0.2.1").is_some());
        drop(held);
        assert!(take("2001:db8::3").is_some());
    }
}
