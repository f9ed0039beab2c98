//! How close a decoded picture is to what the colour stage made of the source, on real clips at the default bitrate.

use std::time::{Duration, SystemTime};

use lut::{ColorSpec, ImageBuf, PixelFormat, Processor, Transform};
use pipelines::engine::VideoUnit;
use pipelines::frame::Picture;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::watermark::visible::VisibleMark;

use crate::support::{Folder, Stage, decode, ffmpeg, file, footage, marks, rendition};

/// Pictures that are compared.
const COUNT: usize = 50;
/// The bar for textured content.
const BAR_DB: f64 = 42.0;

/// One clip of the footage, its size, and the bitrate that admission asks for at 25 frames per second: half a bit for a
/// pixel at 720 lines, more for one of fewer lines.
struct Clip {
    name: &'static str,
    size: PictureSize,
    bitrate_bps: u32,
}

const BUNNY: Clip =
    Clip { name: "bigbuckbunny.mp4", size: PictureSize { width: 1_280, height: 720 }, bitrate_bps: 11_520_000 };
const BIKES: Clip = Clip { name: "bikes.mp4", size: PictureSize { width: 640, height: 272 }, bitrate_bps: 3_540_000 };

/// Peak signal-to-noise ratio in decibels: of luma, and of all samples.
#[derive(Clone, Copy, Debug)]
struct Fidelity {
    luma: f64,
    all: f64,
}

fn layout(format: VideoFormat) -> (PixelFormat, &'static str) {
    use lut::ChromaSampling::Cs420;
    match (format.chroma() == Cs420, format.sample_bytes()) {
        (true, 1) => (PixelFormat::I420, "yuv420p"),
        (false, 1) => (PixelFormat::Y444, "yuv444p"),
        (true, _) => (PixelFormat::I420_10LE, "yuv420p10le"),
        (false, _) => (PixelFormat::Y444_10LE, "yuv444p10le"),
    }
}

/// The clip's pictures, decoded by FFmpeg and brought into the viewers' target as the colour stage does.
fn expected(clip: &Clip, color: ColorSpec, to: PixelFormat) -> Vec<ImageBuf> {
    let folder = Folder::new();
    let raw = folder.path("clip.raw");
    let path = footage(clip.name);
    assert!(ffmpeg(&["-i", path.to_str().unwrap(), "-pix_fmt", "yuv420p", "-f", "rawvideo"], &raw));
    let raw = std::fs::read(raw).unwrap();
    let (width, height) = (clip.size.width as usize, clip.size.height as usize);
    let transform = Transform { input: color, look: None, output: TargetColor::default().color_spec() };
    let processor = Processor::new(&transform, PixelFormat::I420, to).unwrap();
    let convert = |frame: &[u8]| {
        let mut source = ImageBuf::new(PixelFormat::I420, width, height).unwrap();
        let mut at = 0;
        for plane in 0..3 {
            let row = if plane == 0 { width } else { width / 2 };
            let rows = if plane == 0 { height } else { height / 2 };
            let stride = source.plane(plane).len() / rows;
            for line in source.plane_mut(plane).chunks_mut(stride) {
                line[..row].copy_from_slice(&frame[at..at + row]);
                at += row;
            }
        }
        let mut target = ImageBuf::new(to, width, height).unwrap();
        processor.apply(&source.as_ref(), &mut target.as_mut()).unwrap();
        target
    };
    raw.chunks_exact(width * height * 3 / 2).map(convert).collect()
}

/// Luma samples that the visible mark may have touched from one instant to another.
fn under_mark(clip: &Clip, format: VideoFormat, from: SystemTime, to: SystemTime) -> Vec<bool> {
    let mut mark = VisibleMark::new(&marks("").visible, format, clip.size);
    let plane = Picture::layout(format, clip.size)[0];
    let mut touched = vec![false; plane.width * plane.height];
    let mut at = from;
    while at <= to + Duration::from_secs(1) {
        // Black and white ground: what changes neither has no mark.
        for ground in [0_u8, 0x02] {
            let mut picture = Picture::new(format, clip.size);
            let bytes = picture.data().len();
            picture = Picture::from_data(format, clip.size, vec![ground; bytes]).unwrap();
            let before = picture.clone();
            mark.burn(&mut picture, at);
            for y in 0..plane.height {
                for x in 0..plane.width {
                    let byte = plane.offset + y * plane.stride + x * format.sample_bytes();
                    let sample = byte..byte + format.sample_bytes();
                    touched[y * plane.width + x] |= picture.data()[sample.clone()] != before.data()[sample];
                }
            }
        }
        at += Duration::from_secs(1);
    }
    touched
}

