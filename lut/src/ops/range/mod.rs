//! A scaled clamp.

mod data;

pub use data::{Bound, Range};
