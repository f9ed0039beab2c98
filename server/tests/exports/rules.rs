//! What each format does with what it cannot hold, as docs/exports.md says.

use pipelines::spec::time::{FrameRate, Timecode};
use uuid::Uuid;
use vitrine::domain::comment::{Comment, Priority};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::proof::{FrameWitness, State};
use vitrine::export::color::Category;
use vitrine::export::marker::{Marker, MarkerList, one_line, xml_text};
use vitrine::export::{self, ExportError, Format, avid, fcpxml, otio, premiere, resolve};

use crate::log::{comment, review, start};
use crate::readers::{Readers, export, files};

const FPS_25: FrameRate = FrameRate::FPS_25;

fn marker(frame: u64, author: &str, text: &str) -> Marker {
    Marker {
        id: Uuid::from_u128(u128::from(frame)),
        frame,
        duration_frames: 1,
        timecode: start("01:00:00:00", FPS_25).plus(frame),
        author: author.to_owned(),
        text: text.to_owned(),
        category: None,
        priority: Priority::Normal,
        resolved: false,
        drawing: None,
        created_at: UtcInstant::from_ms(1_570_299_854_000),
        proof: None,
        witness: None,
    }
}

fn list(markers: Vec<Marker>) -> MarkerList {
    MarkerList::new("Reel 3", markers).unwrap()
}

fn edl(markers: Vec<Marker>) -> String {
    let [file] = resolve::write(&list(markers)).try_into().unwrap();
    file
}

/// Notes of an EDL: each line with a bar, up to the first one.
fn notes(edl: &str) -> Vec<&str> {
    edl.lines().filter_map(|line| line.split_once(" |C:")).map(|(note, _)| note).collect()
}

#[test]
fn a_resolve_edl_is_what_resolve_itself_writes() {
    let expected = "TITLE: Reel 3\nFCM: NON-DROP FRAME\n\n\
        001  001      V     C        01:00:01:00 01:00:01:01 01:00:01:00 01:00:01:01  \n\
        Warm the skin |C:ResolveColorBlue |M:Ana Ito |D:1\n\n";
    assert_eq!(edl(vec![marker(25, "Ana Ito", "Warm the skin")]), expected);
}

/// `AX` and `BL` say that there is no reel, so none may be called that.
#[test]
fn a_reel_is_what_cmx_3600_can_hold() {
    for (reel, field) in
        [("A001", "A001"), ("a001_c002.é", "A001_C00"), ("2 b/ü", "2_B__"), ("bl", "BL_"), ("AX", "AX_")]
    {
        assert_eq!(resolve::reel_field(reel), field);
        let list = MarkerList { reel: Some(reel.to_owned()), ..list(vec![marker(25, "Ana", "x")]) };
        let [edl] = resolve::write(&list).try_into().unwrap();
        assert!(edl.contains(&format!("\n001  {field:<8} V     C        01:00:01:00")), "{edl}");
    }
}

#[test]
fn drop_frame_is_said_in_the_edl() {
    let rate = FrameRate::new(30_000, 1_001).with_drop_frame();
    let comments = [comment(1, start("00:59:59;28", rate), 4, "Ana", "x")];
    let text = String::from_utf8(export(Format::Resolve, &comments).bytes).unwrap();
    assert!(text.contains("\nFCM: DROP FRAME\n") && text.contains("01:00:00;02 01:00:00;03"), "{text}");
}

#[test]
fn notes_never_look_like_another_line_of_an_edl() {
    let texts =
        ["1 stop up", "٣", "* x", "LOC: 01:00:00:00 RED x", "FROM CLIP NAME: x", "M2", "TITLE: x", "|D:5", "\u{301}x"];
    let markers = texts.iter().zip(0..).map(|(text, frame)| marker(frame, "Ana", text)).collect();
    let edl = edl(markers);
    assert_eq!(notes(&edl).len(), texts.len());
    assert!(notes(&edl).iter().all(|note| note.starts_with("- ")), "{edl}");
    assert_eq!(notes(&self::edl(vec![marker(0, "Ana", "a|b\nc\n\n\td")])), ["a¦b / c / d"]);
}

