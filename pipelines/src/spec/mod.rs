//! Pure descriptions of what the engine is asked to do: no GStreamer, only data that serialises.

pub mod color;
pub mod encode;
pub mod feed;
pub mod hdr;
pub mod look;
pub mod source;
pub mod time;
pub mod transport;
pub mod watermark;
