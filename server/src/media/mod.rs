//! Media for the rest of the server: one engine, one UDP port, and who is being served what.

mod admission;
mod clock;
mod config;
pub mod leak;
mod picture;
mod publishing;
pub mod reference;
mod serving;
mod viewing;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipelines::encode::capability::Capability;
use pipelines::engine::{Engine, EngineEvent, FrameStamp, SourceInfo};
use pipelines::reference::ReferenceSink;
use pipelines::spec::color::{Drill, TargetColor};
use pipelines::spec::encode::{PictureSize, VideoFormat};
use pipelines::spec::source::{ProgramSpec, SourceId};
use pipelines::spec::time::FrameRate;
use pipelines::spec::transport::{TransportCommand, TransportState};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc, watch};
use uuid::Uuid;

use crate::domain::instant::UtcInstant;
use crate::domain::mark::Frames;
pub use crate::rtc::{IceNames, Restart, RestartError, Restarted};
use crate::rtc::{Identity, Port};
use admission::{Admission, Costs, Wish};
pub use clock::FrameClock;
use clock::FrameLedger;
pub use config::MediaConfig;
pub use picture::Picture;
use publishing::Publishing;
pub use publishing::{PublishAnswer, PublishRefusal, PublishRequest, PublishState};
use viewing::Viewing;
pub use viewing::{Asked, ViewingAnswer, ViewingRefusal, ViewingRequest};

/// Events that wait for a slow listener before it is told that it missed some.
const EVENTS: usize = 1_024;
/// What is assumed of a source that has not shown a picture yet.
const UNKNOWN_SOURCE: (PictureSize, FrameRate) = (PictureSize { width: 1_280, height: 720 }, FrameRate::FPS_25);

/// Why media cannot start.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The port for viewers' media is not to be had.
    #[error("cannot bind {address} for viewers' media: {source}")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// GStreamer or one of its elements is missing.
    #[error(transparent)]
    Engine(#[from] pipelines::engine::EngineError),
}

/// Viewers now, and how many there could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Capacity {
    /// Viewers being served.
    pub viewers_now: u32,
    /// Viewers the machine could serve, these included.
    pub viewers_possible: u32,
}

/// Whether a review's source delivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// No picture yet.
    #[default]
    Waiting,
    /// Pictures arrive.
    Live,
    /// Viewers see a slate because somebody asked for it.
    Idle,
    /// It did deliver or could not be opened; viewers see a slate.
    Lost,
}

/// A review's source as it is now.
#[derive(Clone, Debug, Default)]
pub struct SourceStatus {
    /// Whether it delivers.
    pub state: SourceState,
    /// What it was found to be, once it delivered.
    pub info: Option<SourceInfo>,
    /// Why it does not deliver. For the console only.
    pub reason: Option<String>,
    /// Where it is, if it can be paused and wound.
    pub transport: Option<TransportState>,
    /// Whether viewers are shown one picture, whatever the source does.
    pub held: bool,
    /// Until when they are shown it without the visible mark, if they are.
    pub clean_until: Option<UtcInstant>,
}

impl SourceStatus {
    /// Until when the visible mark is lifted, if it is at `now`.
    pub fn clean_at(&self, now: UtcInstant) -> Option<UtcInstant> {
        self.clean_until.filter(|until| *until > now)
    }
}

/// What media tells the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// A source's status changed.
    SourceChanged {
        /// Whose.
        review: Uuid,
    },
    /// A source delivers, for the first time or again.
    SourceLive {
        /// Whose.
        review: Uuid,
    },
    /// What the file of a source says its reel is; told whenever that source begins to deliver.
    ReelFound {
        /// Whose.
        review: Uuid,
        /// Which of its sources.
        source: SourceId,
        /// The reel, if it names one.
        reel: Option<String>,
    },
    /// A source stopped delivering, or never began.
    SourceLost {
        /// Whose.
        review: Uuid,
        /// What is known about why.
        reason: String,
    },
    /// A viewing's first packets may flow.
    ViewingConnected {
        /// Which.
        viewing: Uuid,
    },
    /// A viewing ended without being stopped.
    ViewingLost {
        /// Which.
        viewing: Uuid,
        /// For the log.
        reason: String,
    },
    /// What a sender publishes may flow.
    PublishingConnected {
        /// Which.
        publishing: Uuid,
        /// What it is encrypted with.
        cipher: String,
    },
    /// A sender's connection ended without being stopped.
    PublishingLost {
        /// Which.
        publishing: Uuid,
        /// For the record.
        reason: String,
    },
    /// A viewing is sent another rendition.
    PictureChanged {
        /// Which.
        viewing: Uuid,
    },
}

