//! The slate: calm, neutral, in the target's code values, at any size.

use pipelines::source::slate::slate;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, VideoFormat};

use crate::support::{FORMATS, HD, codes, plane, show};

#[test]
fn a_slate_is_neutral_dark_and_says_something() {
    for format in FORMATS {
        let picture = slate(format, TargetColor::Srgb709, HD, "第3話 Conform v2 हिन्दी");
        let chroma = codes(format).chroma;
        assert!(plane(&picture, 1).iter().chain(&plane(&picture, 2)).all(|c| *c == chroma));
        // #161616 and #d8d8d8 in limited range.
        let (ground, text) = if format.sample_bytes() == 1 { (35, 202) } else { (140, 806) };
        let luma = plane(&picture, 0);
        assert_eq!(luma[0], ground);
        assert_eq!(luma.iter().max(), Some(&text));
        assert_eq!(luma.iter().min(), Some(&ground));
        assert!(luma.iter().filter(|y| **y == text).count() > 500);
        show(&format!("slate_{format:?}"), &picture);
    }
}

#[test]
fn a_slates_text_is_as_bright_on_every_display() {
    // #d8d8d8 is 0.687 of white; in HDR white is at 203 cd/m2.
    for (target, signal) in [
        (TargetColor::Srgb709, 0.8471),
        (TargetColor::Reference709, 0.8552),
        (TargetColor::DisplayP3, 0.8471),
        (TargetColor::Hdr10, 0.5418),
        (TargetColor::Hlg, 0.6873),
    ] {
        let picture = slate(VideoFormat::H264High444Bits10, target, HD, "Title");
        assert_eq!(picture.target(), target);
        let text = plane(&picture, 0).into_iter().max().unwrap();
        assert!((f64::from(text) - (64.0 + 876.0 * signal)).abs() < 3.0, "{target}: {text}");
    }
}

#[test]
fn titles_differ() {
    let [one, two] =
        ["Episode 1", "Episode 2"].map(|title| slate(VideoFormat::H264Bits8, TargetColor::Srgb709, HD, title));
    assert!(one != two);
}

#[test]
fn any_title_and_size_will_do() {
    let long = "A title that goes on ".repeat(500);
    for title in ["", "\n", "\u{202e}x", &long] {
        for (width, height) in [(2, 2), (64, 36), (320, 180), (180, 320), (1920, 1080)] {
            for format in FORMATS {
                let size = PictureSize { width, height };
                assert_eq!(slate(format, TargetColor::Srgb709, size, title).size(), size);
            }
        }
    }
}
