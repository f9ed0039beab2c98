//! The certificate that is shown: read again when its files change, so that a renewal needs no restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::config::HttpConfig;
use super::tls::{TlsError, chain, make_local, wrong};
use crate::acme::answer::{Answers, PROTOCOL, is_asked};
use crate::config::data::DataDir;

/// What two files were when they were read.
type Stamp = [Option<(u64, u64, SystemTime)>; 2];

#[derive(Debug)]
struct Shown {
    stamp: Stamp,
    key: Arc<CertifiedKey>,
}

/// The certificate of a configuration, by ACME, or of the local CA.
#[derive(Debug)]
pub struct Certificates {
    config: HttpConfig,
    data: DataDir,
    /// Answers to the CA, where one is asked for a certificate.
    acme: Option<Arc<Answers>>,
    shown: RwLock<Shown>,
}

/// Which file it is, how long, and when it was written: a file that took the other's place has another number.
fn stamp_of(path: &Path) -> Option<(u64, u64, SystemTime)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.ino(), metadata.len(), metadata.modified().ok()?))
}

/// Certificate and key. A local one is made where it is missing or nearly over, and shown until a CA has given another.
fn files(config: &HttpConfig, data: &DataDir, acme: bool) -> Result<[PathBuf; 2], TlsError> {
    match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => Ok([certificate.clone(), key.clone()]),
        (None, None) if acme && data.acme_certificate().exists() => {
            Ok([data.acme_certificate(), data.acme_certificate()])
        }
        (None, None) => {
            make_local(config, data)?;
            Ok([data.tls_certificate(), data.tls_key()])
        }
        _ => Err(TlsError::HalfConfigured),
    }
}

fn load(files: &[PathBuf; 2], data: &DataDir) -> Result<Shown, TlsError> {
    // Looked at before the files are read: whatever changes meanwhile is seen as a change the next time.
    let stamp = files.each_ref().map(|path| stamp_of(path));
    let [certificate, key] = files;
    let chain = chain(certificate)?;
    let pem = data.read_private(key)?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| wrong(key, "a private key", &error))?;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    Ok(Shown { stamp, key: Arc::new(CertifiedKey::from_der(chain, key, &provider)?) })
}

impl Certificates {
    /// Reads (or makes) the certificate. `acme`: answers to the CA, where one is asked.
    ///
    /// # Errors
    /// When a file cannot be read or made, or certificate and key do not fit.
    pub fn open(config: &HttpConfig, data: &DataDir, acme: Option<Arc<Answers>>) -> Result<Arc<Self>, TlsError> {
        let shown = RwLock::new(load(&files(config, data, acme.is_some())?, data)?);
        Ok(Arc::new(Self { config: config.clone(), data: data.clone(), acme, shown }))
    }

    /// Takes up a certificate that was changed; whether it was. New connections are shown it, others go on.
    ///
    /// # Errors
    /// As [`Certificates::open`]; the one before is shown until its successor can be read whole.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let files = files(&self.config, &self.data, self.acme.is_some())?;
        let stamp = files.each_ref().map(|path| stamp_of(path));
        if self.shown.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return Ok(false);
        }
        let shown = load(&files, &self.data)?;
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(true)
    }

    /// The server side of TLS that shows it.
    ///
    /// # Errors
    /// When the library refuses its own versions of TLS.
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        // Whatever the browser would like first: AES-256-GCM comes first in the provider's list.
        tls.ignore_client_order = true;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        if self.acme.is_some() {
            tls.alpn_protocols.push(PROTOCOL.to_vec());
        }
        Ok(Arc::new(tls))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if let Some(answers) = self.acme.as_ref().filter(|_| is_asked(&hello)) {
            return answers.of(hello.server_name());
        }
        Some(Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}
