//! No bytes make a reader panic, dawdle, or take memory out of proportion.

use std::time::Instant;

use lut::formats::{Lut, ReadError, ReadErrorKind, cdl, clf, csp, cube, discreet, read, spi, threedl};

use crate::memory::peak;
use crate::support::{Random, files, refused};

type Reader = fn(&[u8]) -> Result<Lut, ReadError>;

/// Every reader, by the extension of its files.
const READERS: [(&str, Reader); 10] = [
    ("any", |bytes| read(bytes, None)),
    ("cube", cube::read),
    ("3dl", threedl::read),
    ("csp", csp::read),
    ("spi1d", spi::read_1d),
    ("spi3d", spi::read_3d),
    ("spimtx", spi::read_matrix),
    ("lut", |bytes| discreet::read(bytes, None)),
    ("clf", clf::read),
    ("cdl", |bytes| cdl::read(bytes, None)),
];

/// One to six changes to `bytes`.
fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let words: [&[u8]; 16] = [
        b"nan",
        b"1e999",
        b",",
        b"#",
        b"\r",
        b"\xff",
        b"\0",
        b"\xc3\xa9",
        b"-",
        b"<",
        b">",
        b"&lt;",
        b"&x;",
        b"\"",
        b"65536",
        b"<![CDATA[",
    ];
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len().max(1)).min(bytes.len());
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = random.next() as u8,
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, words[random.below(words.len())].iter().copied())),
            3 => drop(bytes.drain(at..(at + 1 + random.below(40)).min(bytes.len()))),
            _ => {
                let piece = bytes[at..(at + random.below(200)).min(bytes.len())].to_vec();
                let to = random.below(bytes.len() + 1);
                drop(bytes.splice(to..to, piece));
            }
        }
    }
    bytes
}

#[test]
fn changed_files_are_read_or_refused() {
    let mut random = Random(31);
    for (name, bytes) in files() {
        let extension = name.rsplit('.').next().unwrap();
        for _ in 0..300 {
            let bytes = mutated(bytes.clone(), &mut random);
            for (reader, read) in READERS {
                let own = reader == extension || (reader == "clf" && extension == "ctf") || reader == "any";
                if let (true, Ok(lut)) = (own, read(&bytes)) {
                    assert!(!lut.ops.is_empty());
                    let _ = lut.apply([0.1, 0.5, 2.0]);
                }
            }
        }
    }
}

/// 64 KiB of the worst that could be thought of.
fn worst() -> Vec<(String, Vec<u8>)> {
    let repeated = |unit: &str| unit.repeat(65_536 / unit.len());
    let mut inputs: Vec<String> =
        ["#", "\r", "1 ", "1\n", "1 1 1\n", "TITLE ", "X\n", "1.#INF", "é", "<a>", "<a/>", "&lt;", "<!--", "a=\"\" "]
            .into_iter()
            .map(repeated)
            .collect();
    let list = |inner: &str| format!("<ProcessList compCLFversion=\"3\">{inner}</ProcessList>");
    inputs.push(list(&repeated("<a/>")));
    inputs.push(list(&repeated(
        "<Matrix inBitDepth=\"32f\" outBitDepth=\"32f\"><Array dim=\"3 3\">1 0 0 0 1 0 0 0 1</Array></Matrix>",
    )));
    inputs.push(format!("<ProcessList {}", (0..9000).map(|i| format!("a{i}=\"\" ")).collect::<String>()));
    inputs.push(format!("<ProcessList a=\"{}\">", repeated("&amp;")));
    inputs.push(list(&format!(
        "<LUT3D inBitDepth=\"32f\" outBitDepth=\"32f\"><Array dim=\"129 129 129 3\">{}</Array></LUT3D>",
        repeated("1 ")
    )));
    inputs.push(list(&format!(
        "<LUT1D inBitDepth=\"32f\" outBitDepth=\"32f\"><Array dim=\"2 1\">{}</Array></LUT1D>",
        repeated("&#49; <!---->")
    )));
    inputs.push(
        format!("<ColorCorrectionCollection>{}", repeated("<ColorCorrection id=\"a\"></ColorCorrection>"))
            + "</ColorCorrectionCollection>",
    );
    // A prelut of many points is sampled 65,536 times.
    let points: String = (0..5000).map(|i| format!("{i} ")).collect();
    let squares: String = (0..5000).map(|i| format!("{} ", i * i)).collect();
    inputs.push(format!("CSPLUTV100\n1D\n5000\n{points}\n{squares}\n2\n0 1\n0 2\n2\n0 1\n0 2\n2\n0 0 0\n1 1 1\n"));
    inputs.push(format!("SPILUT 1.0\n3 3\n129 129 129\n{}", repeated("0 0 0 0 0 0\n")));
    inputs.push(format!("LUT_3D_SIZE 129\n{}", repeated("0 0 0\n")));
    inputs.push(format!("LUT: 3 65536\n{}", repeated("0\n")));
    inputs.into_iter().map(|text| (text.chars().take(50).collect(), text.into_bytes())).collect()
}

