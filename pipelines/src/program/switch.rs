//! From one source to another between two pictures. The one on air goes on until the next has a picture of its own, so
//! that viewers see neither a gap nor a slate; one that does not come is shown as lost in the end.

use std::time::{Duration, Instant};

use super::deck::Deck;
use super::picture::Still;
use super::slates::Slates;
use super::thread::{Liveness, ProgramThread};
use crate::engine::EngineEvent;
use crate::source::SourceMessage;
use crate::spec::look::Look;
use crate::spec::source::ProgramSpec;

/// A source that is switched to gets this long for its first picture while the one before it is still shown.
const CUE: Duration = Duration::from_secs(3);

impl ProgramThread {
    /// The deck that was asked for last.
    pub(super) fn newest(&mut self) -> &mut Deck {
        self.next.as_mut().unwrap_or(&mut self.on_air)
    }

    pub(super) fn reopen(&mut self, spec: ProgramSpec) {
        let newest = self.newest();
        if newest.spec == spec {
            return;
        }
        // Nothing is opened anew for a look.
        if (ProgramSpec { look: spec.look.clone(), ..newest.spec.clone() }) == spec {
            return newest.ask_for(spec.look);
        }
        // What two cannot have at once, the old one must give up first.
        if self.on_air.shares_place_with(&spec) {
            self.on_air.source.stop();
        }
        self.last_opening = self.last_opening.next();
        match Deck::start(spec, self.last_opening, &self.messages, &self.sound, &self.feeds) {
            Ok(next) => {
                let at_once = next.is_slate()
                    || !matches!(self.liveness, Liveness::Live { .. })
                    || self.on_air.source.is_stopped();
                self.next = Some(next);
                if at_once {
                    self.cut();
                }
            }
            Err(error) => tracing::error!(%error, "not reopened: what was open goes on"),
        }
    }

    /// What the next source tells before it is on air.
    pub(super) fn cue(&mut self, message: SourceMessage) {
        let Some(next) = &mut self.next else { return };
        match message {
            SourceMessage::Waiting(text) => next.waiting_for = text,
            SourceMessage::Opened(found) => next.opened(found),
            SourceMessage::WantsKeyframe => {
                let source = next.spec.source_id;
                self.want_keyframe(source);
            }
            SourceMessage::Frame(frame) => {
                self.cut();
                self.frame(frame);
            }
            SourceMessage::Lost(reason) => {
                self.cut();
                self.lost(reason);
            }
        }
    }

    /// Puts the next source on air, when it has waited for long enough.
    pub(super) fn watch_cue(&mut self, now: Instant) {
        if self.next.as_ref().is_some_and(|next| now >= next.opened_at + CUE) {
            self.cut();
            let reason = self.on_air.waiting_for.clone();
            self.lost(reason);
        }
    }

    /// When the next source has waited for long enough, if there is one.
    pub(super) fn cue_ends_at(&self) -> Option<Instant> {
        self.next.as_ref().map(|next| next.opened_at + CUE)
    }

    /// The next source is on air from here on, with its colour, its timecode and its sound.
    fn cut(&mut self) {
        let Some(next) = self.next.take() else { return };
        let before = std::mem::replace(&mut self.on_air, next);
        // A picture that is held stays, in its own colour, while sources change behind it.
        self.still = self
            .still
            .take()
            .filter(|_| self.held)
            .map(|still| Still { color: Some(still.color.unwrap_or((before.stage, before.look))), ..still });
        (self.last_stamp, self.transport_told, self.told_live) = (None, None, None);
        self.slates = Slates::new(&self.on_air.spec.title);
        self.next_slate = Instant::now();
        self.liveness = Liveness::Opening;
        self.tell_sound();
        self.begin();
    }

    /// What is known of the source on air takes effect.
    pub(super) fn begin(&mut self) {
        if self.on_air.is_slate() {
            self.liveness = Liveness::Slate;
            let _ = self.events.send(EngineEvent::SlateShown { program: self.id });
        } else if self.on_air.found.is_some() {
            self.adopt();
        }
    }

    /// Rate and shape of the source on air are the program's.
    pub(super) fn adopt(&mut self) {
        let Some(found) = &self.on_air.found else { return };
        *self.rate.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = found.rate;
        for rendition in &self.renditions {
            rendition.fit(found.size);
        }
        self.judge();
    }

    /// A look for the source that was asked for last.
    pub(super) fn set_look(&mut self, look: Look) {
        self.newest().ask_for(look);
    }
}
