//! Entries that are fitted. Where a transform bends within a cell, entries that lie on it leave all of the error to one
//! side; least squares over many colours of the cell leave less than half of it.

use crate::color::{Primaries, Transfer, Vec3, apply, xyz_to_lab};
use crate::ops::lut3d::{Lut3d, LutDataError};
use crate::ops::scattered;

/// Colours of each cell that are looked at to find those that bend.
const LOOKS: usize = 4;
/// Colours that are fitted, in a cell that bends and in one beside it.
const SAMPLES: [usize; 2] = [64, 16];
/// What is bent is off by more than this, in about deltaE2000.
const BENT: f32 = 0.2;
/// Steps of the descent, and how much of each is repeated in the next.
const STEPS: usize = 25;
const MOMENTUM: f32 = 0.6;

type Rgb = [f32; 3];
/// What replaces places by colours.
type Target<'a> = &'a mut dyn FnMut(&mut [Rgb]);

/// `cube` with other entries at the cells that bend: those with which it is closest to `target`, which replaces places in
/// the cube (0..1 along each edge) by a display's R'G'B'. Entries are within 0..1, or as far beyond as some of `cube` are: what
/// a transform leaves to the display to clip bends nowhere before that.
///
/// # Errors
/// A value of `target` that is not finite.
pub(super) fn fitted(cube: &Lut3d, target: Target<'_>) -> Result<Lut3d, LutDataError> {
    let cells = Cells { size: cube.size() };
    let bent = bent(cube, cells, target);
    let beside = cells.beside(&bent);
    let of_cell = |cell: usize| {
        let [inner, outer] = SAMPLES;
        let count = if bent[cell] {
            inner
        } else if beside[cell] {
            outer
        } else {
            0
        };
        (0..count).map(move |i| cells.place(cell, i * cells.count() + cell))
    };
    let places: Vec<Rgb> = (0..cells.count()).flat_map(of_cell).collect();
    let samples = samples(cube, &places, target);
    let mut free = cells.corners(&bent);
    // Greys are mixed of these alone, so that they stay as neutral as the transform makes them.
    (0..cube.size()).for_each(|i| free[i * (1 + cube.size() + cube.size().pow(2))] = false);
    let entries = descend(cube.values(), &free, &samples);
    Ok(Lut3d::new(cube.size(), cube.domain(), entries)?.with_interpolation(cube.interpolation()))
}

/// The cells of a cube with so many entries along an edge, red fastest.
#[derive(Clone, Copy)]
struct Cells {
    size: usize,
}

impl Cells {
    fn count(self) -> usize {
        (self.size - 1).pow(3)
    }

    fn axes(self, cell: usize) -> [usize; 3] {
        let n = self.size - 1;
        [cell % n, cell / n % n, cell / (n * n)]
    }

    /// A place in a cell, another one for each `i`.
    fn place(self, cell: usize, i: usize) -> Rgb {
        let (axes, within) = (self.axes(cell), scattered(i));
        std::array::from_fn(|c| ((axes[c] as f64 + within[c]) / (self.size - 1) as f64) as f32)
    }

    /// Cells that are `marked` or touch one that is.
    fn beside(self, marked: &[bool]) -> Vec<bool> {
        let touched = self.corners(marked);
        (0..marked.len()).map(|cell| self.corners_of(cell).any(|corner| touched[corner])).collect()
    }

    /// Entries at the corners of `marked` cells.
    fn corners(self, marked: &[bool]) -> Vec<bool> {
        let mut corners = vec![false; self.size.pow(3)];
        for cell in (0..marked.len()).filter(|cell| marked[*cell]) {
            self.corners_of(cell).for_each(|corner| corners[corner] = true);
        }
        corners
    }

    fn corners_of(self, cell: usize) -> impl Iterator<Item = usize> {
        let ([r, g, b], n) = (self.axes(cell), self.size);
        (0..8).map(move |i| (r + i % 2) + n * (g + i / 2 % 2) + n * n * (b + i / 4))
    }
}

/// The cells where the cube is off by more than [`BENT`].
fn bent(cube: &Lut3d, cells: Cells, target: Target<'_>) -> Vec<bool> {
    let places: Vec<Rgb> = (0..cells.count() * LOOKS).map(|i| cells.place(i / LOOKS, i)).collect();
    let samples = samples(cube, &places, target);
    samples.chunks(LOOKS).map(|cell| cell.iter().any(|sample| sample.slope(cube.values()).1 > BENT)).collect()
}

/// One colour that the cube is to give.
struct Sample {
    /// The entries it is mixed of, and their parts.
    corners: [(u32, f32); 4],
    expected: Rgb,
    /// Squares of differences of R'G'B' to squares of about deltaE2000.
    metric: [Rgb; 3],
}

