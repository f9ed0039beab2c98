//! One table per channel, evenly spaced over a domain, spaced like halves or with listed inputs: a 1D LUT or the
//! shaper before a 3D one.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod data;
mod inverse;
mod scalar;

pub use data::{HALF_SIZE, Inputs, LARGEST_HALF, Lut1d, MAX_SIZE};
pub(crate) use data::{Table, half_inputs};

use super::Rows;
use crate::simd::Simd;

/// Applies `table` in place; input is clipped to the domain.
pub(crate) fn apply(simd: Simd, table: &Table, rows: Rows<'_>) {
    for (channel, row) in table.channels.iter().zip(rows) {
        match simd {
            Simd::Scalar => scalar::apply(channel, row),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2(token) => avx2::apply(token, channel, row),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512(token) => avx512::apply(token, channel, row),
        }
    }
}
