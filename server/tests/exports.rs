//! Tests of the exports: what other people's readers make of the files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "exports/evidence.rs"]
mod evidence;
#[path = "exports/libreoffice.rs"]
mod libreoffice;
#[path = "exports/log.rs"]
mod log;
#[path = "exports/pdf.rs"]
mod pdf;
#[path = "exports/readers.rs"]
mod readers;
#[path = "exports/round_trip.rs"]
mod round_trip;
#[path = "exports/rules.rs"]
mod rules;
