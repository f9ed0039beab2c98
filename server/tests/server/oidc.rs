//! Sign-in by an identity provider: a provider on loopback with TLS, a code, PKCE and real keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{KeyPair, SigningKey as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use vitrine::config::Config;
use vitrine::domain::account::Role;
use vitrine::domain::audit::By;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::policy::Profile;
use vitrine::http::config::HttpConfig;
use vitrine::http::{listener, tls};
use vitrine::oidc::Provider;

use crate::support::{Answer, House, USER};

const CLIENT: &str = "vitrine at:home";
const SECRET: &str = "a secret & more";
const ACCESS: &str = "what else is there";

/// What the provider will say, and what it was told.
struct Op {
    origin: String,
    rsa: KeyPair,
    ed: KeyPair,
    /// By code: the challenge it was asked with, and the claims it answers.
    codes: Mutex<HashMap<String, (String, Value)>>,
    /// Header of the tokens.
    header: Mutex<Value>,
    /// A key that signs in the place of the published one.
    forger: Mutex<Option<KeyPair>>,
    /// What it says of somebody when it is asked once more.
    info: Mutex<Value>,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Modulus and exponent of an RSA key (RFC 8017, A.1.1).
fn modulus(pair: &KeyPair) -> (Vec<u8>, Vec<u8>) {
    fn integer(der: &[u8]) -> (&[u8], &[u8]) {
        assert_eq!(der[0], 2);
        let (length, rest) = match der[1] {
            short @ ..=0x80 => (usize::from(short), &der[2..]),
            0x81 => (usize::from(der[2]), &der[3..]),
            _ => (usize::from(der[2]) << 8 | usize::from(der[3]), &der[4..]),
        };
        let (number, after) = rest.split_at(length);
        (number.strip_prefix(&[0]).unwrap_or(number), after)
    }
    let der = pair.public_key_raw();
    let (n, rest) = integer(&der[4..]);
    (n.to_vec(), integer(rest).0.to_vec())
}

impl Op {
    fn keys(&self) -> Value {
        let (n, e) = modulus(&self.rsa);
        json!({ "keys": [
            { "kty": "RSA", "use": "sig", "kid": "r", "alg": "RS256", "n": text(&n), "e": text(&e) },
            { "kty": "OKP", "use": "sig", "kid": "e", "crv": "Ed25519", "x": text(self.ed.public_key_raw()) },
        ] })
    }

