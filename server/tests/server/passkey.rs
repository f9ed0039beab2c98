//! Passkeys, given by an authenticator in software: real keys, real signatures.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use rcgen::{KeyPair, PublicKeyData as _, SignatureAlgorithm, SigningKey as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::passkey::{AuthenticatorData, Ceremony, PASSKEYS_MOST, RelyingParty};
use vitrine::domain::policy::Profile;

use crate::support::{Answer, House, ORIGIN, PASSWORD, USER};

/// An authenticator with one key, and the browser before it.
struct Authenticator {
    pair: KeyPair,
    algorithm: i32,
    credential: Vec<u8>,
    counter: u32,
    /// Present and verified.
    flags: u8,
    site: String,
    origin: String,
    cross_origin: bool,
    /// What the browser says it is for, when that is not what it is for.
    says: Option<&'static str>,
}

impl Authenticator {
    fn new() -> Self {
        Self::of(&rcgen::PKCS_ECDSA_P256_SHA256, -7)
    }

    fn of(kind: &'static SignatureAlgorithm, algorithm: i32) -> Self {
        Self {
            pair: KeyPair::generate_for(kind).unwrap(),
            algorithm,
            credential: Uuid::new_v4().as_bytes().to_vec(),
            counter: 0,
            flags: 0x05,
            site: "localhost".to_owned(),
            origin: ORIGIN.to_owned(),
            cross_origin: false,
            says: None,
        }
    }

