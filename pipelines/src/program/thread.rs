//! The thread of a program: takes messages in turn, and does what the clock asks for between them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::clock::ProgramClock;
use super::deck::Deck;
use super::picture::Still;
use super::slates::Slates;
use super::{OpenError, ProgramMessage};
use crate::color::compiler::Compiled;
use crate::engine::{EngineEvent, FrameStamp, ProgramId, SourceInfo};
use crate::reference::Referrer;
use crate::rendition::Rendition;
use crate::sound::Sound;
use crate::source::feeds::Feeds;
use crate::source::{FoundSource, Opening, SourceMessage};
use crate::spec::source::ProgramSpec;
use crate::spec::time::FrameRate;
use crate::spec::transport::TransportState;

/// A source without a picture for this long is lost; the first slate follows at once.
const STALL: Duration = Duration::from_millis(800);
/// Time between two pictures of a frame that is held.
const HOLD_INTERVAL: Duration = Duration::from_millis(125);

pub(super) enum Liveness {
    /// No picture yet.
    Opening,
    Live {
        last_frame: Instant,
    },
    Lost {
        reason: String,
    },
    /// None is wanted.
    Slate,
}

pub(super) struct ProgramThread {
    pub id: ProgramId,
    pub events: UnboundedSender<EngineEvent>,
    pub messages: Sender<ProgramMessage>,
    pub sound: Sound,
    pub feeds: Feeds,
    pub on_air: Deck,
    /// The source that takes over with its first picture.
    pub next: Option<Deck>,
    pub last_opening: Opening,
    pub renditions: Vec<Rendition>,
    /// Keeps small copies of what is shown, to find marks by.
    pub referrer: Option<Referrer>,
    pub clock: ProgramClock,
    pub rate: Arc<Mutex<FrameRate>>,
    pub slates: Slates,
    pub next_slate: Instant,
    /// Of the source on air.
    pub last_stamp: Option<FrameStamp>,
    /// The picture shown last, to be shown again while it is held.
    pub still: Option<Still>,
    /// Whether it is held whatever the source does.
    pub held: bool,
    pub shown_at: Instant,
    pub transport_told: Option<(Instant, TransportState)>,
    pub told_live: Option<SourceInfo>,
    pub liveness: Liveness,
}

impl ProgramThread {
    /// Starts the first source.
    pub fn new(
        id: ProgramId,
        spec: ProgramSpec,
        messages: Sender<ProgramMessage>,
        events: UnboundedSender<EngineEvent>,
        rate: Arc<Mutex<FrameRate>>,
        referrer: Option<Referrer>,
        feeds: Feeds,
    ) -> Result<Self, OpenError> {
        let now = Instant::now();
        let sound = Sound::start(now)?;
        let opening = Opening::default();
        let slates = Slates::new(&spec.title);
        Ok(Self {
            on_air: Deck::start(spec, opening, &messages, &sound, &feeds)?,
            id,
            events,
            messages,
            sound,
            feeds,
            next: None,
            last_opening: opening,
            renditions: Vec::new(),
            referrer,
            clock: ProgramClock::new(now),
            rate,
            slates,
            next_slate: now,
            last_stamp: None,
            still: None,
            held: false,
            shown_at: now,
            transport_told: None,
            told_live: None,
            liveness: Liveness::Opening,
        })
    }

