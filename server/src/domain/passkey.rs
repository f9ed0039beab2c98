//! Passkeys (W3C Web Authentication, Level 3): what a browser and an authenticator say, and whether it is for this house.
//! Pure; signatures are checked in [`crate::token::passkey`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::word::word_enum;

/// Passkeys of one account.
pub const PASSKEYS_MOST: usize = 10;
/// Longest name that an authenticator gives a key, in bytes (7.1, step 25).
pub const CREDENTIAL_MOST: usize = 1_023;
/// Longest client data that is read, in bytes.
const CLIENT_DATA_MOST: usize = 4_096;
/// Longest authenticator data that is read, in bytes.
const AUTHENTICATOR_DATA_MOST: usize = 16 * 1_024;

word_enum! {
    /// Why a passkey was refused: for the record, never for the one who gave it.
    PasskeyRefusal {
        /// Not in the form of the standard.
        Malformed = "malformed",
        /// Made for the other ceremony.
        Kind = "another_ceremony",
        /// Not our challenge, not for this, too late, or used before.
        Challenge = "challenge",
        /// Made on another page.
        Origin = "origin",
        /// Made for another site.
        Party = "another_site",
        /// Nobody touched the authenticator.
        NotPresent = "not_present",
        /// The authenticator did not ask who it was.
        NotVerified = "not_verified",
        /// No account of this house has this passkey, or not this account.
        Unknown = "unknown_passkey",
        /// The policy wants a password as well.
        NotAllowed = "password_demanded",
        /// The account is over.
        Offboarded = "offboarded",
        /// The authenticator counted less than before: there may be a copy of it.
        Counter = "counter_behind",
        /// A kind of key that is not taken.
        Key = "key",
        /// The signature is not the key's.
        Signature = "signature",
    }
}

word_enum! {
    /// What an authenticator is asked for.
    Ceremony {
        /// To make a key.
        Create = "webauthn.create",
        /// To prove that it has one.
        Get = "webauthn.get",
    }
}

/// Who asks: the name that browsers bind keys to, and the pages that may use them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// A host name.
    pub id: String,
    /// Origins of our pages, `https://host[:port]`.
    pub origins: Vec<String>,
}

/// What the browser says (5.8.1). Further members are allowed by the standard.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl RelyingParty {
    /// The challenge in a browser's words, when they are about this ceremony on one of our pages.
    ///
    /// # Errors
    /// When they are not.
    pub fn challenge(&self, client_data: &[u8], ceremony: Ceremony) -> Result<Vec<u8>, PasskeyRefusal> {
        if client_data.len() > CLIENT_DATA_MOST {
            return Err(PasskeyRefusal::Malformed);
        }
        let said: ClientData = serde_json::from_slice(client_data).map_err(|_| PasskeyRefusal::Malformed)?;
        if said.r#type != ceremony.as_str() {
            return Err(PasskeyRefusal::Kind);
        }
        if said.cross_origin || said.top_origin.is_some() || !self.origins.contains(&said.origin) {
            return Err(PasskeyRefusal::Origin);
        }
        URL_SAFE_NO_PAD.decode(&said.challenge).map_err(|_| PasskeyRefusal::Malformed)
    }
}

/// What an authenticator says (6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// Whether it asked who it was: by PIN, finger or face.
    pub verified: bool,
    /// Whether the key is kept by more than one device.
    pub synced: bool,
    /// How often it signed; 0 when it does not count.
    pub counter: u32,
    /// Its name for a key that it made just now.
    pub credential: Option<Vec<u8>>,
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ELIGIBLE: u8 = 0x08;
const SYNCED: u8 = 0x10;
const ATTESTED: u8 = 0x40;

impl AuthenticatorData {
    /// Reads what is for this house: hash of its name, flags, counter, and for a new key the authenticator's name of it.
    ///
    /// # Errors
    /// When it is not in this form, for another site, or nobody was there.
    pub fn read(bytes: &[u8], party: &RelyingParty) -> Result<Self, PasskeyRefusal> {
        let malformed = PasskeyRefusal::Malformed;
        if bytes.len() > AUTHENTICATOR_DATA_MOST {
            return Err(malformed);
        }
        let (site, rest) = bytes.split_first_chunk::<32>().ok_or(malformed)?;
        let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or(malformed)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(malformed)?;
        let set = |flag: u8| flags & flag != 0;
        if site.as_slice() != Sha256::digest(&party.id).as_slice() {
            return Err(PasskeyRefusal::Party);
        }
        if !set(PRESENT) {
            return Err(PasskeyRefusal::NotPresent);
        }
        if set(SYNCED) && !set(ELIGIBLE) {
            return Err(malformed);
        }
        let credential = if set(ATTESTED) { Some(credential(rest).ok_or(malformed)?) } else { None };
        let counter = u32::from_be_bytes(*counter);
        Ok(Self { verified: set(VERIFIED), synced: set(SYNCED), counter, credential })
    }
}

/// The name of a new key: after 16 bytes of the authenticator's kind, two of length. The key behind it is read from the
/// browser's own rendering of it.
fn credential(attested: &[u8]) -> Option<Vec<u8>> {
    let (_, rest) = attested.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let fits = (1..=CREDENTIAL_MOST).contains(&length);
    rest.get(..length).filter(|_| fits).map(<[u8]>::to_vec)
}

/// Whether an authenticator that counts has counted on (6.1.1); one that does not says 0.
pub fn counted_on(before: u32, now: u32) -> bool {
    (before == 0 && now == 0) || now > before
}
