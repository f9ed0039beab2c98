//! Playing, holding and finding frames: the frame shown is the frame asked for.

use std::path::Path;
use std::time::{Duration, Instant};

use pipelines::engine::{EngineEvent, VideoUnit};
use pipelines::spec::color::InputColor;
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::look::Look;
use pipelines::spec::source::{ProgramSpec, SourceSpec};
use pipelines::spec::time::{FrameRate, Timecode};
use pipelines::spec::transport::{FrameRange, Speed, TransportCommand, TransportError, TransportState};

use crate::support::{Folder, PATIENCE, Stage, Viewer, decode, ffmpeg, file, program, rendition};

const LONG_GOP: [&str; 8] = ["-c:v", "libx264", "-g", "250", "-bf", "3", "-crf", "4"];
/// GStreamer 1.22 numbers the pictures of an MXF file in the order they are coded in, so here that is their order.
const LONG_GOP_IN_ORDER: [&str; 8] = ["-c:v", "libx264", "-g", "250", "-bf", "0", "-crf", "4"];
const HEVC: [&str; 6] = ["-c:v", "libx265", "-crf", "4", "-x265-params", "log-level=none:keyint=250:bframes=4"];
const PRORES: [&str; 6] = ["-c:v", "prores_ks", "-profile:v", "hq", "-vendor", "apl0"];
/// Where a numbered picture has its three digits of base 12: clear of the mark, whatever it says.
const DIGITS: [usize; 3] = [144, 160, 176];
pub const SIZE: (usize, usize) = (320, 180);

/// A clip whose pictures carry their own number, three digits to the base of 12, as luma codes 16 apart.
fn numbered(path: &Path, rate: &str, seconds: u32, codec: &[&str], sound: bool) -> bool {
    let luma = "32+16*mod(floor(N/pow(12,clip(floor((X-136)/16),0,2))),12)";
    let input = format!("color=black:s=320x180:r={rate}:d={seconds},geq=lum='{luma}':cb=128:cr=128");
    let tone = format!("sine=r=48000:d={seconds}");
    let layout = if codec.contains(&"prores_ks") { "yuv422p10le" } else { "yuv420p" };
    let mut args = vec!["-f", "lavfi", "-i", &input];
    if sound {
        args.extend_from_slice(&["-f", "lavfi", "-i", &tone]);
    }
    args.extend_from_slice(&["-pix_fmt", layout, "-preset", "ultrafast"]);
    args.extend_from_slice(codec);
    ffmpeg(&args, path)
}

pub fn number_of(picture: &[u8]) -> u64 {
    let digit = |x: usize| (u64::from(picture[SIZE.0 * 90 + x]) + 8 - 32) / 16;
    DIGITS.iter().rev().fold(0, |number, x| number * 12 + digit(*x))
}

/// Every picture is the one that its stamp names.
fn assert_pictures_are_what_they_say(units: &[VideoUnit], what: &str) {
    let raw = decode(units, "yuv420p");
    let pictures: Vec<_> = raw.chunks_exact(SIZE.0 * SIZE.1 * 3 / 2).collect();
    assert_eq!(pictures.len(), units.len(), "{what}");
    for (unit, picture) in units.iter().zip(pictures).filter(|(unit, _)| !unit.stamp.slate) {
        let stamp = &unit.stamp;
        assert_eq!(number_of(picture), stamp.source_frame, "{what}: {stamp:?}");
        let label = Timecode::from_frames(stamp.source_frame, stamp.rate).to_string();
        assert_eq!(stamp.timecode, label, "{what}");
    }
}

fn numbered_program(path: &Path) -> ProgramSpec {
    ProgramSpec { look: Look { input_color: InputColor::Srgb, ..Look::default() }, ..file(path) }
}

/// A stage with a viewer, and everything the viewer was sent.
pub struct Room {
    pub stage: Stage,
    pub viewer: Viewer,
    pub units: Vec<VideoUnit>,
}

