//! What every LUT format means, as a specification: run with `cargo test -p lut --release --test formats`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "formats/cdl.rs"]
mod cdl;
#[path = "formats/clf.rs"]
mod clf;
#[path = "formats/csp.rs"]
mod csp;
#[path = "formats/cube.rs"]
mod cube;
#[path = "formats/detect.rs"]
mod detect;
#[path = "formats/discreet.rs"]
mod discreet;
#[path = "formats/hostile.rs"]
mod hostile;
#[path = "formats/inverse.rs"]
mod inverse;
#[path = "formats/memory.rs"]
mod memory;
#[path = "formats/reference.rs"]
mod reference;
#[path = "formats/spi.rs"]
mod spi;
#[path = "formats/support.rs"]
mod support;
#[path = "formats/threedl.rs"]
mod threedl;
#[path = "formats/write.rs"]
mod write;
