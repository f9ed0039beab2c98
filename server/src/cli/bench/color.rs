//! `vitrine bench color`.

use std::time::{Duration, Instant};

use clap::Args;
use lut::color::ColorSpec;
use lut::{ImageBuf, Level, PixelFormat, Processor, Transform};
use serde_json::json;

use super::super::print_json;
use super::{Spread, machine, picture};

/// Each contestant runs once in every round, so that what else the machine does falls on all alike.
#[derive(Debug, Args)]
pub struct Color {
    /// Rounds
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Frames of each contestant in a round
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    frames: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One way from 10-bit 4:2:2 to a picture for viewers.
struct Contestant {
    name: String,
    processor: Processor,
    target: ImageBuf,
    threads: usize,
    /// Milliseconds of a frame, one figure a round: of CPU for one thread, that passed for several.
    costs: Vec<f64>,
}

impl Contestant {
    fn new(name: &str, transform: &Transform, to: PixelFormat, level: Level, threads: usize) -> anyhow::Result<Self> {
        let processor = Processor::with_level(transform, PixelFormat::I422_10LE, to, level)?;
        let target = ImageBuf::new(to, picture::SIZE.0, picture::SIZE.1)?;
        Ok(Self { name: name.to_owned(), processor, target, threads, costs: Vec::new() })
    }

    fn run(&mut self, source: &ImageBuf, frames: u32) -> anyhow::Result<()> {
        let mut frame = || -> anyhow::Result<f64> {
            let (cpu, passed) = (cpu_time(), Instant::now());
            self.processor.apply_parallel(&source.as_ref(), &mut self.target.as_mut(), self.threads)?;
            let spent = if self.threads == 1 { cpu_time().saturating_sub(cpu) } else { passed.elapsed() };
            Ok(spent.as_secs_f64() * 1e3)
        };
        let frames = (0..frames).map(|_| frame()).collect::<Result<Vec<_>, _>>()?;
        self.costs.extend(Spread::of(frames).map(|spread| spread.median));
        Ok(())
    }
}

/// CPU time of this thread.
fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

impl Color {
    pub fn run(&self) -> anyhow::Result<()> {
        let (source, mut contestants) = (picture::picture()?, contestants()?);
        for _ in 0..self.rounds {
            for contestant in &mut contestants {
                contestant.run(&source, self.frames)?;
            }
        }
        let first = contestants.first().map(|first| first.costs.clone()).unwrap_or_default();
        let rows: Vec<_> = contestants.into_iter().filter_map(|contestant| row(contestant, &first)).collect();
        if self.json {
            return print_json(&json!({
                "machine": machine(), "frame": format!("{}x{}", picture::SIZE.0, picture::SIZE.1), "input": "10-bit 4:2:2",
                "rounds": self.rounds, "frames": self.frames, "rows": rows.iter().map(Row::json).collect::<Vec<_>>(),
            }));
        }
        println!("{}", machine());
        println!("\n{:<44} {:>9} {:>9} {:>9} {:>9}", "ms a 1920x1080 frame", "median", "lowest", "highest", "to first");
        for Row { name, cost, ratio, .. } in rows {
            println!(
                "{name:<44} {:>9.2} {:>9.2} {:>9.2} {:>9.2}",
                cost.median, cost.lowest, cost.highest, ratio.median
            );
        }
        println!(
            "\nCPU time of the thread; of several threads, the time that passed. Ratios within a round, their median."
        );
        Ok(())
    }
}

struct Row {
    name: String,
    threads: usize,
    level: Level,
    cost: Spread,
    /// To the first row, round by round.
    ratio: Spread,
}

impl Row {
    fn json(&self) -> serde_json::Value {
        let kind = if self.threads == 1 { "cpu_ms" } else { "passed_ms" };
        json!({ "name": self.name, "level": format!("{:?}", self.level), "threads": self.threads,
            kind: self.cost.json(), "ratio_to_first": self.ratio.json() })
    }
}

fn row(contestant: Contestant, first: &[f64]) -> Option<Row> {
    let ratio = Spread::of(contestant.costs.iter().zip(first).map(|(cost, first)| cost / first).collect())?;
    let (threads, level) = (contestant.threads, contestant.processor.level());
    Some(Row { name: contestant.name, threads, level, cost: Spread::of(contestant.costs)?, ratio })
}

fn contestants() -> anyhow::Result<Vec<Contestant>> {
    let bt1886 = ColorSpec::BT1886_709_LIMITED;
    let with = |look, output| Transform { input: bt1886, look, output };
    let (cube33, cube65) = (with(Some(picture::look(33)?), bt1886), with(Some(picture::look(65)?), bt1886));
    let display = with(Some(picture::look(33)?), ColorSpec::SRGB_709_LIMITED);
    let plain = with(None, ColorSpec::SRGB_709_LIMITED);
    let (to_420, to_444, best) = (PixelFormat::I420_10LE, PixelFormat::Y444_10LE, Level::best());
    let mut rows = Vec::new();
    for level in Level::available().into_iter().rev() {
        rows.push(Contestant::new(&format!("33^3 to 10-bit 4:2:0, {level:?}"), &cube33, to_420, level, 1)?);
    }
    rows.push(Contestant::new("65^3 to 10-bit 4:2:0", &cube65, to_420, best, 1)?);
    rows.push(Contestant::new("33^3 and sRGB to 10-bit 4:4:4", &display, to_444, best, 1)?);
    rows.push(Contestant::new("33^3 and sRGB to 8-bit 4:2:0, dithered", &display, PixelFormat::I420, best, 1)?);
    rows.push(Contestant::new("sRGB alone to 10-bit 4:4:4", &plain, to_444, best, 1)?);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if threads > 1 {
        rows.push(Contestant::new(
            &format!("33^3 to 10-bit 4:2:0, {threads} threads"),
            &cube33,
            to_420,
            best,
            threads,
        )?);
    }
    Ok(rows)
}
