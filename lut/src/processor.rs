//! From the source's colour to the viewer's, in one pass over the rows.

mod compile;
mod crew;
mod fixed;
mod op_processor;
mod pass;
mod plan;

use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use crate::formats::Lut;
use crate::ops::OpError;
use crate::pixel::{ChromaSiting, Dither, ImageMut, ImageRef, PixelFormat, Quantizer};
use crate::simd::{Level, Simd};
use crate::{ChromaSampling, ColorSpec, Matrix};
use fixed::FixedPass;
use pass::Desk;
use plan::Plan;

pub use compile::CURVE_ERROR;
pub use op_processor::OpProcessor;

/// Bands a picture is cut into for each of several threads: a thread that is held up leaves the rest to the others, and
/// at the end they wait for each other no longer than one takes.
const BANDS_PER_THREAD: usize = 32;
/// Row pairs a band has at least, if the picture does.
const LOWEST_BAND: usize = 4;

/// What is to happen to the colour.
///
/// Codes -> R'G'B' (by `input.matrix` and `range`) -> `look` -> light (by `input.transfer`) ->
/// `output.primaries` -> `output.transfer` -> codes (by `output.matrix` and `range`).
///
/// * With a look, `input.primaries` and `input.transfer` say what comes *out of the look*.
/// * Without one, and with equal primaries and transfer, R'G'B' is left alone and nothing is
///   clipped but what the output codes cannot hold; equal matrices too, and every component is only
///   rescaled, chroma of equal sampling untouched.
/// * Otherwise R'G'B' is clipped to 0..1 before the look and before each curve: colours outside the
///   output primaries lose what is negative, channel by channel.
/// * Codes are rounded to nearest, halves to even. When the output has fewer bits than the input
///   (see [`Dithering`]), an 8x8 ordered dither of mean zero is added; what is a code already never moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Transform {
    /// What the source codes mean (with a look: what its output means).
    pub input: ColorSpec,
    /// The show LUT, applied to R'G'B' 0..1.
    pub look: Option<Lut>,
    /// What the viewer is sent.
    pub output: ColorSpec,
}

/// Why a picture cannot be processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProcessorError {
    /// R'G'B' stored with a Y'CbCr matrix, or Y'CbCr stored without one.
    #[error("found matrix {matrix:?} for {format:?}, expected Identity for RGB and only for RGB")]
    Matrix {
        /// The matrix of the specification.
        matrix: Matrix,
        /// The format it was given with.
        format: PixelFormat,
    },
    /// The output format can only be read.
    #[error("found {format:?} for the output, expected a format that can be written")]
    Output {
        /// The format.
        format: PixelFormat,
    },
    /// A step has a parameter that is not a number.
    #[error("op {index}: {error}")]
    Op {
        /// Which op, from 0.
        index: usize,
        /// What is wrong with it.
        error: OpError,
    },
    /// A picture is not in the format the processor was made for.
    #[error("found a picture in {found:?}, expected {expected:?}")]
    Format {
        /// The picture's format.
        found: PixelFormat,
        /// The processor's format.
        expected: PixelFormat,
    },
    /// Source and destination differ in size.
    #[error("found a destination of {found:?} pixels, expected {expected:?}")]
    Size {
        /// Width and height of the destination.
        found: (usize, usize),
        /// Width and height of the source.
        expected: (usize, usize),
    },
}

/// When codes are dithered rather than rounded to the nearest. A value that is a code already is never
/// moved, whatever the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dithering {
    /// Always to the nearest code.
    Never,
    /// When the output has fewer bits than the input.
    #[default]
    FewerBits,
    /// Always: an area keeps the exact average of what was computed, a single pixel may be off by up to
    /// one code instead of a half.
    Always,
}

/// How a [`Processor`] computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// `f32`, step by step over rows: any transform.
    Float,
    /// In registers with the cube in 16-bit fixed point: a look of a cube, or a 1D LUT and a cube, and what follows it; up
    /// to 12 bits in and 10 out. At most one 10-bit code from the exact result, on at most 0.5 % of samples.
    Fixed,
}

/// A [`Transform`] made ready for one input and one output format. Cheap to share between threads.
#[derive(Clone)]
pub struct Processor {
    input: PixelFormat,
    siting: ChromaSiting,
    output: PixelFormat,
    plan: Plan,
    /// Instead of the plan, where 16 bits are fine enough.
    fixed: Option<FixedPass>,
    quantizer: Quantizer,
    simd: Simd,
}

impl std::fmt::Debug for Processor {
    /// Without the tables, which have thousands of entries.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("Processor");
        out.field("input", &self.input).field("output", &self.output).field("level", &self.level());
        out.field("path", &self.path());
        out.finish_non_exhaustive()
    }
}

impl Processor {
    /// Prepares tables for the widest instruction set there is (see [`Level::best`]).
    ///
    /// # Errors
    /// [`ProcessorError::Matrix`] when a matrix does not go with its format, [`ProcessorError::Output`] when the output
    /// format can only be read, [`ProcessorError::Op`] when a parameter of the look is NaN or infinite.
    pub fn new(transform: &Transform, input: PixelFormat, output: PixelFormat) -> Result<Processor, ProcessorError> {
        Self::with_level(transform, input, output, Level::best())
    }

