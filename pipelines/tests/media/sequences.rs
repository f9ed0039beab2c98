//! Numbered pictures: the same transport as a file, exact to the frame and to the code value.

use std::path::Path;
use std::time::Duration;

use lut::Transfer;
use pipelines::source::{SourceError, probe};
use pipelines::spec::color::{ColorTrust, InputColor};
use pipelines::spec::look::{Grade, Look, LutFile};
use pipelines::spec::source::{ProgramSpec, SourceSpec};
use pipelines::spec::time::{FrameRate, Timecode};
use pipelines::spec::transport::{FrameRange, TransportCommand};

use crate::support::{Folder, decode, ffmpeg, program};
use crate::transport::{Room, SIZE, Seeded, number_of};

/// Pictures that show their own number in greys, made in planes of so many bits and numbered from 1001.
fn numbered(folder: &Folder, extension: &str, layout: &str, bits: u32, count: u32) {
    let most = (1_u32 << bits) - 1;
    let planes = if bits == 8 { "gbrp".to_owned() } else { format!("gbrp{bits}le") };
    let grey = format!("(16+16*mod(floor(N/pow(12,clip(floor((X-136)/16),0,2))),12))*{most}/219");
    let input = format!("color=black:s=320x180:r=24,format={planes},geq=r='{grey}':g='{grey}':b='{grey}'");
    let (frames, path) = (count.to_string(), folder.path(&format!("shot.%04d.{extension}")));
    let args = ["-f", "lavfi", "-i", &input, "-frames:v", &frames, "-pix_fmt", layout, "-start_number", "1001"];
    assert!(ffmpeg(&args, &path), "{extension} {layout}");
}

/// Scene-linear pictures, written by ffmpeg, whose ACEScct codes (S-2016-001) are what [`numbered`] has in other files.
fn numbered_scenes(folder: &Folder, compression: &str, count: u32) {
    let code = "(16+16*mod(floor(N/pow(12,clip(floor((X-136)/16),0,2))),12))/219";
    let light = format!("if(gt({code},0.1552511),pow(2,{code}*17.52-9.72),({code}-0.0729055)/10.5402377)");
    let input = format!("color=black:s=320x180:r=24,format=gbrpf32le,geq=r='{light}':g='{light}':b='{light}'");
    let (frames, path) = (count.to_string(), folder.path("shot.%04d.exr"));
    let mut args = vec!["-f", "lavfi", "-i", &input, "-frames:v", &frames, "-start_number", "1001"];
    args.extend_from_slice(&["-c:v", "exr", "-format", "half", "-compression", compression]);
    assert!(ffmpeg(&args, &path), "exr {compression}");
}

/// A LUT after which R'G'B' that BT.1886 shows is the light of the same sRGB code.
fn bt1886_to_srgb() -> LutFile {
    let row = |step: u32| {
        let code = Transfer::Bt1886.from_linear(Transfer::Srgb.to_linear(f64::from(step) / 4_095.0));
        format!("{code:.7} {code:.7} {code:.7}\n")
    };
    let text = format!("LUT_1D_SIZE 4096\n{}", (0..4_096).map(row).collect::<String>());
    LutFile { name: "srgb.cube".to_owned(), data: text.into_bytes() }
}

fn sequence(path: &Path, rate: Option<FrameRate>) -> SourceSpec {
    SourceSpec::Sequence { path: path.to_owned(), rate }
}

fn opened(spec: SourceSpec) -> Room {
    let look = Look { input_color: InputColor::Srgb, ..Look::default() };
    Room::open(ProgramSpec { look, ..program(spec) })
}

