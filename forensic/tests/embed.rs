//! What a marked picture looks like: run with `cargo test -p forensic --test embed`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "embed/keys.rs"]
mod keys;
#[path = "embed/levels.rs"]
mod levels;
#[path = "embed/picture.rs"]
mod picture;
#[path = "embed/support.rs"]
mod support;
#[path = "embed/visibility.rs"]
mod visibility;

#[allow(dead_code, reason = "shared with the detector's tests")]
#[path = "../../server/src/cli/bench/marks/clip.rs"]
mod clip;
