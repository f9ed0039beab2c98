//! Links at the door: looked at, and redeemed with what they demand.

use std::net::IpAddr;

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::alarm::{tell_of_link, tell_of_network, tell_of_refusal};
use super::anomaly::TakenBack;
use super::link::object;
use super::link_code::SentCode;
use super::review::object as review_object;
use super::viewer::Lease;
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::link::{self, IDLE_AFTER, LinkDoor, LinkFacts, LinkRefusal, SecondDevice, TRIES};
use crate::domain::network::household;
use crate::domain::notification::Occasion;
use crate::domain::secret::{SecretText, Token, TokenHash};
use crate::domain::viewer;
use crate::domain::viewing::EndReason;
use crate::store::inside::{self, Inside};
use crate::store::link as table;
use crate::store::link::LinkRecord;
use crate::store::link_failure as failures;
use crate::store::review::ReviewRecord;
use crate::store::viewer as viewers;
use crate::store::viewer::{NewViewer, ViewerRecord};
use crate::store::{Write, review as reviews};
use crate::token::lease_keys::LeaseKeys;
use crate::token::random;

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
    /// The right to media for the first minutes; none for whoever waits at the door.
    pub lease: Option<Lease>,
}

/// What came of a right passphrase.
#[derive(Clone, Debug)]
pub enum Opened {
    /// They are in, or wait at the door.
    In(Box<Redeemed>),
    /// A code was sent to their address, to be given with this ticket.
    CodeSent(SentCode),
}

/// How a guest comes in.
pub(super) struct Entry {
    /// Viewers of the same link who give way: idle ones, and the same browser's.
    gives_way: Vec<Inside>,
    /// Whether somebody watches, or waits, through the link elsewhere.
    elsewhere: bool,
    /// The address of one of those who is in another place altogether.
    far: Option<IpAddr>,
    /// Whether the same browser comes in again.
    again: bool,
    /// Whether they wait to be let in.
    waits: bool,
    /// Whether a code is to be sent first; not to a browser that is in.
    code_due: bool,
}

impl Entry {
    fn of(
        running: Vec<Inside>,
        own: Option<TokenHash>,
        door: &LinkDoor,
        far: impl Fn(IpAddr) -> bool,
        now: UtcInstant,
    ) -> Self {
        let is_own = |viewer: &Inside| own.is_some_and(|own| viewer.token == own.as_bytes());
        let active = |viewer: &Inside| viewer.connected || viewer.seen_at > now.minus(IDLE_AFTER);
        let again = running.iter().any(is_own);
        let admitted = running.iter().any(|viewer| is_own(viewer) && !viewer.waits);
        let (stays, gives_way): (Vec<_>, Vec<_>) =
            running.into_iter().partition(|viewer| active(viewer) && !is_own(viewer));
        let elsewhere = !stays.is_empty();
        let mut addresses = stays.iter().filter_map(|viewer| viewer.ip.parse::<IpAddr>().ok());
        let far = addresses.find(|inside| far(*inside));
        let waits = elsewhere || (door.waiting_room && !admitted);
        Self { gives_way, elsewhere, far, again, waits, code_due: door.email_code && !admitted }
    }
}

pub(super) fn about(event: Event, link: Option<&LinkRecord>) -> Event {
    match link {
        Some(link) => event.review(link.review_id),
        None => event,
    }
}

/// The link of a secret; none where the secret is not even one.
async fn by_secret(
    connection: &mut SqliteConnection,
    secret: Option<&Token>,
    now: UtcInstant,
) -> Result<Option<LinkRecord>, Error> {
    match secret {
        Some(secret) => Ok(table::by_secret(connection, secret.hash(), now).await?),
        None => Ok(None),
    }
}