    pub fn run(mut self, receiver: &Receiver<ProgramMessage>) {
        self.begin();
        loop {
            match receiver.recv_timeout(self.patience()) {
                Ok(ProgramMessage::Close) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.renditions.retain(|rendition| !rendition.is_stopped());
            self.watch();
            self.watch_transport();
            self.tell_sound();
        }
        for rendition in &self.renditions {
            rendition.stop();
        }
    }

    fn take(&mut self, message: ProgramMessage) {
        match message {
            ProgramMessage::Source(opening, message) if opening == self.on_air.opening => self.source(message),
            ProgramMessage::Source(opening, message) => {
                // What a source that was replaced still sends belongs to neither.
                if self.next.as_ref().is_some_and(|next| next.opening == opening) {
                    self.cue(message);
                }
            }
            ProgramMessage::Compiled(opening, compiled) => self.compiled(opening, *compiled),
            ProgramMessage::Reopen(spec) => self.reopen(*spec),
            ProgramMessage::SetLook(look) => self.set_look(*look),
            ProgramMessage::Hold(held) => self.held = held,
            ProgramMessage::Transport(command) => self.transport(command),
            ProgramMessage::Attach(rendition) => self.attach(rendition),
            ProgramMessage::Close => {}
        }
    }

    fn attach(&mut self, rendition: Rendition) {
        if let Some(found) = &self.on_air.found {
            rendition.fit(found.size);
        }
        self.renditions.push(rendition);
    }

    /// How long to wait for a message before the clock asks for something.
    fn patience(&self) -> Duration {
        let due = match &self.liveness {
            _ if self.is_held() => self.shown_at + HOLD_INTERVAL,
            Liveness::Opening => self.on_air.opened_at + STALL,
            Liveness::Live { .. } if self.is_holding() => self.shown_at + HOLD_INTERVAL,
            Liveness::Live { last_frame } => *last_frame + STALL,
            Liveness::Lost { .. } | Liveness::Slate => self.next_slate,
        };
        let due = self.cue_ends_at().map_or(due, |ends| ends.min(due));
        due.saturating_duration_since(Instant::now())
    }

    fn source(&mut self, message: SourceMessage) {
        match message {
            SourceMessage::Waiting(text) => self.on_air.waiting_for = text,
            SourceMessage::Opened(found) => self.opened(found),
            SourceMessage::Frame(frame) => self.frame(frame),
            SourceMessage::Lost(reason) => self.lost(reason),
            SourceMessage::WantsKeyframe => self.want_keyframe(self.on_air.spec.source_id),
        }
    }

    fn opened(&mut self, found: FoundSource) {
        self.on_air.opened(found);
        self.adopt();
    }

    /// A look is ready: it is in force from the next picture of its source on.
    fn compiled(&mut self, opening: Opening, compiled: Compiled) {
        let program = self.id;
        let deck = match &mut self.next {
            Some(next) if next.opening == opening => next,
            _ if self.on_air.opening == opening => &mut self.on_air,
            _ => return,
        };
        let event = match compiled {
            Ok((look, stage)) => {
                deck.put_on(look, *stage);
                EngineEvent::LookShown { program }
            }
            Err(error) => {
                deck.spec.look = deck.look.clone();
                EngineEvent::LookRefused { program, reason: error.to_string() }
            }
        };
        self.judge();
        let _ = self.events.send(event);
    }

    /// Whether the source's pictures stay away on purpose.
    fn is_holding(&self) -> bool {
        self.still.is_some() && self.on_air.source.transport.as_ref().is_some_and(|transport| transport.is_holding())
    }

    /// Whether viewers are shown the last picture, whatever the source does.
    pub(super) fn is_held(&self) -> bool {
        self.held && self.still.is_some()
    }

    /// What the clock asks for: pictures of a frame that is held, declaring a silent source lost, and slates.
    fn watch(&mut self) {
        let now = Instant::now();
        self.watch_cue(now);
        let holding = matches!(self.liveness, Liveness::Live { .. }) && self.is_holding();
        if (self.is_held() || holding) && now >= self.shown_at + HOLD_INTERVAL {
            self.show_again(now);
        }
        match &self.liveness {
            _ if holding => {}
            Liveness::Opening if now >= self.on_air.opened_at + STALL => {
                let reason = self.on_air.waiting_for.clone();
                self.lost(reason);
            }
            Liveness::Live { last_frame } if now >= *last_frame + STALL => {
                self.lost("the source has stopped delivering pictures".to_owned());
            }
            _ => {}
        }
        self.watch_slate(now);
    }
}
