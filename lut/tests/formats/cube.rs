//! The `.cube` dialects of the findings, row by row.

use lut::formats::cube::read;
use lut::formats::{Lut, MAX_BYTES, ReadErrorKind, Warning};
use lut::ops::lut3d::Domain;
use lut::{Lut1d, Lut3d, Op};

use crate::support::Random;

/// Eight colours of a 2^3 identity, red fastest, with `end` after each line.
fn cube2(end: &str) -> String {
    (0..8).map(|i| format!("{} {} {}{end}", i & 1, i >> 1 & 1, i >> 2)).collect()
}

fn good(text: &str) -> Lut {
    read(text.as_bytes()).unwrap_or_else(|e| panic!("{e} in {text:?}"))
}

fn shaper(lut: &Lut) -> &Lut1d {
    let Some(Op::Lut1d(shaper)) = lut.ops.first() else { panic!("no shaper in {:?}", lut.ops) };
    shaper
}

fn cube(lut: &Lut) -> &Lut3d {
    let Some(Op::Lut3d(cube)) = lut.ops.last() else { panic!("no cube in {:?}", lut.ops) };
    cube
}

fn refused(text: &str) -> (usize, ReadErrorKind) {
    let error = read(text.as_bytes()).expect_err(text);
    (error.line, error.kind)
}

#[test]
fn a_plain_cube_is_read_red_fastest() {
    let lut = good(&format!("TITLE \"A name\"\nLUT_3D_SIZE 2\n{}", cube2("\n")));
    let cube = cube(&lut);
    assert_eq!((cube.size(), cube.domain()), (2, Domain::UNIT));
    assert_eq!(cube.values()[1], [1.0, 0.0, 0.0]);
    assert_eq!(cube.values()[4], [0.0, 0.0, 1.0]);
    assert_eq!(lut.title.as_deref(), Some("A name"));
    assert!(lut.warnings.is_empty() && lut.ops.len() == 1);
}

#[test]
fn titles_are_taken_with_and_without_quotes() {
    for (line, title) in [
        ("TITLE \"with # inside\"", "with # inside"),
        ("TITLE bare words", "bare words"),
        ("title\t\"lower\"", "lower"),
        ("TITLE\"close\"", "close"),
        ("TITLE \"never closed", "never closed"),
        ("TITLE", ""),
        ("TITLE \"LUT_3D_SIZE 3\"", "LUT_3D_SIZE 3"),
    ] {
        let lut = good(&format!("{line}\nLUT_3D_SIZE 2\n{}", cube2("\n")));
        assert_eq!(lut.title.as_deref(), Some(title));
    }
}

#[test]
fn the_domain_may_come_anywhere_and_differ_per_channel() {
    let domain = Domain { min: [-0.1, 0.0, 0.1], max: [1.0, 2.0, 0.9] };
    let (min, max, size) = ("DOMAIN_MIN -0.1 0 .1\n", "DOMAIN_MAX 1 2 0.9\n", "LUT_3D_SIZE 2\n");
    let rows = cube2("\n");
    for text in
        [format!("{min}{max}{size}{rows}"), format!("{size}{max}{min}{rows}"), format!("{max}{size}{rows}{min}")]
    {
        assert_eq!(cube(&good(&text)).domain(), domain);
    }
    let only_max = cube(&good(&format!("{size}{max}{rows}"))).domain();
    assert_eq!(only_max, Domain { min: [0.0; 3], max: domain.max });
}

#[test]
fn input_ranges_are_domains_too() {
    let rows = cube2("\n");
    let lut = good(&format!("LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE -0.5 1.5\nTITLE \"x\"\n{rows}"));
    assert_eq!(cube(&lut).domain(), Domain { min: [-0.5; 3], max: [1.5; 3] });
    let lut = good("LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 4\n0 0 0\n1 1 1\n");
    assert_eq!(shaper(&lut).domain(), Domain { min: [0.0; 3], max: [4.0; 3] });
    let both = good(&format!("DOMAIN_MAX 2 2 2\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 3\n{rows}"));
    assert_eq!(both.warnings, [Warning::TwoDomains]);
    assert_eq!(cube(&both).domain().max, [3.0; 3]);
}