    fn token(&self, claims: &Value) -> String {
        let header = self.header.lock().unwrap().clone();
        let signed = format!("{}.{}", text(header.to_string().as_bytes()), text(claims.to_string().as_bytes()));
        let forger = self.forger.lock().unwrap();
        let own = if header["alg"] == "EdDSA" { &self.ed } else { &self.rsa };
        let signature = forger.as_ref().unwrap_or(own).sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", text(&signature))
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn fields(form: &str) -> HashMap<String, String> {
    form.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

/// What it says of somebody to whoever has the token for that.
async fn info(State(op): State<Arc<Op>>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let own = headers["authorization"] == format!("Bearer {ACCESS}");
    own.then(|| Json(op.info.lock().unwrap().clone())).ok_or(StatusCode::UNAUTHORIZED)
}

async fn keys(State(op): State<Arc<Op>>) -> Json<Value> {
    Json(op.keys())
}

async fn token(State(op): State<Arc<Op>>, headers: HeaderMap, body: String) -> Result<Json<Value>, StatusCode> {
    let given = fields(&body);
    let basic = headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
    let basic = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
    let (client, secret) = basic.split_once(':').unwrap();
    let (challenge, claims) = op.codes.lock().unwrap().remove(&given["code"]).ok_or(StatusCode::BAD_REQUEST)?;
    let right = (decoded(client).as_str(), decoded(secret).as_str()) == (CLIENT, SECRET)
        && text(&Sha256::digest(&given["code_verifier"])) == challenge
        && given["redirect_uri"] == "https://localhost:8443/api/oidc/back"
        && given["grant_type"] == "authorization_code";
    if !right {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(Json(json!({ "token_type": "Bearer", "access_token": ACCESS, "id_token": op.token(&claims) })))
}

/// A house with an account, and a provider that it asks; `more` is more configuration.
async fn house(profile: Profile, more: &str) -> (House, Arc<Op>) {
    let house = House::under(profile).await;
    let password = vitrine::domain::secret::SecretText::new("Aa1! a password of four kinds");
    house.services.create_account(USER, &password, Role::Admin, &By::COMMAND_LINE).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let op = Arc::new(Op {
        origin: origin.clone(),
        rsa: KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap(),
        ed: KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap(),
        codes: Mutex::default(),
        header: Mutex::new(json!({ "alg": "RS256", "kid": "r" })),
        forger: Mutex::default(),
        info: Mutex::default(),
    });
    let discovery = json!({ "issuer": origin, "authorization_endpoint": format!("{origin}/authorize?tenant=1"),
        "token_endpoint": format!("{origin}/token"), "jwks_uri": format!("{origin}/keys"),
        "userinfo_endpoint": format!("{origin}/me") });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(move || async move { Json(discovery) }))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .route("/me", get(info))
        .with_state(Arc::clone(&op));
    let tls = tls::server_config(&HttpConfig::default(), &house.data()).unwrap();
    let stopping = house.stop.subscribe();
    tokio::spawn(async move { listener::serve(listener, tls, router, &HttpConfig::default(), stopping).await });
    let provider = provider(&house, &origin, more);
    (house.with_provider(provider), op)
}

fn provider(house: &House, issuer: &str, more: &str) -> Provider {
    let secret = house.dir.path().join("oidc-secret");
    house.data().write_private(&secret, SECRET.as_bytes()).unwrap();
    let config = format!(
        "[oidc]\nname = \"House\"\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = \"{}\"\nca = \"{}\"
         networks = [\"127.0.0.0/8\", \"::1/128\"]\n{more}\n",
        secret.display(),
        house.data().ca_certificate().display()
    );
    Provider::new(&Config::parse(&config, "test").unwrap().oidc.unwrap()).unwrap()
}

/// A browser that has left for the provider: its cookie, and what the provider was asked.
async fn leave(house: &House) -> (String, HashMap<String, String>) {
    let answer = house.get("/api/oidc/start", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(&answer.body));
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("Secure") && set.contains("SameSite=Lax"), "{set}");
    let door = answer.headers["location"].to_str().unwrap().to_owned();
    let (_, query) = door.split_once("/authorize?").unwrap();
    (answer.cookie(), fields(query))
}

fn claims(op: &Op, asked: &HashMap<String, String>) -> Value {
    let now = UtcInstant::now().as_ms() / 1_000;
    json!({ "iss": op.origin, "aud": CLIENT, "sub": "7", "exp": now + 300, "iat": now, "nonce": asked["nonce"],
        "preferred_username": USER, "acr": "phr", "amr": ["pwd", "mfa"] })
}

/// The provider lets the person in and sends the browser back.
async fn come_back(house: &House, op: &Op, cookie: &str, asked: &HashMap<String, String>, claims: Value) -> Answer {
    let code = uuid::Uuid::new_v4().to_string();
    op.codes.lock().unwrap().insert(code.clone(), (asked["code_challenge"].clone(), claims));
    house.get(&format!("/api/oidc/back?code={code}&state={}&session_state=x", asked["state"]), cookie).await
}

async fn round(house: &House, op: &Op, change: impl FnOnce(&mut Value)) -> Answer {
    let (cookie, asked) = leave(house).await;
    let mut claims = claims(op, &asked);
    change(&mut claims);
    come_back(house, op, &cookie, &asked, claims).await
}

fn refused(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER
        && answer.headers["location"] == "/console#/refused"
        && answer.headers.get("set-cookie").is_none()
}

const MFA: &str = "acr = [\"phr\", \"phrh\"]\namr = [\"mfa\"]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_the_provider_names_is_signed_in_and_what_it_proves_is_the_second_factor() {
    let (house, op) = house(Profile::Facility, MFA).await;
    assert_eq!(house.get("/api/sign-in/ways", "").await.json(), json!({ "passwordless": true, "provider": "House" }));
    let (cookie, asked) = leave(&house).await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("code_challenge_method", "S256"),
        ("tenant", "1"),
        ("acr_values", "phr phrh"),
        ("redirect_uri", "https://localhost:8443/api/oidc/back"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    let back = come_back(&house, &op, &cookie, &asked, claims(&op, &asked)).await;
    assert_eq!(back.headers["location"], "/console");
    let session = back.cookie();
    assert!(session.starts_with("__Host-vitrine-account="));
    assert_eq!(house.get("/api/me", &session).await.json()["stage"], "open", "no second factor is asked for again");
    assert_eq!(house.get("/api/reviews", &session).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_the_provider_gives_a_name_that_was_somebody_elses_is_refused_until_the_house_says_so() {
    let (house, op) = house(Profile::Facility, MFA).await;
    assert!(!refused(&round(&house, &op, |_| {}).await));
    let heir = |claims: &mut Value| claims["sub"] = json!("8");
    assert!(refused(&round(&house, &op, heir).await));
    assert_eq!(house.recorded("account.sign_in_refused", Some(("reason", "another_person"))).await, 1);
    assert!(!refused(&round(&house, &op, |_| {}).await), "the account is still whose it was");
    let account = house.services.account(USER).await.unwrap();
    house.services.reset_factors(account.id, &By::COMMAND_LINE).await.unwrap();
    assert!(!refused(&round(&house, &op, heir).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_did_not_leave_or_comes_back_twice_is_refused() {
    let (house, op) = house(Profile::Facility, MFA).await;
    let (cookie, asked) = leave(&house).await;
    let (other, _) = leave(&house).await;
    for cookie in ["", other.as_str()] {
        assert!(refused(&come_back(&house, &op, cookie, &asked, claims(&op, &asked)).await), "{cookie:?}");
    }
    assert!(refused(
        &house.get(&format!("/api/oidc/back?error=access_denied&state={}", asked["state"]), &cookie).await
    ));
    assert!(refused(&come_back(&house, &op, &cookie, &asked, claims(&op, &asked)).await), "the state was used");
    assert!(refused(&house.get("/api/oidc/back", &cookie).await));
    assert_eq!(house.recorded("account.sign_in_refused", Some(("reason", "state"))).await, 4);
    assert_eq!(house.recorded("account.sign_in_refused", Some(("reason", "provider_refused"))).await, 1);
}

/// What is changed in an answer of the provider, at a time in seconds.
type Change = fn(&mut Value, i64);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_for_us_now_or_proves_too_little_is_refused_alike() {
    let (house, op) = house(Profile::Facility, MFA).await;
    let now = UtcInstant::now().as_ms() / 1_000;
    let cases: [(&str, Change); 14] = [
        ("claims", |claims, _| claims["iss"] = json!("https://mallory.example")),
        ("claims", |claims, _| claims["aud"] = json!("another")),
        ("claims", |claims, _| claims["aud"] = json!([CLIENT, "another"])),
        ("claims", |claims, _| claims["azp"] = json!("another")),
        ("claims", |claims, now| claims["exp"] = json!(now - 120)),
        ("claims", |claims, now| claims["iat"] = json!(now + 600)),
        ("claims", |claims, now| claims["iat"] = json!(now - 3_600)),
        ("nonce", |claims, _| claims["nonce"] = json!("another")),
        ("nonce", |claims, _| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ("acr_or_amr", |claims, _| claims["acr"] = json!("0")),
        ("acr_or_amr", |claims, _| drop(claims.as_object_mut().unwrap().remove("acr"))),
        ("acr_or_amr", |claims, _| claims["amr"] = json!(["pwd"])),
        ("unknown_user", |claims, _| claims["preferred_username"] = json!("nobody")),
        ("unknown_user", |claims, _| claims["preferred_username"] = json!("not a user\n")),
    ];
    for (reason, change) in cases {
        let before = house.recorded("account.sign_in_refused", Some(("reason", reason))).await;
        let answer = round(&house, &op, |claims| change(claims, now)).await;
        assert!(refused(&answer), "{reason}");
        assert_eq!(house.recorded("account.sign_in_refused", Some(("reason", reason))).await, before + 1, "{reason}");
    }
    assert!(!refused(&round(&house, &op, |_| ()).await), "the unchanged one is taken");
    assert!(house.verify().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_whose_token_has_no_name_is_asked_once_more_and_must_speak_of_the_same_person() {
    let (house, op) = house(Profile::Facility, MFA).await;
    let nameless = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove("preferred_username"));
    let says = |info: Value| *op.info.lock().unwrap() = info;
    says(json!({ "sub": "8", "preferred_username": USER }));
    assert!(refused(&round(&house, &op, nameless).await), "of somebody else");
    says(json!({ "sub": "7" }));
    assert!(refused(&round(&house, &op, nameless).await), "no name there either");
    says(json!({ "sub": "7", "preferred_username": USER, "amr": ["mfa"], "acr": "phr" }));
    let unproven = |claims: &mut Value| {
        nameless(claims);
        claims["amr"] = json!(["pwd"]);
    };
    assert!(refused(&round(&house, &op, unproven).await), "what was proven stands in the token alone");
    assert!(!refused(&round(&house, &op, nameless).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_providers_own_keys_sign() {
    let (house, op) = house(Profile::Facility, MFA).await;
    let set = |header: Value| *op.header.lock().unwrap() = header;
    set(json!({ "alg": "EdDSA", "kid": "e" }));
    assert!(!refused(&round(&house, &op, |_| ()).await), "another kind of key");
    for header in [
        json!({ "alg": "RS256", "kid": "none" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "EdDSA", "kid": "r" }),
        json!({ "alg": "HS256", "kid": "r" }),
        json!({ "alg": "none" }),
    ] {
        set(header.clone());
        assert!(refused(&round(&house, &op, |_| ()).await), "{header}");
    }
    set(json!({ "alg": "RS256", "kid": "r" }));
    *op.forger.lock().unwrap() = Some(KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap());
    assert!(refused(&round(&house, &op, |_| ()).await), "somebody else's signature");
    assert_eq!(house.recorded("account.sign_in_refused", Some(("reason", "signature"))).await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_demands_the_provider_stands_for_the_password_only_and_an_address_must_be_verified() {
    let (house, op) = house(Profile::Facility, "user_claim = \"email\"").await;
    house.sql("UPDATE accounts SET user = 'ana@example.org'").await;
    let by = |verified: Value| {
        move |claims: &mut Value| {
            claims["email"] = json!("Ana@example.org");
            claims["email_verified"] = verified;
        }
    };
    assert!(refused(&round(&house, &op, by(json!(false))).await));
    let answer = round(&house, &op, by(json!(true))).await;
    let session = answer.cookie();
    assert_eq!(house.get("/api/me", &session).await.json()["stage"], "enrol", "the house demands a factor of its own");
    assert_eq!(house.recorded("account.signed_in", Some(("by", "oidc"))).await, 1);
    let account = house.services.accounts(&By::COMMAND_LINE).await.unwrap()[0].id;
    house.services.offboard(account, None, &By::COMMAND_LINE).await.unwrap();
    assert!(refused(&round(&house, &op, by(json!(true))).await), "the account is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_away_or_another_one_leads_back_to_the_password() {
    let house = House::new().await;
    assert_eq!(house.get("/api/oidc/start", "").await.code(), "no_provider");
    let (house, op) = self::house(Profile::Facility, MFA).await;
    let nobody = provider(&house, "https://localhost:1", "");
    let house = house.with_provider(nobody);
    assert_eq!(house.get("/api/oidc/start", "").await.headers["location"], "/console#/refused");
    // What is found there must call itself what it was looked for as.
    let other = provider(&house, &format!("{}/", op.origin), "");
    let house = house.with_provider(other);
    assert_eq!(house.get("/api/oidc/start", "").await.headers["location"], "/console#/refused");
}
