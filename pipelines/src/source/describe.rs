//! What a decoded stream is: codec, depth, chroma and colour, in words for people and in the house's types.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;

use crate::color::caps::{InputSpec, input_spec};

/// A stream described.
pub(crate) struct Described {
    pub text: String,
    pub input: InputSpec,
}

/// Describes the stream behind a decoder's output. `own_caps` are the decoder's, not those after any conversion.
pub(crate) fn describe(
    info: &gst_video::VideoInfo,
    own_caps: &gst::CapsRef,
    decoded: Option<&gst::Pad>,
    container: Option<&gst_video::VideoColorimetry>,
) -> Described {
    let input = input_spec(own_caps, container, info.is_rgb());
    let own_info = gst_video::VideoInfo::from_caps(own_caps);
    let layout = own_info.as_ref().unwrap_or(info).format_info();
    let depth = layout.depth().first().copied().unwrap_or(8);
    let codec = decoded.and_then(decoder_input).map_or_else(|| "raw video".to_owned(), |caps| codec_name(&caps));
    let mut text = format!("{codec}, {depth}-bit {}", chroma(layout));
    if info.interlace_mode() != gst_video::VideoInterlaceMode::Progressive {
        text.push_str(", interlaced");
    }
    Described { text, input }
}

fn chroma(layout: gst_video::VideoFormatInfo) -> &'static str {
    if layout.is_rgb() {
        return "RGB";
    }
    match (layout.w_sub().get(1).copied().unwrap_or(0), layout.h_sub().get(1).copied().unwrap_or(0)) {
        (0, 0) => "4:4:4",
        (1, 0) => "4:2:2",
        (1, 1) => "4:2:0",
        (2, 0) => "4:1:1",
        _ => "subsampled",
    }
}

/// Caps of what goes into the decoder whose output leaves through `pad`.
fn decoder_input(pad: &gst::Pad) -> Option<gst::Caps> {
    let mut pad = pad.clone();
    for _ in 0..16 {
        // From decodebin's own pad to the pad it stands for.
        while let Some(ghost) = pad.downcast_ref::<gst::GhostPad>() {
            pad = ghost.target()?;
        }
        let element = pad.parent_element()?;
        let decodes = element.factory().is_some_and(|f| f.metadata("klass").is_some_and(|k| k.contains("Decoder")));
        let sink = element.sink_pads().into_iter().next()?;
        if decodes {
            return sink.current_caps();
        }
        pad = sink.peer()?;
    }
    None
}

fn codec_name(caps: &gst::CapsRef) -> String {
    let Some(structure) = caps.structure(0) else { return "unknown codec".to_owned() };
    let text = |field: &str| structure.get::<String>(field).unwrap_or_default();
    match structure.name().as_str() {
        "video/x-h264" => "H.264".to_owned(),
        "video/x-h265" => "HEVC".to_owned(),
        "video/x-vp8" => "VP8".to_owned(),
        "video/x-vp9" => "VP9".to_owned(),
        "video/x-av1" => "AV1".to_owned(),
        "video/x-prores" => format!("ProRes {}", prores_variant(&text("variant"))).trim_end().to_owned(),
        "video/x-dnxhd" => "DNxHD".to_owned(),
        "video/mpeg" => format!("MPEG-{}", structure.get::<i32>("mpegversion").unwrap_or(2)),
        "image/jpeg" => "JPEG".to_owned(),
        "image/x-jpc" | "image/jp2" | "image/x-j2c" => "JPEG 2000".to_owned(),
        "video/x-ffv" => "FFV1".to_owned(),
        other => other.trim_start_matches("video/x-").trim_start_matches("image/").to_owned(),
    }
}

fn prores_variant(variant: &str) -> &str {
    match variant {
        "proxy" => "422 Proxy",
        "lt" => "422 LT",
        "standard" => "422",
        "hq" => "422 HQ",
        "4444xq" => "4444 XQ",
        other => other,
    }
}
