//! Playing, holding and finding frames of a source that can go back.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How fast source frames follow each other, in hundredths of their rate; 0 while one frame is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Speed(u16);

impl Speed {
    /// One frame is held.
    pub const HELD: Self = Self(0);
    /// As fast as the source's rate says.
    pub const NORMAL: Self = Self(100);
    /// The slowest a source is played.
    pub const SLOWEST: Self = Self(25);
    /// The fastest.
    pub const FASTEST: Self = Self(200);

    /// Hundredths of the source's rate, 25 to 200; else `None`.
    pub fn from_percent(percent: u16) -> Option<Self> {
        (Self::SLOWEST.0..=Self::FASTEST.0).contains(&percent).then_some(Self(percent))
    }

    /// Hundredths of the source's rate.
    pub fn percent(self) -> u16 {
        self.0
    }
}

/// Frames to repeat, both of them shown. `first <= last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRange {
    /// The first frame, from 0.
    pub first: u64,
    /// The last frame.
    pub last: u64,
}

/// What a person asks of a source. Frames are numbers in the source, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum TransportCommand {
    /// Go on from the frame that is held.
    Play,
    /// Hold the frame that is shown.
    Pause,
    /// Show this frame next, and hold it or go on from it as before.
    Seek {
        /// Which frame.
        frame: u64,
    },
    /// Hold the frame so many after the one shown, or before it when negative; stops at the first and the last.
    Step {
        /// How many.
        frames: i32,
    },
    /// Repeat these frames, or the whole source.
    Loop {
        /// Which frames; `None` is all.
        range: Option<FrameRange>,
    },
    /// Play this fast; sound is heard at the normal speed only.
    Speed {
        /// How fast.
        percent: u16,
    },
}

/// Where a source is and what it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportState {
    /// False while a frame is held.
    pub playing: bool,
    /// Speed when playing.
    pub speed: Speed,
    /// What is repeated, if not all.
    pub range: Option<FrameRange>,
    /// The frame shown last, or the one being looked for.
    pub frame: u64,
    /// How many frames there are, as far as is known; `None` for a source without an end.
    pub frames: Option<u64>,
    /// Whether it can go back; a file that is being streamed cannot.
    pub can_seek: bool,
    /// Timecode of frame 0, in frames since 00:00:00:00.
    pub first_label: u64,
}

/// Why a source does not do what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TransportError {
    /// A feed comes when it comes.
    #[error("a live feed cannot be paused or wound: hold the picture instead")]
    Live,
    /// There is no picture yet.
    #[error("the source has no picture yet")]
    NotOpen,
    /// No such program.
    #[error("no such program is open")]
    NoProgram,
    /// A file without an index.
    #[error("this file can only be played from its beginning to its end")]
    Unseekable,
    /// Beyond the end.
    #[error("found frame {frame}, expected 0 to {}", frames.saturating_sub(1))]
    Frame {
        /// What was asked for.
        frame: u64,
        /// How many frames there are.
        frames: u64,
    },
    /// A range that ends before it begins.
    #[error("found a range from frame {first} to {last}, expected the last at or after the first")]
    Range {
        /// Its first frame.
        first: u64,
        /// Its last.
        last: u64,
    },
    /// Too slow or too fast.
    #[error("found a speed of {percent} %, expected {} to {} %", Speed::SLOWEST.0, Speed::FASTEST.0)]
    Speed {
        /// What was asked for.
        percent: u16,
    },
}

impl TransportCommand {
    /// Whether a source in this state can do it.
    ///
    /// # Errors
    /// A frame beyond the end, a range that ends before it begins, or a speed out of bounds.
    pub fn check(self, state: &TransportState) -> Result<(), TransportError> {
        let within = |frame| match state.frames {
            Some(frames) if frame >= frames => Err(TransportError::Frame { frame, frames }),
            _ => Ok(()),
        };
        let jumps = matches!(self, Self::Seek { .. } | Self::Step { .. } | Self::Loop { range: Some(_) });
        if jumps && !state.can_seek {
            return Err(TransportError::Unseekable);
        }
        match self {
            Self::Play | Self::Pause | Self::Step { .. } | Self::Loop { range: None } => Ok(()),
            Self::Seek { frame } => within(frame),
            Self::Loop { range: Some(FrameRange { first, last }) } if first > last => {
                Err(TransportError::Range { first, last })
            }
            Self::Loop { range: Some(range) } => within(range.last),
            Self::Speed { percent } => {
                Speed::from_percent(percent).map(|_| ()).ok_or(TransportError::Speed { percent })
            }
        }
    }
}

impl fmt::Display for TransportCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Play => f.write_str("play"),
            Self::Pause => f.write_str("pause"),
            Self::Seek { frame } => write!(f, "seek to frame {frame}"),
            Self::Step { frames } => write!(f, "step by {frames}"),
            Self::Loop { range: None } => f.write_str("repeat all"),
            Self::Loop { range: Some(range) } => write!(f, "repeat frames {} to {}", range.first, range.last),
            Self::Speed { percent } => write!(f, "speed {percent} %"),
        }
    }
}
