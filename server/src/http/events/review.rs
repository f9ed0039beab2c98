//! Events of a review, for the console.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::due::Due;
use super::feed::CommentFeed;
use super::page::{Paces, PageMessage};
use super::pointers::Pointers;
use super::{Gone, MESSAGE_LIMIT, Outlet, stopped};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::comment as domain;
use crate::domain::secret::TokenHash;
use crate::http::HttpState;
use crate::http::chat::ChatLine;
use crate::http::comment::Comment;
use crate::http::extract::{Id, SignedIn};
use crate::http::floor::Floor;
use crate::http::link::Link;
use crate::http::presence::Pointer;
use crate::http::problem::Problem;
use crate::http::proof::Proof;
use crate::http::review::{Review, links, review, review_but_comments, viewers};
use crate::http::source::Source;
use crate::http::viewer::Viewer;
use crate::service::Change;

/// How often everything is compared, so that changes made by other processes show too.
const TICK: Duration = Duration::from_secs(1);

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ReviewMessage<'a> {
    Snapshot { review: &'a Review },
    Review { review: &'a Review },
    Viewers { viewers: &'a [Viewer] },
    Links { links: &'a [Link] },
    Comment { comment: Comment },
    Source { source: Source },
    Chat { line: &'a ChatLine },
    Floor { floor: &'a Floor },
    Pointers { pointers: &'a [Pointer] },
    Proof { viewer_id: Uuid, proof: &'a Proof },
}

/// Events of a review (WebSocket).
#[utoipa::path(get, path = "/api/reviews/{id}/events", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 101, description = "Messages: snapshot, review, viewers, links, comment, chat, floor, pointers, source, proof"),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn review_events(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let services = &state.screening.services;
    let object = services.permitted_review(id, Permission::ReviewSee, &signed_in.by()).await?.object();
    let upgrade = upgrade
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "not_websocket", "This address speaks WebSocket only."))?;
    let upgrade = upgrade.max_message_size(MESSAGE_LIMIT).max_frame_size(MESSAGE_LIMIT);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let feed = CommentFeed::after(id, 0);
        let by = signed_in.by();
        // Whoever may look at the picture may point into it.
        let may_point = authorize(&by.actor, Permission::ReviewPreview, &object).is_ok();
        let account = signed_in.session.account;
        let pointing =
            may_point.then(|| Pointing { person: account.id, name: account.user.into(), paces: Paces::new() });
        let events = ReviewEvents {
            state,
            id,
            object,
            token: signed_in.token,
            outlet: Outlet::new(socket),
            feed,
            pointing,
            viewers_due: Due::default(),
        };
        // An error only says that the page is gone.
        let _ = events.follow().await;
    }))
}

struct ReviewEvents {
    state: HttpState,
    id: Uuid,
    object: Object,
    token: TokenHash,
    outlet: Outlet,
    feed: CommentFeed,
    pointing: Option<Pointing>,
    /// When viewers are to be read again.
    viewers_due: Due,
}

/// Somebody of the house who may point into the picture.
struct Pointing {
    person: Uuid,
    name: Arc<str>,
    paces: Paces,
}

impl ReviewEvents {
    async fn follow(mut self) -> Result<(), Gone> {
        // Both before the snapshot: what comes after it is heard.
        let mut changes = self.state.screening.services.changes();
        let mut pointers = Pointers::of(&self.state.screening.services, self.id);
        let mut shown = now(&self.state, self.id).await?;
        self.feed.told_with(shown.comments.iter().map(|comment| comment.revision));
        self.outlet.send(&ReviewMessage::Snapshot { review: &shown }).await?;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopping = self.state.stopping.clone();
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => self.heard(change, &mut shown).await?,
                    Err(RecvError::Lagged(_)) => self.compare(&mut shown).await?,
                    Err(RecvError::Closed) => return Err(Gone),
                },
                () = self.viewers_due.come() => self.viewers_again(&mut shown).await?,
                pointers = pointers.next() => {
                    self.outlet.send(&ReviewMessage::Pointers { pointers: &pointers }).await?;
                }
                _ = ticks.tick() => {
                    self.still_permitted().await?;
                    self.compare(&mut shown).await?;
                }
                message = self.outlet.socket.recv() => match message {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                    Some(Ok(Message::Text(text))) => self.page_said(&text),
                    Some(Ok(_)) => {}
                },
                () = stopped(&mut stopping) => return Err(Gone),
            }
        }
    }

    /// The console's page points; what is not understood, or comes too often, is left out.
    fn page_said(&mut self, text: &str) {
        let Some(pointing) = &mut self.pointing else { return };
        if let Ok(PageMessage::Pointer { at }) = serde_json::from_str(text)
            && pointing.paces.may_point()
        {
            self.state.screening.services.point(self.id, pointing.person, &pointing.name, at);
        }
    }

    /// Session, role or membership may have ended meanwhile; looking on does not prolong the session.
    async fn still_permitted(&mut self) -> Result<(), Gone> {
        let services = &self.state.screening.services;
        services.still_permitted(self.token, Permission::ReviewSee, &self.object).await.map_err(|_| Gone)
    }

    /// Sends whatever is not as it was shown. Of the comments only those are read that changed: there may be thousands.
    async fn compare(&mut self, shown: &mut Review) -> Result<(), Gone> {
        let mut now = now_but_comments(&self.state, self.id).await?;
        let missed = self.feed.missed(&self.state.screening.services).await.map_err(|_| Gone)?;
        self.comments(missed, shown).await?;
        if shown.links != now.links {
            shown.links.clone_from(&now.links);
            self.outlet.send(&ReviewMessage::Links { links: &now.links }).await?;
        }
        self.viewers(&mut shown.viewers, &now.viewers).await?;
        if shown.source != now.source {
            shown.source = now.source.clone();
            self.outlet.send(&ReviewMessage::Source { source: now.source.clone() }).await?;
        }
        for line in now.chat.clone() {
            self.chat(line, shown).await?;
        }
        shown.chat.clone_from(&now.chat);
        self.floor(now.floor.clone(), shown).await?;
        let comments = std::mem::take(&mut shown.comments);
        let same = *shown == now;
        now.comments = comments;
        if !same {
            self.outlet.send(&ReviewMessage::Review { review: &now }).await?;
        }
        *shown = now;
        Ok(())
    }

    async fn comments(&mut self, comments: Vec<domain::Comment>, shown: &mut Review) -> Result<(), Gone> {
        for comment in comments.into_iter().map(Comment::from) {
            match shown.comments.iter_mut().find(|found| found.id == comment.id) {
                Some(found) => *found = comment.clone(),
                None => shown.comments.push(comment.clone()),
            }
            self.outlet.send(&ReviewMessage::Comment { comment }).await?;
        }
        Ok(())
    }

    /// Tells of viewers that are not as they were shown: all of them, or only proofs if nothing else is new.
    async fn viewers(&mut self, shown: &mut Vec<Viewer>, now: &[Viewer]) -> Result<(), Gone> {
        let same = shown.len() == now.len() && shown.iter().zip(now).all(|(was, is)| was.differs_in_proof_only(is));
        if !same {
            self.outlet.send(&ReviewMessage::Viewers { viewers: now }).await?;
        } else {
            for (_, is) in shown.iter().zip(now).filter(|(was, is)| was.proof != is.proof) {
                self.outlet.send(&ReviewMessage::Proof { viewer_id: is.id(), proof: &is.proof }).await?;
            }
        }
        *shown = now.to_vec();
        Ok(())
    }

    /// Tells of a line that the page does not have yet.
    async fn chat(&mut self, line: ChatLine, shown: &mut Review) -> Result<(), Gone> {
        if shown.chat.iter().any(|known| known.id == line.id) {
            return Ok(());
        }
        self.outlet.send(&ReviewMessage::Chat { line: &line }).await?;
        shown.chat.push(line);
        Ok(())
    }

    async fn floor(&mut self, floor: Floor, shown: &mut Review) -> Result<(), Gone> {
        if shown.floor != floor {
            self.outlet.send(&ReviewMessage::Floor { floor: &floor }).await?;
            shown.floor = floor;
        }
        Ok(())
    }

    /// Tells what a viewer's browser says of their picture, when that is news.
    async fn proof(&mut self, viewer: Uuid, shown: &mut Review) -> Result<(), Gone> {
        let Some(found) = shown.viewers.iter_mut().find(|found| found.id() == viewer) else { return Ok(()) };
        let record = self.state.screening.services.viewer(viewer).await.map_err(|_| Gone)?;
        let proof = Proof::new(&self.state, &record);
        if proof == found.proof {
            return Ok(());
        }
        found.proof = proof;
        self.outlet.send(&ReviewMessage::Proof { viewer_id: viewer, proof: &found.proof }).await
    }

    async fn viewers_again(&mut self, shown: &mut Review) -> Result<(), Gone> {
        shown.viewers = viewers(&self.state, self.id).await.map_err(|_| Gone)?;
        self.outlet.send(&ReviewMessage::Viewers { viewers: &shown.viewers }).await
    }

    async fn heard(&mut self, change: Change, shown: &mut Review) -> Result<(), Gone> {
        match change {
            Change::Comment(comment) => {
                let comments = self.feed.heard(&self.state.screening.services, *comment).await.map_err(|_| Gone)?;
                self.comments(comments, shown).await
            }
            Change::Chat(line) if line.review_id == self.id => self.chat((*line).into(), shown).await,
            Change::Floor(id) if id == self.id => {
                let floor = self.state.screening.services.floor(id).await.map_err(|_| Gone)?;
                self.floor(floor.into(), shown).await
            }
            Change::Viewers(id) | Change::Presence(id) if id == self.id => {
                self.viewers_due.soon();
                Ok(())
            }
            Change::Links(id) if id == self.id => {
                shown.links = links(&self.state, id).await.map_err(|_| Gone)?;
                self.outlet.send(&ReviewMessage::Links { links: &shown.links }).await
            }
            Change::Source(id) | Change::Review(id) if id == self.id => self.compare(shown).await,
            Change::Proof { review, viewer } if review == self.id => self.proof(viewer, shown).await,
            Change::Sessions => self.still_permitted().await,
            Change::Picture { .. } => self.compare(shown).await,
            _ => Ok(()),
        }
    }
}

async fn now(state: &HttpState, id: Uuid) -> Result<Review, Gone> {
    let record = state.screening.services.review(id).await.map_err(|_| Gone)?;
    review(state, &record).await.map_err(|_| Gone)
}

async fn now_but_comments(state: &HttpState, id: Uuid) -> Result<Review, Gone> {
    let record = state.screening.services.review(id).await.map_err(|_| Gone)?;
    review_but_comments(state, &record).await.map_err(|_| Gone)
}
