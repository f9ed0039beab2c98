//! Costs, printed on request: `cargo test --release -p pipelines --test media -- --ignored --nocapture bench`.

use std::time::{Duration, Instant};

use lut::{Matrix, Transfer};
use pipelines::encode::capability::Capability;
use pipelines::source::reel::{Patch, Reel};
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::source::SourceSpec;

use crate::support::{Folder, Stage, Viewer, decode, ffmpeg, file, program, rendition};

#[test]
fn capability_is_measured_in_about_a_second() {
    pipelines::runtime::init().unwrap();
    let started = Instant::now();
    let capability = Capability::measure().unwrap();
    println!("{} in {:?}", serde_json::to_string(&capability).unwrap(), started.elapsed());
    for format in VideoFormat::ALL {
        let cost = capability.encode_ns_per_pixel(format);
        assert!((1.0..1_000.0).contains(&cost), "{format:?} {cost}");
    }
    assert!(capability.color_ns_per_pixel > 0.1);
}

/// CPU time of this process, user and system, in milliseconds.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10.0
}

fn rss_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

fn thread_names() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.map(|name| name.trim().to_owned()).collect()
}

/// What viewers cost: CPU per source frame with none, one and two of them.
#[test]
#[ignore = "takes a minute and wants a quiet machine"]
fn bench_cpu_per_frame() {
    let folder = Folder::new();
    let clip = folder.path("clip.mov");
    let input = "testsrc2=s=1920x1080:r=24000/1001:d=8,noise=alls=12:allf=t";
    let args = ["-f", "lavfi", "-i", input, "-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-profile:v", "standard"];
    assert!(ffmpeg(&args, &clip));
    for (name, spec) in [("reel", program(SourceSpec::TestReel { height: 1_080 })), ("prores", file(&clip))] {
        for (width, height) in [(1_920, 1_080), (1_280, 720), (960, 540)] {
            for format in VideoFormat::ALL {
                let mut stage = Stage::open(spec.clone());
                stage.live();
                let mut costs = Vec::new();
                let mut viewers = Vec::new();
                let mut frames = 0;
                for _ in 0..3 {
                    std::thread::sleep(Duration::from_millis(500));
                    for viewer in &mut viewers {
                        let viewer: &mut Viewer = viewer;
                        while viewer.units.try_recv().is_ok() {}
                    }
                    let (cpu, started) = (cpu_ms(), Instant::now());
                    std::thread::sleep(Duration::from_secs(3));
                    costs.push((cpu_ms() - cpu) / (started.elapsed().as_secs_f64() * 24_000.0 / 1_001.0));
                    if let Some(viewer) = viewers.first_mut() {
                        let viewer: &mut Viewer = viewer;
                        frames = 0;
                        while let Some(_unit) = viewer.next_within(Duration::from_millis(5)) {
                            frames += 1;
                        }
                    }
                    viewers.push(stage.attach(rendition(format, width, height), 512));
                }
                println!(
                    "{name} {format:?} {width}x{height}: source {:.1} ms, first viewer +{:.1}, second +{:.1} CPU ms a \
                     frame; {frames} of 72 frames with one; {} MiB",
                    costs[0],
                    costs[1] - costs[0],
                    costs[2] - costs[1],
                    rss_mib(),
                );
            }
        }
    }
}

/// Memory and threads over minutes; `VITRINE_SOAK_S` says how long.
#[test]
#[ignore = "takes minutes"]
fn bench_soak() {
    let seconds = std::env::var("VITRINE_SOAK_S").ok().and_then(|s| s.parse().ok()).unwrap_or(120_u64);
    let folder = Folder::new();
    let clip = folder.path("clip.mp4");
    let input = "testsrc2=s=960x540:r=25:d=5";
    let args = ["-f", "lavfi", "-i", input, "-f", "lavfi", "-i", "sine=d=5", "-c:v", "libx264", "-c:a", "aac"];
    assert!(ffmpeg(&args, &clip));
    let before = threads();
    let mut stage = Stage::open(file(&clip));
    stage.live();
    let mut viewers: Vec<Viewer> =
        (0..3).map(|_| stage.attach(rendition(VideoFormat::H264Bits8, 960, 540), 256)).collect();
    let (started, mut units, mut told) = (Instant::now(), 0, 0);
    while started.elapsed().as_secs() < seconds {
        for viewer in &mut viewers {
            while viewer.next_within(Duration::from_millis(2)).is_some() {
                units += 1;
            }
            viewer.audio.clear();
        }
        if started.elapsed().as_secs() / 15 > told {
            told = started.elapsed().as_secs() / 15;
            println!("{} s: {} MiB, {} threads, {units} units", told * 15, rss_mib(), threads());
        }
    }
    stage.engine.close(stage.program);
    std::thread::sleep(Duration::from_millis(500));
    println!("closed: {} MiB, {} threads, {before} before: {:?}", rss_mib(), threads(), thread_names());
    std::thread::sleep(Duration::from_secs(20));
    println!("20 s later: {} MiB, {} threads: {:?}", rss_mib(), threads(), thread_names());
}

