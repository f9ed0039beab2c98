//! A leaked file against what was shown: which frames it shows, where, and whose mark is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use forensic::detect::blind::BlindTrace;
use forensic::detect::{Frame, Gray, Index, Reference, Trace};
use forensic::{Area, PilotKey};
use pipelines::reference::luma_of;
use pipelines::source::SourceError;
use pipelines::watermark::pictures;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::reference::{ReferenceError, Volume};
use crate::domain::audit::hex;
use crate::domain::evidence::LeakFile;

/// Parts of a long leak that are looked at, each paid for.
pub const PARTS: usize = 3;
/// Pictures of a part, and over how many pictures of the leak they are spread: about two seconds.
const PICTURES: usize = 12;
const SPAN: usize = 50;
/// Widest picture that is compared.
const WIDTH: usize = 960;
/// Widest picture of a leak that is compared with itself, and the z of its pilot from which no other part is looked at.
const ALONE_WIDTH: usize = 640;
const ALONE_PLAIN: f64 = 9.0;
/// Frames of a reference that are looked at in small; of a longer one every second, third... is left out.
const SMALL_ONES: usize = 20_000;
/// A leak may run this many times as fast as its source.
const FASTEST: f64 = 2.5;
/// Frames before and after, for what is found in small only roughly.
const SLACK: f64 = 40.0;
/// Likeness in small below which a reference does not show the leak.
const ALIKE: f64 = 0.5;

/// Why a leak cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum LeakError {
    /// The leak's or the reference's media.
    #[error(transparent)]
    Media(#[from] SourceError),
    /// A file.
    #[error("cannot read {}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What the house kept.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A picture without samples.
    #[error("a picture cannot be compared: {0}")]
    Plane(#[from] forensic::PlaneError),
}

/// A leak, read.
pub struct Leak {
    /// What the report says of it.
    pub file: LeakFile,
    path: PathBuf,
    /// Numbers of all its pictures.
    numbers: Vec<u64>,
    /// Pictures of each part.
    parts: Vec<Vec<Frame>>,
}

/// What a leak is compared with.
pub enum Shown {
    /// What the house kept.
    Kept {
        /// Its file.
        volume: Volume,
        /// Its review.
        review: Uuid,
    },
    /// What somebody names.
    Named(PathBuf),
}

/// A part of a leak, found again.
pub struct Found {
    /// Which of what was shown.
    pub shown: usize,
    /// Numbers of the leak's pictures.
    pub pictures: Vec<u64>,
    /// Place, moments and evidence.
    pub trace: Trace,
    /// The first picture in the place of its reference, and that, as codes.
    pub beside: Option<[Gray; 2]>,
}

impl Leak {
    /// Reads a clip or a still. Blocks.
    ///
    /// # Errors
    /// When it cannot be read or decoded.
    pub fn read(path: &Path) -> Result<Self, LeakError> {
        let (sha256, bytes) = digest(path)?;
        let numbers = numbers_of(path)?;
        let parts = parts(&numbers);
        let frames = luma_of_pictures(path, &parts.iter().flatten().copied().collect(), WIDTH)?;
        let frame = |number: &u64| Some(Frame { number: *number, luma: frames.get(number)?.clone() });
        let parts = parts.iter().map(|part| part.iter().filter_map(frame).collect()).collect();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let file = LeakFile { name, sha256, bytes, pictures: numbers.len() as u64 };
        Ok(Self { file, path: path.to_owned(), numbers, parts })
    }

    /// Finds each part in what was shown; no key is looked at. Blocks, for seconds to minutes.
    ///
    /// # Errors
    /// When a reference cannot be read.
    pub fn find(&self, shown: &[Shown]) -> Result<Vec<Found>, LeakError> {
        let mut sighted: Vec<Option<Sighted>> = self.parts.iter().map(|_| None).collect();
        for (at, shown) in shown.iter().enumerate() {
            let index = shown.index(self.file.pictures == 1)?;
            for (part, best) in self.parts.iter().zip(&mut sighted) {
                for picture in spread(part.len(), 3) {
                    let Some((frame, likeness)) = index.find(&part[picture].luma) else { continue };
                    if likeness >= best.as_ref().map_or(ALIKE, |best| best.likeness) {
                        *best = Some(Sighted { shown: at, picture, frame, likeness });
                    }
                }
            }
        }
        let sighted = self.parts.iter().zip(sighted).filter_map(|(part, sighted)| Some((part, sighted?)));
        let found = sighted.map(|(part, sighted)| trace(part, &sighted, &shown[sighted.shown]));
        let found: Vec<Found> = found.collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|found| !found.trace.hypotheses.is_empty()).collect())
    }

    /// Looks for a production's pilot where nothing that was kept shows the leak: in two seconds of each part, until it is there.
    /// No viewing's key is looked at. Blocks, for a minute a part.
    ///
    /// # Errors
    /// When the leak cannot be read again.
    pub fn alone(&self, pilot: &PilotKey) -> Result<BlindTrace, LeakError> {
        let mut best = BlindTrace::default();
        for part in spans(self.numbers.len()) {
            let wanted: BTreeSet<u64> = self.numbers[part].iter().copied().collect();
            let frames = luma_of_pictures(&self.path, &wanted, ALONE_WIDTH)?;
            let frames: Vec<Frame> = frames.into_iter().map(|(number, luma)| Frame { number, luma }).collect();
            let trace = BlindTrace::new(&frames, pilot)?;
            if trace.pilot_z > best.pilot_z {
                best = trace;
            }
            if best.pilot_z >= ALONE_PLAIN {
                break;
            }
        }
        Ok(best)
    }
}

