//! Starting and stopping one viewer's picture.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lut::ColorSpec;
use pipelines::spec::color::{Display, TargetColor};
use pipelines::spec::encode::rate::RateControl;
use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::time::FrameRate;
use pipelines::spec::watermark::{MarkSpec, MarkTemplate, Marks};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::admission::Wish;
use super::clock::{FrameClock, FrameLedger};
use super::picture::Picture;
use super::{Media, MediaEvent, UNKNOWN_SOURCE, lock};
use crate::rtc::{
    IceNames, OfferError, Peer, PeerControl, PeerEvent, PeerSetup, Restart, RestartError, Restarted, Sending,
    offered_formats,
};

/// Encoded units that wait for the network task: about a second. Beyond that the rendition drops to its next key frame.
const UNITS: usize = 96;
/// How often the clock is restated.
const CLOCK_INTERVAL: Duration = Duration::from_secs(1);
/// Ledgers kept of viewings that are over; one is some kilobytes.
const PAST_LEDGERS: usize = 256;
/// What a refused viewer is told to wait.
const RETRY_AFTER_S: u32 = 30;

/// What a browser says with its offer, and what the house wants for its viewer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The display it shows the picture on.
    pub display: Display,
    /// Formats it wants, when it does not want all that it offers.
    pub formats: Option<Vec<VideoFormat>>,
    /// The colour the house wants to be sent; `None`: what suits the display.
    pub target: Option<TargetColor>,
}

/// A browser's wish to see a review.
#[derive(Debug)]
pub struct ViewingRequest {
    /// The viewing's id, new for every connection.
    pub viewing: Uuid,
    /// Which review.
    pub review: Uuid,
    /// SDP offer.
    pub offer: String,
    /// Beyond the offer.
    pub asked: Asked,
    /// Who it is marked for, and with what.
    pub marks: Marks,
}

/// What a browser gets.
#[derive(Clone, Debug)]
pub struct ViewingAnswer {
    /// SDP answer.
    pub sdp: String,
    /// The negotiation of ICE.
    pub ice: IceNames,
    /// What will be sent.
    pub picture: Picture,
}

/// Why a viewing does not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewingRefusal {
    /// The machine serves as many viewers as it can.
    #[error("the room is full")]
    Full {
        /// Seconds after which to try again.
        retry_after_s: u32,
    },
    /// The browser takes no format of ours.
    #[error("{0}")]
    NotAcceptable(String),
    /// The offer cannot be used.
    #[error("{0}")]
    BadOffer(String),
    /// The review has no open source.
    #[error("the review is not running")]
    NoProgram,
}

impl From<OfferError> for ViewingRefusal {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::NoFormat => Self::NotAcceptable(error.to_string()),
            OfferError::Malformed(_) | OfferError::Setup => Self::BadOffer(error.to_string()),
        }
    }
}

pub(super) struct Viewing {
    pub(super) review: Uuid,
    /// Size and rate of the source that the rendition was chosen for.
    pub(super) source: (PictureSize, FrameRate),
    /// What is sent while nothing of the viewer's holds it back.
    pub(super) rendition: RenditionSpec,
    /// What does.
    pub(super) control: RateControl,
    pub(super) sending: watch::Sender<Sending>,
    /// The best format the browser takes.
    pub(super) best: VideoFormat,
    pub(super) picture: Picture,
    asked: Asked,
    /// The colour it should be in.
    pub(super) wanted: TargetColor,
    pub(super) ledger: Arc<Mutex<FrameLedger>>,
    pub(super) clock: watch::Sender<Option<FrameClock>>,
    pub(super) ice: IceNames,
    /// What is burned in.
    mark: MarkSpec,
    peer: PeerControl,
}

/// An instant of the recent past or near future on the calendar's clock.
fn unix_ms(at: Instant) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let age = match Instant::now().checked_duration_since(at) {
        Some(past) => past.as_secs_f64(),
        None => -at.saturating_duration_since(Instant::now()).as_secs_f64(),
    };
    (now - age) * 1e3
}

/// What was chosen for a viewing.
struct Chosen {
    rendition: RenditionSpec,
    best: VideoFormat,
    /// The colour it should be in.
    wanted: TargetColor,
    source: (PictureSize, FrameRate),
    picture: Picture,
}

