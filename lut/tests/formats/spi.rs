//! `.spi1d`, `.spi3d` and `.spimtx` of Sony Pictures Imageworks.

use lut::formats::{Format, ReadErrorKind, spi};
use lut::ops::lut3d::Domain;
use lut::{Affine, Op};

use crate::support::{close, error, file, good, refused, warnings};

#[test]
fn one_component_serves_all_channels() {
    let lut = good("Version 1\nFrom -1 3\nLength 2\nComponents 1\n{\n 0\n 1\n}\n");
    let Op::Lut1d(table) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert_eq!((lut.format, table.domain()), (Format::Spi1d, Domain { min: [-1.0; 3], max: [3.0; 3] }));
    close(lut.apply([1.0; 3]), [0.5; 3], "the middle");
}

#[test]
fn two_components_leave_blue_0_and_say_so() {
    let lut = good("Version 1\nLength 2\nComponents 2\n{\n 0 0\n 1 1\n}\n");
    close(lut.apply([0.5; 3]), [0.5, 0.5, 0.0], "the middle");
    assert_eq!(warnings(&lut), ["line 7: blue, which 2 components leave 0 was not obeyed"]);
}

#[test]
fn unknown_keywords_of_a_spi1d_are_warned_of() {
    let lut = good("Version 1\nColour green\nLength 2\nComponents 1\n{\n 0\n 1\n}\n");
    assert_eq!(warnings(&lut), ["line 2: unknown keyword Colour was not obeyed"]);
}

#[test]
fn a_spi1d_that_cannot_be_read_is_refused_with_line_and_expectation() {
    let head = "Version 1\nFrom 0 1\nLength 2\nComponents 3\n{\n";
    for (text, message) in [
        ("Version 2\n", "line 1: found '2', expected a whole number from 1 to 1"),
        ("Version 1\nFrom 1 0\n", "line 2: found a domain of 1 to 0, expected the minimum below the maximum"),
        ("Version 1\nLength 1\n", "line 2: found Length '1', expected a whole number from 2 to 65536"),
        ("Version 1\nComponents 4\n", "line 2: found Components '4', expected a whole number from 1 to 3"),
        ("Version 1\nComponents 1\n{\n", "line 3: found nothing, expected Length before the entries"),
        (&format!("{head}0 0\n"), "line 6: found 2 numbers, expected 3"),
        (&format!("{head}0 0 0\n}}\n"), "line 7: found 1 colours, expected 2"),
        (&format!("{head}0 0 0\n1 1 1\n2 2 2\n}}\n"), "line 8: found more than 2 colours, expected 2"),
        (&format!("{head}0 0 0\n1 1 1\n"), "line 7: found nothing, expected } after the entries"),
    ] {
        assert_eq!(refused(text), message);
    }
}

#[test]
fn entries_of_a_spi3d_come_in_any_order() {
    let lut = good(&String::from_utf8(file("shuffled.spi3d")).unwrap());
    let Op::Lut3d(cube) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert_eq!((lut.format, cube.size()), (Format::Spi3d, 3));
}

#[test]
fn a_spi3d_that_cannot_be_read_is_refused_with_line_and_expectation() {
    let entries: String = (0..8).map(|i| format!("{} {} {} 0 0 0\n", i & 1, i >> 1 & 1, i >> 2)).collect();
    let with = |entries: &str| format!("SPILUT 1.0\n3 3\n2 2 2\n{entries}");
    good(&with(&entries));
    for (text, message) in [
        ("SPILUT 1.0\n4 4\n".to_owned(), "line 2: found '4 4', expected 3 3: three channels in and out"),
        (
            "SPILUT 1.0\n3 3\n2 2 3\n".into(),
            "line 3: found '2 2 3', expected the size of the cube, three times the same",
        ),
        ("SPILUT 1.0\n3 3\n200 200 200\n".into(), "line 3: found size '200', expected a whole number from 2 to 129"),
        (with(&entries.replacen("1 1 1", "1 1 2", 1)), "line 11: found '2', expected a whole number from 0 to 1"),
        (with(&entries.replacen("1 1 1", "0 1 1", 1)), "line 11: found an entry again, expected each entry once"),
        (with(&entries.replacen("1 1 1", "# ", 1)), "line 11: found 7 colours, expected 8"),
        (with("0 0 0 1 1\n"), "line 4: found 5 numbers, expected 6"),
        (with(&(entries.clone() + "0 0 0 0 0 0\n")), "line 12: found more than 8 colours, expected 8"),
    ] {
        let found = spi::read_3d(text.as_bytes()).expect_err(&text).to_string();
        assert_eq!(found, message);
    }
}

#[test]
fn offsets_of_a_matrix_are_16_bit_codes() {
    let lut = good("1 0 0 65535\n0 2 0 0\n0 0 3 -65535\n");
    let expected = Affine { m: [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]], offset: [1.0, 0.0, -1.0] };
    assert_eq!((lut.format, lut.ops), (Format::SpiMtx, vec![Op::Affine(expected)]));
}

#[test]
fn a_matrix_has_twelve_numbers() {
    let columns = spi::read_matrix(b"1 0 0 0\n0 1 0 0\n").unwrap_err();
    assert_eq!(columns.kind, ReadErrorKind::Columns { found: 8, expected: 12 });
    assert_eq!(spi::read_matrix(b"1 0 0 0\n0 1,5 0 0\n").unwrap_err().line, 2);
    assert_eq!(error("1 0 0 0\n0 1 0 0\n0 0 inf 0\n").0, 3);
}