    fn client_data(&self, options: &Value, kind: &str) -> Vec<u8> {
        let kind = self.says.unwrap_or(kind);
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": self.cross_origin, "other_keys_can_be_added_here": "as the standard says" })
        .to_string()
        .into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [Sha256::digest(&self.site).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The answer to the options of a new key.
    fn make(&self, options: &Value) -> Value {
        let length = u16::try_from(self.credential.len()).unwrap().to_be_bytes();
        let attested = [[0; 16].as_slice(), &length, &self.credential, b"a COSE key"].concat();
        let data = [self.data(self.flags | 0x40), attested].concat();
        json!({ "name": "Phone", "client_data": text(&self.client_data(options, "webauthn.create")),
            "authenticator_data": text(&data), "public_key": text(&self.pair.subject_public_key_info()),
            "algorithm": self.algorithm })
    }

    /// The answer to the options of a proof.
    fn prove(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counter > 0);
        let (client, data) = (self.client_data(options, "webauthn.get"), self.data(self.flags));
        let signed = [data.as_slice(), Sha256::digest(&client).as_slice()].concat();
        json!({ "credential": text(&self.credential), "client_data": text(&client),
            "authenticator_data": text(&data), "signature": text(&self.pair.sign(&signed).unwrap()) })
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl House {
    async fn options(&self, path: &str, cookie: &str) -> Value {
        let answer = self.post(path, cookie, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Adds an authenticator's key to whoever is at the door: the answer.
    async fn add(&self, cookie: &str, authenticator: &Authenticator) -> Answer {
        let options = self.options("/api/passkeys/options", cookie).await;
        self.post("/api/passkeys", cookie, authenticator.make(&options)).await
    }

    /// An account that signs in for the first time and adds a passkey: its open session.
    async fn enrol_passkey(&self, user: &str, authenticator: &Authenticator) -> String {
        let cookie = self.give_password(user, PASSWORD).await.cookie();
        let answer = self.add(&cookie, authenticator).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        answer.cookie()
    }

    async fn give(&self, cookie: &str, authenticator: &mut Authenticator) -> Answer {
        let options = self.options("/api/sign-in/passkey/options", cookie).await;
        self.post("/api/sign-in/passkey", cookie, authenticator.prove(&options)).await
    }

    async fn sign_in_with(&self, authenticator: &mut Authenticator) -> Answer {
        let options = self.options("/api/passkey-sign-in/options", "").await;
        self.post("/api/passkey-sign-in", "", authenticator.prove(&options)).await
    }
}

#[tokio::test]
async fn a_passkey_of_each_kind_is_the_second_factor_of_its_account() {
    for (kind, algorithm) in
        [(&rcgen::PKCS_ECDSA_P256_SHA256, -7), (&rcgen::PKCS_ED25519, -8), (&rcgen::PKCS_RSA_SHA256, -257)]
    {
        let house = House::new().await;
        house.account(USER, Role::Admin).await;
        let mut authenticator = Authenticator::of(kind, algorithm);
        let first = house.give_password(USER, PASSWORD).await.cookie();
        let added = house.add(&first, &authenticator).await;
        assert_eq!(added.status, StatusCode::OK, "{algorithm}: {}", String::from_utf8_lossy(&added.body));
        assert_eq!(added.json()["recovery_codes"].as_array().unwrap().len(), 10, "they come with the first factor");
        assert_eq!(house.get("/api/reviews", &added.cookie()).await.status, StatusCode::OK);
        assert_eq!(house.get("/api/reviews", &first).await.code(), "not_signed_in", "the cookie changed");

        let cookie = house.give_password(USER, PASSWORD).await.cookie();
        assert_eq!(house.get("/api/reviews", &cookie).await.code(), "second_factor_due");
        let opened = house.give(&cookie, &mut authenticator).await;
        assert_eq!(opened.status, StatusCode::OK, "{algorithm}: {}", String::from_utf8_lossy(&opened.body));
        assert_eq!(house.get("/api/reviews", &opened.cookie()).await.status, StatusCode::OK);
        assert_eq!(house.recorded("factor.given", Some(("factor", "passkey"))).await, 1);
        assert!(house.verify().await.is_ok());
    }
}

#[tokio::test]
async fn where_the_policy_allows_it_a_passkey_that_asked_who_it_was_opens_alone() {
    for (profile, allowed) in
        [(Profile::Facility, true), (Profile::Nist, true), (Profile::Demo, true), (Profile::Tpn, false)]
    {
        let house = House::under(profile).await;
        let password = "Aa1! a password of four kinds";
        let secret = vitrine::domain::secret::SecretText::new(password);
        house.services.create_account(USER, &secret, Role::Admin, &By::COMMAND_LINE).await.unwrap();
        let mut authenticator = Authenticator::new();
        let cookie = house.give_password(USER, password).await.cookie();
        assert_eq!(house.add(&cookie, &authenticator).await.status, StatusCode::OK, "{profile}");
        let answer = house.sign_in_with(&mut authenticator).await;
        if allowed {
            assert_eq!(answer.json()["stage"], "open", "{profile}");
            assert_eq!(house.get("/api/reviews", &answer.cookie()).await.status, StatusCode::OK);
            assert_eq!(house.recorded("account.signed_in", Some(("by", "passkey"))).await, 1);
            // A key that anybody who holds it can use is one factor only.
            authenticator.flags = 0x01;
            assert_eq!(house.sign_in_with(&mut authenticator).await.code(), "passkey_refused");
            assert_eq!(house.recorded("factor.refused", Some(("reason", "not_verified"))).await, 1);
        } else {
            assert_eq!(answer.code(), "passkey_refused", "{profile}");
            assert_eq!(house.recorded("factor.refused", Some(("reason", "password_demanded"))).await, 1);
        }
    }
}

#[tokio::test]
async fn a_proof_that_is_not_for_this_house_now_is_refused_alike() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    let mut own = Authenticator { counter: 7, ..Authenticator::new() };
    house.enrol_passkey(USER, &own).await;
    let mut bodies: Vec<(&str, Value)> = Vec::new();
    let fresh = async || house.options("/api/passkey-sign-in/options", "").await;
    let mut wrong = async |reason: &'static str, change: fn(&mut Authenticator)| {
        let mut other =
            Authenticator { pair: KeyPair::from_pem(&own.pair.serialize_pem()).unwrap(), ..Authenticator::new() };
        (other.credential, other.counter) = (own.credential.clone(), own.counter);
        change(&mut other);
        bodies.push((reason, other.prove(&fresh().await)));
    };
    wrong("origin", |other| other.origin = "https://localhost.mallory.example:8443".to_owned()).await;
    wrong("origin", |other| other.origin = "http://localhost:8443".to_owned()).await;
    wrong("origin", |other| other.cross_origin = true).await;
    wrong("another_ceremony", |other| other.says = Some("webauthn.create")).await;
    wrong("another_site", |other| other.site = "mallory.example".to_owned()).await;
    wrong("not_present", |other| other.flags = 0x04).await;
    wrong("malformed", |other| other.flags = 0x15).await;
    wrong("signature", |other| other.pair = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()).await;
    wrong("unknown_passkey", |other| other.credential = b"another".to_vec()).await;
    wrong("unknown_passkey", |other| other.credential = vec![]).await;
    wrong("counter_behind", |other| other.counter = 5).await;
    wrong("counter_behind", |other| other.counter = 0).await;
    let made_up = json!({ "challenge": text(&[7; 56]) });
    bodies.push(("challenge", own.prove(&made_up)));
    let session = house.give_password(USER, PASSWORD).await.cookie();
    bodies.push(("challenge", own.prove(&house.options("/api/sign-in/passkey/options", &session).await)));
    let mut cut = own.prove(&fresh().await);
    cut["authenticator_data"] = json!(text(&[0; 36]));
    bodies.push(("malformed", cut));
    let mut garbage = own.prove(&fresh().await);
    garbage["client_data"] = json!(text(b"{"));
    bodies.push(("malformed", garbage));
    let once = own.prove(&fresh().await);
    assert_eq!(house.post("/api/passkey-sign-in", "", once.clone()).await.status, StatusCode::OK);
    bodies.push(("challenge", once));

    let first = house.post("/api/passkey-sign-in", "", bodies[0].1.clone()).await;
    assert_eq!((first.status, first.code()), (StatusCode::FORBIDDEN, "passkey_refused".to_owned()));
    for (reason, body) in bodies {
        let before = house.recorded("factor.refused", Some(("reason", reason))).await;
        // Another use of the same challenge is another reason; the first body was used above.
        let answer = house.post("/api/passkey-sign-in", "", body).await;
        assert_eq!(
            (answer.status, &answer.body, &answer.headers),
            (first.status, &first.body, &first.headers),
            "{reason}"
        );
        let after = house.recorded("factor.refused", Some(("reason", reason))).await;
        assert_eq!(after, before + 1, "{reason}");
    }
}

#[tokio::test]
async fn a_key_is_added_only_when_it_was_made_for_this_session_and_is_new() {
    let house = House::new().await;
    house.account(USER, Role::Admin).await;
    house.account("other", Role::Admin).await;
    let cookie = house.give_password(USER, PASSWORD).await.cookie();
    let other = house.give_password("other", PASSWORD).await.cookie();
    let authenticator = Authenticator::new();
    let foreign = authenticator.make(&house.options("/api/passkeys/options", &other).await);
    assert_eq!(house.post("/api/passkeys", &cookie, foreign).await.code(), "passkey_refused");
    let options = house.options("/api/passkeys/options", &cookie).await;
    let mut key = authenticator.make(&options);
    key["public_key"] = json!(text(b"not a key"));
    assert_eq!(house.post("/api/passkeys", &cookie, key).await.code(), "passkey_refused");
    let mut kind = authenticator.make(&house.options("/api/passkeys/options", &cookie).await);
    kind["algorithm"] = json!(-8);
    assert_eq!(house.post("/api/passkeys", &cookie, kind).await.code(), "passkey_refused", "ES256 called EdDSA");
    let proof = Authenticator { says: Some("webauthn.get"), ..Authenticator::new() };
    assert_eq!(house.add(&cookie, &proof).await.code(), "passkey_refused");
    assert_eq!(house.get("/api/reviews", &cookie).await.code(), "factor_due", "nothing was added");
    let mut cookie = house.add(&cookie, &authenticator).await.cookie();
    assert_eq!(house.add(&other, &authenticator).await.code(), "passkey_exists");
    for _ in 1..PASSKEYS_MOST {
        cookie = house.add(&cookie, &Authenticator::new()).await.cookie();
    }
    assert_eq!(house.add(&cookie, &Authenticator::new()).await.code(), "invalid", "as many as an account may have");
}

#[tokio::test]
async fn a_passkey_is_listed_and_removed_and_gone_with_the_factors() {
    let house = House::new().await;
    let account = house.account(USER, Role::Admin).await;
    let mut authenticator = Authenticator::new();
    let cookie = house.enrol_passkey(USER, &authenticator).await;
    let listed = house.get("/api/passkeys", &cookie).await.json();
    assert_eq!(
        (listed["passkeys"][0]["name"].as_str(), listed["passkeys"].as_array().unwrap().len()),
        (Some("Phone"), 1)
    );
    assert_eq!(house.get("/api/factors", &cookie).await.json()["passkeys"], 1);
    let path = format!("/api/passkeys/{}", listed["passkeys"][0]["id"].as_str().unwrap());
    assert_eq!(house.delete(&path, &cookie).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.recorded("factor.removed", Some(("name", "Phone"))).await, 1);
    assert_eq!(house.sign_in_with(&mut authenticator).await.code(), "passkey_refused");
    assert_eq!(house.get("/api/reviews", &cookie).await.code(), "factor_due", "the house demands one");

    let mut second = Authenticator::new();
    assert_eq!(house.add(&cookie, &second).await.status, StatusCode::OK);
    house.services.reset_factors(account, &By::COMMAND_LINE).await.unwrap();
    assert_eq!(house.sign_in_with(&mut second).await.code(), "passkey_refused", "reset takes passkeys as well");
}

#[tokio::test]
async fn an_account_that_is_over_opens_with_no_passkey() {
    let house = House::new().await;
    let account = house.account(USER, Role::Colourist).await;
    let mut authenticator = Authenticator::new();
    house.enrol_passkey(USER, &authenticator).await;
    house.services.offboard(account, Some(UtcInstant::now()), &By::COMMAND_LINE).await.unwrap();
    assert_eq!(house.sign_in_with(&mut authenticator).await.code(), "passkey_refused");
}

fn party() -> RelyingParty {
    RelyingParty { id: "localhost".to_owned(), origins: vec![ORIGIN.to_owned()] }
}

proptest! {
    #[test]
    fn whatever_an_authenticator_says_is_read_or_refused(tail in prop::collection::vec(any::<u8>(), 0..1_200), ours: bool) {
        let bytes = if ours { [Sha256::digest("localhost").as_slice(), &tail].concat() } else { tail };
        if let Ok(said) = AuthenticatorData::read(&bytes, &party()) {
            prop_assert!(said.credential.is_none_or(|credential| (1..=1_023).contains(&credential.len())));
        }
    }

    #[test]
    fn whatever_a_browser_says_is_read_or_refused(said in ".{0,200}") {
        prop_assert!(party().challenge(said.as_bytes(), Ceremony::Get).is_err());
    }
}
