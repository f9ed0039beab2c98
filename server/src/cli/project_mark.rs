//! `vitrine project mark`.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context as _;
use clap::Args;
use pipelines::spec::watermark::{MarkField, MarkLayout, MarkTemplate};
use serde_json::json;
use uuid::Uuid;

use super::{Where, print_json};
use crate::domain::audit::By;
use crate::store::project::ProjectRecord;

/// A field by its word.
#[derive(Clone, Copy, Debug)]
struct Field(MarkField);

impl FromStr for Field {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = MarkField::ALL.into_iter().find(|field| field.word() == word).map(Self);
        let words = MarkField::ALL.map(MarkField::word).join(", ");
        found.ok_or_else(|| format!("{word:?} is no field of a mark: {words}"))
    }
}

/// A layout by its word.
#[derive(Clone, Copy, Debug)]
struct Layout(MarkLayout);

impl FromStr for Layout {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = MarkLayout::ALL.into_iter().find(|layout| layout.word() == word).map(Self);
        let words = MarkLayout::ALL.map(MarkLayout::word).join(", ");
        found.ok_or_else(|| format!("{word:?} is no layout: {words}"))
    }
}

#[derive(Debug, Args)]
pub struct ProjectMark {
    /// Id of the project
    id: Uuid,
    /// What is said, in this order: name, email, company, review, text, ip, utc, code; the code and name or email are a must
    #[arg(long, value_delimiter = ',', value_name = "FIELD,...")]
    fields: Option<Vec<Field>>,
    /// For the field company; at most 60 characters
    #[arg(long)]
    company: Option<String>,
    /// For the field text; at most 60 characters
    #[arg(long)]
    text: Option<String>,
    /// line, corners, tiled or moving
    #[arg(long)]
    layout: Option<Layout>,
    /// Height of capitals in thousandths of the picture's, 16 to 60
    #[arg(long)]
    size: Option<u16>,
    /// Opacity in per cent, 20 to 70
    #[arg(long)]
    opacity: Option<u8>,
    /// Whether the mark may be lifted for moments, where classification and policy allow that
    #[arg(long, value_name = "BOOL")]
    clean_hold: Option<bool>,
    /// Write what it looks like over the test chart into this file, a JPEG, and change nothing
    #[arg(long, value_name = "FILE")]
    preview: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

impl ProjectMark {
    pub async fn run(self) -> anyhow::Result<()> {
        let (services, by) = (self.at.open(false).await?.services, &By::COMMAND_LINE);
        let mut project = services.project(self.id).await?;
        let template = self.template(project.mark.clone());
        if let Some(file) = &self.preview {
            let jpeg = services.preview_mark(self.id, template, by).await?;
            return std::fs::write(file, jpeg).with_context(|| format!("cannot write {}", file.display()));
        }
        if template != project.mark {
            project = services.set_mark_template(self.id, &template, by).await?;
        }
        if let Some(allowed) = self.clean_hold.filter(|allowed| *allowed != project.clean_hold) {
            project = services.set_clean_hold(self.id, allowed, by).await?;
        }
        if self.json {
            return print_json(&json!({ "mark": project.mark, "clean_hold": project.clean_hold }));
        }
        print(&project);
        Ok(())
    }

    /// The template with what was named in place of what it had.
    fn template(&self, mut template: MarkTemplate) -> MarkTemplate {
        if let Some(fields) = &self.fields {
            template.fields = fields.iter().map(|field| field.0).collect();
        }
        template.company = self.company.clone().unwrap_or(template.company);
        template.text = self.text.clone().unwrap_or(template.text);
        template.layout = self.layout.map_or(template.layout, |layout| layout.0);
        template.size = self.size.unwrap_or(template.size);
        template.opacity = self.opacity.unwrap_or(template.opacity);
        template
    }
}

fn print(project: &ProjectRecord) {
    let MarkTemplate { fields, company, text, layout, size, opacity } = &project.mark;
    let fields: Vec<&str> = fields.iter().map(|field| field.word()).collect();
    println!("{}: {} of {}, size {size}/1000, opacity {opacity} %", project.name, layout.word(), fields.join(","));
    if !company.is_empty() {
        println!("company: {company}");
    }
    if !text.is_empty() {
        println!("text: {text}");
    }
    println!("clean hold: {}", if project.clean_hold { "where classification and policy allow it" } else { "never" });
}
