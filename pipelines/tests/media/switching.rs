//! From one source to another while people watch: between two pictures, without a gap, and never the wrong one.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pipelines::engine::{EngineEvent, VideoUnit};
use pipelines::spec::color::InputColor;
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::look::Look;
use pipelines::spec::source::{ProgramSpec, SourceId, SourceSpec};
use pipelines::spec::time::{FrameRate, Timecode};

use crate::support::{Folder, PATIENCE, Stage, Viewer, decode, ffmpeg, file, program, rendition};
use crate::transport::{SIZE, number_of};

/// Rates of three clips, and the number that the first picture of each shows.
const CLIPS: [(&str, FrameRate, u64); 3] = [
    ("24000/1001", FrameRate::FPS_23_976, 0),
    ("25", FrameRate::FPS_25, 500),
    ("30000/1001", FrameRate::new(30_000, 1_001), 1_000),
];

/// Two seconds of pictures that show their own number, counted from `first`; some with a tone.
fn clip(folder: &Folder, rate: &str, size: &str, first: u64, tone: bool) -> PathBuf {
    let path = folder.path(&format!("{first}-{size}.mp4"));
    let luma = format!("32+16*mod(floor((N+{first})/pow(12,clip(floor((X-136)/16),0,2))),12)");
    let input = format!("color=black:s={size}:r={rate}:d=2,geq=lum='{luma}':cb=128:cr=128");
    let mut args = vec!["-f", "lavfi", "-i", &input];
    if tone {
        args.extend_from_slice(&["-f", "lavfi", "-i", "sine=r=48000:d=2"]);
    }
    args.extend_from_slice(&["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "4"]);
    assert!(ffmpeg(&args, &path));
    path
}

fn source(number: usize, path: &Path) -> ProgramSpec {
    let look = Look { input_color: InputColor::Srgb, ..Look::default() };
    ProgramSpec { source_id: id(number), look, ..file(path) }
}

fn id(number: usize) -> SourceId {
    SourceId::from_u128(number as u128 + 1)
}

fn is_trouble(event: &EngineEvent) -> bool {
    matches!(
        event,
        EngineEvent::SourceLost { .. } | EngineEvent::RenditionEnded { .. } | EngineEvent::OpenFailed { .. }
    )
}

/// Takes what comes up to a picture of a source.
fn until_source(viewer: &mut Viewer, units: &mut Vec<VideoUnit>, source: SourceId) {
    let deadline = Instant::now() + PATIENCE;
    while units.last().is_none_or(|unit| unit.stamp.source != source) {
        assert!(Instant::now() < deadline, "no picture of {source}");
        units.push(viewer.next());
    }
}

/// Switches between three clips of three rates while three people watch.
fn switch(count: usize) {
    let folder = Folder::new();
    let clips = CLIPS.map(|(rate, _, first)| clip(&folder, rate, "320x180", first, false));
    let mut stage = Stage::open(source(0, &clips[0]));
    stage.live();
    let mut viewers = [VideoFormat::H264Bits8, VideoFormat::H264High444Bits10, VideoFormat::H264Bits8]
        .map(|format| stage.attach(rendition(format, 320, 180), 8_192));
    let mut seen = viewers.each_mut().map(|viewer| viewer.take(3));
    for change in 1..=count {
        let number = change % CLIPS.len();
        stage.engine.open(stage.program, source(number, &clips[number]));
        for (viewer, units) in viewers.iter_mut().zip(&mut seen) {
            until_source(viewer, units, id(number));
            units.extend(viewer.take(change % 4));
        }
        while let Ok(event) = stage.events.try_recv() {
            assert!(!is_trouble(&event), "switch {change}: {event:?}");
        }
    }
    for units in &seen {
        assert_every_picture_is_right(units, count);
    }
    let mut compared = 0;
    for unit in &seen[0] {
        for other in seen[1..].iter().filter_map(|units| units.iter().find(|other| other.pts == unit.pts)) {
            assert_eq!(other.stamp, unit.stamp, "all viewers see the same picture at {:?}", unit.pts);
            compared += 1;
        }
    }
    assert!(compared > count, "{compared} pictures compared");
}

fn assert_every_picture_is_right(units: &[VideoUnit], count: usize) {
    let raw = decode(units, "yuv420p");
    let pictures: Vec<_> = raw.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2).collect();
    assert_eq!(pictures.len(), units.len());
    for (unit, picture) in units.iter().zip(pictures) {
        let stamp = &unit.stamp;
        let number = (0..CLIPS.len()).find(|number| id(*number) == stamp.source).unwrap();
        let (_, rate, first) = CLIPS[number];
        assert!(!stamp.slate, "{stamp:?}");
        assert_eq!((number_of(picture), stamp.rate), (first + stamp.source_frame, rate), "{stamp:?}");
        assert_eq!(stamp.timecode, Timecode::from_frames(stamp.source_frame, rate).to_string());
    }
    assert!(units.windows(2).all(|pair| pair[1].pts > pair[0].pts));
    let cuts: Vec<_> = units.windows(2).filter(|pair| pair[1].stamp.source != pair[0].stamp.source).collect();
    assert_eq!(cuts.len(), count, "each switch is one cut");
    assert!(cuts.iter().all(|pair| pair[1].stamp.source_frame == 0), "a source begins with its first picture");
}

#[test]
fn ten_switches_leave_every_picture_right_and_every_viewer_in_place() {
    switch(10);
}

/// `cargo test --release -p pipelines --test media two_hundred_switches -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes: run by hand, see docs/measurements.md"]
fn two_hundred_switches_leave_every_picture_right_and_memory_flat() {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
    };
    // The first round also fills what this test itself keeps and decodes.
    switch(200);
    let before = resident();
    switch(200);
    println!("resident: {before} MiB after 200 switches, {} MiB after 200 more", resident());
    assert!(resident() < before + 30, "{before} MiB before, {} MiB now", resident());
}

