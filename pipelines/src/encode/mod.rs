//! Encoders: what a viewer receives, and what it costs this machine.

pub mod capability;
pub(crate) mod encoder;
mod h264;
pub(crate) mod opus;
pub mod overhead;
mod synthetic;
mod vp9;
