//! Leases: only ours, only now, only here; everything else is refused alike.

use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::instant::UtcInstant;
use vitrine::token::lease_keys;

use crate::support::House;

fn part(lease: &str, index: usize) -> Value {
    let part = lease.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn own_key(house: &House) -> EncodingKey {
    let pem = std::fs::read_to_string(house.data().lease_key()).unwrap();
    EncodingKey::from_ed_der(rcgen::KeyPair::from_pem(&pem).unwrap().serialized_der())
}

fn foreign_key() -> EncodingKey {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    EncodingKey::from_ed_der(pair.serialized_der())
}

/// Leases that are almost right.
fn forged(house: &House, lease: &str) -> Vec<(String, String)> {
    let (own, claims) = (own_key(house), part(lease, 1));
    let header: Header = serde_json::from_value(part(lease, 0)).unwrap();
    let mut forged: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, header: &Header, claims: &Value, key: &EncodingKey| {
        forged.push((name.to_owned(), encode(header, claims, key).unwrap()));
    };
    add("another key", &header, &claims, &foreign_key());
    add("no typ", &Header { typ: None, ..header.clone() }, &claims, &own);
    add("another typ", &Header { typ: Some("JWT".to_owned()), ..header.clone() }, &claims, &own);
    add("typ in capitals", &Header { typ: Some("VITRINE-LEASE+JWT".to_owned()), ..header.clone() }, &claims, &own);
    let elsewhere = Some("https://mallory.example/keys".to_owned());
    add("keys elsewhere", &Header { jku: elsewhere.clone(), ..header.clone() }, &claims, &foreign_key());
    add("a certificate elsewhere", &Header { x5u: elsewhere, ..header.clone() }, &claims, &foreign_key());
    add("no kid", &Header { kid: None, ..header.clone() }, &claims, &own);
    add("another kid", &Header { kid: Some("x".to_owned()), ..header.clone() }, &claims, &own);
    let now = UtcInstant::now().as_ms() / 1_000;
    for (name, field, value) in [
        ("another audience", "aud", json!("vitrine-console")),
        ("two audiences", "aud", json!(["vitrine-whep", "x"])),
        ("another issuer", "iss", json!("mallory")),
        ("another review", "review", json!(Uuid::now_v7())),
        ("an unknown viewer", "sub", json!(Uuid::now_v7())),
        ("over", "exp", json!(now - 1)),
        ("over at this second", "exp", json!(now)),
        ("too long", "exp", json!(now + 3_600)),
        ("endless", "exp", Value::Null),
        ("made in the future", "iat", json!(now + 60)),
        ("something more", "admin", json!(true)),
        ("over as text", "exp", json!((now + 60).to_string())),
        ("over as a fraction", "exp", json!(f64::from(u32::try_from(now).unwrap()) + 60.5)),
        ("a viewer that is none", "sub", json!("ana")),
        ("a review that is none", "review", json!(7)),
    ] {
        let mut claims = claims.clone();
        claims[field] = value;
        add(name, &header, &claims, &own);
    }
    for missing in ["aud", "iss", "exp", "sub", "iat", "jti", "review"] {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(missing);
        add(&format!("without {missing}"), &header, &claims, &own);
    }
    let public = std::fs::read(house.data().lease_key()).unwrap();
    for algorithm in [Algorithm::HS256, Algorithm::HS512] {
        let mut header = header.clone();
        header.alg = algorithm;
        add("symmetric", &header, &claims, &EncodingKey::from_secret(&public));
    }
    let parts: Vec<&str> = lease.split('.').collect();
    let mut none = part(lease, 0);
    none["alg"] = json!("none");
    let mut other = claims.clone();
    other["exp"] = json!(now + 299);
    other["jti"] = json!(Uuid::now_v7());
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    let flipped: Vec<u8> = signature.iter().enumerate().map(|(at, b)| if at == 5 { b ^ 1 } else { *b }).collect();
    forged.extend([
        ("empty".to_owned(), String::new()),
        ("garbage".to_owned(), "garbage".to_owned()),
        ("dots".to_owned(), "..".to_owned()),
        ("long".to_owned(), "a".repeat(10_000)),
        ("unsigned".to_owned(), format!("{}.{}.", text(&none), parts[1])),
        ("none with the signature".to_owned(), format!("{}.{}.{}", text(&none), parts[1], parts[2])),
        ("other claims".to_owned(), format!("{}.{}.{}", parts[0], text(&other), parts[2])),
        ("flipped bit".to_owned(), format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(flipped))),
        ("padded".to_owned(), format!("{lease}=")),
        ("cut".to_owned(), lease[..lease.len() - 4].to_owned()),
        ("doubled".to_owned(), format!("{lease}.{}", parts[2])),
    ]);
    forged
}

