//! What a suspect has that the reference has not: tone, sharpness and shading taken out, gathered into cells.

use super::gray::Gray;
use super::homography::Homography;
use crate::area::Area;
use crate::grid::{self, CELLS, COLUMNS, Grid, ROWS};
use crate::mask::{Mask, Sensitivity};
use crate::plane::{Depth, LumaRef, PlaneError, box_mean};

/// Steps of the tone curve.
const TONES: usize = 64;
/// Window of the local gain and offset, as a part of the width; and contrast, in codes squared, below which the local
/// gain is not trusted.
const WINDOW: f64 = 0.03;
const TRUST: f32 = 8.0;
/// A cell's residual is limited to this many times its surroundings' spread.
const CLIP: f32 = 2.5;
/// Half the box, in cells, over which that spread is measured.
const SPREAD_RADIUS: usize = 4;

/// What is correlated with the keys: for each cell the residual, limited and weighed by the mark it can bear.
pub(super) fn evidence(reference: &Gray, suspect: &Gray, map: &Homography, mask: &Mask) -> Grid {
    let (width, height) = reference.size();
    let warped = map.warp(&map.fitting(suspect, width), width, height);
    let weight: Vec<f32> = warped.valid.iter().map(|valid| f32::from(u8::from(*valid))).collect();
    let toned = tone(&reference.codes, &warped.codes, &weight);
    let residual = subtract(&toned, &warped.codes, &weight, width, height);
    graded(&residual, &weight, width, mask)
}

/// What the samples of `residual`, in rows of `width`, say of each cell, weighed by the mark it can bear.
pub(super) fn graded(residual: &[f32], weight: &[f32], width: usize, mask: &Mask) -> Grid {
    normalise(residual, weight, width, mask.area, mask.amplitude())
}

/// The mark that a picture can bear.
///
/// # Errors
/// When it has no samples.
pub(super) fn mask(picture: &Gray, area: Area, sensitivity: &Sensitivity) -> Result<Mask, PlaneError> {
    let (width, height) = picture.size();
    let bytes = picture.bytes();
    Ok(Mask::new(LumaRef::new(&bytes, width, width, height, Depth::Eight)?, area, sensitivity))
}

/// The reference with the suspect's tone: the mean of the suspect for each code of the reference.
fn tone(reference: &[f32], suspect: &[f32], weight: &[f32]) -> Vec<f32> {
    let mut sums = [[0.0_f64; 3]; TONES];
    for ((r, s), w) in reference.iter().zip(suspect).zip(weight) {
        let sum = &mut sums[((r / 4.0) as usize).min(TONES - 1)];
        let w = f64::from(*w);
        sum[0] += w;
        sum[1] += w * f64::from(*r);
        sum[2] += w * f64::from(*s);
    }
    let knots: Vec<(f32, f32)> = sums
        .iter()
        .filter(|[count, ..]| *count >= 30.0)
        .map(|[count, r, s]| ((r / count) as f32, (s / count) as f32))
        .collect();
    reference.iter().map(|r| interpolate(&knots, *r)).collect()
}

fn interpolate(knots: &[(f32, f32)], x: f32) -> f32 {
    let after = knots.partition_point(|(at, _)| *at <= x);
    match (after.checked_sub(1).and_then(|before| knots.get(before)), knots.get(after)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0).max(1e-3),
        (Some(edge), None) | (None, Some(edge)) => edge.1 + x - edge.0,
        (None, None) => x,
    }
}

/// Suspect less reference, after sharpness (one factor for each of two bands) and local gain and offset.
fn subtract(reference: &[f32], suspect: &[f32], weight: &[f32], width: usize, height: usize) -> Vec<f32> {
    let bands: Vec<Vec<f32>> = [1, 3]
        .iter()
        .map(|radius| {
            let mean = box_mean(reference, width, height, *radius);
            reference.iter().zip(mean).map(|(value, mean)| value - mean).collect()
        })
        .collect();
    let [a, b] = sharpness(&bands, reference, suspect, weight);
    let shaped: Vec<f32> = reference
        .iter()
        .zip(bands[0].iter().zip(&bands[1]))
        .map(|(r, (fine, coarse))| r + a * fine + b * coarse)
        .collect();
    let radius = ((width as f64 * WINDOW) as usize).max(2);
    let around = |values: Vec<f32>| box_mean(&values, width, height, radius);
    let product =
        |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).zip(weight).map(|((a, b), w)| a * b * w).collect() };
    let ones = vec![1.0; reference.len()];
    let (count, r, s) = (around(weight.to_vec()), around(product(&shaped, &ones)), around(product(suspect, &ones)));
    let (rr, rs) = (around(product(&shaped, &shaped)), around(product(&shaped, suspect)));
    (0..reference.len())
        .map(|at| {
            let n = count[at].max(1e-3);
            let (r, s) = (r[at] / n, s[at] / n);
            let gain = (rs[at] / n - r * s + TRUST) / (rr[at] / n - r * r + TRUST).max(1e-3);
            (suspect[at] - s - gain * (shaped[at] - r)) * weight[at]
        })
        .collect()
}

