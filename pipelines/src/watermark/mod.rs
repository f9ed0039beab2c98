//! Marks burned into the picture of each viewer, before any encoder.

mod blend;
mod block;
mod canvas;
pub mod clock;
pub mod figures;
mod ink;
mod marker;
pub mod pictures;
mod places;
pub mod preview;
mod rim;
mod setting;
mod stay;
pub mod text;
pub mod visible;

pub use marker::{LONGEST_LIFT, MarkError, MarkedFrame, Marker};
