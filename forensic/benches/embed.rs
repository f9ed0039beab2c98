//! Milliseconds of processor time per 1080p frame on one thread: the mark of one viewing, and the mask that all viewers share.
//!
//! `cargo bench -p forensic`. Printed are the fastest and the median of 60 frames: on a shared machine only the
//! fastest says what the code costs.

use forensic::{Area, Depth, ForensicMark, Level, LumaMut, LumaRef, Mask, MasterKey, Sensitivity};
use rustix::time::{ClockId, clock_gettime};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
const FRAMES: u64 = 60;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    println!("{:<40} {:>8} {:>8}", format!("ms per {WIDTH}x{HEIGHT} frame"), "fastest", "median");
    for depth in [Depth::Eight, Depth::Ten] {
        let stride = WIDTH * depth.bytes();
        let picture = picture(depth);
        let luma = LumaRef::new(&picture, stride, WIDTH, HEIGHT, depth)?;
        let area = Area::full(WIDTH, HEIGHT);
        let sensitivity = Sensitivity::bt1886();
        measure(&format!("mask, shared   {depth:?}"), |_| {
            std::hint::black_box(Mask::new(luma, area, &sensitivity));
            Ok(())
        })?;
        let mask = Mask::new(luma, area, &sensitivity);
        for level in Level::available() {
            let production = MasterKey::new([7; 32]).production("bench");
            let mut mark = ForensicMark::with_level(production.viewing("r", "v"), &production.pilot(), level);
            let mut target = picture.clone();
            measure(&format!("one viewer     {depth:?} {level:?}"), |frame| {
                let mut luma = LumaMut::new(&mut target, stride, WIDTH, HEIGHT, depth)?;
                Ok(mark.burn(&mut luma, &mask, frame)?)
            })?;
        }
    }
    Ok(())
}

/// Of this thread, which does not wait for others.
fn processor_ms() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn measure(name: &str, mut frame: impl FnMut(u64) -> Outcome) -> Outcome {
    let mut times = Vec::new();
    for number in 0..FRAMES {
        let start = processor_ms();
        frame(number)?;
        times.push(processor_ms() - start);
    }
    times.sort_by(f64::total_cmp);
    println!("{name:<40} {:8.2} {:8.2}", times[0], times[times.len() / 2]);
    Ok(())
}

/// Gradients with noise.
fn picture(depth: Depth) -> Vec<u8> {
    let mut seed = 1_u32;
    let mut bytes = Vec::new();
    for at in 0..WIDTH * HEIGHT {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let code = 40 + (at % WIDTH) / 16 + (seed >> 28) as usize;
        match depth {
            Depth::Eight => bytes.push(code as u8),
            Depth::Ten => bytes.extend(((code * 4) as u16).to_le_bytes()),
        }
    }
    bytes
}
