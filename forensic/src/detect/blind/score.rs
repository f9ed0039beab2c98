//! Which viewing's chips are in a clip, and from which source frame on.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::trace::BlindTrace;
use crate::detect::score::{SURE, nibble_sums, p_value, signed_sum};
use crate::grid::Grid;
use crate::key::{EPOCH_FRAMES, ViewingKey};

/// Epochs after which chips and pilot have come round to the same sign of the pilot.
const TURN: u64 = 2;

/// A viewing, and the source frames it was shown.
pub struct Watched {
    /// Its key.
    pub key: ViewingKey,
    /// What it saw.
    pub frames: Vec<RangeInclusive<u64>>,
}

/// One viewing's figures at the moment that fits it best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlindScore {
    /// Index into the list of viewings.
    pub viewing: usize,
    /// Standard deviations from what chance expects.
    pub z: f64,
    /// Source frame of the first frame that was compared, at that moment.
    pub source_frame: u64,
}

/// The outcome for a list of viewings.
#[derive(Clone, Debug, Default)]
pub struct BlindReport {
    /// One for each viewing that was shown anything, in the order given.
    pub scores: Vec<BlindScore>,
    /// Moments of viewings that were tried: each is paid for.
    pub tried: usize,
}

impl BlindReport {
    /// Bound on the chance that any innocent viewing is as far out at any moment (Hoeffding).
    #[must_use]
    pub fn p(&self, z: f64) -> f64 {
        p_value(z, self.tried, 1)
    }

    /// Every viewing whose mark is there beyond doubt; none means no decision.
    pub fn named(&self) -> impl Iterator<Item = &BlindScore> {
        self.scores.iter().filter(|score| score.z > 0.0 && self.p(score.z) < SURE)
    }
}

impl BlindTrace {
    /// Tries each viewing at every moment that it was shown.
    #[must_use]
    pub fn score(&self, viewings: &[Watched]) -> BlindReport {
        let mut report = BlindReport::default();
        let energy: f64 = self.epochs.iter().flatten().map(|value| f64::from(*value).powi(2)).sum();
        if energy <= 0.0 {
            return report;
        }
        let nibbles: Vec<_> = self.epochs.iter().map(|grid: &Grid| nibble_sums(grid)).collect();
        for (viewing, watched) in viewings.iter().enumerate() {
            let sums = self.sums(&nibbles, watched);
            report.tried += sums.len();
            let best = sums.into_iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            report.scores.extend(best.map(|(epoch, sum)| BlindScore {
                viewing,
                z: sum / energy.sqrt(),
                source_frame: epoch * EPOCH_FRAMES + self.phase as u64,
            }));
        }
        report
    }

    /// For each epoch in which the clip may begin the sum of products.
    fn sums(&self, nibbles: &[Vec<[f32; 16]>], watched: &Watched) -> BTreeMap<u64, f64> {
        let span = nibbles.len() as u64;
        let mut sums: BTreeMap<u64, f64> = BTreeMap::new();
        let mut epochs = BTreeSet::new();
        for range in &watched.frames {
            let first = (range.start() / EPOCH_FRAMES).saturating_sub(span - 1);
            for beginning in (first.next_multiple_of(TURN)..=range.end() / EPOCH_FRAMES).step_by(TURN as usize) {
                sums.entry(beginning).or_default();
                epochs.extend(beginning..beginning + span);
            }
        }
        for epoch in epochs {
            let chips = watched.key.chips(epoch);
            for (after, nibbles) in nibbles.iter().enumerate() {
                let beginning = epoch.checked_sub(after as u64);
                if let Some(sum) = beginning.and_then(|beginning| sums.get_mut(&beginning)) {
                    *sum += signed_sum(nibbles, &chips);
                }
            }
        }
        sums
    }
}
