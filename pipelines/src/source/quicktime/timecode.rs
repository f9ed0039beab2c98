//! A file's timecode track ("Timecode Media").

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::{boxes, child};
use crate::source::reel_name;
use crate::spec::time::{FrameRate, Timecode};

/// Bit of the sample description: labels are counted drop-frame.
const DROP_FRAME: u32 = 1;
/// Bit of the sample description: a tape's counter, not a timecode.
const COUNTER: u32 = 8;

/// What a timecode track says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrackTimecode {
    /// Label of the first picture, in frames since 00:00:00:00.
    start: u64,
    /// Frames labelled in a counted second.
    nominal: u32,
    pub drop_frame: bool,
}

impl TrackTimecode {
    /// The first label at a picture's rate; `None` when the track counts in another.
    pub fn label(&self, rate: FrameRate) -> Option<String> {
        (self.nominal == rate.nominal()).then(|| Timecode::from_frames(self.start, rate).to_string())
    }
}

/// The first timecode track of a file's index and the reel that it names. A tape's counter is no timecode.
pub(super) fn of(index: &[u8], file: &mut File) -> Option<(Option<TrackTimecode>, Option<String>)> {
    let tracks = boxes(index).filter(|(kind, _)| *kind == b"trak");
    let (description, place) = tracks.into_iter().find_map(|(_, track)| timecode_track(track))?;
    Some((timecode(description, place, file), description.get(34..).and_then(named_reel)))
}

fn timecode(description: &[u8], place: u64, file: &mut File) -> Option<TrackTimecode> {
    let field = |at: usize| Some(u32::from_be_bytes(*description.get(at..)?.first_chunk()?));
    // 16 bytes of any sample description, then reserved, flags, time scale, frame duration, frames in a second.
    let (flags, nominal) = (field(20)?, u32::from(*description.get(32)?));
    if flags & COUNTER != 0 || nominal == 0 {
        return None;
    }
    let mut first = [0; 4];
    file.seek(SeekFrom::Start(place)).ok()?;
    file.read_exact(&mut first).ok()?;
    Some(TrackTimecode { start: u32::from_be_bytes(first).into(), nominal, drop_frame: flags & DROP_FRAME != 0 })
}

/// Sample description and place of the first sample of a track that is one of timecode.
fn timecode_track(track: &[u8]) -> Option<(&[u8], u64)> {
    let media = child(track, &[b"mdia"])?;
    if child(media, &[b"hdlr"])?.get(8..12)? != b"tmcd" {
        return None;
    }
    let samples = child(media, &[b"minf", b"stbl"])?;
    // Version, flags and a count come first in each of these.
    let (kind, _) = boxes(child(samples, &[b"stsd"])?.get(8..)?).next()?;
    let description = child(samples, &[b"stsd"])?.get(8..).filter(|_| kind == b"tmcd")?;
    let place = match (child(samples, &[b"stco"]), child(samples, &[b"co64"])) {
        (Some(offsets), _) => u64::from(u32::from_be_bytes(*offsets.get(8..)?.first_chunk()?)),
        (None, Some(offsets)) => u64::from_be_bytes(*offsets.get(8..)?.first_chunk()?),
        (None, None) => return None,
    };
    Some((description, place))
}

/// The name in a `name` box: its length, a language, and text.
fn named_reel(bytes: &[u8]) -> Option<String> {
    let (_, name) = boxes(bytes).find(|(kind, _)| *kind == b"name")?;
    let length = u16::from_be_bytes(*name.first_chunk()?);
    reel_name(&String::from_utf8_lossy(name.get(4..4 + usize::from(length))?))
}
