//! The engine with real media: sources, colour, marks, encoders, loss and return.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "media/bench.rs"]
mod bench;
#[path = "media/color.rs"]
mod color;
#[path = "media/feeds.rs"]
mod feeds;
#[path = "media/fidelity.rs"]
mod fidelity;
#[path = "media/files.rs"]
mod files;
#[path = "media/look.rs"]
mod look;
#[path = "media/marks.rs"]
mod marks;
#[path = "media/reel.rs"]
mod reel;
#[path = "media/renditions.rs"]
mod renditions;
#[path = "media/sequences.rs"]
mod sequences;
#[path = "media/strip.rs"]
mod strip;
#[path = "media/support.rs"]
mod support;
#[path = "media/switching.rs"]
mod switching;
#[path = "media/time.rs"]
mod time;
#[path = "media/transport.rs"]
mod transport;
#[path = "media/visible.rs"]
mod visible;
#[path = "media/whip.rs"]
mod whip;
