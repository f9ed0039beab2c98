//! The one table of what can be encoded and with what, and what it costs on this machine.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use forensic::MasterKey;
use forensic::key::KEY_BYTES;
use serde::{Deserialize, Serialize};

use super::encoder::{Encoder, EncoderSetup};
use super::synthetic;
use crate::engine::EngineError;
use crate::frame::ColorFrame;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use crate::spec::time::FrameRate;
use crate::spec::watermark::{ForensicKeys, MarkLayout, MarkSpec, MarkTemplate, Marks};
use crate::watermark::Marker;

/// One row: a format, the element that makes it and how it is driven.
#[derive(Clone, Copy, Debug)]
pub struct CodecRow {
    /// What is made.
    pub format: VideoFormat,
    /// The GStreamer element that makes it.
    pub factory: &'static str,
    /// Layout of the pictures that go in, as GStreamer names it.
    pub layout: &'static str,
    /// Its speed: the preset of x264, `cpu-used` of libvpx.
    pub speed: &'static str,
    /// Caps that pin profile and framing.
    pub caps: &'static str,
    /// Further options of x264.
    pub options: &'static str,
    /// Typical cost of one thread, to choose threads by; admission uses the measured cost.
    pub nominal_ns_per_pixel: f64,
}

/// A key frame only when one is due or asked for: at a scene cut it would burst the buffer of every viewer at once.
const COMMON_OPTIONS: &str = "scenecut=0:repeat-headers=1:force-cfr=0";

/// Bits go where a colourist looks: flat areas before busy ones (adaptive quantisation), chroma as fine as luma, small
/// residuals coded until a flat area is exact; arithmetic coding (CABAC), which the preset leaves out, says the same in a
/// quarter fewer bits. docs/measurements.md has the figures.
const REFERENCE_OPTIONS: &str = "scenecut=0:repeat-headers=1:force-cfr=0:cabac=1:ipratio=1.1:chroma-qp-offset=-6:\
                                 aq-mode=1:aq-strength=1.5:deadzone-inter=6:deadzone-intra=4:subme=2:\
                                 no-dct-decimate=1:no-fast-pskip=1";

const X264: CodecRow = CodecRow {
    format: VideoFormat::H264Bits8,
    factory: "x264enc",
    layout: "I420",
    speed: "superfast",
    caps: "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline",
    options: COMMON_OPTIONS,
    nominal_ns_per_pixel: 15.0,
};

const REFERENCE: CodecRow = CodecRow {
    format: VideoFormat::H264High444Bits10,
    layout: "Y444_10LE",
    speed: "ultrafast",
    caps: "video/x-h264,stream-format=byte-stream,alignment=au,profile=high-4:4:4",
    options: REFERENCE_OPTIONS,
    nominal_ns_per_pixel: 40.0,
    ..X264
};

const VPX: CodecRow = CodecRow {
    format: VideoFormat::Vp9Profile0,
    factory: "vp9enc",
    layout: "I420",
    speed: "8",
    caps: "video/x-vp9,profile=(string)0",
    options: "",
    nominal_ns_per_pixel: 28.0,
};

/// Every format, in the order of [`VideoFormat::ALL`].
pub const TABLE: [CodecRow; 8] = [
    REFERENCE,
    CodecRow {
        format: VideoFormat::Vp9Profile3,
        layout: "Y444_10LE",
        caps: "video/x-vp9,profile=(string)3",
        nominal_ns_per_pixel: 70.0,
        ..VPX
    },
    CodecRow {
        format: VideoFormat::H264High10,
        layout: "I420_10LE",
        caps: "video/x-h264,stream-format=byte-stream,alignment=au,profile=high-10",
        nominal_ns_per_pixel: 25.0,
        ..REFERENCE
    },
    CodecRow {
        format: VideoFormat::Vp9Profile2,
        layout: "I420_10LE",
        caps: "video/x-vp9,profile=(string)2",
        nominal_ns_per_pixel: 42.0,
        ..VPX
    },
    CodecRow { format: VideoFormat::H264High444Bits8, layout: "Y444", nominal_ns_per_pixel: 30.0, ..REFERENCE },
    CodecRow {
        format: VideoFormat::Vp9Profile1,
        layout: "Y444",
        caps: "video/x-vp9,profile=(string)1",
        nominal_ns_per_pixel: 45.0,
        ..VPX
    },
    X264,
    VPX,
];

