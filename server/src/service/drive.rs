//! What a colourist does to a review while it is shown: play, pause, wind, hold, and change the look.

use pipelines::spec::color::InputColor;
use pipelines::spec::look::{CdlValues, Grade, InputRange, Look, Wipe};
use pipelines::spec::source::SourceSpec;
use pipelines::spec::transport::{TransportCommand, TransportError};
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::review::{field, object};
use super::viewing::Screening;
use super::{Change, Error, Noun};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::review::ReviewState;
use crate::store::lut;
use crate::store::review as table;
use crate::store::review::ReviewRecord;

/// What is asked of a review's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Of its source.
    Transport(TransportCommand),
    /// Hold what viewers are shown, or let it go; the source runs on behind it.
    Hold(bool),
}

/// A grade, its LUT named by its place in the library.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GradeChange {
    /// A CDL, or none.
    pub cdl: Option<Option<CdlValues>>,
    /// A LUT of the library, or none.
    pub lut: Option<Option<Uuid>>,
    /// Whether the LUT is left out for now.
    pub lut_off: Option<bool>,
}

/// What changes in a look; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LookChange {
    /// What the source is in.
    pub input_color: Option<InputColor>,
    /// Its range.
    pub range: Option<InputRange>,
    /// The grade.
    pub grade: GradeChange,
    /// A second grade to the right of a line at so many hundredths of the width, or none.
    pub wipe: Option<Option<(u8, GradeChange)>>,
}

/// Whether a source goes on whatever anybody asks.
fn is_live(source: &SourceSpec) -> bool {
    matches!(source, SourceSpec::Srt { .. } | SourceSpec::Whip | SourceSpec::Sdi { .. } | SourceSpec::Ndi { .. })
}

impl Screening {
    /// Plays, pauses, winds or holds a review's picture.
    ///
    /// # Errors
    /// When it is not allowed, the review is not live, or its source cannot do it.
    pub async fn drive(&self, id: Uuid, drive: Drive, by: &By) -> Result<(), Error> {
        let review = self.services.permitted_review(id, Permission::ReviewDrive, by).await?;
        let now = UtcInstant::now();
        match review.window.state(now) {
            ReviewState::Live => {}
            ReviewState::Planned => return Err(Error::Transport(TransportError::NoProgram)),
            ReviewState::Ended => return Err(Error::ReviewOver),
        }
        let what = match drive {
            Drive::Transport(_) if is_live(&review.program.source) => {
                return Err(Error::Transport(TransportError::Live));
            }
            Drive::Transport(command) => {
                let state = self.projector.source(id).transport.ok_or(Error::Transport(TransportError::NotOpen))?;
                command.check(&state).map_err(Error::Transport)?;
                command.to_string()
            }
            Drive::Hold(true) => "hold".to_owned(),
            Drive::Hold(false) => "release".to_owned(),
        };
        let write = self.services.store.write().await?;
        let event = Event::done(now, by, Action::ReviewTransport, object(id)).review(id).with("what", what);
        write.commit(&event).await?;
        match drive {
            Drive::Transport(command) => self.projector.transport(id, command),
            Drive::Hold(held) => self.projector.hold(id, held),
        }
        Ok(())
    }

    /// Changes a review's look; viewers see it from the next picture on.
    ///
    /// # Errors
    /// When it is not allowed, the review has ended, a number is out of its range or there is no such LUT.
    pub async fn set_look(&self, id: Uuid, change: LookChange, by: &By) -> Result<ReviewRecord, Error> {
        self.services.permitted_review(id, Permission::ReviewDrive, by).await?;
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        let found = table::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Review, id))?;
        if found.window.state(now) == ReviewState::Ended {
            return Err(Error::ReviewOver);
        }
        let look = changed(write.connection(), found.program.look, change).await?;
        table::set_look(write.connection(), id, &look).await?;
        let event = Event::done(now, by, Action::ReviewLook, object(id)).review(id).with("look", told(&look)?);
        write.commit(&event).await?;
        let review = self.services.review(id).await?;
        if review.window.state(now) == ReviewState::Live {
            self.projector.open(id, review.program.clone());
        }
        self.services.tell(Change::Review(id));
        Ok(review)
    }
}

async fn changed(connection: &mut SqliteConnection, mut look: Look, change: LookChange) -> Result<Look, Error> {
    look.input_color = change.input_color.unwrap_or(look.input_color);
    look.range = change.range.unwrap_or(look.range);
    look.grade = graded(connection, look.grade, change.grade).await?;
    match change.wipe {
        None => {}
        Some(None) => look.wipe = None,
        Some(Some((percent, grade))) => {
            if percent > 100 {
                return Err(field("wipe", format!("the line cannot be at {percent} % of the width")).into());
            }
            let before = look.wipe.take().map(|wipe| wipe.grade).unwrap_or_default();
            look.wipe = Some(Wipe { percent, grade: graded(connection, before, grade).await? });
        }
    }
    Ok(look)
}

async fn graded(connection: &mut SqliteConnection, mut grade: Grade, change: GradeChange) -> Result<Grade, Error> {
    grade.lut_off = change.lut_off.unwrap_or(grade.lut_off);
    if let Some(cdl) = change.cdl {
        if let Some(values) = &cdl {
            values.check().map_err(|error| field("cdl", error))?;
        }
        grade.cdl = cdl;
    }
    match change.lut {
        None => {}
        Some(None) => grade.lut = None,
        Some(Some(id)) => {
            let file = lut::file(connection, id).await?;
            grade.lut = Some(file.ok_or_else(|| field("lut", "there is no such LUT in the library"))?);
        }
    }
    Ok(grade)
}

/// A look for the record: the LUTs by their names.
fn told(look: &Look) -> Result<String, Error> {
    let grade = |grade: &Grade| {
        let lut = grade.lut.as_ref().map(|file| &file.name);
        serde_json::json!({ "cdl": grade.cdl, "lut": lut, "lut_off": grade.lut_off })
    };
    let wipe =
        look.wipe.as_ref().map(|wipe| serde_json::json!({ "percent": wipe.percent, "grade": grade(&wipe.grade) }));
    let told = serde_json::json!({
        "input_color": look.input_color, "range": look.range, "grade": grade(&look.grade), "wipe": wipe,
    });
    serde_json::to_string(&told).map_err(|error| Error::Store(error.into()))
}
