//! Pure rules: no I/O, no clock, no randomness except where bytes are handed in.

pub mod access;
pub mod account;
pub mod audit;
mod blocklist;
pub mod checkpoint;
pub mod comment;
pub mod display;
pub mod drawing;
pub mod evidence;
pub mod instant;
pub mod invalid;
pub mod link;
pub mod mark;
pub mod merkle;
pub mod network;
pub mod notification;
pub mod oidc;
pub mod passkey;
pub mod policy;
pub mod project;
pub mod review;
pub mod secret;
pub mod source;
pub mod verification;
pub mod viewer;
pub mod viewing;
pub(crate) mod word;
