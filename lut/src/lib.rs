#![doc = include_str!("../README.md")]
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

pub mod bake;
pub mod color;
pub mod formats;
pub mod ops;
pub mod pixel;
mod processor;
mod simd;

pub use color::{ColorSpec, Matrix, Primaries, Range, Transfer};
pub use formats::Lut;
pub use ops::cdl::Cdl;
pub use ops::lut1d::Lut1d;
pub use ops::lut3d::{Interpolation, Lut3d};
pub use ops::matrix::Affine;
pub use ops::resize::{ResizeError, Resizer};
pub use ops::{NotInvertible, Op, OpError};
pub use pixel::{
    BitDepth, ChromaSampling, ChromaSiting, ImageBuf, ImageError, ImageMut, ImageRef, Packing, PixelFormat,
};
pub use processor::{CURVE_ERROR, Dithering, OpProcessor, Path, Processor, ProcessorError, Transform};
pub use simd::Level;
