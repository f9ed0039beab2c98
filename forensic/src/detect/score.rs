//! How surely evidence names a viewing.
//!
//! With the evidence S fixed, the chips of a viewing that had no part in it are independent fair signs, so
//! z = sum of S c / |S| has mean 0 and variance 1, and Hoeffding's inequality (JASA 58, 1963) bounds its tail for
//! every S whatsoever: P(z >= t) <= exp(-t^2 / 2), twice that for both sides. No assumption is made of the picture.

use std::collections::BTreeMap;

use crate::grid::{CELLS, Grid};
use crate::key::ViewingKey;

/// Chances of a wrong name that is accepted: all viewings and hypotheses together.
pub const SURE: f64 = 1e-9;
/// Hypotheses that are paid for in every p-value; never more are tried.
pub const HYPOTHESES: usize = 16;

/// One viewing's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Index into the list of viewings.
    pub viewing: usize,
    /// Standard deviations from what chance expects; the one farthest from 0 of all hypotheses.
    pub z: f64,
    /// Bound on the chance that any innocent viewing of the list gets a z as far out under any hypothesis.
    pub p: f64,
}

/// Evidence by epoch.
#[derive(Clone, Debug, Default)]
pub struct Evidence(BTreeMap<u64, Grid>);

impl Evidence {
    /// Adds a frame's evidence, or `part` of it, to the epoch's.
    pub fn add(&mut self, epoch: u64, grid: &[f32], part: f32) {
        let sum = self.0.entry(epoch).or_insert_with(|| vec![0.0; CELLS]);
        sum.iter_mut().zip(grid).for_each(|(sum, value)| *sum += value * part);
    }

    /// z of each viewing.
    #[must_use]
    pub fn correlate(&self, viewings: &[ViewingKey]) -> Vec<f64> {
        let energy: f64 = self.0.values().flatten().map(|value| f64::from(*value).powi(2)).sum();
        let mut sums = vec![0.0; viewings.len()];
        for (epoch, grid) in &self.0 {
            let nibbles = nibble_sums(grid);
            for (sum, key) in sums.iter_mut().zip(viewings) {
                *sum += signed_sum(&nibbles, &key.chips(*epoch));
            }
        }
        let length = energy.sqrt();
        sums.iter().map(|sum| if length > 0.0 { sum / length } else { 0.0 }).collect()
    }
}

/// min(1, 2 N G exp(-z^2 / 2)) for N viewings and G hypotheses.
#[must_use]
pub fn p_value(z: f64, viewings: usize, hypotheses: usize) -> f64 {
    (2.0 * viewings as f64 * hypotheses as f64 * (-z * z / 2.0).exp()).min(1.0)
}

/// For every four cells the signed sum of each of the sixteen ways to sign them.
pub(super) fn nibble_sums(grid: &[f32]) -> Vec<[f32; 16]> {
    let sums = |cells: &[f32; 4]| {
        std::array::from_fn(|signs| {
            cells.iter().enumerate().map(|(bit, cell)| if signs >> bit & 1 == 1 { *cell } else { -cell }).sum()
        })
    };
    grid.as_chunks::<4>().0.iter().map(sums).collect()
}

pub(super) fn signed_sum(nibbles: &[[f32; 16]], chips: &[u8; CELLS / 8]) -> f64 {
    let pairs = nibbles.as_chunks::<2>().0.iter().zip(chips);
    pairs.map(|([low, high], byte)| f64::from(low[usize::from(byte & 15)] + high[usize::from(byte >> 4)])).sum()
}
