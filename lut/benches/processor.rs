//! Milliseconds per 1080p frame, on one thread and on two, for every path and instruction set; resizing too.
//!
//! `cargo bench -p lut` runs all; a word after `--` keeps the lines that contain it. Printed are the fastest
//! and the median of 25 frames on one thread, and the fastest on two: on a shared machine only the fastest says
//! what the code costs. Not criterion: one line per path is what is compared between machines.

use std::time::Instant;

use lut::color::{ColorSpec, Primaries};
use lut::formats::Lut;
use lut::ops::lut3d::Domain;
use lut::{ImageBuf, Level, Lut3d, Op, PixelFormat, Processor, Resizer, Transform};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
const FRAMES: usize = 25;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let word = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let wanted = |name: &str| word.as_ref().is_none_or(|word| name.contains(word.as_str()));
    println!("{:<62} {:>8} {:>8} {:>8}", format!("ms per {WIDTH}x{HEIGHT} frame"), "fastest", "median", "two");
    processors(wanted)?;
    resizers(wanted)
}

fn processors(wanted: impl Fn(&str) -> bool) -> Outcome {
    let formats = [
        ("10-bit 4:2:2 -> 10-bit 4:2:0", PixelFormat::I422_10LE, PixelFormat::I420_10LE),
        ("10-bit 4:2:2 -> 10-bit 4:4:4", PixelFormat::I422_10LE, PixelFormat::Y444_10LE),
        ("10-bit 4:2:2 -> 8-bit 4:2:0", PixelFormat::I422_10LE, PixelFormat::I420),
        ("8-bit 4:2:0 -> 10-bit 4:4:4", PixelFormat::I420, PixelFormat::Y444_10LE),
        ("8-bit 4:2:0 -> 8-bit 4:2:0", PixelFormat::I420, PixelFormat::I420),
    ];
    for (transform_name, transform) in transforms()? {
        for (format_name, input, output) in formats {
            for level in Level::available() {
                let name = format!("{transform_name:<22} {format_name:<30} {level:?}");
                if wanted(&name) {
                    let processor = Processor::with_level(&transform, input, output, level)?;
                    let (source, mut target) = (picture(input)?, ImageBuf::new(output, WIDTH, HEIGHT)?);
                    measure(&name, |threads| {
                        Ok(processor.apply_parallel(&source.as_ref(), &mut target.as_mut(), threads)?)
                    })?;
                }
            }
        }
    }
    Ok(())
}

fn resizers(wanted: impl Fn(&str) -> bool) -> Outcome {
    let to = (1280, 720);
    for (format_name, format) in [
        ("10-bit 4:4:4", PixelFormat::Y444_10LE),
        ("10-bit 4:2:2", PixelFormat::I422_10LE),
        ("8-bit 4:2:0", PixelFormat::I420),
        ("8-bit 4:2:0 semi-planar", PixelFormat::NV12),
        ("8-bit RGBA", PixelFormat::Rgba),
    ] {
        for level in Level::available() {
            let name = format!("{:<22} {format_name:<30} {level:?}", format!("resize to {}x{}", to.0, to.1));
            if wanted(&name) {
                let resizer = Resizer::with_level(format, (WIDTH, HEIGHT), to, level)?;
                let (source, mut target) = (picture(format)?, ImageBuf::new(format, to.0, to.1)?);
                measure(&name, |threads| {
                    Ok(resizer.resize_parallel(&source.as_ref(), &mut target.as_mut(), threads)?)
                })?;
            }
        }
    }
    Ok(())
}

fn transforms() -> Result<Vec<(&'static str, Transform)>, Box<dyn std::error::Error>> {
    let input = ColorSpec::BT1886_709_LIMITED;
    let output = ColorSpec::SRGB_709_LIMITED;
    let p3 = ColorSpec { primaries: Primaries::DisplayP3, ..output };
    let with = |look, output| Transform { input, look, output };
    Ok(vec![
        ("nothing", with(None, input)),
        ("curve", with(None, output)),
        ("curve-matrix-curve", with(None, p3)),
        ("look 33", with(Some(look(33)?), input)),
        ("look 65", with(Some(look(65)?), input)),
        ("look 33 + curve", with(Some(look(33)?), output)),
        ("look 65 + curve", with(Some(look(65)?), output)),
    ])
}

/// A cube with a curve and some crosstalk.
fn look(size: usize) -> Result<Lut, Box<dyn std::error::Error>> {
    let step = |i: usize| (i as f32 / (size - 1) as f32).powf(0.9);
    let color = |i: usize| {
        let [r, g, b] = [i % size, i / size % size, i / size / size].map(step);
        [0.9 * r + 0.1 * g, 0.95 * g + 0.05 * b, 0.8 * b + 0.2 * r]
    };
    let cube = Lut3d::new(size, Domain::UNIT, (0..size.pow(3)).map(color).collect())?;
    Ok(Lut::from([Op::Lut3d(cube)]))
}

/// Prints what `frame`, which is given the number of threads, costs.
fn measure(name: &str, mut frame: impl FnMut(usize) -> Outcome) -> Outcome {
    let mut sorted = |threads| -> Result<Vec<f64>, Box<dyn std::error::Error>> {
        let mut times = Vec::new();
        for _ in 0..FRAMES {
            let start = Instant::now();
            frame(threads)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        Ok(times)
    };
    let (one, two) = (sorted(1)?, sorted(2)?);
    println!("{name:<62} {:8.2} {:8.2} {:8.2}", one[0], one[FRAMES / 2], two[0]);
    Ok(())
}

/// Smooth gradients with some noise, so that neighbours fall in neighbouring cells as in a picture.
fn picture(format: PixelFormat) -> Result<ImageBuf, Box<dyn std::error::Error>> {
    let mut image = ImageBuf::new(format, WIDTH, HEIGHT)?;
    let max = format.depth().max_code() as usize;
    let mut seed = 1_u32;
    for plane in 0..format.plane_count() {
        let (row_bytes, _) = format.plane_size(plane, WIDTH, HEIGHT);
        for (i, sample) in image.plane_mut(plane).chunks_mut(format.depth().bytes()).enumerate() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = (i % row_bytes, i / row_bytes);
            let code = (x + y * 3 * (plane + 1)) / 4 % max * 3 / 4 + (seed >> 29) as usize + max / 16;
            let bytes = (code as u16).to_le_bytes();
            sample.copy_from_slice(&bytes[..sample.len()]);
        }
    }
    Ok(image)
}
