//! Camera, ACES and HDR curves: published values, and what every curve has to be.

use lut::color::transfer::{LogC3, pq_eotf, pq_inverse_eotf};
use lut::{Primaries, Transfer};

use crate::support::close;

/// Curves that end level below black, so that their inverse does too: where they begin to rise.
fn foot(transfer: Transfer) -> f64 {
    match transfer {
        Transfer::Acescc => -0.3584,
        Transfer::AppleLog => 0.0,
        _ => -1.0,
    }
}

#[test]
fn every_curve_rises_and_is_its_inverse_undone() {
    for transfer in Transfer::ALL {
        let mut before = f64::NEG_INFINITY;
        for i in -200..=1100 {
            let v = f64::from(i) / 1000.0;
            if v < foot(transfer) || (transfer == Transfer::Pq && v > 1.0) {
                continue;
            }
            let light = transfer.to_linear(v);
            assert!(light > before, "{transfer:?} does not rise at {v}");
            // Where the published pieces of a curve do not quite meet, a signal between them comes back as its neighbour.
            let back = transfer.from_linear(light);
            assert!((back - v).abs() < 5.0e-4, "{transfer:?}: {v} comes back as {back}");
            before = light;
        }
    }
}

#[test]
fn the_pieces_of_every_curve_meet() {
    for transfer in Transfer::ALL {
        let mut before = transfer.from_linear(-0.02);
        for i in -19_999..=100_000 {
            let signal = transfer.from_linear(f64::from(i) * 1.0e-6);
            // Apple Log and ACEScc begin level; powers are steep at zero.
            assert!(signal >= before - 1.0e-3, "{transfer:?} falls at {i}e-6");
            assert!(signal - before < 0.03, "{transfer:?} jumps by {} at {i}e-6", signal - before);
            before = signal;
        }
    }
}

/// 18 % grey as the makers publish it, 10-bit code values over 1023 where they give codes.
#[test]
fn middle_grey_has_the_code_its_maker_publishes() {
    let published = [
        (Transfer::LogC3, 0.391, 5.0e-4),
        (Transfer::LogC4, 0.2784, 5.0e-4),
        (Transfer::SLog3, 420.0 / 1023.0, 1.0e-6),
        (Transfer::VLog, 433.0 / 1023.0, 5.0e-4),
        (Transfer::Log3G10, 1.0 / 3.0, 1.0e-5),
        (Transfer::Acescct, 0.4135884, 1.0e-6),
        (Transfer::Acescc, 0.4135884, 1.0e-6),
        (Transfer::DavinciIntermediate, 0.336043, 1.0e-6),
        (Transfer::BmdFilmGen5, 0.38356, 1.0e-5),
        (Transfer::AppleLog, 0.48827, 1.0e-4),
        (Transfer::FLog2, 400.0 / 1023.0, 5.0e-4),
    ];
    for (transfer, code, within) in published {
        let found = transfer.from_linear(0.18);
        assert!((found - code).abs() < within, "{transfer:?}: found {found}, expected {code}");
    }
}

#[test]
fn log_c3_is_derived_for_every_exposure_index_as_arri_prints_it() {
    assert_eq!(LogC3::new(800.0), LogC3::EI_800);
    // f, the code of black, in ARRI's table.
    close(LogC3::new(160.0).from_linear(0.0), 0.092_778, "EI 160");
    close(LogC3::new(1600.0).from_linear(0.0), 0.092_824, "EI 1600");
    for index in [160.0, 400.0, 1280.0] {
        close(LogC3::new(index).to_linear(LogC3::new(index).from_linear(0.18)), 0.18, "grey");
    }
}

#[test]
fn log_c4_is_what_its_formulas_give() {
    let (b, c) = ((1023.0 - 95.0) / 1023.0, 95.0 / 1023.0);
    let a = (2.0_f64.powi(18) - 16.0) / 117.45;
    let s = 7.0 * 2.0_f64.ln() * 2.0_f64.powf(7.0 - 14.0 * c / b) / (a * b);
    let t = (2.0_f64.powf(14.0 * (-c / b) + 6.0) - 64.0) / a;
    close(Transfer::LogC4.to_linear(0.0), t, "t");
    close(Transfer::LogC4.to_linear(-0.1), -0.1 * s + t, "s");
}

#[test]
fn pq_is_absolute() {
    assert_eq!(pq_eotf(1.0), 10_000.0);
    close(Transfer::Pq.to_linear(1.0), 1.0, "white");
    // BT.2408: reference white at 58 % of PQ.
    assert!((pq_inverse_eotf(203.0) - 0.58).abs() < 1.0e-3);
    assert!((pq_inverse_eotf(100.0) - 0.508).abs() < 1.0e-3);
}

#[test]
fn tags_exist_for_hdr_and_for_no_camera() {
    assert_eq!([Transfer::Pq.h273(), Transfer::Hlg.h273(), Transfer::SLog3.h273()], [16, 18, 2]);
    assert_eq!([Primaries::P3Dci.h273(), Primaries::Bt601Lines525.h273(), Primaries::AcesAp0.h273()], [11, 6, 2]);
}

#[test]
fn every_set_of_primaries_keeps_white_on_the_way_to_any_other() {
    for from in Primaries::ALL {
        for to in Primaries::ALL {
            let white = lut::color::apply(&from.to(to), [1.0; 3]);
            white.into_iter().for_each(|v| assert!((v - 1.0).abs() < 1.0e-9, "{from:?} to {to:?}: {white:?}"));
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn every_name_is_read_back() {
    for transfer in Transfer::ALL {
        let name = serde_json::to_string(&transfer).unwrap();
        assert_eq!(serde_json::from_str::<Transfer>(&name).unwrap(), transfer);
    }
    assert_eq!(serde_json::from_str::<Transfer>("\"log_c3\"").unwrap(), Transfer::LogC3);
    assert_eq!(serde_json::from_str::<Transfer>("\"gamma24\"").unwrap(), Transfer::Bt1886);
    assert_eq!(serde_json::from_str::<Primaries>("\"bt601_525\"").unwrap(), Primaries::Bt601Lines525);
}
