//! A file's metadata by keys ("Metadata", `mdta`), of which the reel's name is wanted.

use super::{boxes, child};
use crate::source::reel_name;

/// The key under which cameras and editors keep the reel.
const REEL_KEY: &[u8] = b"com.apple.quicktime.reelname";
/// Type of a value: UTF-8.
const UTF_8: u32 = 1;

/// The reel that a file's metadata names.
pub(super) fn reel(index: &[u8]) -> Option<String> {
    [child(index, &[b"meta"]), child(index, &[b"udta", b"meta"])].into_iter().flatten().find_map(|meta| {
        // MP4 puts a version before the boxes, QuickTime none.
        [meta, meta.get(4..).unwrap_or_default()].into_iter().find_map(named_reel)
    })
}

fn named_reel(meta: &[u8]) -> Option<String> {
    // A version and a count, then each key as if it were a box; values name their key by its number, from 1.
    let number = boxes(child(meta, &[b"keys"])?.get(8..)?).position(|(_, key)| key == REEL_KEY)?;
    let kind = u32::try_from(number + 1).ok()?.to_be_bytes();
    let value = child(meta, &[b"ilst", &kind, b"data"])?;
    let (value_type, rest) = value.split_first_chunk::<4>()?;
    (u32::from_be_bytes(*value_type) == UTF_8).then(|| reel_name(std::str::from_utf8(rest.get(4..)?).ok()?))?
}
