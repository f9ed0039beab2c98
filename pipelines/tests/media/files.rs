//! Files: what is decoded, what it is taken for, and what is said of those that cannot be played.

use std::path::Path;
use std::time::Duration;

use lut::color::{Matrix, Primaries, Range, Transfer};
use pipelines::engine::{EngineEvent, SourceInfo};
use pipelines::source::{SourceError, probe};
use pipelines::spec::color::{ColorTrust, InputColor};
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::look::{Look, LutFile};
use pipelines::spec::source::{ProgramSpec, SourceSpec};
use pipelines::spec::time::{FrameRate, Timecode};

use crate::support::{Folder, PATIENCE, Stage, ffmpeg, file, rendition};

const TAGS: [&str; 8] =
    ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];

fn probe_file(path: &Path) -> Result<SourceInfo, SourceError> {
    probe(&SourceSpec::File { path: path.to_owned() }, PATIENCE)
}

/// Two seconds of a moving chart.
fn clip(path: &Path, rate: &str, codec: &[&str], pix_fmt: &str) -> bool {
    let input = format!("testsrc2=s=320x180:r={rate}:d=2");
    let mut args = vec!["-f", "lavfi", "-i", &input, "-pix_fmt", pix_fmt];
    args.extend_from_slice(codec);
    ffmpeg(&args, path)
}

#[test]
fn a_files_own_timecode_track_stands_above_what_is_declared() {
    let folder = Folder::new();
    for (label, rate, first, shown) in [
        ("01:02:03:04", "25", "01:02:03:04", "reel A001_C002"),
        ("09:59:59;29", "30000/1001", "09:59:59;29", "reel A001_C002"),
    ] {
        let clip = folder.path("labelled.mov");
        let input = format!("testsrc2=s=320x180:r={rate}:d=1");
        let args = [
            "-f",
            "lavfi",
            "-i",
            &input,
            "-timecode",
            label,
            "-metadata:s:v",
            "reel_name=A001_C002",
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
        ];
        assert!(ffmpeg(&args, &clip));
        let spec = ProgramSpec { start_timecode: Some("20:00:00:00".to_owned()), ..file(&clip) };
        let mut stage = Stage::open(spec);
        let info = stage.live();
        assert!(info.description.ends_with(shown), "{}", info.description);
        assert_eq!(info.reel.as_deref(), Some("A001_C002"));
        let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 512);
        let stamp = viewer.next().stamp;
        let start = Timecode::parse(first, stamp.rate).unwrap();
        assert_eq!(stamp.timecode, start.plus(stamp.source_frame).to_string());
        assert_eq!(stamp.rate.drop_frame, label.contains(';'));
    }
}

#[test]
fn every_codec_depth_chroma_and_container_that_can_be_written_is_read() {
    let folder = Folder::new();
    let codecs: [(&str, &str, &[&str], &[&str]); 4] = [
        (
            "h264",
            "H.264",
            &["-c:v", "libx264", "-preset", "ultrafast"],
            &["yuv420p", "yuv422p", "yuv420p10le", "yuv422p10le"],
        ),
        (
            "hevc",
            "HEVC",
            &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"],
            &["yuv420p", "yuv422p", "yuv420p10le", "yuv422p10le"],
        ),
        ("prores", "ProRes 422 HQ", &["-c:v", "prores_ks", "-profile:v", "hq", "-vendor", "apl0"], &["yuv422p10le"]),
        (
            "vp9",
            "VP9",
            &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
            &["yuv420p", "yuv422p", "yuv420p10le", "yuv422p10le"],
        ),
    ];
    let mut opened = Vec::new();
    for (short, name, codec, layouts) in codecs {
        for layout in layouts {
            for container in ["mov", "mp4", "mkv", "mxf"] {
                let path = folder.path(&format!("{short}-{layout}.{container}"));
                if !clip(&path, "25", codec, layout) {
                    continue;
                }
                let info = probe_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let depth = if layout.contains("10") { 10 } else { 8 };
                let chroma = if layout.contains("422") { "4:2:2" } else { "4:2:0" };
                // Matroska does not say which ProRes it holds.
                let name = if short == "prores" && container == "mkv" { "ProRes" } else { name };
                assert_eq!(info.description, format!("{name}, {depth}-bit {chroma}"), "{}", path.display());
                assert_eq!((info.size.width, info.size.height), (320, 180));
                assert_eq!(info.rate, FrameRate::FPS_25, "{}", path.display());
                assert_eq!(info.color_trust, ColorTrust::Unverified, "{}", path.display());
                opened.push(path);
            }
        }
    }
    let all: Vec<_> = opened.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    println!("read: {}", all.join(" "));
    assert!(opened.len() >= 28, "only {} clips could be written: {all:?}", opened.len());
}

