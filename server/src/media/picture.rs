//! What one viewer is sent, in words and figures a person can use.

use lut::{BitDepth, ChromaSampling};
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::rate::{Limit, Serving};
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
    /// What of the viewer's holds it back just now: `network` or `device`.
    #[schema(value_type = Option<String>)]
    pub limit: Option<Limit>,
}

/// Below this part of its bits a picture is said to be coarser.
const COARSER: f64 = 0.7;

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
            limit: None,
        }
    }

    /// The same as it is served while the viewer's network or device takes no more than `serving` of `full`.
    pub fn limited(mut self, full: &RenditionSpec, serving: &Serving) -> Self {
        let mut notes: Vec<String> = self.note.take().into_iter().collect();
        let seen = serving.limit.and_then(|limit| less(full, serving, limit));
        self.limit = serving.limit.filter(|_| seen.is_some());
        notes.extend(seen);
        (self.width, self.height) = (serving.size.width, serving.size.height);
        self.rate = FrameRate::new(self.rate.num, self.rate.den * serving.one_of);
        self.bitrate_bps = serving.bitrate_bps;
        self.note = (!notes.is_empty()).then(|| notes.join("; "));
        self.reference = self.note.is_none();
        self
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

/// What a viewer is not shown of `full`, and why; `None` while it cannot be seen.
fn less(full: &RenditionSpec, serving: &Serving, limit: Limit) -> Option<String> {
    let megabits = |bps: u32| format!("{:.1} Mbit/s", f64::from(bps) / 1e6);
    let mut what = Vec::new();
    if serving.size != full.size {
        what.push(format!(
            "{}x{} instead of {}x{}",
            serving.size.width, serving.size.height, full.size.width, full.size.height
        ));
    }
    if serving.one_of > 1 {
        what.push(format!("one of {} frames", serving.one_of));
    }
    if what.is_empty() && f64::from(serving.bitrate_bps) < COARSER * f64::from(full.bitrate_bps) {
        what.push(format!("coarser, {} instead of {}", megabits(serving.bitrate_bps), megabits(full.bitrate_bps)));
    }
    let why = match limit {
        Limit::Network => format!("the viewer's network carries about {}", megabits(serving.bitrate_bps)),
        Limit::Device => "the viewer's device decodes no faster".to_owned(),
    };
    (!what.is_empty()).then(|| format!("{}: {why}", what.join(", ")))
}

fn chroma(format: VideoFormat) -> &'static str {
    match format.chroma() {
        ChromaSampling::Cs420 => "4:2:0",
        ChromaSampling::Cs422 => "4:2:2",
        ChromaSampling::Cs444 => "4:4:4",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FULL: RenditionSpec = RenditionSpec {
        format: VideoFormat::H264High444Bits10,
        target: TargetColor::Srgb709,
        size: PictureSize { width: 1_280, height: 720 },
        bitrate_bps: 10_000_000,
        drill: None,
    };

    fn served(serving: Serving) -> Picture {
        Picture::new(&FULL, FULL.size, FrameRate::FPS_25, FULL.format, FULL.target).limited(&FULL, &serving)
    }

    #[test]
    fn a_full_picture_is_the_reference_and_has_no_note() {
        let picture = served(Serving { size: FULL.size, one_of: 1, bitrate_bps: FULL.bitrate_bps, limit: None });
        assert!(picture.reference && picture.note.is_none() && picture.limit.is_none());
    }

    #[test]
    fn what_is_less_is_said_with_its_reason() {
        let size = PictureSize { width: 640, height: 360 };
        let limit = Some(Limit::Network);
        let picture = served(Serving { size, one_of: 2, bitrate_bps: 1_500_000, limit });
        let note = "640x360 instead of 1280x720, one of 2 frames: the viewer's network carries about 1.5 Mbit/s";
        assert_eq!(picture.note.as_deref(), Some(note));
        assert_eq!((picture.width, picture.rate.den, picture.reference, picture.limit), (640, 2, false, limit));
        let coarse = served(Serving { size: FULL.size, one_of: 1, bitrate_bps: 6_000_000, limit });
        assert!(coarse.note.unwrap().starts_with("coarser, 6.0 Mbit/s instead of 10.0 Mbit/s"));
    }

    #[test]
    fn bits_that_nobody_misses_are_not_worth_a_note() {
        let limit = Some(Limit::Network);
        let picture = served(Serving { size: FULL.size, one_of: 1, bitrate_bps: 9_000_000, limit });
        assert_eq!((picture.note, picture.limit), (None, None));
    }
}
