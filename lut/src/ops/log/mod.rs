//! Logarithms, plain, scaled, and as cameras use them.

mod data;

pub use data::{CameraLine, Log, LogCurve};
