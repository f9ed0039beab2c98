//! The PDF, read by poppler.

use std::path::Path;
use std::process::Command;

use uuid::Uuid;
use vitrine::domain::comment::Comment;
use vitrine::domain::drawing::{Drawing, Ink, Shape};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::proof::{
    CodeError, Course, DeltaE, DeltaKind, FrameWitness, Measure, Reason, Sample, State, Watcher, Worst,
};
use vitrine::domain::still::Still;
use vitrine::export::Format;
use vitrine::export::pdf::{Heading, proof};

use crate::log::{comment, hostile_comments, start};
use crate::readers::{export, export_with};
use pipelines::spec::time::FrameRate;

fn poppler(program: &str, arguments: &[&str], pdf: &Path, out: Option<&str>) -> Vec<u8> {
    let output = Command::new(program).args(arguments).arg(pdf).args(out).output().expect("poppler-utils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Text of each page: in the order in which it is drawn (`-raw`), or as poppler puts lines together.
fn pages(pdf: &[u8], order: Option<&str>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pdf");
    std::fs::write(&path, pdf).unwrap();
    let arguments: Vec<&str> = ["-enc", "UTF-8"].into_iter().chain(order).collect();
    let text = String::from_utf8(poppler("pdftotext", &arguments, &path, Some("-"))).unwrap();
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

const RAW: Option<&str> = Some("-raw");

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '\u{202a}'..='\u{202e}'))).collect()
}

#[test]
fn every_script_is_text_in_the_order_it_is_read_in() {
    let begin = start("01:00:00;00", FrameRate::new(30_000, 1_001).with_drop_frame());
    let texts = ["Warm the skin", "肌を少し暖かくしてください。", "हिन्दी में टिप्पणी", "Füße — naïve Ж Ω"];
    let comments: Vec<_> =
        texts.iter().zip(1..).map(|(text, n)| comment(u128::from(n), begin, n * 1_000, "伊藤 Ana", text)).collect();
    let pages = pages(&export(Format::Pdf, &comments).bytes, RAW);
    assert_eq!(pages.len(), 1);
    let page = squeezed(&pages[0]);
    let mut rest = page.as_str();
    for (comment, text) in comments.iter().zip(texts) {
        for part in [&comment.timecode, "伊藤Ana", text] {
            let part = squeezed(part);
            let at = rest.find(&part).unwrap_or_else(|| panic!("{part:?} is not after what came before in {page:?}"));
            rest = &rest[at + part.len()..];
        }
    }
    assert!(
        page.contains("Reel<3>&more") && page.contains("HarbourGrading") && page.contains("29.97DFfps,reela001_c002.é"),
        "{page}"
    );
    assert!(page.ends_with("1/1"), "{page}");
}

#[test]
fn arabic_is_joined_ordered_and_still_text() {
    let text = "مرحبا بالعالم، أرجو جعل البشرة أكثر دفئا";
    let comments = [comment(1, start("01:00:00:00", FrameRate::FPS_25), 7, "Ana", text)];
    let page = squeezed(&pages(&export(Format::Pdf, &comments).bytes, None)[0]);
    for part in text.split('،') {
        assert!(page.contains(&squeezed(part)), "{page:?}");
    }
}

#[test]
fn long_logs_have_numbered_pages_and_lose_nothing() {
    let comments = hostile_comments(1_000, start("01:00:00:00", FrameRate::FPS_25));
    let pages = pages(&export(Format::Pdf, &comments).bytes, RAW);
    assert!(pages.len() > 50);
    for (index, page) in pages.iter().enumerate() {
        assert!(squeezed(page).ends_with(&format!("{}/{}", index + 1, pages.len())), "page {}", index + 1);
    }
    let all = squeezed(&pages.concat());
    for comment in &comments {
        assert!(all.contains(&comment.timecode), "{}", comment.timecode);
    }
    let plain = |text: &str| text.split("warm the skin").count() - 1;
    let said: usize = comments.iter().map(|comment| plain(&comment.text)).sum();
    assert!(said > 50 && all.matches("warmtheskin").count() >= said * 9 / 10);
}

