//! Viewings: started under a lease, stopped once they lose their right, whoever took it.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use pipelines::spec::color::{Display, Gamut, TargetColor};
use pipelines::spec::encode::VideoFormat;
use serde_json::json;
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::media::{MediaEvent, ViewingRefusal};

use crate::support::{HOST, House, ORIGIN, until};

const SECOND: Duration = Duration::from_secs(1);
/// Soon enough for a rule; the bar of a second is held at the viewer's socket, by the media tests of the whole program.
const SOON: Duration = Duration::from_secs(3);

async fn sql(house: &House, sql: &'static str) {
    sqlx::query(sql).execute(&mut house.raw().await).await.unwrap();
}

/// Waits for the stop of the media.
async fn stops(house: &House, viewing: Uuid) {
    until(SOON, || !house.projector.runs(viewing)).await.expect("the viewing was stopped in time");
}

#[tokio::test]
async fn whep_answers_and_a_new_offer_replaces_the_old_viewing() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let lease = house.lease(&cookie).await;
    let answer = house.whep(review, &lease).await;
    assert_eq!(answer.headers["content-type"], "application/sdp");
    assert_eq!(answer.body, b"answer to offer");
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("/whep/{review}/")));
    let first: Uuid = location.rsplit('/').next().unwrap().parse().unwrap();
    let second = house.start(review, &cookie).await;
    assert!(!house.projector.runs(first) && house.projector.runs(second));
    assert_eq!(house.recorded("viewing.ended", Some(("reason", "replaced"))).await, 1);

    let delete = |viewing: Uuid, lease: &str| {
        Request::delete(format!("/whep/{review}/{viewing}"))
            .header("host", HOST)
            .header("origin", ORIGIN)
            .header("authorization", format!("Bearer {lease}"))
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(house.send(delete(second, "x")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.send(delete(Uuid::now_v7(), &lease)).await.status, StatusCode::UNAUTHORIZED);
    assert!(house.projector.runs(second));
    assert_eq!(house.send(delete(second, &lease)).await.status, StatusCode::OK);
    assert!(!house.projector.runs(second));
}

#[tokio::test]
async fn a_viewer_begins_ice_anew_for_their_own_viewing_and_that_is_recorded() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let (lease, viewing) = (house.lease(&cookie).await, house.start(review, &cookie).await);
    let restart = async |viewing: Uuid, lease: &str, tag: &str| {
        let request = Request::patch(format!("/whep/{review}/{viewing}"))
            .header("host", HOST)
            .header("origin", ORIGIN)
            .header("content-type", "application/trickle-ice-sdpfrag")
            .header("if-match", tag)
            .header("authorization", format!("Bearer {lease}"))
            .body(Body::from("a=ice-ufrag:anew\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"));
        house.send(request.unwrap()).await
    };
    let answer = restart(viewing, &lease, "*").await;
    assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, &b"a=ice-ufrag:us\r\n"[..]));
    assert_eq!(answer.headers["content-type"], "application/trickle-ice-sdpfrag");
    assert_eq!(answer.headers["etag"], "\"us\"");
    assert_eq!(house.recorded("viewing.restarted", None).await, 1);

    let others = house.lease(&house.join(&house.link(review).await).await).await;
    assert_eq!(restart(viewing, &others, "*").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(restart(viewing, &lease, "\"other\"").await.status, StatusCode::PRECONDITION_FAILED);
    house.start(review, &cookie).await;
    assert_eq!(restart(viewing, &lease, "*").await.code(), "viewing_over");
    assert_eq!(house.recorded("viewing.restarted", None).await, 1, "nothing began anew, so nothing is said to have");
}

