//! Slates of the variants that somebody watches, painted once for each loss.

use super::Variant;
use crate::frame::Picture;
use crate::source::slate::slate;

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

    /// A slate of one variant.
    pub fn picture(&mut self, (format, target, size): Variant) -> Picture {
        let of = |painted: &Picture| (painted.format, painted.target, painted.size);
        if let Some(painted) = self.painted.iter().find(|painted| of(painted) == (format, target, size)) {
            return painted.clone();
        }
        let painted = slate(format, target, size, &self.title);
        self.painted.push(painted.clone());
        painted
    }
}
