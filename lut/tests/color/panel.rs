//! Displays as a probe found them: files of ArgyllCMS (tests/data/README.md), judged as ArgyllCMS's own `colverify` does.

use lut::color::{Panel, PanelError, PanelTarget};
use lut::formats::ReadErrorKind;
use lut::formats::cgats::{self, Measurements};

use crate::support::Random;

fn file(name: &str) -> &'static [u8] {
    match name {
        "srgb" => include_bytes!("../data/panel/srgb.ti3"),
        "display-p3" => include_bytes!("../data/panel/display-p3.ti3"),
        "bt1886" => include_bytes!("../data/panel/bt1886.ti3"),
        "warm" => include_bytes!("../data/panel/warm.ti3"),
        _ => panic!("no measurements called {name}"),
    }
}

fn measured(name: &str) -> Measurements {
    cgats::read(file(name)).unwrap()
}

fn judged(name: &str, target: PanelTarget) -> Panel {
    Panel::judge(&measured(name), target).unwrap()
}

fn near(found: f64, expected: f64, allowed: f64, what: &str) {
    assert!((found - expected).abs() <= allowed, "{what}: found {found}, expected {expected}");
}

#[test]
fn a_display_that_is_its_target_has_no_error() {
    for (name, target) in
        [("srgb", PanelTarget::Srgb), ("display-p3", PanelTarget::DisplayP3), ("bt1886", PanelTarget::Bt1886)]
    {
        let panel = judged(name, target);
        assert!(panel.delta_mean < 0.02 && panel.delta_max < 0.1, "{name}: {panel:?}");
        near(panel.white[0], 0.3127, 2e-4, name);
        near(panel.white[1], 0.3290, 2e-4, name);
        near(panel.cct, 6_504.0, 15.0, name);
        near(panel.duv, 0.0032, 2e-4, name);
        assert_eq!(panel.patches, 61);
    }
}

/// `colverify -n -k srgb.ti3 X.ti3` of ArgyllCMS 2.3.1: avg and peak.
#[test]
fn differences_are_those_that_colverify_finds() {
    for (name, mean, max) in [("display-p3", 2.316_885, 6.824_951), ("bt1886", 1.691_839, 8.205_674)] {
        let panel = judged(name, PanelTarget::Srgb);
        near(panel.delta_mean, mean, 2e-3, name);
        near(panel.delta_max, max, 5e-3, name);
    }
}

/// Computed by a second program from the same formulas. `colverify` takes the mean of both whites for white and finds
/// 2.107 and 6.059.
#[test]
fn a_wrong_white_is_an_error_too() {
    let panel = judged("warm", PanelTarget::Srgb);
    near(panel.delta_mean, 2.048_6, 1e-3, "mean");
    near(panel.delta_max, 5.606_7, 1e-3, "max, which is white itself");
}

#[test]
fn gamma_is_fitted_to_the_greys() {
    near(judged("bt1886", PanelTarget::Bt1886).gamma.unwrap(), 2.4, 0.01, "BT.1886 with no black");
    // The straight part near black, which a power does not have, pulls the fit of the sRGB curve below 2.2.
    near(judged("srgb", PanelTarget::Srgb).gamma.unwrap(), 2.042, 0.002, "sRGB");
}

#[test]
fn peak_black_and_white_are_absolute_where_the_file_says_so() {
    let warm = judged("warm", PanelTarget::Srgb);
    near(warm.peak_cdm2.unwrap(), 101.2, 1e-6, "peak");
    near(warm.black_cdm2.unwrap(), 101.2 * 0.1996 / 100.0, 1e-4, "black");
    near(warm.contrast.unwrap(), 100.0 / 0.1996, 0.5, "contrast");
    let sum = 96.9425 + 100.0 + 102.3839;
    near(warm.white[0], 96.9425 / sum, 1e-9, "x");
    near(warm.cct, 5_905.0, 10.0, "by McCamy's formula, a third-order approximation");
    let relative = judged("srgb", PanelTarget::Srgb);
    assert_eq!((relative.peak_cdm2, relative.black_cdm2), (None, None));
}

