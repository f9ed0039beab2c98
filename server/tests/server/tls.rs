//! Real TLS on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use vitrine::http::certificate::Certificates;
use vitrine::http::config::HttpConfig;
use vitrine::http::{listener, tls};

use crate::support::House;

pub struct Listening {
    pub address: SocketAddr,
    pub connector: TlsConnector,
}

impl Listening {
    pub async fn connect(&self) -> TlsStream<TcpStream> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        self.connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap()
    }

    /// One request over HTTP/1.1, the answer until the connection closes.
    async fn talk(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Serves a house on loopback; its names stay those of the default configuration.
pub async fn listen(house: &House, config: HttpConfig, protocols: &[&str]) -> Listening {
    let tls = tls::server_config(&config, &house.data()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, stopping) = (house.router.clone(), house.stop.subscribe());
    tokio::spawn(async move { listener::serve(listener, tls, router, &config, stopping).await });

    Listening { address, connector: trusting(&house.data().ca_certificate(), protocols) }
}

/// A connection to somebody who is asked for under a name; `None` when the handshake comes to nothing.
pub async fn connected(connector: &TlsConnector, to: (&str, u16), name: &'static str) -> Option<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(to).await.unwrap();
    connector.connect(ServerName::try_from(name).unwrap(), stream).await.ok()
}

/// A client that trusts this CA alone.
pub fn trusting(ca: &std::path::Path, protocols: &[&str]) -> TlsConnector {
    let ca = std::fs::read(ca).unwrap();
    trusting_root(CertificateDer::from_pem_slice(&ca).unwrap(), protocols)
}

/// The same for a CA that is at hand.
pub fn trusting_root(ca: CertificateDer<'static>, protocols: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(client))
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost:8443\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn the_local_ca_vouches_for_localhost() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let answer = listening.talk(HEALTH).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("{\"status\":\"ok\",\"version\":\"0.1.0\"}"),
        "{answer}"
    );
    assert!(answer.contains("\r\ndate: "), "{answer}");
    for file in [house.data().ca_key(), house.data().tls_key(), house.data().lease_key()] {
        assert_eq!(vitrine::config::data::mode(&file).unwrap(), 0o600);
    }
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["h2", "http/1.1"]).await;
    let stream = listening.connect().await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get("https://localhost:8443/healthz").body(axum::body::Body::empty()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let request = hyper::Request::get("https://evil.example/healthz").body(axum::body::Body::empty()).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 421);
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new().await;
    listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let key = house.data().tls_key();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = tls::server_config(&HttpConfig::default(), &house.data()).unwrap_err().to_string();
    assert!(error.contains("tls-key.pem") && error.contains("600"), "{error}");
}

/// The certificate of a fresh local CA, as files elsewhere.
async fn another_certificate() -> (House, [std::path::PathBuf; 2]) {
    let other = House::new().await;
    tls::server_config(&HttpConfig::default(), &other.data()).unwrap();
    let files = [other.data().tls_certificate(), other.data().tls_key()];
    (other, files)
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_never() {
    let house = House::new().await;
    let files = ["mine.pem", "mine-key.pem"].map(|name| house.dir.path().join(name));
    let ((first, of_first), (second, of_second)) = (another_certificate().await, another_certificate().await);
    let put = |from: &std::path::PathBuf, to: &std::path::PathBuf| {
        house.data().write_private(to, &std::fs::read(from).unwrap()).unwrap();
    };
    put(&of_first[0], &files[0]);
    put(&of_first[1], &files[1]);
    let config = HttpConfig {
        tls_certificate: Some(files[0].clone()),
        tls_key: Some(files[1].clone()),
        ..HttpConfig::default()
    };
    let certificates = Certificates::open(&config, &house.data(), None).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, router, stopping) = (certificates.server_config().unwrap(), house.router.clone(), house.stop.subscribe());
    tokio::spawn(async move { listener::serve(listener, tls, router, &config, stopping).await });
    let trusts = async |ca: &House| {
        let connector = trusting(&ca.data().ca_certificate(), &["http/1.1"]);
        let stream = TcpStream::connect(address).await.unwrap();
        connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.ok()
    };
    let mut held = trusts(&first).await.expect("the first");
    assert!(!certificates.refresh().unwrap(), "nothing has changed");

    put(&of_second[0], &files[0]);
    assert!(certificates.refresh().is_err(), "half of a renewal");
    assert!(trusts(&first).await.is_some(), "the one before is shown meanwhile");
    put(&of_second[1], &files[1]);
    assert!(certificates.refresh().unwrap());
    assert!(trusts(&second).await.is_some() && trusts(&first).await.is_none());
    std::fs::write(&files[0], "not a certificate").unwrap();
    assert!(certificates.refresh().is_err());
    assert!(trusts(&second).await.is_some());
    held.write_all(HEALTH.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = held.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "a connection from before goes on");
}

