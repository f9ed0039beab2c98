//! `vitrine bench marks`.

mod attacks;
mod clip;
mod copies;
mod table;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::super::print_json;
use super::machine;
use attacks::Bar;
use table::Row;

/// Marks footage, attacks the copies with ffmpeg (libx264), and prints whose copy each is found to be: the table of
/// docs/marks.md. Takes about an hour.
#[derive(Debug, Args)]
pub struct Marks {
    /// Folder with bigbuckbunny.mp4, bikes.mp4 and flower.png; those that are there are used
    #[arg(long, value_name = "DIR")]
    footage: Option<PathBuf>,
    /// Only attacks with this in their name
    #[arg(long, value_name = "WORD", default_value = "")]
    attack: String,
    /// Only clips with this in their name
    #[arg(long, value_name = "WORD", default_value = "")]
    clip: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Marks {
    pub fn run(&self) -> anyhow::Result<()> {
        let footage = self.footage.clone().map_or_else(clip::footage, Ok).map_err(anyhow::Error::from_boxed);
        let footage = footage.context("name the folder of the footage with --footage")?;
        let (mut rows, mut clip) = (Vec::new(), "");
        let mut say = |row: Row| {
            if !self.json {
                print(&row, &mut clip);
            }
            rows.push(row);
        };
        table::run(&footage, &self.attack, &self.clip, &mut say).map_err(anyhow::Error::from_boxed)?;
        let missed = rows.iter().filter(|row| matches!(row, Row::Line(line) if line.met() == Some(false))).count();
        if self.json {
            let rows: Vec<Value> = rows.iter().map(value).collect();
            return print_json(&json!({ "machine": machine(), "rows": rows, "missed": missed }));
        }
        println!("\n{missed} bars missed. {}", machine());
        Ok(())
    }
}

fn print(row: &Row, clip: &mut &'static str) {
    let (of, line) = match row {
        Row::Line(line) => (line.clip, line.markdown()),
        Row::Spread(spread) => (spread.clip, spread.markdown()),
    };
    if *clip != of {
        *clip = of;
        println!(
            "\n{of}:\n\n| attack | z, one frame | z, two seconds | farthest innocent | bar |\n|---|---|---|---|---|"
        );
    }
    println!("{line}");
}

fn value(row: &Row) -> Value {
    match row {
        Row::Line(line) => json!({
            "clip": line.clip, "attack": line.attack, "z_one_frame": line.one_frame, "z_two_seconds": line.seconds,
            "farthest_innocent": line.innocents, "named_by_one_frame": line.named[0], "named_by_two_seconds": line.named[1],
            "bar": match line.bar { Bar::Frame => Some("one frame"), Bar::Seconds => Some("two seconds"), Bar::None => None },
            "met": line.met(), "processor_seconds_a_frame": line.cost,
        }),
        Row::Spread(spread) => json!({
            "clip": spread.clip, "innocents": spread.copy, "frames": spread.frames, "std": spread.deviation, "most": spread.most,
        }),
    }
}
