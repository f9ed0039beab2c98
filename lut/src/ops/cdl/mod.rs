//! The ASC colour decision list.

mod data;

pub use data::{Cdl, LUMA};
