//! One viewer's peer connection: takes marked, encoded units and puts them on the wire.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use pipelines::engine::{AudioUnit, MediaUnit, VideoUnit};
use pipelines::spec::encode::rate::Line;
use pipelines::spec::encode::{OfferedAs, VideoCodec, VideoFormat};
use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::error::IceError;
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, MediaKind, MediaTime, Mid, Pt};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::Extension;
use str0m::stats::PeerStats;
use str0m::{Candidate, Event, IceConnectionState, IceCreds, Input, Output, Rtc, RtcConfig, RtcError};
use tokio::sync::{mpsc, watch};

use super::color_space::{self, ColorSpaceValue};
use super::crypto;
use super::demux::{Datagram, Port};
use super::identity::Identity;
use super::playout_delay::{self, PlayoutDelay};
use super::restart::{self, Restart, RestartError, Restarted, Restarter, Wish};
use super::sdp::{self, IceNames, OfferError};
use super::twice::Twice;

/// Without any datagram from the browser for this long it is taken to be gone. Browsers check every 2.5 s; a network
/// drop of 10 s is survived without a new connection.
const SILENCE: Duration = Duration::from_secs(15);
/// Video packets kept for retransmission: about two seconds of a reference rendition.
const RETRANSMIT_PACKETS: usize = 4_000;
/// And how long.
const RETRANSMIT_AGE: Duration = Duration::from_secs(3);
/// Retransmissions may be this part of what is sent. A line that loses a fifth of all packets needs more than a fifth.
const RETRANSMIT_SHARE: f32 = 0.5;
/// What is due within this time is due now, so many times in a row.
const AT_ONCE: Duration = Duration::from_micros(200);
const MOST_AT_ONCE: u32 = 512;
/// How often the line is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// The estimate begins above what is sent, and looks for no more than this much of it.
const ESTIMATE_ROOM: f64 = 1.6;
const ESTIMATE_MOST: f64 = 2.0;
/// Pictures are paced where the line carries so much of what is sent, and loses no more than this.
const PACED_ROOM: f64 = 1.5;
const PACED_LOSS: f64 = 0.01;

/// What a new peer is made from.
#[derive(Debug)]
pub struct PeerSetup<'a> {
    /// The browser's SDP offer.
    pub offer: &'a str,
    /// The one video format that is answered.
    pub format: VideoFormat,
    /// Who the server is in DTLS.
    pub identity: &'a Identity,
    /// What is sent, followed while the peer runs.
    pub sending: watch::Receiver<Sending>,
}

/// What a viewer is sent just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Bits per second with nothing to hold them back.
    pub most_bps: u32,
    /// Bits per second now.
    pub now_bps: u32,
    /// Whether there is sound to be in time with.
    pub sound: bool,
}

/// What a peer tells its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum PeerEvent {
    /// DTLS is done, media flows.
    Connected,
    /// The browser lost or wants a picture it can start from.
    KeyframeRequest,
    /// A video unit was handed to the network under this RTP timestamp.
    Sent {
        /// 90 kHz, as `requestVideoFrameCallback` reports it.
        rtp_timestamp: u32,
        /// The frame it carries.
        stamp: pipelines::engine::FrameStamp,
        /// When its source presented it.
        presented_at: Instant,
    },
    /// What the line showed in the last moments.
    Line(Line),
    /// The connection is over.
    Closed,
}

/// Says to stop.
#[derive(Debug)]
pub struct PeerControl {
    task: tokio::task::JoinHandle<()>,
    restarter: Restarter,
}

impl PeerControl {
    /// What begins ICE anew.
    pub fn restarter(&self) -> Restarter {
        self.restarter.clone()
    }

    /// Stops the peer; when this returns no further packet leaves.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// A negotiated peer that does not run yet.
#[derive(Debug)]
pub struct Peer {
    rtc: Rtc,
    port: Port,
    credentials: IceCreds,
    /// As it was read, to be read again with other credentials.
    offer: String,
    ice: IceNames,
    datagrams: mpsc::Receiver<Datagram>,
    codec: Codec,
    video: Option<Mid>,
    audio: Option<Mid>,
    connected: bool,
    last_heard: Instant,
    sending: watch::Receiver<Sending>,
    was_silent: bool,
    twice: Twice,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.port.unregister(&self.credentials);
    }
}

