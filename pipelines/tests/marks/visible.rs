//! The visible mark names the viewer in every frame, is read over any picture, and leaves the colour alone.

use pipelines::frame::Picture;
use pipelines::source::reel::Reel;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, VideoFormat};
use pipelines::spec::watermark::{MarkField, MarkLayout, MarkSpec, MarkTemplate};
use pipelines::watermark::clock::{unix_seconds, utc_text};
use pipelines::watermark::visible::VisibleMark;

use crate::support::{EVENING, FORMATS, HD, aiko, at, codes, flat, noise, picture, plane};

fn marked(spec: &MarkSpec, picture: &Picture, seconds: u64) -> Picture {
    carried(&mut VisibleMark::new(spec, picture.format(), picture.size()), picture, seconds)
}

fn carried(mark: &mut VisibleMark, picture: &Picture, seconds: u64) -> Picture {
    let mut picture = picture.clone();
    mark.burn(&mut picture, at(seconds));
    picture
}

/// Code 940 of PQ is a light of 10,000 cd/m2.
#[test]
fn letters_move_towards_reference_white_and_not_towards_the_brightest_code() {
    let brightest = |target: TargetColor| {
        let black = flat(VideoFormat::H264High10, HD, 64).in_color(target);
        f32::from(plane(&marked(&aiko(), &black, EVENING), 0).into_iter().max().unwrap() - 64)
    };
    let [sdr, pq, hlg] = [TargetColor::Srgb709, TargetColor::Hdr10, TargetColor::Hlg].map(brightest);
    assert!((876.0 * 0.36..876.0 * 0.44).contains(&sdr), "{sdr}");
    assert!((pq / sdr - 0.581).abs() < 0.01 && (hlg / sdr - 0.75).abs() < 0.01, "{pq} {hlg} beside {sdr}");
}

#[test]
fn only_luma_is_touched_and_stays_legal() {
    for format in FORMATS {
        let before = noise(format, HD);
        let after = marked(&aiko(), &before, EVENING);
        assert_eq!(plane(&after, 1), plane(&before, 1));
        assert_eq!(plane(&after, 2), plane(&before, 2));
        let legal = codes(format).black..=codes(format).white;
        assert!(plane(&after, 0).iter().all(|y| legal.contains(y)));
        assert_ne!(plane(&after, 0), plane(&before, 0));
    }
}

#[test]
fn most_of_the_picture_is_untouched() {
    for format in FORMATS {
        let before = noise(format, HD);
        let after = marked(&aiko(), &before, EVENING);
        let changed = plane(&before, 0).iter().zip(plane(&after, 0)).filter(|(a, b)| **a != *b).count();
        let part = changed as f32 / (HD.width * HD.height) as f32;
        assert!((0.005..0.05).contains(&part), "{part}");
    }
}

#[test]
fn the_first_frame_is_marked_and_two_viewers_differ() {
    let other = MarkSpec { name: "John Smith".to_owned(), session_code: "B4WN-9TCE".to_owned(), ..aiko() };
    for format in FORMATS {
        let ground = flat(format, HD, codes(format).black);
        let (first, second) = (marked(&aiko(), &ground, EVENING), marked(&other, &ground, EVENING));
        assert_ne!(first, ground);
        assert_ne!(second, ground);
        assert_ne!(first, second);
    }
}

#[test]
fn viewers_that_differ_in_one_field_are_marked_differently() {
    let ground = flat(VideoFormat::H264Bits8, HD, 16);
    let all = [
        aiko(),
        MarkSpec { name: "田中 愛孑".to_owned(), ..aiko() },
        MarkSpec { email: "aiko.tanaka@example.co.jq".to_owned(), ..aiko() },
        MarkSpec { ip: "203.0.113.25".to_owned(), ..aiko() },
        MarkSpec { session_code: "K7PX-3MRN".to_owned(), ..aiko() },
    ]
    .map(|spec| marked(&spec, &ground, EVENING));
    for (i, a) in all.iter().enumerate() {
        assert!(all[i + 1..].iter().all(|b| a != b));
    }
}

#[test]
fn the_clock_shows_utc_to_the_second() {
    assert_eq!(utc_text(EVENING), "2026-11-21 20:15:07 UTC");
    assert_eq!(utc_text(0), "1970-01-01 00:00:00 UTC");
    assert_eq!(utc_text(1_709_251_199), "2024-02-29 23:59:59 UTC");
    assert_eq!(utc_text(4_107_542_400), "2100-03-01 00:00:00 UTC");
    assert_eq!(unix_seconds(at(0) - std::time::Duration::from_secs(5)), 0);
}

#[test]
fn a_mark_carried_through_time_is_the_mark_made_afresh() {
    let ground = noise(VideoFormat::H264High444Bits10, HD);
    let mut mark = VisibleMark::new(&aiko(), ground.format(), ground.size());
    for seconds in [EVENING, EVENING, EVENING + 1, EVENING + 13, EVENING + 86_400, EVENING - 3] {
        assert!(carried(&mut mark, &ground, seconds) == marked(&aiko(), &ground, seconds), "at {}", utc_text(seconds));
    }
}