#[test]
fn a_page_has_ink() {
    let comments = hostile_comments(3, start("01:00:00:00", FrameRate::FPS_25));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pdf");
    std::fs::write(&path, export(Format::Pdf, &comments).bytes).unwrap();
    let page = poppler("pdftoppm", &["-r", "50", "-gray", "-singlefile"], &path, None);
    let dark = page.iter().rev().take(400 * 580).filter(|sample| **sample < 128).count();
    assert!((200..40_000).contains(&dark), "{dark} dark samples");
}

#[test]
fn each_comment_says_what_was_known_of_its_authors_picture() {
    let begin = start("01:00:00:00", FrameRate::FPS_25);
    let states = [State::True, State::Reduced, State::Wrong, State::Unknown];
    let comments = states.iter().zip(1..).map(|(state, number)| Comment {
        proof: Some(*state),
        frame_witness: Some(FrameWitness::Contradicted),
        ..comment(u128::from(number), begin, number * 100, "Ana", "warmer")
    });
    let page = squeezed(&pages(&export(Format::Pdf, &comments.collect::<Vec<_>>()).bytes, RAW)[0]);
    for words in ["truepicture", "reducedpicture", "wrongpicture", "picturenotmeasured"] {
        assert!(page.contains(&format!("{words}·frameindoubt")), "{words}: {page}");
    }
}

/// Ten minutes of a viewing: true, then wrong for a minute, then true.
fn course() -> Course {
    let at = |seconds: i64| UtcInstant::from_ms(1_795_000_000_000 + seconds * 1_000);
    let watcher = Watcher {
        viewing_id: Uuid::from_u128(1),
        viewer_id: Uuid::from_u128(2),
        name: "伊藤 花".to_owned(),
        browser: "Chrome 156 on macOS".to_owned(),
        session_code: "K7QX-2M".to_owned(),
        started_at: at(0),
        ended_at: Some(at(600)),
    };
    let sample = |n: i64| {
        let wrong = (30..36).contains(&n);
        Sample {
            at: at(n * 10),
            change: matches!(n, 0 | 30 | 36),
            state: if wrong { State::Wrong } else { State::True },
            reasons: if wrong { vec![Reason::Filter, Reason::EightBit] } else { vec![] },
            rendition: "10-bit 4:4:4, sRGB target".to_owned(),
            measure: Measure::Raw,
            code_error: Some(CodeError { mean: 0.25, max: 1.0 }),
            delta_e: Some(DeltaE { mean: 0.02, max: if wrong { 9.5 } else { 0.11 }, kind: DeltaKind::Cie2000 }),
            latency_ms: Some(80.0),
            frames_checked: 20,
            frames_disagreed: 0,
        }
    };
    let worst = Worst { state: State::Wrong, reasons: vec![Reason::Filter, Reason::EightBit] };
    Course::new(watcher, Some(worst), (0..60).map(sample).collect(), at(600))
}

