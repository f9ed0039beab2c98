//! Where pictures and sound come from: one trait, one file for each kind of source.

mod capture;
mod decode;
mod describe;
mod error;
pub(crate) mod feeds;
mod file;
mod frames;
mod idle;
mod pool;
mod probe;
mod quicktime;
pub mod reel;
mod sequence;
pub mod slate;
mod srt;
mod srt_address;
mod srt_log;
mod stamp;
mod test;
pub(crate) mod transport;
mod whip;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gstreamer_video as gst_video;

pub use error::SourceError;
pub use probe::probe;
pub use sequence::{PictureError, Reading, SequenceError, time_reading};

use crate::color::caps::InputSpec;
use crate::engine::{FrameStamp, SourceInfo};
use crate::program::ProgramMessage;
use crate::sound::Sound;
use crate::spec::encode::PictureSize;
use crate::spec::hdr::HdrMetadata;
use crate::spec::look::Look;
use crate::spec::source::{ProgramSpec, SourceId, SourceSpec};
use crate::spec::time::FrameRate;
use crate::spec::transport::Speed;
use feeds::Feeds;
use transport::Transport;

/// Frames on their way to the program; more are dropped at the source.
const FRAMES_IN_FLIGHT: usize = 3;
/// Packets of sound on their way to the viewers: a second's worth.
const PACKETS_IN_FLIGHT: usize = 50;
/// Longest reel name that is kept, in characters.
const REEL_LIMIT: usize = 100;
/// A lost source is tried again this often.
const RETRY: Duration = Duration::from_secs(1);

/// A kind of source. It runs on a thread of its own, which it may block.
pub(crate) trait Source: Send {
    /// What it waits for until its first picture; for people.
    fn waiting_for(&self) -> String;

    /// Opens and delivers until told to stop (`Ok`) or until it fails or ends (`Err`). Called again to try anew.
    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError>;
}

/// A decoded picture.
pub(crate) struct SourceFrame {
    pub picture: gst_video::VideoFrame<gst_video::video_frame::Readable>,
    pub presented_at: Instant,
    pub stamp: FrameStamp,
    /// None when it is kept.
    slot: Option<Slot>,
}

impl SourceFrame {
    /// No longer counts as being on its way.
    pub fn arrived(&mut self) {
        self.slot = None;
    }
}

/// A packet of Opus.
pub(crate) struct SourceAudio {
    pub data: Bytes,
    pub presented_at: Instant,
    _slot: Slot,
}

/// What a source was found to be by itself, whatever anybody declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundSource {
    pub size: PictureSize,
    pub rate: FrameRate,
    pub description: String,
    pub input: InputSpec,
    pub has_audio: bool,
    /// What it says of the display it was graded on and of its light.
    pub hdr: Option<HdrMetadata>,
    /// The reel that its header or container names.
    pub reel: Option<String>,
}

impl FoundSource {
    /// With what a person declares.
    pub fn under(&self, look: &Look) -> SourceInfo {
        let input = self.input.clone().declared(look);
        let reel = self.reel.as_ref().map(|reel| format!("reel {reel}"));
        let parts = [Some(self.description.clone()), reel, input.remark.map(str::to_owned)];
        let description = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        SourceInfo {
            size: self.size,
            rate: self.rate,
            description,
            color: input.color,
            color_trust: input.trust,
            has_audio: self.has_audio,
            reel: self.reel.clone(),
        }
    }
}

/// A reel's name as a file has it: without what cannot be seen, and of a bounded length; `None` when nothing is left.
fn reel_name(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(REEL_LIMIT).collect();
    (!text.is_empty()).then_some(text)
}

/// What a source tells its program.
pub(crate) enum SourceMessage {
    /// It opens, and waits for this.
    Waiting(String),
    /// What the frames from here on are.
    Opened(FoundSource),
    Frame(Box<SourceFrame>),
    /// There is no picture, for this reason; it goes on trying.
    Lost(String),
    /// It can go on only from a key frame, which whoever feeds it should ask for.
    WantsKeyframe,
}

/// A place among the messages in flight, given back when dropped.
struct Slot(Arc<AtomicUsize>);