#[tokio::test]
async fn strangers_cannot_hold_connections_open() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let begun = Instant::now();
    let silent = async {
        // Never starts TLS.
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        let _ = stream.read(&mut [0; 16]).await;
    };
    let slow = async {
        // Never ends its headers.
        let mut stream = listening.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost:8443\r\nX: ").await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
    };
    let idle = async {
        // Has spoken once and then says nothing.
        let mut stream = listening.connect().await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost:8443\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
    };
    tokio::time::timeout(Duration::from_secs(13), async { tokio::join!(silent, slow, idle) })
        .await
        .expect("all were cut");
    assert!(begun.elapsed() > Duration::from_secs(8));
}

#[tokio::test]
async fn a_body_that_never_ends_holds_no_connection_open() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let mut stream = listening.connect().await;
    let head = "POST /api/links/redeem HTTP/1.1\r\nHost: localhost:8443\r\nOrigin: https://localhost:8443\r\n";
    let head = format!("{head}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let dripping = async {
        let mut answer = [0; 400];
        loop {
            tokio::select! {
                read = stream.read(&mut answer) => break read.unwrap_or(0),
                () = tokio::time::sleep(Duration::from_secs(1)) => stream.write_all(b" ").await.unwrap(),
            }
        }
    };
    let read = tokio::time::timeout(Duration::from_secs(13), dripping).await.expect("it was cut");
    assert!(read > 0, "with an answer");
}

#[tokio::test]
async fn http2_without_requests_holds_no_connection_open() {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    // GET and https of the static table (RFC 7541, appendix A), and not the last of the headers.
    const HEADERS: &[u8] = &[0, 0, 2, 1, 0, 0, 0, 0, 1, 0x82, 0x87];
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["h2"]).await;
    let cut = async |said: Vec<u8>| {
        let mut stream = listening.connect().await;
        stream.write_all(&said).await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    };
    let silent = cut([PREFACE, SETTINGS].concat());
    let endless = cut([PREFACE, SETTINGS, HEADERS].concat());
    // Has asked once, and then only answers pings, as hyper's client does by itself.
    let pings = async {
        let io = hyper_util::rt::TokioIo::new(listening.connect().await);
        let executor = hyper_util::rt::TokioExecutor::new();
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
        let connection = tokio::spawn(connection);
        let request = hyper::Request::get("https://localhost:8443/healthz").body(axum::body::Body::empty()).unwrap();
        assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
        let _ = connection.await;
        drop(sender);
    };
    let early = async { tokio::time::timeout(Duration::from_secs(18), async { tokio::join!(silent, endless) }).await };
    let late = tokio::time::timeout(Duration::from_secs(45), pings);
    let (early, late) = tokio::join!(early, late);
    assert!(early.is_ok() && late.is_ok(), "{early:?} {late:?}");
}

#[tokio::test]
async fn connections_of_one_address_are_capped() {
    let house = House::new().await;
    let config = HttpConfig { connections_per_address: 3, ..HttpConfig::default() };
    let listening = listen(&house, config, &["http/1.1"]).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(listening.connect().await);
    }
    let stream = TcpStream::connect(listening.address).await.unwrap();
    let refused = listening.connector.connect(ServerName::try_from("localhost").unwrap(), stream).await;
    assert!(refused.is_err());
    drop(held);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(listening.talk(HEALTH).await.starts_with("HTTP/1.1 200"));
}
