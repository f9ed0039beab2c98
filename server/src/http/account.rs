//! Accounts, for whoever runs them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use crate::domain::account::Role;
use crate::domain::instant::UtcInstant;
use crate::domain::secret::SecretText;
use crate::service::account::AccountState;
use crate::store::account::AccountRecord;

/// An account.
#[derive(Serialize, ToSchema)]
pub struct Account {
    id: Uuid,
    user: String,
    role: Role,
    created_at: UtcInstant,
    /// From when on it is over.
    ends_at: Option<UtcInstant>,
    /// When its end was carried out.
    offboarded_at: Option<UtcInstant>,
    /// Whether it has a second factor.
    second_factor: bool,
    /// Whether wrong tries have locked it.
    locked: bool,
}

impl From<AccountState> for Account {
    fn from(AccountState { account, second_factor, locked }: AccountState) -> Self {
        Self {
            second_factor,
            locked,
            id: account.id,
            user: account.user,
            role: account.role,
            created_at: account.created_at,
            ends_at: account.ends_at,
            offboarded_at: account.offboarded_at,
        }
    }
}

/// An account as it is after something was done to it.
async fn answer(state: &HttpState, account: AccountRecord) -> Result<Json<Account>, Problem> {
    let mut found = state.screening.services.with_state(vec![account]).await?;
    found.pop().map(|found| Json(found.into())).ok_or_else(Problem::not_found)
}

/// Accounts by name.
#[derive(Serialize, ToSchema)]
pub struct Accounts {
    accounts: Vec<Account>,
}

/// An account to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    user: String,
    #[schema(value_type = String)]
    password: SecretText,
    role: Role,
}

/// Another role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    role: Role,
}

/// When an account ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offboarding {
    /// Without it, at once.
    at: Option<UtcInstant>,
}

/// All accounts.
#[utoipa::path(get, path = "/api/accounts", tag = "people", security(("account" = [])),
    responses((status = 200, body = Accounts), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_accounts(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Accounts>, Problem> {
    let accounts = state.screening.services.account_states(&signed_in.by()).await?;
    Ok(Json(Accounts { accounts: accounts.into_iter().map(Account::from).collect() }))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/accounts", tag = "people", request_body = NewAccount, security(("account" = [])),
    responses((status = 201, body = Account), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn create_account(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<NewAccount>,
) -> Result<(StatusCode, Json<Account>), Problem> {
    let services = &state.screening.services;
    let account = services.create_account(&body.user, &body.password, body.role, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, answer(&state, account).await?))
}

/// Gives an account another role; its sessions end.
#[utoipa::path(post, path = "/api/accounts/{id}/role", tag = "people", request_body = NewRole,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn set_role(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<NewRole>,
) -> Result<Json<Account>, Problem> {
    answer(&state, state.screening.services.set_role(id, body.role, &signed_in.by()).await?).await
}

/// Forgets the wrong tries of an account.
#[utoipa::path(post, path = "/api/accounts/{id}/unlock", tag = "people", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn unlock_account(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Account>, Problem> {
    answer(&state, state.screening.services.unlock_account(id, &signed_in.by()).await?).await
}

/// Takes all second factors of an account away, and ends its sessions.
#[utoipa::path(post, path = "/api/accounts/{id}/reset-factors", tag = "people", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn reset_factors(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Account>, Problem> {
    answer(&state, state.screening.services.reset_factors(id, &signed_in.by()).await?).await
}

/// Ends an account, now or at an instant: its sessions, the links it made, and whatever is watched through those.
#[utoipa::path(post, path = "/api/accounts/{id}/offboard", tag = "people", request_body = Offboarding,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn offboard(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<Offboarding>,
) -> Result<Json<Account>, Problem> {
    let account = state.screening.services.offboard(id, body.at, &signed_in.by()).await?;
    state.screening.supervise().await?;
    answer(&state, account).await
}
