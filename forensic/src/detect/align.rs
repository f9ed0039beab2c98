//! Registration: the map from reference to suspect that leaves the least difference in brightness.
//!
//! Gauss-Newton from coarse to fine on one homography shared by all pairs of pictures, with gain and offset taken out,
//! outliers weighed down, and the gradients of both pictures averaged (efficient second-order minimisation, Benhimane
//! and Malis, IROS 2004).

use super::gray::Gray;
use super::homography::{Homography, Warped};

/// Widths of the reference at which the map is refined, and how often at each.
const LEVELS: [(usize, usize); 4] = [(60, 14), (120, 10), (240, 8), (480, 5)];
/// A step smaller than this, in half widths, ends a level.
const SMALL_STEP: f64 = 2e-5;
const PARAMETERS: usize = 8;

/// Sums of Gauss-Newton's normal equations.
struct Normal {
    matrix: [[f64; PARAMETERS]; PARAMETERS],
    vector: [f64; PARAMETERS],
}

/// Refines `start` over pairs of (reference, suspect), from level `first` on; the last level is the finest that the
/// reference has.
pub(super) fn refine(pairs: &[(&Gray, &Gray)], start: Homography, first: usize) -> Homography {
    let mut map = start;
    for (width, rounds) in LEVELS.into_iter().skip(first) {
        let scaled: Vec<_> =
            pairs.iter().map(|(r, s)| (r.at_most(width), map.fitting(s, width.min(r.width)))).collect();
        for _ in 0..rounds {
            let Some(step) = step(&scaled, &map) else { return map };
            map = map.after(&step);
            if step.distance(&Homography::scale_shift(1.0, 1.0, 0.0, 0.0), 0.6) < SMALL_STEP {
                break;
            }
        }
    }
    map
}

/// Normalised cross-correlation of a reference and the suspect brought into its place; -1 when less than a tenth of
/// the reference is shown.
pub(super) fn likeness(reference: &Gray, suspect: &Gray, map: &Homography) -> f64 {
    correlation(reference, &map.warp(&map.fitting(suspect, reference.width), reference.width, reference.height))
}

/// The same for a suspect that has been brought into place.
pub(super) fn correlation(reference: &Gray, warped: &Warped) -> f64 {
    let (mut count, mut sums) = (0.0_f64, [0.0_f64; 5]);
    for ((r, s), valid) in reference.codes.iter().zip(&warped.codes).zip(&warped.valid) {
        if *valid {
            let (r, s) = (f64::from(*r), f64::from(*s));
            count += 1.0;
            for (sum, value) in sums.iter_mut().zip([r, s, r * r, s * s, r * s]) {
                *sum += value;
            }
        }
    }
    if count < reference.codes.len() as f64 / 10.0 {
        return -1.0;
    }
    let [r, s, rr, ss, rs] = sums.map(|sum| sum / count);
    (rs - r * s) / ((rr - r * r) * (ss - s * s)).max(1e-9).sqrt()
}

fn step(pairs: &[(Gray, Gray)], map: &Homography) -> Option<Homography> {
    let mut normal = Normal { matrix: [[0.0; PARAMETERS]; PARAMETERS], vector: [0.0; PARAMETERS] };
    for (reference, suspect) in pairs {
        normal.add(reference, suspect, map);
    }
    let p = normal.solve()?;
    // A step out of all proportion means that there is nothing to hold on to.
    if !p.iter().all(|value| value.abs() < 0.3) {
        return None;
    }
    Some(Homography([1.0 + p[0], p[1], p[2], p[3], 1.0 + p[4], p[5], p[6], p[7], 1.0]))
}

impl Normal {
    fn add(&mut self, reference: &Gray, suspect: &Gray, map: &Homography) {
        let (width, height) = reference.size();
        let mut warped = map.warp(suspect, width, height);
        let Some(spread) = match_tone(&reference.codes, &mut warped.codes, &warped.valid) else { return };
        let half = width as f64 / 2.0;
        let (r, s) = (&reference.codes, &warped.codes);
        // The finest level has more samples than are needed.
        let stride = if width > 300 { 2 } else { 1 };
        for row in (1..height.saturating_sub(1)).step_by(stride) {
            let y = (row as f64 + 0.5 - height as f64 / 2.0) / half;
            for column in (1..width.saturating_sub(1)).step_by(stride) {
                let at = row * width + column;
                if ![at, at - 1, at + 1, at - width, at + width].iter().all(|at| warped.valid[*at]) {
                    continue;
                }
                let x = (column as f64 + 0.5 - half) / half;
                let slope = |a: usize, b: usize| f64::from(r[a] - r[b] + s[a] - s[b]) / 4.0 * half;
                let (gx, gy) = (slope(at + 1, at - 1), slope(at + width, at - width));
                let error = f64::from(s[at] - r[at]);
                let weight = 1.0 / (1.0 + (error / spread).powi(2));
                let lift = -(x * gx + y * gy);
                self.add_sample([x * gx, y * gx, gx, x * gy, y * gy, gy, x * lift, y * lift], error, weight);
            }
        }
    }

    #[inline]
    fn add_sample(&mut self, slopes: [f64; PARAMETERS], error: f64, weight: f64) {
        for (i, slope) in slopes.iter().enumerate() {
            let weighted = slope * weight;
            self.vector[i] -= weighted * error;
            for (out, other) in self.matrix[i].iter_mut().zip(&slopes).take(i + 1) {
                *out += weighted * other;
            }
        }
    }

    /// Cholesky, with a little damping.
    fn solve(&self) -> Option<[f64; PARAMETERS]> {
        let mut l = [[0.0; PARAMETERS]; PARAMETERS];
        for i in 0..PARAMETERS {
            for j in 0..=i {
                let damping = if i == j { self.matrix[i][i] * 1e-6 } else { 0.0 };
                let rest = self.matrix[i][j] + damping - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
                l[i][j] = if i == j { Some(rest).filter(|rest| *rest > 0.0)?.sqrt() } else { rest / l[j][j] };
            }
        }
        let mut x = self.vector;
        for i in 0..PARAMETERS {
            x[i] = (x[i] - (0..i).map(|k| l[i][k] * x[k]).sum::<f64>()) / l[i][i];
        }
        for i in (0..PARAMETERS).rev() {
            x[i] = (x[i] - (i + 1..PARAMETERS).map(|k| l[k][i] * x[k]).sum::<f64>()) / l[i][i];
        }
        Some(x)
    }
}

/// Gives the suspect the reference's contrast and brightness; returns the usual difference that remains.
fn match_tone(reference: &[f32], suspect: &mut [f32], valid: &[bool]) -> Option<f64> {
    let mut sums = [0.0_f64; 5];
    for ((r, s), _) in reference.iter().zip(suspect.iter()).zip(valid).filter(|(_, valid)| **valid) {
        let (r, s) = (f64::from(*r), f64::from(*s));
        for (sum, value) in sums.iter_mut().zip([1.0, r, s, s * s, r * s]) {
            *sum += value;
        }
    }
    let [count, r, s, ss, rs] = sums;
    if count < reference.len() as f64 / 10.0 {
        return None;
    }
    let gain = ((rs - r * s / count) / (ss - s * s / count).max(1e-6)).clamp(0.2, 5.0) as f32;
    let offset = (r / count) as f32 - gain * (s / count) as f32;
    let mut error = 0.0;
    for ((r, s), valid) in reference.iter().zip(suspect).zip(valid) {
        *s = *s * gain + offset;
        error += if *valid { f64::from((*s - r).abs()) } else { 0.0 };
    }
    Some((1.5 * error / count).max(1.0))
}
