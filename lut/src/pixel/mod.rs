//! How pictures are stored: formats, borrowed images, and rows in and out of them.

mod dither;
mod format;
mod image;
mod load;
mod packing;
mod resample;
mod store;

pub use format::{BitDepth, ChromaSampling, ChromaSiting, PixelFormat};
pub use image::{ImageBuf, ImageError, ImageMut, ImageRef};
pub use packing::Packing;

pub(crate) use dither::Dither;
pub(crate) use format::Component;
pub(crate) use image::check_size;
pub(crate) use load::{from_bytes, from_words, load_component, load_row};
pub(crate) use resample::{average, halve_left};
pub(crate) use store::{Quantizer, code, fill_padding, store_component};