#[test]
fn comments_on_one_frame_are_one_marker_where_a_program_keeps_one() {
    let both = || vec![marker(7, "Ana", "warmer"), Marker { duration_frames: 3, ..marker(7, "Ben", "no, cooler") }];
    let edl = edl(both());
    assert!(edl.contains("Ana: warmer / Ben: no, cooler |C:ResolveColorBlue |M:Ana, Ben |D:3\n"), "{edl}");
    assert_eq!(avid::write_text(&list(both())).lines().count(), 1);
    let xml = String::from_utf8(avid::write_xml(&list(both())).unwrap()).unwrap();
    assert!(xml.contains(">Ana: warmer\nBen: no, cooler<"), "{xml}");
    let xml = String::from_utf8(premiere::write(&list(both())).unwrap()).unwrap();
    assert_eq!(xml.matches("<marker>").count(), 2, "Premiere keeps both");
}

#[test]
fn a_resolve_marker_ends_where_the_next_begins() {
    let long = Marker { duration_frames: 100, ..marker(0, "Ana", "x") };
    let edl = edl(vec![long, marker(40, "Ana", "y")]);
    let durations: Vec<&str> = edl.lines().filter_map(|line| line.split_once("|D:")).map(|(_, rest)| rest).collect();
    assert_eq!(durations, ["40", "1"]);
}

#[test]
fn a_thousandth_event_begins_a_new_file() {
    let begin = start("01:00:00:00", FPS_25);
    let comments: Vec<_> = (0..1_999).map(|n| comment(u128::from(n), begin, n, "Ana", "x")).collect();
    let exported = export(Format::Resolve, &comments);
    assert_eq!((exported.parts, exported.content_type), (3, "application/zip"));
    assert_eq!(exported.file_name, format!("comments-{}-resolve.edl.zip", Uuid::from_u128(7)));
    let events: Vec<usize> =
        files(exported).into_iter().map(|file| notes(&String::from_utf8(file).unwrap()).len()).collect();
    assert_eq!(events, [999, 999, 1]);
    assert_eq!(export(Format::Avid, &comments).parts, 1, "only EDLs number their events");
}

#[test]
fn events_rise_also_where_timecode_goes_back() {
    let begin = start("23:59:59:20", FPS_25);
    let comments: Vec<_> = [0, 4, 5, 30].iter().map(|n| comment(u128::from(*n), begin, *n, "Ana", "x")).collect();
    let parts = files(export(Format::Resolve, &comments));
    let notes: Vec<usize> = parts.iter().map(|part| notes(std::str::from_utf8(part).unwrap()).len()).collect();
    assert_eq!(notes, [2, 2]);
}

#[test]
fn a_log_with_two_rates_is_a_file_for_each() {
    let ntsc = FrameRate::new(30_000, 1_001);
    let comments = [
        comment(1, start("01:00:00:00", FPS_25), 3, "Ana", "x"),
        comment(2, start("01:00:00:00", ntsc), 4, "Ana", "y"),
    ];
    let exported = export(Format::Fcpxml, &comments);
    assert_eq!(exported.file_name, format!("comments-{}.fcpxml.zip", Uuid::from_u128(7)));
    let mut readers = Readers::default();
    for (bytes, rate) in files(exported).iter().zip([FPS_25, ntsc]) {
        readers.add(Format::Fcpxml, start("01:00:00:00", rate), bytes);
    }
    let frames: Vec<u64> = readers.read().iter().map(|file| file.markers[0].frame).collect();
    assert_eq!(frames, [3, 4]);
}

/// Frame 3 of one reel is not frame 3 of another.
#[test]
fn a_log_of_two_sources_is_a_file_for_each() {
    let one = comment(1, start("01:00:00:00", FPS_25), 3, "Ana", "x");
    let other = comment(2, start("02:00:00:00", FPS_25), 4, "Ana", "y");
    let exported = export(Format::Fcpxml, &[one, Comment { source_id: Uuid::from_u128(11), ..other }]);
    let mut readers = Readers::default();
    for (bytes, label) in files(exported).iter().zip(["01:00:00:00", "02:00:00:00"]) {
        readers.add(Format::Fcpxml, start(label, FPS_25), bytes);
    }
    let frames: Vec<u64> = readers.read().iter().map(|file| file.markers[0].frame).collect();
    assert_eq!(frames, [3, 4]);
}

#[test]
fn durations_are_kept() {
    let long = || list(vec![Marker { duration_frames: 48, ..marker(100, "Ana", "x") }]);
    let mut readers = Readers::default();
    let begin = start("01:00:00:00", FPS_25);
    readers.add(Format::Resolve, begin, resolve::write(&long())[0].as_bytes());
    readers.add(Format::Avid, begin, avid::write_text(&long()).as_bytes());
    readers.add(Format::AvidXml, begin, &avid::write_xml(&long()).unwrap());
    readers.add(Format::Premiere, begin, &premiere::write(&long()).unwrap());
    readers.add(Format::Fcpxml, begin, &fcpxml::write(&long()).unwrap());
    readers.add(Format::Otio, begin, &otio::write(&long()).unwrap());
    for file in readers.read() {
        assert_eq!((file.markers[0].frame, file.markers[0].duration), (100, 48));
    }
}