#[test]
fn a_shaper_and_a_cube_share_one_file() {
    let text = format!(
        "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n\
         0 0 0\n.5 .5 .5\n1 1 1\n{}",
        cube2("\n")
    );
    let lut = good(&text);
    let (shaper, cube) = (shaper(&lut), cube(&lut));
    assert_eq!((shaper.size(), shaper.domain().max), (3, [2.0; 3]));
    assert_eq!((shaper.values()[1], cube.values()[7]), ([0.5; 3], [1.0; 3]));
    assert_eq!(cube.domain(), Domain::UNIT);
}

#[test]
fn all_ways_to_end_lines_and_write_numbers_are_read() {
    for end in ["\n", "\r\n", "\r", "\n\n", "\r\r\n", "  \t\n", " # note\n"] {
        let text = format!("LUT_3D_SIZE 2{end}{}", cube2(end));
        assert_eq!(cube(&good(&text)).values()[1], [1.0, 0.0, 0.0], "{end:?}");
    }
    let text = "\u{feff}# comment\n\t lut_1d_size\t3 # three\n\n  1e-3 +1 .5\n-0.25\t1E2\t5.\n#\n0 0 0 # end";
    let values = shaper(&good(text)).values().to_vec();
    assert_eq!(values[..2], [[1.0e-3, 1.0, 0.5], [-0.25, 100.0, 5.0]]);
}

