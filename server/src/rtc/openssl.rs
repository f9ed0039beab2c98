//! DTLS 1.2 by OpenSSL, for senders alone and only where the house takes less than AES-256 of them: those are the ones that
//! also show RSA certificates (GStreamer 1.22), whose signatures the library beside it does not verify.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::srtp::SrtpProfileId;
use openssl::ssl::{
    ErrorCode, HandshakeError, MidHandshakeSslStream, Ssl, SslContext, SslMethod, SslOptions, SslStream, SslVerifyMode,
    SslVersion,
};
use openssl::x509::X509;
use str0m::config::{DtlsCert, DtlsVersion, KeyingMaterial};
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion, SrtpProfile};

/// What is offered, best first: the server's order counts.
const PROFILES: &str = "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
/// Only suites with forward secrecy and authenticated encryption.
const CIPHERS: &str = "ECDHE+AESGCM";
/// Label of the exporter (RFC 5764, 4.2).
const EXPORTER: &str = "EXTRACTOR-dtls_srtp";
/// How often OpenSSL is asked whether a flight has to be sent again; it waits a second at first.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// When nothing is due.
const FAR: Duration = Duration::from_secs(3_600);
/// Payload of a datagram when the caller does not say.
const DATAGRAM: usize = 1_150;
/// Datagrams that wait to be read; a handshake has about ten.
const WAITING: usize = 64;
/// Bytes of a certificate in DER that the caller's buffer surely takes: with no certificate to compare, keys are worth nothing.
const LARGEST_CERTIFICATE: usize = 1_900;

/// Makes DTLS instances of OpenSSL.
#[derive(Debug)]
pub struct OpenSslDtls;

impl DtlsProvider for OpenSslDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        str0m::crypto::from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        _: Instant,
        _: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let handshake = Handshake::new(cert, mtu.unwrap_or(DATAGRAM))
            .map_err(|error| CryptoError::Other(format!("OpenSSL: {error}")))?;
        Ok(Box::new(handshake))
    }
}

/// Datagrams in and out, whole ones.
#[derive(Debug, Default)]
struct Wire {
    incoming: VecDeque<Vec<u8>>,
    outgoing: VecDeque<Vec<u8>>,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let datagram = self.incoming.pop_front().ok_or(io::ErrorKind::WouldBlock)?;
        let length = datagram.len().min(buffer.len());
        buffer[..length].copy_from_slice(&datagram[..length]);
        Ok(length)
    }
}

impl Write for Wire {
    fn write(&mut self, datagram: &[u8]) -> io::Result<usize> {
        self.outgoing.push_back(datagram.to_vec());
        Ok(datagram.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug)]
enum State {
    /// Nothing has come yet.
    Fresh(Ssl, Wire),
    Handshaking(MidHandshakeSslStream<Wire>),
    Established(SslStream<Wire>),
    Failed,
}

/// What is told once when the handshake is done, in this order.
#[derive(Debug, Default)]
struct Outcome {
    certificate: Option<Vec<u8>>,
    connected: bool,
    keys: Option<(KeyingMaterial, SrtpProfile)>,
    closed: bool,
}

#[derive(Debug)]
struct Handshake {
    state: State,
    active: bool,
    outcome: Outcome,
    look_again: Option<Instant>,
    closing: bool,
}

impl Handshake {
    fn new(cert: &DtlsCert, mtu: usize) -> Result<Self, ErrorStack> {
        let context = context(cert)?;
        let mut ssl = Ssl::new(&context)?;
        ssl.set_mtu(u32::try_from(mtu).unwrap_or(DATAGRAM as u32))?;
        let state = State::Fresh(ssl, Wire::default());
        Ok(Self { state, active: false, outcome: Outcome::default(), look_again: None, closing: false })
    }

    fn wire(&mut self) -> Option<&mut Wire> {
        match &mut self.state {
            State::Fresh(_, wire) => Some(wire),
            State::Handshaking(stream) => Some(stream.get_mut()),
            State::Established(stream) => Some(stream.get_mut()),
            State::Failed => None,
        }
    }

    /// Takes the handshake as far as what has come allows; sends a flight again when it is time to.
    fn advance(&mut self) -> Result<(), DtlsImplError> {
        let result = match std::mem::replace(&mut self.state, State::Failed) {
            State::Fresh(ssl, wire) if self.active => ssl.connect(wire),
            State::Fresh(ssl, wire) => ssl.accept(wire),
            State::Handshaking(stream) => stream.handshake(),
            done => {
                self.state = done;
                return Ok(());
            }
        };
        match result {
            Ok(stream) => self.establish(stream),
            Err(HandshakeError::WouldBlock(stream)) => {
                self.state = State::Handshaking(stream);
                self.look_again = Some(Instant::now() + LOOK_AGAIN);
                Ok(())
            }
            Err(error) => Err(failed(&error)),
        }
    }

