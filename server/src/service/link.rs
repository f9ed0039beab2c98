//! Links: make, inspect, redeem, take back.

use std::net::IpAddr;

use uuid::Uuid;

use super::alarm::{tell_of_link, tell_of_network, tell_of_refusal};
use super::review::object as review_object;
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::{self, Invalid};
use crate::domain::link::{self, IDLE_AFTER, Invitation, LinkDoor, LinkFacts, LinkRefusal, SecondDevice};
use crate::domain::network::Origins;
use crate::domain::notification::{Notification, Occasion, far_apart};
use crate::domain::review::{ReviewState, TITLE_LIMIT};
use crate::domain::secret::{SecretText, Token, TokenHash};
use crate::domain::viewer;
use crate::domain::viewing::EndReason;
use crate::store::link as table;
use crate::store::link::LinkRecord;
use crate::store::review::ReviewRecord;
use crate::store::viewer as viewers;
use crate::store::viewer::{NewViewer, ViewerRecord};
use crate::store::{Write, review as reviews};
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

/// Somebody at the door.
#[derive(Clone, Debug)]
pub struct Guest {
    /// From where.
    pub ip: IpAddr,
    /// With what.
    pub user_agent: String,
    /// The viewer cookie they come with, if any.
    pub token: Option<TokenHash>,
}

/// Somebody who came in.
#[derive(Clone, Debug)]
pub struct Redeemed {
    /// The cookie's value.
    pub token: Token,
    /// Who they are now.
    pub viewer: ViewerRecord,
}

/// How a guest comes in.
struct Entry {
    /// Viewers of the same link who give way: idle ones, and the same browser's.
    gives_way: Vec<ViewerRecord>,
    /// Whether somebody watches, or waits, through the link elsewhere.
    elsewhere: bool,
    /// The address of one of those who is in another place altogether.
    far: Option<IpAddr>,
    /// Whether the same browser comes in again.
    again: bool,
    /// Whether they wait to be let in.
    waits: bool,
}

impl Entry {
    fn of(running: Vec<ViewerRecord>, own: Option<Uuid>, door: &LinkDoor, from: IpAddr, now: UtcInstant) -> Self {
        let is_own = |viewer: &ViewerRecord| Some(viewer.id) == own;
        let active = |viewer: &ViewerRecord| viewer.connected || viewer.seen_at > now.minus(IDLE_AFTER);
        let again = running.iter().any(is_own);
        let admitted = running.iter().any(|viewer| is_own(viewer) && !viewer.waits);
        let (stays, gives_way): (Vec<_>, Vec<_>) =
            running.into_iter().partition(|viewer| active(viewer) && !is_own(viewer));
        let elsewhere = !stays.is_empty();
        let mut addresses = stays.iter().filter_map(|viewer| viewer.ip.parse::<IpAddr>().ok());
        let far = addresses.find(|inside| far_apart(*inside, from));
        Self { gives_way, elsewhere, far, again, waits: elsewhere || (door.waiting_room && !admitted) }
    }
}

/// Name of a link in the record.
pub(super) fn object(id: Option<Uuid>) -> String {
    id.map_or_else(|| "link:unknown".to_owned(), |id| format!("link:{id}"))
}

fn created(link: &LinkRecord, by: &By, now: UtcInstant) -> Event {
    let LinkDoor { origins, waiting_room, second_device } = &link.door;
    let event = Event::done(now, by, Action::LinkCreated, object(Some(link.id)))
        .review(link.review_id)
        .with("name", &link.name)
        .with("email", &link.email)
        .with("expires_at", link.facts.expires_at)
        .with("networks", &origins.link)
        .with("waiting_room", waiting_room)
        .with("second_device", second_device);
    match link.facts.uses_limit {
        Some(limit) => event.with("uses_limit", limit),
        None => event,
    }
}

