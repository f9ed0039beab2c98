//! Comments as an edit knows them: markers at frames of one timeline.

use std::borrow::Cow;

use pipelines::spec::time::{FrameRate, Timecode};
use uuid::Uuid;

use super::ExportError;
use super::color::Category;
use crate::domain::comment::{Comment, Priority};
use crate::domain::drawing::Drawing;
use crate::domain::instant::UtcInstant;
use crate::domain::proof::{FrameWitness, State};

/// A thread at its place in the source: a comment and what answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// Id of the comment, of the first one where several were merged.
    pub id: Uuid,
    /// First frame, counted from frame 0 of the source.
    pub frame: u64,
    /// How many frames it is about; at least 1.
    pub duration_frames: u64,
    /// Label of the first frame, with its rate and way of counting.
    pub timecode: Timecode,
    /// Who said it.
    pub author: String,
    /// What was said; answers stand below, each in lines of its own that begin with `> Name: `.
    pub text: String,
    /// What it is about.
    pub category: Option<Category>,
    /// How much it matters.
    pub priority: Priority,
    /// Whether it is settled.
    pub resolved: bool,
    /// What is drawn over the first frame.
    pub drawing: Option<Drawing>,
    /// When it was said.
    pub created_at: UtcInstant,
    /// What was known of its author's picture then.
    pub proof: Option<State>,
    /// What the picture's own frame number said of the first frame.
    pub witness: Option<FrameWitness>,
}

/// Markers of one timeline, in the order of their frames.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkerList {
    /// Name of the timeline: the review's title.
    pub title: String,
    /// The one rate that all frames are counted in.
    pub rate: FrameRate,
    /// Label of frame 0, from the first marker's frame and label.
    pub start: Timecode,
    /// The reel that the source's file names.
    pub reel: Option<String>,
    /// At least one.
    pub markers: Vec<Marker>,
}

impl Marker {
    fn of(comment: &Comment, answers: &[&Comment]) -> Result<Self, ExportError> {
        let lines = answers.iter().map(|answer| format!("\n> {}: {}", answer.author, answer.text));
        Ok(Self {
            id: comment.id,
            frame: comment.source_frame,
            duration_frames: comment.duration_frames.max(1),
            timecode: Timecode::parse(&comment.timecode, comment.rate)?,
            author: comment.author.clone(),
            text: std::iter::once(comment.text.clone()).chain(lines).collect(),
            category: comment.category,
            priority: comment.priority,
            resolved: comment.resolved_at.is_some(),
            drawing: comment.drawing.clone(),
            created_at: comment.created_at,
            proof: comment.proof,
            witness: comment.frame_witness,
        })
    }

    /// The text with what the format has no field for: `[resolved]` and what [`Marker::prioritised`] says before it.
    pub fn labelled(&self) -> String {
        let resolved = if self.resolved { "[resolved] " } else { "" };
        format!("{resolved}{}", self.prioritised())
    }

    /// The text with `[high]` or `[low]` before it, and with a warning when it was made before a wrong picture or its frame
    /// is in doubt: for formats that have a field for what is settled.
    pub fn prioritised(&self) -> String {
        let wrong = if self.proof == Some(State::Wrong) { "[wrong picture] " } else { "" };
        let doubt = if self.witness == Some(FrameWitness::Contradicted) { "[frame in doubt] " } else { "" };
        match self.priority {
            Priority::Normal => format!("{wrong}{doubt}{}", self.text),
            priority => format!("[{priority}] {wrong}{doubt}{}", self.text),
        }
    }

    /// First frame after.
    pub fn end_frame(&self) -> u64 {
        self.frame.saturating_add(self.duration_frames)
    }
}

