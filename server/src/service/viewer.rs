//! Viewers: who they are, their leases, leaving and being sent away.

use std::net::IpAddr;

use pipelines::spec::color::TargetColor;
use uuid::Uuid;

use super::alarm::tell_of_network;
use super::link::object as link_object;
use super::{Change, Error, Noun, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, Actor, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::link::LinkRefusal;
use crate::domain::network::Origins;
use crate::domain::project::ProjectFacts;
use crate::domain::secret::TokenHash;
use crate::domain::viewing::EndReason;
use crate::store::inside;
use crate::store::link as links;
use crate::store::viewer as table;
use crate::store::viewer::ViewerRecord;
use crate::token::lease_keys::LeaseKeys;

/// A viewer is noted as seen at most this often.
const TOUCH_EVERY_MS: i64 = 3_000;

/// A lease and until when it runs.
#[derive(Clone)]
pub struct Lease {
    /// The JWT.
    pub token: String,
    /// First instant after it.
    pub expires_at: UtcInstant,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Lease {
    /// A lease from now on. It counts once it stands beside its viewer in the store.
    pub(super) fn issued(keys: &LeaseKeys, viewer: Uuid, review: Uuid, now: UtcInstant) -> Result<Self, Error> {
        let (token, expires_at) = keys.issue(viewer, review, now)?;
        Ok(Self { token, expires_at })
    }

    /// What is recorded of its being given.
    pub(super) fn given(&self, by: &By, viewer: Uuid, review: Uuid, now: UtcInstant) -> Event {
        let event = Event::done(now, by, Action::LeaseGiven, object(viewer));
        event.review(review).with("expires_at", self.expires_at)
    }
}

pub(crate) fn object(id: Uuid) -> String {
    format!("viewer:{id}")
}

impl Services {
    /// The viewer of a cookie, if they may stay.
    ///
    /// # Errors
    /// [`Error::NotJoined`] when there is none, [`Error::Ended`] when they may not.
    pub async fn joined(&self, token: TokenHash) -> Result<ViewerRecord, Error> {
        let found = table::by_token(&mut *self.store.read().await?, token).await?.ok_or(Error::NotJoined)?;
        found.authority.viewer(UtcInstant::now()).map_err(Error::Ended)?;
        Ok(found)
    }

    /// Whether a viewer may be heard from an address.
    ///
    /// # Errors
    /// [`Error::NetworkRefused`] when not.
    pub fn may_come_from(&self, viewer: &ViewerRecord, ip: IpAddr) -> Result<(), Error> {
        self.networks_allow(viewer.project, &viewer.origins, ip)
    }

    /// Whether a project's people with a link of these networks may be heard from an address.
    pub(super) fn networks_allow(&self, project: ProjectFacts, origins: &Origins, ip: IpAddr) -> Result<(), Error> {
        let named = self.policy.tightened(project.classification).door.named_networks;
        origins.allow(ip, named).then_some(()).ok_or(Error::NetworkRefused)
    }

    /// As [`Services::may_come_from`], for whoever asks with a viewer's cookie. A refusal is recorded and told of as where the
    /// link itself is refused; so is another place than they came in from.
    ///
    /// # Errors
    /// [`Error::NetworkRefused`] when they may not; [`Error::Ended`] when that took their link back.
    pub async fn come_from(&self, viewer: &ViewerRecord, ip: IpAddr) -> Result<(), Error> {
        let Err(refused) = self.may_come_from(viewer, ip) else { return self.moved(viewer, ip).await };
        let now = UtcInstant::now();
        let Ok(refusal) = self.refusal(ip, LinkRefusal::Network) else { return Err(refused) };
        let mut write = self.store.write().await?;
        if let Some(link) = links::by_id(write.connection(), viewer.link_id, now).await? {
            tell_of_network(&mut write, &link, ip, now).await?;
        }
        let event = Event::refused(now, &By::stranger(ip), Action::LinkRefused, link_object(Some(viewer.link_id)));
        write.commit(&event.review(viewer.review_id).with("reason", refusal).with("viewer", viewer.id)).await?;
        Err(refused)
    }

    /// Notes that a viewer was heard of.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn seen(&self, viewer: &ViewerRecord) -> Result<(), Error> {
        let now = UtcInstant::now();
        if now.as_ms() - viewer.seen_at.as_ms() > TOUCH_EVERY_MS {
            let mut write = self.store.write().await?;
            table::touch(write.connection(), viewer.id, now).await?;
            write.commit_bookkeeping().await?;
        }
        Ok(())
    }

    /// A viewer by id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn viewer(&self, id: Uuid) -> Result<ViewerRecord, Error> {
        let found = table::by_id(&mut *self.store.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found(Noun::Viewer, id))
    }

    /// All viewers of a review, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn viewers(&self, review: Uuid) -> Result<Vec<ViewerRecord>, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review).await?)
    }

    /// Gives a viewer the right to media for minutes; a running viewing goes on under it.
    ///
    /// # Errors
    /// When the store or signing fails.
    pub async fn give_lease(&self, keys: &LeaseKeys, viewer: &ViewerRecord, ip: IpAddr) -> Result<Lease, Error> {
        let by = By::viewer(viewer.id, viewer.review_id, ip);
        self.permit(&by, Permission::RoomUse, &viewer.object()).await?;
        let now = UtcInstant::now();
        let lease = Lease::issued(keys, viewer.id, viewer.review_id, now)?;
        let mut write = self.store.write().await?;
        table::set_lease(write.connection(), viewer.id, lease.expires_at, now).await?;
        write.commit(&lease.given(&by, viewer.id, viewer.review_id, now)).await?;
        Ok(lease)
    }

    /// Lets in somebody who waits; whoever watched through the same link gives way. Twice changes nothing.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such viewer.
    pub async fn admit_viewer(&self, id: Uuid, by: &By) -> Result<ViewerRecord, Error> {
        let now = UtcInstant::now();
        let found = self.viewer(id).await?;
        self.permit(by, Permission::ViewerAdmit, &found.object()).await?;
        let mut write = self.store.write().await?;
        if !table::admit(write.connection(), id).await? {
            drop(write);
            return self.viewer(id).await;
        }
        let running = inside::of_link(write.connection(), found.link_id).await?;
        let others: Vec<Uuid> = running.into_iter().map(|viewer| viewer.id).filter(|other| *other != id).collect();
        for other in &others {
            table::end(write.connection(), *other, EndReason::Replaced, now).await?;
            let event = Event::done(now, by, Action::ViewerEnded, object(*other)).review(found.review_id);
            write.record(&event.with("reason", EndReason::Replaced));
        }
        write.commit(&Event::done(now, by, Action::ViewerAdmitted, object(id)).review(found.review_id)).await?;
        for viewer in others {
            self.tell(Change::Ended { viewer, viewing: None, reason: EndReason::Replaced });
        }
        self.tell(Change::Viewers(found.review_id));
        self.viewer(id).await
    }

    /// Notes in what colour a viewer is to be sent the picture. The same twice changes nothing.
    ///
    /// # Errors
    /// When it is not allowed, there is no such viewer, or they have ended.
    pub(super) async fn set_viewer_target(
        &self,
        id: Uuid,
        target: Option<TargetColor>,
        by: &By,
    ) -> Result<ViewerRecord, Error> {
        let found = self.viewer(id).await?;
        self.permit(by, Permission::ReviewColor, &found.object()).await?;
        if let Some(reason) = found.authority.viewer_ended {
            return Err(Error::Ended(reason));
        }
        if found.target != target {
            let word = |target: Option<TargetColor>| target.map_or("automatic", TargetColor::name);
            let mut write = self.store.write().await?;
            table::set_target(write.connection(), id, target).await?;
            let event = Event::done(UtcInstant::now(), by, Action::ViewerTarget, object(id)).review(found.review_id);
            write.commit(&event.with("from", word(found.target)).with("to", word(target))).await?;
        }
        self.viewer(id).await
    }

    /// Does not let in somebody who waits. Whoever is in already stays.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such viewer.
    pub async fn deny_viewer(&self, id: Uuid, by: &By) -> Result<ViewerRecord, Error> {
        let found = self.viewer(id).await?;
        if found.waits {
            return self.end_viewer(id, EndReason::Denied, by).await;
        }
        self.permit(by, Permission::LinkRevoke, &found.object()).await?;
        Ok(found)
    }

    /// Ends a viewer. Their viewing is stopped by supervision, which is woken.
    ///
    /// # Errors
    /// When there is no such viewer.
    pub async fn end_viewer(&self, id: Uuid, reason: EndReason, by: &By) -> Result<ViewerRecord, Error> {
        let now = UtcInstant::now();
        let found = self.viewer(id).await?;
        // Whoever leaves needs no right to send others away.
        let own = by.actor == Actor::Viewer { id, review: found.review_id };
        let permission = if own { Permission::RoomUse } else { Permission::LinkRevoke };
        self.permit(by, permission, &found.object()).await?;
        let mut write = self.store.write().await?;
        if table::end(write.connection(), id, reason, now).await? {
            let event = Event::done(now, by, Action::ViewerEnded, object(id));
            write.commit(&event.review(found.review_id).with("reason", reason)).await?;
            self.tell(Change::Ended { viewer: id, viewing: None, reason });
            self.tell(Change::Viewers(found.review_id));
            self.tell(Change::Links(found.review_id));
        } else {
            drop(write);
        }
        self.viewer(id).await
    }
}
