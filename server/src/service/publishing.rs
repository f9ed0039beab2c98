//! Senders: their keys, and what they publish.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use pipelines::spec::source::{SourceId, SourceSpec};
use uuid::Uuid;

use super::source::listed;
use super::viewing::Screening;
use super::{Change, Error, Services};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::publishing::PublishEnd;
use crate::domain::secret::Token;
use crate::media::{PublishAnswer, PublishRefusal, PublishRequest, PublishState};
use crate::store::publishing as table;
use crate::store::publishing::{KeyRecord, PublishFacts, PublishingRecord};
use crate::token::random;

/// A connection that was silent for this long gives way to a new one with the same key.
const SILENT: Duration = Duration::from_secs(2);

/// A connection that started.
#[derive(Debug)]
pub struct StartedPublishing {
    /// Its id.
    pub id: Uuid,
    /// The answer for the sender.
    pub answer: PublishAnswer,
}

pub(super) fn object(source: SourceId) -> String {
    format!("source:{source}")
}

impl KeyRecord {
    fn object(&self) -> Object {
        Object::Review { id: self.review, project: self.project }
    }

    fn by(&self, ip: IpAddr) -> By {
        By::publisher(self.source, self.review, ip)
    }

    fn event(&self, now: UtcInstant, by: &By, action: Action) -> Event {
        Event::done(now, by, action, object(self.source)).review(self.review)
    }
}

impl Services {
    /// Gives a source of the kind `whip` a new key, told this once; the one before it stops at once.
    ///
    /// # Errors
    /// When it is not allowed, there is no such source, or nobody can publish to it.
    pub async fn make_publish_key(&self, review: Uuid, source: SourceId, by: &By) -> Result<Token, Error> {
        self.permitted_review(review, Permission::ReviewDrive, by).await?;
        if listed(&self.sources(review).await?, source)?.spec != SourceSpec::Whip {
            return Err(Error::NotPublished);
        }
        let (now, key) = (UtcInstant::now(), random::token()?);
        let mut write = self.store.write().await?;
        let id = table::replace_key(write.connection(), source, &key.hash(), by.account(), now).await?;
        let event = Event::done(now, by, Action::PublishKeyMade, object(source)).review(review);
        write.commit(&event.with("key", id)).await?;
        // A sender with the old key ends now.
        self.tell(Change::Review(review));
        Ok(key)
    }

    /// What is published to a review's sources.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn publish_facts(&self, review: Uuid) -> Result<Vec<PublishFacts>, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review).await?)
    }

    /// What a key opens, if it is this source's and in force.
    async fn opened_by(&self, key: &str, source: SourceId, ip: IpAddr) -> Result<KeyRecord, Error> {
        let found = match Token::parse(key) {
            Some(token) => table::by_key(&mut *self.store.read().await?, &token.hash()).await?,
            None => None,
        };
        let reason = match &found {
            None => "unknown_key".to_owned(),
            Some(key) if key.source != source => "another_source".to_owned(),
            Some(key) if key.right.key_ended => PublishEnd::KeyReplaced.to_string(),
            Some(key) if key.right.source_removed => PublishEnd::SourceRemoved.to_string(),
            Some(key) => match authorize(&key.by(ip).actor, Permission::SourcePublish, &key.object()) {
                Ok(()) => return Ok(key.clone()),
                Err(denied) => denied.to_string(),
            },
        };
        let event = Event::refused(UtcInstant::now(), &By::stranger(ip), Action::PublishRefused, object(source));
        let event = found.map_or(event.clone(), |key| event.review(key.review));
        self.record_refusal(ip, event.with("reason", reason)).await?;
        Err(Error::KeyRefused)
    }
}

impl Screening {
    /// Whether a key is this source's and in force: asked before anything else of a request is looked at.
    ///
    /// # Errors
    /// [`Error::KeyRefused`] when it is not, which is recorded.
    pub async fn check_publish_key(&self, key: &str, source: SourceId, ip: IpAddr) -> Result<(), Error> {
        self.services.opened_by(key, source, ip).await.map(|_| ())
    }

    /// Takes what a sender publishes to a source.
    ///
    /// # Errors
    /// [`Error::KeyRefused`] alike whatever is wrong with the key; else why the source or media does not take it.
    pub async fn publish(
        &self,
        key: &str,
        source: SourceId,
        offer: String,
        ip: IpAddr,
    ) -> Result<StartedPublishing, Error> {
        let key = self.services.opened_by(key, source, ip).await?;
        let id = Uuid::now_v7();
        self.enter_publishing(id, &key, ip).await?;
        match self.projector.start_publishing(PublishRequest { publishing: id, source, offer }).await {
            Ok(answer) => {
                self.services.tell(Change::Source(key.review));
                Ok(StartedPublishing { id, answer })
            }
            Err(refusal) => {
                let error = match refusal {
                    PublishRefusal::NotAcceptable(text) => Error::NotAcceptable(text),
                    PublishRefusal::BadOffer(text) => Error::BadOffer(text),
                    PublishRefusal::Unusable(text) => Error::UnusableOffer(text),
                };
                let now = UtcInstant::now();
                let mut write = self.services.store.write().await?;
                table::end(write.connection(), id, PublishEnd::OfferRefused, now).await?;
                write.commit(&key.refused(now, ip).with("publishing", id).with("reason", &error)).await?;
                Err(error)
            }
        }
    }

