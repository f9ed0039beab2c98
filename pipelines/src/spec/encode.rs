//! What a viewer's picture is encoded as.

use lut::pixel::{BitDepth, ChromaSampling};
use serde::{Deserialize, Serialize};

/// Codec, profile, chroma and depth: one row of the capability table (`encode/capability.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VideoFormat {
    /// H.264 High 4:4:4 Predictive (`f4001f`), 10-bit 4:4:4: the reference rendition.
    H264High444Bits10,
    /// H.264 Constrained Baseline compatible (`42e01f`), 8-bit 4:2:0.
    H264Bits8,
}

impl VideoFormat {
    /// All formats, best picture first.
    pub const ALL: [Self; 2] = [Self::H264High444Bits10, Self::H264Bits8];

    /// Chroma format of the coded picture.
    pub fn chroma(self) -> ChromaSampling {
        match self {
            Self::H264High444Bits10 => ChromaSampling::Cs444,
            Self::H264Bits8 => ChromaSampling::Cs420,
        }
    }

    /// Bits of a coded sample.
    pub fn bit_depth(self) -> BitDepth {
        match self {
            Self::H264High444Bits10 => BitDepth::Ten,
            Self::H264Bits8 => BitDepth::Eight,
        }
    }

    /// RFC 6184 `profile-level-id` under which the stream is offered.
    pub fn profile_level_id(self) -> u32 {
        match self {
            Self::H264High444Bits10 => 0xf4_00_1f,
            Self::H264Bits8 => 0x42_e0_1f,
        }
    }
}

/// Size of a coded picture in luma samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PictureSize {
    /// Samples in a row; even.
    pub width: u32,
    /// Rows; even.
    pub height: u32,
}

/// What one viewer is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RenditionSpec {
    /// Codec, chroma and depth.
    pub format: VideoFormat,
    /// Size of the coded picture.
    pub size: PictureSize,
    /// Target bitrate in bits per second.
    pub bitrate_bps: u32,
}
