//! The description of the HTTP side, and what must hold on every route of it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, HOST, House, ORIGIN};

/// Every route of the document, with ids of nothing.
async fn routes(house: &House) -> Vec<(Method, String)> {
    let document = house.get("/openapi.json", "").await.json();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let id = Uuid::now_v7().to_string();
        let names = ["{id}", "{review}", "{viewing}", "{account}", "{source}", "{publishing}"];
        let path = names.iter().fold(path.clone(), |path, name| path.replace(name, &id));
        let path = path.replace("{*file}", "none.js").replace("{file}", "none.js").replace("{format}", "csv");
        let methods = operations.as_object().unwrap().keys();
        routes.extend(methods.map(|method| (method.to_uppercase().parse().unwrap(), path.clone())));
    }
    routes
}

async fn bare(house: &House, method: &Method, path: &str, origin: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", HOST);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_document_describes_every_answer() {
    let house = House::new().await;
    let document = house.get("/openapi.json", "").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            assert!(operation["responses"].as_object().is_some_and(|responses| !responses.is_empty()), "{path}");
        }
    }
    assert_references(&document, &document);
}

/// Every `$ref` leads somewhere.
fn assert_references(value: &Value, document: &Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            }
            object.values().for_each(|value| assert_references(value, document));
        }
        Value::Array(array) => array.iter().for_each(|value| assert_references(value, document)),
        _ => {}
    }
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let house = House::new().await;
    let mut all = routes(&house).await;
    all.extend([(Method::GET, "/no/such/page".to_owned()), (Method::PUT, "/api/room".to_owned())]);
    for (method, path) in all.into_iter().filter(|(_, path)| path != "/patches") {
        let answer = bare(&house, &method, &path, Some(ORIGIN)).await;
        for (name, start) in [
            ("content-security-policy", "default-src 'none'; script-src 'self';"),
            ("permissions-policy", ""),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            let value = answer.headers.get(name).unwrap_or_else(|| panic!("{method} {path}: no {name}"));
            assert!(value.to_str().unwrap().starts_with(start), "{method} {path}: {name}");
        }
        for feature in ["camera=()", "microphone=()", "display-capture=()", "geolocation=()", "picture-in-picture=()"] {
            assert!(answer.headers["permissions-policy"].to_str().unwrap().contains(feature));
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.ends_with("require-trusted-types-for 'script'; trusted-types proof-worker scopes-worker"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn the_page_of_patches_may_show_the_viewers_own_machine_and_reach_nothing() {
    let house = House::new().await;
    let answer = bare(&house, &Method::GET, "/patches", Some(ORIGIN)).await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(policy.contains("frame-src http://localhost:*;") && !policy.contains("connect-src"), "{policy}");
    assert_eq!(answer.headers["x-frame-options"], "DENY");
    assert!(!answer.headers.contains_key("cross-origin-embedder-policy"));
}

#[tokio::test]
async fn whatever_changes_something_must_come_from_our_own_pages() {
    let house = House::new().await;
    let changes = |(method, _): &(Method, String)| method != Method::GET && method != Method::OPTIONS;
    for (method, path) in routes(&house).await.into_iter().filter(changes) {
        let by_token = path.starts_with("/whip/") || path.starts_with("/whep/");
        let mut origins = vec![
            Some("https://evil.example"),
            Some("null"),
            Some("http://localhost:8443"),
            Some("https://localhost:8443.evil.example"),
            Some("https://127.0.0.1:8443"),
        ];
        if by_token {
            // Clients that are no browsers name no origin: their token is what counts.
            let answer = bare(&house, &method, &path, None).await;
            // What is no SDP is refused before the token is looked at.
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::UNSUPPORTED_MEDIA_TYPE];
            assert!(refused.contains(&answer.status), "{method} {path}: {}", answer.status);
        } else {
            origins.push(None);
        }
        for origin in origins {
            let answer = bare(&house, &method, &path, origin).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (StatusCode::FORBIDDEN, "refused"),
                "{method} {path} {origin:?}"
            );
        }
        let own = bare(&house, &method, &path, Some(ORIGIN)).await;
        assert_ne!(own.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert!(house.recorded("request.refused", Some(("reason", "foreign_origin"))).await > 50);
}

#[tokio::test]
async fn websockets_must_come_from_our_own_pages() {
    let house = House::new().await;
    let id = Uuid::now_v7();
    for path in ["/api/room/events".to_owned(), format!("/api/reviews/{id}/events")] {
        for origin in [None, Some("https://evil.example")] {
            let mut request = Request::get(&path).header("host", HOST).header("upgrade", "websocket");
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let answer = house.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "refused"));
        }
    }
}

#[tokio::test]
async fn the_console_is_closed_to_viewers_and_strangers() {
    let house = House::new().await;
    let review = house.review().await;
    let viewer = house.join(&house.link(review).await).await;
    let document = house.get("/openapi.json", "").await.json();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"][0].get("account").is_none() {
                continue;
            }
            let path = path
                .replace("{id}", &review.to_string())
                .replace("{account}", &review.to_string())
                .replace("{format}", "csv");
            for cookie in ["", viewer.as_str()] {
                let request = Request::builder().method(method.to_uppercase().as_str()).uri(&path);
                let request = request.header("host", HOST).header("origin", ORIGIN).header("cookie", cookie);
                let answer = house.send(request.body(Body::empty()).unwrap()).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (StatusCode::UNAUTHORIZED, "not_signed_in"),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn pages_are_answered_and_assets_kept() {
    let house = House::new().await;
    for path in ["/join", "/room", "/console"] {
        let answer = house.get(path, "").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    assert_eq!(house.get("/", "").await.headers["location"], "/console");
    let page = String::from_utf8(house.get("/console", "").await.body).unwrap();
    // Only when the web player was built before the server.
    if let Some((_, rest)) = page.split_once("src=\"/assets/") {
        let asset = house.get(&format!("/assets/{}", rest.split('"').next().unwrap()), "").await;
        assert_eq!(asset.status, StatusCode::OK);
        assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable");
        assert!(asset.headers.get("content-encoding").is_none());
        for (asked, small) in [("br, gzip", true), ("gzip;q=0", false), ("br", false)] {
            let path = format!("/assets/{}", rest.split('"').next().unwrap());
            let request = Request::get(path).header("host", HOST).header("accept-encoding", asked);
            let answer = house.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.headers.get("content-encoding").is_some_and(|coding| coding == "gzip"), small, "{asked}");
            assert_eq!(answer.body.starts_with(&[0x1f, 0x8b]), small, "{asked}");
        }
    }
    for path in ["/assets/../client.html", "/assets/%2e%2e/client.html", "/assets/x"] {
        assert_eq!(house.get(path, "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(house.get("/healthz", "").await.json()["status"], "ok");
}

#[tokio::test]
async fn bodies_have_limits() {
    let house = House::new().await;
    let long = serde_json::json!({ "secret": "x".repeat(100_000), "passphrase": "x" });
    assert_eq!(house.post("/api/links/redeem", "", long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
