//! Whose copy is this? Compares a suspect with the pictures it came from and correlates what is left with the keys of
//! the viewings that may have leaked it.
//!
//! Everything up to the evidence (moment, place, tone) is found without looking at any key, so it cannot favour one.

mod align;
pub mod blind;
mod gray;
mod homography;
mod reference;
mod report;
mod residual;
mod score;
mod search;
mod thumbnail;
mod time;

pub use gray::Gray;
pub use homography::Homography;
pub use reference::Reference;
pub use report::{Report, Trace};
pub use score::{Evidence, HYPOTHESES, SURE, Score, p_value};
pub use search::Index;
pub use time::Frame;
