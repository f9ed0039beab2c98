//! The way for networks that let no UDP out: the same packets over TCP, to the same port number (ICE-TCP, RFC 6544, passive
//! side only), each behind its length in two bytes (RFC 4571).
//!
//! A connection belongs to nobody until its first packet is a STUN check whose integrity holds; from then on it is one
//! address of that peer. It ends with its peer, at once: what the system still holds to be sent is thrown away.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use str0m::net::Protocol;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::demux::{DATAGRAM_BYTES, Datagram, PEER_ADDRESSES, Port, is_stun};

/// How long a connection may take to prove whose it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections at once, in all and from one address.
const CONNECTIONS: usize = 1_024;
const CONNECTIONS_PER_ADDRESS: usize = 32;
/// Packets that wait to be written; more are lost, as on any network that is too slow.
const SEND_QUEUE: usize = 512;
/// Bytes the system may hold for one connection: a picture should not grow old there.
const SEND_BUFFER_BYTES: usize = 256 << 10;

/// Open connections by the address they come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections {
    open: Arc<Mutex<HashMap<SocketAddr, Connection>>>,
}

#[derive(Debug)]
struct Connection {
    packets: mpsc::Sender<Vec<u8>>,
    /// Whom it turned out to belong to.
    owner: Option<mpsc::Sender<Datagram>>,
}

/// A connection's entry; gone when dropped.
struct Entry {
    connections: Connections,
    source: SocketAddr,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.connections.lock().remove(&self.source);
    }
}

impl Connections {
    /// Queues one packet for a connection; without room or without the connection it is lost.
    pub fn send(&self, data: &[u8], destination: SocketAddr) {
        if let Some(connection) = self.lock().get(&destination) {
            let _ = connection.packets.try_send(data.to_vec());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, source: SocketAddr) -> Option<(Entry, mpsc::Receiver<Vec<u8>>)> {
        let mut open = self.lock();
        let of_address = |address: IpAddr| open.keys().filter(|other| other.ip().to_canonical() == address).count();
        if open.len() >= CONNECTIONS || of_address(source.ip().to_canonical()) >= CONNECTIONS_PER_ADDRESS {
            return None;
        }
        let (packets, queue) = mpsc::channel(SEND_QUEUE);
        open.insert(source, Connection { packets, owner: None });
        drop(open);
        Some((Entry { connections: self.clone(), source }, queue))
    }

    /// Notes whose a connection is; `false` when that peer has enough of them.
    fn own(&self, source: SocketAddr, owner: &mpsc::Sender<Datagram>) -> bool {
        let mut open = self.lock();
        let others = open.values().filter(|other| other.owner.as_ref().is_some_and(|own| own.same_channel(owner)));
        if others.count() >= PEER_ADDRESSES {
            return false;
        }
        if let Some(connection) = open.get_mut(&source) {
            connection.owner = Some(owner.clone());
        }
        true
    }
}

/// Accepts connections for as long as the program runs.
pub(super) async fn accept(port: Port, connections: Connections, listener: TcpListener) {
    loop {
        let (stream, source) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors or the like: wait instead of spinning.
                tracing::warn!(%error, "a media connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some((entry, queue)) = connections.enter(source) else {
            tracing::debug!(%source, "too many media connections");
            continue;
        };
        let port = port.clone();
        tokio::spawn(async move {
            if let Err(error) = serve(&port, stream, &entry, queue).await {
                tracing::debug!(%source, %error, "a media connection ended");
            }
        });
    }
}

async fn serve(port: &Port, stream: TcpStream, entry: &Entry, queue: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    let source = entry.source;
    stream.set_nodelay(true)?;
    let options = socket2::SockRef::from(&stream);
    // Closing means at once: a picture that may no longer be seen must not leave from the system's buffer.
    options.set_linger(Some(Duration::ZERO))?;
    let _ = options.set_send_buffer_size(SEND_BUFFER_BYTES);
    let (mut input, output) = stream.into_split();
    let first = timeout(PATIENCE, read_packet(&mut input)).await??;
    let owner = port.route_of_check(&first).ok_or_else(|| io::Error::other("the first packet is no check of ours"))?;
    if !entry.connections.own(source, &owner) {
        return Err(io::Error::other("this peer has enough connections"));
    }
    forward(&owner, source, first);
    tokio::select! {
        ended = read(port, &mut input, source, &owner) => ended,
        ended = write(output, queue) => ended,
        () = owner.closed() => Ok(()),
    }
}

async fn read(
    port: &Port,
    input: &mut OwnedReadHalf,
    source: SocketAddr,
    owner: &mpsc::Sender<Datagram>,
) -> io::Result<()> {
    loop {
        let packet = read_packet(input).await?;
        let foreign = is_stun(&packet) && !port.route_of_check(&packet).is_some_and(|route| route.same_channel(owner));
        if !foreign {
            forward(owner, source, packet);
        }
    }
}

/// One packet of at most [`DATAGRAM_BYTES`]; what is longer is nothing WebRTC sends, and ends the connection.
async fn read_packet(input: &mut OwnedReadHalf) -> io::Result<Vec<u8>> {
    let length = usize::from(input.read_u16().await?);
    if length == 0 || length > DATAGRAM_BYTES {
        return Err(io::Error::other("a packet of an impossible length"));
    }
    let mut packet = vec![0; length];
    input.read_exact(&mut packet).await?;
    Ok(packet)
}

/// A full queue means that the peer is behind: the packet is lost, as on any network.
fn forward(owner: &mpsc::Sender<Datagram>, source: SocketAddr, data: Vec<u8>) {
    let _ = owner.try_send(Datagram { at: Instant::now(), protocol: Protocol::Tcp, source, data });
}

async fn write(mut output: OwnedWriteHalf, mut queue: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    while let Some(packet) = queue.recv().await {
        let Ok(length) = u16::try_from(packet.len()) else { continue };
        let mut framed = Vec::with_capacity(2 + packet.len());
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(&packet);
        output.write_all(&framed).await?;
    }
    Ok(())
}
