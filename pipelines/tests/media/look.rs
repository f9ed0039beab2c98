//! Looks that change while they are shown: every picture is wholly in one, for all viewers in the same.

use std::time::{Duration, Instant};

use lut::color::{Range, Transfer};
use pipelines::engine::{EngineEvent, VideoUnit};
use pipelines::spec::color::{ColorTrust, InputColor};
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::look::{CdlValues, Grade, InputRange, Look, LutFile, Wipe};
use pipelines::spec::source::{ProgramSpec, SourceSpec};
use pipelines::spec::transport::{Speed, TransportCommand};

use crate::support::{Folder, Stage, Viewer, decode, ffmpeg, ffprobe, file, program, rendition};

const SIZE: (usize, usize) = (320, 180);

/// A look under which everything is one grey, `level` of 1, in sRGB: what viewers are sent it in.
fn grey(level: f64) -> Look {
    let cdl = CdlValues { slope: [0.0; 3], offset: [level; 3], ..CdlValues::default() };
    graded(Grade { cdl: Some(cdl), ..Grade::default() })
}

fn graded(grade: Grade) -> Look {
    Look { input_color: InputColor::Srgb, grade, ..Look::default() }
}

fn with_lut(name: &str, text: &str) -> Grade {
    Grade { lut: Some(LutFile { name: name.to_owned(), data: text.as_bytes().to_vec() }), ..Grade::default() }
}

/// A second of mid-grey, code 126 of 255.
fn grey_clip(folder: &Folder) -> std::path::PathBuf {
    let path = folder.path("grey.mp4");
    let input = "color=gray:s=320x180:r=25:d=4,format=yuv420p,geq=lum=126:cb=128:cr=128";
    assert!(ffmpeg(&["-f", "lavfi", "-i", input, "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p"], &path));
    path
}

/// Median luma of each of five bands of rows: a mark never covers half of one.
fn bands(picture: &[u8], columns: std::ops::Range<usize>) -> Vec<u8> {
    let rows: Vec<&[u8]> = picture[..SIZE.0 * SIZE.1].chunks_exact(SIZE.0).collect();
    let median = |rows: &[&[u8]]| {
        let mut luma: Vec<u8> = rows.iter().flat_map(|row| row[columns.clone()].iter().copied()).collect();
        luma.sort_unstable();
        luma[luma.len() / 2]
    };
    rows.chunks_exact(36).map(median).collect()
}

fn pictures(units: &[VideoUnit]) -> Vec<Vec<u8>> {
    let raw = decode(units, "yuv420p");
    let pictures: Vec<_> = raw.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2).map(<[u8]>::to_vec).collect();
    assert_eq!(pictures.len(), units.len());
    pictures
}

fn luma_of(level: f64) -> f64 {
    16.0 + 219.0 * level
}

/// Luma of the whole picture, once the last look asked for is shown.
fn settled(stage: &mut Stage, viewer: &mut Viewer, units: &mut Vec<VideoUnit>) -> Vec<u8> {
    stage.event(|event| match event {
        EngineEvent::LookShown { .. } => Some(()),
        EngineEvent::LookRefused { reason, .. } => panic!("{reason}"),
        _ => None,
    });
    // Pictures that were on their way come first.
    let shown_at = Instant::now();
    while units.last().is_none_or(|unit| unit.presented_at < shown_at) {
        units.push(viewer.next());
    }
    units.extend(viewer.take(4));
    pictures(units).pop().unwrap()
}