#[test]
fn the_slate_comes_at_once_and_goes_with_the_next_picture() {
    let folder = Folder::new();
    let path = clip(&folder, "25", "320x180", 0, true);
    let mut stage = Stage::open(source(0, &path));
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    viewer.take(3);
    let slate = ProgramSpec { source_id: id(1), ..program(SourceSpec::Slate) };
    stage.engine.open(stage.program, slate);
    let shown = viewer.until(|unit| unit.stamp.slate);
    assert_eq!((shown.stamp.source, shown.stamp.source_frame), (id(1), 0));
    stage.event(|event| matches!(event, EngineEvent::SlateShown { .. }).then_some(()));
    let slates = viewer.take(8);
    assert!(slates.iter().all(|unit| unit.stamp.slate), "nothing else comes");
    viewer.audio.clear();
    viewer.take(4);
    assert!(viewer.audio.is_empty(), "a slate is silent");
    stage.engine.open(stage.program, source(0, &path));
    let back = viewer.until(|unit| !unit.stamp.slate);
    assert_eq!((back.stamp.source, back.stamp.source_frame), (id(0), 0));
    stage.live();
    viewer.take(30);
    assert!(!viewer.audio.is_empty(), "sound follows");
}

#[test]
fn a_source_that_does_not_come_leaves_the_old_one_on_air_and_then_a_slate_with_the_reason() {
    let folder = Folder::new();
    let path = clip(&folder, "25", "320x180", 0, false);
    let mut stage = Stage::open(source(0, &path));
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    viewer.take(3);
    let feed = SourceSpec::Srt { uri: "srt://127.0.0.1:9?mode=caller".to_owned(), passphrase: None };
    for (number, spec, words) in
        [(1, feed, "127.0.0.1:9"), (2, SourceSpec::File { path: folder.path("gone.mov") }, "file not found")]
    {
        stage.engine.open(stage.program, ProgramSpec { source_id: id(number), ..program(spec) });
        stage.lost_over(words);
        let slate = viewer.until(|unit| unit.stamp.slate);
        assert_eq!(slate.stamp.source, id(number));
        stage.engine.open(stage.program, source(0, &path));
        viewer.until(|unit| !unit.stamp.slate && unit.stamp.source == id(0));
    }
}

#[test]
fn a_source_of_another_shape_changes_the_picture_and_not_the_connection() {
    let folder = Folder::new();
    let [wide, narrow] = ["320x180", "240x180"].map(|size| clip(&folder, "25", size, 0, false));
    let mut stage = Stage::open(source(0, &wide));
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    viewer.take(3);
    stage.engine.open(stage.program, source(1, &narrow));
    let first = viewer.until(|unit| unit.stamp.source == id(1));
    assert!(first.keyframe, "a decoder can begin with the new size");
    let units = [vec![first], viewer.take(3)].concat();
    assert_eq!(decode(&units, "yuv420p").len(), units.len() * 240 * 180 * 3 / 2);
    let size = pipelines::spec::encode::PictureSize { width: 160, height: 120 };
    stage.engine.reshape(viewer.id, size, 1_000_000);
    let mut small = None;
    for _ in 0..200 {
        let unit = viewer.next();
        if unit.keyframe && decode(std::slice::from_ref(&unit), "yuv420p").len() == 160 * 120 * 3 / 2 {
            small = Some(unit);
            break;
        }
    }
    assert!(small.is_some(), "the size that was asked for comes, on the same way");
}

/// A picture that is held stays, in its own colour, while another source takes over behind it.
#[test]
fn a_held_picture_stays_while_sources_change_behind_it() {
    let folder = Folder::new();
    let [first, second] = [0, 500].map(|first| clip(&folder, "25", "320x180", first, false));
    let mut stage = Stage::open(source(0, &first));
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
    let mut units = viewer.take(3);
    stage.engine.hold(stage.program, true);
    stage.engine.open(stage.program, source(1, &second));
    stage.live();
    std::thread::sleep(Duration::from_millis(300));
    while let Some(unit) = viewer.next_within(Duration::from_millis(1)) {
        units.push(unit);
    }
    units.extend(viewer.take(4));
    let held = units.last().unwrap().stamp.clone();
    assert_eq!(held.source, id(0));
    assert!(units[units.len() - 4..].iter().all(|unit| unit.stamp.source_frame == held.source_frame));
    stage.engine.hold(stage.program, false);
    until_source(&mut viewer, &mut units, id(1));
    let raw = decode(&units, "yuv420p");
    for (unit, picture) in units.iter().zip(raw.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2)) {
        let first = if unit.stamp.source == id(0) { 0 } else { 500 };
        assert_eq!(number_of(picture), first + unit.stamp.source_frame, "{:?}", unit.stamp);
    }
}
