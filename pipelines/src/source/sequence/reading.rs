//! How long numbered pictures take to be read.

use std::path::Path;
use std::time::{Duration, Instant};

use super::listing::Listing;
use super::{PicturePool, Raster, Sequence};
use crate::source::SourceError;

/// What a sequence is, and how long its pictures took.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// For people: kind, depth and colour.
    pub description: String,
    /// For people: size and depth in the engine.
    pub picture: String,
    /// Bytes of all files that were read.
    pub bytes: u64,
    /// Of each picture: from its file to the picture that the colour stage is given.
    pub times: Vec<Duration>,
}

/// Reads at most `most` pictures one after the other, as a source does that need not wait.
///
/// # Errors
/// What is wrong with the sequence or with one of its pictures.
pub fn time_reading(path: &Path, most: usize) -> Result<Reading, SourceError> {
    crate::runtime::init()?;
    let Sequence { first, rate, .. } = Sequence::open(path, None, false)?;
    let description = super::probe(path, None)?.description;
    let pool = PicturePool::new(first.depth.layout(), first.size, rate)?;
    let (mut bytes, mut times) = (0, Vec::new());
    for file in Listing::find(path)?.files.iter().take(most) {
        bytes += std::fs::metadata(file).map_or(0, |found| found.len());
        let begun = Instant::now();
        let raster = Raster::read(file)?;
        pool.picture(|plane, data, stride| raster.copy_plane(plane, data, stride))?;
        times.push(begun.elapsed());
    }
    Ok(Reading { description, picture: first.kind(), bytes, times })
}
