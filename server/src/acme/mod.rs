//! The server's certificate by ACME (RFC 8555): account, order, answers to the CA, and what is kept of it.

pub mod answer;
mod caller;
pub mod config;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, Problem, RetryPolicy,
};
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use crate::config::data::{DataDir, FileError};
use crate::domain::certificate::Validity;
use crate::domain::invalid::Invalid;
use crate::domain::network::Networks;
use crate::http::config::HttpConfig;
use crate::http::tls::TlsError;
use crate::outbound::{Address, Outbound};
use answer::{Answers, Given};
use caller::Caller;
use config::AcmeConfig;

/// How often and how long the CA is asked whether it is done: 12 times within three minutes.
const RETRIES: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(500)).backoff(1.5).timeout(Duration::from_secs(180));
/// What a CA says that does not know the account, e.g. because it was deactivated there.
const NO_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// Why no certificate can be asked for as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// A value.
    #[error("acme.{field} {reason}")]
    Value {
        /// Which key.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Another certificate is configured too.
    #[error("[acme] and http.tls_certificate are both set; expected one of them")]
    TwoCertificates,
    /// TLS, e.g. a CA that is none.
    #[error("acme.ca: {0}")]
    Tls(#[from] TlsError),
    /// A network.
    #[error("acme.networks: {0}")]
    Networks(#[from] Invalid),
}

/// Why a try came to nothing, in words for whoever runs the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AcmeFailure(pub String);

impl From<Error> for AcmeFailure {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(problem) => Self(format!("the CA says: {}", words(&problem))),
            other => Self(other.to_string()),
        }
    }
}

impl From<TlsError> for AcmeFailure {
    fn from(error: TlsError) -> Self {
        Self(error.to_string())
    }
}

impl From<FileError> for AcmeFailure {
    fn from(error: FileError) -> Self {
        Self(error.to_string())
    }
}

/// What a CA says is wrong.
fn words(problem: &Problem) -> String {
    problem.detail.clone().unwrap_or_else(|| problem.to_string())
}

/// A certificate that was got.
#[derive(Debug)]
pub struct Issued {
    /// From when to when it holds.
    pub validity: Validity,
    /// Who gave it, its key and its chain, as they are kept.
    content: Zeroizing<String>,
}

/// A CA that is asked for certificates of this server's names.
#[derive(Debug)]
pub struct Acme {
    /// The CA's directory.
    pub directory: String,
    /// The names the certificate is for.
    pub names: Vec<String>,
    /// What it is answered when it asks whether they lead here.
    pub answers: Arc<Answers>,
    contact: Vec<String>,
    caller: Caller,
    data: DataDir,
}

fn wrong(field: &'static str, reason: impl Into<String>) -> AcmeError {
    AcmeError::Value { field, reason: reason.into() }
}

/// Names of the server that a certificate can be for: no addresses, and not this machine's own.
fn certifiable(http: &HttpConfig) -> Vec<String> {
    let names = http.names.iter().map(|name| name.to_ascii_lowercase());
    let address = |name: &str| name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    names.filter(|name| !address(name) && name != "localhost" && !name.ends_with(".localhost")).collect()
}

fn names(config: &AcmeConfig, http: &HttpConfig) -> Result<Vec<String>, AcmeError> {
    let possible = certifiable(http);
    let asked: Vec<String> = config.names.iter().map(|name| name.to_ascii_lowercase()).collect();
    if let Some(foreign) = asked.iter().find(|name| !possible.contains(name)) {
        return Err(wrong("names", format!("holds {foreign:?}; expected host names that are in http.names too")));
    }
    let names = if asked.is_empty() { possible } else { asked };
    if names.is_empty() {
        return Err(wrong("names", "is empty, and http.names has no host name; expected e.g. \"review.example.org\""));
    }
    Ok(names)
}

impl Acme {
    /// The CA of a configuration; nobody is called yet.
    ///
    /// # Errors
    /// When it cannot be asked as it is configured.
    pub fn new(config: &AcmeConfig, http: &HttpConfig, data: &DataDir) -> Result<Self, AcmeError> {
        Address::parse(&config.directory).map_err(|reason| wrong("directory", reason))?;
        if http.tls_certificate.is_some() || http.tls_key.is_some() {
            return Err(AcmeError::TwoCertificates);
        }
        if !config.terms_agreed {
            return Err(wrong("terms_agreed", "is false; expected true, once you agree to the CA's terms of service"));
        }
        if let Some(wrong_one) = config.contact.iter().find(|mail| !mail.contains('@') || mail.contains(':')) {
            return Err(wrong("contact", format!("holds {wrong_one:?}; expected an e-mail address")));
        }
        let outbound = Outbound::new(config.ca.as_deref(), Networks::named(&config.networks)?)?;
        Ok(Self {
            directory: config.directory.clone(),
            names: names(config, http)?,
            answers: Arc::default(),
            contact: config.contact.iter().map(|mail| format!("mailto:{mail}")).collect(),
            caller: Caller(Arc::new(outbound)),
            data: data.clone(),
        })
    }

    /// How long the certificate that is kept holds; `None` when there is none by this CA for these names.
    pub fn kept(&self) -> Option<Validity> {
        let content = self.data.read_private(&self.data.acme_certificate()).ok()?;
        let by_this = content.lines().next() == Some(self.heading().as_str());
        let leaf = CertificateDer::from_pem_slice(content.as_bytes()).ok()?;
        Validity::of(&leaf).filter(|_| by_this && self.is_for_names(&leaf))
    }

