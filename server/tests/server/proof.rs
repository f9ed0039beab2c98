//! Proof of picture: what a page reports, what is kept of it, and where it shows.

use std::io::{Cursor, Read as _};
use std::time::Duration;

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::proof::{Course, Kept, Reason, Report, SAMPLES_SHOWN, Sample, State, Track, Watcher, Worst};
use vitrine::domain::viewing::EndReason;

use crate::support::House;

/// A report as a page sends it.
pub fn report(viewing: Uuid, state: &str, reasons: &[&str]) -> Value {
    json!({
        "viewing_id": viewing, "state": state, "reasons": reasons, "rendition": "10-bit 4:4:4, sRGB target",
        "measure": "raw", "code_error": { "mean": 0.25, "max": 1.0 },
        "delta_e": { "mean": 0.02, "max": 0.11, "kind": "2000" }, "latency_ms": 84.5,
        "frames_checked": 20, "frames_disagreed": 0, "frame": null,
    })
}

/// A house, a review, and somebody who watches it: cookie and viewing.
async fn room() -> (House, Uuid, String, Uuid) {
    let house = House::new().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    house.screening.connected(viewing).await.unwrap();
    (house, review, cookie, viewing)
}

async fn reports(house: &House, cookie: &str, report: Value) {
    let answer = house.post("/api/room/proof", cookie, report).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", String::from_utf8_lossy(&answer.body));
}

async fn says(house: &House, cookie: &str, viewing: Uuid) -> Value {
    let body = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": "too warm" });
    house.post("/api/comments", cookie, body).await.json()
}

async fn proof_of(house: &House, review: Uuid, account: &str) -> Value {
    house.get(&format!("/api/reviews/{review}"), account).await.json()["viewers"][0]["proof"].clone()
}

