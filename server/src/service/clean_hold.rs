//! Clean holds: the visible mark is lifted for moments, the invisible one stays. What ends them is here and, should this
//! process be held up, in the engine, which counts for itself.

use std::time::Duration;

use uuid::Uuid;

use super::review::object;
use super::viewing::Screening;
use super::{Change, Error};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::clean_hold::{CleanHold, HoldEnd, HoldRefusal, LONGEST};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::review::ReviewState;
use crate::store::review::ReviewRecord;
use crate::store::{clean_hold as table, project};

impl Screening {
    /// Lifts the visible mark from the pictures of whoever watches a review now, for at most [`LONGEST`].
    ///
    /// # Errors
    /// When it is not allowed to this actor, in this project or under this policy, when the review is not live, while one
    /// lasts and shortly after.
    pub async fn start_clean_hold(&self, id: Uuid, lasting: Duration, by: &By) -> Result<CleanHold, Error> {
        let review = self.services.permitted_review(id, Permission::MarkLift, by).await?;
        if lasting.is_zero() || lasting > LONGEST {
            let reason = format!("{} s; a clean hold lasts 1 to {} s", lasting.as_secs(), LONGEST.as_secs());
            return Err(Invalid::Field { field: "seconds", reason }.into());
        }
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        let last = table::of_review(write.connection(), id).await?;
        let allowed = self.may_lift(write.connection(), &review, now).await?;
        let allowed = allowed.and_then(|()| last.map_or(Ok(()), |last| last.lets_another(now)));
        if let Err(refusal) = allowed {
            let event = Event::refused(now, by, Action::MarkLifted, object(id)).review(id);
            write.commit(&event.with("reason", refusal)).await?;
            return Err(Error::CleanHold(refusal));
        }
        let ends_at = now.plus(lasting);
        table::start(write.connection(), id, now, ends_at).await?;
        let event = Event::done(now, by, Action::MarkLifted, object(id)).review(id);
        write.commit(&event.with("seconds", lasting.as_secs())).await?;
        self.projector.lift(id, Some(lasting));
        self.services.tell(Change::Source(id));
        Ok(CleanHold { started_at: now, ends_at, ended_at: None })
    }

    /// Brings the visible mark of a review back before the time.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such review.
    pub async fn end_clean_hold(&self, id: Uuid, by: &By) -> Result<(), Error> {
        self.services.permitted_review(id, Permission::MarkLift, by).await?;
        self.restore(id, HoldEnd::Asked, by).await
    }

    /// Whether a review's visible mark may be lifted.
    async fn may_lift(
        &self,
        connection: &mut sqlx::SqliteConnection,
        review: &ReviewRecord,
        now: UtcInstant,
    ) -> Result<Result<(), HoldRefusal>, Error> {
        let allows = project::by_id(connection, review.project.id).await?.is_some_and(|project| project.clean_hold);
        Ok(if self.services.policy.tightened(review.project.classification).door.no_clean_hold {
            Err(HoldRefusal::Policy)
        } else if !allows {
            Err(HoldRefusal::Project)
        } else if review.window.state(now) != ReviewState::Live {
            Err(HoldRefusal::NotLive)
        } else {
            Ok(())
        })
    }

    /// The mark first, then the record.
    async fn restore(&self, id: Uuid, why: HoldEnd, by: &By) -> Result<(), Error> {
        self.projector.lift(id, None);
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        if table::end(write.connection(), id, now).await? {
            let event = Event::done(now, by, Action::MarkRestored, object(id)).review(id);
            write.commit(&event.with("because", why)).await?;
            self.services.tell(Change::Source(id));
        }
        Ok(())
    }

    /// Ends every clean hold whose time is over or that lost its right.
    pub(super) async fn supervise_clean_holds(&self, now: UtcInstant) -> Result<(), Error> {
        let running = table::running(&mut *self.services.store.read().await?).await?;
        for (id, hold) in running {
            let review = self.services.review(id).await?;
            let why = if now >= hold.ends_at {
                HoldEnd::Time
            } else {
                match self.may_lift(&mut *self.services.store.read().await?, &review, now).await? {
                    Ok(()) => continue,
                    Err(HoldRefusal::NotLive) => HoldEnd::Review,
                    Err(_) => HoldEnd::Policy,
                }
            };
            self.restore(id, why, &By::SERVER).await?;
        }
        Ok(())
    }

    /// Ends every clean hold: when the server stops, and what a killed one left behind.
    ///
    /// # Errors
    /// When the store fails; the marks are back nevertheless.
    pub async fn end_clean_holds(&self) -> Result<(), Error> {
        let running = table::running(&mut *self.services.store.read().await?).await?;
        for (id, _) in running {
            self.restore(id, HoldEnd::Server, &By::SERVER).await?;
        }
        Ok(())
    }
}