    fn establish(&mut self, stream: SslStream<Wire>) -> Result<(), DtlsImplError> {
        let (certificate, keys) = secrets(stream.ssl())?;
        self.outcome = Outcome { certificate: Some(certificate), connected: true, keys: Some(keys), closed: false };
        self.look_again = None;
        self.state = State::Established(stream);
        Ok(())
    }

    /// What comes after the certificate, which is compared before anything else.
    fn next_event(&mut self) -> DtlsOutput<'static> {
        if std::mem::take(&mut self.outcome.connected) {
            return DtlsOutput::Connected;
        }
        if let Some((keys, profile)) = self.outcome.keys.take() {
            return DtlsOutput::KeyingMaterial(keys, profile);
        }
        if std::mem::take(&mut self.outcome.closed) {
            return DtlsOutput::CloseNotify;
        }
        DtlsOutput::Timeout(self.look_again.unwrap_or_else(|| Instant::now() + FAR))
    }

    /// Reads what came after the handshake. Media does not come by here, nor does anything else but the end.
    fn listen(&mut self) {
        let State::Established(stream) = &mut self.state else { return };
        let mut unused = [0; 2_048];
        loop {
            match stream.ssl_read(&mut unused) {
                Ok(_) => {}
                Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                    self.outcome.closed = true;
                    return;
                }
                Err(_) => return,
            }
        }
    }
}

/// Certificate of the other side in DER and the keys of SRTP (RFC 5764). Whether it is the certificate that the offer named is
/// for the caller to see, who alone knows the fingerprint.
fn secrets(ssl: &openssl::ssl::SslRef) -> Result<(Vec<u8>, (KeyingMaterial, SrtpProfile)), DtlsImplError> {
    let certificate = ssl.peer_certificate().ok_or_else(|| failed(&"the sender showed no certificate"))?;
    let profile = match ssl.selected_srtp_profile().map(|profile| profile.id()) {
        Some(SrtpProfileId::SRTP_AEAD_AES_256_GCM) => SrtpProfile::AEAD_AES_256_GCM,
        Some(SrtpProfileId::SRTP_AEAD_AES_128_GCM) => SrtpProfile::AEAD_AES_128_GCM,
        Some(SrtpProfileId::SRTP_AES128_CM_SHA1_80) => SrtpProfile::AES128_CM_SHA1_80,
        _ => return Err(failed(&"no SRTP profile in common")),
    };
    let mut keys = zeroize::Zeroizing::new(vec![0; profile.keying_material_len()]);
    ssl.export_keying_material(&mut keys, EXPORTER, None).map_err(|error| failed(&error))?;
    let certificate = certificate.to_der().map_err(|error| failed(&error))?;
    if certificate.len() > LARGEST_CERTIFICATE {
        return Err(failed(&format!(
            "a certificate of {} bytes; expected {LARGEST_CERTIFICATE} at most",
            certificate.len()
        )));
    }
    Ok((certificate, (KeyingMaterial::new(&keys), profile)))
}

/// The caller's error has no room for words, so they go to the log.
fn failed(error: &dyn std::fmt::Display) -> DtlsImplError {
    tracing::warn!(%error, "a sender's DTLS handshake failed");
    DtlsImplError::ConnectionClosed
}

fn context(cert: &DtlsCert) -> Result<SslContext, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::dtls())?;
    context.set_min_proto_version(Some(SslVersion::DTLS1_2))?;
    context.set_cipher_list(CIPHERS)?;
    context.set_tlsext_use_srtp(PROFILES)?;
    context.set_certificate(&*X509::from_der(&cert.certificate)?)?;
    context.set_private_key(&*PKey::private_key_from_der(&cert.private_key)?)?;
    // Both sides sign for themselves; the fingerprint in the offer says whose certificate it is.
    context.set_verify_callback(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT, |_, _| true);
    context.set_options(SslOptions::NO_QUERY_MTU | SslOptions::NO_RENEGOTIATION | SslOptions::NO_TICKET);
    Ok(context.build())
}

