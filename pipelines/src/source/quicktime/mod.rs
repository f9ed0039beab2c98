//! What a QuickTime or MP4 file says of itself that GStreamer 1.22's demuxer leaves out: the label of its first picture and
//! the name of its reel (QTFF).

mod keys;
mod timecode;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

pub(super) use timecode::TrackTimecode;

/// Largest index that is read; that of a feature film is smaller.
const LARGEST_INDEX: u64 = 64 * 1024 * 1024;
/// Boxes that are looked at beside each other.
const MOST_BOXES: usize = 1_000;

/// What a file says of itself, as far as it can be understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub timecode: Option<TrackTimecode>,
    /// As the timecode track names it, else the file's metadata.
    pub reel: Option<String>,
}

/// Reads what a file says of itself; nothing of what is no such file.
pub(super) fn read(path: &Path) -> Said {
    let file = File::open(path).ok();
    file.and_then(|mut file| Some((index_of(&mut file)?, file))).map_or_else(Said::default, |(index, mut file)| {
        let (timecode, of_track) = timecode::of(&index, &mut file).unwrap_or_default();
        Said { timecode, reel: of_track.or_else(|| keys::reel(&index)) }
    })
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::spec::time::FrameRate;

    fn boxed(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let size = u32::try_from(contents.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, contents].concat()
    }

    fn movie() -> Vec<u8> {
        let moov = boxed(b"moov", &timecode_track());
        [boxed(b"mdat", &107_892_u32.to_be_bytes()), moov].concat()
    }

    /// A file whose metadata names a reel, as QuickTime (no version) or as MP4 has it.
    fn with_keys(version: &[u8], tracks: &[u8]) -> Vec<u8> {
        let keys = [
            &[0, 0, 0, 0, 0, 0, 0, 2][..],
            &boxed(b"mdta", b"com.apple.quicktime.make"),
            &boxed(b"mdta", b"com.apple.quicktime.reelname"),
        ]
        .concat();
        let data = boxed(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0][..], b"B002"].concat());
        let ilst = boxed(b"ilst", &boxed(&[0, 0, 0, 2], &data));
        let meta = boxed(b"meta", &[version, &boxed(b"keys", &keys), &ilst].concat());
        let inside = if version.is_empty() { meta } else { boxed(b"udta", &meta) };
        [boxed(b"mdat", &107_892_u32.to_be_bytes()), boxed(b"moov", &[tracks, &inside].concat())].concat()
    }

    fn timecode_track() -> Vec<u8> {
        let name = boxed(b"name", &[&[0, 4, 0, 0][..], b"A001"].concat());
        let entry = [&[0; 8][..], &[0; 4], &1_u32.to_be_bytes(), &[0; 8], &[30, 0], &name].concat();
        let stsd = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"tmcd", &entry)].concat());
        let stco = boxed(b"stco", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 8]);
        let minf = boxed(b"minf", &boxed(b"stbl", &[stsd, stco].concat()));
        let hdlr = boxed(b"hdlr", b"\0\0\0\0mhlrtmcd");
        boxed(b"trak", &boxed(b"mdia", &[hdlr, minf].concat()))
    }

    fn read_bytes(bytes: &[u8]) -> Said {
        let path = std::env::temp_dir().join(format!("vitrine-tmcd-{}", uuid::Uuid::new_v4()));
        std::fs::write(&path, bytes).unwrap();
        let found = read(&path);
        std::fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn a_track_tells_its_first_label_and_its_reel() {
        let said = read_bytes(&movie());
        assert_eq!(said.reel.as_deref(), Some("A001"));
        let found = said.timecode.unwrap();
        assert!(found.drop_frame);
        assert_eq!(found.label(FrameRate::new(30_000, 1_001).with_drop_frame()).as_deref(), Some("01:00:00;00"));
        assert_eq!(found.label(FrameRate::FPS_25), None, "it counts in another rate");
    }

    #[test]
    fn without_a_track_that_names_it_the_reel_is_in_the_metadata() {
        for version in [&[][..], &[0; 4]] {
            let said = read_bytes(&with_keys(version, &[]));
            assert_eq!(said, Said { timecode: None, reel: Some("B002".to_owned()) });
            assert_eq!(read_bytes(&with_keys(version, &timecode_track())).reel.as_deref(), Some("A001"));
        }
        assert_eq!(read_bytes(b"no such file"), Said::default());
    }

    #[test]
    fn no_damage_gets_through() {
        let whole = with_keys(&[0; 4], &timecode_track());
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = read_bytes(&bytes).timecode.and_then(|found| found.label(FrameRate::new(30, 1)));
            }
            let _ = read_bytes(&whole[..at]);
        }
    }
}
