//! Chat on the wire.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, Joined, SignedIn};
use super::problem::Problem;
use crate::domain::chat as domain;
use crate::domain::instant::UtcInstant;

/// A line of chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChatLine {
    /// Its id.
    pub id: Uuid,
    /// 1, 2, 3 ... in the review, without gaps.
    pub number: u64,
    /// The guest's link; `null` when the house said it.
    pub link_id: Option<Uuid>,
    /// Who said it: a name.
    pub author: String,
    /// What was said.
    pub text: String,
    /// When.
    pub said_at: UtcInstant,
}

impl From<domain::ChatLine> for ChatLine {
    fn from(line: domain::ChatLine) -> Self {
        let domain::ChatLine { id, number, link_id, author, text, said_at, .. } = line;
        Self { id, number, link_id, author, text, said_at }
    }
}

/// Lines as pages get them.
pub(super) fn shown(lines: Vec<domain::ChatLine>) -> Vec<ChatLine> {
    lines.into_iter().map(ChatLine::from).collect()
}

/// Something to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChatLine {
    /// Made by the client: sending twice keeps one.
    id: Uuid,
    /// 1 to 500 characters, one line.
    text: String,
}

/// Says something to everybody in the room. At most five lines at once, then one every two seconds.
#[utoipa::path(post, path = "/api/chat", tag = "room", request_body = NewChatLine, security(("viewer" = [])),
    responses((status = 201, body = ChatLine), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem, description = "Among others: muted by the house"), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn chat(
    State(state): State<HttpState>,
    joined: Joined,
    Body(new): Body<NewChatLine>,
) -> Result<(StatusCode, Json<ChatLine>), Problem> {
    let services = &state.screening.services;
    let line = services.chat_as_guest(new.id, &new.text, &joined.viewer, &joined.by()).await?;
    Ok((StatusCode::CREATED, Json(line.into())))
}

/// Says something to the room for the house.
#[utoipa::path(post, path = "/api/reviews/{id}/chat", tag = "console", request_body = NewChatLine,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The review")),
    responses((status = 201, body = ChatLine), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn chat_as_house(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(new): Body<NewChatLine>,
) -> Result<(StatusCode, Json<ChatLine>), Problem> {
    let line = state.screening.services.chat_as_house(new.id, &new.text, id, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(line.into())))
}
