//! What the crate promises, as a specification: run with `cargo test -p lut --test color`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "color/camera.rs"]
mod camera;
#[path = "color/chroma.rs"]
mod chroma;

#[path = "color/curves.rs"]
mod curves;
#[path = "color/exact.rs"]
mod exact;
#[path = "color/fixed.rs"]
mod fixed;
#[path = "color/hdr.rs"]
mod hdr;
#[path = "color/levels.rs"]
mod levels;
#[path = "color/lists.rs"]
mod lists;
#[path = "color/look.rs"]
mod look;
#[path = "color/ops.rs"]
mod ops;
#[path = "color/packed.rs"]
mod packed;
#[path = "color/panel.rs"]
mod panel;
#[path = "color/picture.rs"]
mod picture;
#[path = "color/resize.rs"]
mod resize;
#[path = "color/support.rs"]
mod support;
