//! Decoding, the same for files and feeds: any container and codec GStreamer knows, to raw pictures and Opus packets.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use lut::pixel::PixelFormat;

use super::frames::{FrameMaker, Shift};
use super::quicktime::TrackTimecode;
use super::transport::{Stream, Transport};
use super::{FoundSource, SourceOutput};
use crate::color::caps::colorimetry_of;
use crate::encode::opus::OPUS_ENCODER;
use crate::runtime::{MediaPipeline, RuntimeError};
use crate::spec::source::ProgramSpec;
use crate::spec::time::FrameRate;

/// Layouts taken as they are; anything else goes through `videoconvert` to the nearest of these.
const LAYOUTS: [&str; 18] = [
    "I420",
    "I420_10LE",
    "I420_12LE",
    "Y42B",
    "I422_10LE",
    "I422_12LE",
    "Y444",
    "Y444_10LE",
    "Y444_12LE",
    "Y444_16LE",
    "NV12",
    "P010_10LE",
    "GBR",
    "GBR_10LE",
    "GBR_12LE",
    "RGBA",
    "BGRA",
    "BGRx",
];
/// Largest picture that is decoded: a hostile header must not make the machine allocate without end.
const LARGEST_SIDE: i32 = 8_192;

/// How a declaration makes pictures of decoded frames.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub start_timecode: Option<String>,
    pub drop_frame: bool,
    /// What the container's own timecode track says, which stands above what is declared.
    pub track: Option<TrackTimecode>,
    /// The reel that the container names.
    pub reel: Option<String>,
}

impl Declared {
    pub fn of(spec: &ProgramSpec) -> Self {
        Self { start_timecode: spec.start_timecode.clone(), drop_frame: spec.drop_frame, track: None, reel: None }
    }
}

impl Declared {
    /// Label of frame 0 at a rate.
    pub fn start(&self, rate: FrameRate) -> Option<String> {
        self.track.as_ref().and_then(|track| track.label(rate)).or_else(|| self.start_timecode.clone())
    }

    /// Whether labels are counted drop-frame.
    pub fn is_drop_frame(&self) -> bool {
        self.track.as_ref().map_or(self.drop_frame, |track| track.drop_frame)
    }
}

/// What the streaming threads have seen.
#[derive(Default)]
pub(crate) struct Progress {
    /// All streams are known.
    pub streams_known: AtomicBool,
    pub has_video: AtomicBool,
    pub has_audio: AtomicBool,
    /// The last picture has been shown.
    pub ended: AtomicBool,
    /// When the last picture came.
    pub last_frame: Mutex<Option<Instant>>,
    /// What the source was found to be.
    pub info: Mutex<Option<FoundSource>>,
    /// The decoder's output, whose caps tell what the stream says of itself.
    pub decoded: Mutex<Option<gst::Pad>>,
    /// What the container says of the picture's colour.
    pub container_color: Mutex<Option<gst_video::VideoColorimetry>>,
}

impl Progress {
    /// Time since the last picture; `None` before the first.
    pub fn silence(&self) -> Option<Duration> {
        self.last_frame.lock().ok().and_then(|at| *at).map(|at| at.elapsed())
    }

    /// What the source was found to be, once it is known.
    pub fn found(&self) -> Option<FoundSource> {
        self.info.lock().ok().and_then(|info| info.clone())
    }
}

/// Builds `head ! decodebin` with a picture and a sound branch. `head` is a launch fragment of fixed text. Nothing in it
/// waits for a clock: pictures and sound are taken as fast as whoever takes them wants.
pub(crate) fn build(head: &str) -> Result<(MediaPipeline, Arc<Progress>), RuntimeError> {
    build_with_sound(head, None)
}

