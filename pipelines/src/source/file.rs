//! A media file, played and wound as its transport says, and looped for ever.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::{self, Declared, Progress};
use super::frames::FrameMaker;
use super::stamp::FrameCounter;
use super::transport::{Search, Transport};
use super::{Source, SourceError, SourceOutput, quicktime};
use crate::runtime::{BusError, BusEvent, MediaPipeline};
use crate::spec::source::ProgramSpec;

/// How often the bus is looked at.
const POLL: Duration = Duration::from_millis(10);
/// A file without a picture for this long is opened anew.
const STALLED: Duration = Duration::from_secs(5);

/// A file on the server.
pub(crate) struct FileSource {
    path: PathBuf,
    declared: Declared,
    transport: Arc<Transport>,
}

impl FileSource {
    pub fn new(path: &Path, spec: &ProgramSpec, transport: Arc<Transport>) -> Self {
        Self { path: path.to_owned(), declared: Declared::of(spec), transport }
    }

    /// Plays, and loops by seeking; returns `Ok` to be opened again.
    fn play(&self, output: &SourceOutput) -> Result<(), SourceError> {
        let (pipeline, progress) = open(&self.path)?;
        self.transport.open();
        let said = quicktime::read(&self.path);
        let declared = Declared { track: said.timecode, reel: said.reel, ..self.declared.clone() };
        let maker = FrameMaker::new(&progress, &declared, Some(&self.transport));
        let counter = Arc::clone(&maker.counter);
        decode::deliver(&pipeline, maker, output)?;
        // Dropped before the pipeline, which cannot stop while a thread of it waits for its turn.
        let _release = Release(&self.transport);
        pipeline.play().map_err(|error| first_error(&pipeline, &self.path).unwrap_or(error.into()))?;
        let mut watch = Watch::new(&self.path);
        let mut still_until = watch.opened;
        while !output.is_stopped() {
            watch.look(&pipeline, &progress, POLL)?;
            if self.transport.is_still() {
                still_until = Instant::now();
            }
            if still_until.elapsed().min(progress.silence().unwrap_or(Duration::MAX)) > STALLED {
                return Err(SourceError::Stalled { name: file_name(&self.path), after: STALLED });
            }
            if progress.ended.swap(false, Ordering::AcqRel) && (progress.silence().is_none() || !self.transport.ended())
            {
                return Err(broken(&self.path, "it holds no complete picture"));
            }
            if let Some(search) = self.transport.take_seek() {
                // What was decoded before it may still say that it has ended.
                let sought = seek(&pipeline, &counter, search)?;
                progress.ended.store(false, Ordering::Release);
                if !sought {
                    self.transport.cannot_seek();
                    // A file that cannot go back is opened anew instead.
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Lets a pipeline's threads go when it is about to stop.
struct Release<'a>(&'a Transport);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Starts decoding a little before a frame: a decoder cuts the picture in which a segment begins, and the time of a cut
/// picture says nothing about its number. `false` when the file cannot be read from there.
fn seek(pipeline: &MediaPipeline, counter: &Mutex<Option<FrameCounter>>, search: Search) -> Result<bool, SourceError> {
    let counter = counter.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(counter) = counter else { return Ok(false) };
    let half_frames = 3 + 2 * u64::from(counter.rate().nominal()) * u64::from(search.retreats).pow(2);
    let before = Duration::from_nanos(counter.rate().frame_to_ns(half_frames)) / 2;
    let start = counter.origin() + Duration::from_nanos(counter.rate().frame_to_ns(search.frame));
    let start =
        gst::ClockTime::from_nseconds(start.saturating_sub(before).as_nanos().try_into().unwrap_or(u64::MAX - 1));
    let event = gst::event::Seek::builder(
        1.0,
        gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE,
        gst::SeekType::Set,
        start,
        gst::SeekType::None,
        gst::ClockTime::NONE,
    );
    // GStreamer 1.22's MXF demuxer aborts the whole process when some frames are sought: it is asked for the beginning
    // only, and what lies before the frame is decoded.
    if has_demuxer(pipeline, "mxfdemux") {
        return Ok(pipeline.gst().seek_simple(gst::SeekFlags::FLUSH, gst::ClockTime::ZERO).is_ok());
    }
    // One sink asks, for both: the demuxer would else do everything twice.
    Ok(pipeline.element::<gst::Element>("video")?.send_event(event.build()))
}

impl Source for FileSource {
    fn waiting_for(&self) -> String {
        format!("opening {}", file_name(&self.path))
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        while !output.is_stopped() {
            self.play(output)?;
        }
        Ok(())
    }
}

/// Checks what can be known without decoding, then builds the file's pipeline.
pub(crate) fn open(path: &Path) -> Result<(MediaPipeline, Arc<Progress>), SourceError> {
    let unreadable = |detail: String| SourceError::Unreadable { path: path.to_owned(), detail };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SourceError::NotFound { path: path.to_owned() });
        }
        Err(error) => return Err(unreadable(error.to_string())),
        Ok(found) if !found.is_file() => return Err(unreadable("it is not a file".to_owned())),
        Ok(found) if found.len() == 0 => {
            return Err(SourceError::Truncated { name: file_name(path), detail: "it is empty".to_owned() });
        }
        Ok(_) => {}
    }
    File::open(path).map_err(|error| unreadable(error.to_string()))?;
    // Without its index nothing of a QuickTime file can be played, and the demuxer would wait for it in silence.
    if let Some(Truncation { has_index: false, detail }) = truncation(path) {
        return Err(SourceError::Truncated { name: file_name(path), detail });
    }
    let (pipeline, progress) = decode::build("filesrc name=head")?;
    pipeline.element::<gst::Element>("head")?.set_property("location", path);
    Ok((pipeline, progress))
}

fn has_demuxer(pipeline: &MediaPipeline, name: &str) -> bool {
    let elements = pipeline.gst().iterate_recurse();
    elements.into_iter().flatten().any(|element| element.factory().is_some_and(|factory| factory.name() == name))
}

/// Reads a file pipeline's bus and says what is wrong in terms of the file.
pub(crate) struct Watch {
    path: PathBuf,
    pub opened: Instant,
    missing: Option<String>,
}

impl Watch {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), opened: Instant::now(), missing: None }
    }

    /// Waits up to `wait` for the next thing, and fails if the file has turned out not to be playable.
    pub fn look(&mut self, pipeline: &MediaPipeline, progress: &Progress, wait: Duration) -> Result<(), SourceError> {
        match pipeline.next_event(wait) {
            Some(BusEvent::Error(error)) => return Err(self.explain(&error)),
            Some(BusEvent::MissingCodec(codec)) => self.missing = Some(codec),
            Some(BusEvent::EndOfStream) | None => {}
        }
        if progress.streams_known.load(Ordering::Acquire) && !progress.has_video.load(Ordering::Acquire) {
            return Err(match self.missing.take() {
                Some(codec) => SourceError::UnsupportedCodec { name: file_name(&self.path), codec },
                None => SourceError::NotMedia { name: file_name(&self.path) },
            });
        }
        Ok(())
    }

    fn explain(&self, error: &BusError) -> SourceError {
        tracing::debug!(error = %error.error, debug = error.debug, factory = error.factory, "file pipeline failed");
        let name = file_name(&self.path);
        if let Some(codec) = &self.missing {
            return SourceError::UnsupportedCodec { name, codec: codec.clone() };
        }
        if let Some(Truncation { detail, .. }) = truncation(&self.path) {
            return SourceError::Truncated { name, detail };
        }
        let kind = &error.error;
        if kind.matches(gst::StreamError::TypeNotFound) || kind.matches(gst::StreamError::WrongType) {
            return SourceError::NotMedia { name };
        }
        if kind.matches(gst::StreamError::CodecNotFound) {
            return SourceError::UnsupportedCodec { name, codec: kind.to_string() };
        }
        if error.debug.contains("not-negotiated") {
            return SourceError::Damaged {
                name,
                detail: "its picture has no size or layout that can be used".to_owned(),
            };
        }
        SourceError::Damaged { name, detail: kind.to_string() }
    }
}

