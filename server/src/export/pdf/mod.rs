//! PDF, for people: a table of timecodes and comments, or the report about a leak, on A4 pages, all text as text.

pub mod evidence;
mod figure;
mod plot;
pub mod proof;
mod text;

use krilla::color::rgb;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use super::marker::{Marker, MarkerList};
use super::{Stills, rate_name};
use crate::domain::comment::Priority;
use crate::domain::instant::UtcInstant;
use crate::domain::proof::{FrameWitness, State};
use crate::domain::still::Still;
use evidence::Pictures;
use figure::Figure;
use plot::Plot;
use text::{Line, Style, Typesetter};

/// A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 48.0;
const TOP: f32 = 52.0;
/// Rows end here; the footer stands below.
const BOTTOM: f32 = PAGE.1 - 60.0;
const FOOTER: f32 = PAGE.1 - 44.0;
/// Where the right column begins.
const COLUMN: f32 = MARGIN + 108.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Space above and below the rule between two comments.
const GAP: f32 = 7.0;

const TITLE: Style = Style { size: 18.0, bold: true, gray: 0 };
const FACTS: Style = Style { size: 9.0, bold: false, gray: 90 };
const TIMECODE: Style = Style { size: 10.5, bold: true, gray: 0 };
const AUTHOR: Style = Style { size: 9.0, bold: true, gray: 0 };
const TEXT: Style = Style { size: 10.5, bold: false, gray: 0 };

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The page's size is refused.
    #[error("{} x {} points is no page size", PAGE.0, PAGE.1)]
    PageSize,
    /// Writing the document.
    #[error("{0}")]
    Document(String),
}

impl From<KrillaError> for PdfError {
    fn from(error: KrillaError) -> Self {
        Self::Document(error.to_string())
    }
}

/// What stands above the table.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// The review's title.
    pub title: &'a str,
    /// Who invited.
    pub host: &'a str,
    /// When the file is made.
    pub made_at: UtcInstant,
}

/// A strip across the page that is never split.
#[derive(Default)]
struct Row {
    /// A rule above it: the first row of a comment.
    rule: bool,
    /// Must not be the last on a page.
    keep_with_next: bool,
    left: Option<Line>,
    right: Option<Line>,
    figure: Option<Figure>,
    pictures: Option<Pictures>,
    plot: Option<Plot>,
}

impl Row {
    fn height(&self) -> f32 {
        let line = |line: &Option<Line>| line.as_ref().map_or(0.0, |line| line.height);
        let figure = self.figure.as_ref().map_or(0.0, Figure::height);
        let pictures = self.pictures.as_ref().map_or(0.0, Pictures::height);
        let plot = if self.plot.is_some() { Plot::HEIGHT } else { 0.0 };
        let tallest = line(&self.left).max(line(&self.right)).max(figure).max(pictures).max(plot);
        tallest + if self.rule { 2.0 * GAP } else { 0.0 }
    }
}

/// Lists as a document, one below the other, with the stills of their comments.
///
/// # Errors
/// When writing fails.
pub fn write(heading: &Heading<'_>, lists: &[MarkerList], stills: &Stills) -> Result<Vec<u8>, PdfError> {
    let mut typesetter = Typesetter::new();
    let mut rows = heading_rows(&mut typesetter, heading, lists);
    for marker in lists.iter().flat_map(|list| &list.markers) {
        rows.extend(marker_rows(&mut typesetter, marker, stills.get(&marker.id)));
    }
    print(&mut typesetter, heading.title, rows)
}

/// Rows on as many pages as they need.
fn print(typesetter: &mut Typesetter, title: &str, rows: Vec<Row>) -> Result<Vec<u8>, PdfError> {
    let pages = paginate(rows);
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PdfError::PageSize)?;
    let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..SerializeSettings::default() });
    document.set_metadata(Metadata::new().title(title.to_owned()).creator("Vitrine".to_owned()));
    for (index, rows) in pages.iter().enumerate() {
        let number = format!("{} / {}", index + 1, pages.len());
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        draw_rows(&mut surface, rows);
        draw_footer(&mut surface, typesetter, title, &number);
        surface.finish();
        page.finish();
    }
    Ok(document.finish()?)
}

fn heading_rows(typesetter: &mut Typesetter, heading: &Heading<'_>, lists: &[MarkerList]) -> Vec<Row> {
    let count: usize = lists.iter().map(|list| list.markers.len()).sum();
    let comments = if count == 1 { "1 comment".to_owned() } else { format!("{count} comments") };
    let timelines: Vec<String> = lists.iter().map(timeline).collect();
    let made = format!("Made {}", minute(heading.made_at));
    let facts = [vec![heading.host.to_owned(), comments], timelines, vec![made]].concat().join("   ·   ");
    let mut lines = typesetter.lines(heading.title, TITLE, WIDTH);
    lines.extend(typesetter.lines(&facts, FACTS, WIDTH));
    let rows = lines.into_iter().map(|line| Row { left: Some(line), ..Row::default() });
    rows.collect()
}

