//! What one viewer is sent, in words and figures a person can use.

use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::time::FrameRate;
use serde::Serialize;

/// The picture one viewer is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Picture {
    /// Codec and profile.
    pub codec: &'static str,
    /// RFC 6184, six hexadecimal digits.
    pub profile_level_id: String,
    /// Bits of a sample.
    pub bits: u8,
    /// Chroma format.
    pub chroma: &'static str,
    /// Luma samples in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames per second.
    #[schema(value_type = Object)]
    pub rate: FrameRate,
    /// Colour of the code values.
    pub color: &'static str,
    /// Target bitrate.
    pub bitrate_bps: u32,
    /// Whether this is the reference rendition: 10-bit 4:4:4 at the source's size.
    pub reference: bool,
    /// What is less than the reference, and why.
    pub note: Option<String>,
}

impl Picture {
    /// Describes `rendition` of a source of `source` size at `rate`; `offered_best` is the best format the browser takes.
    pub fn new(rendition: &RenditionSpec, source: PictureSize, rate: FrameRate, offered_best: VideoFormat) -> Self {
        let (codec, bits, chroma) = match rendition.format {
            VideoFormat::H264High444Bits10 => ("H.264 High 4:4:4 Predictive", 10, "4:4:4"),
            VideoFormat::H264Bits8 => ("H.264 Constrained Baseline", 8, "4:2:0"),
        };
        let note = Self::note(rendition, source, offered_best);
        Self {
            codec,
            profile_level_id: format!("{:06x}", rendition.format.profile_level_id()),
            bits,
            chroma,
            width: rendition.size.width,
            height: rendition.size.height,
            rate,
            color: "sRGB on Rec.709, limited range (1-13-1)",
            bitrate_bps: rendition.bitrate_bps,
            reference: note.is_none(),
            note,
        }
    }

    fn note(rendition: &RenditionSpec, source: PictureSize, offered_best: VideoFormat) -> Option<String> {
        let mut notes = Vec::new();
        if rendition.format != VideoFormat::H264High444Bits10 {
            notes.push(match offered_best {
                VideoFormat::H264High444Bits10 => "8-bit 4:2:0: server load".to_owned(),
                VideoFormat::H264Bits8 => "8-bit 4:2:0: this browser does not take 10-bit 4:4:4".to_owned(),
            });
        }
        if rendition.size.height < source.height {
            notes.push(format!("smaller than the source ({}x{}): server load", source.width, source.height));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
