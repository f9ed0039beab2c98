//! From cells to samples: bilinear between the centres of cells. Across first, once for each row of cells; down as
//! part of the kernel.

use super::kernel::Line;
use crate::area::Area;
use crate::grid::{COLUMNS, ROWS};

/// Interleaved gradient noise (Jimenez, "Next Generation Post Processing in Call of Duty: Advanced Warfare", 2014):
/// frac(52.9829189 frac(0.06711056 x + 0.00583715 y)), in 65536ths.
const ACROSS: f64 = 0.067_110_56;
const DOWN: f64 = 0.005_837_15;

/// Rows of cells brought to the width of an area.
#[derive(Default)]
pub(super) struct Upsampler {
    area: Option<Area>,
    /// Where the samples between one centre and the next begin: COLUMNS + 2 numbers.
    runs: Vec<usize>,
    /// How far each sample is from the centre to its left, in 32768ths.
    across: Vec<i16>,
    /// Phase of the noise at each sample.
    phase: Vec<u16>,
    /// ROWS rows of samples.
    rows: Vec<i16>,
}

impl Upsampler {
    /// Prepares for an area; nothing to do when it is the last one's.
    pub fn fit(&mut self, area: Area) {
        if self.area == Some(area) {
            return;
        }
        let places: Vec<_> = (0..area.width).map(|x| place(x, area.width, COLUMNS)).collect();
        self.runs = (0..=COLUMNS + 1).map(|left| places.partition_point(|(at, _)| *at < left)).collect();
        self.across = places.iter().map(|(_, fraction)| *fraction).collect();
        self.phase = (0..area.width).map(|x| phase(ACROSS, area.x + x)).collect();
        self.rows = vec![0; area.width * ROWS];
        self.area = Some(area);
    }

    /// Takes the marks of all cells.
    pub fn load(&mut self, cells: &[i16]) {
        let width = self.across.len();
        for (cells, row) in cells.chunks_exact(COLUMNS).zip(self.rows.chunks_exact_mut(width)) {
            for left in 0..=COLUMNS {
                let samples = self.runs[left]..self.runs[left + 1];
                let a = cells[left.saturating_sub(1)];
                let twice = (cells[left.min(COLUMNS - 1)] - a) * 2;
                for (out, fraction) in row[samples.clone()].iter_mut().zip(&self.across[samples]) {
                    *out = a.wrapping_add((i32::from(twice).wrapping_mul(i32::from(*fraction)) >> 16) as i16);
                }
            }
        }
    }

    /// What the kernel needs for a row of the area; `y` is the row of the picture.
    pub fn line(&self, row: usize, y: usize) -> Line<'_> {
        let width = self.across.len();
        let height = self.area.map_or(1, |area| area.height);
        let (below, fraction) = place(row, height, ROWS);
        let cells = |at: usize| &self.rows[at * width..][..width];
        Line {
            upper: cells(below.saturating_sub(1)),
            lower: cells(below.min(ROWS - 1)),
            fraction,
            phase: &self.phase,
            row_phase: phase(DOWN, y),
        }
    }
}

/// The number of centres before sample `at` of `length`, and how far it is beyond the last of them, in 32768ths.
fn place(at: usize, length: usize, cells: usize) -> (usize, i16) {
    let position = (at as f64 + 0.5) * cells as f64 / length as f64 + 0.5;
    let whole = position.floor();
    (whole as usize, ((position - whole) * 32768.0) as i16)
}

fn phase(step: f64, at: usize) -> u16 {
    ((step * at as f64).fract() * 65536.0) as u16
}
