//! Reviews: plan, declare the colour, end.

use pipelines::spec::color::InputColor;
use pipelines::spec::look::{Grade, Look, LutFile};
use pipelines::spec::source::{ProgramSpec, SourceId, SourceSpec};
use uuid::Uuid;

use super::{Change, Error, Noun, Services, source};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::{self, Invalid};
use crate::domain::project::{self, ProjectFacts};
use crate::domain::review::{ReviewState, ReviewWindow, TITLE_LIMIT};
use crate::store::Write;
use crate::store::review as table;
use crate::store::review::ReviewRecord;

/// Largest show LUT accepted, in bytes (a 65-cubed 3D LUT in text).
pub const LOOK_LIMIT: usize = 12 * 1024 * 1024;

/// A review to plan.
#[derive(Clone, Debug)]
pub struct NewReview {
    /// The project it belongs to; without one, that of the round before it, else the house's own.
    pub project: Option<Uuid>,
    /// The review of which it is the next round.
    pub previous: Option<Uuid>,
    /// What it is called.
    pub title: String,
    /// Who invites.
    pub host: String,
    /// First instant.
    pub starts_at: UtcInstant,
    /// First instant after.
    pub ends_at: UtcInstant,
    /// Where the picture comes from.
    pub source: SourceSpec,
    /// What its colour is.
    pub input_color: InputColor,
    /// Text of a show LUT.
    pub look_cube: Option<String>,
    /// Its file name.
    pub look_name: Option<String>,
    /// Timecode of frame 0.
    pub start_timecode: Option<String>,
    /// Drop-frame counting.
    pub drop_frame: bool,
}

impl NewReview {
    fn checked(
        self,
        project: ProjectFacts,
        before: Option<&ReviewRecord>,
        created_by: Option<Uuid>,
        now: UtcInstant,
    ) -> Result<ReviewRecord, Invalid> {
        let title = invalid::line("title", &self.title, TITLE_LIMIT)?;
        let host = invalid::line("host", &self.host, TITLE_LIMIT)?;
        let window = ReviewWindow::plan(self.starts_at, self.ends_at, now)?;
        source::check(&self.source)?;
        let look_name = self.look_name.map(|name| invalid::line("look_name", &name, TITLE_LIMIT)).transpose()?;
        let name = look_name.unwrap_or_else(|| "show LUT".to_owned());
        let lut = self.look_cube.map(|text| read_lut("look_cube", name, text)).transpose()?;
        let grade = Grade { lut, ..Grade::default() };
        if let Some(start) = &self.start_timecode {
            source::check_timecode(start)?;
        }
        let program = ProgramSpec {
            source_id: SourceId::now_v7(),
            source: self.source,
            look: Look { input_color: self.input_color, grade, ..Look::default() },
            start_timecode: self.start_timecode,
            drop_frame: self.drop_frame,
            title: title.clone(),
        };
        let version = before.map_or(1, |before| before.version.saturating_add(1));
        Ok(ReviewRecord {
            id: Uuid::now_v7(),
            project,
            created_by,
            title,
            host,
            window,
            program,
            created_at: now,
            previous: before.map(|before| before.id),
            version,
        })
    }
}

pub(super) fn field(field: &'static str, reason: impl ToString) -> Invalid {
    Invalid::Field { field, reason: reason.to_string() }
}

/// A LUT file that can be shown.
pub(super) fn read_lut(of: &'static str, name: String, text: String) -> Result<LutFile, Invalid> {
    if text.len() > LOOK_LIMIT {
        return Err(field(of, format!("the LUT has {} bytes; at most {LOOK_LIMIT} are accepted", text.len())));
    }
    lut::formats::read(text.as_bytes(), Some(&name)).map_err(|error| field(of, error))?;
    Ok(LutFile { name, data: text.into_bytes() })
}

/// Name of a review in the record.
pub(crate) fn object(id: Uuid) -> String {
    format!("review:{id}")
}

