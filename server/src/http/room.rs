//! The room: what a viewer sees of the review.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::chat::{self, ChatLine};
use super::comment::{Comment, shown};
use super::extract::{AtRoomDoor, VIEWER_COOKIE, clear_cookie};
use super::floor::Floor;
use super::lease::Lease;
use super::presence::{Person, people};
use super::problem::Problem;
use super::source::Source;
use crate::domain::instant::UtcInstant;
use crate::domain::viewing::EndReason;
use crate::service::Error;
use crate::store::review::ReviewRecord;
use crate::store::viewer::ViewerRecord;

/// A review as an invited person sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewFacts {
    id: Uuid,
    title: String,
    host: String,
    starts_at: UtcInstant,
    ends_at: UtcInstant,
    /// Version of what is shown: 1, 2, 3 ... by rounds.
    version: u32,
}

impl From<&ReviewRecord> for ReviewFacts {
    fn from(review: &ReviewRecord) -> Self {
        Self {
            id: review.id,
            title: review.title.clone(),
            host: review.host.clone(),
            starts_at: review.window.starts_at,
            ends_at: review.window.ends_at,
            version: review.version,
        }
    }
}

/// The viewer as they see themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoomViewer {
    id: Uuid,
    /// Their link: comments of it are their own, in whichever stay they were made.
    link_id: Uuid,
    name: String,
    email: String,
    /// Burned into their picture.
    session_code: String,
    /// Whether the house has muted them: no chat, no pointing.
    muted: bool,
}

/// Everything a room's page starts from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoomState {
    review: ReviewFacts,
    viewer: RoomViewer,
    /// When link or review end, the earlier.
    expires_at: UtcInstant,
    source: Source,
    /// All comments, oldest first; after `comments_after`, if that is not 0, only those that changed since.
    pub(super) comments: Vec<Comment>,
    /// The revision that `comments` go on after: what the page said it has.
    comments_after: u64,
    /// Everybody who was let in; empty beside `lease`: the event stream tells whoever comes in.
    pub(super) people: Vec<Person>,
    /// The last 200 lines of the chat, oldest first; empty beside `lease`, as `people`.
    chat: Vec<ChatLine>,
    /// What the house says over the picture, and who may point.
    pub(super) floor: Floor,
    /// Where to send the offer.
    whep_url: String,
    /// Who the server is in DTLS: SHA-256 of its certificate, as SDP writes it. Media from anybody else is not played.
    media_fingerprint: String,
    /// The first lease, for whoever comes in by a link or a code; the next is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
}

/// A guest at the door: the house sees them and has not said yes or no.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Waiting {
    /// Always true.
    waiting: bool,
    review: ReviewFacts,
    /// The recipient's name.
    name: String,
}

/// The room, or 202 and what there is to say at its door.
pub(super) async fn room_or_door(
    state: &HttpState,
    viewer: &ViewerRecord,
    lease: Option<Lease>,
) -> Result<Response, Error> {
    if !viewer.waits {
        let room = match &lease {
            Some(_) => room_before_company(state, viewer, 0).await?,
            None => room_state(state, viewer, 0).await?,
        };
        return Ok(Json(RoomState { lease, ..room }).into_response());
    }
    let services = &state.screening.services;
    services.seen(viewer).await?;
    let review = ReviewFacts::from(&services.review(viewer.review_id).await?);
    let door = Waiting { waiting: true, review, name: viewer.name.clone() };
    Ok((StatusCode::ACCEPTED, Json(door)).into_response())
}

/// The room as it is for a viewer now, with the comments that changed after a revision (0: all).
pub(super) async fn room_state(
    state: &HttpState,
    viewer: &ViewerRecord,
    comments_after: u64,
) -> Result<RoomState, Error> {
    let services = &state.screening.services;
    let (people, chat) = (services.people(viewer.review_id).await?, services.chat(viewer.review_id).await?);
    let room = room_before_company(state, viewer, comments_after).await?;
    Ok(RoomState { people: self::people(state, &people), chat: chat::shown(chat), ..room })
}

/// The same without who else is there and what they say: whoever comes in is told that by the event stream at once, and when
/// hundreds come, all their names for each of them are most of the work.
async fn room_before_company(
    state: &HttpState,
    viewer: &ViewerRecord,
    comments_after: u64,
) -> Result<RoomState, Error> {
    let services = &state.screening.services;
    let review = services.review(viewer.review_id).await?;
    let comments = match comments_after {
        0 => services.comments(review.id).await?,
        revision => services.comments_after(review.id, revision).await?,
    };
    Ok(RoomState {
        review: ReviewFacts::from(&review),
        viewer: RoomViewer {
            id: viewer.id,
            link_id: viewer.link_id,
            name: viewer.name.clone(),
            email: viewer.email.clone(),
            session_code: viewer.session_code.clone(),
            muted: viewer.muted,
        },
        expires_at: viewer.authority.link_expires_at.min(review.window.ends_at),
        source: Source::for_viewer(&state.screening.projector.source(review.id)),
        comments: shown(comments),
        comments_after,
        people: Vec::new(),
        chat: Vec::new(),
        floor: services.floor(review.id).await?.into(),
        whep_url: format!("/whep/{}", review.id),
        media_fingerprint: state.screening.projector.fingerprint().to_owned(),
        lease: None,
    })
}

/// The room of the viewer's cookie.
#[utoipa::path(get, path = "/api/room", tag = "room", security(("viewer" = [])),
    responses((status = 200, body = RoomState), (status = 202, body = Waiting, description = "Waiting to be let in"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 410, body = Problem)))]
pub async fn get_room(State(state): State<HttpState>, AtRoomDoor(joined): AtRoomDoor) -> Result<Response, Problem> {
    Ok(room_or_door(&state, &joined.viewer, None).await?)
}

/// Leaves: the picture stops and the cookie is of no more use.
#[utoipa::path(post, path = "/api/room/leave", tag = "room", security(("viewer" = [])),
    responses((status = 204, description = "Left"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 410, body = Problem)))]
pub async fn leave_room(
    State(state): State<HttpState>,
    AtRoomDoor(joined): AtRoomDoor,
) -> Result<impl IntoResponse, Problem> {
    state.screening.services.end_viewer(joined.viewer.id, EndReason::Left, &joined.by()).await?;
    state.screening.supervise().await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, clear_cookie(VIEWER_COOKIE))])))
}
