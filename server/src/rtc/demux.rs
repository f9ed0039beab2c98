//! The one UDP port behind all viewers. A datagram finds its peer by the user name of a STUN check whose integrity this
//! module verifies itself, and after that by the address the check came from. Anything else is dropped without an
//! answer, so the port cannot be used to amplify.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use str0m::IceCreds;
use str0m::ice::StunMessage;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::crypto;

/// Largest datagram that is read: WebRTC keeps to an MTU of 1,500.
const DATAGRAM_BYTES: usize = 2_000;
/// Datagrams waiting for one peer; a viewer sends a few dozen per second.
const PEER_QUEUE: usize = 256;
/// Addresses that one peer may send from.
const PEER_ADDRESSES: usize = 8;
/// Bytes the system may hold to be sent: some key frames of several viewers at once.
const SEND_BUFFER_BYTES: usize = 4 << 20;

/// A datagram from an address that has proven itself.
#[derive(Debug)]
pub struct Datagram {
    /// When it was read.
    pub at: Instant,
    /// Whom it came from.
    pub source: SocketAddr,
    /// What it carries.
    pub data: Vec<u8>,
}

/// The media port: shared by all peers, cheap to clone.
#[derive(Clone, Debug)]
pub struct Port {
    socket: Arc<UdpSocket>,
    candidates: Vec<SocketAddr>,
    routes: Arc<Mutex<HashMap<String, Route>>>,
}

#[derive(Clone, Debug)]
struct Route {
    password: String,
    datagrams: mpsc::Sender<Datagram>,
}

impl Port {
    /// Binds the port and starts to read it. `public` are the addresses told to browsers; without any, the bound one.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(bind: SocketAddr, public: &[IpAddr]) -> io::Result<Self> {
        let socket = UdpSocket::bind(bind).await?;
        // Best effort: the system may allow less.
        let _ = socket2::SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER_BYTES);
        let local = socket.local_addr()?;
        let candidates = match public {
            [] => vec![local],
            public => public.iter().map(|address| SocketAddr::new(*address, local.port())).collect(),
        };
        let port = Self { socket: Arc::new(socket), candidates, routes: Arc::default() };
        tokio::spawn(read(port.clone()));
        Ok(port)
    }

    /// Addresses that browsers are told.
    pub fn candidates(&self) -> &[SocketAddr] {
        &self.candidates
    }

    /// UDP port number.
    pub fn number(&self) -> u16 {
        self.candidates.first().map_or(0, SocketAddr::port)
    }

    /// Sends one datagram; a full or unreachable path loses it, as networks do.
    pub async fn send(&self, data: &[u8], destination: SocketAddr) {
        if let Err(error) = self.socket.send_to(data, destination).await {
            tracing::debug!(%error, "datagram not sent");
        }
    }

    /// Starts to route datagrams of the peer with these credentials.
    pub fn register(&self, credentials: &IceCreds) -> mpsc::Receiver<Datagram> {
        let (datagrams, receiver) = mpsc::channel(PEER_QUEUE);
        let route = Route { password: credentials.pass.clone(), datagrams };
        self.routes().insert(credentials.ufrag.clone(), route);
        receiver
    }

    /// Stops routing to the peer with these credentials.
    pub fn unregister(&self, credentials: &IceCreds) {
        self.routes().remove(&credentials.ufrag);
    }

    fn routes(&self) -> MutexGuard<'_, HashMap<String, Route>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The peer a STUN check is for, if its integrity holds.
    fn route_of_check(&self, data: &[u8]) -> Option<mpsc::Sender<Datagram>> {
        let message = StunMessage::parse(data).ok()?;
        let (local, _) = message.split_username()?;
        let route = self.routes().get(local).cloned()?;
        let hmac = crypto::provider().sha1_hmac_provider;
        message.verify(route.password.as_bytes(), |key, parts| hmac.sha1_hmac(key, parts)).then_some(route.datagrams)
    }
}

/// RFC 7983: the first byte tells STUN (0-3) from DTLS and SRTP.
fn is_stun(data: &[u8]) -> bool {
    data.first().is_some_and(|first| *first < 4)
}

async fn read(port: Port) {
    let mut validated: HashMap<SocketAddr, mpsc::Sender<Datagram>> = HashMap::new();
    let mut buffer = vec![0; DATAGRAM_BYTES];
    loop {
        let (length, source) = match port.socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                // ICMP answers to earlier datagrams surface here; they end nothing.
                tracing::debug!(%error, "datagram not read");
                continue;
            }
        };
        let data = &buffer[..length];
        if is_stun(data) {
            let Some(route) = port.route_of_check(data) else { continue };
            if !validated.contains_key(&source) {
                validated.retain(|_, known| !known.is_closed());
                // A browser has a handful of addresses; more would be somebody making them up.
                if validated.values().filter(|known| known.same_channel(&route)).count() >= PEER_ADDRESSES {
                    continue;
                }
            }
            validated.insert(source, route);
        }
        if let Some(route) = validated.get(&source) {
            // A full queue means that the peer is behind: the datagram is lost, as on any network.
            let _ = route.try_send(Datagram { at: Instant::now(), source, data: data.to_vec() });
        }
    }
}
