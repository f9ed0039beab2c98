//! From decoded samples to stamped frames on the program's clock.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

use super::decode::{Declared, Progress, duration_of, instant_of, is_seekable};
use super::describe::describe;
use super::stamp::{FrameCounter, own_timecode};
use super::transport::{Transport, Turn};
use super::{FoundSource, SourceOutput};
use crate::color::hdr::hdr_metadata;
use crate::engine::FrameStamp;
use crate::spec::encode::PictureSize;
use crate::spec::time::FrameRate;

/// Makes stamped frames of decoded samples; lives in the picture sink's callback.
pub(crate) struct FrameMaker {
    pub progress: Arc<Progress>,
    pub declared: Declared,
    /// Says when each picture of a file is due; a feed's are due when they come.
    pub transport: Option<Arc<Transport>>,
    /// Kept by the source across reopenings.
    pub counter: Arc<Mutex<Option<FrameCounter>>>,
    /// When the very first picture of a live source was shown.
    pub first_at: Arc<Mutex<Option<Instant>>>,
    /// Added to a feed's times so that its first picture is shown when it comes: pictures and sound alike.
    pub shift: Arc<Mutex<Option<Shift>>>,
    caps: Option<gst::Caps>,
    info: Option<gst_video::VideoInfo>,
}

/// A step on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shift {
    Later(Duration),
    Earlier(Duration),
}

impl Shift {
    fn between(from: Instant, to: Instant) -> Self {
        match to.checked_duration_since(from) {
            Some(later) => Self::Later(later),
            None => Self::Earlier(from.saturating_duration_since(to)),
        }
    }

    pub fn apply(self, at: Instant) -> Instant {
        match self {
            Self::Later(by) => at + by,
            Self::Earlier(by) => at.checked_sub(by).unwrap_or(at),
        }
    }
}

impl FrameMaker {
    pub fn new(progress: &Arc<Progress>, declared: &Declared, transport: Option<&Arc<Transport>>) -> Self {
        Self {
            progress: Arc::clone(progress),
            declared: declared.clone(),
            transport: transport.cloned(),
            counter: Arc::default(),
            first_at: Arc::default(),
            shift: Arc::default(),
            caps: None,
            info: None,
        }
    }

    /// What a sample is, when it differs from the one before.
    fn changed(&mut self, sample: &gst::Sample) -> Option<FoundSource> {
        let caps = sample.caps_owned()?;
        if self.caps.as_ref() == Some(&caps) {
            return None;
        }
        let info = gst_video::VideoInfo::from_caps(&caps).ok()?;
        let decoded = self.progress.decoded.lock().ok().and_then(|pad| pad.clone());
        let own_caps = decoded.as_ref().and_then(gst::Pad::current_caps).unwrap_or_else(|| caps.clone());
        let container = self.progress.container_color.lock().ok().and_then(|color| *color);
        let rate = rate_of(&info, sample.buffer().and_then(|b| b.duration()), self.declared.is_drop_frame());
        let described = describe(&info, &own_caps, decoded.as_ref(), container.as_ref());
        self.caps = Some(caps);
        let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
        if counter.as_ref().is_none_or(|counter| counter.rate() != rate) {
            *counter = Some(FrameCounter::new(rate, self.declared.start(rate).as_deref()));
        }
        let found = FoundSource {
            size: PictureSize { width: info.width(), height: info.height() },
            rate,
            description: described.text,
            input: described.input,
            has_audio: self.progress.has_audio.load(Ordering::Acquire),
            hdr: hdr_metadata(&own_caps),
            reel: self.declared.reel.clone(),
        };
        self.info = Some(info);
        if let (Some(transport), Some(decoded)) = (&self.transport, &decoded) {
            let frames = duration_of(decoded).map(|duration| rate.ns_to_frame(duration.nseconds()).max(1));
            transport.found(rate, frames, is_seekable(decoded));
        }
        *self.progress.info.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        Some(found)
    }

