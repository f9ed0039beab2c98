//! Second factors: adding them, and giving them after the password.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HttpState;
use super::extract::{ACCOUNT_COOKIE, AtDoor, Body, SignedIn, set_cookie};
use super::problem::Problem;
use crate::domain::secret::SecretText;
use crate::service::factor::Proven;

/// Which factors the account has.
#[derive(Serialize, ToSchema)]
pub struct Factors {
    /// An authenticator app.
    totp: bool,
    /// How many passkeys.
    passkeys: usize,
    /// How many recovery codes are left.
    recovery_codes: u32,
}

/// A code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    #[schema(value_type = String)]
    code: SecretText,
}

/// A secret for an authenticator app, shown once.
#[derive(Serialize, ToSchema)]
pub struct OfferedTotp {
    /// In base32.
    secret: String,
    /// `otpauth://...`
    url: String,
}

/// Recovery codes, shown once; empty when none were made.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

impl RecoveryCodes {
    pub(super) fn new(codes: &[SecretText]) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.reveal().to_owned()).collect() }
    }
}

pub(super) fn proven(proven: &Proven) -> impl IntoResponse + use<> {
    let codes = RecoveryCodes::new(&proven.recovery_codes);
    (AppendHeaders([(SET_COOKIE, set_cookie(ACCOUNT_COOKIE, &proven.token))]), Json(codes))
}

/// Which factors the account has; at any stage, so that the page knows what to ask for.
#[utoipa::path(get, path = "/api/factors", tag = "console", security(("account" = [])),
    responses((status = 200, body = Factors), (status = 401, body = Problem)))]
pub async fn list_factors(State(state): State<HttpState>, AtDoor(at): AtDoor) -> Result<Json<Factors>, Problem> {
    let facts = state.screening.services.factors(at.session.account.id).await?;
    Ok(Json(Factors { totp: facts.totp, passkeys: facts.passkeys, recovery_codes: facts.recovery_codes }))
}

/// Gives the second factor: a code of the authenticator app, or a recovery code. The cookie changes.
#[utoipa::path(post, path = "/api/sign-in/code", tag = "console", request_body = Code, security(("account" = [])),
    responses((status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn give_code(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
    Body(body): Body<Code>,
) -> Result<impl IntoResponse, Problem> {
    Ok(proven(&state.screening.services.give_code(&at.session, &body.code, &at.by()).await?))
}

/// Offers a secret for an authenticator app.
#[utoipa::path(post, path = "/api/factors/totp", tag = "console", security(("account" = [])),
    responses((status = 201, body = OfferedTotp), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn offer_totp(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
) -> Result<(StatusCode, Json<OfferedTotp>), Problem> {
    let offered = state.screening.services.offer_totp(&at.session).await?;
    let body = OfferedTotp { secret: offered.secret.reveal().to_owned(), url: offered.url.reveal().to_owned() };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Confirms the offered secret by its first code. The cookie changes; recovery codes come with the first factor.
#[utoipa::path(post, path = "/api/factors/totp/confirm", tag = "console", request_body = Code,
    security(("account" = [])),
    responses((status = 200, body = RecoveryCodes), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn confirm_totp(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
    Body(body): Body<Code>,
) -> Result<impl IntoResponse, Problem> {
    Ok(proven(&state.screening.services.confirm_totp(&at.session, body.code.reveal(), &at.by()).await?))
}

/// Makes new recovery codes; older ones are of no more use.
#[utoipa::path(post, path = "/api/factors/recovery-codes", tag = "console", security(("account" = [])),
    responses((status = 201, body = RecoveryCodes), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn new_recovery_codes(
    State(state): State<HttpState>,
    signed_in: SignedIn,
) -> Result<(StatusCode, Json<RecoveryCodes>), Problem> {
    let codes = state.screening.services.new_recovery_codes(&signed_in.session, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(RecoveryCodes::new(&codes))))
}