/// Smallest rectangle around changed luma in rows `rows` of the picture, as (left, top, right, bottom).
fn changed(before: &Picture, after: &Picture) -> Vec<(usize, usize)> {
    let width = before.size().width as usize;
    let (a, b) = (plane(before, 0), plane(after, 0));
    (0..a.len()).filter(|i| a[*i] != b[*i]).map(|i| (i % width, i / width)).collect()
}

/// Upper left corner of the full mark in each of the seconds.
fn places(seconds: std::ops::Range<u64>) -> Vec<(usize, usize)> {
    let size = PictureSize { width: 640, height: 360 };
    let ground = flat(VideoFormat::H264Bits8, size, 16);
    let mut mark = VisibleMark::new(&aiko(), ground.format(), size);
    let corner = |second| {
        let edge = changed(&ground, &carried(&mut mark, &ground, second));
        let (xs, ys): (Vec<_>, Vec<_>) = edge.into_iter().filter(|(_, y)| *y < 90 || *y >= 270).unzip();
        (*xs.iter().min().unwrap(), *ys.iter().min().unwrap())
    };
    seconds.map(corner).collect()
}

#[test]
fn the_full_mark_takes_every_place_in_a_minute_and_stays_from_5_to_20_seconds() {
    let start = EVENING / 60 * 60;
    let places = places(start..start + 300);
    // The clock's digits move a corner by a pixel or two.
    let same = |a: (usize, usize), b: (usize, usize)| a.0.abs_diff(b.0) < 20 && a.1.abs_diff(b.1) < 20;
    let stays: Vec<usize> = places.chunk_by(|a, b| same(*a, *b)).map(<[_]>::len).collect();
    assert_eq!(stays.len(), 30, "six a minute, none twice in a row: {stays:?}");
    assert!(stays.iter().all(|stay| (5..=20).contains(stay)), "{stays:?}");
    assert!(stays.iter().any(|stay| *stay != stays[0]), "they are not to be foreseen: {stays:?}");
    for minute in places.chunks(60) {
        let mut seen: Vec<(usize, usize)> = Vec::new();
        for place in minute {
            if !seen.iter().any(|known| same(*known, *place)) {
                seen.push(*place);
            }
        }
        assert_eq!(seen.len(), 6);
    }
}

#[test]
fn the_code_stands_alone_in_each_half_of_the_picture() {
    let ground = flat(VideoFormat::H264Bits8, HD, 16);
    for slot in 0..12 {
        let after = marked(&aiko(), &ground, EVENING + slot * 10);
        let inside: Vec<_> = changed(&ground, &after).into_iter().filter(|(_, y)| (94..626).contains(y)).collect();
        let left = inside.iter().filter(|(x, _)| *x < 640).count();
        assert!(left > 100 && inside.len() - left > 100);
    }
}

#[test]
fn no_mark_covers_a_patch_of_the_reel() {
    for height in [1080, 720, 540, 360] {
        let size = Reel::size_of(height);
        let ground = flat(VideoFormat::H264Bits8, size, 16);
        for slot in 0..24 {
            let after = marked(&aiko(), &ground, EVENING + slot * 10);
            for (x, y) in changed(&ground, &after) {
                for patch in Reel::patches(size) {
                    let (across, down) = (x.wrapping_sub(patch.rect.x), y.wrapping_sub(patch.rect.y));
                    let inside = across < patch.rect.width && down < patch.rect.height;
                    assert!(!inside, "{height} lines: {} is marked at {x},{y}", patch.name);
                }
            }
        }
    }
}

#[test]
fn a_frame_of_another_size_or_format_is_marked_all_the_same() {
    let mut mark = VisibleMark::new(&aiko(), VideoFormat::H264Bits8, HD);
    let ground = flat(VideoFormat::H264High444Bits10, PictureSize { width: 640, height: 360 }, 64);
    assert!(carried(&mut mark, &ground, EVENING) == marked(&aiko(), &ground, EVENING));
}

#[test]
fn hostile_names_and_tiny_pictures_never_panic() {
    let long = "長い名前 ".repeat(2_000);
    let names = [
        "",
        "\n\r\t\0",
        "a\nb\u{2028}c",
        &long,
        "\u{202e}\u{2067}evil\u{202c}",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "\u{301}\u{301}\u{301}",
        "ا\u{64b}\u{64b}",
    ];
    let sizes = [(2, 2), (16, 2), (64, 36), (320, 180), (180, 320), (1280, 720)];
    for name in names {
        for layout in MarkLayout::ALL {
            let text = name.to_owned();
            let template = MarkTemplate {
                fields: MarkField::ALL.to_vec(),
                company: text.clone(),
                text: text.clone(),
                layout,
                ..MarkTemplate::default()
            };
            let spec = MarkSpec {
                name: text.clone(),
                email: text.clone(),
                ip: text.clone(),
                review: text.clone(),
                session_code: text,
                template,
            };
            for (width, height) in sizes {
                for format in [VideoFormat::H264Bits8, VideoFormat::H264High444Bits10] {
                    let ground = picture(format, PictureSize { width, height }, |x, _| 64 + (x % 100) as u16);
                    let after = marked(&spec, &ground, EVENING);
                    assert_eq!(after.data().len(), ground.data().len());
                    assert!(height < 180 || after != ground, "unmarked: {name:?} {width}x{height} {layout:?}");
                }
            }
        }
    }
}
