//! A marker EDL as DaVinci Resolve writes it: what was added to a marker's notes is a reply, and a marker turned green is
//! settled. A marker belongs to the thread that was sent with its timecode.

use pipelines::spec::time::Timecode;

use super::{ImportError, Replies, Reply, Stray, words};
use crate::export::resolve::note;
use crate::export::{Marker, MarkerList};

/// The colour that says "done"; no category has it.
const DONE: &str = "ResolveColorGreen";

/// Whether a text begins as an EDL does.
pub fn is_edl(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    first.starts_with("TITLE:") || first.starts_with("FCM:") || event(first).is_some()
}

/// The record timecode of an event's line: number, reel, track, cut, then four timecodes.
fn event(line: &str) -> Option<&str> {
    let mut words = line.split_ascii_whitespace();
    words.next()?.parse::<u32>().ok()?;
    words.nth(5).filter(|timecode| timecode.len() == 11 && timecode.as_bytes().get(2) == Some(&b':'))
}

/// Reads the markers. One that says what was sent, in the colour of its category, says nothing.
pub fn read(text: &str, sent: &[MarkerList]) -> Result<Replies, ImportError> {
    let markers: Vec<(&MarkerList, Marker)> =
        sent.iter().flat_map(|list| list.merged().into_iter().map(move |marker| (list, marker))).collect();
    let mut replies = Replies::default();
    let mut at: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(timecode) = event(line) {
            at = Some(timecode);
        } else if let (Some(timecode), Some((notes, fields))) = (at, line.split_once('|')) {
            at = None;
            let place = markers.iter().find(|(list, marker)| stands_at(list, marker, timecode));
            match place {
                Some((_, marker)) => replies.replies.extend(reply(marker, notes, fields, index + 1)?),
                None => replies.strays.push(Stray { line: index + 1, place: timecode.to_owned() }),
            }
        }
    }
    Ok(replies)
}

/// Resolve writes `:` where drop-frame timecode has `;`, so only the number counts.
fn stands_at(list: &MarkerList, marker: &Marker, timecode: &str) -> bool {
    let drop =
        if list.rate.drop_frame { timecode.replacen(':', ";", 3).replacen(';', ":", 2) } else { timecode.to_owned() };
    Timecode::parse(&drop, list.rate).is_ok_and(|found| found.frames() == marker.timecode.frames())
}

fn reply(marker: &Marker, notes: &str, fields: &str, line: usize) -> Result<Option<Reply>, ImportError> {
    let done = fields.split('|').any(|field| field.trim() == format!("C:{DONE}"));
    let text = words(added(notes.trim(), &marker.text).trim_start_matches([' ', '/', '-', '>']), line)?;
    let resolved = done.then_some(true);
    let says_something = text.is_some() || resolved.is_some();
    Ok(says_something.then_some(Reply { line, comment: marker.id, text, resolved }))
}

/// What stands in the notes after what was sent. The thread may have been answered or settled since, so each of its first
/// lines, with and without the word that it is settled, may be all that was sent.
fn added<'a>(notes: &'a str, thread: &str) -> &'a str {
    let open = thread.replace("[resolved] ", "");
    let sent = [thread, &open].into_iter().flat_map(|text| {
        let lines: Vec<&str> = text.split('\n').collect();
        (1..=lines.len()).map(move |count| note(&lines[..count].join("\n")))
    });
    let rest = sent.filter_map(|sent| notes.strip_prefix(sent.trim()));
    rest.min_by_key(|rest| rest.len()).unwrap_or(notes)
}
