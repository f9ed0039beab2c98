//! Which frame a decoded picture is: number from its time and rate, timecode from the source or from the declaration.

use std::time::Duration;

use gstreamer_video as gst_video;

use crate::engine::FrameStamp;
use crate::spec::source::SourceId;
use crate::spec::time::{FrameRate, Timecode};
use crate::spec::transport::Speed;

/// Counts frames of one source.
#[derive(Clone, Debug)]
pub(crate) struct FrameCounter {
    rate: FrameRate,
    /// Label of frame 0.
    start: Timecode,
    /// Time of the first picture in the source: frame 0.
    origin: Option<Duration>,
    /// Added to every number: where counting goes on after a live source has returned.
    base: u64,
    last: Option<u64>,
}

impl FrameCounter {
    /// Counts from frame 0, labelled `start` (00:00:00:00 when none is declared or it is no label of this rate).
    pub fn new(rate: FrameRate, start: Option<&str>) -> Self {
        let start = start.and_then(|text| {
            let parsed = Timecode::parse(text, rate);
            parsed.inspect_err(|error| tracing::warn!(%error, "declared start is no label at the source's rate")).ok()
        });
        Self { rate, start: start.unwrap_or_else(|| Timecode::from_frames(0, rate)), origin: None, base: 0, last: None }
    }

    /// The rate that is counted in.
    pub fn rate(&self) -> FrameRate {
        self.rate
    }

    /// Time of frame 0 in its source.
    pub fn origin(&self) -> Duration {
        self.origin.unwrap_or_default()
    }

    /// A live source is about to return: its times start anew, its numbers do not.
    pub fn resume(&mut self) {
        self.origin = None;
    }

    /// Stamp of the picture at `time` in its source, which may carry its own timecode.
    pub fn stamp(&mut self, time: Duration, own: Option<Timecode>) -> FrameStamp {
        let origin = *self.origin.get_or_insert(time);
        let number = self.base + self.rate.ns_to_frame(nanos(time.saturating_sub(origin)));
        self.finish(number, own)
    }

    /// As [`Self::stamp`] for live sources, whose times jitter and start anew after a loss: a number is never given
    /// twice, and after a loss counting goes on by the time `since_first` that has passed since the very first picture.
    pub fn stamp_live(&mut self, time: Duration, since_first: Duration, own: Option<Timecode>) -> FrameStamp {
        let next = self.last.map_or(0, |last| last + 1);
        let origin = match self.origin {
            Some(origin) => origin,
            None => {
                self.base = self.rate.ns_to_frame(nanos(since_first)).max(next);
                *self.origin.insert(time)
            }
        };
        let number = self.base + self.rate.ns_to_frame(nanos(time.saturating_sub(origin)));
        self.finish(number.max(next), own)
    }

    fn finish(&mut self, number: u64, own: Option<Timecode>) -> FrameStamp {
        self.last = Some(number);
        let timecode = own.unwrap_or_else(|| self.start.plus(number)).to_string();
        // Which source it is of is added where it is delivered.
        let source = SourceId::nil();
        FrameStamp { source, source_frame: number, timecode, rate: self.rate, slate: false, speed: Speed::NORMAL }
    }
}

/// The timecode that a picture carries, counted in `rate`.
pub(crate) fn own_timecode(meta: &gst_video::VideoTimeCodeMeta, rate: FrameRate) -> Option<Timecode> {
    let code = meta.tc();
    let (h, m, s, f) = (code.hours(), code.minutes(), code.seconds(), code.frames());
    Timecode::parse(&format!("{h:02}:{m:02}:{s:02}:{f:02}"), rate).ok()
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
