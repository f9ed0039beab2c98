//! What a transport has decided: which frame is next, when each is due, and what becomes of a decoded one. No thread waits
//! here.

use std::time::{Duration, Instant};

use super::{Stream, Turn};
use crate::spec::time::FrameRate;
use crate::spec::transport::{FrameRange, Speed, TransportState};

/// A picture this late is dropped, so that a slow machine shows fewer pictures instead of falling behind.
const MAX_LATENESS: Duration = Duration::from_millis(150);
/// But one is shown at least this often.
const LEAST_OFTEN: Duration = Duration::from_millis(500);
/// A source this late, because the machine slept, goes on from where it is.
const GIVEN_UP: Duration = Duration::from_secs(2);
/// Sound is handed on this much before it is due; it leaves on time by itself.
const SOUND_LEAD: Duration = Duration::from_millis(60);
/// How often a source may look anew for a frame that it passed by.
pub const RETREATS: u32 = 4;

/// A frame and when it was due: all others follow from it.
#[derive(Clone, Copy)]
pub struct Anchor {
    frame: u64,
    at: Instant,
    /// Frame intervals since then in which a frame was shown; at more than normal speed several frames fall in one.
    interval: u64,
}

/// One source's transport, as of now.
pub struct State {
    /// Unknown until the first picture.
    pub rate: Option<FrameRate>,
    pub frames: Option<u64>,
    pub can_seek: bool,
    /// Time of frame 0 in the source.
    pub origin: Duration,
    pub playing: bool,
    pub speed: Speed,
    pub range: Option<FrameRange>,
    pub shown: u64,
    pub shown_at: Option<Instant>,
    /// The last frame that was decoded from here on, shown or not.
    pub passed: Option<u64>,
    /// To be shown next, as soon as it is there and not before `target_at`.
    pub target: Option<u64>,
    pub target_at: Option<Instant>,
    /// The target is not ahead: the source must seek.
    pub seek: bool,
    pub retreats: u32,
    pub anchor: Option<Anchor>,
    pub flushing: [bool; 2],
    pub closed: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            rate: None,
            frames: None,
            can_seek: true,
            origin: Duration::ZERO,
            playing: true,
            speed: Speed::NORMAL,
            range: None,
            shown: 0,
            shown_at: None,
            passed: None,
            target: None,
            target_at: None,
            seek: false,
            retreats: 0,
            anchor: None,
            flushing: [false; 2],
            closed: false,
        }
    }
}

/// What becomes of a decoded picture.
pub enum Decision {
    Now(Turn),
    /// Until something changes, or for so long.
    Wait(Option<Duration>),
}

/// What becomes of decoded sound.
pub enum Hearing {
    Nobody,
    Due(Instant),
    Wait(Option<Duration>),
}

impl State {
    pub fn told(&self) -> Option<TransportState> {
        let frame = self.target.unwrap_or(self.shown);
        let State { playing, speed, range, frames, can_seek, .. } = *self;
        self.rate.map(|_| TransportState { playing, speed, range, frame, frames, can_seek, first_label: 0 })
    }

    pub fn play(&mut self) {
        if self.playing {
            return;
        }
        self.playing = true;
        let (first, last) = match self.range {
            Some(range) => (range.first, Some(range.last)),
            None => (0, self.frames.map(|frames| frames.saturating_sub(1))),
        };
        if self.target.is_none() && last.is_some_and(|last| self.shown >= last) {
            self.go(first);
        } else {
            self.anchor = Some(Anchor { frame: self.shown, at: Instant::now(), interval: 0 });
        }
    }

    pub fn pause(&mut self) {
        self.playing = false;
        self.anchor = None;
    }

    pub fn step(&mut self, frames: i32) {
        self.pause();
        let from = self.target.unwrap_or(self.shown);
        let last = self.frames.map_or(u64::MAX, |frames| frames.saturating_sub(1));
        let to = from.saturating_add_signed(i64::from(frames)).min(last);
        if to != from {
            self.go(to);
        }
    }

    pub fn repeat(&mut self, range: Option<FrameRange>) {
        self.range = range;
        if let Some(range) = range.filter(|range| !(range.first..=range.last).contains(&self.shown)) {
            self.go(range.first);
        }
    }

    pub fn set_speed(&mut self, percent: u16) {
        let at = self.due(self.shown);
        self.speed = Speed::from_percent(percent).unwrap_or(self.speed);
        self.anchor = at.map(|at| Anchor { frame: self.shown, at, interval: 0 });
    }

    /// Shows this frame next: by decoding on when it is a little ahead, else by a seek.
    pub fn go(&mut self, frame: u64) {
        self.retreats = 0;
        let reach = self.rate.map_or(0, |rate| u64::from(rate.nominal()));
        let ahead = self.passed.is_some_and(|passed| frame > passed && frame - passed <= reach);
        if ahead && !self.seek {
            (self.target, self.target_at) = (Some(frame), None);
        } else {
            self.seek_to(frame);
        }
    }

