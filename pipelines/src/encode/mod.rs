//! Encoders: what a viewer receives, and what it costs this machine.

pub mod capability;
pub(crate) mod h264;
pub(crate) mod opus;
mod synthetic;
