//! A client without a browser: joins by the HTTP interface and receives media by WHEP, noting when each packet arrives.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind};
use str0m::net::Receive;
use str0m::{Event, Input, Output, Rtc, RtcConfig};

use crate::app::{InvitedViewer, TestApp, client};
use crate::events::Events;
use crate::wire::Wire;

/// A joined client.
#[derive(Debug)]
pub struct TestViewer {
    client: reqwest::Client,
    origin: String,
    /// The room as the server described it on joining.
    pub room: Value,
}

/// Media arriving.
#[derive(Debug)]
pub struct Watching {
    seen: Arc<Mutex<Seen>>,
    task: tokio::task::JoinHandle<Result<()>>,
    /// Address of the viewing, for DELETE.
    pub location: String,
}

#[derive(Debug, Default)]
struct Seen {
    media_packets: u64,
    frames: u64,
    last_media: Option<Instant>,
    /// Encoded pictures as they came, H.264 Annex B.
    video: Vec<Arc<[u8]>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watching {
    fn seen<T>(&self, read: impl FnOnce(&Seen) -> T) -> T {
        read(&self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whole pictures received.
    pub fn frames(&self) -> u64 {
        self.seen(|seen| seen.frames)
    }

    /// Everything that was received of the picture, from the first key frame on: what a leaker could keep.
    pub fn recording(&self) -> Vec<u8> {
        self.seen(|seen| {
            let starts = |unit: &Arc<[u8]>| unit.windows(4).any(|nal| nal[..3] == [0, 0, 1] && nal[3] & 31 == 7);
            let first = seen.video.iter().position(starts).unwrap_or(seen.video.len());
            seen.video[first..].iter().flat_map(|unit| unit.iter().copied()).collect()
        })
    }

    /// When the last SRTP packet arrived at the socket.
    pub fn last_packet(&self) -> Option<Instant> {
        self.seen(|seen| seen.last_media)
    }

    /// Waits until pictures arrive.
    pub async fn playing(&self, frames: u64) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(15);
        while self.frames() < frames {
            if Instant::now() > deadline {
                bail!("only {} of {frames} pictures arrived", self.frames());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Time from `from` to the last packet, known once none has arrived for two seconds.
    pub async fn stopped_after(&self, from: Instant) -> Result<Duration> {
        let deadline = from + Duration::from_secs(10);
        loop {
            let last = self.last_packet().context("no packet ever arrived")?;
            if last.elapsed() > Duration::from_secs(2) {
                return Ok(last.saturating_duration_since(from));
            }
            if Instant::now() > deadline {
                bail!("packets still arrive");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl TestViewer {
    /// Redeems a link.
    pub async fn join(app: &TestApp, invited: &InvitedViewer) -> Result<Self> {
        let client = client()?;
        let origin = app.origin().to_owned();
        let secret = invited.url.split_once('#').context("no fragment in the link")?.1;
        let answer = client
            .post(format!("{origin}/api/links/redeem"))
            .header("Origin", &origin)
            .json(&json!({"secret": secret, "passphrase": invited.passphrase}))
            .send()
            .await?;
        if !answer.status().is_success() {
            bail!("redeem: {} {}", answer.status(), answer.text().await?);
        }
        let room = answer.json().await?;
        Ok(Self { client, origin, room })
    }

    /// GETs as this viewer.
    pub async fn get(&self, path: &str) -> Result<reqwest::Response> {
        Ok(self.client.get(format!("{}{path}", self.origin)).send().await?)
    }

    /// The events of this viewer's room.
    pub async fn events(&self) -> Result<Events> {
        Events::open(&self.client, &self.origin, "/api/room/events").await
    }

    /// POSTs JSON as this viewer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<reqwest::Response> {
        let request = self.client.post(format!("{}{path}", self.origin)).header("Origin", &self.origin);
        Ok(request.json(body).send().await?)
    }

    /// The right to media, for a client of another make.
    pub async fn lease(&self) -> Result<String> {
        let lease: Value = self.post("/api/leases", &json!({})).await?.json().await?;
        Ok(lease["lease"].as_str().with_context(|| format!("no lease in {lease}"))?.to_owned())
    }

    /// DELETEs a viewing with a lease of this viewer.
    pub async fn delete(&self, location: &str) -> Result<reqwest::Response> {
        let request = self.client.delete(format!("{}{location}", self.origin)).header("Origin", &self.origin);
        Ok(request.bearer_auth(self.lease().await?).send().await?)
    }

    /// Sends an offer to WHEP and returns the answer as it comes.
    pub async fn whep(&self, offer: String) -> Result<reqwest::Response> {
        let lease = self.lease().await?;
        let whep = self.room["whep_url"].as_str().context("no whep_url")?;
        let request = self
            .client
            .post(format!("{}{whep}", self.origin))
            .header("Origin", &self.origin)
            .header("Content-Type", "application/sdp")
            .bearer_auth(lease)
            .body(offer);
        Ok(request.send().await?)
    }

    /// Opens a viewing and receives it by UDP.
    pub async fn watch(&self) -> Result<Watching> {
        self.watch_on(Wire::udp().await?).await
    }

    /// Opens a viewing and receives it on `wire`.
    pub async fn watch_on(&self, wire: Wire) -> Result<Watching> {
        self.watch_by(wire, |offer| offer).await
    }

    /// Opens a viewing with the fingerprint of another certificate than the one that DTLS then shows, as somebody does who has
    /// come between.
    pub async fn watch_as_another(&self) -> Result<Watching> {
        let another = |offer: String| {
            let named = "a=fingerprint:sha-256 ";
            let at = offer.find(named).map_or(0, |at| at + named.len());
            let first = if offer.get(at..=at) == Some("0") { "1" } else { "0" };
            let (before, after) = (offer.get(..at).unwrap_or_default(), offer.get(at + 1..).unwrap_or_default());
            format!("{before}{first}{after}")
        };
        self.watch_by(Wire::udp().await?, another).await
    }

    async fn watch_by(&self, wire: Wire, change: impl FnOnce(String) -> String) -> Result<Watching> {
        let mut config = RtcConfig::new().clear_codecs().enable_opus(true, false);
        config.codec_config().add_h264(96.into(), Some(97.into()), true, 0xf4_00_1f);
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(wire.candidate()?);
        let mut changes = rtc.sdp_api();
        changes.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        let (offer, pending) = changes.apply().context("nothing to offer")?;
        let answer = self.whep(change(offer.to_sdp_string())).await?;
        let status = answer.status();
        let location =
            answer.headers().get("Location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let text = answer.text().await?;
        if status.as_u16() != 201 {
            bail!("WHEP: {status} {text}");
        }
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&text)?)?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        let task = tokio::spawn(receive(rtc, wire, Arc::clone(&seen)));
        Ok(Watching { seen, task, location })
    }
}

async fn receive(mut rtc: Rtc, mut wire: Wire, seen: Arc<Mutex<Seen>>) -> Result<()> {
    while rtc.is_alive() {
        let deadline = loop {
            match rtc.poll_output()? {
                Output::Timeout(at) => break at,
                Output::Transmit(packet) => {
                    wire.send(&packet.contents, packet.destination);
                }
                Output::Event(Event::MediaData(data)) => {
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    if data.params.spec().codec.is_video() {
                        seen.frames += 1;
                        seen.video.push(data.data);
                    }
                }
                Output::Event(_) => {}
            }
        };
        tokio::select! {
            received = wire.receive() => {
                let (data, source) = received?;
                note_media(&data, &seen);
                let now = Instant::now();
                if let Ok(receive) = Receive::new(wire.protocol, source, wire.local, &data) {
                    rtc.handle_input(Input::Receive(now, receive))?;
                }
            }
            () = tokio::time::sleep_until(deadline.into()) => rtc.handle_input(Input::Timeout(Instant::now()))?,
        }
    }
    Ok(())
}

/// Counts SRTP packets: first byte 128-191 (RFC 7983), payload type outside of RTCP's 64-95 (RFC 5761).
fn note_media(data: &[u8], seen: &Mutex<Seen>) {
    let (Some(first), Some(second)) = (data.first(), data.get(1)) else { return };
    if (128..192).contains(first) && !(64..96).contains(&(second & 0x7f)) {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.media_packets += 1;
        seen.last_media = Some(Instant::now());
    }
}
