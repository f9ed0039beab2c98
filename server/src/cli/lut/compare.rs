//! `vitrine lut compare`.

use std::path::{Path, PathBuf};

use clap::Args;
use lut::color::{apply, bt2020_to_ictcp, delta_e_2000, delta_e_itp, xyz_to_lab};
use lut::{Primaries, Transfer};
use serde_json::{Value, json};

use super::super::print_json;
use super::picture::Picture;
use super::steps;

#[derive(Debug, Args)]
pub struct Compare {
    /// LUT file or picture
    a: PathBuf,
    /// Another of the same kind
    b: PathBuf,
    /// Primaries of the colours that are compared
    #[arg(long, default_value = "bt709", value_parser = super::named::<Primaries>)]
    primaries: Primaries,
    /// Transfer function of the colours that are compared
    #[arg(long, default_value = "bt1886", value_parser = super::named::<Transfer>)]
    transfer: Transfer,
    /// Luminance of light 1.0, cd/m2 (for PQ always 10,000)
    #[arg(long, default_value_t = 100.0)]
    peak: f64,
    /// Colours along each edge of the cube that LUT files are compared on: between the entries of cubes of the usual sizes
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(u16).range(2..=129))]
    steps: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Mean and maximum of a difference.
struct Difference {
    name: &'static str,
    sum: f64,
    max: f64,
    /// Where the maximum is: a colour, or the column and row of a pixel.
    at: Value,
}

impl Difference {
    fn new(name: &'static str) -> Self {
        Self { name, sum: 0.0, max: -1.0, at: Value::Null }
    }

    fn add(&mut self, difference: f64, at: &Value) {
        self.sum += difference;
        // A difference that is no number is the worst.
        if difference > self.max || difference.is_nan() {
            (self.max, self.at) = (difference, at.clone());
        }
    }
}

impl Compare {
    pub fn run(self) -> anyhow::Result<()> {
        let pairs = if Picture::is_picture(&self.a) { self.pictures()? } else { self.luts()? };
        let mut found = [Difference::new("deltaE2000"), Difference::new("deltaE-ITP")];
        let unit = if self.transfer == Transfer::Pq { 10_000.0 } else { self.peak };
        let to_bt2020 = self.primaries.to(Primaries::Bt2020);
        let to_xyz = self.primaries.rgb_to_xyz();
        let white = apply(&to_xyz, [1.0; 3]);
        for (a, b, at) in &pairs {
            let [a, b] = [a, b].map(|rgb| rgb.map(|v| self.transfer.to_linear(v)));
            let scale = unit / self.peak;
            let [lab_a, lab_b] = [a, b].map(|rgb| xyz_to_lab(apply(&to_xyz, rgb.map(|v| v * scale)), white));
            found[0].add(delta_e_2000(lab_a, lab_b), at);
            let [itp_a, itp_b] = [a, b].map(|rgb| bt2020_to_ictcp(apply(&to_bt2020, rgb.map(|v| v * unit))));
            found[1].add(delta_e_itp(itp_a, itp_b), at);
        }
        self.print(&found, pairs.len())
    }

    fn print(&self, found: &[Difference], count: usize) -> anyhow::Result<()> {
        if self.json {
            let facts =
                |d: &Difference| (d.name.to_owned(), json!({ "mean": d.sum / count as f64, "max": d.max, "at": d.at }));
            return print_json(&found.iter().map(facts).collect::<serde_json::Map<_, _>>());
        }
        for d in found {
            println!("{:<11} mean {:.4}, max {:.4} at {}", d.name, d.sum / count as f64, d.max, d.at);
        }
        Ok(())
    }

    /// What both make of a cube of colours.
    fn luts(&self) -> anyhow::Result<Vec<Pair>> {
        let [a, b] = [steps::read(&self.a)?, steps::read(&self.b)?];
        let n = usize::from(self.steps);
        let at = |i: usize| i as f64 / (n - 1) as f64;
        let color = |i: usize| [at(i % n), at(i / n % n), at(i / (n * n))];
        Ok((0..n.pow(3)).map(color).map(|rgb| (a.apply(rgb), b.apply(rgb), json!(rgb))).collect())
    }

    /// Pixel by pixel.
    fn pictures(&self) -> anyhow::Result<Vec<Pair>> {
        let [a, b] = [Picture::read(&self.a)?, Picture::read(&self.b)?];
        let size = |file: &Path, p: &Picture| format!("{} is {} x {}", file.display(), p.size().0, p.size().1);
        anyhow::ensure!(a.size() == b.size(), "{}, {}: expected one size", size(&self.a, &a), size(&self.b, &b));
        let pairs = a.pixels().zip(b.pixels());
        Ok(pairs.map(|((x, y, a), (_, _, b))| (a, b, json!([x, y]))).collect())
    }
}

/// Two colours, and where they are.
type Pair = ([f64; 3], [f64; 3], Value);
