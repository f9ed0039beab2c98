//! A comment pinned to what was on the author's screen. A review's comments are a log: each change has a revision.

use pipelines::spec::source::SourceId;
use pipelines::spec::time::FrameRate;
use uuid::Uuid;

use super::drawing::Drawing;
use super::instant::UtcInstant;
use super::invalid::Invalid;
use super::proof::{FrameWitness, State};
use super::word::word_enum;

/// Longest comment, in characters.
pub const TEXT_LIMIT: usize = 4_000;
/// People one comment may name.
pub const MENTION_LIMIT: usize = 20;

word_enum! {
    /// What a comment is about.
    Category {
        /// The grade.
        Color = "color",
        /// Sound.
        Sound = "sound",
        /// Visual effects.
        Vfx = "vfx",
        /// The edit.
        Edit = "edit",
        /// Something else.
        Other = "other",
    }
}

impl Category {
    /// Its name, as people write it in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Color => "Colour",
            Self::Sound => "Sound",
            Self::Vfx => "VFX",
            Self::Edit => "Edit",
            Self::Other => "Other",
        }
    }
}

word_enum! {
    /// How much a comment matters to its author.
    Priority {
        /// Nice to have.
        Low = "low",
        /// As most.
        Normal = "normal",
        /// Must be dealt with.
        High = "high",
    }
}

/// A comment as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// Made by the client, so that sending twice keeps one.
    pub id: Uuid,
    /// The review.
    pub review_id: Uuid,
    /// The source it was made on: frame numbers count in it.
    pub source_id: SourceId,
    /// What the house calls that source now; read with a comment, never written with one.
    pub source_name: Option<String>,
    /// The reel that the source's file names; read and not written likewise.
    pub source_reel: Option<String>,
    /// The change of the review's log that last touched it; they count 1, 2, 3 ... without gaps.
    pub revision: u64,
    /// The comment it answers; answers have none of their own.
    pub parent_id: Option<Uuid>,
    /// The stay in which a guest said it; `None` when the house did.
    pub viewer_id: Option<Uuid>,
    /// The guest's link, which is the same however often they come.
    pub link_id: Option<Uuid>,
    /// The viewing it was seen in; `None` for answers.
    pub viewing_id: Option<Uuid>,
    /// The account that said it, when the house did.
    pub account_id: Option<Uuid>,
    /// The guest's name, or the account's.
    pub author: String,
    /// The guest's e-mail address; empty when the house said it.
    pub email: String,
    /// What is said.
    pub text: String,
    /// First frame it is about: number in the source, from 0.
    pub source_frame: u64,
    /// How many frames it is about; at least 1.
    pub duration_frames: u64,
    /// The rate frames are counted in.
    pub rate: FrameRate,
    /// Timecode label of the first frame.
    pub timecode: String,
    /// What it is about.
    pub category: Option<Category>,
    /// How much it matters.
    pub priority: Priority,
    /// Links of the people it names.
    pub mentions: Vec<Uuid>,
    /// What is drawn over the first frame.
    pub drawing: Option<Drawing>,
    /// Whether there is a still of the picture that its author saw.
    pub has_still: bool,
    /// When it was said.
    pub created_at: UtcInstant,
    /// When its words or its drawing were last changed.
    pub edited_at: Option<UtcInstant>,
    /// When it was settled.
    pub resolved_at: Option<UtcInstant>,
    /// By whom: a name.
    pub resolved_by: Option<String>,
    /// When its author took it back. Words and drawing stay in the database and in the archive, and are shown to nobody.
    pub deleted_at: Option<UtcInstant>,
    /// What was known of its author's picture when it was said; `None` without a picture, as when the house says it.
    pub proof: Option<State>,
    /// The same when what is drawn was last drawn.
    pub drawing_proof: Option<State>,
    /// What the picture's own frame number said of the frame it is pinned to; `None` when it was not read.
    pub frame_witness: Option<FrameWitness>,
}

/// What a comment said before it was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// The comment.
    pub comment_id: Uuid,
    /// The revision that said so.
    pub revision: u64,
    /// The words.
    pub text: String,
    /// The drawing.
    pub drawing: Option<Drawing>,
    /// What was known of its author's picture when that was drawn.
    pub drawing_proof: Option<State>,
    /// When it was replaced.
    pub replaced_at: UtcInstant,
}

impl Comment {
    /// Whether a guest of a link said it.
    pub fn is_of_link(&self, link: Uuid) -> bool {
        self.link_id == Some(link)
    }

    /// The comment that the thread starts with.
    pub fn thread(&self) -> Uuid {
        self.parent_id.unwrap_or(self.id)
    }
}

/// A comment's text: line breaks are kept, other control characters refused.
///
/// # Errors
/// When it is empty, too long or contains control characters.
pub fn text(text: &str) -> Result<String, Invalid> {
    let text = text.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Invalid::Empty { field: "text" });
    }
    if length > TEXT_LIMIT {
        return Err(Invalid::TooLong { field: "text", length, limit: TEXT_LIMIT });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Invalid::ControlCharacter { field: "text" });
    }
    Ok(text)
}

/// The people a comment names, each once, in the order given.
///
/// # Errors
/// When they are more than [`MENTION_LIMIT`], or one is none of `people`.
pub fn mentions(named: &[Uuid], people: &[Uuid]) -> Result<Vec<Uuid>, Invalid> {
    let invalid = |reason: String| Invalid::Field { field: "mentions", reason };
    if named.len() > MENTION_LIMIT {
        return Err(invalid(format!("{} people are named; at most {MENTION_LIMIT} are allowed", named.len())));
    }
    let mut kept = Vec::new();
    for link in named {
        if !people.contains(link) {
            return Err(invalid(format!("{link} is nobody in this review")));
        }
        if !kept.contains(link) {
            kept.push(*link);
        }
    }
    Ok(kept)
}
