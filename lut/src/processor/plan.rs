//! Which steps a transform comes down to.

use super::Transform;
use super::compile::{CURVE_ERROR, compile};
use crate::ops::lut3d::Domain;
use crate::ops::matrix::Affine;
use crate::ops::transfer::Curve;
use crate::ops::{Kernel, Op, clip_op};
use crate::{ColorSpec, PixelFormat, Transfer};

/// The steps.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    /// Each component on its own, at its own sampling: scale and offset.
    Rescale([(f32, f32); 3]),
    /// Full-size rows through these.
    Kernels(Vec<Kernel>),
}

impl Plan {
    pub(super) fn new(transform: &Transform, input: PixelFormat, output: PixelFormat) -> Self {
        let Transform { input: from, look, output: to } = transform;
        let (decode, encode) = (values(*from, input), codes(*to, output));
        let untouched = look.is_none() && from.same_rgb(*to);
        if untouched && from.matrix == to.matrix && input.chroma() == output.chroma() {
            let whole = decode.then(&encode);
            return Self::Rescale(std::array::from_fn(|i| (whole.m[i][i] as f32, whole.offset[i] as f32)));
        }
        let to_rgb = decode.then(&Affine::linear(from.matrix.ycbcr_to_rgb()));
        let from_rgb = Affine::linear(to.matrix.rgb_to_ycbcr()).then(&encode);
        if untouched {
            let whole = if from.matrix == to.matrix { decode.then(&encode) } else { to_rgb.then(&from_rgb) };
            return Self::Kernels(vec![Kernel::Matrix(whole.to_f32())]);
        }
        let mut kernels = vec![Kernel::Matrix(to_rgb.to_f32())];
        if let Some(look) = look {
            // Clipped to 0..1 on the way in and out; the compiler drops what the tables see to themselves.
            let clip = || clip_op(Domain::UNIT).into_iter();
            let ops: Vec<Op> = clip().chain(look.ops.iter().cloned()).chain(clip()).collect();
            kernels.extend(compile(&ops, CURVE_ERROR));
        }
        kernels.extend(display_ops(*from, *to));
        kernels.push(Kernel::Matrix(from_rgb.to_f32()));
        Self::Kernels(kernels)
    }

    /// The same with chroma brought to full size and back, for when it has to move.
    pub(super) fn with_full_chroma(self) -> Self {
        match self {
            Self::Rescale(scales) => {
                let row = |i: usize| {
                    std::array::from_fn(|j| match j {
                        3 => scales[i].1,
                        _ if i == j => scales[i].0,
                        _ => 0.0,
                    })
                };
                Self::Kernels(vec![Kernel::Matrix(std::array::from_fn(row))])
            }
            kernels @ Self::Kernels(_) => kernels,
        }
    }
}

/// From R'G'B' of `from` to R'G'B' of `to`; each curve clips its input to 0..1.
fn display_ops(from: ColorSpec, to: ColorSpec) -> Vec<Kernel> {
    if from.same_rgb(to) {
        return Vec::new();
    }
    if from.primaries == to.primaries {
        return vec![curve(move |v| to.transfer.from_linear(from.transfer.to_linear(v)))];
    }
    vec![
        eotf(from.transfer),
        Kernel::Matrix(Affine::linear(from.primaries.to(to.primaries)).to_f32()),
        curve(move |l| to.transfer.from_linear(l)),
    ]
}

fn eotf(transfer: Transfer) -> Kernel {
    curve(move |v| transfer.to_linear(v))
}

fn curve(f: impl Fn(f64) -> f64) -> Kernel {
    Kernel::Curve(Curve::new(f))
}

/// Codes to Y' 0..1 and Cb, Cr -0.5..0.5, or to R'G'B' 0..1.
fn values(spec: ColorSpec, format: PixelFormat) -> Affine {
    let Affine { m, offset } = codes(spec, format);
    let scale = [m[0][0], m[1][1], m[2][2]].map(f64::recip);
    Affine::diagonal(scale, std::array::from_fn(|i| -offset[i] * scale[i]))
}

/// The inverse of [`values`], unrounded.
fn codes(spec: ColorSpec, format: PixelFormat) -> Affine {
    let q = spec.range.quantization(format.depth().bits());
    if format.is_rgb() {
        Affine::diagonal([q.luma_scale; 3], [q.luma_offset; 3])
    } else {
        Affine::diagonal(
            [q.luma_scale, q.chroma_scale, q.chroma_scale],
            [q.luma_offset, q.chroma_offset, q.chroma_offset],
        )
    }
}
