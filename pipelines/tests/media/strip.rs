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

/// What is coded: an animated film that pans, and a street with people on bicycles, cut to 16:9.
const CLIPS: [(&str, &str); 2] = [("bigbuckbunny.mp4", "null"), ("bikes.mp4", "crop=484:272")];
/// Three seconds.
const FRAMES: u64 = 72;

/// Frames of a clip with both marks and its strip, as raw coded pictures, one after the other.
fn write_coded(path: &Path, (clip, cut): (&str, &str), format: VideoFormat, size: PictureSize) {
    let scale = format!("{cut},scale={}:{}", size.width, size.height);
    let pix_fmt = if format.sample_bytes() == 2 { "yuv444p10le" } else { "yuv420p" };
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(footage(clip))
        .args(["-vf", &scale, "-pix_fmt", pix_fmt, "-frames:v", &FRAMES.to_string(), "-f", "rawvideo", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut source = ffmpeg.stdout.take().unwrap();
    let mut file = File::create(path).unwrap();
    let mut marker = Marker::new(&marks("costs"), format, size);
    for number in 0..FRAMES {
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
        let time = FrameTime { pts, presented_at: Instant::now(), stamp, hdr: None };
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
        .args(["-profile:v", if format.sample_bytes() == 2 { "high444" } else { "baseline" }])
        .arg(&out)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let utime = told.split("utime=").nth(1).and_then(|rest| rest.split('s').next()).unwrap();
    (std::fs::metadata(&out).unwrap().len(), utime.parse().unwrap())
}

/// Filters that leave the strip where it is and take it off.
fn with_and_without(size: PictureSize) -> [String; 2] {
    ["null".to_owned(), format!("crop={}:{}:0:0", size.width, size.height)]
}

const QUANTISERS: [(VideoFormat, u32); 4] = [
    (VideoFormat::H264High444Bits10, 32),
    (VideoFormat::H264High444Bits10, 38),
    (VideoFormat::H264Bits8, 22),
    (VideoFormat::H264Bits8, 28),
];

#[test]
#[ignore = "takes some minutes; figures for docs/proof.md"]
fn bench_what_the_strip_costs() {
    let folder = Folder::new();
    let raw = folder.path("raw");
    for clip in CLIPS {
        for (format, qp) in QUANTISERS {
            for height in [540, 720, 1_080] {
                let size = PictureSize { width: height * 16 / 9, height };
                write_coded(&raw, clip, format, size);
                let [with, without] =
                    with_and_without(size).map(|filter| encode(&raw, format, size, &filter, qp).0 as f64);
                let kbit = |bytes: f64| bytes * 8.0 * 24.0 / FRAMES as f64 / 1e3;
                println!(
                    "{} {format:?} qp {qp} {height}: {:.0} kbit/s without, {:+.1} with, {:+.2} %",
                    clip.0,
                    kbit(without),
                    kbit(with - without),
                    100.0 * (with / without - 1.0),
                );
            }
        }
    }
}

/// Many short runs in turn, each with the next: what slows the machine down slows both.
#[test]
#[ignore = "takes some minutes; figures for docs/proof.md"]
fn bench_what_time_the_strip_costs() {
    const PAIRS: u32 = 40;
    let folder = Folder::new();
    let raw = folder.path("raw");
    for (format, qp) in [QUANTISERS[1], QUANTISERS[3]] {
        for height in [540, 720, 1_080] {
            let size = PictureSize { width: height * 16 / 9, height };
            write_coded(&raw, CLIPS[0], format, size);
            let mut ratios: Vec<f64> = (0..PAIRS)
                .map(|_| {
                    let [with, without] =
                        with_and_without(size).map(|filter| encode(&raw, format, size, &filter, qp).1);
                    100.0 * (with / without - 1.0)
                })
                .collect();
            ratios.sort_by(f64::total_cmp);
            // Single runs that were disturbed say nothing: the middle half counts.
            let middle = &ratios[PAIRS as usize / 4..PAIRS as usize * 3 / 4];
            let mean = middle.iter().sum::<f64>() / middle.len() as f64;
            println!(
                "{format:?} qp {qp} {height}: {mean:+.2} % CPU, middle half of {PAIRS} from {:+.2} to {:+.2} %",
                middle[0],
                middle[middle.len() - 1],
            );
        }
    }
}
