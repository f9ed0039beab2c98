//! One viewer's picture: mark, then encode. The only type that decides how a marked picture becomes a stream.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::encode::encoder::{EncodeError, Encoder, EncoderSetup};
use crate::engine::{AudioUnit, MediaUnit, RenditionId, VideoUnit};
use crate::frame::ColorFrame;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, RenditionSpec};
use crate::spec::time::FrameRate;
use crate::spec::transport::Speed;
use crate::spec::watermark::{MarkSpec, Marks};
use crate::watermark::visible::VisibleMark;
use crate::watermark::{LONGEST_LIFT, MarkError, Marker};

/// Pictures that may wait for the encoder; older ones give way.
const QUEUE_FRAMES: usize = 2;
/// Key frames on request come no closer than this.
const KEYFRAME_SPACING: Duration = Duration::from_secs(1);
/// How often an idle rendition looks whether it should stop.
const IDLE: Duration = Duration::from_millis(100);

/// Everything a rendition is started with.
pub(crate) struct RenditionSetup {
    pub id: RenditionId,
    pub spec: RenditionSpec,
    pub marks: Marks,
    pub rate: FrameRate,
    pub sink: mpsc::Sender<MediaUnit>,
}

/// Handle to a running rendition; all clones are the same rendition.
#[derive(Clone)]
pub(crate) struct Rendition {
    shared: Arc<Shared>,
}

struct Shared {
    id: RenditionId,
    spec: Mutex<RenditionSpec>,
    queue: Mutex<VecDeque<Arc<ColorFrame>>>,
    wake: Condvar,
    stopped: AtomicBool,
    keyframe_wanted: AtomicBool,
    bitrate_bps: AtomicU32,
    /// One of so many pictures is shown, and how many were offered.
    one_of: AtomicU32,
    offered: AtomicU32,
    gate: Mutex<Gate>,
    /// Until when the visible mark is lifted.
    lifted_until: Mutex<Option<Instant>>,
    /// Another visible mark, laid out, and how many were asked for.
    mark: Mutex<Option<VisibleMark>>,
    marks_asked: AtomicU64,
}

/// Where units leave, and whether a viewer can follow from the next one.
struct Gate {
    sink: Option<mpsc::Sender<MediaUnit>>,
    /// Nothing goes out until a key frame does.
    wants_keyframe: bool,
}

