//! Another size, and nothing else: the same layout, the same meaning of the code values.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod data;
mod scalar;

use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use crate::ChromaSampling;
use crate::pixel::{ImageError, ImageMut, ImageRef, PixelFormat, check_size, fill_padding};
use crate::simd::{Level, Simd};
use data::Grid;
use scalar::{Plane, Scratch};

/// Why a picture is not resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ResizeError {
    /// No picture has such a size.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Packed pictures are read by the processor only.
    #[error("found {format:?}, expected a format that is not packed")]
    Layout {
        /// The format.
        format: PixelFormat,
    },
    /// A picture is not in the format the resizer was made for.
    #[error("found a picture in {found:?}, expected {expected:?}")]
    Format {
        /// The picture's format.
        found: PixelFormat,
        /// The resizer's format.
        expected: PixelFormat,
    },
    /// A picture is not of the size the resizer was made for.
    #[error("found a picture of {found:?} pixels, expected {expected:?}")]
    Size {
        /// Width and height of the picture.
        found: (usize, usize),
        /// Width and height the resizer was made for.
        expected: (usize, usize),
    },
}

/// Brings pictures of one format from one size to another. Cheap to share between threads; after the first picture
/// nothing the size of a row is allocated.
///
/// * The filter is Catmull-Rom on code values, widened for fewer pixels (see `data.rs`); both passes are in `f32` and
///   codes are rounded once, to nearest, halves to even, and clipped to what the depth can hold (not to legal range).
/// * A flat area keeps its code, an axis whose length does not change is copied to the bit.
/// * Chroma is sited left (see [`ChromaSampling`]) before and after, whatever that means for the phase of its samples.
/// * Beyond the edges the outermost samples repeat. Rows are taken as one picture: fields are not told apart.
#[derive(Debug)]
pub struct Resizer {
    format: PixelFormat,
    from: (usize, usize),
    to: (usize, usize),
    luma: Grid,
    chroma: Grid,
    simd: Simd,
    /// One for each thread that was ever at work at a time.
    scratch: Mutex<Vec<Scratch>>,
}

impl Resizer {
    /// Prepares the taps for pictures of `from` to become pictures of `to` (width, height), on the widest instruction
    /// set there is (see [`Level::best`]).
    ///
    /// # Errors
    /// A width or height is zero or over 32,768; the format is [`PixelFormat::Packed`].
    pub fn new(format: PixelFormat, from: (usize, usize), to: (usize, usize)) -> Result<Self, ResizeError> {
        Self::with_level(format, from, to, Level::best())
    }

    /// As [`Resizer::new`], on `level` or what the machine has below it. All levels give the same bits.
    ///
    /// # Errors
    /// As [`Resizer::new`].
    pub fn with_level(
        format: PixelFormat,
        from: (usize, usize),
        to: (usize, usize),
        level: Level,
    ) -> Result<Self, ResizeError> {
        if let PixelFormat::Packed(_) = format {
            return Err(ResizeError::Layout { format });
        }
        check_size(from.0, from.1)?;
        check_size(to.0, to.1)?;
        let luma = Grid::new(ChromaSampling::Cs444, from, to);
        let chroma = Grid::new(format.chroma(), from, to);
        Ok(Self { format, from, to, luma, chroma, simd: Simd::new(level), scratch: Mutex::default() })
    }

    /// The instruction set it runs on.
    #[must_use]
    pub fn level(&self) -> Level {
        self.simd.level()
    }

    /// Resizes a picture on this thread.
    ///
    /// # Errors
    /// A picture is in another format or of another size than the resizer was made for.
    pub fn resize(&self, src: &ImageRef<'_>, dst: &mut ImageMut<'_>) -> Result<(), ResizeError> {
        self.resize_parallel(src, dst, 1)
    }

    /// Resizes a picture in bands of rows on up to `threads` threads (1..=64), this one among them. Gives the same
    /// bits as [`Resizer::resize`].
    ///
    /// # Errors
    /// As [`Resizer::resize`].
    pub fn resize_parallel(
        &self,
        src: &ImageRef<'_>,
        dst: &mut ImageMut<'_>,
        threads: usize,
    ) -> Result<(), ResizeError> {
        self.check(src.format(), (src.width(), src.height()), self.from)?;
        self.check(dst.format(), (dst.width(), dst.height()), self.to)?;
        let pairs = self.to.1.div_ceil(2);
        let threads = threads.clamp(1, 64).min(pairs);
        std::thread::scope(|scope| {
            let mut rest = dst.reborrow();
            let mut top = 0;
            for i in 1..threads {
                let end = pairs * i / threads * 2;
                let (band, below) = rest.split_at_row(end - top);
                rest = below;
                scope.spawn(move || self.band(src, band, top));
                top = end;
            }
            self.band(src, rest, top);
        });
        Ok(())
    }

    fn check(&self, format: PixelFormat, found: (usize, usize), expected: (usize, usize)) -> Result<(), ResizeError> {
        if format != self.format {
            return Err(ResizeError::Format { found: format, expected: self.format });
        }
        if found == expected { Ok(()) } else { Err(ResizeError::Size { found, expected }) }
    }

    /// Makes the rows that begin at `top` (even) of the new picture; `dst` is that band only.
    fn band(&self, src: &ImageRef<'_>, mut dst: ImageMut<'_>, top: usize) {
        let mut scratch = self.pool().pop().unwrap_or_default();
        for index in 0..self.format.plane_count() {
            let plane = self.plane(src, index, (top, dst.height()));
            match self.simd {
                Simd::Scalar => scalar::resize(&plane, &mut dst, &mut scratch),
                #[cfg(target_arch = "x86_64")]
                Simd::Avx2(token) => avx2::resize(token, &plane, &mut dst, &mut scratch),
                #[cfg(target_arch = "x86_64")]
                Simd::Avx512(token) => avx512::resize(token, &plane, &mut dst, &mut scratch),
            }
        }
        (0..dst.height()).for_each(|y| fill_padding(&mut dst, y));
        self.pool().push(scratch);
    }

    /// Plane `index` of `src`, to make `rows` picture rows from `top` of it.
    fn plane<'a>(&'a self, src: &ImageRef<'a>, index: usize, (top, rows): (usize, usize)) -> Plane<'a> {
        let (bytes, stride) = src.plane(index);
        let depth = self.format.depth();
        let [luma, ..] = self.format.components();
        let row_bytes = self.format.plane_size(index, self.from.0, 1).0;
        Plane {
            index,
            bytes,
            stride,
            channels: channels(self.format, index),
            depth,
            shift: luma.shift,
            grid: if index == 0 { &self.luma } else { &self.chroma },
            width: row_bytes / depth.bytes(),
            first: self.format.plane_size(index, 1, top).1,
            rows: self.format.plane_size(index, 1, rows).1,
        }
    }

    /// Holds nothing that a panic elsewhere could have left half done.
    fn pool(&self) -> std::sync::MutexGuard<'_, Vec<Scratch>> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Samples of plane `index` that share a place in a row.
fn channels(format: PixelFormat, index: usize) -> usize {
    match format {
        PixelFormat::Planar(..) | PixelFormat::Gbr(_) => 1,
        PixelFormat::SemiPlanar(..) => 1 + index,
        PixelFormat::Rgba | PixelFormat::Bgra | PixelFormat::Packed(_) => 4,
    }
}
