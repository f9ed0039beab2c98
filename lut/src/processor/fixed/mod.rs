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

/// What one thread works on, band after band.
pub(super) struct Desk {
    /// Rows of a strip.
    tall: usize,
    offsets: [Offsets; 8],
    strip: Strip,
}

impl FixedPass {
    /// Nothing when the pass in `f32` must do it: see [`Fixed::new`].
    pub(super) fn new(transform: &Transform, input: PixelFormat, output: PixelFormat) -> Option<Self> {
        Some(Self { tables: Arc::new(Fixed::new(transform, input, output)?) })
    }

    /// For one thread and pictures of this width.
    pub(super) fn desk(&self, dither: Dither, width: usize, input: PixelFormat, output: PixelFormat) -> Desk {
        let tall = if output.chroma() == ChromaSampling::Cs420 { 2 } else { 1 };
        let offsets = Offsets::of_strips(dither, tall, &self.tables.encode);
        Desk { tall, offsets, strip: Strip::new(width, input, output) }
    }

    /// Processes the rows of `src` that begin at `top` (even) into `dst`, which is that band only.
    pub(super) fn band(&self, simd: Simd, desk: &mut Desk, src: &ImageRef<'_>, mut dst: ImageMut<'_>, top: usize) {
        let Desk { tall, offsets, strip } = desk;
        let tall = *tall;
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
        Simd::Avx2(token) if gathers() => unsafe { run_avx2::<true>(token, tables, source, target, offsets) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Simd::Avx2(token) => unsafe { run_avx2::<false>(token, tables, source, target, offsets) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Simd::Avx512(token) if gathers() => unsafe { run_avx512::<true>(token, tables, source, target, offsets) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Simd::Avx512(token) => unsafe { run_avx512::<false>(token, tables, source, target, offsets) },
    }
}

/// Whether tables are read faster by gather instructions than entry by entry: not on AMD's processors, where one costs
/// twice as much as the loads it stands for (Zen 4).
#[cfg(target_arch = "x86_64")]
fn gathers() -> bool {
    static GATHERS: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        let vendor = std::arch::x86_64::__cpuid(0);
        [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes).as_flattened() != b"AuthenticAMD"
    });
    *GATHERS
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<const GATHER: bool>(
    token: crate::simd::Avx2,
    tables: &Fixed,
    source: &Source<'_>,
    target: &mut Target<'_>,
    offsets: &Offsets,
) {
    kernel::run(avx2::Narrow::<GATHER>(token), tables, source, target, offsets);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
fn run_avx512<const GATHER: bool>(
    token: crate::simd::Avx512,
    tables: &Fixed,
    source: &Source<'_>,
    target: &mut Target<'_>,
    offsets: &Offsets,
) {
    kernel::run(avx512::Wide::<GATHER>::new(token), tables, source, target, offsets);
}
