//! `vitrine lut`: looks, and the library of them.

mod add;
mod apply;
mod bake;
mod check;
mod compare;
mod info;
mod picture;
mod steps;

use clap::Subcommand;
use serde::de::DeserializeOwned;

#[derive(Debug, Subcommand)]
pub enum Lut {
    /// Add a LUT, or a view of an OpenColorIO configuration, to the library
    Add(add::Add),
    /// Say what a LUT file is: format, size, domain, warnings
    Info(info::Info),
    /// Run colours or a picture through LUT files
    Apply(apply::Apply),
    /// Make one cube of LUT files, an ACES output transform or a view of an .ocio configuration
    Bake(bake::Bake),
    /// Say how far apart two LUT files or two pictures are
    Compare(compare::Compare),
    /// Compare this program's colour with reference values
    Check(check::Check),
}

impl Lut {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Info(info) => info.run(),
            Self::Apply(apply) => apply.run(),
            Self::Bake(bake) => bake.run(),
            Self::Compare(compare) => compare.run(),
            Self::Check(check) => check.run(),
        }
    }
}

/// A curve or primaries by the name they have in configurations, e.g. `log_c3`.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    serde_json::from_value(name.into()).map_err(|error| error.to_string())
}