#[tokio::test]
async fn forged_leases_are_refused_alike() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let lease = house.lease(&cookie).await;
    let forged = forged(&house, &lease);
    assert!(forged.len() >= 40, "{}", forged.len());
    let first = house.whep(review, "x").await;
    assert_eq!(first.status, StatusCode::UNAUTHORIZED);
    for (name, lease) in &forged {
        let answer = house.whep(review, lease).await;
        assert_eq!(
            (answer.status, &answer.body, &answer.headers),
            (first.status, &first.body, &first.headers),
            "{name}"
        );
    }
    assert!(house.projector.running.lock().unwrap().is_empty());
    assert_eq!(house.recorded("lease.refused", None).await, forged.len() + 1);
    assert_eq!(house.whep(review, &lease).await.status, StatusCode::CREATED, "the real one opens");
}

#[tokio::test]
async fn whoever_comes_in_has_their_first_lease_with_the_room_and_asks_for_the_next() {
    let house = House::new().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let room = house.redeem(&link, link.passphrase.reveal()).await;
    let lease = room.json()["lease"]["lease"].as_str().unwrap().to_owned();
    assert_eq!(house.recorded("lease.given", None).await, 1, "as any other is");
    assert_eq!(house.whep(review, &lease).await.status, StatusCode::CREATED);
    assert_eq!(
        house.get("/api/room", &room.cookie()).await.json()["lease"],
        Value::Null,
        "a page that is opened anew asks"
    );
    assert_eq!(house.recorded("lease.given", None).await, 1);
}

#[tokio::test]
async fn a_lease_of_somebody_who_may_not_stay_is_refused_alike() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let lease = house.lease(&cookie).await;
    let first = house.whep(review, "x").await;
    assert_eq!(house.post("/api/room/leave", &cookie, json!({})).await.status, StatusCode::NO_CONTENT);
    let answer = house.whep(review, &lease).await;
    assert_eq!((answer.status, &answer.body, &answer.headers), (first.status, &first.body, &first.headers));
}

#[tokio::test]
async fn a_lease_says_what_it_must() {
    let house = House::new().await;
    let review = house.review().await;
    let lease = house.lease(&house.join(&house.link(review).await).await).await;
    let (header, claims) = (part(&lease, 0), part(&lease, 1));
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("EdDSA"), Some("vitrine-lease+jwt")));
    assert!(header["kid"].is_string());
    assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 300);
    assert_eq!(claims["review"], json!(review));
    let mode = vitrine::config::data::mode(&house.data().lease_key()).unwrap();
    assert_eq!(mode, 0o600);
}

/// What a lease that was signed before is answered, and the one made now.
async fn before_and_after(house: &House, review: Uuid, cookie: &str, before: &str) -> (StatusCode, StatusCode, String) {
    let after = house.lease(cookie).await;
    (house.whep(review, before).await.status, house.whep(review, &after).await.status, after)
}

fn written_ago(file: &std::path::Path, ago: Duration) {
    let file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_modified(std::time::SystemTime::now() - ago).unwrap();
}

