//! When each decoded frame is due, and where a source has to go: what a person's commands mean for the threads that
//! decode. The source shows no frame but by [`Transport::turn`], so a frame is exact by its number, not by luck.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::spec::time::FrameRate;
use crate::spec::transport::{FrameRange, Speed, TransportCommand, TransportError, TransportState};

/// A picture this late is dropped, so that a slow machine shows fewer pictures instead of falling behind.
const MAX_LATENESS: Duration = Duration::from_millis(150);
/// But one is shown at least this often.
const LEAST_OFTEN: Duration = Duration::from_millis(500);
/// A source this late, because the machine slept, goes on from where it is.
const GIVEN_UP: Duration = Duration::from_secs(2);
/// Sound is handed on this much before it is due; it leaves on time by itself.
const SOUND_LEAD: Duration = Duration::from_millis(60);
/// How often a source may look anew for a frame that it passed by.
const RETREATS: u32 = 4;

/// What to do with a decoded picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Show it as of this instant; the frames after it follow at this speed.
    Show { at: Instant, speed: Speed },
    /// Nobody sees it.
    Skip,
    /// Nobody sees it: it was late by so much.
    Late(Duration),
    /// The source goes elsewhere: see [`Transport::take_seek`].
    Away,
}

/// Which way a flush has gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Video,
    Audio,
}

/// Where to look for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    /// Its number.
    pub frame: u64,
    /// How often it was passed by.
    pub retreats: u32,
}

/// One source's transport; shared by its threads and its program.
#[derive(Default)]
pub(crate) struct Transport {
    state: Mutex<State>,
    wake: Condvar,
}

/// A frame and when it was due: all others follow from it.
#[derive(Clone, Copy)]
struct Anchor {
    frame: u64,
    at: Instant,
    /// Frame intervals since then in which a frame was shown; at more than normal speed several frames fall in one.
    interval: u64,
}

struct State {
    /// Unknown until the first picture.
    rate: Option<FrameRate>,
    frames: Option<u64>,
    can_seek: bool,
    /// Time of frame 0 in the source.
    origin: Duration,
    playing: bool,
    speed: Speed,
    range: Option<FrameRange>,
    shown: u64,
    shown_at: Option<Instant>,
    /// The last frame that was decoded from here on, shown or not.
    passed: Option<u64>,
    /// To be shown next, as soon as it is there and not before `target_at`.
    target: Option<u64>,
    target_at: Option<Instant>,
    /// The target is not ahead: the source must seek.
    seek: bool,
    retreats: u32,
    anchor: Option<Anchor>,
    flushing: [bool; 2],
    closed: bool,
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

impl Transport {
    /// A source opens, for the first time or again: then it goes back to where it was.
    pub fn open(&self) {
        let mut state = self.lock();
        let back = (state.shown > 0 && state.can_seek).then_some(state.target.unwrap_or(state.shown));
        let State { playing, speed, range, shown, .. } = *state;
        *state = State { playing, speed, range, shown, ..State::default() };
        if let Some(frame) = back {
            state.go(frame);
        }
    }

    /// Lets every waiting thread go.
    pub fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_all();
    }

    /// What the source was found to be. `frames` may be an estimate: what is seen corrects it.
    pub fn found(&self, rate: FrameRate, frames: Option<u64>, can_seek: bool) {
        let mut state = self.lock();
        (state.rate, state.frames, state.can_seek) = (Some(rate), frames, can_seek);
        state.seek &= can_seek;
    }

    /// It turned out that the source cannot go back: it is opened anew, from its beginning.
    pub fn cannot_seek(&self) {
        self.lock().can_seek = false;
    }

    /// Does what is asked, or says why not.
    pub fn command(&self, command: TransportCommand) -> Result<TransportState, TransportError> {
        let mut state = self.lock();
        command.check(&state.told().ok_or(TransportError::NotOpen)?)?;
        match command {
            TransportCommand::Play => state.play(),
            TransportCommand::Pause => state.pause(),
            TransportCommand::Seek { frame } => state.go(frame),
            TransportCommand::Step { frames } => state.step(frames),
            TransportCommand::Loop { range } => state.repeat(range),
            TransportCommand::Speed { percent } => state.set_speed(percent),
        }
        self.wake.notify_all();
        state.told().ok_or(TransportError::NotOpen)
    }

    /// What it is doing; `None` before the first picture.
    pub fn state(&self) -> Option<TransportState> {
        self.lock().told()
    }

    /// Whether pictures stay away on purpose: one is held, or another is being looked for.
    pub fn is_holding(&self) -> bool {
        let state = self.lock();
        !state.playing || state.target.is_some()
    }

    /// Whether a frame is held and none is being looked for.
    pub fn is_still(&self) -> bool {
        let state = self.lock();
        !state.playing && state.target.is_none()
    }

    /// Where the source has to go, if anywhere; the frame is then waited for.
    pub fn take_seek(&self) -> Option<Search> {
        let mut state = self.lock();
        if !state.seek || state.rate.is_none() {
            return None;
        }
        state.seek = false;
        state.passed = None;
        state.target.map(|frame| Search { frame, retreats: state.retreats })
    }

