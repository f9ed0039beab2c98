//! Transfer functions, primaries, matrices, ranges and colour differences against the vectors.

use lut::color::transfer::{bt1886_eotf, bt1886_inverse_eotf};
use lut::color::{Chromaticities, apply, delta_e_2000, inverse, multiply, xyz_to_lab};
use lut::{ColorSpec, Matrix, Primaries, Range, Transfer};

use crate::support::{close, list, number, triple, triples, vectors};

const TRANSFERS: [Transfer; 5] =
    [Transfer::Bt1886, Transfer::Gamma22, Transfer::Gamma26, Transfer::Srgb, Transfer::Bt709Oetf];

fn check_curve(name: &str, curve: impl Fn(f64) -> f64) {
    let entry = &vectors("transfer")[name];
    for (input, output) in list(&entry["inputs"]).into_iter().zip(list(&entry["outputs"])) {
        close(curve(input), output, name);
    }
}

#[test]
fn transfer_functions_match_the_vectors() {
    check_curve("bt1886_eotf_Lw100_Lb0_nits", |v| 100.0 * Transfer::Bt1886.to_linear(v));
    check_curve("bt1886_eotf_Lw100_Lb0_nits", |v| bt1886_eotf(v, 100.0, 0.0));
    check_curve("bt1886_eotf_Lw100_Lb0.01_nits", |v| bt1886_eotf(v, 100.0, 0.01));
    check_curve("bt1886_eotf_Lw100_Lb0.1_nits", |v| bt1886_eotf(v, 100.0, 0.1));
    check_curve("bt1886_inverse_Lw100_Lb0.01", |l| bt1886_inverse_eotf(l, 100.0, 0.01));
    check_curve("bt709_oetf", |l| Transfer::Bt709Oetf.from_linear(l));
    check_curve("srgb_eotf", |v| Transfer::Srgb.to_linear(v));
    check_curve("srgb_inverse_eotf", |l| Transfer::Srgb.from_linear(l));
    check_curve("gamma22_eotf", |v| Transfer::Gamma22.to_linear(v));
    check_curve("gamma26_dci_eotf", |v| Transfer::Gamma26.to_linear(v));
}

#[test]
fn a_24_grade_becomes_what_each_viewer_must_receive() {
    let gap = &vectors("transfer")["browser_gap_preadjust_24_to"];
    for (key, transfer) in [("as_srgb", Transfer::Srgb), ("as_2.2", Transfer::Gamma22)] {
        for (code, expected) in list(&gap["input_code"]).into_iter().zip(list(&gap[key])) {
            close(transfer.from_linear(Transfer::Bt1886.to_linear(code)), expected, key);
        }
    }
}

#[test]
fn transfer_functions_invert_mirror_and_rise() {
    for transfer in TRANSFERS {
        let mut before = -1.0;
        for i in 0..=1000 {
            let v = f64::from(i) / 1000.0;
            let light = transfer.to_linear(v);
            assert!(light > before, "{transfer:?} falls at {v}");
            // The published pieces of BT.709 meet only to three digits.
            assert!((transfer.from_linear(light) - v).abs() < 5.0e-4, "{transfer:?} at {v}");
            assert_eq!(transfer.to_linear(-v), -light);
            before = light;
        }
        assert_eq!((transfer.to_linear(0.0), transfer.from_linear(0.0)), (0.0, 0.0));
        close(transfer.to_linear(1.0), 1.0, "white");
    }
}

#[test]
fn matrices_between_primaries_are_derived_right() {
    let data = vectors("primaries");
    let sets = [("rec709", Primaries::Bt709), ("rec2020", Primaries::Bt2020), ("p3d65", Primaries::DisplayP3)];
    for (from_name, from) in sets {
        check_matrix(&data["matrices"][format!("{from_name}_to_xyz_d65")], &from.rgb_to_xyz());
        for (to_name, to) in sets.into_iter().filter(|(_, to)| *to != from) {
            let name = format!("{from_name}_to_{to_name}");
            check_matrix(&data["matrices"][&name], &from.to(to));
            let linear = &data["linear"][format!("lin_{name}")];
            for (rgb, expected) in triples(&linear["inputs"]).into_iter().zip(triples(&linear["outputs"])) {
                let found = apply(&from.to(to), rgb);
                (0..3).for_each(|i| close(found[i], expected[i], &name));
            }
        }
    }
}

#[test]
fn different_white_points_are_adapted_by_bradford() {
    let white = [0.32168, 0.33767];
    let ap1 = Chromaticities { red: [0.713, 0.293], green: [0.165, 0.830], blue: [0.128, 0.044], white };
    let ap0 = Chromaticities { red: [0.7347, 0.2653], green: [0.0, 1.0], blue: [0.0001, -0.0770], white };
    let bt709 = Primaries::Bt709.chromaticities();
    let data = &vectors("primaries")["matrices"];
    check_matrix(&data["ap1_to_rec709_bradford_colour"], &ap1.to(&bt709));
    check_matrix(&data["ap0_to_rec709_bradford_colour"], &ap0.to(&bt709));
    let white = apply(&ap1.to(&bt709), [1.0; 3]);
    white.into_iter().for_each(|v| close(v, 1.0, "white stays white"));
}

