//! How much of a picture a viewer's network and device can take, and what they are sent instead when that is less: first
//! fewer bits, then a smaller picture, then every second frame. Depth and chroma are never touched.
//!
//! The network's estimate alone does not lower anything: on a busy machine packets are late without a network that is
//! full, and on a radio link a few are always lost. It is believed while packets wait longer than they did or many are lost.
//! Down goes at once, up slowly.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{PictureSize, RenditionSpec};
use crate::spec::time::FrameRate;

/// What is sent at most at each step: scale of the picture's sides, and one of how many frames.
const STEPS: [(f64, u32); 4] = [(1.0, 1), (0.75, 1), (0.5, 1), (0.5, 2)];
/// Below this part of a step's bits the next step is the better picture.
const LEAST_SHARE: f64 = 0.5;
/// A step up must have this part of its bits.
const UP_SHARE: f64 = 0.75;
/// Never less than this, nor than a quarter of the last step.
const FLOOR_BPS: f64 = 300_000.0;
/// Of what the network carries; the rest is for sound, retransmissions and headers.
const USED_SHARE: f64 = 0.85;
/// Losses that count as strain even where nothing waits. Fewer are common on the air, whatever is sent, and are repaired.
const STRAIN_LOSS: f64 = 0.15;
/// Waiting, beyond the shortest round trip of the last minutes, that counts as strain.
const STRAIN_WAIT: Duration = Duration::from_millis(60);
/// The shortest round trip of so many looks is judged: one late answer is no queue.
const LOOKS: usize = 4;
/// Round trips are forgotten after one to two of these.
const ROUTE_MEMORY: Duration = Duration::from_secs(60);
/// So long without bits enough for a step before it is left.
const DOWN_AFTER: Duration = Duration::from_secs(1);
/// So long with bits enough for the step above before it is tried.
const UP_AFTER: Duration = Duration::from_secs(10);
/// So long after bits were lowered before they grow.
const CALM: Duration = Duration::from_secs(3);
/// Growth of bits from one second to the next.
const GROWTH: f64 = 1.25;
/// Reports of a page in a row that its decoder cannot follow.
const SLOW_REPORTS: u32 = 5;
/// A decoder that takes this part of a frame's time, and shows this part of the frames, cannot follow.
const SLOW_DECODE: f64 = 1.25;
const SLOW_SHOWN: f64 = 0.75;
/// First wait before a device that could not follow is tried again; doubled each time that fails.
const DECODER_RETRY: Duration = Duration::from_secs(60);
const DECODER_RETRY_MOST: Duration = Duration::from_secs(960);

/// What a viewer's connection showed, looked at a few times a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// What it carries, in bits per second, by the estimate of the sender; `None` while there is none.
    pub estimate_bps: Option<f64>,
    /// Part of the packets of the last second that were lost, 0 to 1.
    pub loss: f64,
    /// Time to the viewer and back, with what a queue on the way adds.
    pub round_trip: Option<Duration>,
}

/// What a viewer's page tells of its decoder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decoding {
    /// Frames shown per second.
    pub shown_per_second: f64,
    /// Mean time to decode a frame since the report before.
    pub frame: Duration,
}

/// What holds the picture back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The viewer's network.
    Network,
    /// The viewer's device.
    Device,
}

/// What a viewer is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    /// Size of the picture.
    pub size: PictureSize,
    /// One of so many frames.
    pub one_of: u32,
    /// Target of the encoder in bits per second.
    pub bitrate_bps: u32,
    /// Why it is less than it could be.
    pub limit: Option<Limit>,
}

/// The rules of one viewer.
#[derive(Clone, Debug)]
pub struct RateControl {
    full: RenditionSpec,
    rate: FrameRate,
    route: Route,
    /// What the network carries, as far as that is known; `None`: no limit was met.
    carries_bps: Option<f64>,
    lowered_at: Option<Instant>,
    grown_at: Instant,
    /// The step by the network, and since when another is due.
    step: usize,
    below_since: Option<Instant>,
    above_since: Option<Instant>,
    device: Device,
    told: Serving,
}

