//! A peer's way out without a browser, to measure what it costs: a sender with the settings of a real one, connected in
//! memory, whose encrypted packets leave by a socket to nobody.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use pipelines::engine::VideoUnit;
use pipelines::spec::encode::{OfferedAs, RenditionSpec};
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig};

use super::color_space::ColorSpaceValue;
use super::peer::{codec, config, rtp_ticks};
use super::sdp;

/// Longest time to connect.
const PATIENCE: Duration = Duration::from_secs(10);
/// Addresses that exist only here.
const SENDER: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 1);
const RECEIVER: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 2), 2);

/// A connected sender.
#[derive(Debug)]
pub struct Outlet {
    sender: Rtc,
    video: Mid,
    codec: Codec,
    socket: UdpSocket,
    /// Keeps the port that nobody reads.
    nobody: UdpSocket,
    /// Packets that left.
    packets: u64,
}

impl Outlet {
    /// Connects a sender of `spec`.
    ///
    /// # Errors
    /// When the two ends do not come together.
    pub fn connect(spec: &RenditionSpec) -> anyhow::Result<Self> {
        let now = Instant::now();
        let mut receiver = receiver(spec).build(now);
        let mut sender = config(spec.format, &IceCreds::new(), spec.bitrate_bps).build(now);
        receiver.add_local_candidate(Candidate::host(RECEIVER.into(), Protocol::Udp)?);
        sender.add_local_candidate(Candidate::host(SENDER.into(), Protocol::Udp)?);
        let mut changes = receiver.sdp_api();
        changes.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        let (offer, pending) = changes.apply().ok_or_else(|| anyhow::anyhow!("nothing to offer"))?;
        let offer = SdpOffer::from_sdp_string(&sdp::prepare_offer(&offer.to_sdp_string()))?;
        let answer = sender.sdp_api().accept_offer(offer)?;
        let answer = SdpAnswer::from_sdp_string(&sdp::finish_answer(&answer.to_sdp_string()))?;
        receiver.sdp_api().accept_answer(pending, answer)?;
        let video = handshake(&mut sender, &mut receiver)?;
        // Nobody acknowledges anything from here on, so there is no rate to pace by.
        if let Some(stream) = sender.direct_api().stream_tx_by_mid(video, None) {
            stream.set_unpaced(true);
        }
        let nobody = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect(nobody.local_addr()?)?;
        Ok(Self { sender, video, codec: codec(spec.format), socket, nobody, packets: 0 })
    }

    /// Packets that left so far.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Packetises, encrypts and sends a unit.
    ///
    /// # Errors
    /// When the library or the socket does not take it.
    pub fn send(&mut self, unit: &VideoUnit) -> anyhow::Result<()> {
        let writer = self.sender.writer(self.video).ok_or_else(|| anyhow::anyhow!("no way out"))?;
        let found = writer.payload_params().find(|params| params.spec().codec == self.codec).map(|params| params.pt());
        let pt = found.ok_or_else(|| anyhow::anyhow!("no payload type"))?;
        let time = MediaTime::from_90khz(rtp_ticks(unit.pts, 90_000));
        let writer = writer.user_extension_value(ColorSpaceValue::new(unit.tags, unit.hdr));
        writer.write(pt, Instant::now(), time, unit.data.to_vec())?;
        self.sender.handle_input(Input::Timeout(Instant::now()))?;
        loop {
            match self.sender.poll_output()? {
                // What is due at once belongs to this unit.
                Output::Timeout(at) if at <= Instant::now() + Duration::from_micros(50) => {
                    self.sender.handle_input(Input::Timeout(at.max(Instant::now())))?;
                }
                Output::Timeout(_) => break,
                Output::Transmit(packet) => {
                    // A full queue of a socket that nobody reads loses it, which costs the same.
                    let _ = self.socket.send(&packet.contents);
                    self.packets += 1;
                }
                Output::Event(_) => {}
            }
        }
        let mut waiting = [0; 2_000];
        self.nobody.set_nonblocking(true)?;
        while self.nobody.recv(&mut waiting).is_ok() {}
        Ok(())
    }
}

/// As a browser that takes this one format.
fn receiver(spec: &RenditionSpec) -> RtcConfig {
    let mut config = RtcConfig::new().clear_codecs();
    let codecs = config.codec_config();
    match spec.format.offered_as() {
        OfferedAs::H264 { profile_level_id } => codecs.add_h264(96.into(), Some(97.into()), true, profile_level_id),
        OfferedAs::Vp9 { profile_id } => {
            let params = FormatParams { profile_id: Some(profile_id), ..FormatParams::default() };
            codecs.add_config(96.into(), Some(97.into()), Codec::Vp9, Frequency::NINETY_KHZ, None, params);
        }
    }
    config
}

/// Lets the two talk until the sender may send.
fn handshake(sender: &mut Rtc, receiver: &mut Rtc) -> anyhow::Result<Mid> {
    let (started, mut video, mut connected) = (Instant::now(), None, false);
    let (at_sender, at_receiver) = (SocketAddr::from(SENDER), SocketAddr::from(RECEIVER));
    while started.elapsed() < PATIENCE {
        for from_sender in [false, true] {
            let (from, to) = if from_sender { (&mut *sender, &mut *receiver) } else { (&mut *receiver, &mut *sender) };
            let (source, destination) = if from_sender { (at_sender, at_receiver) } else { (at_receiver, at_sender) };
            from.handle_input(Input::Timeout(Instant::now()))?;
            loop {
                match from.poll_output()? {
                    Output::Timeout(_) => break,
                    Output::Transmit(packet) => {
                        let receive = Receive::new(Protocol::Udp, source, destination, &packet.contents)?;
                        to.handle_input(Input::Receive(Instant::now(), receive))?;
                    }
                    Output::Event(Event::MediaAdded(media)) if from_sender => video = Some(media.mid),
                    Output::Event(Event::Connected) if from_sender => connected = true,
                    Output::Event(_) => {}
                }
            }
        }
        if let (Some(video), true) = (video, connected) {
            return Ok(video);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    anyhow::bail!("no connection within {} s", PATIENCE.as_secs())
}
