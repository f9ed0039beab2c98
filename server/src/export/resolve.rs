//! DaVinci Resolve's marker EDL: Timeline > Import > Timeline Markers from EDL.
//!
//! Source: files that Resolve's own "Timeline Markers to EDL" writes. CMX 3600 events, one frame long, each with a line
//! below: notes, then `|C:` colour, `|M:` name, `|D:` duration in frames. Resolve places an event by its record timecode,
//! so the timeline's start timecode must be the source's.

use std::fmt::Write as _;

use super::color::marker_color;
use super::marker::{Marker, MarkerList, one_line};

/// Event numbers have three digits.
pub const EVENT_LIMIT: usize = 999;

/// Letters of a reel in CMX 3600.
const REEL_LIMIT: usize = 8;

/// Words that begin a statement of CMX 3600; a note that began with one would be read as that.
const STATEMENTS: [&str; 11] =
    ["TITLE", "FCM", "SPLIT", "M2", "LOC", "FROM", "TO CLIP", "ASC_", "BLEND", "FINAL CUT", "CROSS"];

/// A list as files: a new one begins after 999 events, and where timecode goes back (midnight, or a source whose own
/// timecode jumps), since events must rise.
pub fn write(list: &MarkerList) -> Vec<String> {
    let markers = list.merged();
    let runs = markers.chunk_by(|a, b| a.timecode.frames() < b.timecode.frames());
    runs.flat_map(|run| run.chunks(EVENT_LIMIT)).map(|part| file(list, part)).collect()
}

fn file(list: &MarkerList, markers: &[Marker]) -> String {
    let counting = if list.rate.drop_frame { "DROP FRAME" } else { "NON-DROP FRAME" };
    let mut edl = format!("TITLE: {}\nFCM: {counting}\n\n", one_line(&list.title));
    let reel = list.reel.as_deref().map_or_else(|| "001".to_owned(), reel_field);
    for (index, marker) in markers.iter().enumerate() {
        let (from, to) = (marker.timecode, marker.timecode.plus(1));
        // Resolve drops a marker that begins inside another: the other ends where it begins.
        let free = markers.get(index + 1).map(|next| next.timecode.frames() - from.frames());
        let duration = free.map_or(marker.duration_frames, |free| marker.duration_frames.min(free));
        let (number, color) = (index + 1, marker_color(marker.category).resolve);
        // Writing to a string cannot fail.
        let _ = write!(
            edl,
            "{number:03}  {reel:<8} V     C        {from} {to} {from} {to}  \n{} |C:ResolveColor{color} |M:{} |D:{duration}\n\n",
            note(&marker.text),
            field(&marker.author),
        );
    }
    edl
}

/// A reel as CMX 3600 has it: eight of A-Z, 0-9 and `_`; whatever else becomes `_`. `AX` and `BL` mean that there is none.
pub fn reel_field(reel: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let field: String = reel.chars().map(letter).take(REEL_LIMIT).collect();
    if matches!(field.as_str(), "AX" | "BL") { field + "_" } else { field }
}

/// Text between bars: a bar in it becomes the broken bar `¦`.
fn field(text: &str) -> String {
    one_line(text).replace('|', "¦")
}

/// Text before the first bar. A line that begins with a digit would be the next event, one that begins with a
/// statement's word or sign would be that: those get `- ` before.
pub fn note(text: &str) -> String {
    let note = field(text);
    let plain = note.starts_with(char::is_alphabetic) && !STATEMENTS.iter().any(|word| note.starts_with(word));
    if plain { note } else { format!("- {note}") }
}