#[test]
fn each_category_has_its_own_color_in_every_program() {
    let all: Vec<Option<Category>> = Category::ALL.iter().copied().map(Some).chain([None]).collect();
    let markers: Vec<Marker> = all
        .iter()
        .zip(0..)
        .map(|(category, frame)| Marker { category: *category, ..marker(frame, "A", "x") })
        .collect();
    let distinct = |text: String, mark: &str, end: &str| {
        let mut colors: Vec<String> =
            text.split(mark).skip(1).map(|rest| rest.split(end).next().unwrap().to_owned()).collect();
        colors.sort();
        colors.dedup();
        assert_eq!(colors.len(), all.len(), "{colors:?}");
    };
    let utf8 = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let list = list(markers);
    distinct(resolve::write(&list).remove(0), "ResolveColor", " ");
    distinct(avid::write_text(&list), "\tV1\t", "\t");
    distinct(utf8(premiere::write(&list).unwrap()), "<pproColor>", "<");
    distinct(utf8(otio::write(&list).unwrap()), "\"color\": ", ",");
}

#[test]
fn an_avid_line_has_eight_fields() {
    let text = avid::write_text(&list(vec![marker(25, "Ana\tIto", "Warm\nthe \"skin\"\t!")]));
    assert_eq!(text, "Ana Ito\t01:00:01:00\tV1\tblue\tWarm / the \"skin\" !\t1\t\tblue\n");
}

#[test]
fn line_breaks_of_fcpxml_notes_survive_attribute_normalisation() {
    let xml = String::from_utf8(fcpxml::write(&list(vec![marker(0, "Ana", "one\ntwo\t<\"3\">")])).unwrap()).unwrap();
    assert!(xml.contains("note=\"one&#10;two&#9;&lt;&quot;3&quot;&gt;\""), "{xml}");
}

#[test]
fn one_line_knows_every_break() {
    assert_eq!(
        one_line("a\nb\rc\u{b}d\u{c}e\u{85}f\u{2028}g\u{2029}h\u{1c}i\u{0}j\tk"),
        "a / b / c / d / e / f / g / h / ij k"
    );
    assert_eq!(one_line("\n \n"), "");
}

#[test]
fn xml_holds_no_character_that_xml_forbids() {
    assert_eq!(xml_text("a\u{0}b\u{ffff}c\u{1f}\n\t"), "a\u{fffd}b\u{fffd}c\u{fffd}\n\t");
    assert_eq!(xml_text("日本語 \u{85}"), "日本語 \u{85}");
}

#[test]
fn markers_need_a_comment_but_tables_do_not() {
    let write =
        |format| export::write(format, &review("x"), &[], &export::Stills::new(), false, UtcInstant::from_ms(0));
    for format in [Format::Resolve, Format::Avid, Format::AvidXml, Format::Premiere, Format::Fcpxml, Format::Otio] {
        assert!(matches!(write(format), Err(ExportError::NoComments)), "{format}");
    }
    for format in [Format::Csv, Format::Json, Format::Pdf] {
        assert!(write(format).is_ok(), "{format}");
    }
}

#[test]
fn a_timeline_starts_where_the_source_does() {
    let rate = FrameRate::new(60_000, 1_001).with_drop_frame();
    for label in ["00:00:00;00", "09:59:59;59", "23:59:59;58"] {
        let start = start(label, rate);
        let comments = [comment(1, start, 100_000, "Ana", "x"), comment(2, start, 7, "Ana", "y")];
        let lists = export::marker::marker_lists("x", &comments).unwrap();
        assert_eq!((lists.len(), lists[0].start), (1, start), "{label}");
        assert_eq!(lists[0].markers.iter().map(|marker| marker.frame).collect::<Vec<_>>(), [7, 100_000]);
    }
    assert_eq!(Timecode::from_frames(0, rate).minus(1).to_string(), "23:59:59;59");
}

/// A resolved thread of a range, with an answer, and a comment that was taken back.
fn thread() -> Vec<Comment> {
    let begin = start("01:00:00:00", FPS_25);
    let at = UtcInstant::from_ms(1_795_000_000_000);
    let first = Comment {
        duration_frames: 48,
        category: Some(Category::Vfx),
        priority: Priority::High,
        resolved_at: Some(at),
        ..comment(1, begin, 100, "Ana", "wire in the sky")
    };
    let answer = Comment {
        parent_id: Some(first.id),
        account_id: Some(first.id),
        ..comment(2, begin, 100, "grader", "gone in v4")
    };
    let deleted = Comment { deleted_at: Some(at), ..comment(3, begin, 200, "Ben", "never mind") };
    vec![first, answer, deleted]
}

