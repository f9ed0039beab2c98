//! What stands between a link and the room: networks, uses, the waiting room, one device.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::link::{Invitation, SecondDevice};
use vitrine::domain::network::{NETWORKS_MOST, Networks, Origins};
use vitrine::domain::policy::Profile;
use vitrine::domain::project::{self, Classification};
use vitrine::http::extract::PeerAddress;
use vitrine::service::link::NewLink;

use crate::support::{Answer, HOST, House, ORIGIN, post, redeem_body};

const INSIDE: &str = "192.0.2.7";
const OUTSIDE: &str = "198.51.100.7";

async fn invite(house: &House, review: Uuid, change: impl FnOnce(&mut Invitation)) -> NewLink {
    let mut invitation = Invitation::to("Ana Ito", "ana@example.org");
    change(&mut invitation);
    house.services.create_link(review, invitation, &By::COMMAND_LINE).await.unwrap()
}

/// A request as it comes from an address.
async fn from(house: &House, address: &str, mut request: Request<Body>) -> Answer {
    request.extensions_mut().insert(PeerAddress(SocketAddr::new(address.parse().unwrap(), 50_000)));
    house.send(request).await
}

async fn redeem_from(house: &House, address: &str, link: &NewLink, cookie: &str) -> Answer {
    from(house, address, post("/api/links/redeem", cookie, &redeem_body(link, link.passphrase.reveal()))).await
}

async fn room_from(house: &House, address: &str, cookie: &str) -> Answer {
    let request = Request::get("/api/room").header("host", HOST).header("cookie", cookie);
    from(house, address, request.body(Body::empty()).unwrap()).await
}

/// The viewers of a review as the console lists them.
async fn viewers(house: &House, review: Uuid, account: &str) -> Vec<Value> {
    let answer = house.get(&format!("/api/reviews/{review}"), account).await;
    answer.json()["viewers"].as_array().unwrap().clone()
}

async fn decide(house: &House, account: &str, viewer: &Value, decision: &str) -> Answer {
    let id = viewer["id"].as_str().unwrap();
    house.post(&format!("/api/viewers/{id}/{decision}"), account, json!({})).await
}

#[test]
fn networks_are_ranges_or_addresses_of_both_families() {
    let networks = Networks::named(&["192.0.2.0/24", "2001:db8::/32", " 203.0.113.9 "]).unwrap();
    for inside in ["192.0.2.0", "192.0.2.255", "2001:db8:1::1", "203.0.113.9", "::ffff:192.0.2.1"] {
        assert!(networks.allow(inside.parse().unwrap()), "{inside}");
    }
    for outside in ["192.0.3.0", "203.0.113.10", "2001:db9::1", "::1"] {
        assert!(!networks.allow(outside.parse().unwrap()), "{outside}");
    }
    assert_eq!(networks.to_string().parse::<Networks>().unwrap(), networks);
    for wrong in ["", "x", "192.0.2.0/33", "192.0.2", "192.0.2.0/24/1"] {
        assert!(Networks::named(&[wrong]).unwrap_err().to_string().contains("is not a network"), "{wrong}");
    }
    assert!(Networks::named(&vec!["192.0.2.1"; NETWORKS_MOST + 1]).is_err());
}

#[test]
fn link_and_project_must_both_allow_and_where_names_are_demanded_none_means_nobody() {
    let named = |text: &str| text.parse::<Networks>().unwrap();
    let (inside, outside) = (INSIDE.parse().unwrap(), OUTSIDE.parse().unwrap());
    let anywhere = Origins::default();
    assert!(anywhere.allow(inside, false) && !anywhere.allow(inside, true));
    let project = Origins { project: named("192.0.2.0/24"), ..Origins::default() };
    assert!(project.allow(inside, true) && !project.allow(outside, false));
    let both = Origins { link: named("192.0.0.0/16 198.51.100.0/24"), ..project };
    assert!(both.allow(inside, true) && !both.allow(outside, true));
}