    /// As [`Processor::new`], on `level` or what the machine has below it. All levels give the same
    /// bits.
    ///
    /// # Errors
    /// As [`Processor::new`].
    pub fn with_level(
        transform: &Transform,
        input: PixelFormat,
        output: PixelFormat,
        level: Level,
    ) -> Result<Processor, ProcessorError> {
        for (spec, format) in [(transform.input, input), (transform.output, output)] {
            if (spec.matrix == Matrix::Identity) != format.is_rgb() {
                return Err(ProcessorError::Matrix { matrix: spec.matrix, format });
            }
        }
        if !output.is_writable() {
            return Err(ProcessorError::Output { format: output });
        }
        let look = transform.look.as_ref().map_or(&[][..], |look| &look.ops);
        compile::check(look).map_err(|(index, error)| ProcessorError::Op { index, error })?;
        // Every pass sees the shortest look there is.
        let look = transform.look.as_ref().map(Lut::optimized);
        let transform = &Transform { look, ..*transform };
        let quantizer = Quantizer { dither: Dither::Nearest, depth: output.depth() };
        let plan = Plan::new(transform, input, output);
        let fixed = FixedPass::new(transform, input, output);
        let (siting, simd) = (ChromaSiting::Left, Simd::new(level));
        let processor = Processor { input, siting, output, plan, fixed, quantizer, simd };
        Ok(processor.dithering(Dithering::default()))
    }

    /// The instruction set it runs on.
    #[must_use]
    pub fn level(&self) -> Level {
        self.simd.level()
    }

    /// How it computes.
    #[must_use]
    pub fn path(&self) -> Path {
        if self.fixed.is_some() { Path::Fixed } else { Path::Float }
    }

    /// The same processor with another choice of dithering.
    #[must_use]
    pub fn dithering(mut self, dithering: Dithering) -> Processor {
        let ordered = match dithering {
            Dithering::Never => false,
            Dithering::FewerBits => self.output.depth() < self.input.depth(),
            Dithering::Always => true,
        };
        self.quantizer.dither = if ordered { Dither::Ordered } else { Dither::Nearest };
        self
    }

    /// The same processor for pictures whose chroma lies elsewhere than [`ChromaSiting::Left`], where it is written.
    #[must_use]
    pub fn chroma_siting(mut self, siting: ChromaSiting) -> Processor {
        if siting != ChromaSiting::Left && self.input.chroma() != ChromaSampling::Cs444 {
            self.plan = self.plan.with_full_chroma();
            // It knows no other siting.
            self.fixed = None;
        }
        self.siting = siting;
        self
    }

    /// Processes a whole picture on this thread.
    ///
    /// # Errors
    /// A picture is in another format than the processor was made for, or the sizes differ.
    pub fn apply(&self, src: &ImageRef<'_>, dst: &mut ImageMut<'_>) -> Result<(), ProcessorError> {
        self.apply_parallel(src, dst, 1)
    }

    /// Processes a whole picture in bands of rows on up to `threads` threads (1..=64), this one
    /// among them; the others stay, asleep, for the next picture. Gives the same bits as [`Processor::apply`].
    ///
    /// # Errors
    /// As [`Processor::apply`].
    pub fn apply_parallel(
        &self,
        src: &ImageRef<'_>,
        dst: &mut ImageMut<'_>,
        threads: usize,
    ) -> Result<(), ProcessorError> {
        self.check(src, dst)?;
        let pairs = src.height().div_ceil(2);
        let threads = threads.clamp(1, 64).min(pairs.max(1));
        let count = if threads == 1 { 1 } else { (threads * BANDS_PER_THREAD).min(pairs.div_ceil(LOWEST_BAND)) };
        let bands = Mutex::new(bands(dst.reborrow(), count));
        crew::together(threads - 1, &|| {
            let mut desk = Desk::new(self, src.width());
            while let Some((top, band)) = { bands.lock().unwrap_or_else(PoisonError::into_inner).pop() } {
                self.band(&mut desk, src, band, top);
            }
        });
        Ok(())
    }

    fn check(&self, src: &ImageRef<'_>, dst: &ImageMut<'_>) -> Result<(), ProcessorError> {
        for (found, expected) in [(src.format(), self.input), (dst.format(), self.output)] {
            if found != expected {
                return Err(ProcessorError::Format { found, expected });
            }
        }
        let (found, expected) = ((dst.width(), dst.height()), (src.width(), src.height()));
        if found == expected { Ok(()) } else { Err(ProcessorError::Size { found, expected }) }
    }
}

/// Cuts a picture into up to `count` bands of whole row pairs, each with its first row.
fn bands(picture: ImageMut<'_>, count: usize) -> Vec<(usize, ImageMut<'_>)> {
    let pairs = picture.height().div_ceil(2);
    let count = count.clamp(1, pairs.max(1));
    let (mut rest, mut top, mut bands) = (picture, 0, Vec::with_capacity(count));
    for i in 1..count {
        let end = pairs * i / count * 2;
        let (band, below) = rest.split_at_row(end - top);
        bands.push((top, band));
        (rest, top) = (below, end);
    }
    bands.push((top, rest));
    bands
}
