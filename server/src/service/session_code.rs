//! Whose code is this? What somebody read off a leaked picture, looked up in the record of viewings.

use super::identify::Scope;
use super::{Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::session_code::Reading;
use crate::store::mark::{Witness, bearers};
use crate::store::project;

/// Most viewings that are answered.
const MOST: usize = 100;

/// What a reading leads to.
#[derive(Debug)]
pub struct CodeBearers {
    /// It was read whole, and no viewing can have it: `bearers` are those whose code is nearly that.
    pub misread: bool,
    /// Viewings whose pictures bore it, newest first.
    pub bearers: Vec<Witness>,
}

impl Services {
    /// Finds the viewings whose visible code somebody read, in a review, a project or the whole house. That it was asked is
    /// recorded before it is answered.
    ///
    /// # Errors
    /// When it is not allowed, there is no such review or project, or the text cannot be a code.
    pub async fn find_code(&self, text: &str, scope: Option<Scope>, by: &By) -> Result<CodeBearers, Error> {
        let (review, project) = match scope {
            None => {
                self.permit(by, Permission::LeakTrace, &self.all_projects().await?).await?;
                (None, None)
            }
            Some(Scope::Review(id)) => {
                self.permitted_review(id, Permission::LeakTrace, by).await?;
                (Some(id), None)
            }
            Some(Scope::Project(id)) => {
                let found = project::by_id(&mut *self.store.read().await?, id).await?;
                let found = found.ok_or_else(|| Error::not_found(Noun::Project, id))?;
                self.permit(by, Permission::LeakTrace, &Object::Project(found.facts)).await?;
                (None, Some(id))
            }
        };
        let reading = Reading::of(text).map_err(|why| Invalid::Field { field: "code", reason: why.to_string() })?;
        let misread = reading.is_misread();
        let fits = |code: &str| if misread { reading.is_nearly(code) } else { reading.is(code) };
        let mut bearers = bearers(&mut *self.store.read().await?, review, project, fits).await?;
        let found = bearers.len();
        bearers.truncate(MOST);
        let object = scope.map_or_else(|| "house".to_owned(), |scope| scope.to_string());
        let event = Event::done(UtcInstant::now(), by, Action::LeakTraced, object);
        let event = event.with("code", text.trim()).with("misread", misread).with("viewings_found", found);
        self.record(&review.map_or(event.clone(), |review| event.review(review))).await?;
        Ok(CodeBearers { misread, bearers })
    }
}