#[test]
fn sizes_are_bounded_and_agree() {
    for (line, min, max) in [("LUT_3D_SIZE", 2, 129), ("LUT_1D_SIZE", 2, 65_536)] {
        for bad in ["1", "0", "-2", "130000", "99999999999999999999", "2.5", "", "2 2", "x"] {
            let (at, kind) = refused(&format!("#\n{line} {bad}\n"));
            assert_eq!(at, 2);
            assert!(matches!(kind, ReadErrorKind::Size { min: a, max: b, .. } if (a, b) == (min, max)), "{bad}");
        }
    }
    assert!(matches!(refused("LUT_3D_SIZE 130\n").1, ReadErrorKind::Size { .. }));
    assert!(matches!(refused("LUT_1D_SIZE 65537\n").1, ReadErrorKind::Size { .. }));
    let twice = refused("LUT_3D_SIZE 2\nLUT_3D_SIZE 3\n");
    assert_eq!(twice, (2, ReadErrorKind::SecondSize { keyword: "LUT_3D_SIZE", found: 3, expected: 2 }));
    good(&format!("LUT_3D_SIZE 2\nLUT_3D_SIZE 2\n{}", cube2("\n")));
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_expectation() {
    let head = "LUT_1D_SIZE 2\n0 0 0\n";
    for (row, message) in [
        ("0,5 0,5 0,5", "line 3: found '0,5', expected a decimal point and spaces between numbers"),
        ("0 0", "line 3: found 2 numbers, expected 3"),
        ("0 0 0 0", "line 3: found 4 numbers, expected 3"),
        ("0 nan 0", "line 3: found 'nan', expected a finite number below 1e9"),
        ("NaN 0 0", "line 3: found 'NaN', expected a finite number below 1e9"),
        ("inf 0 0", "line 3: found 'inf', expected a finite number below 1e9"),
        ("0 -Infinity 0", "line 3: found '-Infinity', expected a finite number below 1e9"),
        ("1.#QNAN 0 0", "line 3: found '1.#QNAN', expected a finite number below 1e9"),
        ("0 0 1.#INF", "line 3: found '1.#INF', expected a finite number below 1e9"),
        ("0 0 1e39", "line 3: found '1e39', expected a finite number below 1e9"),
        ("0 0 zero", "line 3: found 'zero', expected a number"),
        ("0 0 0x1", "line 3: found '0x1', expected a number"),
        ("DOMAIN_MIN 0 0", "line 3: found 2 numbers, expected 3"),
        ("LUT_1D_INPUT_RANGE 0", "line 3: found 1 numbers, expected 2"),
    ] {
        let error = read(format!("{head}{row}\n").as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(refused(head), (2, ReadErrorKind::TooFewRows { found: 1, expected: 2 }));
    let many = format!("{head}1 1 1\n2 2 2\n");
    assert_eq!(refused(&many), (4, ReadErrorKind::TooManyRows { expected: 2 }));
    assert_eq!(refused("0 0 0\n"), (1, ReadErrorKind::NoSize));
    assert_eq!(refused("").1, ReadErrorKind::NoSize);
    assert_eq!(refused("TITLE \"x\"\n\n"), (2, ReadErrorKind::NoSize));
}

#[test]
fn an_empty_domain_is_refused_where_it_is_said() {
    let text = format!("LUT_3D_SIZE 2\nDOMAIN_MIN 0 1 0\n# between\nDOMAIN_MAX 1 1 1\n{}", cube2("\n"));
    let (line, kind) = refused(&text);
    assert!(matches!(kind, ReadErrorKind::Domain { .. }) && line == 4);
    let (line, kind) = refused("LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 1 0\n");
    assert!(matches!(kind, ReadErrorKind::Domain { .. }) && line == 2);
    let half = format!("DOMAIN_MIN 2 2 2\nLUT_3D_SIZE 2\n{}", cube2("\n"));
    assert!(matches!(refused(&half).1, ReadErrorKind::Domain { .. }));
}

#[test]
fn utf_16_binary_and_huge_files_are_refused() {
    let utf16: Vec<u8> = "\u{feff}LUT_3D_SIZE 2".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bare: Vec<u8> = "LUT_3D_SIZE 2".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [utf16, bare, vec![0; 100]] {
        assert_eq!(read(&bytes).unwrap_err().kind, ReadErrorKind::NotText);
    }
    let huge = vec![b'#'; MAX_BYTES + 1];
    assert!(matches!(read(&huge).unwrap_err().kind, ReadErrorKind::TooLarge { .. }));
}

#[test]
fn what_is_not_obeyed_is_warned_of_by_name() {
    let rows = cube2("\n");
    let lut = good(&format!("LUT_3D_SIZE 2\nLUT_IN_VIDEO_RANGE\nKEYWORD_OF_MINE 1 2\n{rows}"));
    let names: Vec<String> = lut.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        [
            "line 2: LUT_IN_VIDEO_RANGE was not obeyed; values are taken as full range 0..1",
            "line 3: unknown keyword KEYWORD_OF_MINE was not obeyed",
        ]
    );
    let lut = good("LUT_1D_SIZE 2\n0 0 0\n1023 1023 1023\n");
    assert_eq!(lut.warnings, [Warning::LooksLikeCodes { largest: 1023.0 }]);
}

#[test]
fn no_bytes_can_make_the_reader_panic_or_dawdle() {
    let seeds = [
        format!("TITLE \"t\"\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n{}", cube2("\n")),
        format!("LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n{}", cube2("\r\n")),
    ];
    let words: [&[u8]; 10] =
        [b"nan", b"1e999", b",", b"#", b"\r", b"\xff", b"LUT_3D_SIZE 129\n", b"\xc3\xa9", b"-", b"TITLE\""];
    let mut random = Random(31);
    for round in 0..20_000 {
        let mut bytes = seeds[round % 2].clone().into_bytes();
        for _ in 0..=random.below(6) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.next() as u8,
                1 => bytes.truncate(at.max(1)),
                2 => drop(bytes.splice(at..at, words[random.below(words.len())].iter().copied())),
                _ => drop(bytes.drain(at..(at + 3).min(bytes.len() - 1).max(at))),
            }
        }
        if let Ok(lut) = read(&bytes) {
            assert!(!lut.ops.is_empty());
        }
    }
    let start = std::time::Instant::now();
    for unit in ["#", "\r", "1 ", "TITLE ", "X\n", "1.#INF", "é"] {
        let _ = read(unit.repeat(65_536 / unit.len()).as_bytes());
    }
    assert!(start.elapsed().as_secs() < 5);
}