/// Comments made before a true, a reduced and a wrong picture, and one whose frame the picture contradicts.
fn pictures() -> Vec<Comment> {
    let made = |n: u64, proof, witness| Comment {
        proof: Some(proof),
        frame_witness: Some(witness),
        ..comment(u128::from(n), start("01:00:00:00", FPS_25), n * 100, "Ana", "warmer")
    };
    vec![
        made(1, State::True, FrameWitness::Confirmed),
        made(2, State::Reduced, FrameWitness::Confirmed),
        made(3, State::Wrong, FrameWitness::Confirmed),
        made(4, State::True, FrameWitness::Contradicted),
    ]
}

#[test]
fn what_was_known_of_the_authors_picture_goes_with_every_comment() {
    let text = |format| String::from_utf8(export(format, &pictures()).bytes).unwrap();
    let csv = text(Format::Csv);
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    let states: Vec<(&str, &str)> = rows.iter().map(|row| (&row[15], &row[17])).collect();
    assert_eq!(states[1..], [("reduced", "confirmed"), ("wrong", "confirmed"), ("true", "contradicted")]);
    for format in [Format::Json, Format::Otio] {
        let text = text(format);
        assert!(
            text.contains("\"proof\": \"wrong\"") && text.contains("\"frame_witness\": \"contradicted\""),
            "{text}"
        );
    }
    // Where only the text can say it, it says what must not be missed.
    for format in [Format::Resolve, Format::Avid, Format::AvidXml, Format::Premiere, Format::Fcpxml] {
        let text = text(format);
        assert_eq!(text.matches("[wrong picture] warmer").count(), 1, "{format}: {text}");
        assert_eq!(text.matches("[frame in doubt] warmer").count(), 1, "{format}: {text}");
        assert!(!text.contains("educed"), "{format}: {text}");
    }
}

#[test]
fn every_format_carries_range_category_status_and_thread() {
    let text = |format| String::from_utf8(export(format, &thread()).bytes).unwrap();
    let all = "[resolved] [high] wire in the sky";
    let edl = text(Format::Resolve);
    assert!(edl.contains(&format!("- {all} / > grader: gone in v4 |C:ResolveColorPurple |M:Ana |D:48\n")), "{edl}");
    let avid = text(Format::Avid);
    assert_eq!(avid, format!("Ana\t01:00:04:00\tV1\tmagenta\t{all} / > grader: gone in v4\t48\t\tmagenta\n"));
    assert!(text(Format::AvidXml).contains(&format!(">{all}\n&gt; grader: gone in v4<")));
    let premiere = text(Format::Premiere);
    assert!(premiere.contains(&format!("<comment>{all}\n&gt; grader: gone in v4</comment>")), "{premiere}");
    assert!(premiere.contains("<in>100</in><out>148</out>") || premiere.contains("<out>148</out>"), "{premiere}");
    let fcpxml = text(Format::Fcpxml);
    assert!(fcpxml.contains("completed=\"1\"") && fcpxml.contains("note=\"[high] wire in the sky&#10;"), "{fcpxml}");
    let otio: serde_json::Value = serde_json::from_str(&text(Format::Otio)).unwrap();
    let facts = &otio["tracks"]["markers"][0]["metadata"]["vitrine"];
    assert_eq!(
        (&facts["resolved"], &facts["priority"], &facts["category"]),
        (&true.into(), &"high".into(), &"VFX".into())
    );
    let json: serde_json::Value = serde_json::from_str(&text(Format::Json)).unwrap();
    let [first, answer] = json["comments"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!((&first["duration_frames"], &first["category"]), (&48.into(), &"vfx".into()));
    assert_eq!((&answer["thread"], &answer["by_house"]), (&first["id"], &true.into()));
    let csv = text(Format::Csv);
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2, "what was taken back stays in the house");
    assert_eq!((&rows[0][9], &rows[0][10], &rows[0][11], &rows[0][12]), ("48", "VFX", "high", "resolved"));
    assert_eq!((&rows[1][14], &rows[1][12]), (&rows[0][8], ""));
    for format in Format::ALL {
        let bytes = export(*format, &thread()).bytes;
        assert!(!String::from_utf8_lossy(&bytes).contains("never mind"), "{format}");
    }
}
