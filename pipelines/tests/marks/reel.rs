//! The reference reel: every code value is known, and picture and sound agree to the sample.

use pipelines::source::reel::{Reel, ReelPicture};
use pipelines::spec::encode::PictureSize;

const HEIGHTS: [u32; 4] = [1080, 720, 540, 360];

fn painted(height: u32, frame: u64) -> ReelPicture {
    let reel = Reel::new(height);
    let mut picture = ReelPicture::new(reel.size());
    reel.paint(frame, &mut picture);
    picture
}

#[test]
fn sizes_are_16_by_9_and_even() {
    for (height, size) in
        [(1080, (1920, 1080)), (720, (1280, 720)), (540, (960, 540)), (360, (640, 360)), (0, (320, 180))]
    {
        let made = Reel::size_of(height);
        assert_eq!((made.width, made.height), size);
        assert_eq!(Reel::new(height).size(), made);
    }
    let largest = Reel::size_of(u32::MAX);
    assert_eq!((largest.width, largest.height), (3840, 2160));
}

#[test]
fn every_sample_of_every_patch_has_its_code() {
    for height in HEIGHTS {
        let picture = painted(height, 7);
        for patch in Reel::patches(picture.size()) {
            let rect = patch.rect;
            assert!([rect.x, rect.y, rect.width, rect.height].iter().all(|v| v % 8 == 0 && *v < 1920), "{patch:?}");
            for y in rect.y..rect.y + rect.height {
                for x in rect.x..rect.x + rect.width {
                    assert_eq!(picture.codes(x, y), Some(patch.code_10bit), "{} at {x},{y}", patch.name);
                }
            }
        }
    }
}

#[test]
fn the_color_checker_comes_first_with_its_published_values() {
    for height in HEIGHTS {
        let patches = Reel::patches(Reel::size_of(height));
        assert!(patches.len() >= 24 + 10 + 11);
        // Worked out apart from this code, from BT.709-6 and colour-science's R'G'B'.
        let known = [
            (0, "dark skin", [390, 475, 575]),
            (15, "yellow", [743, 216, 599]),
            (17, "cyan", [448, 621, 262]),
            (18, "white 9.5", [895, 502, 512]),
            (23, "black 2", [271, 513, 512]),
        ];
        for (index, name, codes) in known {
            assert_eq!((patches[index].name.as_str(), patches[index].code_10bit), (name, codes));
        }
    }
}

#[test]
fn the_ramp_holds_every_code_from_black_to_white() {
    for height in [1080, 720, 540] {
        let picture = painted(height, 0);
        let row = height as usize * 780 / 1080;
        let edge = height as usize * 48 / 1080;
        let columns = edge..picture.size().width as usize - edge;
        let codes: Vec<u16> = columns.map(|x| picture.codes(x, row).unwrap()[0]).collect();
        assert!(codes.windows(2).all(|pair| pair[1] == pair[0] || pair[1] == pair[0] + 1));
        assert_eq!((codes.first(), codes.last()), (Some(&64), Some(&940)));
    }
}

#[test]
fn stripes_are_one_two_four_and_eight_samples_wide() {
    let picture = painted(1080, 0);
    let (red, black) = (picture.codes(1136, 390).unwrap(), [64, 512, 512]);
    assert_eq!(red, [250, 409, 960]);
    for (column, width) in [1, 2, 4, 8].into_iter().enumerate() {
        for x in 0..64 {
            let expected = if x / width % 2 == 0 { red } else { black };
            assert_eq!(picture.codes(1136 + column * 186 + x, 390), Some(expected));
        }
    }
}

#[test]
fn the_flash_is_white_in_the_first_frame_of_each_counted_second_only() {
    let reel = Reel::new(360);
    let mut picture = reel.picture();
    let rect = Reel::flash_rect(reel.size());
    for frame in 0..100 {
        reel.paint(frame, &mut picture);
        let expected = if frame % 24 == 0 { [940, 512, 512] } else { [64, 512, 512] };
        for (x, y) in [(rect.x, rect.y), (rect.x + rect.width - 1, rect.y + rect.height - 1)] {
            assert_eq!(picture.codes(x, y), Some(expected), "frame {frame}");
        }
        assert_eq!(Reel::flashes(frame), Reel::timecode(frame).to_string().ends_with(":00"));
    }
}

