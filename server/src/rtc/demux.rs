//! The one port behind all viewers, UDP and, where that is wanted, TCP (`tcp.rs`). A datagram finds its peer by the user
//! name of a STUN check whose integrity this module verifies itself, and after that by the address the check came from.
//! Anything else is dropped without an answer, so the port cannot be used to amplify.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use str0m::IceCreds;
use str0m::ice::StunMessage;
use str0m::net::Protocol;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;

use super::crypto;
use super::tcp::{self, Connections};

/// Largest datagram that is read: WebRTC keeps to an MTU of 1,500.
pub(super) const DATAGRAM_BYTES: usize = 2_000;
/// Datagrams waiting for one peer; a viewer sends a few dozen per second.
const PEER_QUEUE: usize = 256;
/// Addresses that one peer may send from.
pub(super) const PEER_ADDRESSES: usize = 8;
/// Bytes the system may hold to be sent: some key frames of several viewers at once.
const SEND_BUFFER_BYTES: usize = 4 << 20;
/// A free UDP port whose number is taken for TCP is given back this often.
const PORT_TRIES: usize = 32;

/// A datagram from an address that has proven itself.
#[derive(Debug)]
pub struct Datagram {
    /// When it was read.
    pub at: Instant,
    /// UDP or TCP.
    pub protocol: Protocol,
    /// Whom it came from.
    pub source: SocketAddr,
    /// What it carries.
    pub data: Vec<u8>,
}

/// The media port: shared by all peers, cheap to clone.
#[derive(Clone, Debug)]
pub struct Port {
    socket: Arc<UdpSocket>,
    /// `None` where TCP is not wanted.
    connections: Option<Connections>,
    candidates: Vec<SocketAddr>,
    routes: Arc<Mutex<HashMap<String, Route>>>,
}

#[derive(Clone, Debug)]
struct Route {
    password: String,
    datagrams: mpsc::Sender<Datagram>,
}

impl Port {
    /// Binds the port, with `tcp` for both protocols, and starts to read it. `public` are the addresses told to browsers;
    /// without any, the bound one.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(bind: SocketAddr, public: &[IpAddr], tcp: bool) -> io::Result<Self> {
        let (socket, listener) = sockets(bind, tcp).await?;
        // Best effort: the system may allow less.
        let _ = socket2::SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER_BYTES);
        let local = socket.local_addr()?;
        let candidates = match public {
            [] => vec![local],
            public => public.iter().map(|address| SocketAddr::new(*address, local.port())).collect(),
        };
        let connections = listener.is_some().then(Connections::default);
        let port = Self { socket: Arc::new(socket), connections, candidates, routes: Arc::default() };
        tokio::spawn(read(port.clone()));
        if let (Some(connections), Some(listener)) = (port.connections.clone(), listener) {
            tokio::spawn(tcp::accept(port.clone(), connections, listener));
        }
        Ok(port)
    }

    /// Addresses that browsers are told.
    pub fn candidates(&self) -> &[SocketAddr] {
        &self.candidates
    }

    /// Protocols that browsers are told, the better one first.
    pub fn protocols(&self) -> &'static [Protocol] {
        if self.connections.is_some() { &[Protocol::Udp, Protocol::Tcp] } else { &[Protocol::Udp] }
    }

    /// Port number, the same for both protocols.
    pub fn number(&self) -> u16 {
        self.candidates.first().map_or(0, SocketAddr::port)
    }

    /// Sends one datagram; a full or unreachable path loses it, as networks do.
    pub async fn send(&self, protocol: Protocol, data: &[u8], destination: SocketAddr) {
        if protocol == Protocol::Tcp {
            if let Some(connections) = &self.connections {
                connections.send(data, destination);
            }
            return;
        }
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

    /// Routes what came for `old` to the same peer under other credentials.
    pub fn rename(&self, old: &IceCreds, new: &IceCreds) {
        let mut routes = self.routes();
        if let Some(route) = routes.remove(&old.ufrag) {
            routes.insert(new.ufrag.clone(), Route { password: new.pass.clone(), ..route });
        }
    }

    /// Stops routing to the peer with these credentials.
    pub fn unregister(&self, credentials: &IceCreds) {
        self.routes().remove(&credentials.ufrag);
    }

    fn routes(&self) -> MutexGuard<'_, HashMap<String, Route>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The peer a STUN check is for, if its integrity holds.
    pub(super) fn route_of_check(&self, data: &[u8]) -> Option<mpsc::Sender<Datagram>> {
        let message = StunMessage::parse(data).ok()?;
        let (local, _) = message.split_username()?;
        let route = self.routes().get(local).cloned()?;
        let hmac = crypto::provider().sha1_hmac_provider;
        message.verify(route.password.as_bytes(), |key, parts| hmac.sha1_hmac(key, parts)).then_some(route.datagrams)
    }
}

/// The sockets behind a port: one number for UDP and TCP, also when the system chooses it.
async fn sockets(bind: SocketAddr, tcp: bool) -> io::Result<(UdpSocket, Option<TcpListener>)> {
    let mut tries = 0;
    loop {
        let socket = UdpSocket::bind(bind).await?;
        if !tcp {
            return Ok((socket, None));
        }
        tries += 1;
        match TcpListener::bind(socket.local_addr()?).await {
            Ok(listener) => return Ok((socket, Some(listener))),
            Err(error) if bind.port() == 0 && error.kind() == io::ErrorKind::AddrInUse && tries < PORT_TRIES => {}
            Err(error) => return Err(io::Error::new(error.kind(), format!("TCP: {error}"))),
        }
    }
}

/// RFC 7983: the first byte tells STUN (0-3) from DTLS and SRTP.
pub(super) fn is_stun(data: &[u8]) -> bool {
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
            let _ =
                route.try_send(Datagram { at: Instant::now(), protocol: Protocol::Udp, source, data: data.to_vec() });
        }
    }
}