struct Program {
    spec: ProgramSpec,
    status: SourceStatus,
}

struct Shared {
    engine: Engine,
    port: Port,
    identity: Identity,
    capability: Capability,
    drill: Option<Drill>,
    programs: Mutex<HashMap<Uuid, Program>>,
    viewings: Mutex<HashMap<Uuid, Viewing>>,
    publishings: Mutex<HashMap<Uuid, Publishing>>,
    publish_aes_128: bool,
    /// Of viewings that are over: what was typed during a drop of the network still finds its frame.
    past: Mutex<VecDeque<(Uuid, Arc<Mutex<FrameLedger>>)>>,
    admission: Mutex<Admission>,
    events: broadcast::Sender<MediaEvent>,
}

/// A handle to media, cheap to clone.
#[derive(Clone)]
pub struct Media {
    shared: Arc<Shared>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Media {
    /// Binds the media port, measures the machine and starts the engine. Viewers' browsers see `identity`; small copies of
    /// what they are shown go to `references`.
    ///
    /// # Errors
    /// When the port is taken or GStreamer lacks an element.
    pub async fn start(
        config: MediaConfig,
        identity: Identity,
        references: Option<ReferenceSink>,
    ) -> Result<Self, MediaError> {
        let (engine, engine_events) = Engine::start_keeping(references)?;
        let capability = tokio::task::spawn_blocking(Capability::measure)
            .await
            .map_err(|error| MediaError::Bind { address: config.bind, source: io::Error::other(error) })??;
        let port = Port::bind(config.bind, &config.public_addresses, config.tcp)
            .await
            .map_err(|source| MediaError::Bind { address: config.bind, source })?;
        let admission = Admission::new(costs(&capability), config.planned_viewers);
        let shared = Shared {
            engine,
            port,
            identity,
            capability,
            drill: config.drill,
            programs: Mutex::default(),
            viewings: Mutex::default(),
            publishings: Mutex::default(),
            publish_aes_128: config.publish_aes_128,
            past: Mutex::default(),
            admission: Mutex::new(admission),
            events: broadcast::channel(EVENTS).0,
        };
        let media = Self { shared: Arc::new(shared) };
        tokio::spawn(media.clone().follow_engine(engine_events));
        Ok(media)
    }

    /// UDP port that viewers' media uses.
    pub fn udp_port(&self) -> u16 {
        self.shared.port.number()
    }

    /// Who the server is in DTLS: SHA-256 of its certificate, as SDP writes it.
    pub fn fingerprint(&self) -> &str {
        self.shared.identity.fingerprint()
    }

    /// What the machine was measured to do.
    pub fn capability(&self) -> &Capability {
        &self.shared.capability
    }

    /// Viewers now, and how many of the largest open program there could be.
    pub fn capacity(&self) -> Capacity {
        let (source, rate) = lock(&self.shared.programs)
            .values()
            .filter_map(|program| program.status.info.as_ref())
            .map(|info| (info.size, info.rate))
            .max_by_key(|(size, _)| u64::from(size.width) * u64::from(size.height))
            .unwrap_or(UNKNOWN_SOURCE);
        let target = TargetColor::default();
        let wish = Wish { review: Uuid::nil(), source, rate, formats: &VideoFormat::ALL, target };
        let (viewers_now, viewers_possible) = lock(&self.shared.admission).occupancy(&wish);
        Capacity { viewers_now, viewers_possible }
    }

    /// Opens a review's source and keeps it open. The same spec again changes nothing; another one reopens.
    pub fn open(&self, review: Uuid, spec: ProgramSpec) {
        let mut programs = lock(&self.shared.programs);
        if let Some(program) = programs.get_mut(&review) {
            if program.spec == spec {
                return;
            }
            if (ProgramSpec { look: spec.look.clone(), ..program.spec.clone() }) == spec {
                program.spec.look = spec.look.clone();
                return self.shared.engine.set_look(review, spec.look);
            }
        }
        // Viewers see the source before it, and its size is the best guess, until the other one is live.
        let before = programs.remove(&review).map(|program| program.status).unwrap_or_default();
        let state = if before.state == SourceState::Lost { SourceState::Waiting } else { before.state };
        let status = SourceStatus { state, reason: None, transport: None, ..before };
        programs.insert(review, Program { spec: spec.clone(), status });
        self.shared.engine.open(review, spec);
    }

    /// Plays, holds or finds frames of a review's source.
    pub fn transport(&self, review: Uuid, command: TransportCommand) {
        self.shared.engine.transport(review, command);
    }

    /// Holds the picture that a review shows, or lets it go.
    pub fn hold(&self, review: Uuid, held: bool) {
        self.shared.engine.hold(review, held);
        self.source_changed(review, |status| status.held = held);
    }

    /// Lifts the visible mark of whoever watches a review now, for at most so long as the engine allows, or brings it back.
    pub fn lift(&self, review: Uuid, lasting: Option<Duration>) {
        self.shared.engine.lift(review, lasting);
        let until = lasting.map(|lasting| UtcInstant::now().plus(lasting));
        self.source_changed(review, |status| status.clean_until = until);
    }

    /// Closes a review's source.
    pub fn close(&self, review: Uuid) {
        if lock(&self.shared.programs).remove(&review).is_some() {
            self.shared.engine.close(review);
        }
    }

    /// A review's source as it is now.
    pub fn source(&self, review: Uuid) -> SourceStatus {
        lock(&self.shared.programs).get(&review).map(|program| program.status.clone()).unwrap_or_default()
    }

    /// All viewings that run.
    pub fn viewings(&self) -> Vec<Uuid> {
        lock(&self.shared.viewings).keys().copied().collect()
    }

    /// Picture that a viewing is sent.
    pub fn picture(&self, viewing: Uuid) -> Option<Picture> {
        lock(&self.shared.viewings).get(&viewing).map(|viewing| viewing.picture.clone())
    }

    /// The negotiation of ICE of a viewing.
    pub fn ice(&self, viewing: Uuid) -> Option<IceNames> {
        lock(&self.shared.viewings).get(&viewing).map(|viewing| viewing.ice.clone())
    }

    /// The source frame that a viewing was sent under an RTP timestamp.
    pub fn frame_at(&self, viewing: Uuid, rtp_timestamp: u32) -> Option<FrameStamp> {
        let running = lock(&self.shared.viewings).get(&viewing).map(|viewing| Arc::clone(&viewing.ledger));
        let past = || {
            let past = lock(&self.shared.past);
            past.iter().find(|(id, _)| *id == viewing).map(|(_, ledger)| Arc::clone(ledger))
        };
        let ledger = running.or_else(past)?;
        lock(&ledger).frame_at(rtp_timestamp)
    }

    /// Source frames that viewings were sent: of those that run and of the last that are over.
    pub fn seen(&self) -> Vec<(Uuid, Frames)> {
        let running: Vec<_> = {
            let viewings = lock(&self.shared.viewings);
            viewings.iter().map(|(id, viewing)| (*id, Arc::clone(&viewing.ledger))).collect()
        };
        let past = lock(&self.shared.past).clone();
        running.into_iter().chain(past).map(|(id, ledger)| (id, lock(&ledger).seen())).collect()
    }

    /// A viewing's clock, which changes once a second and whenever the source jumps. `None` inside until the first frame.
    pub fn clock(&self, viewing: Uuid) -> Option<watch::Receiver<Option<FrameClock>>> {
        lock(&self.shared.viewings).get(&viewing).map(|viewing| viewing.clock.subscribe())
    }

    /// What happens from now on.
    pub fn events(&self) -> broadcast::Receiver<MediaEvent> {
        self.shared.events.subscribe()
    }

    fn tell(&self, event: MediaEvent) {
        // Without a listener there is nobody to tell.
        let _ = self.shared.events.send(event);
    }

    async fn follow_engine(self, mut events: mpsc::UnboundedReceiver<EngineEvent>) {
        while let Some(event) = events.recv().await {
            match event {
                EngineEvent::SourceLive { program, source, info } => {
                    self.tell(MediaEvent::ReelFound { review: program, source, reel: info.reel.clone() });
                    let picture = (info.size, info.rate);
                    self.source_changed(program, |status| {
                        (status.state, status.info, status.reason) = (SourceState::Live, Some(info), None);
                    });
                    self.reseat(program, picture);
                    self.recolor(program);
                    self.tell_sound(program);
                }
                EngineEvent::SlateShown { program } => self.source_changed(program, |status| {
                    (status.state, status.reason) = (SourceState::Idle, None);
                }),
                EngineEvent::SourceLost { program, reason } | EngineEvent::OpenFailed { program, reason } => {
                    self.source_changed(program, |status| {
                        (status.state, status.reason) = (SourceState::Lost, Some(reason));
                    });
                }
                EngineEvent::Transport { program, state } => self.transport_changed(program, state),
                EngineEvent::TransportRefused { program, error } => tracing::info!(%program, %error, "not wound"),
                EngineEvent::LookShown { .. } => {}
                EngineEvent::FeedWantsKeyframe { source } => self.request_source_keyframe(source),
                EngineEvent::LookRefused { program, reason } => tracing::warn!(%program, reason, "look refused"),
                EngineEvent::RenditionEnded { rendition, reason } => {
                    if self.end_viewing(rendition).await {
                        self.tell(MediaEvent::ViewingLost { viewing: rendition, reason });
                    }
                }
            }
        }
    }

    /// Where a source is while it plays is not news; whoever shows it asks once a second.
    fn transport_changed(&self, review: Uuid, state: TransportState) {
        let mut programs = lock(&self.shared.programs);
        // What a source that is about to go still tells is not of the one that was asked for.
        let Some(program) = programs.get_mut(&review).filter(|program| program.spec.source.winds()) else { return };
        let before = program.status.transport.replace(state);
        drop(programs);
        let plays_on =
            before.is_some_and(|before| state.playing && TransportState { frame: state.frame, ..before } == state);
        if !plays_on {
            self.tell(MediaEvent::SourceChanged { review });
        }
    }

    fn source_changed(&self, review: Uuid, change: impl FnOnce(&mut SourceStatus)) {
        let (mut before, mut now) = (SourceState::Waiting, SourceStatus::default());
        if let Some(program) = lock(&self.shared.programs).get_mut(&review) {
            before = program.status.state;
            change(&mut program.status);
            now = program.status.clone();
        }
        self.tell(MediaEvent::SourceChanged { review });
        match now.state {
            SourceState::Live if before != SourceState::Live => self.tell(MediaEvent::SourceLive { review }),
            SourceState::Lost if before != SourceState::Lost => {
                self.tell(MediaEvent::SourceLost { review, reason: now.reason.unwrap_or_default() });
            }
            _ => {}
        }
    }
}

/// Checks that a text is a `.cube` LUT that can be shown.
///
/// # Errors
/// What is wrong with it, in which line, and what was expected.
pub fn check_look(cube: &str) -> Result<(), String> {
    lut::formats::cube::read(cube.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
}

fn costs(capability: &Capability) -> Costs {
    Costs {
        cores: f64::from(u32::try_from(capability.cores).unwrap_or(u32::MAX)),
        encode_ns: VideoFormat::ALL.map(|format| (format, capability.encode_ns_per_pixel(format))).into(),
        color_ns: capability.color_ns_per_pixel,
    }
}
