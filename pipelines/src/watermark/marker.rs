//! Both marks, and the only way to a picture that an encoder accepts.

use std::time::{Duration, Instant, SystemTime};

use forensic::embed::WrongMask;
use forensic::{ForensicMark, PlaneError};

use super::visible::VisibleMark;
use crate::frame::{ColorFrame, FrameTime, Picture};
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::watermark::Marks;
use crate::strip::guard::Guard;

/// Longest time for which the visible mark is lifted, whatever is asked.
pub const LONGEST_LIFT: Duration = Duration::from_secs(60);

/// A picture that carries one viewer's invisible mark and, unless that is lifted, their visible one: the only thing an
/// encoder accepts. Its fields are private to this file, and only [`Marker::mark`] makes one.
#[derive(Debug)]
pub struct MarkedFrame {
    picture: Picture,
    time: FrameTime,
}

impl MarkedFrame {
    /// The marked samples.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The marked samples, and when they are shown.
    pub fn into_parts(self) -> (Picture, FrameTime) {
        (self.picture, self.time)
    }
}

/// Why a picture cannot be marked; it is not shown then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// It has no luma.
    #[error("a picture cannot be marked: {0}")]
    Plane(#[from] PlaneError),
    /// The mask is of another picture.
    #[error("a picture cannot be marked: {0}")]
    Mask(#[from] WrongMask),
}

/// Marks pictures for one viewer.
pub struct Marker {
    invisible: ForensicMark,
    visible: VisibleMark,
    guard: Guard,
    lifted_until: Option<Instant>,
}

impl Marker {
    /// A viewer's marks, laid out for pictures of `format` and `size`; others are marked too, after some milliseconds.
    pub fn new(marks: &Marks, format: VideoFormat, size: PictureSize) -> Self {
        let keys = &marks.invisible;
        Self {
            invisible: ForensicMark::new(keys.viewing.clone(), &keys.pilot),
            visible: VisibleMark::new(&marks.visible, format, size),
            guard: Guard::default(),
            lifted_until: None,
        }
    }

    /// Takes another visible mark from the next picture on.
    pub fn show(&mut self, visible: VisibleMark) {
        self.visible = visible;
    }

    /// Lifts the visible mark until then, at most for [`LONGEST_LIFT`] from now; `None` ends that. The invisible mark
    /// stays. It comes back by itself: nobody has to remember it.
    pub fn lift_until(&mut self, until: Option<Instant>) {
        self.lifted_until = until.map(|until| until.min(Instant::now() + LONGEST_LIFT));
    }

    /// Whether pictures are without the visible mark just now.
    fn is_lifted(&mut self) -> bool {
        self.lifted_until = self.lifted_until.filter(|until| Instant::now() < *until);
        self.lifted_until.is_some()
    }

    /// A copy of the frame with both marks: the invisible one by its source frame, over it the visible one as of `utc`
    /// unless that is lifted, and under them the guard of the signal strip, which is made of the marked picture.
    ///
    /// # Errors
    /// When the picture has no samples.
    pub fn mark(&mut self, frame: &ColorFrame, utc: SystemTime) -> Result<MarkedFrame, MarkError> {
        let mut picture = frame.picture.clone();
        self.invisible.burn(&mut picture.luma_mut()?, frame.mask()?, frame.time.stamp.source_frame)?;
        if !self.is_lifted() {
            self.visible.burn(&mut picture, utc);
        }
        self.guard.lay(&mut picture, frame.time.pts);
        Ok(MarkedFrame { picture, time: frame.time.clone() })
    }
}
