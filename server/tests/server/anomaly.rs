//! What one link alone does not show: a person in two places by two links, one address at many links, a review under fire.

use axum::http::StatusCode;
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::link::Invitation;
use vitrine::domain::policy::Profile;
use vitrine::service::link::NewLink;

use crate::notification::{from, occasions, told};
use crate::support::{House, redeem_body};

async fn link_for(house: &House, review: Uuid, email: &str) -> NewLink {
    let invitation = Invitation::to("Ana Ito", email);
    house.services.create_link(review, invitation, &By::COMMAND_LINE).await.unwrap()
}

async fn give(house: &House, address: &str, link: &NewLink, passphrase: &str) -> StatusCode {
    from(house, address, "/api/links/redeem", &redeem_body(link, passphrase)).await.status
}

async fn opens(house: &House, address: &str, link: &NewLink) -> StatusCode {
    give(house, address, link, link.passphrase.reveal()).await
}

/// How often an occasion was told.
async fn times(house: &House, occasion: &str) -> usize {
    occasions(house).await.into_iter().filter(|told| told == occasion).count()
}

/// Two links of one person to two reviews; somebody watches through the first from here.
async fn watching(house: &House, from_here: &str, emails: [&str; 2]) -> (NewLink, NewLink, Uuid) {
    let reviews = [house.review().await, house.review().await];
    let first = link_for(house, reviews[0], emails[0]).await;
    let second = link_for(house, reviews[1], emails[1]).await;
    let inside = from(house, from_here, "/api/links/redeem", &redeem_body(&first, first.passphrase.reveal())).await;
    let viewing = house.start(reviews[0], &inside.cookie()).await;
    (first, second, viewing)
}

