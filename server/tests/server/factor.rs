//! Second factors.

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::json;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::project::Classification;
use vitrine::token::totp;

use crate::support::{House, PASSWORD, USER};

/// RFC 6238, appendix B: the SHA-1 rows, of whose eight digits the last six are the code.
#[test]
fn codes_are_those_of_the_standard() {
    for (second, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let at = |second: i64| UtcInstant::from_ms(second * 1_000);
        let found = |second: i64| totp::step(b"12345678901234567890", code, at(second));
        assert_eq!(found(second), Some(second / 30));
        assert_eq!(found(second + 30), Some(second / 30), "one step late");
        assert_eq!(found(second + 90), None, "three steps late");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_as_a_code_is_read_or_refused(text in ".{0,40}", at in 0_i64..4_000_000_000_000) {
        let step = totp::step(b"12345678901234567890", &text, UtcInstant::from_ms(at));
        prop_assert!(step.is_none() || text.len() >= 6);
    }
}

/// An authenticator's secret as it lies in the database.
async fn secret_on_disk(house: &House) -> Vec<u8> {
    sqlx::query_scalar("SELECT secret FROM totp").fetch_one(&mut house.raw().await).await.unwrap()
}

#[tokio::test]
async fn an_authenticators_secret_is_nowhere_in_clear_and_opens_for_its_account_only() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let first = house.give_password(USER, PASSWORD).await.cookie();
    let shown = house.post("/api/factors/totp", &first, json!({})).await.json()["secret"].as_str().unwrap().to_owned();
    let secret = totp_rs::Secret::try_from_base32(&shown).unwrap();
    let files = ["vitrine.db", "vitrine.db-wal"].map(|name| std::fs::read(house.dir.path().join(name)).unwrap());
    assert!(files.iter().all(|file| !file.windows(20).any(|bytes| bytes == secret.as_bytes())));
    assert_ne!(secret_on_disk(&house).await, secret.as_bytes());
    // The row of another account, with the seal it has.
    let other = house.account("other", Role::Admin).await;
    sqlx::query("UPDATE totp SET account_id = ?")
        .bind(other.to_string())
        .execute(&mut house.raw().await)
        .await
        .unwrap();
    let cookie = house.give_password("other", PASSWORD).await.cookie();
    let code = crate::support::Authenticator::new(&shown).code(0);
    let answer = house.post("/api/factors/totp/confirm", &cookie, json!({ "code": code })).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::INTERNAL_SERVER_ERROR, "internal".to_owned()));
}

#[tokio::test]
async fn secrets_from_before_are_sealed_at_start_and_their_codes_go_on_opening() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let (_, authenticator, _) = house.enrol(USER).await;
    // As the version before left it.
    let clear = authenticator.secret();
    sqlx::query("UPDATE totp SET secret = ?, sealed = 0").bind(&clear).execute(&mut house.raw().await).await.unwrap();
    house.services.seal_secrets().await.unwrap();
    house.services.seal_secrets().await.unwrap();
    assert_eq!(house.recorded("factor.sealed", Some(("secrets", "1"))).await, 1);
    for name in ["vitrine.db", "vitrine.db-wal"] {
        let file = std::fs::read(house.dir.path().join(name)).unwrap_or_default();
        assert!(!file.windows(20).any(|bytes| bytes == clear), "{name} still has it");
    }
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    let answer = house.post("/api/sign-in/code", &cookie, json!({ "code": authenticator.code(1) })).await;
    assert_eq!(answer.status, StatusCode::OK);
    // A key that is lost is not made anew: nobody could sign in, and nobody would know why.
    std::fs::remove_file(house.data().secret_seal()).unwrap();
    let access = vitrine::domain::policy::AccessConfig::default();
    let lost = vitrine::service::seal::load(&house.services.store, &house.data(), &access).await.unwrap_err();
    assert!(lost.to_string().contains("secret-seal.key"), "{lost}");
}

#[tokio::test]
async fn a_code_opens_the_console_once() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let (_, authenticator, _) = house.enrol(USER).await;
    let first = house.give_password(USER, PASSWORD).await.cookie();
    assert_eq!(house.get("/api/reviews", &first).await.code(), "second_factor_due");
    let code = json!({ "code": authenticator.code(1) });
    let opened = house.post("/api/sign-in/code", &first, code.clone()).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", String::from_utf8_lossy(&opened.body));
    assert_eq!(house.get("/api/reviews", &opened.cookie()).await.status, StatusCode::OK);
    assert_eq!(house.get("/api/reviews", &first).await.code(), "not_signed_in", "the cookie changed");

    let second = house.give_password(USER, PASSWORD).await.cookie();
    assert_eq!(house.post("/api/sign-in/code", &second, code).await.code(), "factor_refused", "the same again");
    let earlier = json!({ "code": authenticator.code(0) });
    assert_eq!(house.post("/api/sign-in/code", &second, earlier).await.code(), "factor_refused", "a step before it");
    assert_eq!(house.recorded("factor.refused", Some(("reason", "code_used_before"))).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_one_code_given_many_times_at_once_one_opens() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let (_, authenticator, _) = house.enrol(USER).await;
    let mut cookies = Vec::new();
    for _ in 0..4 {
        cookies.push(house.give_password(USER, PASSWORD).await.cookie());
    }
    house.sql("DELETE FROM sign_in_tries").await;
    let body = json!({ "code": authenticator.code(1) });
    let answers = cookies.iter().map(|cookie| house.post("/api/sign-in/code", cookie, body.clone()));
    let answers = futures_util::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
}

