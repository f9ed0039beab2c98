//! A cube of colours, interpolated over the tetrahedron or the cell a colour lies in.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod data;
mod domain;
mod scalar;
mod trilinear;

pub(crate) use data::Table;
pub use data::{Interpolation, Lut3d, MAX_SIZE, MIN_SIZE};
pub(crate) use domain::check_values;
pub use domain::{Domain, LutDataError};

use super::Rows;
use crate::simd::Simd;

/// Applies `table` in place; input is clipped to the domain.
pub(crate) fn apply(simd: Simd, table: &Table, rows: Rows<'_>) {
    match simd {
        _ if table.interpolation == Interpolation::Trilinear => trilinear::apply(simd, table, rows),
        Simd::Scalar => scalar::apply(table, rows),
        #[cfg(target_arch = "x86_64")]
        Simd::Avx2(token) => avx2::apply(token, table, rows),
        #[cfg(target_arch = "x86_64")]
        Simd::Avx512(token) => avx512::apply(token, table, rows),
    }
}
