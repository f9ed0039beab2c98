//! Sources, colour stage, marks and encoders: the only place where GStreamer lives.

pub mod color;
mod control;
pub mod encode;
pub mod engine;
pub mod frame;
pub mod program;
pub mod reference;
mod rendition;
pub mod runtime;
mod sound;
pub mod source;
pub mod spec;
pub mod strip;
pub mod watermark;
