//! When each decoded frame is due, and where a source has to go: what a person's commands mean for the threads that
//! decode. The source shows no frame but by [`Transport::turn`], so a frame is exact by its number, not by luck.

mod state;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::spec::time::FrameRate;
use crate::spec::transport::{Speed, TransportCommand, TransportError, TransportState};
use state::{Decision, Hearing, RETREATS, State};

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
