//! `vitrine archive`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use uuid::Uuid;

use super::Where;
use crate::domain::audit::By;

#[derive(Debug, Args)]
pub struct Archive {
    /// Id of the review
    #[arg(long)]
    review: Uuid,
    /// File to write; without it, review-ID.zip here
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    at: Where,
}

/// Writes bytes to a file, or to standard output.
pub(super) fn write_out(out: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    match out {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display())),
        None => Ok(std::io::stdout().lock().write_all(bytes)?),
    }
}

impl Archive {
    pub async fn run(self) -> anyhow::Result<()> {
        let bytes = self.at.open(false).await?.services.archive_review(self.review, &By::COMMAND_LINE).await?;
        let file = self.out.unwrap_or_else(|| PathBuf::from(format!("review-{}.zip", self.review)));
        write_out(Some(&file), &bytes)?;
        println!("{}  {} bytes", file.display(), bytes.len());
        Ok(())
    }
}
