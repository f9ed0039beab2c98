//! The house's own identity provider, as it is asked: discovery, authorization code with PKCE, keys.

pub mod config;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::Full;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::config::data::{FileError, secret_line};
use crate::domain::invalid::Invalid;
use crate::domain::network::Networks;
use crate::domain::oidc::{Demands, IdToken, OidcRefusal, Person};
use crate::domain::secret::SecretText;
use crate::http::tls::TlsError;
use crate::outbound::{Address, Outbound};
use config::OidcConfig;

/// How long what the provider says of itself is believed.
const DISCOVERED_FOR: Duration = Duration::from_secs(10 * 60);
/// Signatures that are taken; never one with a shared secret.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// Why the provider cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// A value.
    #[error("oidc.{field} {reason}")]
    Value {
        /// Which key.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The file of the secret.
    #[error("oidc.client_secret_file: {0}")]
    File(#[from] FileError),
    /// TLS, e.g. a CA that is none.
    #[error("oidc.ca: {0}")]
    Tls(#[from] TlsError),
    /// A network.
    #[error("oidc.networks: {0}")]
    Networks(#[from] Invalid),
}

/// What the provider says of itself.
#[derive(Clone, Debug, Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// What a request to the provider carries.
enum With {
    /// Nothing: what is asked for is public.
    Nothing,
    /// A form, and our name and secret.
    Form(String),
    /// A token that it gave.
    Token(SecretText),
}

/// A provider.
#[derive(Debug)]
pub struct Provider {
    /// What the sign-in page calls it.
    pub name: String,
    /// What the house demands of it.
    pub demands: Demands,
    secret: SecretText,
    outbound: Outbound,
    discovered: Mutex<Option<(Instant, Discovered)>>,
}

/// One browser's way to the provider and back, as the cookie of that browser makes it: nothing of it is kept here.
#[derive(Clone, Debug)]
pub struct Journey {
    /// Given back with the code.
    pub state: String,
    /// In the token.
    pub nonce: String,
    /// What the challenge was made of (RFC 7636).
    pub verifier: SecretText,
}

impl Provider {
    /// The provider of a configuration; nobody is called yet.
    ///
    /// # Errors
    /// When it cannot be used as it is configured.
    pub fn new(config: &OidcConfig) -> Result<Self, OidcError> {
        let wrong = |field, reason: &str| OidcError::Value { field, reason: reason.to_owned() };
        Address::parse(&config.issuer).map_err(|reason| wrong("issuer", reason))?;
        if config.client_id.is_empty() {
            return Err(wrong("client_id", "is empty"));
        }
        let demands = Demands {
            issuer: config.issuer.clone(),
            client: config.client_id.clone(),
            acr: config.acr.clone(),
            amr: config.amr.clone(),
            user_claim: config.user_claim.clone(),
        };
        Ok(Self {
            name: config.name.clone(),
            demands,
            secret: secret_line(&config.client_secret_file)?,
            outbound: Outbound::new(config.ca.as_deref(), Networks::named(&config.networks)?)?,
            discovered: Mutex::default(),
        })
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, address: &str, with: With) -> Result<T, OidcRefusal> {
        let unreachable = |reason: &str| {
            tracing::warn!(address, reason, "the identity provider gave no answer that can be used");
            OidcRefusal::Unreachable
        };
        let to = Address::parse(address).map_err(unreachable)?;
        let request = Request::builder().method(method).uri(to.path()).header(HOST, to.authority());
        let request = request.header(ACCEPT, "application/json");
        let request = match with {
            With::Form(form) => {
                let client = format!("{}:{}", encoded(&self.demands.client), encoded(self.secret.reveal()));
                request
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(client)))
                    .body(Full::new(Bytes::from(form)))
            }
            With::Token(token) => {
                request.header(AUTHORIZATION, format!("Bearer {}", token.reveal())).body(Full::default())
            }
            With::Nothing => request.body(Full::default()),
        };
        let request = request.map_err(|error| unreachable(&error.to_string()))?;
        let (status, body) = match self.outbound.send(&to, request).await {
            Ok(answer) => answer,
            Err(error) => return Err(unreachable(&error.to_string())),
        };
        match status {
            StatusCode::OK => serde_json::from_slice(&body).map_err(|error| unreachable(&error.to_string())),
            status if status.is_client_error() => Err(OidcRefusal::Provider),
            status => Err(unreachable(status.as_str())),
        }
    }

    async fn discovered(&self) -> Result<Discovered, OidcRefusal> {
        if let Some((at, found)) = &*self.discovered.lock().unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < DISCOVERED_FOR
        {
            return Ok(found.clone());
        }
        let address = format!("{}/.well-known/openid-configuration", self.demands.issuer.trim_end_matches('/'));
        let found: Discovered = self.ask(Method::GET, &address, With::Nothing).await?;
        // Otherwise one provider could speak for another (Discovery 1.0, 4.3).
        if found.issuer != self.demands.issuer || Address::parse(&found.authorization_endpoint).is_err() {
            return Err(OidcRefusal::Unreachable);
        }
        *self.discovered.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found.clone()));
        Ok(found)
    }

    /// Where to send the browser.
    ///
    /// # Errors
    /// When the provider cannot be asked where.
    pub async fn door(&self, journey: &Journey, back: &str) -> Result<String, OidcRefusal> {
        let endpoint = self.discovered().await?.authorization_endpoint;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(journey.verifier.reveal()));
        let acr = self.demands.acr.join(" ");
        let mut asked = vec![
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("client_id", self.demands.client.as_str()),
            ("redirect_uri", back),
            ("state", journey.state.as_str()),
            ("nonce", journey.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        if !acr.is_empty() {
            asked.push(("acr_values", acr.as_str()));
        }
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{joint}{}", form(&asked)))
    }

    /// The account that the provider names for a code.
    ///
    /// # Errors
    /// When it names nobody, or not well enough.
    pub async fn person(
        &self,
        code: &str,
        journey: &Journey,
        back: &str,
        now: crate::domain::instant::UtcInstant,
    ) -> Result<Person, OidcRefusal> {
        let Discovered { token_endpoint, jwks_uri, userinfo_endpoint, .. } = self.discovered().await?;
        let given = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", journey.verifier.reveal()),
        ]);
        let Tokens { id_token, access_token } = self.ask(Method::POST, &token_endpoint, With::Form(given)).await?;
        let keys: JwkSet = self.ask(Method::GET, &jwks_uri, With::Nothing).await?;
        let token = opened(&id_token, &keys)?;
        self.demands.check(&token, &journey.nonce, now)?;
        let token = match (userinfo_endpoint, access_token) {
            (Some(endpoint), Some(access)) if self.demands.unnamed(&token) => {
                let with = With::Token(SecretText::new(access));
                token.told_more(self.ask(Method::GET, &endpoint, with).await?)?
            }
            _ => token,
        };
        self.demands.person(&token)
    }
}

/// A token's content, once its signature is one of these keys'. Times and names are looked at by [`Demands::check`].
fn opened(token: &str, keys: &JwkSet) -> Result<IdToken, OidcRefusal> {
    let unsigned = |_| OidcRefusal::Signature;
    let header = jsonwebtoken::decode_header(token).map_err(unsigned)?;
    let named = |key: &&jsonwebtoken::jwk::Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let mut candidates = keys.keys.iter().filter(named);
    // Without a name there must be nothing to choose from.
    let (Some(jwk), None) = (candidates.next(), candidates.next()) else { return Err(OidcRefusal::Signature) };
    let key = DecodingKey::from_jwk(jwk).map_err(unsigned)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(OidcRefusal::Signature);
    }
    let mut validation = Validation::new(header.alg);
    validation.validate_aud = false;
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    Ok(jsonwebtoken::decode::<IdToken>(token, &key, &validation).map_err(unsigned)?.claims)
}

/// `name=value&...`, encoded.
fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

/// Percent-encoding of everything that is not unreserved (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