#[test]
fn numbered_pictures_play_seek_step_and_loop_exactly() {
    for (extension, layout, bits, pattern) in [
        ("dpx", "gbrp10le", 10, "shot.####.dpx"),
        ("dpx", "gbrp12be", 12, ""),
        ("png", "rgb24", 8, "shot.%04d.png"),
        ("tif", "rgb48le", 16, "shot.%04d.tif"),
    ] {
        let folder = Folder::new();
        numbered(&folder, extension, layout, bits, 60);
        let path = if pattern.is_empty() { folder.path("") } else { folder.path(pattern) };
        let mut room = opened(sequence(&path, None));
        let mut random = Seeded(bits.into());
        room.ask(TransportCommand::Pause);
        for _ in 0..6 {
            let frame = random.below(60);
            room.ask(TransportCommand::Seek { frame });
            room.held(frame, layout);
        }
        room.ask(TransportCommand::Seek { frame: 58 });
        room.held(58, layout);
        for frame in [59, 58, 57] {
            room.ask(TransportCommand::Step { frames: if frame == 59 { 1 } else { -1 } });
            room.held(frame, layout);
        }
        room.ask(TransportCommand::Loop { range: Some(FrameRange { first: 10, last: 12 }) });
        room.held(10, layout);
        room.ask(TransportCommand::Play);
        let begun = room.units.len();
        for _ in 0..20 {
            room.next();
        }
        assert!(room.units[begun + 3..].iter().all(|unit| (10..=12).contains(&unit.stamp.source_frame)), "{layout}");
        let raw = decode(&room.units, "yuv420p");
        for (unit, picture) in room.units.iter().zip(raw.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2)) {
            let stamp = &unit.stamp;
            assert_eq!(number_of(picture), stamp.source_frame, "{layout}: {stamp:?}");
            let label = Timecode::from_frames(1_001 + stamp.source_frame, FrameRate::new(24, 1));
            assert_eq!(stamp.timecode, label.to_string(), "the files' own numbers are the timecode");
        }
    }
}

#[test]
fn scene_linear_pictures_play_through_the_show_lut_exactly() {
    for compression in ["zip1", "zip16", "rle", "none"] {
        let folder = Folder::new();
        numbered_scenes(&folder, compression, 40);
        let grade = Grade { lut: Some(bt1886_to_srgb()), ..Grade::default() };
        let look = Look { grade, ..Look::default() };
        let mut room = Room::open(ProgramSpec { look, ..program(sequence(&folder.path("shot.%04d.exr"), None)) });
        for _ in 0..12 {
            room.next();
        }
        room.ask(TransportCommand::Pause);
        room.ask(TransportCommand::Seek { frame: 30 });
        room.held(30, compression);
        let raw = decode(&room.units, "yuv420p");
        for (unit, picture) in room.units.iter().zip(raw.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2)) {
            assert_eq!(number_of(picture), unit.stamp.source_frame, "{compression}: {:?}", unit.stamp);
        }
    }
}

#[test]
fn a_scene_of_which_nobody_says_anything_is_shown_by_the_aces_output_transform() {
    let (scenes, coded) = (Folder::new(), Folder::new());
    numbered_scenes(&scenes, "zip16", 3);
    numbered(&coded, "tif", "rgb48le", 16, 3);
    let first = |path: &Path, input_color| {
        let look = Look { input_color, ..Look::default() };
        let mut room = Room::open(ProgramSpec { look, ..program(sequence(path, None)) });
        room.ask(TransportCommand::Pause);
        room.ask(TransportCommand::Seek { frame: 2 });
        room.held(2, "scene");
        let raw = decode(&room.units, "yuv420p");
        raw[raw.len() - SIZE.0 * SIZE.1 * 3 / 2..][..SIZE.0 * SIZE.1].to_vec()
    };
    let declared = first(&coded.path(""), InputColor::Acescct);
    for input_color in [InputColor::FromTags, InputColor::Acescct] {
        let shown = first(&scenes.path(""), input_color);
        // The mark differs from room to room, by 1.8 codes either way at most, and so does a little of what the encoder makes around edges.
        let far = |(a, b): (&u8, &u8)| a.abs_diff(*b) > 4;
        let differ = shown.iter().zip(&declared).filter(|pair| far(*pair)).count();
        assert!(differ < SIZE.0 * SIZE.1 / 20, "{input_color:?}: {differ} samples");
    }
    let as_video = first(&coded.path(""), InputColor::Bt1886);
    let differ = as_video.iter().zip(&declared).filter(|(a, b)| a.abs_diff(**b) > 4).count();
    assert!(differ > SIZE.0 * SIZE.1 / 4, "the transform is seen in the picture: {differ} samples");
}

