//! One decoded picture of a sequence, and how it is laid out for the colour stage.

use std::path::Path;

use gstreamer_video as gst_video;

use super::error::{PictureError, SequenceError};
use super::facts::Facts;
use super::listing::name_of;
use super::{dpx, exr};
use crate::spec::encode::PictureSize;

/// Largest side of a picture.
pub(super) const LARGEST_SIDE: u32 = 8_192;
/// Largest file that is read: 8192 x 8192 at 16 bit with alpha.
const LARGEST_FILE: u64 = 8_192 * 8_192 * 8 + 65_536;

/// Bits of a code value that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Bits8,
    Bits10,
    Bits12,
    Bits16,
}

impl Depth {
    pub fn bits(self) -> u32 {
        match self {
            Self::Bits8 => 8,
            Self::Bits10 => 10,
            Self::Bits12 => 12,
            Self::Bits16 => 16,
        }
    }

    /// Layout of pictures with this depth: green, blue and red in planes. GStreamer 1.22 has none for 16 bits; they lie where
    /// luma and chroma of 4:4:4 would, as H.273 has it for the matrix identity.
    pub fn layout(self) -> gst_video::VideoFormat {
        match self {
            Self::Bits8 => gst_video::VideoFormat::Gbr,
            Self::Bits10 => gst_video::VideoFormat::Gbr10le,
            Self::Bits12 => gst_video::VideoFormat::Gbr12le,
            Self::Bits16 => gst_video::VideoFormat::Y44416le,
        }
    }
}

/// A picture's code values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raster {
    pub size: PictureSize,
    pub depth: Depth,
    /// Red, green and blue, each line by line from the upper left.
    pub planes: [Vec<u16>; 3],
}

impl Raster {
    /// Reads a file of a sequence by its extension.
    pub fn read(path: &Path) -> Result<Self, SequenceError> {
        let bytes = read(path)?;
        let extension = path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase());
        let decoded = match extension.as_deref() {
            Some("dpx") => dpx::decode(&bytes),
            Some("exr") => exr::decode(&bytes),
            Some("png") => decode(&bytes, image::ImageFormat::Png),
            _ => decode(&bytes, image::ImageFormat::Tiff),
        };
        decoded.map_err(|error| SequenceError::Picture { name: name_of(path), error })
    }

    /// Size and depth, for people.
    pub fn kind(&self) -> String {
        format!("{} x {}, {}-bit", self.size.width, self.size.height, self.depth.bits())
    }

    /// Writes green, blue or red (0, 1, 2) into a plane whose rows are `stride` bytes apart.
    pub fn copy_plane(&self, plane: usize, data: &mut [u8], stride: usize) {
        let [red, green, blue] = &self.planes;
        let values = [green, blue, red][plane.min(2)];
        for (row, line) in data.chunks_mut(stride.max(1)).zip(values.chunks_exact(self.size.width as usize)) {
            if self.depth == Depth::Bits8 {
                row.iter_mut().zip(line).for_each(|(to, value)| *to = *value as u8);
            } else {
                row.as_chunks_mut().0.iter_mut().zip(line).for_each(|(to, value)| *to = value.to_le_bytes());
            }
        }
    }
}

/// What the header of a file says beside the picture, and what kind of file it is, for people.
pub(super) fn facts(path: &Path) -> Result<(&'static str, Facts), SequenceError> {
    let extension = path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase());
    let found = match extension.as_deref() {
        Some("dpx") => dpx::facts(&read(path)?).map(|facts| ("DPX", facts.into())),
        Some("exr") => exr::facts(&read(path)?).map(|facts| ("EXR", facts)),
        Some("png") => Ok(("PNG", Facts::default())),
        _ => Ok(("TIFF", Facts::default())),
    };
    found.map_err(|error| SequenceError::Picture { name: name_of(path), error })
}

/// A 16-bit code value as the nearest of 12 bits: the colour stage takes no more.
pub(super) fn to_12_bits(value: u16) -> u16 {
    // At most 4095 by the division.
    ((u32::from(value) * 4_095 + 32_767) / 65_535) as u16
}

/// The bytes of a file that is not larger than a picture can be.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, SequenceError> {
    let unreadable =
        |error: std::io::Error| SequenceError::Unreadable { path: path.to_owned(), detail: error.to_string() };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > LARGEST_FILE {
        let error = PictureError::TooLarge { bytes, limit: LARGEST_FILE };
        return Err(SequenceError::Picture { name: name_of(path), error });
    }
    std::fs::read(path).map_err(unreadable)
}

fn decode(bytes: &[u8], format: image::ImageFormat) -> Result<Raster, PictureError> {
    let said = |error: image::ImageError| PictureError::Decoder(error.to_string());
    let mut limits = image::Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LARGEST_SIDE), Some(LARGEST_SIDE));
    limits.max_alloc = Some(LARGEST_FILE);
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), format);
    reader.limits(limits);
    let decoded = reader.decode().map_err(said)?;
    let size = PictureSize { width: decoded.width(), height: decoded.height() };
    let is_float = matches!(decoded, image::DynamicImage::ImageRgb32F(_) | image::DynamicImage::ImageRgba32F(_));
    if is_float {
        return Err(PictureError::Decoder("its code values are floating-point, expected 8 or 16 bit".to_owned()));
    }
    Ok(if decoded.color().bytes_per_pixel() > decoded.color().channel_count() {
        let planes = planes_of(&decoded.into_rgb16(), to_12_bits);
        Raster { size, depth: Depth::Bits12, planes }
    } else {
        let planes = planes_of(&decoded.into_rgb8(), u16::from);
        Raster { size, depth: Depth::Bits8, planes }
    })
}

/// Red, green and blue of values that follow each other.
fn planes_of<T: Copy>(values: &[T], code: impl Fn(T) -> u16) -> [Vec<u16>; 3] {
    let (pixels, _) = values.as_chunks::<3>();
    [0, 1, 2].map(|plane| pixels.iter().map(|pixel| code(pixel[plane])).collect())
}
