//! Names and layouts of stored pictures.

use super::packing::{Packing, Unit};

/// How much of the colour difference is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ChromaSampling {
    /// One chroma sample per 2x2 pixels, sited left (MPEG-2): beside the left pixels, halfway down.
    Cs420,
    /// One chroma sample per 2x1 pixels, sited on the left one.
    Cs422,
    /// All of it.
    Cs444,
}

impl ChromaSampling {
    /// Width and height of a chroma plane.
    #[must_use]
    pub const fn plane_size(self, width: usize, height: usize) -> (usize, usize) {
        match self {
            Self::Cs420 => (width.div_ceil(2), height.div_ceil(2)),
            Self::Cs422 => (width.div_ceil(2), height),
            Self::Cs444 => (width, height),
        }
    }
}

/// Where the chroma samples of 4:2:0 and 4:2:2 lie among the pixels (ITU-T H.273, ChromaSampleLocType).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ChromaSiting {
    /// On the left pixel of each pair, halfway between the rows: MPEG-2, what H.264 means when it says nothing.
    #[default]
    Left,
    /// On the upper left pixel: BT.2020 in HEVC and on discs, DV.
    TopLeft,
    /// In the middle of the pixels: MPEG-1, JPEG.
    Center,
}

impl ChromaSiting {
    /// The siting of an H.273 ChromaSampleLocType, if it is one of these.
    #[must_use]
    pub const fn from_h273(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Left),
            1 => Some(Self::Center),
            2 => Some(Self::TopLeft),
            _ => None,
        }
    }
}

/// Bits per sample. More than 8 are stored in two bytes, little endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum BitDepth {
    /// 8 bits.
    Eight,
    /// 10 bits.
    Ten,
    /// 12 bits.
    Twelve,
    /// 16 bits.
    Sixteen,
}

impl BitDepth {
    /// The number.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Ten => 10,
            Self::Twelve => 12,
            Self::Sixteen => 16,
        }
    }

    /// Bytes per sample.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Eight => 1,
            _ => 2,
        }
    }

    /// The largest code.
    #[must_use]
    pub const fn max_code(self) -> u32 {
        (1 << self.bits()) - 1
    }
}

/// How a picture is stored. What its numbers mean is [`crate::ColorSpec`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Three planes Y', Cb, Cr; codes in the low bits.
    Planar(ChromaSampling, BitDepth),
    /// A Y' plane and one of Cb, Cr pairs; codes in the high bits.
    SemiPlanar(ChromaSampling, BitDepth),
    /// Three planes G', B', R'; codes in the low bits.
    Gbr(BitDepth),
    /// One plane of R', G', B', A bytes; alpha is ignored, and written as 255.
    Rgba,
    /// One plane of B', G', R', A or x bytes; the fourth is ignored, and written as 255.
    Bgra,
    /// One plane of something else: read, never written.
    Packed(Packing),
}

/// Where to find the samples of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Component {
    pub plane: usize,
    /// Samples from one to the next.
    pub step: usize,
    /// Samples before the first.
    pub first: usize,
    /// Unused low bits.
    pub shift: u32,
    /// Whether it is chroma, possibly subsampled.
    pub chroma: bool,
}

use BitDepth::{Eight, Ten, Twelve};
use ChromaSampling::{Cs420, Cs422, Cs444};

impl PixelFormat {
    /// GStreamer I420.
    pub const I420: Self = Self::Planar(Cs420, Eight);
    /// GStreamer Y42B.
    pub const Y42B: Self = Self::Planar(Cs422, Eight);
    /// GStreamer Y444.
    pub const Y444: Self = Self::Planar(Cs444, Eight);
    /// GStreamer I420_10LE.
    pub const I420_10LE: Self = Self::Planar(Cs420, Ten);
    /// GStreamer I422_10LE.
    pub const I422_10LE: Self = Self::Planar(Cs422, Ten);
    /// GStreamer Y444_10LE.
    pub const Y444_10LE: Self = Self::Planar(Cs444, Ten);
    /// GStreamer I422_12LE.
    pub const I422_12LE: Self = Self::Planar(Cs422, Twelve);
    /// GStreamer Y444_12LE.
    pub const Y444_12LE: Self = Self::Planar(Cs444, Twelve);
    /// GStreamer NV12.
    pub const NV12: Self = Self::SemiPlanar(Cs420, Eight);
    /// GStreamer P010_10LE.
    pub const P010: Self = Self::SemiPlanar(Cs420, Ten);
    /// GStreamer GBR.
    pub const GBR: Self = Self::Gbr(Eight);
    /// GStreamer GBR_10LE.
    pub const GBR_10LE: Self = Self::Gbr(Ten);

