//! `vitrine bench pictures`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use pipelines::source::time_reading;
use serde_json::json;

use super::super::print_json;
use super::{Spread, machine};

/// Reads numbered pictures one after the other, from the file to what the colour stage is given.
#[derive(Debug, Args)]
pub struct Pictures {
    /// What to read: shot.%04d.exr, shot.####.dpx or a folder
    path: PathBuf,
    /// Pictures at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pictures: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Pictures {
    pub fn run(&self) -> anyhow::Result<()> {
        let reading = time_reading(&self.path, self.pictures as usize)?;
        let passed: Duration = reading.times.iter().sum();
        let seconds = |time: &Duration| time.as_secs_f64();
        let cost = Spread::of(reading.times.iter().map(|time| seconds(time) * 1e3).collect()).context("no pictures")?;
        let count = reading.times.len();
        let rate = count as f64 / seconds(&passed);
        let megabytes = reading.bytes as f64 / count as f64 / 1e6;
        if self.json {
            return print_json(&json!({
                "machine": machine(), "sequence": reading.description, "picture": reading.picture, "pictures": count,
                "megabytes_each": (megabytes * 10.0).round() / 10.0, "passed_ms": cost.json(),
                "pictures_per_second": (rate * 10.0).round() / 10.0,
            }));
        }
        println!("{}\n{}, {}, {megabytes:.1} MB each", machine(), reading.description, reading.picture);
        println!(
            "{count} pictures, {rate:.1} a second; ms each: median {:.1}, lowest {:.1}, highest {:.1}",
            cost.median, cost.lowest, cost.highest
        );
        Ok(())
    }
}
