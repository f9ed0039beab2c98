//! Marks burned into the picture of each viewer, before any encoder.

pub mod clock;
pub mod figures;
mod stamp;
pub mod text;
pub mod visible;

use crate::frame::{FrameTime, Picture};

/// A picture that carries one viewer's mark: the only thing an encoder accepts. Its fields are private to this module,
/// so nothing else can make one.
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
