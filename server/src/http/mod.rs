//! The HTTP side: routes, refusals, headers, pages, TLS and the accept loop.

mod account;
mod audit;
pub mod certificate;
mod chat;
mod comment;
pub mod config;
mod description;
mod digest;
mod display;
mod drive;
mod events;
mod export;
pub mod extract;
mod factor;
mod floor;
mod guard;
mod headers;
mod lease;
mod link;
pub mod listener;
mod log;
mod lut;
mod mark;
pub mod names;
mod notification;
mod oidc;
mod pace;
mod page;
mod passkey;
mod policy;
mod presence;
mod preview;
mod probe;
pub mod problem;
mod project;
mod proof;
mod reply;
mod requests;
mod review;
mod revocation;
mod room;
mod round;
mod sdp;
mod session;
mod source;
mod still;
pub mod tls;
mod trace;
mod viewer;
mod whep;
mod whip;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::watch;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::domain::probe::FILE_LIMIT;
use crate::service::review::LOOK_LIMIT;
use crate::service::trace::Traces;
use crate::service::viewing::Screening;
use crate::token::note::NoteKey;
use names::Names;
use problem::Problem;
use viewer::Report;

/// Largest body of an ordinary request.
const BODY_LIMIT: usize = 64 * 1024;

/// What every handler has.
#[derive(Clone, Debug)]
pub struct HttpState {
    /// The use cases.
    pub screening: Screening,
    /// Who we are.
    pub names: Arc<Names>,
    /// The key that signs checkpoints of the record.
    pub note_key: Arc<NoteKey>,
    /// Turns true when the server stops.
    pub stopping: watch::Receiver<bool>,
    reports: Arc<Mutex<HashMap<Uuid, Report>>>,
    /// Where leaks are compared, if they are here.
    traces: Option<Arc<Traces>>,
}

impl HttpState {
    /// The state of a server.
    pub fn new(screening: Screening, names: Names, note_key: Arc<NoteKey>, stopping: watch::Receiver<bool>) -> Self {
        Self { screening, names: Arc::new(names), note_key, stopping, reports: Arc::default(), traces: None }
    }

    /// The same with a place where leaks are compared.
    #[must_use]
    pub fn with_traces(self, traces: Arc<Traces>) -> Self {
        Self { traces: Some(traces), ..self }
    }

    /// The last report of a viewer's browser.
    fn report(&self, viewer: Uuid) -> Option<Report> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).get(&viewer).cloned()
    }

    fn set_report(&self, viewer: Uuid, report: Option<Report>) {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        match report {
            Some(report) => reports.insert(viewer, report),
            None => reports.remove(&viewer),
        };
    }
}

