//! What GStreamer's caps say about colour, in the house's words, and back.

use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::{VideoColorMatrix, VideoColorPrimaries, VideoColorRange, VideoTransferFunction};
use lut::color::{ColorSpec, Matrix, Primaries, Range, Transfer};

use crate::spec::color::{ColorTrust, InputColor};
use crate::spec::look::Look;

/// What a source's code values mean, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InputSpec {
    pub color: ColorSpec,
    pub trust: ColorTrust,
    /// For people, when the tags could not be followed: which tag it was.
    pub remark: Option<&'static str>,
    /// The encoding in which scene-linear pictures come: what shows them where nobody declares anything.
    pub scene: Option<InputColor>,
}

impl InputSpec {
    /// Of scene-linear pictures that come encoded as `scene`; whether the file itself says what its light is.
    pub fn scene(self, scene: InputColor, is_tagged: bool) -> Self {
        let trust = if is_tagged { ColorTrust::Tagged } else { ColorTrust::Unverified };
        Self { trust, scene: Some(scene), ..self }
    }

    /// What a person declares stands above what the tags say; that a scene-linear picture is shown as a scene, it does not change.
    pub fn declared(self, look: &Look) -> Self {
        let mut input = self;
        if input.scene.is_some() && look.input_color.scene().is_some_and(|(_, space)| space == "ACEScct") {
            // Says which output transform shows it; a remark about its primaries stays.
            input.trust = ColorTrust::Declared;
        } else if let Some((primaries, transfer)) = look.input_color.declared() {
            let color = ColorSpec { primaries, transfer, ..input.color };
            let remark = input.scene.map(|_| "scene-linear, not what was declared");
            input = Self { color, trust: ColorTrust::Declared, remark, ..input };
        }
        if let Some(range) = look.range.declared() {
            input.color.range = range;
        }
        input
    }
}

/// Reads the decoder's own caps, in which a stream without tags has no colorimetry or an unknown one; `gst_video`'s
/// parsed form must not be used for this, because it fills the gap with defaults.
pub(crate) fn input_spec(
    caps: &gst::CapsRef,
    container: Option<&gst_video::VideoColorimetry>,
    is_rgb: bool,
) -> InputSpec {
    let tags = tags_of(caps, container);
    let matrix = if is_rgb { Matrix::Identity } else { tags.as_ref().map_or(Matrix::Bt709, matrix_of) };
    let range = tags.as_ref().map_or(default_range(is_rgb), |tags| range_of(tags, is_rgb));
    let spec = |primaries, transfer| ColorSpec { primaries, transfer, matrix, range };
    let unverified = |remark| InputSpec {
        color: spec(Primaries::Bt709, Transfer::Bt1886),
        trust: ColorTrust::Unverified,
        remark,
        scene: None,
    };
    let Some(tags) = tags else { return unverified(None) };
    match (primaries_of(&tags), transfer_of(&tags)) {
        (Some(primaries), Ok(Some(transfer))) => {
            InputSpec { color: spec(primaries, transfer), trust: ColorTrust::Tagged, remark: None, scene: None }
        }
        (_, Err(remark)) => unverified(Some(remark)),
        _ => unverified(None),
    }
}

/// The colorimetry field of caps, if there is one.
pub(crate) fn colorimetry_of(caps: &gst::CapsRef) -> Option<gst_video::VideoColorimetry> {
    caps.structure(0)?.get::<String>("colorimetry").ok()?.parse().ok()
}

/// What the coded stream says of itself, and where it says nothing, what its container says.
fn tags_of(
    caps: &gst::CapsRef,
    container: Option<&gst_video::VideoColorimetry>,
) -> Option<gst_video::VideoColorimetry> {
    let (own, outer) = match (colorimetry_of(caps), container) {
        (Some(own), Some(outer)) => (own, outer),
        (own, outer) => return own.or_else(|| outer.cloned()),
    };
    let or = |known: bool| if known { &own } else { outer };
    Some(gst_video::VideoColorimetry::new(
        or(own.range() != VideoColorRange::Unknown).range(),
        or(own.matrix() != VideoColorMatrix::Unknown).matrix(),
        or(own.transfer() != VideoTransferFunction::Unknown).transfer(),
        or(own.primaries() != VideoColorPrimaries::Unknown).primaries(),
    ))
}