#[test]
fn two_hundred_changes_leave_every_picture_wholly_in_one_look() {
    let folder = Folder::new();
    let mut stage = Stage::open(ProgramSpec { look: grey(0.0), ..file(&grey_clip(&folder)) });
    stage.live();
    let mut viewers = [VideoFormat::H264Bits8, VideoFormat::H264High444Bits10, VideoFormat::H264Bits8]
        .map(|format| stage.attach(rendition(format, 320, 180), 4_096));
    let mut units = viewers.each_mut().map(|viewer| viewer.take(3));
    // Levels far enough apart for no encoder to confuse them.
    let level = |change: usize| f64::from(u32::try_from(change * 7 % 12).unwrap()) / 12.0;
    let mut shown = 0;
    for change in 0..200 {
        stage.engine.set_look(stage.program, grey(level(change)));
        std::thread::sleep(Duration::from_millis(10 + 13 * (change as u64 % 5)));
        while let Ok(event) = stage.events.try_recv() {
            shown += usize::from(matches!(event, EngineEvent::LookShown { .. }));
            assert!(!matches!(event, EngineEvent::SourceLost { .. } | EngineEvent::RenditionEnded { .. }), "{event:?}");
        }
    }
    let mut seen = Vec::new();
    for (viewer, units) in viewers.iter_mut().zip(&mut units) {
        while let Some(unit) = viewer.next_within(Duration::from_millis(300)) {
            units.push(unit);
            if units.len() > 400 {
                break;
            }
        }
        assert_eq!(units.iter().filter(|unit| unit.keyframe && unit.stamp.slate).count(), 0);
        let tags = ffprobe(units);
        assert!(tags.contains("color_transfer=iec61966-2-1") && tags.contains("color_primaries=bt709"), "{tags}");
        let mut levels = Vec::new();
        for (unit, picture) in units.iter().zip(pictures(units)) {
            let bands = bands(&picture, 0..SIZE.0);
            let step = (0..12).find(|step| (luma_of(f64::from(*step) / 12.0) - f64::from(bands[0])).abs() <= 4.0);
            let step = step.unwrap_or_else(|| panic!("luma {bands:?} is of no look"));
            assert!(bands.iter().all(|luma| luma.abs_diff(bands[0]) <= 4), "torn: {bands:?}");
            levels.push((unit.pts, step));
        }
        seen.push(levels);
    }
    let mut compared = 0;
    for (pts, step) in &seen[0] {
        for other in &seen[1..] {
            if let Some((_, theirs)) = other.iter().find(|(at, _)| at == pts) {
                assert_eq!(theirs, step, "all viewers see the same look at {pts:?}");
                compared += 1;
            }
        }
    }
    let changes = seen[0].windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    println!("{shown} looks shown, {changes} changes seen, {compared} pictures compared");
    assert!(shown >= 150 && changes >= 80 && compared >= 150, "{shown} {changes} {compared}");
}

#[test]
fn every_kind_of_lut_is_read_and_what_is_wrong_with_one_is_told() {
    let folder = Folder::new();
    let mut stage = Stage::open(ProgramSpec { look: grey(0.0), ..file(&grey_clip(&folder)) });
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    let mut units = viewer.take(3);
    let cc = r#"<ColorCorrection id="a"><SOPNode><Slope>0.5 0.5 0.5</Slope><Offset>0.1 0.1 0.1</Offset><Power>1 1 1</Power>
        </SOPNode><SatNode><Saturation>1</Saturation></SatNode></ColorCorrection>"#;
    let half = (126.0 - 16.0) / 219.0;
    for (grade, expected) in [
        (with_lut("dark.cube", "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n"), half / 2.0),
        (with_lut("grade.cc", cc), half / 2.0 + 0.1),
        (with_lut("double.spimtx", "1.5 0 0 0 0 1.5 0 0 0 0 1.5 0\n"), half * 1.5),
        (Grade { lut_off: true, ..with_lut("dark.cube", "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n") }, half),
        (
            // The CDL comes first: (half + 0.2) halved.
            Grade {
                cdl: Some(CdlValues { offset: [0.2; 3], ..CdlValues::default() }),
                ..with_lut("dark.cube", "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n")
            },
            (half + 0.2) / 2.0,
        ),
    ] {
        let what = format!("{grade:?}");
        stage.engine.set_look(stage.program, graded(grade));
        let luma = bands(&settled(&mut stage, &mut viewer, &mut units), 0..SIZE.0);
        let expected = luma_of(expected);
        assert!(luma.iter().all(|luma| (f64::from(*luma) - expected).abs() <= 2.0), "{what}: {luma:?}, not {expected}");
    }
    let before = units.last().unwrap().stamp.clone();
    stage.engine.set_look(stage.program, graded(with_lut("bad.cube", "LUT_3D_SIZE 2\n0 0 0\n1 0 nought\n")));
    let refused = |stage: &mut Stage| {
        stage.event(|event| match event {
            EngineEvent::LookRefused { reason, .. } => Some(reason.clone()),
            _ => None,
        })
    };
    let reason = refused(&mut stage);
    assert!(reason.starts_with("show LUT: ") && reason.contains("line 3"), "{reason}");
    let power = CdlValues { power: [1.0, 0.0, 1.0], ..CdlValues::default() };
    stage.engine.set_look(stage.program, graded(Grade { cdl: Some(power), ..Grade::default() }));
    assert_eq!(refused(&mut stage), "CDL: found a power of 0, expected 0.05 to 10");
    let after = viewer.take(12).pop().unwrap().stamp;
    assert!(!after.slate && after != before, "what was shown goes on");
}

