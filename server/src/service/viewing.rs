//! Viewings: start, stop, and the supervision that stops what has lost its right.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::future::join_all;
use pipelines::spec::color::TargetColor;
use pipelines::spec::watermark::{MarkSpec, Marks};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::pace::Paced;
use super::viewer::object as viewer_object;
use super::{Change, Error, Noun, Projector, Services};
use crate::domain::access::{Permission, authorize};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::viewing::{EndReason, gave_up};
use crate::media::{Asked, IceNames, Restart, Restarted, ViewingAnswer, ViewingRefusal, ViewingRequest};
use crate::store::Write;
use crate::store::inside::{self, Supervised};
use crate::store::proof as proofs;
use crate::store::viewer as viewers;
use crate::store::viewer::ViewerRecord;
use crate::store::viewing as table;
use crate::token::lease::LeaseClaims;
use crate::token::lease_keys::LeaseKeys;
use crate::token::mark_key::MarkKeys;

/// Shows programs to viewers who have the right to see them, and stops when they have not.
#[derive(Clone)]
pub struct Screening {
    /// The other use cases.
    pub services: Services,
    /// Media.
    pub projector: Arc<dyn Projector>,
    /// The key of leases.
    pub leases: Arc<LeaseKeys>,
    /// The keys of marks.
    pub marks: Arc<MarkKeys>,
    /// Viewings that ran when supervision last looked.
    supervising: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Screening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screening").field("services", &self.services).finish_non_exhaustive()
    }
}

/// A viewing that started.
#[derive(Debug)]
pub struct StartedViewing {
    /// Its id.
    pub id: Uuid,
    /// The answer for the browser.
    pub sdp: String,
    /// The negotiation of ICE.
    pub ice: IceNames,
}

/// What supervision found to end.
struct Ending {
    viewer: Supervised,
    reason: EndReason,
}

pub(super) fn object(id: Uuid) -> String {
    format!("viewing:{id}")
}

/// That a viewing ended, with the worst that its browser said of the picture.
async fn ended(write: &mut Write, viewing: Uuid, by: &By, now: UtcInstant) -> Result<Event, Error> {
    let event = Event::done(now, by, Action::ViewingEnded, object(viewing)).viewing(viewing);
    let worst = proofs::worst(write.connection(), viewing).await?;
    Ok(worst.map_or(event.clone(), |worst| event.with("worst_picture", worst)))
}

impl Screening {
    /// Screening of programs by a projector.
    pub fn new(
        services: Services,
        projector: Arc<dyn Projector>,
        leases: Arc<LeaseKeys>,
        marks: Arc<MarkKeys>,
    ) -> Self {
        Self { services, projector, leases, marks, supervising: Arc::default() }
    }

    /// Takes up another key of leases. One that has signed for too long is replaced, and that is recorded.
    ///
    /// # Errors
    /// When a key's file cannot be read or written, or the store fails.
    pub async fn refresh_lease_keys(&self) -> Result<(), Error> {
        if self.leases.refresh()? {
            let event = Event::done(UtcInstant::now(), &By::SERVER, Action::LeaseKeyRotated, "lease-key");
            self.services.record(&event.with("at_once", false)).await?;
        }
        Ok(())
    }