    pub fn seek_to(&mut self, frame: u64) {
        (self.target, self.target_at, self.seek) = (Some(frame), None, true);
    }

    /// When a frame is due, while it plays.
    pub fn due(&self, frame: u64) -> Option<Instant> {
        self.due_at(Duration::from_nanos(self.rate?.frame_to_ns(frame)))
    }

    /// When what lies at `time` after frame 0 is due, while it plays.
    fn due_at(&self, time: Duration) -> Option<Instant> {
        let anchor = self.anchor?;
        let from = Duration::from_nanos(self.rate?.frame_to_ns(anchor.frame));
        let stretched = |time: Duration| time * 100 / u32::from(self.speed.percent().max(1));
        match time.checked_sub(from) {
            Some(after) => Some(anchor.at + stretched(after)),
            None => anchor.at.checked_sub(stretched(from - time)),
        }
    }

    pub fn decide(&mut self, frame: u64, lead: Duration) -> Decision {
        if self.closed || self.seek || self.flushing[Stream::Video as usize] {
            return Decision::Now(Turn::Away);
        }
        self.frames = self.frames.map(|frames| frames.max(frame + 1));
        match self.target {
            Some(target) => self.look_for(target, frame, lead),
            None if self.shown_at.is_some() && frame <= self.shown => self.done(frame, Turn::Skip),
            None if !self.playing => Decision::Wait(None),
            None => self.play_on(frame, lead),
        }
    }

    fn look_for(&mut self, target: u64, frame: u64, lead: Duration) -> Decision {
        if frame < target {
            return self.done(frame, Turn::Skip);
        }
        if frame > target && self.retreats < RETREATS && self.can_seek {
            self.retreats += 1;
            self.seek_to(target);
            return Decision::Now(Turn::Away);
        }
        let now = Instant::now();
        let at = self.target_at.filter(|_| self.playing).map_or(now, |at| at.max(now));
        if at > now + lead {
            return Decision::Wait(Some(at - now - lead));
        }
        (self.target, self.target_at, self.retreats) = (None, None, 0);
        self.anchor = self.playing.then_some(Anchor { frame, at, interval: 0 });
        self.show(frame, at)
    }

    fn play_on(&mut self, frame: u64, lead: Duration) -> Decision {
        if let Some(range) = self.range.filter(|range| frame > range.last) {
            let due = self.due(frame);
            self.seek_to(range.first);
            self.target_at = due;
            return Decision::Now(Turn::Away);
        }
        let now = Instant::now();
        let Some((anchor, due)) = self.anchor.zip(self.due(frame)) else {
            self.anchor = Some(Anchor { frame, at: now, interval: 0 });
            return self.show(frame, now);
        };
        let interval = frame.saturating_sub(anchor.frame) * 100 / u64::from(self.speed.percent().max(1));
        if interval <= anchor.interval {
            return self.done(frame, Turn::Skip);
        }
        if due > now + lead {
            return Decision::Wait(Some(due - now - lead));
        }
        let late = now.saturating_duration_since(due);
        if late > GIVEN_UP {
            self.anchor = Some(Anchor { frame, at: now, interval: 0 });
            return self.show(frame, now);
        }
        if late > MAX_LATENESS && self.shown_at.is_some_and(|at| now < at + LEAST_OFTEN) {
            return self.done(frame, Turn::Late(late));
        }
        self.anchor = Some(Anchor { interval, ..anchor });
        self.show(frame, due)
    }

    fn show(&mut self, frame: u64, at: Instant) -> Decision {
        (self.shown, self.shown_at) = (frame, Some(at));
        let speed = if self.playing { self.speed } else { Speed::HELD };
        self.done(frame, Turn::Show { at, speed })
    }

    fn done(&mut self, frame: u64, turn: Turn) -> Decision {
        self.passed = Some(frame);
        Decision::Now(turn)
    }

    pub fn hear(&self, time: Duration) -> Hearing {
        if self.closed || self.flushing[Stream::Audio as usize] {
            return Hearing::Nobody;
        }
        let Some(rate) = self.rate.filter(|_| self.shown_at.is_some() || self.target.is_some()) else {
            return Hearing::Wait(None);
        };
        let time = time.saturating_sub(self.origin);
        // Sound of frames that have passed makes way, or the pictures behind it would never come.
        let from = self.target.unwrap_or(self.anchor.map_or(self.shown, |anchor| anchor.frame));
        if time < Duration::from_nanos(rate.frame_to_ns(from)) {
            return Hearing::Nobody;
        }
        let Some(due) = self.due_at(time).filter(|_| self.target.is_none()) else { return Hearing::Wait(None) };
        match due.saturating_duration_since(Instant::now()).checked_sub(SOUND_LEAD) {
            Some(early) if !early.is_zero() => Hearing::Wait(Some(early)),
            _ if self.speed == Speed::NORMAL => Hearing::Due(due),
            _ => Hearing::Nobody,
        }
    }
}
