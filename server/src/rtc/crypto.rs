//! DTLS that yields AES-256-GCM keys or none (MPA content security best practices TS-3.0). Only of senders, and only where
//! the house says so, AES-128 is taken too, and RSA certificates, which the same senders have.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use sha2::{Digest as _, Sha256};
use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion};
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion, SrtpProfile};

use super::openssl::OpenSslDtls;

/// The process's crypto provider with [`CheckedDtls`] in the place of its DTLS: AES-256-GCM or nothing.
pub fn provider() -> &'static CryptoProvider {
    static DTLS: CheckedDtls = CheckedDtls { also_aes_128: false, noted: false };
    static PROVIDER: OnceLock<CryptoProvider> = OnceLock::new();
    PROVIDER.get_or_init(|| CryptoProvider { dtls_provider: &DTLS, ..str0m::crypto::from_feature_flags() })
}

/// The same for senders, whose cipher is noted; some of them know nothing better than AES-128.
pub fn publish_provider(also_aes_128: bool) -> &'static CryptoProvider {
    static STRICT: CheckedDtls = CheckedDtls { also_aes_128: false, noted: true };
    static LENIENT: CheckedDtls = CheckedDtls { also_aes_128: true, noted: true };
    static PROVIDERS: OnceLock<[CryptoProvider; 2]> = OnceLock::new();
    let make = |dtls_provider| CryptoProvider { dtls_provider, ..str0m::crypto::from_feature_flags() };
    let [strict, lenient] = PROVIDERS.get_or_init(|| [make(&STRICT), make(&LENIENT)]);
    if also_aes_128 { lenient } else { strict }
}

/// What handshakes agreed on, by the fingerprint of the certificate that each had for itself: the library does not say.
fn agreed() -> MutexGuard<'static, HashMap<[u8; 32], SrtpProfile>> {
    static AGREED: OnceLock<Mutex<HashMap<[u8; 32], SrtpProfile>>> = OnceLock::new();
    AGREED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// The SRTP profile of a sender's handshake, by the fingerprint (SHA-256) of our certificate in it; also of one that was
/// ended for it. Asked once: it is forgotten then.
pub fn take_agreed(fingerprint: &[u8]) -> Option<SrtpProfile> {
    agreed().remove(fingerprint)
}

/// Whether a sender's handshake was ended because it agreed on too little, by the fingerprint of our certificate in it.
pub fn was_refused(fingerprint: &[u8], also_aes_128: bool) -> bool {
    !also_aes_128 && agreed().get(fingerprint).is_some_and(|profile| *profile != SrtpProfile::AEAD_AES_256_GCM)
}

/// Wraps the library's DTLS and ends every handshake that negotiated another profile than `SRTP_AEAD_AES_256_GCM`.
/// The server prefers AES-256 already; this makes a peer that cannot do it fail instead of falling back.
#[derive(Debug)]
struct CheckedDtls {
    also_aes_128: bool,
    noted: bool,
}

impl CheckedDtls {
    /// The library's own DTLS, or the one that verifies RSA too where less than AES-256 is taken.
    fn inner(&self) -> &'static dyn DtlsProvider {
        static INNER: OnceLock<&'static dyn DtlsProvider> = OnceLock::new();
        match self.also_aes_128 {
            true => &OpenSslDtls,
            false => *INNER.get_or_init(|| str0m::crypto::from_feature_flags().dtls_provider),
        }
    }
}

impl DtlsProvider for CheckedDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        self.inner().generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let inner = self.inner().new_dtls(cert, now, version, mtu)?;
        let note = self.noted.then(|| Sha256::digest(&cert.certificate).into());
        Ok(Box::new(CheckedInstance { inner, also_aes_128: self.also_aes_128, note }))
    }
}

#[derive(Debug)]
struct CheckedInstance {
    inner: Box<dyn DtlsInstance>,
    also_aes_128: bool,
    /// Under what the agreed profile is noted.
    note: Option<[u8; 32]>,
}

impl DtlsInstance for CheckedInstance {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        match self.inner.poll_output(buf) {
            DtlsOutput::KeyingMaterial(keys, profile) => {
                if let Some(note) = self.note {
                    agreed().insert(note, profile);
                }
                if profile == SrtpProfile::AEAD_AES_256_GCM || self.also_aes_128 {
                    return DtlsOutput::KeyingMaterial(keys, profile);
                }
                tracing::warn!(?profile, "peer cannot do AES-256-GCM: refused");
                DtlsOutput::CloseNotify
            }
            output => output,
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use str0m::config::KeyingMaterial;

    /// Says at once that a handshake ended with `profile`, as no library client can be told to.
    #[derive(Debug)]
    struct Negotiated(SrtpProfile);

    impl DtlsInstance for Negotiated {
        fn set_active(&mut self, _: bool) {}
        fn handle_packet(&mut self, _: &[u8]) -> Result<(), DtlsImplError> {
            Ok(())
        }
        fn poll_output<'a>(&mut self, _: &'a mut [u8]) -> DtlsOutput<'a> {
            DtlsOutput::KeyingMaterial(KeyingMaterial::new(&[0; 60]), self.0)
        }
        fn handle_timeout(&mut self, _: Instant) -> Result<(), DtlsImplError> {
            Ok(())
        }
        fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
            Ok(data.len())
        }
        fn is_active(&self) -> bool {
            false
        }
        fn protocol_version(&self) -> Option<ProtocolVersion> {
            None
        }
        fn close(&mut self) -> Result<(), DtlsImplError> {
            Ok(())
        }
    }

    fn keys_after(profile: SrtpProfile, also_aes_128: bool) -> bool {
        let mut dtls = CheckedInstance { inner: Box::new(Negotiated(profile)), also_aes_128, note: None };
        matches!(dtls.poll_output(&mut [0; 2_000]), DtlsOutput::KeyingMaterial(..))
    }

    #[test]
    fn only_aes_256_gcm_yields_keys() {
        assert!(keys_after(SrtpProfile::AEAD_AES_256_GCM, false));
        assert!(!keys_after(SrtpProfile::AEAD_AES_128_GCM, false));
        assert!(!keys_after(SrtpProfile::AES128_CM_SHA1_80, false));
    }

    #[test]
    fn where_the_house_says_so_a_sender_may_have_less() {
        assert!(keys_after(SrtpProfile::AES128_CM_SHA1_80, true));
    }

    #[test]
    fn what_was_agreed_is_told_once() {
        let profile = SrtpProfile::AEAD_AES_128_GCM;
        let (inner, note) = (Box::new(Negotiated(profile)), Some([7; 32]));
        let mut dtls = CheckedInstance { inner, also_aes_128: false, note };
        assert!(matches!(dtls.poll_output(&mut [0; 2_000]), DtlsOutput::CloseNotify));
        assert_eq!(take_agreed(&[7; 32]), Some(profile));
        assert_eq!(take_agreed(&[7; 32]), None);
    }
}