impl Peer {
    /// Answers an offer. The answer holds exactly one video format and offers no candidate but the configured ones.
    ///
    /// # Errors
    /// When the offer cannot be read or has no use for `setup.format`.
    pub fn answer(port: &Port, setup: &PeerSetup<'_>) -> Result<(Self, String), OfferError> {
        let malformed = |error: &dyn std::fmt::Display| OfferError::Malformed(error.to_string());
        let credentials = IceCreds::new();
        let now = Instant::now();
        let sending = setup.sending.clone();
        let most = sending.borrow().most_bps;
        let config = config(setup.format, &credentials, most).set_dtls_cert(setup.identity.dtls());
        let mut rtc = config.build(now);
        rtc.bwe().set_bitrate(Bitrate::ZERO, times(most, ESTIMATE_MOST));
        for protocol in port.protocols() {
            for address in port.candidates() {
                rtc.add_local_candidate(candidate(*address, *protocol).map_err(|error| malformed(&error))?);
            }
        }
        let offer = sdp::prepare_offer(setup.offer);
        let answer = accept(&mut rtc, &offer).map_err(|error| malformed(&error))?;
        if !sdp::formats(&answer).contains(&setup.format) {
            return Err(OfferError::NoFormat);
        }
        let datagrams = port.register(&credentials);
        let codec = codec(setup.format);
        let ice = IceNames { local: credentials.ufrag.clone(), remote: sdp::ufrag(setup.offer).to_owned() };
        let port = port.clone();
        let (video, audio, connected, last_heard) = (None, None, false, now);
        Ok((
            Self {
                rtc,
                port,
                credentials,
                offer,
                ice,
                datagrams,
                codec,
                video,
                audio,
                connected,
                last_heard,
                sending,
                was_silent: false,
                twice: Twice::default(),
            },
            answer,
        ))
    }

    /// Names this negotiation of ICE.
    pub fn ice(&self) -> &IceNames {
        &self.ice
    }

    /// Runs the peer until it is stopped or the browser is gone.
    pub fn run(self, units: mpsc::Receiver<MediaUnit>, events: mpsc::UnboundedSender<PeerEvent>) -> PeerControl {
        let (restarter, wished) = Restarter::new();
        PeerControl { task: tokio::spawn(self.drive(units, events, wished)), restarter }
    }

    async fn drive(
        mut self,
        mut units: mpsc::Receiver<MediaUnit>,
        events: mpsc::UnboundedSender<PeerEvent>,
        mut wishes: mpsc::Receiver<Wish>,
    ) {
        if let Err(error) = self.pump(&mut units, &events, &mut wishes).await {
            tracing::info!(%error, "peer ended");
        }
        let _ = events.send(PeerEvent::Closed);
    }

    async fn pump(
        &mut self,
        units: &mut mpsc::Receiver<MediaUnit>,
        events: &mpsc::UnboundedSender<PeerEvent>,
        wishes: &mut mpsc::Receiver<Wish>,
    ) -> Result<(), RtcError> {
        while self.rtc.is_alive() && self.last_heard.elapsed() < SILENCE {
            let deadline = self.drain(events).await?;
            tokio::select! {
                datagram = self.datagrams.recv() => match datagram {
                    Some(datagram) => self.receive(&datagram)?,
                    None => return Ok(()),
                },
                unit = units.recv() => match unit {
                    Some(MediaUnit::Video(unit)) => self.write_video(unit, events)?,
                    Some(MediaUnit::Audio(unit)) => self.write_audio(unit)?,
                    // The rendition is gone, so there is nothing more to send.
                    None => return Ok(()),
                },
                Some((restart, tell)) = wishes.recv() => {
                    let _ = tell.send(self.restart(&restart));
                }
                () = tokio::time::sleep_until(deadline.into()) => self.rtc.handle_input(Input::Timeout(Instant::now()))?,
            }
        }
        Ok(())
    }

    /// Begins ICE anew with the offer as it was, but for its credentials. DTLS and the streams go on.
    fn restart(&mut self, restart: &Restart) -> Result<Restarted, RestartError> {
        let answer = accept(&mut self.rtc, &restart.offer(&self.offer)).map_err(|error| {
            tracing::warn!(%error, "ICE was not restarted");
            RestartError::Over
        })?;
        let credentials = self.rtc.direct_api().local_ice_credentials();
        self.port.rename(&self.credentials, &credentials);
        self.ice = IceNames { local: credentials.ufrag.clone(), remote: restart.ufrag().to_owned() };
        self.credentials = credentials;
        Ok(Restarted { ice: self.ice.clone(), fragment: restart::fragment(&answer) })
    }