#[test]
fn colour_and_range_are_declared_without_opening_the_source_anew() {
    let folder = Folder::new();
    let look = |input_color, range| Look { input_color, range, ..Look::default() };
    let first = look(InputColor::FromTags, InputRange::FromTags);
    let mut stage = Stage::open(ProgramSpec { look: first, ..file(&grey_clip(&folder)) });
    assert_eq!(stage.live().color_trust, ColorTrust::Unverified);
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    let mut units = viewer.take(12);
    stage.engine.set_look(stage.program, look(InputColor::Srgb, InputRange::Full));
    let info = stage.live();
    assert_eq!((info.color.transfer, info.color.range), (Transfer::Srgb, Range::Full));
    assert_eq!(info.color_trust, ColorTrust::Declared);
    let luma = bands(&settled(&mut stage, &mut viewer, &mut units), 0..SIZE.0);
    let expected = luma_of(126.0 / 255.0);
    assert!(luma.iter().all(|luma| (f64::from(*luma) - expected).abs() <= 2.0), "{luma:?}, not {expected}");
    assert!(units.iter().all(|unit| !unit.stamp.slate));
    let numbers: Vec<u64> = units.iter().map(|unit| unit.stamp.source_frame).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] > pair[0] && pair[1] - pair[0] <= 4), "it played on: {numbers:?}");
}

#[test]
fn a_wipe_shows_two_grades_on_either_side_of_its_line() {
    let folder = Folder::new();
    let mut stage = Stage::open(ProgramSpec { look: grey(0.0), ..file(&grey_clip(&folder)) });
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    let mut units = viewer.take(3);
    for percent in [0, 25, 50, 100] {
        let wipe = Wipe { percent, grade: grey(0.75).grade };
        stage.engine.set_look(stage.program, Look { wipe: Some(wipe), ..grey(0.25) });
        let picture = settled(&mut stage, &mut viewer, &mut units);
        let line = SIZE.0 * usize::from(percent) / 100;
        for (columns, level) in [(0..line, 0.25), (line..SIZE.0, 0.75)] {
            if columns.len() > 16 {
                let luma = bands(&picture, columns);
                let off = |luma: &u8| (f64::from(*luma) - luma_of(level)).abs() > 3.0;
                assert!(!luma.iter().any(off), "{percent} %: {luma:?}, not {}", luma_of(level));
            }
        }
    }
}

#[test]
fn a_frame_that_is_paused_takes_a_new_look() {
    let folder = Folder::new();
    let mut stage = Stage::open(ProgramSpec { look: grey(0.2), ..file(&grey_clip(&folder)) });
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    let mut units = viewer.take(3);
    stage.engine.transport(stage.program, TransportCommand::Seek { frame: 40 });
    stage.engine.transport(stage.program, TransportCommand::Pause);
    let held = viewer.until(|unit| unit.stamp.speed == Speed::HELD && unit.stamp.source_frame == 40);
    units.clear();
    stage.engine.set_look(stage.program, grey(0.6));
    stage.event(|event| matches!(event, EngineEvent::LookShown { .. }).then_some(()));
    let mut late = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 64);
    units.extend(late.take(3));
    assert!(units.iter().all(|unit| unit.stamp == held.stamp));
    let luma = bands(&pictures(&units)[2], 0..SIZE.0);
    assert!(luma.iter().all(|luma| (f64::from(*luma) - luma_of(0.6)).abs() <= 2.0), "{luma:?}");
}

#[test]
fn a_picture_that_is_held_stands_still_while_its_source_runs_on() {
    let stage = Stage::open(program(SourceSpec::TestReel { height: 180 }));
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    viewer.take(3);
    stage.engine.hold(stage.program, true);
    let held = viewer.until(|unit| unit.stamp.speed == Speed::HELD);
    let still = viewer.take(8);
    assert!(still.iter().all(|unit| unit.stamp == held.stamp));
    stage.engine.hold(stage.program, false);
    let on = viewer.until(|unit| unit.stamp.speed == Speed::NORMAL);
    assert!(on.stamp.source_frame > held.stamp.source_frame + 20, "{:?} after {:?}", on.stamp, held.stamp);
}