    /// Verifies a lease for a review.
    async fn verified(&self, lease: &str, review: Uuid, ip: IpAddr) -> Result<LeaseClaims, Error> {
        let now = UtcInstant::now();
        let reason = match self.leases.verify(lease, now) {
            Ok(claims) if claims.review == review => return Ok(claims),
            Ok(_) => "another review".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        let event = Event::refused(now, &By::stranger(ip), Action::LeaseRefused, format!("review:{review}"));
        self.services.record_refusal(ip, event.with("reason", reason)).await?;
        Err(Error::LeaseRefused)
    }

    /// Starts a viewing under a lease; the viewer's old one is replaced.
    ///
    /// # Errors
    /// [`Error::LeaseRefused`] alike for every reason of right; otherwise why media cannot.
    pub async fn start(
        &self,
        lease: &str,
        review: Uuid,
        offer: String,
        asked: Asked,
        ip: IpAddr,
    ) -> Result<StartedViewing, Error> {
        let claims = self.verified(lease, review, ip).await?;
        self.services.pace(Paced::GuestChange, claims.sub)?;
        let id = Uuid::now_v7();
        let (viewer, old) = self.enter(id, &claims, ip).await?;
        if let Some(old) = old {
            self.projector.stop_viewing(old).await;
            // It may be another tab's, which must not take the picture back by itself.
            let ended = Change::Ended { viewer: viewer.id, viewing: Some(old), reason: EndReason::Replaced };
            self.services.tell_only(ended);
        }
        let found = self.services.review(review).await?;
        let project = self.services.project(found.project.id).await?;
        let visible = MarkSpec {
            name: viewer.name.clone(),
            email: viewer.email.clone(),
            ip: ip.to_canonical().to_string(),
            review: found.title.clone(),
            session_code: viewer.session_code.clone(),
            template: project.mark,
        };
        let marks = Marks { visible, invisible: self.marks.of_viewing(found.project.id, review, id) };
        // Open already, but for a review whose window began this very moment.
        self.projector.open(review, found.program);
        let asked = Asked { target: viewer.target, ..asked };
        match self.projector.start_viewing(ViewingRequest { viewing: id, review, offer, asked, marks }).await {
            Ok(answer) => self.still_wanted(id, &viewer, answer).await,
            Err(refusal) => self.refused(id, &viewer, ip, refusal).await,
        }
    }

    /// Writes the viewing down before any media is asked for.
    async fn enter(&self, id: Uuid, claims: &LeaseClaims, ip: IpAddr) -> Result<(ViewerRecord, Option<Uuid>), Error> {
        let now = UtcInstant::now();
        let by = By::viewer(claims.sub, claims.review, ip);
        let mut write = self.services.store.write().await?;
        let found = viewers::by_id(write.connection(), claims.sub).await?;
        let allowed = match &found {
            Some(viewer) => match authorize(&by.actor, Permission::RoomUse, &viewer.object()) {
                Ok(()) if viewer.waits => Err("waiting".to_owned()),
                Ok(()) if self.services.may_come_from(viewer, ip).is_err() => Err("network".to_owned()),
                Ok(()) => viewer.authority.viewing(now).map_err(|reason| reason.to_string()),
                Err(denied) => Err(denied.to_string()),
            },
            None => Err("unknown_viewer".to_owned()),
        };
        let (Ok(()), Some(viewer)) = (&allowed, found) else {
            let event = Event::refused(now, &by, Action::LeaseRefused, viewer_object(claims.sub)).review(claims.review);
            write.commit(&event.with("reason", allowed.err().unwrap_or_default())).await?;
            return Err(Error::LeaseRefused);
        };
        if let Some(old) = viewer.viewing {
            table::end(write.connection(), old, EndReason::Replaced, now).await?;
            let event = ended(&mut write, old, &by, now).await?.review(claims.review);
            write.record(&event.with("reason", EndReason::Replaced));
        }
        table::insert(write.connection(), id, viewer.id, claims.review, now).await?;
        viewers::touch(write.connection(), viewer.id, now).await?;
        let event = Event::done(now, &by, Action::ViewingStarted, object(id)).review(claims.review).viewing(id);
        write.commit(&event.with("session_code", &viewer.session_code)).await?;
        let old = viewer.viewing;
        Ok((viewer, old))
    }

    /// A viewing that lost its right while media started is stopped again.
    async fn still_wanted(
        &self,
        id: Uuid,
        viewer: &ViewerRecord,
        answer: ViewingAnswer,
    ) -> Result<StartedViewing, Error> {
        let found = table::by_id(&mut *self.services.store.read().await?, id).await?;
        if found.is_none_or(|viewing| viewing.ended_at.is_some()) {
            self.projector.stop_viewing(id).await;
            return Err(Error::LeaseRefused);
        }
        self.services.tell(Change::ViewingStarted { viewer: viewer.id, viewing: id });
        self.services.tell(Change::Viewers(viewer.review_id));
        Ok(StartedViewing { id, sdp: answer.sdp, ice: answer.ice })
    }

    async fn refused(
        &self,
        id: Uuid,
        viewer: &ViewerRecord,
        ip: IpAddr,
        refusal: ViewingRefusal,
    ) -> Result<StartedViewing, Error> {
        let (reason, error) = match refusal {
            ViewingRefusal::Full { retry_after_s } => (EndReason::RoomFull, Error::Full { retry_after_s }),
            ViewingRefusal::NotAcceptable(text) => (EndReason::ConnectionLost, Error::NotAcceptable(text)),
            ViewingRefusal::BadOffer(text) => (EndReason::ConnectionLost, Error::BadOffer(text)),
            ViewingRefusal::NoProgram => (EndReason::ConnectionLost, Error::NoProgram),
        };
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        table::end(write.connection(), id, reason, now).await?;
        let event =
            Event::refused(now, &By::viewer(viewer.id, viewer.review_id, ip), Action::ViewingRefused, object(id));
        write.commit(&event.review(viewer.review_id).viewing(id).with("reason", &error)).await?;
        Err(error)
    }

    /// The negotiation of ICE of a viewer's own viewing; `None` when it does not run.
    ///
    /// # Errors
    /// [`Error::LeaseRefused`] when the lease is not that viewer's, or there is no such viewing.
    pub async fn ice(&self, lease: &str, review: Uuid, viewing: Uuid, ip: IpAddr) -> Result<Option<IceNames>, Error> {
        self.own(lease, review, viewing, ip).await?;
        Ok(self.projector.ice(viewing))
    }

    /// Begins ICE of a viewer's own viewing anew: it goes on by another way through the network. Who asked and from where is
    /// recorded before it does.
    ///
    /// # Errors
    /// [`Error::LeaseRefused`] when the lease is not that viewer's, or there is no such viewing; [`Error::NotFound`] when it does
    /// not run.
    pub async fn restart(
        &self,
        lease: &str,
        review: Uuid,
        viewing: Uuid,
        ip: IpAddr,
        restart: Restart,
    ) -> Result<Restarted, Error> {
        let by = self.own(lease, review, viewing, ip).await?;
        let write = self.services.store.write().await?;
        let event = Event::done(UtcInstant::now(), &by, Action::ViewingRestarted, object(viewing));
        write.commit(&event.review(review).viewing(viewing)).await?;
        self.projector.restart_viewing(viewing, restart).await.map_err(|_| Error::not_found(Noun::Viewing, viewing))
    }

    /// Stops a viewing at its viewer's wish (WHEP DELETE).
    ///
    /// # Errors
    /// [`Error::LeaseRefused`] when the lease is not that viewer's, or there is no such viewing.
    pub async fn stop(&self, lease: &str, review: Uuid, viewing: Uuid, ip: IpAddr) -> Result<(), Error> {
        let by = self.own(lease, review, viewing, ip).await?;
        self.end_viewing(viewing, EndReason::Left, &by).await
    }

    /// The viewer of a lease, whose viewing it must be.
    async fn own(&self, lease: &str, review: Uuid, viewing: Uuid, ip: IpAddr) -> Result<By, Error> {
        let claims = self.verified(lease, review, ip).await?;
        let (found, viewer) = {
            let mut connection = self.services.store.read().await?;
            (table::by_id(&mut connection, viewing).await?, viewers::by_id(&mut connection, claims.sub).await?)
        };
        let by = By::viewer(claims.sub, claims.review, ip);
        match (found, viewer) {
            (Some(found), Some(viewer)) if found.viewer_id == viewer.id => {
                let may = self.services.permit(&by, Permission::RoomUse, &viewer.object()).await;
                may.map(|()| by).map_err(|_| Error::LeaseRefused)
            }
            _ => Err(Error::LeaseRefused),
        }
    }

    /// Stops a viewing and records it; the viewer stays.
    ///
    /// # Errors
    /// When the store fails; the media has stopped nevertheless.
    pub async fn end_viewing(&self, viewing: Uuid, reason: EndReason, by: &By) -> Result<(), Error> {
        self.projector.stop_viewing(viewing).await;
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        let Some(found) = table::by_id(write.connection(), viewing).await? else { return Ok(()) };
        if table::end(write.connection(), viewing, reason, now).await? {
            let event = ended(&mut write, viewing, by, now).await?;
            write.commit(&event.review(found.review_id).with("reason", reason)).await?;
            if reason == EndReason::ConnectionLost {
                self.services.tell(Change::Ended { viewer: found.viewer_id, viewing: Some(viewing), reason });
            }
            self.services.tell(Change::Viewers(found.review_id));
        }
        Ok(())
    }

    /// Says in what colour a viewer is sent the picture, `None` for what suits their display; from the next picture on.
    ///
    /// # Errors
    /// When it is not allowed, there is no such viewer, or they have ended.
    pub async fn set_target(&self, viewer: Uuid, target: Option<TargetColor>, by: &By) -> Result<ViewerRecord, Error> {
        let found = self.services.set_viewer_target(viewer, target, by).await?;
        if let Some(viewing) = found.viewing {
            self.projector.set_target(viewing, target).await;
        }
        self.services.tell(Change::Viewers(found.review_id));
        Ok(found)
    }

    /// Notes that a viewing's picture reached the browser.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn connected(&self, viewing: Uuid) -> Result<(), Error> {
        let now = UtcInstant::now();
        let mut write = self.services.store.write().await?;
        let Some(found) = table::by_id(write.connection(), viewing).await? else { return Ok(()) };
        if table::set_connected(write.connection(), viewing, now).await? {
            let event = Event::done(now, &By::SERVER, Action::ViewingConnected, object(viewing));
            write.commit(&event.review(found.review_id).viewing(viewing)).await?;
            self.services.tell(Change::Viewers(found.review_id));
        }
        Ok(())
    }