#[tokio::test]
async fn a_recovery_code_opens_the_console_once_and_only_its_hash_is_kept() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let (_, _, codes) = house.enrol(USER).await;
    assert_eq!(codes.len(), 10);
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    let typed = codes[3].to_uppercase().replace('-', " ");
    let opened = house.post("/api/sign-in/code", &cookie, json!({ "code": typed })).await;
    assert_eq!(opened.status, StatusCode::OK);
    assert_eq!(house.get("/api/factors", &opened.cookie()).await.json()["recovery_codes"], 9);
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    assert_eq!(house.post("/api/sign-in/code", &cookie, json!({ "code": codes[3] })).await.code(), "factor_refused");

    let fresh = house.post("/api/factors/recovery-codes", &opened.cookie(), json!({})).await;
    assert_eq!(fresh.json()["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(house.post("/api/sign-in/code", &cookie, json!({ "code": codes[4] })).await.code(), "factor_refused");
    house.services.store.close().await;
    let bytes = std::fs::read(house.data().database()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(codes.iter().all(|code| !text.contains(code) && !text.contains(&code.replace('-', ""))));
}

#[tokio::test]
async fn what_changes_how_one_signs_in_wants_a_proof_of_the_last_five_minutes() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let (cookie, _, _) = house.enrol(USER).await;
    let passkey = uuid::Uuid::now_v7();
    let asked = async || {
        let codes = house.post("/api/factors/recovery-codes", &cookie, json!({})).await;
        let added = house.post("/api/passkeys/options", &cookie, json!({})).await;
        let removed = house.delete(&format!("/api/passkeys/{passkey}"), &cookie).await;
        [codes, added, removed].map(|answer| (answer.status, answer.code()))
    };
    let fresh = asked().await.map(|(status, _)| status);
    assert_eq!(fresh, [StatusCode::CREATED, StatusCode::OK, StatusCode::NOT_FOUND]);
    house.sql("UPDATE account_sessions SET created_at = created_at - 301000, proven_at = proven_at - 301000").await;
    let due = (StatusCode::FORBIDDEN, "proof_due".to_owned());
    assert_eq!(asked().await, [due.clone(), due.clone(), due]);
    assert_eq!(house.get("/api/reviews", &cookie).await.status, StatusCode::OK, "work goes on");
    house.sql("UPDATE account_sessions SET proven_at = proven_at + 10000").await;
    assert_eq!(asked().await[0].0, StatusCode::CREATED, "a second factor is a proof too");
}

#[tokio::test]
async fn wrong_codes_share_the_five_tries_with_passwords_and_end_the_session() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let (_, authenticator, _) = house.enrol(USER).await;
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    for _ in 0..4 {
        assert_eq!(
            house.post("/api/sign-in/code", &cookie, json!({ "code": "000000" })).await.code(),
            "factor_refused"
        );
    }
    // Knowing the password does not give the tries back.
    let right = house.post("/api/sign-in/code", &cookie, json!({ "code": authenticator.code(1) })).await;
    assert_eq!(right.code(), "factor_refused", "the sixth try is not looked at");
    assert_eq!(house.get("/api/me", &cookie).await.code(), "not_signed_in");
    assert_eq!(house.give_password(USER, PASSWORD).await.code(), "sign_in_refused");
    assert_eq!(house.recorded("factor.refused", Some(("reason", "throttled"))).await, 1);
}

#[tokio::test]
async fn an_authenticator_is_confirmed_by_its_first_code_and_replaced_only_by_an_admin() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    let offered = house.post("/api/factors/totp", &cookie, json!({})).await;
    assert_eq!(offered.status, StatusCode::CREATED);
    assert!(offered.json()["url"].as_str().unwrap().starts_with("otpauth://totp/Vitrine:grader?secret="));
    let wrong = house.post("/api/factors/totp/confirm", &cookie, json!({ "code": "000000" })).await;
    assert_eq!(wrong.code(), "factor_refused");
    assert_eq!(house.get("/api/factors", &cookie).await.json()["totp"], false);

    let (cookie, ..) = house.enrol(USER).await;
    assert_eq!(house.post("/api/factors/totp", &cookie, json!({})).await.code(), "factor_exists");
    let id = house.services.account(USER).await.unwrap().id;
    house.services.reset_factors(id, &By::COMMAND_LINE).await.unwrap();
    assert_eq!(house.get("/api/me", &cookie).await.code(), "not_signed_in");
    assert_eq!(house.give_password(USER, PASSWORD).await.json()["stage"], "enrol");
    assert_eq!(house.recorded("factor.added", Some(("factor", "totp"))).await, 1);
}

#[tokio::test]
async fn a_confidential_project_demands_a_factor_where_the_house_does_not() {
    let house = House::under(vitrine::domain::policy::Profile::Demo).await;
    house.account(USER, Role::Admin).await;
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    let review = house.review().await;
    let path = format!("/api/reviews/{review}");
    assert_eq!(house.get(&path, &cookie).await.status, StatusCode::OK);
    let project = house.services.review(review).await.unwrap().project.id;
    house.services.classify_project(project, Classification::Confidential, &By::COMMAND_LINE).await.unwrap();
    assert_eq!(house.get(&path, &cookie).await.code(), "second_factor_missing");
    // Nor is it read among others, in lists of the whole house.
    let of_house = ["/api/audit", "/api/audit/csv", "/api/notifications", "/api/traces"];
    for path in of_house {
        assert_eq!(house.get(path, &cookie).await.code(), "second_factor_missing", "{path}");
    }
    let code = json!({ "code": "WYCK-YYE5" });
    assert_eq!(house.post("/api/codes", &cookie, code).await.code(), "second_factor_missing");
    let (cookie, ..) = house.enrol(USER).await;
    assert_eq!(house.get(&path, &cookie).await.status, StatusCode::OK);
    for path in of_house {
        assert_eq!(house.get(path, &cookie).await.status, StatusCode::OK, "{path}");
    }
}
