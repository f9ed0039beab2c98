//! Leases: the right to media for minutes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::HttpState;
use super::extract::Joined;
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::service::viewer;
use crate::token::lease::{PublicLeaseKey, RENEW_AFTER};

/// A lease.
#[derive(Clone, Serialize, ToSchema)]
pub struct Lease {
    /// The JWT, for the `Authorization` header of WHEP.
    lease: String,
    /// First instant after it.
    expires_at: UtcInstant,
    /// When to ask for the next.
    renew_after_s: u64,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl From<viewer::Lease> for Lease {
    fn from(lease: viewer::Lease) -> Self {
        Self { lease: lease.token, expires_at: lease.expires_at, renew_after_s: RENEW_AFTER.as_secs() }
    }
}

/// A public key that verifies leases (RFC 7517, RFC 8037).
#[derive(Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// Always `EdDSA`.
    alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    usage: &'static str,
    /// Its name in leases.
    kid: String,
    /// The key, in base64url.
    x: String,
}

/// The keys that verify leases, the one that signs first.
#[derive(Serialize, ToSchema)]
pub struct Jwks {
    keys: Vec<Jwk>,
}

/// The public keys of leases: the one that signs and, for as long as leases of it may live, the one before.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "machines", responses((status = 200, body = Jwks)))]
pub async fn jwks(State(state): State<HttpState>) -> Json<Jwks> {
    let published = state.screening.leases.published(UtcInstant::now());
    let jwk = |PublicLeaseKey { kid, x }| Jwk { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid, x };
    Json(Jwks { keys: published.into_iter().map(jwk).collect() })
}

/// Gives the right to media for minutes, and prolongs a running viewing.
#[utoipa::path(post, path = "/api/leases", tag = "room", security(("viewer" = [])),
    responses((status = 201, body = Lease), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "Waiting to be let in"),
        (status = 410, body = Problem)))]
pub async fn create_lease(
    State(state): State<HttpState>,
    joined: Joined,
) -> Result<(StatusCode, Json<Lease>), Problem> {
    let screening = &state.screening;
    let lease = screening.services.give_lease(&screening.leases, &joined.viewer, joined.ip).await?;
    Ok((StatusCode::CREATED, Json(lease.into())))
}