impl Rendition {
    /// Starts a rendition's thread; `on_end` runs there when it ends by itself.
    pub fn start(
        setup: RenditionSetup,
        on_end: impl FnOnce(RenditionId, String) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            id: setup.id,
            spec: Mutex::new(setup.spec),
            queue: Mutex::default(),
            wake: Condvar::new(),
            stopped: AtomicBool::new(false),
            keyframe_wanted: AtomicBool::new(false),
            bitrate_bps: AtomicU32::new(setup.spec.bitrate_bps),
            one_of: AtomicU32::new(1),
            offered: AtomicU32::new(0),
            gate: Mutex::new(Gate { sink: Some(setup.sink), wants_keyframe: true }),
            lifted_until: Mutex::default(),
            mark: Mutex::default(),
            marks_asked: AtomicU64::new(0),
        });
        let (marks, rate) = (setup.marks, setup.rate);
        let worker = Arc::clone(&shared);
        std::thread::Builder::new().name("rendition".to_owned()).spawn(move || {
            let result = run(&worker, &marks, rate);
            let by_itself = !worker.stopped.load(Ordering::Acquire);
            worker.stop();
            if let (true, Err(error)) = (by_itself, result) {
                on_end(worker.id, error.to_string());
            }
        })?;
        Ok(Self { shared })
    }

    /// What is encoded.
    pub fn spec(&self) -> RenditionSpec {
        *lock(&self.shared.spec)
    }

    /// Takes pictures of another target from now on; those that wait are still shown in the old one.
    pub fn set_target(&self, target: TargetColor) {
        lock(&self.shared.spec).target = target;
    }

    /// Whether it has stopped or is about to.
    pub fn is_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Acquire)
    }

    /// Takes a picture without waiting; the oldest waiting one gives way.
    pub fn offer(&self, frame: Arc<ColorFrame>) {
        let one_of = self.shared.one_of.load(Ordering::Acquire).max(1);
        // What stands still is not left out: it comes seldom enough, and may be the first to be shown.
        if !self.shared.offered.fetch_add(1, Ordering::AcqRel).is_multiple_of(one_of)
            && frame.time.stamp.speed != Speed::HELD
        {
            return;
        }
        let mut queue = lock(&self.shared.queue);
        if queue.len() >= QUEUE_FRAMES {
            queue.pop_front();
            tracing::debug!(rendition = %self.shared.id, "encoder is behind: a picture was dropped");
        }
        queue.push_back(frame);
        self.shared.wake.notify_one();
    }

    /// Hands on a packet of sound once pictures flow.
    pub fn offer_audio(&self, unit: AudioUnit) {
        let gate = lock(&self.shared.gate);
        if let (Some(sink), false) = (&gate.sink, gate.wants_keyframe) {
            // A full sink loses this packet; the viewer's decoder conceals it.
            let _ = sink.try_send(MediaUnit::Audio(unit));
        }
    }

    /// Makes the next picture a key frame, at most one a second.
    pub fn request_keyframe(&self) {
        self.shared.keyframe_wanted.store(true, Ordering::Release);
    }

    /// Changes the target bitrate.
    pub fn set_bitrate(&self, bitrate_bps: u32) {
        self.shared.bitrate_bps.store(bitrate_bps, Ordering::Release);
    }

    /// Shows one of so many pictures from now on.
    pub fn thin(&self, one_of: u32) {
        self.shared.one_of.store(one_of, Ordering::Release);
    }

    /// Changes size and target bitrate from the next picture on.
    pub fn reshape(&self, size: PictureSize, bitrate_bps: u32) {
        {
            let mut spec = lock(&self.shared.spec);
            *spec = RenditionSpec { size, bitrate_bps, ..*spec };
        }
        self.set_bitrate(bitrate_bps);
    }

    /// Takes over the shape of a source, in no more samples than now, so that its pictures are not distorted.
    pub fn fit(&self, source: PictureSize) {
        let mut spec = lock(&self.shared.spec);
        spec.size = fitted(spec.size, source);
    }

    /// Takes another visible mark as soon as it is laid out, which happens beside the pictures; until then they bear the
    /// one before it.
    pub fn set_mark(&self, mark: MarkSpec) {
        let asked = self.shared.marks_asked.fetch_add(1, Ordering::AcqRel) + 1;
        let shared = Arc::clone(&self.shared);
        let RenditionSpec { format, size, target, .. } = self.spec();
        let lay_out = move || {
            let laid_out = VisibleMark::in_color(&mark, format, size, target);
            let mut next = lock(&shared.mark);
            // One that was asked for later may have been faster.
            if shared.marks_asked.load(Ordering::Acquire) == asked {
                *next = Some(laid_out);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("mark".to_owned()).spawn(lay_out) {
            tracing::warn!(%error, rendition = %self.shared.id, "no thread to lay a mark out: the one before it stays");
        }
    }

    /// Lifts the visible mark for so long, at most [`LONGEST_LIFT`]; `None` ends that.
    pub fn lift(&self, lasting: Option<Duration>) {
        *lock(&self.shared.lifted_until) = lasting.map(|lasting| Instant::now() + lasting.min(LONGEST_LIFT));
    }

    /// Stops: nothing is delivered from now on, and the sink is dropped.
    pub fn stop(&self) {
        self.shared.stop();
    }
}

impl Shared {
    fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        lock(&self.gate).sink = None;
        lock(&self.queue).clear();
        self.wake.notify_all();
    }

    /// Hands on an encoded picture, or drops up to the next key frame. Runs on the encoder's thread: never waits.
    fn deliver(&self, unit: VideoUnit) {
        let mut gate = lock(&self.gate);
        if gate.wants_keyframe && !unit.keyframe {
            return;
        }
        let Some(sink) = &gate.sink else { return };
        match sink.try_send(MediaUnit::Video(unit)) {
            Ok(()) => gate.wants_keyframe = false,
            Err(TrySendError::Full(_)) => {
                gate.wants_keyframe = true;
                self.keyframe_wanted.store(true, Ordering::Release);
            }
            Err(TrySendError::Closed(_)) => gate.sink = None,
        }
    }

    /// The next picture; `None` when there is none for a while or the rendition has stopped.
    fn next_frame(&self) -> Option<Arc<ColorFrame>> {
        let queue = lock(&self.queue);
        let idle = |queue: &mut VecDeque<_>| queue.is_empty() && !self.stopped.load(Ordering::Acquire);
        let (mut queue, _) = self.wake.wait_timeout_while(queue, IDLE, idle).unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }
}

