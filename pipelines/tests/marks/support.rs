//! Pictures to mark, and ways to look at samples.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use forensic::MasterKey;
use pipelines::engine::FrameStamp;
use pipelines::frame::{ColorFrame, FrameTime, Picture};
use pipelines::spec::encode::{PictureSize, VideoFormat};
use pipelines::spec::source::SourceId;
use pipelines::spec::time::FrameRate;
use pipelines::spec::transport::Speed;
use pipelines::spec::watermark::{ForensicKeys, MarkLayout, MarkSpec, MarkTemplate, Marks};

/// Each layout of samples once.
pub const FORMATS: [VideoFormat; 4] =
    [VideoFormat::H264High444Bits10, VideoFormat::H264High10, VideoFormat::H264High444Bits8, VideoFormat::H264Bits8];
pub const HD: PictureSize = PictureSize { width: 1280, height: 720 };

/// 2026-11-21 20:15:07 UTC.
pub const EVENING: u64 = 1_795_292_107;

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

pub fn aiko() -> MarkSpec {
    MarkSpec {
        name: "田中 愛子".to_owned(),
        email: "aiko.tanaka@example.co.jp".to_owned(),
        ip: "203.0.113.24".to_owned(),
        review: "Night Ferry, reel 2".to_owned(),
        session_code: "K7PX-3MRE".to_owned(),
        template: MarkTemplate::default(),
    }
}

/// Aiko's mark in another layout.
pub fn aiko_in(layout: MarkLayout) -> MarkSpec {
    MarkSpec { template: MarkTemplate { layout, ..MarkTemplate::default() }, ..aiko() }
}

/// Code values of one bit depth.
#[derive(Clone, Copy)]
pub struct Codes {
    pub black: u16,
    pub white: u16,
    pub chroma: u16,
}

pub fn codes(format: VideoFormat) -> Codes {
    match format.sample_bytes() {
        1 => Codes { black: 16, white: 235, chroma: 128 },
        _ => Codes { black: 64, white: 940, chroma: 512 },
    }
}

/// A picture from luma by place, and chroma that varies.
pub fn picture(format: VideoFormat, size: PictureSize, luma: impl Fn(usize, usize) -> u16) -> Picture {
    let planes = Picture::layout(format, size);
    let mut data = Picture::new(format, size).data().to_vec();
    for (index, plane) in planes.into_iter().enumerate() {
        for y in 0..plane.height {
            for x in 0..plane.width {
                let code = if index == 0 { luma(x, y) } else { codes(format).chroma + (x % 7 + y % 5) as u16 };
                let row = plane.offset + y * plane.stride;
                match format.sample_bytes() {
                    1 => data[row + x] = code as u8,
                    _ => data[row + 2 * x..row + 2 * x + 2].copy_from_slice(&code.to_le_bytes()),
                }
            }
        }
    }
    Picture::from_data(format, size, data).unwrap()
}

pub fn flat(format: VideoFormat, size: PictureSize, luma: u16) -> Picture {
    picture(format, size, |_, _| luma)
}

/// Legal luma without any structure: the busiest detail there is. Rather dark, so that letters over it are light everywhere
/// and tests can tell what was done to it.
pub fn noise(format: VideoFormat, size: PictureSize) -> Picture {
    let Codes { black, white, .. } = codes(format);
    picture(format, size, |x, y| {
        let hash = (x as u32).wrapping_mul(0x9e37_79b9) ^ (y as u32).wrapping_mul(0x85eb_ca6b);
        let hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
        let part = f64::from(hash >> 16) / 65_535.0;
        black + (part * part * f64::from(white - black)).round() as u16
    })
}

/// Aiko's visible mark over the invisible one of a viewing.
pub fn marks(viewing: &str) -> Marks {
    let production = MasterKey::new([7; 32]).production("Night Ferry");
    let invisible = ForensicKeys { viewing: production.viewing("reel 2", viewing), pilot: production.pilot() };
    Marks { visible: aiko(), invisible }
}

pub fn frame(picture: Picture, source_frame: u64) -> ColorFrame {
    let stamp = FrameStamp {
        source: SourceId::nil(),
        source_frame,
        timecode: "01:00:00:00".to_owned(),
        rate: FrameRate::FPS_25,
        slate: false,
        speed: Speed::NORMAL,
    };
    let time = FrameTime { pts: Duration::ZERO, presented_at: Instant::now(), stamp, hdr: None };
    ColorFrame::new(picture, time)
}

/// One plane's samples, row by row, without padding.
pub fn plane(picture: &Picture, index: usize) -> Vec<u16> {
    let plane = Picture::layout(picture.format(), picture.size())[index];
    let sample = |row: usize, x: usize| match picture.format().sample_bytes() {
        1 => u16::from(picture.data()[row + x]),
        _ => u16::from_le_bytes([picture.data()[row + 2 * x], picture.data()[row + 2 * x + 1]]),
    };
    let rows = (0..plane.height).map(|y| plane.offset + y * plane.stride);
    rows.flat_map(|row| (0..plane.width).map(move |x| (row, x))).map(|(row, x)| sample(row, x)).collect()
}

/// Writes a picture for people when they ask for it.
pub fn show(name: &str, picture: &Picture) {
    let Some(folder) = std::env::var_os("VITRINE_WRITE_PICTURES") else { return };
    let Codes { black, white, .. } = codes(picture.format());
    let scale = 255.0 / f32::from(white - black);
    let grey = plane(picture, 0).into_iter().map(|y| ((f32::from(y) - f32::from(black)) * scale).round() as u8);
    let mut file = format!("P5 {} {} 255\n", picture.size().width, picture.size().height).into_bytes();
    file.extend(grey);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pgm")), file).unwrap();
}