#[tokio::test]
async fn an_offer_says_what_its_display_shows_and_nothing_else() {
    let house = House::new().await;
    let review = house.review().await;
    let lease = house.lease(&house.join(&house.link(review).await).await).await;
    let offer = async |query: &str| {
        let request = Request::post(format!("/whep/{review}{query}"))
            .header("host", HOST)
            .header("origin", ORIGIN)
            .header("content-type", "application/sdp")
            .header("authorization", format!("Bearer {lease}"));
        house.send(request.body(Body::from("offer")).unwrap()).await
    };
    assert_eq!(offer("?gamut=p3&range=high&formats=vp9-profile2,h264-bits8").await.status, StatusCode::CREATED);
    let asked = house.projector.asked.lock().unwrap().pop().unwrap();
    assert_eq!(asked.display, Display { gamut: Gamut::P3, hdr: true });
    assert_eq!(asked.formats, Some(vec![VideoFormat::Vp9Profile2, VideoFormat::H264Bits8]));
    assert_eq!(asked.target, None);
    assert_eq!(offer("").await.status, StatusCode::CREATED);
    assert_eq!(house.projector.asked.lock().unwrap().pop().unwrap().display, Display::default());
    for (query, code) in [
        ("?gamut=rec709", "bad_query"),
        ("?range=bright", "bad_query"),
        ("?target=hdr10", "bad_query"),
        ("?formats=av1", "bad_format"),
        ("?formats=", "bad_format"),
    ] {
        let answer = offer(query).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, code), "{query}");
    }
}

