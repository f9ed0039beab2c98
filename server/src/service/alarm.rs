//! What the house is told of links: first use, the last wrong try, networks that are not allowed, two places at once.

use std::net::IpAddr;

use super::anomaly::TakenBack;
use super::link::object;
use super::redeem::Guest;
use super::viewer::object as viewer_object;
use super::{Change, Error, Noun, Services};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::link::{LinkRefusal, TRIES};
use crate::domain::notification::{Notification, Occasion, network_of};
use crate::domain::viewing::EndReason;
use crate::store::link::LinkRecord;
use crate::store::viewer::ViewerRecord;
use crate::store::{Write, link as links, notification, review};

/// Puts a notification about a link into the outbox, with the facts that name it.
pub(super) async fn tell_of_link(
    write: &mut Write,
    link: &LinkRecord,
    occasion: Occasion,
    network: Option<String>,
    now: UtcInstant,
) -> Result<(), Error> {
    let review = review::by_id(write.connection(), link.review_id).await?;
    let review = review.ok_or_else(|| Error::not_found(Noun::Review, link.review_id))?;
    let notification = Notification::new(now, occasion)
        .with("review", review.title)
        .with("name", &link.name)
        .with("email", &link.email);
    let (review, link) = (Some(link.review_id), Some(link.id));
    Ok(write.notify(&Notification { review, link, network, ..notification }).await?)
}

/// Tells that a link was refused from a network, the first time for each.
pub(super) async fn tell_of_network(
    write: &mut Write,
    link: &LinkRecord,
    ip: IpAddr,
    now: UtcInstant,
) -> Result<(), Error> {
    let (occasion, network) = (Occasion::LinkNetworkRefused, network_of(ip));
    if notification::told(write.connection(), occasion, link.id, &network).await? {
        return Ok(());
    }
    tell_of_link(write, link, occasion, Some(network), now).await
}

/// Tells of a refusal that the house should know of. `link` is as it was before the try was counted.
pub(super) async fn tell_of_refusal(
    write: &mut Write,
    link: &LinkRecord,
    refusal: LinkRefusal,
    guest: &Guest,
    now: UtcInstant,
) -> Result<(), Error> {
    let took_the_last = link.facts.tries_used.saturating_add(1) == TRIES;
    match refusal {
        LinkRefusal::Network => tell_of_network(write, link, guest.ip, now).await,
        LinkRefusal::WrongPassphrase if took_the_last => {
            let from = guest.ip.to_canonical().to_string();
            tell_of_link(write, link, Occasion::LinkLocked, Some(from), now).await?;
            let event = Event::done(now, &By::stranger(guest.ip), Action::LinkLocked, object(Some(link.id)));
            write.record(&event.review(link.review_id));
            Ok(())
        }
        _ => Ok(()),
    }
}

impl Services {
    /// The right passphrase was given while somebody watches (or waits) through the link from another place: one of them
    /// is not whom it was made for. That is told once for each place; where the policy says so, the link is taken back.
    pub(super) async fn two_places(
        &self,
        write: &mut Write,
        link: &LinkRecord,
        [inside, outside]: [IpAddr; 2],
        taken: &mut TakenBack,
        now: UtcInstant,
    ) -> Result<(), Error> {
        let (occasion, network) = (Occasion::LinkTwoPlaces, self.places.network_of(outside));
        if !notification::told(write.connection(), occasion, link.id, &network).await? {
            tell_of_link(write, link, occasion, Some(network), now).await?;
        }
        let by = By::stranger(outside);
        let event = Event::done(now, &by, Action::LinkTwoPlaces, object(Some(link.id))).review(link.review_id);
        write.record(&event.with("inside", self.places.of(inside)));
        self.take_back(write, link, "two_places", taken, now).await
    }

    /// A viewer's cookie comes from another place than they came in from: they travel, or somebody has their cookie. That is told
    /// once for each place; where it is known to be another country and the policy says so, the link is taken back.
    ///
    /// # Errors
    /// [`Error::Ended`] when it was taken back.
    pub(super) async fn moved(&self, viewer: &ViewerRecord, ip: IpAddr) -> Result<(), Error> {
        let (from, to) = (viewer.ip.parse().map(|from| self.places.of(from)), self.places.of(ip));
        let Some(from) = from.ok().filter(|from| to.far_from(from)) else { return Ok(()) };
        let (occasion, network) = (Occasion::ViewerMoved, self.places.network_of(ip));
        let revokes = self.policy.tightened(viewer.project.classification).two_places_revoke && to.abroad_of(&from);
        // What was told is not told again; whether the link is taken back is looked at each time, since the policy may have changed.
        if !revokes && notification::told(&mut *self.store.read().await?, occasion, viewer.link_id, &network).await? {
            return Ok(());
        }
        let (now, mut taken) = (UtcInstant::now(), TakenBack::default());
        let mut write = self.store.write().await?;
        let link = links::by_id(write.connection(), viewer.link_id, now).await?;
        let link = link.ok_or_else(|| Error::not_found(Noun::Link, viewer.link_id))?;
        // Another request of the same page may have been here in between.
        let told = notification::told(write.connection(), occasion, link.id, &network).await?;
        if revokes {
            self.take_back(&mut write, &link, "moved_abroad", &mut taken, now).await?;
        }
        if told && taken.links.is_empty() {
            return Ok(());
        }
        if !told {
            tell_of_link(&mut write, &link, occasion, Some(network), now).await?;
        }
        let by = By::viewer(viewer.id, viewer.review_id, ip);
        let event = Event::done(now, &by, Action::ViewerMoved, viewer_object(viewer.id)).review(viewer.review_id);
        write.commit(&event.with("from", from).with("to", to)).await?;
        taken.reviews.iter().for_each(|review| self.tell(Change::Links(*review)));
        if taken.links.is_empty() { Ok(()) } else { Err(Error::Ended(EndReason::LinkRevoked)) }
    }
}