#[test]
fn the_proof_of_picture_says_in_text_and_in_a_plot_what_was_shown() {
    let heading = Heading { title: "Reel 3", host: "Harbour Grading", made_at: UtcInstant::from_ms(0) };
    let pdf = proof::write(&heading, &[course()]).unwrap();
    let page = squeezed(&pages(&pdf, None)[0]);
    for words in [
        "Proofofpicture:Reel3",
        "伊藤花",
        "true0:09:00(90.0%),wrong0:01:00(10.0%)",
        "worst:wrong(filter,eightbit)",
        "codeerrormean0.25,max1.00of1023",
        "deltaE2000mean0.020,max9.500",
        "latency80ms(median)",
        "framenumbers:1200compared,0disagreed",
        "wrongpicture",
        "colourdifference,0to9.50",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.pdf");
    std::fs::write(&path, pdf).unwrap();
    let picture = poppler("pdftoppm", &["-r", "144", "-singlefile"], &path, None);
    let samples = &picture[picture.len() % 3..];
    let near = |pixel: &&[u8], rgb: [u8; 3]| pixel.iter().zip(rgb).all(|(found, wanted)| found.abs_diff(wanted) < 12);
    let count = |rgb: [u8; 3]| samples.chunks_exact(3).filter(|pixel| near(pixel, rgb)).count();
    let (right, wrong) = (count([176, 208, 176]), count([150, 30, 30]));
    assert!(wrong > 500 && (6..13).contains(&(right / wrong)), "a tenth of the band is wrong: {right}, {wrong}");
}

#[test]
fn a_log_without_comments_is_a_page_that_says_so() {
    let page = squeezed(&pages(&export(Format::Pdf, &[]).bytes, RAW)[0]);
    assert!(page.contains("0comments"), "{page}");
}

#[test]
fn a_drawing_stands_on_grey_where_it_was_drawn_with_its_words_as_text() {
    let begin = start("01:00:00:00", FrameRate::FPS_25);
    let shapes = vec![
        Shape::Ellipse { ink: Ink::Red, from: [0.1, 0.1], to: [0.5, 0.6] },
        Shape::Pen { ink: Ink::Green, points: vec![[0.0, 1.0], [0.5, 0.5], [1.0, 1.0]] },
        Shape::Text { ink: Ink::Yellow, at: [0.98, 0.98], text: "too warm 肌".to_owned() },
    ];
    let drawn = Comment { drawing: Some(Drawing { shapes }), ..comment(1, begin, 7, "Ana", "here") };
    let pdf = export(Format::Pdf, &[drawn]).bytes;
    assert!(squeezed(&pages(&pdf, RAW)[0]).contains("toowarm肌"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pdf");
    std::fs::write(&path, pdf).unwrap();
    let page = poppler("pdftoppm", &["-r", "144", "-singlefile"], &path, None);
    let near = |pixel: &&[u8], rgb: [u8; 3]| pixel.iter().zip(rgb).all(|(found, wanted)| found.abs_diff(wanted) < 24);
    // A PPM: a header, then three bytes for each sample.
    let samples = &page[page.len() % 3..];
    let count = |rgb: [u8; 3]| samples.chunks_exact(3).filter(|pixel| near(pixel, rgb)).count();
    assert!(count([96; 3]) > 20_000, "the frame of 256 x 144 points");
    assert!(count(Ink::Red.rgb()) > 100 && count(Ink::Green.rgb()) > 100);
}

#[test]
fn a_still_stands_under_its_drawing_in_its_own_shape() {
    let picture = image::RgbImage::from_pixel(640, 268, image::Rgb([20, 120, 60]));
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(&picture).unwrap();
    let still = Still::from_upload(&bytes).unwrap();
    assert_eq!((still.width, still.height), (640, 268));
    let begin = start("01:00:00:00", FrameRate::FPS_25);
    let shapes = vec![Shape::Box { ink: Ink::Red, from: [0.1, 0.1], to: [0.5, 0.6] }];
    let drawn = Comment { drawing: Some(Drawing { shapes }), ..comment(1, begin, 7, "Ana", "here") };
    let stills = [(drawn.id, still)].into();
    let pdf = export_with(Format::Pdf, &[drawn], &stills).bytes;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.pdf");
    std::fs::write(&path, pdf).unwrap();
    let page = poppler("pdftoppm", &["-r", "144", "-singlefile"], &path, None);
    let samples = &page[page.len() % 3..];
    let count = |rgb: [u8; 3]| {
        samples
            .chunks_exact(3)
            .filter(|pixel| pixel.iter().zip(rgb).all(|(found, wanted)| found.abs_diff(wanted) < 24))
            .count()
    };
    let green = count([20, 120, 60]);
    assert!((95_000..=110_000).contains(&green), "512 x 214 pixels less the drawing, not {green}");
    assert!(count(Ink::Red.rgb()) > 100 && count([96; 3]) < 20_000, "no grey frame");
}
