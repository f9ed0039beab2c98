//! What a 3D LUT is, and the table the kernels read.

use super::domain::{Domain, LutDataError, check_values};
use crate::ops::op::same;

/// Fewest entries along an edge.
pub const MIN_SIZE: usize = 2;
/// Most entries along an edge.
pub const MAX_SIZE: usize = 129;

/// How a colour between the entries is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interpolation {
    /// From the four corners of the tetrahedron it lies in: keeps the grey axis, and is what graders expect.
    #[default]
    Tetrahedral,
    /// From all eight corners of its cell, axis by axis.
    Trilinear,
}

/// size^3 colours, red changing fastest, over a domain. Values are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Lut3d {
    size: usize,
    domain: Domain,
    interpolation: Interpolation,
    values: Vec<[f32; 3]>,
}

impl Lut3d {
    /// `values[r + size * (g + size * b)]` is the colour at step r, g, b of `domain`.
    ///
    /// # Errors
    /// A size outside 2..=129; not exactly size^3 colours; a value that is not finite or beyond 1e9;
    /// an empty domain.
    pub fn new(size: usize, domain: Domain, values: Vec<[f32; 3]>) -> Result<Self, LutDataError> {
        if !(MIN_SIZE..=MAX_SIZE).contains(&size) {
            return Err(LutDataError::Size { found: size, min: MIN_SIZE, max: MAX_SIZE });
        }
        if values.len() != size.pow(3) {
            return Err(LutDataError::Count { found: values.len(), expected: size.pow(3) });
        }
        domain.check()?;
        check_values(&values)?;
        Ok(Self { size, domain, interpolation: Interpolation::default(), values })
    }

    /// The same colours, interpolated in another way.
    #[must_use]
    pub fn with_interpolation(self, interpolation: Interpolation) -> Self {
        Self { interpolation, ..self }
    }

    /// How a colour between the entries is found.
    #[must_use]
    pub fn interpolation(&self) -> Interpolation {
        self.interpolation
    }

    /// Entries along an edge.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The input the first and the last entry stand for.
    #[must_use]
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// The colours, red changing fastest.
    #[must_use]
    pub fn values(&self) -> &[[f32; 3]] {
        &self.values
    }

    /// The value of one colour, in `f64`, input clipped to the domain. NaN is the lowest input.
    #[must_use]
    pub fn apply(&self, rgb: [f64; 3]) -> [f64; 3] {
        let (near, axes) = self.locate(rgb);
        match self.interpolation {
            Interpolation::Tetrahedral => self.blend(&tetrahedron(near, axes)),
            Interpolation::Trilinear => self.blend(&cell(near, axes)),
        }
    }

    /// The corners of the tetrahedron that a colour lies in, and their weights.
    pub(crate) fn corners(&self, rgb: [f64; 3]) -> [(usize, f64); 4] {
        let (near, axes) = self.locate(rgb);
        tetrahedron(near, axes)
    }

    /// The near corner of a colour's cell; how far it is from there along each axis, and the step of that.
    fn locate(&self, rgb: [f64; 3]) -> (usize, [(f64, usize); 3]) {
        let strides = [1, self.size, self.size * self.size];
        let mut near = 0;
        let axes = std::array::from_fn(|c| {
            let position = self.domain.position(c, rgb[c], self.size - 1);
            let cell = (position as usize).min(self.size - 2);
            near += cell * strides[c];
            (position - cell as f64, strides[c])
        });
        (near, axes)
    }

    /// Whether each entry is its own input: all it does is clip.
    pub(crate) fn is_straight(&self) -> bool {
        let n = self.size;
        let steps: Vec<[f64; 3]> = (0..n).map(|i| self.domain.at(i as f64 / (n - 1) as f64)).collect();
        self.values.iter().enumerate().all(|(i, rgb)| {
            let at = [i % n, i / n % n, i / n / n];
            (0..3).all(|c| same(f64::from(rgb[c]), steps[at[c]][c]))
        })
    }

    /// The weighted sum of entries.
    fn blend(&self, corners: &[(usize, f64)]) -> [f64; 3] {
        std::array::from_fn(|c| corners.iter().map(|&(i, weight)| f64::from(self.values[i][c]) * weight).sum())
    }
}

/// The four corners around a colour and their weights; `axes` are (fraction, stride).
fn tetrahedron(near: usize, mut axes: [(f64, usize); 3]) -> [(usize, f64); 4] {
    // Descending, and stable: equal fractions keep the order of the axes.
    axes.sort_by(|a, b| b.0.total_cmp(&a.0));
    let [(f1, s1), (f2, s2), (f3, s3)] = axes;
    [(near, 1.0 - f1), (near + s1, f1 - f2), (near + s1 + s2, f2 - f3), (near + s1 + s2 + s3, f3)]
}

/// All eight corners of the cell and their weights; `axes` are (fraction, stride).
fn cell(near: usize, axes: [(f64, usize); 3]) -> [(usize, f64); 8] {
    std::array::from_fn(|corner| {
        axes.iter().enumerate().fold((near, 1.0), |(at, weight), (c, (fraction, stride))| match corner >> c & 1 {
            0 => (at, weight * (1.0 - fraction)),
            _ => (at + stride, weight * fraction),
        })
    })
}

/// A [`Lut3d`] ready for the kernels.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(super) interpolation: Interpolation,
    pub(super) axes: Axes,
    /// size - 1 as a number.
    pub(super) last: f32,
    /// Entries from one red, green, blue to the next: 1, size, size^2.
    pub(super) strides: [usize; 3],
    /// R, G, B, 0, so that a vertex is one aligned load.
    pub(super) vertices: Vec<Vertex>,
}

/// How an input becomes a position, clipped to 0..=last.
#[derive(Clone, Debug)]
pub(super) enum Axes {
    /// position = x * scale, the scale a power of two: `f32` loses nothing.
    Exact([f32; 3]),
    /// position = (x - min) * scale, in `f64`: 24 bits for the cell and the fraction together would leave too few for
    /// the fraction where the cube is steep.
    Wide {
        /// The low end of the domain.
        min: [f64; 3],
        /// Entries per unit of input.
        scale: [f64; 3],
    },
}

impl Axes {
    fn new(domain: &Domain, last: usize) -> Self {
        let min = domain.min.map(f64::from);
        let scale = std::array::from_fn(|c| last as f64 / (f64::from(domain.max[c]) - min[c]));
        let is_power_of_two = |v: &f64| v.to_bits() << 12 == 0;
        if min == [0.0; 3] && scale.iter().all(is_power_of_two) {
            Self::Exact(scale.map(|v| v as f32))
        } else {
            Self::Wide { min, scale }
        }
    }
}

/// One colour of the cube.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub(crate) struct Vertex(pub(super) [f32; 4]);

impl Table {
    pub(crate) fn new(lut: &Lut3d) -> Self {
        let last = lut.size - 1;
        Self {
            interpolation: lut.interpolation,
            axes: Axes::new(&lut.domain, last),
            last: last as f32,
            strides: [1, lut.size, lut.size * lut.size],
            vertices: lut.values.iter().map(|&[r, g, b]| Vertex([r, g, b, 0.0])).collect(),
        }
    }
}
