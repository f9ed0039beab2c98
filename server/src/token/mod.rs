//! Randomness, passwords and leases: everything that is computed with a secret.

pub mod challenge;
pub mod hasher;
pub mod key_file;
pub mod lease;
pub mod lease_keys;
pub mod mark_key;
pub mod note;
pub mod passkey;
pub mod random;
pub mod seal;
pub mod totp;
