//! Passkeys: adding, listing, removing them, and giving one at the door. What the browser's own interface hands over in bytes is
//! base64url here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{ACCOUNT_COOKIE, AtDoor, Body, Id, SignedIn, set_cookie};
use super::factor::{RecoveryCodes, proven};
use super::problem::Problem;
use super::session::Me;
use crate::domain::instant::UtcInstant;
use crate::domain::passkey::RelyingParty;
use crate::service::Error;
use crate::service::passkey::{Asked, Assertion as GivenAssertion, NewPasskey as ServiceNewPasskey};
use crate::service::redeem::Guest;
use crate::store::passkey::PasskeyRecord;
use crate::token::passkey::ALGORITHMS;

/// Bytes as base64url without padding.
#[derive(Debug)]
pub struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map(Self).map_err(|_| serde::de::Error::custom("not base64url without padding"))
    }
}

/// What to ask an authenticator for a new key.
#[derive(Serialize, ToSchema)]
pub struct NewPasskeyOptions {
    challenge: String,
    /// Host name that browsers bind the key to.
    party: String,
    /// The account, in bytes.
    user_id: String,
    user: String,
    /// COSE numbers, the one liked best first.
    algorithms: [i32; 3],
    /// Keys that the account has already.
    known: Vec<String>,
}

/// What to ask an authenticator for a proof.
#[derive(Serialize, ToSchema)]
pub struct PasskeyOptions {
    challenge: String,
    party: String,
    /// Keys that may answer; empty: any that this browser has for the house.
    credentials: Vec<String>,
}

/// A key that an authenticator made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What its owner calls it.
    name: String,
    #[schema(value_type = String)]
    client_data: Bytes,
    #[schema(value_type = String)]
    authenticator_data: Bytes,
    /// `SubjectPublicKeyInfo`, DER.
    #[schema(value_type = String)]
    public_key: Bytes,
    /// COSE number.
    algorithm: i32,
}

/// The proof that an authenticator has a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// The authenticator's name for the key.
    #[schema(value_type = String)]
    credential: Bytes,
    #[schema(value_type = String)]
    client_data: Bytes,
    #[schema(value_type = String)]
    authenticator_data: Bytes,
    #[schema(value_type = String)]
    signature: Bytes,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
pub struct Passkey {
    id: Uuid,
    name: String,
    /// Whether more than one device has it.
    synced: bool,
    created_at: UtcInstant,
    used_at: Option<UtcInstant>,
}

/// The account's passkeys, the oldest first.
#[derive(Serialize, ToSchema)]
pub struct Passkeys {
    passkeys: Vec<Passkey>,
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn party(state: &HttpState) -> Result<RelyingParty, Problem> {
    state.names.relying_party().ok_or_else(|| Error::PasskeysUnavailable.into())
}

fn options(party: RelyingParty, asked: &Asked) -> PasskeyOptions {
    let credentials = asked.credentials.iter().map(|credential| encoded(credential)).collect();
    PasskeyOptions { challenge: encoded(&asked.challenge), party: party.id, credentials }
}

impl From<Assertion> for GivenAssertion {
    fn from(body: Assertion) -> Self {
        Self {
            credential: body.credential.0,
            client_data: body.client_data.0,
            authenticator_data: body.authenticator_data.0,
            signature: body.signature.0,
        }
    }
}

/// The account's passkeys.
#[utoipa::path(get, path = "/api/passkeys", tag = "console", security(("account" = [])),
    responses((status = 200, body = Passkeys), (status = 401, body = Problem)))]
pub async fn list_passkeys(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Passkeys>, Problem> {
    let found = state.screening.services.passkeys(signed_in.session.account.id).await?;
    let passkey =
        |PasskeyRecord { id, name, synced, created_at, used_at, .. }| Passkey { id, name, synced, created_at, used_at };
    Ok(Json(Passkeys { passkeys: found.into_iter().map(passkey).collect() }))
}

/// What to ask an authenticator that is to make a key for the account.
#[utoipa::path(post, path = "/api/passkeys/options", tag = "console", security(("account" = [])),
    responses((status = 200, body = NewPasskeyOptions), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn new_passkey_options(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
) -> Result<Json<NewPasskeyOptions>, Problem> {
    let party = party(&state)?;
    let asked = state.screening.services.ask_for_new_passkey(&at.session).await?;
    Ok(Json(NewPasskeyOptions {
        challenge: encoded(&asked.challenge),
        party: party.id,
        user_id: encoded(at.session.account.id.as_bytes()),
        user: at.session.account.user,
        algorithms: ALGORITHMS,
        known: asked.credentials.iter().map(|credential| encoded(credential)).collect(),
    }))
}

/// Adds a passkey. The cookie changes; recovery codes come with the first factor.
#[utoipa::path(post, path = "/api/passkeys", tag = "console", request_body = NewPasskey, security(("account" = [])),
    responses((status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn add_passkey(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
    Body(body): Body<NewPasskey>,
) -> Result<impl IntoResponse, Problem> {
    let party = party(&state)?;
    let new = ServiceNewPasskey {
        name: body.name,
        client_data: body.client_data.0,
        authenticator_data: body.authenticator_data.0,
        public_key: body.public_key.0,
        algorithm: body.algorithm,
    };
    Ok(proven(&state.screening.services.add_passkey(&at.session, &party, new, &at.by()).await?))
}

/// Removes a passkey of one's own.
#[utoipa::path(delete, path = "/api/passkeys/{id}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The passkey")),
    responses((status = 204, description = "Removed"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove_passkey(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.remove_passkey(&signed_in.session, id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What to ask an authenticator as the second factor.
#[utoipa::path(post, path = "/api/sign-in/passkey/options", tag = "console", security(("account" = [])),
    responses((status = 200, body = PasskeyOptions), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn passkey_options(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
) -> Result<Json<PasskeyOptions>, Problem> {
    let party = party(&state)?;
    Ok(Json(options(party, &state.screening.services.ask_for_passkey(&at.session).await?)))
}

/// Gives a passkey as the second factor. The cookie changes.
#[utoipa::path(post, path = "/api/sign-in/passkey", tag = "console", request_body = Assertion,
    security(("account" = [])),
    responses((status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn give_passkey(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
    Body(body): Body<Assertion>,
) -> Result<impl IntoResponse, Problem> {
    let party = party(&state)?;
    Ok(proven(&state.screening.services.give_passkey(&at.session, &party, &body.into(), &at.by()).await?))
}

/// What to ask an authenticator of somebody who is not known yet.
#[utoipa::path(post, path = "/api/passkey-sign-in/options", tag = "console",
    responses((status = 200, body = PasskeyOptions), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn sign_in_options(State(state): State<HttpState>, guest: Guest) -> Result<Json<PasskeyOptions>, Problem> {
    Ok(Json(options(party(&state)?, &state.screening.services.ask_for_sign_in(&guest).await?)))
}

/// Signs in with a passkey alone, where the policy allows it.
#[utoipa::path(post, path = "/api/passkey-sign-in", tag = "console", request_body = Assertion,
    responses((status = 200, body = Me, headers(("Set-Cookie" = String, description = "The account's cookie"))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn sign_in_by_passkey(
    State(state): State<HttpState>,
    guest: Guest,
    Body(body): Body<Assertion>,
) -> Result<impl IntoResponse, Problem> {
    let party = party(&state)?;
    let (token, session) = state.screening.services.sign_in_by_passkey(&party, &body.into(), &guest).await?;
    Ok((AppendHeaders([(SET_COOKIE, set_cookie(ACCOUNT_COOKIE, &token))]), Json(Me::new(&state, &session))))
}
