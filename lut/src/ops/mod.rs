//! The steps a picture goes through: what each means ([`Op`], in `f64`), and the kernels that do it in place on three
//! rows of `f32`, one per component.

pub mod cdl;
pub mod exponent;
#[cfg(target_arch = "x86_64")]
mod gather;
pub mod hdr;
pub mod log;
pub mod lut1d;
pub mod lut3d;
pub mod matrix;
pub mod range;
pub(crate) mod resize;
pub(crate) mod transfer;

mod collapse;
mod direction;
mod op;
mod optimize;

#[cfg(test)]
mod tests;

pub(crate) use collapse::scattered;
pub use collapse::{COLLAPSE_ERROR, CollapseError, Collapsed, Covered, collapsed};
pub use direction::Direction;
pub use op::{IDENTITY, NotInvertible, Op, OpError};
pub(crate) use optimize::clip_op;
pub use optimize::optimized;

use crate::simd::{Simd, per_level};
use lut3d::Domain;

/// Three component rows of equal length: Y'CbCr codes or R'G'B', as the step before left them.
pub(crate) type Rows<'a> = [&'a mut [f32]; 3];

/// One step, ready to run.
#[derive(Clone, Debug)]
pub(crate) enum Kernel {
    Matrix(matrix::Affine32),
    Curve(transfer::Curve),
    Lut1d(lut1d::Table),
    Lut3d(lut3d::Table),
    /// Clip to a domain.
    Clip(Domain),
    /// What has no kernel of its own: each colour by its `f64` meaning. Slow but right.
    Reference(Op),
}

impl Kernel {
    /// The kernel for `op`.
    pub(crate) fn new(op: &Op) -> Self {
        let table = match op {
            Op::Affine(m) => Some(Kernel::Matrix(m.to_f32())),
            Op::Lut1d(lut) if lut.size() == 2 && lut.is_straight() => Some(Kernel::Clip(lut.domain())),
            Op::Lut1d(lut) => lut1d::Table::new(lut).map(Kernel::Lut1d),
            Op::Lut3d(lut) => Some(Kernel::Lut3d(lut3d::Table::new(lut))),
            #[allow(unreachable_patterns, reason = "a new op is right before it is fast")]
            _ => None,
        };
        table.unwrap_or_else(|| Kernel::Reference(op.clone()))
    }

    pub(crate) fn apply(&self, simd: Simd, rows: Rows<'_>) {
        match self {
            Kernel::Matrix(m) => matrix::apply(simd, m, rows),
            Kernel::Curve(c) => transfer::apply(simd, c, rows),
            Kernel::Lut1d(t) => lut1d::apply(simd, t, rows),
            Kernel::Lut3d(t) => lut3d::apply(simd, t, rows),
            Kernel::Clip(domain) => clip(simd, domain, rows),
            Kernel::Reference(op) => reference(op, rows),
        }
    }
}

fn reference(op: &Op, rows: Rows<'_>) {
    let [r, g, b] = rows;
    for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
        [*r, *g, *b] = op.apply([*r, *g, *b].map(f64::from)).map(|v| v as f32);
    }
}

per_level! {
    /// Clips to `domain`.
    fn clip(domain: &Domain, rows: Rows<'_>) = clip_rows;
}

#[inline(always)]
fn clip_rows(domain: &Domain, rows: Rows<'_>) {
    for (c, row) in rows.into_iter().enumerate() {
        let (min, max) = (domain.min[c], domain.max[c]);
        for v in row {
            *v = clamp(*v, min, max);
        }
    }
}

/// `value` within `low..=high`; NaN becomes `low`. One max and one min instruction.
#[inline(always)]
pub(crate) fn clamp(value: f32, low: f32, high: f32) -> f32 {
    let v = if value > low { value } else { low };
    if v < high { v } else { high }
}

/// As [`clamp`], in `f64`.
pub(crate) fn clip_f64(value: f64, low: f64, high: f64) -> f64 {
    if value > low { value.min(high) } else { low }
}
