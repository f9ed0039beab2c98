//! `vitrine lut apply`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{ArgGroup, Args};
use lut::{Lut, Op};
use serde::Deserialize;
use serde_json::json;

use super::super::print_json;
use super::picture::Picture;
use super::steps::{self, Steps};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["points", "input"]))]
pub struct Apply {
    #[command(flatten)]
    steps: Steps,
    /// Undo the steps, last first, where they can be undone
    #[arg(long)]
    inverse: bool,
    /// JSON file of colours, `{"points": [[r, g, b], ...]}`; `{"values": [...]}` is printed
    #[arg(long, value_name = "FILE.json")]
    points: Option<PathBuf>,
    /// Picture to read: PNG or TIFF of 8 or 16 bits, or EXR
    #[arg(long = "in", value_name = "FILE", requires = "output")]
    input: Option<PathBuf>,
    /// Picture to write
    #[arg(long = "out", value_name = "FILE", requires = "input")]
    output: Option<PathBuf>,
}

/// Colours in a file.
#[derive(Deserialize)]
struct Points {
    points: Vec<[f64; 3]>,
}

impl Apply {
    pub fn run(self) -> anyhow::Result<()> {
        let mut look = Lut { ops: self.steps.ops()?, ..Lut::default() };
        anyhow::ensure!(!look.ops.is_empty(), "found nothing to apply, expected --lut FILE or --cdl FILE");
        if self.inverse {
            look.ops = look.ops.iter().rev().map(inverse).collect::<anyhow::Result<_>>()?;
        }
        if let Some(file) = &self.points {
            let bytes = steps::bytes(file)?;
            let Points { points } = serde_json::from_slice(&bytes).with_context(|| file.display().to_string())?;
            let values: Vec<_> = points.into_iter().map(|rgb| look.apply(rgb)).collect();
            print_json(&json!({ "values": values }))?;
        }
        if let (Some(input), Some(output)) = (&self.input, &self.output) {
            let mut picture = Picture::read(input)?;
            picture.map(|rgb| look.apply(rgb));
            picture.write(output)?;
        }
        Ok(())
    }
}

fn inverse(op: &Op) -> anyhow::Result<Op> {
    op.inverse().context("--inverse")
}
