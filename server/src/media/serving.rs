//! What each viewer is sent of their rendition, by what their network and device take (`pipelines::spec::encode::rate`).

use std::time::Instant;

use pipelines::spec::encode::rate::{Decoding, Line, RateControl, Serving};
use uuid::Uuid;

use super::picture::Picture;
use super::viewing::Viewing;
use super::{Media, MediaEvent, lock};

/// A change of bits that is told to pages; smaller ones only to the encoder.
const WORTH_TELLING: f64 = 0.15;

impl Viewing {
    /// The picture as it is served now.
    pub(super) fn describe(&mut self) {
        let (size, rate) = self.source;
        let picture = Picture::new(&self.rendition, size, rate, self.best, self.wanted);
        self.picture = picture.limited(&self.rendition, &self.control.serving());
    }
}

impl Media {
    /// Follows what a viewing's line shows.
    pub(super) fn see_line(&self, viewing: Uuid, line: Line) {
        self.judge(viewing, |control| control.see_line(line, Instant::now()));
    }

    /// Follows what a viewing's page tells of its decoder.
    pub fn see_decoding(&self, viewing: Uuid, decoding: Decoding) {
        self.judge(viewing, |control| control.see_decoding(decoding, Instant::now()));
    }

    /// Whether what a review shows has sound, as far as is known.
    pub(super) fn has_sound(&self, review: Uuid) -> bool {
        self.source(review).info.is_none_or(|info| info.has_audio)
    }

    /// Tells the peers of a review whether there is sound to be in time with.
    pub(super) fn tell_sound(&self, review: Uuid) {
        let sound = self.has_sound(review);
        for viewing in lock(&self.shared.viewings).values().filter(|viewing| viewing.review == review) {
            viewing.sending.send_modify(|sending| sending.sound = sound);
        }
    }

    fn judge(&self, viewing: Uuid, see: impl FnOnce(&mut RateControl) -> Option<Serving>) {
        let mut viewings = lock(&self.shared.viewings);
        let Some(entry) = viewings.get_mut(&viewing) else { return };
        if let Some(serving) = see(&mut entry.control) {
            tracing::debug!(%viewing, ?serving, "served anew");
            self.serve(viewing, entry, serving);
        }
    }

    /// Has the engine and the peer follow, and says so where a person would want to know.
    pub(super) fn serve(&self, viewing: Uuid, entry: &mut Viewing, serving: Serving) {
        let engine = &self.shared.engine;
        engine.thin(viewing, serving.one_of);
        engine.reshape(viewing, serving.size, serving.bitrate_bps);
        entry.sending.send_modify(|sending| {
            (sending.most_bps, sending.now_bps) = (entry.rendition.bitrate_bps, serving.bitrate_bps);
        });
        let before = entry.picture.clone();
        entry.describe();
        let now = &entry.picture;
        let bits = f64::from(before.bitrate_bps);
        let near = (f64::from(now.bitrate_bps) - bits).abs() < WORTH_TELLING * bits;
        let kind = |picture: &Picture| (picture.width, picture.height, picture.rate, picture.limit, picture.reference);
        if near && kind(now) == kind(&before) {
            entry.picture = before;
        } else {
            self.tell(MediaEvent::PictureChanged { viewing });
        }
    }
}
