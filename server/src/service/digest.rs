//! Digests: the comments of a project by e-mail, to whoever of the house asked for them, for as long as they may export them.

use std::sync::Arc;

use uuid::Uuid;

use super::project::object;
use super::{Error, Noun, Services};
use crate::domain::access::{Denied, Object, Permission, authorize};
use crate::domain::account::AccountActor;
use crate::domain::audit::{Action, Actor, By, Event};
use crate::domain::digest::{Digest, Rhythm, THREADS_MOST, Wish, by_review, span, wait_after};
use crate::domain::instant::UtcInstant;
use crate::domain::log::LogFilter;
use crate::notify::digest::DigestMail;
use crate::store::account::AccountRecord;
use crate::store::digest as table;
use crate::store::digest::DigestRecord;
use crate::store::project::ProjectRecord;
use crate::store::{account, log, project, setting};

impl Services {
    /// These services with a way to send digests.
    #[must_use]
    pub fn sending_digests(self, mail: Option<DigestMail>) -> Self {
        Self { digests: mail.map(Arc::new), ..self }
    }

    /// Whether the house sends digests at all, and those that somebody asked for.
    ///
    /// # Errors
    /// When the console is not theirs to use.
    pub async fn digests(&self, by: &By) -> Result<(bool, Vec<DigestRecord>), Error> {
        self.permit(by, Permission::ConsoleUse, &Object::House).await?;
        let account = by.account().ok_or(Error::NotSignedIn)?;
        let own = table::of_account(&mut *self.store.read().await?, account).await?;
        Ok((self.digests.is_some(), own))
    }

