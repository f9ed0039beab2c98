//! What a project's visible marks show, and how that reaches the pictures of whoever watches.

use std::time::SystemTime;

use pipelines::spec::watermark::{MarkSpec, MarkTemplate, TemplateError};
use pipelines::watermark::preview::preview;
use uuid::Uuid;

use super::project::object;
use super::viewing::Screening;
use super::{Error, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::store::project as table;
use crate::store::project::ProjectRecord;

/// Lines of a preview.
const PREVIEW_LINES: u32 = 720;

fn checked(template: &MarkTemplate) -> Result<(), Invalid> {
    let refused = |error: TemplateError| Invalid::Field { field: error.part(), reason: error.to_string() };
    template.check().map_err(refused)
}

/// A template for the record.
fn told(template: &MarkTemplate) -> Result<String, Error> {
    serde_json::to_string(template).map_err(|error| Error::Store(error.into()))
}

/// Nobody, watching nothing: whom a preview is marked for.
fn nobody(template: MarkTemplate) -> MarkSpec {
    MarkSpec {
        name: "Ana Ito 伊藤".to_owned(),
        email: "ana.ito@example.org".to_owned(),
        ip: "203.0.113.24".to_owned(),
        review: "Reel 3".to_owned(),
        session_code: "K7PX-3MRE".to_owned(),
        template,
    }
}

impl Services {
    /// Says what a project's visible marks show. Whoever watches is marked by it as soon as [`Screening::supervise`] looks.
    ///
    /// # Errors
    /// When it is not allowed, there is no such project, or the marks would name nobody or could not be read.
    pub async fn set_mark_template(&self, id: Uuid, template: &MarkTemplate, by: &By) -> Result<ProjectRecord, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::ProjectMark, &Object::Project(found.facts)).await?;
        checked(template)?;
        let mut write = self.store.write().await?;
        table::set_mark(write.connection(), id, template).await?;
        let event = Event::done(UtcInstant::now(), by, Action::ProjectMark, object(id));
        write.commit(&event.with("from", told(&found.mark)?).with("to", told(template)?)).await?;
        self.project(id).await
    }

    /// Says whether a project's visible marks may be lifted for moments.
    ///
    /// # Errors
    /// When it is not allowed, there is no such project, or its classification or the policy rule it out.
    pub async fn set_clean_hold(&self, id: Uuid, allowed: bool, by: &By) -> Result<ProjectRecord, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::ProjectMark, &Object::Project(found.facts)).await?;
        if allowed && self.policy.tightened(found.facts.classification).door.no_clean_hold {
            let reason = "the house's policy or the project's classification allow no clean hold".to_owned();
            return Err(Invalid::Field { field: "clean_hold", reason }.into());
        }
        let mut write = self.store.write().await?;
        table::set_clean_hold(write.connection(), id, allowed).await?;
        let event = Event::done(UtcInstant::now(), by, Action::ProjectCleanHold, object(id));
        write.commit(&event.with("allowed", allowed)).await?;
        self.project(id).await
    }

    /// What a template looks like over the test chart, as of now: a JPEG.
    ///
    /// # Errors
    /// When it is not allowed, there is no such project, the template breaks a rule, or another preview is being made.
    pub async fn preview_mark(&self, id: Uuid, template: MarkTemplate, by: &By) -> Result<Vec<u8>, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::ProjectMark, &Object::Project(found.facts)).await?;
        checked(&template)?;
        let turn = self.previewing.acquire().await.map_err(|_| Error::Busy)?;
        let draw = move || preview(&nobody(template), PREVIEW_LINES, SystemTime::now());
        let drawn = tokio::task::spawn_blocking(draw).await.map_err(|_| Error::Busy)?;
        drop(turn);
        drawn.map_err(|error| Error::Preview(error.to_string()))
    }
}

impl Screening {
    /// Marks whoever watches by the template that is theirs now; who is marked by it already notices nothing. Between the
    /// two there is no picture without a mark.
    pub(super) async fn supervise_marks(&self) -> Result<(), Error> {
        for (review, template) in table::marks_shown(&mut *self.services.store.read().await?).await? {
            self.projector.set_template(review, &template);
        }
        Ok(())
    }
}
