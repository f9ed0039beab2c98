//! Where in hours of reference a suspect may come from: thumbnails of many frames, looked through for one picture.

use super::gray::Gray;
use super::thumbnail;

/// Reference frames in small, all of one shape.
#[derive(Default)]
pub struct Index {
    numbers: Vec<u64>,
    thumbnails: Vec<Gray>,
    aspect: f64,
}

impl Index {
    /// Adds a frame of the reference under its number.
    pub fn add(&mut self, number: u64, frame: &Gray) {
        self.aspect = frame.aspect();
        self.numbers.push(number);
        self.thumbnails.push(thumbnail::thumbnail(frame));
    }

    /// The frame that looks most like the suspect, upright or mirrored, whole or in part, and how much: 1 is exactly,
    /// below about 0.5 it is another picture.
    #[must_use]
    pub fn find(&self, suspect: &Gray) -> Option<(u64, f64)> {
        let sighting = thumbnail::find(&suspect.at_most(240), &self.thumbnails, self.aspect)?;
        Some((*self.numbers.get(sighting.at)?, sighting.likeness))
    }
}
