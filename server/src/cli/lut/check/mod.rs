//! `vitrine lut check`: this program's colour against reference values that others computed.
//!
//! The file is a JSON object of entries. An entry's name says which function it is of; most have `inputs` and `outputs`.
//! What begins with `_` is about the file.

mod camera;
mod curves;
mod difference;
mod entry;
mod spaces;
mod views;
mod ycbcr;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Map, Value};

use super::steps;
use entry::Outcome;

#[derive(Debug, Args)]
pub struct Check {
    /// JSON file of reference values
    vectors: PathBuf,
}

impl Check {
    pub fn run(self) -> anyhow::Result<()> {
        let bytes = steps::bytes(&self.vectors)?;
        let file = || self.vectors.display().to_string();
        let entries: Map<String, Value> = serde_json::from_slice(&bytes).with_context(file)?;
        let (mut count, mut failed) = (0, 0);
        for (name, entry) in entries.iter().filter(|(name, _)| !name.starts_with('_')) {
            count += 1;
            let line = match outcome(name, entry).with_context(|| format!("{}: {name}", file()))? {
                None => "unknown".to_owned(),
                Some(outcome) if outcome.is_within() => format!("ok      {outcome}"),
                Some(outcome) => format!("FAILED  {outcome}"),
            };
            failed += usize::from(!line.starts_with("ok"));
            println!("{line:<34} {name}");
        }
        anyhow::ensure!(count > 0, "{}: found no entries", file());
        anyhow::ensure!(failed == 0, "{failed} of {count} entries are unknown or beyond their tolerance");
        println!("{count} entries, all within their tolerance");
        Ok(())
    }
}

/// What one entry comes to; `None` for a name that no function has.
fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    let families =
        [curves::outcome, camera::outcome, spaces::outcome, ycbcr::outcome, views::outcome, difference::outcome];
    for family in families {
        if let Some(outcome) = family(name, entry)? {
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}
