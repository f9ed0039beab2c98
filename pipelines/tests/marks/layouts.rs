//! Every layout of the visible mark: read over any picture, in luma only, found in a crop, and not averaged away.

use pipelines::frame::Picture;
use pipelines::source::reel::Reel;
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::watermark::{MarkField, MarkLayout, MarkSpec, MarkTemplate, TemplateError};
use pipelines::watermark::visible::VisibleMark;

use crate::support::{EVENING, HD, aiko, aiko_in, at, codes, flat, noise, picture, plane, show};

const FORMATS: [VideoFormat; 2] = [VideoFormat::H264Bits8, VideoFormat::H264High444Bits10];

fn marked(spec: &MarkSpec, ground: &Picture, seconds: u64) -> Picture {
    let mut picture = ground.clone();
    VisibleMark::new(spec, ground.format(), ground.size()).burn(&mut picture, at(seconds));
    picture
}

/// Luma as parts of the range from black to white.
fn luma(picture: &Picture) -> Vec<f32> {
    let codes = codes(picture.format());
    let range = f32::from(codes.white - codes.black);
    plane(picture, 0).into_iter().map(|y| (f32::from(y) - f32::from(codes.black)) / range).collect()
}

fn grey(format: VideoFormat, part: f32) -> Picture {
    let codes = codes(format);
    flat(format, HD, codes.black + (f32::from(codes.white - codes.black) * part).round() as u16)
}

/// Places (index into the luma plane) inside letters and in their rim, where both are strongest.
fn letters_and_rim(spec: &MarkSpec, seconds: u64) -> (Vec<usize>, Vec<usize>) {
    let format = VideoFormat::H264High444Bits10;
    let ground = luma(&grey(format, 0.4))[0];
    let after = luma(&marked(spec, &grey(format, 0.4), seconds));
    let most = after.iter().copied().fold(0.0, f32::max) - ground;
    let least = after.iter().copied().fold(1.0, f32::min) - ground;
    let letters = (0..after.len()).filter(|at| after[*at] - ground > 0.85 * most).collect();
    let rim = (0..after.len()).filter(|at| after[*at] - ground < 0.85 * least).collect();
    (letters, rim)
}

fn mean(samples: &[f32], places: &[usize]) -> f32 {
    places.iter().map(|at| samples[*at]).sum::<f32>() / places.len() as f32
}

#[test]
fn letters_and_rim_differ_over_any_brightness_in_every_layout() {
    for layout in MarkLayout::ALL {
        let spec = aiko_in(layout);
        let (letters, rim) = letters_and_rim(&spec, EVENING);
        assert!(letters.len() > 800 && rim.len() > 800, "{layout:?}: {} {}", letters.len(), rim.len());
        for format in FORMATS {
            let grounds = [0.0, 0.25, 0.4, 0.6, 0.75, 1.0].map(|part| grey(format, part));
            for ground in grounds.iter().chain([&noise(format, HD)]) {
                let after = luma(&marked(&spec, ground, EVENING));
                let contrast = (mean(&after, &letters) - mean(&after, &rim)).abs();
                assert!((0.26..0.48).contains(&contrast), "{layout:?} {format:?}: {contrast}");
            }
        }
        show(&format!("{layout:?}_noise"), &marked(&spec, &noise(VideoFormat::H264Bits8, HD), EVENING));
    }
}

#[test]
fn the_faintest_mark_that_is_allowed_is_seen_over_any_brightness() {
    for layout in MarkLayout::ALL {
        let template = MarkTemplate { layout, opacity: *MarkTemplate::OPACITIES.start(), ..MarkTemplate::default() };
        let spec = MarkSpec { template, ..aiko() };
        let (letters, rim) = letters_and_rim(&spec, EVENING);
        for part in [0.0, 0.25, 0.4, 0.5, 0.6, 0.75, 1.0] {
            let after = luma(&marked(&spec, &grey(VideoFormat::H264Bits8, part), EVENING));
            let contrast = (mean(&after, &letters) - mean(&after, &rim)).abs();
            assert!(contrast >= 0.13, "{layout:?} over {part}: {contrast}");
        }
    }
}