/// The bus's own error, when a pipeline does not even start.
fn first_error(pipeline: &MediaPipeline, path: &Path) -> Option<SourceError> {
    match pipeline.next_event(Duration::ZERO)? {
        BusEvent::Error(error) => Some(Watch::new(path).explain(&error)),
        _ => None,
    }
}

pub(crate) fn broken(path: &Path, detail: &str) -> SourceError {
    match truncation(path) {
        Some(Truncation { detail, .. }) => SourceError::Truncated { name: file_name(path), detail },
        None => SourceError::Damaged { name: file_name(path), detail: detail.to_owned() },
    }
}

/// Name of a file without its folders, which are nobody's business.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What is missing of a QuickTime or MP4 file.
struct Truncation {
    has_index: bool,
    detail: String,
}

/// Whether a QuickTime or MP4 file ends before its boxes do, or before its index; walks the top-level boxes.
fn truncation(path: &Path) -> Option<Truncation> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let (mut at, mut boxes, mut has_index) = (0_u64, 0, false);
    while at + 8 <= length && boxes < 1_000 {
        let mut header = [0_u8; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        let read = file.read(&mut header).ok()?;
        let [a, b, c, d, kind @ ..] = header.first_chunk::<8>()?;
        if boxes == 0 && !matches!(kind, b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip") {
            return None;
        }
        has_index |= kind == b"moov";
        let size = match u64::from(u32::from_be_bytes([*a, *b, *c, *d])) {
            0 => length - at,
            1 if read == 16 => u64::from_be_bytes(*header.last_chunk::<8>()?),
            size => size,
        };
        at = at.checked_add(size.max(8))?;
        boxes += 1;
    }
    let missing = at.saturating_sub(length);
    let detail = match (missing, has_index) {
        (0, true) => return None,
        (0, false) => "the index (moov) is missing".to_owned(),
        (_, true) => format!("{missing} bytes are missing at its end"),
        (_, false) => format!("{missing} bytes and the index (moov) are missing at its end"),
    };
    (boxes > 0).then_some(Truncation { has_index, detail })
}
