//! Events of a room, for a viewer's page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::due::Due;
use super::feed::CommentFeed;
use super::page::{Paces, PageMessage};
use super::pointers::Pointers;
use super::{Gone, MESSAGE_LIMIT, Outlet, stopped};
use crate::domain::viewing::EndReason;
use crate::http::HttpState;
use crate::http::chat::ChatLine;
use crate::http::comment::{After, AfterQuery, Comment, revision_of};
use crate::http::extract::Joined;
use crate::http::floor::Floor;
use crate::http::presence::{Person, Pointer, people};
use crate::http::problem::Problem;
use crate::http::room::{RoomState, room_state};
use crate::http::source::Source;
use crate::media::{FrameClock, Picture};
use crate::service::{Change, Error};
use crate::store::comment::Person as PersonRecord;
use crate::store::viewer::ViewerRecord;

/// How often the viewer is noted as seen and looked up anew.
const TICK: Duration = Duration::from_secs(1);

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum RoomMessage {
    Snapshot {
        room: Box<RoomState>,
    },
    Clock {
        viewing_id: Uuid,
        #[serde(flatten)]
        clock: FrameClock,
    },
    Picture {
        picture: Option<Picture>,
    },
    Source {
        source: Source,
    },
    Comment {
        comment: Comment,
    },
    People {
        people: Vec<Person>,
    },
    Chat {
        line: ChatLine,
    },
    Floor {
        floor: Floor,
    },
    Muted {
        muted: bool,
    },
    Pointers {
        pointers: Vec<Pointer>,
    },
    Ended {
        reason: EndReason,
        message: &'static str,
        viewing_id: Option<Uuid>,
    },
}

/// Events of the viewer's room (WebSocket). docs/events.md says what is in each message.
#[utoipa::path(get, path = "/api/room/events", tag = "room", security(("viewer" = [])), params(After),
    responses((status = 101, description = "Messages: snapshot, clock, picture, source, comment, people, chat, floor, muted, pointers, ended"),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "Waiting to be let in"),
        (status = 410, body = Problem)))]
pub async fn room_events(
    State(state): State<HttpState>,
    joined: Joined,
    query: AfterQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let after = revision_of(query)?;
    let upgrade = upgrade
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "not_websocket", "This address speaks WebSocket only."))?;
    let upgrade = upgrade.max_message_size(MESSAGE_LIMIT).max_frame_size(MESSAGE_LIMIT);
    Ok(upgrade.on_upgrade(move |socket| run(state, joined, after, socket)))
}

/// What the page is shown of its own viewing.
struct Shown {
    viewing: Uuid,
    clock: watch::Receiver<Option<FrameClock>>,
}

struct RoomEvents {
    state: HttpState,
    viewer: ViewerRecord,
    outlet: Outlet,
    shown: Option<Shown>,
    feed: CommentFeed,
    /// Everybody who was let in, and as they were told to the page.
    records: Vec<PersonRecord>,
    people: Vec<Person>,
    /// When they are to be read again.
    people_due: Due,
    /// Whether guests may point.
    may_point: bool,
    name: Arc<str>,
    connection: u64,
    paces: Paces,
}

/// How a stream goes on after a step.
enum Next {
    Go,
    Over(EndReason),
}

async fn run(state: HttpState, joined: Joined, after: u64, socket: WebSocket) {
    let changes = state.screening.services.changes();
    let viewer = joined.viewer;
    let mut events = RoomEvents {
        state: state.clone(),
        outlet: Outlet::new(socket),
        shown: None,
        feed: CommentFeed::after(viewer.review_id, after),
        records: Vec::new(),
        people: Vec::new(),
        people_due: Due::default(),
        may_point: false,
        name: viewer.name.as_str().into(),
        connection: state.screening.services.arrive(&viewer),
        paces: Paces::new(),
        viewer,
    };
    let over = events.follow(changes, &joined.token).await;
    let RoomEvents { viewer, connection, .. } = &events;
    state.screening.services.depart(viewer, *connection, over.is_ok());
    state.set_report(viewer.id, None);
    if let Ok(reason) = over {
        events.outlet.close(reason.as_str()).await;
    }
}

