//! One viewer's encoder: takes marked pictures only, gives access units with the stamps of the pictures they show.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use lut::color::Matrix;

use super::capability::{CodecRow, row};
use super::{h264, vp9};
use crate::color::caps::gst_colorimetry;
use crate::engine::VideoUnit;
use crate::frame::FrameTime;
use crate::runtime::{BusEvent, MediaPipeline, RuntimeError};
use crate::spec::encode::{PictureSize, RenditionSpec, VideoCodec};
use crate::spec::time::FrameRate;
use crate::strip;
use crate::watermark::MarkedFrame;

/// Longest time between key frames.
pub(super) const KEYFRAME_INTERVAL_S: f64 = 10.0;
/// Decoder buffer that rate control may assume: short enough not to delay, long enough for a key frame.
pub(super) const VBV_MS: u32 = 300;

/// Why an encoder does not start or does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodeError {
    #[error("encoder: {0}")]
    Runtime(#[from] RuntimeError),
    #[error("encoder refused a picture: {0}")]
    Refused(String),
    #[error("encoder failed: {0}")]
    Failed(String),
}

/// Pictures inside the encoder, oldest first.
type Pending = Arc<Mutex<VecDeque<FrameTime>>>;

/// One viewer's encoder, for pictures of one target: the tags of a stream do not change under way.
pub(crate) struct Encoder {
    pipeline: MediaPipeline,
    appsrc: gst_app::AppSrc,
    element: gst::Element,
    pending: Pending,
    setup: EncoderSetup,
}

/// How an encoder is set up.
pub(crate) struct EncoderSetup {
    pub spec: RenditionSpec,
    pub rate: FrameRate,
    /// Threads; `None` chooses by picture size and rate.
    pub threads: Option<u32>,
}

impl Encoder {
    /// Starts an encoder; `on_unit` runs on its streaming thread and must not block.
    pub fn start(setup: EncoderSetup, on_unit: impl FnMut(VideoUnit) + Send + 'static) -> Result<Self, EncodeError> {
        let row = row(setup.spec.format);
        let pipeline = MediaPipeline::parse(&format!(
            "appsrc name=in format=time is-live=true block=true max-buffers=1 max-bytes=0 max-time=0 ! \
             {} name=encoder ! {} ! appsink name=out sync=false async=false max-buffers=4",
            row.factory, row.caps,
        ))?;
        let appsrc: gst_app::AppSrc = pipeline.element("in")?;
        let element: gst::Element = pipeline.element("encoder")?;
        let appsink: gst_app::AppSink = pipeline.element("out")?;
        appsrc.set_caps(Some(&raw_caps(&setup)));
        match row.format.codec() {
            VideoCodec::H264 => h264::configure(&element, row, &setup),
            VideoCodec::Vp9 => vp9::configure(&element, row, &setup),
        }
        let pending = Pending::default();
        deliver(&appsink, setup.spec, Arc::clone(&pending), on_unit);
        pipeline.play()?;
        Ok(Self { pipeline, appsrc, element, pending, setup })
    }

    /// Encodes a picture; waits while the encoder is busy with the one before.
    pub fn push(&mut self, frame: MarkedFrame) -> Result<(), EncodeError> {
        let (picture, time) = frame.into_parts();
        self.follow(time.stamp.rate, picture.size);
        let mut buffer = gst::Buffer::from_mut_slice(picture.data);
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(clock_time(time.pts));
            buffer.set_duration(clock_time(time.stamp.rate.frame_duration()));
        }
        lock(&self.pending).push_back(time);
        match self.appsrc.push_buffer(buffer) {
            Ok(_) => Ok(()),
            // The bus knows more than the flow.
            Err(error) => self.check().and(Err(EncodeError::Refused(error.to_string()))),
        }
    }

    /// Takes over a source's rate, by which rate control counts bits, and the pictures' size; the encoder then begins
    /// anew with a key frame.
    fn follow(&mut self, rate: FrameRate, size: PictureSize) {
        let setup = &mut self.setup;
        if (rate.num, rate.den) != (setup.rate.num, setup.rate.den) || size != setup.spec.size {
            (setup.rate, setup.spec.size) = (rate, size);
            self.appsrc.set_caps(Some(&raw_caps(&self.setup)));
        }
    }

    /// Makes the next picture a key frame.
    pub fn force_keyframe(&self) {
        let event = gst_video::UpstreamForceKeyUnitEvent::builder().all_headers(true).build();
        if !self.element.send_event(event) {
            tracing::debug!("encoder did not take a key frame request");
        }
    }

    /// Changes the target bitrate from the next picture on.
    pub fn set_bitrate(&self, bitrate_bps: u32) {
        match self.setup.spec.format.codec() {
            VideoCodec::H264 => h264::set_bitrate(&self.element, bitrate_bps),
            VideoCodec::Vp9 => vp9::set_bitrate(&self.element, bitrate_bps),
        }
    }

    /// The encoder's own error, if it has failed.
    pub fn check(&self) -> Result<(), EncodeError> {
        while let Some(event) = self.pipeline.next_event(Duration::ZERO) {
            match event {
                BusEvent::Error(error) => {
                    return Err(EncodeError::Failed(format!("{} ({})", error.error, error.factory)));
                }
                BusEvent::EndOfStream => return Err(EncodeError::Failed("it ended".to_owned())),
                BusEvent::MissingCodec(_) => {}
            }
        }
        Ok(())
    }
}