    /// Sends somebody the comments of a project from now on.
    ///
    /// # Errors
    /// When they may not export them, the project is more than internal, the house sends none, or the wish breaks a rule.
    pub async fn ask_digest(&self, id: Uuid, wish: Wish, by: &By) -> Result<DigestRecord, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::CommentsExport, &Object::Project(found.facts)).await?;
        let account = by.account().ok_or(Error::NotSignedIn)?;
        let wish = wish.checked()?;
        if self.digests.is_none() {
            return Err(Error::NoDigests);
        }
        let mut write = self.store.write().await?;
        let reader = account::by_id(write.connection(), account).await?;
        let reader = reader.ok_or_else(|| Error::not_found(Noun::Account, account))?;
        let now = UtcInstant::now();
        let projects = project::of_account(write.connection(), account).await?;
        if let Err(Denied::SecondFactorMissing) = may_read(&reader, projects, &found, now) {
            return Err(Error::DigestTooSecret);
        }
        let next_at = wish.next_at(now);
        let record = DigestRecord {
            account_id: account,
            project_id: id,
            wish,
            asked_at: now,
            told_until: now,
            next_at,
            tries: 0,
        };
        table::put(write.connection(), &record).await?;
        let event = Event::done(now, by, Action::DigestAsked, object(id)).with("email", &record.wish.email);
        write.commit(&event.with("rhythm", record.wish.rhythm).with("hour_utc", record.wish.hour_utc)).await?;
        Ok(record)
    }

    /// Sends somebody the comments of a project no more; nothing happens when they were sent none.
    ///
    /// # Errors
    /// When the console is not theirs to use.
    pub async fn stop_digest(&self, id: Uuid, by: &By) -> Result<(), Error> {
        self.permit(by, Permission::ConsoleUse, &Object::House).await?;
        let account = by.account().ok_or(Error::NotSignedIn)?;
        let mut write = self.store.write().await?;
        if table::remove(write.connection(), account, id).await? {
            write.commit(&Event::done(UtcInstant::now(), by, Action::DigestStopped, object(id))).await?;
        }
        Ok(())
    }

    /// Sends the digests that are due. One that is not taken is tried again later and holds up no other.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_digests(&self) -> Result<(), Error> {
        let Some(mail) = self.digests.clone() else { return Ok(()) };
        let due = table::due(&mut *self.store.read().await?, UtcInstant::now()).await?;
        for digest in due {
            self.send_digest(&mail, digest).await?;
        }
        Ok(())
    }

    async fn send_digest(&self, mail: &DigestMail, due: DigestRecord) -> Result<(), Error> {
        let now = UtcInstant::now();
        let found = self.project(due.project_id).await?;
        if let Some(reason) = self.no_reader(&due, &found, now).await? {
            return self.withdraw(&due, reason, now).await;
        }
        let span = span(due.told_until, now);
        let told = DigestRecord { told_until: span.end, next_at: due.wish.next_at(now), tries: 0, ..due.clone() };
        let digest = self.digest(&found, due.wish.rhythm, span).await?;
        if digest.reviews.is_empty() {
            return self.advance(&told).await;
        }
        let tries = due.tries.saturating_add(1);
        self.leaving(&DigestRecord { tries, next_at: now.plus(wait_after(tries)), ..due.clone() }, &digest, now)
            .await?;
        match mail.send(&due.wish.email, &digest).await {
            Ok(()) => self.advance(&told).await,
            Err(error) => {
                tracing::warn!(project = %due.project_id, %error, "a digest was not taken");
                let event = Event::refused(UtcInstant::now(), &By::SERVER, Action::DigestSent, object(due.project_id));
                self.record(&event.with("email", &due.wish.email).with("tries", tries)).await
            }
        }
    }

    /// Records that a digest leaves before it does, and in the same transaction when it is tried again if it is not taken.
    async fn leaving(&self, due: &DigestRecord, digest: &Digest, now: UtcInstant) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        table::advance(write.connection(), due).await?;
        let event = Event::done(now, &By::SERVER, Action::DigestSent, object(due.project_id));
        let event = event.with("email", &due.wish.email).with("rhythm", due.wish.rhythm).with("tries", due.tries);
        write.commit(&event.with("reviews", digest.reviews.len()).with("threads", digest.threads())).await?;
        Ok(())
    }

    async fn advance(&self, told: &DigestRecord) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        table::advance(write.connection(), told).await?;
        Ok(write.commit_bookkeeping().await?)
    }

    /// Why whoever asked may not read it any more, if they may not.
    async fn no_reader(
        &self,
        due: &DigestRecord,
        project: &ProjectRecord,
        now: UtcInstant,
    ) -> Result<Option<String>, Error> {
        let mut connection = self.store.read().await?;
        let Some(reader) = account::by_id(&mut connection, due.account_id).await? else {
            return Ok(Some("no_account".to_owned()));
        };
        let projects = project::of_account(&mut connection, due.account_id).await?;
        Ok(may_read(&reader, projects, project, now).err().map(|denied| denied.to_string()))
    }

    async fn withdraw(&self, due: &DigestRecord, reason: String, now: UtcInstant) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        table::remove(write.connection(), due.account_id, due.project_id).await?;
        let event = Event::done(now, &By::SERVER, Action::DigestStopped, object(due.project_id));
        write.commit(&event.with("email", &due.wish.email).with("because", reason)).await?;
        Ok(())
    }

    async fn digest(
        &self,
        project: &ProjectRecord,
        rhythm: Rhythm,
        span: std::ops::Range<UtcInstant>,
    ) -> Result<Digest, Error> {
        let mut reviews = self.reviews().await?;
        reviews.retain(|review| {
            let over = rhythm == Rhythm::Daily || span.contains(&review.window.over_at());
            review.project.id == project.facts.id && over
        });
        let named: Vec<_> = reviews.into_iter().map(|review| (review.id, review.title)).collect();
        let ids: Vec<_> = named.iter().map(|(id, _)| *id).collect();
        let changed = (rhythm == Rhythm::Daily).then(|| span.clone());
        let filter = LogFilter { changed, ..LogFilter::default() };
        let mut connection = self.store.read().await?;
        let mut threads = log::threads(&mut connection, &ids, &filter, THREADS_MOST + 1).await?;
        let more = threads.len() > THREADS_MOST as usize;
        threads.truncate(THREADS_MOST as usize);
        let url = setting::get(&mut connection, setting::PUBLIC_URL).await?;
        Ok(Digest {
            project: project.name.clone(),
            rhythm,
            since: span.start,
            reviews: by_review(named, threads, rhythm == Rhythm::ReviewEnd),
            more,
            console: url.map(|url| format!("{url}/console")),
        })
    }
}

/// Whether a mailbox of this account may hold the project's comments: it reads them as the account does, without the second
/// factor that no mailbox asks for.
fn may_read(
    reader: &AccountRecord,
    projects: Vec<Uuid>,
    project: &ProjectRecord,
    now: UtcInstant,
) -> Result<(), Denied> {
    if reader.ends_at.is_some_and(|ends_at| now >= ends_at) {
        return Err(Denied::NotGranted);
    }
    let (id, user, role) = (reader.id, reader.user.clone(), reader.role);
    let actor = Actor::Account(AccountActor { id, user, role, projects, second_factor: false });
    authorize(&actor, Permission::CommentsExport, &Object::Project(project.facts))
}