#[tokio::test]
async fn a_change_of_state_is_in_the_record_and_the_same_again_is_not() {
    let (house, _, cookie, viewing) = room().await;
    for state in ["true", "true", "wrong", "wrong", "true"] {
        let reasons: &[&str] = if state == "wrong" { &["filter"] } else { &[] };
        reports(&house, &cookie, report(viewing, state, reasons)).await;
    }
    assert_eq!(house.recorded("viewing.proof", None).await, 3);
    assert_eq!(house.recorded("viewing.proof", Some(("from", "none"))).await, 1);
    assert_eq!(house.recorded("viewing.proof", Some(("reasons", "filter"))).await, 1);
    assert_eq!(house.recorded("viewing.proof", Some(("from", "wrong"))).await, 1);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn the_worst_state_stands_with_the_viewer_and_in_the_record_of_the_viewings_end() {
    let (house, review, cookie, viewing) = room().await;
    let account = house.sign_in().await;
    assert_eq!(proof_of(&house, review, &account).await["worst"], Value::Null);
    reports(&house, &cookie, report(viewing, "unknown", &["no_picture"])).await;
    assert_eq!(proof_of(&house, review, &account).await["worst"], Value::Null, "nobody saw a picture yet");
    reports(&house, &cookie, report(viewing, "reduced", &["chroma_420", "smaller"])).await;
    reports(&house, &cookie, report(viewing, "true", &[])).await;
    let proof = proof_of(&house, review, &account).await;
    assert_eq!((&proof["now"]["state"], &proof["worst"]), (&json!("true"), &json!("reduced")));
    assert_eq!(proof["worst_reasons"], json!(["chroma_420", "smaller"]));
    assert_eq!(proof["now"]["rendition"], "10-bit 4:4:4, sRGB target");
    assert_eq!(proof["now"]["delta_e"], json!({ "mean": 0.02, "max": 0.11, "kind": "2000" }));

    house.screening.end_viewing(viewing, EndReason::Left, &By::SERVER).await.unwrap();
    let worst = Some(("worst_picture", "reduced chroma_420 smaller"));
    assert_eq!(house.recorded("viewing.ended", worst).await, 1);
    // The next viewing is their own too: what was worst stays.
    let next = house.start(review, &cookie).await;
    reports(&house, &cookie, report(next, "true", &[])).await;
    assert_eq!(proof_of(&house, review, &account).await["worst"], "reduced");
}

#[tokio::test]
async fn only_ones_own_running_viewing_is_reported_on() {
    let (house, review, cookie, viewing) = room().await;
    let (other, others) = house.watch(review, &house.link(review).await).await;
    for foreign in [others, Uuid::now_v7()] {
        let answer = house.post("/api/room/proof", &cookie, report(foreign, "true", &[])).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    }
    assert_eq!(house.post("/api/room/proof", "", report(viewing, "true", &[])).await.code(), "not_joined");
    reports(&house, &other, report(others, "true", &[])).await;
    house.screening.end_viewing(viewing, EndReason::Left, &By::SERVER).await.unwrap();
    let late = house.post("/api/room/proof", &cookie, report(viewing, "wrong", &["filter"])).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert_eq!(house.recorded("viewing.proof", None).await, 1);
}

#[tokio::test]
async fn a_report_that_cannot_be_true_is_refused_with_its_field() {
    let (house, _, cookie, viewing) = room().await;
    let nine = ["filter", "matrix", "range", "transfer", "primaries", "scaled", "hidden", "smaller", "no_strip"];
    for (field, value) in [
        ("code_error", json!({ "mean": -1.0, "max": 1.0 })),
        ("code_error", json!({ "mean": 1.0, "max": 1_024.0 })),
        ("code_error", json!({ "mean": 2.0, "max": 1.0 })),
        ("delta_e", json!({ "mean": 1.0, "max": 1e9, "kind": "itp" })),
        ("latency_ms", json!(-1)),
        ("frames_disagreed", json!(21)),
        ("rendition", json!("x".repeat(81))),
        ("rendition", json!("a\nb")),
        ("reasons", json!(nine)),
    ] {
        let mut wrong = report(viewing, "true", &[]);
        wrong[field] = value;
        let answer = house.post("/api/room/proof", &cookie, wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(answer.json()["error"]["field"], field);
    }
    for (field, value) in [
        ("state", json!("fine")),
        ("reasons", json!(["because"])),
        ("delta_e", json!({ "mean": 1.0, "max": 1.0, "kind": "76" })),
        ("more", json!(1)),
    ] {
        let mut wrong = report(viewing, "true", &[]);
        wrong[field] = value;
        assert_eq!(house.post("/api/room/proof", &cookie, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(house.recorded("viewing.proof", None).await, 0);
}

#[tokio::test]
async fn a_comment_and_its_drawing_carry_the_state_in_which_they_were_made() {
    let (house, review, cookie, viewing) = room().await;
    let before = says(&house, &cookie, viewing).await;
    assert_eq!((&before["proof"], &before["frame_witness"]), (&json!("unknown"), &Value::Null));
    reports(&house, &cookie, report(viewing, "reduced", &["eight_bit"])).await;
    let drawing = json!({ "shapes": [{ "kind": "box", "ink": "red", "from": [0.1, 0.1], "to": [0.2, 0.2] }] });
    let body = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": "here",
        "drawing": drawing });
    let made = house.post("/api/comments", &cookie, body).await.json();
    assert_eq!((&made["proof"], &made["drawing_proof"]), (&json!("reduced"), &json!("reduced")));

    // Drawn anew before another picture: the words stay what they were.
    reports(&house, &cookie, report(viewing, "wrong", &["filter"])).await;
    let path = format!("/api/comments/{}", made["id"].as_str().unwrap());
    let other = json!({ "shapes": [{ "kind": "box", "ink": "red", "from": [0.5, 0.5], "to": [0.6, 0.6] }] });
    let drawn = house.patch(&path, &cookie, json!({ "drawing": other })).await.json();
    assert_eq!((&drawn["proof"], &drawn["drawing_proof"]), (&json!("reduced"), &json!("wrong")));
    assert_eq!(house.recorded("comment.made", Some(("proof", "reduced"))).await, 1);

    // An answer of the house was made before no picture of theirs.
    let account = house.sign_in().await;
    let answers = format!("/api/log/{}/answers", made["id"].as_str().unwrap());
    let answer = house.post(&answers, &account, json!({ "id": Uuid::now_v7(), "text": "done" })).await.json();
    assert_eq!(answer["proof"], Value::Null);
    let file = house.get(&format!("/api/reviews/{review}/comments/json"), &account).await.json();
    let states: Vec<&Value> = file["comments"].as_array().unwrap().iter().map(|comment| &comment["proof"]).collect();
    assert_eq!(states, [&json!("unknown"), &json!("reduced"), &Value::Null]);
    let csv =
        String::from_utf8(house.get(&format!("/api/reviews/{review}/comments/csv"), &account).await.body).unwrap();
    assert!(csv.lines().nth(2).unwrap().contains(",reduced,wrong,,"), "{csv}");
}

#[tokio::test]
async fn the_frame_number_in_the_picture_bears_witness_for_each_comment_and_disagreements_are_counted() {
    let (house, review, cookie, viewing) = room().await;
    let account = house.sign_in().await;
    let read = |frame: u64| {
        let mut told = report(viewing, "true", &[]);
        told["frame"] = json!({ "source_frame": frame, "rtp_timestamp": 5 * 3_600 });
        told
    };
    // The server itself sent frame 5 there, whatever the page says of it.
    reports(&house, &cookie, read(5)).await;
    assert_eq!(says(&house, &cookie, viewing).await["frame_witness"], "confirmed");
    reports(&house, &cookie, read(6)).await;
    assert_eq!(says(&house, &cookie, viewing).await["frame_witness"], "contradicted");
    let mut nowhere = read(5);
    nowhere["frame"]["rtp_timestamp"] = json!(7);
    reports(&house, &cookie, nowhere).await;
    assert_eq!(says(&house, &cookie, viewing).await["frame_witness"], Value::Null, "no frame was sent there");
    let mut disagrees = read(5);
    disagrees["frames_disagreed"] = json!(3);
    reports(&house, &cookie, disagrees).await;
    assert_eq!(says(&house, &cookie, viewing).await["frame_witness"], "contradicted");
    let proof = proof_of(&house, review, &account).await;
    assert_eq!((&proof["frames_checked"], &proof["frames_disagreed"]), (&json!(80), &json!(4)));
    let edl = house.get(&format!("/api/reviews/{review}/comments/fcpxml"), &account).await.body;
    assert_eq!(String::from_utf8(edl).unwrap().matches("[frame in doubt] too warm").count(), 2);
}

#[tokio::test]
async fn the_archive_has_every_report_that_was_kept_and_the_worst_of_each_viewer() {
    let (house, review, cookie, viewing) = room().await;
    let account = house.sign_in().await;
    reports(&house, &cookie, report(viewing, "true", &[])).await;
    reports(&house, &cookie, report(viewing, "wrong", &["matrix", "range"])).await;
    let answer = house.get(&format!("/api/reviews/{review}/archive.zip"), &account).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let mut read = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let proof = read("proof.csv");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(proof.as_bytes()).records().map(Result::unwrap).collect();
    let states: Vec<(&str, &str)> = rows.iter().map(|row| (&row[4], &row[5])).collect();
    assert_eq!(states, [("true", ""), ("wrong", "matrix range")]);
    assert_eq!((&rows[0][6], &rows[0][8], &rows[0][12]), ("10-bit 4:4:4, sRGB target", "0.250", "0.110"));
    assert!(read("viewers.csv").contains(",wrong matrix range,40,0\r\n"));
    let viewers: Value = serde_json::from_str(&read("viewers.json")).unwrap();
    assert_eq!(viewers["viewers"][0]["worst_picture"], "wrong");
}

#[tokio::test]
async fn the_report_has_each_viewing_over_time_and_as_a_document_it_is_recorded() {
    let (house, review, cookie, viewing) = room().await;
    let account = house.sign_in().await;
    for (state, reasons) in [("true", &[][..]), ("wrong", &["filter"]), ("true", &[])] {
        reports(&house, &cookie, report(viewing, state, reasons)).await;
    }
    house.watch(review, &house.link(review).await).await;
    let told = house.get(&format!("/api/reviews/{review}/proof"), &account).await.json();
    let [first, silent] = told["viewings"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!((&first["viewing_id"], &first["name"]), (&json!(viewing), &json!("Ana Ito")));
    assert_eq!((&first["worst"], &first["worst_reasons"]), (&json!("wrong"), &json!(["filter"])));
    let states: Vec<&Value> = first["samples"].as_array().unwrap().iter().map(|sample| &sample["state"]).collect();
    assert_eq!(states, [&json!("true"), &json!("wrong"), &json!("true")]);
    assert_eq!(first["delta_e"], json!([{ "mean": 0.02, "max": 0.11, "kind": "2000" }]));
    assert_eq!((&first["latency_ms"], &first["frames_checked"]), (&json!(84.5), &json!(60)));
    assert_eq!((&silent["worst"], &silent["samples"]), (&Value::Null, &json!([])), "who did not report is there too");

    let pdf = house.get(&format!("/api/reviews/{review}/proof.pdf"), &account).await;
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert_eq!(pdf.headers["content-type"], "application/pdf");
    assert_eq!(house.recorded("proof.exported", None).await, 1);
    assert_eq!(house.get(&format!("/api/reviews/{}/proof", Uuid::now_v7()), &account).await.code(), "not_found");
}

fn watcher(ended_s: i64) -> Watcher {
    let at = |seconds: i64| UtcInstant::from_ms(1_000_000 + seconds * 1_000);
    let (name, browser, session_code) = ("Ana Ito".to_owned(), "Chrome 156".to_owned(), "K7QX-2M".to_owned());
    let (viewing_id, viewer_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
    Watcher { viewing_id, viewer_id, name, browser, session_code, started_at: at(0), ended_at: Some(at(ended_s)) }
}

fn sample(at_s: i64, state: State) -> Sample {
    Sample::new(UtcInstant::from_ms(1_000_000 + at_s * 1_000), false, a_report(state), 20, 0)
}

#[test]
fn a_sample_speaks_until_the_next_and_for_half_a_minute_at_most() {
    let samples = vec![sample(5, State::True), sample(15, State::Wrong), sample(25, State::True)];
    let seconds = Course::new(watcher(100), None, samples, UtcInstant::now()).seconds;
    assert_eq!((seconds.exact, seconds.wrong, seconds.reduced, seconds.unknown), (40.0, 10.0, 0.0, 50.0));
    assert_eq!(seconds.total(), 100.0);
}

#[test]
fn a_long_report_keeps_every_change_and_every_peak() {
    let mut samples: Vec<Sample> = (0..10_000).map(|n| sample(n * 10, State::True)).collect();
    samples[3_333].delta_e.as_mut().unwrap().max = 9.0;
    samples[7_001].change = true;
    samples[7_002].change = true;
    let course = Course::new(watcher(100_000), None, samples, UtcInstant::now());
    assert!(course.samples.len() <= SAMPLES_SHOWN + 2, "{}", course.samples.len());
    assert_eq!(course.samples.iter().filter(|sample| sample.change).count(), 2);
    assert!(course.samples.iter().any(|sample| sample.delta_e.unwrap().max == 9.0));
    assert_eq!(course.frames_checked, 200_000, "figures are of all");
}

fn a_report(state: State) -> Report {
    let reasons = if state == State::True { vec![] } else { vec![Reason::Filter] };
    Report { state, reasons, ..serde_json::from_value(report(Uuid::nil(), "true", &[])).unwrap() }
}

/// Hears a state at a time in milliseconds.
fn hear(track: &mut Option<Track>, state: State, at_ms: i64) -> Option<Kept> {
    let (heard, kept) = Track::heard(track.take(), a_report(state), None, UtcInstant::from_ms(at_ms));
    *track = Some(heard);
    kept
}

#[test]
fn a_sample_is_kept_every_ten_seconds_and_has_all_frames_since() {
    let mut track = None;
    let kept: Vec<Kept> = (0..30).filter_map(|second| hear(&mut track, State::True, second * 1_000)).collect();
    assert_eq!(kept.len(), 4, "the first, and one for each ten seconds");
    assert!(kept[0].change.is_some() && kept[1..].iter().all(|kept| kept.change.is_none()));
    assert_eq!(kept.iter().map(|kept| kept.frames_checked).collect::<Vec<_>>(), [20, 180, 180, 180]);
}

#[test]
fn a_silent_page_proves_nothing() {
    let mut track = None;
    hear(&mut track, State::True, 1_000);
    let track = track.unwrap();
    let at = |seconds| track.standing(UtcInstant::from_ms(1_000).plus(Duration::from_secs(seconds)));
    assert_eq!((at(0).state, at(30).state, at(31).state), (State::True, State::True, State::Unknown));
    let silent = track.report(UtcInstant::from_ms(60_000));
    assert_eq!((silent.state, silent.reasons, silent.code_error), (State::Unknown, vec![Reason::NotReported], None));
}

#[test]
fn whoever_flaps_cannot_fill_the_record_and_is_taken_at_their_worst() {
    let mut track = None;
    let states = [State::True, State::Wrong];
    let kept: Vec<Kept> = (0..10_000).filter_map(|n| hear(&mut track, states[n as usize % 2], n)).collect();
    let changes = kept.iter().filter(|kept| kept.change.is_some()).count();
    assert!(changes <= 2 * 10 + 2, "{changes} changes in ten seconds");
    assert_eq!(track.as_ref().unwrap().standing(UtcInstant::from_ms(10_000)).state, State::Wrong);
    // In time it is believed again.
    assert!(hear(&mut track, State::True, 50_000).is_some_and(|kept| kept.change == Some(Some(State::Wrong))));
}

proptest! {
    #[test]
    fn the_record_grows_slowly_whatever_is_sent(seed in proptest::collection::vec((0..4_usize, 0..400_i64), 1..2_000)) {
        let (mut track, mut now, mut kept) = (None, 0, 0_i64);
        for (state, pause) in seed {
            now += pause;
            kept += i64::from(hear(&mut track, State::ALL[state], now).is_some());
        }
        // Each change for the better makes room for three for the worse.
        prop_assert!(kept <= 4 * (11 + now / 30_000) + now / 9_000 + 1, "{kept} in {now} ms");
    }

    #[test]
    fn the_worst_is_read_as_it_was_written(state in 0..4_usize, reasons in proptest::sample::subsequence(Reason::ALL, 0..=8)) {
        let worst = Worst { state: State::ALL[state], reasons };
        prop_assert_eq!(worst.to_string().parse::<Worst>().unwrap(), worst);
    }
}