    /// Writes a sender down before any media is taken. One that has fallen silent gives way.
    async fn enter_publishing(&self, id: Uuid, key: &KeyRecord, ip: IpAddr) -> Result<(), Error> {
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        if key.right.at(now).is_err() {
            write.commit(&key.refused(now, ip).with("reason", PublishEnd::ReviewEnded)).await?;
            return Err(Error::ReviewOver);
        }
        let running = table::running(write.connection()).await?;
        let before = running.iter().find(|running| running.key.source == key.source).map(|running| running.id);
        if let Some(before) = before {
            if self.projector.publishing(before).is_some_and(|state| state.silence < SILENT) {
                write.commit(&key.refused(now, ip).with("reason", "already_publishing")).await?;
                return Err(Error::AlreadyPublishing);
            }
            table::end(write.connection(), before, PublishEnd::Replaced, now).await?;
            let event = key.event(now, &key.by(ip), Action::PublishEnded);
            write.record(&event.with("publishing", before).with("reason", PublishEnd::Replaced));
        }
        table::insert(write.connection(), id, key, ip, now).await?;
        let event = key.event(now, &key.by(ip), Action::PublishStarted);
        write.commit(&event.with("publishing", id).with("key", key.id)).await?;
        if let Some(before) = before {
            self.projector.stop_publishing(before, PublishEnd::Replaced.message().to_owned()).await;
        }
        Ok(())
    }

    /// A sender's own connection as it is now; `None` when there is none of this id.
    ///
    /// # Errors
    /// When the key is not this source's.
    pub async fn own_publishing(
        &self,
        key: &str,
        source: SourceId,
        id: Uuid,
        ip: IpAddr,
    ) -> Result<Option<PublishState>, Error> {
        self.services.opened_by(key, source, ip).await?;
        let own = self.projector.publishings().contains(&(id, source));
        Ok(self.projector.publishing(id).filter(|_| own))
    }

    /// Stops publishing at the sender's wish (WHIP DELETE); says whether there was anything to stop.
    ///
    /// # Errors
    /// When the key is not this source's, or the store fails.
    pub async fn unpublish(&self, key: &str, source: SourceId, id: Uuid, ip: IpAddr) -> Result<bool, Error> {
        let key = self.services.opened_by(key, source, ip).await?;
        let running = table::running(&mut *self.services.store.read().await?).await?;
        let Some(found) = running.into_iter().find(|found| found.id == id && found.key.source == source) else {
            return Ok(false);
        };
        self.end_publishing(&found, PublishEnd::Left, PublishEnd::Left.message(), &key.by(ip)).await?;
        Ok(true)
    }

    /// Notes that a sender's media arrives, and how it is encrypted.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn publishing_connected(&self, id: Uuid, cipher: &str) -> Result<(), Error> {
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        let running = table::running(write.connection()).await?;
        let Some(found) = running.into_iter().find(|found| found.id == id) else { return Ok(()) };
        table::set_connected(write.connection(), id, cipher, now).await?;
        let event = found.key.event(now, &By::SERVER, Action::PublishConnected);
        write.commit(&event.with("publishing", id).with("cipher", cipher)).await?;
        self.services.tell(Change::Source(found.key.review));
        Ok(())
    }

    /// Notes that a sender's connection is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn publishing_lost(&self, id: Uuid, reason: &str) -> Result<(), Error> {
        let running = table::running(&mut *self.services.store.read().await?).await?;
        match running.into_iter().find(|found| found.id == id) {
            Some(found) => self.end_publishing(&found, PublishEnd::ConnectionLost, reason, &By::SERVER).await,
            None => Ok(()),
        }
    }

    /// The media first, then the record.
    async fn end_publishing(
        &self,
        found: &PublishingRecord,
        end: PublishEnd,
        words: &str,
        by: &By,
    ) -> Result<(), Error> {
        self.projector.stop_publishing(found.id, words.to_owned()).await;
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        if table::end(write.connection(), found.id, end, now).await? {
            let event = found.key.event(now, by, Action::PublishEnded).with("publishing", found.id);
            write.commit(&event.with("reason", end).with("words", words)).await?;
            self.services.tell(Change::Source(found.key.review));
        }
        Ok(())
    }

    /// Stops every sender that has lost its right, and whatever runs without a record.
    pub(super) async fn supervise_publishings(&self, now: UtcInstant) -> Result<(), Error> {
        // Asked before the record is read: a sender is written down before its media is taken.
        let taken = self.projector.publishings();
        let running = table::running(&mut *self.services.store.read().await?).await?;
        let recorded: HashSet<Uuid> = running.iter().map(|found| found.id).collect();
        let unrecorded = taken.into_iter().filter(|(id, _)| !recorded.contains(id));
        let stop = |(id, _)| self.projector.stop_publishing(id, PublishEnd::ConnectionLost.message().to_owned());
        join_all(unrecorded.map(stop)).await;
        for found in running {
            if let Err(end) = found.key.right.at(now) {
                self.end_publishing(&found, end, end.message(), &By::SERVER).await?;
            }
        }
        Ok(())
    }

    /// Stops every sender, because its right can no longer be looked at.
    pub(super) async fn stop_publishings_blindly(&self) {
        let words = "the server's record cannot be read";
        let stop = |(id, _)| self.projector.stop_publishing(id, words.to_owned());
        join_all(self.projector.publishings().into_iter().map(stop)).await;
    }

    /// Ends all of them, at stop and (left over from a crash) at start.
    pub(super) async fn end_publishings(&self) -> Result<(), Error> {
        let end = PublishEnd::ServerStopping;
        for found in table::running(&mut *self.services.store.read().await?).await? {
            self.end_publishing(&found, end, end.message(), &By::SERVER).await?;
        }
        Ok(())
    }
}

impl KeyRecord {
    fn refused(&self, now: UtcInstant, ip: IpAddr) -> Event {
        Event::refused(now, &self.by(ip), Action::PublishRefused, object(self.source)).review(self.review)
    }
}