/// Those pictures of a file.
fn luma_of_pictures(path: &Path, wanted: &BTreeSet<u64>, width: usize) -> Result<BTreeMap<u64, Gray>, LeakError> {
    let mut frames = BTreeMap::new();
    pictures::read(
        path,
        |number| wanted.contains(&number),
        |picture| {
            frames.entry(picture.number).or_insert_with(|| picture.luma.at_most(width));
            if frames.len() < wanted.len() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    )?;
    Ok(frames)
}

/// Where a part was seen in small.
struct Sighted {
    shown: usize,
    picture: usize,
    frame: u64,
    likeness: f64,
}

/// Looks closely at the frames around a sighting.
fn trace(part: &[Frame], sighted: &Sighted, shown: &Shown) -> Result<Found, LeakError> {
    let number = |at: usize| part.get(at).map_or(0, |frame| frame.number) as f64;
    let seen = number(sighted.picture);
    let before = (seen - number(0)) * FASTEST + SLACK;
    let after = (number(part.len().saturating_sub(1)) - seen) * FASTEST + SLACK;
    let window = sighted.frame.saturating_sub(before as u64)..=sighted.frame.saturating_add(after as u64);
    let mut frames = shown.frames(|frame| window.contains(&frame))?;
    frames.sort_by_key(|frame| frame.number);
    let size = frames.first().map_or((1, 1), |frame| frame.luma.size());
    // A viewer on a small screen may have been the first to be shown a frame.
    frames.retain(|frame| frame.luma.size() == size);
    let trace = Reference::new(&frames, Area::full(size.0, size.1)).trace(part)?;
    let beside = trace.source_frames.first().and_then(|first| {
        let reference = frames.iter().find(|frame| frame.number == *first)?.luma.clone();
        Some([trace.aligned(&part.first()?.luma, size.0, size.1)?, reference])
    });
    let pictures = part.iter().map(|frame| frame.number).collect();
    Ok(Found { shown: sighted.shown, pictures, trace, beside })
}

impl Shown {
    /// Its name in a report.
    pub fn name(&self) -> String {
        let path = match self {
            Self::Kept { volume, .. } => volume.path(),
            Self::Named(path) => path,
        };
        path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The review it was kept for.
    pub fn review(&self) -> Option<Uuid> {
        match self {
            Self::Kept { review, .. } => Some(*review),
            Self::Named(_) => None,
        }
    }

    /// All of it in small: a clip is found by every fourth frame, a still wants every second.
    fn index(&self, still: bool) -> Result<Index, LeakError> {
        let numbers = match self {
            Self::Kept { volume, .. } => volume.frames()?,
            Self::Named(path) => numbers_of(path)?,
        };
        let step = if still { 2 } else { 4 }.max(numbers.len().div_ceil(SMALL_ONES));
        let wanted: BTreeSet<u64> = numbers.into_iter().step_by(step).collect();
        let mut index = Index::default();
        self.each(|frame| wanted.contains(&frame), |number, luma| index.add(number, &luma))?;
        Ok(index)
    }

    fn frames(&self, wanted: impl Fn(u64) -> bool) -> Result<Vec<Frame>, LeakError> {
        let mut frames = Vec::new();
        self.each(wanted, |number, luma| frames.push(Frame { number, luma }))?;
        Ok(frames)
    }

    fn each(&self, wanted: impl Fn(u64) -> bool, mut take: impl FnMut(u64, Gray)) -> Result<(), LeakError> {
        match self {
            Self::Kept { volume, .. } => volume.read(wanted, |frame, jpeg| match luma_of(jpeg) {
                Ok(luma) => take(frame, luma),
                Err(error) => tracing::warn!(frame, %error, "a reference was left out"),
            })?,
            Self::Named(path) => {
                pictures::read(path, wanted, |picture| {
                    take(picture.number, picture.luma.at_most(WIDTH));
                    ControlFlow::Continue(())
                })?;
            }
        }
        Ok(())
    }
}

fn numbers_of(path: &Path) -> Result<Vec<u64>, LeakError> {
    let mut numbers = BTreeSet::new();
    let note = |number| {
        numbers.insert(number);
        false
    };
    pictures::read(path, note, |_| ControlFlow::Continue(()))?;
    Ok(numbers.into_iter().collect())
}

/// Numbers of the pictures of each part: one part of a short leak, else one in each third.
fn parts(numbers: &[u64]) -> Vec<Vec<u64>> {
    let part = |span: Range<usize>| {
        let (start, length) = (span.start, span.len());
        spread(length, PICTURES).map(|picture| numbers[start + picture]).collect()
    };
    spans(numbers.len()).map(part).collect()
}

/// Two seconds each: of a short leak, else of each third.
fn spans(length: usize) -> impl Iterator<Item = Range<usize>> {
    let count = if length > PARTS * SPAN { PARTS } else { 1 };
    let span = SPAN.min(length);
    (0..count).map(move |at| {
        let middle = (2 * at + 1) * length / (2 * count);
        let start = middle.saturating_sub(span / 2).min(length - span);
        start..start + span
    })
}

/// Up to `count` of `length`, evenly spread.
fn spread(length: usize, count: usize) -> impl Iterator<Item = usize> {
    let taken = count.min(length);
    (0..taken).map(move |at| (2 * at + 1) * length / (2 * taken))
}

fn digest(path: &Path) -> Result<(String, u64), LeakError> {
    let failed = |error| LeakError::File { path: path.to_owned(), error };
    let mut file = File::open(path).map_err(failed)?;
    let (mut hasher, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok((hex(&hasher.finalize()), bytes));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_leak_is_looked_at_in_each_third_and_a_short_one_whole() {
        let numbers: Vec<u64> = (0..1_500).collect();
        let long = parts(&numbers);
        assert_eq!(long.iter().map(Vec::len).collect::<Vec<_>>(), [PICTURES; PARTS]);
        for (at, part) in long.iter().enumerate() {
            let third = at as u64 * 500..(at as u64 + 1) * 500;
            assert!(part.iter().all(|number| third.contains(number)), "{part:?}");
        }
        assert_eq!(parts(&[7]), [[7]]);
        assert_eq!(parts(&[7, 9, 11]), [[7, 9, 11]]);
        assert_eq!(parts(&numbers[..150]).len(), 1);
    }
}
