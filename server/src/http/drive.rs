//! A review's transport and look on the wire.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pipelines::spec::color::InputColor;
use pipelines::spec::look::{self, CdlValues, Look};
use pipelines::spec::transport::{FrameRange, TransportCommand, TransportState};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn};
use super::problem::Problem;
use super::review::{Review, review};
use crate::media::SourceStatus;
use crate::service::drive::{Drive, GradeChange, LookChange};

/// What is asked of a review's picture. Frames are numbers in the source, from 0.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum TransportAction {
    /// Go on from the frame that is held.
    Play {},
    /// Hold the frame that is shown.
    Pause {},
    /// Show a frame.
    Seek {
        /// Which.
        frame: u64,
    },
    /// Hold the frame so many after the one shown, or before it.
    Step {
        /// How many.
        frames: i32,
    },
    /// Repeat these frames.
    Loop {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// Repeat everything.
    LoopAll {},
    /// Play this fast.
    Speed {
        /// Hundredths of the source's rate, 25 to 200.
        percent: u16,
    },
    /// Hold what viewers are shown, or let it go; the source, which may be a live feed, runs on behind it.
    Hold {
        /// Whether to hold.
        held: bool,
    },
}

impl From<TransportAction> for Drive {
    fn from(action: TransportAction) -> Self {
        Self::Transport(match action {
            TransportAction::Hold { held } => return Self::Hold(held),
            TransportAction::Play {} => TransportCommand::Play,
            TransportAction::Pause {} => TransportCommand::Pause,
            TransportAction::Seek { frame } => TransportCommand::Seek { frame },
            TransportAction::Step { frames } => TransportCommand::Step { frames },
            TransportAction::Loop { first, last } => TransportCommand::Loop { range: Some(FrameRange { first, last }) },
            TransportAction::LoopAll {} => TransportCommand::Loop { range: None },
            TransportAction::Speed { percent } => TransportCommand::Speed { percent },
        })
    }
}

/// Where a source is that can be paused and wound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Transport {
    /// False while a frame is held.
    pub playing: bool,
    /// Speed when playing, in hundredths.
    pub speed_percent: u16,
    /// First and last frame of what is repeated, if not all.
    pub range: Option<[u64; 2]>,
    /// The frame shown last.
    pub frame: u64,
    /// How many there are, as far as is known.
    pub frames: Option<u64>,
    /// Whether it can go back.
    pub can_seek: bool,
    /// Timecode of frame 0, in frames since 00:00:00:00.
    pub first_label: u64,
}

impl From<TransportState> for Transport {
    fn from(state: TransportState) -> Self {
        Self {
            playing: state.playing,
            speed_percent: state.speed.percent(),
            range: state.range.map(|range| [range.first, range.last]),
            frame: state.frame,
            frames: state.frames,
            can_seek: state.can_seek,
            first_label: state.first_label,
        }
    }
}

impl Transport {
    /// Of a source, if it can be paused and wound.
    pub fn of(status: &SourceStatus) -> Option<Self> {
        status.transport.map(Self::from)
    }
}

/// Which code values are black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputRange {
    /// As the source's tags say.
    FromTags,
    /// 64 to 940.
    Limited,
    /// 0 to 1023.
    Full,
}

impl From<InputRange> for look::InputRange {
    fn from(range: InputRange) -> Self {
        match range {
            InputRange::FromTags => Self::FromTags,
            InputRange::Limited => Self::Limited,
            InputRange::Full => Self::Full,
        }
    }
}

impl From<look::InputRange> for InputRange {
    fn from(range: look::InputRange) -> Self {
        match range {
            look::InputRange::FromTags => Self::FromTags,
            look::InputRange::Limited => Self::Limited,
            look::InputRange::Full => Self::Full,
        }
    }
}

/// The numbers of an ASC CDL.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cdl {
    /// Red, green, blue; 0 to 10.
    slope: [f64; 3],
    /// Red, green, blue; -2 to 2.
    offset: [f64; 3],
    /// Red, green, blue; 0.05 to 10.
    power: [f64; 3],
    /// 0 to 4; 1 leaves colours as they are.
    saturation: f64,
}

