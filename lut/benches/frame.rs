//! What one look costs: CPU milliseconds per frame of a raw picture, as `compare.py` asks for it.
//!
//! `cargo bench -p lut --bench frame -- --cube FILE --picture FILE --size 1920x1080 --to I420_10LE --level avx512
//! --threads 1 --frames 40` prints one line of JSON: the median CPU time of a frame on this thread, and the median of the
//! time that passed, in milliseconds. CPU time is what a frame costs on a machine that others use as well; for several
//! threads only the time that passed says anything.

use std::time::{Duration, Instant};

use lut::color::ColorSpec;
use lut::{ImageBuf, Level, PixelFormat, Processor, Transform};

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    // `cargo bench` runs every target, without these arguments.
    let Some(cube) = argument("--cube") else { return Ok(()) };
    let picture = argument("--picture").ok_or("expected --picture FILE")?;
    let (width, height) = size(&argument("--size").unwrap_or("1920x1080".into()))?;
    let from = format(argument("--from").unwrap_or("I422_10LE".into()))?;
    let to = format(argument("--to").unwrap_or("I420_10LE".into()))?;
    let threads = argument("--threads").map_or(Ok(1), |n| n.parse())?;
    let frames: usize = argument("--frames").map_or(Ok(40), |n| n.parse())?;

    let input = ColorSpec::BT1886_709_LIMITED;
    let output = if flag("--srgb") { ColorSpec::SRGB_709_LIMITED } else { input };
    let look = (cube != "none").then(|| look(&cube)).transpose()?;
    let processor = Processor::with_level(&Transform { input, look, output }, from, to, level()?)?;
    let source = read(from, (width, height), &std::fs::read(picture)?)?;
    let mut target = ImageBuf::new(to, width, height)?;

    let mut times = Vec::new();
    for _ in 0..frames.max(1) {
        let (cpu, passed) = (cpu_time(), Instant::now());
        processor.apply_parallel(&source.as_ref(), &mut target.as_mut(), threads)?;
        times.push((cpu_time() - cpu, passed.elapsed()));
    }
    let fastest = times.iter().map(|(cpu, _)| *cpu).min().unwrap_or_default().as_secs_f64() * 1000.0;
    let cpu = median(times.iter().map(|(cpu, _)| *cpu).collect());
    let passed = median(times.iter().map(|(_, passed)| *passed).collect());
    println!(
        "{{\"cpu_ms\": {cpu:.4}, \"fastest_cpu_ms\": {fastest:.4}, \"passed_ms\": {passed:.4}, \"level\": \"{:?}\"}}",
        processor.level()
    );
    Ok(())
}

fn look(cube: &str) -> Result<lut::Lut, Error> {
    Ok(lut::formats::cube::read(&std::fs::read(cube)?)?)
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|arg| arg != name).nth(1)
}

fn flag(name: &str) -> bool {
    std::env::args().any(|arg| arg == name)
}

fn size(text: &str) -> Result<(usize, usize), Error> {
    let (width, height) = text.split_once('x').ok_or("expected --size WIDTHxHEIGHT")?;
    Ok((width.parse()?, height.parse()?))
}

fn format(name: String) -> Result<PixelFormat, Error> {
    Ok(PixelFormat::from_gstreamer(&name).ok_or_else(|| format!("unknown format {name}"))?)
}

fn level() -> Result<Level, Error> {
    match argument("--level").as_deref() {
        None => Ok(Level::best()),
        Some("scalar") => Ok(Level::Scalar),
        Some("avx2") => Ok(Level::Avx2),
        Some("avx512") => Ok(Level::Avx512),
        Some(other) => Err(format!("unknown level {other}").into()),
    }
}

/// Planes one after the other, rows without gaps.
fn read(format: PixelFormat, (width, height): (usize, usize), mut bytes: &[u8]) -> Result<ImageBuf, Error> {
    let mut image = ImageBuf::new(format, width, height)?;
    for plane in 0..format.plane_count() {
        let plane = image.plane_mut(plane);
        let (head, rest) = bytes.split_at_checked(plane.len()).ok_or("the picture file is too short")?;
        plane.copy_from_slice(head);
        bytes = rest;
    }
    Ok(image)
}

/// CPU time of this thread.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}