#[tokio::test]
async fn the_colourist_says_in_what_colour_a_viewer_is_sent_the_picture() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let id = house.get("/api/room", &cookie).await.json()["viewer"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/viewers/{id}/target");
    let set = async |target: serde_json::Value| house.post(&path, &account, json!({ "target": target })).await;

    let answer = set(json!("display-p3")).await;
    assert_eq!(answer.json()["target"], "display-p3");
    assert_eq!(house.projector.targets.lock().unwrap().pop(), Some((viewing, Some(TargetColor::DisplayP3))));
    assert_eq!(house.recorded("viewer.target", Some(("to", "display-p3"))).await, 1);
    // A new connection of theirs is in it from its first picture.
    house.start(review, &cookie).await;
    assert_eq!(house.projector.asked.lock().unwrap().pop().unwrap().target, Some(TargetColor::DisplayP3));
    // The same again changes nothing; taken back, the display decides.
    set(json!("display-p3")).await;
    assert_eq!(house.recorded("viewer.target", None).await, 1);
    assert_eq!(set(json!(null)).await.json()["target"], json!(null));
    assert_eq!(house.recorded("viewer.target", Some(("to", "automatic"))).await, 1);

    assert_eq!(set(json!("rec709")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.post(&path, &account, json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.post(&format!("/api/viewers/{id}/remove"), &account, json!({})).await;
    assert_eq!(set(json!("hdr10")).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn whep_refuses_what_it_cannot_use() {
    let house = House::new().await;
    let review = house.review().await;
    let lease = house.lease(&house.join(&house.link(review).await).await).await;
    for (refusal, status, code) in [
        (ViewingRefusal::Full { retry_after_s: 30 }, StatusCode::SERVICE_UNAVAILABLE, "full"),
        (ViewingRefusal::NotAcceptable("H.264 is needed".to_owned()), StatusCode::NOT_ACCEPTABLE, "not_acceptable"),
        (ViewingRefusal::BadOffer("no ICE".to_owned()), StatusCode::BAD_REQUEST, "bad_offer"),
        (ViewingRefusal::NoProgram, StatusCode::SERVICE_UNAVAILABLE, "no_program"),
    ] {
        *house.projector.refuse.lock().unwrap() = Some(refusal);
        let answer = house.whep(review, &lease).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
        if code == "full" {
            assert_eq!(answer.headers["retry-after"], "30");
        }
    }
    assert_eq!(house.recorded("viewing.refused", None).await, 4);
    let path = format!("/whep/{review}");
    for method in ["PATCH", "GET", "PUT"] {
        let request = Request::builder().method(method).uri(&path).header("host", HOST).header("origin", ORIGIN);
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert!(answer.headers["allow"].to_str().unwrap().contains("POST"));
    }
    let json = Request::post(&path).header("host", HOST).header("origin", ORIGIN).header("content-type", "text/plain");
    let answer = house.send(json.body(Body::from("x")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_the_right_the_media_stops() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let account = house.sign_in().await;
    let other = house.other_process().await;

    // Revoked by another process.
    let review = house.review().await;
    let link = house.link(review).await;
    let (cookie, viewing) = house.watch(review, &link).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(house.projector.runs(viewing), "nothing is stopped without a reason");
    other.revoke_link(link.link.id, &By::COMMAND_LINE).await.unwrap();
    stops(&house, viewing).await;
    let gone = house.get("/api/room", &cookie).await;
    assert_eq!((gone.status, &gone.json()["error"]["reason"]), (StatusCode::GONE, &json!("link_revoked")));

    // Revoked from the console: stopped before the answer.
    let link = house.link(review).await;
    let (_, viewing) = house.watch(review, &link).await;
    let answer = house.post(&format!("/api/links/{}/revoke", link.link.id), &account, json!({})).await;
    assert_eq!(answer.json()["state"], "revoked");
    assert!(!house.projector.runs(viewing));

    // Removed.
    let link = house.link(review).await;
    let (cookie, viewing) = house.watch(review, &link).await;
    let id = house.services.viewers(review).await.unwrap()[0].id;
    let answer = house.post(&format!("/api/viewers/{id}/remove"), &account, json!({})).await;
    assert_eq!(answer.json()["ended_reason"], "removed");
    assert!(!house.projector.runs(viewing));
    assert_eq!(house.get("/api/room", &cookie).await.json()["error"]["reason"], "removed");

    // Expired: the link.
    let link = house.link(review).await;
    let (_, viewing) = house.watch(review, &link).await;
    let soon = UtcInstant::now().plus(Duration::from_millis(300)).as_ms();
    sqlx::query("UPDATE links SET expires_at = ? WHERE revoked_at IS NULL")
        .bind(soon)
        .execute(&mut house.raw().await)
        .await
        .unwrap();
    stops(&house, viewing).await;
    assert!(UtcInstant::now().as_ms() > soon);

    // Ended by another process.
    let review = house.review().await;
    let link = house.link(review).await;
    let (_, viewing) = house.watch(review, &link).await;
    other.end_review(review, &By::COMMAND_LINE).await.unwrap();
    stops(&house, viewing).await;
    house.comes_to_be_recorded("viewing.ended", Some(("reason", "review_ended")), 1).await;
    assert!(house.verify().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_not_renewed_stops_the_picture_but_not_the_viewer() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    sql(&house, "UPDATE viewers SET lease_expires_at = 1").await;
    stops(&house, viewing).await;
    assert_eq!(house.get("/api/room", &cookie).await.status, StatusCode::OK);
    let again = house.start(review, &cookie).await;
    assert!(house.projector.runs(again));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_ends_the_viewing_but_not_the_viewer() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let review = house.review().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    house.projector.tell(MediaEvent::ViewingConnected { viewing });
    house.projector.tell(MediaEvent::ViewingLost { viewing, reason: "ICE".to_owned() });
    stops(&house, viewing).await;
    house.comes_to_be_recorded("viewing.connected", None, 1).await;
    house.comes_to_be_recorded("viewing.ended", Some(("reason", "connection_lost")), 1).await;
    assert_eq!(house.get("/api/room", &cookie).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_follow_their_windows() {
    let house = House::new().await;
    let now = UtcInstant::now();
    let review = house.review_between(now, now.plus(2 * SECOND)).await;
    let planned = house.review_between(now.plus(3_600 * SECOND), now.plus(7_200 * SECOND)).await;
    let _jobs = house.start_jobs();
    let open = |review: Uuid| house.projector.open.lock().unwrap().contains_key(&review);
    assert!(until(SOON, || open(review)).await.is_some());
    assert!(!open(planned));
    assert!(until(2 * SECOND + SOON, || !open(review)).await.is_some());
}

#[tokio::test]
async fn at_stop_every_viewing_ends() {
    let house = House::new().await;
    let review = house.review().await;
    let (_, viewing) = house.watch(review, &house.link(review).await).await;
    house.screening.end_all().await.unwrap();
    assert!(!house.projector.runs(viewing));
    assert_eq!(house.recorded("viewing.ended", Some(("reason", "server_stopping"))).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_no_picture_goes_on() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let review = house.review().await;
    let (_, viewing) = house.watch(review, &house.link(review).await).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    house.services.store.close().await;
    let took = until(8 * SECOND, || !house.projector.runs(viewing)).await.expect("the viewing was stopped");
    assert!(took > 4 * SECOND, "a short failure is survived: {took:?}");
}
