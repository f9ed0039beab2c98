//! Which source frame a viewer saw under which RTP timestamp: the server's word on what a comment is pinned to.

use std::collections::VecDeque;

use pipelines::engine::FrameStamp;
use pipelines::spec::time::{FrameRate, Timecode};
use pipelines::spec::transport::Speed;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::mark::Frames;

/// Runs kept for one viewing. A run lasts until the source loops, seeks or is lost, so this is hours.
const RUNS: usize = 4_096;
/// Ticks of a video RTP timestamp in a second.
const CLOCK_HZ: u64 = 90_000;

/// From this RTP timestamp on, source frames count up evenly until the next such statement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FrameClock {
    /// RTP timestamp of the frame, 90 kHz, 32 bits.
    pub rtp_timestamp: u32,
    /// Which of the review's sources.
    pub source: Uuid,
    /// Source frame shown under it.
    pub source_frame: u64,
    /// Its timecode as a count of labels since 00:00:00:00.
    pub timecode_frames: u64,
    /// The rate of both.
    #[schema(value_type = Object)]
    pub rate: FrameRate,
    /// Whether a slate is shown in place of the source; then frames stand still.
    pub slate: bool,
    /// How fast frames count up, in hundredths of the rate: 0 while one is held.
    pub speed_percent: u16,
    /// When the source presented it: milliseconds since 1970-01-01 UTC on the server's clock. The time that passes from
    /// there to a viewer's screen is the latency that the house adds.
    pub presented_unix_ms: f64,
}

impl FrameClock {
    fn new(rtp_timestamp: u32, stamp: &FrameStamp, presented_unix_ms: f64) -> Self {
        let timecode_frames = Timecode::parse(&stamp.timecode, stamp.rate).map_or(stamp.source_frame, Timecode::frames);
        Self {
            rtp_timestamp,
            source: stamp.source,
            source_frame: stamp.source_frame,
            timecode_frames,
            rate: stamp.rate,
            slate: stamp.slate,
            speed_percent: if stamp.slate { 0 } else { stamp.speed.percent() },
            presented_unix_ms,
        }
    }

    /// Frames from this clock's start to `rtp_timestamp`, to the nearest frame.
    fn frames_until(&self, rtp_timestamp: u32) -> u64 {
        let ticks = u64::from(rtp_timestamp.wrapping_sub(self.rtp_timestamp));
        let den = CLOCK_HZ * u64::from(self.rate.den) * 100;
        (ticks * u64::from(self.rate.num) * u64::from(self.speed_percent) + den / 2) / den
    }

    /// The frame shown at `rtp_timestamp`, which must not lie before this clock's start.
    fn stamp_at(&self, rtp_timestamp: u32) -> FrameStamp {
        let frames = self.frames_until(rtp_timestamp);
        FrameStamp {
            source: self.source,
            source_frame: self.source_frame + frames,
            timecode: Timecode::from_frames(self.timecode_frames, self.rate).plus(frames).to_string(),
            rate: self.rate,
            slate: self.slate,
            speed: Speed::from_percent(self.speed_percent).unwrap_or(Speed::HELD),
        }
    }