/// Caps of the pictures that go in: size with the strip, layout and what the code values mean.
fn raw_caps(setup: &EncoderSetup) -> gst::Caps {
    let size = strip::coded(setup.spec.size);
    let fps = gst::Fraction::new(
        i32::try_from(setup.rate.num).unwrap_or(25),
        i32::try_from(setup.rate.den).unwrap_or(1).max(1),
    );
    gst::Caps::builder("video/x-raw")
        .field("format", row(setup.spec.format).layout)
        .field("width", i32::try_from(size.width).unwrap_or(0))
        .field("height", i32::try_from(size.height).unwrap_or(0))
        .field("framerate", fps)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .field("interlace-mode", "progressive")
        .field("colorimetry", colorimetry(&setup.spec))
        .build()
}

/// What the encoder is told to tag its stream as. VP9 has no word for a curve: it knows BT.709 and BT.2020, of which
/// `vp9enc` takes only the plain names, and the rest is said by the `color-space` extension alone.
fn colorimetry(spec: &RenditionSpec) -> String {
    let color = spec.tags();
    match (spec.format.codec(), color.matrix) {
        (VideoCodec::H264, _) => gst_colorimetry(color).to_string(),
        (VideoCodec::Vp9, Matrix::Bt2020Ncl) => "bt2020".to_owned(),
        (VideoCodec::Vp9, Matrix::Bt601) => "bt601".to_owned(),
        (VideoCodec::Vp9, _) => "bt709".to_owned(),
    }
}

/// Enough slices or tiles to encode a picture in two thirds of its time, from the table's nominal cost.
pub(super) fn threads_for(row: &CodecRow, setup: &EncoderSetup, fps: f64) -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let pixels = f64::from(setup.spec.size.width) * f64::from(setup.spec.size.height);
    let needed = (pixels * row.nominal_ns_per_pixel * fps * 1.5 / 1e9).ceil();
    needed.clamp(1.0, cores.min(8.0)) as u32
}

fn deliver(
    appsink: &gst_app::AppSink,
    spec: RenditionSpec,
    pending: Pending,
    mut on_unit: impl FnMut(VideoUnit) + Send + 'static,
) {
    appsink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                if let Some(unit) = unit_of(&sample, &spec, &pending) {
                    on_unit(unit);
                }
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
}

/// The unit of a sample, with the stamp of the picture that has its presentation time.
fn unit_of(sample: &gst::Sample, spec: &RenditionSpec, pending: &Pending) -> Option<VideoUnit> {
    let buffer = sample.buffer()?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    // x264enc shifts timestamps to leave room for decoding times; the segment takes the shift out again.
    let pts = Duration::from_nanos(segment.to_running_time(buffer.pts()?)?.nseconds());
    let time = take_time(pending, pts)?;
    let map = buffer.map_readable().ok()?;
    Some(VideoUnit {
        data: Bytes::copy_from_slice(&map),
        target: spec.target,
        tags: spec.tags(),
        keyframe: !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT),
        pts: time.pts,
        presented_at: time.presented_at,
        stamp: time.stamp,
        hdr: time.hdr,
    })
}

fn take_time(pending: &Pending, pts: Duration) -> Option<FrameTime> {
    let mut queue = lock(pending);
    let position = queue.iter().position(|time| time.pts == pts);
    let Some(position) = position else {
        tracing::error!(?pts, "an encoded unit belongs to no picture: dropped");
        return None;
    };
    // Pictures before it were dropped by the encoder.
    queue.drain(..position);
    queue.pop_front()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clock_time(time: Duration) -> gst::ClockTime {
    gst::ClockTime::from_nseconds(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX - 1))
}