    /// Looks at everybody who is in a room and stops what has lost its right: the media first, then the record.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn supervise(&self) -> Result<(), Error> {
        let _turn = self.supervising.lock().await;
        let now = UtcInstant::now();
        // Asked before the record is read: a viewing is written down before its media starts, so whatever runs without
        // a record has lost it.
        let shown = self.projector.viewings();
        let running = inside::supervised(&mut *self.services.store.read().await?).await?;
        let recorded: HashSet<Uuid> = running.iter().filter_map(|viewer| viewer.viewing).collect();
        let mut endings: Vec<Ending> = Vec::new();
        for viewer in running {
            let stays = match self.may_stay(&viewer, now) {
                Ok(()) if !self.services.still_previews(&viewer, now).await? => Err(EndReason::SignedOut),
                other => other,
            };
            if let Err(reason) = stays {
                endings.push(Ending { viewer, reason });
            }
        }
        let unrecorded = shown.into_iter().filter(|id| !recorded.contains(id));
        let over = endings.iter().filter_map(|ending| ending.viewer.viewing).chain(unrecorded);
        join_all(over.map(|id| self.projector.stop_viewing(id))).await;
        for ending in endings {
            self.write_down(ending, now).await?;
        }
        self.supervise_clean_holds(now).await?;
        self.supervise_marks().await?;
        self.supervise_publishings(now).await
    }

    /// Whether somebody may go on as they are, from the address they joined from.
    fn may_stay(&self, viewer: &Supervised, now: UtcInstant) -> Result<(), EndReason> {
        match viewer.viewing {
            Some(_) => viewer.authority.viewing(now)?,
            None => viewer.authority.viewer(now)?,
        }
        if gave_up(viewer.waits, viewer.seen_at, now) {
            return Err(EndReason::Left);
        }
        let allowed = |ip| self.services.networks_allow(viewer.project, &viewer.origins, ip);
        let from = viewer.ip.parse().map(allowed);
        if matches!(from, Ok(Err(_))) { Err(EndReason::NetworkRefused) } else { Ok(()) }
    }

    /// Stops every viewing, because its right can no longer be looked at.
    pub async fn stop_blindly(&self) {
        join_all(self.projector.viewings().into_iter().map(|viewing| self.projector.stop_viewing(viewing))).await;
        self.stop_publishings_blindly().await;
    }

    async fn write_down(&self, Ending { viewer, reason }: Ending, now: UtcInstant) -> Result<(), Error> {
        let mut write = self.services.store.write().await?;
        let mut events = Vec::new();
        if let Some(viewing) = viewer.viewing
            && table::end(write.connection(), viewing, reason, now).await?
        {
            events.push(ended(&mut write, viewing, &By::SERVER, now).await?);
        }
        if reason.ends_viewer() && viewers::end(write.connection(), viewer.id, reason, now).await? {
            events.push(Event::done(now, &By::SERVER, Action::ViewerEnded, viewer_object(viewer.id)));
        }
        let mut events = events.into_iter().map(|event| event.review(viewer.review_id).with("reason", reason));
        let Some(last) = events.next_back() else { return Ok(()) };
        for event in events {
            write.record(&event);
        }
        write.commit(&last).await?;
        self.services.tell(Change::Ended { viewer: viewer.id, viewing: viewer.viewing, reason });
        self.services.tell(Change::Viewers(viewer.review_id));
        Ok(())
    }

    /// Ends all viewings, at stop and (left over from a crash) at start; the viewers stay.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_all(&self) -> Result<(), Error> {
        let running = table::running(&mut *self.services.store.read().await?).await?;
        for viewing in running {
            self.end_viewing(viewing.id, EndReason::ServerStopping, &By::SERVER).await?;
        }
        self.end_publishings().await
    }
}
