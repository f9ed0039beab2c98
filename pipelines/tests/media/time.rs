//! Timecode arithmetic, and sound and picture on one clock.

use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use pipelines::engine::MediaUnit;
use pipelines::source::reel::Reel;
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::source::SourceSpec;
use pipelines::spec::time::{FrameRate, Timecode, TimecodeError};

use crate::support::{Stage, Viewer, program, rendition};

#[test]
fn every_label_of_an_hour_reads_back() {
    for rate in [
        FrameRate::FPS_23_976,
        FrameRate::FPS_25,
        FrameRate::new(30_000, 1_001),
        FrameRate::new(30_000, 1_001).with_drop_frame(),
        FrameRate::new(60_000, 1_001).with_drop_frame(),
    ] {
        let hour = u64::from(rate.nominal()) * 3_600;
        let mut last = String::new();
        for frame in 0..hour {
            let label = Timecode::from_frames(frame, rate).to_string();
            assert!(label > last, "{label} after {last}");
            assert_eq!(Timecode::parse(&label, rate).unwrap().frames(), frame, "{label}");
            last = label;
        }
    }
}

#[test]
fn drop_frame_labels_are_those_of_smpte_12() {
    let rate = FrameRate::new(30_000, 1_001).with_drop_frame();
    for (frame, label) in [
        (0, "00:00:00;00"),
        (1_799, "00:00:59;29"),
        (1_800, "00:01:00;02"),
        (17_981, "00:09:59;29"),
        (17_982, "00:10:00;00"),
        (107_892, "01:00:00;00"),
        (2_589_407, "23:59:59;29"),
        (2_589_408, "00:00:00;00"),
    ] {
        assert_eq!(Timecode::from_frames(frame, rate).to_string(), label);
    }
    let twice = FrameRate::new(60_000, 1_001).with_drop_frame();
    assert_eq!(Timecode::from_frames(3_600, twice).to_string(), "00:01:00;04");
    assert!(matches!(Timecode::parse("00:01:00;00", rate), Err(TimecodeError::Dropped(_))));
    assert!(Timecode::parse("00:10:00;00", rate).is_ok());
    assert!(matches!(Timecode::parse("00:00:00;30", rate), Err(TimecodeError::OutOfRange { .. })));
    assert!(matches!(Timecode::parse("1:2:3", rate), Err(TimecodeError::Malformed(_))));
    assert!(!FrameRate::FPS_25.with_drop_frame().drop_frame);
}

#[test]
fn frames_and_nanoseconds_are_inverse() {
    for rate in [FrameRate::FPS_23_976, FrameRate::FPS_25, FrameRate::new(60_000, 1_001)] {
        for frame in [0, 1, 23, 24, 1_000, 86_400, 5_000_000] {
            assert_eq!(rate.ns_to_frame(rate.frame_to_ns(frame)), frame);
        }
    }
}

/// Loud samples of the packets, as program times of the first of each beep.
fn beeps(viewer: &Viewer) -> Vec<Duration> {
    let pipeline = gst::parse::launch(
        "appsrc name=in format=time caps=audio/x-opus,channel-mapping-family=0,channels=2,rate=48000 ! \
         opusdec plc=false ! audioconvert ! audio/x-raw,format=S16LE,channels=1,rate=48000 ! \
         appsink name=out sync=false",
    );
    let pipeline = pipeline.unwrap().downcast::<gst::Pipeline>().unwrap();
    let appsrc = pipeline.by_name("in").unwrap().downcast::<gst_app::AppSrc>().unwrap();
    let appsink = pipeline.by_name("out").unwrap().downcast::<gst_app::AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    for unit in &viewer.audio {
        let mut buffer = gst::Buffer::from_slice(unit.data.clone());
        buffer.get_mut().unwrap().set_pts(gst::ClockTime::from_nseconds(unit.pts.as_nanos() as u64));
        appsrc.push_buffer(buffer).unwrap();
    }
    appsrc.end_of_stream().unwrap();
    let mut found: Vec<Duration> = Vec::new();
    while let Ok(sample) = appsink.pull_sample() {
        let buffer = sample.buffer().unwrap();
        let map = buffer.map_readable().unwrap();
        let start = Duration::from_nanos(buffer.pts().unwrap().nseconds());
        for (index, sample) in map.as_chunks::<2>().0.iter().enumerate() {
            let at = start + Duration::from_nanos(index as u64 * 1_000_000_000 / 48_000);
            let quiet_before = found.last().is_none_or(|last| at > *last + Duration::from_millis(500));
            if i16::from_le_bytes(*sample).unsigned_abs() > 2_000 && quiet_before {
                found.push(at);
            }
        }
    }
    pipeline.set_state(gst::State::Null).unwrap();
    found
}

#[test]
fn flash_and_beep_have_the_same_time() {
    let stage = Stage::open(program(SourceSpec::TestReel { height: 360 }));
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 512);
    let units = viewer.take(24 * 4);
    let beeps = beeps(&viewer);
    assert!(beeps.len() >= 3, "{beeps:?}");
    let mut compared = 0;
    // Sound begins once pictures flow, in the middle of the first beep.
    for flash in units.iter().skip(1).filter(|unit| Reel::flashes(unit.stamp.source_frame)) {
        if let Some(beep) = beeps.iter().find(|beep| beep.abs_diff(flash.pts) < Duration::from_millis(300)) {
            println!("flash {:?} beep {beep:?}", flash.pts);
            assert!(beep.abs_diff(flash.pts) < Duration::from_millis(10), "flash {:?}, beep {beep:?}", flash.pts);
            compared += 1;
        }
    }
    assert!(compared >= 2);
    for unit in &viewer.audio {
        let picture = units.last().unwrap();
        let (sound, image) = (unit.presented_at, picture.presented_at);
        let by_clock = if sound > image { sound - image } else { image - sound };
        assert!(by_clock.abs_diff(unit.pts.abs_diff(picture.pts)) < Duration::from_micros(10));
    }
}

#[test]
fn no_packet_of_sound_leaves_before_it_is_due() {
    let stage = Stage::open(program(SourceSpec::TestReel { height: 360 }));
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 512);
    let mut packets = 0;
    while packets < 100 {
        if let MediaUnit::Audio(unit) = viewer.units.blocking_recv().unwrap() {
            let early = unit.presented_at.saturating_duration_since(Instant::now());
            assert_eq!(early, Duration::ZERO, "packet {packets}");
            packets += 1;
        }
    }
}
