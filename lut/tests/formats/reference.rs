//! Every file of tests/data/formats against OpenColorIO, whose values `reference.py` keeps in `reference.json`.

use lut::formats::{Lut, cdl, clf, read};
use serde_json::Value;

use crate::support::{close, file, files};

fn reference() -> Value {
    serde_json::from_slice(&file("reference.json")).unwrap()
}

fn triples(value: &Value) -> Vec<[f64; 3]> {
    let triple = |v: &Value| [0, 1, 2].map(|c| v[c].as_f64().unwrap());
    value.as_array().unwrap().iter().map(triple).collect()
}

fn compare(name: &str, lut: &Lut, reference: &Value) {
    let expected = triples(&reference["values"][name]);
    for (point, expected) in triples(&reference["points"]).into_iter().zip(expected) {
        // The reference has seen the point rounded to single precision.
        let point = point.map(|v| f64::from(v as f32));
        close(lut.apply(point), expected, &format!("{name} at {point:?}"));
    }
}

#[test]
fn every_format_means_what_opencolorio_says() {
    let reference = reference();
    for (name, bytes) in files() {
        let lut = read(&bytes, Some(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(reference["values"][&name].is_array(), "{name} is not in reference.json: run reference.py");
        compare(&name, &lut, &reference);
    }
}

/// The same table as in `reference.py`.
fn cube_roots() -> String {
    let value = |code: u32| {
        let (exponent, fraction) = (code >> 10 & 31, f64::from(code & 1023) / 1024.0);
        let magnitude = match exponent {
            0 => fraction * 2_f64.powi(-14),
            31 => 0.0,
            _ => (1.0 + fraction) * 2_f64.powi(exponent as i32 - 15),
        };
        if code & 0x8000 == 0 { magnitude.cbrt() } else { -magnitude.cbrt() }
    };
    (0..65_536).map(|code| format!("{}\n", value(code))).collect()
}

#[test]
fn a_half_domain_table_means_what_opencolorio_says() {
    let text = format!(
        "<ProcessList id='h' compCLFversion='3'><LUT1D inBitDepth='16f' outBitDepth='16f' halfDomain='true'>\
         <Array dim='65536 1'>{}</Array></LUT1D></ProcessList>",
        cube_roots()
    );
    compare("half_domain.clf", &clf::read(text.as_bytes()).unwrap(), &reference());
}

#[test]
fn the_second_correction_of_a_collection_is_another_one() {
    let (first, second) = (cdl::read(&file("two.ccc"), None).unwrap(), cdl::read(&file("two.ccc"), Some("shot_020")));
    let second = second.unwrap();
    assert_ne!(first.ops, second.ops);
    // 0.5 * slope + offset, saturated by 1.5 around the luma.
    let graded = [0.35, 0.4, 0.45];
    let luma = 0.2126 * 0.35 + 0.7152 * 0.4 + 0.0722 * 0.45;
    close(second.apply([0.5; 3]), graded.map(|v: f64| luma + 1.5 * (v - luma)), "shot_020");
}
