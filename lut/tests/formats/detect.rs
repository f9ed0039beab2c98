//! The format is found from the content; the name only breaks ties.

use lut::formats::{Format, ReadErrorKind, detect, read};

use crate::support::{files, refused};

#[test]
fn every_file_is_known_without_its_name() {
    for (name, bytes) in files() {
        let found = detect(&bytes, None).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(Some(found), Format::from_name(&name), "{name}");
    }
}

#[test]
fn a_wrong_name_changes_nothing() {
    for (name, bytes) in files() {
        for other in ["x.cube", "x.3dl", "x.clf", "x.spimtx", "x.txt", "x"] {
            // Rows of numbers without a keyword may be a .cube without its size; that is a tie.
            let bare = other == "x.cube" && ["3dl", "spimtx", "lut"].contains(&name.rsplit('.').next().unwrap());
            let found = detect(&bytes, Some(other)).unwrap();
            assert!(bare || Some(found) == Format::from_name(&name), "{name} called {other}: {found:?}");
        }
    }
}

#[test]
fn the_name_breaks_ties() {
    let rows = "0 0 0\n1023 1023 1023\n";
    assert_eq!(detect(rows.as_bytes(), None), Ok(Format::ThreeDl));
    assert_eq!(detect(rows.as_bytes(), Some("a.CUBE")), Ok(Format::Cube));
    assert_eq!(detect(b"0.5 0.5 0.5\n", Some("a.cube")), Ok(Format::Cube));
    assert_eq!(read(b"0.5 0.5 0.5\n", Some("a.cube")).unwrap_err().kind, ReadErrorKind::NoSize);
}

#[test]
fn keywords_decide_in_any_case_and_after_comments() {
    for (text, format) in [
        ("\u{feff}# made by\n\n  lut_3d_size 2\n", Format::Cube),
        ("TITLE\"x\"\n", Format::Cube),
        ("UNKNOWN 1\nLUT_1D_SIZE 2\n", Format::Cube),
        ("3dmesh\n", Format::ThreeDl),
        ("csplutv100\n", Format::Csp),
        ("<?xml version='1.0'?><!-- c --><a:ProcessList xmlns:a='x' compCLFversion='3'/>", Format::Clf),
        ("<ProcessList version='1.3'/>", Format::Ctf),
    ] {
        assert_eq!(detect(text.as_bytes(), None), Ok(format), "{text}");
    }
}

#[test]
fn a_title_that_is_not_utf_8_does_no_harm() {
    let bytes = b"TITLE \"Gr\xfcn\"\nLUT_1D_SIZE 2\n0 0 0 # \xfc\n1 1 1\n";
    assert_eq!(read(bytes, None).unwrap().title.as_deref(), Some("Gr\u{fffd}n"));
    assert_eq!(detect(b"# gr\xfcn\nMesh 4 12\n", None), Ok(Format::ThreeDl));
}

#[test]
fn what_is_no_lut_is_refused_in_words() {
    assert_eq!(
        refused("Dear colourist,\n"),
        "line 1: found 'Dear colourist,', expected a file that starts as one of \
         .cube .3dl .clf .ctf .csp .spi1d .spi3d .spimtx .lut .cdl .cc .ccc"
    );
    assert!(refused("").starts_with("line 1: found '', expected a file"));
    let utf16: Vec<u8> = "\u{feff}LUT_3D_SIZE 2".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    for bytes in [utf16, png, vec![0; 100]] {
        assert_eq!(detect(&bytes, None).unwrap_err().kind, ReadErrorKind::NotText);
    }
}
