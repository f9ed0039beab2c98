//! Signing in and out, and who is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{ACCOUNT_COOKIE, AtDoor, Body, Id, SignedIn, clear_cookie, set_cookie};
use super::problem::Problem;
use crate::domain::account::{Role, Stage};
use crate::domain::instant::UtcInstant;
use crate::domain::policy::Profile;
use crate::domain::secret::SecretText;
use crate::service::redeem::Guest;
use crate::service::session::Session as ServiceSession;

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    user: String,
    #[schema(value_type = String)]
    password: SecretText,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    id: Uuid,
    user: String,
    role: Role,
    /// What the session may be used for; anything but `open` says what is due first.
    stage: Stage,
    /// The house's policy.
    profile: Profile,
}

impl Me {
    pub(super) fn new(state: &HttpState, session: &ServiceSession) -> Self {
        Self {
            id: session.account.id,
            user: session.account.user.clone(),
            role: session.account.role,
            stage: session.stage,
            profile: state.screening.services.policy.profile,
        }
    }
}

/// The old password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[schema(value_type = String)]
    old: SecretText,
    #[schema(value_type = String)]
    new: SecretText,
}

/// A session that stands.
#[derive(Serialize, ToSchema)]
pub struct Session {
    id: Uuid,
    user: String,
    /// Whether it is the one that asks.
    own: bool,
    stage: Stage,
    ip: String,
    browser: String,
    created_at: UtcInstant,
    used_at: UtcInstant,
}

/// Sessions, the one used last first.
#[derive(Serialize, ToSchema)]
pub struct Sessions {
    sessions: Vec<Session>,
}

/// Signs in with a password. `stage` says what is due before the console opens.
#[utoipa::path(post, path = "/api/sign-in", tag = "console", request_body = SignIn,
    responses((status = 200, body = Me, headers(("Set-Cookie" = String, description = "The account's cookie"))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub async fn sign_in(
    State(state): State<HttpState>,
    guest: Guest,
    Body(body): Body<SignIn>,
) -> Result<impl IntoResponse, Problem> {
    let (token, session) = state.screening.services.sign_in(&body.user, &body.password, &guest).await?;
    Ok((AppendHeaders([(SET_COOKIE, set_cookie(ACCOUNT_COOKIE, &token))]), Json(Me::new(&state, &session))))
}

/// Signs out.
#[utoipa::path(post, path = "/api/sign-out", tag = "console", security(("account" = [])),
    responses((status = 204, description = "Signed out"), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn sign_out(State(state): State<HttpState>, AtDoor(at): AtDoor) -> Result<impl IntoResponse, Problem> {
    state.screening.services.sign_out(&at.session, &at.by()).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, clear_cookie(ACCOUNT_COOKIE))])))
}

/// Who is signed in, and what is due.
#[utoipa::path(get, path = "/api/me", tag = "console", security(("account" = [])),
    responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub async fn me(State(state): State<HttpState>, AtDoor(at): AtDoor) -> Json<Me> {
    Json(Me::new(&state, &at.session))
}

/// Changes one's own password. All own sessions end, this one too.
#[utoipa::path(post, path = "/api/password", tag = "console", request_body = NewPassword, security(("account" = [])),
    responses((status = 204, description = "Changed"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn change_password(
    State(state): State<HttpState>,
    AtDoor(at): AtDoor,
    Body(body): Body<NewPassword>,
) -> Result<impl IntoResponse, Problem> {
    state.screening.services.change_password(&at.session, &body.old, &body.new, &at.by()).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, clear_cookie(ACCOUNT_COOKIE))])))
}

/// The sessions that the asking account may end: its own, or for some roles all.
#[utoipa::path(get, path = "/api/sessions", tag = "console", security(("account" = [])),
    responses((status = 200, body = Sessions), (status = 401, body = Problem)))]
pub async fn list_sessions(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Sessions>, Problem> {
    let sessions = state.screening.services.sessions(&signed_in.by()).await?;
    let sessions = sessions.into_iter().map(|(session, stage)| Session {
        id: session.id,
        own: session.id == signed_in.session.id,
        user: session.account.user,
        stage,
        ip: session.ip,
        browser: session.browser,
        created_at: session.facts.created_at,
        used_at: session.facts.used_at,
    });
    Ok(Json(Sessions { sessions: sessions.collect() }))
}

/// Ends a session at once.
#[utoipa::path(post, path = "/api/sessions/{id}/end", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 204, description = "Ended"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn end_session(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.end_session(id, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
