//! Discreet 1D `.lut`.

use lut::Op;
use lut::formats::{Format, discreet, read};

use crate::support::{close, good, warnings};

fn table(length: usize, value: impl Fn(usize) -> usize) -> String {
    (0..length).map(|i| format!("{}\n", value(i))).collect()
}

#[test]
fn the_length_is_the_depth() {
    for length in [256, 1024, 4096] {
        let lut = good(&format!("LUT: 1 {length}\n{}", table(length, |i| length - 1 - i)));
        assert_eq!((lut.format, lut.ops.len()), (Format::Discreet, 1));
        close(lut.apply([0.2, 0.5, 0.9]), [0.8, 0.5, 0.1], "inverted");
    }
}

#[test]
fn a_third_number_is_the_depth_of_the_entries() {
    let lut = good(&format!("LUT: 1 256 4096\n{}", table(256, |i| i * 4095 / 255)));
    close(lut.apply([1.0; 3]), [1.0; 3], "white");
}

#[test]
fn the_name_gives_the_depth_where_the_file_does_not() {
    let text = format!("LUT: 1 256\n{}", table(256, |i| i * 1023 / 255));
    let white = |name| read(text.as_bytes(), name).unwrap().apply([1.0; 3]);
    close(white(Some("show/log_8to10.lut")), [1.0; 3], "named");
    close(white(None), [1023.0 / 255.0; 3], "unnamed");
    close(white(Some("tone.lut")), [1023.0 / 255.0; 3], "no depth in the name");
}

#[test]
fn tables_follow_each_other_and_a_fourth_is_warned_of() {
    let tables = [0, 100, 200, 50].map(|v| table(256, |_| v)).concat();
    let lut = good(&format!("LUT: 4 256\n{tables}"));
    close(lut.apply([0.3; 3]), [0.0, 100.0 / 255.0, 200.0 / 255.0], "three tables");
    assert_eq!(warnings(&lut), ["line 1025: the fourth table was not obeyed"]);
}

#[test]
fn the_oldest_files_have_no_header() {
    close(good(&table(256, |i| i)).apply([0.4; 3]), [0.4; 3], "identity");
}

#[test]
fn full_length_is_one_entry_per_half_float() {
    // The bits of a half are the half: an identity far beyond 0..1.
    let lut = good(&format!("LUT: 1 65536 65536f\n{}", table(65_536, |i| i)));
    let Op::Lut1d(table) = &lut.ops[0] else { panic!("{:?}", lut.ops) };
    assert!(table.is_half_domain());
    close(lut.apply([-3.25, 1.0e-5, 4000.0]), [-3.25, 1.0e-5, 4000.0], "identity");
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_expectation() {
    let read = |text: String| discreet::read(text.as_bytes(), None).expect_err(&text).to_string();
    for (text, message) in [
        ("LUT: 2 256\n".into(), "line 1: found '2', expected 1, 3 or 4 tables"),
        ("LUT: 1\n".into(), "line 1: found 'LUT: 1', expected LUT: tables length, and perhaps the depth"),
        ("LUT: 1 70000\n".into(), "line 1: found length '70000', expected a whole number from 2 to 65536"),
        (
            "LUT: 1 300\n".into(),
            "line 1: found '300', expected 256, 1024, 4096 or 65536 entries, or the depth after the length",
        ),
        ("LUT: 1 256 7\n".into(), "line 1: found '7', expected a depth of 256, 1024, 4096, 65536 or 65536f"),
        (format!("LUT: 1 256\n{}", table(255, |i| i)), "line 256: found 255 colours, expected 256"),
        (format!("LUT: 1 256\n{}", table(257, |i| i)), "line 258: found more than 256 colours, expected 256"),
        ("LUT: 1 256\n0.5\n".into(), "line 2: found '0.5', expected a whole number from 0 to 65535"),
        ("LUT: 1 256\n65536\n".into(), "line 2: found '65536', expected a whole number from 0 to 65535"),
        ("LUT: 1 256 65536f\n31744\n".into(), "line 2: found '31744', expected a finite number below 1e9"),
        ("".into(), "line 1: found nothing, expected LUT: tables length"),
    ] {
        assert_eq!(read(text), message);
    }
}
