//! Leases: the right to media for minutes, as a JWT that only this server makes and only this server accepts.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rcgen::KeyPair;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::instant::UtcInstant;

/// Longest life of a lease.
pub const LEASE_LIFE: Duration = Duration::from_secs(5 * 60);
/// When the browser should ask for the next.
pub const RENEW_AFTER: Duration = Duration::from_secs(120);

const TYPE: &str = "vitrine-lease+jwt";
const ISSUER: &str = "vitrine";
const AUDIENCE: &str = "vitrine-whep";

/// What a lease says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseClaims {
    /// Who made it.
    pub iss: String,
    /// For what.
    pub aud: String,
    /// The viewer.
    pub sub: Uuid,
    /// The review.
    pub review: Uuid,
    /// This lease.
    pub jti: Uuid,
    /// When it was made, seconds.
    pub iat: i64,
    /// First second at which it is over.
    pub exp: i64,
}

/// Why a lease is refused: for the record, never for the one who came with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeaseRefusal {
    /// Not a JWT of this kind, made by this server.
    #[error("not a lease of this server")]
    NotOurs,
    /// Its time is over.
    #[error("expired")]
    Expired,
}

/// What verifies leases, as everybody may know it (RFC 8037, 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicLeaseKey {
    /// Its name.
    pub kid: String,
    /// The Ed25519 point, 32 bytes in base64url.
    pub x: String,
}

/// The key that signs leases.
pub struct LeaseKey {
    kid: String,
    x: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl std::fmt::Debug for LeaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeaseKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl LeaseKey {
    /// A key by its pair.
    pub(super) fn of(pair: &KeyPair) -> Self {
        let public = pair.public_key_raw();
        Self {
            kid: URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..12]),
            x: URL_SAFE_NO_PAD.encode(public),
            signing: EncodingKey::from_ed_der(pair.serialized_der()),
            verifying: DecodingKey::from_ed_der(public),
        }
    }

    /// What verifies its signatures.
    pub fn public(&self) -> PublicLeaseKey {
        PublicLeaseKey { kid: self.kid.clone(), x: self.x.clone() }
    }

    /// Makes a lease for a viewer of a review.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(
        &self,
        viewer: Uuid,
        review: Uuid,
        now: UtcInstant,
    ) -> Result<(String, UtcInstant), jsonwebtoken::errors::Error> {
        let iat = now.as_ms() / 1_000;
        let exp = iat + i64::try_from(LEASE_LIFE.as_secs()).unwrap_or(300);
        let claims = LeaseClaims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: viewer,
            review,
            jti: Uuid::now_v7(),
            iat,
            exp,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        Ok((jsonwebtoken::encode(&header, &claims, &self.signing)?, UtcInstant::from_ms(exp * 1_000)))
    }

    /// Verifies a lease: one algorithm, this key, this kind, this issuer and audience, not over.
    ///
    /// # Errors
    /// With the reason, for the record.
    pub fn verify(&self, lease: &str, now: UtcInstant) -> Result<LeaseClaims, LeaseRefusal> {
        if lease.len() > 2_048 {
            return Err(LeaseRefusal::NotOurs);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // compared below with the one clock that is used everywhere
        let token = jsonwebtoken::decode::<LeaseClaims>(lease, &self.verifying, &validation)
            .map_err(|_| LeaseRefusal::NotOurs)?;
        let kind = token.header.typ.as_deref() == Some(TYPE) && token.header.kid.as_deref() == Some(self.kid.as_str());
        let claims = token.claims;
        let longest = i64::try_from(LEASE_LIFE.as_secs()).unwrap_or(300);
        if !kind || claims.exp.saturating_sub(claims.iat) > longest || claims.iat > now.as_ms() / 1_000 + 1 {
            return Err(LeaseRefusal::NotOurs);
        }
        if now.as_ms() >= claims.exp.saturating_mul(1_000) {
            return Err(LeaseRefusal::Expired);
        }
        Ok(claims)
    }
}
