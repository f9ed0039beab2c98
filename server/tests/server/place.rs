//! Where people are: countries of networks, and a viewer who goes on from elsewhere.

use std::path::Path;

use axum::http::StatusCode;
use vitrine::domain::policy::Profile;
use vitrine::places::{Places, PlacesError};

use crate::notification::{from, occasions};
use crate::support::{House, redeem_body};

/// Networks for documentation, as if they were in Norway and Japan (`countries.py` beside it).
const COUNTRIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/countries.mmdb");
const OSLO: &str = "192.0.2.1";
/// Another network, of the same country.
const BERGEN: &str = "198.51.100.1";
/// The same network as far as addresses tell, of another country.
const TOKYO: &str = "192.0.2.200";
/// In no network of the database.
const SOMEWHERE: &str = "203.0.113.1";

fn places() -> Places {
    Places::open(Some(Path::new(COUNTRIES))).unwrap()
}

fn far(one: &str, other: &str) -> bool {
    places().far_apart(one.parse().unwrap(), other.parse().unwrap())
}

/// Somebody who came in from an address: their cookie.
async fn inside(house: &House, address: &str) -> String {
    let review = house.review().await;
    let link = house.link(review).await;
    from(house, address, "/api/links/redeem", &redeem_body(&link, link.passphrase.reveal())).await.cookie()
}

async fn asks(house: &House, cookie: &str, address: &str) -> StatusCode {
    house.get_from(address, "/api/room", cookie).await.status
}

async fn moves(house: &House) -> (usize, usize) {
    let told = occasions(house).await.into_iter().filter(|occasion| occasion == "viewer.moved").count();
    (told, house.recorded("viewer.moved", None).await)
}

#[test]
fn a_place_is_a_country_where_the_database_knows_both_and_a_network_where_not() {
    assert!(!far(OSLO, BERGEN) && far(OSLO, TOKYO) && far(OSLO, SOMEWHERE));
    assert!(!far(OSLO, "2001:db8:1::1") && far(OSLO, "2001:db8:2::1"), "over both families");
    assert!(!far("::ffff:192.0.2.1", BERGEN), "however it is written");
}

#[test]
fn a_database_that_is_missing_or_none_is_refused_by_name() {
    let error = |path: &str| Places::open(Some(Path::new(path))).unwrap_err().to_string();
    assert!(matches!(Places::open(Some(Path::new("/none.mmdb"))), Err(PlacesError::Unreadable { .. })));
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/countries.py");
    assert!(error(text).contains("countries.py is no database"), "{}", error(text));
}

#[test]
fn a_damaged_database_is_refused_or_read_and_never_the_end_of_the_program() {
    let whole = std::fs::read(COUNTRIES).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("damaged.mmdb");
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        std::fs::write(&file, &damaged).unwrap();
        if let Ok(places) = Places::open(Some(&file)) {
            places.of(OSLO.parse().unwrap());
        }
    }
}

#[tokio::test]
async fn a_viewer_who_goes_on_from_another_place_is_told_once_and_goes_on() {
    let house = House::new().await;
    let cookie = inside(&house, OSLO).await;
    for address in [OSLO, "192.0.77.9", TOKYO] {
        assert_eq!(asks(&house, &cookie, address).await, StatusCode::OK);
    }
    assert_eq!(moves(&house).await, (0, 0), "the same place, as far as is known without a database");
    for _ in 0..3 {
        assert_eq!(asks(&house, &cookie, BERGEN).await, StatusCode::OK);
    }
    assert_eq!(moves(&house).await, (1, 1));
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn with_a_database_another_network_of_the_country_is_nothing_and_another_country_is_told_with_both() {
    let house = House::new().await.knowing(places());
    let cookie = inside(&house, OSLO).await;
    assert_eq!(asks(&house, &cookie, BERGEN).await, StatusCode::OK);
    assert_eq!(moves(&house).await, (0, 0));
    assert_eq!(asks(&house, &cookie, TOKYO).await, StatusCode::OK, "the policy lets them go on");
    assert_eq!(house.recorded("viewer.moved", Some(("from", "192.0.2.1 (NO)"))).await, 1);
    assert_eq!(house.recorded("viewer.moved", Some(("to", "192.0.2.200 (JP)"))).await, 1);
    let network: String = sqlx::query_scalar("SELECT network FROM notifications WHERE occasion = 'viewer.moved'")
        .fetch_one(&mut house.raw().await)
        .await
        .unwrap();
    assert_eq!(network, "192.0.2.0/24 (JP)");
}

#[tokio::test]
async fn under_tpn_a_cookie_that_comes_from_another_country_takes_the_link_back() {
    let house = House::under(Profile::Tpn).await.knowing(places());
    let cookie = inside(&house, OSLO).await;
    assert_eq!(asks(&house, &cookie, SOMEWHERE).await, StatusCode::OK, "another network, whose country nobody knows");
    assert_eq!(house.recorded("link.revoked", None).await, 0);
    assert_eq!(asks(&house, &cookie, TOKYO).await, StatusCode::GONE);
    assert_eq!(asks(&house, &cookie, OSLO).await, StatusCode::GONE, "for everybody who has it");
    assert_eq!(house.recorded("link.revoked", Some(("because", "moved_abroad"))).await, 1);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn under_tpn_one_link_opened_in_two_countries_is_taken_back_also_within_one_network() {
    let house = House::under(Profile::Tpn).await.knowing(places());
    let review = house.review().await;
    let link = house.link(review).await;
    let body = redeem_body(&link, link.passphrase.reveal());
    let inside = from(&house, OSLO, "/api/links/redeem", &body).await;
    house.get_from(OSLO, "/api/room", &inside.cookie()).await;
    from(&house, TOKYO, "/api/links/redeem", &body).await;
    assert_eq!(house.recorded("link.two_places", Some(("inside", "192.0.2.1 (NO)"))).await, 1);
    assert_eq!(house.recorded("link.revoked", Some(("because", "two_places"))).await, 1);
}
