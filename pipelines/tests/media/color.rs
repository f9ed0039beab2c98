//! Flat patches from file or reel through colour stage, mark, encoder and decoder.

use lut::color::{ColorSpec, Transfer};
use pipelines::source::reel::Reel;
use pipelines::spec::color::{InputColor, TargetColor};
use pipelines::spec::encode::{PictureSize, VideoFormat};
use pipelines::spec::hdr::{HdrMetadata, MasteringDisplay};
use pipelines::spec::source::SourceSpec;

use crate::support::{Folder, Stage, decode, ffmpeg, file, program, rendition};

/// 10-bit limited codes of the default target for 10-bit limited codes of BT.1886, in float64 by the book.
fn expected(code: [u16; 3], source: ColorSpec, bits: u32) -> [f64; 3] {
    let target = ColorSpec::SRGB_709_LIMITED;
    let value = [
        source.range.luma_value(f64::from(code[0]), 10),
        source.range.chroma_value(f64::from(code[1]), 10),
        source.range.chroma_value(f64::from(code[2]), 10),
    ];
    let multiply = |m: [[f64; 3]; 3], v: [f64; 3]| m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2]);
    let rgb = multiply(source.matrix.ycbcr_to_rgb(), value);
    let rgb = rgb.map(|v| Transfer::Srgb.from_linear(source.transfer.to_linear(v.clamp(0.0, 1.0))));
    let [y, cb, cr] = multiply(target.matrix.rgb_to_ycbcr(), rgb);
    [target.range.luma_code(y, bits), target.range.chroma_code(cb, bits), target.range.chroma_code(cr, bits)]
}

#[test]
fn the_reels_patches_arrive_with_the_codes_of_the_colour_stage() {
    let stage = Stage::open(program(SourceSpec::TestReel { height: 720 }));
    let mut spec = rendition(VideoFormat::H264High444Bits10, 1280, 720);
    spec.bitrate_bps = 20_000_000;
    let mut viewer = stage.attach(spec, 512);
    let units = viewer.take(24);
    let raw = decode(&units, "yuv444p10le");
    let last = raw.chunks_exact(1280 * 720 * 6).last().unwrap();
    let sample = |plane: usize, x: usize, y: usize| {
        let at = (plane * 1280 * 720 + y * 1280 + x) * 2;
        f64::from(u16::from_le_bytes([last[at], last[at + 1]]))
    };
    let mut worst: f64 = 0.0;
    let patches = Reel::patches(PictureSize { width: 1280, height: 720 });
    assert!(patches.len() > 40);
    for patch in &patches {
        let target = expected(patch.code_10bit, ColorSpec::BT1886_709_LIMITED, 10);
        let (x, y) = (patch.rect.x + patch.rect.width / 2, patch.rect.y + patch.rect.height / 2);
        for (plane, target) in target.into_iter().enumerate() {
            let error = (sample(plane, x, y) - target).abs();
            worst = worst.max(error);
            assert!(error <= 1.5, "{}: plane {plane} is {} not {target}", patch.name, sample(plane, x, y));
        }
    }
    println!("{} patches, worst error {worst:.2} 10-bit codes", patches.len());
}

#[test]
fn a_files_mastering_display_and_light_go_with_its_pictures() {
    let folder = Folder::new();
    let input = "color=gray:s=320x180:r=25:d=2,format=yuv420p10le";
    let tags = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:repeat-headers=1";
    // G, B, R, white and luminances in the order and units of ST 2086.
    let light = "master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(40000000,50):max-cll=3000,400";
    let params = format!("{tags}:{light}");
    for name in ["hdr.mkv", "hdr.mp4"] {
        let path = folder.path(name);
        let args = ["-f", "lavfi", "-i", input, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", &params];
        assert!(ffmpeg(&args, &path), "{name}");
        let stage = Stage::open(file(&path));
        let mut spec = rendition(VideoFormat::H264High444Bits10, 320, 180);
        spec.target = TargetColor::Hdr10;
        let unit = stage.attach(spec, 64).until(|unit| !unit.stamp.slate);
        let points = [35_400, 14_600, 8_500, 39_850, 6_550, 2_300, 15_635, 16_450];
        let mastering = MasteringDisplay { peak: 4_000, black: 50, points };
        assert_eq!(unit.hdr, Some(HdrMetadata { mastering, max_cll: 3_000, max_fall: 400 }), "{name}");
    }
}

#[test]
fn a_files_patch_arrives_in_the_target_colour_at_both_formats_and_after_scaling() {
    let folder = Folder::new();
    let path = folder.path("patch.mov");
    let input = "color=gray:s=640x360:r=25:d=2,format=yuv422p10le,geq=lum=500:cb=430:cr=600";
    let args = ["-f", "lavfi", "-i", input, "-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-profile:v", "hq"];
    assert!(ffmpeg(&args, &path));
    let mut declared = file(&path);
    declared.look.input_color = InputColor::Bt1886;
    for (format, width, height, bits, pix_fmt) in [
        (VideoFormat::H264High444Bits10, 640, 360, 10, "yuv444p10le"),
        (VideoFormat::H264High444Bits10, 480, 270, 10, "yuv444p10le"),
        (VideoFormat::H264Bits8, 640, 360, 8, "yuv420p"),
        (VideoFormat::H264Bits8, 320, 180, 8, "yuv420p"),
    ] {
        let mut stage = Stage::open(declared.clone());
        stage.live();
        let mut viewer = stage.attach(rendition(format, width, height), 512);
        let raw = decode(&viewer.take(12), pix_fmt);
        let (w, h) = (width as usize, height as usize);
        let target = expected([500, 430, 600], ColorSpec::BT1886_709_LIMITED, bits);
        let wide = bits == 10;
        let (bytes, chroma_w, chroma_h) = if wide { (2, w, h) } else { (1, w / 2, h / 2) };
        let picture = (w * h + 2 * chroma_w * chroma_h) * bytes;
        let last = raw.chunks_exact(picture).last().unwrap();
        let planes = [(0, w, h), (w * h, chroma_w, chroma_h), (w * h + chroma_w * chroma_h, chroma_w, chroma_h)];
        for (plane, (start, pw, ph)) in planes.into_iter().enumerate() {
            let at = (start + ph / 2 * pw + pw / 2) * bytes;
            let code = if wide { f64::from(u16::from_le_bytes([last[at], last[at + 1]])) } else { f64::from(last[at]) };
            let error = (code - target[plane]).abs();
            assert!(error <= 1.5, "{format:?} {width}: plane {plane} is {code}, not {:.2}", target[plane]);
        }
    }
}
