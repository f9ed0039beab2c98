//! Signatures of passkeys: the three kinds of keys that authenticators make, by the crypto library that everything uses.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use sha2::{Digest, Sha256};

use crate::domain::passkey::PasskeyRefusal;

/// COSE numbers of the algorithms that are taken, the one liked best first: `EdDSA`, `ES256`, and `RS256` for Windows
/// machines whose TPM knows no other.
pub const ALGORITHMS: [i32; 3] = [-8, -7, -257];
/// Largest public key, in bytes.
const KEY_MOST: usize = 1_200;
/// Largest signature, in bytes.
const SIGNATURE_MOST: usize = 1_024;

fn algorithm(cose: i32) -> Option<&'static dyn VerificationAlgorithm> {
    match cose {
        -8 => Some(&ED25519),
        -7 => Some(&ECDSA_P256_SHA256_ASN1),
        -257 => Some(&RSA_PKCS1_2048_8192_SHA256),
        _ => None,
    }
}

fn key(public_key: &[u8], cose: i32) -> Result<ParsedPublicKey, PasskeyRefusal> {
    let algorithm = algorithm(cose).filter(|_| public_key.len() <= KEY_MOST).ok_or(PasskeyRefusal::Key)?;
    ParsedPublicKey::new(algorithm, public_key).map_err(|_| PasskeyRefusal::Key)
}

/// Whether a public key (`SubjectPublicKeyInfo`, DER) is one of its algorithm.
///
/// # Errors
/// When it is not.
pub fn check_key(public_key: &[u8], cose: i32) -> Result<(), PasskeyRefusal> {
    key(public_key, cose).map(|_| ())
}

/// Whether a signature over what authenticator and browser said (7.2, step 21) is the key's.
///
/// # Errors
/// When it is not.
pub fn verify(
    public_key: &[u8],
    cose: i32,
    authenticator_data: &[u8],
    client_data: &[u8],
    signature: &[u8],
) -> Result<(), PasskeyRefusal> {
    let signed = [authenticator_data, Sha256::digest(client_data).as_slice()].concat();
    let fits = signature.len() <= SIGNATURE_MOST;
    let right = key(public_key, cose)?.verify_sig(&signed, signature).is_ok();
    if fits && right { Ok(()) } else { Err(PasskeyRefusal::Signature) }
}
