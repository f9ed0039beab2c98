//! The forms in which a comment log leaves, by name.

use std::io;

use super::archive::{File, container};
use super::marker::{MarkerList, marker_lists};
use super::{ExportError, Stills, avid, comments_csv, comments_json, fcpxml, otio, pdf, premiere, resolve};
use crate::domain::comment::Comment;
use crate::domain::instant::UtcInstant;
use crate::domain::word::word_enum;
use crate::store::review::ReviewRecord;

word_enum! {
    /// Form of a comment log.
    Format {
        /// RFC 4180.
        Csv = "csv",
        /// Every fact, for programs.
        Json = "json",
        /// Marker EDL of DaVinci Resolve.
        Resolve = "resolve",
        /// Marker text of Avid Media Composer.
        Avid = "avid",
        /// Marker XML of Avid Media Composer.
        AvidXml = "avid-xml",
        /// Sequence markers for Premiere (xmeml 4).
        Premiere = "premiere",
        /// Project for Final Cut Pro (FCPXML 1.9).
        Fcpxml = "fcpxml",
        /// `OpenTimelineIO` JSON.
        Otio = "otio",
        /// For people, on paper or screen.
        Pdf = "pdf",
    }
}

impl Format {
    /// What follows `comments-ID` in a file's name.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Csv => ".csv",
            Self::Json => ".json",
            Self::Resolve => "-resolve.edl",
            Self::Avid => "-avid.txt",
            Self::AvidXml => "-avid.xml",
            Self::Premiere => "-premiere.xml",
            Self::Fcpxml => ".fcpxml",
            Self::Otio => ".otio",
            Self::Pdf => ".pdf",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json | Self::Otio => "application/json",
            Self::Resolve | Self::Avid => "text/plain; charset=utf-8",
            Self::AvidXml | Self::Premiere | Self::Fcpxml => "application/xml",
            Self::Pdf => "application/pdf",
        }
    }
}

/// A file ready to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// ASCII letters, digits, `-` and `.` only.
    pub file_name: String,
    /// For HTTP.
    pub content_type: &'static str,
    /// How many files of the format it holds: above 1 it is a ZIP of them.
    pub parts: usize,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A review's comments as a file. What the format cannot hold in one file (more than 999 events in an EDL, more than
/// one source or frame rate in a timeline) comes as a ZIP of several. `bom` puts a byte order mark before CSV; `stills` are for PDF.
///
/// # Errors
/// When there are no comments for a format that is made of markers, or writing fails.
pub fn write(
    format: Format,
    review: &ReviewRecord,
    comments: &[Comment],
    stills: &Stills,
    bom: bool,
    made_at: UtcInstant,
) -> Result<Exported, ExportError> {
    let lists = || marker_lists(&review.title, comments);
    let parts = match format {
        Format::Csv => vec![comments_csv(review, comments, bom)?],
        Format::Json => vec![comments_json(review, comments)?],
        Format::Resolve => lists()?.iter().flat_map(resolve::write).map(String::into_bytes).collect(),
        Format::Avid => lists()?.iter().map(|list| avid::write_text(list).into_bytes()).collect(),
        Format::AvidXml => each(&lists()?, avid::write_xml)?,
        Format::Premiere => each(&lists()?, premiere::write)?,
        Format::Fcpxml => each(&lists()?, fcpxml::write)?,
        Format::Otio => lists()?.iter().map(otio::write).collect::<Result<_, _>>()?,
        Format::Pdf => {
            let lists = match lists() {
                Err(ExportError::NoComments) => Vec::new(),
                lists => lists?,
            };
            vec![pdf::write(&pdf::Heading { title: &review.title, host: &review.host, made_at }, &lists, stills)?]
        }
    };
    pack(&format!("comments-{}", review.id), format, parts)
}

fn each(lists: &[MarkerList], write: fn(&MarkerList) -> io::Result<Vec<u8>>) -> io::Result<Vec<Vec<u8>>> {
    lists.iter().map(write).collect()
}

fn pack(base: &str, format: Format, mut parts: Vec<Vec<u8>>) -> Result<Exported, ExportError> {
    let suffix = format.suffix();
    let count = parts.len();
    if count == 1
        && let Some(bytes) = parts.pop()
    {
        let content_type = format.content_type();
        return Ok(Exported { file_name: format!("{base}{suffix}"), content_type, parts: 1, bytes });
    }
    let name = |index: usize| format!("{base}-{}-of-{count}{suffix}", index + 1);
    let files = parts.into_iter().enumerate().map(|(index, content)| File { name: name(index), content });
    let bytes = container::zip(&files.collect::<Vec<_>>())?;
    Ok(Exported { file_name: format!("{base}{suffix}.zip"), content_type: "application/zip", parts: count, bytes })
}