/// The same, with sound from a head of its own when there is one: a launch fragment that ends in raw sound.
pub(crate) fn build_with_sound(
    head: &str,
    sound: Option<&str>,
) -> Result<(MediaPipeline, Arc<Progress>), RuntimeError> {
    let sound = sound.map_or_else(String::new, |sound| format!("{sound} ! audio_in."));
    let pipeline = MediaPipeline::parse(&format!(
        "{head} ! decodebin name=decode \
         queue name=video_in max-size-buffers=3 max-size-bytes=0 max-size-time=0 ! videoconvert ! \
         appsink name=video max-buffers=2 sync=false async=false \
         queue name=audio_in ! {OPUS_ENCODER} ! appsink name=audio sync=false async=false max-buffers=50 {sound}",
    ))?;
    let video: gst_app::AppSink = pipeline.element("video")?;
    let layouts = LAYOUTS.into_iter().filter(|name| PixelFormat::from_gstreamer(name).is_some());
    video.set_caps(Some(
        &gst::Caps::builder("video/x-raw")
            .field("format", gst::List::new(layouts))
            .field("width", gst::IntRange::new(1, LARGEST_SIDE))
            .field("height", gst::IntRange::new(1, LARGEST_SIDE))
            .build(),
    ));
    let progress = Arc::new(Progress::default());
    link_streams(&pipeline, &progress)?;
    set_container_color_aside(&pipeline, &progress);
    Ok((pipeline, progress))
}

/// GStreamer 1.22's qtdemux takes full range for limited, and the parsers behind it let the container's word stand above
/// the coded stream's. So the container's word is taken out of the stream here, and asked only where the coded stream
/// says nothing.
fn set_container_color_aside(pipeline: &MediaPipeline, progress: &Arc<Progress>) {
    let seen = Arc::clone(progress);
    pipeline.gst().connect_deep_element_added(move |_, _, element| {
        if element.factory().is_none_or(|factory| factory.name() != "qtdemux") {
            return;
        }
        let seen = Arc::clone(&seen);
        element.connect_pad_added(move |_, pad| {
            let seen = Arc::clone(&seen);
            pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, probe| {
                if let Some(gst::PadProbeData::Event(event)) = &mut probe.data
                    && let Some((plain, color)) = without_color(event)
                {
                    *seen.container_color.lock().unwrap_or_else(PoisonError::into_inner) = Some(color);
                    *event = plain;
                }
                gst::PadProbeReturn::Ok
            });
        });
    });
}

/// A caps event of a codec that carries its own colour tags, without the container's; and those.
fn without_color(event: &gst::Event) -> Option<(gst::Event, gst_video::VideoColorimetry)> {
    let gst::EventView::Caps(caps) = event.view() else { return None };
    let mut caps = caps.caps_owned();
    let name = caps.structure(0)?.name();
    if !["video/x-h264", "video/x-h265", "video/x-vp9", "video/x-av1"].contains(&name.as_str()) {
        return None;
    }
    let color = colorimetry_of(&caps)?;
    caps.make_mut().structure_mut(0)?.remove_field("colorimetry");
    Some((gst::event::Caps::builder(&caps).seqnum(event.seqnum()).build(), color))
}

/// Connects the first picture stream and the first sound stream as they are found.
fn link_streams(pipeline: &MediaPipeline, progress: &Arc<Progress>) -> Result<(), RuntimeError> {
    let no_pad = || RuntimeError::Build("no sink pad".to_owned());
    let decode: gst::Element = pipeline.element("decode")?;
    let video_in = pipeline.element::<gst::Element>("video_in")?.static_pad("sink").ok_or_else(no_pad)?;
    let audio_in = pipeline.element::<gst::Element>("audio_in")?.static_pad("sink").ok_or_else(no_pad)?;
    let (video_in, audio_in) = (video_in.downgrade(), audio_in.downgrade());
    let seen = Arc::clone(progress);
    decode.connect_pad_added(move |_, pad| {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let kind = caps.structure(0).map_or("", |s| s.name().as_str());
        let target = match kind {
            "video/x-raw" => video_in.upgrade(),
            "audio/x-raw" => audio_in.upgrade(),
            _ => None,
        };
        let Some(target) = target.filter(|target| !target.is_linked()) else { return };
        if let Err(error) = pad.link(&target) {
            tracing::warn!(%error, kind, "a stream could not be connected");
            return;
        }
        if kind == "video/x-raw" {
            *seen.decoded.lock().unwrap_or_else(PoisonError::into_inner) = Some(pad.clone());
            seen.has_video.store(true, Ordering::Release);
        } else {
            seen.has_audio.store(true, Ordering::Release);
        }
    });
    let seen = Arc::clone(progress);
    decode.connect_no_more_pads(move |_| seen.streams_known.store(true, Ordering::Release));
    Ok(())
}

