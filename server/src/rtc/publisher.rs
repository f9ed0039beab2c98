//! One sender's connection: takes what is published off the wire and hands it on, whole pictures and packets of Opus.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use pipelines::spec::feed::FeedUnit;
use str0m::change::SdpOffer;
use str0m::media::{Frequency, KeyframeRequestKind, MediaData, MediaKind, Mid};
use str0m::rtp::Extension;
use str0m::{Event, IceCreds, Input, Output, Rtc, RtcConfig, RtcError};
use tokio::sync::mpsc;

use super::crypto;
use super::demux::{Datagram, Port};
use super::feed_clock::{FeedClock, Report};
use super::peer::{candidate, receive};
use super::publish_offer::{PublishOffer, PublishOfferError};
use super::sdp::{self, IceNames};

/// Without any datagram for this long the sender is taken to be gone.
const SILENCE: Duration = Duration::from_secs(15);
/// Time between two wishes for a key frame.
const WISH: Duration = Duration::from_millis(400);
/// Largest coded picture that is taken: a 12K key frame at a mastering rate is smaller.
const LARGEST_UNIT: usize = 32 << 20;

/// What a publisher tells its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublisherEvent {
    /// DTLS is done, media flows.
    Connected {
        /// SRTP profile, by its name in RFC 5764 and RFC 7714.
        cipher: String,
    },
    /// The connection is over.
    Closed {
        /// Why; for people.
        reason: String,
    },
}

/// Drives a running publisher.
#[derive(Debug)]
pub struct PublisherControl {
    task: tokio::task::JoinHandle<()>,
    wishes: mpsc::Sender<()>,
    heard: Arc<Mutex<Instant>>,
}

impl PublisherControl {
    /// Stops it; when this returns nothing more of it is handed on.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// Asks the sender for a key frame.
    pub fn request_keyframe(&self) {
        // One wish that waits is enough.
        let _ = self.wishes.try_send(());
    }

    /// Time since anything was heard of the sender.
    pub fn silence(&self) -> Duration {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// A negotiated publisher that does not run yet.
#[derive(Debug)]
pub struct Publisher {
    rtc: Rtc,
    port: Port,
    credentials: IceCreds,
    datagrams: mpsc::Receiver<Datagram>,
    ice: IceNames,
    offer: PublishOffer,
    /// Of our certificate.
    fingerprint: Vec<u8>,
    video: Option<Mid>,
    clock: FeedClock,
    also_aes_128: bool,
    connected: bool,
    /// Whether pictures are of no use until the next key frame.
    waits: bool,
    wished: Option<Instant>,
    heard: Arc<Mutex<Instant>>,
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.port.unregister(&self.credentials);
        crypto::take_agreed(&self.fingerprint);
    }
}

impl Publisher {
    /// Answers an offer: one picture in the format the sender likes best, and Opus. Its candidates are not read.
    ///
    /// # Errors
    /// Why the offer is not taken.
    pub fn answer(port: &Port, offer: &str, also_aes_128: bool) -> Result<(Self, String), PublishOfferError> {
        let malformed = |error: &dyn std::fmt::Display| PublishOfferError::Malformed(error.to_string());
        let wanted = PublishOffer::read(offer)?;
        let credentials = IceCreds::new();
        let now = Instant::now();
        let mut rtc = config(&wanted, &credentials, also_aes_128).build(now);
        for protocol in port.protocols() {
            for address in port.candidates() {
                rtc.add_local_candidate(candidate(*address, *protocol).map_err(|error| malformed(&error))?);
            }
        }
        let sdp = SdpOffer::from_sdp_string(&sdp::prepare_offer(offer)).map_err(|error| malformed(&error))?;
        let answer = rtc.sdp_api().accept_offer(sdp).map_err(|error| malformed(&error))?.to_sdp_string();
        if !answer.contains(&format!("a=rtpmap:{} ", wanted.payload_type)) {
            return Err(PublishOfferError::NoCodec);
        }
        let fingerprint = rtc.direct_api().local_dtls_fingerprint().bytes.clone();
        let ice = IceNames { local: credentials.ufrag.clone(), remote: sdp::ufrag(offer).to_owned() };
        let publisher = Self {
            rtc,
            ice,
            port: port.clone(),
            datagrams: port.register(&credentials),
            credentials,
            offer: wanted,
            fingerprint,
            video: None,
            clock: FeedClock::new(now),
            also_aes_128,
            connected: false,
            waits: true,
            wished: None,
            heard: Arc::new(Mutex::new(now)),
        };
        Ok((publisher, answer))
    }

    /// Names this negotiation of ICE.
    pub fn ice(&self) -> &IceNames {
        &self.ice
    }

    /// Runs until it is stopped or the sender is gone, and hands on what comes.
    pub fn run(
        self,
        hand_on: impl Fn(FeedUnit) + Send + Sync + 'static,
        events: mpsc::UnboundedSender<PublisherEvent>,
    ) -> PublisherControl {
        let (wishes, wished) = mpsc::channel(1);
        let heard = Arc::clone(&self.heard);
        PublisherControl { task: tokio::spawn(self.drive(hand_on, events, wished)), wishes, heard }
    }

    async fn drive(
        mut self,
        hand_on: impl Fn(FeedUnit) + Send + Sync + 'static,
        events: mpsc::UnboundedSender<PublisherEvent>,
        mut wishes: mpsc::Receiver<()>,
    ) {
        let ended = self.pump(&hand_on, &events, &mut wishes).await;
        let reason = self.reason(ended.err());
        let _ = events.send(PublisherEvent::Closed { reason });
    }

