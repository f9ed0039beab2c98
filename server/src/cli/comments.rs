//! `vitrine comments`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::Where;
use super::archive::write_out;
use crate::domain::audit::By;
use crate::export::Format;

#[derive(Debug, Subcommand)]
pub enum Comments {
    /// Write a review's comments as a file
    Export(Export),
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Csv => "For spreadsheets (RFC 4180)",
            Self::Json => "For programs",
            Self::Resolve => "Marker EDL for DaVinci Resolve",
            Self::Avid => "Marker text for Avid Media Composer",
            Self::AvidXml => "Marker XML for Avid Media Composer",
            Self::Premiere => "Sequence markers for Premiere (xmeml)",
            Self::Fcpxml => "Markers for Final Cut Pro (FCPXML 1.9)",
            Self::Otio => "OpenTimelineIO",
            Self::Pdf => "For people",
        };
        Some(PossibleValue::new(self.as_str()).help(help))
    }
}

#[derive(Debug, Args)]
pub struct Export {
    /// Id of the review
    #[arg(long)]
    review: Uuid,
    /// Form of the file
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Put a byte order mark before CSV, for spreadsheets that want one
    #[arg(long)]
    bom: bool,
    /// File to write; without it, standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    at: Where,
}

impl Comments {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Export(export) = self;
        let services = export.at.open(false).await?.services;
        let file = services.export_comments(export.review, export.format, export.bom, &By::COMMAND_LINE).await?;
        if file.parts > 1 {
            eprintln!("One file of this format cannot hold these comments: this is a ZIP of {}.", file.parts);
        }
        write_out(export.out.as_deref(), &file.bytes)
    }
}
