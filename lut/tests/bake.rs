//! Baking, and OpenColorIO configurations: run with `cargo test -p lut --features ocio --test bake`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "bake/aces.rs"]
mod aces;
#[path = "bake/config.rs"]
mod config;
#[path = "bake/cube.rs"]
mod cube;