impl From<Cdl> for CdlValues {
    fn from(Cdl { slope, offset, power, saturation }: Cdl) -> Self {
        Self { slope, offset, power, saturation }
    }
}

impl From<CdlValues> for Cdl {
    fn from(CdlValues { slope, offset, power, saturation }: CdlValues) -> Self {
        Self { slope, offset, power, saturation }
    }
}

/// A colour decision, then a show LUT.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GradeFacts {
    /// The colour decision.
    cdl: Option<Cdl>,
    /// File name of the show LUT.
    lut_name: Option<String>,
    /// Whether it is left out for now.
    lut_off: bool,
}

impl From<&look::Grade> for GradeFacts {
    fn from(grade: &look::Grade) -> Self {
        let lut_name = grade.lut.as_ref().map(|file| file.name.clone());
        Self { cdl: grade.cdl.map(Cdl::from), lut_name, lut_off: grade.lut_off }
    }
}

/// A second grade to compare with.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WipeFacts {
    /// Where it begins, in hundredths of the width.
    percent: u8,
    /// The grade to the right of there.
    grade: GradeFacts,
}

/// What is done to a source's colour.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LookFacts {
    range: InputRange,
    grade: GradeFacts,
    wipe: Option<WipeFacts>,
}

impl From<&Look> for LookFacts {
    fn from(look: &Look) -> Self {
        let wipe = look.wipe.as_ref();
        Self {
            range: look.range.into(),
            grade: GradeFacts::from(&look.grade),
            wipe: wipe.map(|wipe| WipeFacts { percent: wipe.percent, grade: GradeFacts::from(&wipe.grade) }),
        }
    }
}

/// What changes in a grade; what is not named stays, `null` takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeGrade {
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Cdl>)]
    cdl: Option<Option<Cdl>>,
    /// Id of a LUT of the library.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Uuid>)]
    lut: Option<Option<Uuid>>,
    /// Whether the LUT is left out for now.
    lut_off: Option<bool>,
}

impl From<ChangeGrade> for GradeChange {
    fn from(ChangeGrade { cdl, lut, lut_off }: ChangeGrade) -> Self {
        Self { cdl: cdl.map(|cdl| cdl.map(CdlValues::from)), lut, lut_off }
    }
}

/// A wipe to show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWipe {
    /// Where the second grade begins, in hundredths of the width.
    percent: u8,
    /// The second grade.
    grade: Option<ChangeGrade>,
}

/// What changes in a look; what is not named stays, `null` takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLook {
    #[schema(value_type = Option<String>)]
    input_color: Option<InputColor>,
    range: Option<InputRange>,
    #[serde(default)]
    #[schema(value_type = Option<ChangeGrade>)]
    grade: Option<ChangeGrade>,
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<ChangeWipe>)]
    wipe: Option<Option<ChangeWipe>>,
}

/// A field that is there, `null` or not.
pub(super) fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<ChangeLook> for LookChange {
    fn from(change: ChangeLook) -> Self {
        Self {
            input_color: change.input_color,
            range: change.range.map(Into::into),
            grade: change.grade.unwrap_or_default().into(),
            wipe: change.wipe.map(|wipe| wipe.map(|wipe| (wipe.percent, wipe.grade.unwrap_or_default().into()))),
        }
    }
}

/// Plays, pauses, winds or holds a review's picture. What comes of it is told by the events of the review.
#[utoipa::path(post, path = "/api/reviews/{id}/transport", tag = "console", request_body = TransportAction,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The review")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn transport(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<TransportAction>,
) -> Result<StatusCode, Problem> {
    state.screening.drive(id, body.into(), &signed_in.by()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes a review's look; viewers see it from the next picture on.
#[utoipa::path(patch, path = "/api/reviews/{id}/look", tag = "console", request_body = ChangeLook,
    security(("account" = [])), params(("id" = Uuid, Path, description = "The review")),
    responses((status = 200, body = Review), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn change_look(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    Body(body): Body<ChangeLook>,
) -> Result<Json<Review>, Problem> {
    let record = state.screening.set_look(id, body.into(), &signed_in.by()).await?;
    Ok(Json(review(&state, &record).await?))
}
