//! Viewers as the house sees them.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::rate::Decoding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use super::proof::Proof;
use crate::domain::display::DisplayCheck;
use crate::domain::instant::UtcInstant;
use crate::domain::probe::Probe;
use crate::domain::viewer::ViewerState;
use crate::domain::viewing::EndReason;
use crate::media::Picture;
use crate::store::viewer::ViewerRecord;

/// What a viewer's browser says of its picture, every 2 seconds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Report {
    /// Frames shown per second.
    pub frames_per_second: f64,
    /// Frames that were not shown.
    pub frames_dropped: u64,
    /// Form of the decoded frames.
    #[serde(default)]
    pub frame_format: Option<String>,
    /// SRTP cipher that was agreed.
    #[serde(default)]
    pub srtp_cipher: Option<String>,
    /// Mean time to decode a frame since the report before, where the browser tells it.
    #[serde(default)]
    pub decode_ms: Option<f64>,
    /// Of a hundred packets of the picture, how many were lost since the report before.
    #[serde(default)]
    pub loss_percent: Option<f64>,
}

impl Report {
    /// Bounded: the browser is not ours.
    pub(super) fn bounded(mut self) -> Self {
        let short = |text: String| text.chars().filter(|c| !c.is_control()).take(60).collect();
        self.frame_format = self.frame_format.map(short);
        self.srtp_cipher = self.srtp_cipher.map(short);
        self.frames_per_second = self.frames_per_second.clamp(0.0, 1_000.0);
        self.decode_ms = self.decode_ms.filter(|ms| ms.is_finite()).map(|ms| ms.clamp(0.0, 10_000.0));
        self.loss_percent = self.loss_percent.filter(|loss| loss.is_finite()).map(|loss| loss.clamp(0.0, 100.0));
        self
    }

    /// What it says of the decoder.
    pub(super) fn decoding(&self) -> Option<Decoding> {
        let frame = Duration::from_secs_f64(self.decode_ms? / 1e3);
        Some(Decoding { shown_per_second: self.frames_per_second, frame })
    }
}

/// A viewer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Viewer {
    id: Uuid,
    link_id: Uuid,
    name: String,
    email: String,
    ip: String,
    browser: String,
    session_code: String,
    joined_at: UtcInstant,
    state: ViewerState,
    ended_reason: Option<EndReason>,
    picture: Option<Picture>,
    /// The colour the house wants them sent; null: what suits their display.
    #[schema(value_type = Option<String>)]
    target: Option<TargetColor>,
    frames_per_second: Option<f64>,
    frames_dropped: Option<u64>,
    /// Of a hundred packets, how many were lost in the last seconds.
    loss_percent: Option<f64>,
    srtp_cipher: Option<String>,
    /// Whether they are of the house, which looks from its console.
    house: bool,
    /// Whether their page is in view.
    looking: bool,
    /// Since when their hand is up.
    hand_at: Option<UtcInstant>,
    /// Whether the house has muted them.
    muted: bool,
    /// What they found when they last checked their display.
    display: Option<DisplayCheck>,
    /// When that was.
    display_at: Option<UtcInstant>,
    /// What a probe measured on their display.
    probe: Option<Probe>,
    /// When that was sent.
    probe_at: Option<UtcInstant>,
    /// What their browser measured of their picture.
    pub(super) proof: Proof,
}

impl Viewer {
    pub(super) const fn id(&self) -> Uuid {
        self.id
    }

    /// Whether nothing but the proof is another.
    pub(super) fn differs_in_proof_only(&self, other: &Self) -> bool {
        Self { proof: other.proof.clone(), ..self.clone() } == *other
    }

    /// A viewer with what media and their browser say.
    pub(super) fn new(state: &HttpState, viewer: ViewerRecord) -> Self {
        let proof = Proof::new(state, &viewer);
        let ended_reason = viewer.authority.viewer_ended.or_else(|| viewer.authority.viewer(UtcInstant::now()).err());
        let stands = match (ended_reason, viewer.viewing) {
            (Some(_), _) => ViewerState::Ended,
            (None, _) if viewer.waits => ViewerState::Waiting,
            (None, Some(_)) if viewer.connected => ViewerState::Watching,
            (None, _) => ViewerState::Joined,
        };
        let presence = state.screening.services.presence(viewer.link_id);
        let presence = presence.filter(|presence| presence.viewer_id == viewer.id && presence.connection.is_some());
        let report = state.report(viewer.id).filter(|_| stands == ViewerState::Watching);
        Self {
            id: viewer.id,
            link_id: viewer.link_id,
            name: viewer.name,
            email: viewer.email,
            ip: viewer.ip,
            browser: viewer.browser,
            session_code: viewer.session_code,
            joined_at: viewer.joined_at,
            state: stands,
            ended_reason,
            picture: viewer.viewing.and_then(|viewing| state.screening.projector.picture(viewing)),
            target: viewer.target,
            frames_per_second: report.as_ref().map(|report| report.frames_per_second),
            frames_dropped: report.as_ref().map(|report| report.frames_dropped),
            loss_percent: report.as_ref().and_then(|report| report.loss_percent),
            srtp_cipher: report.and_then(|report| report.srtp_cipher),
            house: viewer.session.is_some(),
            looking: viewer.session.is_some() || presence.is_some_and(|presence| presence.is_looking()),
            hand_at: presence.and_then(|presence| presence.hand_at),
            muted: viewer.muted,
            display: viewer.display,
            display_at: viewer.display_at,
            probe: viewer.probe,
            probe_at: viewer.probe_at,
            proof,
        }
    }
}

/// Sends a viewer away; their picture stops at once. Their link stays as it is.
#[utoipa::path(post, path = "/api/viewers/{id}/remove", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The viewer")),
    responses((status = 200, body = Viewer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn remove_viewer(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Viewer>, Problem> {
    state.screening.services.end_viewer(id, EndReason::Removed, &signed_in.by()).await?;
    state.screening.supervise().await?;
    let viewer = state.screening.services.viewer(id).await?;
    Ok(Json(Viewer::new(&state, viewer)))
}

/// Lets in somebody who waits; whoever watched through the same link gives way. Twice changes nothing.
#[utoipa::path(post, path = "/api/viewers/{id}/admit", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The viewer")),
    responses((status = 200, body = Viewer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn admit_viewer(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Viewer>, Problem> {
    let viewer = state.screening.services.admit_viewer(id, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(Viewer::new(&state, viewer)))
}

/// Does not let in somebody who waits; their page says so politely. Their link stays as it is.
#[utoipa::path(post, path = "/api/viewers/{id}/deny", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The viewer")),
    responses((status = 200, body = Viewer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn deny_viewer(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Viewer>, Problem> {
    let viewer = state.screening.services.deny_viewer(id, &signed_in.by()).await?;
    Ok(Json(Viewer::new(&state, viewer)))
}

/// In what colour a viewer is to be sent the picture.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewerTarget {
    /// `srgb709`, `reference709`, `display-p3`, `hdr10` or `hlg`; null: what suits their display.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<String>)]
    target: Option<TargetColor>,
}

/// Says in what colour a viewer is sent the picture: from the next one on, without a new connection where the format they are
/// sent can carry it.
#[utoipa::path(post, path = "/api/viewers/{id}/target", tag = "console", request_body = ViewerTarget,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The viewer")),
    responses((status = 200, body = Viewer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 410, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn set_viewer_target(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<ViewerTarget>,
) -> Result<Json<Viewer>, Problem> {
    let viewer = state.screening.set_target(id, body.target, &signed_in.by()).await?;
    Ok(Json(Viewer::new(&state, viewer)))
}
