//! `vitrine review source`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use pipelines::spec::color::InputColor;
use pipelines::spec::source::{Passphrase, SourceId, SourceSpec};
use pipelines::spec::time::FrameRate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::house::House;
use super::review::input_colors;
use super::user::secret_line;
use super::{Where, print_json};
use crate::domain::audit::By;
use crate::domain::secret::Token;
use crate::domain::source::ReviewSource;
use crate::service::source::NewSource;

#[derive(Debug, Subcommand)]
pub enum Source {
    /// Add a source to a review; it is not on air yet
    Add(Box<Add>),
    /// List a review's sources
    List(OfReview),
    /// Put a source on air: viewers see it as soon as it has a picture, without a gap
    Show(One),
    /// Give a source of the kind `whip` a new key; whoever publishes with the old one is stopped
    Key(OfSource),
    /// Remove a source that is not on air
    Remove(One),
}

#[derive(Debug, Args)]
pub struct Add {
    /// Id of the review
    review: Uuid,
    /// What the house calls it; without it, after where it comes from
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    from: Origin,
    /// What colour the source is in
    #[arg(long, value_parser = input_colors(), default_value = "from-tags")]
    input_color: InputColor,
    /// Timecode of frame 0, when the source carries none
    #[arg(long, value_name = "HH:MM:SS:FF")]
    start_timecode: Option<String>,
    /// Count timecode drop-frame at 29.97 and 59.94
    #[arg(long)]
    drop_frame: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

/// Where a picture comes from, as it is given on the command line.
#[derive(Debug, Args)]
pub struct Origin {
    /// `reel`, `reel:720`, `slate`, `whip` (OBS or another sender publishes to it), `sdi:0` (a card), `ndi:NAME`, a path to a media file, numbered
    /// pictures (`shot.%04d.dpx`, `shot.####.exr`, a folder), or srt://host:port?mode=listener|caller|rendezvous
    #[arg(long, value_name = "reel|slate|whip|sdi:N|ndi:NAME|PATH|srt://...")]
    source: String,
    /// File whose first line is the AES passphrase of an SRT feed
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Frames per second of numbered pictures, e.g. 25 or 24000/1001; without it, what the first one says, else 24
    #[arg(long, value_name = "RATE", value_parser = rate)]
    rate: Option<FrameRate>,
}

#[derive(Debug, Args)]
pub struct OfReview {
    /// Id of the review
    review: Uuid,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct One {
    /// Id of the review
    review: Uuid,
    /// Id of the source
    source: Uuid,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct OfSource {
    /// Id of the review
    review: Uuid,
    /// Id of the source
    source: Uuid,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

/// A sender's address and key, which are told this once.
pub struct Sender {
    url: String,
    key: Token,
}

impl Sender {
    /// A new key for a source that senders publish to; `None` for any other.
    pub async fn of(house: &House, review: Uuid, source: SourceId, spec: &SourceSpec) -> anyhow::Result<Option<Self>> {
        if *spec != SourceSpec::Whip {
            return Ok(None);
        }
        Self::make(house, review, source).await.map(Some)
    }

    async fn make(house: &House, review: Uuid, source: SourceId) -> anyhow::Result<Self> {
        let key = house.services.make_publish_key(review, source, &By::COMMAND_LINE).await?;
        Ok(Self { url: format!("{}/whip/{source}", house.public_url().await?), key })
    }

    /// For programs.
    pub fn facts(&self) -> Value {
        json!({ "url": self.url, "key": self.key.reveal().as_str() })
    }

    /// For people.
    pub fn print(&self) {
        println!("Publish to {}", self.url);
        println!("  with the bearer token {}   (not shown again)", self.key.reveal().as_str());
    }
}

fn rate(text: &str) -> Result<FrameRate, String> {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    match (num.parse(), den.parse()) {
        (Ok(num), Ok(den)) if num > 0 && den > 0 => Ok(FrameRate::new(num, den)),
        _ => Err(format!("{text:?} is no rate, expected e.g. 25 or 24000/1001")),
    }
}

impl Origin {
    /// What a person wrote as a source.
    pub fn spec(&self) -> anyhow::Result<SourceSpec> {
        let spec = self.written()?;
        let is_sequence = matches!(spec, SourceSpec::Sequence { .. });
        anyhow::ensure!(self.rate.is_none() || is_sequence, "--rate is for numbered pictures only");
        Ok(spec)
    }

    fn written(&self) -> anyhow::Result<SourceSpec> {
        let text = self.source.as_str();
        match text {
            "reel" => return Ok(SourceSpec::TestReel { height: 1_080 }),
            "slate" => return Ok(SourceSpec::Slate),
            "whip" => return Ok(SourceSpec::Whip),
            _ => {}
        }
        if let Some(height) = text.strip_prefix("reel:") {
            let height =
                height.parse().with_context(|| format!("{text:?}: expected lines after `reel:`, e.g. reel:720"))?;
            return Ok(SourceSpec::TestReel { height });
        }
        if let Some(device) = text.strip_prefix("sdi:") {
            let device =
                device.parse().with_context(|| format!("{text:?}: expected a card after `sdi:`, e.g. sdi:0"))?;
            return Ok(SourceSpec::Sdi { device });
        }
        if let Some(name) = text.strip_prefix("ndi:") {
            return Ok(SourceSpec::Ndi { name: name.to_owned() });
        }
        if text.starts_with("srt://") {
            let secret = self.passphrase_file.as_ref().map(|file| secret_line(Some(file), "SRT passphrase"));
            let passphrase = secret.transpose()?.map(|secret| Passphrase::new(secret.reveal()));
            return Ok(SourceSpec::Srt { uri: text.to_owned(), passphrase });
        }
        self.on_disk(Path::new(text))
    }

    fn on_disk(&self, path: &Path) -> anyhow::Result<SourceSpec> {
        let cannot_open = || format!("cannot open the source {}", path.display());
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if !path.exists() && name.contains(['#', '%']) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let path = folder.canonicalize().with_context(cannot_open)?.join(name.as_ref());
            return Ok(SourceSpec::Sequence { path, rate: self.rate });
        }
        let path = path.canonicalize().with_context(cannot_open)?;
        Ok(if path.is_dir() { SourceSpec::Sequence { path, rate: self.rate } } else { SourceSpec::File { path } })
    }
}

fn facts(source: &ReviewSource) -> Value {
    json!({ "id": source.id, "name": source.name, "on_air": source.on_air, "reel": source.reel })
}

impl Source {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => {
                let new = NewSource {
                    name: add.name.clone(),
                    spec: add.from.spec()?,
                    input_color: add.input_color,
                    start_timecode: add.start_timecode.clone(),
                    drop_frame: add.drop_frame,
                };
                let (house, spec) = (add.at.open(false).await?, new.spec.clone());
                let id = house.services.add_source(add.review, new, &By::COMMAND_LINE).await?;
                let sender = Sender::of(&house, add.review, id, &spec).await?;
                if add.json {
                    return print_json(&json!({ "id": id, "publish": sender.as_ref().map(Sender::facts) }));
                }
                println!("{id}");
                sender.iter().for_each(Sender::print);
                println!("Put it on air with: vitrine review source show {} {id}", add.review);
            }
            Self::List(list) => {
                let sources = list.at.open(false).await?.services.sources(list.review).await?;
                if list.json {
                    return print_json(&json!({ "sources": sources.iter().map(facts).collect::<Vec<_>>() }));
                }
                for source in sources {
                    let reel = source.reel.as_ref().map_or_else(String::new, |reel| format!("  reel {reel}"));
                    let on_air = if source.on_air { "on air" } else { "      " };
                    println!("{}  {on_air}  {}{reel}", source.id, source.name);
                }
            }
            Self::Show(one) => {
                let house = one.at.open(false).await?;
                let review = house.services.switch_source(one.review, one.source, &By::COMMAND_LINE).await?;
                println!("{}  is on air in {}", one.source, review.title);
            }
            Self::Key(of) => {
                let sender = Sender::make(&of.at.open(false).await?, of.review, of.source).await?;
                if of.json {
                    return print_json(&sender.facts());
                }
                sender.print();
            }
            Self::Remove(one) => {
                let house = one.at.open(false).await?;
                house.services.remove_source(one.review, one.source, &By::COMMAND_LINE).await?;
                println!("{}  removed", one.source);
            }
        }
        Ok(())
    }
}