#[tokio::test]
async fn a_person_who_watches_from_two_places_through_two_links_is_told_and_goes_on() {
    let house = House::new().await;
    let (_, second, viewing) = watching(&house, "192.0.2.1", ["ana@example.org", "Ana@Example.org"]).await;
    assert_eq!(opens(&house, "198.51.100.1", &second).await, StatusCode::OK);
    house.screening.supervise().await.unwrap();
    assert!(house.projector.runs(viewing));
    assert_eq!((times(&house, "person.two_places").await, house.recorded("person.two_places", None).await), (1, 1));
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn two_links_in_one_place_two_people_and_somebody_who_left_are_nothing_odd() {
    let house = House::new().await;
    let (_, second, _) = watching(&house, "192.0.2.1", ["ana@example.org", "ana@example.org"]).await;
    assert_eq!(opens(&house, "192.0.77.1", &second).await, StatusCode::OK, "the same place, as far as is known");
    let (_, second, _) = watching(&house, "203.0.113.1", ["bo@example.org", "cy@example.org"]).await;
    assert_eq!(opens(&house, "198.51.100.1", &second).await, StatusCode::OK, "two people");
    let (first, second, _) = watching(&house, "203.0.113.1", ["di@example.org", "di@example.org"]).await;
    house.services.revoke_link(first.link.id, &By::COMMAND_LINE).await.unwrap();
    house.screening.supervise().await.unwrap();
    assert_eq!(opens(&house, "198.51.100.1", &second).await, StatusCode::OK, "they do not watch there any more");
    assert_eq!(times(&house, "person.two_places").await, 0);
}

#[tokio::test]
async fn under_tpn_both_links_of_a_person_in_two_places_are_taken_back() {
    let house = House::under(Profile::Tpn).await;
    let (first, second, viewing) = watching(&house, "192.0.2.1", ["ana@example.org", "ana@example.org"]).await;
    assert_ne!(opens(&house, "198.51.100.1", &second).await, StatusCode::OK);
    house.screening.supervise().await.unwrap();
    assert!(!house.projector.runs(viewing));
    assert_ne!(opens(&house, "192.0.2.1", &first).await, StatusCode::OK);
    assert_eq!(house.recorded("link.revoked", Some(("because", "person_two_places"))).await, 2);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn an_address_with_wrong_passphrases_for_three_links_is_told_once() {
    let house = House::new().await;
    let review = house.review().await;
    let mut links = Vec::new();
    for who in ["ana", "bo", "cy", "di"] {
        links.push(link_for(&house, review, &format!("{who}@example.org")).await);
    }
    for link in &links[..2] {
        give(&house, "192.0.2.1", link, "wrong").await;
    }
    give(&house, "198.51.100.1", &links[2], "wrong").await;
    assert_eq!(times(&house, "address.many_failures").await, 0, "two from one, one from another");
    for link in &links[2..] {
        give(&house, "192.0.2.1", link, "wrong").await;
    }
    let (_, facts) = told(&house).await.into_iter().find(|(told, _)| told == "address.many_failures").unwrap();
    assert!(facts["links"].as_str().unwrap().contains("cy@example.org"), "{facts}");
    assert_eq!(times(&house, "address.many_failures").await, 1);
    assert_eq!(house.recorded("address.many_failures", Some(("links", "3"))).await, 1);
    assert_eq!(opens(&house, "203.0.113.1", &links[3]).await, StatusCode::OK, "the people they are for still come in");
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn people_who_mistype_behind_one_address_are_nothing_odd() {
    let house = House::new().await;
    let review = house.review().await;
    for who in 0..5 {
        let link = link_for(&house, review, &format!("guest{who}@example.org")).await;
        for _ in 0..3 {
            give(&house, "192.0.2.1", &link, "wrong").await;
        }
        assert_eq!(opens(&house, "192.0.2.1", &link).await, StatusCode::OK);
    }
    assert_eq!(times(&house, "address.many_failures").await + times(&house, "review.many_failures").await, 0);
}

#[tokio::test]
async fn twenty_links_that_there_are_none_of_are_told() {
    let house = House::new().await;
    let review = house.review().await;
    let link = link_for(&house, review, "ana@example.org").await;
    let body =
        |n: u32| serde_json::json!({ "secret": format!("{n}{}", link.secret.reveal().as_str()), "passphrase": "x" });
    for n in 0..19 {
        from(&house, "2001:db8::1", "/api/links/redeem", &body(n)).await;
    }
    assert_eq!(times(&house, "address.many_failures").await, 0);
    from(&house, "2001:db8::2", "/api/links/redeem", &body(19)).await;
    assert_eq!(times(&house, "address.many_failures").await, 1, "a /64 is one address");
}

#[tokio::test]
async fn under_tpn_the_links_that_one_address_tried_are_taken_back_and_no_others() {
    let house = House::under(Profile::Tpn).await;
    let review = house.review().await;
    let mut links = Vec::new();
    for who in ["ana", "bo", "cy", "di", "ed"] {
        links.push(link_for(&house, review, &format!("{who}@example.org")).await);
    }
    for link in &links[..4] {
        give(&house, "192.0.2.1", link, "wrong").await;
    }
    assert_eq!(house.recorded("link.revoked", Some(("because", "many_failures"))).await, 4);
    assert_ne!(opens(&house, "203.0.113.1", &links[0]).await, StatusCode::OK);
    assert_eq!(opens(&house, "203.0.113.1", &links[4]).await, StatusCode::OK);
    assert!(house.verify().await.is_ok());
}

#[tokio::test]
async fn a_review_that_takes_ten_wrong_passphrases_from_anywhere_is_told_once_and_goes_on() {
    let house = House::under(Profile::Tpn).await;
    let review = house.review().await;
    let mut links = Vec::new();
    for who in ["ana", "bo", "cy", "di"] {
        links.push(link_for(&house, review, &format!("{who}@example.org")).await);
    }
    for n in 0..12 {
        give(&house, &format!("192.0.2.{n}"), &links[n % 3], "wrong").await;
    }
    assert_eq!(occasions(&house).await, ["review.many_failures"]);
    assert_eq!(house.recorded("review.many_failures", Some(("tries", "10"))).await, 1);
    for link in &links {
        assert_eq!(opens(&house, "203.0.113.1", link).await, StatusCode::OK, "nothing is taken back");
    }
}
