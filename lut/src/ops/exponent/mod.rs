//! Power functions, plain and with a linear part near black.

mod data;

pub use data::{Exponent, ExponentStyle, Power};
