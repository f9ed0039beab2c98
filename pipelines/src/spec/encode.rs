//! What a viewer's picture is encoded as.

pub mod rate;

use lut::color::ColorSpec;
use lut::pixel::{BitDepth, ChromaSampling};
use serde::{Deserialize, Serialize};

use super::color::{Drill, TargetColor};

/// A video codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VideoCodec {
    /// ITU-T H.264.
    H264,
    /// VP9.
    Vp9,
}

/// Codec, profile, chroma and depth: one row of the capability table (`encode/capability.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VideoFormat {
    /// H.264 High 4:4:4 Predictive (`f4001f`), 10-bit 4:4:4: the reference rendition.
    H264High444Bits10,
    /// VP9 profile 3, 10-bit 4:4:4.
    Vp9Profile3,
    /// H.264 High 10, which every decoder of High 4:4:4 Predictive (`f4001f`) takes, 10-bit 4:2:0.
    H264High10,
    /// VP9 profile 2, 10-bit 4:2:0.
    Vp9Profile2,
    /// H.264 High 4:4:4 Predictive (`f4001f`), 8-bit 4:4:4.
    H264High444Bits8,
    /// VP9 profile 1, 8-bit 4:4:4.
    Vp9Profile1,
    /// H.264 Constrained Baseline compatible (`42e01f`), 8-bit 4:2:0.
    H264Bits8,
    /// VP9 profile 0, 8-bit 4:2:0.
    Vp9Profile0,
}

/// How a format is named in an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferedAs {
    /// RFC 6184 `profile-level-id`.
    H264 {
        /// Profile, constraint flags and level, a byte each.
        profile_level_id: u32,
    },
    /// RFC 9628 `profile-id`.
    Vp9 {
        /// 0 to 3.
        profile_id: u32,
    },
}

impl VideoFormat {
    /// All formats, best picture first: depth decides about flat areas, chroma about edges, and of two that are equal the
    /// one that costs less comes first.
    pub const ALL: [Self; 8] = [
        Self::H264High444Bits10,
        Self::Vp9Profile3,
        Self::H264High10,
        Self::Vp9Profile2,
        Self::H264High444Bits8,
        Self::Vp9Profile1,
        Self::H264Bits8,
        Self::Vp9Profile0,
    ];

    /// Its name in requests; the same that is serialised.
    pub const fn name(self) -> &'static str {
        match self {
            Self::H264High444Bits10 => "h264-high444-bits10",
            Self::Vp9Profile3 => "vp9-profile3",
            Self::H264High10 => "h264-high10",
            Self::Vp9Profile2 => "vp9-profile2",
            Self::H264High444Bits8 => "h264-high444-bits8",
            Self::Vp9Profile1 => "vp9-profile1",
            Self::H264Bits8 => "h264-bits8",
            Self::Vp9Profile0 => "vp9-profile0",
        }
    }

    /// Its codec.
    pub const fn codec(self) -> VideoCodec {
        match self.offered_as() {
            OfferedAs::H264 { .. } => VideoCodec::H264,
            OfferedAs::Vp9 { .. } => VideoCodec::Vp9,
        }
    }

    /// Chroma format of the coded picture.
    pub const fn chroma(self) -> ChromaSampling {
        match self {
            Self::H264High444Bits10 | Self::Vp9Profile3 | Self::H264High444Bits8 | Self::Vp9Profile1 => {
                ChromaSampling::Cs444
            }
            Self::H264High10 | Self::Vp9Profile2 | Self::H264Bits8 | Self::Vp9Profile0 => ChromaSampling::Cs420,
        }
    }

    /// Bits of a coded sample.
    pub const fn bit_depth(self) -> BitDepth {
        match self {
            Self::H264High444Bits10 | Self::Vp9Profile3 | Self::H264High10 | Self::Vp9Profile2 => BitDepth::Ten,
            Self::H264High444Bits8 | Self::Vp9Profile1 | Self::H264Bits8 | Self::Vp9Profile0 => BitDepth::Eight,
        }
    }

    /// Bytes of a sample in memory.
    pub const fn sample_bytes(self) -> usize {
        if matches!(self.bit_depth(), BitDepth::Eight) { 1 } else { 2 }
    }

    /// The profile under which the stream is offered.
    pub const fn offered_as(self) -> OfferedAs {
        match self {
            Self::H264High444Bits10 | Self::H264High10 | Self::H264High444Bits8 => {
                OfferedAs::H264 { profile_level_id: 0xf4_00_1f }
            }
            Self::H264Bits8 => OfferedAs::H264 { profile_level_id: 0x42_e0_1f },
            Self::Vp9Profile0 => OfferedAs::Vp9 { profile_id: 0 },
            Self::Vp9Profile1 => OfferedAs::Vp9 { profile_id: 1 },
            Self::Vp9Profile2 => OfferedAs::Vp9 { profile_id: 2 },
            Self::Vp9Profile3 => OfferedAs::Vp9 { profile_id: 3 },
        }
    }

    /// For people: codec and profile.
    pub const fn label(self) -> &'static str {
        match self {
            Self::H264High444Bits10 | Self::H264High444Bits8 => "H.264 High 4:4:4 Predictive",
            Self::H264High10 => "H.264 High 10",
            Self::H264Bits8 => "H.264 Constrained Baseline",
            Self::Vp9Profile0 => "VP9 profile 0",
            Self::Vp9Profile1 => "VP9 profile 1",
            Self::Vp9Profile2 => "VP9 profile 2",
            Self::Vp9Profile3 => "VP9 profile 3",
        }
    }

    /// Whether two formats have the same samples.
    pub fn has_samples_of(self, other: Self) -> bool {
        (self.chroma(), self.bit_depth()) == (other.chroma(), other.bit_depth())
    }
}

/// Size of a picture as viewers see it, in luma samples; what is coded is taller by the signal strip.
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
    /// What its code values mean.
    pub target: TargetColor,
    /// Size of the picture that the viewer sees.
    pub size: PictureSize,
    /// Target bitrate in bits per second.
    pub bitrate_bps: u32,
    /// The fault that is demonstrated with it.
    pub drill: Option<Drill>,
}

impl RenditionSpec {
    /// What the stream says its code values mean.
    pub fn tags(&self) -> ColorSpec {
        let color = self.target.color_spec();
        self.drill.map_or(color, |drill| drill.mistag(color))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_serialised() {
        for format in VideoFormat::ALL {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
    }
}
