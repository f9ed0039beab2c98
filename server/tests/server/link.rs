//! The way in: counted tries, one place, refusals alike.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::secret::Token;
use vitrine::http::extract::PeerAddress;
use vitrine::service::link::NewLink;

use crate::support::{Answer, HOST, House, ORIGIN, post, redeem_body, whep};

async fn set(house: &House, sql: &'static str, id: Uuid) {
    sqlx::query(sql).bind(id.to_string()).execute(&mut house.raw().await).await.unwrap();
}

fn unknown(link: &NewLink) -> NewLink {
    NewLink { secret: Token::from_bytes([9; 32]), ..link.clone() }
}

fn foreign(link: &NewLink, origin: Option<&str>) -> Request<Body> {
    let mut request = post("/api/links/redeem", "", &redeem_body(link, link.passphrase.reveal()));
    request.headers_mut().remove("origin");
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn a_link_opens_with_its_passphrase_and_inspecting_consumes_nothing() {
    let house = House::new().await;
    let link = house.link(house.review().await).await;
    let secret = json!({ "secret": link.secret.reveal().as_str() });
    for _ in 0..3 {
        let answer = house.post("/api/links/inspect", "", secret.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        let facts = answer.json();
        assert_eq!(facts["recipient"]["email"], "ana@example.org");
        assert_eq!(facts["review"]["title"], "Reel 3");
        assert_eq!(facts["passphrase_required"], true);
        assert_eq!(facts["recorded"].as_array().unwrap().len(), 6);
    }
    let answer = house.redeem(&link, &link.passphrase.reveal().to_uppercase()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-vitrine-viewer=") && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict")
    );
    let room = answer.json();
    assert_eq!(room["viewer"]["name"], "Ana Ito");
    assert_eq!(room["whep_url"], format!("/whep/{}", room["review"]["id"].as_str().unwrap()));
    assert_eq!(room["source"]["description"], Value::Null);
    let mut without_lease = room;
    assert!(without_lease.as_object_mut().unwrap().remove("lease").is_some());
    let mut again = house.get("/api/room", &answer.cookie()).await.json();
    assert_eq!(again["people"].as_array_mut().unwrap().drain(..).len(), 1, "the event stream tells who comes in");
    assert_eq!(again, without_lease);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_wrong_tries_at_once_at_most_five_are_evaluated() {
    let house = House::new().await;
    let link = house.link(house.review().await).await;
    let tries = (0..50).map(|_| {
        let (router, request) = (house.router.clone(), post("/api/links/redeem", "", &redeem_body(&link, "wrong")));
        tokio::spawn(async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() })
    });
    for one in tries.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), StatusCode::FORBIDDEN);
    }
    assert_eq!(house.recorded("link.tried", Some(("evaluated", "true"))).await, 5);
    assert_eq!(house.recorded("link.refused", Some(("reason", "wrong_passphrase"))).await, 5);
    assert_eq!(house.recorded("link.refused", Some(("reason", "locked"))).await, 45);
    let right = house.redeem(&link, link.passphrase.reveal()).await;
    assert_eq!(right.status, StatusCode::FORBIDDEN, "a locked link stays locked");
    let links = house.services.links(None).await.unwrap();
    assert_eq!(links[0].facts.state(UtcInstant::now()).as_str(), "locked");
}

