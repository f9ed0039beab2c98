//! Frames and text come back from every reader.

use vitrine::domain::comment::Comment;
use vitrine::export::Format;

use crate::log::{comment, hostile_comments, rates, start};
use crate::readers::{Read, Readers, export, files};

/// Everything but the PDF, which is for people.
const READABLE: [Format; 8] = [
    Format::Csv,
    Format::Json,
    Format::Resolve,
    Format::Avid,
    Format::AvidXml,
    Format::Premiere,
    Format::Fcpxml,
    Format::Otio,
];
const HOSTILE_COMMENTS: u64 = 1_000;

/// Whether a format says "a point" of a marker of one frame.
fn points(format: Format) -> bool {
    format == Format::Premiere
}

#[test]
fn every_format_says_the_same_frame_at_every_rate() {
    let mut readers = Readers::default();
    let mut expected = Vec::new();
    for rate in rates() {
        let begin = start("00:59:58:00", rate);
        let second = u64::from(rate.nominal());
        // Across the minute and the ten minutes where drop-frame counting skips labels, and far out.
        let frames = [0, 1, 2 * second - 1, 2 * second, 62 * second - 4, 62 * second, 602 * second, 36_000 * second];
        let comments: Vec<Comment> =
            frames.iter().zip(1..).map(|(frame, number)| comment(number, begin, *frame, "Ana", "warm")).collect();
        for format in READABLE {
            readers.add(format, begin, &export(format, &comments).bytes);
            expected.push((format, begin, frames));
        }
    }
    for (found, (format, begin, frames)) in readers.read().into_iter().zip(expected) {
        let read: Vec<u64> = found.markers.iter().map(|marker| marker.frame).collect();
        assert_eq!(read, frames, "{format} at {:?}", begin.rate());
        let length = if points(format) { 0 } else { 1 };
        assert!(found.markers.iter().all(|marker| marker.duration == length), "{format}");
        assert!(found.start.is_none_or(|label| label == begin.to_string()), "{format} at {:?}", begin.rate());
    }
}

/// Eight of A-Z, 0-9 and `_` in CMX 3600, all of it elsewhere; Avid's markers have no place for it.
#[test]
fn every_format_with_a_place_for_it_names_the_reel() {
    let begin = start("01:00:00:00", rates()[1]);
    let comments = [comment(1, begin, 3, "Ana", "warm")];
    let mut readers = Readers::default();
    READABLE.iter().for_each(|format| readers.add(*format, begin, &export(*format, &comments).bytes));
    for (format, found) in READABLE.iter().zip(readers.read()) {
        let expected: &[&str] = match format {
            Format::Resolve => &["A001_C00"],
            Format::Avid | Format::AvidXml => &[],
            Format::Otio => &["A001_C00", "a001_c002.é"],
            _ => &["a001_c002.é"],
        };
        assert_eq!(found.reels, expected, "{format}");
    }
}

#[test]
fn a_thousand_hostile_comments_come_back_from_every_reader() {
    for rate in [rates()[1], rates()[5], rates()[8]] {
        let begin = start("01:00:00:00", rate);
        let comments = hostile_comments(HOSTILE_COMMENTS, begin);
        let mut readers = Readers::default();
        let mut formats = Vec::new();
        for format in READABLE {
            for bytes in files(export(format, &comments)) {
                readers.add(format, begin, &bytes);
                formats.push(format);
            }
        }
        assert_eq!(formats.iter().filter(|format| **format == Format::Resolve).count(), 2, "999 events to a file");
        let read: Vec<_> = formats.into_iter().zip(readers.read()).collect();
        for format in READABLE {
            let of_format = read.iter().filter(|(of, _)| *of == format);
            let markers: Vec<&Read> = of_format.flat_map(|(_, file)| &file.markers).collect();
            assert_eq!(markers.len(), comments.len(), "{format}");
            for (marker, comment) in markers.into_iter().zip(&comments) {
                assert_same(format, marker, comment);
            }
        }
    }
}

fn assert_same(format: Format, read: &Read, comment: &Comment) {
    let what = || format!("{format}: {:?} became {:?}", comment.text, read.text);
    assert_eq!(read.frame, comment.source_frame, "{}", what());
    match format {
        Format::Csv => {
            assert!(!read.text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{}", what());
            assert!(
                [Some(read.text.as_str()), read.text.strip_prefix('\'')].contains(&Some(&comment.text)),
                "{}",
                what()
            );
        }
        Format::Json | Format::Otio => assert_eq!(read.text, comment.text),
        Format::AvidXml | Format::Premiere | Format::Fcpxml => {
            assert_eq!(read.text, comment.text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"), "{}", what());
            assert_eq!(read.author, comment.author);
        }
        // One line each: breaks and bars are written otherwise, every letter, digit and sign stays.
        Format::Resolve | Format::Avid => assert_eq!(signs(&read.text), signs(&comment.text), "{}", what()),
        Format::Pdf => unreachable!("not read here"),
    }
}

/// A text without white space, without what stands for breaks and bars, and without the dash put before digits.
fn signs(text: &str) -> String {
    text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '|' | '¦' | '/' | '-'))).collect()
}
