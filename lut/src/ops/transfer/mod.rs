//! A curve per channel, as a table spaced like floating point.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod data;
mod scalar;

pub(crate) use data::{Curve, LARGEST_INPUT};

use super::Rows;
use crate::simd::Simd;

/// Applies `curve` in place; input is clipped to its domain.
pub(crate) fn apply(simd: Simd, curve: &Curve, rows: Rows<'_>) {
    for (channel, row) in curve.channels.iter().zip(rows) {
        match simd {
            Simd::Scalar => scalar::apply(channel, row),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2(token) => avx2::apply(token, channel, row),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512(token) => avx512::apply(token, channel, row),
        }
    }
}
