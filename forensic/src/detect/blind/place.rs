//! Where the cells lie: the pilot is slid over the sum in its rhythm at every size that a part of the picture may have.

use super::fft::Plane;
use super::rhythm::PHASES;
use crate::detect::gray::Gray;
use crate::detect::homography::Homography;
use crate::grid::{self, CELLS, COLUMNS, Grid, ROWS};
use crate::plane::box_mean;

/// Samples of a cell, across and down.
const FINE: usize = 2;
const WIDTH: usize = COLUMNS * FINE;
const HEIGHT: usize = ROWS * FINE;
/// Sides of the transform: the pilot, and room to slide.
const SIDES: (usize, usize) = (512, 256);
/// Widths of the suspect, in samples: half of the picture to a little more than all of it. At the next width the outermost cells are
/// half a sample off.
const WIDTHS: (usize, usize, usize) = (WIDTH / 2, WIDTH + 16, 2);
/// How far the suspect may reach beyond the picture.
const BEYOND: isize = 8;
/// Placings that are refined, and the z from which that is worth it.
const BEST: usize = 4;
const WORTH: f64 = 2.0;

/// Where the suspect may lie, and when its first epoch begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placing {
    /// From the picture that was marked to the suspect.
    pub map: Homography,
    /// Source frames from the beginning of an even epoch to the first frame, 0..8.
    pub phase: usize,
    /// Of the pilot.
    pub z: f64,
}

/// The pilot, ready to be looked for.
pub(super) struct Pilot {
    signs: Grid,
    spectrum: Plane,
}

impl Pilot {
    pub fn new(chips: &[u8; CELLS / 8]) -> Self {
        let signs: Grid = grid::signs(chips).collect();
        let mark = Gray { width: COLUMNS, height: ROWS, codes: grid::high_pass(&signs) }.resized(WIDTH, HEIGHT);
        let mut plane = Plane::new(SIDES.0, SIDES.1);
        for (row, codes) in mark.codes.chunks_exact(WIDTH).enumerate() {
            plane.re[row * SIDES.0..][..WIDTH].copy_from_slice(codes);
        }
        Self { signs, spectrum: plane.forward() }
    }

