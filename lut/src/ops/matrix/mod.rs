//! 3x3 matrix with offset.

mod data;
mod scalar;

use super::Rows;
use crate::simd::per_level;

pub use data::Affine;
pub(crate) use data::Affine32;

per_level! {
    /// Applies `m` in place.
    pub(crate) fn apply(m: &Affine32, rows: Rows<'_>) = scalar::apply;
}
