//! `vitrine bench`: what the costly parts cost on this machine.

mod color;
mod marks;
mod picture;
mod pictures;
mod viewers;

use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub enum Bench {
    /// The colour stage: milliseconds a frame for each instruction set, cube and format
    Color(color::Color),
    /// What the invisible mark survives, on real footage
    Marks(marks::Marks),
    /// How many numbered pictures (DPX, EXR, TIFF, PNG) are read in a second
    Pictures(pictures::Pictures),
    /// What a viewer costs beyond the bare encoder: marks, packets and encryption
    Viewers(viewers::Viewers),
}

impl Bench {
    pub fn run(&self) -> anyhow::Result<()> {
        match self {
            Self::Color(color) => color.run(),
            Self::Marks(marks) => marks.run(),
            Self::Pictures(pictures) => pictures.run(),
            Self::Viewers(viewers) => viewers.run(),
        }
    }
}

/// What the figures were taken on; without a load average on systems that have none in `/proc`.
fn machine() -> Value {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = read("/proc/loadavg");
    json!({
        "cpu": cpu.trim_start_matches([' ', '\t', ':']),
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "load_average": load.split_whitespace().next().and_then(|load| load.parse::<f64>().ok()),
        "simd": format!("{:?}", lut::Level::best()),
    })
}

/// Middle, least and greatest of some figures.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spread {
    median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    /// `None` of no figures.
    fn of(mut figures: Vec<f64>) -> Option<Self> {
        figures.sort_by(f64::total_cmp);
        Some(Self { median: *figures.get(figures.len() / 2)?, lowest: *figures.first()?, highest: *figures.last()? })
    }

    fn json(self) -> Value {
        let round = |figure: f64| (figure * 1e4).round() / 1e4;
        json!({ "median": round(self.median), "lowest": round(self.lowest), "highest": round(self.highest) })
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn a_spread_has_the_middle_and_both_ends() {
        let spread = Spread { median: 3.0, lowest: 1.0, highest: 9.0 };
        assert_eq!(Spread::of(vec![9.0, 1.0, 3.0]), Some(spread));
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
