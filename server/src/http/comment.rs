//! Comments: guests by `/api/comments`, the house by `/api/log`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::HttpState;
use super::drive::named;
use super::extract::{Body, Id, Joined, SignedIn};
use super::problem::Problem;
use super::source::Rate;
use crate::domain::comment::{self as domain, Category, Priority};
use crate::domain::drawing::Drawing;
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::proof::{FrameWitness, State as ProofState};
use crate::service::Error;
use crate::service::comment::{CommentChange, NewComment as NewServiceComment, Place, Speaker};

/// A comment. One that was taken back is empty, and stays as long as others answer it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comment {
    /// Its id.
    pub id: Uuid,
    /// The change of the review's log that last touched it: 1, 2, 3 ... without gaps. Of two states of a comment the one
    /// with the higher revision is the newer.
    pub revision: u64,
    /// The comment it answers; answers have none of their own.
    pub parent_id: Option<Uuid>,
    /// The guest's link, which is the same however often they come; `null` when the house said it.
    pub link_id: Option<Uuid>,
    /// The stay in which a guest said it.
    pub viewer_id: Option<Uuid>,
    /// Who said it: a name.
    pub author: String,
    /// The source it was made on.
    pub source_id: Uuid,
    /// What was said.
    pub text: String,
    /// First frame it is about: number in the source, from 0.
    pub source_frame: u64,
    /// How many frames it is about; at least 1.
    pub duration_frames: u64,
    /// The rate frames are counted in.
    pub rate: Rate,
    /// Timecode of the first frame.
    pub timecode: String,
    /// What it is about.
    pub category: Option<Category>,
    /// How much it matters.
    pub priority: Priority,
    /// Links of the people it names.
    pub mentions: Vec<Uuid>,
    /// What is drawn over the first frame.
    pub drawing: Option<Drawing>,
    /// Whether the house can see a still of what its author saw: `GET /api/log/{id}/still`.
    pub has_still: bool,
    /// When it was said.
    pub created_at: UtcInstant,
    /// When words or drawing were last changed.
    pub edited_at: Option<UtcInstant>,
    /// When it was settled.
    pub resolved_at: Option<UtcInstant>,
    /// By whom: a name.
    pub resolved_by: Option<String>,
    /// Whether its author took it back.
    pub deleted: bool,
    /// What was known of its author's picture when it was said; null without a picture, as when the house says it.
    pub proof: Option<ProofState>,
    /// The same when what is drawn was last drawn.
    pub drawing_proof: Option<ProofState>,
    /// What the picture's own frame number said of the frame it is pinned to; null when it was not read.
    pub frame_witness: Option<FrameWitness>,
}

impl From<domain::Comment> for Comment {
    fn from(comment: domain::Comment) -> Self {
        let kept = comment.deleted_at.is_none();
        Self {
            id: comment.id,
            revision: comment.revision,
            parent_id: comment.parent_id,
            link_id: comment.link_id,
            viewer_id: comment.viewer_id,
            author: comment.author,
            source_id: comment.source_id,
            text: if kept { comment.text } else { String::new() },
            source_frame: comment.source_frame,
            duration_frames: comment.duration_frames,
            rate: comment.rate.into(),
            timecode: comment.timecode,
            category: comment.category,
            priority: comment.priority,
            mentions: if kept { comment.mentions } else { Vec::new() },
            drawing: comment.drawing.filter(|_| kept),
            has_still: comment.has_still && kept,
            created_at: comment.created_at,
            edited_at: comment.edited_at,
            resolved_at: comment.resolved_at,
            resolved_by: comment.resolved_by,
            deleted: !kept,
            proof: comment.proof,
            drawing_proof: comment.drawing_proof,
            frame_witness: comment.frame_witness,
        }
    }
}

/// Comments as pages get them.
pub(super) fn shown(comments: Vec<domain::Comment>) -> Vec<Comment> {
    comments.into_iter().map(Comment::from).collect()
}

/// Comments.
#[derive(Serialize, ToSchema)]
pub struct Comments {
    comments: Vec<Comment>,
}

/// From where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Only what changed after this revision, in the order of revisions. Without it, everything, oldest first.
    after: Option<u64>,
}

/// `after` as it was asked for.
pub(super) type AfterQuery = Result<Query<After>, QueryRejection>;

/// The revision that is asked for, 0 without one.
pub(super) fn revision_of(query: AfterQuery) -> Result<u64, Problem> {
    let message = "after is the revision of a comment: a whole number.";
    let Query(asked) = query.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "malformed", message).field("after"))?;
    Ok(asked.after.unwrap_or_default())
}

/// A comment to make. It is about what was on screen (`viewing_id` and `rtp_timestamp`), or answers another (`parent_id`).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Made by the client: sending twice keeps one.
    id: Uuid,
    /// Last part of the WHEP `Location`.
    viewing_id: Option<Uuid>,
    /// RTP timestamp of the frame on screen; the first frame of a range.
    rtp_timestamp: Option<u32>,
    /// RTP timestamp of the range's last frame.
    end_rtp_timestamp: Option<u32>,
    /// The comment it answers.
    parent_id: Option<Uuid>,
    /// 1 to 4,000 characters.
    text: String,
    /// What it is about.
    category: Option<Category>,
    /// How much it matters; `normal` when not said.
    priority: Option<Priority>,
    /// Links of the people it names, at most 20.
    #[serde(default)]
    mentions: Vec<Uuid>,
    /// What is drawn over the first frame.
    drawing: Option<Drawing>,
}