impl Services {
    /// What a link opens, without opening it.
    ///
    /// # Errors
    /// [`Error::Refused`] alike for every reason.
    pub async fn inspect_link(&self, secret: &str, guest: &Guest) -> Result<(LinkRecord, ReviewRecord), Error> {
        self.permit(&By::stranger(guest.ip), Permission::LinkOpen, &Object::House).await?;
        let now = UtcInstant::now();
        let (link, refusal) = {
            let mut connection = self.store.read().await?;
            let link = by_secret(&mut connection, Token::parse(secret).as_ref(), now).await?;
            match &link {
                None => (link, self.refusal(guest.ip, LinkRefusal::UnknownLink)?),
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
            tell_of_network(&mut write, link, guest.ip, now).await?;
        }
        write.commit(&event).await?;
        Err(Error::Refused)
    }

    /// Redeems a link. Whether a try is left, whether the passphrase is right and what becomes of it is one transaction, in
    /// which nobody else tries.
    ///
    /// # Errors
    /// [`Error::Refused`] alike for every reason.
    pub async fn redeem_link(
        &self,
        secret: &str,
        passphrase: &SecretText,
        guest: &Guest,
        keys: &LeaseKeys,
    ) -> Result<Opened, Error> {
        let mut taken = TakenBack::default();
        let opened = self.redeem(secret, passphrase, guest, keys, &mut taken).await;
        taken.reviews.into_iter().for_each(|review| self.tell(Change::Links(review)));
        opened
    }

    async fn redeem(
        &self,
        secret: &str,
        passphrase: &SecretText,
        guest: &Guest,
        keys: &LeaseKeys,
        taken: &mut TakenBack,
    ) -> Result<Opened, Error> {
        self.permit(&By::stranger(guest.ip), Permission::LinkOpen, &Object::House).await?;
        let (now, secret) = (UtcInstant::now(), Token::parse(secret));
        // Before the one right to write is taken: whoever guesses must not make those wait who know.
        let known = match &secret {
            Some(secret) => table::is_known(&mut *self.store.read().await?, secret.hash()).await?,
            None => false,
        };
        let unknown = if known { LinkRefusal::UnknownLink } else { self.refusal(guest.ip, LinkRefusal::UnknownLink)? };
        let mut write = self.store.write().await?;
        let (link, left) = self.begin_try(&mut write, secret.as_ref(), guest, now).await?;
        let given = secret.map(|secret| link::passphrase_hash(&secret, passphrase).text());
        let right = link.as_ref().map(|link| &link.passphrase_hash) == given.as_ref();
        let refusal = match &link {
            None => unknown,
            Some(_) if !left => self.refusal(guest.ip, LinkRefusal::Locked)?,
            Some(link) if !right => {
                table::count_try(write.connection(), link.id).await?;
                LinkRefusal::WrongPassphrase
            }
            Some(link) => {
                if link.facts.tries_used > 0 {
                    failures::forget(write.connection(), link.id, &household(guest.ip).to_string()).await?;
                }
                let (entry, verdict) = self.may_redeem(&mut write, link, guest, now).await?;
                if matches!(verdict, Ok(()) | Err(LinkRefusal::InUse)) {
                    match entry.far {
                        Some(inside) => self.two_places(&mut write, link, [inside, guest.ip], taken, now).await?,
                        None => self.person_two_places(&mut write, link, guest.ip, taken, now).await?,
                    }
                }
                let revoked = taken.links.contains(&link.id);
                match verdict {
                    Ok(()) if !revoked && entry.code_due => return self.send_code(write, link, guest, now).await,
                    Ok(()) if !revoked => {
                        return self
                            .let_in(write, link, entry, guest, keys, now)
                            .await
                            .map(|redeemed| Opened::In(Box::new(redeemed)));
                    }
                    Ok(()) => LinkRefusal::Revoked,
                    Err(refusal) => refusal,
                }
            }
        };
        if let Some(link) = &link {
            tell_of_refusal(&mut write, link, refusal, guest, now).await?;
        }
        self.count_wrong_try(&mut write, link.as_ref(), refusal, guest, taken, now).await?;
        let id = link.as_ref().map(|link| link.id);
        let event = Event::refused(now, &By::stranger(guest.ip), Action::LinkRefused, object(id));
        write.commit(&about(event, link.as_ref()).with("reason", refusal)).await?;
        Err(Error::Refused)
    }

    /// The link, and whether one of its tries is left; records that somebody tried.
    async fn begin_try(
        &self,
        write: &mut Write,
        secret: Option<&Token>,
        guest: &Guest,
        now: UtcInstant,
    ) -> Result<(Option<LinkRecord>, bool), Error> {
        let link = by_secret(write.connection(), secret, now).await?;
        let left = link.as_ref().is_some_and(|link| link.facts.tries_used < TRIES);
        let id = link.as_ref().map(|link| link.id);
        let event = Event::done(now, &By::stranger(guest.ip), Action::LinkTried, object(id)).with("evaluated", left);
        write.record(&about(event, link.as_ref()));
        Ok((link, left))
    }

    /// How the guest would come in, and whether the link opens now.
    pub(super) async fn may_redeem(
        &self,
        write: &mut Write,
        link: &LinkRecord,
        guest: &Guest,
        now: UtcInstant,
    ) -> Result<(Entry, Result<(), LinkRefusal>), Error> {
        let running = inside::of_link(write.connection(), link.id).await?;
        let house = self.policy.tightened(link.project.classification).door;
        let named_networks = house.named_networks;
        let email_code = self.demands_code(&link.door, link.project.classification);
        let door = LinkDoor { email_code, ..link.door.clone().under(&house) };
        let far = |inside| self.places.far_apart(inside, guest.ip);
        let entry = Entry::of(running, guest.token, &door, far, now);
        let in_use = entry.elsewhere && door.second_device == SecondDevice::Refused;
        let uses_limit = link.facts.uses_limit.filter(|_| !entry.again);
        let facts = LinkFacts { in_use, uses_limit, ..link.facts };
        let verdict = match facts.may_redeem(&link.window, now) {
            Ok(()) if !door.origins.allow(guest.ip, named_networks) => Err(LinkRefusal::Network),
            other => other,
        };
        Ok((entry, verdict))
    }

    /// Makes the guest a viewer, with their first lease unless they wait: whoever comes in need not ask again for the picture.
    pub(super) async fn let_in(
        &self,
        mut write: Write,
        link: &LinkRecord,
        entry: Entry,
        guest: &Guest,
        keys: &LeaseKeys,
        now: UtcInstant,
    ) -> Result<Redeemed, Error> {
        for old in &entry.gives_way {
            viewers::end(write.connection(), old.id, EndReason::Replaced, now).await?;
            let event = Event::done(now, &By::SERVER, Action::ViewerEnded, format!("viewer:{}", old.id));
            write.record(&event.review(link.review_id).with("reason", EndReason::Replaced));
        }
        let (token, id, code) = (random::token()?, Uuid::now_v7(), random::session_code()?);
        let ip = guest.ip.to_canonical().to_string();
        let lease = if entry.waits { None } else { Some(Lease::issued(keys, id, link.review_id, now)?) };
        let new = NewViewer {
            id,
            review_id: link.review_id,
            link_id: link.id,
            token: token.hash(),
            ip: &ip,
            browser: &viewer::browser(&guest.user_agent),
            session_code: &code,
            waits: entry.waits,
            lease_expires_at: lease.as_ref().map(|lease| lease.expires_at),
            joined_at: now,
        };
        viewers::insert(write.connection(), &new).await?;
        table::set_used(write.connection(), link.id, entry.again, now).await?;
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
        match &lease {
            Some(lease) => {
                write.record(&event);
                write.commit(&lease.given(&by, id, link.review_id, now)).await?;
            }
            None => write.commit(&event).await?,
        }
        // Supervision looks at everybody: not for each who comes in, only where somebody who gave way was watching.
        for old in entry.gives_way {
            let ended = Change::Ended { viewer: old.id, viewing: None, reason: EndReason::Replaced };
            if old.viewing.is_some() { self.tell(ended) } else { self.tell_only(ended) }
        }
        self.tell_only(Change::Viewers(link.review_id));
        self.tell_only(Change::Links(link.review_id));
        // With another connection: others write meanwhile.
        let viewer = viewers::by_id(&mut *self.store.read().await?, id).await?;
        Ok(Redeemed { token, viewer: viewer.ok_or_else(|| Error::not_found(Noun::Viewer, id))?, lease })
    }

    /// Refuses a redeem that came from a foreign page, like any other.
    ///
    /// # Errors
    /// Always [`Error::Refused`], unless the store fails.
    pub async fn refuse_foreign_redeem(&self, ip: IpAddr) -> Result<(), Error> {
        let by = By::stranger(ip);
        let refusal = self.refusal(ip, LinkRefusal::ForeignOrigin)?;
        let event = Event::refused(UtcInstant::now(), &by, Action::LinkRefused, object(None));
        let mut write = self.store.write().await?;
        write.record(&Event { action: Action::LinkTried, ..event.clone() }.with("evaluated", false));
        write.commit(&event.with("reason", refusal)).await?;
        Err(Error::Refused)
    }
}
