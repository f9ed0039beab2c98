//! What a picture's header says beside the picture.

use super::dpx;
use crate::spec::time::FrameRate;

/// Rates that a header's floating-point number may mean.
const RATES: [FrameRate; 9] = [
    FrameRate::FPS_23_976,
    FrameRate::new(24, 1),
    FrameRate::FPS_25,
    FrameRate::new(30_000, 1_001),
    FrameRate::new(30, 1),
    FrameRate::new(48, 1),
    FrameRate::new(50, 1),
    FrameRate::new(60_000, 1_001),
    FrameRate::new(60, 1),
];

/// Of the first picture of a sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// `HH:MM:SS:FF`, whether or not it is a timecode.
    pub timecode: Option<String>,
    /// Whether it is counted drop-frame.
    pub drop_frame: bool,
    pub rate: Option<FrameRate>,
    pub reel: Option<String>,
    /// For people, when code values mean something else than one would think.
    pub remark: Option<&'static str>,
    /// Of a scene-linear picture.
    pub scene: Option<SceneFacts>,
}

/// What a scene-linear file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SceneFacts {
    /// `half` or `float`.
    pub samples: &'static str,
    /// Name of its primaries, for people.
    pub primaries: &'static str,
    /// Whether the file says what its primaries are.
    pub is_tagged: bool,
}

impl From<dpx::Facts> for Facts {
    fn from(facts: dpx::Facts) -> Self {
        Self {
            timecode: facts.timecode(),
            reel: facts.reel.clone(),
            rate: facts.frame_rate.and_then(|rate| usual_rate(rate.into())),
            remark: facts.is_density.then_some("its header says printing density (log)"),
            ..Self::default()
        }
    }
}

/// The rate that a header's number means, if it is near one.
pub(super) fn usual_rate(found: f64) -> Option<FrameRate> {
    RATES.into_iter().find(|rate| (rate.as_f64() - found).abs() < 0.005)
}
