//! The reference reel from paint to access units.

use std::time::Duration;

use pipelines::engine::MediaUnit;
use pipelines::spec::encode::{VideoCodec, VideoFormat};
use pipelines::spec::source::SourceSpec;

use crate::support::{Stage, ffprobe, nal_types, program, rendition};

fn reel(height: u32) -> Stage {
    Stage::open(program(SourceSpec::TestReel { height }))
}

#[test]
fn first_unit_is_a_key_frame_and_stamps_follow_the_reel() {
    for format in [VideoFormat::H264High444Bits10, VideoFormat::Vp9Profile0, VideoFormat::H264Bits8] {
        let mut stage = reel(360);
        let mut viewer = stage.attach(rendition(format, 640, 360), 64);
        let info = stage.live();
        assert_eq!((info.size.width, info.size.height), (640, 360));
        let units = viewer.take(48);
        assert!(units[0].keyframe, "{format:?}");
        if format.codec() == VideoCodec::H264 {
            assert_eq!(nal_types(&units[0])[..2], [7, 8], "SPS and PPS come first");
        }
        assert_eq!(units.iter().filter(|unit| unit.keyframe).count(), 1);
        for pair in units.windows(2) {
            assert!(pair[1].pts > pair[0].pts);
            assert!(pair[1].stamp.source_frame > pair[0].stamp.source_frame);
        }
        let last = &units[47].stamp;
        let frames = 3_600 * 24 + last.source_frame;
        let label = pipelines::spec::time::Timecode::from_frames(frames, last.rate).to_string();
        assert_eq!(last.timecode, label);
        assert!(!viewer.audio.is_empty(), "sound comes too");
    }
}

#[test]
fn the_bitstream_says_1_13_1_limited() {
    for (format, profile, pix_fmt) in [
        (VideoFormat::H264High444Bits10, "profile=High 4:4:4 Predictive", "pix_fmt=yuv444p10le"),
        (VideoFormat::H264Bits8, "profile=Constrained Baseline", "pix_fmt=yuv420p"),
    ] {
        let stage = reel(360);
        let mut viewer = stage.attach(rendition(format, 640, 360), 64);
        let told = ffprobe(&viewer.take(6));
        for line in [
            profile,
            pix_fmt,
            "color_primaries=bt709",
            "color_transfer=iec61966-2-1",
            "color_space=bt709",
            "color_range=tv",
            "has_b_frames=0",
        ] {
            assert!(told.lines().any(|l| l == line), "{line} is missing in {told}");
        }
    }
}

#[test]
fn key_frames_come_on_request_and_requests_are_coalesced() {
    let stage = reel(360);
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 256);
    viewer.take(5);
    for _ in 0..10 {
        stage.engine.request_keyframe(viewer.id);
    }
    let units = viewer.take(20);
    assert_eq!(units.iter().filter(|unit| unit.keyframe).count(), 1);
    assert_eq!(nal_types(units.iter().find(|unit| unit.keyframe).unwrap())[..2], [7, 8]);
}

#[test]
fn a_full_sink_resumes_at_a_key_frame() {
    let stage = reel(360);
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 4);
    let first = viewer.next();
    std::thread::sleep(Duration::from_millis(1_200));
    let mut before = Vec::new();
    while let Ok(unit) = viewer.units.try_recv() {
        if let MediaUnit::Video(unit) = unit {
            before.push(unit.stamp.source_frame);
        }
    }
    let next = viewer.next();
    assert!(next.keyframe, "after dropping comes a key frame");
    let expected: Vec<u64> = (0..before.len() as u64).map(|i| first.stamp.source_frame + 1 + i).collect();
    assert_eq!(before, expected, "before dropping nothing is missing");
}

#[test]
fn detach_stops_delivery_at_once_and_unknown_names_are_told() {
    let mut stage = reel(360);
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 256);
    viewer.take(5);
    stage.engine.detach(viewer.id);
    std::thread::sleep(Duration::from_millis(100));
    while viewer.units.try_recv().is_ok() {}
    assert!(viewer.next_within(Duration::from_millis(300)).is_none());
    assert!(viewer.units.is_closed());
    stage.engine.request_keyframe(viewer.id);
    let told = stage.event(|event| match event {
        pipelines::engine::EngineEvent::RenditionEnded { rendition, reason } => Some((*rendition, reason.clone())),
        _ => None,
    });
    assert_eq!(told, (viewer.id, "no such rendition is running".to_owned()));
}
