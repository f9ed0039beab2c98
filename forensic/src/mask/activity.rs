//! Local activity: how far samples are from their surroundings, at about half resolution.

use crate::area::Area;
use crate::grid::{CELLS, COLUMNS, Grid, ROWS};
use crate::plane::{LumaRef, box_mean};

/// Width to which a picture is brought, at least nearly, by whole steps.
const WIDTH: f32 = 960.0;
/// Half the box that counts as surroundings, at that width.
const RADIUS: f32 = 4.0;

/// What each cell holds, in 8-bit codes.
pub(super) struct Cells {
    /// Mean of luma.
    pub mean: Grid,
    /// Mean of |luma - its surroundings|.
    pub activity: Grid,
    /// Highest less lowest luma.
    pub range: Grid,
}

pub(super) fn measure(picture: LumaRef<'_>, area: Area) -> Cells {
    let step = ((area.width as f32 / WIDTH).round() as usize).clamp(1, area.height);
    let (width, height) = ((area.width / step).max(1), area.height / step);
    let small = shrink(picture, area, step, width, height);
    let radius = (RADIUS * width as f32 / WIDTH).round().max(1.0) as usize;
    let around = box_mean(&small, width, height, radius);
    cell_means(&small, &around, width, height)
}

/// Means of `step` x `step` samples.
fn shrink(picture: LumaRef<'_>, area: Area, step: usize, width: usize, height: usize) -> Vec<f32> {
    let mut small = Vec::with_capacity(width * height);
    let (mut row, mut sum) = (Vec::new(), vec![0.0_f32; area.width]);
    let scale = 1.0 / (step * step) as f32;
    for y in 0..height {
        sum.fill(0.0);
        for line in 0..step {
            picture.row_codes(area.y + y * step + line, &mut row);
            sum.iter_mut().zip(&row[area.x..]).for_each(|(sum, value)| *sum += value);
        }
        match step {
            1 => small.extend_from_slice(&sum[..width]),
            2 => small.extend(sum.as_chunks::<2>().0.iter().take(width).map(|[a, b]| (a + b) * scale)),
            _ => small.extend(sum.chunks_exact(step).take(width).map(|block| block.iter().sum::<f32>() * scale)),
        }
    }
    small
}

/// A cell that is smaller than a sample takes the sample it lies in.
fn cell_means(small: &[f32], around: &[f32], width: usize, height: usize) -> Cells {
    let [mut mean, mut activity, mut range] = [(); 3].map(|()| Vec::with_capacity(CELLS));
    for row in 0..ROWS {
        let (top, bottom) = span(row, ROWS, height);
        for column in 0..COLUMNS {
            let (left, right) = span(column, COLUMNS, width);
            let (mut luma, mut distance, mut low, mut high) = (0.0, 0.0, f32::MAX, f32::MIN);
            for y in top..bottom {
                let line = y * width + left..y * width + right;
                for (value, around) in small[line.clone()].iter().zip(&around[line]) {
                    luma += value;
                    distance += (value - around).abs();
                    (low, high) = (low.min(*value), high.max(*value));
                }
            }
            let scale = 1.0 / ((bottom - top) * (right - left)) as f32;
            mean.push(luma * scale);
            activity.push(distance * scale);
            range.push(high - low);
        }
    }
    Cells { mean, activity, range }
}

/// The samples of cell `at` of `cells`, at least one.
fn span(at: usize, cells: usize, length: usize) -> (usize, usize) {
    let start = (at * length / cells).min(length - 1);
    (start, ((at + 1) * length / cells).max(start + 1))
}
