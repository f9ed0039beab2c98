//! Reviews.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pipelines::spec::color::InputColor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::chat::{self, ChatLine};
use super::comment::Comment;
use super::drive::LookFacts;
use super::extract::{Body, Id, SignedIn};
use super::floor::Floor;
use super::link::Link;
use super::problem::Problem;
use super::source::{ListedSource, NewSource, Source, SourceFacts};
use super::viewer::Viewer;
use crate::domain::access::Permission;
use crate::domain::instant::UtcInstant;
use crate::domain::project::Classification;
use crate::domain::review::ReviewState;
use crate::media::Capacity;
use crate::service::Error;
use crate::service::review::NewReview as NewServiceReview;
use crate::store::review::ReviewRecord;

/// A review in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewSummary {
    id: Uuid,
    project: Uuid,
    classification: Classification,
    title: String,
    host: String,
    state: ReviewState,
    starts_at: UtcInstant,
    ends_at: UtcInstant,
    /// 1, 2, 3 ... by rounds.
    version: u32,
    /// The round before it.
    previous: Option<Uuid>,
}

impl From<&ReviewRecord> for ReviewSummary {
    fn from(review: &ReviewRecord) -> Self {
        Self {
            id: review.id,
            project: review.project.id,
            classification: review.project.classification,
            title: review.title.clone(),
            host: review.host.clone(),
            state: review.window.state(UtcInstant::now()),
            starts_at: review.window.starts_at,
            ends_at: review.window.ends_at,
            version: review.version,
            previous: review.previous,
        }
    }
}

/// Reviews, newest first.
#[derive(Serialize, ToSchema)]
pub struct Reviews {
    reviews: Vec<ReviewSummary>,
}

/// A review with everything about it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Review {
    #[serde(flatten)]
    summary: ReviewSummary,
    pub(super) source: Source,
    #[schema(value_type = String)]
    input_color: InputColor,
    look_name: Option<String>,
    look: LookFacts,
    source_spec: SourceFacts,
    /// All its sources, oldest first.
    sources: Vec<ListedSource>,
    pub(super) links: Vec<Link>,
    pub(super) viewers: Vec<Viewer>,
    pub(super) comments: Vec<Comment>,
    /// The last 200 lines of the chat, oldest first.
    pub(super) chat: Vec<ChatLine>,
    /// What is said over the picture, and who may point.
    pub(super) floor: Floor,
    capacity: Capacity,
    /// Who the server is in DTLS: SHA-256 of its certificate, as SDP writes it.
    media_fingerprint: String,
}

/// A review to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// The project it belongs to; without one, that of the round before it, else the house's own.
    project: Option<Uuid>,
    /// The review of which it is the next round.
    previous: Option<Uuid>,
    title: String,
    host: String,
    starts_at: UtcInstant,
    ends_at: UtcInstant,
    source: NewSource,
    #[serde(default)]
    #[schema(value_type = String)]
    input_color: InputColor,
    /// Text of a show LUT, in any format that `vitrine lut info` reads.
    look_cube: Option<String>,
    /// Its file name.
    look_name: Option<String>,
    /// Timecode of frame 0, when the source carries none.
    start_timecode: Option<String>,
    #[serde(default)]
    drop_frame: bool,
}

/// A declaration of colour.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareColor {
    #[schema(value_type = String)]
    input_color: InputColor,
}

/// Links of a review as the console shows them.
pub(super) async fn links(state: &HttpState, review: Uuid) -> Result<Vec<Link>, Error> {
    Ok(state.screening.services.links(Some(review)).await?.into_iter().map(Link::from).collect())
}

/// Viewers of a review as the console shows them.
pub(super) async fn viewers(state: &HttpState, review: Uuid) -> Result<Vec<Viewer>, Error> {
    let viewers = state.screening.services.viewers(review).await?;
    Ok(viewers.into_iter().map(|viewer| Viewer::new(state, viewer)).collect())
}

