//! Pictures on their way to a viewer. The types say what has happened to them: a [`ColorFrame`] is unmarked and no
//! encoder accepts it; encoders take [`crate::watermark::MarkedFrame`], which only the watermark can make.

use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use forensic::{Area, Depth, LumaMut, LumaRef, Mask, PlaneError, Sensitivity};
use lut::color::Transfer;
use lut::pixel::{BitDepth, ChromaSampling};

use crate::engine::FrameStamp;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::hdr::HdrMetadata;
use crate::strip;

/// Planar Y'CbCr samples in GStreamer's layout for `I420`, `Y444`, `I420_10LE` or `Y444_10LE` (rows padded to 4 bytes;
/// 10-bit samples little-endian in the low bits of 16). Under the rows of each plane lie those of the signal strip, which
/// nothing writes but [`ColorFrame::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub(crate) format: VideoFormat,
    pub(crate) target: TargetColor,
    pub(crate) size: PictureSize,
    pub(crate) data: Vec<u8>,
}

/// Where one plane lies in [`Picture::data`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaneLayout {
    /// Samples in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Byte of the first sample.
    pub offset: usize,
}

impl Picture {
    /// A picture with all samples zero (green on a screen: meant to be written at once).
    pub fn new(format: VideoFormat, size: PictureSize) -> Self {
        Self { format, target: TargetColor::default(), size, data: vec![0; Self::bytes(format, size)] }
    }

    /// The same samples, meant as colours of `target`.
    pub fn in_color(self, target: TargetColor) -> Self {
        Self { target, ..self }
    }

    /// A picture of samples that lie as [`Picture::layout`] says, or `None` when their number of bytes is another.
    pub fn from_data(format: VideoFormat, size: PictureSize, data: Vec<u8>) -> Option<Self> {
        (data.len() == Self::bytes(format, size)).then_some(Self { format, target: TargetColor::default(), size, data })
    }

    /// Bytes of all planes with their strips.
    fn bytes(format: VideoFormat, size: PictureSize) -> usize {
        let [_, cb, cr] = Self::layout(format, size);
        // The last plane is as long as the one before it.
        2 * cr.offset - cb.offset
    }

    /// Layout of Y, Cb and Cr as viewers see them; the rows of the strip follow in each plane.
    pub fn layout(format: VideoFormat, size: PictureSize) -> [PlaneLayout; 3] {
        let (width, height) = (size.width as usize, size.height as usize);
        let bytes = format.sample_bytes();
        let is_420 = format.chroma() == ChromaSampling::Cs420;
        let (chroma_width, chroma_height) =
            if is_420 { (width.div_ceil(2), height.div_ceil(2)) } else { (width, height) };
        let stride = |samples: usize| (samples * bytes).next_multiple_of(4);
        let strip = strip::rows(size.width) as usize;
        // GStreamer rounds the luma height of 4:2:0 up to even before the chroma planes.
        let luma_rows = strip + if is_420 { height.next_multiple_of(2) } else { height };
        let chroma_rows = chroma_height + if is_420 { strip / 2 } else { strip };
        let luma = PlaneLayout { width, height, stride: stride(width), offset: 0 };
        let cb_offset = luma.stride * luma_rows;
        let chroma =
            PlaneLayout { width: chroma_width, height: chroma_height, stride: stride(chroma_width), offset: cb_offset };
        let cr = PlaneLayout { offset: cb_offset + chroma.stride * chroma_rows, ..chroma };
        [luma, chroma, cr]
    }

    /// Takes the right of the line at `percent` of the width from `other`, which has the same layout.
    pub(crate) fn wipe(&mut self, other: &Self, percent: u8) {
        for plane in Self::layout(self.format, self.size) {
            let bytes = self.format.sample_bytes();
            // The same place in all planes, to the pair of luma samples.
            let line = plane.width * usize::from(percent.min(100)) / 100 * bytes;
            for row in 0..plane.height {
                let row = plane.offset + row * plane.stride;
                let right = row + line..row + plane.width * bytes;
                self.data[right.clone()].copy_from_slice(&other.data[right]);
            }
        }
    }

    /// The luma plane, to be read by the invisible mark.
    ///
    /// # Errors
    /// When the picture has no samples.
    pub fn luma(&self) -> Result<LumaRef<'_>, PlaneError> {
        let plane = Self::layout(self.format, self.size)[0];
        LumaRef::new(&self.data[plane.offset..], plane.stride, plane.width, plane.height, depth(self.format))
    }

    /// The luma plane, to be marked.
    pub(crate) fn luma_mut(&mut self) -> Result<LumaMut<'_>, PlaneError> {
        let plane = Self::layout(self.format, self.size)[0];
        LumaMut::new(&mut self.data[plane.offset..], plane.stride, plane.width, plane.height, depth(self.format))
    }

    /// Codec, chroma and depth the samples are laid out for.
    pub fn format(&self) -> VideoFormat {
        self.format
    }

    /// What the samples mean.
    pub fn target(&self) -> TargetColor {
        self.target
    }

    /// Size in luma samples, without the strip.
    pub fn size(&self) -> PictureSize {
        self.size
    }

    /// All bytes, planes in the places that [`Picture::layout`] gives.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

/// Viewers are sent 8 or 10 bits, nothing else.
fn depth(format: VideoFormat) -> Depth {
    if format.bit_depth() == BitDepth::Eight { Depth::Eight } else { Depth::Ten }
}

/// When and what a picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameTime {
    /// Presentation time on the program's clock.
    pub pts: Duration,
    /// The same instant on this machine's monotonic clock.
    pub presented_at: Instant,
    /// Which source frame.
    pub stamp: FrameStamp,
    /// What a PQ source says of its mastering display and light.
    pub hdr: Option<HdrMetadata>,
}

/// A picture in the viewers' target colour, shared by viewers, not yet marked: no encoder accepts it.
#[derive(Clone, Debug)]
pub struct ColorFrame {
    pub(crate) picture: Picture,
    pub(crate) time: FrameTime,
    mask: OnceLock<Result<Mask, PlaneError>>,
}

impl ColorFrame {
    /// An unmarked frame in the viewers' target colour; its signal strip is written here, once for all viewers.
    pub fn new(mut picture: Picture, time: FrameTime) -> Self {
        strip::paint(&mut picture, &time);
        Self { picture, time, mask: OnceLock::new() }
    }

    /// How much invisible mark each part of the picture bears. Worked out when the first viewer asks, for all of them.
    ///
    /// # Errors
    /// When the picture has no samples.
    pub fn mask(&self) -> Result<&Mask, PlaneError> {
        let made = self.mask.get_or_init(|| {
            let PictureSize { width, height } = self.picture.size;
            let area = Area::full(width as usize, height as usize);
            Ok(Mask::new(self.picture.luma()?, area, sensitivity(self.picture.target)))
        });
        made.as_ref().map_err(Clone::clone)
    }
}

/// What a code of luma costs in a colour; made once.
fn sensitivity(target: TargetColor) -> &'static Sensitivity {
    static SDR: LazyLock<Sensitivity> = LazyLock::new(Sensitivity::bt1886);
    static PQ: LazyLock<Sensitivity> = LazyLock::new(Sensitivity::pq);
    if target.color_spec().transfer == Transfer::Pq { &PQ } else { &SDR }
}