#[test]
fn tags_are_followed_and_their_absence_is_told() {
    let folder = Folder::new();
    let h264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast"];
    let with = |name: &str, tags: &[&str]| {
        let path = folder.path(name);
        assert!(clip(&path, "25", &[h264, tags].concat(), "yuv420p"));
        probe_file(&path).unwrap()
    };
    let tagged = with("tagged.mp4", &TAGS);
    assert_eq!(tagged.color_trust, ColorTrust::Tagged);
    assert_eq!((tagged.color.primaries, tagged.color.transfer), (Primaries::Bt709, Transfer::Bt1886));
    assert_eq!((tagged.color.matrix, tagged.color.range), (Matrix::Bt709, Range::Limited));
    let srgb =
        ["-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-colorspace", "bt709", "-color_range", "pc"];
    let srgb = with("srgb.mp4", &srgb);
    assert_eq!((srgb.color.transfer, srgb.color.range), (Transfer::Srgb, Range::Full));
    let wide = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"];
    let wide = with("pq.mp4", &wide);
    assert_eq!((wide.color.primaries, wide.color.transfer), (Primaries::Bt2020, Transfer::Pq));
    assert_eq!((wide.color.matrix, wide.color_trust), (Matrix::Bt2020Ncl, ColorTrust::Tagged));
    let hlg = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"];
    assert_eq!(with("hlg.mp4", &hlg).color.transfer, Transfer::Hlg);
    let p3 = with("p3.mp4", &["-color_primaries", "smpte432", "-color_trc", "iec61966-2-1", "-colorspace", "bt709"]);
    assert_eq!((p3.color.primaries, p3.color_trust), (Primaries::DisplayP3, ColorTrust::Tagged));

    let path = folder.path("untagged.mp4");
    assert!(clip(&path, "25", h264, "yuv420p"));
    assert_eq!(probe_file(&path).unwrap().color_trust, ColorTrust::Unverified);
    let mut spec = file(&path);
    spec.look.input_color = InputColor::P3D65;
    let declared = Stage::open(spec).live();
    assert_eq!(declared.color_trust, ColorTrust::Declared);
    assert_eq!((declared.color.primaries, declared.color.transfer), (Primaries::DisplayP3, Transfer::Gamma26));
    assert_eq!((declared.color.matrix, declared.color.range), (Matrix::Bt709, Range::Limited));
}

