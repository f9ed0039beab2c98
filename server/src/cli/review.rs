//! `vitrine review`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use pipelines::spec::color::InputColor;
use serde_json::{Value, json};
use uuid::Uuid;

use super::archive::write_out;
use super::source::{Origin, Sender, Source};
use super::{Where, print_json};
use crate::domain::audit::By;
use crate::domain::instant::UtcInstant;
use crate::export;
use crate::service::review::NewReview;
use crate::store::review::ReviewRecord;

#[derive(Debug, Subcommand)]
pub enum Review {
    /// Plan a review (it goes live by itself when its window begins)
    Create(Box<Create>),
    /// List reviews, newest first
    List(List),
    /// Show a review with its links and viewers
    Show(One),
    /// Sources of a review: add, list, put on air, remove
    #[command(subcommand)]
    Source(Source),
    /// What every viewer's picture was proven to be, over time
    Proof(Proof),
    /// End a review: its links are taken back, its viewings stop within a second
    End(One),
}

/// The names that `--input-color` takes.
pub(super) fn input_colors() -> impl TypedValueParser<Value = InputColor> {
    PossibleValuesParser::new(InputColor::ALL.map(InputColor::name)).try_map(|name| name.parse::<InputColor>())
}

#[derive(Debug, Args)]
pub struct Create {
    /// What the review is called
    #[arg(long, default_value = "Review")]
    title: String,
    /// Id of the project it belongs to; without it, the house's own
    #[arg(long)]
    project: Option<Uuid>,
    /// Who invites, as the client reads it
    #[arg(long, default_value = "Vitrine")]
    host: String,
    #[command(flatten)]
    from: Origin,
    /// What colour the source is in; what a camera or ACES encoded is shown by its show LUT, else by an ACES output transform
    #[arg(long, value_parser = input_colors(), default_value = "from-tags")]
    input_color: InputColor,
    /// Id of the review of which it is the next round
    #[arg(long, value_name = "ID")]
    previous: Option<Uuid>,
    /// Show LUT, applied to the source's code values
    #[arg(long, value_name = "FILE.cube")]
    look: Option<PathBuf>,
    /// First instant, e.g. 2026-11-21T18:00:00Z; without it, now
    #[arg(long, value_name = "INSTANT")]
    start: Option<UtcInstant>,
    /// First instant after, e.g. 2026-11-21T20:00:00Z
    #[arg(long, value_name = "INSTANT", conflicts_with = "hours")]
    end: Option<UtcInstant>,
    /// Length in hours, when no end is given
    #[arg(long, default_value_t = 24.0)]
    hours: f64,
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

#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct One {
    /// Id of the review
    id: Uuid,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct Proof {
    /// Id of the review
    id: Uuid,
    /// Print JSON
    #[arg(long, conflicts_with = "pdf")]
    json: bool,
    /// Write a document with tables and plots; recorded as an export
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    #[command(flatten)]
    at: Where,
}

impl Create {
    fn new_review(&self) -> anyhow::Result<NewReview> {
        let look = self.look.as_ref().map(|file| {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read the LUT {}", file.display()))?;
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            anyhow::Ok((text, name))
        });
        let (look_cube, look_name) = look.transpose()?.unzip();
        anyhow::ensure!(
            self.hours.is_finite() && self.hours > 0.0 && self.hours < 1e5,
            "--hours must be a positive number"
        );
        let starts_at = self.start.unwrap_or_else(UtcInstant::now);
        Ok(NewReview {
            project: self.project,
            previous: self.previous,
            title: self.title.clone(),
            host: self.host.clone(),
            starts_at,
            ends_at: self.end.unwrap_or_else(|| starts_at.plus(Duration::from_secs_f64(self.hours * 3_600.0))),
            source: self.from.spec()?,
            input_color: self.input_color,
            look_cube,
            look_name,
            start_timecode: self.start_timecode.clone(),
            drop_frame: self.drop_frame,
        })
    }
}

fn facts(review: &ReviewRecord) -> Value {
    json!({
        "id": review.id, "project": review.project.id, "title": review.title, "host": review.host,
        "state": review.window.state(UtcInstant::now()),
        "starts_at": review.window.starts_at, "ends_at": review.window.ends_at, "ended_at": review.window.ended_at,
        "input_color": review.program.look.input_color, "look_name": review.look_name(),
    })
}

fn print(review: &ReviewRecord) {
    let window = &review.window;
    println!("{}  {}  {}", review.id, window.state(UtcInstant::now()), review.title);
    println!("    {} to {}, host {}", window.starts_at, window.ends_at, review.host);
}

impl Review {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => {
                let new = create.new_review()?;
                let house = create.at.open(true).await?;
                let review = house.services.create_review(new, &By::COMMAND_LINE).await?;
                let program = &review.program;
                let sender = Sender::of(&house, review.id, program.source_id, &program.source).await?;
                if create.json {
                    let mut facts = facts(&review);
                    facts["publish"] = sender.as_ref().map_or(Value::Null, Sender::facts);
                    return print_json(&facts);
                }
                print(&review);
                sender.iter().for_each(Sender::print);
                println!("Invite with: vitrine link create --review {} --name NAME --email EMAIL", review.id);
            }
            Self::List(list) => {
                let reviews = list.at.open(false).await?.services.reviews().await?;
                if list.json {
                    return print_json(&json!({ "reviews": reviews.iter().map(facts).collect::<Vec<_>>() }));
                }
                reviews.iter().for_each(print);
            }
            Self::Show(one) => show(one).await?,
            Self::Proof(asked) => proof(asked).await?,
            Self::Source(source) => source.run().await?,
            Self::End(one) => {
                let house = one.at.open(false).await?;
                let review = house.services.end_review(one.id, &By::COMMAND_LINE).await?;
                if one.json {
                    return print_json(&facts(&review));
                }
                print(&review);
            }
        }
        Ok(())
    }
}

