use std::sync::LazyLock;

use forensic::detect::{Reference, Report};
use forensic::{Area, MasterKey, ProductionKey, ViewingKey};

use super::clip::Clip;

/// Number of the first frame in its source.
pub const FIRST: u64 = 2001;
/// Who leaks.
pub const LEAKERS: [usize; 4] = [3, 141, 592, 653];

/// A review that a thousand people watched.
pub struct Review {
    pub source: Clip,
    pub reference: Reference,
    pub production: ProductionKey,
    pub viewings: Vec<ViewingKey>,
}

/// Twelve frames of 720p; the reference is JPEGs of 480x270.
pub static REVIEW: LazyLock<Review> = LazyLock::new(|| {
    let source = Clip::read("bigbuckbunny.mp4", 40, 12, "null").unwrap();
    let production = MasterKey::new([9; 32]).production("production");
    let viewings = (0..1000).map(|viewing| production.viewing("review", &viewing.to_string())).collect();
    Review { reference: reference(&source), source, production, viewings }
});

pub fn reference(source: &Clip) -> Reference {
    let proxy = source.through("avi", &["-vf", "scale=480:270:flags=area", "-c:v", "mjpeg", "-q:v", "3"]).unwrap();
    Reference::new(&proxy.frames(FIRST), Area::full(480, 270))
}

impl Review {
    pub fn copy(&self, leaker: usize) -> Clip {
        self.source.marked(&self.viewings[leaker], &self.production.pilot(), FIRST).unwrap()
    }

    pub fn identify(&self, suspect: &Clip) -> Report {
        self.reference.identify(&suspect.frames(0), &self.viewings).unwrap()
    }
}

pub fn named(report: &Report) -> Vec<usize> {
    report.named().map(|score| score.viewing).collect()
}
