//! What marks, the reference reel and slates promise. Read as a specification.
//!
//! `VITRINE_WRITE_PICTURES=<folder>` also writes what is drawn there as grey `.pgm`, for people to look at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod costs;
mod invisible;
mod layouts;
mod lifted;
mod reel;
mod slate;
mod support;
mod text;
mod visible;
