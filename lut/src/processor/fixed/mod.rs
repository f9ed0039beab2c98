//! The pass for looks: from codes to codes in registers, the cube in 16-bit fixed point. Written once over [`Lanes`],
//! so that every instruction set gives the bits of the scalar one.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod data;
mod kernel;
mod lanes;
mod scalar;
mod strip;

use std::sync::Arc;

use crate::pixel::{Dither, ImageMut, ImageRef, PixelFormat, fill_padding};
use crate::simd::Simd;
use crate::{ChromaSampling, Transform};
use data::Fixed;
use strip::{Offsets, Source, Strip, Target};

/// A transform this pass can do. Cheap to clone.
#[derive(Clone)]
pub(super) struct FixedPass {
    tables: Arc<Fixed>,
}

impl FixedPass {
    /// Nothing when the pass in `f32` must do it: see [`Fixed::new`].
    pub(super) fn new(transform: &Transform, input: PixelFormat, output: PixelFormat) -> Option<Self> {
        Some(Self { tables: Arc::new(Fixed::new(transform, input, output)?) })
    }

    /// Processes the rows of `src` that begin at `top` (even) into `dst`, which is that band only.
    pub(super) fn band(&self, simd: Simd, dither: Dither, src: &ImageRef<'_>, mut dst: ImageMut<'_>, top: usize) {
        let tall = if dst.format().chroma() == ChromaSampling::Cs420 { 2 } else { 1 };
        let offsets = Offsets::of_strips(dither, tall, &self.tables.encode);
        let mut strip = Strip::new(src.width(), src.format(), dst.format());
        for y in (0..dst.height()).step_by(tall) {
            let rows = tall.min(dst.height() - y);
            (0..rows).for_each(|row| strip.load(simd, src, top + y + row, row));
            let offsets = &offsets[(top + y) / tall % offsets.len()];
            strip.with_rows(src, &mut dst, (top + y, top, rows), |source, target| {
                run(simd, &self.tables, source, target, offsets);
            });
            (0..rows).for_each(|row| strip.store(simd, &mut dst, row, 0, y + row));
            (1..3).for_each(|component| strip.store(simd, &mut dst, 0, component, y / tall));
            fill_padding(&mut dst, y);
        }
    }
}

fn run(simd: Simd, tables: &Fixed, source: &Source<'_>, target: &mut Target<'_>, offsets: &Offsets) {
    match simd {
        Simd::Scalar => kernel::run(scalar::Scalar, tables, source, target, offsets),
        // SAFETY: the value proves that the machine has the features.
        #[cfg(target_arch = "x86_64")]
        Simd::Avx2(token) => unsafe { run_avx2(token, tables, source, target, offsets) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Simd::Avx512(token) => unsafe { run_avx512(token, tables, source, target, offsets) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2(token: crate::simd::Avx2, tables: &Fixed, source: &Source<'_>, target: &mut Target<'_>, offsets: &Offsets) {
    kernel::run(token, tables, source, target, offsets);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
fn run_avx512(
    token: crate::simd::Avx512,
    tables: &Fixed,
    source: &Source<'_>,
    target: &mut Target<'_>,
    offsets: &Offsets,
) {
    kernel::run(avx512::Wide::new(token), tables, source, target, offsets);
}