#[test]
fn what_a_template_says_beyond_the_bounds_is_held_to_them() {
    let ground = grey(VideoFormat::H264Bits8, 0.3);
    let with = |size, opacity| {
        let template = MarkTemplate { size, opacity, fields: vec![MarkField::Ip], ..MarkTemplate::default() };
        marked(&MarkSpec { template, ..aiko() }, &ground, EVENING)
    };
    assert_eq!(with(0, 0), with(16, 20));
    assert_eq!(with(9_999, 255), with(60, 70));
    assert_ne!(with(0, 0), ground);
}

#[test]
fn letters_are_light_over_dark_and_dark_over_light_even_within_a_line() {
    let split = HD.width as usize / 2;
    let codes = codes(VideoFormat::H264Bits8);
    let (dark, light) = (codes.black + 40, codes.white - 40);
    let ground = picture(VideoFormat::H264Bits8, HD, |x, _| if x < split { dark } else { light });
    for layout in MarkLayout::ALL {
        // Whenever something stands on both sides.
        let both = (0..12).map(|slot| EVENING + 10 * slot).find_map(|second| {
            let after = plane(&marked(&aiko_in(layout), &ground, second), 0);
            let width = HD.width as usize;
            let of = |side: bool, beyond: &dyn Fn(u16) -> bool| {
                (0..after.len()).filter(|at| (at % width < split) == side && beyond(after[*at])).count()
            };
            let strong = 60;
            let lights = (of(true, &|y| y > dark + strong), of(true, &|y| y + 30 < dark));
            let darks = (of(false, &|y| y + strong < light), of(false, &|y| y > light + 30));
            (lights.0 > 300 && darks.0 > 300).then_some((lights, darks))
        });
        let ((lit, _), (dimmed, _)) = both.unwrap_or_else(|| panic!("{layout:?} never stands on both sides"));
        assert!(lit > 300 && dimmed > 300);
    }
}

#[test]
fn only_luma_is_touched_in_every_layout_and_stays_legal() {
    for layout in MarkLayout::ALL {
        for format in FORMATS {
            let before = noise(format, HD);
            let after = marked(&aiko_in(layout), &before, EVENING);
            assert_eq!(plane(&after, 1), plane(&before, 1));
            assert_eq!(plane(&after, 2), plane(&before, 2));
            let legal = codes(format).black..=codes(format).white;
            assert!(plane(&after, 0).iter().all(|y| legal.contains(y)), "{layout:?}");
            assert_ne!(plane(&after, 0), plane(&before, 0));
        }
    }
}

#[test]
fn tiles_are_all_over_the_picture() {
    let ground = flat(VideoFormat::H264Bits8, HD, 60);
    for slot in 0..6 {
        let after = plane(&marked(&aiko_in(MarkLayout::Tiled), &ground, EVENING + 10 * slot), 0);
        // Every window of 40 % of the width and 50 % of the height, in steps of a tenth.
        for left in 0..=6 {
            for top in 0..=5 {
                let (x, y) = (left * HD.width as usize / 10, top * HD.height as usize / 10);
                let rows = y..y + HD.height as usize / 2;
                let row = |y: usize| &after[y * HD.width as usize + x..][..HD.width as usize * 4 / 10];
                let marked: usize = rows.map(|y| row(y).iter().filter(|luma| **luma > 100).count()).sum();
                assert!(marked > 800, "{marked} letter pixels in the window at {x},{y}");
            }
        }
    }
}

/// The mean of sixty seconds over a picture that stands still, which is what somebody averages who wants to be rid of it.
fn averaged(spec: &MarkSpec, ground: &Picture) -> Vec<f32> {
    let mut mark = VisibleMark::new(spec, ground.format(), ground.size());
    let mut sum = vec![0.0; luma(ground).len()];
    for second in 0..60 {
        let mut picture = ground.clone();
        mark.burn(&mut picture, at(EVENING / 60 * 60 + second));
        for (sum, y) in sum.iter_mut().zip(luma(&picture)) {
            *sum += y / 60.0;
        }
    }
    sum
}