#[test]
fn frame_numbers_and_timecode_follow_the_source_at_every_rate_across_the_loop() {
    let folder = Folder::new();
    for (rate, text, drop, start) in [
        (FrameRate::new(24_000, 1_001), "24000/1001", false, "01:00:00:00"),
        (FrameRate::new(25, 1), "25", false, "10:00:00:00"),
        (FrameRate::new(30_000, 1_001).with_drop_frame(), "30000/1001", true, "00:59:59;00"),
        (FrameRate::new(60_000, 1_001), "60000/1001", false, "23:59:59:00"),
    ] {
        // Each picture carries its own number as a flat luma code, 16 apart from code 32 on, modulo 12.
        let path = folder.path(&format!("{}.mkv", text.replace('/', "-")));
        let input = format!("color=black:s=320x180:r={text}:d=2,geq=lum='32+16*mod(N,12)':cb=128:cr=128");
        let args = ["-f", "lavfi", "-i", &input, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast"];
        assert!(ffmpeg(&[&args[..], &["-qp", "0"], &TAGS[..]].concat(), &path));
        let mut spec = file(&path);
        spec.drop_frame = drop;
        spec.start_timecode = Some(start.to_owned());
        spec.look.input_color = InputColor::Srgb;
        let mut stage = Stage::open(spec);
        let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 512);
        assert_eq!(stage.live().rate, rate);
        let frames = (rate.as_f64() * 2.0).round() as usize;
        let units: Vec<_> = viewer.take(frames + 20).into_iter().skip_while(|unit| unit.stamp.slate).collect();
        assert!(units.windows(2).all(|pair| pair[1].pts > pair[0].pts), "time goes on across the loop");
        assert!(units.iter().all(|unit| unit.stamp.source_frame < frames as u64));
        let widest = units.windows(2).map(|pair| pair[1].pts - pair[0].pts).max().unwrap();
        println!("{text}: the widest step, at the loop, is {widest:?}");
        assert!(widest < Duration::from_millis(700), "{widest:?} at the loop");
        assert!(units.windows(2).any(|pair| pair[1].stamp.source_frame < pair[0].stamp.source_frame), "it loops");
        let first = Timecode::parse(start, rate).unwrap();
        let pictures = crate::support::decode(&units, "yuv420p");
        for (unit, picture) in units.iter().zip(pictures.chunks_exact(320 * 180 * 3 / 2)) {
            let number = unit.stamp.source_frame;
            assert_eq!(unit.stamp.timecode, first.plus(number).to_string());
            // The middle of the picture is clear of the mark.
            let code = i32::from(picture[320 * 90 + 160]);
            let expected = 32 + 16 * (number % 12) as i32;
            assert!((code - expected).abs() <= 4, "{text}: frame {number} shows {code}, not {expected}");
        }
    }
}

#[test]
fn what_cannot_be_played_is_said_in_words_to_act_on() {
    let folder = Folder::new();
    let missing = folder.path("missing.mov");
    assert!(matches!(probe_file(&missing), Err(SourceError::NotFound { .. })));

    let text = folder.path("notes.mov");
    std::fs::write(&text, "These are notes, not pictures.\n".repeat(400)).unwrap();
    let error = probe_file(&text).unwrap_err();
    assert_eq!(error.to_string(), "no video stream found in notes.mov, expected e.g. mov, mp4, mkv, mxf");

    let noise = folder.path("noise.mp4");
    let mut state = 1_u64;
    let random = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    });
    std::fs::write(&noise, random.take(100_000).collect::<Vec<_>>()).unwrap();
    assert!(matches!(probe_file(&noise), Err(SourceError::NotMedia { .. })), "{:?}", probe_file(&noise));

    let tone = folder.path("tone.wav");
    assert!(ffmpeg(&["-f", "lavfi", "-i", "sine=d=1"], &tone));
    assert!(matches!(probe_file(&tone), Err(SourceError::NotMedia { .. })), "{:?}", probe_file(&tone));

    let whole = folder.path("whole.mov");
    assert!(clip(&whole, "25", &["-c:v", "libx264"], "yuv420p"));
    let bytes = std::fs::read(&whole).unwrap();
    for part in [40, 2_000, bytes.len() / 2] {
        let cut = folder.path("cut.mov");
        std::fs::write(&cut, &bytes[..part]).unwrap();
        let error = probe_file(&cut).unwrap_err();
        assert!(matches!(error, SourceError::Truncated { .. }), "{part} bytes: {error:?}");
    }
    let empty = folder.path("empty.mov");
    std::fs::write(&empty, "").unwrap();
    assert!(matches!(probe_file(&empty), Err(SourceError::Truncated { .. })));
    let folder_itself = probe_file(&folder.path("")).unwrap_err();
    assert!(matches!(folder_itself, SourceError::Unreadable { .. }), "{folder_itself:?}");

    let playlist = folder.path("list.m3u8");
    std::fs::write(&playlist, "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n").unwrap();
    let error = probe_file(&playlist).unwrap_err();
    assert!(matches!(error, SourceError::NotMedia { .. } | SourceError::UnsupportedCodec { .. }), "{error:?}");
}

