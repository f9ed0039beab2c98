//! Comment logs to export: made up, with seeds where they are random.

use pipelines::spec::color::InputColor;
use pipelines::spec::look::Look;
use pipelines::spec::source::{ProgramSpec, SourceSpec};
use pipelines::spec::time::{FrameRate, Timecode};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use uuid::Uuid;
use vitrine::domain::comment::{self, Comment, Priority};
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::project::{Classification, ProjectFacts};
use vitrine::domain::review::ReviewWindow;
use vitrine::store::review::ReviewRecord;

/// Every rate that editing systems know, drop-frame where it is defined.
pub fn rates() -> Vec<FrameRate> {
    let whole = [24, 25, 30, 50, 60].map(|fps| FrameRate::new(fps, 1));
    let ntsc = [24_000, 30_000, 60_000].map(|num| FrameRate::new(num, 1_001));
    let drop = [30_000, 60_000].map(|num| FrameRate::new(num, 1_001).with_drop_frame());
    [whole.as_slice(), &ntsc, &drop].concat()
}

pub fn review(title: &str) -> ReviewRecord {
    let at = UtcInstant::from_ms(1_795_000_000_000);
    ReviewRecord {
        id: Uuid::from_u128(7),
        title: title.to_owned(),
        host: "Harbour Grading".to_owned(),
        project: ProjectFacts { id: Uuid::from_u128(9), classification: Classification::Internal },
        created_by: None,
        window: ReviewWindow { starts_at: at, ends_at: at, ended_at: None },
        program: ProgramSpec {
            source_id: Uuid::from_u128(10),
            source: SourceSpec::TestReel { height: 720 },
            look: Look { input_color: InputColor::Bt1886, ..Look::default() },
            start_timecode: None,
            drop_frame: false,
            title: title.to_owned(),
        },
        created_at: at,
        previous: None,
        version: 1,
    }
}

/// A comment on a frame of a source that starts at `start`.
pub fn comment(number: u128, start: Timecode, frame: u64, author: &str, text: &str) -> Comment {
    Comment {
        id: Uuid::from_u128(number),
        review_id: Uuid::from_u128(7),
        source_id: Uuid::from_u128(10),
        source_name: Some("=Reel 3".to_owned()),
        source_reel: Some("a001_c002.é".to_owned()),
        revision: 1,
        parent_id: None,
        viewer_id: Some(Uuid::from_u128(8)),
        link_id: Some(Uuid::from_u128(6)),
        viewing_id: Some(Uuid::from_u128(9)),
        account_id: None,
        author: author.to_owned(),
        email: "ana@example.org".to_owned(),
        text: text.to_owned(),
        source_frame: frame,
        duration_frames: 1,
        rate: start.rate(),
        timecode: start.plus(frame).to_string(),
        category: None,
        priority: Priority::Normal,
        mentions: Vec::new(),
        drawing: None,
        has_still: false,
        created_at: UtcInstant::from_ms(1_795_000_000_000 + i64::try_from(number).unwrap() * 1_000),
        edited_at: None,
        resolved_at: None,
        resolved_by: None,
        deleted_at: None,
        proof: None,
        drawing_proof: None,
        frame_witness: None,
    }
}

pub fn start(label: &str, rate: FrameRate) -> Timecode {
    Timecode::parse(label, rate).unwrap()
}

/// What people, programs and attackers put into a text field.
const FRAGMENTS: [&str; 44] = [
    "0",
    "001  001      V     C        00:00:00:00 00:00:00:01 00:00:00:00 00:00:00:01",
    "٣ ",
    "|",
    " |C:ResolveColorRed |M:x |D:9",
    "\n",
    "\n\n\t",
    "\n002 x",
    "TITLE: x",
    "FCM: DROP FRAME",
    "LOCATION ",
    "M2 ",
    "SPLIT ",
    "* FROM CLIP NAME: x",
    "FROM CLIP",
    "*",
    "- ",
    "=1+1",
    "=HYPERLINK(\"http://x\")",
    "@SUM(A1)",
    "+",
    "<b>",
    "</marker>",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#0;",
    "<!ENTITY x SYSTEM \"file:///etc/passwd\">",
    "\"",
    "'",
    ";,",
    "\u{202e}",
    "\u{200f}",
    "\u{2028}",
    "\u{fffe}",
    "\u{ffff}",
    "مرحبا بالعالم",
    "שלום",
    "肌を少し暖かく",
    "한국어",
    "e\u{301}\u{327}",
    "👩🏽‍🚀",
    "\u{a0}\u{3000}",
    "warm the skin",
];

fn hostile() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        6 => proptest::sample::select(&FRAGMENTS[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]{1,12}",
    ];
    let text = prop_oneof![
        20 => proptest::collection::vec(fragment.clone(), 1..8).prop_map(|parts| parts.concat()),
        1 => proptest::collection::vec(fragment, 200..400).prop_map(|parts| parts.concat().chars().take(4_000).collect::<String>()),
    ];
    text.prop_filter_map("a comment takes it", |text| comment::text(&text).ok())
}

/// Comments with hostile text on frames of their own, the same ones every time.
pub fn hostile_comments(count: u64, start: Timecode) -> Vec<Comment> {
    let mut runner = TestRunner::deterministic();
    let text = hostile();
    let mut frame = 0;
    let comments = (0..count).map(|number| {
        frame += (1u64..200).new_tree(&mut runner).unwrap().current();
        let text = text.new_tree(&mut runner).unwrap().current();
        let author = ["Ana Ito", "2nd unit", "O'Brien <b>", "伊藤 花", "ليلى"][usize::try_from(number % 5).unwrap()];
        comment(u128::from(number) + 1, start, frame, author, &text)
    });
    comments.collect()
}