    /// A flush begins: nothing that was decoded before it is shown. Its end is told for each stream.
    pub fn flush(&self) {
        let mut state = self.lock();
        state.flushing = [true; 2];
        state.passed = None;
        self.wake.notify_all();
    }

    /// What comes from now on was decoded after the flush.
    pub fn flushed(&self, stream: Stream) {
        self.lock().flushing[stream as usize] = false;
        self.wake.notify_all();
    }

    /// The source's last frame has passed. `false` when there is none to show at all.
    pub fn ended(&self) -> bool {
        let mut state = self.lock();
        if let Some(passed) = state.passed {
            state.frames = Some(passed + 1);
        }
        if state.seek {
            // It goes elsewhere already.
            return true;
        }
        let more = match (state.target, state.passed) {
            (None, passed) if state.playing => {
                let due = passed.and_then(|passed| state.due(passed + 1));
                let first = state.range.map_or(0, |range| range.first);
                state.go(first);
                state.target_at = due;
                true
            }
            (None, _) => true,
            (Some(_), Some(passed)) => {
                state.seek_to(passed);
                true
            }
            (Some(target), None) => {
                state.retreats += 1;
                state.seek_to(target);
                state.retreats <= RETREATS
            }
        };
        self.wake.notify_all();
        more
    }

    /// Waits until it is decided what happens to frame `frame` of a source whose frame 0 lies at `origin`; when it is
    /// shown, returns `lead` before that.
    pub fn turn(&self, frame: u64, origin: Duration, lead: Duration) -> Turn {
        let mut state = self.lock();
        state.origin = origin;
        loop {
            match state.decide(frame, lead) {
                Decision::Now(turn) => return turn,
                Decision::Wait(time) => state = self.wait(state, time),
            }
        }
    }

    /// Waits while a seek has been asked for and the flush that belongs to it has not come.
    pub fn wait_for_flush(&self) {
        let mut state = self.lock();
        while state.seek && !state.closed && !state.flushing[Stream::Video as usize] {
            state = self.wait(state, None);
        }
    }

    /// Waits until the sound at `time` in the source is nearly due and says when that is, or `None` for sound that
    /// nobody hears.
    pub fn hear(&self, time: Duration) -> Option<Instant> {
        let mut state = self.lock();
        loop {
            match state.hear(time) {
                Hearing::Nobody => return None,
                Hearing::Due(at) => return Some(at),
                Hearing::Wait(wait) => state = self.wait(state, wait),
            }
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Option<Duration>) -> MutexGuard<'a, State> {
        let time = time.unwrap_or(Duration::from_secs(1));
        self.wake.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Decision {
    Now(Turn),
    /// Until something changes, or for so long.
    Wait(Option<Duration>),
}

enum Hearing {
    Nobody,
    Due(Instant),
    Wait(Option<Duration>),
}

impl State {
    fn told(&self) -> Option<TransportState> {
        let frame = self.target.unwrap_or(self.shown);
        let State { playing, speed, range, frames, can_seek, .. } = *self;
        self.rate.map(|_| TransportState { playing, speed, range, frame, frames, can_seek, first_label: 0 })
    }

    fn play(&mut self) {
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

    fn pause(&mut self) {
        self.playing = false;
        self.anchor = None;
    }

    fn step(&mut self, frames: i32) {
        self.pause();
        let from = self.target.unwrap_or(self.shown);
        let last = self.frames.map_or(u64::MAX, |frames| frames.saturating_sub(1));
        let to = from.saturating_add_signed(i64::from(frames)).min(last);
        if to != from {
            self.go(to);
        }
    }

    fn repeat(&mut self, range: Option<FrameRange>) {
        self.range = range;
        if let Some(range) = range.filter(|range| !(range.first..=range.last).contains(&self.shown)) {
            self.go(range.first);
        }
    }

    fn set_speed(&mut self, percent: u16) {
        let at = self.due(self.shown);
        self.speed = Speed::from_percent(percent).unwrap_or(self.speed);
        self.anchor = at.map(|at| Anchor { frame: self.shown, at, interval: 0 });
    }

    /// Shows this frame next: by decoding on when it is a little ahead, else by a seek.
    fn go(&mut self, frame: u64) {
        self.retreats = 0;
        let reach = self.rate.map_or(0, |rate| u64::from(rate.nominal()));
        let ahead = self.passed.is_some_and(|passed| frame > passed && frame - passed <= reach);
        if ahead && !self.seek {
            (self.target, self.target_at) = (Some(frame), None);
        } else {
            self.seek_to(frame);
        }
    }

    fn seek_to(&mut self, frame: u64) {
        (self.target, self.target_at, self.seek) = (Some(frame), None, true);
    }

    /// When a frame is due, while it plays.
    fn due(&self, frame: u64) -> Option<Instant> {
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

    fn decide(&mut self, frame: u64, lead: Duration) -> Decision {
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

    fn hear(&self, time: Duration) -> Hearing {
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
