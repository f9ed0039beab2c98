//! The preview: somebody of the house looks at a review as its viewers do. They become a viewer themselves, with their own
//! mark in the picture and their own rows in the record, for as long as their session stands.

use std::net::IpAddr;

use pipelines::spec::transport::TransportError;
use uuid::Uuid;

use super::link::object as link_object;
use super::redeem::Guest;
use super::review::object;
use super::session::Session;
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::account::Stage;
use crate::domain::audit::{Action, Actor, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::link::{self, LinkDoor, LinkFacts, SecondDevice};
use crate::domain::network::{Networks, Origins};
use crate::domain::review::ReviewState;
use crate::domain::viewer;
use crate::domain::viewing::EndReason;
use crate::store::inside::{self, Inside, Supervised};
use crate::store::link::LinkRecord;
use crate::store::review::ReviewRecord;
use crate::store::viewer::{NewViewer, ViewerRecord};
use crate::store::{Write, link as links, session as sessions, viewer as viewers};
use crate::token::lease_keys::LeaseKeys;
use crate::token::random;

use super::viewer::Lease;

/// What stands in the place of an e-mail address, which accounts have none of, and is burned into their picture.
const CONSOLE: &str = "console";
/// No passphrase opens a preview's link.
const NO_PASSPHRASE: &str = "-";

/// A preview: a viewer and their right to media.
#[derive(Debug)]
pub struct Preview {
    /// The viewer.
    pub viewer: ViewerRecord,
    /// Their lease.
    pub lease: Lease,
}

impl Services {
    /// Lets somebody of the house look at a live review. Asked again in the same session it prolongs the lease.
    ///
    /// # Errors
    /// When it is not allowed, from this network neither, or the review is not live.
    pub async fn preview(
        &self,
        review: Uuid,
        session: &Session,
        guest: &Guest,
        keys: &LeaseKeys,
    ) -> Result<Preview, Error> {
        let by = session.by(guest.ip);
        let found = self.permitted_review(review, Permission::ReviewPreview, &by).await?;
        let now = UtcInstant::now();
        match found.window.state(now) {
            ReviewState::Live => {}
            ReviewState::Planned => return Err(Error::Transport(TransportError::NoProgram)),
            ReviewState::Ended => return Err(Error::ReviewOver),
        }
        let mut write = self.store.write().await?;
        let link = match links::of_account(write.connection(), review, session.account.id, now).await? {
            Some(link) => link,
            None => self.own_link(&mut write, &found, session, &by, now).await?,
        };
        let running = inside::of_link(write.connection(), link.id).await?;
        let own = running.iter().find(|viewer| viewer.session == Some(session.id)).map(|viewer| viewer.id);
        let viewer = match own {
            Some(id) => {
                drop(write);
                self.viewer(id).await?
            }
            None => self.look_in(write, &link, running, session, guest, now).await?,
        };
        self.may_come_from(&viewer, guest.ip)?;
        let lease = self.give_lease(keys, &viewer, guest.ip).await?;
        Ok(Preview { viewer, lease })
    }

    /// The link of an account: its secret is forgotten here, so nothing but the account's session leads through it.
    async fn own_link(
        &self,
        write: &mut Write,
        review: &ReviewRecord,
        session: &Session,
        by: &By,
        now: UtcInstant,
    ) -> Result<LinkRecord, Error> {
        let life = self.policy.tightened(review.project.classification).link_life;
        let expires_at = link::expiry(None, review.window.ends_at, life, now)?;
        let project = self.project(review.project.id).await?.networks;
        let record = LinkRecord {
            id: Uuid::now_v7(),
            review_id: review.id,
            account_id: Some(session.account.id),
            name: session.account.user.clone(),
            email: CONSOLE.to_owned(),
            passphrase_hash: NO_PASSPHRASE.to_owned(),
            created_at: now,
            last_used_at: None,
            facts: LinkFacts { expires_at, revoked_at: None, tries_used: 0, in_use: false, uses: 0, uses_limit: None },
            door: LinkDoor {
                origins: Origins { link: Networks::default(), project },
                waiting_room: false,
                second_device: SecondDevice::Refused,
                email_code: false,
            },
            project: review.project,
            window: review.window,
        };
        links::insert(write.connection(), &record, random::token()?.hash(), by.account()).await?;
        let event = Event::done(now, by, Action::LinkCreated, link_object(Some(record.id))).review(review.id);
        write.record(&event.with("name", &record.name).with("for", "preview").with("expires_at", expires_at));
        self.tell(Change::Links(review.id));
        Ok(record)
    }

    /// Makes the account a viewer; whoever looked through its link before gives way.
    async fn look_in(
        &self,
        mut write: Write,
        link: &LinkRecord,
        before: Vec<Inside>,
        session: &Session,
        guest: &Guest,
        now: UtcInstant,
    ) -> Result<ViewerRecord, Error> {
        for old in &before {
            viewers::end(write.connection(), old.id, EndReason::Replaced, now).await?;
            let event = Event::done(now, &By::SERVER, Action::ViewerEnded, format!("viewer:{}", old.id));
            write.record(&event.review(link.review_id).with("reason", EndReason::Replaced));
        }
        let (id, code) = (Uuid::now_v7(), random::session_code()?);
        let new = NewViewer {
            id,
            review_id: link.review_id,
            link_id: link.id,
            token: random::token()?.hash(),
            ip: &guest.ip.to_canonical().to_string(),
            browser: &viewer::browser(&guest.user_agent),
            session_code: &code,
            waits: false,
            lease_expires_at: None,
            joined_at: now,
        };
        viewers::insert(write.connection(), &new).await?;
        viewers::set_session(write.connection(), id, session.id).await?;
        links::set_used(write.connection(), link.id, false, now).await?;
        let viewer = viewers::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Viewer, id))?;
        let event = Event::done(now, &session.by(guest.ip), Action::ViewerJoined, object(link.review_id));
        let event = event.review(link.review_id).with("link", link.id).with("name", &link.name);
        write.commit(&event.with("session_code", &code).with("browser", new.browser).with("for", "preview")).await?;
        for old in before {
            self.tell(Change::Ended { viewer: old.id, viewing: None, reason: EndReason::Replaced });
        }
        self.tell(Change::Viewers(link.review_id));
        Ok(viewer)
    }

    /// Stops looking. Nothing happens when nobody of this session looks.
    ///
    /// # Errors
    /// When it is not allowed, or the record cannot be written.
    pub async fn end_preview(&self, review: Uuid, session: &Session, ip: IpAddr) -> Result<(), Error> {
        let by = session.by(ip);
        self.permitted_review(review, Permission::ReviewPreview, &by).await?;
        let now = UtcInstant::now();
        let mut connection = self.store.read().await?;
        let Some(link) = links::of_account(&mut connection, review, session.account.id, now).await? else {
            return Ok(());
        };
        let running = inside::of_link(&mut connection, link.id).await?;
        drop(connection);
        for viewer in running.into_iter().filter(|viewer| viewer.session == Some(session.id)) {
            let own = By::viewer(viewer.id, review, ip);
            self.end_viewer(viewer.id, EndReason::Left, &own).await?;
        }
        Ok(())
    }

    /// Whether a viewer who looks for the house still may: their session is open and their role allows it. Looking does not
    /// prolong the session.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn still_previews(&self, viewer: &Supervised, now: UtcInstant) -> Result<bool, Error> {
        let Some(session) = viewer.session else { return Ok(true) };
        let mut connection = self.store.read().await?;
        let Some(found) = sessions::by_id(&mut connection, session).await? else { return Ok(false) };
        let Ok(session) = self.stands_as(&mut connection, found, now).await else { return Ok(false) };
        let object: Object = viewer.object();
        let allowed = authorize(&Actor::Account(session.actor.clone()), Permission::ReviewPreview, &object);
        Ok(session.stage == Stage::Open && allowed.is_ok())
    }
}