impl RateControl {
    /// Nothing holds a viewer back yet, who is sent `full` of a source of `rate`.
    pub fn new(full: RenditionSpec, rate: FrameRate, now: Instant) -> Self {
        let told = Serving { size: full.size, one_of: 1, bitrate_bps: full.bitrate_bps, limit: None };
        Self {
            full,
            rate,
            route: Route::new(now),
            carries_bps: None,
            lowered_at: None,
            grown_at: now,
            step: 0,
            below_since: None,
            above_since: None,
            device: Device::new(now),
            told,
        }
    }

    /// What is sent now.
    pub fn serving(&self) -> Serving {
        self.told
    }

    /// Goes on with another full picture, as when its source has another size; what is known of line and device stays.
    pub fn refit(&mut self, full: RenditionSpec, rate: FrameRate) -> Serving {
        (self.full, self.rate) = (full, rate);
        self.told = self.due();
        self.told
    }

    /// Judges a look at the line; what is sent from now on, if that is something else.
    pub fn see_line(&mut self, line: Line, now: Instant) -> Option<Serving> {
        self.route.note(line.round_trip, now);
        let estimate = line.estimate_bps?;
        let carries = estimate * USED_SHARE * (1.0 - line.loss.clamp(0.0, 1.0));
        let strained = line.loss >= STRAIN_LOSS || self.route.waits();
        let known = self.carries_bps.unwrap_or_else(|| self.most_bps(0));
        if strained && carries <= known {
            self.carries_bps = Some(carries);
            self.lowered_at = Some(now);
            self.grown_at = now;
        } else if self.lowered_at.is_none_or(|at| now.saturating_duration_since(at) >= CALM) {
            self.grow(carries, now);
        }
        self.climb(now);
        self.tell()
    }

    /// Judges a report of the viewer's page; what is sent from now on, if that is something else.
    pub fn see_decoding(&mut self, decoding: Decoding, now: Instant) -> Option<Serving> {
        let (_, one_of) = STEPS[self.step.max(self.device.step)];
        self.device.note(decoding, self.rate.as_f64() / f64::from(one_of), now);
        self.tell()
    }

    /// Bits grow towards what the line carries, until they are all that is wanted.
    fn grow(&mut self, carries: f64, now: Instant) {
        let Some(known) = self.carries_bps else { return };
        let seconds = now.saturating_duration_since(self.grown_at).as_secs_f64().min(1.0);
        self.grown_at = now;
        if carries <= known {
            return;
        }
        let grown = (known * GROWTH.powf(seconds)).min(carries);
        self.carries_bps = (grown < self.most_bps(0)).then_some(grown);
    }

    /// Takes the step that suits the bits, after the times that keep it from going to and fro.
    fn climb(&mut self, now: Instant) {
        let carries = self.carries_bps.unwrap_or(f64::INFINITY);
        let lower = self.step + 1 < STEPS.len() && carries < LEAST_SHARE * self.most_bps(self.step);
        let higher = self.step > 0 && carries >= UP_SHARE * self.most_bps(self.step - 1);
        if due(&mut self.below_since, lower, DOWN_AFTER, now) {
            self.step += 1;
        } else if due(&mut self.above_since, higher, UP_AFTER, now) {
            self.step -= 1;
        }
    }

    /// Bits that a step is sent with when nothing holds it back: fewer pixels, of which each shows more.
    fn most_bps(&self, step: usize) -> f64 {
        let (scale, one_of) = STEPS[step];
        f64::from(self.full.bitrate_bps) * scale.powf(1.5) / f64::from(one_of)
    }

    fn floor_bps(&self) -> f64 {
        (self.most_bps(STEPS.len() - 1) / 4.0).max(FLOOR_BPS).min(f64::from(self.full.bitrate_bps))
    }

    fn due(&self) -> Serving {
        let step = self.step.max(self.device.step);
        let (scale, one_of) = STEPS[step];
        let most = self.most_bps(step);
        let carries = self.carries_bps.unwrap_or(f64::INFINITY);
        let limit = match (carries < most || self.step > self.device.step, self.device.step > 0) {
            (true, _) => Some(Limit::Network),
            (false, true) => Some(Limit::Device),
            (false, false) => None,
        };
        // In range: no more than what `full` has.
        let bitrate_bps = carries.min(most).max(self.floor_bps().min(most)) as u32;
        Serving { size: scaled(self.full.size, scale), one_of, bitrate_bps, limit }
    }

