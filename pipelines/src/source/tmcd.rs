//! Timecode and reel name of a QuickTime or MP4 file, from its timecode track (QTFF, "Timecode Media"): GStreamer 1.22's
//! demuxer leaves them out.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::spec::time::{FrameRate, Timecode};

/// Largest index that is read; that of a feature film is smaller.
const LARGEST_INDEX: u64 = 64 * 1024 * 1024;
/// Boxes that are looked at beside each other.
const MOST_BOXES: usize = 1_000;
/// Bit of the sample description: labels are counted drop-frame.
const DROP_FRAME: u32 = 1;
/// Bit of the sample description: a tape's counter, not a timecode.
const COUNTER: u32 = 8;
/// Longest reel name that is kept, in characters.
const REEL_LIMIT: usize = 100;

/// What a timecode track says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrackTimecode {
    /// Label of the first picture, in frames since 00:00:00:00.
    start: u64,
    /// Frames labelled in a counted second.
    nominal: u32,
    pub drop_frame: bool,
    pub reel: Option<String>,
}

impl TrackTimecode {
    /// The first label at a picture's rate; `None` when the track counts in another.
    pub fn label(&self, rate: FrameRate) -> Option<String> {
        (self.nominal == rate.nominal()).then(|| Timecode::from_frames(self.start, rate).to_string())
    }
}

/// Reads a file's timecode track, if it has one that can be understood.
pub(crate) fn read(path: &Path) -> Option<TrackTimecode> {
    let mut file = File::open(path).ok()?;
    let index = index_of(&mut file)?;
    let track = boxes(&index).filter(|(kind, _)| *kind == b"trak").find_map(|(_, track)| timecode_track(track))?;
    let (description, place) = track;
    let field = |at: usize| Some(u32::from_be_bytes(*description.get(at..)?.first_chunk()?));
    // 16 bytes of any sample description, then reserved, flags, time scale, frame duration, frames in a second.
    let (flags, nominal) = (field(20)?, u32::from(*description.get(32)?));
    if flags & COUNTER != 0 || nominal == 0 {
        return None;
    }
    let mut first = [0; 4];
    file.seek(SeekFrom::Start(place)).ok()?;
    file.read_exact(&mut first).ok()?;
    let reel = description.get(34..).and_then(reel_name);
    Some(TrackTimecode { start: u32::from_be_bytes(first).into(), nominal, drop_frame: flags & DROP_FRAME != 0, reel })
}

/// The contents of the file's `moov` box.
fn index_of(file: &mut File) -> Option<Vec<u8>> {
    let length = file.metadata().ok()?.len();
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        let mut header = [0; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        let read = file.read(&mut header).ok()?;
        let [size, kind] = header.first_chunk::<8>().map(|head| [&head[..4], &head[4..]])?;
        let (size, head) = match u64::from(u32::from_be_bytes(size.try_into().ok()?)) {
            0 => (length.checked_sub(at)?, 8),
            1 if read == 16 => (u64::from_be_bytes(*header.last_chunk()?), 16),
            size => (size, 8),
        };
        if read < 8 || size < head || at.checked_add(size)? > length {
            return None;
        }
        if kind == b"moov" {
            let mut index = Vec::new();
            file.seek(SeekFrom::Start(at + head)).ok()?;
            file.take(Some(size - head).filter(|bytes| *bytes <= LARGEST_INDEX)?).read_to_end(&mut index).ok()?;
            return Some(index);
        }
        at += size;
    }
    None
}

/// Kind and contents of each box beside the others; ends at the first that does not fit.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (size, rest) = bytes.split_first_chunk::<4>()?;
        let (kind, _) = rest.split_first_chunk::<4>()?;
        let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
        let contents = bytes.get(8..size)?;
        bytes = &bytes[size..];
        Some((kind, contents))
    })
    .take(MOST_BOXES)
}

fn child<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, name| boxes(bytes).find(|(kind, _)| kind == name).map(|(_, inside)| inside))
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
fn reel_name(bytes: &[u8]) -> Option<String> {
    let (_, name) = boxes(bytes).find(|(kind, _)| *kind == b"name")?;
    let length = u16::from_be_bytes(*name.first_chunk()?);
    let text = String::from_utf8_lossy(name.get(4..4 + usize::from(length))?);
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(REEL_LIMIT).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let size = u32::try_from(contents.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, contents].concat()
    }

    fn movie() -> Vec<u8> {
        let name = boxed(b"name", &[&[0, 4, 0, 0][..], b"A001"].concat());
        let entry = [&[0; 8][..], &[0; 4], &1_u32.to_be_bytes(), &[0; 8], &[30, 0], &name].concat();
        let stsd = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"tmcd", &entry)].concat());
        let stco = boxed(b"stco", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 8]);
        let minf = boxed(b"minf", &boxed(b"stbl", &[stsd, stco].concat()));
        let hdlr = boxed(b"hdlr", b"\0\0\0\0mhlrtmcd");
        let moov = boxed(b"moov", &boxed(b"trak", &boxed(b"mdia", &[hdlr, minf].concat())));
        [boxed(b"mdat", &107_892_u32.to_be_bytes()), moov].concat()
    }

    fn read_bytes(bytes: &[u8]) -> Option<TrackTimecode> {
        let path = std::env::temp_dir().join(format!("vitrine-tmcd-{}", uuid::Uuid::new_v4()));
        std::fs::write(&path, bytes).unwrap();
        let found = read(&path);
        std::fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn a_track_tells_its_first_label_and_its_reel() {
        let found = read_bytes(&movie()).unwrap();
        assert_eq!(found.reel.as_deref(), Some("A001"));
        assert!(found.drop_frame);
        assert_eq!(found.label(FrameRate::new(30_000, 1_001).with_drop_frame()).as_deref(), Some("01:00:00;00"));
        assert_eq!(found.label(FrameRate::FPS_25), None, "it counts in another rate");
    }

    #[test]
    fn no_damage_gets_through() {
        let whole = movie();
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = read_bytes(&bytes).and_then(|found| found.label(FrameRate::new(30, 1)));
            }
            let _ = read_bytes(&whole[..at]);
        }
    }
}