#[test]
fn timecode_starts_at_one_hour_and_counts_24() {
    for (frame, label) in
        [(0, "01:00:00:00"), (23, "01:00:00:23"), (24, "01:00:01:00"), (24 * 3_600 * 23, "00:00:00:00")]
    {
        assert_eq!(Reel::timecode(frame).to_string(), label);
    }
    painted(360, u64::MAX);
}

#[test]
fn a_picture_painted_on_again_is_as_if_painted_afresh() {
    let reel = Reel::new(360);
    let mut reused = reel.picture();
    for frame in [5, 24, 25, 95, 96, 1_000_003] {
        reel.paint(frame, &mut reused);
        assert!(reused.data() == painted(360, frame).data(), "frame {frame}");
    }
}

#[test]
fn consecutive_frames_differ() {
    let frames: Vec<Vec<u8>> = (0..30).map(|frame| painted(360, frame).into_data()).collect();
    assert!(frames.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn all_codes_are_legal() {
    for height in HEIGHTS {
        let picture = painted(height, 24);
        let (width, height) = (picture.size().width as usize, picture.size().height as usize);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let [luma, cb, cr] = picture.codes(x, y).unwrap();
            assert!((64..=940).contains(&luma) && (64..=960).contains(&cb) && (64..=960).contains(&cr), "{x},{y}");
        }
    }
}

#[test]
fn planes_copy_to_rows_of_any_stride() {
    let picture = painted(180, 3);
    let stride = 320 * 2 + 64;
    for plane in 0..3 {
        let mut out = vec![0xaa; stride * 180];
        picture.copy_plane(plane, &mut out, stride);
        let at = 100 * stride + 50 * 2;
        assert_eq!(u16::from_le_bytes([out[at], out[at + 1]]), picture.codes(50, 100).unwrap()[plane]);
        assert_eq!(out[stride - 1], 0xaa);
    }
}

#[test]
fn the_beep_starts_with_the_flash_and_lasts_40_ms() {
    let mut sound = vec![0.0_f32; 2 * 2_002 * 72];
    Reel::beep(0, &mut sound);
    for frame in 0..72 {
        // Exactly 2002 samples of 48 kHz in a frame of 1001/24000 s.
        let samples = &sound[frame * 4_004..(frame + 1) * 4_004];
        let peak = samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        let decibels = 20.0 * peak.log10();
        if Reel::flashes(frame as u64) {
            assert!((decibels + 12.0).abs() < 0.05, "{decibels} dBFS");
            assert!(samples[..40].iter().any(|s| *s != 0.0) && samples[3_840..].iter().all(|s| *s == 0.0));
            let turns = samples.chunks(2).take(1_920).collect::<Vec<_>>();
            let rising = turns.windows(2).filter(|w| w[0][0] <= 0.0 && w[1][0] > 0.0).count();
            assert_eq!(rising, 40, "40 ms of 1 kHz");
        } else {
            assert_eq!(peak, 0.0, "frame {frame}");
        }
        assert!(samples.chunks(2).all(|pair| pair[0] == pair[1]));
    }
}

#[test]
fn the_beep_is_the_same_in_pieces() {
    let mut whole = vec![0.0_f32; 2 * 100_000];
    Reel::beep(0, &mut whole);
    for (index, piece) in whole.chunks(2 * 777).enumerate() {
        let mut again = vec![1.0; piece.len()];
        Reel::beep(index as u64 * 777, &mut again);
        assert_eq!(again, piece);
    }
}

/// The browser tests read the chart's flat areas from a file; `VITRINE_WRITE_PATCHES=1` writes it anew.
#[test]
fn the_patch_table_of_the_browser_tests_is_this_reels() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/e2e/data/patches.json");
    let sizes: Vec<_> = [(1_920, 1_080), (1_280, 720), (960, 540), (640, 360)]
        .into_iter()
        .map(|(width, height)| {
            let patches: Vec<_> = Reel::patches(PictureSize { width, height })
                .into_iter()
                .map(|patch| {
                    let rect = [patch.rect.x, patch.rect.y, patch.rect.width, patch.rect.height];
                    serde_json::json!({"name": patch.name, "rect": rect, "code_10bit": patch.code_10bit})
                })
                .collect();
            serde_json::json!({"width": width, "height": height, "patches": patches})
        })
        .collect();
    let table = serde_json::json!({"sizes": sizes});
    if std::env::var_os("VITRINE_WRITE_PATCHES").is_some() {
        std::fs::write(file, format!("{table:#}\n")).unwrap();
    }
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(kept, table);
}