impl Services {
    /// Plans a review.
    ///
    /// # Errors
    /// When a value breaks a rule.
    pub async fn create_review(&self, new: NewReview, by: &By) -> Result<ReviewRecord, Error> {
        let before = match new.previous {
            Some(previous) => Some(self.permitted_review(previous, Permission::ReviewSee, by).await?),
            None => None,
        };
        let of_before = before.as_ref().map(|before| before.project.id);
        let project = self.project(new.project.or(of_before).unwrap_or(project::DEFAULT)).await?.facts;
        if of_before.is_some_and(|before| before != project.id) {
            return Err(field("previous", "the round before it is in another project").into());
        }
        self.permit(by, Permission::ReviewCreate, &Object::Project(project)).await?;
        let (now, created_by) = (UtcInstant::now(), by.account());
        let record = tokio::task::spawn_blocking(move || new.checked(project, before.as_ref(), created_by, now))
            .await
            .map_err(|_| Error::Busy)??;
        let mut write = self.store.write().await?;
        table::insert(write.connection(), &record).await?;
        let event = Event::done(now, by, Action::ReviewCreated, object(record.id))
            .review(record.id)
            .with("project", record.project.id)
            .with("title", &record.title)
            .with("starts_at", record.window.starts_at)
            .with("ends_at", record.window.ends_at)
            .with("version", record.version);
        let event = record.previous.map_or(event.clone(), |previous| event.with("previous", previous));
        write.commit(&event).await?;
        self.tell(Change::Review(record.id));
        Ok(record)
    }

    /// All reviews, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviews(&self) -> Result<Vec<ReviewRecord>, Error> {
        Ok(table::list(&mut *self.store.read().await?).await?)
    }

    /// The reviews that somebody may see, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviews_seen_by(&self, by: &By) -> Result<Vec<ReviewRecord>, Error> {
        let mut reviews = self.reviews().await?;
        reviews.retain(|review| authorize(&by.actor, Permission::ReviewSee, &review.object()).is_ok());
        Ok(reviews)
    }

    /// Reviews that are live now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn live_reviews(&self) -> Result<Vec<ReviewRecord>, Error> {
        Ok(table::live(&mut *self.store.read().await?, UtcInstant::now()).await?)
    }

    /// A review by id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn review(&self, id: Uuid) -> Result<ReviewRecord, Error> {
        let found = table::by_id(&mut *self.store.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found(Noun::Review, id))
    }

    /// Declares what colour a review's source is in.
    ///
    /// # Errors
    /// When there is no such review, or it has ended.
    pub async fn set_input_color(&self, id: Uuid, color: InputColor, by: &By) -> Result<ReviewRecord, Error> {
        self.permitted_review(id, Permission::ReviewColor, by).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let found = table::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Review, id))?;
        if found.window.state(now) == ReviewState::Ended {
            return Err(Error::ReviewOver);
        }
        let look = Look { input_color: color, ..found.program.look.clone() };
        table::set_look(write.connection(), id, &look).await?;
        let event = Event::done(now, by, Action::ReviewInputColor, object(id))
            .review(id)
            .with("from", format!("{:?}", found.program.look.input_color))
            .with("to", format!("{color:?}"));
        write.commit(&event).await?;
        self.tell(Change::Review(id));
        self.review(id).await
    }

    /// Ends a review: its links are taken back, its viewings stop. Ending it twice changes nothing.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such review.
    pub async fn end_review(&self, id: Uuid, by: &By) -> Result<ReviewRecord, Error> {
        self.permitted_review(id, Permission::ReviewEnd, by).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let found = table::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Review, id))?;
        if found.window.ended_at.is_some() {
            return Ok(found);
        }
        let event = self.write_end(&mut write, id, by, now).await?;
        write.commit(&event).await?;
        self.tell(Change::Review(id));
        self.tell(Change::Links(id));
        self.review(id).await
    }

    /// Ends a review in a transaction; the event is still to be recorded.
    pub(super) async fn write_end(
        &self,
        write: &mut Write,
        id: Uuid,
        by: &By,
        now: UtcInstant,
    ) -> Result<Event, Error> {
        for link in table::end(write.connection(), id, now).await? {
            let event = Event::done(now, by, Action::LinkRevoked, format!("link:{link}"));
            write.record(&event.review(id).with("because", "review_ended"));
        }
        Ok(Event::done(now, by, Action::ReviewEnded, object(id)).review(id))
    }
}
