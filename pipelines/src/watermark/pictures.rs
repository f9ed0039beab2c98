//! The luma of a file's pictures, one after the other: of a leaked clip or still, or of what it was made from.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use forensic::detect::Gray;
use forensic::{Depth, LumaRef};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;

use crate::runtime::{BusEvent, MediaPipeline, RuntimeError};
use crate::source::SourceError;
use crate::spec::time::FrameRate;

/// Layouts that begin with a plane of luma.
const LAYOUTS: [&str; 5] = ["I420", "I420_10LE", "Y444", "Y444_10LE", "GRAY8"];
/// Largest picture that is decoded.
const LARGEST_SIDE: i32 = 8_192;
/// A file without a picture for this long is broken.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: gst::ClockTime = gst::ClockTime::from_mseconds(50);

/// One picture of a file.
#[derive(Clone, Debug)]
pub struct LumaPicture {
    /// Its number from 0: by its time where the file says a rate, else by counting.
    pub number: u64,
    /// Its luma.
    pub luma: Gray,
}

/// Decodes the file and gives each picture that `wanted` names to `take`, until that breaks or the file ends. Returns
/// how many pictures were decoded. Blocks.
///
/// # Errors
/// When the file is missing, is no media, or cannot be decoded, in words that a person can act on.
pub fn read(
    path: &Path,
    mut wanted: impl FnMut(u64) -> bool,
    mut take: impl FnMut(LumaPicture) -> ControlFlow<()>,
) -> Result<u64, SourceError> {
    let reader = Reader::open(path)?;
    let (mut count, mut silent_since) = (0, Instant::now());
    loop {
        reader.check(count)?;
        if let Some(sample) = reader.sink.try_pull_sample(POLL) {
            silent_since = Instant::now();
            let number = number_of(&sample).unwrap_or(count);
            count += 1;
            if wanted(number) && take(LumaPicture { number, luma: reader.luma(&sample)? }).is_break() {
                return Ok(count);
            }
        } else if reader.sink.is_eos() {
            reader.check(count)?;
            return if count > 0 { Ok(count) } else { Err(SourceError::NotMedia { name: reader.name }) };
        } else if silent_since.elapsed() > PATIENCE {
            return Err(SourceError::Stalled { name: reader.name, after: PATIENCE });
        }
    }
}

struct Reader {
    name: String,
    pipeline: MediaPipeline,
    sink: gst_app::AppSink,
}

impl Reader {
    fn open(path: &Path) -> Result<Self, SourceError> {
        if !path.is_file() {
            return Err(SourceError::NotFound { path: path.to_owned() });
        }
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let pipeline = MediaPipeline::parse(
            "filesrc name=file ! decodebin name=decode \
             videoconvert name=convert dither=none ! appsink name=pictures sync=false async=false max-buffers=2",
        )?;
        let file: gst::Element = pipeline.element("file")?;
        file.set_property("location", path);
        let sink: gst_app::AppSink = pipeline.element("pictures")?;
        sink.set_caps(Some(
            &gst::Caps::builder("video/x-raw")
                .field("format", gst::List::new(LAYOUTS))
                .field("width", gst::IntRange::new(1, LARGEST_SIDE))
                .field("height", gst::IntRange::new(1, LARGEST_SIDE))
                .build(),
        ));
        link_pictures(&pipeline)?;
        pipeline.play()?;
        Ok(Self { name, pipeline, sink })
    }

    /// What went wrong, if something did.
    fn check(&self, count: u64) -> Result<(), SourceError> {
        let name = || self.name.clone();
        while let Some(event) = self.pipeline.next_event(Duration::ZERO) {
            match event {
                BusEvent::MissingCodec(codec) => return Err(SourceError::UnsupportedCodec { name: name(), codec }),
                BusEvent::Error(error) if count == 0 && error.factory == "typefind" => {
                    return Err(SourceError::NotMedia { name: name() });
                }
                BusEvent::Error(error) => {
                    return Err(SourceError::Damaged { name: name(), detail: error.error.to_string() });
                }
                BusEvent::EndOfStream => {}
            }
        }
        Ok(())
    }

    fn luma(&self, sample: &gst::Sample) -> Result<Gray, SourceError> {
        let damaged = |detail: &str| SourceError::Damaged { name: self.name.clone(), detail: detail.to_owned() };
        let info = sample.caps().and_then(|caps| gst_video::VideoInfo::from_caps(caps).ok());
        let (Some(info), Some(buffer)) = (info, sample.buffer_owned()) else { return Err(damaged("no picture")) };
        let depth = if info.format_info().depth()[0] > 8 { Depth::Ten } else { Depth::Eight };
        let frame = gst_video::VideoFrame::from_buffer_readable(buffer, &info).map_err(|_| damaged("no samples"))?;
        let stride = usize::try_from(frame.plane_stride()[0]).map_err(|_| damaged("rows run backwards"))?;
        let data = frame.plane_data(0).map_err(|_| damaged("no luma"))?;
        let (width, height) = (info.width() as usize, info.height() as usize);
        let luma = LumaRef::new(data, stride, width, height, depth).map_err(|error| damaged(&error.to_string()))?;
        Ok(Gray::from(luma))
    }
}

/// Connects the first picture stream as soon as it is found.
fn link_pictures(pipeline: &MediaPipeline) -> Result<(), RuntimeError> {
    let convert = pipeline.element::<gst::Element>("convert")?.static_pad("sink");
    let convert = convert.ok_or_else(|| RuntimeError::Build("no sink pad".to_owned()))?.downgrade();
    pipeline.element::<gst::Element>("decode")?.connect_pad_added(move |_, pad| {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let pictures = caps.structure(0).is_some_and(|s| s.name().as_str() == "video/x-raw");
        let Some(convert) = convert.upgrade().filter(|convert| pictures && !convert.is_linked()) else { return };
        if let Err(error) = pad.link(&convert) {
            tracing::warn!(%error, "a picture stream could not be connected");
        }
    });
    Ok(())
}

/// The number of a picture by its time; `None` when time or rate is not known.
fn number_of(sample: &gst::Sample) -> Option<u64> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    let (num, den) = (u32::try_from(info.fps().numer()).ok()?, u32::try_from(info.fps().denom()).ok()?);
    if num == 0 || den == 0 {
        return None;
    }
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let time = segment.to_stream_time(sample.buffer()?.pts()?)?;
    Some(FrameRate::new(num, den).ns_to_frame(time.nseconds()))
}