#[tokio::test]
async fn whoever_guesses_at_links_is_soon_not_even_recorded_and_their_own_link_still_opens() {
    let house = House::new().await;
    let link = house.link(house.review().await).await;
    let mut bodies = Vec::new();
    for _ in 0..35 {
        for path in ["/api/links/redeem", "/api/links/inspect"] {
            let body = match path {
                "/api/links/redeem" => redeem_body(&unknown(&link), "wrong"),
                _ => json!({ "secret": unknown(&link).secret.reveal().as_str() }),
            };
            let answer = house.post(path, "", body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            bodies.push(answer.body);
        }
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "the refusal never changes");
    assert_eq!(house.recorded("link.tried", None).await, 31);
    assert_eq!(house.recorded("link.refused", Some(("reason", "address_throttled"))).await, 1);
    assert_eq!(house.recorded("link.refused", None).await + house.recorded("link.inspect_refused", None).await, 61);
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_right_passphrase_gives_its_try_back() {
    let house = House::new().await;
    let link = house.link(house.review().await).await;
    for _ in 0..4 {
        assert_eq!(house.redeem(&link, "wrong").await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::OK);
    assert_eq!(house.services.links(None).await.unwrap()[0].facts.tries_used, 4);
}

/// One refusal of every kind.
async fn refusals(house: &House) -> Vec<(&'static str, Answer)> {
    let review = house.review().await;
    let (wrong, revoked, expired, used) =
        (house.link(review).await, house.link(review).await, house.link(review).await, house.link(review).await);
    let mut answers = vec![("wrong passphrase", house.redeem(&wrong, "wrong").await)];
    let right = wrong.passphrase.reveal();
    answers.push(("unknown link", house.redeem(&unknown(&wrong), right).await));
    let garbage = json!({ "secret": "not a secret", "passphrase": "x" });
    answers.push(("no link at all", house.post("/api/links/redeem", "", garbage).await));
    house.services.revoke_link(revoked.link.id, &By::COMMAND_LINE).await.unwrap();
    answers.push(("revoked", house.redeem(&revoked, revoked.passphrase.reveal()).await));
    set(house, "UPDATE links SET expires_at = 1 WHERE id = ?", expired.link.id).await;
    answers.push(("expired", house.redeem(&expired, expired.passphrase.reveal()).await));
    house.join(&used).await;
    answers.push(("in use", house.redeem(&used, used.passphrase.reveal()).await));
    answers.push(("foreign origin", house.send(foreign(&wrong, Some("https://evil.example"))).await));
    answers.push(("no origin", house.send(foreign(&wrong, None)).await));
    answers.push(("null origin", house.send(foreign(&wrong, Some("null"))).await));

    let hour = Duration::from_secs(3_600);
    let now = UtcInstant::now();
    let planned = house.link(house.review_between(now.plus(hour), now.plus(2 * hour)).await).await;
    answers.push(("not yet", house.redeem(&planned, planned.passphrase.reveal()).await));
    let over = house.review().await;
    let late = house.link(over).await;
    set(house, "UPDATE reviews SET ends_at = 2, starts_at = 1 WHERE id = ?", over).await;
    answers.push(("over", house.redeem(&late, late.passphrase.reveal()).await));
    answers
}

#[tokio::test]
async fn all_refusals_are_alike() {
    let house = House::new().await;
    let refusals = refusals(&house).await;
    let (_, first) = &refusals[0];
    assert_eq!(first.status, StatusCode::FORBIDDEN);
    assert_eq!(
        first.json(),
        json!({ "error": { "code": "refused", "field": null, "message":
            "This link and passphrase do not open a review. Check the passphrase or ask your host for a new link." } })
    );
    for (name, answer) in &refusals {
        assert_eq!(answer.status, first.status, "{name}");
        assert_eq!(answer.body, first.body, "{name}");
        assert_eq!(answer.headers, first.headers, "{name}");
    }
    assert_eq!(house.recorded("link.refused", None).await, refusals.len(), "each is recorded");
}

#[tokio::test]
async fn inspecting_is_refused_alike_too() {
    let house = House::new().await;
    let link = house.link(house.review().await).await;
    let inspect = async |secret: &str| house.post("/api/links/inspect", "", json!({ "secret": secret })).await;
    let unknown = inspect(&unknown(&link).secret.reveal()).await;
    let malformed = inspect("x").await;
    house.services.revoke_link(link.link.id, &By::COMMAND_LINE).await.unwrap();
    let revoked = inspect(&link.secret.reveal()).await;
    for answer in [&malformed, &revoked] {
        assert_eq!((answer.status, &answer.body, &answer.headers), (unknown.status, &unknown.body, &unknown.headers));
    }
    assert_eq!(unknown.code(), "refused");
    assert_eq!(house.recorded("link.inspect_refused", None).await, 3);
}

/// `cargo test --release --workspace --test server -- --ignored --nocapture refusals_take_alike`
#[tokio::test]
#[ignore = "a measurement"]
async fn refusals_take_alike() {
    let house = House::new().await;
    let review = house.review().await;
    let revoked = house.link(review).await;
    house.services.revoke_link(revoked.link.id, &By::COMMAND_LINE).await.unwrap();
    let locked = house.link(review).await;
    for _ in 0..5 {
        house.redeem(&locked, "wrong").await;
    }
    let gone = house.join(&house.link(review).await).await;
    let over = house.lease(&gone).await;
    house.post("/api/room/leave", &gone, json!({})).await;
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for n in 0..200_u8 {
        let known = house.link(review).await;
        let redeem = |link: &NewLink| post("/api/links/redeem", "", &redeem_body(link, "wrong"));
        let kinds = [
            ("link: wrong passphrase", redeem(&known)),
            ("link: there is none", redeem(&unknown(&known))),
            ("link: taken back", redeem(&revoked)),
            ("link: locked", redeem(&locked)),
            ("link: foreign page", foreign(&known, Some("https://evil.example"))),
            ("lease: none", whep(review, "garbage")),
            ("lease: cut", whep(review, &over[..over.len() - 4])),
            ("lease: whoever had it has left", whep(review, &over)),
        ];
        for (kind, (name, mut request)) in kinds.into_iter().enumerate() {
            // Each from another address, which has not been refused too often.
            let ip = Ipv4Addr::new(198, 18, u8::try_from(kind).unwrap(), n);
            request.extensions_mut().insert(PeerAddress((ip, 50_000).into()));
            let begun = Instant::now();
            assert!(house.send(request).await.status.is_client_error());
            times.entry(name).or_default().push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let medians: Vec<(&str, f64)> = times.iter_mut().map(|(name, times)| (*name, median(times))).collect();
    for (name, median) in &medians {
        println!("{name}: median of 200 {median:.2} ms");
    }
    for what in ["link", "lease"] {
        let of = medians.iter().filter(|(name, _)| name.starts_with(what)).map(|(_, median)| *median);
        let (shortest, longest) = of.fold((f64::MAX, 0.0_f64), |(least, most), ms| (least.min(ms), most.max(ms)));
        assert!(longest - shortest < 5.0, "{what}: {shortest:.2} to {longest:.2} ms");
    }
}

#[tokio::test]
async fn one_place_for_each_link_and_an_idle_viewer_gives_way() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let first = house.join(&link).await;
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::FORBIDDEN);

    // The same browser may come in again.
    let again = house.post("/api/links/redeem", &first, redeem_body(&link, link.passphrase.reveal())).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(house.get("/api/room", &first).await.json()["error"]["reason"], "replaced");

    // Not heard of for a while: somebody else may.
    sqlx::query("UPDATE viewers SET seen_at = seen_at - 30000").execute(&mut house.raw().await).await.unwrap();
    let other = house.join(&link).await;
    let gone = house.get("/api/room", &again.cookie()).await;
    assert_eq!((gone.status, gone.code()), (StatusCode::GONE, "ended".to_owned()));
    assert_eq!(house.get("/api/room", &other).await.status, StatusCode::OK);

    // Connected: nobody may, however long nothing was heard.
    let viewing = house.start(review, &other).await;
    house.screening.connected(viewing).await.unwrap();
    sqlx::query("UPDATE viewers SET seen_at = seen_at - 30000").execute(&mut house.raw().await).await.unwrap();
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn eight_days_are_refused() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let path = format!("/api/reviews/{review}/links");
    let late = UtcInstant::now().plus(Duration::from_secs(8 * 24 * 3_600));
    let body = json!({ "name": "Ana Ito", "email": "ana@example.org", "expires_at": late });
    let answer = house.post(&path, &account, body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["error"]["field"], "expires_at");
    let fine = house.post(&path, &account, json!({ "name": "Ana Ito", "email": "ana@example.org" })).await;
    assert_eq!(fine.status, StatusCode::CREATED);
    let url = fine.json()["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{ORIGIN}/join#")) && url.len() == ORIGIN.len() + "/join#".len() + 43, "{url}");
    assert!(fine.json()["passphrase"].as_str().unwrap().len() >= 16);
}

#[tokio::test]
async fn other_names_are_not_answered() {
    let house = House::new().await;
    for host in ["evil.example", "localhost", "localhost:8444", "LOCALHOST:8443"] {
        let request = Request::get("/healthz").header("host", host).body(Body::empty()).unwrap();
        let expected = if host.eq_ignore_ascii_case(HOST) { StatusCode::OK } else { StatusCode::MISDIRECTED_REQUEST };
        assert_eq!(house.send(request).await.status, expected, "{host}");
    }
}