#[test]
fn a_minute_of_pictures_averaged_is_still_legible() {
    let ground = grey(VideoFormat::H264High444Bits10, 0.35);
    for layout in MarkLayout::ALL {
        let spec = aiko_in(layout);
        let average = averaged(&spec, &ground);
        // Of each stay's letters, those of the longest are the most legible.
        let contrasts = (0..60).step_by(5).map(|second| {
            let (letters, rim) = letters_and_rim(&spec, EVENING / 60 * 60 + second);
            mean(&average, &letters) - mean(&average, &rim)
        });
        let contrasts: Vec<f32> = contrasts.collect();
        let (best, least) =
            (contrasts.iter().copied().fold(0.0, f32::max), contrasts.iter().copied().fold(1.0, f32::min));
        println!("{layout:?}: contrast in the mean of 60 s {least:.3} to {best:.3} of the range");
        assert!(best >= 0.05 && least >= 0.02, "{layout:?}: {least} to {best}");
    }
}

#[test]
fn place_turn_and_opacity_follow_from_the_code_and_nothing_else() {
    let ground = flat(VideoFormat::H264High444Bits10, HD, 64);
    for layout in MarkLayout::ALL {
        let spec = aiko_in(layout);
        assert!(marked(&spec, &ground, EVENING) == marked(&spec, &ground, EVENING));
        let other = MarkSpec { session_code: "B4WN-9TCE".to_owned(), ..spec.clone() };
        assert!(marked(&spec, &ground, EVENING) != marked(&other, &ground, EVENING));
        let mut strengths: Vec<u16> = (0..6)
            .map(|stay| plane(&marked(&spec, &ground, EVENING + 10 * stay), 0).into_iter().max().unwrap())
            .collect();
        strengths.sort_unstable();
        strengths.dedup();
        assert!(strengths.len() > 2, "{layout:?}: the opacity does not vary: {strengths:?}");
    }
}

#[test]
fn a_template_that_names_nobody_or_cannot_be_read_is_refused() {
    use MarkField::{Code, Company, Email, Ip, Name, Text};
    let default = MarkTemplate::default;
    assert_eq!(default().check(), Ok(()));
    let fields = |fields: &[MarkField]| MarkTemplate { fields: fields.to_vec(), ..default() }.check();
    assert_eq!(fields(&[Email, Code]), Ok(()));
    assert_eq!(fields(&[Name, Ip]), Err(TemplateError::NoCode));
    assert_eq!(fields(&[Ip, Code]), Err(TemplateError::NamesNobody));
    assert_eq!(fields(&[Name, Code, Name]), Err(TemplateError::Twice(Name)));
    assert_eq!(fields(&[Name, Company, Code]), Err(TemplateError::Empty(Company)));
    assert_eq!(fields(&[Name, Text, Code]), Err(TemplateError::Empty(Text)));
    let text = |text: String| MarkTemplate { text, ..default() }.check();
    assert_eq!(text("字".repeat(60)), Ok(()));
    assert_eq!(text("字".repeat(61)), Err(TemplateError::TooLong { field: Text, length: 61 }));
    assert_eq!(text("a\nb".to_owned()), Err(TemplateError::ControlCharacter(Text)));
    for (size, opacity, expected) in [
        (16, 20, Ok(())),
        (60, 70, Ok(())),
        (15, 40, Err(TemplateError::Size(15))),
        (61, 40, Err(TemplateError::Size(61))),
        (22, 19, Err(TemplateError::Opacity(19))),
        (22, 71, Err(TemplateError::Opacity(71))),
    ] {
        assert_eq!(MarkTemplate { size, opacity, ..default() }.check(), expected);
    }
}

/// For people: every layout over dark, bright, busy and flat content, and over the reference reel.
#[test]
fn layouts_to_look_at() {
    let format = VideoFormat::H264Bits8;
    let ramp = picture(format, HD, |x, _| 16 + (x * 219 / 1_280) as u16);
    let reel = Reel::new(720);
    let mut painted = reel.picture();
    reel.paint(5, &mut painted);
    let grounds =
        [("dark", grey(format, 0.08)), ("bright", grey(format, 0.9)), ("ramp", ramp), ("busy", noise(format, HD))];
    for layout in MarkLayout::ALL {
        for (name, ground) in &grounds {
            show(&format!("{layout:?}_{name}"), &marked(&aiko_in(layout), ground, EVENING));
        }
    }
}
