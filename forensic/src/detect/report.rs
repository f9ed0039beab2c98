//! What was found, before and after the keys were tried.

use super::gray::Gray;
use super::homography::Homography;
use super::score::{Evidence, HYPOTHESES, SURE, Score, p_value};
use crate::key::ViewingKey;

/// Where and when a suspect was found in the reference, and what it has that the reference has not.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The evidence under each way to place the suspect; empty when it does not show the reference.
    pub hypotheses: Vec<Evidence>,
    /// Source frame taken for each suspect frame.
    pub source_frames: Vec<u64>,
    /// Whether left and right are exchanged in the suspect.
    pub mirrored: bool,
    /// From the reference to the suspect (to its mirror image if `mirrored`).
    pub place: Option<Homography>,
    /// Correlation of suspect and reference in small; below 0.5 there is no evidence.
    pub likeness: f64,
}

/// The outcome for a list of viewings.
#[derive(Clone, Debug)]
pub struct Report {
    /// One for each viewing, in the order given; empty when the suspect does not show the reference.
    pub scores: Vec<Score>,
    /// What they rest on.
    pub trace: Trace,
}

impl Trace {
    /// A suspect frame brought into the place of a reference of `width` x `height`; black where it shows nothing.
    #[must_use]
    pub fn aligned(&self, suspect: &Gray, width: usize, height: usize) -> Option<Gray> {
        let place = self.place?;
        let upright = if self.mirrored { suspect.mirrored() } else { suspect.clone() };
        let codes = place.warp(&place.fitting(&upright, width), width, height).codes;
        Some(Gray { width, height, codes })
    }

    /// Correlates the evidence with the key of each viewing.
    #[must_use]
    pub fn score(self, viewings: &[ViewingKey]) -> Report {
        let mut best: Vec<f64> = Vec::new();
        for evidence in &self.hypotheses {
            let z = evidence.correlate(viewings);
            best.resize(z.len(), 0.0);
            best.iter_mut().zip(z).filter(|(best, z)| z.abs() > best.abs()).for_each(|(best, z)| *best = z);
        }
        let score = |(viewing, z): (usize, f64)| Score { viewing, z, p: p_value(z, viewings.len(), HYPOTHESES) };
        Report { scores: best.into_iter().enumerate().map(score).collect(), trace: self }
    }
}

impl Report {
    /// Every viewing whose mark is there beyond doubt; none means no decision.
    pub fn named(&self) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(|score| score.z > 0.0 && score.p < SURE)
    }

    /// Viewings whose mark is there with the wrong sign: somebody subtracted it, and knew it.
    pub fn subtracted(&self) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(|score| score.z < 0.0 && score.p < SURE)
    }
}
