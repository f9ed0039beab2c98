//! Answers to a CA that asks whether a name leads to this server (tls-alpn-01, RFC 8737): a certificate made for the
//! question, shown to whoever offers nothing but `acme-tls/1` for that name, and nothing else on that connection.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ClientHello;
use rustls::sign::CertifiedKey;

use crate::http::tls::TlsError;

/// The protocol a CA that asks offers, and no browser.
pub const PROTOCOL: &[u8] = b"acme-tls/1";

/// The answers that are due, by name.
#[derive(Debug, Default)]
pub struct Answers(RwLock<HashMap<String, Arc<CertifiedKey>>>);

/// An answer; no longer given when dropped.
#[derive(Debug)]
pub struct Given {
    answers: Arc<Answers>,
    name: String,
}

impl Drop for Given {
    fn drop(&mut self) {
        self.answers.0.write().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Whether a CA asks: it offers this protocol and no other.
pub fn is_asked(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|mut offered| offered.next() == Some(PROTOCOL) && offered.next().is_none())
}

impl Answers {
    /// Gives the answer for a name until the returned guard is dropped. `digest` is the SHA-256 of the key authorization,
    /// 32 bytes.
    ///
    /// # Errors
    /// When no certificate can be made for the name.
    pub fn give(self: &Arc<Self>, name: &str, digest: &[u8]) -> Result<Given, TlsError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        let certificate = params.self_signed(&key)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = rustls::crypto::aws_lc_rs::default_provider().key_provider.load_private_key(key)?;
        // Not checked as others are: its extension is critical, so that nobody who does not ask takes it for a certificate.
        let answer = CertifiedKey::new(vec![certificate.der().clone()], key);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::new(answer));
        Ok(Given { answers: Arc::clone(self), name: name.to_owned() })
    }

    /// The answer for a name, if one is due.
    pub fn of(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let name = name?.to_ascii_lowercase();
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&name).cloned()
    }
}