impl DtlsInstance for Handshake {
    fn set_active(&mut self, active: bool) {
        self.active = active;
        if active {
            self.look_again = Some(Instant::now());
        }
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        let wire = self.wire().ok_or(DtlsImplError::ConnectionClosed)?;
        if wire.incoming.len() < WAITING {
            wire.incoming.push_back(packet.to_vec());
        }
        self.advance()?;
        self.listen();
        Ok(())
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        if let Some(packet) = self.wire().and_then(|wire| wire.outgoing.pop_front()) {
            return match fill(buffer, &packet) {
                Some(packet) => DtlsOutput::Packet(packet),
                None => DtlsOutput::Timeout(Instant::now() + LOOK_AGAIN),
            };
        }
        match self.outcome.certificate.take() {
            Some(certificate) => match fill(buffer, &certificate) {
                Some(certificate) => DtlsOutput::PeerCert(certificate),
                None => DtlsOutput::CloseNotify,
            },
            None => self.next_event(),
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        match self.look_again {
            Some(due) if due <= now => self.advance(),
            _ => Ok(()),
        }
    }

    /// Nothing but media is exchanged with a sender.
    fn send_application_data(&mut self, _: &[u8]) -> Result<usize, DtlsImplError> {
        Ok(0)
    }

    fn is_active(&self) -> bool {
        self.active
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        matches!(self.state, State::Established(_)).then_some(ProtocolVersion::DTLS1_2)
    }

    fn is_closing(&self) -> bool {
        self.closing
    }

    fn is_closed(&self) -> bool {
        self.closing
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        if let State::Established(stream) = &mut self.state {
            // What is left to send goes with the next poll; a peer that is gone needs no goodbye.
            let _ = stream.shutdown();
        }
        self.closing = true;
        Ok(())
    }
}

fn fill<'a>(buffer: &'a mut [u8], bytes: &[u8]) -> Option<&'a [u8]> {
    let room = buffer.get_mut(..bytes.len())?;
    room.copy_from_slice(bytes);
    Some(room)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::rsa::Rsa;

    use super::*;

    /// As GStreamer 1.22 makes its own.
    fn rsa_certificate() -> DtlsCert {
        let key = PKey::from_rsa(Rsa::generate(2_048).unwrap()).unwrap();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.set_not_before(&openssl::asn1::Asn1Time::days_from_now(0).unwrap()).unwrap();
        certificate.set_not_after(&openssl::asn1::Asn1Time::days_from_now(1).unwrap()).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        DtlsCert { certificate: certificate.build().to_der().unwrap(), private_key: key.private_key_to_der().unwrap() }
    }

    #[derive(Debug, Default, PartialEq)]
    struct Told {
        certificate: Option<Vec<u8>>,
        keys: Option<(Vec<u8>, String)>,
        order: Vec<&'static str>,
    }

    /// Moves what `from` has to send to `to`, and notes what it tells; whether anything moved.
    fn shuttle(from: &mut Handshake, to: &mut Handshake, told: &mut Told) -> bool {
        let (mut moved, mut buffer) = (false, [0; 2_000]);
        loop {
            match from.poll_output(&mut buffer) {
                DtlsOutput::Packet(packet) => {
                    to.handle_packet(packet).unwrap();
                    moved = true;
                }
                DtlsOutput::PeerCert(certificate) => {
                    told.certificate = Some(certificate.to_vec());
                    told.order.push("certificate");
                }
                DtlsOutput::Connected => told.order.push("connected"),
                DtlsOutput::KeyingMaterial(keys, profile) => {
                    let bytes: &[u8] = keys.as_ref();
                    told.keys = Some((bytes.to_vec(), profile.to_string()));
                    told.order.push("keys");
                }
                DtlsOutput::CloseNotify => told.order.push("closed"),
                _ => return moved,
            }
        }
    }

    fn shaken(sender: &DtlsCert, house: &DtlsCert) -> (Handshake, Handshake, Told, Told) {
        let mut active = Handshake::new(sender, 1_200).unwrap();
        let mut passive = Handshake::new(house, 1_200).unwrap();
        active.set_active(true);
        passive.set_active(false);
        active.handle_timeout(Instant::now()).unwrap();
        let (mut of_active, mut of_passive) = (Told::default(), Told::default());
        while shuttle(&mut active, &mut passive, &mut of_active) | shuttle(&mut passive, &mut active, &mut of_passive) {
        }
        (active, passive, of_active, of_passive)
    }

    #[test]
    fn a_sender_with_an_rsa_certificate_is_agreed_with_and_its_certificate_comes_before_any_key() {
        let (sender, house) = (rsa_certificate(), OpenSslDtls.generate_certificate().unwrap());
        let (_, _, of_sender, of_house) = shaken(&sender, &house);
        assert_eq!(of_house.certificate.as_ref(), Some(&sender.certificate));
        assert_eq!(of_house.order, ["certificate", "connected", "keys"]);
        assert_eq!(of_house.keys, of_sender.keys);
        assert_eq!(of_house.keys.unwrap().1, "SRTP_AEAD_AES_256_GCM", "the best of what both can do");
    }

    #[test]
    fn the_end_of_a_connection_is_told() {
        let (sender, house) = (rsa_certificate(), OpenSslDtls.generate_certificate().unwrap());
        let (mut active, mut passive, mut of_sender, mut of_house) = shaken(&sender, &house);
        active.close().unwrap();
        shuttle(&mut active, &mut passive, &mut of_sender);
        shuttle(&mut passive, &mut active, &mut of_house);
        assert_eq!(of_house.order.last(), Some(&"closed"));
    }

    #[test]
    fn noise_is_no_handshake_and_no_crash() {
        let mut passive = Handshake::new(&OpenSslDtls.generate_certificate().unwrap(), 1_200).unwrap();
        passive.set_active(false);
        for noise in [&[0_u8; 40][..], &[22, 254, 253, 0, 0], &[255; 1_400], b""] {
            let _ = passive.handle_packet(noise);
        }
        assert!(passive.protocol_version().is_none());
    }
}