impl NewComment {
    fn place(&self) -> Result<Place, Invalid> {
        if let Some(parent_id) = self.parent_id {
            return Ok(Place::Answer { parent_id });
        }
        let missing = |field| Invalid::Field { field, reason: format!("{field} is missing, and parent_id too") };
        Ok(Place::Seen {
            viewing_id: self.viewing_id.ok_or_else(|| missing("viewing_id"))?,
            rtp_timestamp: self.rtp_timestamp.ok_or_else(|| missing("rtp_timestamp"))?,
            end_rtp_timestamp: self.end_rtp_timestamp,
        })
    }
}

/// An answer for the house.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// Made by the client: sending twice keeps one.
    id: Uuid,
    /// 1 to 4,000 characters.
    text: String,
    /// Links of the people it names, at most 20.
    #[serde(default)]
    mentions: Vec<Uuid>,
}

/// What changes in a comment; what is not named stays, `null` takes it away. Words, drawing and mentions are their
/// author's only. Answers are settled and sorted with the comment that they answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeComment {
    /// 1 to 4,000 characters.
    text: Option<String>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Drawing>)]
    drawing: Option<Option<Drawing>>,
    mentions: Option<Vec<Uuid>>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Category>)]
    category: Option<Option<Category>>,
    priority: Option<Priority>,
    /// Whether it is settled.
    resolved: Option<bool>,
}

impl From<ChangeComment> for CommentChange {
    fn from(change: ChangeComment) -> Self {
        let ChangeComment { text, drawing, mentions, category, priority, resolved } = change;
        Self { text, drawing, mentions, category, priority, resolved }
    }
}

/// The review's comments.
#[utoipa::path(get, path = "/api/comments", tag = "room", security(("viewer" = [])), params(After),
    responses((status = 200, body = Comments), (status = 400, body = Problem), (status = 401, body = Problem), (status = 410, body = Problem)))]
pub async fn list_comments(
    State(state): State<HttpState>,
    joined: Joined,
    query: AfterQuery,
) -> Result<Json<Comments>, Problem> {
    let (services, review) = (&state.screening.services, joined.viewer.review_id);
    let comments = match revision_of(query)? {
        0 => services.comments(review).await?,
        revision => services.comments_after(review, revision).await?,
    };
    Ok(Json(Comments { comments: shown(comments) }))
}

/// Pins a comment to what was on the viewer's screen, or answers one.
#[utoipa::path(post, path = "/api/comments", tag = "room", request_body = NewComment, security(("viewer" = [])),
    responses((status = 201, body = Comment), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn create_comment(
    State(state): State<HttpState>,
    joined: Joined,
    Body(new): Body<NewComment>,
) -> Result<(StatusCode, Json<Comment>), Problem> {
    let place = new.place().map_err(Error::from)?;
    let NewComment { id, text, category, priority, mentions, drawing, .. } = new;
    let priority = priority.unwrap_or(Priority::Normal);
    let new = NewServiceComment { id, place, text, category, priority, mentions, drawing };
    let comment = state.screening.comment(&joined.viewer, new, &joined.by()).await?;
    Ok((StatusCode::CREATED, Json(comment.into())))
}

/// Changes a comment of the viewer's own; what it said before is kept.
#[utoipa::path(patch, path = "/api/comments/{id}", tag = "room", request_body = ChangeComment, security(("viewer" = [])),
    params(("id" = Uuid, Path, description = "The comment")),
    responses((status = 200, body = Comment), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn change_comment(
    State(state): State<HttpState>,
    joined: Joined,
    Id(id): Id,
    Body(change): Body<ChangeComment>,
) -> Result<Json<Comment>, Problem> {
    let speaker = Speaker::Guest(&joined.viewer);
    let comment = state.screening.services.change_comment(id, change.into(), speaker, &joined.by()).await?;
    Ok(Json(comment.into()))
}

/// Takes a comment of the viewer's own back. Words and drawing stay in the archive.
#[utoipa::path(delete, path = "/api/comments/{id}", tag = "room", security(("viewer" = [])),
    params(("id" = Uuid, Path, description = "The comment")),
    responses((status = 204, description = "Taken back"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem)))]
pub async fn delete_comment(State(state): State<HttpState>, joined: Joined, Id(id): Id) -> Result<StatusCode, Problem> {
    state.screening.services.delete_comment(id, Speaker::Guest(&joined.viewer), &joined.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a comment for the house.
#[utoipa::path(post, path = "/api/log/{id}/answers", tag = "console", request_body = NewAnswer,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The comment")),
    responses((status = 201, body = Comment), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn answer_comment(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(new): Body<NewAnswer>,
) -> Result<(StatusCode, Json<Comment>), Problem> {
    let NewAnswer { id: new, text, mentions } = new;
    let place = Place::Answer { parent_id: id };
    let (category, priority, drawing) = (None, Priority::Normal, None);
    let new = NewServiceComment { id: new, place, text, category, priority, mentions, drawing };
    let comment = state.screening.services.answer_comment(new, id, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(comment.into())))
}

/// Settles or sorts anybody's comment, or changes an answer of one's own.
#[utoipa::path(patch, path = "/api/log/{id}", tag = "console", request_body = ChangeComment, security(("account" = [])),
    params(("id" = Uuid, Path, description = "The comment")),
    responses((status = 200, body = Comment), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn change_log(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(change): Body<ChangeComment>,
) -> Result<Json<Comment>, Problem> {
    let services = &state.screening.services;
    let comment = services.change_comment(id, change.into(), Speaker::House, &signed_in.by()).await?;
    Ok(Json(comment.into()))
}

/// Takes an answer of one's own back.
#[utoipa::path(delete, path = "/api/log/{id}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The comment")),
    responses((status = 204, description = "Taken back"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn delete_answer(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    state.screening.services.delete_comment(id, Speaker::House, &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
