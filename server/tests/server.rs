//! Tests of the server crate: rules, store, record, refusals, HTTP, TLS, command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "server/access.rs"]
mod access;
#[path = "server/account.rs"]
mod account;
#[path = "server/acme.rs"]
mod acme;
#[path = "server/anomaly.rs"]
mod anomaly;
#[path = "server/audit.rs"]
mod audit;
#[path = "server/clean_hold.rs"]
mod clean_hold;
#[path = "server/cli.rs"]
mod cli;
#[path = "server/comment.rs"]
mod comment;
#[path = "server/config.rs"]
mod config;
#[path = "server/digest.rs"]
mod digest;
#[path = "server/doctor.rs"]
mod doctor;
#[path = "server/domain.rs"]
mod domain;
#[path = "server/door.rs"]
mod door;
#[path = "server/drive.rs"]
mod drive;
#[path = "server/events.rs"]
mod events;
#[path = "server/export.rs"]
mod export;
#[path = "server/factor.rs"]
mod factor;
#[path = "server/floor.rs"]
mod floor;
#[path = "server/killed.rs"]
mod killed;
#[path = "server/lease.rs"]
mod lease;
#[path = "server/link.rs"]
mod link;
#[path = "server/link_code.rs"]
mod link_code;
#[path = "server/log.rs"]
mod log;
#[path = "server/lut.rs"]
mod lut;
#[path = "server/mailbox.rs"]
mod mailbox;
#[path = "server/mark.rs"]
mod mark;
#[path = "server/mark_template.rs"]
mod mark_template;
#[path = "server/notification.rs"]
mod notification;
#[path = "server/oidc.rs"]
mod oidc;
#[path = "server/openapi.rs"]
mod openapi;
#[path = "server/pace.rs"]
mod pace;
#[path = "server/passkey.rs"]
mod passkey;
#[path = "server/pebble.rs"]
mod pebble;
#[path = "server/place.rs"]
mod place;
#[path = "server/policy.rs"]
mod policy;
#[path = "server/preview.rs"]
mod preview;
#[path = "server/probe.rs"]
mod probe;
#[path = "server/project.rs"]
mod project;
#[path = "server/proof.rs"]
mod proof;
#[path = "server/receiver.rs"]
mod receiver;
#[path = "server/reply.rs"]
mod reply;
#[path = "server/retention.rs"]
mod retention;
#[path = "server/review.rs"]
mod review;
#[path = "server/round.rs"]
mod round;
#[path = "server/session.rs"]
mod session;
#[path = "server/source.rs"]
mod source;
#[path = "server/store.rs"]
mod store;
#[path = "server/support.rs"]
mod support;
#[path = "server/tls.rs"]
mod tls;
#[path = "server/trace.rs"]
mod trace;
#[path = "server/viewing.rs"]
mod viewing;
#[path = "server/whip.rs"]
mod whip;
