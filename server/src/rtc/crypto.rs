//! DTLS that yields AES-256-GCM keys or none (MPA content security best practices TS-3.0).

use std::sync::OnceLock;
use std::time::Instant;

use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion};
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion, SrtpProfile};

/// The process's crypto provider with [`Aes256Dtls`] in the place of its DTLS.
pub fn provider() -> &'static CryptoProvider {
    static PROVIDER: OnceLock<CryptoProvider> = OnceLock::new();
    PROVIDER.get_or_init(|| CryptoProvider { dtls_provider: &Aes256Dtls, ..str0m::crypto::from_feature_flags() })
}

/// Wraps the library's DTLS and ends every handshake that negotiated another profile than `SRTP_AEAD_AES_256_GCM`.
/// The server prefers AES-256 already; this makes a browser that cannot do it fail instead of falling back.
#[derive(Debug)]
struct Aes256Dtls;

fn inner() -> &'static dyn DtlsProvider {
    static INNER: OnceLock<&'static dyn DtlsProvider> = OnceLock::new();
    *INNER.get_or_init(|| str0m::crypto::from_feature_flags().dtls_provider)
}

impl DtlsProvider for Aes256Dtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        inner().generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let inner = inner().new_dtls(cert, now, version, mtu)?;
        Ok(Box::new(Aes256Instance { inner }))
    }
}

#[derive(Debug)]
struct Aes256Instance {
    inner: Box<dyn DtlsInstance>,
}

impl DtlsInstance for Aes256Instance {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        match self.inner.poll_output(buf) {
            DtlsOutput::KeyingMaterial(_, profile) if profile != SrtpProfile::AEAD_AES_256_GCM => {
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

    fn keys_after(profile: SrtpProfile) -> bool {
        let mut dtls = Aes256Instance { inner: Box::new(Negotiated(profile)) };
        matches!(dtls.poll_output(&mut [0; 2_000]), DtlsOutput::KeyingMaterial(..))
    }

    #[test]
    fn only_aes_256_gcm_yields_keys() {
        assert!(keys_after(SrtpProfile::AEAD_AES_256_GCM));
        assert!(!keys_after(SrtpProfile::AEAD_AES_128_GCM));
        assert!(!keys_after(SrtpProfile::AES128_CM_SHA1_80));
    }
}
