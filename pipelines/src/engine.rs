//! The only door to media: messages in, messages out, so that it can run as a process of its own.

use std::sync::Arc;
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lut::color::ColorSpec;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::control::{self, Control};
use crate::reference::ReferenceSink;
use crate::runtime::{self, RuntimeError};
use crate::spec::color::{ColorTrust, TargetColor};
use crate::spec::encode::{PictureSize, RenditionSpec};
use crate::spec::feed::FeedUnit;
use crate::spec::hdr::HdrMetadata;
use crate::spec::look::Look;
use crate::spec::source::{ProgramSpec, SourceId};
use crate::spec::time::FrameRate;
use crate::spec::transport::{Speed, TransportCommand, TransportError, TransportState};
use crate::spec::watermark::{MarkSpec, Marks};

/// A review's live picture inside the engine; the server uses the review's id.
pub type ProgramId = uuid::Uuid;
/// One viewer's picture inside the engine; the server uses the viewing's id.
pub type RenditionId = uuid::Uuid;

/// Asks of the engine. Answers come as [`EngineEvent`]s and as [`MediaUnit`]s in the sink of a rendition.
#[derive(Debug)]
pub enum EngineCommand {
    /// Open a source and keep it running, reopening it when it is lost, until closed. For a program that is open: show
    /// this source, or the same in another colour, as soon as it has a picture; its renditions stay, and are shown the
    /// old one until then.
    Open {
        /// Its name from now on.
        program: ProgramId,
        /// What to open.
        spec: Box<ProgramSpec>,
    },
    /// Close a source and every rendition of it.
    Close {
        /// The program to close.
        program: ProgramId,
    },
    /// Mark and encode the program for one viewer; the first unit is a key frame.
    Attach {
        /// The program to show.
        program: ProgramId,
        /// Its name from now on.
        rendition: RenditionId,
        /// What to encode.
        spec: RenditionSpec,
        /// Whom the picture is marked for.
        marks: Box<Marks>,
        /// Bounded: when it is full the rendition drops up to its next key frame instead of growing.
        sink: mpsc::Sender<MediaUnit>,
    },
    /// Stop a rendition; its sink is dropped.
    Detach {
        /// The rendition to stop.
        rendition: RenditionId,
    },
    /// Make the rendition's next frame a key frame; several within a second count as one.
    RequestKeyframe {
        /// The rendition asked.
        rendition: RenditionId,
    },
    /// Change a rendition's target bitrate.
    SetBitrate {
        /// The rendition asked.
        rendition: RenditionId,
        /// New target in bits per second.
        bitrate_bps: u32,
    },
    /// Send a rendition in another colour from its next picture on, which is a key frame.
    SetTarget {
        /// The rendition asked.
        rendition: RenditionId,
        /// Its colour from now on.
        target: TargetColor,
    },
    /// Change a rendition's size and target bitrate; its viewer sees the next picture in it.
    Reshape {
        /// The rendition asked.
        rendition: RenditionId,
        /// Its size from now on.
        size: PictureSize,
        /// Its target from now on.
        bitrate_bps: u32,
    },
    /// Send a rendition one of so many pictures; 1 sends all.
    Thin {
        /// The rendition asked.
        rendition: RenditionId,
        /// One of how many; 0 counts as 1.
        one_of: u32,
    },
    /// Mark a rendition with another visible mark, from the first picture after it is laid out; every picture bears the
    /// one or the other.
    SetMark {
        /// The rendition asked.
        rendition: RenditionId,
        /// Its visible mark from then on.
        mark: Box<MarkSpec>,
    },
    /// Lift the visible mark of a program's renditions for a while, at most [`crate::watermark::LONGEST_LIFT`]; it comes
    /// back by itself. The invisible mark stays, and whoever is attached meanwhile is marked.
    Lift {
        /// Which program.
        program: ProgramId,
        /// For how long; `None` brings it back at once.
        lasting: Option<Duration>,
    },
    /// Show a program in another look from its next picture on. It is made ready while the old one is shown; every
    /// picture is wholly in one of them, for all viewers in the same. A look that cannot be used is told by
    /// [`EngineEvent::LookRefused`].
    SetLook {
        /// Which program.
        program: ProgramId,
        /// Its look from now on.
        look: Box<Look>,
    },
    /// Hold the picture that is shown, or let it go; the source runs on behind it.
    Hold {
        /// Which program.
        program: ProgramId,
        /// Whether to hold.
        held: bool,
    },
    /// Media of a source that takes it by messages (`SourceSpec::Whip`). Without such a source open it is dropped: what a
    /// sender publishes is decoded only while it is shown.
    Feed {
        /// Which source.
        source: SourceId,
        /// What came.
        unit: FeedUnit,
    },
    /// Play, hold or find frames of a program's source; answered by [`EngineEvent::Transport`] or
    /// [`EngineEvent::TransportRefused`].
    Transport {
        /// Whose source.
        program: ProgramId,
        /// What it is to do.
        command: TransportCommand,
    },
}

