//! Pictures to measure with: moving detail and grain, about as hard to encode as camera material.

use std::time::{Duration, Instant};

use lut::pixel::{ImageBuf, PixelFormat};
use lut::{ColorSpec, Processor, Transform};

use super::capability::cpu_time;
use crate::engine::FrameStamp;
use crate::frame::{ColorFrame, FrameTime, Picture};
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::source::SourceId;
use crate::spec::time::FrameRate;
use crate::spec::transport::Speed;

/// Rounds of the colour stage that are measured.
const ROUNDS: u32 = 8;
/// Masks that are measured.
const MASKS: u32 = 4;

/// Pictures of one format, one after the other.
pub(super) struct Pictures {
    format: VideoFormat,
    size: PictureSize,
    frame: u64,
    noise: u32,
    start: Instant,
}

impl Pictures {
    pub fn new(format: VideoFormat, size: PictureSize) -> Self {
        Self { format, size, frame: 0, noise: 0x2545_f491, start: Instant::now() }
    }

    /// The next picture.
    pub fn next(&mut self, rate: FrameRate) -> ColorFrame {
        let mut picture = Picture::new(self.format, self.size);
        let shift = (self.frame * 3) as usize;
        for (plane, layout) in Picture::layout(self.format, self.size).into_iter().enumerate() {
            for y in 0..layout.height {
                let row = &mut picture.data[layout.offset + y * layout.stride..][..layout.stride];
                self.fill(row, layout.width, y, shift, plane > 0);
            }
        }
        let pts = Duration::from_nanos(rate.frame_to_ns(self.frame));
        let stamp = FrameStamp {
            source: SourceId::nil(),
            source_frame: self.frame,
            timecode: String::new(),
            rate,
            slate: false,
            speed: Speed::NORMAL,
        };
        self.frame += 1;
        let time = FrameTime { pts, presented_at: self.start + pts, stamp, hdr: None };
        ColorFrame::new(picture, time)
    }

    fn fill(&mut self, row: &mut [u8], width: usize, y: usize, shift: usize, chroma: bool) {
        for x in 0..width {
            self.noise ^= self.noise << 13;
            self.noise ^= self.noise >> 17;
            self.noise ^= self.noise << 5;
            let texture = (((x + shift) / 9) ^ ((y + shift / 2) / 7)) % 24;
            let slope = (x + shift + 2 * y) % 512 / 4;
            let base = if chroma { 100 + slope / 3 } else { 40 + slope + texture };
            let code = base as u32 * 4 + self.noise % 12;
            match self.format.sample_bytes() {
                1 => row[x] = (code / 4) as u8,
                _ => row[2 * x..2 * x + 2].copy_from_slice(&(code as u16).to_le_bytes()),
            }
        }
    }
}

/// CPU time of one pixel in the colour stage, on one thread: from 10-bit 4:2:2 for BT.1886 to the default target.
pub(super) fn color_ns_per_pixel(size: PictureSize) -> Result<f64, String> {
    let (from, to) = (PixelFormat::I422_10LE, PixelFormat::Y444_10LE);
    let transform =
        Transform { input: ColorSpec::BT1886_709_LIMITED, look: None, output: TargetColor::default().color_spec() };
    let processor = Processor::new(&transform, from, to).map_err(|error| error.to_string())?;
    let (width, height) = (size.width as usize, size.height as usize);
    let mut source = ImageBuf::new(from, width, height).map_err(|error| error.to_string())?;
    for plane in 0..from.plane_count() {
        for (index, sample) in source.plane_mut(plane).chunks_exact_mut(2).enumerate() {
            sample.copy_from_slice(&(64 + (index * 7 % 870) as u16).to_le_bytes());
        }
    }
    let mut target = ImageBuf::new(to, width, height).map_err(|error| error.to_string())?;
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let started = cpu_time();
        processor.apply(&source.as_ref(), &mut target.as_mut()).map_err(|error| error.to_string())?;
        best = best.min(cpu_time() - started);
    }
    Ok(best.as_nanos() as f64 / (width * height) as f64)
}

/// CPU time of one pixel in the invisible mark's mask, on one thread, at 1920 x 1080: it works on half that size.
pub(super) fn mask_ns_per_pixel() -> Result<f64, String> {
    let size = PictureSize { width: 1_920, height: 1_080 };
    let mut pictures = Pictures::new(VideoFormat::H264High444Bits10, size);
    let frame = pictures.next(FrameRate::FPS_25);
    let mut best = Duration::MAX;
    for _ in 0..MASKS {
        // A copy of a frame that nobody has asked yet.
        let frame = frame.clone();
        let started = cpu_time();
        frame.mask().map_err(|error| error.to_string())?;
        best = best.min(cpu_time() - started);
    }
    Ok(best.as_nanos() as f64 / (f64::from(size.width) * f64::from(size.height)))
}
