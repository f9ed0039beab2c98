//! What one link alone does not show: the same person through two links from two places, one address at many links, many
//! wrong tries at one review. Each is told and recorded in the transaction in which it is seen.

use std::collections::BTreeSet;
use std::net::IpAddr;

use uuid::Uuid;

use super::alarm::tell_of_link;
use super::link::object;
use super::redeem::Guest;
use super::{Error, Noun, Services};
use crate::domain::anomaly::{WINDOW, WrongTries, is_wrong_try};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::link::{IDLE_AFTER, LinkRefusal};
use crate::domain::network::household;
use crate::domain::notification::{Notification, Occasion};
use crate::store::link as links;
use crate::store::link::LinkRecord;
use crate::store::link_failure as failures;
use crate::store::link_failure::NewFailure;
use crate::store::{Write, notification, review, viewer};

/// Links that were taken back because of what was seen, and their reviews, to be told of after the commit.
#[derive(Debug, Default)]
pub(super) struct TakenBack {
    pub links: BTreeSet<Uuid>,
    pub reviews: BTreeSet<Uuid>,
}

impl Services {
    /// Takes a link back, where its project's policy does that when something is odd about it.
    pub(super) async fn take_back(
        &self,
        write: &mut Write,
        link: &LinkRecord,
        because: &'static str,
        taken: &mut TakenBack,
        now: UtcInstant,
    ) -> Result<(), Error> {
        if !self.policy.tightened(link.project.classification).two_places_revoke {
            return Ok(());
        }
        if link.facts.revoked_at.is_none() && taken.links.insert(link.id) {
            links::revoke(write.connection(), link.id, now).await?;
            let event = Event::done(now, &By::SERVER, Action::LinkRevoked, object(Some(link.id)));
            write.record(&event.review(link.review_id).with("because", because));
            taken.reviews.insert(link.review_id);
        }
        Ok(())
    }

    /// The right passphrase was given while the same e-mail address watches through another link from another place. Told
    /// once for each place; each of the two links is taken back where its project's policy says so.
    pub(super) async fn person_two_places(
        &self,
        write: &mut Write,
        link: &LinkRecord,
        outside: IpAddr,
        taken: &mut TakenBack,
        now: UtcInstant,
    ) -> Result<(), Error> {
        let seen_after = now.minus(IDLE_AFTER);
        let elsewhere = viewer::addresses_of_person(write.connection(), &link.email, link.id, seen_after).await?;
        let mut far = elsewhere.into_iter().filter_map(|(other, inside)| {
            let inside = inside.parse::<IpAddr>().ok()?;
            self.places.far_apart(inside, outside).then_some((other, inside))
        });
        let Some((other, inside)) = far.next() else { return Ok(()) };
        let other = links::by_id(write.connection(), other, now).await?;
        let other = other.ok_or_else(|| Error::not_found(Noun::Link, link.id))?;
        let (occasion, network) = (Occasion::PersonTwoPlaces, self.places.network_of(outside));
        if !notification::told(write.connection(), occasion, link.id, &network).await? {
            tell_of_link(write, link, occasion, Some(network), now).await?;
        }
        let event = Event::done(now, &By::stranger(outside), Action::PersonTwoPlaces, object(Some(link.id)));
        let event = event.review(link.review_id).with("inside", self.places.of(inside)).with("other", other.id);
        write.record(&event);
        for odd in [link, &other] {
            self.take_back(write, odd, "person_two_places", taken, now).await?;
        }
        Ok(())
    }

    /// Counts a wrong try. Of too many from one address, or at one review, the house is told once in a quarter of an hour;
    /// the links that the address tried are taken back where their project's policy says so. Those of a review are not: each
    /// locks by itself, and whoever has some of them could end a screening.
    pub(super) async fn count_wrong_try(
        &self,
        write: &mut Write,
        link: Option<&LinkRecord>,
        refusal: LinkRefusal,
        guest: &Guest,
        taken: &mut TakenBack,
        now: UtcInstant,
    ) -> Result<(), Error> {
        if !is_wrong_try(refusal) {
            return Ok(());
        }
        let network = household(guest.ip).to_string();
        let at = link.map(|link| (link.id, link.review_id));
        let failure = NewFailure { at: now, network: &network, link: at };
        failures::insert(write.connection(), &failure, now.minus(WINDOW)).await?;
        let tries = failures::of_network(write.connection(), &network).await?;
        if tries.too_many_of_address() {
            self.address_many_failures(write, &network, tries, guest, taken, now).await?;
        }
        if let Some(link) = link {
            let tries = failures::of_review(write.connection(), link.review_id).await?;
            if tries.too_many_of_review() {
                review_many_failures(write, link.review_id, tries, guest, now).await?;
            }
        }
        Ok(())
    }

    async fn address_many_failures(
        &self,
        write: &mut Write,
        network: &str,
        tries: WrongTries,
        guest: &Guest,
        taken: &mut TakenBack,
        now: UtcInstant,
    ) -> Result<(), Error> {
        let mut tried = Vec::new();
        for id in failures::links_of_network(write.connection(), network).await? {
            tried.extend(links::by_id(write.connection(), id, now).await?);
        }
        let (occasion, since) = (Occasion::AddressManyFailures, now.minus(WINDOW));
        if !notification::told_since(write.connection(), occasion, None, Some(network), since).await? {
            let names: Vec<String> = tried.iter().map(|link| format!("{} <{}>", link.name, link.email)).collect();
            let told = Notification { network: Some(network.to_owned()), ..Notification::new(now, occasion) };
            write.notify(&told.with("tries", tries.tries).with("links", names.join(", "))).await?;
            let event = Event::done(now, &By::stranger(guest.ip), Action::AddressManyFailures, "links");
            write.record(&event.with("tries", tries.tries).with("links", tries.links));
        }
        for link in &tried {
            self.take_back(write, link, "many_failures", taken, now).await?;
        }
        Ok(())
    }
}

async fn review_many_failures(
    write: &mut Write,
    id: Uuid,
    tries: WrongTries,
    guest: &Guest,
    now: UtcInstant,
) -> Result<(), Error> {
    let (occasion, since) = (Occasion::ReviewManyFailures, now.minus(WINDOW));
    if notification::told_since(write.connection(), occasion, Some(id), None, since).await? {
        return Ok(());
    }
    let review = review::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Review, id))?;
    let told = Notification { review: Some(id), ..Notification::new(now, occasion) };
    write.notify(&told.with("review", review.title).with("tries", tries.tries).with("links", tries.links)).await?;
    let event = Event::done(now, &By::stranger(guest.ip), Action::ReviewManyFailures, super::review::object(id));
    write.record(&event.review(id).with("tries", tries.tries).with("links", tries.links));
    Ok(())
}
