//! The certificate that the server shows viewers in DTLS: one, made once and kept, so that people can compare it. The page
//! compares it with the one in the answer; people compare a short code of it by voice, which finds somebody who sits between
//! browser and server and changes both.

use std::path::Path;

use rcgen::{CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use str0m::config::DtlsCert;

use crate::config::data::{DataDir, FileError};

/// Bytes of the fingerprint that the code shows: 80 bits, so that nobody finds another certificate with the same.
const CODE_BYTES: usize = 10;

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Making it.
    #[error("cannot make a certificate for media: {0}")]
    Make(#[from] rcgen::Error),
    /// The content.
    #[error("{file} holds no certificate and key in PEM; remove it and the server makes another at the next start")]
    Content {
        /// Which file.
        file: String,
    },
}

/// The server as viewers' browsers see it in DTLS.
#[derive(Clone, Debug)]
pub struct Identity {
    certificate: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
    fingerprint: String,
}

impl Identity {
    /// Reads it, or makes it when the file is missing.
    ///
    /// # Errors
    /// When the file cannot be read or written, others may read it, or it holds something else.
    pub fn load_or_make(data: &DataDir) -> Result<Self, IdentityError> {
        let path = data.media_identity();
        if !path.exists() {
            data.write_private(&path, make()?.as_bytes())?;
        }
        Self::load(data, &path)
    }

    /// Reads it.
    ///
    /// # Errors
    /// As [`Identity::load_or_make`]; also when the file is missing.
    pub fn load(data: &DataDir, path: &Path) -> Result<Self, IdentityError> {
        let pem = data.read_private(path)?;
        Self::of_pem(&pem).ok_or_else(|| IdentityError::Content { file: path.display().to_string() })
    }

    fn of_pem(pem: &str) -> Option<Self> {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?.to_vec();
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let pairs: Vec<String> = Sha256::digest(&certificate).iter().map(|byte| format!("{byte:02X}")).collect();
        let key = zeroize::Zeroizing::new(key.secret_der().to_vec());
        Some(Self { certificate, key, fingerprint: pairs.join(":") })
    }

    /// SHA-256 of the certificate as SDP writes it (RFC 8122): 32 pairs of hexadecimal digits, apart by colons.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What people compare: the first ten bytes of the fingerprint, four digits at a time, e.g. `3F7A 91C0 0B5D 22E1 9A40`.
    pub fn code(&self) -> String {
        let digits: Vec<&str> = self.fingerprint.split(':').take(CODE_BYTES).collect();
        digits.chunks(2).map(<[&str]>::concat).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn dtls(&self) -> DtlsCert {
        DtlsCert { certificate: self.certificate.clone(), private_key: self.key.to_vec() }
    }
}

/// Certificate and key in PEM.
fn make() -> Result<zeroize::Zeroizing<String>, rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Vitrine media");
    params.is_ca = IsCa::NoCa;
    let certificate = params.self_signed(&key)?;
    Ok(zeroize::Zeroizing::new(format!("{}{}", certificate.pem(), key.serialize_pem())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_kept_for_its_owner_and_the_same_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let (first, again) = (Identity::load_or_make(&data).unwrap(), Identity::load_or_make(&data).unwrap());
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert_eq!(crate::config::data::mode(&data.media_identity()).unwrap(), 0o600);
        assert_eq!((first.fingerprint().len(), first.code().len()), (32 * 3 - 1, 24));
        assert!(first.fingerprint().replace(':', "").starts_with(&first.code().replace(' ', "")));
    }

    #[test]
    fn what_is_no_identity_is_said_to_be_none_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        data.write_private(&data.media_identity(), b"nothing").unwrap();
        let error = Identity::load_or_make(&data).unwrap_err().to_string();
        assert!(error.contains("media-identity.pem"), "{error}");
    }
}