#[tokio::test]
async fn a_link_opens_from_its_networks_only_and_its_cookie_works_there_only() {
    let house = House::new().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.networks = "192.0.2.0/24".parse().unwrap()).await;
    let refused = redeem_from(&house, OUTSIDE, &link, "").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "refused".to_owned()));
    let wrong = from(&house, INSIDE, post("/api/links/redeem", "", &redeem_body(&link, "wrong"))).await;
    assert_eq!(refused.body, wrong.body, "where somebody is tells nothing about the passphrase");
    assert_eq!(house.recorded("link.refused", Some(("reason", "network"))).await, 1);
    let inspect = post("/api/links/inspect", "", &json!({ "secret": link.secret.reveal().as_str() }));
    assert_eq!(from(&house, OUTSIDE, inspect).await.code(), "refused");

    let cookie = redeem_from(&house, INSIDE, &link, "").await.cookie();
    assert_eq!(room_from(&house, INSIDE, &cookie).await.status, StatusCode::OK);
    let elsewhere = room_from(&house, OUTSIDE, &cookie).await;
    assert_eq!((elsewhere.status, elsewhere.code()), (StatusCode::FORBIDDEN, "network".to_owned()));
    assert_eq!(
        house.recorded("link.refused", Some(("reason", "network"))).await,
        2,
        "a cookie is refused as a link is"
    );
    let told = "SELECT COUNT(*) FROM notifications WHERE occasion = 'link.network_refused'";
    let told: i64 = sqlx::query_scalar(told).fetch_one(&mut house.raw().await).await.unwrap();
    assert_eq!(told, 1);
    let lease = from(&house, INSIDE, post("/api/leases", &cookie, &json!({}))).await;
    let lease = lease.json()["lease"].as_str().unwrap().to_owned();
    let offer = |address: &'static str| {
        let request = Request::post(format!("/whep/{review}")).header("host", HOST).header("origin", ORIGIN);
        let request = request.header("authorization", format!("Bearer {lease}"));
        from(&house, address, request.header("content-type", "application/sdp").body(Body::from("offer")).unwrap())
    };
    assert_eq!(offer(OUTSIDE).await.code(), "lease_refused", "a lease alone opens nothing from elsewhere");
    assert_eq!(offer(INSIDE).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_project_narrowed_to_other_networks_stops_whoever_watches_from_elsewhere() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let link = house.link(review).await;
    let cookie = redeem_from(&house, INSIDE, &link, "").await.cookie();
    let path = format!("/api/projects/{}/networks", project::DEFAULT);
    let put = async |networks: Value| {
        let mut request = post(&path, &account, &json!({ "networks": networks }));
        *request.method_mut() = axum::http::Method::PUT;
        house.send(request).await
    };
    assert_eq!(put(json!(["192.0.2.0/24"])).await.json()["networks"], json!(["192.0.2.0/24"]));
    assert_eq!(room_from(&house, INSIDE, &cookie).await.status, StatusCode::OK);
    assert_eq!(put(json!(["203.0.113.0/24"])).await.status, StatusCode::OK);
    let gone = room_from(&house, INSIDE, &cookie).await;
    assert_eq!((gone.status, &gone.json()["error"]["reason"]), (StatusCode::GONE, &json!("network_refused")));
    assert_eq!(house.recorded("project.networks", Some(("to", "203.0.113.0/24"))).await, 1);
    assert_eq!(put(json!(["nonsense"])).await.json()["error"]["field"], "networks");
}

#[tokio::test]
async fn a_link_is_used_so_often_and_the_same_browser_counts_once() {
    let house = House::new().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.uses_limit = Some(2)).await;
    let first = house.join(&link).await;
    let again = house.post("/api/links/redeem", &first, redeem_body(&link, link.passphrase.reveal())).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(house.post("/api/room/leave", &again.cookie(), json!({})).await.status, StatusCode::NO_CONTENT);
    let second = house.join(&link).await;
    assert_eq!(house.post("/api/room/leave", &second, json!({})).await.status, StatusCode::NO_CONTENT);
    let third = house.redeem(&link, link.passphrase.reveal()).await;
    assert_eq!((third.status, third.code()), (StatusCode::FORBIDDEN, "refused".to_owned()));
    assert_eq!(house.recorded("link.refused", Some(("reason", "spent"))).await, 1);
    let facts = house.services.links(Some(review)).await.unwrap()[0].facts;
    assert_eq!((facts.uses, facts.uses_limit), (2, Some(2)));
    for wrong in [0, 1_001] {
        let invitation = Invitation { uses_limit: Some(wrong), ..Invitation::to("A", "a@b") };
        assert!(house.services.create_link(review, invitation, &By::COMMAND_LINE).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_guest_waits_and_nothing_of_the_room_is_open_until_they_are_let_in() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.waiting_room = true).await;
    let door = house.redeem(&link, link.passphrase.reveal()).await;
    assert_eq!(door.status, StatusCode::ACCEPTED);
    assert_eq!((&door.json()["waiting"], &door.json()["name"]), (&json!(true), &json!("Ana Ito")));
    assert_eq!(door.json()["comments"], Value::Null, "the door shows nothing of the room");
    assert_eq!((&door.json()["lease"], house.recorded("lease.given", None).await), (&Value::Null, 0));
    let cookie = door.cookie();
    assert_eq!(house.get("/api/room", &cookie).await.json(), door.json());
    for (path, body) in [("/api/leases", json!({})), ("/api/comments", json!({}))] {
        let closed = house.post(path, &cookie, body).await;
        assert_eq!((closed.status, closed.code()), (StatusCode::CONFLICT, "waiting".to_owned()), "{path}");
    }
    assert_eq!(house.get("/api/comments", &cookie).await.code(), "waiting");
    assert_eq!(house.get("/api/room/events", &cookie).await.code(), "waiting");

    let listed = viewers(&house, review, &account).await;
    assert_eq!(listed[0]["state"], "waiting");
    // Not even the server's own signature opens the picture to somebody who waits.
    let id: Uuid = listed[0]["id"].as_str().unwrap().parse().unwrap();
    let now = vitrine::domain::instant::UtcInstant::now();
    let lease = house.screening.leases.issue(id, review, now).unwrap().0;
    assert_eq!(house.whep(review, &lease).await.code(), "lease_refused");

    assert_eq!(decide(&house, &account, &listed[0], "admit").await.json()["state"], "joined");
    assert_eq!(decide(&house, &account, &listed[0], "admit").await.status, StatusCode::OK, "twice changes nothing");
    assert_eq!(decide(&house, &account, &listed[0], "deny").await.json()["state"], "joined", "too late to deny");
    assert_eq!(house.get("/api/room", &cookie).await.status, StatusCode::OK);
    house.start(review, &cookie).await;
    assert_eq!(house.recorded("viewer.waits", None).await, 1);
    assert_eq!(house.recorded("viewer.admitted", None).await, 1);

    // The browser that was let in once is in.
    let again = house.post("/api/links/redeem", &cookie, redeem_body(&link, link.passphrase.reveal())).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test]
