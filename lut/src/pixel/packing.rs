//! Layouts with everything in one plane, as capture cards, decoders and files hand them over: read, never written.

use super::format::{BitDepth, ChromaSampling, Component};

/// How the samples of one plane follow each other. Words of more than one byte are little endian unless said otherwise.
/// Alpha is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// Cb Y' Cr Y' bytes, 4:2:2.
    Uyvy,
    /// Y' Cb Y' Cr bytes, 4:2:2.
    Yuy2,
    /// Y' Cr Y' Cb bytes, 4:2:2.
    Yvyu,
    /// Cb Y' Cr Y', 4:2:2, three 10-bit codes from the low end of each 32-bit word: SDI cards.
    V210,
    /// Cb Y' Cr Y' in 16 bits, 4:2:2.
    V216,
    /// Y' Cb Y' Cr, 4:2:2, 10 bits at the high end of 16.
    Y210,
    /// Y' Cb Y' Cr, 4:2:2, 12 bits at the high end of 16.
    Y212,
    /// Cb, Y', Cr of 10 bits from the low end of a 32-bit word, and A.
    Y410,
    /// Cb Y' Cr A, 12 bits at the high end of 16.
    Y412,
    /// A Y' Cb Cr bytes.
    Ayuv,
    /// Cr Cb Y' A bytes.
    Vuya,
    /// Y' Cb Cr bytes.
    V308,
    /// A Y' Cb Cr in 16 bits.
    Ayuv64,
    /// R' G' B' bytes.
    Rgb,
    /// B' G' R' bytes.
    Bgr,
    /// A or x, R' G' B' bytes.
    Argb,
    /// A or x, B' G' R' bytes.
    Abgr,
    /// A R' G' B' in 16 bits.
    Argb64,
    /// R' G' B' A in 16 bits.
    Rgba64,
    /// B' G' R' A in 16 bits.
    Bgra64,
    /// A B' G' R' in 16 bits.
    Abgr64,
    /// B', G', R' of 10 bits from the low end of a 32-bit word, most significant byte first: DPX, SDI cards.
    R210,
    /// R', G', B' of 10 bits from the low end of a 32-bit word, and A.
    Rgb10a2,
    /// B', G', R' of 10 bits from the low end of a 32-bit word, and A.
    Bgr10a2,
}

/// What a plane is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Samples of one byte.
    Byte,
    /// Samples of two bytes.
    Word,
    /// Pixels of four bytes; a component's shift says where its ten bits are.
    Tens,
    /// As [`Unit::Tens`], most significant byte first.
    TensBigEndian,
    /// Three samples of ten bits in four bytes.
    Thirds,
}

use BitDepth::{Eight, Sixteen, Ten, Twelve};
use ChromaSampling::{Cs422, Cs444};

impl Packing {
    /// The layout GStreamer calls `name`, if it is one of these. (Those it stores as the machine does are taken for
    /// little endian.)
    #[must_use]
    pub fn from_gstreamer(name: &str) -> Option<Self> {
        Some(match name {
            "UYVY" => Self::Uyvy,
            "YUY2" => Self::Yuy2,
            "YVYU" => Self::Yvyu,
            "v210" => Self::V210,
            "v216" => Self::V216,
            "Y210" => Self::Y210,
            "Y212_LE" => Self::Y212,
            "Y410" => Self::Y410,
            "Y412_LE" => Self::Y412,
            "AYUV" => Self::Ayuv,
            "VUYA" => Self::Vuya,
            "v308" => Self::V308,
            "AYUV64" => Self::Ayuv64,
            "RGB" => Self::Rgb,
            "BGR" => Self::Bgr,
            "ARGB" | "xRGB" => Self::Argb,
            "ABGR" | "xBGR" => Self::Abgr,
            "ARGB64" | "ARGB64_LE" => Self::Argb64,
            "RGBA64_LE" => Self::Rgba64,
            "BGRA64_LE" => Self::Bgra64,
            "ABGR64_LE" => Self::Abgr64,
            "r210" => Self::R210,
            "RGB10A2_LE" => Self::Rgb10a2,
            "BGR10A2_LE" => Self::Bgr10a2,
            _ => return None,
        })
    }

    /// Bits per sample.
    #[must_use]
    pub const fn depth(self) -> BitDepth {
        match self {
            Self::Uyvy | Self::Yuy2 | Self::Yvyu | Self::Ayuv | Self::Vuya | Self::V308 => Eight,
            Self::Rgb | Self::Bgr | Self::Argb | Self::Abgr => Eight,
            Self::V210 | Self::Y210 | Self::Y410 | Self::R210 | Self::Rgb10a2 | Self::Bgr10a2 => Ten,
            Self::Y212 | Self::Y412 => Twelve,
            Self::V216 | Self::Ayuv64 | Self::Argb64 | Self::Rgba64 | Self::Bgra64 | Self::Abgr64 => Sixteen,
        }
    }

