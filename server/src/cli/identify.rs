//! `vitrine identify`.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use uuid::Uuid;

use super::Where;
use crate::domain::audit::By;
use crate::domain::evidence::{Evidence, Suspect};
use crate::export;
use crate::service::identify::{Identified, Inquiry, Scope};
use crate::token::mark_key::MarkKeys;

#[derive(Debug, Args)]
pub struct Identify {
    /// The file that leaked: a clip or a still
    #[arg(required_unless_present = "code")]
    leak: Option<PathBuf>,
    /// Instead of a file: what is read of the visible code in it, ? for each character that cannot be read
    #[arg(long, value_name = "CODE", conflicts_with_all = ["leak", "reference", "report"])]
    code: Option<String>,
    /// Look in this review
    #[arg(long, value_name = "ID", required_unless_present_any = ["project", "code"])]
    review: Option<Uuid>,
    /// Look in all reviews of this project
    #[arg(long, value_name = "ID", conflicts_with = "review")]
    project: Option<Uuid>,
    /// Compare with this file, which was shown, instead of what the house kept
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Write evidence.json, evidence.pdf and the compared pictures into this directory
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

impl Identify {
    pub async fn run(self) -> anyhow::Result<()> {
        if let Some(code) = &self.code {
            let scope = self.review.map(Scope::Review).or(self.project.map(Scope::Project));
            return super::session_code::find(&self.at.open(false).await?.services, code, scope, self.json).await;
        }
        let leak = self.leak.context("name the file that leaked, or --code")?;
        let scope = match (self.review, self.project) {
            (Some(review), _) => Scope::Review(review),
            (None, Some(project)) => Scope::Project(project),
            (None, None) => anyhow::bail!("name where to look: --review ID or --project ID"),
        };
        let house = self.at.open(false).await?;
        let keys = MarkKeys::load(&house.data, &house.config.marks).context("the keys of the marks cannot be used")?;
        let inquiry = Inquiry { leak, scope, reference: self.reference };
        let found = house.services.identify(inquiry, &house.data, Arc::new(keys), &By::COMMAND_LINE).await?;
        if let Some(directory) = &self.report {
            write_report(directory, &found)?;
        }
        if self.json {
            std::io::stdout().lock().write_all(&export::evidence::write(&found.evidence)?)?;
            println!();
        } else {
            say(&found.evidence);
        }
        Ok(())
    }
}

/// Most viewings that are printed beside those that are named.
const PRINTED: usize = 10;

fn say(evidence: &Evidence) {
    println!("{}  SHA-256 {}", evidence.leak.name, evidence.leak.sha256);
    for place in &evidence.places {
        let (first, last) = (place.source_frames.first(), place.source_frames.last());
        let (first, last) = (first.copied().unwrap_or_default(), last.copied().unwrap_or_default());
        let mirrored = if place.mirrored { ", mirrored" } else { "" };
        println!("    shows source frames {first} to {last} of {}{mirrored}", place.reference);
    }
    let method = &evidence.method;
    match &evidence.alone {
        Some(alone) => println!(
            "    shows nothing of what was kept; its own pictures were compared: pilot z {:.1}\n    {} viewings were tried at {} \
             moments; z of {:.2} names one\n",
            alone.pilot_z, method.viewings, method.hypotheses, method.needed_z
        ),
        None => println!("    {} viewings were shown them; z of {:.2} names one\n", method.viewings, method.needed_z),
    }
    for (at, suspect) in evidence.suspects.iter().enumerate() {
        if suspect.named || suspect.subtracted || at < PRINTED {
            println!("{}", line(suspect));
        }
    }
    if let Some(why) = evidence.undecided() {
        println!("No decision: {why}.");
    }
}

fn line(suspect: &Suspect) -> String {
    let verdict = match (suspect.named, suspect.subtracted) {
        (true, _) => "NAMED",
        (_, true) => "MARK TAKEN OUT",
        _ => "-",
    };
    let Suspect { z, p, name, email, session_code, viewing, started_at, .. } = suspect;
    format!("z {z:>7.2}  p {p:<8.1e} {verdict:<6} {name} <{email}>  {session_code}  {viewing}  from {started_at}")
}

fn write_report(directory: &Path, found: &Identified) -> anyhow::Result<()> {
    let context = || format!("cannot write the report into {}", directory.display());
    DirBuilder::new().recursive(true).mode(0o700).create(directory).with_context(context)?;
    let write = |name: &str, bytes: &[u8]| {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(true).write(true).mode(0o600).open(directory.join(name));
        file.and_then(|mut file| file.write_all(bytes)).with_context(context)
    };
    write("evidence.json", &export::evidence::write(&found.evidence)?)?;
    write("evidence.pdf", &export::pdf::evidence::write(&found.evidence, found.beside.as_ref())?)?;
    if let Some([leak, reference]) = &found.beside {
        write("leak.png", &export::evidence::png(leak)?)?;
        write("reference.png", &export::evidence::png(reference)?)?;
    }
    Ok(())
}