/// Least squares of the difference on two bands of the reference.
fn sharpness(bands: &[Vec<f32>], reference: &[f32], suspect: &[f32], weight: &[f32]) -> [f32; 2] {
    let mut sums = [0.0_f64; 5];
    for at in 0..reference.len() {
        let w = f64::from(weight[at]);
        let (a, b) = (f64::from(bands[0][at]), f64::from(bands[1][at]));
        let e = f64::from(suspect[at] - reference[at]);
        for (sum, value) in sums.iter_mut().zip([a * a, a * b, b * b, a * e, b * e]) {
            *sum += w * value;
        }
    }
    let [aa, ab, bb, ae, be] = sums;
    let determinant = aa * bb - ab * ab;
    if determinant <= 1e-6 * aa * bb || determinant <= 0.0 {
        return [0.0; 2];
    }
    [((ae * bb - be * ab) / determinant) as f32, ((be * aa - ae * ab) / determinant) as f32]
}

/// Means over cells, without their surroundings, over their surroundings' spread, limited, times the mask.
fn normalise(residual: &[f32], weight: &[f32], width: usize, area: Area, amplitude: &[f32]) -> Grid {
    let (cells, valid) = cells(residual, weight, width, area);
    let around = |values: &[f32], radius: usize| grid::box_mean(values, radius);
    let (sum, count) = (around(&cells, 2), around(&valid, 2));
    let high: Grid = (0..CELLS).map(|at| (cells[at] - sum[at] / count[at].max(1e-3)) * valid[at]).collect();
    let squares: Grid = high.iter().map(|value| value * value).collect();
    let (energy, count) = (around(&squares, SPREAD_RADIUS), around(&valid, SPREAD_RADIUS));
    let spread: Grid = energy.iter().zip(&count).map(|(e, n)| (e / n.max(1e-3)).sqrt().max(0.02)).collect();
    let limited: Grid = high.iter().zip(&spread).map(|(value, spread)| (value / spread).clamp(-CLIP, CLIP)).collect();
    // The mark was softened and interpolated: what it left in a cell's neighbours is its own as well.
    let matched = grid::softened(&limited).into_iter().zip(&spread);
    matched.zip(amplitude).map(|((value, spread), amplitude)| value * amplitude / spread.max(0.05)).collect()
}

/// Mean residual of each cell, 0 where less than half of it is shown; and whether it is.
fn cells(residual: &[f32], weight: &[f32], width: usize, area: Area) -> (Grid, Grid) {
    let edge = |at: usize, cells: usize, length: usize| at * length / cells;
    let (mut means, mut valid) = (Vec::with_capacity(CELLS), Vec::with_capacity(CELLS));
    for row in 0..ROWS {
        let (top, bottom) = (edge(row, ROWS, area.height), edge(row + 1, ROWS, area.height));
        for column in 0..COLUMNS {
            let (left, right) = (edge(column, COLUMNS, area.width), edge(column + 1, COLUMNS, area.width));
            let (mut sum, mut shown) = (0.0, 0.0);
            for y in area.y + top..area.y + bottom.max(top + 1).min(area.height) {
                let line = y * width + area.x + left..y * width + area.x + right.max(left + 1).min(area.width);
                sum += residual[line.clone()].iter().sum::<f32>();
                shown += weight[line].iter().sum::<f32>();
            }
            let enough = shown > 0.0 && shown * 2.0 >= ((bottom - top) * (right - left)) as f32;
            means.push(if enough { sum / shown } else { 0.0 });
            valid.push(f32::from(u8::from(enough)));
        }
    }
    (means, valid)
}
