//! Every format and every target: the codes that arrive, what they are tagged as, and a change of target under way.

use lut::color::{HDR_REFERENCE_WHITE, HlgDisplay, Transfer, apply};
use pipelines::engine::VideoUnit;
use pipelines::source::reel::{Patch, Reel};
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, VideoCodec, VideoFormat};
use pipelines::spec::source::SourceSpec;

use crate::support::{Stage, decode, ffprobe, program, rendition};

const SIZE: PictureSize = PictureSize { width: 640, height: 360 };

/// 10-bit limited codes of a target for 10-bit limited codes of BT.1886 on 709, in float64 by the book.
fn expected(code: [u16; 3], target: TargetColor) -> [f64; 3] {
    let source = lut::ColorSpec::BT1886_709_LIMITED;
    let to = target.color_spec();
    let value = [
        source.range.luma_value(f64::from(code[0]), 10),
        source.range.chroma_value(f64::from(code[1]), 10),
        source.range.chroma_value(f64::from(code[2]), 10),
    ];
    let signal = apply(&source.matrix.ycbcr_to_rgb(), value).map(|v| v.clamp(0.0, 1.0));
    let light = apply(&source.primaries.to(to.primaries), signal.map(|v| Transfer::Bt1886.to_linear(v)));
    let signal = match to.transfer {
        Transfer::Pq => light.map(|l| Transfer::Pq.from_linear(l * HDR_REFERENCE_WHITE / 10_000.0)),
        Transfer::Hlg => HlgDisplay::new(1_000.0, 0.0).inverse_eotf(light.map(|l| l * HDR_REFERENCE_WHITE)),
        curve => light.map(|l| curve.from_linear(l)),
    };
    let [y, cb, cr] = apply(&to.matrix.rgb_to_ycbcr(), signal.map(|v| v.clamp(0.0, 1.0)));
    [to.range.luma_code(y, 10), to.range.chroma_code(cb, 10), to.range.chroma_code(cr, 10)]
}

/// Largest distance of a patch's middle from what is expected, in codes of the format's own depth.
fn worst(units: &[VideoUnit], format: VideoFormat, target: TargetColor) -> (f64, String) {
    // Exact for all formats: chroma of a flat area is the same at every size, 8 bits are the upper of 10.
    let raw = decode(units, if format.sample_bytes() == 2 { "yuv444p10le" } else { "yuv444p" });
    let bytes = format.sample_bytes();
    let plane = (SIZE.width * SIZE.height) as usize;
    let last = raw.chunks_exact(plane * 3 * bytes).last().unwrap();
    let sample = |index: usize, x: u32, y: u32| {
        let at = (index * plane + (y * SIZE.width + x) as usize) * bytes;
        if bytes == 1 { f64::from(last[at]) } else { f64::from(u16::from_le_bytes([last[at], last[at + 1]])) }
    };
    let scale = if bytes == 1 { 4.0 } else { 1.0 };
    let far = |patch: &Patch| {
        let (x, y) = (patch.rect.x + patch.rect.width / 2, patch.rect.y + patch.rect.height / 2);
        let expected = expected(patch.code_10bit, target);
        (0..3).map(|index| (sample(index, x as u32, y as u32) - expected[index] / scale).abs()).fold(0.0, f64::max)
    };
    Reel::patches(SIZE)
        .iter()
        .map(|patch| (far(patch), patch.name.to_string()))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap()
}

fn tags(target: TargetColor) -> [&'static str; 3] {
    match target {
        TargetColor::Srgb709 => ["color_primaries=bt709", "color_transfer=iec61966-2-1", "color_space=bt709"],
        TargetColor::Reference709 => ["color_primaries=bt709", "color_transfer=bt709", "color_space=bt709"],
        TargetColor::DisplayP3 => ["color_primaries=smpte432", "color_transfer=iec61966-2-1", "color_space=bt709"],
        TargetColor::Hdr10 => ["color_primaries=bt2020", "color_transfer=smpte2084", "color_space=bt2020nc"],
        TargetColor::Hlg => ["color_primaries=bt2020", "color_transfer=arib-std-b67", "color_space=bt2020nc"],
    }
}

fn check(format: VideoFormat, target: TargetColor, frames: usize) -> f64 {
    let stage = Stage::open(program(SourceSpec::TestReel { height: SIZE.height }));
    let mut spec = rendition(format, SIZE.width, SIZE.height);
    (spec.target, spec.bitrate_bps) = (target, 12_000_000);
    let units = stage.attach(spec, 512).take(frames);
    assert!(units[0].keyframe, "{format:?}");
    assert!(units.iter().all(|unit| unit.target == target), "{format:?} {target}");
    let told = ffprobe(&units);
    let expected = tags(target);
    // VP9 has a word for the matrix and none for the rest.
    let said = if format.codec() == VideoCodec::H264 { &expected[..] } else { &expected[2..] };
    for line in said.iter().copied().chain(["color_range=tv"]) {
        assert!(told.lines().any(|l| l == line), "{format:?} {target}: {line} is missing in {told}");
    }
    let (far, patch) = worst(&units, format, target);
    println!("{format:?} {target}: {far:.2} codes at most, {patch}");
    far
}

/// Each format once and each target at least once; all pairs are in the ignored test.
#[test]
fn every_format_and_every_target_arrives_with_its_codes_and_tags() {
    for (format, target) in [
        (VideoFormat::H264High444Bits10, TargetColor::Hdr10),
        (VideoFormat::Vp9Profile3, TargetColor::Hlg),
        (VideoFormat::H264High10, TargetColor::DisplayP3),
        (VideoFormat::Vp9Profile2, TargetColor::Hdr10),
        (VideoFormat::H264High444Bits8, TargetColor::Reference709),
        (VideoFormat::Vp9Profile1, TargetColor::DisplayP3),
        (VideoFormat::H264Bits8, TargetColor::Reference709),
        (VideoFormat::Vp9Profile0, TargetColor::Srgb709),
    ] {
        assert!(check(format, target, 24) <= 2.0, "{format:?} {target}");
    }
}

#[test]
#[ignore = "takes two minutes"]
fn bench_all_renditions_and_targets() {
    for format in VideoFormat::ALL {
        for target in TargetColor::ALL {
            check(format, target, 72);
        }
    }
}

#[test]
fn a_target_changes_under_way_with_a_key_frame_and_its_own_tags() {
    let stage = Stage::open(program(SourceSpec::TestReel { height: SIZE.height }));
    let mut viewer = stage.attach(rendition(VideoFormat::H264High444Bits10, SIZE.width, SIZE.height), 512);
    viewer.take(5);
    for target in [TargetColor::Hdr10, TargetColor::DisplayP3] {
        stage.engine.set_target(viewer.id, target);
        let first = viewer.until(|unit| unit.target == target);
        assert!(first.keyframe, "{target}");
        let units: Vec<VideoUnit> = std::iter::once(first).chain(viewer.take(11)).collect();
        assert!(units.iter().all(|unit| unit.target == target));
        let told = ffprobe(&units);
        for line in tags(target) {
            assert!(told.lines().any(|l| l == line), "{target}: {line} is missing in {told}");
        }
        let (far, patch) = worst(&units, VideoFormat::H264High444Bits10, target);
        assert!(far <= 4.0, "{target}: {far} at {patch}");
    }
}