/// What the engine tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EngineEvent {
    /// A source delivers pictures: for the first time, again, or from now on of another kind.
    SourceLive {
        /// Whose source.
        program: ProgramId,
        /// Which of its sources: [`ProgramSpec::source_id`].
        source: SourceId,
        /// What it was found to be.
        info: SourceInfo,
    },
    /// The slate is shown because it was asked for.
    SlateShown {
        /// By which program.
        program: ProgramId,
    },
    /// A source has none to deliver; viewers see a marked slate until it returns. Told once, and again only when more
    /// becomes known about why.
    SourceLost {
        /// Whose source.
        program: ProgramId,
        /// For people.
        reason: String,
    },
    /// A program could not be opened as it is described (or a command named one that is not open): there is no such
    /// program, and nothing is retried.
    OpenFailed {
        /// The program that is not there.
        program: ProgramId,
        /// For people: e.g. the line of the LUT that is wrong.
        reason: String,
    },
    /// A rendition ended by itself, e.g. because its encoder failed, or a command named one that is not running.
    RenditionEnded {
        /// The rendition that is not there any more.
        rendition: RenditionId,
        /// For people.
        reason: String,
    },
    /// A program is shown in the look that was asked for last.
    LookShown {
        /// Which program.
        program: ProgramId,
    },
    /// A look cannot be used; the program is shown as before.
    LookRefused {
        /// Which program.
        program: ProgramId,
        /// For people: e.g. the line of the LUT that is wrong.
        reason: String,
    },
    /// Where a source is that can be paused and wound: told after every command, and twice a second while that changes.
    Transport {
        /// Whose source.
        program: ProgramId,
        /// What it is doing.
        state: TransportState,
    },
    /// A source that takes its media by messages can go on only from a key frame. Told again every half second while that
    /// is so and something comes.
    FeedWantsKeyframe {
        /// Which source.
        source: SourceId,
    },
    /// A source does not do what a [`EngineCommand::Transport`] asked; it goes on as before.
    TransportRefused {
        /// Whose source.
        program: ProgramId,
        /// Why not.
        error: TransportError,
    },
}

/// What a source was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Size of the decoded picture.
    pub size: PictureSize,
    /// Frames per second.
    pub rate: FrameRate,
    /// For people: e.g. `ProRes 422, 10-bit 4:2:2`.
    pub description: String,
    /// What its code values mean.
    pub color: ColorSpec,
    /// Who says so.
    pub color_trust: ColorTrust,
    /// Whether there is sound.
    pub has_audio: bool,
    /// The reel that a file's header or container names.
    pub reel: Option<String>,
}

/// Which frame a picture is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameStamp {
    /// Which of the program's sources: [`ProgramSpec::source_id`].
    pub source: SourceId,
    /// Frame number in the source, from 0.
    pub source_frame: u64,
    /// Its timecode label.
    pub timecode: String,
    /// The rate it is counted in.
    pub rate: FrameRate,
    /// True when this is a slate shown in place of a lost source (the stamp is then the last source frame's).
    pub slate: bool,
    /// How fast the frames after it follow.
    pub speed: Speed,
}

/// One encoded unit for one viewer.
#[derive(Clone, Debug)]
pub enum MediaUnit {
    /// A marked picture.
    Video(VideoUnit),
    /// Sound, the same for all viewers.
    Audio(AudioUnit),
}

/// One coded picture: an access unit of H.264 (Annex B) or a frame of VP9.
#[derive(Clone, Debug)]
pub struct VideoUnit {
    /// The coded picture; of H.264 with SPS and PPS before every key frame.
    pub data: Bytes,
    /// What its samples mean.
    pub target: TargetColor,
    /// What it is tagged as: the same, but in a drill.
    pub tags: ColorSpec,
    /// Whether decoding can start here.
    pub keyframe: bool,
    /// Presentation time on the program's clock, which never goes back.
    pub pts: Duration,
    /// The same instant on this machine's monotonic clock.
    pub presented_at: Instant,
    /// Which frame it shows.
    pub stamp: FrameStamp,
    /// What its source says of its mastering display and light, when that is PQ.
    pub hdr: Option<HdrMetadata>,
}

