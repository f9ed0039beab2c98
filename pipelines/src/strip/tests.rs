use std::time::Instant;

use super::*;
use crate::engine::FrameStamp;
use crate::spec::color::TargetColor;
use crate::spec::source::SourceId;
use crate::spec::time::FrameRate;
use crate::spec::transport::Speed;

fn time(source_frame: u64, pts: Duration) -> FrameTime {
    let stamp = FrameStamp {
        source: SourceId::nil(),
        source_frame,
        timecode: String::new(),
        rate: FrameRate::FPS_25,
        slate: false,
        speed: Speed::NORMAL,
    };
    FrameTime { pts, presented_at: Instant::now(), stamp, hdr: None }
}

/// A picture whose rows count up, with its strip.
fn painted(format: VideoFormat, size: PictureSize, target: TargetColor, time: &FrameTime) -> Picture {
    let mut picture = Picture::new(format, size).in_color(target);
    for plane in Picture::layout(format, size) {
        for y in 0..plane.height {
            let row = plane.offset + y * plane.stride;
            picture.data[row..row + plane.stride].fill((y % 200) as u8);
        }
    }
    paint(&mut picture, time);
    picture
}

fn sample(picture: &Picture, plane: usize, x: usize, y: usize) -> u16 {
    let layout = Picture::layout(picture.format, picture.size)[plane];
    let at = layout.offset + y * layout.stride;
    match picture.format.sample_bytes() {
        1 => u16::from(picture.data[at + x]),
        _ => u16::from_le_bytes([picture.data[at + 2 * x], picture.data[at + 2 * x + 1]]),
    }
}

#[test]
fn cells_and_patches_lie_where_they_are_looked_for_in_every_format_and_size() {
    for format in VideoFormat::ALL {
        for (width, height) in [(1_920, 1_080), (960, 540), (640, 360), (320, 180), (90, 160)] {
            let (size, target) = (PictureSize { width, height }, TargetColor::Hdr10);
            let frame = time(1_234, STEP * 77);
            let picture = painted(format, size, target, &frame);
            let across = columns(width) as usize;
            let place = |column: usize| (column % across * 8, height as usize + 8 + column / across * 8);
            let (white, chroma) = if format.sample_bytes() == 2 { (940, 512) } else { (235, 128) };
            let bits = Message { target, format, frame: 1_234, step: 77 }.bits();
            for (column, bit) in bits.into_iter().enumerate() {
                let (x, y) = place(column);
                for at in [(x, y), (x + 7, y + 7)] {
                    let luma = sample(&picture, 0, at.0, at.1);
                    assert_eq!(luma == white, bit, "{format:?} {width}: cell {column} is {luma}");
                }
            }
            let half = if format.chroma() == lut::ChromaSampling::Cs420 { 2 } else { 1 };
            for slot in 0..patches::SLOTS {
                let (x, y) = place(cells::BITS + 2 * slot);
                let expected = patches::code(patches::shown(slot, 77), target.color_spec().matrix);
                for (plane, code) in expected.into_iter().enumerate() {
                    let step = if plane == 0 { 1 } else { half };
                    let code = (code * f64::from(chroma) / 512.0).round();
                    for (x, y) in [(x, y), (x + 15, y + 7)] {
                        let found = sample(&picture, plane, x / step, y / step);
                        assert_eq!(f64::from(found), code, "{format:?} {width}: slot {slot}, plane {plane}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_picture_is_left_alone() {
    for format in [VideoFormat::H264High444Bits10, VideoFormat::H264Bits8] {
        let size = PictureSize { width: 640, height: 360 };
        let picture = painted(format, size, TargetColor::default(), &time(0, Duration::ZERO));
        for (index, plane) in Picture::layout(format, size).into_iter().enumerate() {
            for y in 0..plane.height {
                let row = (y % 200) as u16;
                let expected = if format.sample_bytes() == 1 { row } else { row << 8 | row };
                assert_eq!(sample(&picture, index, 5, y), expected, "plane {index}, row {y}");
            }
        }
    }
}

#[test]
fn a_strip_takes_sixteen_rows_from_640_samples_on_and_more_where_less_fits_beside_it() {
    assert_eq!([8_192, 1_920, 960, 640].map(rows), [16; 4]);
    assert_eq!([636, 320, 64].map(rows), [24, 24, 88]);
    let size = PictureSize { width: 960, height: 540 };
    assert_eq!(coded(size), PictureSize { width: 960, height: 556 });
}

/// What the web player's reader is tested with (`web-player/test/strip.test.ts`); `VITRINE_WRITE_VECTORS=1` writes it anew.
#[test]
fn the_readers_vectors_are_what_is_written() {
    let frames = [0_u32, 1, 86_399, 0x8000_0000, u32::MAX];
    let messages: Vec<_> = TargetColor::ALL
        .into_iter()
        .zip(frames)
        .flat_map(|(target, frame)| VideoFormat::ALL.map(|format| (target, format, frame)))
        .map(|(target, format, frame)| {
            let step = (frame % 127) as u8;
            let bits = Message { target, format, frame, step }.bits();
            let bits: String = bits.map(|bit| if bit { '1' } else { '0' }).iter().collect();
            let ten = format.sample_bytes() == 2;
            let full = format.chroma() == lut::ChromaSampling::Cs444;
            serde_json::json!({ "target": target, "bits": if ten { 10 } else { 8 }, "chroma": if full { "4:4:4" } else { "4:2:0" },
                "frame": frame, "step": step, "cells": bits })
        })
        .collect();
    let codes = |target: TargetColor| -> Vec<_> {
        let matrix = target.color_spec().matrix;
        (0..patches::COLORS).map(|color| patches::code(color, matrix).map(|code| (code * 1e3).round() / 1e3)).collect()
    };
    let shown: Vec<_> = [0, 1, 7, 8, 100, 255]
        .map(|step| (step, (0..8).map(|slot| patches::shown(slot, step)).collect::<Vec<_>>()))
        .into();
    let rows: Vec<_> = [8_192, 1_920, 960, 640, 636, 320, 90, 64].map(|width| (width, rows(width))).into();
    let made = serde_json::json!({
        "messages": messages, "shown": shown,
        "rows": rows,
        "codes": { "srgb709": codes(TargetColor::Srgb709), "hdr10": codes(TargetColor::Hdr10) },
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/strip.json");
    if std::env::var_os("VITRINE_WRITE_VECTORS").is_some() {
        std::fs::write(path, format!("{made}\n")).unwrap();
    }
    let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(kept == made, "{path} is not what is written: VITRINE_WRITE_VECTORS=1 writes it anew");
}
