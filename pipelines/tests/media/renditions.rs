//! Every format and every target: the codes that arrive, what they are tagged as, and a change of target under way.

use lut::color::{GamutMapping, HDR_REFERENCE_WHITE, HlgDisplay, Luminances, Transfer, apply};
use lut::ops::hdr::{HdrSignal, HdrSource, HdrToSdr, SdrTarget, hdr_to_sdr};
use pipelines::engine::VideoUnit;
use pipelines::source::reel::{Patch, Reel};
use pipelines::spec::color::{InputColor, TargetColor};
use pipelines::spec::encode::{PictureSize, VideoCodec, VideoFormat};
use pipelines::spec::look::LutFile;
use pipelines::spec::source::SourceSpec;

use crate::support::{Folder, Stage, decode, ffmpeg, ffprobe, file, program, rendition};

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
        // libvpx needs some more frames until flat areas are exact.
        let frames = if format.codec() == VideoCodec::Vp9 { 48 } else { 24 };
        assert!(check(format, target, frames) <= 2.0, "{format:?} {target}");
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

/// Code of the middle of the last picture, 10-bit 4:4:4.
fn middle(units: &[VideoUnit]) -> [f64; 3] {
    let raw = decode(units, "yuv444p10le");
    let plane = (SIZE.width * SIZE.height) as usize;
    let last = raw.chunks_exact(plane * 6).last().unwrap();
    [0, 1, 2].map(|index| {
        let at = (index * plane + plane / 2 + (SIZE.width / 2) as usize) * 2;
        f64::from(u16::from_le_bytes([last[at], last[at + 1]]))
    })
}

#[test]
fn a_file_tagged_pq_is_untouched_in_hdr10_and_tone_mapped_by_the_named_method_in_sdr() {
    let folder = Folder::new();
    let path = folder.path("pq.mov");
    // About 200 cd/m2, warm.
    let code = [560.0, 490.0, 540.0];
    let input = "color=gray:s=640x360:r=25:d=2,format=yuv422p10le,geq=lum=560:cb=490:cr=540";
    let args = ["-f", "lavfi", "-i", input, "-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-profile:v", "hq"];
    let tags =
        ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-color_range", "tv"];
    assert!(ffmpeg(&[&args[..], &tags[..]].concat(), &path));
    let mut stage = Stage::open(file(&path));
    assert_eq!(stage.live().color.transfer, Transfer::Pq);
    let show = |target| {
        let spec = rendition(VideoFormat::H264High444Bits10, SIZE.width, SIZE.height);
        middle(&stage.attach(pipelines::spec::encode::RenditionSpec { target, ..spec }, 512).take(24))
    };
    let assert_near = |found: [f64; 3], expected: [f64; 3]| {
        let near = found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= 1.5);
        assert!(near, "{found:?} is not {expected:?}");
    };
    assert_near(show(TargetColor::Hdr10), code);

    let hdr = TargetColor::Hdr10.color_spec();
    let value =
        [hdr.range.luma_value(code[0], 10), hdr.range.chroma_value(code[1], 10), hdr.range.chroma_value(code[2], 10)];
    let luminances = |peak| Luminances { black: 0.0, peak };
    let sdr = TargetColor::Srgb709.color_spec();
    let steps = lut::Lut::from(
        hdr_to_sdr(
            HdrSource { signal: HdrSignal::Pq(luminances(1_000.0)), primaries: hdr.primaries },
            HdrToSdr::Bt2390(GamutMapping::Clip),
            SdrTarget { primaries: sdr.primaries, transfer: sdr.transfer, luminances: luminances(100.0) },
        )
        .unwrap(),
    );
    let [y, cb, cr] = apply(&sdr.matrix.rgb_to_ycbcr(), steps.apply(apply(&hdr.matrix.ycbcr_to_rgb(), value)));
    let expected = [sdr.range.luma_code(y, 10), sdr.range.chroma_code(cb, 10), sdr.range.chroma_code(cr, 10)];
    assert_near(show(TargetColor::Srgb709), expected);
}

#[test]
fn a_scene_is_shown_by_its_output_transform_or_its_show_lut_and_else_as_it_is() {
    let cube = "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n".as_bytes().to_vec();
    let shown = |lut: Option<(Vec<u8>, bool)>| {
        let mut spec = program(SourceSpec::TestReel { height: SIZE.height });
        spec.look.input_color = InputColor::LogC4;
        if let Some((data, off)) = lut {
            spec.look.grade.lut = Some(LutFile { name: "half.cube".to_owned(), data });
            spec.look.grade.lut_off = off;
        }
        let stage = Stage::open(spec);
        let mut rendition = rendition(VideoFormat::H264High444Bits10, SIZE.width, SIZE.height);
        rendition.target = TargetColor::Reference709;
        let units = stage.attach(rendition, 512).take(24);
        let grey = Reel::patches(SIZE).into_iter().find(|patch| patch.name == "grey 50 %").unwrap();
        let raw = decode(&units, "yuv444p10le");
        let plane = (SIZE.width * SIZE.height) as usize;
        let last = raw.chunks_exact(plane * 6).last().unwrap();
        let at = (grey.rect.y + 4) * SIZE.width as usize + grey.rect.x + 4;
        (f64::from(u16::from_le_bytes([last[2 * at], last[2 * at + 1]])), f64::from(grey.code_10bit[0]))
    };
    let (off, painted) = shown(Some((cube.clone(), true)));
    assert!((off - painted).abs() <= 1.0, "{off}, {painted}");
    let (half, _) = shown(Some((cube, false)));
    assert!((half - (64.0 + (painted - 64.0) / 2.0)).abs() <= 1.0, "{half}, {painted}");
    let (aces, _) = shown(None);
    assert!((aces - painted).abs() > 40.0, "{aces}, {painted}");
}