    /// Sends all that is due; returns when to call again.
    async fn drain(&mut self, events: &mpsc::UnboundedSender<PeerEvent>) -> Result<Instant, RtcError> {
        let (mut at_once, mut copies) = (0, Vec::new());
        let until = loop {
            match self.rtc.poll_output()? {
                // The pacer gives one packet for each turn of its clock. A timer counts in milliseconds: a picture of a
                // hundred packets would take a tenth of a second.
                Output::Timeout(at) if at_once < MOST_AT_ONCE && at <= Instant::now() + AT_ONCE => {
                    at_once += 1;
                    self.rtc.handle_input(Input::Timeout(at.max(Instant::now())))?;
                }
                Output::Timeout(at) => break at.min(Instant::now() + Duration::from_secs(1)),
                Output::Transmit(packet) => {
                    self.port.send(packet.proto, &packet.contents, packet.destination).await;
                    if self.twice.is_on() && packet.proto == Protocol::Udp && is_media(&packet.contents) {
                        copies.push(packet);
                    }
                }
                Output::Event(event) => self.handle(event, events),
            }
        };
        // After all the others, so that what takes several packets in a row does not take both.
        for packet in copies {
            self.port.send(packet.proto, &packet.contents, packet.destination).await;
        }
        Ok(until)
    }

    fn handle(&mut self, event: Event, events: &mpsc::UnboundedSender<PeerEvent>) {
        let told = match event {
            Event::MediaAdded(media) => {
                let slot = if media.kind == MediaKind::Video { &mut self.video } else { &mut self.audio };
                *slot = Some(media.mid);
                return;
            }
            Event::PeerStats(stats) => PeerEvent::Line(self.look(&stats)),
            Event::Connected => {
                self.connected = true;
                self.video.into_iter().for_each(|mid| self.keep_for_retransmission(mid));
                PeerEvent::Connected
            }
            Event::KeyframeRequest(_) => PeerEvent::KeyframeRequest,
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                tracing::debug!("browser silent");
                return;
            }
            _ => return,
        };
        let _ = events.send(told);
    }

    /// What the line shows now. Pictures are paced by the estimate only where it leaves room for retransmissions and nothing
    /// is lost: where it is too low the library would hold them back for seconds.
    fn look(&mut self, stats: &PeerStats) -> Line {
        let sending = *self.sending.borrow_and_update();
        self.rtc.bwe().set_bitrate(Bitrate::ZERO, times(sending.most_bps, ESTIMATE_MOST));
        let estimate_bps = stats.bwe_tx.map(|estimate| estimate.as_f64());
        let loss = f64::from(stats.egress_loss_fraction.unwrap_or(0.0));
        self.twice.look(loss, stats.rtt, Instant::now());
        let room = PACED_ROOM * f64::from(sending.now_bps);
        let unpaced = loss > PACED_LOSS || estimate_bps.is_none_or(|estimate| estimate < room);
        if let Some(mid) = self.video
            && let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None)
        {
            stream.set_unpaced(unpaced);
        }
        Line { estimate_bps, loss, round_trip: stats.rtt }
    }

    /// Retransmission is what keeps a picture whole on a line that loses packets.
    fn keep_for_retransmission(&mut self, mid: Mid) {
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None) {
            stream.set_rtx_cache(RETRANSMIT_PACKETS, RETRANSMIT_AGE, Some(RETRANSMIT_SHARE));
        }
    }

    fn receive(&mut self, datagram: &Datagram) -> Result<(), RtcError> {
        if receive(&mut self.rtc, &self.port, datagram)? {
            self.last_heard = datagram.at;
        }
        Ok(())
    }

    fn write_video(&mut self, unit: VideoUnit, events: &mpsc::UnboundedSender<PeerEvent>) -> Result<(), RtcError> {
        let (Some(mid), true) = (self.video, self.connected) else { return Ok(()) };
        let Some(pt) = self.payload_type(mid, self.codec) else { return Ok(()) };
        let ticks = rtp_ticks(unit.pts, 90_000);
        let delay = self.playout_delay();
        let Some(writer) = self.rtc.writer(mid) else { return Ok(()) };
        // Told for every picture, so that it always says what the stream says.
        let mut writer = writer.user_extension_value(ColorSpaceValue::new(unit.tags, unit.hdr));
        if let Some(delay) = delay {
            writer = writer.user_extension_value(delay);
        }
        writer.write(pt, unit.presented_at, MediaTime::from_90khz(ticks), unit.data.to_vec())?;
        // The wire carries the low 32 bits.
        let rtp_timestamp = (ticks & 0xffff_ffff) as u32;
        let _ = events.send(PeerEvent::Sent { rtp_timestamp, stamp: unit.stamp, presented_at: unit.presented_at });
        Ok(())
    }

    /// What is said of the delay: nothing until a source without sound is shown.
    fn playout_delay(&mut self) -> Option<PlayoutDelay> {
        let sound = self.sending.borrow().sound;
        self.was_silent |= !sound;
        match (sound, self.was_silent) {
            (false, _) => Some(PlayoutDelay::NONE),
            (true, true) => Some(PlayoutDelay::FREE),
            (true, false) => None,
        }
    }

    fn write_audio(&mut self, unit: AudioUnit) -> Result<(), RtcError> {
        let (Some(mid), true) = (self.audio, self.connected) else { return Ok(()) };
        let Some(pt) = self.payload_type(mid, Codec::Opus) else { return Ok(()) };
        let Some(writer) = self.rtc.writer(mid) else { return Ok(()) };
        let time = MediaTime::new(rtp_ticks(unit.pts, 48_000), str0m::media::Frequency::FORTY_EIGHT_KHZ);
        writer.write(pt, unit.presented_at, time, unit.data.to_vec())
    }

    fn payload_type(&mut self, mid: Mid, codec: Codec) -> Option<Pt> {
        let writer = self.rtc.writer(mid)?;
        writer.payload_params().find(|params| params.spec().codec == codec).map(|params| params.pt())
    }
}

