//! What one viewer is sent, in words and figures a person can use.

use lut::{BitDepth, ChromaSampling};
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{OfferedAs, PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::time::FrameRate;
use serde::Serialize;

/// The picture one viewer is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Picture {
    /// Codec and profile.
    pub codec: &'static str,
    /// Profile as it is negotiated: `profile-level-id` of H.264, `profile-id` of VP9.
    pub profile: String,
    /// Bits of a sample.
    pub bits: u8,
    /// Chroma format.
    pub chroma: &'static str,
    /// Luma samples in a row, as the viewer sees it.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Luma samples in a row of the source.
    pub source_width: u32,
    /// Rows of the source.
    pub source_height: u32,
    /// Frames per second.
    #[schema(value_type = Object)]
    pub rate: FrameRate,
    /// The colour it is sent in.
    #[schema(value_type = String)]
    pub target: TargetColor,
    /// The same in words: curve, primaries, range and the H.273 code points.
    pub color: &'static str,
    /// Target bitrate.
    pub bitrate_bps: u32,
    /// Whether this is the reference rendition: 10-bit 4:4:4 at the source's size.
    pub reference: bool,
    /// What is less than the reference, and why.
    pub note: Option<String>,
}

impl Picture {
    /// Describes `rendition` of a source of `source` size at `rate`; `offered_best` is the best format the browser takes,
    /// `wanted` the colour it should be in.
    pub fn new(
        rendition: &RenditionSpec,
        source: PictureSize,
        rate: FrameRate,
        offered_best: VideoFormat,
        wanted: TargetColor,
    ) -> Self {
        let format = rendition.format;
        let note = Self::note(rendition, source, offered_best, wanted);
        Self {
            codec: format.label(),
            profile: match format.offered_as() {
                OfferedAs::H264 { profile_level_id } => format!("{profile_level_id:06x}"),
                OfferedAs::Vp9 { profile_id } => profile_id.to_string(),
            },
            bits: if format.bit_depth() == BitDepth::Eight { 8 } else { 10 },
            chroma: chroma(format),
            width: rendition.size.width,
            height: rendition.size.height,
            source_width: source.width,
            source_height: source.height,
            rate,
            target: rendition.target,
            color: rendition.target.label(),
            bitrate_bps: rendition.bitrate_bps,
            reference: note.is_none(),
            note,
        }
    }

    fn note(
        rendition: &RenditionSpec,
        source: PictureSize,
        offered_best: VideoFormat,
        wanted: TargetColor,
    ) -> Option<String> {
        let mut notes = Vec::new();
        if rendition.target != wanted {
            notes.push(format!("{} instead of {}: HDR needs 10 bits", rendition.target.label(), wanted.label()));
        }
        let format = rendition.format;
        if !format.has_samples_of(VideoFormat::H264High444Bits10) {
            let bits = if format.bit_depth() == BitDepth::Eight { 8 } else { 10 };
            let why = if offered_best.has_samples_of(VideoFormat::H264High444Bits10) {
                "server load"
            } else {
                "this browser does not take 10-bit 4:4:4"
            };
            notes.push(format!("{bits}-bit {}: {why}", chroma(format)));
        }
        if rendition.size.height < source.height {
            notes.push(format!("smaller than the source ({}x{}): server load", source.width, source.height));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

fn chroma(format: VideoFormat) -> &'static str {
    match format.chroma() {
        ChromaSampling::Cs420 => "4:2:0",
        ChromaSampling::Cs422 => "4:2:2",
        ChromaSampling::Cs444 => "4:4:4",
    }
}
