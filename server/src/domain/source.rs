//! The sources of a review: what the person who drives it can put on air.

use pipelines::spec::source::{SourceId, SourceSpec};

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 100;
/// Most sources of one review.
pub const MOST_SOURCES: usize = 50;

/// A source of a review, without what its colour is.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewSource {
    /// Its id, which every comment on it names.
    pub id: SourceId,
    /// What the house calls it.
    pub name: String,
    /// Where the picture comes from.
    pub spec: SourceSpec,
    /// Whether viewers are shown it.
    pub on_air: bool,
    /// The reel that its file names, once it was on air.
    pub reel: Option<String>,
}

/// What a source is called when nobody says.
pub fn usual_name(spec: &SourceSpec) -> String {
    let name = match spec {
        SourceSpec::TestReel { .. } => "Reference reel".to_owned(),
        SourceSpec::Slate => "Slate".to_owned(),
        SourceSpec::Whip => "WHIP".to_owned(),
        SourceSpec::Sdi { device } => format!("SDI {device}"),
        SourceSpec::Ndi { name } => name.clone(),
        SourceSpec::File { path } | SourceSpec::Sequence { path, .. } => {
            path.file_name().map_or_else(|| "File".to_owned(), |name| name.to_string_lossy().into_owned())
        }
        SourceSpec::Srt { uri, .. } => uri.split('?').next().unwrap_or("SRT").to_owned(),
    };
    name.chars().filter(|c| !c.is_control()).take(NAME_LIMIT).collect()
}
