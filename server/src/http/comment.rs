//! Comments.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Joined};
use super::problem::Problem;
use super::source::Rate;
use crate::domain::comment as domain;
use crate::domain::instant::UtcInstant;
use crate::service::comment::NewComment as NewServiceComment;

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comment {
    /// Its id.
    pub id: Uuid,
    /// Who said it.
    pub viewer_id: Uuid,
    /// Their name.
    pub author: String,
    /// The source it was made on.
    pub source_id: Uuid,
    /// What was said.
    pub text: String,
    /// Frame number in the source, from 0.
    pub source_frame: u64,
    /// The rate it is counted in.
    pub rate: Rate,
    /// The frame's timecode.
    pub timecode: String,
    /// When it was said.
    pub created_at: UtcInstant,
}

impl From<domain::Comment> for Comment {
    fn from(comment: domain::Comment) -> Self {
        Self {
            id: comment.id,
            viewer_id: comment.viewer_id,
            author: comment.author,
            source_id: comment.source_id,
            text: comment.text,
            source_frame: comment.source_frame,
            rate: comment.rate.into(),
            timecode: comment.timecode,
            created_at: comment.created_at,
        }
    }
}

/// Comments, oldest first.
#[derive(Serialize, ToSchema)]
pub struct Comments {
    comments: Vec<Comment>,
}

/// A comment to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Made by the client: sending twice keeps one.
    id: Uuid,
    /// Last part of the WHEP `Location`.
    viewing_id: Uuid,
    /// RTP timestamp of the frame on screen.
    rtp_timestamp: u32,
    /// 1 to 4,000 characters.
    text: String,
}

/// The review's comments.
#[utoipa::path(get, path = "/api/comments", tag = "room", security(("viewer" = [])),
    responses((status = 200, body = Comments), (status = 401, body = Problem), (status = 410, body = Problem)))]
pub async fn list_comments(State(state): State<HttpState>, joined: Joined) -> Result<Json<Comments>, Problem> {
    let comments = state.screening.services.comments(joined.viewer.review_id).await?;
    Ok(Json(Comments { comments: comments.into_iter().map(Comment::from).collect() }))
}

/// Pins a comment to the frame that was on the viewer's screen.
#[utoipa::path(post, path = "/api/comments", tag = "room", request_body = NewComment, security(("viewer" = [])),
    responses((status = 201, body = Comment), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn create_comment(
    State(state): State<HttpState>,
    joined: Joined,
    Body(new): Body<NewComment>,
) -> Result<(StatusCode, Json<Comment>), Problem> {
    let NewComment { id, viewing_id, rtp_timestamp, text } = new;
    let new = NewServiceComment { id, viewing_id, rtp_timestamp, text };
    let comment = state.screening.comment(&joined.viewer, new, joined.ip).await?;
    Ok((StatusCode::CREATED, Json(comment.into())))
}
