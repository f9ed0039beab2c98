//! `vitrine lut bake`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};
use lut::Transfer;
use lut::bake::{Config, ConfigTransform, Shaper, Spread, bake, bake_all, bake_fitted};
use lut::formats::{Format, Lut, clf, cube};

use super::steps::{self, Steps};
use crate::import::ocio;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Aces {
    #[value(name = "1.3")]
    V1_3,
    #[value(name = "2.0")]
    V2_0,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("config").args(["aces", "ocio"]))]
pub struct Bake {
    #[command(flatten)]
    steps: Steps,
    /// The output transforms of ACES
    #[arg(long, value_enum, requires = "source", requires = "display", requires = "view")]
    aces: Option<Aces>,
    /// OpenColorIO configuration, or .ocioz archive of one with its files
    #[arg(long, value_name = "FILE.ocio", requires = "source", requires = "display", requires = "view")]
    ocio: Option<PathBuf>,
    /// Directory with the files the configuration refers to; nothing else is opened
    #[arg(long, value_name = "DIR", requires = "ocio")]
    files: Option<PathBuf>,
    /// Color space of the input, e.g. ACEScct
    #[arg(long, value_name = "NAME", requires = "config")]
    source: Option<String>,
    /// Display, e.g. 'Rec.1886 Rec.709 - Display'
    #[arg(long, value_name = "NAME", requires = "config")]
    display: Option<String>,
    /// View, e.g. 'ACES 2.0 - SDR 100 nits (Rec.709)'
    #[arg(long, value_name = "NAME", requires = "config")]
    view: Option<String>,
    /// Spread the cube over this curve's signal, for linear input; needs .clf
    #[arg(long, value_name = "CURVE", value_parser = super::named::<Transfer>)]
    shaper: Option<Transfer>,
    /// Entries along an edge [default: 33, of an output transform of ACES 65]
    #[arg(long, value_parser = clap::value_parser!(u16).range(2..=129))]
    size: Option<u16>,
    /// Title of the file
    #[arg(long)]
    title: Option<String>,
    /// File to write, .cube or .clf
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Bake {
    pub fn run(self) -> anyhow::Result<()> {
        let format = Format::from_name(&self.out.to_string_lossy());
        anyhow::ensure!(
            matches!(format, Some(Format::Cube | Format::Clf)),
            "{}: expected a name that ends in .cube or .clf",
            self.out.display()
        );
        let shaper = self.shaper.map_or(Shaper::None, Shaper::Log);
        let look = Lut { ops: self.steps.ops()?, ..Lut::default() };
        let size = usize::from(self.size.unwrap_or(if self.aces.is_some() { 65 } else { 33 }));
        let mut baked = match self.config()? {
            Some(view) if self.aces.is_some() => {
                let look = |color: &mut [f32; 3]| *color = look.apply(color.map(f64::from)).map(|v| v as f32);
                let f = |colors: &mut [[f32; 3]]| {
                    colors.iter_mut().for_each(look);
                    view.apply_all(colors);
                };
                bake_fitted(f, shaper, self.spread(), size)?
            }
            Some(view) if look.ops.is_empty() => bake_all(|colors| view.apply_all(colors), shaper, size)?,
            Some(view) => bake(|rgb| view.apply(look.apply(rgb)), shaper, size)?,
            None => {
                anyhow::ensure!(!look.ops.is_empty(), "found nothing to bake, expected --lut, --cdl, --aces or --ocio");
                bake(|rgb| look.apply(rgb), shaper, size)?
            }
        };
        baked.title = self.title;
        let text = if format == Some(Format::Clf) { clf::write(&baked) } else { cube::write(&baked) };
        std::fs::write(&self.out, text?).with_context(|| format!("cannot write {}", self.out.display()))
    }

    /// Where the entries of an output transform of ACES lie: that of 2.0 bends at few places of the signal it is made for.
    fn spread(&self) -> Spread {
        match (self.aces, self.source.as_deref(), self.shaper) {
            (Some(Aces::V2_0), Some("ACEScct"), None) | (Some(Aces::V2_0), Some("ACEScg"), Some(Transfer::Acescct)) => {
                Spread::ACESCCT
            }
            _ => Spread::EVEN,
        }
    }

    /// The view that is asked for, if any.
    fn config(&self) -> anyhow::Result<Option<ConfigTransform>> {
        let (Some(source), Some(display), Some(view)) = (&self.source, &self.display, &self.view) else {
            return Ok(None);
        };
        let config = match (self.aces, &self.ocio) {
            (Some(Aces::V1_3), _) => Config::aces_1_3()?,
            (Some(Aces::V2_0), _) => Config::aces_2_0()?,
            (None, Some(file)) if self.files.is_none() => {
                ocio::read(&steps::bytes(file)?).with_context(|| file.display().to_string())?
            }
            (None, Some(file)) => {
                let files = |name: &str| self.file(name);
                Config::read(&steps::bytes(file)?, &files).with_context(|| file.display().to_string())?
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(config.display_view(source, display, view)?))
    }

    /// A file the configuration refers to: by its last name only, in the directory given.
    fn file(&self, name: &str) -> Option<Lut> {
        let path = self.files.as_ref()?.join(Path::new(name).file_name()?);
        steps::read(&path).ok()
    }
}
