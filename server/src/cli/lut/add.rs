//! `vitrine lut add`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::super::{Where, print_json};
use super::steps;
use crate::domain::audit::By;
use crate::import::ocio::{self, Offer, View};

#[derive(Debug, Args)]
pub struct Add {
    /// LUT of any format, or OpenColorIO configuration: .ocio, or .ocioz with the files that it refers to
    file: PathBuf,
    /// Color space that pictures come in, e.g. ACEScct
    #[arg(long, value_name = "NAME", requires = "display", requires = "view")]
    source: Option<String>,
    /// Display of the configuration
    #[arg(long, value_name = "NAME", requires = "source")]
    display: Option<String>,
    /// View of the display
    #[arg(long, value_name = "NAME", requires = "source")]
    view: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

impl Add {
    pub async fn run(self) -> anyhow::Result<()> {
        let bytes = steps::bytes(&self.file)?;
        let shown = || self.file.display().to_string();
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).with_context(shown)?;
        let services = async || anyhow::Ok(self.at.open(false).await?.services);
        let lut = match (self.source.clone(), self.display.clone(), self.view.clone()) {
            (Some(color_space), Some(display), Some(view)) => {
                let view = View { color_space, display, view };
                services().await?.add_view(&name, bytes, view, &By::COMMAND_LINE).await?
            }
            _ if ocio::is_configuration(&name) => {
                anyhow::bail!("{}", choices(&ocio::read(&bytes).with_context(shown)?))
            }
            _ => {
                let text = String::from_utf8(bytes).with_context(shown)?;
                services().await?.add_lut(&name, text, &By::COMMAND_LINE).await?
            }
        };
        if self.json {
            return print_json(&json!({ "id": lut.id, "name": lut.name, "sha256": lut.sha256 }));
        }
        println!("{}  {}", lut.id, lut.name);
        Ok(())
    }
}

/// What has to be said, and what there is to say.
fn choices(config: &lut::bake::Config) -> String {
    let Offer { color_spaces, displays } = ocio::offer(config);
    let displays: Vec<String> =
        displays.iter().map(|display| format!("{:?} with views {:?}", display.name, display.views)).collect();
    format!("expected --source, one of {color_spaces:?}, and --display and --view, of {}", displays.join("; "))
}
