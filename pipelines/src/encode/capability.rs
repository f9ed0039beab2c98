//! The one table of what can be encoded and with what, and what it costs on this machine.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use forensic::MasterKey;
use forensic::key::KEY_BYTES;
use serde::{Deserialize, Serialize};

use super::h264::{EncoderSetup, H264Encoder};
use super::synthetic;
use crate::engine::EngineError;
use crate::frame::ColorFrame;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use crate::spec::time::FrameRate;
use crate::spec::watermark::{ForensicKeys, MarkSpec, Marks};
use crate::watermark::Marker;

/// One row: a format, the element that makes it and how it is driven.
#[derive(Clone, Copy, Debug)]
pub struct CodecRow {
    /// What is made.
    pub format: VideoFormat,
    /// The GStreamer element that makes it.
    pub factory: &'static str,
    /// Its speed preset.
    pub preset: &'static str,
    /// Caps that pin profile and framing.
    pub caps: &'static str,
    /// Further options of the encoder.
    pub options: &'static str,
    /// Typical cost of one thread, to choose threads by; admission uses the measured cost.
    pub nominal_ns_per_pixel: f64,
}

/// A key frame only when one is due or asked for: at a scene cut it would burst the buffer of every viewer at once.
const COMMON_OPTIONS: &str = "scenecut=0:repeat-headers=1:force-cfr=0";

/// Bits go where a colourist looks: flat areas before busy ones (adaptive quantisation), chroma as fine as luma, small
/// residuals coded until a flat area is exact. docs/measurements.md has the figures.
const REFERENCE_OPTIONS: &str = "scenecut=0:repeat-headers=1:force-cfr=0:ipratio=1.1:chroma-qp-offset=-6:\
                                 aq-mode=1:aq-strength=1.5:deadzone-inter=6:deadzone-intra=4:subme=2:\
                                 no-dct-decimate=1:no-fast-pskip=1";

/// Every format, best picture first.
pub const TABLE: [CodecRow; 2] = [
    CodecRow {
        format: VideoFormat::H264High444Bits10,
        factory: "x264enc",
        preset: "ultrafast",
        caps: "video/x-h264,stream-format=byte-stream,alignment=au,profile=high-4:4:4",
        options: REFERENCE_OPTIONS,
        nominal_ns_per_pixel: 25.0,
    },
    CodecRow {
        format: VideoFormat::H264Bits8,
        factory: "x264enc",
        preset: "superfast",
        caps: "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline",
        options: COMMON_OPTIONS,
        nominal_ns_per_pixel: 15.0,
    },
];

/// The row of a format.
pub fn row(format: VideoFormat) -> &'static CodecRow {
    match format {
        VideoFormat::H264High444Bits10 => &TABLE[0],
        VideoFormat::H264Bits8 => &TABLE[1],
    }
}

/// What encoding costs on this machine, measured at start with every core busy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// Cores that can be used.
    pub cores: usize,
    /// CPU time of the colour stage (10-bit 4:2:2 to 10-bit 4:4:4) and the invisible mark's mask for one pixel, paid once
    /// per program and variant.
    pub color_ns_per_pixel: f64,
    /// CPU time of one viewer's marks and encoder for one pixel, by format.
    pub encode: Vec<FormatCost>,
}

/// The cost of one format.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormatCost {
    /// The format.
    pub format: VideoFormat,
    /// CPU time of one viewer's marks and encoder for one pixel.
    pub ns_per_pixel: f64,
}

/// Picture that is measured with, frames of it, and frames before the clock is started.
const SIZE: PictureSize = PictureSize { width: 640, height: 360 };
const FRAMES: u32 = 24;
const WARM_UP: u32 = 4;
/// Longest wait for one encoded picture.
const PATIENCE: Duration = Duration::from_secs(5);