fn default_range(is_rgb: bool) -> Range {
    if is_rgb { Range::Full } else { Range::Limited }
}

fn range_of(tags: &gst_video::VideoColorimetry, is_rgb: bool) -> Range {
    match tags.range() {
        VideoColorRange::Range0_255 => Range::Full,
        VideoColorRange::Range16_235 => Range::Limited,
        _ => default_range(is_rgb),
    }
}

fn matrix_of(tags: &gst_video::VideoColorimetry) -> Matrix {
    match tags.matrix() {
        VideoColorMatrix::Bt601 | VideoColorMatrix::Fcc => Matrix::Bt601,
        VideoColorMatrix::Bt2020 => Matrix::Bt2020Ncl,
        _ => Matrix::Bt709,
    }
}

fn primaries_of(tags: &gst_video::VideoColorimetry) -> Option<Primaries> {
    match tags.primaries() {
        VideoColorPrimaries::Bt709 => Some(Primaries::Bt709),
        VideoColorPrimaries::Bt2020 => Some(Primaries::Bt2020),
        VideoColorPrimaries::Smpteeg432 => Some(Primaries::DisplayP3),
        _ => None,
    }
}

/// The display curve of a tag; `Ok(None)` without one, `Err` for one that is not supported yet. Video tagged BT.709
/// was graded on a BT.1886 display, so that is what its code values mean, not the camera curve of BT.709.
fn transfer_of(tags: &gst_video::VideoColorimetry) -> Result<Option<Transfer>, &'static str> {
    Ok(Some(match tags.transfer() {
        VideoTransferFunction::Bt709 | VideoTransferFunction::Bt601 => Transfer::Bt1886,
        VideoTransferFunction::Bt202010 | VideoTransferFunction::Bt202012 => Transfer::Bt1886,
        VideoTransferFunction::Srgb => Transfer::Srgb,
        VideoTransferFunction::Gamma22 => Transfer::Gamma22,
        VideoTransferFunction::Smpte2084 => Transfer::Pq,
        VideoTransferFunction::AribStdB67 => Transfer::Hlg,
        VideoTransferFunction::Unknown => return Ok(None),
        _ => return Err("tagged with a transfer that is not supported"),
    }))
}

/// The colorimetry that tells an encoder what a target's code values mean.
pub(crate) fn gst_colorimetry(color: ColorSpec) -> gst_video::VideoColorimetry {
    let range = match color.range {
        Range::Limited => VideoColorRange::Range16_235,
        Range::Full => VideoColorRange::Range0_255,
    };
    let matrix = match color.matrix {
        Matrix::Identity => VideoColorMatrix::Rgb,
        Matrix::Bt601 => VideoColorMatrix::Bt601,
        Matrix::Bt2020Ncl => VideoColorMatrix::Bt2020,
        _ => VideoColorMatrix::Bt709,
    };
    let transfer = match color.transfer {
        Transfer::Srgb => VideoTransferFunction::Srgb,
        Transfer::Gamma22 => VideoTransferFunction::Gamma22,
        Transfer::Pq => VideoTransferFunction::Smpte2084,
        Transfer::Hlg => VideoTransferFunction::AribStdB67,
        _ => VideoTransferFunction::Bt709,
    };
    let primaries = match color.primaries {
        Primaries::DisplayP3 => VideoColorPrimaries::Smpteeg432,
        Primaries::Bt2020 => VideoColorPrimaries::Bt2020,
        _ => VideoColorPrimaries::Bt709,
    };
    gst_video::VideoColorimetry::new(range, matrix, transfer, primaries)
}