    /// Keeps a certificate where the server shows it from.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, issued: &Issued) -> Result<(), FileError> {
        self.data.write_private(&self.data.acme_certificate(), issued.content.as_bytes())
    }

    /// Asks for a certificate, and answers the CA's questions meanwhile.
    ///
    /// # Errors
    /// With why there is none.
    pub async fn obtain(&self) -> Result<Issued, AcmeFailure> {
        let mut order = self.order().await?;
        let given = self.answer(&mut order).await?;
        let ready = order.poll_ready(&RETRIES).await;
        drop(given);
        match ready {
            Ok(OrderStatus::Ready) => {}
            other => return Err(why(&mut order, other).await),
        }
        let key = Zeroizing::new(order.finalize().await?);
        let chain = order.poll_certificate(&RETRIES).await?;
        self.checked(&key, &chain)
    }

    /// The first line of what is kept; PEM lets any text stand before it.
    fn heading(&self) -> String {
        format!("# {}", self.directory)
    }

    fn is_for_names(&self, leaf: &CertificateDer<'_>) -> bool {
        let Ok(leaf) = ParsedCertificate::try_from(leaf) else { return false };
        let fits = |name: &String| {
            ServerName::try_from(name.as_str()).is_ok_and(|name| verify_server_name(&leaf, &name).is_ok())
        };
        self.names.iter().all(fits)
    }

    async fn order(&self) -> Result<Order, AcmeFailure> {
        let names: Vec<Identifier> = self.names.iter().cloned().map(Identifier::Dns).collect();
        let order = NewOrder::new(&names);
        match self.account().await?.new_order(&order).await {
            Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(NO_ACCOUNT) => {
                Ok(self.new_account().await?.new_order(&order).await?)
            }
            other => Ok(other?),
        }
    }

    /// The account that is kept, or a new one when there is none with this CA.
    async fn account(&self) -> Result<Account, AcmeFailure> {
        let path = self.data.acme_account();
        if !path.exists() {
            return self.new_account().await;
        }
        let damaged = |error: serde_json::Error| AcmeFailure(format!("{} is no account: {error}", path.display()));
        let content = self.data.read_private(&path)?;
        let kept: serde_json::Value = serde_json::from_str(&content).map_err(damaged)?;
        if kept.get("directory").and_then(serde_json::Value::as_str) != Some(self.directory.as_str()) {
            return self.new_account().await;
        }
        let credentials: AccountCredentials = serde_json::from_value(kept).map_err(damaged)?;
        let builder = Account::builder_with_http(Box::new(self.caller.clone()));
        Ok(builder.from_credentials(credentials).await?)
    }

    async fn new_account(&self) -> Result<Account, AcmeFailure> {
        let contact: Vec<&str> = self.contact.iter().map(String::as_str).collect();
        let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let builder = Account::builder_with_http(Box::new(self.caller.clone()));
        let (account, credentials) = builder.create(&new, self.directory.clone(), None).await?;
        let content = serde_json::to_vec(&credentials).map(Zeroizing::new).map_err(Error::from)?;
        self.data.write_private(&self.data.acme_account(), &content)?;
        Ok(account)
    }

    /// Gives the answers to what the CA asks, and tells it to look. They are given until the guards are dropped.
    async fn answer(&self, order: &mut Order) -> Result<Vec<Given>, AcmeFailure> {
        let mut given = Vec::new();
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let name = authorization.identifier().to_string();
            let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
                return Err(AcmeFailure(format!("the CA does not offer tls-alpn-01 for {name}")));
            };
            given.push(self.answers.give(&name, challenge.key_authorization().digest().as_ref())?);
            challenge.set_ready().await?;
        }
        Ok(given)
    }

    /// Takes what the CA sent only if it can be shown under every name.
    fn checked(&self, key: &str, chain: &str) -> Result<Issued, AcmeFailure> {
        let unusable = |error: &dyn std::fmt::Display| AcmeFailure(format!("what the CA sent cannot be used: {error}"));
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| unusable(&error))?;
        let Some(leaf) = certificates.first().cloned() else { return Err(unusable(&"it is no certificate")) };
        let private = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| unusable(&error))?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        CertifiedKey::from_der(certificates, private, &provider).map_err(|error| unusable(&error))?;
        if !self.is_for_names(&leaf) {
            return Err(unusable(&format!("it is not for {}", self.names.join(", "))));
        }
        let validity = Validity::of(&leaf).ok_or_else(|| unusable(&"its validity cannot be read"))?;
        let content = Zeroizing::new(format!("{}\n{key}\n{chain}", self.heading()));
        Ok(Issued { validity, content })
    }
}

/// Why an order did not become ready: what the CA says of the names it looked at, else of the order.
async fn why(order: &mut Order, became: Result<OrderStatus, Error>) -> AcmeFailure {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        if let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
            let said = words(problem);
            return AcmeFailure(format!("the CA did not reach {} here: {said}", state.identifier()));
        }
    }
    match became {
        Ok(status) => AcmeFailure(format!("the CA calls the order {status:?}")),
        Err(error) => error.into(),
    }
}
