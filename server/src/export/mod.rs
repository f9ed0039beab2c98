//! Files that leave the house: comment logs, markers for editing systems, archives. Pure: records in, bytes out.
//!
//! CSV and JSON hold the comments as they are kept; every other format is written from a [`MarkerList`]. What each
//! format does with what it cannot hold stands in docs/exports.md.

pub mod archive;
pub mod audit;
pub mod avid;
pub mod color;
mod csv;
pub mod digest;
pub mod evidence;
pub mod fcpxml;
mod format;
mod json;
pub mod marker;
pub mod otio;
pub mod pdf;
pub mod premiere;
mod printable;
pub mod proof;
pub mod resolve;
mod xml;

use std::collections::HashMap;

use pipelines::spec::time::{FrameRate, TimecodeError};
use uuid::Uuid;

pub use archive::Archive;
pub use csv::{cell, comments_csv, log_csv};
pub use format::{Exported, Format, write};
pub use json::comments_json;
pub use marker::{Marker, MarkerList};

use crate::domain::still::Still;

/// Stills by the id of their comment.
pub type Stills = HashMap<Uuid, Still>;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Markers have a rate only where there are some.
    #[error("there are no comments to export")]
    NoComments,
    /// A comment's label is none of its rate.
    #[error(transparent)]
    Timecode(#[from] TimecodeError),
    /// CSV.
    #[error("CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// JSON.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// PDF.
    #[error("PDF: {0}")]
    Pdf(#[from] pdf::PdfError),
    /// ZIP.
    #[error("ZIP: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// 7z.
    #[error("7z: {0}")]
    SevenZip(#[from] sevenz_rust2::Error),
    /// Writing to memory.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// A rate as people write it: `23.976`, `25`, `29.97 DF`.
fn rate_name(rate: FrameRate) -> String {
    let figure = format!("{:.3}", rate.as_f64());
    let figure = figure.trim_end_matches('0').trim_end_matches('.');
    if rate.drop_frame { format!("{figure} DF") } else { figure.to_owned() }
}
