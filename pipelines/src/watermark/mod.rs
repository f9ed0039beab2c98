//! Marks burned into the picture of each viewer, before any encoder.

pub mod clock;
pub mod figures;
mod marker;
pub mod pictures;
mod stamp;
pub mod text;
pub mod visible;

pub use marker::{MarkError, MarkedFrame, Marker};
