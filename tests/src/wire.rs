//! What a viewer's packets travel on: UDP, or TCP with each behind its length (RFC 4571).

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use str0m::Candidate;
use str0m::net::{Protocol, TcpType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc;

/// A viewer's own end.
#[derive(Debug)]
pub struct Wire {
    /// Its address.
    pub local: SocketAddr,
    /// UDP or TCP.
    pub protocol: Protocol,
    out: mpsc::UnboundedSender<(Vec<u8>, SocketAddr)>,
    arrived: mpsc::UnboundedReceiver<(Vec<u8>, SocketAddr)>,
}

impl Wire {
    /// A UDP socket of its own.
    pub async fn udp() -> Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let local = socket.local_addr()?;
        let (out, mut to_send) = mpsc::unbounded_channel::<(Vec<u8>, SocketAddr)>();
        let (came, arrived) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut buffer = vec![0; 2_000];
            loop {
                tokio::select! {
                    packet = to_send.recv() => {
                        let Some((data, to)) = packet else { return };
                        let _ = socket.send_to(&data, to).await;
                    }
                    Ok((length, source)) = socket.recv_from(&mut buffer) => {
                        if came.send((buffer[..length].to_vec(), source)).is_err() {
                            return;
                        }
                    }
                }
            }
        });
        Ok(Self { local, protocol: Protocol::Udp, out, arrived })
    }

    /// A TCP connection to the server's media port.
    pub async fn tcp(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        let local = stream.local_addr()?;
        let (mut input, mut output) = stream.into_split();
        let (out, mut to_send) = mpsc::unbounded_channel::<(Vec<u8>, SocketAddr)>();
        let (came, arrived) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some((data, _)) = to_send.recv().await {
                let length = u16::try_from(data.len()).unwrap_or_default().to_be_bytes();
                if output.write_all(&[&length[..], &data].concat()).await.is_err() {
                    return;
                }
            }
        });
        tokio::spawn(async move {
            while let Ok(length) = input.read_u16().await {
                let mut data = vec![0; usize::from(length)];
                if input.read_exact(&mut data).await.is_err() || came.send((data, server)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { local, protocol: Protocol::Tcp, out, arrived })
    }

    /// What the viewer says of this end.
    pub fn candidate(&self) -> Result<Candidate> {
        Ok(match self.protocol {
            Protocol::Tcp => Candidate::builder().tcp().host(self.local).tcptype(TcpType::Active).build()?,
            protocol => Candidate::host(self.local, protocol)?,
        })
    }

    /// Sends one packet.
    pub fn send(&self, data: &[u8], to: SocketAddr) {
        let _ = self.out.send((data.to_vec(), to));
    }

    /// The next packet and where it came from.
    ///
    /// # Errors
    /// When the other end has closed.
    pub async fn receive(&mut self) -> Result<(Vec<u8>, SocketAddr)> {
        self.arrived.recv().await.context("the connection was closed")
    }
}
