//! Against files and values that the reference library made (`pipelines/tests/data/exr/make.py`).
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::super::raster::Raster;
use super::*;
use crate::spec::time::FrameRate;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/exr").join(name)
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(path(&format!("{name}.exr"))).unwrap()
}

/// R, G, B of each pixel.
fn expected(name: &str) -> Vec<u16> {
    let bytes = std::fs::read(path(&format!("{name}.u16"))).unwrap();
    bytes.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect()
}

fn codes(read: &Raster) -> Vec<u16> {
    let [red, green, blue] = &read.planes;
    red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [*r, *g, *b]).collect()
}

/// The largest difference of a file's codes to what it means.
fn farthest(name: &str, meaning: &str) -> u16 {
    let found = codes(&decode(&file(name)).unwrap());
    let expected = expected(meaning);
    assert_eq!(found.len(), expected.len(), "{name}");
    found.into_iter().zip(expected).map(|(found, expected)| found.abs_diff(expected)).max().unwrap()
}

#[test]
fn every_lossless_compression_and_layout_is_read_to_the_nearest_code() {
    for name in ["none", "rle", "zips", "zip", "piz", "pxr24", "alpha", "tiled", "parts"] {
        assert!(farthest(name, "zip") <= 1, "{name}: {}", farthest(name, "zip"));
    }
}

#[test]
fn lossy_compressions_are_read_as_the_reference_library_reads_them() {
    for name in ["b44", "b44a", "dwaa", "dwab"] {
        assert!(farthest(name, name) <= 1, "{name}: {}", farthest(name, name));
    }
}

#[test]
fn nan_infinities_and_what_is_too_large_have_the_codes_that_are_promised() {
    assert!(farthest("float", "float") <= 1, "{}", farthest("float", "float"));
    assert!(farthest("half", "half") <= 1, "{}", farthest("half", "half"));
}

#[test]
fn light_is_of_the_primaries_that_the_file_says() {
    assert!(farthest("aces", "aces") <= 1, "{}", farthest("aces", "aces"));
    assert!(farthest("ap1", "ap1") <= 1, "{}", farthest("ap1", "ap1"));
    let scene = |name| facts(&file(name)).unwrap().scene.map(|scene| (scene.primaries, scene.is_tagged));
    assert_eq!(scene("aces"), Some(("ACES AP0", true)));
    assert_eq!(scene("ap1"), Some(("ACES AP1", true)));
    assert_eq!(scene("zip"), Some(("Rec.709", false)));
}

#[test]
fn the_picture_is_the_display_window_and_black_where_there_is_no_data() {
    let read = decode(&file("window")).unwrap();
    assert_eq!((read.size.width, read.size.height), (32, 24));
    assert!(farthest("window", "window") <= 1, "{}", farthest("window", "window"));
}

#[test]
fn a_header_tells_timecode_rate_and_reel() {
    let found = facts(&file("aces")).unwrap();
    assert_eq!(found.timecode.as_deref(), Some("01:02:03:04"));
    assert_eq!((found.rate, found.drop_frame), (Some(FrameRate::FPS_23_976), false));
    assert_eq!(found.reel.as_deref(), Some("A001C002"));
    let plain = facts(&file("zip")).unwrap();
    assert_eq!((plain.timecode, plain.rate, plain.reel), (None, None, None));
}

#[test]
fn what_is_not_read_is_refused_with_what_was_found() {
    let fault = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
    assert_eq!(fault(b"II*\0 and more"), "it does not begin as an EXR file does");
    assert_eq!(fault(&file("grey")), "found EXR channels Y, Z, expected R, G and B, not deep");
    let good = file("none");
    assert_eq!(fault(&good[..good.len() - 40]), "it ends too early: it is not completely written");
    assert_eq!(fault(&good[..200]), "it ends too early: it is not completely written");
    // A display window of 40000 pixels: the attribute's value follows its name, type and size.
    let mut wide = good.clone();
    let at = wide.windows(20).position(|bytes| bytes.starts_with(b"displayWindow\0box2i\0")).unwrap() + 24;
    wide[at + 8..at + 12].copy_from_slice(&39_999_i32.to_le_bytes());
    assert_eq!(fault(&wide), "found a size of 40000 x 34, expected 1 to 8192 each");
    let mut flat = file("ap1");
    let at = flat.windows(15).position(|bytes| bytes.starts_with(b"chromaticities\0")).unwrap() + 34;
    flat[at..at + 32].copy_from_slice(&[0x3e; 32]);
    assert!(fault(&flat).contains("expected xy of three primaries and a white"), "{}", fault(&flat));
}

/// Any file at all is read or refused, and never makes more of itself than its display window.
#[test]
fn no_damage_gets_through() {
    let mut seed = 7_u64;
    let mut random = move |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for name in ["aces", "zip", "piz", "pxr24", "b44", "dwaa", "tiled", "parts", "window"] {
        let good = file(name);
        for _ in 0..300 {
            let mut bytes = good.clone();
            for _ in 0..=random(6) {
                let at = if random(2) == 0 { random(400) } else { random(bytes.len()) };
                bytes[at] = random(256) as u8;
            }
            bytes.truncate(bytes.len() - if random(4) == 0 { random(bytes.len()) } else { 0 });
            if let Ok(read) = decode(&bytes) {
                let pixels = read.size.width as usize * read.size.height as usize;
                assert!(read.planes.iter().all(|plane| plane.len() == pixels));
            }
            let _ = facts(&bytes);
        }
    }
    std::panic::set_hook(quiet);
}