impl Room {
    pub fn open(spec: ProgramSpec) -> Self {
        let mut stage = Stage::open(spec);
        stage.live();
        let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 4_096);
        let units = viewer.take(3);
        Self { stage, viewer, units }
    }

    pub fn ask(&mut self, command: TransportCommand) {
        self.stage.engine.transport(self.stage.program, command);
    }

    /// What the engine answers to a command.
    fn answer(&mut self, command: TransportCommand) -> Result<TransportState, TransportError> {
        while self.stage.events.try_recv().is_ok() {}
        self.ask(command);
        self.stage.event(|event| match event {
            EngineEvent::Transport { state, .. } => Some(Ok(*state)),
            EngineEvent::TransportRefused { error, .. } => Some(Err(*error)),
            _ => None,
        })
    }

    pub fn next(&mut self) -> VideoUnit {
        let unit = self.viewer.next();
        self.units.push(unit.clone());
        unit
    }

    /// Waits for a frame that is held.
    pub fn held(&mut self, frame: u64, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let stamp = self.next().stamp;
            assert!(!stamp.slate, "{what}: a slate while frame {frame} is looked for: {:?}", self.stage.lost());
            if stamp.speed == Speed::HELD && stamp.source_frame == frame {
                return;
            }
            assert!(Instant::now() < deadline, "{what}: frame {frame} did not come: {stamp:?}");
        }
    }
}

/// Numbers that look random and are the same in every run.
pub struct Seeded(pub u64);

