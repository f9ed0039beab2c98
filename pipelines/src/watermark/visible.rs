//! The visible mark: who watches, from where, when, and the viewing's code, burned into luma before any encoder.
//!
//! What it says and how it lies over the picture follows from the project's template. It moves six times a minute, after 5 to
//! 20 seconds each, and then stands a little turned and a little fainter or stronger, so that what an average of pictures
//! leaves is not what was in any of them. Text is laid out when a mark is made, turned when it moves, and its clock drawn
//! when the second changes; a frame costs a blend over the letters.

use std::time::SystemTime;

use super::block::Block;
use super::clock::unix_seconds;
use super::ink::{Codes, Ink, Pose, Shade};
use super::places::{Place, places, turn};
use super::setting::blocks;
pub use super::stay::STAYS_SECONDS;
use super::stay::Stay;
use crate::frame::Picture;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::watermark::MarkSpec;

/// One viewer's mark, laid out for pictures of one format and size.
pub struct VisibleMark {
    spec: MarkSpec,
    of: (VideoFormat, PictureSize, TargetColor),
    codes: Codes,
    blocks: Vec<Block>,
    stay: Option<Stay>,
    second: Option<u64>,
    inks: Vec<Ink>,
    places: Vec<(Place, Vec<Option<Shade>>)>,
}

impl VisibleMark {
    /// Lays out the mark of `spec` for pictures of `format` and `size`. Takes milliseconds, never fails: whatever a name
    /// contains, something that identifies the viewing is drawn.
    pub fn new(spec: &MarkSpec, format: VideoFormat, size: PictureSize) -> Self {
        Self::in_color(spec, format, size, TargetColor::default())
    }

    /// The same for pictures of a target's colour, so that nothing is laid out again at the first of them.
    pub(crate) fn in_color(spec: &MarkSpec, format: VideoFormat, size: PictureSize, target: TargetColor) -> Self {
        Self {
            spec: spec.clone(),
            of: (format, size, target),
            codes: Codes::of(format, target),
            blocks: blocks(spec, size),
            stay: None,
            second: None,
            inks: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Burns the mark into the picture's luma, as of `utc`. A picture of another format, size or colour than the mark
    /// was made for is marked too: the mark is laid out again.
    pub fn burn(&mut self, picture: &mut Picture, utc: SystemTime) {
        let of = (picture.format(), picture.size(), picture.target());
        if of != self.of {
            *self = Self::in_color(&self.spec, of.0, of.1, of.2);
        }
        self.turn_to(unix_seconds(utc));
        for (place, shades) in &mut self.places {
            if let Some(ink) = self.inks.get(place.block) {
                ink.burn(picture, place.at, shades);
            }
        }
    }

    /// Shows a second's time, in the place and pose of its stay.
    fn turn_to(&mut self, second: u64) {
        if self.second == Some(second) {
            return;
        }
        self.second = Some(second);
        let stay = Stay::at(second, &self.spec.session_code);
        if self.stay == Some(stay) {
            for (block, ink) in self.blocks.iter_mut().zip(&mut self.inks) {
                if let Some(changed) = block.set_time(second) {
                    ink.refresh(block, changed);
                }
            }
            return;
        }
        self.stay = Some(stay);
        let (layout, codes) = (self.spec.template.layout, self.codes);
        let fill = self.spec.template.strength() * stay.opacity();
        let inks = self.blocks.iter_mut().enumerate().map(|(index, block)| {
            block.set_time(second);
            Ink::new(block, Pose { turn: turn(layout, index, stay), fill }, codes)
        });
        self.inks = inks.collect();
        let places = places(layout, stay, self.of.1, &self.inks).into_iter();
        self.places = places.map(|place| (place, vec![None; self.inks[place.block].pieces()])).collect();
    }
}
