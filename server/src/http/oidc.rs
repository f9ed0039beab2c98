//! Sign-in by the house's own identity provider: there and back.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::HttpState;
use super::extract::{ACCOUNT_COOKIE, cookie_token, set_cookie};
use super::problem::Problem;
use crate::domain::access::{Object, Permission};
use crate::domain::audit::By;
use crate::domain::secret::Token;
use crate::service::Error;
use crate::service::redeem::Guest;

/// Cookie of a browser that is at the provider.
const OIDC_COOKIE: &str = "__Host-vitrine-oidc";
/// Where the browser comes back.
const BACK: &str = "/api/oidc/back";

/// How one may sign in.
#[derive(Serialize, ToSchema)]
pub struct SignInWays {
    /// Whether a passkey opens without a password.
    passwordless: bool,
    /// What the house's identity provider is called; `null` when there is none.
    provider: Option<String>,
}

/// What the provider sends back with the browser; others of its parameters are not looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Returned {
    /// As it was sent.
    state: Option<String>,
    /// To be exchanged for a token; missing when the provider refused.
    code: Option<String>,
}

/// `Lax`, since the browser comes back from another site.
fn journey_cookie(token: &Token) -> String {
    format!("{OIDC_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600", token.reveal().as_str())
}

fn to(address: String, cookie: Option<String>) -> Response {
    let cookies = cookie.map(|cookie| (SET_COOKIE, cookie));
    (StatusCode::SEE_OTHER, AppendHeaders(cookies), AppendHeaders([(LOCATION, address)])).into_response()
}

/// How one may sign in.
#[utoipa::path(get, path = "/api/sign-in/ways", tag = "console", responses((status = 200, body = SignInWays)))]
pub async fn sign_in_ways(State(state): State<HttpState>, guest: Guest) -> Result<Json<SignInWays>, Problem> {
    let services = &state.screening.services;
    services.permit(&By::stranger(guest.ip), Permission::SignIn, &Object::House).await?;
    let passwordless = services.policy.passwordless && state.names.relying_party().is_some();
    Ok(Json(SignInWays { passwordless, provider: services.provider_name().map(str::to_owned) }))
}

/// Sends the browser to the house's identity provider.
#[utoipa::path(get, path = "/api/oidc/start", tag = "console",
    responses((status = 303, description = "To the provider, or back to the console when it cannot be reached"),
        (status = 404, body = Problem, description = "There is no provider")))]
pub async fn start_oidc(State(state): State<HttpState>, guest: Guest) -> Result<Response, Problem> {
    let back = format!("{}{BACK}", state.names.public_url());
    match state.screening.services.start_oidc(&back, &guest).await {
        Ok((door, cookie)) => Ok(to(door, Some(journey_cookie(&cookie)))),
        Err(Error::ProviderUnreachable) => Ok(to("/console#/refused".to_owned(), None)),
        Err(error) => Err(error.into()),
    }
}

/// The browser comes back from the provider; signed in, or not, it goes on to the console.
#[utoipa::path(get, path = "/api/oidc/back", tag = "console", params(Returned),
    responses((status = 303, description = "To the console", headers(("Set-Cookie" = String, description = "The account's cookie"))),
        (status = 404, body = Problem, description = "There is no provider"), (status = 429, body = Problem)))]
pub async fn finish_oidc(
    State(state): State<HttpState>,
    guest: Guest,
    headers: HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Result<Response, Problem> {
    let Returned { state: given, code } = returned.map_or(Returned { state: None, code: None }, |Query(given)| given);
    let cookie = cookie_token(&headers, OIDC_COOKIE);
    let back = format!("{}{BACK}", state.names.public_url());
    let services = &state.screening.services;
    let given = given.unwrap_or_default();
    match services.finish_oidc(cookie.as_ref(), &given, code.as_deref(), &back, &guest).await {
        Ok((token, _)) => Ok(to("/console".to_owned(), Some(set_cookie(ACCOUNT_COOKIE, &token)))),
        Err(Error::OidcRefused) => Ok(to("/console#/refused".to_owned(), None)),
        Err(error) => Err(error.into()),
    }
}