impl Media {
    /// Seats a viewer, answers the offer and starts the marked rendition.
    ///
    /// # Errors
    /// See [`ViewingRefusal`]; nothing is left running then.
    pub async fn start_viewing(&self, request: ViewingRequest) -> Result<ViewingAnswer, ViewingRefusal> {
        let mut formats = offered_formats(&request.offer)?;
        if let Some(wanted) = &request.asked.formats {
            formats.retain(|format| wanted.contains(format));
        }
        let Some(best) = formats.first().copied() else {
            return Err(ViewingRefusal::NotAcceptable(
                "the offer has none of the formats that are asked for".to_owned(),
            ));
        };
        if !lock(&self.shared.programs).contains_key(&request.review) {
            return Err(ViewingRefusal::NoProgram);
        }
        let (source, rate) = self.source(request.review).info.map_or(UNKNOWN_SOURCE, |info| (info.size, info.rate));
        let target = self.target(request.review, &request.asked);
        let seat = |target| {
            let wish = Wish { review: request.review, source, rate, formats: &formats, target };
            lock(&self.shared.admission).seat(request.viewing, &wish)
        };
        // Without 10 bits there is no HDR; SDR is better than nothing, and the note says so.
        let rendition = seat(target)
            .or_else(|| target.is_hdr().then(|| seat(TargetColor::default())).flatten())
            .ok_or(ViewingRefusal::Full { retry_after_s: RETRY_AFTER_S })?;
        let rendition = RenditionSpec { drill: self.shared.drill, ..rendition };
        let picture = Picture::new(&rendition, source, rate, best, target);
        let sending = watch::Sender::new(Sending {
            most_bps: rendition.bitrate_bps,
            now_bps: rendition.bitrate_bps,
            sound: self.has_sound(request.review),
        });
        let setup = PeerSetup {
            offer: &request.offer,
            format: rendition.format,
            identity: &self.shared.identity,
            sending: sending.subscribe(),
        };
        let (peer, sdp) = Peer::answer(&self.shared.port, &setup)
            .inspect_err(|_| lock(&self.shared.admission).free(request.viewing))?;
        let ice = peer.ice().clone();
        self.run(
            request,
            Chosen { rendition, best, wanted: target, source: (source, rate), picture: picture.clone() },
            peer,
            sending,
        );
        Ok(ViewingAnswer { sdp, ice, picture })
    }

    /// Begins ICE of a viewing anew; picture and sound go on.
    ///
    /// # Errors
    /// [`RestartError::Over`] when it does not run any more.
    pub async fn restart_viewing(&self, viewing: Uuid, restart: Restart) -> Result<Restarted, RestartError> {
        let restarter = lock(&self.shared.viewings).get(&viewing).map(|entry| entry.peer.restarter());
        let restarted = restarter.ok_or(RestartError::Over)?.restart(restart).await?;
        if let Some(entry) = lock(&self.shared.viewings).get_mut(&viewing) {
            entry.ice = restarted.ice.clone();
        }
        Ok(restarted)
    }

    /// Ends a viewing; when this returns no further packet of it leaves.
    pub async fn stop_viewing(&self, viewing: Uuid) {
        self.end_viewing(viewing).await;
    }

    fn run(&self, request: ViewingRequest, chosen: Chosen, peer: Peer, sending: watch::Sender<Sending>) {
        let Chosen { rendition, best, wanted, source, picture } = chosen;
        let (sink, units) = mpsc::channel(UNITS);
        let (events, told) = mpsc::unbounded_channel();
        let ledger = Arc::new(Mutex::new(FrameLedger::default()));
        let clock = watch::Sender::new(None);
        let entry = Viewing {
            review: request.review,
            source,
            rendition,
            control: RateControl::new(rendition, source.1, Instant::now()),
            sending,
            best,
            picture,
            asked: request.asked,
            wanted,
            ledger: Arc::clone(&ledger),
            clock: clock.clone(),
            ice: peer.ice().clone(),
            mark: request.marks.visible.clone(),
            peer: peer.run(units, events),
        };
        lock(&self.shared.viewings).insert(request.viewing, entry);
        self.shared.engine.attach(request.review, request.viewing, rendition, request.marks, sink);
        tokio::spawn(self.clone().follow_peer(request.viewing, told, ledger, clock));
    }

    /// The colour to send: what the house wants, else what suits display and source.
    fn target(&self, review: Uuid, asked: &Asked) -> TargetColor {
        asked.target.unwrap_or_else(|| {
            let color = self.source(review).info.map_or(ColorSpec::BT1886_709_LIMITED, |info| info.color);
            TargetColor::suited(asked.display, color)
        })
    }

    /// Sends a viewing in another colour, or again in what suits its display. It goes on without a new offer, but for HDR in
    /// place of an 8-bit format: then its page comes back by itself.
    pub async fn set_target(&self, viewing: Uuid, target: Option<TargetColor>) {
        let review = match lock(&self.shared.viewings).get_mut(&viewing) {
            Some(entry) => {
                entry.asked.target = target;
                entry.review
            }
            None => return,
        };
        if !self.show_in_target(review, viewing) && self.end_viewing(viewing).await {
            let reason = "HDR needs another format".to_owned();
            self.tell(MediaEvent::ViewingLost { viewing, reason });
        }
    }

