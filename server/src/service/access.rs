//! Permission: asked of the one rule, and recorded when it is denied.

use uuid::Uuid;

use super::{Error, Noun, Services};
use crate::domain::access::{Denied, Object, Permission, authorize};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::project::Classification;
use crate::store::inside::Supervised;
use crate::store::project;
use crate::store::review::ReviewRecord;
use crate::store::viewer::ViewerRecord;

impl ReviewRecord {
    /// The review as an object of access.
    pub fn object(&self) -> Object {
        Object::Review { id: self.id, project: self.project }
    }
}

impl ViewerRecord {
    /// The review they watch as an object of access.
    pub fn object(&self) -> Object {
        Object::Review { id: self.review_id, project: self.project }
    }
}

impl Supervised {
    /// The review they watch as an object of access.
    pub fn object(&self) -> Object {
        Object::Review { id: self.review_id, project: self.project }
    }
}

fn name(object: &Object) -> String {
    match object {
        Object::House => "house".to_owned(),
        Object::Projects(_) => "projects".to_owned(),
        Object::Account(id) => format!("account:{id}"),
        Object::Project(project) => format!("project:{}", project.id),
        Object::Review { id, .. } => format!("review:{id}"),
    }
}

fn missing(object: &Object) -> Error {
    match object {
        Object::House | Object::Projects(_) => Error::Forbidden,
        Object::Account(id) => Error::not_found(Noun::Account, id),
        Object::Project(project) => Error::not_found(Noun::Project, project.id),
        Object::Review { id, .. } => Error::not_found(Noun::Review, id),
    }
}

impl Services {
    /// Goes on only when the rule allows it; a refusal is recorded first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when it is not allowed; [`Error::NotFound`] when even the object's existence is not the
    /// actor's to know; [`Error::SecondFactorMissing`] when the object's project demands one.
    pub async fn permit(&self, by: &By, permission: Permission, object: &Object) -> Result<(), Error> {
        let Err(denied) = authorize(&by.actor, permission, object) else { return Ok(()) };
        let event = Event::refused(UtcInstant::now(), by, Action::AccessDenied, name(object));
        let event = event.with("permission", permission).with("reason", denied);
        self.record(&match object {
            Object::Review { id, .. } => event.review(*id),
            _ => event,
        })
        .await?;
        Err(match denied {
            Denied::NotGranted => Error::Forbidden,
            Denied::NotOwn => missing(object),
            Denied::SecondFactorMissing => Error::SecondFactorMissing,
        })
    }

    /// All projects as an object of access, for what is read of them together.
    pub(super) async fn all_projects(&self) -> Result<Object, Error> {
        let projects = project::list(&mut *self.store.read().await?).await?;
        let is_any = |of: &Classification| projects.iter().any(|project| project.facts.classification == *of);
        let most = Classification::ALL.iter().rev().copied().find(is_any);
        Ok(Object::Projects(most.unwrap_or(Classification::Internal)))
    }

    /// A review by id, for whoever may do this to it.
    ///
    /// # Errors
    /// When there is none, or as [`Services::permit`].
    pub async fn permitted_review(&self, id: Uuid, permission: Permission, by: &By) -> Result<ReviewRecord, Error> {
        let found = self.review(id).await?;
        self.permit(by, permission, &found.object()).await?;
        Ok(found)
    }
}
