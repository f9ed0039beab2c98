//! `vitrine bench viewers`.

use std::time::Duration;

use clap::Args;
use pipelines::encode::overhead::{self, Round};
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::time::FrameRate;
use serde_json::{Value, json};

use super::super::print_json;
use super::{Spread, machine};
use crate::rtc::outlet::Outlet;

/// Sizes, and the bits per second that a viewer of each is sent.
const SIZES: [(PictureSize, u32); 2] = [
    (PictureSize { width: 1_280, height: 720 }, 11_000_000),
    (PictureSize { width: 1_920, height: 1_080 }, 20_000_000),
];
/// The reference, and what most browsers without it are sent.
const FORMATS: [VideoFormat; 2] = [VideoFormat::H264High444Bits10, VideoFormat::H264Bits8];
/// A viewer's CPU time over that of the bare encoder.
const BAR: f64 = 1.15;

/// The bare encoder and a whole viewer take turns on the same pictures, so that what else the machine does falls on both.
#[derive(Debug, Args)]
pub struct Viewers {
    /// Rounds of 12 pictures
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What one format and size costs.
struct Cost {
    spec: RenditionSpec,
    rounds: Vec<Round>,
    packets: u64,
}

impl Viewers {
    pub fn run(&self) -> anyhow::Result<()> {
        pipelines::runtime::init()?;
        let mut costs = Vec::new();
        for format in FORMATS {
            for (size, bitrate_bps) in SIZES {
                let spec = RenditionSpec { format, target: TargetColor::default(), size, bitrate_bps, drill: None };
                let mut outlet = Outlet::connect(&spec)?;
                let send = |unit| outlet.send(&unit).map_err(|error| error.to_string());
                let rounds = overhead::measure(spec, FrameRate::FPS_25, self.rounds, send)?;
                costs.push(Cost { spec, rounds, packets: outlet.packets() });
            }
        }
        let over = costs.iter().filter(|cost| cost.ratio().is_none_or(|ratio| ratio.median > BAR)).count();
        if self.json {
            let costs: Vec<Value> = costs.iter().map(Cost::json).collect();
            print_json(&json!({ "machine": machine(), "bar": BAR, "costs": costs, "over_the_bar": over }))?;
        } else {
            println!("CPU ms of a frame, median of {} rounds", self.rounds);
            println!(
                "{:34} {:>8} {:>8} {:>7} {:>7} {:>7}   viewer / encoder",
                "", "encoder", "viewer", "marks", "send", "shared"
            );
            costs.iter().for_each(Cost::print);
        }
        Ok(())
    }
}

impl Cost {
    fn ms(&self, part: impl Fn(&Round) -> Duration) -> f64 {
        let figures = self.rounds.iter().map(|round| part(round).as_secs_f64() * 1e3).collect();
        Spread::of(figures).map_or(f64::NAN, |spread| spread.median)
    }

    /// Of each round, so that both sides had the same machine.
    fn ratio(&self) -> Option<Spread> {
        let ratio = |round: &Round| round.viewer.as_secs_f64() / round.bare.as_secs_f64();
        Spread::of(self.rounds.iter().map(ratio).collect())
    }

    fn print(&self) {
        let PictureSize { width, height } = self.spec.size;
        let name = format!("{} {}x{}", self.spec.format.name(), width, height);
        let ratio = self.ratio().map_or(String::new(), |ratio| {
            let Spread { median, lowest, highest } = ratio;
            format!("{median:.3} ({lowest:.3}-{highest:.3}){}", if median > BAR { " OVER the bar" } else { "" })
        });
        println!(
            "{name:34} {:8.2} {:8.2} {:7.2} {:7.2} {:7.2}   {ratio}",
            self.ms(|round| round.bare),
            self.ms(|round| round.viewer),
            self.ms(|round| round.marks),
            self.ms(|round| round.send),
            self.ms(|round| round.shared),
        );
    }

    fn json(&self) -> Value {
        let parts = json!({
            "encoder_ms": self.ms(|round| round.bare), "viewer_ms": self.ms(|round| round.viewer),
            "marks_ms": self.ms(|round| round.marks), "send_ms": self.ms(|round| round.send),
            "shared_ms": self.ms(|round| round.shared),
        });
        json!({ "format": self.spec.format, "width": self.spec.size.width, "height": self.spec.size.height,
            "packets": self.packets, "cpu": parts, "ratio": self.ratio().map(Spread::json) })
    }
}