fn samples(cube: &Lut3d, places: &[Rgb], target: Target<'_>) -> Vec<Sample> {
    let mut expected = places.to_vec();
    target(&mut expected);
    let corners =
        places.iter().map(|place| cube.corners(place.map(f64::from)).map(|(i, part)| (i as u32, part as f32)));
    corners.zip(expected).map(|(corners, expected)| Sample { corners, expected, metric: metric(expected) }).collect()
}

impl Sample {
    /// How the error grows with the colour that `entries` give, and the error.
    fn slope(&self, entries: &[Rgb]) -> (Rgb, f32) {
        let difference: Rgb = std::array::from_fn(|c| {
            self.corners.iter().map(|(i, part)| entries[*i as usize][c] * part).sum::<f32>() - self.expected[c]
        });
        let slope = self.metric.map(|row| dot(row, difference));
        (slope, dot(slope, difference).max(0.0).sqrt())
    }
}

fn dot(a: Rgb, b: Rgb) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Weighted least squares: each step goes as far as it can without overshooting, whatever the entries beside do (Erdogan
/// and Fessler, "Ordered subsets algorithms for transmission tomography", 1999: separable surrogates), with momentum.
/// Entries that are not `free` stay.
fn descend(entries: &[Rgb], free: &[bool], samples: &[Sample]) -> Vec<Rgb> {
    let (mut now, mut before) = (entries.to_vec(), entries.to_vec());
    let values = entries.as_flattened().iter();
    let (low, high) = values.fold((0.0_f32, 1.0_f32), |(low, high), v| (low.min(*v), high.max(*v)));
    for step in 0..STEPS {
        let ahead = MOMENTUM * step as f32 / (step + 3) as f32;
        let look = |(now, before): (&Rgb, &Rgb)| std::array::from_fn(|c| now[c] + ahead * (now[c] - before[c]));
        let from: Vec<Rgb> = now.iter().zip(&before).map(look).collect();
        let (slopes, bounds) = pulls(&from, samples);
        before = now;
        now = from;
        for (i, entry) in now.iter_mut().enumerate().filter(|(i, _)| free[*i]) {
            for c in 0..3 {
                entry[c] = (entry[c] - slopes[i][c] / bounds[i][c].max(1.0)).clamp(low, high);
            }
        }
    }
    now
}

/// For each entry, how the squares of all errors grow with it, and a bound of how fast that changes. Large errors count
/// more.
fn pulls(entries: &[Rgb], samples: &[Sample]) -> (Vec<Rgb>, Vec<Rgb>) {
    let mut slopes = vec![[0.0; 3]; entries.len()];
    let mut bounds = slopes.clone();
    for sample in samples {
        let (slope, error) = sample.slope(entries);
        let weight = (error / 0.25).clamp(0.2, 4.0);
        let bound = sample.metric.map(|row| row.into_iter().map(f32::abs).sum::<f32>());
        for (i, part) in &sample.corners {
            let weight = weight * part;
            for c in 0..3 {
                slopes[*i as usize][c] += weight * slope[c];
                bounds[*i as usize][c] += weight * bound[c];
            }
        }
    }
    (slopes, bounds)
}

/// [`Sample::metric`] around a colour of a Rec.709 BT.1886 display: the derivative of L*a*b*, in lightness, chroma and hue,
/// divided by the weights of CIEDE2000 and multiplied by itself.
fn metric(rgb: Rgb) -> [Rgb; 3] {
    const STEP: f64 = 0.01;
    let at = rgb.map(|v| f64::from(v).clamp(0.0, 1.0));
    let lab = lab(at);
    let along: [Vec3; 3] = std::array::from_fn(|c| {
        let mut beside = at;
        let step = if at[c] < 0.5 { STEP } else { -STEP };
        beside[c] += step;
        let other = self::lab(beside);
        perceived(lab, std::array::from_fn(|i| (other[i] - lab[i]) / step))
    });
    std::array::from_fn(|a| std::array::from_fn(|b| (0..3).map(|i| along[a][i] * along[b][i]).sum::<f64>() as f32))
}

/// A small difference from `lab` in the units of CIEDE2000.
fn perceived([l, a, b]: Vec3, [dl, da, db]: Vec3) -> Vec3 {
    let (chroma, (sin, cos)) = (a.hypot(b), b.atan2(a).sin_cos());
    let from_middle = (l - 50.0).powi(2);
    let lightness = 1.0 + 0.015 * from_middle / (20.0 + from_middle).sqrt();
    let (along, across) = (da * cos + db * sin, db * cos - da * sin);
    [dl / lightness, along / (1.0 + 0.045 * chroma), across / (1.0 + 0.015 * chroma)]
}

fn lab(rgb: Vec3) -> Vec3 {
    let to_xyz = Primaries::Bt709.rgb_to_xyz();
    xyz_to_lab(apply(&to_xyz, rgb.map(|v| Transfer::Bt1886.to_linear(v))), apply(&to_xyz, [1.0; 3]))
}
