//! An affine map of three components, composed in `f64` and applied in `f32`.

use crate::color::{Mat3, Vec3, apply, inverse, multiply};
use crate::ops::{NotInvertible, OpError};

/// `out = m * in + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Row-major 3x3 matrix.
    pub m: Mat3,
    /// Added after the matrix.
    pub offset: Vec3,
}

/// Rows of `[m0, m1, m2, offset]`.
pub(crate) type Affine32 = [[f32; 4]; 3];

impl Affine {
    /// A matrix without offset.
    #[must_use]
    pub const fn linear(m: Mat3) -> Self {
        Self { m, offset: [0.0; 3] }
    }

    /// Each component on its own: `out = scale * in + offset`.
    #[must_use]
    pub const fn diagonal(scale: Vec3, offset: Vec3) -> Self {
        let [a, b, c] = scale;
        Self { m: [[a, 0.0, 0.0], [0.0, b, 0.0], [0.0, 0.0, c]], offset }
    }

    /// First `self`, then `next`.
    #[must_use]
    pub fn then(&self, next: &Affine) -> Self {
        let moved = apply(&next.m, self.offset);
        let offset = std::array::from_fn(|i| moved[i] + next.offset[i]);
        Self { m: multiply(&next.m, &self.m), offset }
    }

    /// The value of one colour.
    #[must_use]
    pub fn apply(&self, rgb: Vec3) -> Vec3 {
        let [a, b, c] = apply(&self.m, rgb);
        [a + self.offset[0], b + self.offset[1], c + self.offset[2]]
    }

    /// Whether every entry is a number.
    ///
    /// # Errors
    /// [`OpError::NotFinite`] for a NaN or an infinity.
    pub fn check(&self) -> Result<(), OpError> {
        let finite = |v: &f64| v.is_finite();
        match (self.m.iter().flatten().all(finite), self.offset.iter().all(finite)) {
            (false, _) => Err(OpError::NotFinite { parameter: "a matrix entry" }),
            (_, false) => Err(OpError::NotFinite { parameter: "an offset" }),
            _ => Ok(()),
        }
    }

    /// The map that undoes this one.
    ///
    /// # Errors
    /// [`NotInvertible::Singular`] when no finite one does.
    pub fn inverse(&self) -> Result<Affine, NotInvertible> {
        let m = inverse(&self.m);
        let [a, b, c] = apply(&m, self.offset);
        let undo = Affine { m, offset: [-a, -b, -c] };
        undo.check().map(|()| undo).map_err(|_| NotInvertible::Singular)
    }

    /// Whether each component depends on itself only.
    #[must_use]
    pub fn is_diagonal(&self) -> bool {
        (0..3).all(|i| (0..3).all(|j| i == j || self.m[i][j] == 0.0))
    }

    /// Whether it changes nothing but what rounding in `f64` might.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        const ROUNDING: f64 = 1.0e-12;
        let near = |i: usize, j: usize| (self.m[i][j] - f64::from(u8::from(i == j))).abs() <= ROUNDING;
        (0..3).all(|i| self.offset[i].abs() <= ROUNDING && (0..3).all(|j| near(i, j)))
    }

    /// Rounded for the kernels.
    pub(crate) fn to_f32(self) -> Affine32 {
        std::array::from_fn(|i| {
            let [a, b, c] = self.m[i];
            [a as f32, b as f32, c as f32, self.offset[i] as f32]
        })
    }
}