    fn reason(&self, error: Option<RtcError>) -> String {
        match (error, crypto::take_agreed(&self.fingerprint)) {
            (_, Some(profile)) if !self.connected => format!(
                "the sender encrypts its media with {profile}; expected SRTP_AEAD_AES_256_GCM \
                 (media.publish_aes_128 = true in the configuration takes less)"
            ),
            (Some(error), _) if !self.connected && !self.also_aes_128 => format!(
                "the sender's handshake failed ({error}); expected DTLS 1.2 with an ECDSA certificate; GStreamer 1.22 shows \
                 an RSA one (media.publish_aes_128 = true in the configuration takes it)"
            ),
            (Some(error), _) if !self.connected => {
                format!("the sender's handshake failed ({error}); expected DTLS 1.2")
            }
            (Some(error), _) => format!("the sender's connection failed: {error}"),
            (None, _) if self.connected => "the sender's connection was lost".to_owned(),
            (None, _) => "the sender did not connect".to_owned(),
        }
    }

    async fn pump(
        &mut self,
        hand_on: &(impl Fn(FeedUnit) + Sync),
        events: &mpsc::UnboundedSender<PublisherEvent>,
        wishes: &mut mpsc::Receiver<()>,
    ) -> Result<(), RtcError> {
        while self.rtc.is_alive() && self.heard.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < SILENCE {
            let deadline = self.drain(hand_on, events).await?;
            if !self.connected && crypto::was_refused(&self.fingerprint, self.also_aes_128) {
                // The alert is out.
                return Ok(());
            }
            tokio::select! {
                datagram = self.datagrams.recv() => match datagram {
                    Some(datagram) => {
                        if receive(&mut self.rtc, &self.port, &datagram)? {
                            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = datagram.at;
                        }
                    }
                    None => return Ok(()),
                },
                Some(()) = wishes.recv() => self.wish(),
                () = tokio::time::sleep_until(deadline.into()) => self.rtc.handle_input(Input::Timeout(Instant::now()))?,
            }
        }
        Ok(())
    }

    /// Sends all that is due; returns when to call again.
    async fn drain(
        &mut self,
        hand_on: &(impl Fn(FeedUnit) + Sync),
        events: &mpsc::UnboundedSender<PublisherEvent>,
    ) -> Result<Instant, RtcError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => return Ok(at.min(Instant::now() + Duration::from_secs(1))),
                Output::Transmit(packet) => self.port.send(packet.proto, &packet.contents, packet.destination).await,
                Output::Event(Event::MediaAdded(media)) if media.kind == MediaKind::Video => {
                    self.video = Some(media.mid);
                }
                Output::Event(Event::Connected) => {
                    self.connected = true;
                    let cipher = crypto::take_agreed(&self.fingerprint);
                    let cipher = cipher.map_or_else(|| "unknown".to_owned(), |profile| profile.to_string());
                    let _ = events.send(PublisherEvent::Connected { cipher });
                }
                Output::Event(Event::MediaData(data)) => {
                    if let Some(unit) = self.unit(data) {
                        hand_on(unit);
                    }
                }
                Output::Event(_) => {}
            }
        }
    }

    /// A unit that can be decoded, or `None`. After a loss no picture is handed on that builds on what was lost.
    fn unit(&mut self, data: MediaData) -> Option<FeedUnit> {
        let report = data
            .last_sender_info
            .map(|info| Report { at: info.ntp_time, rtp: (info.rtp_time.numer() & 0xffff_ffff) as u32 });
        let rtp = data.time.numer();
        if Some(data.mid) != self.video {
            let due = self.clock.sound(rtp, data.network_time, report);
            return Some(FeedUnit::Sound { data: Bytes::from_owner(data.data), due });
        }
        let due = self.clock.picture(rtp, data.network_time, report);
        let keyframe = data.is_keyframe();
        self.waits = (self.waits || !data.contiguous || data.data.len() > LARGEST_UNIT) && !keyframe;
        if self.waits {
            self.wish();
            return None;
        }
        let (codec, has_sound) = (self.offer.codec, self.offer.has_sound);
        let data = match keyframe && !self.offer.parameter_sets.is_empty() {
            true => [self.offer.parameter_sets.as_slice(), &data.data].concat().into(),
            false => Bytes::from_owner(data.data),
        };
        Some(FeedUnit::Picture { codec, has_sound, data, keyframe, due })
    }

    fn wish(&mut self) {
        if self.wished.is_some_and(|wished| wished.elapsed() < WISH) {
            return;
        }
        if let Some(mut writer) = self.video.and_then(|video| self.rtc.writer(video)) {
            let kind = [KeyframeRequestKind::Pli, KeyframeRequestKind::Fir]
                .into_iter()
                .find(|kind| writer.is_request_keyframe_possible(*kind));
            // A stream of which nothing has come yet has nobody to ask.
            if kind.is_some_and(|kind| writer.request_keyframe(None, kind).is_ok()) {
                self.wished = Some(Instant::now());
            }
        }
    }
}

/// Just the format that was chosen of the offer: the library has nothing else to match.
fn config(offer: &PublishOffer, credentials: &IceCreds, also_aes_128: bool) -> RtcConfig {
    let mut config = RtcConfig::new()
        .set_crypto_provider(Arc::new(crypto::publish_provider(also_aes_128).clone()))
        .set_ice_lite(true)
        .set_local_ice_credentials(credentials.clone())
        .clear_codecs()
        .enable_opus(true, false)
        .clear_extension_map()
        .set_extension(1, Extension::RtpMid)
        .set_extension(2, Extension::AbsoluteSendTime)
        .set_extension(3, Extension::TransportSequenceNumber);
    config.codec_config().add_config(
        offer.payload_type.into(),
        offer.retransmission.map(Into::into),
        offer.library_codec(),
        Frequency::NINETY_KHZ,
        None,
        offer.format,
    );
    config
}
