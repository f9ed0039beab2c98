//! The signal strip through the real encoders, and what it costs.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use pipelines::encode::capability::row;
use pipelines::engine::{FrameStamp, VideoUnit};
use pipelines::frame::{ColorFrame, FrameTime, Picture};
use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::source::{SourceId, SourceSpec};
use pipelines::spec::time::FrameRate;
use pipelines::spec::transport::Speed;
use pipelines::strip::cells::{BITS, Message};
use pipelines::strip::{CELL, GUARD, STEP, coded, patches};
use pipelines::watermark::Marker;

use crate::support::{Folder, Stage, decode_coded, footage, marks, program, rendition};

/// 80 columns: cells and patches in one row.
const SIZE: PictureSize = PictureSize { width: 640, height: 360 };
const FORMATS: [VideoFormat; 4] =
    [VideoFormat::H264High444Bits10, VideoFormat::Vp9Profile3, VideoFormat::H264Bits8, VideoFormat::Vp9Profile0];

/// What a decoded frame's strip says: its bits, and the mean of each patch's middle, in codes of its own depth.
struct Read {
    bits: [bool; BITS],
    patches: Vec<[f64; 3]>,
}

/// `raw` is one coded frame in 4:4:4.
fn read(raw: &[u8], format: VideoFormat) -> Read {
    let bytes = format.sample_bytes();
    let (width, height) = (SIZE.width as usize, coded(SIZE).height as usize);
    let top = (SIZE.height + GUARD) as usize;
    let mean = |plane: usize, xs: std::ops::Range<usize>, ys: std::ops::Range<usize>| {
        let count = xs.len() * ys.len();
        let all = ys.flat_map(|y| xs.clone().map(move |x| (plane * height + top + y) * width + x));
        let sum: f64 = all
            .map(|at| match bytes {
                1 => f64::from(raw[at]),
                _ => f64::from(u16::from_le_bytes([raw[2 * at], raw[2 * at + 1]])),
            })
            .sum();
        sum / count as f64
    };
    let cell = CELL as usize;
    let middle = if bytes == 1 { 125.5 } else { 502.0 };
    Read {
        bits: std::array::from_fn(|bit| mean(0, bit * cell + 2..bit * cell + 6, 2..6) > middle),
        patches: (0..patches::SLOTS)
            .map(|slot| (BITS + 2 * slot) * cell)
            .map(|left| std::array::from_fn(|plane| mean(plane, left + 4..left + 12, 4..7)))
            .collect(),
    }
}

/// Largest distance of a patch that has stood for a second from its code, in codes of the format's depth.
fn worst(units: &[VideoUnit], spec: &RenditionSpec) -> f64 {
    let format = spec.format;
    let bytes = format.sample_bytes();
    let raw = decode_coded(units, if bytes == 2 { "yuv444p10le" } else { "yuv444p" });
    let frame = (coded(SIZE).width * coded(SIZE).height) as usize * 3 * bytes;
    let mut worst: f64 = 0.0;
    for (unit, raw) in units.iter().zip(raw.chunks_exact(frame)) {
        let step = (unit.pts.as_millis() / STEP.as_millis()) as u8;
        let message = Message { target: spec.target, format, frame: unit.stamp.source_frame as u32, step };
        let found = read(raw, format);
        assert_eq!(found.bits, message.bits(), "{format:?}: frame {}", unit.stamp.source_frame);
        // All patches are new in the first picture.
        if unit.pts < units[0].pts + STEP * 4 {
            continue;
        }
        for (slot, code) in found.patches.iter().enumerate() {
            if (usize::from(step) + patches::SLOTS - slot) % patches::SLOTS < 2 {
                continue;
            }
            let expected = patches::code(patches::shown(slot, step), spec.target.color_spec().matrix);
            for (found, expected) in code.iter().zip(expected) {
                let expected = if bytes == 1 { (expected / 4.0).round() } else { expected.round() };
                worst = worst.max((found - expected).abs());
            }
        }
    }
    worst
}

#[test]
fn every_frame_tells_its_number_and_patches_that_have_stood_for_a_second_are_right() {
    let stage = Stage::open(program(SourceSpec::TestReel { height: SIZE.height }));
    let specs = FORMATS.map(|format| rendition(format, SIZE.width, SIZE.height));
    let mut viewers: Vec<_> = specs.iter().map(|spec| stage.attach(*spec, 512)).collect();
    for (spec, viewer) in specs.iter().zip(&mut viewers) {
        let worst = worst(&viewer.take(96), spec);
        println!("{:?}: {worst:.2} codes at most", spec.format);
        // Beyond 10 codes of 10 bits the player calls a picture coarse.
        let bar = if spec.format.sample_bytes() == 2 { 10.0 } else { 4.0 };
        assert!(worst <= bar, "{:?}: {worst}", spec.format);
    }
}