    /// Sends a review's viewings in what suits their displays now that the source may be in another colour.
    pub(super) fn recolor(&self, review: Uuid) {
        let of_review: Vec<Uuid> = lock(&self.shared.viewings)
            .iter()
            .filter(|(_, viewing)| viewing.review == review)
            .map(|(id, _)| *id)
            .collect();
        for viewing in of_review {
            self.show_in_target(review, viewing);
        }
    }

    /// Says whether the format of a viewing can carry the colour it should be in; if so, that is what it is sent.
    fn show_in_target(&self, review: Uuid, viewing: Uuid) -> bool {
        let Some(asked) = lock(&self.shared.viewings).get(&viewing).map(|entry| entry.asked.clone()) else {
            return true;
        };
        let target = self.target(review, &asked);
        {
            let mut viewings = lock(&self.shared.viewings);
            let Some(entry) = viewings.get_mut(&viewing) else { return true };
            if entry.picture.target == target {
                return true;
            }
            entry.wanted = target;
            if !target.fits(entry.rendition.format) {
                return false;
            }
            entry.rendition.target = target;
            entry.describe();
        }
        lock(&self.shared.admission).recolor(viewing, target);
        self.shared.engine.set_target(viewing, target);
        self.tell(MediaEvent::PictureChanged { viewing });
        true
    }

    /// Marks a review's viewings by another template; those that are already are left alone.
    pub fn set_template(&self, review: Uuid, template: &MarkTemplate) {
        for (id, viewing) in lock(&self.shared.viewings).iter_mut() {
            if viewing.review == review && viewing.mark.template != *template {
                viewing.mark.template = template.clone();
                self.shared.engine.set_mark(*id, viewing.mark.clone());
            }
        }
    }

    /// Ends a viewing if it runs; says whether it did.
    pub(super) async fn end_viewing(&self, viewing: Uuid) -> bool {
        let Some(entry) = lock(&self.shared.viewings).remove(&viewing) else { return false };
        self.shared.engine.detach(viewing);
        lock(&self.shared.admission).free(viewing);
        {
            let mut past = lock(&self.shared.past);
            if past.len() >= PAST_LEDGERS {
                past.pop_front();
            }
            past.push_back((viewing, entry.ledger));
        }
        entry.peer.stop().await;
        true
    }

    /// Chooses the pictures of a review's viewings anew when its source has another size or rate. Format and connection
    /// stay: a viewer sees the next picture in another size, nothing else.
    pub(super) fn reseat(&self, review: Uuid, source: (PictureSize, FrameRate)) {
        let mut viewings = lock(&self.shared.viewings);
        for (id, viewing) in viewings.iter_mut() {
            if viewing.review != review || viewing.source == source {
                continue;
            }
            viewing.source = source;
            let formats = [viewing.rendition.format];
            let target = viewing.rendition.target;
            let wish = Wish { review, source: source.0, rate: source.1, formats: &formats, target };
            // A machine that is full goes on with the size there is.
            if let Some(rendition) = lock(&self.shared.admission).reseat(*id, &wish) {
                viewing.rendition = rendition;
                let serving = viewing.control.refit(rendition, source.1);
                self.serve(*id, viewing, serving);
            }
            viewing.describe();
            self.tell(MediaEvent::PictureChanged { viewing: *id });
        }
    }

    async fn follow_peer(
        self,
        viewing: Uuid,
        mut events: mpsc::UnboundedReceiver<PeerEvent>,
        ledger: Arc<Mutex<FrameLedger>>,
        clock: watch::Sender<Option<FrameClock>>,
    ) {
        let mut restated = Instant::now();
        while let Some(event) = events.recv().await {
            match event {
                PeerEvent::Connected => {
                    // What was encoded before is gone; the browser needs a picture it can start from.
                    self.shared.engine.request_keyframe(viewing);
                    self.tell(MediaEvent::ViewingConnected { viewing });
                }
                PeerEvent::Line(line) => self.see_line(viewing, line),
                PeerEvent::KeyframeRequest => self.shared.engine.request_keyframe(viewing),
                PeerEvent::Sent { rtp_timestamp, stamp, presented_at } => {
                    let mut ledger = lock(&ledger);
                    let started = ledger.sent(rtp_timestamp, &stamp, unix_ms(presented_at));
                    if started.is_some() || restated.elapsed() >= CLOCK_INTERVAL {
                        restated = Instant::now();
                        clock.send_replace(started.or_else(|| ledger.now()));
                    }
                }
                PeerEvent::Closed => {
                    if self.end_viewing(viewing).await {
                        self.tell(MediaEvent::ViewingLost { viewing, reason: "connection lost".to_owned() });
                    }
                }
            }
        }
    }
}
