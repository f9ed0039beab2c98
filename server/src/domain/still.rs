//! The still of a comment: what its author's browser showed when they began to speak, with their marks in it. It comes from a
//! browser, so it illustrates the comment and proves nothing; where it was said is what the frame ledger says.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits};

use super::invalid::Invalid;

/// Longest JPEG that is taken, in bytes.
pub const BYTES_MOST: usize = 512 * 1024;
/// Widest and highest picture that is taken, in pixels.
pub const SIDE_MOST: u32 = 1_280;
/// Smallest side that shows anything.
const SIDE_LEAST: u32 = 16;
/// Of the JPEG that is kept, 1 to 100.
const QUALITY: u8 = 88;
/// Bytes that decoding may take: the largest picture, several times over.
const MEMORY: u64 = 32 << 20;

/// A checked still.
#[derive(Clone, PartialEq, Eq)]
pub struct Still {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Baseline JPEG, written here.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for Still {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Still({} x {}, {} bytes)", self.width, self.height, self.jpeg.len())
    }
}

impl Still {
    /// Reads a JPEG from a browser and writes it anew, so that nothing is kept of it but its pixels.
    ///
    /// # Errors
    /// When it is no JPEG, is too large or too small.
    pub fn from_upload(bytes: &[u8]) -> Result<Self, Invalid> {
        let invalid = |reason: String| Invalid::Field { field: "still", reason };
        if bytes.len() > BYTES_MOST {
            return Err(invalid(format!("the still has {} bytes; at most {BYTES_MOST} are allowed", bytes.len())));
        }
        let mut limits = Limits::default();
        (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MOST), Some(SIDE_MOST));
        limits.max_alloc = Some(MEMORY);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
        reader.limits(limits);
        let wrong = || invalid(format!("the still is no JPEG of at most {SIDE_MOST} x {SIDE_MOST} pixels"));
        let picture = reader.decode().map_err(|_| wrong())?.into_rgb8();
        let (width, height) = picture.dimensions();
        if width < SIDE_LEAST || height < SIDE_LEAST {
            return Err(invalid(format!(
                "the still has {width} x {height} pixels; expected at least {SIDE_LEAST} each"
            )));
        }
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&picture).map_err(|_| wrong())?;
        Ok(Self { width, height, jpeg })
    }
}
