//! Slates of the formats and sizes that somebody watches, painted once for each loss.

use crate::frame::Picture;
use crate::source::slate::slate;
use crate::spec::encode::{PictureSize, VideoFormat};

/// A program's slates.
pub(super) struct Slates {
    title: String,
    painted: Vec<Picture>,
}

impl Slates {
    /// Slates with a review's title.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), painted: Vec::new() }
    }

    /// Frees them: nobody needs one for now.
    pub fn clear(&mut self) {
        self.painted.clear();
    }

    /// A slate of one format and size.
    pub fn picture(&mut self, format: VideoFormat, size: PictureSize) -> Picture {
        if let Some(painted) = self.painted.iter().find(|p| p.format == format && p.size == size) {
            return painted.clone();
        }
        let painted = slate(format, size, &self.title);
        self.painted.push(painted.clone());
        painted
    }
}
