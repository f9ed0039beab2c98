//! Event streams (docs/events.md) as a page follows them.

use anyhow::{Context as _, Result, bail};
use futures_util::StreamExt as _;
use reqwest::header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// A stream whose messages must count up without a gap.
#[derive(Debug)]
pub struct Events {
    socket: WebSocketStream<reqwest::Upgraded>,
    sequence: u64,
}

impl Events {
    pub(crate) async fn open(client: &reqwest::Client, origin: &str, path: &str) -> Result<Self> {
        let request = client
            .get(format!("{origin}{path}"))
            .header("Origin", origin)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, generate_key());
        let answer = request.send().await?;
        if answer.status().as_u16() != 101 {
            bail!("{path}: {}", answer.status());
        }
        let socket = WebSocketStream::from_raw_socket(answer.upgrade().await?, Role::Client, None).await;
        Ok(Self { socket, sequence: 0 })
    }

    /// The next message.
    pub async fn next(&mut self) -> Result<Value> {
        loop {
            match self.socket.next().await.context("the stream ended")?? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    self.sequence += 1;
                    if message["seq"] != self.sequence {
                        bail!("{} follows {}", message["seq"], self.sequence - 1);
                    }
                    return Ok(message);
                }
                Message::Close(frame) => bail!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The next message of a type.
    pub async fn next_of(&mut self, kind: &str) -> Result<Value> {
        loop {
            let message = self.next().await?;
            if message["type"] == kind {
                return Ok(message);
            }
        }
    }
}