    /// A change that is worth telling: another picture, or bits that differ by more than a thirtieth.
    fn tell(&mut self) -> Option<Serving> {
        let due = self.due();
        let (before, now) = (f64::from(self.told.bitrate_bps), f64::from(due.bitrate_bps));
        let same = (due.size, due.one_of, due.limit) == (self.told.size, self.told.one_of, self.told.limit);
        if same && (now - before).abs() < before / 30.0 {
            return None;
        }
        self.told = due;
        Some(due)
    }
}

/// Whether something has been so for `wait`; begins to count anew when it was.
fn due(since: &mut Option<Instant>, is_so: bool, wait: Duration, now: Instant) -> bool {
    if !is_so {
        *since = None;
        return false;
    }
    let over = now.saturating_duration_since(*since.get_or_insert(now)) >= wait;
    if over {
        *since = None;
    }
    over
}

/// Even sides, at least the least that is encoded.
fn scaled(full: PictureSize, scale: f64) -> PictureSize {
    if scale >= 1.0 {
        return full;
    }
    let side = |samples: u32| ((f64::from(samples) * scale) as u32 & !1).max(64.min(samples));
    PictureSize { width: side(full.width), height: side(full.height) }
}

/// Round trips, and whether packets wait on the way.
#[derive(Clone, Debug)]
struct Route {
    looks: Vec<Duration>,
    /// Shortest of the minute that runs, and of the one before.
    shortest: [Option<Duration>; 2],
    since: Instant,
}

impl Route {
    fn new(now: Instant) -> Self {
        Self { looks: Vec::new(), shortest: [None; 2], since: now }
    }

    fn note(&mut self, round_trip: Option<Duration>, now: Instant) {
        if now.saturating_duration_since(self.since) >= ROUTE_MEMORY {
            self.since = now;
            self.shortest = [None, self.shortest[0]];
        }
        let Some(round_trip) = round_trip else { return };
        self.shortest[0] = Some(self.shortest[0].map_or(round_trip, |shortest| shortest.min(round_trip)));
        if self.looks.len() == LOOKS {
            self.looks.remove(0);
        }
        self.looks.push(round_trip);
    }

    fn waits(&self) -> bool {
        let shortest = self.shortest.iter().flatten().min();
        let now = self.looks.iter().min().filter(|_| self.looks.len() == LOOKS);
        matches!((shortest, now), (Some(shortest), Some(now)) if *now >= *shortest + STRAIN_WAIT)
    }
}

/// What a viewer's decoder can follow.
#[derive(Clone, Debug)]
struct Device {
    step: usize,
    slow: u32,
    changed_at: Instant,
    retry: Duration,
    /// Whether the step is one up that was tried and has not failed yet.
    trying: bool,
}

impl Device {
    fn new(now: Instant) -> Self {
        Self { step: 0, slow: 0, changed_at: now, retry: DECODER_RETRY, trying: false }
    }

    fn note(&mut self, decoding: Decoding, frames_per_second: f64, now: Instant) {
        let busy = decoding.frame.as_secs_f64() * frames_per_second;
        let behind = busy >= SLOW_DECODE && decoding.shown_per_second < SLOW_SHOWN * frames_per_second;
        self.slow = if behind { self.slow + 1 } else { 0 };
        if self.slow >= SLOW_REPORTS && self.step + 1 < STEPS.len() {
            if self.trying {
                self.retry = (self.retry * 2).min(DECODER_RETRY_MOST);
            }
            *self = Self { step: self.step + 1, slow: 0, changed_at: now, trying: false, ..*self };
        } else if self.step > 0 && self.slow == 0 && now.saturating_duration_since(self.changed_at) >= self.retry {
            *self = Self { step: self.step - 1, slow: 0, changed_at: now, trying: true, ..*self };
        }
    }
}

#[cfg(test)]
mod tests;