#[test]
fn no_input_of_64_kib_takes_a_second() {
    let mut slowest = (0.0, String::new());
    for (what, bytes) in worst() {
        for (reader, read) in READERS {
            let start = Instant::now();
            let _ = read(&bytes);
            let seconds = start.elapsed().as_secs_f64();
            if seconds > slowest.0 {
                slowest = (seconds, format!("{reader}: {what}"));
            }
            assert!(seconds < 1.0, "{reader} took {seconds} s for {what}");
        }
    }
    println!("slowest: {slowest:?}");
}

#[test]
fn no_input_of_64_kib_holds_more_than_16_mib() {
    let mut largest = (0, String::new());
    for (what, bytes) in worst() {
        for (reader, read) in READERS {
            let held = peak(|| drop(read(&bytes)));
            assert!(held < 16 << 20, "{reader} held {held} bytes for {what}");
            largest = largest.max((held, format!("{reader}: {what}")));
        }
    }
    println!("largest: {largest:?}");
}

#[test]
fn a_large_file_holds_a_few_times_its_size() {
    let entities = format!("<ProcessList compCLFversion=\"3\">{}", "&lt;".repeat(1 << 20));
    let comments = format!("<ProcessList compCLFversion=\"3\">{}", "1<!--\n-->".repeat(1 << 19));
    let rows = format!("LUT_3D_SIZE 101\n{}", "0 0 0\n".repeat(101 * 101 * 101));
    let numbers = format!("Mesh 7 12\n{}", "0 0 0\n".repeat(129 * 129 * 129));
    for text in [entities, comments, rows, numbers, "\u{e9}\n".repeat(1 << 20)] {
        for (reader, read) in READERS {
            let held = peak(|| drop(read(text.as_bytes())));
            assert!(held < 16 * text.len(), "{reader} held {held} bytes for {} of {:.20}", text.len(), text);
        }
    }
}

#[test]
fn xml_is_bounded_and_never_expanded() {
    let nested = "<a>".repeat(33);
    assert_eq!(
        refused(&format!("<ProcessList compCLFversion=\"3\">{nested}")),
        "line 1: found more than 32 levels in the XML, expected at most 32"
    );
    let many = format!("<ProcessList compCLFversion=\"3\"><Info>{}</Info></ProcessList>", "<a/>".repeat(20_001));
    assert!(refused(&many).contains("more than 20000 elements"));
    let attributes: String = (0..65).map(|i| format!(" a{i}=\"\"")).collect();
    assert!(refused(&format!("<ProcessList{attributes}/>")).contains("more than 64 attributes"));
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>\n<ProcessList compCLFversion=\"3\"/>";
    assert_eq!(refused(laughs), "line 1: found a document type, which is not supported");
    let entity = "<ProcessList compCLFversion=\"3\">\n<Description>&other;</Description></ProcessList>";
    assert_eq!(
        refused(entity),
        "line 2: found XML that cannot be read (the entity &other;), expected a well-formed document"
    );
}

#[test]
fn xml_that_is_not_well_formed_is_refused_with_the_line() {
    for (text, line) in [
        ("<ProcessList compCLFversion=\"3\">\n<Matrix>\n</Array></ProcessList>", 3),
        ("<ProcessList compCLFversion=\"3\">\n\n", 3),
        ("<ProcessList compCLFversion=\"3\"/>\n<Second/>", 2),
        ("<ProcessList compCLFversion=\"3\"/>\ntext", 1),
        ("<ProcessList a=\"1\" a=\"2\"/>", 1),
    ] {
        assert_eq!(clf::read(text.as_bytes()).expect_err(text).line, line, "{text}");
    }
}

#[test]
fn utf_16_binary_and_huge_files_are_refused_by_every_reader() {
    let utf16: Vec<u8> = "\u{feff}<ProcessList/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let huge = vec![b' '; (64 << 20) + 1];
    for (reader, read) in READERS {
        for bytes in [&utf16[..], &[0; 64], &[b'1', 0, b' ', 0]] {
            assert_eq!(read(bytes).unwrap_err().kind, ReadErrorKind::NotText, "{reader}");
        }
        assert!(matches!(read(&huge).unwrap_err().kind, ReadErrorKind::TooLarge { .. }), "{reader}");
    }
}
