//! Keys: a house's master key, a production's key, a viewing's key, and the chips they spell.
//!
//! Each is HMAC-SHA256 (RFC 2104) of its parent over a label and length-prefixed names, so that no two different
//! lists of names give the same message. A viewing's key is derived when it is needed and never stored.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::grid::CELLS;

/// Source frames that share one pattern.
pub const EPOCH_FRAMES: u64 = 4;
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// HMAC-SHA256 pads its key with zeros to this (RFC 2104).
const HMAC_BLOCK_BYTES: usize = 64;

/// Which pattern a source frame carries.
#[must_use]
pub fn epoch_of(source_frame: u64) -> u64 {
    source_frame / EPOCH_FRAMES
}

/// The sign of the pilot in an epoch: it turns from each to the next, so that what stands still, the picture itself, cancels
/// when neighbouring epochs are subtracted, and the pilot adds up.
#[must_use]
pub fn pilot_sign(epoch: u64) -> f32 {
    if epoch.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// The secret from which every mark of a house is derived; kept sealed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_BYTES]);

/// The secret of one production: enough to identify its leaks, useless for any other.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ProductionKey([u8; KEY_BYTES]);

/// The secret of one viewing: what its pictures are marked with.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ViewingKey([u8; KEY_BYTES]);

/// The secret pattern all copies of a production share.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PilotKey([u8; KEY_BYTES]);

macro_rules! hide {
    ($($key:ty),*) => { $(
        impl std::fmt::Debug for $key {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($key), "(..)"))
            }
        }
    )* };
}
hide!(MasterKey, ProductionKey, ViewingKey, PilotKey);

impl MasterKey {
    /// From 32 bytes of a secure random source.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key of the production of that identity.
    #[must_use]
    pub fn production(&self, production: &str) -> ProductionKey {
        ProductionKey(derive(&self.0, "wm1|production", &[production]))
    }

    /// A key to seal the references of a review with; it says nothing about any mark.
    #[must_use]
    pub fn references(&self, review: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(derive(&self.0, "wm1|references", &[review]))
    }
}

impl ProductionKey {
    /// From bytes that [`ProductionKey::secret`] gave.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn secret(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key of one viewing of a review.
    #[must_use]
    pub fn viewing(&self, review: &str, viewing: &str) -> ViewingKey {
        ViewingKey(derive(&self.0, "wm1|viewing", &[review, viewing]))
    }

    /// The pilot of this production.
    #[must_use]
    pub fn pilot(&self) -> PilotKey {
        PilotKey(derive(&self.0, "wm1|pilot", &[]))
    }
}

impl ViewingKey {
    /// The chips of an epoch, one bit each, row by row, the low bit of a byte first: 1 is +1, 0 is -1.
    #[must_use]
    pub fn chips(&self, epoch: u64) -> [u8; CELLS / 8] {
        keystream(&self.0, epoch)
    }
}

impl PilotKey {
    /// The pilot's chips, the same for all frames, in the order of [`ViewingKey::chips`].
    #[must_use]
    pub fn chips(&self) -> [u8; CELLS / 8] {
        keystream(&self.0, 0)
    }
}

/// ChaCha20 (RFC 8439) with the epoch as nonce: four zero bytes, then little-endian.
fn keystream(key: &[u8; KEY_BYTES], epoch: u64) -> [u8; CELLS / 8] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&epoch.to_le_bytes());
    let mut chips = [0; CELLS / 8];
    ChaCha20::new(&(*key).into(), &nonce.into()).apply_keystream(&mut chips);
    chips
}

fn derive(parent: &[u8; KEY_BYTES], label: &str, names: &[&str]) -> [u8; KEY_BYTES] {
    let mut block = [0; HMAC_BLOCK_BYTES];
    block[..KEY_BYTES].copy_from_slice(parent);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    block.zeroize();
    mac.update(label.as_bytes());
    for name in names {
        mac.update(&(name.len() as u64).to_le_bytes());
        mac.update(name.as_bytes());
    }
    mac.finalize().into_bytes().into()
}