    /// The format GStreamer calls `name`, if it is one of those here.
    #[must_use]
    pub fn from_gstreamer(name: &str) -> Option<Self> {
        use BitDepth::Sixteen;
        Some(match name {
            "I420" => Self::I420,
            "I420_10LE" => Self::I420_10LE,
            "I420_12LE" => Self::Planar(Cs420, Twelve),
            "Y42B" => Self::Y42B,
            "I422_10LE" => Self::I422_10LE,
            "I422_12LE" => Self::I422_12LE,
            "Y444" => Self::Y444,
            "Y444_10LE" => Self::Y444_10LE,
            "Y444_12LE" => Self::Y444_12LE,
            "Y444_16LE" => Self::Planar(Cs444, Sixteen),
            "NV12" => Self::NV12,
            "NV16" => Self::SemiPlanar(Cs422, Eight),
            "NV24" => Self::SemiPlanar(Cs444, Eight),
            "P010_10LE" => Self::P010,
            "P012_LE" => Self::SemiPlanar(Cs420, Twelve),
            "P016_LE" => Self::SemiPlanar(Cs420, Sixteen),
            "GBR" => Self::GBR,
            "GBR_10LE" => Self::GBR_10LE,
            "GBR_12LE" => Self::Gbr(Twelve),
            "GBR_16LE" => Self::Gbr(Sixteen),
            "RGBA" | "RGBx" => Self::Rgba,
            "BGRA" | "BGRx" => Self::Bgra,
            _ => return Packing::from_gstreamer(name).map(Self::Packed),
        })
    }

    /// Bits per sample.
    #[must_use]
    pub const fn depth(self) -> BitDepth {
        match self {
            Self::Planar(_, depth) | Self::SemiPlanar(_, depth) | Self::Gbr(depth) => depth,
            Self::Rgba | Self::Bgra => BitDepth::Eight,
            Self::Packed(packing) => packing.depth(),
        }
    }

    /// Chroma sampling; 4:4:4 for R'G'B'.
    #[must_use]
    pub const fn chroma(self) -> ChromaSampling {
        match self {
            Self::Planar(chroma, _) | Self::SemiPlanar(chroma, _) => chroma,
            Self::Gbr(_) | Self::Rgba | Self::Bgra => ChromaSampling::Cs444,
            Self::Packed(packing) => packing.chroma(),
        }
    }

    /// Whether the components are R', G', B'.
    #[must_use]
    pub const fn is_rgb(self) -> bool {
        match self {
            Self::Gbr(_) | Self::Rgba | Self::Bgra => true,
            Self::Packed(packing) => packing.is_rgb(),
            Self::Planar(..) | Self::SemiPlanar(..) => false,
        }
    }

    /// Planes in memory: 1 to 3.
    #[must_use]
    pub const fn plane_count(self) -> usize {
        match self {
            Self::Planar(..) | Self::Gbr(_) => 3,
            Self::SemiPlanar(..) => 2,
            Self::Rgba | Self::Bgra | Self::Packed(_) => 1,
        }
    }

    /// Whether pictures can be written so: [`PixelFormat::Packed`] is read only.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        !matches!(self, Self::Packed(_))
    }

    /// Bytes in a row and rows of plane `plane` of a picture of `width` x `height` pixels.
    #[must_use]
    pub const fn plane_size(self, plane: usize, width: usize, height: usize) -> (usize, usize) {
        let bytes = self.depth().bytes();
        let (w, h) = if plane == 0 { (width, height) } else { self.chroma().plane_size(width, height) };
        match self {
            Self::Planar(..) | Self::Gbr(_) => (w * bytes, h),
            Self::SemiPlanar(..) => (w * bytes * if plane == 0 { 1 } else { 2 }, h),
            Self::Rgba | Self::Bgra => (w * 4, h),
            Self::Packed(packing) => (packing.row_bytes(width), height),
        }
    }

    /// The components in the order Y', Cb, Cr or R', G', B'.
    pub(crate) const fn components(self) -> [Component; 3] {
        let luma = Component { plane: 0, step: 1, first: 0, shift: 0, chroma: false };
        let chroma = Component { chroma: true, ..luma };
        match self {
            Self::Planar(..) => [luma, Component { plane: 1, ..chroma }, Component { plane: 2, ..chroma }],
            Self::SemiPlanar(_, depth) => {
                let shift = if depth.bytes() == 2 { 16 - depth.bits() } else { 0 };
                let pair = Component { plane: 1, step: 2, shift, ..chroma };
                [Component { shift, ..luma }, pair, Component { first: 1, ..pair }]
            }
            Self::Gbr(_) => [Component { plane: 2, ..luma }, luma, Component { plane: 1, ..luma }],
            Self::Rgba => packed([0, 1, 2]),
            Self::Bgra => packed([2, 1, 0]),
            Self::Packed(packing) => packing.components(),
        }
    }

    /// What the planes are made of.
    pub(crate) const fn unit(self) -> Unit {
        match self {
            Self::Packed(packing) => packing.unit(),
            _ if self.depth().bytes() == 1 => Unit::Byte,
            _ => Unit::Word,
        }
    }
}

const fn packed([r, g, b]: [usize; 3]) -> [Component; 3] {
    const BYTE: Component = Component { plane: 0, step: 4, first: 0, shift: 0, chroma: false };
    [Component { first: r, ..BYTE }, Component { first: g, ..BYTE }, Component { first: b, ..BYTE }]
}
