//! The reference reel that the program makes itself, in real time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use lut::color::ColorSpec;

use super::pool::PicturePool;
use super::reel::{Reel, ReelPicture};
use super::stamp::FrameCounter;
use super::transport::{Transport, Turn};
use super::{FoundSource, Source, SourceError, SourceOutput};
use crate::color::caps::InputSpec;
use crate::encode::opus::OPUS_ENCODER;
use crate::engine::FrameStamp;
use crate::runtime::{MediaPipeline, RuntimeError};
use crate::spec::color::ColorTrust;
use crate::spec::time::FrameRate;
use crate::spec::transport::Speed;

const RATE: FrameRate = Reel::RATE;
/// Samples of sound for one frame: 48000 x 1001 / 24000, exact.
const SAMPLES_PER_FRAME: u64 = 2_002;

/// The reference reel.
pub(crate) struct TestSource {
    height: u32,
    transport: Arc<Transport>,
}

impl TestSource {
    pub fn new(height: u32, transport: Arc<Transport>) -> Self {
        Self { height, transport }
    }
}

/// What the reel is.
pub(crate) fn reel_info(height: u32) -> FoundSource {
    let input =
        InputSpec { color: ColorSpec::BT1886_709_LIMITED, trust: ColorTrust::Declared, remark: None, scene: None };
    FoundSource {
        size: Reel::size_of(height),
        rate: RATE,
        description: "reference reel, 10-bit 4:4:4".to_owned(),
        input,
        has_audio: true,
        hdr: None,
        reel: None,
    }
}

impl Source for TestSource {
    fn waiting_for(&self) -> String {
        "making the reference reel".to_owned()
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        let reel = Reel::new(self.height);
        let mut canvas = reel.picture();
        let pool = PicturePool::new(gst_video::VideoFormat::Y44410le, reel.size(), RATE)?;
        output.opened(reel_info(self.height));
        let mut counter = FrameCounter::new(RATE, Some(&Reel::timecode(0).to_string()));
        let start = Instant::now();
        let sound = Sound::start(start, output)?;
        self.transport.open();
        self.transport.found(RATE, None, true);
        let mut frame = 0_u64;
        while !output.is_stopped() {
            if let Some(search) = self.transport.take_seek() {
                frame = search.frame;
            }
            let turn = self.transport.turn(frame, Duration::ZERO, RATE.frame_duration());
            if let Turn::Show { at, speed } = turn {
                if speed == Speed::NORMAL {
                    sound.push(frame, at.saturating_duration_since(start))?;
                }
                reel.paint(frame, &mut canvas);
                let picture = copy_of(&canvas, &pool)?;
                output.sleep(at.saturating_duration_since(Instant::now()));
                let stamp = counter.stamp(Duration::from_nanos(RATE.frame_to_ns(frame)), None);
                output.frame(picture, at, FrameStamp { speed, ..stamp });
            }
            // Elsewhere is found out at the top.
            frame += u64::from(turn != Turn::Away);
        }
        Ok(())
    }
}

/// The canvas stays, so that only what moves is painted anew; a frame is a copy of it.
fn copy_of(
    canvas: &ReelPicture,
    pool: &PicturePool,
) -> Result<gst_video::VideoFrame<gst_video::video_frame::Readable>, RuntimeError> {
    pool.picture(|plane, data, stride| canvas.copy_plane(plane, data, stride))
}

/// The beep, on its way to Opus.
struct Sound {
    _pipeline: MediaPipeline,
    appsrc: gst_app::AppSrc,
}

impl Sound {
    fn start(start: Instant, output: &SourceOutput) -> Result<Self, RuntimeError> {
        let pipeline = MediaPipeline::parse(&format!(
            "appsrc name=in format=time is-live=true max-buffers=50 leaky-type=downstream ! {OPUS_ENCODER} ! \
             appsink name=out sync=false async=false max-buffers=50",
        ))?;
        let appsrc: gst_app::AppSrc = pipeline.element("in")?;
        let appsink: gst_app::AppSink = pipeline.element("out")?;
        let caps = "audio/x-raw,format=F32LE,layout=interleaved,rate=48000,channels=2";
        appsrc.set_property_from_str("caps", caps);
        let output = output.clone();
        appsink.set_callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    deliver(&sample, start, &output);
                    Ok(gst::FlowSuccess::Ok)
                })
                .build(),
        );
        pipeline.play()?;
        Ok(Self { _pipeline: pipeline, appsrc })
    }

    /// Encodes the sound of one frame.
    fn push(&self, frame: u64, at: Duration) -> Result<(), RuntimeError> {
        let mut samples = [0.0_f32; 2 * SAMPLES_PER_FRAME as usize];
        Reel::beep(frame * SAMPLES_PER_FRAME, &mut samples);
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(u64::try_from(at.as_nanos()).unwrap_or(0)));
        }
        self.appsrc.push_buffer(buffer).map(|_| ()).map_err(|error| RuntimeError::State(error.to_string()))
    }
}

fn deliver(sample: &gst::Sample, start: Instant, output: &SourceOutput) -> Option<()> {
    let buffer = sample.buffer()?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let at = Duration::from_nanos(segment.to_running_time(buffer.pts()?)?.nseconds());
    let map = buffer.map_readable().ok()?;
    output.audio(Bytes::copy_from_slice(&map), start + at);
    Some(())
}