/// A size of the shape of `source`: `size` itself when that has it to the hundredth, else one of no more samples.
fn fitted(size: PictureSize, source: PictureSize) -> PictureSize {
    let [width, height] = [size.width, size.height].map(f64::from);
    let [source_width, source_height] = [source.width.max(1), source.height.max(1)].map(f64::from);
    let shape = (width * source_height) / (height * source_width);
    if (0.99..=1.01).contains(&shape) {
        return size;
    }
    let scale = (width * height / (source_width * source_height)).sqrt().min(1.0);
    // In range: no more samples than a size that could be encoded.
    let even = |samples: f64| ((samples * scale) as u32 & !1).clamp(64, 8_192);
    PictureSize { width: even(source_width), height: even(source_height) }
}

/// Why a rendition ended by itself.
#[derive(Debug, thiserror::Error)]
enum EndReason {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Mark(#[from] MarkError),
    #[error("nobody takes its units any more")]
    SinkClosed,
}

fn run(shared: &Arc<Shared>, marks: &Marks, rate: FrameRate) -> Result<(), EndReason> {
    let mut spec = *lock(&shared.spec);
    let mut marker = Marker::new(marks, spec.format, spec.size);
    let mut encoder = start(shared, spec, rate)?;
    let mut forced_at: Option<Instant> = None;
    while !shared.stopped.load(Ordering::Acquire) {
        if lock(&shared.gate).sink.as_ref().is_none_or(mpsc::Sender::is_closed) {
            return Err(EndReason::SinkClosed);
        }
        encoder.check()?;
        let Some(frame) = shared.next_frame() else { continue };
        let wanted_bps = shared.bitrate_bps.load(Ordering::Acquire);
        if wanted_bps != spec.bitrate_bps {
            spec.bitrate_bps = wanted_bps;
            encoder.set_bitrate(wanted_bps);
        }
        if frame.picture.target() != spec.target {
            (spec.target, spec.size) = (frame.picture.target(), frame.picture.size());
            encoder = start(shared, spec, frame.time.stamp.rate)?;
        }
        if forced_at.is_none_or(|at| at.elapsed() >= KEYFRAME_SPACING)
            && shared.keyframe_wanted.swap(false, Ordering::AcqRel)
        {
            forced_at = Some(Instant::now());
            encoder.force_keyframe();
        }
        if let Some(mark) = lock(&shared.mark).take() {
            marker.show(mark);
        }
        marker.lift_until(*lock(&shared.lifted_until));
        encoder.push(marker.mark(&frame, SystemTime::now())?)?;
    }
    Ok(())
}

/// An encoder whose units leave by the gate.
fn start(shared: &Arc<Shared>, spec: RenditionSpec, rate: FrameRate) -> Result<Encoder, EncodeError> {
    let deliver = Arc::clone(shared);
    Encoder::start(EncoderSetup { spec, rate, threads: None }, move |unit| deliver.deliver(unit))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
