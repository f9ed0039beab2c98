//! Small copies of the frames that viewers are shown: what a leaked copy is compared with to find the mark in it.
//!
//! Made on a thread beside the pictures' way, which never waits for it: what does not fit is left out and told.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
use forensic::detect::Gray;
use forensic::{Depth, LumaRef};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat, ImageReader, Limits};
use tokio::sync::mpsc;

use crate::engine::ProgramId;
use crate::frame::ColorFrame;
use crate::spec::source::SourceSpec;

/// Widest copy, in samples; as high as the picture's proportions ask.
pub const WIDTH: usize = 480;
/// Highest copy that is read back.
const HIGHEST: u32 = 4_096;
/// JPEG quality: marks are found almost as well as from the frames themselves.
const QUALITY: u8 = 90;
/// Frames that wait to be copied; each holds a whole picture.
const QUEUE: usize = 3;
/// Time between two words about frames that were left out.
const WORD: Duration = Duration::from_secs(30);
/// Frame numbers that are remembered as kept: 48 hours at 60 frames per second.
const MOST_FRAMES: u64 = 48 * 3_600 * 60;

/// Where references go; bounded.
pub type ReferenceSink = mpsc::Sender<ReferenceFrame>;

/// One frame as it was before it was marked, in small.
#[derive(Clone, Debug)]
pub struct ReferenceFrame {
    /// Which program showed it.
    pub program: ProgramId,
    /// Whose frames are counted: [`take_of`] the source.
    pub take: Arc<str>,
    /// Its number in the source.
    pub source_frame: u64,
    /// Luma code values (black 16, white 235) as greyscale JPEG, at most [`WIDTH`] wide, whole picture.
    pub jpeg: Bytes,
}

/// A reference that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reference is no JPEG that was made here: {0}")]
pub struct UnreadableReference(String);

/// The luma of a reference's JPEG.
///
/// # Errors
/// When it is none, or larger than references are made.
pub fn luma_of(jpeg: &[u8]) -> Result<Gray, UnreadableReference> {
    let unreadable = |error: &dyn std::fmt::Display| UnreadableReference(error.to_string());
    let mut reader = ImageReader::with_format(std::io::Cursor::new(jpeg), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(WIDTH as u32), Some(HIGHEST));
    reader.limits(limits);
    let small = reader.decode().map_err(|error| unreadable(&error))?.into_luma8();
    let (width, height) = (small.width() as usize, small.height() as usize);
    let luma = LumaRef::new(small.as_raw(), width, width, height, Depth::Eight).map_err(|error| unreadable(&error))?;
    Ok(Gray::from(luma))
}

/// Names what numbers frames: a file is the same whenever it is opened; a feed that is opened anew counts anew.
pub(crate) fn take_of(source: &SourceSpec) -> Arc<str> {
    let name = match source {
        SourceSpec::TestReel { height } => format!("reel {height}"),
        SourceSpec::File { path } => format!("file {} {}", path.display(), state_of(path)),
        SourceSpec::Sequence { path, rate } => {
            let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
            let state = folder.map(state_of).unwrap_or_default();
            format!("sequence {} {rate:?} {state}", path.display())
        }
        SourceSpec::Slate => "slate".to_owned(),
        SourceSpec::Srt { .. } | SourceSpec::Whip | SourceSpec::Sdi { .. } | SourceSpec::Ndi { .. } => {
            format!("feed {}", unix_nanos())
        }
    };
    name.into()
}

/// Length and time of change: what is written anew is something else.
fn state_of(path: &Path) -> String {
    let found = std::fs::metadata(path).ok();
    let changed = found.as_ref().and_then(|found| found.modified().ok());
    let since = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{} {}", found.map_or(0, |found| found.len()), since.as_nanos())
}

fn unix_nanos() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

/// A program's way to its references.
pub(crate) struct Referrer {
    queue: SyncSender<(Arc<str>, Arc<ColorFrame>)>,
    /// By take.
    kept: HashMap<Arc<str>, Kept>,
    left_out: u64,
    told_at: Option<Instant>,
}

impl Referrer {
    /// Starts the thread, which ends with this value.
    pub fn start(program: ProgramId, sink: ReferenceSink) -> std::io::Result<Self> {
        let (queue, frames) = sync_channel(QUEUE);
        std::thread::Builder::new().name("references".to_owned()).spawn(move || run(program, &frames, &sink))?;
        Ok(Self { queue, kept: HashMap::new(), left_out: 0, told_at: None })
    }

    /// Takes a frame of a take unless it was taken before; never waits.
    pub fn offer(&mut self, take: &Arc<str>, frame: &Arc<ColorFrame>) {
        let number = frame.time.stamp.source_frame;
        let kept = self.kept.entry(Arc::clone(take)).or_default();
        if !kept.lacks(number) {
            return;
        }
        match self.queue.try_send((Arc::clone(take), Arc::clone(frame))) {
            Ok(()) => kept.note(number),
            Err(TrySendError::Full(_)) => self.leave_out(),
            // Nobody keeps references any more.
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    /// The frame may be shown again; until then there is one less to compare a leak with.
    fn leave_out(&mut self) {
        self.left_out += 1;
        if self.told_at.is_none_or(|at| at.elapsed() >= WORD) {
            self.told_at = Some(Instant::now());
            tracing::warn!(frames = self.left_out, "references fall behind: frames were left out");
        }
    }
}

/// Which frames were taken, one bit each.
#[derive(Default)]
struct Kept(Vec<u64>);

impl Kept {
    fn lacks(&self, frame: u64) -> bool {
        frame < MOST_FRAMES && self.0.get((frame / 64) as usize).is_none_or(|word| word >> (frame % 64) & 1 == 0)
    }

    fn note(&mut self, frame: u64) {
        let at = (frame / 64) as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (frame % 64);
    }
}

fn run(program: ProgramId, frames: &Receiver<(Arc<str>, Arc<ColorFrame>)>, sink: &ReferenceSink) {
    while let Ok((take, frame)) = frames.recv() {
        match small_copy(&frame) {
            Ok(jpeg) => {
                let source_frame = frame.time.stamp.source_frame;
                if sink.blocking_send(ReferenceFrame { program, take, source_frame, jpeg }).is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(error, "a reference could not be made"),
        }
    }
}

fn small_copy(frame: &ColorFrame) -> Result<Bytes, String> {
    let luma = frame.picture.luma().map_err(|error| error.to_string())?;
    let small = Gray::from(luma).at_most(WIDTH);
    let (width, height) = small.size();
    let (Ok(across), Ok(down)) = (u32::try_from(width), u32::try_from(height)) else {
        return Err(format!("no JPEG of {width} x {height}"));
    };
    let mut jpeg = Vec::with_capacity(32 << 10);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(&small.bytes(), across, down, ExtendedColorType::L8)
        .map_err(|error| error.to_string())?;
    Ok(jpeg.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_once() {
        let mut kept = Kept::default();
        for frame in [0, 63, 64, 1_000_000] {
            assert!(kept.lacks(frame));
            kept.note(frame);
            assert!(!kept.lacks(frame) && kept.lacks(frame + 1));
        }
        assert!(!kept.lacks(MOST_FRAMES), "numbers without end are no frames");
    }
}
