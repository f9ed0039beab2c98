//! Feeds that come by messages, as a sender publishes them: decoded, lost and back.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use pipelines::engine::{Engine, EngineEvent};
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::feed::{FeedCodec, FeedUnit};
use pipelines::spec::source::{SourceId, SourceSpec};

use crate::support::{Folder, Stage, ffmpeg, program, rendition};

/// A second of coded pictures at 25 frames a second, the first of which is a key frame.
fn clip(codec: FeedCodec) -> Vec<Bytes> {
    let folder = Folder::new();
    let input = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-t", "1", "-pix_fmt", "yuv420p"];
    let coded: &[&str] = match codec {
        FeedCodec::H264 => {
            &["-c:v", "libx264", "-tune", "zerolatency", "-g", "25", "-bsf:v", "h264_metadata=aud=insert", "-f", "h264"]
        }
        FeedCodec::Vp8 => {
            &["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-f", "ivf"]
        }
        FeedCodec::Vp9 => {
            &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-f", "ivf"]
        }
    };
    let path = folder.path("clip");
    assert!(ffmpeg(&[&input[..], coded].concat(), &path));
    if codec == FeedCodec::H264 { access_units(&path) } else { ivf_frames(&path) }
}

/// Of Annex B with access unit delimiters.
fn access_units(path: &Path) -> Vec<Bytes> {
    let data = std::fs::read(path).unwrap();
    let mut starts: Vec<usize> =
        (0..data.len() - 5).filter(|&i| data[i..i + 4] == [0, 0, 0, 1] && data[i + 4] & 31 == 9).collect();
    starts.push(data.len());
    starts.windows(2).map(|pair| Bytes::copy_from_slice(&data[pair[0]..pair[1]])).collect()
}

fn ivf_frames(path: &Path) -> Vec<Bytes> {
    let data = std::fs::read(path).unwrap();
    let (mut rest, mut frames) = (&data[32..], Vec::new());
    while rest.len() > 12 {
        let length = u32::from_le_bytes(rest[..4].try_into().unwrap()) as usize;
        frames.push(Bytes::copy_from_slice(&rest[12..12 + length]));
        rest = &rest[12 + length..];
    }
    frames
}

/// Sends a clip again and again, in its own time, until dropped.
struct Sender {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Sender {
    fn start(engine: &Engine, codec: FeedCodec, skip: usize) -> Self {
        let (engine, stop) = (engine.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let (units, start) = (clip(codec), Instant::now());
            for number in skip.. {
                if stopped.load(Ordering::Acquire) {
                    break;
                }
                let due = start + Duration::from_millis(40) * u32::try_from(number - skip).unwrap();
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let place = number % units.len();
                let (data, keyframe) = (units[place].clone(), place == 0);
                let unit = FeedUnit::Picture { codec, has_sound: false, data, keyframe, due };
                engine.feed(SourceId::nil(), unit);
            }
        });
        Self { stop, thread: Some(thread) }
    }

    fn end(mut self, engine: &Engine, reason: &str) {
        self.stop.store(true, Ordering::Release);
        self.thread.take().unwrap().join().unwrap();
        engine.feed(SourceId::nil(), FeedUnit::Ended { reason: reason.to_owned() });
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

#[test]
fn each_codec_that_senders_use_is_shown() {
    for (codec, described) in [
        (FeedCodec::H264, "H.264, 8-bit 4:2:0"),
        (FeedCodec::Vp8, "VP8, 8-bit 4:2:0"),
        (FeedCodec::Vp9, "VP9, 8-bit 4:2:0"),
    ] {
        let mut stage = Stage::open(program(SourceSpec::Whip));
        let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 240), 512);
        let _sender = Sender::start(&stage.engine, codec, 0);
        let info = stage.live();
        assert_eq!(info.description, described);
        assert_eq!((info.size.width, info.rate.num, info.rate.den), (320, 25, 1), "{codec:?}");
        viewer.until(|unit| !unit.stamp.slate);
        let units = viewer.take(30);
        let counts = |pair: &[pipelines::engine::VideoUnit]| {
            pair[1].pts > pair[0].pts && pair[1].stamp.source_frame > pair[0].stamp.source_frame
        };
        assert!(units.windows(2).all(counts), "{codec:?}");
    }
}

#[test]
fn a_sender_that_goes_and_returns_shows_slates_between() {
    let mut stage = Stage::open(program(SourceSpec::Whip));
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 320, 240), 4_096);
    let sender = Sender::start(&stage.engine, FeedCodec::H264, 0);
    stage.live();
    let last = viewer.until(|unit| !unit.stamp.slate);
    sender.end(&stage.engine, "the sender stopped");
    assert_eq!(stage.lost(), "the sender stopped");
    let slate = viewer.until(|unit| unit.stamp.slate);
    assert!(slate.stamp.source_frame >= last.stamp.source_frame);
    let _sender = Sender::start(&stage.engine, FeedCodec::Vp8, 0);
    assert_eq!(stage.live().description, "VP8, 8-bit 4:2:0");
    let back = viewer.until(|unit| !unit.stamp.slate);
    assert!(back.stamp.source_frame > slate.stamp.source_frame, "frame numbers are never used twice");
}

#[test]
fn a_feed_that_begins_in_the_middle_is_asked_for_a_key_frame_and_shown_from_there() {
    let mut stage = Stage::open(program(SourceSpec::Whip));
    let wants = |event: &EngineEvent| matches!(event, EngineEvent::FeedWantsKeyframe { .. }).then_some(());
    stage.event(wants);
    let _sender = Sender::start(&stage.engine, FeedCodec::H264, 5);
    stage.event(wants);
    assert_eq!(stage.live().description, "H.264, 8-bit 4:2:0");
}

#[test]
fn what_is_no_picture_is_named_and_the_next_sender_is_shown() {
    let mut stage = Stage::open(program(SourceSpec::Whip));
    for number in 0..80_u64 {
        let data = Bytes::from(vec![7_u8; 300]);
        let due = Instant::now() + Duration::from_millis(number);
        let unit = FeedUnit::Picture { codec: FeedCodec::Vp8, has_sound: false, data, keyframe: true, due };
        stage.engine.feed(SourceId::nil(), unit);
    }
    let _sender = Sender::start(&stage.engine, FeedCodec::H264, 0);
    assert_eq!(stage.live().description, "H.264, 8-bit 4:2:0");
}
