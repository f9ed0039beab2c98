//! `.csp` of cineSpace.

use lut::Op;
use lut::formats::{Format, csp};
use lut::ops::lut3d::Domain;

use crate::support::{close, error, good, refused, warnings};

const NO_PRELUT: &str = "0\n0\n0\n";
const TABLE: &str = "3\n0 0 0\n0.2 0.5 0.8\n1 1 1\n";

#[test]
fn a_1d_table_covers_0_to_1() {
    let lut = good(&format!("CSPLUTV100\r\n1D\r\n\r\n{NO_PRELUT}{TABLE}"));
    assert_eq!((lut.format, lut.ops.len()), (Format::Csp, 1));
    close(lut.apply([0.5; 3]), [0.2, 0.5, 0.8], "the middle");
}

#[test]
fn metadata_gives_the_title() {
    let lut = good(&format!("CSPLUTV100\n1D\n\nBEGIN METADATA\nMy look\nmore 1 2 3\nEND METADATA\n{NO_PRELUT}{TABLE}"));
    assert_eq!(lut.title.as_deref(), Some("My look"));
}

#[test]
fn a_prelut_of_two_points_is_a_domain() {
    let lut = good(&format!("CSPLUTV100\n1D\n2\n0 4\n0 1\n2\n0 4\n0 1\n2\n-1 4\n0 1\n{TABLE}"));
    let Op::Lut1d(shaper) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert_eq!((shaper.size(), shaper.domain()), (2, Domain { min: [0.0, 0.0, -1.0], max: [4.0; 3] }));
    close(lut.apply([2.0, 2.0, 1.5]), [0.2, 0.5, 0.8], "the middle");
}

#[test]
fn a_prelut_that_changes_nothing_is_left_out() {
    let identity = "3\n0 0.5 1\n0 0.5 1\n".repeat(3);
    assert_eq!(good(&format!("CSPLUTV100\n1D\n{identity}{TABLE}")).ops.len(), 1);
}

#[test]
fn a_prelut_goes_smoothly_through_its_points() {
    let curve = "4\n0 0.1 0.4 1\n0 0.5 0.8 1\n".repeat(3);
    let lut = good(&format!("CSPLUTV100\n1D\n{curve}2\n0 0 0\n1 1 1\n"));
    for (x, y) in [(0.0, 0.0), (0.1, 0.5), (0.4, 0.8), (1.0, 1.0)] {
        // The points lie between samples.
        assert!((lut.apply([x; 3])[0] - y).abs() < 1.0e-4, "{x}");
    }
    let slope = |x: f64| (lut.apply([x + 1.0e-3; 3])[0] - lut.apply([x; 3])[0]) / 1.0e-3;
    assert!((slope(0.0985) - slope(0.1005)).abs() < 0.1, "no corner at a point");
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_expectation() {
    let read = |text: String| csp::read(text.as_bytes()).expect_err(&text).to_string();
    for (text, message) in [
        ("CSPLUTV200\n".into(), "line 1: found 'CSPLUTV200', expected CSPLUTV100"),
        ("CSPLUTV100\n".into(), "line 1: found nothing, expected 1D or 3D"),
        (format!("CSPLUTV100\n4D\n{NO_PRELUT}{TABLE}"), "line 5: found '4D', expected 1D or 3D on the second line"),
        ("CSPLUTV100\n1D\nBEGIN METADATA\n".into(), "line 3: found nothing, expected END METADATA"),
        (
            "CSPLUTV100\n1D\nmany\n".into(),
            "line 3: found prelut points 'many', expected a whole number from 0 to 65536",
        ),
        ("CSPLUTV100\n1D\n3\n0 1\n".into(), "line 4: found 2 numbers, expected 3"),
        (
            "CSPLUTV100\n1D\n3\n0 1 1\n".into(),
            "line 4: found inputs out of order, expected prelut inputs in ascending order",
        ),
        (format!("CSPLUTV100\n1D\n{NO_PRELUT}3\n0 0 0\n1 1 1\n"), "line 8: found 2 colours, expected 3"),
        (format!("CSPLUTV100\n1D\n{NO_PRELUT}2\n0 0\n"), "line 7: found 2 numbers, expected 3"),
        (format!("CSPLUTV100\n1D\n{NO_PRELUT}2\n0 nan 0\n"), "line 7: found 'nan', expected a finite number below 1e9"),
        (
            format!("CSPLUTV100\n3D\n{NO_PRELUT}2 3 2\n"),
            "line 6: found '2 3 2', expected the size of the cube, three times the same",
        ),
    ] {
        assert_eq!(read(text), message);
    }
    let large = refused(&format!("CSPLUTV100\n3D\n{NO_PRELUT}130 130 130\n"));
    assert_eq!(large, "line 6: found size '130', expected a whole number from 2 to 129");
}

#[test]
fn what_follows_the_table_is_warned_of() {
    let lut = good(&format!("CSPLUTV100\n1D\n{NO_PRELUT}{TABLE}1 1 1\n"));
    assert_eq!(warnings(&lut), ["line 10: what follows the table was not obeyed"]);
    assert_eq!(error("CSPLUTV100\n1D\n0\n0\n").0, 4);
}