impl Seeded {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A hundred seeks and steps at each rate, shared out among codecs and containers.
#[test]
fn the_frame_shown_is_the_frame_asked_for_at_every_rate() {
    let clips: [(&str, &[&str]); 6] = [
        ("h264.mp4", &LONG_GOP),
        ("hevc.mov", &HEVC),
        ("prores.mov", &PRORES),
        ("h264.mkv", &LONG_GOP),
        ("prores.mxf", &PRORES),
        ("h264.mxf", &LONG_GOP_IN_ORDER),
    ];
    let mut asked = std::collections::BTreeMap::new();
    for (index, rate) in
        ["24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"].into_iter().enumerate()
    {
        let folder = Folder::new();
        let mut random = Seeded(index as u64 + 11);
        let mut done = 0;
        for (name, codec) in clips.iter().cycle().skip(index) {
            if done >= 100 {
                break;
            }
            let path = folder.path(name);
            if !path.exists() && !numbered(&path, rate, 3, codec, name.contains("h264")) {
                continue;
            }
            let mut what = format!("{name} at {rate}");
            let mut room = Room::open(numbered_program(&path));
            let state = room.answer(TransportCommand::Pause).unwrap();
            // The container rounds, and may count its sound: what it has of pictures is known once they were seen.
            let frames = (room.units[0].stamp.rate.as_f64() * 3.0).round() as u64;
            assert!(state.frames.is_some_and(|told| told.abs_diff(frames) <= 2), "{what}: {state:?}");
            // A busy machine may show a slate between a first picture and the next.
            while room.next().stamp.speed != Speed::HELD || room.units.last().unwrap().stamp.slate {}
            let mut at = random.below(frames);
            room.ask(TransportCommand::Seek { frame: at });
            room.held(at, &what);
            for _ in 0..24 {
                let step = random.below(5) as i32 - 2;
                let command = match random.below(3) {
                    0 => TransportCommand::Seek { frame: random.below(frames) },
                    _ => TransportCommand::Step { frames: step },
                };
                at = match command {
                    TransportCommand::Seek { frame } => frame,
                    _ => at.saturating_add_signed(i64::from(step)).min(frames - 1),
                };
                what = format!("{name} at {rate}: {command}");
                room.ask(command);
                room.held(at, &what);
            }
            assert_pictures_are_what_they_say(&room.units, &what);
            done += 25;
            *asked.entry(*name).or_insert(0) += 25;
        }
    }
    println!("asked for and shown: {asked:?}");
    assert!(asked.len() >= 5, "{asked:?}");
}

#[test]
fn a_held_frame_goes_on_coming_at_a_modest_rate_and_who_joins_sees_it_at_once() {
    let folder = Folder::new();
    let path = folder.path("clip.mp4");
    assert!(numbered(&path, "25", 4, &LONG_GOP, true));
    let mut room = Room::open(numbered_program(&path));
    room.ask(TransportCommand::Pause);
    while room.next().stamp.speed != Speed::HELD {}
    let held = room.next();
    room.viewer.audio.clear();
    let began = Instant::now();
    let units: Vec<_> = (0..16).map(|_| room.next()).collect();
    let took = began.elapsed();
    assert!(units.iter().all(|unit| unit.stamp == held.stamp), "the same frame");
    assert!(units.windows(2).all(|pair| pair[1].pts > pair[0].pts));
    assert!((Duration::from_millis(1_400)..Duration::from_secs(3)).contains(&took), "16 pictures in {took:?}");
    assert!(room.viewer.audio.len() < 5, "{} packets of sound while a frame is held", room.viewer.audio.len());
    let asked = Instant::now();
    let mut late = room.stage.attach(rendition(VideoFormat::H264Bits8, 320, 180), 64);
    let first = late.next();
    println!("a viewer who joins sees the held frame after {:?}", asked.elapsed());
    assert!(first.keyframe && first.stamp == held.stamp);
    room.ask(TransportCommand::Play);
    let next = loop {
        let unit = room.next();
        if unit.stamp.speed == Speed::NORMAL {
            break unit;
        }
    };
    assert_eq!(next.stamp.source_frame, held.stamp.source_frame + 1, "it goes on where it was");
    while room.units.len() < 80 {
        room.next();
    }
    assert!(room.viewer.audio.len() > 20, "sound is heard again");
    assert_pictures_are_what_they_say(&room.units, "held and played on");
}

#[test]
fn a_range_repeats_and_every_speed_keeps_its_time() {
    let folder = Folder::new();
    let path = folder.path("clip.mov");
    assert!(numbered(&path, "25", 4, &LONG_GOP, true));
    let mut room = Room::open(numbered_program(&path));
    let range = FrameRange { first: 20, last: 34 };
    room.ask(TransportCommand::Loop { range: Some(range) });
    while room.next().stamp.source_frame != 20 {}
    let round: Vec<_> = (0..44).map(|_| room.next().stamp.source_frame).collect();
    assert!(round.iter().all(|frame| (20..=34).contains(frame)), "{round:?}");
    for frame in 20..=34 {
        let times = round.iter().filter(|shown| **shown == frame).count();
        assert!(times >= 2, "frame {frame} came {times} times in {round:?}");
    }
    room.ask(TransportCommand::Loop { range: None });
    for percent in [25, 50, 75, 150, 200] {
        room.ask(TransportCommand::Seek { frame: 5 });
        room.ask(TransportCommand::Speed { percent });
        while room.next().stamp.source_frame != 5 {}
        while room.next().stamp.speed.percent() != percent {}
        room.viewer.audio.clear();
        let units: Vec<_> = (0..12).map(|_| room.next()).collect();
        let (first, last) = (&units[0], &units[11]);
        let frames = (last.stamp.source_frame - first.stamp.source_frame) as f64;
        let speed = frames / 25.0 / (last.pts - first.pts).as_secs_f64() * 100.0;
        println!("{percent} %: {frames} frames at {speed:.1} %");
        assert!((speed - f64::from(percent)).abs() <= f64::from(percent) * 0.06, "{percent} % was {speed}");
        assert!(
            units.windows(2).all(|pair| pair[1].pts - pair[0].pts > Duration::from_millis(20)),
            "no faster than 25"
        );
        // Packets that were on their way may still arrive.
        assert!(room.viewer.audio.len() < 8, "{} packets at {percent} %", room.viewer.audio.len());
    }
    assert_pictures_are_what_they_say(&room.units, "ranges and speeds");
}

#[test]
fn scrubbing_ends_at_the_last_frame_asked_for() {
    let folder = Folder::new();
    let path = folder.path("clip.mp4");
    assert!(numbered(&path, "24", 4, &LONG_GOP, false));
    let mut room = Room::open(numbered_program(&path));
    room.ask(TransportCommand::Pause);
    let mut random = Seeded(3);
    for _ in 0..5 {
        let frames: Vec<u64> = (0..30).map(|_| random.below(90)).collect();
        for frame in &frames {
            room.ask(TransportCommand::Seek { frame: *frame });
            std::thread::sleep(Duration::from_millis(random.below(20)));
        }
        room.held(frames[29], "scrubbed");
    }
    assert_pictures_are_what_they_say(&room.units, "scrubbed");
}

#[test]
fn the_ends_are_ends() {
    let folder = Folder::new();
    let path = folder.path("clip.mkv");
    assert!(numbered(&path, "30000/1001", 2, &LONG_GOP, true));
    let mut room = Room::open(numbered_program(&path));
    let frames = room.answer(TransportCommand::Pause).unwrap().frames.unwrap();
    let beyond = room.answer(TransportCommand::Seek { frame: frames + 5 });
    assert_eq!(beyond, Err(TransportError::Frame { frame: frames + 5, frames }));
    room.ask(TransportCommand::Step { frames: -1_000 });
    room.held(0, "ends");
    // The container's length may be more than its pictures': the last picture is found all the same.
    room.ask(TransportCommand::Seek { frame: frames - 1 });
    room.held(59, "ends");
    room.ask(TransportCommand::Step { frames: 1 });
    room.held(59, "ends");
    assert_eq!(room.answer(TransportCommand::Pause).unwrap().frames, Some(60));
    room.ask(TransportCommand::Play);
    while room.next().stamp.speed != Speed::NORMAL {}
    assert!(room.units.last().unwrap().stamp.source_frame <= 1, "from the beginning again");
    assert_pictures_are_what_they_say(&room.units, "ends");
}

#[test]
fn the_reel_obeys_too() {
    let mut room = Room::open(program(SourceSpec::TestReel { height: 180 }));
    let state = room.answer(TransportCommand::Pause).unwrap();
    assert_eq!((state.playing, state.frames), (false, None));
    for frame in [1_000, 7, 100_000] {
        room.ask(TransportCommand::Seek { frame });
        room.held(frame, "reel");
        room.ask(TransportCommand::Step { frames: -1 });
        room.held(frame - 1, "reel");
    }
    room.ask(TransportCommand::Speed { percent: 200 });
    room.ask(TransportCommand::Play);
    while room.next().stamp.speed.percent() != 200 {}
    let units: Vec<_> = (0..12).map(|_| room.next()).collect();
    let frames = units[11].stamp.source_frame - units[0].stamp.source_frame;
    assert!((21..=23).contains(&frames), "{frames} frames of the reel in 11 steps");
    assert_eq!(units[0].stamp.rate, FrameRate::FPS_23_976);
}

#[test]
fn what_cannot_be_done_is_an_error_of_its_own() {
    let mut feed =
        Stage::open(program(SourceSpec::Srt { uri: "srt://127.0.0.1:0?mode=listener".to_owned(), passphrase: None }));
    let refused = |stage: &mut Stage| {
        stage.event(|event| match event {
            EngineEvent::TransportRefused { error, .. } => Some(*error),
            _ => None,
        })
    };
    feed.engine.transport(feed.program, TransportCommand::Pause);
    assert_eq!(refused(&mut feed), TransportError::Live);
    feed.engine.transport(pipelines::engine::ProgramId::new_v4(), TransportCommand::Pause);
    assert_eq!(refused(&mut feed), TransportError::NoProgram);
    let mut missing = Stage::open(file(Path::new("/nonexistent.mov")));
    missing.engine.transport(missing.program, TransportCommand::Play);
    assert_eq!(refused(&mut missing), TransportError::NotOpen);
    let mut room = Room::open(program(SourceSpec::TestReel { height: 180 }));
    for percent in [0, 24, 201] {
        assert_eq!(room.answer(TransportCommand::Speed { percent }), Err(TransportError::Speed { percent }));
    }
    let range = Some(FrameRange { first: 9, last: 8 });
    assert_eq!(room.answer(TransportCommand::Loop { range }), Err(TransportError::Range { first: 9, last: 8 }));
}