fn sample(bytes: &[u8], index: usize, size: usize) -> f64 {
    if size == 1 {
        f64::from(bytes[index])
    } else {
        f64::from(u16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]))
    }
}

fn compare(clip: &Clip, format: VideoFormat, units: &[VideoUnit], expected: &[ImageBuf], touched: &[bool]) -> Fidelity {
    let (_, pix_fmt) = layout(format);
    let raw = decode(units, pix_fmt);
    let bytes = format.sample_bytes();
    let peak = if bytes == 1 { 255.0 } else { 1_023.0 };
    let (mut errors, mut counts) = ([0.0; 2], [0.0; 2]);
    for (decoded, unit) in raw.chunks_exact(raw.len() / units.len()).zip(units) {
        let original = &expected[unit.stamp.source_frame as usize];
        let mut at = 0;
        for (plane, shape) in Picture::layout(format, clip.size).into_iter().enumerate() {
            let stride = original.plane(plane).len() / shape.height;
            let scale = clip.size.width as usize / shape.width;
            for y in 0..shape.height {
                let line = &original.plane(plane)[y * stride..];
                for x in 0..shape.width {
                    let here = at + y * shape.width + x;
                    if touched[y * scale * clip.size.width as usize + x * scale] {
                        continue;
                    }
                    let error = (sample(decoded, here, bytes) - sample(line, x, bytes)).powi(2);
                    for figure in if plane == 0 { 0..2 } else { 1..2 } {
                        errors[figure] += error;
                        counts[figure] += 1.0;
                    }
                }
            }
            at += shape.width * shape.height;
        }
    }
    let [luma, all] = [0, 1].map(|figure| 10.0 * (peak * peak * counts[figure] / errors[figure]).log10());
    Fidelity { luma, all }
}

/// A viewer's stream of the clip against what the colour stage made of it, outside of the visible mark.
fn fidelity(clip: &Clip, format: VideoFormat) -> (Fidelity, f64) {
    let mut stage = Stage::open(file(&footage(clip.name)));
    let color = stage.live().color;
    let spec = RenditionSpec { bitrate_bps: clip.bitrate_bps, ..rendition(format, clip.size.width, clip.size.height) };
    let from = SystemTime::now();
    let mut viewer = stage.attach(spec, 512);
    viewer.until(|unit| !unit.stamp.slate && unit.keyframe);
    stage.engine.request_keyframe(viewer.id);
    let mut units = vec![viewer.until(|unit| !unit.stamp.slate && unit.keyframe)];
    units.extend(viewer.take(COUNT - 1));
    let touched = under_mark(clip, format, from, SystemTime::now());
    let seconds = (units[COUNT - 1].pts - units[0].pts).as_secs_f64();
    let bits: usize = units[1..].iter().map(|unit| 8 * unit.data.len()).sum();
    let expected = expected(clip, color, layout(format).0);
    (compare(clip, format, &units, &expected, &touched), bits as f64 / seconds / 1e6)
}

#[test]
fn a_real_clip_in_the_reference_format_is_within_the_bar() {
    let (found, mbps) = fidelity(&BIKES, VideoFormat::H264High444Bits10);
    println!("{found:.2?} dB at {mbps:.1} Mbit/s");
    assert!(found.luma >= BAR_DB && found.all >= BAR_DB, "{found:?}");
}

/// `cargo test --release --workspace --test media fidelity -- --ignored --nocapture`
#[test]
#[ignore = "a minute; prints a table"]
fn bench_fidelity() {
    for clip in [&BUNNY, &BIKES] {
        for format in VideoFormat::ALL {
            let (Fidelity { luma, all }, mbps) = fidelity(clip, format);
            let asked = f64::from(clip.bitrate_bps) / 1e6;
            println!(
                "{} {}: luma {luma:.2} dB, all {all:.2} dB; {mbps:.1} of {asked:.1} Mbit/s",
                clip.name,
                format.name()
            );
        }
    }
}