#[test]
fn flipped_bytes_never_crash() {
    let folder = Folder::new();
    let whole = folder.path("whole.mp4");
    assert!(clip(&whole, "25", &["-c:v", "libx264", "-preset", "ultrafast", "-movflags", "faststart"], "yuv420p"));
    let bytes = std::fs::read(&whole).unwrap();
    let mut state = 7_u64;
    for round in 0..20 {
        let mut broken = bytes.clone();
        for _ in 0..40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 20) as usize % broken.len().min(if round % 2 == 0 { 2_500 } else { usize::MAX });
            broken[at] = (state >> 50) as u8;
        }
        let path = folder.path("broken.mp4");
        std::fs::write(&path, broken).unwrap();
        let _ = probe(&SourceSpec::File { path }, Duration::from_secs(2));
    }
}

/// A viewer who is there before the source follows its rate without being attached anew.
#[test]
fn an_encoder_follows_the_sources_rate() {
    let folder = Folder::new();
    let (path, ready) = (folder.path("fast.mp4"), folder.path("ready.mp4"));
    let mut stage = Stage::open(file(&path));
    let mut viewer = stage.attach(rendition(VideoFormat::H264High444Bits10, 320, 180), 512);
    stage.lost();
    viewer.take(3);
    assert!(clip(&ready, "60000/1001", &["-c:v", "libx264", "-preset", "ultrafast"], "yuv420p"));
    std::fs::rename(&ready, &path).unwrap();
    assert_eq!(stage.live().rate, FrameRate::new(60_000, 1_001));
    let first = viewer.until(|unit| !unit.stamp.slate);
    assert!(first.keyframe, "the encoder begins anew");
    let units = viewer.take(60);
    assert!(units.windows(2).all(|pair| pair[1].pts > pair[0].pts));
    assert_eq!(units.iter().filter(|unit| unit.keyframe).count(), 0);
}

#[test]
fn a_missing_file_shows_slates_until_it_is_there() {
    let folder = Folder::new();
    let path = folder.path("late.mp4");
    let mut stage = Stage::open(file(&path));
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 512);
    assert!(stage.lost().starts_with("file not found"));
    let first = viewer.next();
    assert!(first.keyframe && first.stamp.slate);
    let ready = folder.path("ready.mp4");
    assert!(clip(&ready, "25", &["-c:v", "libx264", "-preset", "ultrafast"], "yuv420p"));
    std::fs::rename(&ready, &path).unwrap();
    assert_eq!(stage.live().description, "H.264, 8-bit 4:2:0");
    viewer.until(|unit| !unit.stamp.slate);
}

#[test]
fn a_wrong_lut_is_an_open_error_with_its_line() {
    let mut spec = file(Path::new("/nonexistent.mov"));
    let data = b"LUT_3D_SIZE 2\n0 0 0\n1 0 nought\n".to_vec();
    spec.look.grade.lut = Some(LutFile { name: "show.cube".to_owned(), data });
    let mut stage = Stage::open(spec);
    let reason = stage.event(|event| match event {
        EngineEvent::OpenFailed { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    assert!(reason.starts_with("show LUT: ") && reason.contains("line 3"), "{reason}");
}

/// A colourist says after the fact what the source is in: nobody has to join again.
#[test]
fn opening_again_in_another_color_keeps_the_viewers() {
    let folder = Folder::new();
    let clip = folder.path("clip.mp4");
    assert!(ffmpeg(
        &["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=5", "-c:v", "libx264", "-pix_fmt", "yuv420p"],
        &clip
    ));
    let look = |input_color| Look { input_color, ..Look::default() };
    let declared = |input_color| ProgramSpec { look: look(input_color), ..file(&clip) };
    let mut stage = Stage::open(declared(InputColor::Bt1886));
    let mut viewer = stage.attach(rendition(VideoFormat::H264High444Bits10, 640, 360), 64);
    assert_eq!(stage.live().color.transfer, Transfer::Bt1886);
    let before = viewer.take(12);
    stage.engine.open(stage.program, declared(InputColor::Srgb));
    assert_eq!(stage.live().color.transfer, Transfer::Srgb);
    let after = viewer.take(48);
    assert!(after[47].pts > before[11].pts);
    assert!(!after[47].stamp.slate);
}
