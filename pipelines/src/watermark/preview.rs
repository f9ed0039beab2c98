//! What a mark looks like, for whoever designs one: burned by the one renderer there is over our own test chart, never over
//! a programme.

use std::io::Cursor;
use std::time::SystemTime;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _, ImageError};

use super::visible::VisibleMark;
use crate::frame::Picture;
use crate::source::reel::Reel;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::watermark::MarkSpec;

const FORMAT: VideoFormat = VideoFormat::H264High444Bits10;
const QUALITY: u8 = 88;
/// The frame of the reel that is shown.
const FRAME: u64 = 53;

/// The chart's half and a half of flat tones from black to white, under a mark as of `utc`: a JPEG of `height` lines (180 to
/// 2160, 16:9). Blocks for some ten milliseconds.
///
/// # Errors
/// When the picture cannot be written.
pub fn preview(spec: &MarkSpec, height: u32, utc: SystemTime) -> Result<Vec<u8>, ImageError> {
    let mut picture = chart(height);
    let size = picture.size();
    VisibleMark::new(spec, FORMAT, size).burn(&mut picture, utc);
    let mut jpeg = Cursor::new(Vec::with_capacity(256 << 10));
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    encoder.write_image(&rgb(&picture), size.width, size.height, ExtendedColorType::Rgb8)?;
    Ok(jpeg.into_inner())
}

/// The reel on the left, so that busy content and colours are there; on the right tones that get lighter.
fn chart(height: u32) -> Picture {
    let size = Reel::size_of(height);
    let reel = Reel::new(height);
    let mut painted = reel.picture();
    reel.paint(FRAME, &mut painted);
    let mut picture = Picture::new(FORMAT, size);
    let (width, lines) = (size.width as usize, size.height as usize);
    for (index, plane) in Picture::layout(FORMAT, size).into_iter().enumerate() {
        painted.copy_plane(index, &mut picture.data[plane.offset..][..plane.stride * lines], plane.stride);
        for y in 0..lines {
            // Diagonal, so that every place of a mark has something dark and something light.
            for x in width / 2..width {
                let tone = (x - width / 2 + y * width / 2 / lines) * 6 / width;
                let code = if index == 0 { 64 + 160 * tone.min(5) as u16 + 30 } else { 512 };
                let at = plane.offset + y * plane.stride + 2 * x;
                picture.data[at..at + 2].copy_from_slice(&code.to_le_bytes());
            }
        }
    }
    picture
}

/// BT.709 codes in limited range as 8-bit R'G'B' (ITU-R BT.709-6, 3 and 4).
fn rgb(picture: &Picture) -> Vec<u8> {
    let PictureSize { width, height } = picture.size();
    let [luma, cb, cr] = Picture::layout(picture.format(), picture.size());
    let mut out = Vec::with_capacity(width as usize * height as usize * 3);
    let code = |at: usize| f32::from(u16::from_le_bytes([picture.data[at], picture.data[at + 1]]));
    for row in 0..height as usize {
        for x in 0..width as usize {
            let at = |plane: crate::frame::PlaneLayout| code(plane.offset + row * plane.stride + 2 * x);
            let (y, b, r) = ((at(luma) - 64.0) / 876.0, (at(cb) - 512.0) / 896.0, (at(cr) - 512.0) / 896.0);
            let (red, blue) = (y + 1.5748 * r, y + 1.8556 * b);
            let green = y - 0.1873 * b - 0.4681 * r;
            out.extend([red, green, blue].map(|value| (value * 255.0).round().clamp(0.0, 255.0) as u8));
        }
    }
    out
}