    /// Takes a sample: says what it is when that changed, then delivers it.
    pub fn take(&mut self, sink: &gst_app::AppSink, sample: &gst::Sample, output: &SourceOutput) -> Option<()> {
        if let Some(found) = self.changed(sample) {
            output.opened(found);
        }
        let info = self.info.as_ref()?;
        let buffer = sample.buffer_owned()?;
        let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
        let pts = buffer.pts()?;
        let running_time = segment.to_running_time(pts)?;
        let in_source = Duration::from_nanos(segment.to_stream_time(pts)?.nseconds());
        let own = buffer.meta::<gst_video::VideoTimeCodeMeta>();
        *self.progress.last_frame.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let (presented_at, stamp) = match &self.transport {
            Some(transport) => self.play(transport, sink, in_source, running_time, own.as_deref())?,
            None => self.follow(in_source, instant_of(sink, running_time)?, own.as_deref())?,
        };
        let picture = gst_video::VideoFrame::from_buffer_readable(buffer, info).ok()?;
        output.frame(picture, presented_at, stamp);
        Some(())
    }

    /// Waits until a file's picture is due; `None` when it is not to be shown.
    fn play(
        &self,
        transport: &Transport,
        sink: &gst_app::AppSink,
        in_source: Duration,
        running_time: gst::ClockTime,
        own: Option<&gst_video::VideoTimeCodeMeta>,
    ) -> Option<(Instant, FrameStamp)> {
        let (stamp, origin) = self.counted(|counter| {
            let stamp = counter.stamp(in_source, own.and_then(|own| own_timecode(own, counter.rate())));
            (stamp, counter.origin())
        })?;
        match transport.turn(stamp.source_frame, origin, Duration::ZERO) {
            Turn::Show { at, speed } => return Some((at, FrameStamp { speed, ..stamp })),
            Turn::Late(by) => ask_to_hurry(sink, running_time, by),
            Turn::Away => transport.wait_for_flush(),
            Turn::Skip => {}
        }
        None
    }

    /// A feed's picture is shown when it comes.
    fn follow(
        &self,
        in_source: Duration,
        due: Instant,
        own: Option<&gst_video::VideoTimeCodeMeta>,
    ) -> Option<(Instant, FrameStamp)> {
        let (presented_at, since_first) = self.present(due);
        let stamp = self.counted(|counter| {
            let own = own.and_then(|own| own_timecode(own, counter.rate()));
            counter.stamp_live(in_source, since_first, own)
        })?;
        Some((presented_at, stamp))
    }

    fn counted<T>(&self, count: impl FnOnce(&mut FrameCounter) -> T) -> Option<T> {
        self.counter.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(count)
    }

    /// When a picture is shown, and how long that is after a feed's very first.
    fn present(&self, due: Instant) -> (Instant, Duration) {
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let at = shift.get_or_insert_with(|| Shift::between(due, now)).apply(due);
        let first = *self.first_at.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(at);
        (at, at.saturating_duration_since(first))
    }
}

/// Tells the decoder that its picture came too late, so that it leaves out what it can.
fn ask_to_hurry(sink: &gst_app::AppSink, running_time: gst::ClockTime, by: Duration) {
    let late = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
    let event = gst::event::Qos::builder(gst::QOSType::Underflow, 1.5, late).timestamp(running_time).build();
    if let Some(pad) = sink.static_pad("sink") {
        pad.push_event(event);
    }
}

/// The rate that the stream states, else the one its first picture's duration suggests, else 25.
fn rate_of(info: &gst_video::VideoInfo, duration: Option<gst::ClockTime>, drop_frame: bool) -> FrameRate {
    let fps = info.fps();
    let stated = (u32::try_from(fps.numer()).unwrap_or(0), u32::try_from(fps.denom()).unwrap_or(0));
    let rate = match (stated, duration.map(gst::ClockTime::nseconds)) {
        ((num, den), _) if num > 0 && den > 0 && num / den < 1_000 => FrameRate::new(num, den),
        (_, Some(ns)) if (1_000_000..=10_000_000_000).contains(&ns) => known_rate(ns),
        _ => FrameRate::FPS_25,
    };
    if drop_frame { rate.with_drop_frame() } else { rate }
}

/// The usual rate nearest to a duration that a container has rounded.
fn known_rate(ns: u64) -> FrameRate {
    const USUAL: [(u32, u32); 10] = [
        (24_000, 1_001),
        (24, 1),
        (25, 1),
        (30_000, 1_001),
        (30, 1),
        (48, 1),
        (50, 1),
        (60_000, 1_001),
        (60, 1),
        (12, 1),
    ];
    let distance = |(num, den): (u32, u32)| (u64::from(den) * 1_000_000_000 / u64::from(num)).abs_diff(ns);
    let (num, den) = USUAL.into_iter().min_by_key(|rate| distance(*rate)).unwrap_or((25, 1));
    FrameRate::new(num, den)
}
