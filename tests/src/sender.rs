//! A sender without a camera: publishes prepared pictures by WHIP, as OBS would.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, MediaTime, Mid};
use str0m::net::Receive;
use str0m::{Event, Input, Output, Rtc, RtcConfig};
use tokio::process::Command;

use crate::app::{TestApp, client};
use crate::wire::Wire;

/// Time between two pictures.
const INTERVAL: Duration = Duration::from_millis(40);

/// Where to publish to, and with which key.
#[derive(Clone, Debug)]
pub struct PublishTo {
    /// The source's id.
    pub source: String,
    /// Its address.
    pub url: String,
    /// Its key.
    pub key: String,
}

impl PublishTo {
    /// A new source of the demo's review, on air.
    pub async fn new_source(app: &TestApp) -> Result<Self> {
        let review = app.review().await?;
        let printed = app.command(&["review", "source", "add", &review, "--source", "whip", "--json"]).await?;
        let added: Value = serde_json::from_str(&printed)?;
        let text = |pointer: &str| {
            added
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .with_context(|| format!("no {pointer} in {added}"))
        };
        let to = Self { source: text("/id")?, url: text("/publish/url")?, key: text("/publish/key")? };
        app.command(&["review", "source", "show", &review, &to.source]).await?;
        Ok(to)
    }

    /// Posts an offer and returns the answer as it comes.
    pub async fn post(&self, key: &str, offer: String) -> Result<reqwest::Response> {
        let request = client()?.post(&self.url).header("Content-Type", "application/sdp").bearer_auth(key);
        Ok(request.body(offer).send().await?)
    }
}

/// A second of H.264 in 10-bit 4:4:4: access units at 25 pictures a second, the first of which is a key frame.
pub async fn prepared_pictures() -> Result<Vec<Vec<u8>>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("clip.h264");
    let line = "-v error -f lavfi -i testsrc2=size=320x240:rate=25 -t 1 -c:v libx264 -pix_fmt yuv444p10 -preset ultrafast \
                -tune zerolatency -g 25 -bsf:v h264_metadata=aud=insert -f h264";
    let status = Command::new("ffmpeg").args(line.split_whitespace()).arg(&path).status().await?;
    if !status.success() {
        bail!("ffmpeg made no pictures");
    }
    let data = std::fs::read(path)?;
    let starts_unit =
        |i: &usize| data[*i..].starts_with(&[0, 0, 0, 1]) && data.get(i + 4).is_some_and(|nal| nal & 31 == 9);
    let starts: Vec<usize> = (0..data.len()).filter(starts_unit).chain([data.len()]).collect();
    Ok(starts.windows(2).map(|pair| data[pair[0]..pair[1]].to_vec()).collect())
}

/// Pictures on their way; they stop when it is dropped, without a word to the server.
#[derive(Debug)]
pub struct TestSender {
    task: tokio::task::JoinHandle<Result<()>>,
}

impl Drop for TestSender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TestSender {
    /// Begins to publish.
    ///
    /// # Errors
    /// With status and body when the server does not take it.
    pub async fn publish(to: &PublishTo, pictures: Vec<Vec<u8>>) -> Result<Self> {
        let wire = Wire::udp().await?;
        let mut config = RtcConfig::new().clear_codecs().enable_opus(true, false);
        config.codec_config().add_h264(96.into(), Some(97.into()), true, 0xf4_00_1f);
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(wire.candidate()?);
        let mut changes = rtc.sdp_api();
        let video = changes.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        let (offer, pending) = changes.apply().context("nothing to offer")?;
        let answer = to.post(&to.key, offer.to_sdp_string()).await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.as_u16() != 201 {
            bail!("WHIP: {status} {text}");
        }
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&text)?)?;
        Ok(Self { task: tokio::spawn(send(rtc, wire, video, pictures)) })
    }
}

async fn send(mut rtc: Rtc, mut wire: Wire, video: Mid, pictures: Vec<Vec<u8>>) -> Result<()> {
    let (mut ticks, mut number, mut connected) = (tokio::time::interval(INTERVAL), 0, false);
    let (mut next, start) = (0, Instant::now());
    while rtc.is_alive() {
        let deadline = loop {
            match rtc.poll_output()? {
                Output::Timeout(at) => break at,
                Output::Transmit(packet) => wire.send(&packet.contents, packet.destination),
                Output::Event(Event::Connected) => connected = true,
                Output::Event(Event::KeyframeRequest(_)) => next = 0,
                Output::Event(_) => {}
            }
        };
        tokio::select! {
            received = wire.receive() => {
                let (data, source) = received?;
                if let Ok(receive) = Receive::new(wire.protocol, source, wire.local, &data) {
                    rtc.handle_input(Input::Receive(Instant::now(), receive))?;
                }
            }
            _ = ticks.tick(), if connected => {
                if let Some(writer) = rtc.writer(video) {
                    let pt = writer.payload_params().next().context("no format")?.pt();
                    let at = start + INTERVAL * number;
                    writer.write(pt, at, MediaTime::from_90khz(u64::from(number) * 3_600), pictures[next].clone())?;
                    (number, next) = (number + 1, (next + 1) % pictures.len());
                }
            }
            () = tokio::time::sleep_until(deadline.into()) => rtc.handle_input(Input::Timeout(Instant::now()))?,
        }
    }
    Ok(())
}