    /// Chroma sampling; 4:4:4 for R'G'B'.
    #[must_use]
    pub const fn chroma(self) -> ChromaSampling {
        match self {
            Self::Uyvy | Self::Yuy2 | Self::Yvyu | Self::V210 | Self::V216 | Self::Y210 | Self::Y212 => Cs422,
            _ => Cs444,
        }
    }

    /// Whether the components are R', G', B'.
    #[must_use]
    pub const fn is_rgb(self) -> bool {
        let bytes = matches!(self, Self::Rgb | Self::Bgr | Self::Argb | Self::Abgr);
        let tens = matches!(self, Self::R210 | Self::Rgb10a2 | Self::Bgr10a2);
        bytes || tens || matches!(self, Self::Argb64 | Self::Rgba64 | Self::Bgra64 | Self::Abgr64)
    }

    /// Bytes in a row of `width` pixels; pixels that share chroma are stored whole.
    #[must_use]
    pub const fn row_bytes(self, width: usize) -> usize {
        match (self.unit(), self.chroma()) {
            (Unit::Thirds, _) => width.div_ceil(6) * 16,
            (Unit::Byte, Cs422) => width.div_ceil(2) * 4,
            (Unit::Word, Cs422) => width.div_ceil(2) * 8,
            (Unit::Byte, _) => width * self.samples(),
            (Unit::Word, _) => width * self.samples() * 2,
            (Unit::Tens | Unit::TensBigEndian, _) => width * 4,
        }
    }

    /// Samples from one pixel to the next, alpha among them.
    pub(crate) const fn samples(self) -> usize {
        match self {
            Self::Rgb | Self::Bgr | Self::V308 => 3,
            Self::Uyvy | Self::Yuy2 | Self::Yvyu | Self::V210 | Self::V216 | Self::Y210 | Self::Y212 => 2,
            _ => 4,
        }
    }

    pub(crate) const fn unit(self) -> Unit {
        match self {
            Self::V210 => Unit::Thirds,
            Self::Y410 | Self::Rgb10a2 | Self::Bgr10a2 => Unit::Tens,
            Self::R210 => Unit::TensBigEndian,
            _ if self.depth().bytes() == 1 => Unit::Byte,
            _ => Unit::Word,
        }
    }

    /// The components in the order Y', Cb, Cr or R', G', B'.
    pub(crate) const fn components(self) -> [Component; 3] {
        match self {
            Self::Uyvy | Self::V210 | Self::V216 => self.shared([1, 0, 2]),
            Self::Yuy2 | Self::Y210 | Self::Y212 => self.shared([0, 1, 3]),
            Self::Yvyu => self.shared([0, 3, 1]),
            Self::Y410 => self.tens([10, 0, 20]),
            Self::Rgb10a2 => self.tens([0, 10, 20]),
            Self::R210 | Self::Bgr10a2 => self.tens([20, 10, 0]),
            Self::Y412 => self.each([1, 0, 2]),
            Self::Vuya => self.each([2, 1, 0]),
            Self::V308 | Self::Rgb | Self::Rgba64 => self.each([0, 1, 2]),
            Self::Bgr | Self::Bgra64 => self.each([2, 1, 0]),
            Self::Ayuv | Self::Ayuv64 | Self::Argb | Self::Argb64 => self.each([1, 2, 3]),
            Self::Abgr | Self::Abgr64 => self.each([3, 2, 1]),
        }
    }

    /// Unused low bits of each sample.
    const fn shift(self) -> u32 {
        match self.unit() {
            Unit::Word => 16 - self.depth().bits(),
            _ => 0,
        }
    }

    /// Pairs of pixels that share chroma.
    const fn shared(self, [y, cb, cr]: [usize; 3]) -> [Component; 3] {
        let luma = Component { plane: 0, step: 2, first: y, shift: self.shift(), chroma: false };
        let chroma = Component { step: 4, chroma: true, ..luma };
        [luma, Component { first: cb, ..chroma }, Component { first: cr, ..chroma }]
    }

    /// One of each in every pixel.
    const fn each(self, [a, b, c]: [usize; 3]) -> [Component; 3] {
        let luma = Component { plane: 0, step: self.samples(), first: a, shift: self.shift(), chroma: false };
        let chroma = Component { chroma: !self.is_rgb(), ..luma };
        [luma, Component { first: b, ..chroma }, Component { first: c, ..chroma }]
    }

    /// Ten bits of each from these in every word.
    const fn tens(self, [a, b, c]: [u32; 3]) -> [Component; 3] {
        let luma = Component { plane: 0, step: 1, first: 0, shift: a, chroma: false };
        let chroma = Component { chroma: !self.is_rgb(), ..luma };
        [luma, Component { shift: b, ..chroma }, Component { shift: c, ..chroma }]
    }
}