/// The answer to an offer as [`sdp::prepare_offer`] made it.
fn accept(rtc: &mut Rtc, offer: &str) -> Result<String, RtcError> {
    let answer = rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(offer)?)?;
    Ok(sdp::finish_answer(&answer.to_sdp_string()))
}

/// Hands a datagram to its connection; says whether it was of use.
pub(super) fn receive(rtc: &mut Rtc, port: &Port, datagram: &Datagram) -> Result<bool, RtcError> {
    let family = |address: &&SocketAddr| address.is_ipv4() == datagram.source.is_ipv4();
    // Behind a 1:1 NAT the bound address is not the advertised one; to ICE it is the advertised one that counts.
    let Some(destination) = port.candidates().iter().find(family).copied() else { return Ok(false) };
    let Ok(receive) = Receive::new(datagram.protocol, datagram.source, destination, &datagram.data) else {
        return Ok(false);
    };
    let input = Input::Receive(datagram.at, receive);
    if !rtc.accepts(&input) {
        return Ok(false);
    }
    rtc.handle_input(input)?;
    Ok(true)
}

/// An address that browsers are told. Over TCP the browser connects, never the server.
pub(super) fn candidate(address: SocketAddr, protocol: Protocol) -> Result<Candidate, IceError> {
    match protocol {
        Protocol::Tcp => Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build(),
        _ => Candidate::host(address, protocol),
    }
}

/// One format, one answer: the library has nothing to choose from, so it cannot fall back.
pub(super) fn config(format: VideoFormat, credentials: &IceCreds, most_bps: u32) -> RtcConfig {
    let mut config = RtcConfig::new()
        .set_crypto_provider(std::sync::Arc::new(crypto::provider().clone()))
        .set_ice_lite(true)
        .set_local_ice_credentials(credentials.clone())
        .clear_codecs()
        .enable_opus(true, false)
        .set_send_buffer_video(RETRANSMIT_PACKETS)
        .clear_extension_map()
        .set_extension(1, Extension::RtpMid)
        .set_extension(2, Extension::AbsoluteSendTime)
        .set_extension(3, color_space::extension())
        .set_extension(4, Extension::TransportSequenceNumber)
        .set_extension(5, playout_delay::extension())
        .set_stats_interval(Some(LOOK))
        .enable_bwe(Some(times(most_bps, ESTIMATE_ROOM)));
    let codecs = config.codec_config();
    match format.offered_as() {
        OfferedAs::H264 { profile_level_id } => codecs.add_h264(96.into(), Some(97.into()), true, profile_level_id),
        OfferedAs::Vp9 { profile_id } => {
            let params = FormatParams { profile_id: Some(profile_id), ..FormatParams::default() };
            codecs.add_config(96.into(), Some(97.into()), Codec::Vp9, Frequency::NINETY_KHZ, None, params);
        }
    }
    config
}