/// The row of a format.
pub fn row(format: VideoFormat) -> &'static CodecRow {
    // The table is in the order of the enum, which a test holds.
    &TABLE[format as usize]
}

/// The formats that are measured at start: each codec at its dearest and cheapest that matters. The others cost what the
/// nominal figures say in proportion to the nearest of the same codec.
const MEASURED: [VideoFormat; 3] = [VideoFormat::H264High444Bits10, VideoFormat::H264Bits8, VideoFormat::Vp9Profile1];

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
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

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
        for format in MEASURED {
            let ns_per_pixel = busy_encode_cost(format, cores).map_err(EngineError::Encoder)?;
            encode.push(FormatCost { format, ns_per_pixel });
        }
        Ok(Self { cores, color_ns_per_pixel, encode })
    }

    /// CPU time of one viewer's mark and encoder for one pixel: measured, or in proportion to what was.
    pub fn encode_ns_per_pixel(&self, format: VideoFormat) -> f64 {
        let nominal = row(format).nominal_ns_per_pixel;
        let distance = |cost: &FormatCost| (row(cost.format).nominal_ns_per_pixel / nominal).ln().abs();
        let same_codec = self.encode.iter().filter(|cost| cost.format.codec() == format.codec());
        let nearest = same_codec.min_by(|a, b| {
            let exact = (b.format == format).cmp(&(a.format == format));
            exact.then(distance(a).total_cmp(&distance(b)))
        });
        nearest.map_or(nominal, |cost| cost.ns_per_pixel * nominal / row(cost.format).nominal_ns_per_pixel)
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
    encoder: Encoder,
    units: Receiver<()>,
    marker: Marker,
    pictures: std::vec::IntoIter<ColorFrame>,
}

impl Sample {
    /// Starts the encoder, makes the pictures beforehand and encodes the first of them.
    fn new(format: VideoFormat) -> Result<Self, String> {
        let spec =
            RenditionSpec { format, target: TargetColor::default(), size: SIZE, bitrate_bps: 4_000_000, drill: None };
        let setup = EncoderSetup { spec, rate: FrameRate::FPS_25, threads: Some(1) };
        let (done, units) = channel();
        let encoder = Encoder::start(setup, move |_| {
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
pub(super) fn marks() -> Marks {
    let production = MasterKey::new([0; KEY_BYTES]).production("measurement");
    Marks {
        visible: MarkSpec {
            name: "Measurement".to_owned(),
            email: "measurement@localhost".to_owned(),
            ip: "127.0.0.1".to_owned(),
            review: "Measurement".to_owned(),
            session_code: "0000-0000".to_owned(),
            // What costs most.
            template: MarkTemplate { layout: MarkLayout::Tiled, ..MarkTemplate::default() },
        },
        invisible: ForensicKeys { viewing: production.viewing("measurement", "0"), pilot: production.pilot() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_format_in_its_order() {
        assert!(TABLE.iter().map(|row| row.format).eq(VideoFormat::ALL));
        assert!(VideoFormat::ALL.into_iter().all(|format| row(format).format == format));
    }

    #[test]
    fn what_was_not_measured_costs_in_proportion() {
        let encode = vec![
            FormatCost { format: VideoFormat::H264High444Bits10, ns_per_pixel: 80.0 },
            FormatCost { format: VideoFormat::H264Bits8, ns_per_pixel: 15.0 },
        ];
        let capability = Capability { cores: 2, color_ns_per_pixel: 4.0, encode };
        assert!((capability.encode_ns_per_pixel(VideoFormat::H264High444Bits10) - 80.0).abs() < 1e-9);
        assert!((capability.encode_ns_per_pixel(VideoFormat::H264High444Bits8) - 60.0).abs() < 1e-9);
        assert!((capability.encode_ns_per_pixel(VideoFormat::Vp9Profile0) - 28.0).abs() < 1e-9);
    }
}