/// The rate of a timeline, and its reel if that is known.
fn timeline(list: &MarkerList) -> String {
    let reel = list.reel.as_ref().map_or_else(String::new, |reel| format!(", reel {reel}"));
    format!("{} fps{reel}", rate_name(list.rate))
}

/// Timecode and frame on the left; author, time and text on the right.
fn marker_rows(typesetter: &mut Typesetter, marker: &Marker, still: Option<&Still>) -> Vec<Row> {
    let width = PAGE.0 - MARGIN - COLUMN;
    let about = about(marker);
    let mut left = typesetter.lines(&marker.timecode.to_string(), TIMECODE, COLUMN - MARGIN);
    left.extend(typesetter.lines(&frames(marker), FACTS, COLUMN - MARGIN));
    let mut right = typesetter.lines(&about, AUTHOR, width);
    right.extend(typesetter.lines(&marker.text, TEXT, width));
    right.extend(typesetter.lines(&minute(marker.created_at), FACTS, width));
    let mut left = left.into_iter();
    let rows = right.into_iter().enumerate().map(|(index, line)| Row {
        rule: index == 0,
        keep_with_next: index == 0,
        left: left.next(),
        right: Some(line),
        ..Row::default()
    });
    let figure = Figure::new(typesetter, still, marker.drawing.as_ref());
    let figure = figure.map(|figure| Row { figure: Some(figure), ..Row::default() });
    rows.chain(figure).collect()
}

/// Author, category, priority, status and the author's picture, as far as there is something to say.
fn about(marker: &Marker) -> String {
    let category = marker.category.map(|category| category.name().to_owned());
    let priority = (marker.priority != Priority::Normal).then(|| format!("{} priority", marker.priority));
    let status = marker.resolved.then(|| "resolved".to_owned());
    let picture = marker.proof.map(|state| picture(state).to_owned());
    let doubt = (marker.witness == Some(FrameWitness::Contradicted)).then(|| "frame in doubt".to_owned());
    let parts = [Some(marker.author.clone()), category, priority, status, picture, doubt];
    parts.into_iter().flatten().collect::<Vec<_>>().join("   ·   ")
}

/// What is known of somebody's picture, in words.
const fn picture(state: State) -> &'static str {
    match state {
        State::True => "true picture",
        State::Reduced => "reduced picture",
        State::Wrong => "wrong picture",
        State::Unknown => "picture not measured",
    }
}

fn frames(marker: &Marker) -> String {
    match marker.duration_frames {
        0 | 1 => format!("frame {}", marker.frame),
        _ => format!("frames {} to {}", marker.frame, marker.end_frame() - 1),
    }
}

/// `2026-11-21 20:15 UTC`.
fn minute(at: UtcInstant) -> String {
    let text = at.to_string();
    format!("{} UTC", text.get(..16).unwrap_or(&text).replace('T', " "))
}

fn paginate(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut pages = vec![Vec::new()];
    let mut y = TOP;
    let mut rows = rows.into_iter().peekable();
    while let Some(row) = rows.next() {
        let next = rows.peek().filter(|_| row.keep_with_next).map_or(0.0, Row::height);
        if y + row.height() + next > BOTTOM {
            pages.push(Vec::new());
            y = TOP;
        }
        y += row.height();
        if let Some(page) = pages.last_mut() {
            page.push(row);
        }
    }
    pages
}

fn draw_rows(surface: &mut Surface<'_>, rows: &[Row]) {
    let mut y = TOP;
    for row in rows {
        let top = if row.rule { y + 2.0 * GAP } else { y };
        if row.rule {
            draw_rule(surface, y + GAP);
        }
        if let Some(line) = &row.left {
            line.draw(surface, MARGIN, top);
        }
        if let Some(pictures) = &row.pictures {
            pictures.draw(surface, top);
        }
        if let Some(plot) = &row.plot {
            plot.draw(surface, top);
        }
        if let Some(line) = &row.right {
            line.draw(surface, COLUMN, top);
        }
        if let Some(figure) = &row.figure {
            figure.draw(surface, COLUMN, top);
        }
        y += row.height();
    }
}

fn draw_footer(surface: &mut Surface<'_>, typesetter: &mut Typesetter, title: &str, number: &str) {
    if let Some(line) = typesetter.line_of(title, FACTS, WIDTH - 80.0) {
        line.draw(surface, MARGIN, FOOTER);
    }
    if let Some(line) = typesetter.line_of(number, FACTS, 80.0) {
        line.draw(surface, PAGE.0 - MARGIN - line.width, FOOTER);
    }
}

fn draw_rule(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(MARGIN, y, WIDTH, 0.5) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        let paint = rgb::Color::new(200, 200, 200).into();
        surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::default() }));
        surface.draw_path(&path);
    }
}