/// Every route, once as what answers and once as its description.
fn routes() -> (Router<HttpState>, OpenApi) {
    let large = OpenApiRouter::new()
        .routes(routes!(review::list_reviews, review::create_review))
        .routes(routes!(lut::list_luts, lut::add_lut))
        .routes(routes!(lut::read_configuration))
        .routes(routes!(lut::add_view))
        .routes(routes!(still::keep_still))
        .routes(routes!(reply::import_replies))
        .layer(DefaultBodyLimit::max(2 * LOOK_LIMIT));
    // Twice, since JSON writes line breaks as two characters.
    let measured =
        OpenApiRouter::new().routes(routes!(probe::probe_display)).layer(DefaultBodyLimit::max(2 * FILE_LIMIT));
    let (router, mut described) = OpenApiRouter::with_openapi(description::of_api())
        .routes(routes!(page::root))
        .routes(routes!(page::join))
        .routes(routes!(page::room))
        .routes(routes!(page::console))
        .routes(routes!(page::patches))
        .routes(routes!(page::asset))
        .routes(routes!(page::health))
        .routes(routes!(page::openapi))
        .routes(routes!(lease::jwks))
        .routes(routes!(link::inspect_link))
        .routes(routes!(link::redeem_link))
        .routes(routes!(link::give_link_code))
        .routes(routes!(room::get_room))
        .routes(routes!(room::leave_room))
        .routes(routes!(events::room_events))
        .routes(routes!(lease::create_lease))
        .routes(routes!(whep::viewing_options, whep::start_viewing))
        .routes(routes!(whep::trickle_viewing, whep::stop_viewing))
        .routes(routes!(whip::publish_options, whip::start_publishing))
        .routes(routes!(whip::trickle_publishing, whip::stop_publishing))
        .routes(routes!(whip::make_publish_key))
        .routes(routes!(comment::list_comments, comment::create_comment))
        .routes(routes!(comment::change_comment, comment::delete_comment))
        .routes(routes!(chat::chat))
        .routes(routes!(chat::chat_as_house))
        .routes(routes!(floor::change_floor))
        .routes(routes!(floor::mute_viewer))
        .routes(routes!(floor::lower_hand))
        .routes(routes!(comment::answer_comment))
        .routes(routes!(comment::change_log, comment::delete_answer))
        .routes(routes!(log::get_log))
        .routes(routes!(log::export_log))
        .routes(routes!(display::check_display))
        .routes(routes!(still::get_still))
        .routes(routes!(proof::report_proof))
        .routes(routes!(session::sign_in))
        .routes(routes!(factor::give_code))
        .routes(routes!(session::sign_out))
        .routes(routes!(session::me))
        .routes(routes!(session::change_password))
        .routes(routes!(session::list_sessions))
        .routes(routes!(session::end_session))
        .routes(routes!(factor::list_factors))
        .routes(routes!(factor::offer_totp))
        .routes(routes!(factor::confirm_totp))
        .routes(routes!(factor::new_recovery_codes))
        .routes(routes!(oidc::sign_in_ways))
        .routes(routes!(oidc::start_oidc))
        .routes(routes!(oidc::finish_oidc))
        .routes(routes!(passkey::list_passkeys, passkey::add_passkey))
        .routes(routes!(passkey::new_passkey_options))
        .routes(routes!(passkey::remove_passkey))
        .routes(routes!(passkey::passkey_options))
        .routes(routes!(passkey::give_passkey))
        .routes(routes!(passkey::sign_in_options))
        .routes(routes!(passkey::sign_in_by_passkey))
        .routes(routes!(policy::get_policy))
        .routes(routes!(account::list_accounts, account::create_account))
        .routes(routes!(account::set_role))
        .routes(routes!(account::unlock_account))
        .routes(routes!(account::reset_factors))
        .routes(routes!(account::offboard))
        .routes(routes!(project::list_projects, project::create_project))
        .routes(routes!(project::classify_project))
        .routes(routes!(project::set_networks))
        .routes(routes!(revocation::revoke_project))
        .routes(routes!(revocation::revoke_networks))
        .routes(routes!(project::add_member, project::remove_member))
        .routes(routes!(digest::list_digests))
        .routes(routes!(digest::ask_digest, digest::stop_digest))
        .routes(routes!(mark::set_mark))
        .routes(routes!(mark::preview_mark))
        .routes(routes!(mark::allow_clean_hold))
        .routes(routes!(mark::start_clean_hold, mark::end_clean_hold))
        .routes(routes!(trace::list_traces, trace::send_leak))
        .routes(routes!(trace::get_trace, trace::forget_trace))
        .routes(routes!(trace::get_report))
        .routes(routes!(trace::read_code))
        .routes(routes!(review::get_review))
        .routes(routes!(round::get_rounds))
        .routes(routes!(review::set_input_color))
        .routes(routes!(source::list::add_source))
        .routes(routes!(source::list::remove_source))
        .routes(routes!(source::list::show_source))
        .routes(routes!(preview::start_preview, preview::end_preview))
        .routes(routes!(drive::change_look))
        .routes(routes!(drive::transport))
        .routes(routes!(lut::remove_lut))
        .routes(routes!(review::end_review))
        .routes(routes!(link::create_link))
        .routes(routes!(link::revoke_link))
        .routes(routes!(viewer::remove_viewer))
        .routes(routes!(viewer::admit_viewer))
        .routes(routes!(viewer::deny_viewer))
        .routes(routes!(viewer::set_viewer_target))
        .routes(routes!(export::export_comments))
        .routes(routes!(export::archive_zip))
        .routes(routes!(export::archive_seven_zip))
        .routes(routes!(proof::get_proof))
        .routes(routes!(proof::export_proof))
        .routes(routes!(events::review_events))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::audit_state))
        .routes(routes!(audit::verify_audit))
        .routes(routes!(notification::list_notifications))
        .routes(routes!(notification::test_notification))
        .routes(routes!(audit::export_audit))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .merge(large)
        .merge(measured)
        .split_for_parts();
    description::add_limits(&mut described);
    (router, described)
}

/// The router with its door and its headers.
pub fn router(state: HttpState) -> Router {
    let (router, _) = routes();
    router
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), guard::guard))
        .layer(from_fn(headers::secure))
        .with_state(state)
}

async fn method_not_allowed() -> Response {
    let message = "This address does not take that method; see Allow.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message).into_response()
}

/// The `OpenAPI` document, derived from the handlers.
pub fn openapi() -> OpenApi {
    let mut document = routes().1;
    // A path that takes all that follows is the router's own invention; the document knows plain parameters only.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    document
}