/// Comments as one list for each source and rate they were made at: a timeline has only one. The first comes first. Each
/// thread is one marker; what its author took back is left out, and answers to it too.
///
/// # Errors
/// When there is no comment, or a label is none of its rate.
pub fn marker_lists(title: &str, comments: &[Comment]) -> Result<Vec<MarkerList>, ExportError> {
    let kept: Vec<&Comment> = comments.iter().filter(|comment| comment.deleted_at.is_none()).collect();
    let (roots, answers): (Vec<&Comment>, Vec<&Comment>) =
        kept.into_iter().partition(|comment| comment.parent_id.is_none());
    let timeline = |comment: &Comment| (comment.source_id, comment.rate);
    let mut timelines = Vec::new();
    for comment in &roots {
        if !timelines.contains(&timeline(comment)) {
            timelines.push(timeline(comment));
        }
    }
    let lists = timelines.into_iter().map(|one| {
        let of_one = roots.iter().filter(|comment| timeline(comment) == one);
        let marker = |comment: &&Comment| {
            let own = answers.iter().filter(|answer| answer.parent_id == Some(comment.id)).copied();
            Marker::of(comment, &own.collect::<Vec<_>>())
        };
        let reel = of_one.clone().find_map(|comment| comment.source_reel.clone());
        let markers = of_one.map(marker).collect::<Result<_, ExportError>>()?;
        MarkerList::new(title, markers).map(|list| MarkerList { reel, ..list })
    });
    let lists = lists.collect::<Result<Vec<_>, _>>()?;
    if lists.is_empty() { Err(ExportError::NoComments) } else { Ok(lists) }
}

impl MarkerList {
    /// A timeline of no known reel with these markers, which all have the rate of the first.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(title: &str, mut markers: Vec<Marker>) -> Result<Self, ExportError> {
        markers.sort_by_key(|marker| (marker.frame, marker.created_at, marker.id));
        let first = markers.first().ok_or(ExportError::NoComments)?;
        let (rate, start) = (first.timecode.rate(), first.timecode.minus(first.frame));
        Ok(Self { title: title.to_owned(), rate, start, reel: None, markers })
    }

    /// First frame after all markers: the shortest timeline that holds them.
    pub fn duration_frames(&self) -> u64 {
        self.markers.iter().map(Marker::end_frame).max().unwrap_or(1)
    }

    /// The same with one marker for each label, for programs that keep no two on a frame: authors are listed, texts
    /// come one below the other with their author before, the longest duration stays. All texts are labelled.
    pub fn merged(&self) -> Vec<Marker> {
        let groups = self.markers.chunk_by(|a, b| a.timecode == b.timecode);
        groups.filter_map(|group| if let [one] = group { Some(labelled(one)) } else { merge(group) }).collect()
    }
}

/// A marker whose text says everything.
fn labelled(marker: &Marker) -> Marker {
    let (text, priority) = (marker.labelled(), Priority::Normal);
    Marker { text, priority, resolved: false, proof: None, witness: None, ..marker.clone() }
}

fn merge(group: &[Marker]) -> Option<Marker> {
    let first = group.first()?;
    let mut authors: Vec<&str> = Vec::new();
    for marker in group {
        if !authors.contains(&marker.author.as_str()) {
            authors.push(&marker.author);
        }
    }
    let texts: Vec<String> = group.iter().map(|marker| format!("{}: {}", marker.author, marker.labelled())).collect();
    Some(Marker {
        author: authors.join(", "),
        text: texts.join("\n"),
        duration_frames: group.iter().map(|marker| marker.duration_frames).max()?,
        category: first.category.filter(|category| group.iter().all(|marker| marker.category == Some(*category))),
        ..labelled(first)
    })
}

/// Text on one line, for formats that end an entry at a line break: breaks become ` / `, tabs a space, other control
/// characters go. Every break that some reader knows counts, U+0085, U+2028 and U+2029 too.
pub fn one_line(text: &str) -> String {
    let is_break = |c: char| {
        matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let lines = text.split(is_break).map(|line| {
        let kept = line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control());
        kept.collect::<String>().trim().to_owned()
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
}

/// Text that XML 1.0 can hold: characters that it forbids (`Char`, section 2.2) become U+FFFD.
pub fn xml_text(text: &str) -> Cow<'_, str> {
    let forbidden =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, "\u{fffd}")) } else { Cow::Borrowed(text) }
}
