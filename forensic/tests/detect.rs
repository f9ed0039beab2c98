//! Whom the detector names, and whom it does not: run with `cargo test -p forensic --test detect`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "detect/attacks.rs"]
mod attacks;
#[path = "detect/blind.rs"]
mod blind;
#[path = "detect/innocents.rs"]
mod innocents;
#[path = "detect/statistics.rs"]
mod statistics;
#[path = "detect/support.rs"]
mod support;

#[allow(dead_code, reason = "shared with the embedder's tests and the table of attacks")]
#[path = "../../server/src/cli/bench/marks/clip.rs"]
mod clip;
