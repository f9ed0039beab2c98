//! HLG on any display, the EETF, gamut compression, deltaE-ITP.

use lut::color::{
    Eetf, GamutCompression, GamutMapping, HDR_REFERENCE_WHITE, HlgDisplay, Luminances, bt2020_to_ictcp, delta_e_itp,
};
use lut::ops::Op;
use lut::ops::hdr::{HdrError, HdrSignal, HdrSource, HdrToSdr, SdrTarget, hdr_to_sdr};
use lut::{ColorSpec, ImageBuf, Lut, Matrix, PixelFormat, Primaries, Processor, Transfer, Transform};

use crate::support::{Random, close};

#[test]
fn an_hlg_display_shows_its_black_and_its_peak() {
    for (peak, black) in [(400.0, 0.0), (1000.0, 0.005), (2000.0, 0.1)] {
        let display = HlgDisplay::new(peak, black);
        display.eotf([0.0; 3]).into_iter().for_each(|v| assert!((v - black).abs() < 1.0e-9, "{peak}: {v}"));
        display.eotf([1.0; 3]).into_iter().for_each(|v| close(v, peak, "peak"));
    }
}

#[test]
fn the_system_gamma_is_that_of_bt_2100() {
    close(HlgDisplay::new(1000.0, 0.0).gamma, 1.2, "1000 cd/m2");
    assert!((HlgDisplay::new(400.0, 0.0).gamma - 1.033).abs() < 1.0e-3);
    close(HlgDisplay::extended(1000.0, 0.0).gamma, 1.2, "1000 cd/m2, extended");
    close(HlgDisplay::extended(4000.0, 0.0).gamma, 1.2 * 1.111 * 1.111, "4000 cd/m2, extended");
}

/// BT.2408: HDR reference white, 203 cd/m2 on a 1,000 cd/m2 display, is HLG 75 %.
#[test]
fn reference_white_is_75_percent_hlg() {
    let light = HlgDisplay::new(1000.0, 0.0).eotf([0.75; 3]);
    light.into_iter().for_each(|v| assert!((v - HDR_REFERENCE_WHITE).abs() < 0.5, "{v}"));
}

#[test]
fn the_hlg_eotf_and_ootf_come_back() {
    let mut random = Random(7);
    for _ in 0..1000 {
        let display = HlgDisplay::new(400.0 + 1600.0 * random.unit(), 0.05 * random.unit());
        let rgb = [random.unit(), random.unit(), random.unit()];
        let back = display.inverse_eotf(display.eotf(rgb));
        let ootf = Op::HlgOotf(display);
        let scene = ootf.inverse().unwrap().apply(ootf.apply(rgb));
        for c in 0..3 {
            assert!((back[c] - rgb[c]).abs() < 1.0e-6, "{display:?}: {rgb:?} comes back as {back:?}");
            assert!((scene[c] - rgb[c]).abs() < 1.0e-9, "{display:?}: {rgb:?} comes back as {scene:?}");
        }
    }
}

#[test]
fn the_eetf_keeps_shadows_rolls_off_highlights_and_never_falls() {
    let hdr = Luminances { black: 0.0, peak: 1000.0 };
    let sdr = Luminances { black: 0.0, peak: 100.0 };
    let map = Eetf::new(hdr, sdr);
    close(map.luminance(1000.0), 100.0, "peak to peak");
    close(map.luminance(4000.0), 100.0, "beyond the peak");
    for dark in [0.01, 0.1, 1.0] {
        close(map.luminance(dark), dark, "below the knee");
    }
    let mut before = -1.0;
    for i in 0..=10_000 {
        let found = map.luminance(f64::from(i) / 10.0);
        assert!(found >= before && found <= 100.0 + 1.0e-6, "{i}: {found} after {before}");
        before = found;
    }
}

#[test]
fn the_eetf_lifts_black_and_keeps_hue() {
    let hdr = Luminances { black: 0.0, peak: 1000.0 };
    let map = Eetf::new(hdr, Luminances { black: 0.1, peak: 100.0 });
    close(map.luminance(0.0), 0.1, "black to black");
    let [r, g, b] = map.apply([800.0, 400.0, 200.0]);
    close(r / g, 2.0, "red to green");
    close(g / b, 2.0, "green to blue");
    assert!(r <= 100.0 + 1.0e-6, "{r}");
}

#[test]
fn a_brighter_display_changes_nothing() {
    let sdr = Luminances { black: 0.0, peak: 100.0 };
    let map = Eetf::new(sdr, Luminances { black: 0.0, peak: 1000.0 });
    for light in [0.0, 1.0, 50.0, 100.0] {
        assert!((map.luminance(light) - light).abs() < 1.0e-6);
    }
}