/// Within 1e-5 of the largest element.
fn check_matrix(expected: &serde_json::Value, found: &[[f64; 3]; 3]) {
    for (expected, found) in triples(expected).into_iter().zip(found) {
        for (expected, found) in expected.into_iter().zip(found) {
            assert!((expected - found).abs() < 1.0e-5, "found {found}, expected {expected}");
        }
    }
}

#[test]
fn ycbcr_codes_match_the_vectors() {
    let data = vectors("ycbcr");
    for (name, matrix) in [("bt709", Matrix::Bt709), ("bt601", Matrix::Bt601), ("bt2020ncl", Matrix::Bt2020Ncl)] {
        for bits in [8, 10, 12] {
            let entry = |kind: &str| data[format!("rgb_to_ycbcr_{name}_limited_{bits}bit_{kind}")].clone();
            let (unrounded, rounded) = (entry("unrounded"), entry("codes"));
            let rows = triples(&unrounded["inputs"]).into_iter().zip(triples(&unrounded["outputs"]));
            for ((rgb, expected), codes) in rows.zip(triples(&rounded["outputs"])) {
                let [y, cb, cr] = apply(&matrix.rgb_to_ycbcr(), rgb);
                let q = |v| Range::Limited.chroma_code(v, bits);
                let found = [Range::Limited.luma_code(y, bits), q(cb), q(cr)];
                for i in 0..3 {
                    close(found[i], expected[i], name);
                    assert!((found[i] - codes[i]).abs() <= 0.5 + 1.0e-9, "{name}: {found:?}, {codes:?}");
                }
            }
        }
    }
}

#[test]
fn matrices_and_ranges_invert() {
    for matrix in [Matrix::Identity, Matrix::Bt709, Matrix::Bt601, Matrix::Bt2020Ncl] {
        let product = multiply(&matrix.ycbcr_to_rgb(), &matrix.rgb_to_ycbcr());
        let direct = inverse(&matrix.rgb_to_ycbcr());
        for i in 0..3 {
            for j in 0..3 {
                assert!((product[i][j] - f64::from(u8::from(i == j))).abs() < 1.0e-14);
                assert!((direct[i][j] - matrix.ycbcr_to_rgb()[i][j]).abs() < 1.0e-14);
            }
        }
    }
    for bits in [8, 10, 12, 16] {
        for range in [Range::Limited, Range::Full] {
            close(range.luma_value(range.luma_code(0.3, bits), bits), 0.3, "luma");
            close(range.chroma_value(range.chroma_code(-0.3, bits), bits), -0.3, "chroma");
        }
    }
    assert_eq!([Range::Limited.luma_code(0.0, 10), Range::Limited.luma_code(1.0, 10)], [64.0, 940.0]);
    assert_eq!([Range::Limited.chroma_code(-0.5, 10), Range::Limited.chroma_code(0.5, 10)], [64.0, 960.0]);
    assert_eq!([Range::Full.luma_code(1.0, 8), Range::Full.luma_code(1.0, 16)], [255.0, 65535.0]);
}

#[test]
fn specifications_have_the_code_points_of_h273() {
    assert_eq!(ColorSpec::SRGB_709_LIMITED.h273(), (1, 13, 1, false));
    assert_eq!(ColorSpec::BT1886_709_LIMITED.h273(), (1, 1, 1, false));
    assert_eq!(ColorSpec::DISPLAY_P3_LIMITED.h273(), (12, 13, 1, false));
    assert_eq!(ColorSpec::BT1886_2020_LIMITED.h273(), (9, 1, 9, false));
    assert_eq!(ColorSpec::SRGB_RGB_FULL.h273(), (1, 13, 0, true));
}

#[test]
fn delta_e_2000_matches_sharma_and_the_vectors() {
    let data = vectors("difference");
    for pair in data["deltaE2000_sharma"]["pairs"].as_array().unwrap() {
        let found = delta_e_2000(triple(&pair[0]), triple(&pair[1]));
        assert!((found - number(&pair[2])).abs() < 1.0e-4, "{pair}: found {found}");
    }
    let entry = &data["deltaE2000"];
    let pairs = triples(&entry["lab1"]).into_iter().zip(triples(&entry["lab2"]));
    for ((a, b), expected) in pairs.zip(list(&entry["outputs"])) {
        close(delta_e_2000(a, b), expected, "deltaE2000");
        close(delta_e_2000(b, a), expected, "deltaE2000 the other way");
    }
    assert_eq!(delta_e_2000([50.0, 0.0, 0.0], [50.0, 0.0, 0.0]), 0.0);
}

#[test]
fn lab_of_white_and_of_grey() {
    let white = apply(&Primaries::Bt709.rgb_to_xyz(), [1.0; 3]);
    let lab = xyz_to_lab(white, white);
    close(lab[0], 100.0, "white");
    let grey = xyz_to_lab(white.map(|v| v * 0.184_186_518), white);
    assert!((grey[0] - 50.0).abs() < 1.0e-3 && grey[1].abs() < 1.0e-9, "{grey:?}");
}