async fn all_links_of_a_project_are_taken_back_at_once_and_those_of_others_are_not() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let project = house.services.review(review).await.unwrap().project.id;
    let ends = [house.link(review).await, house.link(review).await];
    let other = house.services.create_project("Other", Classification::Internal, &By::COMMAND_LINE).await.unwrap();
    let now = vitrine::domain::instant::UtcInstant::now();
    let stays =
        house.link(house.review_in(Some(other.facts.id), now, now.plus(Duration::from_secs(3_600))).await).await;
    let cookies = [house.join(&ends[0]).await, house.join(&stays).await];
    let answer = house.post(&format!("/api/projects/{project}/revoke"), &account, json!({})).await;
    assert_eq!((answer.status, &answer.json()["links"]), (StatusCode::OK, &json!(2)));
    assert_eq!(house.get("/api/room", &cookies[0]).await.status, StatusCode::GONE);
    assert_eq!(house.get("/api/room", &cookies[1]).await.status, StatusCode::OK);
    assert_eq!(house.redeem(&ends[1], ends[1].passphrase.reveal()).await.code(), "refused");
    assert_eq!(house.recorded("link.revoked", Some(("because", "project_revoked"))).await, 2);
    let again = house.post(&format!("/api/projects/{project}/revoke"), &account, json!({})).await;
    assert_eq!(again.json()["links"], 0);
}

#[tokio::test]
async fn whoever_is_in_from_a_network_loses_their_link_and_others_do_not() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let links = [house.link(review).await, house.link(review).await];
    let inside = redeem_from(&house, INSIDE, &links[0], "").await.cookie();
    let outside = redeem_from(&house, OUTSIDE, &links[1], "").await.cookie();
    let revoke =
        async |networks: Value| house.post("/api/networks/revoke", &account, json!({ "networks": networks })).await;
    for wrong in [json!([]), json!(["everywhere"])] {
        assert_eq!(revoke(wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not all of them by mistake");
    }
    assert_eq!(revoke(json!(["192.0.2.0/24"])).await.json()["links"], 1);
    assert_eq!(room_from(&house, INSIDE, &inside).await.status, StatusCode::GONE);
    assert_eq!(room_from(&house, OUTSIDE, &outside).await.status, StatusCode::OK);
    let elsewhere = redeem_from(&house, "203.0.113.9", &links[0], "").await;
    assert_eq!(elsewhere.code(), "refused", "nor do they come back in from another network");
    assert_eq!(house.recorded("links.revoked", Some(("links", "1"))).await, 1);
}

#[tokio::test]
async fn whoever_is_denied_is_told_so_politely_and_may_knock_again() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.waiting_room = true).await;
    let cookie = house.redeem(&link, link.passphrase.reveal()).await.cookie();
    let listed = viewers(&house, review, &account).await;
    let denied = decide(&house, &account, &listed[0], "deny").await.json();
    assert_eq!((&denied["state"], &denied["ended_reason"]), (&json!("ended"), &json!("denied")));
    let told = house.get("/api/room", &cookie).await;
    assert_eq!((told.status, &told.json()["error"]["reason"]), (StatusCode::GONE, &json!("denied")));
    assert!(told.json()["error"]["message"].as_str().unwrap().contains("could not let you in"));
    assert_eq!(house.recorded("viewer.ended", Some(("reason", "denied"))).await, 1);
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn whoever_waits_and_goes_away_is_gone_after_a_minute() {
    let house = House::new().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.waiting_room = true).await;
    let cookie = house.redeem(&link, link.passphrase.reveal()).await.cookie();
    house.sql("UPDATE viewers SET seen_at = seen_at - 50000").await;
    assert_eq!(house.get("/api/room", &cookie).await.status, StatusCode::ACCEPTED, "asking is being there");
    house.screening.supervise().await.unwrap();
    assert_eq!(house.get("/api/room", &cookie).await.status, StatusCode::ACCEPTED);
    house.sql("UPDATE viewers SET seen_at = seen_at - 61000").await;
    house.screening.supervise().await.unwrap();
    assert_eq!(house.get("/api/room", &cookie).await.json()["error"]["reason"], "left");
}