/// One Opus packet, 48 kHz stereo.
#[derive(Clone, Debug)]
pub struct AudioUnit {
    /// The packet.
    pub data: Bytes,
    /// Presentation time on the program's clock, the same clock as the pictures'.
    pub pts: Duration,
    /// The same instant on this machine's monotonic clock.
    pub presented_at: Instant,
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// GStreamer is missing or broken.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The system gives no more threads.
    #[error("no thread for the engine: {0}")]
    Thread(#[from] std::io::Error),
    /// An encoder that the capability table names does not work here.
    #[error("{0}")]
    Encoder(String),
}

/// Handle to the running engine; clones drive the same one. Methods only send a message: they never block, and what
/// comes of it is told by an [`EngineEvent`]. When the last handle is dropped everything is closed.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    control: std_mpsc::Sender<Control>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = self.control.send(Control::Shutdown);
    }
}

impl Engine {
    /// Starts the engine's threads; nothing is kept of what is shown.
    ///
    /// # Errors
    /// When GStreamer does not initialise or no thread can be started.
    pub fn start() -> Result<(Self, mpsc::UnboundedReceiver<EngineEvent>), EngineError> {
        Self::start_keeping(None)
    }

    /// The same; small copies of the frames that viewers are shown go to `references`, to find marks by.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub fn start_keeping(
        references: Option<ReferenceSink>,
    ) -> Result<(Self, mpsc::UnboundedReceiver<EngineEvent>), EngineError> {
        runtime::init()?;
        let (events, receiver) = mpsc::unbounded_channel();
        let control = control::start(events, references)?;
        Ok((Self { inner: Arc::new(Inner { control }) }, receiver))
    }

    /// Sends a command.
    pub fn send(&self, command: EngineCommand) {
        // The control thread outlives every handle, so this cannot fail while `self` exists.
        if self.inner.control.send(Control::Command(command)).is_err() {
            tracing::error!("the engine's control thread is gone");
        }
    }

    /// Opens a source and keeps it running until closed.
    pub fn open(&self, program: ProgramId, spec: ProgramSpec) {
        self.send(EngineCommand::Open { program, spec: Box::new(spec) });
    }

    /// Closes a source and every rendition of it.
    pub fn close(&self, program: ProgramId) {
        self.send(EngineCommand::Close { program });
    }

    /// Marks and encodes a program for one viewer.
    pub fn attach(
        &self,
        program: ProgramId,
        rendition: RenditionId,
        spec: RenditionSpec,
        marks: Marks,
        sink: mpsc::Sender<MediaUnit>,
    ) {
        self.send(EngineCommand::Attach { program, rendition, spec, marks: Box::new(marks), sink });
    }

    /// Stops a rendition.
    pub fn detach(&self, rendition: RenditionId) {
        self.send(EngineCommand::Detach { rendition });
    }

    /// Makes a rendition's next frame a key frame.
    pub fn request_keyframe(&self, rendition: RenditionId) {
        self.send(EngineCommand::RequestKeyframe { rendition });
    }

    /// Shows a program in another look.
    pub fn set_look(&self, program: ProgramId, look: Look) {
        self.send(EngineCommand::SetLook { program, look: Box::new(look) });
    }

    /// Holds the picture that a program shows, or lets it go.
    pub fn hold(&self, program: ProgramId, held: bool) {
        self.send(EngineCommand::Hold { program, held });
    }

    /// Plays, holds or finds frames of a program's source.
    pub fn transport(&self, program: ProgramId, command: TransportCommand) {
        self.send(EngineCommand::Transport { program, command });
    }

    /// Marks a rendition with another visible mark.
    pub fn set_mark(&self, rendition: RenditionId, mark: MarkSpec) {
        self.send(EngineCommand::SetMark { rendition, mark: Box::new(mark) });
    }

    /// Lifts the visible mark of a program's renditions for a while, or brings it back.
    pub fn lift(&self, program: ProgramId, lasting: Option<Duration>) {
        self.send(EngineCommand::Lift { program, lasting });
    }

    /// Hands media to a source that takes it by messages.
    pub fn feed(&self, source: SourceId, unit: FeedUnit) {
        self.send(EngineCommand::Feed { source, unit });
    }

    /// Sends a rendition in another colour from its next picture on.
    pub fn set_target(&self, rendition: RenditionId, target: TargetColor) {
        self.send(EngineCommand::SetTarget { rendition, target });
    }

    /// Changes a rendition's size and target bitrate.
    pub fn reshape(&self, rendition: RenditionId, size: PictureSize, bitrate_bps: u32) {
        self.send(EngineCommand::Reshape { rendition, size, bitrate_bps });
    }

    /// Sends a rendition one of so many pictures.
    pub fn thin(&self, rendition: RenditionId, one_of: u32) {
        self.send(EngineCommand::Thin { rendition, one_of });
    }

    /// Changes a rendition's target bitrate.
    pub fn set_bitrate(&self, rendition: RenditionId, bitrate_bps: u32) {
        self.send(EngineCommand::SetBitrate { rendition, bitrate_bps });
    }
}
