//! Links: make, take back, let expire. What happens when one is opened is in [`super::redeem`].

use uuid::Uuid;

use super::{Change, Error, Noun, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::{self, Invalid};
use crate::domain::link::{self, Invitation, LinkDoor, LinkFacts};
use crate::domain::network::Origins;
use crate::domain::notification::{Notification, Occasion};
use crate::domain::review::{ReviewState, TITLE_LIMIT};
use crate::domain::secret::{SecretText, Token};
use crate::store::link as table;
use crate::store::link::LinkRecord;
use crate::store::review as reviews;
use crate::token::random;

/// A new link with what is shown once.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The link.
    pub link: LinkRecord,
    /// Its secret, for the fragment of the address.
    pub secret: Token,
    /// Its passphrase, to be handed over apart.
    pub passphrase: SecretText,
}

/// Name of a link in the record.
pub(super) fn object(id: Option<Uuid>) -> String {
    id.map_or_else(|| "link:unknown".to_owned(), |id| format!("link:{id}"))
}

fn created(link: &LinkRecord, by: &By, now: UtcInstant) -> Event {
    let LinkDoor { origins, waiting_room, second_device, email_code } = &link.door;
    let event = Event::done(now, by, Action::LinkCreated, object(Some(link.id)))
        .review(link.review_id)
        .with("name", &link.name)
        .with("email", &link.email)
        .with("expires_at", link.facts.expires_at)
        .with("networks", &origins.link)
        .with("waiting_room", waiting_room)
        .with("second_device", second_device)
        .with("email_code", email_code);
    match link.facts.uses_limit {
        Some(limit) => event.with("uses_limit", limit),
        None => event,
    }
}

impl Services {
    /// Invites somebody to a review.
    ///
    /// # Errors
    /// When there is no such review, it is over, or a value breaks a rule.
    pub async fn create_link(&self, review: Uuid, invitation: Invitation, by: &By) -> Result<NewLink, Error> {
        let now = UtcInstant::now();
        let Invitation { name, email, expires_at, networks, uses_limit, waiting_room, second_device, email_code } =
            invitation;
        let (name, email) = (invalid::line("name", &name, TITLE_LIMIT)?, invalid::email(&email)?);
        let uses_limit = link::uses_limit(uses_limit)?;
        let found = self.permitted_review(review, Permission::LinkCreate, by).await?;
        let policy = self.policy.tightened(found.project.classification);
        let project = self.project(found.project.id).await?.networks;
        let door = LinkDoor { origins: Origins { link: networks, project }, waiting_room, second_device, email_code };
        let door = door.under(&policy.door);
        if self.demands_code(&door, found.project.classification) && self.codes.is_none() {
            return Err(Invalid::NoCodes.into());
        }
        if policy.door.named_networks && !door.origins.named() {
            return Err(Invalid::NetworksMissing.into());
        }
        if found.window.state(now) == ReviewState::Ended {
            return Err(Error::ReviewOver);
        }
        let expires_at = link::expiry(expires_at, found.window.ends_at, policy.link_life, now)?;
        let (secret, passphrase) = (random::token()?, random::passphrase()?);
        let passphrase_hash = link::passphrase_hash(&secret, &passphrase).text();
        let facts = LinkFacts { expires_at, revoked_at: None, tries_used: 0, in_use: false, uses: 0, uses_limit };
        let id = Uuid::now_v7();
        let record = LinkRecord {
            id,
            review_id: review,
            account_id: None,
            name,
            email,
            passphrase_hash,
            created_at: now,
            last_used_at: None,
            facts,
            door,
            project: found.project,
            window: found.window,
        };
        let mut write = self.store.write().await?;
        table::insert(write.connection(), &record, secret.hash(), by.account()).await?;
        write.commit(&created(&record, by, now)).await?;
        self.tell(Change::Links(review));
        Ok(NewLink { link: record, secret, passphrase })
    }

    /// All links, or those of one review.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn links(&self, review: Option<Uuid>) -> Result<Vec<LinkRecord>, Error> {
        let mut connection = self.store.read().await?;
        let now = UtcInstant::now();
        Ok(match review {
            Some(review) => table::of_review(&mut connection, review, now).await?,
            None => table::list(&mut connection, now).await?,
        })
    }

    /// Takes a link back; its viewers end. Taking it back twice changes nothing.
    ///
    /// # Errors
    /// When there is no such link.
    pub async fn revoke_link(&self, id: Uuid, by: &By) -> Result<LinkRecord, Error> {
        let now = UtcInstant::now();
        let found = table::by_id(&mut *self.store.read().await?, id, now).await?;
        let found = found.ok_or_else(|| Error::not_found(Noun::Link, id))?;
        self.permitted_review(found.review_id, Permission::LinkRevoke, by).await?;
        let mut write = self.store.write().await?;
        let found = table::by_id(write.connection(), id, now).await?.ok_or_else(|| Error::not_found(Noun::Link, id))?;
        if found.facts.revoked_at.is_none() {
            table::revoke(write.connection(), id, now).await?;
            let event = Event::done(now, by, Action::LinkRevoked, object(Some(id)));
            write.commit(&event.review(found.review_id)).await?;
            self.tell(Change::Links(found.review_id));
        } else {
            drop(write);
        }
        let facts = LinkFacts { revoked_at: found.facts.revoked_at.or(Some(now)), ..found.facts };
        Ok(LinkRecord { facts, ..found })
    }

    /// Records that links are over, and tells of them: once for each review.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn expire_links(&self) -> Result<(), Error> {
        let now = UtcInstant::now();
        let over = table::expired(&mut *self.store.read().await?, now).await?;
        for links in over.chunk_by(|a, b| a.review_id == b.review_id) {
            self.expire(links, now).await?;
        }
        Ok(())
    }

    /// Links of one review.
    async fn expire(&self, links: &[LinkRecord], now: UtcInstant) -> Result<(), Error> {
        let [others @ .., last] = links else { return Ok(()) };
        let mut write = self.store.write().await?;
        let review = reviews::by_id(write.connection(), last.review_id).await?;
        let review = review.ok_or_else(|| Error::not_found(Noun::Review, last.review_id))?;
        let names: Vec<String> = links.iter().map(|link| format!("{} <{}>", link.name, link.email)).collect();
        let told = Notification::new(now, Occasion::LinkExpired).with("review", review.title);
        write.notify(&Notification { review: Some(last.review_id), ..told.with("links", names.join(", ")) }).await?;
        let event = |link: &LinkRecord| {
            Event::done(now, &By::SERVER, Action::LinkExpired, object(Some(link.id))).review(link.review_id)
        };
        for link in others {
            table::set_expiry_recorded(write.connection(), link.id).await?;
            write.record(&event(link));
        }
        table::set_expiry_recorded(write.connection(), last.id).await?;
        write.commit(&event(last)).await?;
        Ok(())
    }
}