impl Capability {
    /// Encodes and converts synthetic pictures, moving and noisy, for about a second.
    ///
    /// # Errors
    /// When an encoder of the table does not work here.
    pub fn measure() -> Result<Self, EngineError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let color = synthetic::color_ns_per_pixel(SIZE).map_err(EngineError::Encoder)?;
        let color_ns_per_pixel = color + synthetic::mask_ns_per_pixel().map_err(EngineError::Encoder)?;
        let mut encode = Vec::new();
        for row in TABLE {
            let ns_per_pixel = busy_encode_cost(row.format, cores).map_err(EngineError::Encoder)?;
            encode.push(FormatCost { format: row.format, ns_per_pixel });
        }
        Ok(Self { cores, color_ns_per_pixel, encode })
    }

    /// CPU time of one viewer's mark and encoder for one pixel.
    pub fn encode_ns_per_pixel(&self, format: VideoFormat) -> f64 {
        let measured = self.encode.iter().find(|cost| cost.format == format);
        measured.map_or_else(|| row(format).nominal_ns_per_pixel, |cost| cost.ns_per_pixel)
    }
}

/// The cost while every core encodes: two threads that share a core, a cache or a power limit are each slower than one
/// alone, and a full house is what admission has to plan for. It is CPU time of this process, so that whatever else the
/// machine does at that moment is not taken for the encoder's cost.
fn busy_encode_cost(format: VideoFormat, cores: usize) -> Result<f64, String> {
    let mut viewers = (0..cores).map(|_| Sample::new(format)).collect::<Result<Vec<_>, _>>()?;
    let before = cpu_time();
    std::thread::scope(|scope| {
        let running: Vec<_> = viewers.iter_mut().map(|viewer| scope.spawn(|| viewer.encode(FRAMES))).collect();
        let failed = |_| "the measurement ended early".to_owned();
        running.into_iter().try_for_each(|thread| thread.join().map_err(failed)?)
    })?;
    let spent = cpu_time().saturating_sub(before);
    let pixels = f64::from(SIZE.width) * f64::from(SIZE.height) * f64::from(FRAMES) * cores as f64;
    Ok(spent.as_nanos() as f64 / pixels)
}

/// CPU time of all threads of this process until now.
pub(super) fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// One viewer's whole way, marks and encoder, on one encoder thread.
struct Sample {
    encoder: H264Encoder,
    units: Receiver<()>,
    marker: Marker,
    pictures: std::vec::IntoIter<ColorFrame>,
}

impl Sample {
    /// Starts the encoder, makes the pictures beforehand and encodes the first of them.
    fn new(format: VideoFormat) -> Result<Self, String> {
        let spec = RenditionSpec { format, size: SIZE, bitrate_bps: 4_000_000 };
        let color = TargetColor::default().color_spec();
        let setup = EncoderSetup { spec, rate: FrameRate::FPS_25, color, threads: Some(1) };
        let (done, units) = channel();
        let encoder = H264Encoder::start(setup, move |_| {
            let _ = done.send(());
        })
        .map_err(|error| error.to_string())?;
        let mut pictures = synthetic::Pictures::new(format, SIZE);
        let pictures: Vec<_> = (0..WARM_UP + FRAMES).map(|_| pictures.next(FrameRate::FPS_25)).collect();
        for picture in &pictures {
            // Shared by viewers, so no part of one viewer's cost.
            picture.mask().map_err(|error| error.to_string())?;
        }
        let marker = Marker::new(&marks(), format, SIZE);
        let mut sample = Self { encoder, units, marker, pictures: pictures.into_iter() };
        sample.encode(WARM_UP)?;
        Ok(sample)
    }

    fn encode(&mut self, frames: u32) -> Result<(), String> {
        for picture in self.pictures.by_ref().take(frames as usize) {
            let marked = self.marker.mark(&picture, SystemTime::now()).map_err(|error| error.to_string())?;
            self.encoder.push(marked).map_err(|error| error.to_string())?;
            let came = self.units.recv_timeout(PATIENCE);
            self.encoder.check().map_err(|error| error.to_string())?;
            came.map_err(|_| format!("the encoder gave no picture within {} s", PATIENCE.as_secs()))?;
        }
        Ok(())
    }
}

/// Marks of nobody.
fn marks() -> Marks {
    let production = MasterKey::new([0; KEY_BYTES]).production("measurement");
    Marks {
        visible: MarkSpec {
            name: "Measurement".to_owned(),
            email: "measurement@localhost".to_owned(),
            ip: "127.0.0.1".to_owned(),
            session_code: "0000-00".to_owned(),
        },
        invisible: ForensicKeys { viewing: production.viewing("measurement", "0"), pilot: production.pilot() },
    }
}
