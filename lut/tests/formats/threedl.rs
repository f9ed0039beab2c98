//! `.3dl`: Lustre and Flame.

use lut::Op;
use lut::formats::{Format, ReadErrorKind, Warning, threedl};

use crate::support::{close, error, good, refused, warnings};

/// A 2^3 identity in whole numbers up to `max`, blue fastest.
fn rows(max: u32) -> String {
    (0..8).map(|i| format!("{} {} {}\n", (i >> 2 & 1) * max, (i >> 1 & 1) * max, (i & 1) * max)).collect()
}

#[test]
fn lustre_has_keywords_a_row_of_positions_and_a_footer() {
    let text = format!("# tokens\n3DMESH\nMesh 1 10\n0 512 1023\n\n{}\nLUT8\ngamma 1.0\n", cube27(1023));
    let lut = good(&text);
    assert_eq!((lut.format, lut.ops.len(), lut.warnings.len()), (Format::ThreeDl, 1, 0));
    close(lut.apply([0.0, 1.0, 0.0]), [0.0, 1.0, 0.0], "identity");
}

/// A 3^3 identity.
fn cube27(max: u32) -> String {
    (0..27).map(|i| format!("{} {} {}\n", i / 9 * max / 2, i / 3 % 3 * max / 2, i % 3 * max / 2)).collect()
}

#[test]
fn blue_changes_fastest() {
    let text = rows(1023).replacen("0 0 1023", "1023 0 0", 1);
    close(good(&text).apply([0.0, 0.0, 1.0]), [1.0, 0.0, 0.0], "the second row");
}

#[test]
fn the_depth_is_guessed_from_the_largest_value_and_said() {
    for (max, bits) in [(255, 8), (1023, 10), (4095, 12), (65_535, 16)] {
        let lut = good(&rows(max));
        close(lut.apply([1.0; 3]), [1.0; 3], "white");
        assert_eq!(lut.warnings, [Warning::DepthGuessed { largest: max, bits }]);
    }
    close(good(&rows(1500)).apply([1.0; 3]), [1500.0 / 1023.0; 3], "overshoot up to twice the scale");
}

#[test]
fn a_declared_depth_wins_over_the_guess_unlike_in_opencolorio() {
    // OpenColorIO does not read Mesh: it would take this dark 12-bit cube for a 10-bit one, 4 times too bright.
    let text = format!("3DMESH\nMesh 1 12\n{}", cube27(1900));
    let lut = good(&text);
    close(lut.apply([1.0; 3]), [1900.0 / 4095.0; 3], "dark white");
    assert_eq!(warnings(&lut), ["values reach 1900, which is unusual for the 12 bits the file declares"]);
}

#[test]
fn a_crooked_row_of_positions_is_a_curve_before_the_cube() {
    let lut = good(&format!("0 200 1023\n{}", cube27(1023)));
    let Op::Lut1d(shaper) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert_eq!(shaper.size(), 3);
    // Half a code is lost in the cube.
    assert!((lut.apply([0.5; 3])[1] - 200.0 / 1023.0).abs() < 0.5 / 1023.0);
    // Two codes off is rounding.
    assert_eq!(good(&format!("0 510 1023\n{}", cube27(1023))).ops.len(), 1);
}

#[test]
fn what_is_not_obeyed_is_warned_of_by_name() {
    let lut = good(&format!("3DMESH\nMesh 1 10\n{}FOO 1\ngamma 2.2\n", cube27(1023)));
    assert_eq!(warnings(&lut), ["line 30: unknown keyword FOO was not obeyed", "line 31: gamma 2.2 was not obeyed"]);
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_expectation() {
    let read = |text: &str| threedl::read(text.as_bytes()).expect_err(text).to_string();
    for (text, message) in [
        ("0.5 0 0\n", "line 1: found '0.5', expected a whole number from 0 to 131071"),
        ("0 0 0\n0 0\n", "line 2: found 2 numbers, expected 3"),
        ("0 0 0\n0 0 0 0\n", "line 2: found 4 numbers, expected 3"),
        ("0 512 1023 9\n0 512 1023 9\n", "line 2: found 4 numbers, expected 3"),
        ("3DMESH\nMesh 4\n", "line 2: found '4', expected the input and the output bits after Mesh"),
        ("0 0 0\n0 0 1023\n", "line 2: found 2 colours, expected 8"),
        ("", "line 1: found 0 colours, expected 8"),
    ] {
        assert_eq!(read(text), message);
    }
    let small = refused(&rows(100));
    assert_eq!(small, "line 8: found '100', expected integer codes that reach 128 or more");
    let mesh = error(&format!("3DMESH\nMesh 4 12\n{}", rows(4095))).1;
    assert_eq!(mesh, ReadErrorKind::TooFewRows { found: 8, expected: 17 * 17 * 17 });
}