#[test]
fn values_that_are_not_scaled_are_luminances() {
    let text =
        std::str::from_utf8(file("warm")).unwrap().replace("NORMALIZED_TO_Y_100 \"YES\"", "NORMALIZED_TO_Y_100 \"NO\"");
    let panel = Panel::judge(&cgats::read(text.as_bytes()).unwrap(), PanelTarget::Srgb).unwrap();
    near(panel.peak_cdm2.unwrap(), 100.0, 1e-9, "peak");
}

fn refused(text: &str) -> (usize, ReadErrorKind) {
    let error = cgats::read(text.as_bytes()).unwrap_err();
    (error.line, error.kind)
}

fn with(from: &str, to: &str) -> String {
    let text = std::str::from_utf8(file("srgb")).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    assert!(matches!(refused("LUT_3D_SIZE 2"), (1, ReadErrorKind::Unexpected { .. })));
    assert!(matches!(
        refused(&with("NUMBER_OF_SETS 61", "NUMBER_OF_SETS 62")),
        (_, ReadErrorKind::TooFewRows { found: 61, expected: 62 })
    ));
    assert!(matches!(
        refused(&with("NUMBER_OF_SETS 61", "NUMBER_OF_SETS 60")),
        (_, ReadErrorKind::TooManyRows { expected: 60 })
    ));
    assert!(matches!(refused(&with("NUMBER_OF_SETS 61", "NUMBER_OF_SETS 900000000")), (_, ReadErrorKind::Size { .. })));
    assert!(matches!(
        refused(&with("RGB_R RGB_G RGB_B", "CMYK_C CMYK_M CMYK_Y")),
        (_, ReadErrorKind::Unexpected { .. })
    ));
    assert!(matches!(refused(&with("1 100 100 100 ", "1 100 100 nan ")), (19, ReadErrorKind::NotFinite { .. })));
    assert!(matches!(refused(&with("1 100 100 100 ", "1 100 100 101 ")), (19, ReadErrorKind::Unexpected { .. })));
    assert!(matches!(
        refused(&with("1 100 100 100 ", "1 100 100 ")),
        (19, ReadErrorKind::Columns { found: 6, expected: 7 })
    ));
    assert!(matches!(
        refused(&with("END_DATA\n", "\n")),
        (_, ReadErrorKind::TooManyRows { .. } | ReadErrorKind::Unexpected { .. })
    ));
    let large = vec![b' '; cgats::MAX_MEASUREMENT_BYTES + 1];
    assert!(matches!(cgats::read(&large).unwrap_err().kind, ReadErrorKind::TooLarge { .. }));
}

#[test]
fn without_white_nothing_is_judged() {
    let none = cgats::read(with("1 100 100 100 ", "1 99 100 100 ").as_bytes()).unwrap();
    assert_eq!(Panel::judge(&none, PanelTarget::Srgb), Err(PanelError::NoWhite));
    let dark = cgats::read(with("95.0455 100 108.905", "0 0 0").as_bytes()).unwrap();
    assert_eq!(Panel::judge(&dark, PanelTarget::Srgb), Err(PanelError::DarkWhite));
}

#[test]
fn no_bytes_panic_and_what_is_read_is_judged_in_finite_numbers() {
    let mut random = Random(70);
    let pieces: [&[u8]; 8] =
        [b"nan", b"1e999", b"\"", b"\n", b"-", b"0 0 0", b"END_DATA\n", b"LUMINANCE_XYZ_CDM2 \"0 1e-9 0\"\n"];
    for name in ["srgb", "warm"].into_iter().cycle().take(2_000) {
        let mut bytes = file(name).to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len().max(1)).min(bytes.len());
            let end = (at + random.below(60)).min(bytes.len());
            bytes.splice(at..end, pieces[random.below(pieces.len())].iter().copied());
        }
        let Ok(measured) = cgats::read(&bytes) else { continue };
        for target in [PanelTarget::Srgb, PanelTarget::Bt1886, PanelTarget::DisplayP3] {
            let Ok(panel) = Panel::judge(&measured, target) else { continue };
            let [x, y] = panel.white;
            let figures = [panel.delta_mean, panel.delta_max, panel.cct, panel.duv, x, y, panel.gamma.unwrap_or(0.0)];
            assert!(figures.iter().all(|figure| figure.is_finite()), "{panel:?}");
        }
    }
}