impl RoomEvents {
    /// Follows changes until the page is gone or the viewer has ended.
    async fn follow(
        &mut self,
        mut changes: broadcast::Receiver<Change>,
        token: &crate::domain::secret::TokenHash,
    ) -> Result<EndReason, Gone> {
        // Before the snapshot: what comes after it is heard.
        let mut pointers = Pointers::of(&self.state.screening.services, self.viewer.review_id);
        self.snapshot().await?;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopping = self.state.stopping.clone();
        loop {
            let next = tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => self.heard(change).await?,
                    // Too slow to follow: start anew.
                    Err(RecvError::Lagged(_)) => { self.snapshot().await?; Next::Go }
                    Err(RecvError::Closed) => return Err(Gone),
                },
                () = clock_changed(&mut self.shown) => { self.clock().await?; Next::Go }
                () = self.people_due.come() => { self.people_again().await?; Next::Go }
                message = self.outlet.socket.recv() => { self.page_said(message)?; Next::Go }
                pointers = pointers.next() => {
                    self.outlet.send(&RoomMessage::Pointers { pointers }).await?;
                    Next::Go
                }
                _ = ticks.tick() => {
                    match self.state.screening.services.joined(*token).await {
                        Ok(viewer) => { self.still_here(viewer).await?; Next::Go }
                        Err(Error::Ended(reason)) => self.ended(reason, None).await?,
                        Err(_) => return Err(Gone),
                    }
                }
                () = stopped(&mut stopping) => self.ended(EndReason::ServerStopping, None).await?,
            };
            if let Next::Over(reason) = next {
                return Ok(reason);
            }
        }
    }

    async fn still_here(&mut self, viewer: ViewerRecord) -> Result<(), Gone> {
        self.state.screening.services.seen(&viewer).await.map_err(|_| Gone)?;
        self.muted(viewer.muted).await?;
        self.viewer = viewer;
        self.watch_viewing(self.viewer.viewing).await
    }

    /// The room, with the comments that the page does not have yet.
    async fn snapshot(&mut self) -> Result<(), Gone> {
        let room = room_state(&self.state, &self.viewer, self.feed.told()).await.map_err(|_| Gone)?;
        self.feed.told_with(room.comments.iter().map(|comment| comment.revision));
        let services = &self.state.screening.services;
        self.records = services.people(self.viewer.review_id).await.map_err(|_| Gone)?;
        self.people.clone_from(&room.people);
        self.may_point = room.floor.pointers;
        self.outlet.send(&RoomMessage::Snapshot { room: Box::new(room) }).await?;
        self.shown = None;
        self.watch_viewing(self.viewer.viewing).await
    }

    /// Turns to another viewing, or to none.
    async fn watch_viewing(&mut self, viewing: Option<Uuid>) -> Result<(), Gone> {
        if self.shown.as_ref().map(|shown| shown.viewing) == viewing {
            return Ok(());
        }
        let projector = &self.state.screening.projector;
        let found = viewing.and_then(|viewing| Some((viewing, projector.clock(viewing)?)));
        // Written down, and its media has yet to start: that is told when it has.
        if found.is_none() && self.shown.is_none() {
            return Ok(());
        }
        let picture = found.as_ref().and_then(|(viewing, _)| projector.picture(*viewing));
        self.shown = found.map(|(viewing, clock)| Shown { viewing, clock });
        self.outlet.send(&RoomMessage::Picture { picture }).await?;
        self.clock().await
    }

    async fn clock(&mut self) -> Result<(), Gone> {
        let Some(shown) = &mut self.shown else { return Ok(()) };
        let Some(clock) = *shown.clock.borrow_and_update() else { return Ok(()) };
        self.outlet.send(&RoomMessage::Clock { viewing_id: shown.viewing, clock }).await
    }

    async fn heard(&mut self, change: Change) -> Result<Next, Gone> {
        match change {
            Change::Comment(comment) => {
                let services = &self.state.screening.services;
                for comment in self.feed.heard(services, *comment).await.map_err(|_| Gone)? {
                    self.outlet.send(&RoomMessage::Comment { comment: comment.into() }).await?;
                }
            }
            Change::Viewers(review) if review == self.viewer.review_id => self.people_due.soon(),
            Change::Presence(review) if review == self.viewer.review_id => self.people().await?,
            Change::Chat(line) if line.review_id == self.viewer.review_id => {
                self.outlet.send(&RoomMessage::Chat { line: (*line).into() }).await?;
            }
            Change::Floor(review) if review == self.viewer.review_id => {
                let floor = self.state.screening.services.floor(review).await.map_err(|_| Gone)?;
                self.may_point = floor.pointers;
                self.outlet.send(&RoomMessage::Floor { floor: floor.into() }).await?;
            }
            Change::Source(review) if review == self.viewer.review_id => {
                let source = Source::for_viewer(&self.state.screening.projector.source(review));
                self.outlet.send(&RoomMessage::Source { source }).await?;
            }
            Change::ViewingStarted { viewer, viewing } if viewer == self.viewer.id => {
                self.watch_viewing(Some(viewing)).await?;
            }
            Change::Picture { viewing } if self.shown.as_ref().is_some_and(|shown| shown.viewing == viewing) => {
                let picture = self.state.screening.projector.picture(viewing);
                self.outlet.send(&RoomMessage::Picture { picture }).await?;
            }
            Change::Ended { viewer, viewing, reason } if viewer == self.viewer.id => {
                return self.ended(reason, viewing).await;
            }
            _ => {}
        }
        Ok(Next::Go)
    }

    /// Reads who was let in, and whether the viewer was muted, and tells what has changed.
    async fn people_again(&mut self) -> Result<(), Gone> {
        let services = &self.state.screening.services;
        let viewer = services.viewer(self.viewer.id).await.map_err(|_| Gone)?;
        self.records = services.people(self.viewer.review_id).await.map_err(|_| Gone)?;
        self.people().await?;
        self.muted(viewer.muted).await
    }

    /// Tells who is in the room, when that has changed.
    async fn people(&mut self) -> Result<(), Gone> {
        let people = people(&self.state, &self.records);
        if people != self.people {
            self.people.clone_from(&people);
            self.outlet.send(&RoomMessage::People { people }).await?;
        }
        Ok(())
    }

    async fn muted(&mut self, muted: bool) -> Result<(), Gone> {
        if self.viewer.muted != muted {
            self.viewer.muted = muted;
            self.outlet.send(&RoomMessage::Muted { muted }).await?;
        }
        Ok(())
    }

    /// Tells why the picture, or everything, is over. The stream stays open when the viewer may stay.
    async fn ended(&mut self, reason: EndReason, viewing_id: Option<Uuid>) -> Result<Next, Gone> {
        self.outlet.send(&RoomMessage::Ended { reason, message: reason.message(), viewing_id }).await?;
        let only_viewing = reason == EndReason::Replaced && viewing_id.is_some();
        if (reason.ends_viewer() && !only_viewing) || reason == EndReason::ServerStopping {
            return Ok(Next::Over(reason));
        }
        self.shown = None;
        Ok(Next::Go)
    }

    fn page_said(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), Gone> {
        match message {
            Some(Ok(Message::Text(text))) => {
                if let Ok(said) = serde_json::from_str(&text) {
                    self.heed(said);
                }
                Ok(())
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Gone),
            Some(Ok(_)) => Ok(()),
        }
    }

    /// Does what the page asks, as long as it does not ask too often.
    fn heed(&mut self, said: PageMessage) {
        let services = &self.state.screening.services;
        match said {
            PageMessage::Report(report) => {
                let report = report.bounded();
                if let (Some(shown), Some(decoding)) = (&self.shown, report.decoding()) {
                    self.state.screening.projector.see_decoding(shown.viewing, decoding);
                }
                self.state.set_report(self.viewer.id, Some(report));
            }
            PageMessage::Pointer { at } => {
                if self.may_point && !self.viewer.muted && self.paces.may_point() {
                    services.point(self.viewer.review_id, self.viewer.link_id, &self.name, at);
                }
            }
            PageMessage::Presence { looking } if self.paces.may_move() => services.look(&self.viewer, looking),
            PageMessage::Hand { raised } if self.paces.may_move() => services.raise_hand(&self.viewer, raised),
            PageMessage::Presence { .. } | PageMessage::Hand { .. } => {}
        }
    }
}

/// Waits for the shown viewing's clock to change; for ever when there is none.
async fn clock_changed(shown: &mut Option<Shown>) {
    if let Some(current) = shown {
        if current.clock.changed().await.is_ok() {
            return;
        }
        // The viewing is over and its clock with it.
        *shown = None;
    }
    std::future::pending::<()>().await;
}