/// Academy S-2020-001: distances up to the threshold stay, the limit comes to lie on the gamut's edge.
#[test]
fn gamut_compression_brings_its_limits_to_the_edge() {
    let compression = GamutCompression::ACES_1_3;
    for c in 0..3 {
        let mut rgb = [1.0; 3];
        rgb[c] = 1.0 - compression.limit[c];
        assert!(rgb[c] < 0.0);
        assert!(compression.apply(rgb)[c].abs() < 1.0e-12);
        rgb[c] = 1.0 - compression.threshold[c] * 0.99;
        assert_eq!(compression.apply(rgb), rgb);
    }
    assert_eq!(compression.apply([0.0; 3]), [0.0; 3]);
    assert_eq!(compression.apply([0.18; 3]), [0.18; 3]);
}

#[test]
fn gamut_compression_comes_back_and_keeps_the_largest_channel() {
    let (compression, mut random) = (GamutCompression::ACES_1_3, Random(3));
    for _ in 0..10_000 {
        let rgb = [random.unit(), 1.4 * random.unit() - 0.3, 1.4 * random.unit() - 0.3];
        if rgb[0].max(rgb[1]).max(rgb[2]) < 0.01 {
            continue;
        }
        let bent = compression.apply(rgb);
        let largest = |v: [f64; 3]| v[0].max(v[1]).max(v[2]);
        close(largest(bent), largest(rgb), "largest");
        let back = compression.apply_inverse(bent);
        (0..3).for_each(|c| assert!((back[c] - rgb[c]).abs() < 1.0e-6, "{rgb:?} comes back as {back:?}"));
    }
}

#[test]
fn both_gamut_mappings_end_within_the_target() {
    for mapping in [GamutMapping::Clip, GamutMapping::Compress(GamutCompression::ACES_1_3)] {
        for rgb in [[-0.5, 0.5, 2.0], [1.2, -0.1, 0.0], [0.2, 0.3, 0.4]] {
            assert!(mapping.apply(rgb).into_iter().all(|v| (0.0..=1.0).contains(&v)), "{mapping:?} {rgb:?}");
        }
        assert_eq!(mapping.apply([0.2, 0.3, 0.4]), [0.2, 0.3, 0.4]);
    }
}

#[test]
fn delta_e_itp_is_zero_for_one_colour_and_grows_with_light() {
    let grey = |light: f64| bt2020_to_ictcp([light; 3]);
    assert_eq!(delta_e_itp(grey(50.0), grey(50.0)), 0.0);
    assert!(grey(100.0)[1].abs() < 1.0e-12 && grey(100.0)[2].abs() < 1.0e-12, "grey has no colour");
    // BT.2124: one percent of luminance at 100 cd/m2 is about half a visible step.
    let step = delta_e_itp(grey(100.0), grey(101.0));
    assert!(step > 0.3 && step < 1.5, "{step}");
}

const GRADE: Luminances = Luminances { black: 0.0, peak: 1000.0 };
const SDR: SdrTarget = SdrTarget {
    primaries: Primaries::Bt709,
    transfer: Transfer::Bt1886,
    luminances: Luminances { black: 0.0, peak: 100.0 },
};

/// SMPTE ST 2084, both ways.
fn pq_to_light(v: f64) -> f64 {
    let (m1, m2, c1, c2, c3) = (1305.0 / 8192.0, 2523.0 / 32.0, 107.0 / 128.0, 2413.0 / 128.0, 2392.0 / 128.0);
    let power = v.powf(1.0 / m2);
    10_000.0 * ((power - c1).max(0.0) / (c2 - c3 * power)).powf(1.0 / m1)
}

fn light_to_pq(light: f64) -> f64 {
    let (m1, m2, c1, c2, c3) = (1305.0 / 8192.0, 2523.0 / 32.0, 107.0 / 128.0, 2413.0 / 128.0, 2392.0 / 128.0);
    let power = (light / 10_000.0).powf(m1);
    ((c1 + c2 * power) / (1.0 + c3 * power)).powf(m2)
}

/// BT.2390-10 5.4.1 for a black of 0 on both sides, from 1,000 to 100 cd/m2; BT.2020 to BT.709; a display of 2.4.
fn sdr_of(light: [f64; 3]) -> [f64; 3] {
    let peak = light_to_pq(1000.0);
    let max = light_to_pq(100.0) / peak;
    let largest = light.into_iter().fold(0.0, f64::max);
    let e1 = (light_to_pq(largest) / peak).min(1.0);
    let knee = 1.5 * max - 0.5;
    let t = (e1 - knee) / (1.0 - knee);
    let spline = (2.0 * t.powi(3) - 3.0 * t.powi(2) + 1.0) * knee
        + (t.powi(3) - 2.0 * t.powi(2) + t) * (1.0 - knee)
        + (3.0 * t.powi(2) - 2.0 * t.powi(3)) * max;
    let e2 = if e1 < knee { e1 } else { spline };
    let gain = pq_to_light(e2 * peak) / largest / 100.0;
    let [r, g, b] = light.map(|v| v * gain);
    [
        1.660_491 * r - 0.587_641 * g - 0.072_850 * b,
        -0.124_550 * r + 1.132_900 * g - 0.008_349 * b,
        -0.018_151 * r - 0.100_579 * g + 1.118_730 * b,
    ]
    .map(|v| v.clamp(0.0, 1.0).powf(1.0 / 2.4))
}

