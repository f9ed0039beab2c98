//! The Vitrine server: shows a grading output in true colour, securely, to named people, and keeps the record.
//!
//! A request goes `http -> service -> (domain, store)`: `domain` is pure rules, `store` the only SQL, `service` where a
//! transaction and its audit row are written together. `media` and `rtc` are the way of a picture to its viewer.

pub mod acme;
pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod export;
pub mod http;
pub mod import;
pub mod jobs;
pub mod media;
pub mod notify;
pub mod oidc;
pub mod outbound;
pub mod places;
pub mod rtc;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod token;