#[tokio::test]
async fn a_second_device_asks_and_the_first_gives_way_only_when_it_is_let_in() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.second_device = SecondDevice::Asks).await;
    let (first, viewing) = house.watch(review, &link).await;
    let second = house.redeem(&link, link.passphrase.reveal()).await;
    assert_eq!(second.status, StatusCode::ACCEPTED);
    assert_eq!(house.get("/api/room", &first).await.status, StatusCode::OK);
    assert!(house.projector.runs(viewing));
    let listed = viewers(&house, review, &account).await;
    let waiting = listed.iter().find(|viewer| viewer["state"] == "waiting").unwrap();
    assert_eq!(decide(&house, &account, waiting, "admit").await.status, StatusCode::OK);
    assert!(!house.projector.runs(viewing), "one viewing at a time");
    assert_eq!(house.get("/api/room", &first).await.json()["error"]["reason"], "replaced");
    assert_eq!(house.get("/api/room", &second.cookie()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn under_tpn_a_second_device_is_refused_whatever_the_link_says() {
    let house = House::under(Profile::Tpn).await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.second_device = SecondDevice::Asks).await;
    house.join(&link).await;
    assert_eq!(house.redeem(&link, link.passphrase.reveal()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_restricted_project_has_the_whole_door() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let by = By::COMMAND_LINE;
    let review = house.review().await;
    house.services.classify_project(project::DEFAULT, Classification::Restricted, &by).await.unwrap();
    let path = format!("/api/reviews/{review}/links");
    let bare = house.post(&path, &account, json!({ "name": "A", "email": "a@b" })).await;
    assert_eq!((bare.status, &bare.json()["error"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("networks")));
    let body = json!({ "name": "A", "email": "a@b", "networks": ["192.0.2.0/24"], "second_device": "asks" });
    let made = house.post(&path, &account, body).await.json();
    assert_eq!((&made["link"]["waiting_room"], &made["link"]["second_device"]), (&json!(true), &json!("refused")));

    let link = invite(&house, review, |link| link.networks = "192.0.2.0/24".parse().unwrap()).await;
    assert_eq!(redeem_from(&house, OUTSIDE, &link, "").await.code(), "refused");
    let wrong = from(&house, INSIDE, post("/api/links/redeem", "", &redeem_body(&link, "wrong"))).await;
    assert_eq!(wrong.code(), "refused");
    let door = redeem_from(&house, INSIDE, &link, "").await;
    assert_eq!(door.status, StatusCode::ACCEPTED);
    assert_eq!(redeem_from(&house, INSIDE, &link, "").await.code(), "refused", "one device");
    let waiting = viewers(&house, review, &account).await;
    assert_eq!(decide(&house, &account, &waiting[0], "admit").await.status, StatusCode::OK);
    assert_eq!(room_from(&house, INSIDE, &door.cookie()).await.status, StatusCode::OK);

    // Taken away again, a network that must be named opens to nobody.
    house.sql("UPDATE links SET networks = ''").await;
    assert_eq!(room_from(&house, INSIDE, &door.cookie()).await.code(), "network");
    house.screening.supervise().await.unwrap();
    assert_eq!(room_from(&house, INSIDE, &door.cookie()).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn the_console_hears_who_knocks() {
    let house = House::new().await;
    let review = house.review().await;
    let link = invite(&house, review, |link| link.waiting_room = true).await;
    let mut changes = house.services.changes();
    house.redeem(&link, link.passphrase.reveal()).await;
    let heard = tokio::time::timeout(Duration::from_secs(1), async {
        loop {
            if matches!(changes.recv().await.unwrap(), vitrine::service::Change::Viewers(id) if id == review) {
                return;
            }
        }
    });
    heard.await.unwrap();
}
