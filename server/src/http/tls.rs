//! TLS: the certificate of the configuration, or one by a local CA that is made in the data directory.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use time::OffsetDateTime;

use super::certificate::Certificates;
use super::config::HttpConfig;
use crate::config::data::{DataDir, FileError, at};

const CA_LIFE: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
const LEAF_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
/// A leaf with less left than this is made anew at start.
const LEAF_RENEW: Duration = Duration::from_secs(30 * 24 * 3600);

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Making a certificate.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// The PEM in a file.
    #[error("{file} is not {expected} in PEM: {reason}")]
    Pem {
        /// Which file.
        file: String,
        /// What it should hold.
        expected: &'static str,
        /// What the parser says.
        reason: String,
    },
    /// Certificate and key do not fit.
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// Only one of certificate and key is configured.
    #[error("http.tls_certificate and http.tls_key belong together; only one of them is set")]
    HalfConfigured,
}

/// The server side of TLS.
///
/// # Errors
/// When a file cannot be read or made, or does not fit.
pub fn server_config(config: &HttpConfig, data: &DataDir) -> Result<Arc<ServerConfig>, TlsError> {
    Certificates::open(config, data, None)?.server_config()
}

/// A certificate chain in PEM.
///
/// # Errors
/// When it cannot be read.
pub fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = std::fs::read(path).map_err(at("read", path))?;
    CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(path, "a certificate chain", &error))
}

pub(super) fn wrong(path: &Path, expected: &'static str, reason: &dyn std::fmt::Display) -> TlsError {
    TlsError::Pem { file: path.display().to_string(), expected, reason: reason.to_string() }
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// What is fixed about the local CA; its key is what makes it this one.
fn ca_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("Vitrine local CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn issuer(data: &DataDir) -> Result<Issuer<'static, KeyPair>, TlsError> {
    if !data.ca_key().exists() || !data.ca_certificate().exists() {
        let key = KeyPair::generate()?;
        let mut params = ca_params();
        params.not_before = OffsetDateTime::now_utc() - Duration::from_secs(3600);
        params.not_after = OffsetDateTime::now_utc() + CA_LIFE;
        let certificate = params.self_signed(&key)?;
        data.write_private(&data.ca_key(), key.serialize_pem().as_bytes())?;
        data.write_private(&data.ca_certificate(), certificate.pem().as_bytes())?;
    }
    let key = KeyPair::from_pem(&data.read_private(&data.ca_key())?)?;
    Ok(Issuer::new(ca_params(), key))
}

/// The names a local certificate is for.
fn local_names(config: &HttpConfig) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    names.extend([host.trim().to_ascii_lowercase()].into_iter().filter(|host| !host.is_empty()));
    names.extend(config.names.iter().map(|name| name.trim_matches(['[', ']']).to_ascii_lowercase()));
    names.sort();
    names.dedup();
    names
}

/// Makes the server's certificate if there is none, it is nearly over, or its names have changed.
pub(super) fn make_local(config: &HttpConfig, data: &DataDir) -> Result<(), TlsError> {
    let names = local_names(config);
    let marker = data.path().join("tls-names.txt");
    let now = OffsetDateTime::now_utc();
    let wanted = names.join("\n");
    let kept = std::fs::read_to_string(&marker).unwrap_or_default();
    let until = kept.lines().next().and_then(|line| line.parse::<i64>().ok()).unwrap_or(0);
    let fresh = until > (now + LEAF_RENEW).unix_timestamp();
    if fresh && kept.split_once('\n').is_some_and(|(_, names)| names == wanted) && data.tls_key().exists() {
        return Ok(());
    }
    let issuer = issuer(data)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    for name in &names {
        params.subject_alt_names.push(match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into()?),
        });
    }
    params.distinguished_name =
        self::name(names.iter().find(|name| *name == "localhost").map_or("vitrine", |name| name));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = now - Duration::from_secs(3600);
    params.not_after = now + LEAF_LIFE;
    let certificate = params.signed_by(&key, &issuer)?;
    let ca = data.read_private(&data.ca_certificate())?;
    data.write_private(&data.tls_key(), key.serialize_pem().as_bytes())?;
    data.write_private(&data.tls_certificate(), format!("{}{}", certificate.pem(), ca.as_str()).as_bytes())?;
    data.write_private(&marker, format!("{}\n{wanted}", (now + LEAF_LIFE).unix_timestamp()).as_bytes())?;
    Ok(())
}
