//! Baking any function.

use lut::bake::{Shaper, bake};
use lut::formats::clf;
use lut::{Op, Transfer};

#[test]
fn a_cube_has_the_values_of_the_function_at_its_entries() {
    let swap = |[r, g, b]: [f64; 3]| [b, 1.0 - r, g * g];
    let baked = bake(swap, Shaper::None, 5).unwrap();
    for rgb in [[0.0, 0.25, 0.5], [1.0, 0.75, 0.0], [0.5; 3]] {
        assert_eq!(baked.apply(rgb), swap(rgb));
    }
}

#[test]
fn a_shaper_makes_linear_light_of_many_stops_fit() {
    let double = |rgb: [f64; 3]| rgb.map(|v| Transfer::Acescct.from_linear(2.0 * v));
    let baked = bake(double, Shaper::Log(Transfer::Acescct), 33).unwrap();
    for light in [0.002, 0.02, 0.18, 1.0, 16.0, 60.0] {
        let (found, expected) = (baked.apply([light; 3])[0], double([light; 3])[0]);
        assert!((found - expected).abs() < 2.0e-3, "{light}: found {found}, expected {expected}");
    }
    // As a file it is the same look.
    let read = clf::read(clf::write(&baked).unwrap().as_bytes()).unwrap();
    assert_eq!(read.ops, baked.ops);
}

#[test]
fn sizes_and_values_that_no_cube_can_have_are_refused() {
    let identity = |rgb| rgb;
    for size in [0, 1, 130] {
        assert!(bake(identity, Shaper::None, size).unwrap_err().to_string().contains("expected 2 to 129"));
    }
    assert!(bake(|_| [f64::NAN; 3], Shaper::None, 2).unwrap_err().to_string().contains("not finite"));
    assert!(matches!(bake(identity, Shaper::None, 2).unwrap().ops[..], [Op::Lut3d(_)]));
}
