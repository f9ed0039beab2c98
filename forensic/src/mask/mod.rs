//! How much mark each cell of a picture bears: worked out once a frame, for all its viewers.

mod activity;
mod sensitivity;

pub use sensitivity::Sensitivity;

use activity::Cells;

use crate::area::Area;
use crate::grid::{self, Grid};
use crate::plane::{Depth, LumaRef};

/// Amplitude where next to nothing happens, in 8-bit codes: below the threshold of sight on flat grey.
const FLAT: f32 = 0.06;
/// Activity from which that fades in, and over how many codes. Below it there is only the rounding of a smooth gradient, which
/// must not gain steps back.
const ANY: (f32, f32) = (0.10, 0.08);
/// Range of luma in a cell up to which it is altogether flat, dithered or not: a chart, a title, black. Any encoder would take
/// the mark out of it again, so neither it nor the cells around it, from which the mark would reach into it, bear one: it
/// stays exact.
fn altogether_flat(depth: Depth) -> f32 {
    match depth {
        Depth::Eight => 1.01,
        Depth::Ten => 0.26,
    }
}
/// What the first code of activity adds, and what every code adds.
const FIRST: f32 = 0.30;
const SLOPE: f32 = 0.08;
/// Most amplitude, in 8-bit codes.
const MOST: f32 = 1.8;
/// Mean luma at which the mark begins, and over how many codes it fades in; the same at the white end.
const BLACK: (f32, f32) = (18.0, 24.0);
const WHITE: (f32, f32) = (234.0, 16.0);
/// Most mean deltaE2000 that the governor lets through.
const MEAN_DELTA_E: f32 = 0.20;
/// Most deltaE2000 of one sample. Half of what 8 bits are allowed: rounding may add a code.
const PEAK_DELTA_E: f32 = 0.9;
/// Mean square of all amplitudes that names a viewing from one frame; a picture that has less, as one that is soft or dark or small
/// between bars, bears up to that much more where it hides that.
const ENOUGH: f32 = 0.6;
const MORE: f32 = 2.2;
/// Difference of a cell from its neighbours, in codes, from which it hides more of a pattern of cells, and over how many codes
/// that fades in. Grain, the finer the less, is not in the means of cells and does not count.
const STRUCTURE: (f32, f32) = (0.5, 1.5);
/// Mean |w| of the mark for amplitude 1: |chips + pilot| after the high pass and the interpolation between cells.
const MEAN_MARK: f32 = 0.53;

/// One frame's amplitudes.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Amplitude of each cell, in 8-bit codes.
    pub(crate) amplitude: Grid,
    /// Most that a sample of each cell may change, in 8-bit codes.
    pub(crate) limit: Grid,
    /// Where the cells lie.
    pub(crate) area: Area,
    /// Of the picture.
    pub(crate) size: (usize, usize),
}

impl Mask {
    /// The mask of a picture whose cells cover `area`; what of that lies outside the picture does not count.
    /// All frames of a program must be given the same area, for the detector has to know it.
    #[must_use]
    pub fn new(picture: LumaRef<'_>, area: Area, sensitivity: &Sensitivity) -> Self {
        let size = (picture.width, picture.height);
        let area = area.within(size.0, size.1);
        let cells = activity::measure(picture, area);
        let (amplitude, limit) = amplitudes(&cells, altogether_flat(picture.depth), sensitivity);
        Self { amplitude, limit, area, size }
    }

    /// Amplitude of each cell in 8-bit codes, row by row.
    #[must_use]
    pub fn amplitude(&self) -> &[f32] {
        &self.amplitude
    }
}

fn amplitudes(cells: &Cells, flat: f32, sensitivity: &Sensitivity) -> (Grid, Grid) {
    let mean = &cells.mean;
    // Activity next to a flat does not hide a mark on it.
    let activity = grid::neighbours(&cells.activity, f32::min);
    let flattest = grid::neighbours(&cells.range, f32::min);
    let (darkest, lightest) = (grid::neighbours(mean, f32::min), grid::neighbours(mean, f32::max));
    let mut amplitude: Grid = activity
        .iter()
        .zip(&flattest)
        .zip(darkest.iter().zip(&lightest))
        .map(|((activity, flattest), (darkest, lightest))| {
            if *flattest <= flat {
                return 0.0;
            }
            let lower = ((darkest - BLACK.0) / BLACK.1).clamp(0.0, 1.0);
            let upper = ((WHITE.0 - lightest) / WHITE.1).clamp(0.0, 1.0);
            bears(*activity) * lower * upper
        })
        .collect();
    strengthen(&mut amplitude, mean);
    govern(&mut amplitude, mean, sensitivity);
    let limit = mean.iter().map(|mean| PEAK_DELTA_E / sensitivity.at(*mean)).collect();
    (amplitude, limit)
}

/// Amplitude where samples are that far from their surroundings, in 8-bit codes.
pub(crate) fn bears(activity: f32) -> f32 {
    let activity = (activity * 1.25 - ANY.0).max(0.0);
    (FLAT * (activity / ANY.1).min(1.0) + FIRST * activity.min(1.0) + SLOPE * activity).min(MOST)
}

/// Gives a picture that bears little as a whole more where its shapes are as coarse as the mark, up to [`MOST`].
fn strengthen(amplitude: &mut [f32], mean: &[f32]) {
    let energy = amplitude.iter().map(|amplitude| amplitude * amplitude).sum::<f32>() / amplitude.len() as f32;
    let more = (ENOUGH / energy.max(1e-6)).sqrt().clamp(1.0, MORE) - 1.0;
    let differences: Grid =
        mean.iter().zip(grid::box_mean(mean, 1)).map(|(own, around)| (own - around).abs()).collect();
    let structure = grid::neighbours(&grid::box_mean(&differences, 1), f32::min);
    for (amplitude, structure) in amplitude.iter_mut().zip(structure) {
        *amplitude *= 1.0 + more * ((structure - STRUCTURE.0) / STRUCTURE.1).clamp(0.0, 1.0);
        *amplitude = amplitude.min(MOST);
    }
}

/// Scales all amplitudes down so that the estimated mean deltaE2000 keeps its limit.
fn govern(amplitude: &mut [f32], mean: &[f32], sensitivity: &Sensitivity) {
    let sum: f32 = amplitude.iter().zip(mean).map(|(amplitude, mean)| amplitude * sensitivity.at(*mean)).sum();
    let delta_e = sum * MEAN_MARK / amplitude.len() as f32;
    if delta_e > MEAN_DELTA_E {
        amplitude.iter_mut().for_each(|amplitude| *amplitude *= MEAN_DELTA_E / delta_e);
    }
}