fn about(event: Event, link: Option<&LinkRecord>) -> Event {
    match link {
        Some(link) => event.review(link.review_id),
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
        let Invitation { name, email, expires_at, networks, uses_limit, waiting_room, second_device } = invitation;
        let (name, email) = (invalid::line("name", &name, TITLE_LIMIT)?, invalid::email(&email)?);
        let uses_limit = link::uses_limit(uses_limit)?;
        let found = self.permitted_review(review, Permission::LinkCreate, by).await?;
        let policy = self.policy.tightened(found.project.classification);
        let project = self.project(found.project.id).await?.networks;
        let door = LinkDoor { origins: Origins { link: networks, project }, waiting_room, second_device };
        let door = door.under(&policy.door);
        if policy.door.named_networks && !door.origins.named() {
            return Err(Invalid::NetworksMissing.into());
        }
        if found.window.state(now) == ReviewState::Ended {
            return Err(Error::ReviewOver);
        }
        let expires_at = link::expiry(expires_at, found.window.ends_at, policy.link_life, now)?;
        let (secret, passphrase) = (random::token()?, random::passphrase()?);
        let passphrase_hash = self.hasher.hash(&link::normalized(&passphrase)).await?;
        let facts = LinkFacts { expires_at, revoked_at: None, tries_used: 0, in_use: false, uses: 0, uses_limit };
        let id = Uuid::now_v7();
        let record = LinkRecord {
            id,
            review_id: review,
            name,
            email,
            passphrase_hash,
            created_at: now,
            last_used_at: None,
            facts,
            door,
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

    /// What a link opens, without opening it.
    ///
    /// # Errors
    /// [`Error::Refused`] alike for every reason.
    pub async fn inspect_link(&self, secret: &str, guest: &Guest) -> Result<(LinkRecord, ReviewRecord), Error> {
        self.permit(&By::stranger(guest.ip), Permission::LinkOpen, &Object::House).await?;
        let now = UtcInstant::now();
        let (link, refusal) = {
            let mut connection = self.store.read().await?;
            let link = match Token::parse(secret) {
                Some(token) => table::by_secret(&mut connection, token.hash(), now).await?,
                None => None,
            };
            match &link {
                None => (link, LinkRefusal::UnknownLink),
                Some(found) => {
                    let review = reviews::by_id(&mut connection, found.review_id).await?;
                    let review = review.ok_or_else(|| Error::not_found(Noun::Review, found.review_id))?;
                    let door = self.policy.tightened(review.project.classification).door;
                    match found.facts.may_inspect(&review.window, now) {
                        Ok(()) if found.door.origins.allow(guest.ip, door.named_networks) => {
                            return Ok((found.clone(), review));
                        }
                        Ok(()) => (link, LinkRefusal::Network),
                        Err(refusal) => (link, refusal),
                    }
                }
            }
        };
        let by = By::stranger(guest.ip);
        let event = Event::refused(now, &by, Action::LinkInspectRefused, object(link.as_ref().map(|link| link.id)));
        let event = about(event, link.as_ref()).with("reason", refusal);
        let mut write = self.store.write().await?;
        if let (Some(link), LinkRefusal::Network) = (&link, refusal) {
            tell_of_network(&mut write, link, guest, now).await?;
        }
        write.commit(&event).await?;
        Err(Error::Refused)
    }

    /// Redeems a link. A try is taken before the passphrase is looked at and given back when it was right; one Argon2id
    /// run is made whatever is wrong.
    ///
    /// # Errors
    /// [`Error::Refused`] alike for every reason; [`Error::Busy`] when too many are being checked.
    pub async fn redeem_link(&self, secret: &str, passphrase: &SecretText, guest: &Guest) -> Result<Redeemed, Error> {
        self.permit(&By::stranger(guest.ip), Permission::LinkOpen, &Object::House).await?;
        let secret = Token::parse(secret).map(|token| token.hash());
        let (link, reserved) = self.take_try(secret, guest).await?;
        let hash = link.as_ref().filter(|_| reserved).map(|link| link.passphrase_hash.as_str());
        let right = match self.hasher.verify(&link::normalized(passphrase), hash).await {
            Ok(right) => right,
            Err(error) => return self.not_evaluated(link.filter(|_| reserved), guest, error.into()).await,
        };
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let mut revoked = false;
        let refusal = match &link {
            None => LinkRefusal::UnknownLink,
            Some(_) if !reserved => LinkRefusal::Locked,
            Some(_) if !right => LinkRefusal::WrongPassphrase,
            Some(link) => {
                table::return_try(write.connection(), link.id).await?;
                let (entry, verdict) = self.may_redeem(&mut write, link.id, guest, now).await?;
                let far = entry.far.filter(|_| matches!(verdict, Ok(()) | Err(LinkRefusal::InUse)));
                if let Some(inside) = far {
                    revoked = self.two_places(&mut write, link, [inside, guest.ip], now).await?;
                }
                match verdict {
                    Ok(()) if !revoked => return self.let_in(write, link, entry, guest, now).await,
                    Ok(()) => LinkRefusal::Revoked,
                    Err(refusal) => refusal,
                }
            }
        };
        if let Some(link) = &link {
            tell_of_refusal(&mut write, link, refusal, guest, now).await?;
        }
        let id = link.as_ref().map(|link| link.id);
        let event = Event::refused(now, &By::stranger(guest.ip), Action::LinkRefused, object(id));
        write.commit(&about(event, link.as_ref()).with("reason", refusal)).await?;
        if let Some(link) = link.filter(|_| revoked) {
            self.tell(Change::Links(link.review_id));
        }
        Err(Error::Refused)
    }

    /// Takes one of the link's tries, and records that somebody tried.
    async fn take_try(&self, secret: Option<TokenHash>, guest: &Guest) -> Result<(Option<LinkRecord>, bool), Error> {
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let link = match secret {
            Some(secret) => table::by_secret(write.connection(), secret, now).await?,
            None => None,
        };
        let reserved = match &link {
            Some(link) => table::reserve_try(write.connection(), link.id).await?,
            None => false,
        };
        let id = link.as_ref().map(|link| link.id);
        let event =
            Event::done(now, &By::stranger(guest.ip), Action::LinkTried, object(id)).with("evaluated", reserved);
        write.commit(&about(event, link.as_ref())).await?;
        Ok((link, reserved))
    }

    /// A try that was taken but not evaluated is given back.
    async fn not_evaluated(&self, link: Option<LinkRecord>, guest: &Guest, error: Error) -> Result<Redeemed, Error> {
        let mut write = self.store.write().await?;
        let id = link.as_ref().map(|link| link.id);
        if let Some(id) = id {
            table::return_try(write.connection(), id).await?;
        }
        let event = Event::refused(UtcInstant::now(), &By::stranger(guest.ip), Action::LinkRefused, object(id));
        write.commit(&about(event, link.as_ref()).with("reason", LinkRefusal::Busy)).await?;
        Err(error)
    }

    /// How the guest would come in, and whether the link opens now.
    async fn may_redeem(
        &self,
        write: &mut Write,
        id: Uuid,
        guest: &Guest,
        now: UtcInstant,
    ) -> Result<(Entry, Result<(), LinkRefusal>), Error> {
        let link = table::by_id(write.connection(), id, now).await?.ok_or_else(|| Error::not_found(Noun::Link, id))?;
        let review = reviews::by_id(write.connection(), link.review_id).await?;
        let review = review.ok_or_else(|| Error::not_found(Noun::Review, link.review_id))?;
        let running = viewers::running_of_link(write.connection(), id).await?;
        let own = match guest.token {
            Some(token) => viewers::by_token(write.connection(), token).await?.map(|viewer| viewer.id),
            None => None,
        };
        let house = self.policy.tightened(review.project.classification).door;
        let named_networks = house.named_networks;
        let door = link.door.under(&house);
        let entry = Entry::of(running, own, &door, guest.ip, now);
        let in_use = entry.elsewhere && door.second_device == SecondDevice::Refused;
        let uses_limit = link.facts.uses_limit.filter(|_| !entry.again);
        let facts = LinkFacts { in_use, uses_limit, ..link.facts };
        let verdict = match facts.may_redeem(&review.window, now) {
            Ok(()) if !door.origins.allow(guest.ip, named_networks) => Err(LinkRefusal::Network),
            other => other,
        };
        Ok((entry, verdict))
    }

    /// Makes the guest a viewer.
    async fn let_in(
        &self,
        mut write: Write,
        link: &LinkRecord,
        entry: Entry,
        guest: &Guest,
        now: UtcInstant,
    ) -> Result<Redeemed, Error> {
        for old in &entry.gives_way {
            viewers::end(write.connection(), old.id, EndReason::Replaced, now).await?;
            let event = Event::done(now, &By::SERVER, Action::ViewerEnded, format!("viewer:{}", old.id));
            write.record(&event.review(link.review_id).with("reason", EndReason::Replaced)).await?;
        }
        let (token, id, code) = (random::token()?, Uuid::now_v7(), random::session_code()?);
        let ip = guest.ip.to_canonical().to_string();
        let new = NewViewer {
            id,
            review_id: link.review_id,
            link_id: link.id,
            token: token.hash(),
            ip: &ip,
            browser: &viewer::browser(&guest.user_agent),
            session_code: &code,
            waits: entry.waits,
            joined_at: now,
        };
        viewers::insert(write.connection(), &new).await?;
        table::set_used(write.connection(), link.id, entry.again, now).await?;
        let viewer = viewers::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Viewer, id))?;
        let action = if entry.waits { Action::ViewerWaits } else { Action::ViewerJoined };
        if link.last_used_at.is_none() {
            tell_of_link(&mut write, link, Occasion::LinkFirstUsed, Some(ip.clone()), now).await?;
        }
        let by = By::viewer(id, link.review_id, guest.ip);
        let event = Event::done(now, &by, action, review_object(link.review_id))
            .review(link.review_id)
            .with("link", link.id)
            .with("name", &link.name)
            .with("email", &link.email)
            .with("session_code", &code)
            .with("browser", new.browser);
        write.commit(&event).await?;
        for old in entry.gives_way {
            self.tell(Change::Ended { viewer: old.id, viewing: None, reason: EndReason::Replaced });
        }
        self.tell(Change::Viewers(link.review_id));
        self.tell(Change::Links(link.review_id));
        Ok(Redeemed { token, viewer })
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
            write.record(&event(link)).await?;
        }
        table::set_expiry_recorded(write.connection(), last.id).await?;
        write.commit(&event(last)).await?;
        Ok(())
    }

    /// Refuses a redeem that came from a foreign page, at the same cost as any other refusal.
    ///
    /// # Errors
    /// Always [`Error::Refused`], unless the store fails.
    pub async fn refuse_foreign_redeem(&self, ip: IpAddr) -> Result<(), Error> {
        let by = By::stranger(ip);
        let event = Event::refused(UtcInstant::now(), &by, Action::LinkRefused, object(None));
        self.record(&Event { action: Action::LinkTried, ..event.clone() }.with("evaluated", false)).await?;
        self.hasher.verify(&SecretText::new("foreign origin"), None).await?;
        self.record(&event.with("reason", LinkRefusal::ForeignOrigin)).await?;
        Err(Error::Refused)
    }
}