    /// This clock restated at a later timestamp.
    fn moved_to(&self, rtp_timestamp: u32) -> Self {
        let frames = self.frames_until(rtp_timestamp);
        Self {
            rtp_timestamp,
            source_frame: self.source_frame + frames,
            timecode_frames: self.timecode_frames + frames,
            presented_unix_ms: self.presented_unix_ms
                + f64::from(rtp_timestamp.wrapping_sub(self.rtp_timestamp)) / 90.0,
            ..*self
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Run {
    clock: FrameClock,
    last: u32,
}

/// All frames one viewing was sent, as runs of consecutive ones.
#[derive(Debug, Default)]
pub struct FrameLedger {
    runs: VecDeque<Run>,
}

impl FrameLedger {
    /// Notes that `stamp`, presented at `presented_unix_ms`, was sent under `rtp_timestamp`. Returns the clock when it
    /// starts anew.
    pub fn sent(&mut self, rtp_timestamp: u32, stamp: &FrameStamp, presented_unix_ms: f64) -> Option<FrameClock> {
        if let Some(run) = self.runs.back_mut().filter(|run| run.clock.stamp_at(rtp_timestamp) == *stamp) {
            run.last = rtp_timestamp;
            return None;
        }
        let clock = FrameClock::new(rtp_timestamp, stamp, presented_unix_ms);
        if self.runs.len() == RUNS {
            self.runs.pop_front();
        }
        self.runs.push_back(Run { clock, last: rtp_timestamp });
        Some(clock)
    }

    /// The frame shown under an RTP timestamp, if this viewing was sent one there.
    pub fn frame_at(&self, rtp_timestamp: u32) -> Option<FrameStamp> {
        let run = self.runs.iter().rev().find(|run| {
            rtp_timestamp.wrapping_sub(run.clock.rtp_timestamp) <= run.last.wrapping_sub(run.clock.rtp_timestamp)
        })?;
        Some(run.clock.stamp_at(rtp_timestamp))
    }

    /// The source frames that were sent, slates left out.
    pub fn seen(&self) -> Frames {
        let shown = self.runs.iter().filter(|run| !run.clock.slate);
        let ranges = shown.map(|run| {
            let first = run.clock.source_frame;
            (first, first + run.clock.frames_until(run.last))
        });
        Frames::of(ranges.collect())
    }

    /// The clock as of the last frame sent.
    pub fn now(&self) -> Option<FrameClock> {
        self.runs.back().map(|run| run.clock.moved_to(run.last))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const RATES: [FrameRate; 4] = [
        FrameRate::FPS_23_976,
        FrameRate::FPS_25,
        FrameRate { num: 30_000, den: 1_001, drop_frame: true },
        FrameRate::new(60_000, 1_001),
    ];

    fn stamp(frame: u64, rate: FrameRate) -> FrameStamp {
        let start = Timecode::parse("01:00:00:00", rate).map_or(0, Timecode::frames);
        let timecode = Timecode::from_frames(start + frame, rate).to_string();
        FrameStamp { source: Uuid::nil(), source_frame: frame, timecode, rate, slate: false, speed: Speed::NORMAL }
    }

    fn ticks(frame: u64, rate: FrameRate, offset: u32) -> u32 {
        let den = u64::from(rate.num);
        offset.wrapping_add(((frame * u64::from(rate.den) * CLOCK_HZ + den / 2) / den) as u32)
    }

    #[test]
    fn every_frame_of_an_hour_is_found_again_at_every_rate() {
        for rate in RATES {
            let mut ledger = FrameLedger::default();
            let offset = u32::MAX - 90_000 * 60;
            for frame in 0..200_000 {
                ledger.sent(ticks(frame, rate, offset), &stamp(frame, rate), 0.0);
            }
            assert_eq!(ledger.runs.len(), 1, "one run at {rate:?}");
            for frame in (0..200_000).step_by(97) {
                assert_eq!(ledger.frame_at(ticks(frame, rate, offset)), Some(stamp(frame, rate)));
            }
        }
    }

    #[test]
    fn a_loop_starts_a_new_clock_and_both_passes_are_told_apart() {
        let rate = FrameRate::FPS_25;
        let mut ledger = FrameLedger::default();
        for pass in 0..2 {
            for frame in 0..10 {
                let started = ledger.sent(3_600 * (pass * 10 + frame), &stamp(u64::from(frame), rate), 0.0);
                assert_eq!(started.is_some(), frame == 0);
            }
        }
        assert_eq!(ledger.seen().ranges(), [(0, 9)]);
        assert_eq!(ledger.frame_at(3_600 * 9).map(|stamp| stamp.source_frame), Some(9));
        assert_eq!(ledger.frame_at(3_600 * 10).map(|stamp| stamp.source_frame), Some(0));
    }

    /// What a colourist does in a minute: play, pause, step back and forth, seek, play slowly and fast.
    #[test]
    fn every_frame_is_found_again_through_pauses_seeks_and_speeds() {
        for rate in RATES {
            let mut ledger = FrameLedger::default();
            let (mut at, mut sent) = (u32::MAX - 40_000, Vec::new());
            let mut send = |ledger: &mut FrameLedger, at: u32, frame: u64, speed: Speed| {
                let stamp = FrameStamp { speed, ..stamp(frame, rate) };
                let started = ledger.sent(at, &stamp, 0.0).is_some();
                sent.push((at, stamp));
                started
            };
            for (first, speed) in [(100, 100), (7, 25), (300, 200), (10, 150), (50, 75)] {
                let speed = Speed::from_percent(speed).unwrap();
                let begun = at;
                for interval in 0..40 {
                    // Above the normal speed the frames between are left out.
                    let step = u64::from(speed.percent().max(100));
                    let frame = (interval * step).div_ceil(100);
                    let elapsed = ticks(frame * 100, rate, 0) / u32::from(speed.percent());
                    at = begun.wrapping_add(elapsed);
                    let started = send(&mut ledger, at, first + frame, speed);
                    assert_eq!(started, interval == 0, "{speed:?} at {rate:?}, frame {frame}");
                }
                let held = first + 40 * u64::from(speed.percent().max(100)) / 100;
                for frame in [held, held, held, held - 1, held - 1, held + 60, held + 60] {
                    at = at.wrapping_add(11_250);
                    send(&mut ledger, at, frame, Speed::HELD);
                }
                at = at.wrapping_add(11_250);
            }
            assert_eq!(ledger.runs.len(), 5 * (1 + 3), "a run for each speed and for each frame held");
            for (at, stamp) in sent {
                assert_eq!(ledger.frame_at(at), Some(stamp));
            }
        }
    }

    /// Two sources may count alike to the frame: only the stamp tells them apart.
    #[test]
    fn a_switch_to_a_source_that_counts_on_starts_a_new_clock() {
        let (rate, other) = (FrameRate::FPS_25, Uuid::from_u128(1));
        let mut ledger = FrameLedger::default();
        for frame in 0..20_u64 {
            let source = if frame < 10 { Uuid::nil() } else { other };
            let started = ledger.sent(ticks(frame, rate, 0), &FrameStamp { source, ..stamp(frame, rate) }, 0.0);
            assert_eq!(started.is_some(), frame % 10 == 0, "frame {frame}");
        }
        assert_eq!(ledger.frame_at(ticks(9, rate, 0)).map(|stamp| stamp.source), Some(Uuid::nil()));
        assert_eq!(ledger.frame_at(ticks(10, rate, 0)).map(|stamp| stamp.source), Some(other));
    }

    /// 23.976 to 25 and on to 29.97 drop-frame: each frame is found again in its own rate.
    #[test]
    fn frames_are_found_again_across_switches_of_rate() {
        let mut ledger = FrameLedger::default();
        let (mut begun, mut sent) = (u32::MAX - 50_000, Vec::new());
        for (source, rate) in RATES.into_iter().enumerate() {
            let source = Uuid::from_u128(source as u128);
            for frame in 0..50 {
                let (at, stamp) = (ticks(frame, rate, begun), FrameStamp { source, ..stamp(frame + 7, rate) });
                ledger.sent(at, &stamp, 0.0);
                sent.push((at, stamp));
            }
            begun = ticks(50, rate, begun);
        }
        assert_eq!(ledger.runs.len(), RATES.len());
        for (at, stamp) in sent {
            assert_eq!(ledger.frame_at(at), Some(stamp));
        }
    }

    #[test]
    fn timestamps_never_sent_have_no_frame() {
        let mut ledger = FrameLedger::default();
        assert_eq!(ledger.frame_at(0), None);
        ledger.sent(90_000, &stamp(0, FrameRate::FPS_25), 0.0);
        assert_eq!(ledger.frame_at(89_999), None);
        assert_eq!(ledger.frame_at(90_001), None);
    }

    #[test]
    fn a_slate_stands_still() {
        let mut ledger = FrameLedger::default();
        let slate = FrameStamp { slate: true, speed: Speed::HELD, ..stamp(7, FrameRate::FPS_25) };
        ledger.sent(0, &slate, 0.0);
        assert_eq!(ledger.sent(18_000, &slate, 200.0), None);
        assert_eq!(ledger.frame_at(18_000), Some(slate));
        assert_eq!(ledger.seen().ranges(), []);
    }
}
