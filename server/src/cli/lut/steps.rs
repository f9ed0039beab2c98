//! LUT files as the command line names them, and the steps they come down to.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use lut::Op;
use lut::ops::lut3d::Interpolation;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    Tetrahedral,
    Trilinear,
}

#[derive(Debug, Args)]
pub struct Steps {
    /// LUT files, applied in the order given
    #[arg(long, value_name = "FILE", num_args = 1..)]
    lut: Vec<PathBuf>,
    /// ASC CDL (.cdl, .cc, .ccc), applied before the LUT files
    #[arg(long, value_name = "FILE")]
    cdl: Option<PathBuf>,
    /// How cubes are interpolated; without it, as the file says, else tetrahedral
    #[arg(long, value_enum)]
    interpolation: Option<Method>,
}

impl Steps {
    /// The ops of all files, in order; none without files.
    pub fn ops(&self) -> anyhow::Result<Vec<Op>> {
        let mut ops = Vec::new();
        for file in self.cdl.iter().chain(&self.lut) {
            ops.extend(read(file)?.ops);
        }
        let Some(method) = self.interpolation else { return Ok(ops) };
        let interpolation = match method {
            Method::Tetrahedral => Interpolation::Tetrahedral,
            Method::Trilinear => Interpolation::Trilinear,
        };
        let set = |op| match op {
            Op::Lut3d(cube) => Op::Lut3d(cube.with_interpolation(interpolation)),
            other => other,
        };
        Ok(ops.into_iter().map(set).collect())
    }
}

/// Reads a LUT file of any format.
pub fn read(file: &Path) -> anyhow::Result<lut::Lut> {
    let bytes = bytes(file)?;
    let name = file.file_name().map(|name| name.to_string_lossy());
    lut::formats::read(&bytes, name.as_deref()).with_context(|| file.display().to_string())
}

/// The bytes of a file no larger than any LUT may be.
pub fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", file.display());
    let size = std::fs::metadata(file).with_context(cannot)?.len();
    let max = lut::formats::MAX_BYTES;
    anyhow::ensure!(size <= max as u64, "{}: found {size} bytes, expected at most {max}", file.display());
    std::fs::read(file).with_context(cannot)
}
