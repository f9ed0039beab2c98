//! Without a reference: the clip is its own.
//!
//! A pattern lasts four source frames, and the pilot turns its sign from each to the next. So a frame is compared with
//! the frames an epoch before and after, brought to it by the motion of the picture: what stands or moves along cancels, and the
//! difference of the patterns is left. Summed with the pilot's rhythm it shows where the cells lie and when epochs begin;
//! then each viewing's chips are tried at every moment that it was shown.

mod fft;
mod motion;
mod place;
mod rhythm;
mod score;
mod trace;

pub use score::{BlindReport, BlindScore, Watched};
pub use trace::BlindTrace;
