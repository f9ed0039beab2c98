//! The door: a request must be made to a name of ours, and whatever changes something must come from our own pages.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{COOKIE, ORIGIN, UPGRADE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::HttpState;
use super::extract::{changes, client_address};
use super::problem::Problem;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;

/// The one state-changing path whose refusals all cost the same.
const REDEEM: &str = "/api/links/redeem";

/// Paths that are opened by a bearer token alone, which no foreign page has: WHIP and WHEP clients are no browsers and name
/// no origin. A page that does name one must be ours.
const BY_TOKEN: [&str; 2] = ["/whip/", "/whep/"];

/// Lets a request through, or refuses and records it.
pub async fn guard(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if state.names.authority(&parts).is_none() {
        let message = "This server does not answer to that name; use the address you were given.";
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host", message).into_response();
    }
    let changes = changes(&parts.method);
    let by_token = BY_TOKEN.iter().any(|path| parts.uri.path().starts_with(path))
        && !parts.headers.contains_key(ORIGIN)
        && !parts.headers.contains_key(COOKIE);
    if (changes || parts.headers.contains_key(UPGRADE)) && !by_token && !state.names.own_origin(&parts) {
        let services = &state.screening.services;
        let ip = client_address(&parts.extensions);
        let refused = if parts.uri.path() == REDEEM {
            services.refuse_foreign_redeem(ip).await
        } else {
            let path: String = parts.uri.path().chars().take(200).collect();
            let event = Event::refused(UtcInstant::now(), &By::stranger(ip), Action::RequestRefused, path);
            services.record_refusal(ip, event.with("reason", "foreign_origin")).await
        };
        return match refused {
            Ok(()) => Problem::refused().into_response(),
            Err(error) => Problem::from(error).into_response(),
        };
    }
    next.run(Request::from_parts(parts, body)).await
}