/// Connects both sinks to the program.
pub(crate) fn deliver(
    pipeline: &MediaPipeline,
    mut maker: FrameMaker,
    output: &SourceOutput,
) -> Result<(), RuntimeError> {
    let video: gst_app::AppSink = pipeline.element("video")?;
    let audio: gst_app::AppSink = pipeline.element("audio")?;
    let (shift, transport) = (Arc::clone(&maker.shift), maker.transport.clone());
    if let Some(transport) = &transport {
        tell_flushes(&video, transport, Stream::Video);
        tell_flushes(&audio, transport, Stream::Audio);
    }
    let (pictures, sound, progress) = (output.clone(), output.clone(), Arc::clone(&maker.progress));
    video.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                maker.take(sink, &sample, &pictures);
                Ok(gst::FlowSuccess::Ok)
            })
            .eos(move |_| progress.ended.store(true, Ordering::Release))
            .build(),
    );
    audio.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                match &transport {
                    Some(transport) => play_audio(&sample, transport, &sound),
                    // A feed's sound waits for its first picture, which sets the clock for both.
                    None => shift
                        .lock()
                        .map_or(None, |shift| *shift)
                        .and_then(|shift| follow_audio(sink, &sample, shift, &sound)),
                };
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
    Ok(())
}

/// Tells the transport when decoding begins anew elsewhere.
fn tell_flushes(sink: &gst_app::AppSink, transport: &Arc<Transport>, stream: Stream) {
    let Some(pad) = sink.static_pad("sink") else { return };
    let transport = Arc::clone(transport);
    pad.add_probe(gst::PadProbeType::EVENT_FLUSH, move |_, probe| {
        if let Some(gst::PadProbeData::Event(event)) = &probe.data {
            match event.view() {
                gst::EventView::FlushStart(_) => transport.flush(),
                gst::EventView::FlushStop(_) => transport.flushed(stream),
                _ => {}
            }
        }
        gst::PadProbeReturn::Ok
    });
}

/// A file's sound is heard when the transport says so.
fn play_audio(sample: &gst::Sample, transport: &Transport, output: &SourceOutput) -> Option<()> {
    let buffer = sample.buffer()?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let in_source = Duration::from_nanos(segment.to_stream_time(buffer.pts()?)?.nseconds());
    let due = transport.hear(in_source)?;
    let map = buffer.map_readable().ok()?;
    output.audio(Bytes::copy_from_slice(&map), due);
    Some(())
}

/// A feed's sound is heard when it comes.
fn follow_audio(sink: &gst_app::AppSink, sample: &gst::Sample, shift: Shift, output: &SourceOutput) -> Option<()> {
    let buffer = sample.buffer()?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let due = instant_of(sink, segment.to_running_time(buffer.pts()?)?)?;
    let map = buffer.map_readable().ok()?;
    output.audio(Bytes::copy_from_slice(&map), shift.apply(due));
    Some(())
}

/// How long the media behind a decoder's output is, as its container says.
pub(crate) fn duration_of(decoded: &gst::Pad) -> Option<gst::ClockTime> {
    decoded.query_duration::<gst::ClockTime>()
}

/// Whether the media behind a decoder's output can be read from anywhere.
pub(crate) fn is_seekable(decoded: &gst::Pad) -> bool {
    let mut query = gst::query::Seeking::new(gst::Format::Time);
    decoded.query(&mut query) && query.result().0
}

/// The instant of a running time: the pipeline's clock is the monotonic clock, as `Instant` is.
pub(crate) fn instant_of(element: &impl IsA<gst::Element>, running_time: gst::ClockTime) -> Option<Instant> {
    let due = element.base_time()? + running_time;
    let clock_now = element.clock()?.time();
    let now = Instant::now();
    match due.checked_sub(clock_now) {
        Some(ahead) => Some(now + Duration::from_nanos(ahead.nseconds())),
        None => now.checked_sub(Duration::from_nanos((clock_now - due).nseconds())),
    }
}