/// SRTP and SRTCP, by the first byte (RFC 7983).
fn is_media(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| (128..192).contains(first))
}

fn times(bps: u32, factor: f64) -> Bitrate {
    Bitrate::from(f64::from(bps) * factor)
}

pub(super) fn codec(format: VideoFormat) -> Codec {
    match format.codec() {
        VideoCodec::H264 => Codec::H264,
        VideoCodec::Vp9 => Codec::Vp9,
    }
}

/// A presentation time in ticks of `clock_hz`, to the nearest tick.
pub(super) fn rtp_ticks(pts: Duration, clock_hz: u64) -> u64 {
    let ticks = (pts.as_nanos() * u128::from(clock_hz) + 500_000_000) / 1_000_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// As Chromium 156 offers to receive one picture and one sound.
    const CHROMIUM: &str = include_str!("../../tests/data/chromium-156.sdp");

    async fn answer_with(format: VideoFormat) -> Result<String, OfferError> {
        let port = Port::bind(([127, 0, 0, 1], 0).into(), &[], true)
            .await
            .map_err(|e| OfferError::Malformed(e.to_string()))?;
        let sending =
            watch::Sender::new(Sending { most_bps: 10_000_000, now_bps: 10_000_000, sound: true }).subscribe();
        let identity = identity();
        let setup = PeerSetup { offer: CHROMIUM, format, identity: &identity, sending };
        Peer::answer(&port, &setup).map(|(_, answer)| answer)
    }

    fn identity() -> Identity {
        let dir = tempfile::tempdir().unwrap();
        Identity::load_or_make(&crate::config::data::DataDir::open(dir.path()).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn the_answer_names_the_identity_that_pages_are_told() {
        let port = Port::bind(([127, 0, 0, 1], 0).into(), &[], true).await.unwrap();
        let identity = identity();
        let sending = watch::Sender::new(Sending { most_bps: 1_000_000, now_bps: 1_000_000, sound: true }).subscribe();
        let setup = PeerSetup { offer: CHROMIUM, format: VideoFormat::H264Bits8, identity: &identity, sending };
        let (_, answer) = Peer::answer(&port, &setup).unwrap();
        let named: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("a=fingerprint:sha-256 ")).collect();
        assert!(!named.is_empty() && named.iter().all(|named| *named == identity.fingerprint()), "{answer}");
    }

    #[tokio::test]
    async fn chromium_is_answered_with_the_one_chosen_format() {
        for (format, profile) in [(VideoFormat::H264High444Bits10, "f4001f"), (VideoFormat::H264Bits8, "42e01f")] {
            let answer = answer_with(format).await.unwrap();
            let profiles: Vec<&str> = answer.lines().filter(|line| line.contains("profile-level-id")).collect();
            assert_eq!(profiles.len(), 1, "{answer}");
            assert!(profiles[0].contains(profile), "{answer}");
            assert!(answer.contains("a=ice-lite") && answer.contains("a=setup:passive"), "{answer}");
            assert!(answer.contains(color_space::URI) && answer.contains(playout_delay::URI), "{answer}");
            assert!(
                answer.contains("transport-wide-cc")
                    && answer.contains("a=rtcp-fb:")
                    && answer.contains(" transport-cc"),
                "{answer}"
            );
            assert!(answer.contains(" udp ") && answer.contains("tcptype passive"), "{answer}");
        }
    }

    #[test]
    fn ticks_round_to_the_nearest() {
        assert_eq!(rtp_ticks(Duration::from_nanos(41_708_333), 90_000), 3_754);
        assert_eq!(rtp_ticks(Duration::from_secs(1), 48_000), 48_000);
    }
}