async fn proof(asked: Proof) -> anyhow::Result<()> {
    let services = asked.at.open(false).await?.services;
    if let Some(file) = &asked.pdf {
        return write_out(Some(file), &services.export_proof(asked.id, &By::COMMAND_LINE).await?);
    }
    let report = services.proof_report(asked.id, &By::COMMAND_LINE).await?;
    if asked.json {
        let review = &report.review;
        return print_json(&json!({ "review": review.id, "title": review.title, "host": review.host,
            "made_at": report.made_at, "viewings": report.courses }));
    }
    println!("{}  {}", report.review.id, report.review.title);
    for course in &report.courses {
        println!("  {} {}  from {}", course.watcher.session_code, course.watcher.name, course.watcher.started_at);
        for line in export::proof::lines(course) {
            println!("    {line}");
        }
    }
    Ok(())
}

async fn show(one: One) -> anyhow::Result<()> {
    let services = one.at.open(false).await?.services;
    let review = services.review(one.id).await?;
    let (links, viewers) = (services.links(Some(one.id)).await?, services.viewers(one.id).await?);
    let now = UtcInstant::now();
    if one.json {
        let mut facts = facts(&review);
        facts["links"] = links
            .iter()
            .map(|l| json!({ "id": l.id, "name": l.name, "email": l.email, "state": l.facts.state(now), "expires_at": l.facts.expires_at }))
            .collect();
        facts["viewers"] = viewers
            .iter()
            .map(|v| json!({ "id": v.id, "link_id": v.link_id, "name": v.name, "email": v.email, "ip": v.ip,
                "session_code": v.session_code, "joined_at": v.joined_at, "viewing": v.viewing, "connected": v.connected,
                "ended_reason": v.authority.viewer_ended }))
            .collect();
        return print_json(&facts);
    }
    print(&review);
    for link in links {
        println!(
            "  link {}  {}  {} <{}>  until {}",
            link.id,
            link.facts.state(now),
            link.name,
            link.email,
            link.facts.expires_at
        );
    }
    for viewer in viewers {
        let stands = match (viewer.authority.viewer_ended, viewer.viewing) {
            (Some(reason), _) => reason.as_str(),
            (None, Some(_)) => "watching",
            (None, None) => "joined",
        };
        println!(
            "  viewer {}  {stands}  {} from {}, {}",
            viewer.session_code, viewer.name, viewer.ip, viewer.joined_at
        );
    }
    Ok(())
}