#[tokio::test]
async fn after_a_rotation_older_leases_are_good_until_they_are_over() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let before = house.lease(&cookie).await;
    lease_keys::rotate(&house.data(), false).unwrap();
    assert_eq!(part(&house.lease(&cookie).await, 0)["kid"], part(&before, 0)["kid"], "not taken up yet");
    house.screening.refresh_lease_keys().await.unwrap();
    let (old, new, after) = before_and_after(&house, review, &cookie, &before).await;
    assert_eq!((old, new), (StatusCode::CREATED, StatusCode::CREATED));
    assert_ne!(part(&after, 0)["kid"], part(&before, 0)["kid"]);
    // Five minutes later the last of them is over, and so is the key.
    written_ago(&house.data().previous_lease_key(), Duration::from_secs(300));
    house.screening.refresh_lease_keys().await.unwrap();
    let (old, new, _) = before_and_after(&house, review, &cookie, &before).await;
    assert_eq!((old, new), (StatusCode::UNAUTHORIZED, StatusCode::CREATED));
    assert_eq!(vitrine::config::data::mode(&house.data().previous_lease_key()).unwrap(), 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_an_emergency_older_leases_are_refused_like_any_other_and_who_watches_goes_on() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let before = house.lease(&cookie).await;
    lease_keys::rotate(&house.data(), false).unwrap();
    lease_keys::rotate(&house.data(), true).unwrap();
    // The running server takes it up by itself; a refused offer changes nothing about what runs.
    let begun = std::time::Instant::now();
    let refused = loop {
        let answer = house.whep(Uuid::now_v7(), &before).await;
        let kid = part(&house.lease(&cookie).await, 0)["kid"].clone();
        if kid != part(&before, 0)["kid"] {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the new key is not taken up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let answer = house.whep(review, &before).await;
    assert_eq!((answer.status, &answer.body), (StatusCode::UNAUTHORIZED, &refused.body));
    assert!(house.projector.runs(viewing), "whoever watches goes on");
    assert_eq!(house.whep(review, &house.lease(&cookie).await).await.status, StatusCode::CREATED);
}

/// The published keys as another program would use them, by their names.
async fn published(house: &House) -> Vec<(String, jsonwebtoken::DecodingKey)> {
    let answer = house.get("/.well-known/jwks.json", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_slice(&answer.body).unwrap();
    let key = |jwk: &jsonwebtoken::jwk::Jwk| {
        (jwk.common.key_id.clone().unwrap(), jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap())
    };
    set.keys.iter().map(key).collect()
}

/// Whether another program can verify a lease by what is published.
async fn verifies(house: &House, lease: &str) -> bool {
    let mut validation = jsonwebtoken::Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["vitrine-whep"]);
    let kid = part(lease, 0)["kid"].as_str().unwrap().to_owned();
    let keys = published(house).await;
    let key = keys.iter().find(|(name, _)| *name == kid);
    key.is_some_and(|(_, key)| jsonwebtoken::decode::<Value>(lease, key, &validation).is_ok())
}

#[tokio::test]
async fn the_published_keys_verify_leases_through_a_rotation() {
    let house = House::new().await;
    let review = house.review().await;
    let cookie = house.join(&house.link(review).await).await;
    let before = house.lease(&cookie).await;
    assert!(verifies(&house, &before).await);
    assert_eq!(published(&house).await.len(), 1);
    lease_keys::rotate(&house.data(), false).unwrap();
    house.screening.refresh_lease_keys().await.unwrap();
    let after = house.lease(&cookie).await;
    assert!(verifies(&house, &before).await && verifies(&house, &after).await, "both while leases of both may live");
    written_ago(&house.data().previous_lease_key(), Duration::from_secs(300));
    house.screening.refresh_lease_keys().await.unwrap();
    assert!(!verifies(&house, &before).await && verifies(&house, &after).await, "the last of them is over");
    let document = house.get("/.well-known/jwks.json", "").await.json();
    let key = document["keys"][0].as_object().unwrap();
    let names: Vec<&str> = key.keys().map(String::as_str).collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"], "the public half and nothing else");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_emergency_rotation_the_old_key_is_published_no_more_within_a_minute() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let before = published(&house).await.remove(0).0;
    lease_keys::rotate(&house.data(), true).unwrap();
    let begun = std::time::Instant::now();
    loop {
        let keys: Vec<String> = published(&house).await.into_iter().map(|(kid, _)| kid).collect();
        if !keys.contains(&before) {
            assert_eq!(keys.len(), 1);
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the old key is still published");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_key_that_has_signed_for_a_month_is_replaced_and_that_is_recorded() {
    let house = House::new().await;
    let kid = async || {
        let now = UtcInstant::now();
        part(&house.screening.leases.issue(Uuid::now_v7(), Uuid::now_v7(), now).unwrap().0, 0)["kid"].clone()
    };
    let first = kid().await;
    house.screening.refresh_lease_keys().await.unwrap();
    assert_eq!(kid().await, first);
    written_ago(&house.data().lease_key(), lease_keys::KEY_LIFE + Duration::from_secs(60));
    house.screening.refresh_lease_keys().await.unwrap();
    house.screening.refresh_lease_keys().await.unwrap();
    assert_ne!(kid().await, first);
    assert_eq!(house.recorded("lease.key_rotated", Some(("at_once", "false"))).await, 1);
}