/// Unrounded 10-bit codes the colour stage computes for a flat patch of the reel.
fn sent(patch: &Patch) -> [f64; 3] {
    let [y, cb, cr] = patch.code_10bit.map(f64::from);
    let signal = lut::color::apply(
        &Matrix::Bt709.ycbcr_to_rgb(),
        [(y - 64.0) / 876.0, (cb - 512.0) / 896.0, (cr - 512.0) / 896.0],
    );
    let shown = signal.map(|v| Transfer::Srgb.from_linear(Transfer::Bt1886.to_linear(v.clamp(0.0, 1.0))));
    let [y, cb, cr] = lut::color::apply(&Matrix::Bt709.rgb_to_ycbcr(), shown);
    [64.0 + 876.0 * y, 512.0 + 896.0 * cb, 512.0 + 896.0 * cr]
}

/// Furthest sample of a patch from what was sent, in 10-bit codes; `frame` is one picture of yuv444p10le.
fn furthest(frame: &[u8], size: PictureSize, patch: &Patch) -> f64 {
    let (width, height) = (size.width as usize, size.height as usize);
    let expected = sent(patch);
    let mut furthest = 0.0_f64;
    for (plane, expected) in expected.into_iter().enumerate() {
        for y in patch.rect.y..patch.rect.y + patch.rect.height {
            for x in patch.rect.x..patch.rect.x + patch.rect.width {
                let at = 2 * ((plane * height + y) * width + x);
                let code = u16::from_le_bytes([frame[at], frame[at + 1]]);
                furthest = furthest.max((f64::from(code) - expected).abs());
            }
        }
    }
    furthest
}

/// How the flat patches of the reel come out of the encoder, frame by frame.
#[test]
#[ignore = "takes half a minute and wants a quiet machine"]
fn bench_flat_patches() {
    for (height, bitrate_bps) in [(1_080, 20_000_000), (720, 11_000_000), (540, 6_200_000)] {
        let size = PictureSize { width: height * 16 / 9, height };
        let stage = Stage::open(program(SourceSpec::TestReel { height: 1_080 }));
        let spec = RenditionSpec {
            format: VideoFormat::H264High444Bits10,
            target: TargetColor::default(),
            size,
            bitrate_bps,
            drill: None,
        };
        let units = stage.attach(spec, 512).take(96);
        let bytes: usize = units.iter().map(|unit| unit.data.len()).sum();
        let time = units[95].pts - units[0].pts;
        let raw = decode(&units, "yuv444p10le");
        let frames: Vec<&[u8]> = raw.chunks_exact(raw.len() / 96).collect();
        let patches = Reel::patches(size);
        let far =
            |frame: usize| -> Vec<f64> { patches.iter().map(|patch| furthest(frames[frame], size, patch)).collect() };
        let off = [0, 23, 47, 95].map(|frame| far(frame).iter().filter(|codes| **codes > 0.51).count());
        println!(
            "{height} lines, {:.1} Mbit/s asked, {:.1} sent: {off:?} of {} patches off at frames 0, 23, 47, 95; worst at 95 {:.2}",
            f64::from(bitrate_bps) / 1e6,
            bytes as f64 * 8.0 / time.as_secs_f64() / 1e6,
            patches.len(),
            far(95).into_iter().fold(0.0, f64::max),
        );
    }
}