impl Slot {
    fn take(count: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        let taken = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < limit).then_some(n + 1));
        taken.ok().map(|_| Self(Arc::clone(count)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Which opening of a program a message belongs to: what a source that was replaced still sends is told apart by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opening(u32);

impl Opening {
    /// The one after this.
    pub fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// Where a source delivers to. Never blocks: what does not fit is dropped.
#[derive(Clone)]
pub(crate) struct SourceOutput {
    program: Sender<ProgramMessage>,
    sound: Sound,
    opening: Opening,
    source: SourceId,
    frames: Arc<AtomicUsize>,
    packets: Arc<AtomicUsize>,
    stop: Arc<StopSignal>,
}

impl SourceOutput {
    fn new(program: Sender<ProgramMessage>, sound: Sound, opening: Opening, source: SourceId) -> Self {
        Self { program, sound, opening, source, frames: Arc::default(), packets: Arc::default(), stop: Arc::default() }
    }

    /// Whether the source should return.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_set()
    }

    /// Sleeps, but no longer than until told to stop.
    pub fn sleep(&self, time: Duration) {
        self.stop.wait(time);
    }

    /// Says what the following frames are.
    pub fn opened(&self, found: FoundSource) {
        self.send(SourceMessage::Opened(found));
    }

    /// Says why there is no picture yet, while the source goes on trying.
    pub fn trouble(&self, reason: &SourceError) {
        self.send(SourceMessage::Lost(reason.to_string()));
    }

    /// Asks whoever feeds this source for a picture that decoding can start from.
    pub fn wants_keyframe(&self) {
        self.send(SourceMessage::WantsKeyframe);
    }

    /// Delivers a picture.
    pub fn frame(
        &self,
        picture: gst_video::VideoFrame<gst_video::video_frame::Readable>,
        presented_at: Instant,
        stamp: FrameStamp,
    ) {
        let slot = Slot::take(&self.frames, FRAMES_IN_FLIGHT);
        // A frame that somebody looked for comes through in any case.
        if slot.is_some() || stamp.speed == Speed::HELD {
            let stamp = FrameStamp { source: self.source, ..stamp };
            self.send(SourceMessage::Frame(Box::new(SourceFrame { picture, presented_at, stamp, slot })));
        } else {
            tracing::debug!(frame = stamp.source_frame, "the colour stage is behind: a picture was dropped");
        }
    }

    /// Delivers a packet of sound.
    pub fn audio(&self, data: Bytes, presented_at: Instant) {
        if let Some(slot) = Slot::take(&self.packets, PACKETS_IN_FLIGHT) {
            self.sound.offer(self.opening, SourceAudio { data, presented_at, _slot: slot });
        }
    }

    fn send(&self, message: SourceMessage) {
        // A program that is gone has set the stop signal too.
        let _ = self.program.send(ProgramMessage::Source(self.opening, message));
    }
}

#[derive(Default)]
struct StopSignal {
    set: AtomicBool,
    lock: Mutex<()>,
    wake: Condvar,
}

impl StopSignal {
    fn set(&self) {
        self.set.store(true, Ordering::Release);
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.wake.notify_all();
    }

    fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }

    fn wait(&self, time: Duration) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.wake.wait_timeout_while(guard, time, |()| !self.is_set());
    }
}

/// A source running on its thread; dropping it tells it to stop without waiting for it.
pub(crate) struct RunningSource {
    stop: Arc<StopSignal>,
    /// Of a source that can be paused and wound.
    pub transport: Option<Arc<Transport>>,
}

impl RunningSource {
    /// Runs the source that `spec` names, and runs it again a second after each loss.
    pub fn start(
        spec: &ProgramSpec,
        program: Sender<ProgramMessage>,
        sound: Sound,
        opening: Opening,
        feeds: &Feeds,
    ) -> std::io::Result<Self> {
        let transport = Arc::<Transport>::default();
        let (mut source, winds) = make(spec, &transport, feeds);
        let output = SourceOutput::new(program, sound, opening, spec.source_id);
        let stop = Arc::clone(&output.stop);
        std::thread::Builder::new().name("source".to_owned()).spawn(move || {
            while !output.is_stopped() {
                output.send(SourceMessage::Waiting(source.waiting_for()));
                if let Err(error) = source.run(&output) {
                    tracing::info!(reason = %error, "source lost");
                    output.send(SourceMessage::Lost(error.to_string()));
                    output.sleep(RETRY);
                }
            }
        })?;
        Ok(Self { stop, transport: winds.then_some(transport) })
    }
}

impl RunningSource {
    /// Tells it to stop, without waiting for it.
    pub fn stop(&self) {
        self.stop.set();
        if let Some(transport) = &self.transport {
            transport.close();
        }
    }

    /// Whether it was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_set()
    }
}

impl Drop for RunningSource {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The source that a description names, and whether it can be paused and wound.
fn make(spec: &ProgramSpec, transport: &Arc<Transport>, feeds: &Feeds) -> (Box<dyn Source>, bool) {
    match &spec.source {
        SourceSpec::TestReel { height } => (Box::new(test::TestSource::new(*height, Arc::clone(transport))), true),
        SourceSpec::File { path } => (Box::new(file::FileSource::new(path, spec, Arc::clone(transport))), true),
        SourceSpec::Sequence { path, rate } => {
            (Box::new(sequence::SequenceSource::new(path, *rate, spec, Arc::clone(transport))), true)
        }
        SourceSpec::Whip => (Box::new(whip::WhipSource::new(spec, feeds.clone())), false),
        SourceSpec::Sdi { device } => {
            (Box::new(capture::CaptureSource::new(capture::Input::Sdi { device: *device }, spec)), false)
        }
        SourceSpec::Ndi { name } => {
            (Box::new(capture::CaptureSource::new(capture::Input::Ndi { name: name.clone() }, spec)), false)
        }
        SourceSpec::Slate => (Box::new(idle::IdleSource), false),
        SourceSpec::Srt { uri, passphrase } => (Box::new(srt::SrtSource::new(uri, passphrase.as_ref(), spec)), false),
    }
}