/// Real footage with both marks and its strip, as raw coded pictures, one after the other.
fn write_coded(path: &Path, format: VideoFormat, size: PictureSize, frames: u64) {
    let scale = format!("scale={}:{}", size.width, size.height);
    let pix_fmt = if format.sample_bytes() == 2 { "yuv444p10le" } else { "yuv420p" };
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(footage("bigbuckbunny.mp4"))
        .args(["-vf", &scale, "-pix_fmt", pix_fmt, "-frames:v", &frames.to_string(), "-f", "rawvideo", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut source = ffmpeg.stdout.take().unwrap();
    let mut file = File::create(path).unwrap();
    let mut marker = Marker::new(&marks("costs"), format, size);
    for number in 0..frames {
        let mut data = Picture::new(format, size).data().to_vec();
        for plane in Picture::layout(format, size) {
            for y in 0..plane.height {
                let row = plane.offset + y * plane.stride;
                source.read_exact(&mut data[row..row + plane.width * format.sample_bytes()]).unwrap();
            }
        }
        let stamp = FrameStamp {
            source: SourceId::nil(),
            source_frame: number,
            timecode: String::new(),
            rate: FrameRate::new(24, 1),
            slate: false,
            speed: Speed::NORMAL,
        };
        let pts = Duration::from_nanos(FrameRate::new(24, 1).frame_to_ns(number));
        let time = FrameTime { pts, presented_at: Instant::now(), stamp };
        let frame = ColorFrame::new(Picture::from_data(format, size, data).unwrap(), time);
        let marked = marker.mark(&frame, SystemTime::now()).unwrap();
        file.write_all(marked.picture().data()).unwrap();
    }
    ffmpeg.wait().unwrap();
}

/// Bytes and CPU seconds of x264 with a format's own settings with one quantiser, on one thread: at a constant rate factor the strip's
/// rows, which are easy, would make the picture's better too.
fn encode(raw: &Path, format: VideoFormat, size: PictureSize, filter: &str, qp: u32) -> (u64, f64) {
    let folder = Folder::new();
    let out = folder.path("out.h264");
    let coded = coded(size);
    let pix_fmt = if format.sample_bytes() == 2 { "yuv444p10le" } else { "yuv420p" };
    let output = Command::new("ffmpeg")
        .args(["-benchmark", "-y", "-f", "rawvideo", "-pix_fmt", pix_fmt, "-framerate", "24"])
        .args(["-s", &format!("{}x{}", coded.width, coded.height), "-i"])
        .arg(raw)
        .args(["-vf", filter, "-c:v", "libx264", "-preset", row(format).speed, "-tune", "zerolatency", "-threads", "1"])
        .args(["-qp", &qp.to_string(), "-g", "240", "-x264-params", row(format).options])
        .arg(&out)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let utime = told.split("utime=").nth(1).and_then(|rest| rest.split('s').next()).unwrap();
    (std::fs::metadata(&out).unwrap().len(), utime.parse().unwrap())
}

#[test]
#[ignore = "takes a minute; figures for docs/proof.md"]
fn bench_what_the_strip_costs() {
    let folder = Folder::new();
    for (format, qp) in [
        (VideoFormat::H264High444Bits10, 32),
        (VideoFormat::H264High444Bits10, 38),
        (VideoFormat::H264Bits8, 22),
        (VideoFormat::H264Bits8, 28),
    ] {
        for height in [540, 720, 1_080] {
            let size = PictureSize { width: height * 16 / 9, height };
            let raw = folder.path("raw");
            let frames = 72;
            write_coded(&raw, format, size, frames);
            let mut best = [(0, f64::MAX); 2];
            for _ in 0..5 {
                for (best, filter) in
                    best.iter_mut().zip(["null".to_owned(), format!("crop={}:{height}:0:0", size.width)])
                {
                    let (bytes, seconds) = encode(&raw, format, size, &filter, qp);
                    *best = (bytes, best.1.min(seconds));
                }
            }
            let [(with, slow), (without, fast)] = best;
            let kbit = |bytes: u64| bytes as f64 * 8.0 * 24.0 / frames as f64 / 1e3;
            println!(
                "{format:?} qp {qp} {height}: {:.0} kbit/s with, {:.0} without (+{:.2} %); {:.3} s with, {:.3} s without (+{:.1} %)",
                kbit(with),
                kbit(without),
                100.0 * (with as f64 / without as f64 - 1.0),
                slow,
                fast,
                100.0 * (slow / fast - 1.0),
            );
        }
    }
}
