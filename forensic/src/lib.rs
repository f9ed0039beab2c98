//! The invisible mark. [`embed`] lays a keyed pattern, one for each viewing, under the luma of a picture;
//! [`detect`] takes a leaked copy and the pictures it came from, and says whose pattern is in it.
//!
//! Pure like `lut`: planes and bytes in, planes and figures out. docs/marks.md tells how it works and what it survives.

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

pub mod area;
pub mod detect;
pub mod embed;
pub mod grid;
pub mod key;
pub mod mask;
pub mod plane;
mod simd;

pub use area::Area;
pub use embed::ForensicMark;
pub use key::{MasterKey, PilotKey, ProductionKey, ViewingKey};
pub use mask::{Mask, Sensitivity};
pub use plane::{Depth, LumaMut, LumaRef, PlaneError};
pub use simd::Level;
