//! OpenEXR, scene-linear: the first part with R, G and B in half or float, by scan lines or tiles, in any compression that
//! the `exr` crate reads. Alpha is left out: colours are premultiplied, so that it is as over black. The picture is the display
//! window; what the data window does not cover is black.
//!
//! Primaries are those of `chromaticities`; AP0 where `acesImageContainerFlag` says that the file is an ACES container
//! (SMPTE ST 2065-4); without either Rec.709, as OpenEXR has it.

mod header;
mod pixels;

use std::io::Cursor;
use std::panic::catch_unwind;

use ::exr::block::reader::Reader;
use ::exr::error::Error;

use super::error::PictureError;
use super::facts::Facts;
use super::raster::Raster;
use header::Scene;

/// The first four bytes of every file.
const MAGIC: [u8; 4] = [0x76, 0x2f, 0x31, 0x01];

/// What a header says beside the picture.
pub(super) fn facts(bytes: &[u8]) -> Result<Facts, PictureError> {
    guarded(|| Ok(Scene::choose(open(bytes)?.headers())?.facts()))
}

/// Decodes a file to ACEScct.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, PictureError> {
    guarded(|| {
        let reader = open(bytes)?;
        let scene = Scene::choose(reader.headers())?;
        pixels::read(reader, &scene)
    })
}

fn open(bytes: &[u8]) -> Result<Reader<Cursor<&[u8]>>, PictureError> {
    if bytes.first_chunk() != Some(&MAGIC) {
        return Err(PictureError::NotExr);
    }
    Ok(Reader::read_from_buffered(Cursor::new(bytes), false)?)
}

/// The library takes some damage for a fault of its own and panics.
fn guarded<T>(read: impl FnOnce() -> Result<T, PictureError> + std::panic::UnwindSafe) -> Result<T, PictureError> {
    catch_unwind(read).unwrap_or_else(|_| Err(damaged()))
}

fn damaged() -> PictureError {
    PictureError::Decoder("it is damaged".to_owned())
}

impl From<Error> for PictureError {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(detail) if detail.contains("missing bytes") => Self::Ends,
            Error::Invalid(detail) => Self::Decoder(format!("it is damaged: {detail}")),
            other => Self::Decoder(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