#[test]
fn a_scene_linear_sequence_is_described_by_what_its_header_says() {
    let folder = Folder::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/exr");
    std::fs::copy(data.join("aces.exr"), folder.path("shot.0001.exr")).unwrap();
    let found = probe(&sequence(&folder.path(""), None), Duration::ZERO).unwrap();
    let kind = "EXR sequence, half RGB, scene-linear in ACES AP0, shown as ACEScct, reel A001C002";
    assert_eq!((found.description.as_str(), found.rate), (kind, FrameRate::FPS_23_976));
    assert_eq!(found.color_trust, ColorTrust::Tagged);
    std::fs::copy(data.join("zip.exr"), folder.path("shot.0001.exr")).unwrap();
    let untagged = probe(&sequence(&folder.path(""), None), Duration::ZERO).unwrap();
    assert!(untagged.description.ends_with("in Rec.709, shown as ACEScct, its header does not say its primaries"));
    assert_eq!(untagged.color_trust, ColorTrust::Unverified);
}

#[test]
fn a_sequence_without_an_end_of_its_own_begins_again() {
    let folder = Folder::new();
    numbered(&folder, "dpx", "gbrp10le", 10, 5);
    let mut room = opened(sequence(&folder.path("shot.%04d.dpx"), Some(FrameRate::FPS_25)));
    for _ in 0..17 {
        room.next();
    }
    let frames: Vec<_> = room.units.iter().map(|unit| unit.stamp.source_frame).collect();
    let laps = frames.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!(laps >= 2, "{frames:?}");
    assert!(room.units.iter().all(|unit| unit.stamp.rate == FrameRate::FPS_25), "the declared rate");
}

#[test]
fn a_sequence_is_described_and_its_colour_is_for_a_person_to_say() {
    let folder = Folder::new();
    numbered(&folder, "dpx", "gbrp10le", 10, 2);
    let found = probe(&sequence(&folder.path(""), None), Duration::ZERO).unwrap();
    // What ffmpeg writes into every header: told, not believed.
    assert_eq!(found.description, "DPX sequence, 10-bit RGB, its header says printing density (log)");
    assert_eq!((found.size.width, found.size.height, found.rate), (320, 180, FrameRate::new(24, 1)));
    assert_eq!(found.color_trust, ColorTrust::Unverified);
}

#[test]
fn what_is_wrong_with_a_sequence_is_said() {
    let folder = Folder::new();
    let fault = |path: &Path| match probe(&sequence(path, None), Duration::ZERO).unwrap_err() {
        SourceError::Sequence(error) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(fault(&folder.path("shot.%04d.dpx")).contains("no numbered pictures found"));
    numbered(&folder, "dpx", "gbrp10le", 10, 4);
    std::fs::remove_file(folder.path("shot.1003.dpx")).unwrap();
    assert!(fault(&folder.path("")).contains("1 pictures of the sequence are missing, the first is number 1003"));
    std::fs::write(folder.path("shot.1003.dpx"), b"not a picture").unwrap();
    std::fs::write(folder.path("shot.1001.dpx"), b"not a picture").unwrap();
    assert!(fault(&folder.path("")).contains("shot.1001.dpx: it does not begin as a DPX file does"));
}

#[test]
fn a_picture_that_cannot_be_read_is_shown_as_a_slate_with_its_name() {
    let folder = Folder::new();
    numbered(&folder, "dpx", "gbrp10le", 10, 30);
    let whole = std::fs::read(folder.path("shot.1010.dpx")).unwrap();
    std::fs::write(folder.path("shot.1020.dpx"), &whole[..whole.len() / 2]).unwrap();
    let mut room = opened(sequence(&folder.path(""), None));
    let reason = room.stage.lost();
    assert!(reason.contains("shot.1020.dpx") && reason.contains("not completely written"), "{reason}");
    room.viewer.until(|unit| unit.stamp.slate);
    std::fs::write(folder.path("shot.1020.dpx"), &whole).unwrap();
    room.viewer.until(|unit| !unit.stamp.slate);
}