/// A review as the console shows it.
pub(super) async fn review(state: &HttpState, record: &ReviewRecord) -> Result<Review, Error> {
    let comments = state.screening.services.comments(record.id).await?;
    let found = review_but_comments(state, record).await?;
    Ok(Review { comments: comments.into_iter().map(Comment::from).collect(), ..found })
}

/// The same without its comments, which may be thousands: whoever looks every second asks for those that changed.
pub(super) async fn review_but_comments(state: &HttpState, record: &ReviewRecord) -> Result<Review, Error> {
    let sources = state.screening.services.sources(record.id).await?;
    let published = state.screening.services.publish_facts(record.id).await?;
    Ok(Review {
        summary: ReviewSummary::from(record),
        source: Source::for_console(state.screening.projector.source(record.id)),
        input_color: record.program.look.input_color,
        look_name: record.look_name().map(str::to_owned),
        look: LookFacts::from(&record.program.look),
        source_spec: SourceFacts::from(&record.program.source),
        sources: sources.into_iter().map(|source| ListedSource::new(source, &published)).collect(),
        links: links(state, record.id).await?,
        viewers: viewers(state, record.id).await?,
        comments: Vec::new(),
        chat: chat::shown(state.screening.services.chat(record.id).await?),
        floor: state.screening.services.floor(record.id).await?.into(),
        capacity: state.screening.projector.capacity(),
        media_fingerprint: state.screening.projector.fingerprint().to_owned(),
    })
}

/// All reviews.
#[utoipa::path(get, path = "/api/reviews", tag = "console", security(("account" = [])),
    responses((status = 200, body = Reviews), (status = 401, body = Problem)))]
pub async fn list_reviews(State(state): State<HttpState>, signed_in: SignedIn) -> Result<Json<Reviews>, Problem> {
    let reviews = state.screening.services.reviews_seen_by(&signed_in.by()).await?;
    Ok(Json(Reviews { reviews: reviews.iter().map(ReviewSummary::from).collect() }))
}

/// Plans a review.
#[utoipa::path(post, path = "/api/reviews", tag = "console", request_body = NewReview, security(("account" = [])),
    responses((status = 201, body = Review), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn create_review(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<NewReview>,
) -> Result<(StatusCode, Json<Review>), Problem> {
    let new = NewServiceReview {
        project: body.project,
        previous: body.previous,
        title: body.title,
        host: body.host,
        starts_at: body.starts_at,
        ends_at: body.ends_at,
        source: body.source.into(),
        input_color: body.input_color,
        look_cube: body.look_cube,
        look_name: body.look_name,
        start_timecode: body.start_timecode,
        drop_frame: body.drop_frame,
    };
    let record = state.screening.services.create_review(new, &signed_in.by()).await?;
    Ok((StatusCode::CREATED, Json(review(&state, &record).await?)))
}

/// A review with everything about it.
#[utoipa::path(get, path = "/api/reviews/{id}", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Review), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get_review(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Review>, Problem> {
    let services = &state.screening.services;
    let record = services.permitted_review(id, Permission::ReviewSee, &signed_in.by()).await?;
    Ok(Json(review(&state, &record).await?))
}

/// Declares what colour a review's source is in.
#[utoipa::path(post, path = "/api/reviews/{id}/input-color", tag = "console", request_body = DeclareColor,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Review), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn set_input_color(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<DeclareColor>,
) -> Result<Json<Review>, Problem> {
    let services = &state.screening.services;
    let record = services.set_input_color(id, body.input_color, &signed_in.by()).await?;
    if record.window.state(UtcInstant::now()) == ReviewState::Live {
        state.screening.projector.open(record.id, record.program.clone());
    }
    Ok(Json(review(&state, &record).await?))
}

/// Ends a review: its links are taken back and its viewings stop at once.
#[utoipa::path(post, path = "/api/reviews/{id}/end", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Review), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn end_review(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Review>, Problem> {
    let record = state.screening.services.end_review(id, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(review(&state, &record).await?))
}