    /// The likeliest placing of a suspect, of which `sums` has the sum of each phase, in a picture of that height over width.
    pub fn find(&self, sums: &[Gray; PHASES], aspect: f64) -> Option<Placing> {
        let suspect = sums[0].aspect();
        let mut found: Vec<(f32, Placing)> = Vec::new();
        for width in (WIDTHS.0..=WIDTHS.1).step_by(WIDTHS.2) {
            let height = (width as f64 * suspect / aspect * HEIGHT as f64 / WIDTH as f64).round() as usize;
            if (HEIGHT / 4..=HEIGHT + FINE * 2).contains(&height) {
                found.extend(self.slide(sums, (width, height), aspect));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        // All of the picture is likelier than any part, so it is tried however little it stands out.
        let whole = Homography::scale_shift(1.0, suspect / aspect, 0.0, 0.0);
        let whole = (0..2 * PHASES).map(|phase| Placing { map: whole, phase, z: 0.0 });
        let refined = found.iter().take(BEST).map(|(_, placing)| *placing).chain(whole);
        let refined = refined.map(|placing| self.refined(&sums[placing.phase % PHASES], placing, aspect));
        refined.max_by(|a, b| a.z.total_cmp(&b.z))
    }

    /// The best place of each phase at one size, and how far it stands out.
    fn slide(&self, sums: &[Gray; PHASES], size: (usize, usize), aspect: f64) -> Vec<(f32, Placing)> {
        let suspect = sums[0].aspect();
        let mut placings = Vec::new();
        for (pair, sums) in sums.as_chunks::<2>().0.iter().enumerate() {
            let mut plane = Plane::new(SIDES.0, SIDES.1);
            lay(&sums[0], size, &mut plane.re);
            lay(&sums[1], size, &mut plane.im);
            let found = self.spectrum.clone().correlated(&plane.forward());
            for (odd, (surface, turn)) in [(&found.re, 1.0), (&found.im, -1.0)].into_iter().enumerate() {
                let spread = (surface.iter().map(|v| v * v).sum::<f32>() / surface.len() as f32).sqrt().max(1e-12);
                let (value, x, y) = peak(surface, size);
                let map = placed((x, y), size, suspect, aspect);
                let later = if value * turn < 0.0 { PHASES } else { 0 };
                placings.push((value.abs() / spread, Placing { map, phase: pair * 2 + odd + later, z: 0.0 }));
            }
        }
        placings
    }

    /// How much of the pilot is there.
    pub fn z(&self, sum: &Gray, map: &Homography, aspect: f64) -> f64 {
        let height = ((WIDTH as f64 * aspect).round() as usize).max(ROWS);
        let warped = map.warp(&map.fitting(sum, WIDTH), WIDTH, height);
        let cells = Gray { width: WIDTH, height, codes: warped.codes }.resized(COLUMNS, ROWS);
        let (mut product, mut energy) = (0.0, 0.0);
        for (value, sign) in grid::high_pass(&cells.codes).iter().zip(&self.signs) {
            product += f64::from(value * sign);
            energy += f64::from(value * value);
        }
        if energy > 0.0 { product / energy.sqrt() } else { 0.0 }
    }

    /// Moves, stretches and turns a little as long as it helps.
    pub fn refined(&self, sum: &Gray, placing: Placing, aspect: f64) -> Placing {
        let turn = if placing.phase < PHASES { 1.0 } else { -1.0 };
        let score = |map: &Homography| turn * self.z(sum, map, aspect);
        let mut best = (score(&placing.map), placing.map);
        if best.0 < WORTH {
            return Placing { z: best.0, ..placing };
        }
        // Half widths: a cell is 1/80.
        let mut step = 0.004;
        while step > 0.0004 {
            let mut helped = false;
            for (parameter, direction) in (0..5).flat_map(|parameter| [(parameter, 1.0), (parameter, -1.0)]) {
                let map = best.1.after(&nudge(parameter, direction * step));
                let z = score(&map);
                if z > best.0 {
                    (best, helped) = ((z, map), true);
                }
            }
            step *= if helped { 1.0 } else { 0.5 };
        }
        Placing { map: best.1, z: best.0, ..placing }
    }
}

/// Along, down, larger, higher, turned.
fn nudge(parameter: usize, by: f64) -> Homography {
    match parameter {
        0 => Homography::scale_shift(1.0, 1.0, by, 0.0),
        1 => Homography::scale_shift(1.0, 1.0, 0.0, by),
        2 => Homography::scale_shift(1.0 + by, 1.0 + by, 0.0, 0.0),
        3 => Homography::scale_shift(1.0, 1.0 + by, 0.0, 0.0),
        _ => Homography([by.cos(), -by.sin(), 0.0, by.sin(), by.cos(), 0.0, 0.0, 0.0, 1.0]),
    }
}

/// The sum at that size, less its surroundings, into the corner of a plane of [`SIDES`].
fn lay(sum: &Gray, size: (usize, usize), plane: &mut [f32]) {
    let small = sum.resized(size.0, size.1);
    let around = box_mean(&small.codes, size.0, size.1, 2 * FINE);
    let rows = small.codes.chunks_exact(size.0).zip(around.chunks_exact(size.0));
    for (out, (codes, around)) in plane.chunks_exact_mut(SIDES.0).zip(rows) {
        out.iter_mut().zip(codes.iter().zip(around)).for_each(|(out, (code, around))| *out = code - around);
    }
}

/// The farthest value, of either sign, at a place where the suspect lies in the picture.
fn peak(surface: &[f32], (width, height): (usize, usize)) -> (f32, isize, isize) {
    let range = |length: usize, whole: usize| {
        let room = whole as isize - length as isize;
        room.min(0) - BEYOND..=room.max(0) + BEYOND
    };
    let mut best = (0.0_f32, 0, 0);
    for y in range(height, HEIGHT) {
        let row = &surface[y.rem_euclid(SIDES.1 as isize) as usize * SIDES.0..][..SIDES.0];
        for x in range(width, WIDTH) {
            let value = row[x.rem_euclid(SIDES.0 as isize) as usize];
            if value.abs() > best.0.abs() {
                best = (value, x, y);
            }
        }
    }
    best
}

/// The map that puts the suspect, `width` x `height` samples large, with its corner at `x`, `y`.
fn placed((x, y): (isize, isize), (width, height): (usize, usize), suspect: f64, aspect: f64) -> Homography {
    let (half_width, half_height) = (width as f64 / 2.0, height as f64 / 2.0);
    let (middle_x, middle_y) = (WIDTH as f64 / 2.0, HEIGHT as f64 / 2.0);
    Homography::scale_shift(
        middle_x / half_width,
        middle_y / aspect / half_height * suspect,
        (middle_x - x as f64 - half_width) / half_width,
        (middle_y - y as f64 - half_height) / half_height * suspect,
    )
}