fn assert_sdr(signal: HdrSignal, light: impl Fn([f64; 3]) -> [f64; 3]) {
    let source = HdrSource { signal, primaries: Primaries::Bt2020 };
    let look = Lut::from(hdr_to_sdr(source, HdrToSdr::Bt2390(GamutMapping::Clip), SDR).unwrap());
    let mut random = Random(11);
    for i in 0..2000 {
        // Greys, then any colour.
        let grey = f64::from(i + 1) / 1000.0;
        let rgb = if i < 1000 { [grey; 3] } else { [0; 3].map(|_| 0.05 + 0.95 * random.unit()) };
        let (found, expected) = (look.apply(rgb), sdr_of(light(rgb)));
        for c in 0..3 {
            // In light: the curve is vertical at black, where the matrix' six decimals show.
            let (found, expected) = (found[c].powf(2.4), expected[c].powf(2.4));
            assert!((found - expected).abs() < 1.0e-5, "{signal:?} {rgb:?}: found {found}, expected {expected}");
        }
    }
}

#[test]
fn pq_comes_to_sdr_by_the_method_of_bt_2390() {
    assert_sdr(HdrSignal::Pq(GRADE), |rgb| rgb.map(pq_to_light));
}

/// BT.2100 table 5: a display of 1,000 cd/m2 has a system gamma of 1.2.
#[test]
fn hlg_comes_to_sdr_by_the_method_of_bt_2390() {
    let scene =
        |v: f64| if v <= 0.5 { v * v / 3.0 } else { (((v - 0.559_910_73) / 0.178_832_77).exp() + 0.284_668_92) / 12.0 };
    assert_sdr(HdrSignal::Hlg(HlgDisplay::new(1000.0, 0.0)), |rgb| {
        let [r, g, b] = rgb.map(scene);
        let luminance = 0.2627 * r + 0.6780 * g + 0.0593 * b;
        [r, g, b].map(|v| 1000.0 * luminance.powf(0.2) * v)
    });
}

#[test]
fn luminances_out_of_order_and_curves_of_no_sdr_display_are_refused() {
    let method = HdrToSdr::Bt2390(GamutMapping::Clip);
    let source =
        |black, peak| HdrSource { signal: HdrSignal::Pq(Luminances { black, peak }), primaries: Primaries::Bt2020 };
    for (black, peak) in [(-0.1, 1000.0), (1000.0, 1000.0), (0.0, 10_001.0), (0.0, f64::NAN)] {
        let refused = hdr_to_sdr(source(black, peak), method, SDR).unwrap_err();
        assert!(matches!(refused, HdrError::Luminances(_)), "{refused}");
    }
    let hdr = SdrTarget { transfer: Transfer::Pq, ..SDR };
    assert_eq!(hdr_to_sdr(source(0.0, 1000.0), method, hdr), Err(HdrError::Target(Transfer::Pq)));
}

/// What the pass makes of a PQ picture is what the ops say, within a code.
#[test]
fn a_pq_picture_is_shown_in_sdr() {
    let source = HdrSource { signal: HdrSignal::Pq(GRADE), primaries: Primaries::Bt2020 };
    let look = Lut::from(hdr_to_sdr(source, HdrToSdr::Bt2390(GamutMapping::Clip), SDR).unwrap());
    let input = ColorSpec { matrix: Matrix::Bt2020Ncl, ..ColorSpec::BT1886_709_LIMITED };
    let transform = Transform { input, look: Some(look.clone()), output: ColorSpec::BT1886_709_LIMITED };
    let (from, to) = (PixelFormat::Y444_10LE, PixelFormat::Y444_10LE);
    let processor = Processor::new(&transform, from, to).unwrap();
    let (mut picture, mut shown) = (ImageBuf::new(from, 16, 1).unwrap(), ImageBuf::new(to, 16, 1).unwrap());
    for (plane, code) in [(0, 400_u16), (1, 512), (2, 512)] {
        picture.plane_mut(plane).chunks_exact_mut(2).for_each(|word| word.copy_from_slice(&code.to_le_bytes()));
    }
    processor.apply(&picture.as_ref(), &mut shown.as_mut()).unwrap();
    let expected = 64.0 + 876.0 * look.apply([(400.0 - 64.0) / 876.0; 3])[0];
    let found = shown.plane_mut(0).first_chunk().map(|word| u16::from_le_bytes(*word)).unwrap();
    assert!((f64::from(found) - expected).abs() <= 1.0, "found {found}, expected {expected}");
}
